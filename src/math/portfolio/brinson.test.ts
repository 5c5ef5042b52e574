/** Attribution adds up: in a period, linked over periods, and geometrically. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPrng, type Prng } from '../../core/random.ts'
import { linkedAttribution, linkedGeometricAttribution, linkingFactors, type LinkingMethod } from './attribution-linking.ts'
import { type AttributionPeriods, brinsonAttribution, geometricAttribution } from './brinson.ts'

/** Weights that add up to one, some of them negative. */
function weightsOf(prng: Prng, n: number): number[] {
  const raw = Array.from({ length: n }, () => 0.6 * prng.normal())
  const rest = (1 - raw.reduce((total, each) => total + each, 0)) / n
  return raw.map((each) => each + rest)
}

const histories = fc
  .record({
    seed: fc.integer({ min: 0, max: 1e6 }),
    periods: fc.integer({ min: 1, max: 12 }),
    segments: fc.integer({ min: 1, max: 6 }),
    scale: fc.constantFrom(0.03, 1e-6),
  })
  .map(({ seed, periods, segments, scale }): AttributionPeriods => {
    const prng = createPrng(seed)
    const rows = (draw: () => number[]): number[][] => Array.from({ length: periods }, draw)
    const returns = (): number[] => Array.from({ length: segments }, () => scale * prng.normal())
    return {
      portfolioWeights: rows(() => weightsOf(prng, segments)),
      benchmarkWeights: rows(() => weightsOf(prng, segments)),
      portfolioReturns: rows(returns),
      benchmarkReturns: rows(returns),
    }
  })

const period = (history: AttributionPeriods, t: number): Parameters<typeof brinsonAttribution>[0] => ({
  portfolioWeights: history.portfolioWeights[t],
  benchmarkWeights: history.benchmarkWeights[t],
  portfolioReturns: history.portfolioReturns[t],
  benchmarkReturns: history.benchmarkReturns[t],
})

const total = (rows: readonly ArrayLike<number>[]): number =>
  rows.reduce((sum, row) => sum + Array.from(row).reduce((part, each) => part + each, 0), 0)

const compounded = (returns: ArrayLike<number>): number =>
  Array.from(returns).reduce((wealth, each) => wealth * (1 + each), 1) - 1

const METHODS = ['carino', 'menchero', 'grap', 'frongello'] as const satisfies readonly LinkingMethod[]

describe('a period', () => {
  it('is the sum of its effects, in both models', () => {
    fc.assert(
      fc.property(histories, fc.constantFrom('brinson-fachler', 'brinson-hood-beebower'), (history, model) => {
        const found = brinsonAttribution(period(history, 0), { model })
        expect(Math.abs(found.totalAllocation + found.totalSelection + found.totalInteraction - found.excess)).toBeLessThan(1e-12)
        found.selectionWithInteraction.forEach((each, i) => expect(each).toBe(found.selection[i] + found.interaction[i]))
      }),
    )
  })

  it('is the product of its effects geometrically', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const found = geometricAttribution(period(history, 0))
        const { portfolioReturn, benchmarkReturn } = brinsonAttribution(period(history, 0))
        const ratio = (1 + portfolioReturn) / (1 + benchmarkReturn)
        expect((1 + found.totalAllocation) * (1 + found.totalSelection)).toBeCloseTo(ratio, 12)
        expect(1 + found.excess).toBeCloseTo(ratio, 12)
      }),
    )
  })

  it('whose weights add up to different sums is refused', () => {
    const wrong = {
      portfolioWeights: [0.5, 0.4],
      benchmarkWeights: [0.5, 0.5],
      portfolioReturns: [0.1, 0.05],
      benchmarkReturns: [0.1, 0.05],
    }
    expect(() => brinsonAttribution(wrong)).toThrow(/the effects add up to/)
    expect(() => geometricAttribution(wrong)).toThrow(/the effects add up to/)
  })

  it('held like the benchmark has selection alone', () => {
    const weights = [0.6, 0.4]
    const found = brinsonAttribution({
      portfolioWeights: weights,
      benchmarkWeights: weights,
      portfolioReturns: [0.02, 0.01],
      benchmarkReturns: [0.01, 0.01],
    })
    expect(found.totalAllocation).toBe(0)
    expect(found.totalInteraction).toBe(0)
    expect(found.totalSelection).toBeCloseTo(0.006, 15)
  })
})

