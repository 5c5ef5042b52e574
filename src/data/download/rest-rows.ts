/**
 * Rows of the REST interface as lines of our CSV: every field is checked before it is written, numbers stay the texts they came
 * as, and what is not final yet is left out.
 *
 * Pure.
 */
import { OutsideError } from '../../core/errors.ts'
import { barEnd, barStart, fromMs, toMs } from '../../core/time.ts'
import type { Interval, Micros } from '../../core/time.ts'
import type { RestRules } from './kinds.ts'

export interface Row {
  readonly timeMs: number
  readonly line: string
}

export const HEADERS: Readonly<Record<RestRules['rows'], string>> = {
  bars: 'open_time_ms,open,high,low,close,volume,quote_volume,trades,taker_buy_base',
  prices: 'open_time_ms,open,high,low,close',
  funding: 'time_ms,rate,mark_price',
}

export interface RowsRequest {
  readonly what: RestRules['rows']
  /** Of klines. */
  readonly interval: Interval | undefined
  /** Only rows of [from, to) may come. */
  readonly from: Micros
  readonly to: Micros
  /** The server's time: a bar that ends later is not final. */
  readonly now: Micros
}

/** The rows of one answer, ascending. @throws OutsideError (retryable) when the answer is not what was asked for. */
export function rowsOf(answer: unknown, request: RowsRequest): readonly Row[] {
  if (!Array.isArray(answer)) throw odd('it is no list', answer)
  const rows: Row[] = []
  for (const item of answer as readonly unknown[]) {
    const row = request.what === 'funding' ? fundingRow(item) : klineRow(item, request)
    if (row === undefined) continue
    if (row.timeMs < toMs(request.from) || row.timeMs >= toMs(request.to))
      throw odd('a row lies outside of the period asked for', item)
    const last = rows.at(-1)
    if (last !== undefined && row.timeMs <= last.timeMs) throw odd('its times do not ascend', item)
    rows.push(row)
  }
  return rows
}

const UNSIGNED = /^\d+(\.\d+)?$/
const SIGNED = /^-?\d+(\.\d+)?$/

/** `[openTime, open, high, low, close, volume, closeTime, quoteVolume, trades, takerBuyBase, ...]`; undefined when not over yet. */
function klineRow(item: unknown, { what, interval, now }: RowsRequest): Row | undefined {
  if (!Array.isArray(item) || item.length < 10) throw odd('a row is no kline', item)
  const [openTime, open, high, low, close, volume, closeTime, quoteVolume, trades, takerBuyBase] = item as readonly unknown[]
  if (!isTime(openTime) || !isTime(closeTime)) throw odd('a row has no times', item)
  const start = fromMs(openTime)
  if (interval !== undefined && barStart(start, interval) !== start) throw odd(`no ${interval.name} bar opens there`, item)
  const end = interval === undefined ? fromMs(closeTime + 1) : barEnd(start, interval)
  if (end > now) return undefined
  const prices = [open, high, low, close]
  // Premiums may lie below zero.
  if (!prices.every((price) => isText(price, SIGNED))) throw odd('a price is no number', item)
  if (what === 'prices') return { timeMs: openTime, line: [openTime, ...prices].join(',') }
  if (![volume, quoteVolume, takerBuyBase].every((amount) => isText(amount, UNSIGNED)) || !isTime(trades))
    throw odd('a volume is no number', item)
  return { timeMs: openTime, line: [openTime, ...prices, volume, quoteVolume, trades, takerBuyBase].join(',') }
}

/** `{ symbol, fundingTime, fundingRate, markPrice }`; of early settlements the mark price is empty. */
function fundingRow(item: unknown): Row {
  if (typeof item !== 'object' || item === null) throw odd('a row is no funding', item)
  const { fundingTime, fundingRate, markPrice = '' } = item as Readonly<Record<string, unknown>>
  if (!isTime(fundingTime)) throw odd('a row has no time', item)
  if (!isText(fundingRate, SIGNED)) throw odd('a rate is no number', item)
  if (markPrice !== '' && !isText(markPrice, UNSIGNED)) throw odd('a mark price is no number', item)
  return { timeMs: fundingTime, line: `${fundingTime},${fundingRate},${markPrice}` }
}

const isTime = (value: unknown): value is number => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
const isText = (value: unknown, form: RegExp): value is string => typeof value === 'string' && form.test(value)

function odd(why: string, item: unknown): OutsideError {
  const shown = JSON.stringify(item)?.slice(0, 120) ?? ''
  return new OutsideError('rest-answer-odd', `the exchange answered with rows that cannot be right: ${why} (${shown})`, {
    next: 'Try again later; with other data coming, use --source archive.',
    retryable: true,
  })
}
