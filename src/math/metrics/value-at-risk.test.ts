/** Tail risk: coherence of the shortfall, what moving and scaling returns does, and the cases in which one method is another. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPrng } from '../../core/random.ts'
import * as metrics from './index.ts'

const returns = fc.array(
  fc.integer({ min: -3_000, max: 3_000 }).map((bp) => bp / 10_000),
  { minLength: 8, maxLength: 80 },
)
const confidences = fc.integer({ min: 51, max: 99 }).map((percent) => percent / 100)
const near = (got: number, want: number): void =>
  expect(Math.abs(got - want)).toBeLessThanOrEqual(1e-9 * Math.max(Math.abs(got), Math.abs(want)) + 1e-11)

type Method = (list: ArrayLike<number>, confidence: number) => metrics.TailRisk
const METHODS: readonly (readonly [string, Method])[] = [
  ['historical', (list, confidence) => metrics.historicalTailRisk(list, { confidence })],
  ['weighted', (list, confidence) => metrics.weightedTailRisk(list, { confidence, decay: 0.95 })],
  ['gaussian', (list, confidence) => metrics.gaussianTailRisk(list, { confidence })],
  ['student', (list, confidence) => metrics.studentTailRisk(list, { confidence, freedom: 5 })],
  ['cornish-fisher', (list, confidence) => metrics.cornishFisherTailRisk(list, { confidence })],
]

describe.each(METHODS)('%s', (_name, method) => {
  it('refuses the tail in place of the confidence, and says what to give', () => {
    const list = Array.from({ length: 40 }, (_, i) => Math.sin(i) / 100)
    expect(() => method(list, 0.05)).toThrow('confidence is 0.05; for the worst 0.05 of cases give 0.95')
  })

  it('has a shortfall not below its value at risk (property)', () => {
    fc.assert(
      fc.property(returns, confidences, (list, confidence) => {
        const { valueAtRisk, expectedShortfall } = method(list, confidence)
        expect(expectedShortfall).toBeGreaterThanOrEqual(valueAtRisk)
      }),
    )
  })
  it('falls by what every return rises, and scales with the returns (property)', () => {
    fc.assert(
      fc.property(returns, confidences, fc.integer({ min: -50, max: 50 }), (list, confidence, bp) => {
        const shift = bp / 1_024
        const base = method(list, confidence)
        const moved = method(
          list.map((r) => r + shift),
          confidence,
        )
        const scaled = method(
          list.map((r) => 4 * r),
          confidence,
        )
        near(moved.valueAtRisk, base.valueAtRisk - shift)
        near(moved.expectedShortfall, base.expectedShortfall - shift)
        near(scaled.valueAtRisk, 4 * base.valueAtRisk)
        near(scaled.expectedShortfall, 4 * base.expectedShortfall)
      }),
    )
  })
})

describe.each(METHODS.filter(([name]) => name !== 'cornish-fisher'))('%s', (_name, method) => {
  it('grows with the confidence (property)', () => {
    fc.assert(
      fc.property(returns, confidences, (list, confidence) => {
        const [low, high] = [method(list, confidence), method(list, (1 + confidence) / 2)]
        expect(high.valueAtRisk).toBeGreaterThanOrEqual(low.valueAtRisk - 1e-12)
        expect(high.expectedShortfall).toBeGreaterThanOrEqual(low.expectedShortfall - 1e-12)
      }),
    )
  })
})

describe('tail risk', () => {
  it('averages what is strictly below the quantile, which is the quantile when there is nothing', () => {
    expect(metrics.historicalTailRisk([-0.1, -0.1, -0.1, 0.2, 0.3], { confidence: 0.75 })).toMatchObject({
      valueAtRisk: 0.1,
      expectedShortfall: 0.1,
    })
  })
  it('lets a return on the quantile in where the rounding of R does', () => {
    // (21 - 1) x 0.05 is 1: the quantile is the second lowest, and a hair more in R.
    const list = [-0.05, -0.03, ...Array.from({ length: 19 }, (_, i) => 0.05 + i / 100)]
    expect(metrics.historicalTailRisk(list).expectedShortfall).toBe(0.05)
    expect(metrics.historicalTailRisk(list, { border: 'R' }).expectedShortfall).toBeCloseTo(0.04, 12)
    expect(metrics.historicalTailRisk(list, { border: 'R' }).valueAtRisk).toBeCloseTo(0.03, 12)
    expect(metrics.historicalTailRisk(list.slice(1), { border: 'R' })).toEqual(metrics.historicalTailRisk(list.slice(1)))
  })

  it('weighted without decay is the plain empirical tail', () => {
    const list = [-0.05, 0.01, -0.02, 0.03, 0.02, -0.01, 0, 0.04, 0.01, 0.02]
    const { valueAtRisk, expectedShortfall } = metrics.weightedTailRisk(list, { confidence: 0.8, decay: 1 })
    near(valueAtRisk, 0.02)
    near(expectedShortfall, (0.05 + 0.02) / 2)
  })
  it('weighted by age looks at the last returns', () => {
    const calmBefore = [...new Array<number>(50).fill(0.001), -0.2, -0.1]
    const { valueAtRisk } = metrics.weightedTailRisk(calmBefore, { confidence: 0.7, decay: 0.5 })
    near(valueAtRisk, 0.1)
  })
  it('filtered by equal deviations is the historical one (property)', () => {
    fc.assert(
      fc.property(returns, (list) => {
        const plain = metrics.historicalTailRisk(list)
        const filtered = metrics.filteredTailRisk(
          list,
          list.map(() => 0.02),
          { current: 0.04 },
        )
        near(filtered.valueAtRisk, 2 * plain.valueAtRisk)
        near(filtered.expectedShortfall, 2 * plain.expectedShortfall)
      }),
    )
  })
  it('of a t with much freedom is that of a normal, and of little freedom farther out', () => {
    const at = { mean: 0.001, deviation: 0.02 }
    const normal = metrics.normalTailRisk(at, 0.99)
    const wide = metrics.studentTailRiskOf({ ...at, freedom: 1e7 }, 0.99)
    expect(wide.valueAtRisk).toBeCloseTo(normal.valueAtRisk, 7)
    expect(wide.expectedShortfall).toBeCloseTo(normal.expectedShortfall, 7)
    expect(metrics.studentTailRiskOf({ ...at, freedom: 4 }, 0.99).valueAtRisk).toBeGreaterThan(normal.valueAtRisk)
  })
  it('of a normal sample is about the same by every method', () => {
    const prng = createPrng(5)
    const list = Array.from({ length: 4_000 }, () => 0.02 * prng.normal())
    for (const [, method] of METHODS.filter(([name]) => !['weighted', 'student'].includes(name))) {
      expect(method(list, 0.95).valueAtRisk).toBeCloseTo(0.02 * 1.645, 2)
      expect(method(list, 0.95).expectedShortfall).toBeCloseTo(0.02 * 2.063, 2)
    }
    expect(metrics.cornishFisherTailRisk(list)).toMatchObject({ valid: true, method: 'cornish-fisher', enough: true })
    expect(metrics.gaussianTailRisk(list.slice(0, 300), { confidence: 0.99 }).enough).toBe(false)
  })
  it('falls back, and says so, where Cornish-Fisher is no quantile function', () => {
    const list = [...Array.from({ length: 99 }, (_, i) => (i % 2 === 0 ? 0.001 : -0.001)), -0.3]
    const risk = metrics.cornishFisherTailRisk(list, { confidence: 0.99 })
    expect(risk).toMatchObject({ valid: false, method: 'historical' })
    expect(risk.valueAtRisk).toBe(metrics.historicalTailRisk(list, { confidence: 0.99 }).valueAtRisk)
    expect(metrics.cornishFisherTailRisk(list, { fallback: 'student' }).method).toBe('student')
    expect(metrics.cornishFisherTailRisk(list, { fallback: 'none' })).toMatchObject({ valid: false, method: 'cornish-fisher' })
    expect([
      metrics.isCornishFisherValid(0, 10),
      metrics.isCornishFisherValid(-0.7, 2.4),
      metrics.isCornishFisherValid(0, 0),
    ]).toEqual([false, true, true])
  })
  it('over a horizon of independent periods grows with its root', () => {
    const at = { confidence: 0.95, horizon: 4 }
    const centred = [-0.02, 0.02, -0.01, 0.01, -0.03, 0.03]
    near(metrics.gaussianTailRisk(centred, at).valueAtRisk, 2 * metrics.gaussianTailRisk(centred).valueAtRisk)
    near(metrics.historicalTailRisk(centred, at).valueAtRisk, 2 * metrics.historicalTailRisk(centred).valueAtRisk)
  })
})
