/** Filters, smoothing and paths against all paths enumerated; no look-ahead; streaming against batch. Pure. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { filterStates, decodeStates, hmmLogLikelihood, smoothStates } from './inference.ts'
import { permuteStates } from './labels.ts'
import { stationaryDistribution, type GaussianHmm } from './model.ts'
import { StateFilter, StateSwitch } from './stream.ts'

const distribution = (states: number, zeros = false): fc.Arbitrary<number[]> =>
  fc.array(fc.double({ min: 0.02, max: 1, noNaN: true }), { minLength: states, maxLength: states }).chain((raw) =>
    fc.array(fc.boolean(), { minLength: states, maxLength: states }).map((kept) => {
      const held = raw.map((p, i) => (zeros && i > 0 && !kept[i] ? 0 : p))
      const total = held.reduce((a, b) => a + b, 0)
      return held.map((p) => p / total)
    }),
  )

/** Diagonal models of one or two features; with `zeros`, some starts and transitions are impossible. */
const modelsOf = (zeros: boolean): fc.Arbitrary<GaussianHmm> =>
  fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 2 })).chain(([states, features]) =>
    fc.record({
      start: distribution(states, zeros),
      transition: fc.array(distribution(states, zeros), { minLength: states, maxLength: states }),
      means: fc.array(fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: features, maxLength: features }), {
        minLength: states,
        maxLength: states,
      }),
      variances: fc.array(fc.array(fc.double({ min: 0.2, max: 4, noNaN: true }), { minLength: features, maxLength: features }), {
        minLength: states,
        maxLength: states,
      }),
    }),
  )
const observed = (features: number, maxLength: number, size = 3): fc.Arbitrary<number[][]> =>
  fc.array(fc.array(fc.double({ min: -size, max: size, noNaN: true }), { minLength: features, maxLength: features }), {
    minLength: 1,
    maxLength,
  })
const both = (maxLength: number, zeros = false, size = 3): fc.Arbitrary<[GaussianHmm, number[][]]> =>
  modelsOf(zeros).chain((model) => fc.tuple(fc.constant(model), observed(model.means[0].length, maxLength, size)))

const density = ({ means, variances = [] }: GaussianHmm, k: number, x: readonly number[]): number =>
  x.reduce(
    (total, value, j) => total - 0.5 * (Math.log(2 * Math.PI * variances[k][j]) + (value - means[k][j]) ** 2 / variances[k][j]),
    0,
  )

/** Every path of states with its log-probability. */
function* paths(model: GaussianHmm, x: readonly (readonly number[])[]): Generator<readonly [readonly number[], number]> {
  const walk = function* (path: readonly number[], level: number): Generator<readonly [readonly number[], number]> {
    if (path.length === x.length) return void (yield [path, level])
    for (let k = 0; k < model.start.length; k++) {
      const before = path.at(-1)
      const p = before === undefined ? model.start[k] : model.transition[before][k]
      yield* walk([...path, k], level + Math.log(p) + density(model, k, x[path.length]))
    }
  }
  yield* walk([], 0)
}

/** Asks `expect` only where it would complain: there are many numbers. */
const close = (got: number, want: number, tolerance = 1e-9): void => {
  if (!(Math.abs(got - want) <= tolerance * Math.max(1, Math.abs(want)))) expect(got).toBe(want)
}
const closeRows = (got: readonly ArrayLike<number>[], want: readonly ArrayLike<number>[], tolerance = 1e-9): void => {
  expect(got.length).toBe(want.length)
  got.forEach((row, t) => Array.from(row).forEach((p, k) => close(p, want[t][k], tolerance)))
}

