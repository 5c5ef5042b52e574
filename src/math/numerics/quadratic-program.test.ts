/** Quadratic programs: the conditions of an optimum, certificates where there is none, and two other solvers as judges. */
import { createRequire } from 'node:module'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPrng, type Prng } from '../../core/random.ts'
import { MathError } from '../error.ts'
import { dot, multiplyVector, quadraticForm } from './linear-algebra.ts'
import { type QuadraticOptimum, type QuadraticProgram, type QuadraticResult, solveQuadraticProgram } from './quadratic-program.ts'

const load = createRequire(import.meta.url)
const highs = await (
  load('highs') as () => Promise<{
    solve(text: string, options: object): { readonly Status: string; readonly ObjectiveValue: number }
  }>
)()
const quadprog = load('quadprog') as {
  solveQP(
    d: unknown,
    c: unknown,
    a: unknown,
    b: unknown,
    equalities: number,
  ): { readonly value: readonly number[]; readonly message: string }
}

/** A program with everything said, so that tests can read it. */
interface Whole {
  readonly hessian: number[][]
  readonly linear: number[]
  readonly equalities: { readonly matrix: number[][]; readonly right: number[] }
  readonly inequalities: { readonly matrix: number[][]; readonly right: number[] }
  readonly lower: number[]
  readonly upper: number[]
}

const gram = (rows: readonly number[][], n: number): number[][] =>
  Array.from({ length: n }, (_, a) =>
    Array.from({ length: n }, (_, b) => rows.reduce((total, row) => total + row[a] * row[b], 0)),
  )

/** Small whole numbers, so that constraints often repeat, depend on one another, and meet in one point. */
function draw(prng: Prng, { rank, feasible, boxed }: { rank: 'full' | 'any'; feasible: boolean; boxed: boolean }): Whole {
  const n = prng.int(1, 7)
  const count = prng.int(0, 9)
  const equal = Math.min(prng.int(0, 3), count)
  const normal = (): number[] => Array.from({ length: n }, () => (prng.chance(0.4) ? 0 : prng.int(-3, 3)))
  const whole = Array.from({ length: n }, () => prng.int(-2, 2))
  const matrix = Array.from({ length: count }, normal)
  if (count > 2 && prng.chance(0.4)) matrix[count - 1] = matrix[0].map((value) => 2 * value)
  const right = matrix.map((row, i) =>
    feasible ? dot(row, whole) - (i < equal ? 0 : prng.int(0, 2)) : Math.max(-3, Math.min(3, prng.int(-3, 3))),
  )
  const factor =
    rank === 'full'
      ? Array.from({ length: n + 2 }, () => Array.from({ length: n }, () => prng.normal()))
      : Array.from({ length: prng.int(0, n) }, normal)
  return {
    hessian: gram(factor, n),
    linear: Array.from({ length: n }, () => prng.int(-4, 4)),
    equalities: { matrix: matrix.slice(0, equal), right: right.slice(0, equal) },
    inequalities: { matrix: matrix.slice(equal), right: right.slice(equal) },
    lower: whole.map((value) => (boxed || prng.chance(0.4) ? value - prng.int(0, 2) : -Infinity)),
    upper: whole.map((value) => (boxed || prng.chance(0.4) ? value + prng.int(0, 2) : Infinity)),
  }
}

const seeds = fc.integer({ min: 1, max: 1e9 })

