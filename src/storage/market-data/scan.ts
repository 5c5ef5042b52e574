/**
 * Which files the paths of a command line stand for, and of what kind each is, told by names alone: nothing is opened,
 * so that of a large folder only the files a run needs are read afterwards.
 *
 * Lists folders.
 */
import { readdir, realpath, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { InputError } from '../../core/errors.ts'
import type { Interval } from '../../core/time.ts'
import type { Market } from './kline-table.ts'
import { FORMATS_UNDERSTOOD, isOtherData, readFileName } from './symbol-and-interval.ts'
import type { FileName } from './symbol-and-interval.ts'

export type DataKind = 'klines' | 'mark' | 'funding' | 'trades' | 'depth'
export type PathFlag = 'data' | 'mark' | 'funding' | 'spot'

/** The paths of `--data`, `--mark`, `--funding`, `--spot`. */
export type DataPaths = Readonly<Record<PathFlag, readonly string[]>>

export interface DataFile {
  readonly path: string
  readonly kind: DataKind
  readonly market: Market
  /** Undefined when the name does not tell it: a universe file, or one that a flag or a column must name. */
  readonly symbol: string | undefined
  readonly interval: Interval | undefined
  /** Named on the command line itself, not found in a folder: such a file always counts. */
  readonly named: boolean
  readonly flag: PathFlag
}

export interface SkippedFile {
  readonly path: string
  readonly reason: string
}

export interface Scan {
  /** Sorted by path, each file once. */
  readonly files: readonly DataFile[]
  readonly skipped: readonly SkippedFile[]
  /** One line for each reason why files were skipped. */
  readonly warnings: readonly string[]
}

/** A folder's name says what lies in it; the last such name on the way to a file counts. */
const FOLDERS: Readonly<Record<string, DataKind | 'other'>> = {
  klines: 'klines',
  mark: 'mark',
  markPriceKlines: 'mark',
  funding: 'funding',
  fundingRate: 'funding',
  trades: 'trades',
  aggTrades: 'trades',
  depth: 'depth',
  bookDepth: 'depth',
  bookTicker: 'depth',
  oi: 'other',
  metrics: 'other',
  indexPriceKlines: 'other',
  premiumIndexKlines: 'other',
  liquidationSnapshot: 'other',
}

/** The list of a catalog, in its folder among the data. */
const CATALOG_LIST = 'catalog.json'

/** Deeper folders than this are a loop or a mistake. */
const FOLDER_DEPTH_MAX = 16

const FLAGS: readonly PathFlag[] = ['data', 'mark', 'funding', 'spot']

/** Throws `InputError` when a path is missing or a file named outright cannot be read. */
export async function scanPaths(paths: DataPaths): Promise<Scan> {
  const found = new Found()
  for (const flag of FLAGS) {
    for (const path of paths[flag]) {
      const entry = await stat(path).catch(() => undefined)
      if (entry?.isFile() === true) await found.add(namedFile(path, flag))
      else if (entry?.isDirectory() === true) await scanFolder(found, path, flag, [basename(resolve(path))])
      else
        throw new InputError(
          'path-not-found',
          entry === undefined ? `${path} does not exist` : `${path} is neither a file nor a folder`,
          {
            where: { path, flag: `--${flag}` },
            next: 'Check the path.',
          },
        )
    }
  }
  return found.result()
}

class Found {
  readonly #files = new Map<string, DataFile>()
  readonly #skipped: SkippedFile[] = []

  /** One file reached over two paths counts once; what it was named for outright wins over what its folder says. */
  async add(file: DataFile): Promise<void> {
    const real = await realpath(file.path)
    const known = this.#files.get(real)
    if (known !== undefined && known.named && file.named && (known.kind !== file.kind || known.market !== file.market))
      throw new InputError(
        'file-of-two-kinds',
        `${file.path} is named as ${shownKind(known)} (--${known.flag}) and as ${shownKind(file)} (--${file.flag})`,
        {
          where: { file: file.path },
          next: 'Name it once.',
        },
      )
    const outranks = known === undefined || (file.named && !known.named) || (known.named === file.named && known.flag === 'data')
    if (outranks) this.#files.set(real, file)
  }

  skip(path: string, reason: string): void {
    this.#skipped.push({ path, reason })
  }

  result(): Scan {
    const files = [...this.#files.values()].toSorted(byPath)
    const skipped = this.#skipped.toSorted(byPath)
    return { files, skipped, warnings: skippedWarnings(skipped.filter(({ reason }) => reason !== OTHER_FLAG)) }
  }
}

const OTHER_FLAG = 'of another kind than the flag names'

const byPath = (a: { readonly path: string }, b: { readonly path: string }): number =>
  a.path < b.path ? -1 : a.path > b.path ? 1 : 0

const shownKind = (file: DataFile): string => (file.market === 'spot' ? `spot ${file.kind}` : file.kind)

/** One sentence a reason, with the first few names. */
export function skippedWarnings(skipped: readonly SkippedFile[]): readonly string[] {
  const byReason = Map.groupBy(skipped, ({ reason }) => reason)
  return [...byReason].map(([reason, files]) => {
    const shown = files.slice(0, 3).map(({ path }) => path)
    const more = files.length > shown.length ? ` and ${files.length - shown.length} more` : ''
    return `${files.length === 1 ? '1 file was' : `${files.length} files were`} skipped, ${reason}: ${shown.join(', ')}${more}.`
  })
}

async function scanFolder(found: Found, folder: string, flag: PathFlag, names: readonly string[]): Promise<void> {
  if (names.length > FOLDER_DEPTH_MAX)
    throw new InputError('folder-too-deep', `${folder} lies more than ${FOLDER_DEPTH_MAX} folders deep`, {
      where: { path: folder },
      next: 'Name a folder nearer to the files; a link may lead back into its own parent.',
    })
  for (const name of (await readdir(folder)).toSorted()) {
    if (name.startsWith('.') || name.endsWith('.CHECKSUM') || name === CATALOG_LIST) continue
    const path = join(folder, name)
    const entry = await stat(path).catch(() => undefined)
    if (entry?.isDirectory() === true) await scanFolder(found, path, flag, [...names, name])
    else if (entry?.isFile() === true) await folderFile(found, path, flag, names)
    else found.skip(path, 'not readable')
  }
}

async function folderFile(found: Found, path: string, flag: PathFlag, folders: readonly string[]): Promise<void> {
  const name = readFileName(basename(path))
  const folderKind = kindOfFolders(folders)
  if (name.format === undefined)
    return found.skip(
      path,
      isOtherData(path) ? `a format that is not read (only ${FORMATS_UNDERSTOOD})` : 'no market data by its name',
    )
  if (name.coinMargined !== undefined || (folders.includes('cm') && folders.includes('futures')))
    return found.skip(path, 'coin-margined (COIN-M), a different arithmetic from USD-M')
  if (folderKind === 'other') return found.skip(path, 'a kind of data that a run does not use')
  // Many things are JSON: in a folder its name or the folder's must say that it is market data.
  const isJson = name.format === 'json' || name.format === 'jsonl'
  if (isJson && folderKind === undefined && name.interval === undefined && name.kind === undefined)
    return found.skip(path, 'no market data by its name')
  const file = classify(path, flag, name, folderKind, folders.includes('spot'))
  if (file === undefined) return found.skip(path, OTHER_FLAG)
  if (name.symbol === undefined && !name.universe)
    return found.skip(path, 'the name tells no symbol (name such a file itself to use it)')
  return found.add(file)
}

function kindOfFolders(folders: readonly string[]): DataKind | 'other' | undefined {
  const name = folders.findLast((folder) => Object.hasOwn(FOLDERS, folder))
  return name === undefined ? undefined : FOLDERS[name]
}

/** A file inside a folder; undefined when its folder or name says another kind than the flag asks for. */
function classify(
  path: string,
  flag: PathFlag,
  name: FileName,
  folderKind: DataKind | undefined,
  inSpotFolder: boolean,
): DataFile | undefined {
  const said = folderKind ?? name.kind
  const spot = name.market === 'spot' || inSpotFolder
  const asked: DataKind | undefined = flag === 'mark' || flag === 'funding' ? flag : flag === 'spot' ? 'klines' : undefined
  if (asked !== undefined && said !== undefined && said !== asked) return undefined
  if (flag !== 'data' && flag !== 'spot' && spot) return undefined
  const { symbol, interval } = name
  return {
    path,
    kind: asked ?? said ?? 'klines',
    market: flag === 'spot' || spot ? 'spot' : 'perp',
    symbol,
    interval,
    named: false,
    flag,
  }
}

/** A file named outright is taken as what the flag says, or refused with the reason. */
function namedFile(path: string, flag: PathFlag): DataFile {
  const name = readFileName(basename(path))
  const where = { file: path, flag: `--${flag}` }
  if (name.coinMargined !== undefined)
    throw new InputError('coin-margined', `${path} is of a COIN-M contract and cannot be used: ${name.coinMargined}`, {
      where,
      next: 'Use the USD-M contract of the same coin (BTCUSDT instead of BTCUSD_PERP).',
    })
  if (name.format === undefined)
    throw new InputError('format-unknown', `${path} has a format that is not read; today these are: ${FORMATS_UNDERSTOOD}`, {
      where,
      next: 'Convert it to CSV or Parquet with the columns open_time_ms,open,high,low,close,volume,quote_volume,trades,taker_buy_base.',
    })
  const { symbol, interval } = name
  const kind = flag === 'mark' || flag === 'funding' ? flag : flag === 'spot' ? 'klines' : kindOfNamed(path, name)
  return { path, kind, market: flag === 'spot' || name.market === 'spot' ? 'spot' : 'perp', symbol, interval, named: true, flag }
}

/** The folder it lies in tells, unless the name itself says that it holds bars. */
function kindOfNamed(path: string, name: FileName): DataKind {
  const folder = kindOfFolders([basename(dirname(resolve(path)))])
  if (folder === 'mark' || folder === 'funding') return folder
  if (name.interval !== undefined || folder === 'other') return name.kind ?? 'klines'
  return folder ?? name.kind ?? 'klines'
}
