import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { prepareSynthetic } from '../../backtest/prepare-synthetic.ts'
import { HOUR, intervalOf, parseTime } from '../../core/time.ts'
import { changeMarkets, HOWS, STREAMS } from './change.ts'
import type { Change, How } from './change.ts'

const FROM = parseTime('2024-01-01')
const { markets } = prepareSynthetic({
  seed: 5,
  symbols: ['BTCUSDT', 'ETHUSDT'],
  from: FROM,
  bars: 200,
  interval: intervalOf('1h'),
  leverage: 1,
})
const change = (how: How, from: number, only: Partial<Change> = {}): Change => ({
  how,
  from,
  until: Number.POSITIVE_INFINITY,
  symbol: undefined,
  streams: STREAMS,
  seed: 9,
  ...only,
})
const columnsOf = (i: number, of = markets) => {
  const { bars, funding } = of[i]
  const { openTime, open, high, low, close, volume, mark } = bars
  return { bars: { openTime, open, high, low, close, volume, ...(mark && { markHigh: mark.high }) }, rate: funding!.rate }
}

describe('another future', () => {
  it('leaves everything before it as it was, to the last bit, and the given columns alone', () => {
    const before = structuredClone(markets.map((_, i) => columnsOf(i)))
    fc.assert(
      fc.property(fc.constantFrom(...HOWS), fc.integer({ min: 1, max: 199 }), fc.integer(), (how, row, seed) => {
        const changed = changeMarkets(markets, change(how, FROM + row * HOUR, { seed }))
        for (const i of [0, 1]) {
          const [was, is] = [columnsOf(i), columnsOf(i, changed)]
          for (const name of ['openTime', 'open', 'high', 'low', 'close', 'volume', 'markHigh'] as const)
            expect(is.bars[name]!.subarray(0, row)).toEqual(was.bars[name]!.subarray(0, row))
          const settled = markets[i].funding!.time.filter((time) => time < FROM + row * HOUR).length
          expect(is.rate.subarray(0, settled)).toEqual(was.rate.subarray(0, settled))
          const { bars } = changed[i]
          expect(bars.length).toBe(how === 'cut' ? row : 200)
          for (let at = 0; at < bars.length; at++) {
            expect(bars.low[at] >= 1 && bars.low[at] <= Math.min(bars.open[at], bars.close[at])).toBe(true)
            expect(bars.high[at] >= Math.max(bars.open[at], bars.close[at])).toBe(true)
          }
        }
      }),
      { numRuns: 30 },
    )
    expect(markets.map((_, i) => columnsOf(i))).toEqual(before)
  })

  it.each(HOWS.filter((how) => how !== 'cut'))('%s changes every close after it', (how) => {
    const [{ bars }] = changeMarkets(markets, change(how, FROM + 50 * HOUR))
    const same = bars.close.subarray(50).filter((price, i) => price === markets[0].bars.close[50 + i])
    expect(same.length).toBeLessThan(8)
  })

  it('knows the open and the volume of the row that it begins in', () => {
    for (const how of HOWS) {
      const [{ bars }] = changeMarkets(markets, change(how, FROM + 50 * HOUR + 1))
      const was = markets[0].bars
      expect([bars.open[50], bars.volume[50]]).toEqual([was.open[50], was.volume[50]])
      if (how === 'cut')
        expect([bars.length, bars.high[50], bars.low[50], bars.close[50]]).toEqual([51, ...Array(3).fill(was.open[50])])
      else expect(bars.close[50]).not.toBe(was.close[50])
    }
  })

  it('is of one symbol, one stream, one row when it is asked to be', () => {
    const [btc, eth] = changeMarkets(markets, change('up', FROM + 50 * HOUR, { symbol: 'ETHUSDT', until: FROM + 51 * HOUR }))
    expect(btc.bars.close).toEqual(markets[0].bars.close)
    const rows = Array.from(eth.bars.close, (price, i) => (price === markets[1].bars.close[i] ? -1 : i)).filter((i) => i >= 0)
    expect(rows).toEqual([50])
    const [funding] = changeMarkets(markets, change('up', FROM, { streams: ['funding'] }))
    expect(funding.bars).toBe(markets[0].bars)
    expect(funding.funding!.rate).not.toEqual(markets[0].funding!.rate)
  })

  it('keeps a row of a market that would be empty', () => {
    expect(changeMarkets(markets, change('cut', FROM - HOUR))[0].bars.length).toBe(1)
  })
})
