/**
 * Writes made-up bars of three symbols for half a year, as files a backtest reads, so that the pages in docs/ can be followed
 * without data of one's own:
 *
 *     node_modules/.bin/node examples/make-bars.ts FOLDER
 *
 * FOLDER/klines has bars of 15 minutes and of an hour, FOLDER/mark mark prices of both, FOLDER/funding funding rates.
 * The market is a random one: nothing can be learnt from it but how the program works.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { intervalOf, parseTime } from '../src/core/time.ts'
import { SYNTHETIC_SYMBOLS, syntheticMarket } from '../src/sim/synthetic-market.ts'
import type { SyntheticSeries } from '../src/sim/synthetic-market.ts'

const DAYS = 180
const QUARTERS = 4

interface Prices {
  readonly open: Float64Array
  readonly high: Float64Array
  readonly low: Float64Array
  readonly close: Float64Array
}

/** Joins every `count` rows into one bar: `time,open,high,low,close` with fixed decimals. */
function bars(openTime: Float64Array, { open, high, low, close }: Prices, count: number, decimals: number): readonly string[] {
  return Array.from({ length: openTime.length / count }, (_, bar) => {
    const [first, end] = [bar * count, (bar + 1) * count]
    const prices = [open[first], Math.max(...high.subarray(first, end)), Math.min(...low.subarray(first, end)), close[end - 1]]
    return [openTime[first] / 1_000, ...prices.map((price) => price.toFixed(decimals))].join(',')
  })
}

function klines(series: SyntheticSeries, count: number): string {
  const volumes = series.volume
  const rows = bars(series.openTime, series, count, series.priceDecimals).map((row, bar) => {
    const volume = volumes.subarray(bar * count, (bar + 1) * count).reduce((sum, value) => sum + value, 0)
    return `${row},${volume.toFixed(series.qtyDecimals)}`
  })
  return `${['open_time_ms,open,high,low,close,volume', ...rows].join('\n')}\n`
}

const marks = ({ openTime, mark }: SyntheticSeries, count: number): string =>
  `${['open_time_ms,open,high,low,close', ...bars(openTime, mark, count, 8)].join('\n')}\n`

function funding({ funding: { time, rate, mark } }: SyntheticSeries): string {
  const rows = Array.from(time, (at, row) => [at / 1_000, (rate[row] / 1e10).toFixed(10), (mark[row] / 1e8).toFixed(8)].join(','))
  return `${['time_ms,rate,mark_price', ...rows].join('\n')}\n`
}

const folder = process.argv[2] ?? 'made-up'
for (const kind of ['klines', 'mark', 'funding']) mkdirSync(join(folder, kind), { recursive: true })
const market = syntheticMarket({
  seed: 7,
  symbols: SYNTHETIC_SYMBOLS,
  from: parseTime('2023-01-01'),
  bars: DAYS * 24 * QUARTERS,
  interval: intervalOf('15m'),
})
for (const series of market) {
  const write = (kind: string, name: string, text: string): void =>
    writeFileSync(join(folder, kind, `${series.symbol}${name}.csv.gz`), gzipSync(text))
  write('klines', '-15m', klines(series, 1))
  write('klines', '-1h', klines(series, QUARTERS))
  write('mark', '-15m', marks(series, 1))
  write('mark', '-1h', marks(series, QUARTERS))
  write('funding', '', funding(series))
}
process.stdout.write(`Made-up bars of ${SYNTHETIC_SYMBOLS.join(', ')}, 15m and 1h, half a year, are in ${folder}.\n`)
