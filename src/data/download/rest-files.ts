/**
 * One unit by REST to a CSV file: page after page into a part that a later run goes on with, then to its place. A unit whose
 * period is not over yet gives a file that grows with each run.
 *
 * Asks the exchange; writes below `.download/parts` until a file is whole.
 */
import { appendFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { InputError } from '../../core/errors.ts'
import { barEnd, fromMs, MINUTE, toMs } from '../../core/time.ts'
import type { Micros } from '../../core/time.ts'
import { sha256OfFile } from '../../storage/file-hash.ts'
import { makeFolderOf, onDisk, place, remove, sizeOf, STATE_FOLDER, textOf } from './disk.ts'
import { klinesWeight } from './kinds.ts'
import type { RestRules } from './kinds.ts'
import { HEADERS, rowsOf } from './rest-rows.ts'
import type { Row } from './rest-rows.ts'
import type { Rest, RestRequest, ServerClock } from './rest.ts'
import { restFile } from './units.ts'
import type { Series, Unit } from './units.ts'

export interface RestFilesSettings {
  readonly rest: Rest
  readonly clock: ServerClock
  /** The folder of the download. */
  readonly folder: string
  readonly onBytes: (count: number) => void
}

export interface RestFile {
  readonly sha256: string
  readonly bytes: number
  /** More will follow, or the last row may still be corrected. */
  readonly growing: boolean
  /** Whether its bytes are other ones than before. */
  readonly changed: boolean
}

/** A file of ours that goes on, one of ours that is not as we left it, or one that we know nothing of (most often: none). */
export type Standing = 'growing' | 'damaged' | 'unknown'

/** Of a bar that has only just ended the exchange may correct the last trades: it is asked for once more by the next run. */
const SETTLED = MINUTE

export class RestFiles {
  readonly #settings: RestFilesSettings

  constructor(settings: RestFilesSettings) {
    this.#settings = settings
  }

  /** Undefined when the exchange has nothing of the unit. `standing` is what stands in its place. */
  async fetch(unit: Unit, rules: RestRules, standing: Standing): Promise<RestFile | undefined> {
    const { folder, clock } = this.#settings
    const target = join(folder, restFile(unit))
    const part = join(folder, STATE_FOLDER, 'parts', `${restFile(unit)}.part`)
    await makeFolderOf(part)
    const before = await textOf(target)
    const kept =
      rowsOfText(await textOf(part), unit, rules) ?? rowsOfText(standing === 'growing' ? before : undefined, unit, rules) ?? []
    // The last row may be torn, or may have been corrected since: it is asked for again.
    const last = kept.pop()
    await onDisk(part, () => writeFile(part, textOfRows([HEADERS[rules.rows], ...kept.map(({ line }) => line)])))
    const asked = clock.now()
    const count = kept.length + (await this.#pages(unit, rules, last, part))
    if (count === 0) {
      await remove(part)
      return undefined
    }
    if (before !== undefined && standing === 'unknown') await refuseStranger(target, before, part)
    const sha256 = await onDisk(part, () => sha256OfFile(part))
    const changed = before === undefined || (await onDisk(target, () => sha256OfFile(target))) !== sha256
    await place(part, target)
    return { sha256, bytes: (await sizeOf(target)) ?? 0, growing: asked < unit.to + SETTLED, changed }
  }

  /** When the first row at or after `time` begins; undefined when there is none. */
  async firstAfter(series: Series, rules: RestRules, time: Micros): Promise<Micros | undefined> {
    const { rest, clock } = this.#settings
    const now = clock.now()
    if (time >= now) return undefined
    const window = { what: rules.rows, interval: series.interval, from: time, to: now, now }
    const rows = await rest.get(requestOf(series, rules, { from: time, to: now, limit: 1 }), (answer) => rowsOf(answer, window))
    return rows.length === 0 ? undefined : fromMs(rows[0].timeMs)
  }

  /** Appends the rows from `last` on to the part, or all of the unit; says how many. What we had is kept if it does not come again. */
  async #pages(unit: Unit, rules: RestRules, last: Row | undefined, part: string): Promise<number> {
    const { rest, clock, onBytes } = this.#settings
    const { series } = unit
    let held = last
    let count = 0
    for (let at = last === undefined ? unit.from : fromMs(last.timeMs); ;) {
      const now = clock.now()
      const to = Math.min(unit.to, now) as Micros
      const limit = limitOf(series, rules, at, to)
      const window = { what: rules.rows, interval: series.interval, from: at, to, now }
      const read = (answer: unknown): { readonly rows: readonly Row[]; readonly received: number } => ({
        rows: rowsOf(answer, window),
        received: (answer as readonly unknown[]).length,
      })
      const { rows, received } =
        at < to ? await rest.get(requestOf(series, rules, { from: at, to, limit }), read) : { rows: [], received: 0 }
      const lines = rows.map(({ line }) => line)
      if (held !== undefined && rows.at(0)?.timeMs !== held.timeMs) lines.unshift(held.line)
      held = undefined
      const text = textOfRows(lines)
      await onDisk(part, () => appendFile(part, text))
      onBytes(text.length)
      count += lines.length
      const newest = rows.at(-1)
      if (newest === undefined) return count
      at = afterRow(series, newest.timeMs)
      // Settlements come at no fixed times, so only a short answer tells their end; of bars it is known which would come next.
      if (series.interval === undefined ? received < limit : at >= to || barEnd(at, series.interval) > now) return count
    }
  }
}

const afterRow = ({ interval }: Series, timeMs: number): Micros =>
  interval === undefined ? fromMs(timeMs + 1) : barEnd(fromMs(timeMs), interval)

/** No more than can come, because a request costs by what it allows. */
function limitOf({ interval }: Series, { limit }: RestRules, from: Micros, to: Micros): number {
  return interval === undefined ? limit : Math.min(limit, Math.ceil((to - from) / interval.length) + 1)
}

function requestOf(
  { symbol, interval }: Series,
  { path, parameter, rows }: RestRules,
  { from, to, limit }: { readonly from: Micros; readonly to: Micros; readonly limit: number },
): RestRequest {
  return {
    path,
    query: {
      [parameter]: parameter === 'pair' ? symbol.split('_')[0] : symbol,
      ...(interval === undefined ? {} : { interval: interval.name }),
      startTime: toMs(from),
      endTime: toMs(to) - 1,
      limit,
    },
    cost: rows === 'funding' ? { budget: 'funding', weight: 1 } : { budget: 'weight', weight: klinesWeight(limit) },
  }
}

const textOfRows = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('')

/** The rows of a part or a growing file; undefined when it is none of this unit. A torn last line is left out. */
function rowsOfText(text: string | undefined, { from, to }: Unit, { rows: what }: RestRules): Row[] | undefined {
  if (text === undefined) return undefined
  const [header, ...lines] = text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .slice(0, -1)
  if (header !== HEADERS[what]) return undefined
  const fields = header.split(',').length
  const rows = lines.map((line) => ({ timeMs: Number(line.slice(0, line.indexOf(','))), line }))
  const whole = rows.every(
    ({ timeMs, line }, i) =>
      timeMs >= toMs(from) && timeMs < toMs(to) && (i === 0 || timeMs > rows[i - 1].timeMs) && line.split(',').length === fields,
  )
  return whole ? rows : undefined
}

/** A file that stands there and is not in the manifest: ours only if it says the same, as far as it goes. */
async function refuseStranger(target: string, before: string, part: string): Promise<void> {
  const settled = before.slice(0, before.slice(0, -1).lastIndexOf('\n') + 1)
  if ((await textOf(part))?.startsWith(settled) === true) return
  throw new InputError(
    'file-not-ours',
    `${target} exists, was not downloaded by this program, and says something else than the exchange`,
    {
      where: { file: target },
      next: 'Move it away, or name another folder with --out.',
    },
  )
}