/** Hx - c - A'u - lower + upper, feasibility, signs, complementarity, recomputed from the program as it was given. */
function checkOptimum(program: Whole, result: QuadraticOptimum): void {
  const { hessian, linear, equalities, inequalities, lower, upper } = program
  const rows = [...equalities.matrix, ...inequalities.matrix]
  const right = [...equalities.right, ...inequalities.right]
  const force = multiplyVector(hessian, result.x).map((value, i) => value - linear[i])
  rows.forEach((row, k) => row.forEach((value, i) => (force[i] -= value * result.multipliers[k])))
  const size = 1 + Math.max(0, ...linear.map(Math.abs), ...result.multipliers.map(Math.abs), ...result.x.map(Math.abs))
  force.forEach((value, i) =>
    expect(Math.abs(value - result.lowerMultipliers[i] + result.upperMultipliers[i])).toBeLessThan(1e-8 * size),
  )
  rows.forEach((row, k) => {
    const slack = dot(row, result.x) - right[k]
    if (k < equalities.right.length) expect(Math.abs(slack)).toBeLessThan(1e-8 * size)
    else {
      expect(slack).toBeGreaterThan(-1e-8 * size)
      expect(result.multipliers[k]).toBeGreaterThanOrEqual(0)
      expect(Math.abs(slack * result.multipliers[k])).toBeLessThan(1e-7 * size * size)
    }
  })
  result.x.forEach((value, i) => {
    expect(value).toBeGreaterThanOrEqual(lower[i] - 1e-8 * size)
    expect(value).toBeLessThanOrEqual(upper[i] + 1e-8 * size)
    if (result.lowerMultipliers[i] > 0) expect(value - lower[i]).toBeLessThan(1e-8 * size)
    if (result.upperMultipliers[i] > 0) expect(upper[i] - value).toBeLessThan(1e-8 * size)
  })
  const value = 0.5 * quadraticForm(hessian, result.x) - dot(linear, result.x)
  expect(Math.abs(value - result.value)).toBeLessThan(1e-9 * size * size)
  expect(Math.abs(result.gap)).toBeLessThan(1e-7 * size * size)
  expect(result.residual).toBeLessThanOrEqual(1e-8)
}

function optimal(result: QuadraticResult): QuadraticOptimum {
  if (result.status !== 'optimal') throw new Error(`it is ${result.status}`)
  return result
}

describe('strictly convex programs', () => {
  it('end at the conditions of an optimum whenever a point exists', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const program = draw(createPrng(seed), { rank: 'full', feasible: true, boxed: false })
        checkOptimum(program, optimal(solveQuadraticProgram(program)))
      }),
      { numRuns: 400 },
    )
  })

  it('are never above another feasible point', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const prng = createPrng(seed)
        const n = prng.int(2, 6)
        const hessian = gram(
          Array.from({ length: n }, () => Array.from({ length: n }, () => prng.normal())),
          n,
        )
        const linear = Array.from({ length: n }, () => prng.normal())
        const simplex = { matrix: [new Array<number>(n).fill(1)], right: [1] }
        const { value } = optimal(
          solveQuadraticProgram({ hessian, linear, equalities: simplex, lower: new Array<number>(n).fill(0) }),
        )
        for (let i = 0; i < 30; i++) {
          const raw = Array.from({ length: n }, () => prng.exponential())
          const total = raw.reduce((a, b) => a + b, 0)
          const x = raw.map((each) => each / total)
          expect(0.5 * quadraticForm(hessian, x) - dot(linear, x)).toBeGreaterThanOrEqual(value - 1e-12)
        }
      }),
    )
  })

  it('have the value that quadprog finds, and no point where it finds none', () => {
    const from1 = (rows: readonly (readonly number[])[]): unknown[] => [undefined, ...rows.map((row) => [undefined, ...row])]
    let compared = 0
    for (let seed = 1; seed <= 400; seed++) {
      const prng = createPrng(seed)
      const drawn = draw(prng, { rank: 'full', feasible: prng.chance(0.6), boxed: false })
      const { hessian, linear, equalities, inequalities } = drawn
      const rows = [...equalities.matrix, ...inequalities.matrix]
      // It gives up on equalities that depend on one another, so it is asked those with one equality at most.
      if (rows.length === 0 || equalities.right.length > 1) continue
      const judge = quadprog.solveQP(
        from1(hessian),
        [undefined, ...linear],
        from1(linear.map((_, i) => rows.map((row) => row[i]))),
        [undefined, ...equalities.right, ...inequalities.right],
        equalities.right.length,
      )
      const ours = solveQuadraticProgram({ hessian, linear, equalities, inequalities })
      if (ours.status === 'infeasible') expect(judge.message).toContain('inconsistent')
      else if (judge.message === '') {
        const { value } = optimal(ours)
        expect(Math.abs(value - judge.value[1])).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(value)))
        compared += 1
      }
    }
    expect(compared).toBeGreaterThan(100)
  })

  it('do not depend on the order of variables and constraints', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const prng = createPrng(seed)
        const program = draw(prng, { rank: 'full', feasible: true, boxed: false })
        const order = prng.shuffle(program.linear.map((_, i) => i))
        const rowsInOrder = prng.shuffle(program.inequalities.right.map((_, i) => i))
        const pick = (values: readonly number[]): number[] => order.map((i) => values[i])
        const turned = solveQuadraticProgram({
          hessian: order.map((i) => pick(program.hessian[i])),
          linear: pick(program.linear),
          equalities: { matrix: program.equalities.matrix.map(pick), right: program.equalities.right },
          inequalities: {
            matrix: rowsInOrder.map((i) => pick(program.inequalities.matrix[i])),
            right: rowsInOrder.map((i) => program.inequalities.right[i]),
          },
          lower: pick(program.lower),
          upper: pick(program.upper),
        })
        const { x } = optimal(solveQuadraticProgram(program))
        optimal(turned).x.forEach((value, k) => expect(Math.abs(value - x[order[k]])).toBeLessThan(1e-6))
      }),
    )
  })

  it('give bounds and the same bounds as rows one answer', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const program = draw(createPrng(seed), { rank: 'full', feasible: true, boxed: true })
        const n = program.linear.length
        const unit = (i: number, sign: number): number[] => Array.from({ length: n }, (_, k) => (k === i ? sign : 0))
        const rows = solveQuadraticProgram({
          hessian: program.hessian,
          linear: program.linear,
          equalities: program.equalities,
          inequalities: {
            matrix: [
              ...program.inequalities.matrix,
              ...program.lower.map((_, i) => unit(i, 1)),
              ...program.upper.map((_, i) => unit(i, -1)),
            ],
            right: [...program.inequalities.right, ...program.lower, ...program.upper.map((bound) => -bound)],
          },
        })
        const { value } = optimal(solveQuadraticProgram(program))
        expect(Math.abs(optimal(rows).value - value)).toBeLessThan(1e-9 * Math.max(1, Math.abs(value)))
      }),
    )
  })

  it('are worth their multipliers: the value rises by one times the right side', () => {
    const program = { hessian: [[2, 0.5], [0.5, 1]], linear: [1, 1], lower: [0, 0] } // oxfmt-ignore
    const at = (right: number): QuadraticOptimum =>
      optimal(solveQuadraticProgram(Object.assign({ equalities: { matrix: [[1, 2]], right: [right] } }, program)))
    expect((at(1 + 1e-5).value - at(1 - 1e-5).value) / 2e-5).toBeCloseTo(at(1).multipliers[0], 7)
  })
})