describe('against all paths', () => {
  it('likelihood, smoothed probabilities, expected transitions and the best path', () => {
    fc.assert(
      fc.property(both(5, true), ([model, x]) => {
        const states = model.start.length
        let total = 0
        const smoothed = x.map(() => new Float64Array(states))
        const transitions = Array.from({ length: states }, () => new Float64Array(states))
        let best = -Infinity
        for (const [path, level] of paths(model, x)) {
          const p = Math.exp(level)
          total += p
          best = Math.max(best, level)
          path.forEach((k, t) => {
            smoothed[t][k] += p
            if (t > 0) transitions[path[t - 1]][k] += p
          })
        }
        const found = smoothStates(model, x)
        close(found.logLikelihood, Math.log(total))
        closeRows(
          found.smoothed,
          smoothed.map((row) => row.map((p) => p / total)),
        )
        closeRows(
          found.transitions,
          transitions.map((row) => row.map((p) => p / total)),
        )
        const decoded = decodeStates(model, x)
        close(decoded.logLikelihood, best)
        close(
          Array.from(decoded.path).reduce(
            (level, k, t) =>
              level + Math.log(t === 0 ? model.start[k] : model.transition[decoded.path[t - 1]][k]) + density(model, k, x[t]),
            0,
          ),
          best,
        )
        // The last smoothed row is the last filtered one.
        closeRows(found.smoothed.slice(-1), found.filtered.slice(-1))
      }),
    )
  })
})

describe('filtered probabilities', () => {
  it('add up to one, and so do predicted ones', () => {
    fc.assert(
      fc.property(both(30, false, 60), ([model, x]) => {
        const { filtered, predicted } = filterStates(model, x)
        for (const row of [...filtered, ...predicted])
          close(
            row.reduce((a, b) => a + b, 0),
            1,
            1e-12,
          )
      }),
    )
  })

  it('do not change when later data do', () => {
    fc.assert(
      fc.property(both(30), fc.nat(), ([model, x], cut) => {
        const at = 1 + (cut % x.length)
        const other = x.map((row, t) => (t < at ? row : row.map((value) => 10 - value)))
        const [a, b] = [filterStates(model, x), filterStates(model, other)]
        expect(a.filtered.slice(0, at)).toEqual(b.filtered.slice(0, at))
        expect(a.predicted.slice(0, at)).toEqual(b.predicted.slice(0, at))
      }),
    )
  })

  it('follow a permutation of the states', () => {
    fc.assert(
      fc.property(both(20), ([model, x]) => {
        const order = model.start.length === 3 ? [2, 0, 1] : model.start.length === 2 ? [1, 0] : [0]
        const [a, b] = [smoothStates(model, x), smoothStates(permuteStates(model, order), x)]
        close(a.logLikelihood, b.logLikelihood)
        closeRows(
          b.filtered,
          a.filtered.map((row) => order.map((k) => row[k])),
        )
        closeRows(
          b.smoothed,
          a.smoothed.map((row) => order.map((k) => row[k])),
        )
        // Of equally likely paths each order may have its own.
        close(decodeStates(permuteStates(model, order), x).logLikelihood, decodeStates(model, x).logLikelihood)
      }),
    )
  })

  it('bar by bar equal the batch at every prefix, also after a restart, also with impossible transitions', () => {
    fc.assert(
      fc.property(
        fc.boolean().chain((zeros) => both(25, zeros)),
        ([model, x]) => {
          const whole = filterStates(model, x)
          let filter = new StateFilter(model)
          x.forEach((row, t) => {
            closeRows([filter.update(row.length === 1 ? row[0] : row)], [whole.filtered[t]], 1e-12)
            closeRows([filter.predicted], [whole.predicted[t]], 1e-12)
            close(filter.logLikelihood, hmmLogLikelihood(model, x.slice(0, t + 1)), 1e-11)
            const copy = new StateFilter(model)
            copy.restore(filter.snapshot())
            filter = copy
          })
        },
      ),
    )
  })

  it('of several sequences are those of each', () => {
    fc.assert(
      fc.property(both(20), ([model, x]) => {
        const cut = Math.ceil(x.length / 2)
        fc.pre(cut < x.length)
        const joint = smoothStates(model, x, { lengths: [cut, x.length - cut] })
        const parts = [smoothStates(model, x.slice(0, cut)), smoothStates(model, x.slice(cut))]
        close(joint.logLikelihood, parts[0].logLikelihood + parts[1].logLikelihood)
        closeRows(joint.smoothed, [...parts[0].smoothed, ...parts[1].smoothed])
      }),
    )
  })
})

