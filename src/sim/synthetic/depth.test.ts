/** The order book as a client sees it: rebuilt from snapshot and updates alone, never crossed, its top as the ticker says. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseTime } from '../../core/time.ts'
import type { BookSide } from './book-side.ts'
import { DepthMaker } from './depth.ts'
import type { DepthSink, Levels } from './depth.ts'
import { SymbolMarket } from './market.ts'
import { TradeMaker } from './trades.ts'
import type { MinuteTrades } from './trades.ts'

type Top = readonly [number, number, number, number]

/** Follows the futures rules and nothing else. */
class Client implements DepthSink {
  readonly bids = new Map<number, number>()
  readonly asks = new Map<number, number>()
  readonly tops = new Map<number, Top>()
  trades: MinuteTrades | undefined
  readonly wrong: string[] = []
  compared = 0
  traded = 0
  #snapshot: number | undefined
  #began = false
  #last: number | undefined
  #lastTime = 0
  #quote: Top | undefined

  trade(index: number, time: number): void {
    this.#inOrder(time)
    const { price, buys } = this.trades as MinuteTrades
    // An order's first trade is at the quote that was published before.
    if (this.#quote !== undefined && this.trades?.first[this.trades.order[index]] === index)
      if (price[index] !== (buys[index] === 1 ? this.#quote[2] : this.#quote[0])) this.wrong.push(`trade ${index}`)
    this.traded += 1
  }

  top(id: number, time: number, bids: BookSide, asks: BookSide): void {
    this.#inOrder(time)
    if (this.tops.has(id) || bids.best >= asks.best) this.wrong.push(`top ${id}`)
    this.#quote = [bids.best, bids.sizeAt(bids.best), asks.best, asks.sizeAt(asks.best)]
    this.tops.set(id, this.#quote)
  }

  snapshot(id: number, _time: number, bids: BookSide, asks: BookSide): void {
    this.#snapshot = id
    this.#began = false
    for (const [side, levels] of [
      [this.bids, bids],
      [this.asks, asks],
    ] as const) {
      side.clear()
      for (const price of levels.prices) side.set(price, levels.sizeAt(price))
    }
  }

  update(first: number, last: number, previous: number, time: number, bids: Levels, asks: Levels): void {
    this.#inOrder(time)
    if (first > last || (this.#last !== undefined && previous !== this.#last)) this.wrong.push(`the chain at ${first}`)
    this.#last = last
    if (this.#snapshot === undefined || last < this.#snapshot) return
    if (!this.#began) {
      if (first > this.#snapshot) this.wrong.push(`no bridge at ${first}`)
      this.#began = true
    }
    for (const [side, levels] of [
      [this.bids, bids],
      [this.asks, asks],
    ] as const)
      for (const [price, size] of levels)
        if (size === 0) side.delete(price)
        else side.set(price, size)
    const [bid, ask] = [Math.max(...this.bids.keys()), Math.min(...this.asks.keys())]
    if (bid >= ask) this.wrong.push(`crossed after ${last}`)
    const top = this.tops.get(last)
    if (top === undefined) return
    if ([bid, this.bids.get(bid), ask, this.asks.get(ask)].join() !== top.join()) this.wrong.push(`the top after ${last}`)
    this.compared += 1
  }

  #inOrder(time: number): void {
    if (time < this.#lastTime) this.wrong.push(`time ${time}`)
    this.#lastTime = time
  }
}

describe('the order book of a synthetic market', () => {
  it('can be rebuilt by the rules of the exchange, and every trade meets its quotes', () => {
    fc.assert(
      fc.property(fc.integer(), fc.constantFrom('SYNAUSDT', 'SYNCUSDT', 'AUSDT', 'BUSDT'), (seed, symbol) => {
        const market = new SymbolMarket({ seed, symbol, origin: parseTime('2024-01-01') })
        const maker = new TradeMaker()
        const depth = new DepthMaker(market.chance.fork('book'))
        const client = new Client()
        let trades = 0
        for (let i = 0; i < 4; i++) {
          if (i === 2) depth.wantSnapshot()
          market.step()
          client.trades = maker.draw(market.minutes, market.chance.fork(`${i}`))
          trades += client.trades.count
          depth.play(market.minutes, client.trades, i * 60_000, client)
        }
        expect(client.wrong).toEqual([])
        expect(client.traded).toBe(trades)
        expect(client.compared).toBeGreaterThan(10)
        for (const side of [depth.bids, depth.asks]) {
          expect(side.prices.length).toBeGreaterThan(300)
          expect(side.prices).toEqual([...new Set(side.prices)].toSorted((a, b) => side.sign * (a - b)))
        }
      }),
      { numRuns: 6 },
    )
  })
})
