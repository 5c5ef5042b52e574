/**
 * Statistics of a synthetic market as a table, one column a symbol, and beside them the range of real files where there are any.
 * The table is Markdown, so that it can stand on a page.
 *
 * Pure.
 */
import type { BarStatistics, FundingStatistics, TradeStatistics } from '../../math/market-statistics.ts'
import type { Compared } from './compare.ts'
import type { SymbolCorrelation, SymbolStatistics } from './measure.ts'

interface Row<S> {
  readonly name: string
  readonly value: (statistics: S) => number | undefined
}

const BARS: readonly Row<BarStatistics>[] = [
  { name: 'annualised volatility', value: (s) => s.annualVolatility },
  { name: 'kurtosis', value: (s) => s.kurtosis },
  { name: 'tail index (Hill)', value: (s) => s.tailIndex },
  { name: 'autocorrelation of returns, lag 1', value: (s) => s.returnAutocorrelation },
  { name: 'of absolute returns, lag 1', value: (s) => s.absoluteAutocorrelation.lag1 },
  { name: 'lag 24', value: (s) => s.absoluteAutocorrelation.lag24 },
  { name: 'lag 168', value: (s) => s.absoluteAutocorrelation.lag168 },
  { name: 'leverage correlation', value: (s) => s.leverage },
  { name: 'busiest over quietest hour', value: (s) => s.hourRatio },
  { name: 'weekend over weekday', value: (s) => s.weekendRatio },
  { name: 'volume with range', value: (s) => s.volumeVolatility },
  { name: 'jumps in 1000 bars', value: (s) => s.jumpsPerThousand },
  { name: 'share of bars with a gap', value: (s) => s.gapShare },
  { name: 'mean gap', value: (s) => s.gapSize },
]

const FUNDING: readonly Row<FundingStatistics>[] = [
  { name: 'mean rate', value: (s) => s.mean },
  { name: 'deviation', value: (s) => s.deviation },
  { name: 'autocorrelation, lag 1', value: (s) => s.autocorrelation1 },
  { name: 'lag 3', value: (s) => s.autocorrelation3 },
  { name: 'share below zero', value: (s) => s.negativeShare },
  { name: 'share of the commonest rate', value: (s) => s.commonestShare },
]

const TRADES: readonly Row<TradeStatistics>[] = [
  { name: 'spread, share of the price', value: (s) => s.spread },
  { name: 'share at the price before', value: (s) => s.samePriceShare },
  { name: 'share in the same millisecond', value: (s) => s.sameTimeShare },
  { name: 'variation of waiting times', value: (s) => s.waitingVariation },
  { name: 'autocorrelation of the side', value: (s) => s.sideAutocorrelation },
  { name: 'mean over median size', value: (s) => s.meanOverMedianSize },
  { name: 'tail index of sizes', value: (s) => s.sizeTailIndex },
  { name: 'share of the ten commonest sizes', value: (s) => s.commonSizesShare },
]

export interface Measured {
  readonly symbols: readonly SymbolStatistics[]
  readonly correlations: readonly SymbolCorrelation[]
}

/** Lines of a Markdown table; undefined statistics are `-`. */
export function statisticsTable({ symbols, correlations }: Measured, real: Compared | undefined): string {
  const rows: string[][] = [
    ['', ...symbols.map(({ symbol }) => symbol), ...(real === undefined ? [] : ['real: least', 'median', 'most', 'files'])],
  ]
  const section = <S>(
    title: string,
    list: readonly Row<S>[],
    of: (symbol: SymbolStatistics) => S | undefined,
    files: readonly S[] | undefined,
  ): void => {
    if (symbols.every((symbol) => of(symbol) === undefined)) return
    for (const { name, value } of list) {
      const own = symbols.map((symbol) => {
        const statistics = of(symbol)
        return shown(statistics === undefined ? undefined : value(statistics))
      })
      rows.push([`${title}: ${name}`, ...own, ...rangeOf(files?.map(value))])
    }
  }
  section('1m', BARS, (symbol) => symbol.minutes, real?.minutes)
  section('1h', BARS, (symbol) => symbol.hours, real?.hours)
  section('1d', BARS, (symbol) => symbol.days, real?.days)
  if (correlations.length > 0) {
    const own = correlations.map((each) => shown(each.correlation))
    rows.push(['1h: correlation with the first', '', ...own, ...rangeOf(real?.correlations.map((each) => each.correlation))])
  }
  section('funding', FUNDING, (symbol) => symbol.funding, real?.funding)
  section('trades', TRADES, (symbol) => symbol.trades, real?.trades)
  return aligned(rows)
}

function shown(value: number | undefined): string {
  if (value === undefined) return '-'
  if (value === 0) return '0'
  return Math.abs(value) < 0.001 ? value.toExponential(1) : value.toFixed(Math.abs(value) < 10 ? 3 : 1)
}

function rangeOf(values: readonly (number | undefined)[] | undefined): readonly string[] {
  if (values === undefined) return []
  const known = values.filter((value) => value !== undefined).toSorted((a, b) => a - b)
  return [known[0], known[Math.floor(known.length / 2)], known.at(-1)].map(shown).concat(String(known.length))
}

function aligned(rows: readonly (readonly string[])[]): string {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length), 3))
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, i) => (i === 0 ? (cells[i] ?? '').padEnd(width) : (cells[i] ?? '').padStart(width))).join(' | ')} |`
  const rule = `|${widths.map((width, i) => (i === 0 ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`)).join('|')}|`
  return [line(rows[0]), rule, ...rows.slice(1).map(line)].join('\n')
}