describe('programs that are only convex', () => {
  it('end at the conditions of an optimum, or with a direction without end', () => {
    const seen = { optimal: 0, unbounded: 0, infeasible: 0 }
    fc.assert(
      fc.property(seeds, (seed) => {
        const program = draw(createPrng(seed), { rank: 'any', feasible: true, boxed: false })
        const result = solveQuadraticProgram(program)
        seen[result.status] += 1
        expect(result.status).not.toBe('infeasible')
        if (result.status === 'optimal') checkOptimum(program, result)
        if (result.status !== 'unbounded') return
        const { direction } = result
        multiplyVector(program.hessian, direction).forEach((value) => expect(Math.abs(value)).toBeLessThan(1e-7))
        program.equalities.matrix.forEach((row) => expect(Math.abs(dot(row, direction))).toBeLessThan(1e-7))
        program.inequalities.matrix.forEach((row) => expect(dot(row, direction)).toBeGreaterThan(-1e-7))
        direction.forEach((value, i) => {
          if (program.lower[i] > -Infinity) expect(value).toBeGreaterThan(-1e-7)
          if (program.upper[i] < Infinity) expect(value).toBeLessThan(1e-7)
        })
        expect(dot(program.linear, direction)).toBeGreaterThan(1e-3)
      }),
      { numRuns: 400 },
    )
    expect(seen.optimal).toBeGreaterThan(50)
    expect(seen.unbounded).toBeGreaterThan(50)
  })

  it('have the value that HiGHS finds between bounds, and no point where it finds none', () => {
    const terms = (row: readonly number[]): string =>
      row.map((value, i) => `${value < 0 ? '-' : '+'} ${Math.abs(value)} x${i}`).join(' ')
    let compared = 0
    for (let seed = 1; seed <= 60; seed++) {
      const prng = createPrng(seed)
      const program = draw(prng, { rank: 'any', feasible: prng.chance(0.7), boxed: true })
      const { hessian, linear, equalities, inequalities, lower, upper } = program
      const squares = hessian.flatMap((row, i) =>
        row.flatMap((value, k) =>
          k < i || value === 0
            ? []
            : [`${value < 0 ? '-' : '+'} ${Math.abs(i === k ? value : 2 * value)} ${i === k ? `x${i} ^2` : `x${i} * x${k}`}`],
        ),
      )
      const text = [
        'Minimize',
        ` obj: ${terms(linear.map((value) => -value))}${squares.length > 0 ? ` + [ ${squares.join(' ')} ] / 2` : ''}`,
        'Subject To',
        ...equalities.matrix.map((row, i) => ` e${i}: ${terms(row)} = ${equalities.right[i]}`),
        ...inequalities.matrix.map((row, i) => ` i${i}: ${terms(row)} >= ${inequalities.right[i]}`),
        'Bounds',
        ...lower.map((bound, i) => ` ${bound} <= x${i} <= ${upper[i]}`),
        'End',
      ].join('\n')
      const judge = highs.solve(text, { output_flag: false, time_limit: 0.2 })
      const ours = solveQuadraticProgram(program)
      if (judge.Status === 'Infeasible') expect(ours.status).toBe('infeasible')
      if (judge.Status !== 'Optimal') continue
      const { value } = optimal(ours)
      // It adds 1e-7 to the hessian itself.
      expect(value).toBeLessThanOrEqual(judge.ObjectiveValue + 1e-9 * Math.max(1, Math.abs(value)))
      expect(Math.abs(value - judge.ObjectiveValue)).toBeLessThanOrEqual(2e-6 * Math.max(1, Math.abs(value)))
      compared += 1
    }
    expect(compared).toBeGreaterThan(20)
  })

  it('solves a linear program', () => {
    const { x, value } = optimal(
      solveQuadraticProgram({
        hessian: [[0, 0], [0, 0]], // oxfmt-ignore
        linear: [1, 1],
        inequalities: { matrix: [[-1, -2], [-3, -1]], right: [-4, -6] }, // oxfmt-ignore
        lower: [0, 0],
      }),
    )
    expect(x[0]).toBeCloseTo(1.6, 12)
    expect(x[1]).toBeCloseTo(1.2, 12)
    expect(value).toBeCloseTo(-2.8, 12)
  })
})

