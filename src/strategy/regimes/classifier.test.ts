/** The classifier against its table, its memory, and laws over random features. Pure. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RegimeClassifier, type FeatureName, type RegimeFeatures } from './classifier.ts'
import type { RegimeId } from './regimes.ts'

const calm: RegimeFeatures = {
  trend: 0,
  adx: 15,
  efficiency: 0.1,
  volatilityPercentile: 0.3,
  liquidityPercentile: 0.5,
  drawdown: 0.01,
  absoluteZ: 0.5,
  vpin: 0.5,
  widthPercentile: 0.5,
}
const stressed: RegimeFeatures = { ...calm, absoluteZ: 5.1 }
const regimesOf = (rows: readonly RegimeFeatures[], classifier = new RegimeClassifier()): RegimeId[] =>
  rows.map((row) => classifier.update(row).regime)

const unit = fc.double({ min: 0, max: 1, noNaN: true })
const maybe = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(arbitrary, { nil: undefined, freq: 12 })
const features: fc.Arbitrary<RegimeFeatures> = fc.record({
  trend: maybe(fc.double({ min: -5, max: 5, noNaN: true })),
  adx: maybe(fc.double({ min: 0, max: 60, noNaN: true })),
  efficiency: maybe(unit),
  volatilityPercentile: maybe(unit),
  liquidityPercentile: maybe(unit),
  drawdown: maybe(fc.double({ min: 0, max: 0.3, noNaN: true })),
  absoluteZ: maybe(fc.double({ min: 0, max: 6, noNaN: true })),
  vpin: maybe(unit),
  widthPercentile: maybe(fc.double({ min: 0, max: 0.4, noNaN: true })),
})
const bars = fc.array(features, { minLength: 1, maxLength: 60 })

describe('the table of regimes', () => {
  it.each([
    ['R1', { trend: 2.5, adx: 30 }],
    ['R1', { trend: 2.5, efficiency: 0.4 }],
    ['R2', { trend: 2.5, adx: 30, volatilityPercentile: 0.7 }],
    ['R3', { trend: -2.5, adx: 30 }],
    ['R4', { trend: -2.5, efficiency: 0.4, volatilityPercentile: 0.7 }],
    ['R5', {}],
    ['R5', { trend: 2.5 }],
    ['R6', { volatilityPercentile: 0.7 }],
    ['R7', { absoluteZ: 5.1 }],
    ['R7', { drawdown: 0.16 }],
    ['R7', { liquidityPercentile: 0.98 }],
    ['R7', { vpin: 0.96, volatilityPercentile: 0.91 }],
    ['R6', { vpin: 0.96, volatilityPercentile: 0.9 }],
    ['R7', { trend: undefined, adx: 30 }],
    ['R5', { trend: undefined, adx: 15, efficiency: 0.1 }],
    ['R7', { absoluteZ: undefined }],
    ['R7', { volatilityPercentile: undefined }],
  ] as const)('%s for %j', (regime, change) => {
    const found = new RegimeClassifier().update({ ...calm, ...change })
    expect(found.regime).toBe(regime)
    expect(found.reasons.length).toBeGreaterThan(0)
  })

  it('needs what is missing only where it decides', () => {
    const one = (change: Partial<RegimeFeatures>, absent: readonly FeatureName[] = []): string =>
      new RegimeClassifier({ absent }).update({ ...calm, ...change }).regime
    expect(one({ vpin: undefined })).toBe('R5')
    expect(one({ vpin: undefined, volatilityPercentile: 0.95 })).toBe('R7')
    expect(one({ vpin: undefined, volatilityPercentile: 0.95 }, ['vpin'])).toBe('R6')
    expect(one({ adx: undefined, efficiency: 0.4, trend: 3 })).toBe('R1')
    expect(one({ adx: undefined, trend: 3 })).toBe('R7')
    expect(one({ adx: undefined, trend: 1 })).toBe('R5')
    expect(one({ widthPercentile: undefined })).toBe('R5')
    expect(one({ widthPercentile: undefined, volatilityPercentile: 0.05 })).toBe('R7')
    expect(one({ trend: Number.NaN, adx: 30 })).toBe('R7')
  })
})

describe('its memory', () => {
  it('enters high volatility above .67 and leaves it below .55', () => {
    const path = [0.6, 0.68, 0.6, 0.55, 0.54, 0.6].map((volatilityPercentile) => ({ ...calm, volatilityPercentile }))
    expect(regimesOf(path)).toEqual(['R5', 'R6', 'R6', 'R6', 'R5', 'R5'])
  })

  it('leaves stress at the 24th clean bar, and an unknown bar is none', () => {
    const after = [stressed, ...Array.from({ length: 24 }, () => calm)]
    expect(regimesOf(after)).toEqual([...Array.from({ length: 24 }, () => 'R7'), 'R5'])
    const again = [stressed, ...Array.from({ length: 10 }, () => calm), stressed, ...Array.from({ length: 24 }, () => calm)]
    expect(regimesOf(again).filter((regime) => regime !== 'R7')).toEqual(['R5'])
    const blind = [stressed, { ...calm, drawdown: undefined }, ...Array.from({ length: 24 }, () => calm)]
    expect(regimesOf(blind).indexOf('R5')).toBe(25)
  })

  it('calls a squeeze after 24 narrow bars, while there is no trend', () => {
    const narrow = { ...calm, volatilityPercentile: 0.05, widthPercentile: 0.05 }
    const found = regimesOf([...Array.from({ length: 24 }, () => narrow), { ...narrow, trend: 3, adx: 30 }, narrow, calm, narrow])
    expect(found.indexOf('R8')).toBe(23)
    expect(found.slice(23)).toEqual(['R8', 'R1', 'R8', 'R5', 'R5'])
  })
})

describe('over random features', () => {
  it('says R7 whenever a sign of stress is there or something that decides is unknown, and precedes all else', () => {
    fc.assert(
      fc.property(bars, (rows) => {
        const classifier = new RegimeClassifier()
        for (const row of rows) {
          const { regime, unknown, stressBarsLeft } = classifier.update(row)
          const sign = (row.absoluteZ ?? 0) > 5 || (row.drawdown ?? 0) > 0.15 || (row.liquidityPercentile ?? 0) > 0.97
          if (sign || unknown.length > 0 || stressBarsLeft > 0) expect(regime).toBe('R7')
          else expect(regime).not.toBe('R7')
          if (sign) expect(stressBarsLeft).toBe(24)
        }
      }),
    )
  })

  it('goes on from a snapshot as if nothing had happened', () => {
    fc.assert(
      fc.property(bars, fc.nat(), (rows, cut) => {
        const at = cut % rows.length
        const [whole, first, second] = [new RegimeClassifier(), new RegimeClassifier(), new RegimeClassifier()]
        for (const row of rows.slice(0, at)) first.update(row)
        second.restore(first.snapshot())
        rows.slice(0, at).forEach((row) => whole.update(row))
        for (const row of rows.slice(at)) expect(second.update(row)).toEqual(whole.update(row))
        expect(second.snapshot()).toEqual(whole.snapshot())
      }),
    )
  })

  it('never looks ahead: what was said does not change when later bars do', () => {
    fc.assert(
      fc.property(bars, bars, (rows, others) => {
        const said = (all: readonly RegimeFeatures[]): RegimeId[] => regimesOf(all)
        expect(said([...rows, ...others]).slice(0, rows.length)).toEqual(said(rows))
      }),
    )
  })

  it('refuses thresholds that make no sense', () => {
    expect(() => new RegimeClassifier({ thresholds: { volatilityLeft: 0.9 } })).toThrow('high volatility is left')
    expect(() => new RegimeClassifier({ thresholds: { adx: Number.NaN } })).toThrow('threshold adx')
    expect(() => new RegimeClassifier().restore([1, 2])).toThrow('memory')
  })
})
