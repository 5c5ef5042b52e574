/** Portfolios: quadratic programs beside two solvers that others wrote, risk by trees and budgets, shrinkage beside its formula. */
import { createRequire } from 'node:module'
import type { LegacyHighs } from 'highs'
import { solveQP } from 'quadprog'
import { createPrng } from '../../src/core/random.ts'
import { solveQuadraticProgram, type QuadraticProgram } from '../../src/math/numerics/quadratic-program.ts'
import { hierarchicalRiskParity } from '../../src/math/portfolio/hierarchical-risk-parity.ts'
import { minimumVariance } from '../../src/math/portfolio/mean-variance.ts'
import { riskParity } from '../../src/math/portfolio/risk-budgeting.ts'
import { ledoitWolf } from '../../src/math/portfolio/shrinkage.ts'
import { assetReturns, plainCovariance } from './series.ts'
import type { Task, Twin, Work } from './task.ts'

// Its typings are those of a CommonJS module, which the compiler will not call as the ES module it also is.
const highs = await (createRequire(import.meta.url)('highs') as () => Promise<LegacyHighs>)()
const HISTORY = 500

const covarianceOf = (assets: number): Float64Array[] => plainCovariance(assetReturns(HISTORY, assets))

/** Every constraint a row, in plain arrays: about 2.4 rows for each variable. */
interface Program {
  readonly hessian: readonly (readonly number[])[]
  readonly linear: readonly number[]
  readonly equality: readonly number[]
  readonly rows: readonly (readonly number[])[]
  readonly right: readonly number[]
}

/** Mean and variance within a budget, 0 <= w <= 3/n, and sectors (two for five assets, less one) with a least or a largest share. */
function program(n: number): Program {
  const prng = createPrng('program')
  const covariance = covarianceOf(n)
  const unit = (i: number, value: number): number[] => Array.from({ length: n }, (_, j) => (i === j ? value : 0))
  const rows: number[][] = []
  const right: number[] = []
  for (let i = 0; i < n; i++) {
    rows.push(unit(i, 1), unit(i, -1))
    right.push(0, -3 / n)
  }
  const sectors = Math.round(0.4 * n) - 1
  for (let s = 0; s < sectors; s++) {
    const members = Array.from({ length: n }, () => (prng.chance(0.3) ? 1 : 0))
    const share = members.reduce((a: number, b) => a + b, 0) / n
    const least = s % 2 === 0
    rows.push(members.map((each) => (least ? each : 0 - each)))
    right.push(least ? 0.95 * share : -1.05 * share)
  }
  return {
    // In hundredths, so that the value has a size that solvers with absolute tolerances can see.
    hessian: covariance.map((row) => Array.from(row, (each) => 1e4 * each)),
    linear: Array.from({ length: n }, () => 0.5 * prng.normal()),
    equality: Array.from({ length: n }, () => 1),
    rows,
    right,
  }
}

const valueOf = ({ hessian, linear }: Program, x: ArrayLike<number>): number =>
  hessian.reduce((total, row, i) => total + x[i] * (0.5 * row.reduce((sum, each, j) => sum + each * x[j], 0) - linear[i]), 0)

function ourProgram(size: number): Work {
  const { hessian, linear, equality, rows, right } = program(size)
  const given: QuadraticProgram = {
    hessian,
    linear,
    equalities: { matrix: [equality], right: [1] },
    inequalities: { matrix: rows, right },
  }
  return () => {
    const found = solveQuadraticProgram(given)
    if (found.status !== 'optimal') throw new Error(`the program is ${found.status}`)
    return [found.value, ...found.x]
  }
}

const from1 = (values: readonly number[]): number[] => [0, ...values]

/** It writes into its arrays, so each call gets fresh ones; they are part of its time. */
const QUADPROG: Twin = {
  name: 'quadprog',
  tolerance: 1e-11,
  work: (size) => {
    const whole = program(size)
    const all = [whole.equality, ...whole.rows]
    const [d, c] = [[[0], ...whole.hessian.map(from1)], from1(whole.linear)]
    const [a, b] = [[[0], ...whole.linear.map((_, i) => from1(all.map((row) => row[i])))], from1([1, ...whole.right])]
    return () => {
      const { solution, message } = solveQP(
        d.map((row) => row.slice()),
        c.slice(),
        a.map((row) => row.slice()),
        b.slice(),
        1,
      )
      if (message !== '') throw new Error(message)
      const x = solution.slice(1)
      return [valueOf(whole, x), ...x]
    }
  },
}

