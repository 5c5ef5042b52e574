import { describe, expect, it } from 'vitest'
import { defaultsOf } from '../core/setting.ts'
import type { View } from '../domain/view.ts'
import { view } from '../../test/kernel/fixtures.ts'
import { DrawdownLevels, fallFrom } from './drawdown-levels.ts'
import { DRAWDOWN_SETTINGS } from './limits/drawdown.ts'

const at = (equity: number, peak = 1_000): View => view({ totalEquity: () => equity, totalPeakEquity: () => peak })
const fresh = (): DrawdownLevels => new DrawdownLevels(defaultsOf(DRAWDOWN_SETTINGS))
/** Levels that a run of equities leads through. */
const through = (levels: DrawdownLevels, equities: readonly number[]): readonly string[] =>
  equities.map((equity) => (levels.update(at(equity)), levels.level))

describe('the levels of a drawdown', () => {
  it('begin at their thresholds', () => {
    expect(through(fresh(), [901, 900, 801, 800, 701, 700])).toEqual(['NONE', 'MILD', 'MILD', 'MODERATE', 'MODERATE', 'SEVERE'])
    expect(through(fresh(), [700])).toEqual(['SEVERE'])
  })
  it('end at half of them, one after the other or all at once', () => {
    expect(through(fresh(), [800, 900, 901, 950, 951])).toEqual(['MODERATE', 'MODERATE', 'MILD', 'MILD', 'NONE'])
    expect(through(fresh(), [800, 999])).toEqual(['MODERATE', 'NONE'])
  })
  it('do not end by themselves when SEVERE', () => expect(through(fresh(), [700, 1_000])).toEqual(['SEVERE', 'SEVERE']))
  it('say whether they changed, and scale sizes', () => {
    const levels = fresh()
    expect([levels.update(at(950)), levels.scale, levels.update(at(900)), levels.scale, levels.update(at(900))]).toEqual([
      false,
      1,
      true,
      0.5,
      false,
    ])
  })
  it('are none when switched off', () =>
    expect(through(new DrawdownLevels({ ...defaultsOf(DRAWDOWN_SETTINGS), enabled: false }), [100])).toEqual(['NONE']))
  it('forgive by a word what stopped us, and count from the highest equity since', () => {
    const levels = fresh()
    expect(through(levels, [700])).toEqual(['SEVERE'])
    levels.forgive()
    expect(levels.fall(at(700))).toBe(0)
    // 700 is the peak now: 10 % are 70; then 800 is.
    expect(through(levels, [631, 630, 700, 800, 721, 720])).toEqual(['NONE', 'MILD', 'NONE', 'NONE', 'NONE', 'MILD'])
  })
  it('do not forgive a MILD one', () => {
    const levels = fresh()
    expect(through(levels, [900])).toEqual(['MILD'])
    levels.forgive()
    expect([levels.level, levels.fall(at(900))]).toEqual(['MILD', 0.1])
  })
  it('go on from a snapshot', () => {
    const levels = fresh()
    through(levels, [790])
    levels.forgive()
    through(levels, [700])
    const other = fresh()
    other.restore(structuredClone(levels.snapshot()))
    expect([other.snapshot(), other.level, other.fall(at(700))]).toEqual([levels.snapshot(), 'MILD', levels.fall(at(700))])
    expect(other.fall(at(700))).toBe(90 / 790)
  })
})

it('nothing falls from nothing', () => expect([fallFrom(0, -5), fallFrom(-1, -5), fallFrom(10, 9)]).toEqual([0, 0, 0.1]))
