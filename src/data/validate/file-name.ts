/** What the path of a file tells of its content: format, symbol, interval, market, kind. Pure. */
import { basename, dirname, resolve } from 'node:path'
import type { Interval } from '../../core/time.ts'
import { readFileName } from '../../storage/market-data/symbol-and-interval.ts'
import type { Kind } from './layout.ts'

export type Format = 'csv' | 'json' | 'jsonl' | 'parquet'

export interface NamedFile {
  readonly path: string
  readonly format: Format
  /** Undefined when the name does not tell it. */
  readonly symbol: string | undefined
  readonly interval: Interval | undefined
  readonly market: 'perp' | 'spot'
  /** What name and folder say; the columns decide. */
  readonly hint: Kind | undefined
}

const FORMATS: readonly (readonly [RegExp, Format])[] = [
  [/\.csv(\.gz)?$|\.zip$|\.txt(\.gz)?$/i, 'csv'],
  [/\.(jsonl|ndjson)(\.gz)?$/i, 'jsonl'],
  [/\.json(\.gz)?$/i, 'json'],
  [/\.parquet$/i, 'parquet'],
]

const FOLDERS: Readonly<Record<string, Kind>> = {
  mark: 'mark',
  markPriceKlines: 'mark',
  indexPriceKlines: 'mark',
  klines: 'klines',
  funding: 'funding',
  fundingRate: 'funding',
  trades: 'trades',
  aggTrades: 'aggTrades',
  depth: 'depth',
  oi: 'oi',
  metrics: 'oi',
}

/** Undefined when the name is of no format that is read. */
export function namedFile(path: string): NamedFile | undefined {
  const name = basename(path)
  const known = FORMATS.find(([pattern]) => pattern.test(name))
  if (known === undefined) return undefined
  const [pattern, format] = known
  const { symbol, interval, market } = readFileName(`${name.replace(pattern, '')}.csv`)
  const folders = resolve(dirname(path)).split('/').toReversed()
  const folder = folders.find((part) => Object.hasOwn(FOLDERS, part))
  return { path, format, symbol, interval, market, hint: hintOf(name, folder === undefined ? undefined : FOLDERS[folder]) }
}

function hintOf(name: string, folder: Kind | undefined): Kind | undefined {
  if (/aggTrades/.test(name)) return 'aggTrades'
  if (/-trades\b/.test(name)) return 'trades'
  if (/-fundingRate\b|-funding\b/.test(name)) return 'funding'
  if (/-raw\b|-depth\b|-diff\b/.test(name)) return 'depth'
  return folder
}
