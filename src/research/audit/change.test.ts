import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { prepareSynthetic } from '../../backtest/prepare-synthetic.ts'
import { HOUR, intervalOf, parseTime } from '../../core/time.ts'
import { dataEnd } from '../../backtest/world.ts'
import { mapColumns } from '../run-setup.ts'
import { syntheticSpot } from '../../sim/synthetic/basis.ts'
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

  it('tells nobody that the data end earlier: what holds until the end holds until then', () => {
    // The rows of one market have a gap before the cut.
    const [{ bars, ...btc }, eth] = markets
    const without = (column: Float64Array): Float64Array => column.filter((_, row) => row < 40 || row >= 50)
    const gap = { ...btc, bars: { ...mapColumns(bars, without), length: 190, mark: bars.mark && mapColumns(bars.mark, without) } }
    const cut = changeMarkets([gap, eth], change('cut', FROM + 50 * HOUR))
    expect(cut.map(({ bars: { length } }) => length)).toEqual([40, 50])
    expect(cut.map((market) => dataEnd(market, cut))).toEqual([undefined, undefined])
  })

  it('makes spot again from the contract that it was made from, and leaves it alone where the contract is', () => {
    const basis = { seed: 4 }
    const spotOf = ({ spec, bars }: (typeof markets)[number]): (typeof markets)[number] => ({
      spec: { ...spec, kind: 'spot' },
      bars: syntheticSpot(spec, bars, basis),
      funding: undefined,
      basis,
    })
    const both = [...markets, ...markets.map(spotOf)]
    const changed = changeMarkets(both, change('up', FROM + 50 * HOUR, { symbol: 'ETHUSDT' }))
    expect(changed[2].bars).toEqual(both[2].bars)
    expect(changed[3].bars.close.subarray(0, 50)).toEqual(both[3].bars.close.subarray(0, 50))
    expect(changed[3].bars).toEqual(syntheticSpot(markets[1].spec, changed[1].bars, basis))
    expect(changed[3].bars.close[50]).not.toBe(both[3].bars.close[50])
    expect(changeMarkets(both, change('cut', FROM + 50 * HOUR))[3].bars.length).toBe(50)
    // From files it is a series of its own.
    const { basis: _, ...recorded } = spotOf(markets[0])
    const [btc, spot] = changeMarkets([markets[0], recorded], change('up', FROM + 50 * HOUR, { symbol: 'SPOT-BTCUSDT' }))
    expect(btc.bars).toBe(markets[0].bars)
    expect(spot.bars.close[50]).toBeGreaterThan(1.1 * recorded.bars.close[50])
  })

  it('keeps a row of a market that would be empty', () => {
    expect(changeMarkets(markets, change('cut', FROM - HOUR))[0].bars.length).toBe(1)
  })
})