/** It reads a text, which is part of its time. */
const HIGHS: Twin = {
  name: 'HiGHS',
  tolerance: 1e-7,
  work: (size) => {
    const whole = program(size)
    const text = textOf(whole)
    return () => {
      const found = highs.solve(text, { output_flag: false })
      if (found.Status !== 'Optimal') throw new Error(found.Status)
      const x = whole.linear.map((_, i) => found.Columns[`x${i}`].Primal ?? Number.NaN)
      return [valueOf(whole, x), ...x]
    }
  },
}

function textOf({ hessian, linear, equality, rows, right }: Program): string {
  const term = (value: number, name: string): string => `${value < 0 ? '-' : '+'} ${Math.abs(value)} ${name}`
  const terms = (row: readonly number[]): string =>
    row.flatMap((value, i) => (value === 0 ? [] : [term(value, `x${i}`)])).join(' ')
  const squares = hessian.flatMap((row, i) =>
    row.slice(i).map((value, k) => (k === 0 ? term(value, `x${i} ^2`) : term(2 * value, `x${i} * x${i + k}`))),
  )
  return [
    'Minimize',
    ` obj: ${terms(linear.map((each) => -each))} + [ ${squares.join(' ')} ] / 2`,
    'Subject To',
    ` budget: ${terms(equality)} = 1`,
    ...rows.map((row, i) => ` c${i}: ${terms(row)} >= ${right[i]}`),
    'End',
  ].join('\n')
}

/** Long only, adding up to one. */
const QUADPROG_MINIMUM: Twin = {
  name: 'quadprog',
  tolerance: 1e-11,
  work: (size) => {
    const covariance = covarianceOf(size)
    const d = [[0], ...covariance.map((row) => from1([...row]))]
    const a = [[0], ...covariance.map((_, i) => [0, 1, ...covariance.map((__, j) => (i === j ? 1 : 0))])]
    const b = [0, 1, ...covariance.map(() => 0)]
    return () =>
      solveQP(
        d.map((row) => row.slice()),
        new Array<number>(size + 1).fill(0),
        a.map((row) => row.slice()),
        b.slice(),
        1,
      ).solution.slice(1)
  },
}

/** The formula of the paper, word for word: sums over all rows of squared matrices. */
const PLAIN_LEDOIT_WOLF: Twin = {
  name: 'its formula, plainly',
  tolerance: 1e-12,
  work: (size) => {
    const rows = assetReturns(HISTORY, size)
    return () => {
      const s = plainCovariance(rows)
      const means = s.map((_, j) => rows.reduce((total, row) => total + row[j], 0) / rows.length)
      const m = s.reduce((total, row, i) => total + row[i], 0) / size
      let [d2, b2] = [0, 0]
      for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) d2 += (s[i][j] - (i === j ? m : 0)) ** 2
      for (const row of rows)
        for (let i = 0; i < size; i++)
          for (let j = 0; j < size; j++) b2 += ((row[i] - means[i]) * (row[j] - means[j]) - s[i][j]) ** 2 / rows.length ** 2
      return [Math.min(b2, d2) / d2]
    }
  },
}

export const PORTFOLIOS: readonly Task[] = [
  {
    name: 'quadratic program, 120 constraints',
    size: 50,
    of: 'assets',
    goal: 5,
    work: ourProgram,
    twins: [QUADPROG, HIGHS],
    remark: 'constraints grow with the assets',
  },
  {
    name: 'minimum variance, long only',
    size: 100,
    of: 'assets',
    work: (size) => {
      const covariance = covarianceOf(size)
      return () => minimumVariance(covariance).weights
    },
    twins: [QUADPROG_MINIMUM],
  },
  {
    name: 'hierarchical risk parity',
    size: 100,
    of: 'assets',
    goal: 20,
    work: (size) => {
      const covariance = covarianceOf(size)
      return () => hierarchicalRiskParity(covariance).weights
    },
  },
  {
    name: 'risk budgeting',
    size: 100,
    of: 'assets',
    work: (size) => {
      const covariance = covarianceOf(size)
      return () => riskParity(covariance)
    },
  },
  {
    name: `Ledoit-Wolf, ${HISTORY} rows`,
    size: 100,
    of: 'assets',
    work: (size) => {
      const rows = assetReturns(HISTORY, size)
      return () => [ledoitWolf(rows).shrinkage]
    },
    twins: [PLAIN_LEDOIT_WOLF],
  },
]
