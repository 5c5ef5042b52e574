/**
 * How a comparison writes its figures: names, units, signs.
 *
 * Pure.
 */
import { count, DASH, decimal, duration, money, percent, ratio } from '../report/format.ts'
import type { DailyDifference, Metric } from './comparison.ts'

type Value = number | string | null
type Unit = 'money' | 'share' | 'ratio' | 'count' | 'time' | 'times'

const METRICS: Readonly<Record<string, readonly [label: string, unit: Unit]>> = {
  netProfit: ['Net profit', 'money'],
  finalEquity: ['Final equity', 'money'],
  totalReturn: ['Total return', 'share'],
  cagr: ['CAGR', 'share'],
  volatility: ['Volatility', 'share'],
  sharpe: ['Sharpe', 'ratio'],
  sortino: ['Sortino', 'ratio'],
  calmar: ['Calmar', 'ratio'],
  maxDrawdown: ['Max drawdown', 'share'],
  maxDrawdownDurationMs: ['Drawdown lasted', 'time'],
  trades: ['Closed trades', 'count'],
  winRate: ['Win rate', 'share'],
  profitFactor: ['Profit factor', 'ratio'],
  expectancy: ['Expectancy', 'money'],
  exposure: ['Exposure', 'share'],
  turnover: ['Turnover', 'times'],
  fees: ['Fees', 'money'],
  funding: ['Funding', 'money'],
  slippage: ['Slippage in prices', 'money'],
  liquidations: ['Liquidations', 'count'],
}

export const labelOf = ({ name }: Pick<Metric, 'name'>): string => METRICS[name][0]

export function valueText({ name }: Pick<Metric, 'name'>, value: Value): string {
  if (value === null) return DASH
  const [, unit] = METRICS[name]
  switch (unit) {
    case 'money':
      return money(String(value))
    case 'share':
      return percent(Number(value))
    case 'ratio':
      return ratio(Number(value))
    case 'count':
      return count(Number(value))
    case 'time':
      return duration(Number(value))
    case 'times':
      return `${decimal(Number(value), 1)}x`
  }
}

/** With a sign; shares differ by percentage points. */
export function differenceText({ name }: Pick<Metric, 'name'>, value: Value): string {
  if (value === null) return DASH
  const [, unit] = METRICS[name]
  const size = Number(value)
  if (size === 0) return '='
  const sign = size > 0 ? '+' : '-'
  const text =
    unit === 'share'
      ? `${decimal(Math.abs(size) * 100, 2)} pp`
      : valueText({ name }, typeof value === 'string' ? value.replace(/^-/, '') : Math.abs(size))
  // A difference that rounds to nothing is still one.
  return `${sign}${/[1-9]/.test(text) ? text : String(Number(Math.abs(size).toPrecision(1)))}`
}

export const correlationText = (value: number | null): string => ratio(value)

/** `+3.10% a year, 95% of the resamples between -2.00% and +8.20%; above A in 88%`. */
export function dailyWords(
  { run, annualised, interval, shareAbove, reason, sharpe, sharpeInterval }: DailyDifference,
  first: string,
): readonly string[] {
  const signed = (value: number): string => `${value > 0 ? '+' : ''}${percent(value)}`
  const signedRatio = (value: number): string => `${value > 0 ? '+' : ''}${ratio(value)}`
  if (annualised === null) return [`${run} against ${first}: not defined, ${reason ?? ''}.`]
  const around =
    interval === null
      ? ` (no interval: ${reason ?? ''})`
      : `, between ${signed(interval[0])} and ${signed(interval[1])} in 95% of the resamples, above ${first} in ${shareAbove === null ? DASH : decimal(shareAbove * 100, 0)}% of them`
  const ratios =
    sharpe === null
      ? ''
      : ` Sharpe ${signedRatio(sharpe)}${sharpeInterval === null ? '' : `, between ${signedRatio(sharpeInterval[0])} and ${signedRatio(sharpeInterval[1])}`}.`
  return [`${run} against ${first}: mean daily return ${signed(annualised)} a year${around}.${ratios}`]
}