describe('programs without an answer', () => {
  it('are infeasible when two rows contradict each other, whatever else is asked', () => {
    fc.assert(
      fc.property(seeds, fc.double({ min: 1e-6, max: 10, noNaN: true }), (seed, gap) => {
        const prng = createPrng(seed)
        const program = draw(prng, { rank: prng.chance(0.5) ? 'full' : 'any', feasible: true, boxed: false })
        const row = program.linear.map(() => prng.normal())
        const inequalities = {
          matrix: [...program.inequalities.matrix, row, row.map((value) => -3 * value)],
          right: [...program.inequalities.right, 1 + gap, -3],
        }
        expect(solveQuadraticProgram(Object.assign({}, program, { inequalities })).status).toBe('infeasible')
      }),
    )
  })

  it('tell what is wrong with the program itself', () => {
    const reason = (program: QuadraticProgram): string => {
      try {
        return solveQuadraticProgram(program).status
      } catch (error) {
        return error instanceof MathError ? error.reason : String(error)
      }
    }
    expect(reason({ hessian: [[1, 0], [0, -1]] })).toBe('not-positive-definite') // oxfmt-ignore
    expect(reason({ hessian: [[1]], lower: [2], upper: [1] })).toBe('infeasible')
    expect(reason({ hessian: [[1]], equalities: { matrix: [[0]], right: [1] } })).toBe('infeasible')
    expect(reason({ hessian: [[1]], linear: [1, 2] })).toBe('shape')
    expect(reason({ hessian: [[1]], lower: [Infinity] })).toBe('out-of-domain')
    expect(reason({ hessian: [[0]], linear: [1] })).toBe('unbounded')
    expect(reason({ hessian: [[0]], linear: [0] })).toBe('optimal')
  })
})

it('repeated constraints do not send it round in circles', () => {
  const n = 6
  const ones = new Array<number>(n).fill(1)
  const copies = Array.from({ length: 40 }, (_, i) => Array.from({ length: n }, (_, k) => (k === i % n ? 1 : 0)))
  const result = optimal(
    solveQuadraticProgram({
      hessian: copies.slice(0, n),
      linear: ones.map((_, i) => i),
      equalities: { matrix: [ones, ones, ones.map((value) => 2 * value)], right: [1, 1, 2] },
      inequalities: { matrix: [...copies, ones], right: [...copies.map(() => 1 / n), 1] },
    }),
  )
  result.x.forEach((value) => expect(value).toBeCloseTo(1 / n, 12))
})
