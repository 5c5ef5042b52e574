/**
 * Trades of one symbol, a file a day.
 *
 * Writes those files.
 */
import { join } from 'node:path'
import { startOfDay, toMs } from '../../core/time.ts'
import type { Prng } from '../../core/random.ts'
import type { SymbolMarket } from '../../sim/synthetic/market.ts'
import { TradeMaker } from '../../sim/synthetic/trades.ts'
import type { MinuteTrades } from '../../sim/synthetic/trades.ts'
import { tradesStem } from './request.ts'
import type { SynthRequest } from './request.ts'
import { openRowFile } from './row-file.ts'
import type { Field, RowFile } from './row-file.ts'
import type { MarketWriter, OnFile } from './writer.ts'

/** Of the way from the exchange: at least, and mean beyond that. */
const LATENCY_MS = { least: 3, mean: 5 } as const

/** Is shown each minute's trades, with the ids of the first. */
export type OnTrades = (trades: MinuteTrades, market: SymbolMarket) => void

interface DrawnTrades {
  readonly trades: MinuteTrades
  /** Goes on from where the trades ended. */
  readonly chance: Prng
}

/** The trades of the minute that the market stands at; the same whatever was drawn before. */
export function tradesOf(maker: TradeMaker, { minutes, weather, chance }: SymbolMarket): DrawnTrades {
  const own = chance.fork(`trades ${weather.minute}`)
  return { trades: maker.draw(minutes, own), chance: own }
}

/** Number of the first trade of a symbol's market. */
export const firstTradeId = (market: SymbolMarket): number => market.chance.fork('trade ids').int(1e8, 5e9)

export class TickWriter implements MarketWriter {
  readonly unfinished = false
  readonly #request: SynthRequest
  readonly #fields: readonly Field[]
  readonly #symbol: string
  readonly #firstId: number
  readonly #onFile: OnFile
  readonly #onTrades: OnTrades
  readonly #maker = new TradeMaker()
  #file: RowFile | undefined
  #day = -1
  #received = 0

  constructor(request: SynthRequest, market: SymbolMarket, onFile: OnFile, onTrades: OnTrades) {
    const { symbol, priceDecimals, qtyDecimals } = market.minutes.character
    this.#request = request
    this.#symbol = symbol
    this.#firstId = firstTradeId(market)
    this.#onFile = onFile
    this.#onTrades = onTrades
    this.#fields = [
      { name: 'trade_id', decimals: 0 },
      { name: 'price', decimals: priceDecimals },
      { name: 'quantity', decimals: qtyDecimals },
      { name: 'time_ms', decimals: 0 },
      { name: 'is_buyer_maker', decimals: 'flag' },
      { name: 'recv_ms', decimals: 0 },
    ]
  }

  async minute(market: SymbolMarket): Promise<void> {
    const { time } = market.weather
    const day = startOfDay(time)
    if (day !== this.#day) {
      await this.finish()
      this.#day = day
      this.#file = openRowFile(join(this.#request.out, tradesStem(this.#symbol, day)), this.#request.format, this.#fields)
    }
    const file = this.#file as RowFile
    const { trades, chance } = tradesOf(this.#maker, market)
    const start = toMs(time)
    const id = this.#firstId + market.minutes.tradesBefore
    for (let i = 0; i < trades.count; i++) {
      const at = start + trades.time[i]
      this.#received = Math.max(this.#received, at + LATENCY_MS.least + Math.floor(LATENCY_MS.mean * chance.exponential()))
      file.add([id + i, trades.price[i], trades.quantity[i], at, 1 - trades.buys[i], this.#received])
      if (file.full) await file.flush()
    }
    this.#onTrades(trades, market)
  }

  async finish(): Promise<void> {
    if (this.#file === undefined) return
    const file = this.#file
    const bytes = await file.finish()
    this.#file = undefined
    const path = file.path.slice(this.#request.out.length + 1)
    await this.#onFile({ path, symbol: this.#symbol, kind: 'trades', rows: file.rows, bytes })
  }

  async discard(): Promise<void> {
    await this.#file?.discard()
  }
}