describe.each(METHODS)('linked by %s', (linking) => {
  it('all effects add up to R - B', () => {
    fc.assert(
      fc.property(histories, fc.constantFrom('brinson-fachler', 'brinson-hood-beebower'), (history, model) => {
        const found = linkedAttribution(history, { linking, model })
        const [R, B] = [compounded(found.portfolioReturns), compounded(found.benchmarkReturns)]
        expect(found.cumulativeExcess).toBeCloseTo(R - B, 14)
        const sum = total([...found.allocation, ...found.selection, ...found.interaction])
        expect(Math.abs(sum - (R - B))).toBeLessThan(1e-12)
        expect(total([found.totalAllocation, found.totalSelection, found.totalInteraction])).toBeCloseTo(sum, 12)
      }),
    )
  })

  it('one period is left as it is', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const one = {
          portfolioWeights: history.portfolioWeights.slice(0, 1),
          benchmarkWeights: history.benchmarkWeights.slice(0, 1),
          portfolioReturns: history.portfolioReturns.slice(0, 1),
          benchmarkReturns: history.benchmarkReturns.slice(0, 1),
        }
        const found = linkedAttribution(one, { linking })
        found.allocation[0].forEach((each, i) => expect(each).toBeCloseTo(found.periods[0].allocation[i], 12))
      }),
      { numRuns: 30 },
    )
  })

  it('without any difference from the benchmark has no effects', () => {
    const weights = [
      [0.5, 0.5],
      [0.4, 0.6],
    ]
    const returns = [
      [0.1, 0.02],
      [-0.05, 0.03],
    ]
    const found = linkedAttribution(
      { portfolioWeights: weights, benchmarkWeights: weights, portfolioReturns: returns, benchmarkReturns: returns },
      { linking },
    )
    expect(total([...found.allocation, ...found.selection, ...found.interaction])).toBe(0)
    expect(found.cumulativeExcess).toBe(0)
  })
})

describe('factors', () => {
  it('have their limits where portfolio and benchmark come together', () => {
    const benchmark = [0.03, -0.02, 0.05]
    const at = (gap: number, method: 'carino' | 'menchero'): number[] =>
      Array.from(
        linkingFactors(
          benchmark.map((each) => each + gap),
          benchmark,
          method,
        ),
      )
    for (const gap of [1e-3, 1e-6, 1e-9, 1e-12, 1e-15])
      at(gap, 'carino').forEach((each, t) => expect(Math.abs(each - at(0, 'carino')[t])).toBeLessThan(3 * gap + 1e-14))
    // Menchero's limit depends on the way there, but the last steps of one way hardly differ.
    for (const gap of [1e-9, 1e-12])
      at(gap, 'menchero').forEach((each, t) => expect(Math.abs(each - at(1e-6, 'menchero')[t])).toBeLessThan(1e-5))
    const whole = 1.03 * 0.98 * 1.05
    linkingFactors(benchmark, benchmark, 'carino').forEach((each, t) => expect(each).toBeCloseTo(whole / (1 + benchmark[t]), 12))
  })

  it('of GRAP and the recursion of Frongello give the same totals', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const [grap, frongello] = [
          linkedAttribution(history, { linking: 'grap' }),
          linkedAttribution(history, { linking: 'frongello' }),
        ]
        for (const key of ['totalAllocation', 'totalSelection', 'totalInteraction'] as const)
          grap[key].forEach((each, i) => expect(frongello[key][i]).toBeCloseTo(each, 12))
      }),
    )
  })

  it('do not link what has lost everything', () => {
    expect(() => linkingFactors([-1, 0.1], [0.1, 0.1])).toThrow(/nothing is left/)
  })
})

describe('geometric effects', () => {
  it('multiply to (1 + R) / (1 + B)', () => {
    fc.assert(
      fc.property(histories, (history) => {
        const found = linkedGeometricAttribution(history)
        const plain = linkedAttribution(history)
        const ratio = (1 + plain.cumulativePortfolio) / (1 + plain.cumulativeBenchmark)
        expect((1 + found.allocation) * (1 + found.selection)).toBeCloseTo(ratio, 11)
        expect(1 + found.excess).toBeCloseTo(ratio, 11)
      }),
    )
  })
})
