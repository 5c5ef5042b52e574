/** Linear models: the equations of their optimum, and the slow way to the same numbers. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPrng } from '../../core/random.ts'
import { MathError } from '../error.ts'
import { dot } from '../numerics/linear-algebra.ts'
import { predictLinear, standardise } from './design.ts'
import { elasticNet, lasso } from './elastic-net.ts'
import { logisticRegression, predictProbability } from './logistic.ts'
import { linearRegression } from './ols.ts'
import { chooseRidgePenalty, ridgeRegression } from './ridge.ts'

const seeds = fc.integer({ min: 1, max: 1e9 })
function data(seed: number, n = 14, p = 3): { readonly x: number[][]; readonly y: number[]; readonly outcomes: number[] } {
  const prng = createPrng(seed)
  const x = Array.from({ length: n }, () => Array.from({ length: p }, () => prng.normal() + 0.5))
  const y = x.map((row) => 1 + 2 * row[0] - (row[1] ?? 0) + prng.normal())
  const outcomes = y.map((value, i) => (i === 0 ? 1 : i === 1 ? 0 : prng.chance(0.2 + 0.6 / (1 + Math.exp(-value))) ? 1 : 0))
  return { x, y, outcomes }
}
const column = (x: readonly (readonly number[])[], j: number): number[] => x.map((row) => row[j])
const close = (a: ArrayLike<number>, b: ArrayLike<number>, digits = 7): void => {
  expect(a.length).toBe(b.length)
  Array.from(a).forEach((value, i) => expect(value).toBeCloseTo(b[i], digits))
}

describe('least squares', () => {
  it('leaves residuals at right angles to the columns, whose leverages add up to their number', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { x, y } = data(seed)
        const fit = linearRegression(x, y)
        for (let j = 0; j < 3; j++) expect(dot(column(x, j), fit.residuals)).toBeCloseTo(0, 8)
        expect(fit.residuals.reduce((a, b) => a + b, 0)).toBeCloseTo(0, 8)
        expect(fit.leverages.reduce((a, b) => a + b, 0)).toBeCloseTo(4, 8)
        const mean = y.reduce((a, b) => a + b, 0) / y.length
        const tss = y.reduce((total, value) => total + (value - mean) ** 2, 0)
        expect(fit.r2).toBeCloseTo(1 - dot(fit.residuals, fit.residuals) / tss, 10)
        expect(fit.adjustedR2).toBeLessThanOrEqual(fit.r2 ?? 0)
        expect((fit.bic ?? 0) - (fit.aic ?? 0)).toBeCloseTo(4 * (Math.log(14) - 2), 9)
        expect(fit.durbinWatson).toBeGreaterThan(0)
        expect(fit.durbinWatson).toBeLessThan(4)
      }),
    )
  })

  it('has errors that are written out in a simple regression', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { x, y } = data(seed, 12, 1)
        const fit = linearRegression(x, y)
        const mean = column(x, 0).reduce((a, b) => a + b, 0) / 12
        const sxx = x.reduce((total, [value]) => total + (value - mean) ** 2, 0)
        expect(fit.standardErrors[1]).toBeCloseTo(Math.sqrt(fit.residualVariance / sxx), 10)
        const white = x.reduce((total, [value], i) => total + ((value - mean) * fit.residuals[i]) ** 2, 0)
        const hc0 = linearRegression(x, y, { errors: 'hc0' })
        expect(hc0.standardErrors[1]).toBeCloseTo(Math.sqrt(white) / sxx, 10)
        let lagged = white
        for (let t = 1; t < 12; t++) lagged += (x[t][0] - mean) * fit.residuals[t] * (x[t - 1][0] - mean) * fit.residuals[t - 1]
        const hac = linearRegression(x, y, { errors: 'hac', lags: 1 })
        expect(hac.standardErrors[1] ** 2).toBeCloseTo(lagged / sxx ** 2, 10)
      }),
    )
  })

  it('orders the errors for unequal variances, and those without lags are the first of them', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { x, y } = data(seed)
        const [hc0, hc1, hc2, hc3, hac] = (['hc0', 'hc1', 'hc2', 'hc3', 'hac'] as const).map((errors) =>
          linearRegression(x, y, { errors, lags: 0 }),
        )
        close(hac.standardErrors, hc0.standardErrors, 10)
        hc0.standardErrors.forEach((value, i) => {
          expect(hc1.standardErrors[i]).toBeCloseTo(value * Math.sqrt(14 / 10), 9)
          expect(hc2.standardErrors[i]).toBeGreaterThanOrEqual(value)
          expect(hc3.standardErrors[i]).toBeGreaterThanOrEqual(hc2.standardErrors[i])
        })
      }),
    )
  })

  it('finds a line that is there, and says what is not defined', () => {
    const fit = linearRegression([[1], [2], [3], [4]], [3, 5, 7, 9])
    close(fit.coefficients, [1, 2], 12)
    expect(fit.tStatistics).toBeUndefined()
    expect(linearRegression([[1], [2], [4], [3]], [5, 5, 5, 5]).r2).toBeUndefined()
    expect(() => linearRegression([[1, 2], [2, 4], [3, 6], [4, 8]], [1, 2, 3, 5])).toThrow(MathError) // oxfmt-ignore
  })
})

describe('ridge', () => {
  it('pulls with the residuals what the penalty pulls back', () => {
    fc.assert(
      fc.property(seeds, fc.double({ min: 1e-3, max: 100, noNaN: true }), fc.boolean(), (seed, penalty, intercept) => {
        const { x, y } = data(seed)
        const fit = ridgeRegression(x, y, { penalty, intercept })
        const residuals = y.map((value, i) => value - fit.fitted[i])
        for (let j = 0; j < 3; j++) expect(dot(column(x, j), residuals)).toBeCloseTo(penalty * fit.coefficients[j], 7)
        if (intercept) expect(residuals.reduce((a, b) => a + b, 0)).toBeCloseTo(0, 8)
        else expect(fit.intercept).toBe(0)
        const more = ridgeRegression(x, y, { penalty: 2 * penalty, intercept })
        expect(dot(more.coefficients, more.coefficients)).toBeLessThanOrEqual(dot(fit.coefficients, fit.coefficients) + 1e-12)
        expect(more.effectiveParameters).toBeLessThan(fit.effectiveParameters)
      }),
    )
  })

  it('without a penalty is least squares', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { x, y } = data(seed)
        const fit = ridgeRegression(x, y, { penalty: 0 })
        close([fit.intercept, ...fit.coefficients], linearRegression(x, y).coefficients)
        expect(fit.effectiveParameters).toBeCloseTo(4, 9)
      }),
    )
  })

  it('leaves out one as if it had not been there', () => {
    fc.assert(
      fc.property(seeds, fc.double({ min: 0, max: 10, noNaN: true }), fc.boolean(), (seed, penalty, intercept) => {
        const { x, y } = data(seed, 9)
        const fit = ridgeRegression(x, y, { penalty, intercept })
        const slow = y.map((value, i) => {
          const rest = <T>(list: readonly T[]): T[] => list.filter((_, k) => k !== i)
          return value - predictLinear(ridgeRegression(rest(x), rest(y), { penalty, intercept }), [x[i]])[0]
        })
        close(fit.leaveOneOutResiduals ?? [], slow, 6)
        const choice = chooseRidgePenalty(x, y, { penalties: [penalty], intercept })
        expect(choice.errors[0]).toBeCloseTo(slow.reduce((total, e) => total + e * e, 0) / 9, 6)
      }),
      { numRuns: 40 },
    )
  })

  it('takes a whole weight for a row that stands there so often', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { x, y } = data(seed, 8)
        const weights = y.map((_, i) => 1 + (i % 3))
        const often = <T>(list: readonly T[]): T[] => list.flatMap((each, i) => new Array<T>(weights[i]).fill(each))
        const weighted = ridgeRegression(x, y, { penalty: 1.5, weights })
        const repeated = ridgeRegression(often(x), often(y), { penalty: 1.5 })
        close(weighted.coefficients, repeated.coefficients)
        expect(weighted.intercept).toBeCloseTo(repeated.intercept, 8)
        expect(weighted.r2).toBeCloseTo(repeated.r2 ?? 0, 8)
      }),
    )
  })

  it('of standardised columns does not depend on their units', () => {
    fc.assert(
      fc.property(seeds, fc.double({ min: 1e-3, max: 1e3, noNaN: true }), (seed, unit) => {
        const { x, y } = data(seed)
        const scaled = x.map(([a, ...others]) => [unit * a + 3, ...others])
        const [plain, other] = [x, scaled].map((rows) => ridgeRegression(rows, y, { penalty: 2, standardise: true }))
        close(other.fitted, plain.fitted)
        expect(other.coefficients[0] * unit).toBeCloseTo(plain.coefficients[0], 7)
        close(standardise(scaled).rows[0], standardise(x).rows[0])
      }),
    )
  })

  it('chooses the least error, by each method', () => {
    fc.assert(
      fc.property(seeds, fc.constantFrom('leave-one-out', 'generalised', 'k-fold'), (seed, method) => {
        const { x, y } = data(seed)
        const penalties = [0.01, 1, 100]
        const { penalty, errors, model } = chooseRidgePenalty(x, y, { penalties, method, folds: 14 })
        expect(errors[penalties.indexOf(penalty)]).toBe(Math.min(...errors))
        close(model.coefficients, ridgeRegression(x, y, { penalty }).coefficients)
        // As many folds as rows is leaving out one.
        if (method === 'k-fold') close(errors, chooseRidgePenalty(x, y, { penalties }).errors)
      }),
      { numRuns: 40 },
    )
  })

  it('of collinear columns shares between them', () => {
    const x = [1, 2, 3, 4, 6].map((value) => [value, value])
    const { coefficients } = ridgeRegression(x, [1, 2, 3, 4, 6], { penalty: 0 })
    close(coefficients, [0.5, 0.5], 10)
  })
})

describe('lasso and elastic net', () => {
  it('keep the conditions of their optimum', () => {
    fc.assert(
      fc.property(
        seeds,
        fc.double({ min: 0.01, max: 2, noNaN: true }),
        fc.double({ min: 0.05, max: 1, noNaN: true }),
        (seed, penalty, l1Share) => {
          const { x, y } = data(seed)
          const fit = elasticNet(x, y, { penalty, l1Share, tolerance: 1e-13 })
          const residuals = y.map((value, i) => value - fit.fitted[i])
          expect(residuals.reduce((a, b) => a + b, 0)).toBeCloseTo(0, 8)
          fit.coefficients.forEach((b, j) => {
            const pull = dot(column(x, j), residuals) / y.length - penalty * (1 - l1Share) * b
            if (b === 0) expect(Math.abs(pull)).toBeLessThanOrEqual(penalty * l1Share + 1e-8)
            else expect(pull).toBeCloseTo(penalty * l1Share * Math.sign(b), 7)
          })
          expect(fit.nonZero).toBe(fit.coefficients.filter((b) => b !== 0).length)
        },
      ),
    )
  })

  it.each([1e-3, 1e-5, 1e-7])('settle on columns that differ by %d', (apart) => {
    for (let seed = 0; seed < 6; seed++) {
      const chance = createPrng(seed)
      const x = Array.from({ length: 60 }, () => {
        const row = Array.from({ length: 4 }, () => chance.normal())
        return [...row, row[0] + apart * chance.normal()]
      })
      const y = x.map((row) => row[0] - 2 * row[1] + 0.5 * row[2] + chance.normal())
      for (const l1Share of [1, 0.999]) {
        const fit = elasticNet(x, y, { penalty: 0.1, l1Share })
        const residuals = y.map((value, i) => value - fit.fitted[i])
        fit.coefficients.forEach((b, j) => {
          const pull = dot(column(x, j), residuals) / y.length - 0.1 * (1 - l1Share) * b
          if (b === 0) expect(Math.abs(pull)).toBeLessThanOrEqual(0.1 * l1Share + 1e-8)
          else expect(pull).toBeCloseTo(0.1 * l1Share * Math.sign(b), 7)
        })
      }
    }
  })

  it('without absolute values are ridge, with all of the penalty zero', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const { x, y } = data(seed)
        const smooth = elasticNet(x, y, { penalty: 0.3, l1Share: 0, tolerance: 1e-13 })
        close(smooth.coefficients, ridgeRegression(x, y, { penalty: 0.3 * y.length }).coefficients, 6)
        const mean = y.reduce((a, b) => a + b, 0) / y.length
        const most = Math.max(
          ...[0, 1, 2].map((j) => {
            const centre = column(x, j).reduce((a, b) => a + b, 0) / y.length
            return Math.abs(x.reduce((total, row, i) => total + (row[j] - centre) * (y[i] - mean), 0)) / y.length
          }),
        )
        expect(lasso(x, y, { penalty: 1.0001 * most }).nonZero).toBe(0)
        expect(lasso(x, y, { penalty: 0.99 * most }).nonZero).toBeGreaterThan(0)
      }),
    )
  })
})

describe('logistic regression', () => {
  it('pulls with what it got wrong what the penalty pulls back', () => {
    fc.assert(
      fc.property(seeds, fc.double({ min: 0.05, max: 10, noNaN: true }), (seed, penalty) => {
        const { x, outcomes } = data(seed, 20)
        const fit = logisticRegression(x, outcomes, { penalty })
        const wrong = outcomes.map((value, i) => value - fit.probabilities[i])
        expect(wrong.reduce((a, b) => a + b, 0)).toBeCloseTo(0, 6)
        for (let j = 0; j < 3; j++) expect(dot(column(x, j), wrong)).toBeCloseTo(penalty * fit.coefficients[j], 5)
        const inverse = logisticRegression(x, outcomes, { inversePenalty: 1 / penalty })
        close(inverse.coefficients, fit.coefficients, 6)
        close(predictProbability(fit, x), fit.probabilities, 10)
        const shrunk = logisticRegression(x, outcomes, { penalty: 3 * penalty })
        expect(dot(shrunk.coefficients, shrunk.coefficients)).toBeLessThanOrEqual(dot(fit.coefficients, fit.coefficients) + 1e-10)
      }),
      { numRuns: 60 },
    )
  })

  it('of one column of zeros and ones has the odds of a table', () => {
    const x = [0, 0, 0, 0, 1, 1, 1, 1, 1].map((value) => [value])
    const fit = logisticRegression(x, [1, 0, 0, 0, 1, 1, 1, 0, 0])
    expect(fit.intercept).toBeCloseTo(Math.log(1 / 3), 8)
    expect(fit.coefficients[0]).toBeCloseTo(Math.log(3 / 2) - Math.log(1 / 3), 8)
  })

  it('refuses outcomes that a plane separates, unless something is penalised', () => {
    const reasonOf = (x: number[][], y: number[]): string => {
      try {
        logisticRegression(x, y)
        return 'none'
      } catch (error) {
        return error instanceof MathError ? error.reason : String(error)
      }
    }
    expect(reasonOf([[1], [2], [3], [4]], [0, 0, 1, 1])).toBe('no-convergence')
    // Separated but for a value that has both.
    expect(reasonOf([[1], [2], [2], [3]], [0, 0, 1, 1])).toBe('no-convergence')
    expect(reasonOf([[1], [2], [3], [4]], [0, 1, 0, 1])).toBe('none')
    expect(reasonOf([[1], [2]], [1, 1])).toBe('no-variance')
    expect(reasonOf([[1, 1], [2, 2], [3, 3], [4, 4]], [0, 1, 0, 1])).toBe('singular') // oxfmt-ignore
    expect(logisticRegression([[1], [2], [3], [4]], [0, 0, 1, 1], { penalty: 1 }).coefficients[0]).toBeGreaterThan(0)
  })
})
