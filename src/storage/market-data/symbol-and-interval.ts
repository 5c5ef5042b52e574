/**
 * What a file name tells: symbol, market, interval, format; and what the spacing of rows tells about the interval.
 *
 * Pure: names and numbers only, nothing is opened.
 */
import { InputError } from '../../core/errors.ts'
import { barStart, DAY, formatDuration, formatTime, intervalOf, INTERVALS, isInterval } from '../../core/time.ts'
import type { Interval, Micros } from '../../core/time.ts'
import type { Market } from './kline-table.ts'

export type DataFormat = 'csv' | 'json' | 'jsonl' | 'parquet'

/** What is read, as a message says it. */
export const FORMATS_UNDERSTOOD =
  'CSV (.csv, .csv.gz), the zip archives of the exchange (.zip), Parquet (.parquet), JSON (.json, .json.gz) and JSON lines (.jsonl, .jsonl.gz)'

const FORMATS: readonly (readonly [string, DataFormat])[] = [
  ['.csv.gz', 'csv'],
  ['.csv', 'csv'],
  ['.zip', 'csv'],
  ['.parquet', 'parquet'],
  ['.jsonl.gz', 'jsonl'],
  ['.jsonl', 'jsonl'],
  ['.ndjson.gz', 'jsonl'],
  ['.ndjson', 'jsonl'],
  ['.json.gz', 'json'],
  ['.json', 'json'],
]

/** Files of market data in a form that is not read here. */
const OTHER_DATA =
  /\.(feather|arrow|xlsx?|h5|hdf5?|pkl|npz|npy)(\.(gz|zst|bz2|xz))?$|\.(csv|jsonl?)\.(zst|bz2|xz)$|\.(tar|tgz|7z|rar|gz)$/i

const formatEntry = (name: string): readonly [string, DataFormat] | undefined => {
  const lower = name.toLowerCase()
  return FORMATS.find(([extension]) => lower.endsWith(extension))
}

export const formatOf = (name: string): DataFormat | undefined => formatEntry(name)?.[1]

/** Whether the name is that of a data file in a format that is not understood. */
export const isOtherData = (name: string): boolean => formatOf(name) === undefined && OTHER_DATA.test(name)

/** What the last part of a path says. Absent is what it does not say. */
export interface FileName {
  readonly format: DataFormat | undefined
  readonly market: Market
  readonly symbol: string | undefined
  readonly interval: Interval | undefined
  /** `universe-...`: many symbols, told apart by a column. */
  readonly universe: boolean
  /** A series by name: `BTCUSDT-aggTrades-2024-05.zip` is trades, `BTCUSDT-fundingRate-2024-05.zip` funding. */
  readonly kind: 'funding' | 'trades' | 'depth' | undefined
  /** Why the exchange's coin-margined contracts are not read; undefined when this is none. */
  readonly coinMargined: string | undefined
}

const SYMBOL = /^(?=.*[\p{Lu}\p{Lo}])[\p{Lu}\p{Lo}\d]{2,}(?:_\d{6}|_PERP)?$/u
const KINDS: Readonly<Record<string, 'funding' | 'trades' | 'depth'>> = {
  fundingRate: 'funding',
  funding: 'funding',
  trades: 'trades',
  aggTrades: 'trades',
  raw: 'depth',
  depth: 'depth',
  bookDepth: 'depth',
  bookTicker: 'depth',
}

/** Whether the file is a raw capture of streams: `BTCUSDT-raw-2024-08-08.jsonl.gz`. */
export const isCapture = (path: string): boolean =>
  formatOf(path) === 'jsonl' && /^(?:SPOT-|COINM-)?[^-/]+-raw\b/.test(path.slice(path.lastIndexOf('/') + 1))

/** `BTCUSD_PERP`, `BTCUSD_250328`: settled in the coin; `BTCUSDT_250328` is a dated USD-M contract. */
export const isCoinMargined = (symbol: string): boolean => /USD_(?:PERP|\d{6})$/.test(symbol)