describe('far from everything', () => {
  const model: GaussianHmm = {
    start: [1, 0],
    transition: [
      [1, 0],
      [0.5, 0.5],
    ],
    means: [[0], [100]],
    variances: [[1], [1]],
  }

  it('an observation that only an unreachable state explains does not break the filter', () => {
    const x = [0.1, 100, 100, -0.2]
    const { filtered, logLikelihood } = filterStates(model, x)
    expect(filtered.map((row) => row[0])).toEqual([1, 1, 1, 1])
    close(
      logLikelihood,
      x.reduce((total, value) => total + density(model, 0, [value]), 0),
    )
    const filter = new StateFilter(model)
    for (const value of x) filter.update(value)
    close(filter.logLikelihood, logLikelihood)
  })

  it('a state that has all but vanished comes back, where plain probabilities would have lost it', () => {
    const leftRight: GaussianHmm = {
      ...model,
      start: [0.5, 0.5],
      transition: [
        [1, 0],
        [0, 1],
      ],
      means: [[0], [10]],
    }
    // Twenty bars against state 1, then thirty for it.
    const x = [...Array.from({ length: 20 }, () => 0), ...Array.from({ length: 30 }, () => 10)]
    const { filtered } = filterStates(leftRight, x)
    expect(filtered[19][1]).toBeLessThan(1e-300)
    expect(filtered[49][1]).toBeGreaterThan(1 - 1e-12)
    const filter = new StateFilter(leftRight)
    for (const value of x) filter.update(value)
    expect(filter.filtered[1]).toBeGreaterThan(1 - 1e-12)
    const { smoothed } = smoothStates(leftRight, x)
    expect(smoothed[0][1]).toBeGreaterThan(1 - 1e-12)
  })
})

describe('the stationary distribution', () => {
  it('is left alone by the transitions', () => {
    fc.assert(
      fc.property(modelsOf(false), ({ transition }) => {
        const pi = stationaryDistribution(transition)
        for (let j = 0; j < pi.length; j++)
          close(
            pi.reduce((total, p, i) => total + p * transition[i][j], 0),
            pi[j],
          )
      }),
    )
  })

  it('is the start where it is asked for', () => {
    fc.assert(
      fc.property(both(10), ([model, x]) => {
        const start = stationaryDistribution(model.transition)
        expect(hmmLogLikelihood(model, x, { initial: 'stationary' })).toBe(hmmLogLikelihood({ ...model, start }, x))
      }),
    )
  })
})

describe('the state in force', () => {
  it('changes only after two bars in a row above the threshold', () => {
    const filter = new StateSwitch()
    const said = [
      [0.9, 0.1],
      [0.6, 0.4],
      [0.9, 0.1],
      [0.8, 0.2],
      [0.1, 0.9],
      [0.4, 0.6],
      [0.1, 0.9],
      [0.2, 0.8],
    ].map((row) => filter.update(row))
    expect(said).toEqual([undefined, undefined, undefined, 0, 0, 0, 0, 1])
  })

  it('has been likely for as many bars whenever it changes, also after a restart', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 60 }),
        fc.integer({ min: 1, max: 4 }),
        (p, bars) => {
          let filter = new StateSwitch({ bars })
          let before: number | undefined
          p.forEach((each, t) => {
            const copy = new StateSwitch({ bars })
            copy.restore(filter.snapshot())
            filter = copy
            const state = filter.update([each, 1 - each])
            if (state !== before)
              for (let b = 0; b < bars; b++) expect(state === 0 ? p[t - b] : 1 - p[t - b]).toBeGreaterThan(0.7)
            before = state
          })
        },
      ),
    )
  })
})
