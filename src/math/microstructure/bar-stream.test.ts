/** Streaming bars and events are those of the whole series at every prefix, through snapshots. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { BarStream, CusumStream, type TradeBar } from './bar-stream.ts'
import { cusumEvents, dollarBars, tickBars, volumeBars } from './bars.ts'

const trades = fc.array(
  fc.record({
    price: fc.integer({ min: 90, max: 110 }),
    size: fc.double({ min: 0, max: 20, noNaN: true }),
    side: fc.constantFrom(1, -1, 0),
  }),
  { minLength: 1, maxLength: 80 },
)

describe('streams of bars', () => {
  it.each([
    ['tick', tickBars],
    ['volume', volumeBars],
    ['dollar', dollarBars],
  ] as const)('close the %s bars of the batch, on the same trades', (kind, batch) => {
    fc.assert(
      fc.property(trades, fc.integer({ min: 1, max: 60 }), (rows, threshold) => {
        const own = {
          time: rows.map((_, i) => i),
          price: rows.map(({ price }) => price),
          size: rows.map(({ size }) => size),
          side: rows.map(({ side }) => side),
        }
        const bars = batch(own, threshold)
        let stream = new BarStream(kind, threshold)
        const closed: { readonly bar: TradeBar; readonly at: number }[] = []
        rows.forEach(({ price, size, side }, i) => {
          const bar = stream.update(i, price, size, side)
          if (bar !== undefined) closed.push({ bar, at: i })
          const state = JSON.parse(JSON.stringify(stream.snapshot())) as ReturnType<BarStream['snapshot']>
          stream = new BarStream(kind, threshold)
          stream.restore(state)
        })
        expect(closed.map(({ at }) => at)).toEqual(Array.from(bars.lastTrade))
        for (const key of [
          'start',
          'open',
          'high',
          'low',
          'close',
          'volume',
          'takerBuyVolume',
          'takerSellVolume',
          'money',
        ] as const)
          expect(closed.map(({ bar }) => bar[key])).toEqual(Array.from(bars[key]))
      }),
    )
  })

  it('say the CUSUM events of the batch', () => {
    fc.assert(
      fc.property(trades, fc.double({ min: 0.005, max: 0.3, noNaN: true }), (rows, threshold) => {
        let stream = new CusumStream(threshold)
        const events: number[] = []
        rows.forEach(({ price }, i) => {
          if (stream.update(price) !== 0) events.push(i)
          const state = JSON.parse(JSON.stringify(stream.snapshot())) as ReturnType<CusumStream['snapshot']>
          stream = new CusumStream(threshold)
          stream.restore(state)
        })
        expect(events).toEqual(
          cusumEvents(
            rows.map(({ price }) => price),
            threshold,
          ),
        )
      }),
    )
  })
})
