/**
 * Reads trade files: our recordings, the exchange's archive (trades and aggTrades, with or without header), JSON and Parquet
 * with the same columns, and the trades in raw captures of its WebSocket streams.
 *
 * A trade that stands twice with the same values counts once; damage of any kind is an `InputError` with file, place, column
 * and value. Reads files through `row-source.ts`.
 */
import { InputError } from '../../core/errors.ts'
import { parseDecimal } from '../../core/exact.ts'
import type { ReadLimits } from './file-bytes.ts'
import type { TradeMessage } from './market-record.ts'
import { readCapture } from './read-capture.ts'
import { feedRows, scannerFor } from './row-source.ts'
import { isCapture, shownTime } from './symbol-and-interval.ts'
import { NO_TRADE, TradeCollector } from './trade-collector.ts'
import type { TradeRow } from './trade-collector.ts'
import { placeholderWarning, repeatedWarning, TradeParser } from './trade-parser.ts'
import type { TradeFile, TradeRead } from './trade-parser.ts'

export type { TradeFile, TradeRead } from './trade-parser.ts'

/** Reads one file of trades of one symbol. Throws `InputError` on any damage. */
export async function readTrades(file: TradeFile, limits?: ReadLimits): Promise<TradeRead> {
  if (isCapture(file.path)) return readCapturedTrades(file)
  const parser = new TradeParser(file)
  const scanner = scannerFor(file.path, (row) => parser.onRow(row))
  const sha256 = await feedRows(file.path, scanner, limits)
  const { unterminated } = scanner.finish()
  return parser.finish(sha256, unterminated ? scanner.line : undefined)
}

/** The trades among the messages of a raw capture: single ones when there are any, else aggregates. */
async function readCapturedTrades(file: TradeFile): Promise<TradeRead> {
  const { path, market } = file
  const kept = { trade: new CapturedTrades(file), aggTrade: new CapturedTrades(file) }
  const { sha256 } = await readCapture(path, (record) => {
    if (record.kind === 'trade' || record.kind === 'aggTrade') kept[record.kind].add(record)
  })
  const kind = kept.trade.rows > 0 ? 'trade' : 'aggTrade'
  const { collector, symbol, rows } = kept[kind]
  if (rows === 0 || symbol === undefined)
    throw new InputError('file-no-rows', `${path} holds no trades`, { where: { file: path }, next: 'Name another file.' })
  const table = collector.table({ symbol, market, kind: kind === 'trade' ? 'trades' : 'aggTrades' }, { path, sha256 })
  return { table: { ...table, sources: [{ path, sha256, rows }] }, warnings: kept[kind].warnings() }
}

/**
 * What a captured trade is after the one before it of the same symbol. Throws `InputError` when it cannot be right.
 */
export function judgeCaptured(
  path: string,
  message: TradeMessage,
  before: TradeMessage | undefined,
): 'new' | 'repeated' | 'placeholder' {
  const wrong = (code: string, why: string): InputError =>
    new InputError(code, `the trade ${message.id} of ${message.symbol} in ${path} cannot be right: ${why}`, {
      where: { file: path, value: message.id },
      next: 'Remove its line, or fetch the file again.',
    })
  const [price, qty] = [message.price, message.qty].map((text) => (parseDecimal(text) === undefined ? Number.NaN : Number(text)))
  if (price === 0 && qty === 0) return 'placeholder'
  if (!(price > 0) || !(qty > 0)) throw wrong('price-not-positive', `its price is ${message.price}, its quantity ${message.qty}`)
  if (before === undefined) return 'new'
  if (message.id <= before.id) {
    const same = (['id', 'time', 'price', 'qty', 'buyerIsMaker'] as const).every((key) => before[key] === message[key])
    if (same) return 'repeated'
    throw wrong('id-not-ascending', `the one before has the id ${before.id}`)
  }
  if (message.time < before.time)
    throw wrong('time-not-ascending', `it lies before the ${shownTime(before.time)} of the one before`)
  return 'new'
}

class CapturedTrades {
  readonly collector = new TradeCollector()
  rows = 0
  symbol: string | undefined
  readonly #file: TradeFile
  readonly #row: TradeRow = { ...NO_TRADE }
  #before: TradeMessage | undefined
  #placeholders = 0
  #repeated = 0

  constructor(file: TradeFile) {
    this.#file = file
  }

  add(message: TradeMessage): void {
    const { path } = this.#file
    this.symbol ??= message.symbol
    const expected = this.#file.symbol ?? this.symbol
    if (message.symbol !== expected)
      throw new InputError('symbol-contradicts', `${path} holds trades of ${message.symbol}, but is of ${expected}`, {
        where: { file: path, value: message.symbol },
        next: 'Keep the captures of each symbol in a file of their own.',
      })
    this.rows += 1
    const what = judgeCaptured(path, message, this.#before)
    if (what === 'placeholder') this.#placeholders += 1
    else if (what === 'repeated') this.#repeated += 1
    else this.#keep(message)
  }

  #keep(message: TradeMessage): void {
    this.#before = message
    this.collector.decimals = Math.max(this.collector.decimals, parseDecimal(message.price)?.scale ?? 0)
    this.collector.qtyDecimals = Math.max(this.collector.qtyDecimals, parseDecimal(message.qty)?.scale ?? 0)
    const { id, time, received = Number.NaN, firstId, lastId, buyerIsMaker } = message
    const [price, qty] = [Number(message.price), Number(message.qty)]
    const count = firstId === undefined || lastId === undefined ? Number.NaN : lastId - firstId + 1
    this.collector.add(Object.assign(this.#row, { id, time, received, price, qty, maker: buyerIsMaker ? 1 : 0, count }))
  }

  warnings(): readonly string[] {
    return [...placeholderWarning(this.#file.path, this.#placeholders), ...repeatedWarning(this.#file.path, this.#repeated)]
  }
}
