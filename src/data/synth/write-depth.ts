/**
 * Raw captures of one symbol's order book, a file a day, as a client of the exchange would have recorded them: a line is the time of
 * receipt in nanoseconds, a space, and the message. Each file has a snapshot near its head, and the updates bridge it.
 *
 * Writes those files.
 */
import { join } from 'node:path'
import { startOfDay, toMs } from '../../core/time.ts'
import type { Prng } from '../../core/random.ts'
import type { BookSide } from '../../sim/synthetic/book-side.ts'
import { DepthMaker } from '../../sim/synthetic/depth.ts'
import type { DepthSink, Levels } from '../../sim/synthetic/depth.ts'
import type { SymbolMarket } from '../../sim/synthetic/market.ts'
import { TradeMaker } from '../../sim/synthetic/trades.ts'
import type { MinuteTrades } from '../../sim/synthetic/trades.ts'
import { depthStem } from './request.ts'
import type { SynthRequest } from './request.ts'
import { fixedText } from './row-file.ts'
import { TextFile } from './text-file.ts'
import { firstTradeId, tradesOf } from './write-ticks.ts'
import type { OnTrades } from './write-ticks.ts'
import type { MarketWriter, OnFile } from './writer.ts'

/** Levels a side in a snapshot, the most the exchange gives. */
const SNAPSHOT_LEVELS = 1_000
/** Of the way from the exchange, in microseconds: at least, and mean beyond that. */
const LATENCY_US = { least: 2_500, mean: 1_500 } as const

export class DepthWriter implements MarketWriter, DepthSink {
  readonly unfinished = false
  readonly #request: SynthRequest
  readonly #symbol: string
  readonly #stream: string
  readonly #decimals: { readonly price: number; readonly qty: number }
  readonly #firstId: number
  readonly #latency: Prng
  readonly #onFile: OnFile
  readonly #onTrades: OnTrades
  readonly #maker = new TradeMaker()
  readonly #book: DepthMaker
  #file: TextFile | undefined
  #lines = 0
  #day = -1
  #trades: MinuteTrades = this.#maker.trades
  #id = 0
  /** Microseconds. */
  #received = 0

  constructor(request: SynthRequest, market: SymbolMarket, onFile: OnFile, onTrades: OnTrades) {
    const { symbol, priceDecimals, qtyDecimals } = market.minutes.character
    this.#request = request
    this.#symbol = symbol
    this.#stream = symbol.toLowerCase()
    this.#decimals = { price: priceDecimals, qty: qtyDecimals }
    this.#firstId = firstTradeId(market)
    this.#latency = market.chance.fork('latency')
    this.#book = new DepthMaker(market.chance.fork('book'))
    this.#onFile = onFile
    this.#onTrades = onTrades
  }

  async minute(market: SymbolMarket): Promise<void> {
    const { time } = market.weather
    const day = startOfDay(time)
    if (day !== this.#day) {
      await this.finish()
      this.#day = day
      this.#file = new TextFile(`${join(this.#request.out, depthStem(this.#symbol, day))}.jsonl.gz`, true)
      this.#lines = 0
      this.#book.wantSnapshot()
    }
    this.#trades = tradesOf(this.#maker, market).trades
    this.#id = this.#firstId + market.minutes.tradesBefore
    this.#book.play(market.minutes, this.#trades, toMs(time), this)
    this.#onTrades(this.#trades, market)
    await this.#file?.flush()
  }

  trade(index: number, time: number): void {
    const { price, quantity, buys } = this.#trades
    const data = `"e":"trade","E":${time},"T":${time},"s":"${this.#symbol}","t":${this.#id + index},"p":"${this.#price(price[index])}","q":"${this.#qty(quantity[index])}","X":"MARKET","m":${buys[index] === 0}`
    this.#line(time, `{"stream":"${this.#stream}@trade","data":{${data}}}`)
  }

  top(id: number, time: number, bids: BookSide, asks: BookSide): void {
    const [bid, ask] = [bids.best, asks.best]
    const data = `"e":"bookTicker","u":${id},"s":"${this.#symbol}","b":"${this.#price(bid)}","B":"${this.#qty(bids.sizeAt(bid))}","a":"${this.#price(ask)}","A":"${this.#qty(asks.sizeAt(ask))}","T":${time},"E":${time}`
    this.#line(time, `{"stream":"${this.#stream}@bookTicker","data":{${data}}}`)
  }

  update(first: number, last: number, previous: number, time: number, bids: Levels, asks: Levels): void {
    const data = `"e":"depthUpdate","E":${time},"T":${time},"s":"${this.#symbol}","U":${first},"u":${last},"pu":${previous},"b":${this.#levels(bids)},"a":${this.#levels(asks)}`
    this.#line(time, `{"stream":"${this.#stream}@depth@100ms","data":{${data}}}`)
  }

  snapshot(id: number, time: number, bids: BookSide, asks: BookSide): void {
    const side = (levels: BookSide): string =>
      this.#levels(
        levels.prices
          .slice(-SNAPSHOT_LEVELS)
          .toReversed()
          .map((price) => [price, levels.sizeAt(price)]),
      )
    this.#line(time, `{"lastUpdateId":${id},"E":${time},"T":${time},"bids":${side(bids)},"asks":${side(asks)}}`)
  }

  #line(time: number, message: string): void {
    const wait = LATENCY_US.least + Math.floor(LATENCY_US.mean * this.#latency.exponential())
    this.#received = Math.max(this.#received, 1_000 * time + wait)
    this.#file?.write(`${this.#received}000 ${message}\n`)
    this.#lines += 1
  }

  #price(ticks: number): string {
    return fixedText(ticks, this.#decimals.price)
  }
  #qty(steps: number): string {
    return fixedText(steps, this.#decimals.qty)
  }
  #levels(levels: Levels): string {
    return `[${levels.map(([price, size]) => `["${this.#price(price)}","${this.#qty(size)}"]`).join(',')}]`
  }

  async finish(): Promise<void> {
    if (this.#file === undefined) return
    const file = this.#file
    const bytes = await file.finish()
    this.#file = undefined
    const path = file.path.slice(this.#request.out.length + 1)
    await this.#onFile({ path, symbol: this.#symbol, kind: 'depth', rows: this.#lines, bytes })
  }

  async discard(): Promise<void> {
    await this.#file?.discard()
  }
}
