/** The local level model against the multivariate normal distribution written out. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPrng } from '../../core/random.ts'
import { cholesky, logDeterminant, solveCholesky, solveLower } from '../numerics/index.ts'
import { fitLocalLevel, localLevel } from './local-level.ts'

const variance = fc.double({ min: 0.05, max: 4, noNaN: true })
const series = fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 2, maxLength: 15 })

describe('localLevel', () => {
  it('has the likelihood and the smoothed levels of the normal distribution', () => {
    fc.assert(
      fc.property(series, variance, variance, (y, irregular, level) => {
        const start = { mean: 1, variance: 3 }
        // Cov(l_i, l_j) = 3 + level min(i, j).
        const levels = y.map((_, i) => y.map((_each, j) => 3 + level * Math.min(i, j)))
        const factor = cholesky(levels.map((row, i) => row.map((each, j) => each + (i === j ? irregular : 0))))
        const z = solveLower(
          factor,
          y.map((each) => each - 1),
        )
        const squares = z.reduce((total, each) => total + each * each, 0)
        const run = localLevel(y, { irregular, level }, start)
        expect(run.logLikelihood).toBeCloseTo(-0.5 * (y.length * Math.log(2 * Math.PI) + logDeterminant(factor) + squares), 8)
        const weights = solveCholesky(
          factor,
          y.map((each) => each - 1),
        )
        levels.forEach((row, t) => {
          expect(run.smoothed[t]).toBeCloseTo(1 + row.reduce((total, each, i) => total + each * weights[i], 0), 8)
          const reduction = solveCholesky(factor, row)
          expect(run.smoothedVariance[t]).toBeCloseTo(row[t] - row.reduce((total, each, i) => total + each * reduction[i], 0), 8)
        })
      }),
      { numRuns: 60 },
    )
  })

  it('ends where the filter ends, and begins at the first value when nothing is known', () => {
    fc.assert(
      fc.property(series, variance, variance, (y, irregular, level) => {
        const run = localLevel(y, { irregular, level })
        const vague = localLevel(y, { irregular, level }, { mean: 0, variance: 1e9 })
        expect(run.filtered[0]).toBe(y[0])
        expect(run.smoothed[y.length - 1]).toBe(run.filtered[y.length - 1])
        run.smoothed.forEach((each, t) => expect(each).toBeCloseTo(vague.smoothed[t], 5))
      }),
    )
  })

  it('without noise is the series itself', () => {
    const run = localLevel([3, 1, 4, 1], { irregular: 0, level: 1 })
    expect(Array.from(run.filtered)).toEqual([3, 1, 4, 1])
    expect(Array.from(run.smoothed)).toEqual([3, 1, 4, 1])
  })
})

describe('fitLocalLevel', () => {
  it('finds its variances again, and none is more likely', () => {
    const chance = createPrng(1)
    let level = 50
    const y = Array.from({ length: 2000 }, () => {
      level += 0.5 * chance.normal()
      return level + chance.normal()
    })
    const { variances, logLikelihood } = fitLocalLevel(y)
    expect(Math.abs(variances.irregular - 1)).toBeLessThan(0.12)
    expect(Math.abs(variances.level - 0.25)).toBeLessThan(0.08)
    for (const factor of [0.9, 1.1])
      for (const other of [0.9, 1.1]) {
        const moved = { irregular: variances.irregular * factor, level: variances.level * other }
        expect(localLevel(y, moved).logLikelihood).toBeLessThan(logLikelihood)
      }
  })
})
