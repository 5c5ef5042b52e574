/**
 * Bars, mark prices and funding of one symbol in the layout that `--data` understands.
 *
 * Writes three files.
 */
import { join } from 'node:path'
import { toMs } from '../../core/time.ts'
import type { Micros } from '../../core/time.ts'
import { MinuteBars } from '../../sim/synthetic/bars.ts'
import type { SymbolMarket } from '../../sim/synthetic/market.ts'
import { barStems } from './request.ts'
import type { SynthRequest } from './request.ts'
import { openRowFile } from './row-file.ts'
import type { Field, RowFile } from './row-file.ts'
import type { MarketWriter, OnFile, WrittenFile } from './writer.ts'

const TIME: Field = { name: 'open_time_ms', decimals: 0 }
const pricesOf = (decimals: number): readonly Field[] => ['open', 'high', 'low', 'close'].map((name) => ({ name, decimals }))
const MARK_DECIMALS = 8

export class BarWriter implements MarketWriter {
  readonly #symbol: string
  readonly #bars: MinuteBars
  readonly #onFile: OnFile
  readonly #out: string
  readonly #files: Readonly<Record<'klines' | 'mark' | 'funding', RowFile>>
  #grows = false
  readonly #from: Micros

  constructor(request: SynthRequest, { minutes: { character } }: SymbolMarket, onFile: OnFile) {
    const { out, format, interval, from } = request
    const { symbol, priceDecimals, qtyDecimals } = character
    const stems = barStems(request, symbol)
    this.#symbol = symbol
    this.#out = out
    this.#from = from
    this.#onFile = onFile
    this.#bars = new MinuteBars(interval)
    const volumes = [
      { name: 'volume', decimals: qtyDecimals },
      { name: 'quote_volume', decimals: 4 },
      { name: 'trades', decimals: 0 },
      { name: 'taker_buy_base', decimals: qtyDecimals },
    ]
    const funding = [
      { name: 'time_ms', decimals: 0 },
      { name: 'rate', decimals: 8 },
      { name: 'mark_price', decimals: MARK_DECIMALS },
    ]
    this.#files = {
      klines: openRowFile(join(out, stems.klines), format, [TIME, ...pricesOf(priceDecimals), ...volumes]),
      mark: openRowFile(join(out, stems.mark), format, [TIME, ...pricesOf(MARK_DECIMALS)]),
      funding: openRowFile(join(out, stems.funding), format, funding),
    }
  }

  get unfinished(): boolean {
    return this.#grows
  }

  minute(market: SymbolMarket): Promise<void> | undefined {
    const { klines, mark, funding } = this.#files
    const { settlement, minutes } = market
    if (settlement !== undefined) funding.add([toMs(settlement.time), settlement.rate, minutes.premium.open])
    const complete = this.#bars.add(market)
    this.#grows = !complete
    if (!complete || this.#bars.openTime < this.#from) return undefined
    const bar = this.#bars
    const time = toMs(bar.openTime as Micros)
    klines.add([time, bar.open, bar.high, bar.low, bar.close, bar.volume, bar.quoteVolume, bar.trades, bar.takerBuy])
    mark.add([time, bar.markOpen, bar.markHigh, bar.markLow, bar.markClose])
    return klines.full || mark.full || funding.full ? this.#flush() : undefined
  }

  async #flush(): Promise<void> {
    for (const file of Object.values(this.#files)) if (file.full) await file.flush()
  }

  async finish(): Promise<void> {
    for (const [kind, file] of Object.entries(this.#files) as [WrittenFile['kind'], RowFile][]) {
      const bytes = await file.finish()
      await this.#onFile({ path: file.path.slice(this.#out.length + 1), symbol: this.#symbol, kind, rows: file.rows, bytes })
    }
  }

  async discard(): Promise<void> {
    for (const file of Object.values(this.#files)) await file.discard()
  }
}