export function readFileName(fileName: string): FileName {
  const [extension, format] = formatEntry(fileName) ?? ['', undefined]
  const stem = fileName.slice(0, fileName.length - extension.length)
  const spot = stem.startsWith('SPOT-')
  const coin = stem.startsWith('COINM-')
  const [head, second = ''] = stem.slice(spot ? 5 : coin ? 6 : 0).split('-')
  const symbol = SYMBOL.test(head) ? head : undefined
  const universe = head === 'universe'
  const inverse = coin || (symbol !== undefined && isCoinMargined(symbol))
  return {
    format,
    market: spot ? 'spot' : 'perp',
    symbol,
    interval: (symbol !== undefined || universe) && isInterval(second) ? intervalOf(second) : undefined,
    universe,
    kind: Object.hasOwn(KINDS, second) ? KINDS[second] : undefined,
    coinMargined: inverse
      ? 'a coin-margined (COIN-M) contract is quoted in dollars and settled in the coin, which is a different arithmetic from USD-M'
      : undefined,
  }
}

/** The spacing that occurs most often between neighbouring rows, the smaller one on a tie; undefined below two rows. */
export function commonSpacing(times: Float64Array): { readonly spacing: number; readonly share: number } | undefined {
  if (times.length < 2) return undefined
  const counts = new Map<number, number>()
  for (let row = 1; row < times.length; row += 1) {
    const spacing = times[row] - times[row - 1]
    counts.set(spacing, (counts.get(spacing) ?? 0) + 1)
  }
  let best = 0
  let bestCount = 0
  for (const [spacing, count] of counts) {
    if (count > bestCount || (count === bestCount && spacing < best)) {
      best = spacing
      bestCount = count
    }
  }
  return { spacing: best, share: bestCount / (times.length - 1) }
}

const isMonth = (spacing: number): boolean => spacing >= 28 * DAY && spacing <= 31 * DAY && spacing % DAY === 0

/** The interval of rows that stand `spacing` apart; undefined when there is no such bar. */
export const intervalOfSpacing = (spacing: number): Interval | undefined =>
  INTERVALS.find((interval) => (interval.name === '1M' ? isMonth(spacing) : interval.length === spacing))

/**
 * The interval of a series from what was said (name or flag) and what its rows show.
 * Throws when the two contradict each other or the rows stand on no grid; `inferred` says that only the rows told.
 */
export function settleInterval(
  file: string,
  said: Interval | undefined,
  times: Float64Array,
): { readonly interval: Interval | undefined; readonly inferred: boolean } {
  const common = commonSpacing(times)
  const shown = common === undefined ? undefined : intervalOfSpacing(common.spacing)
  if (said === undefined) {
    if (common !== undefined && shown === undefined)
      throw new InputError(
        'interval-unknown',
        `most rows of ${file} stand ${formatDuration(common.spacing)} apart, which is no bar interval`,
        {
          where: { file, value: formatDuration(common.spacing) },
          next: `Bars of ${INTERVALS.map((interval) => interval.name).join(', ')} are understood.`,
        },
      )
    return { interval: shown, inferred: shown !== undefined }
  }
  // Rows further apart than they should be are gaps as long as some stand as near as the interval says;
  // two rows alone prove nothing.
  const contradicts =
    common !== undefined &&
    shown !== said &&
    (common.spacing < said.length || (common.share > 0.5 && times.length > 2 && !anySpacing(times, said)))
  if (contradicts)
    throw new InputError(
      'interval-contradicts',
      `${file} should hold ${said.name} bars, but most of its rows stand ${formatDuration(common.spacing)} apart`,
      {
        where: { file, interval: said.name, value: formatDuration(common.spacing) },
        next:
          shown === undefined
            ? 'Check what this file is.'
            : `Name it for what it is (${shown.name}), or give the right interval.`,
      },
    )
  return { interval: said, inferred: false }
}

function anySpacing(times: Float64Array, interval: Interval): boolean {
  for (let row = 1; row < times.length; row += 1) if (intervalOfSpacing(times[row] - times[row - 1]) === interval) return true
  return false
}

/** The first row that does not open on the interval's grid; -1 when all do. */
export function firstOffGrid(times: Float64Array, interval: Interval): number {
  for (let row = 0; row < times.length; row += 1) {
    // A row one length after a row on the grid is on the grid too (months aside): the division is for the rest.
    if (row > 0 && times[row] - times[row - 1] === interval.length && interval.name !== '1M') continue
    if (barStart(times[row] as Micros, interval) !== times[row]) return row
  }
  return -1
}

export const shownTime = (time: number): string => formatTime(time as Micros)
