/**
 * Writes made-up bars of three symbols for a year, as files a backtest reads, so that the pages in docs/ can be followed
 * without data of one's own:
 *
 *     node_modules/.bin/node examples/make-bars.ts FOLDER
 *
 * FOLDER/klines has 15m and 1h bars, FOLDER/mark mark prices, FOLDER/funding funding rates. The same program makes the same files.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { intervalOf, parseTime } from '../src/core/time.ts'
import { SYNTHETIC_SYMBOLS, syntheticMarket } from '../src/sim/synthetic-market.ts'
import type { SyntheticSeries } from '../src/sim/synthetic-market.ts'

const DAYS = 365
const QUARTERS = 4

function klines(series: SyntheticSeries, rowsPerBar: number): string {
  const lines = ['open_time_ms,open,high,low,close,volume']
  const price = (value: number): string => value.toFixed(series.priceDecimals)
  for (let row = 0; row < series.openTime.length; row += rowsPerBar) {
    const rows = [row, row + rowsPerBar] as const
    const high = Math.max(...series.high.subarray(...rows))
    const low = Math.min(...series.low.subarray(...rows))
    const volume = series.volume.subarray(...rows).reduce((sum, value) => sum + value, 0)
    const close = series.close[row + rowsPerBar - 1]
    lines.push(
      [series.openTime[row] / 1_000, ...[series.open[row], high, low, close].map(price), volume.toFixed(series.qtyDecimals)].join(','),
    )
  }
  return `${lines.join('\n')}\n`
}

function marks({ openTime, mark }: SyntheticSeries): string {
  const columns = [mark.open, mark.high, mark.low, mark.close]
  const rows = Array.from(openTime, (time, row) => [time / 1_000, ...columns.map((column) => column[row].toFixed(8))].join(','))
  return `${['open_time_ms,open,high,low,close', ...rows].join('\n')}\n`
}

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
  write('mark', '-15m', marks(series))
  write('funding', '', funding(series))
}
process.stdout.write(`Made-up bars of ${SYNTHETIC_SYMBOLS.join(', ')}, 15m and 1h, 2023, are in ${folder}.\n`)
