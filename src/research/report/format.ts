/**
 * How a report writes numbers: grouped thousands, few decimals, a dash for what is not defined.
 *
 * For people only; the exact figures stand in the JSON document. Pure; imports the calendar.
 */
import { decimalsOf } from '../../core/exact.ts'
import { DAY, formatDate, formatDuration, formatMinute, fromMs } from '../../core/time.ts'
import type { BacktestDocument } from '../../backtest/result.ts'

export const DASH = '–'

/** `-1,234.50`; the dash for `null` and anything not finite. */
export function decimal(value: number | null, decimals: number): string {
  if (value === null || !Number.isFinite(value)) return DASH
  const [whole, fraction] = Math.abs(value).toFixed(decimals).split('.')
  const digits = whole.replace(/\B(?=(\d{3})+$)/g, ',') + (fraction === undefined ? '' : `.${fraction}`)
  return value < 0 && /[1-9]/.test(digits) ? `-${digits}` : digits
}

/** Money to two decimals; amounts below a cent to six. */
export function money(text: string | null): string {
  if (text === null) return DASH
  const value = Number(text)
  return decimal(value, value !== 0 && Math.abs(value) < 0.01 ? 6 : 2)
}

/** The same with a plus before gains. */
export const gain = (text: string | null): string => plus(money(text))

/** A fraction as percent: `12.34%`. */
export function percent(fraction: number | null): string {
  if (fraction === null || !Number.isFinite(fraction)) return DASH
  return `${decimal(fraction * 100, Math.abs(fraction) >= 10 ? 0 : 2)}%`
}
export const gainPercent = (fraction: number | null): string => plus(percent(fraction))

const plus = (text: string): string => (/^[\d]/.test(text) && /[1-9]/.test(text) ? `+${text}` : text)

/** A number that is percent already: `1.50%`. */
export const percentage = (value: number | null): string =>
  value === null || !Number.isFinite(value) ? DASH : `${decimal(value, Math.abs(value) >= 1_000 ? 0 : 2)}%`

/** For axes: `1.2k`, `3.5M`. */
export function compact(value: number): string {
  const size = Math.abs(value)
  const [unit, letter] = size >= 1e9 ? [1e9, 'G'] : size >= 1e6 ? [1e6, 'M'] : size >= 1e4 ? [1e3, 'k'] : [1, '']
  return `${String(Number((value / unit).toPrecision(4)))}${letter}`
}

export const ratio = (value: number | null): string => decimal(value, 2)
export const count = (value: number): string => decimal(value, 0)

/** A price as it came, with grouped thousands. */
export function price(text: string): string {
  const value = Number(text)
  return Number.isFinite(value) ? decimal(value, Math.min(decimalsOf(value), 10)) : text
}

export const duration = (ms: number): string => formatDuration(ms * 1_000)
export const minute = (ms: number): string => formatMinute(fromMs(ms))
export const date = (ms: number): string => formatDate(fromMs(ms))

/** `2024-01-01 to 2024-06-30`, with the time of day when it is only some days. */
export function span({ fromMs: from, toMs: to }: BacktestDocument['period']): string {
  const write = (to - from) * 1_000 < 4 * DAY ? minute : date
  return `${write(from)} to ${write(to)}`
}

/** The intervals of all symbols, each once. */
export const intervals = (doc: BacktestDocument): string => [...new Set(doc.symbols.map((s) => s.interval))].join(', ')

/** Net profit with the costs taken out again: fees added back, funding removed. Slippage is part of the fill prices. */
export function beforeCosts({ netProfit, fees, funding }: BacktestDocument['summary']): number {
  return Number(netProfit) + Number(fees) - Number(funding)
}

/** The value at a rank of colour: gain, loss, or neither. */
export function tone(value: string | number | null): 'gain' | 'loss' | 'flat' {
  const number = Number(value)
  if (value === null || !(Math.abs(number) > 0)) return 'flat'
  return number > 0 ? 'gain' : 'loss'
}
