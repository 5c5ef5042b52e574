/**
 * A download from beginning to end: which files are needed for the period, which of them are there already, the rest from the
 * archive, and by REST what the archive does not have. Whatever stops it, the next run goes on from there.
 *
 * Reads and writes the folder of the download; asks the archive and the exchange.
 */
import { join } from 'node:path'
import { AutoTradingError, InputError, OutsideError } from '../../core/errors.ts'
import type { Clock } from '../../core/clock.ts'
import type { Prng } from '../../core/random.ts'
import { after, DAY, fromMs, MINUTE, NEVER, startOfMonth, toMs } from '../../core/time.ts'
import type { Interval, Micros } from '../../core/time.ts'
import { sha256OfFile } from '../../storage/file-hash.ts'
import { Archive } from './archive.ts'
import { isDiskError, onDisk, remove, sizeOf, textOf } from './disk.ts'
import { lockFolder } from './folder-lock.ts'
import { Http } from './http.ts'
import type { KindRules, RestRules } from './kinds.ts'
import { Manifest } from './manifest.ts'
import type { FileEntry } from './manifest.ts'
import { Pool } from './pool.ts'
import { RequestBudget } from './request-budget.ts'
import { Rest, RestRefusal, ServerClock } from './rest.ts'
import { RestFiles } from './rest-files.ts'
import { mergeHoles } from './result.ts'
import type { DownloadedFile, DownloadResult, Failure, FileState, Hole } from './result.ts'
import { Retry } from './retry.ts'
import type { Sleep } from './retry.ts'
import { archiveFile, archivePath, daysOf, firstOpen, hasDays, inArchive, restFile, seriesName, unitsOf } from './units.ts'
import type { Series, Unit } from './units.ts'

export interface DownloadRequest {
  readonly symbols: readonly string[]
  readonly kinds: readonly KindRules[]
  readonly intervals: readonly Interval[]
  readonly from: Micros
  /** Undefined: until now. */
  readonly to: Micros | undefined
  /** `auto`: the archive, and by REST what it does not have. */
  readonly source: 'auto' | 'archive' | 'rest'
  readonly folder: string
  readonly archiveUrl: string
  readonly restUrl: string
  /** Files at the same time. */
  readonly parallel: number
  /** Also looks at the files that are there: whether they are whole, and whether the archive has replaced them. */
  readonly verify: boolean
}

export interface DownloadProgress {
  readonly filesDone: number
  readonly files: number
  readonly bytes: number
}

/** The world of a download. */
export interface DownloadPorts {
  readonly clock: Clock
  readonly sleep: Sleep
  readonly prng: Prng
  readonly signal: AbortSignal
  /** For the proxy. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** How long a connection may be silent; the default when undefined. */
  readonly idleMs?: number
  readonly onProgress: (progress: DownloadProgress) => void
  readonly onWait: (ms: number, reason: string) => void
  readonly onWarning: (text: string) => void
}

/** Weight a minute and requests in five minutes that we take of the exchange's 2400 and 500: others may share the address. */
const WEIGHT_LIMIT = 2_300
const FUNDING_LIMIT = 450

/** Where the archive has most of what is wanted, it does not wait long for an exchange that does not answer. */
const TIME_TRIES = 3

/** What was missing this long after its period does not appear any more, and is not asked for again. */
const FINAL_AFTER = 60 * DAY
/** The archive has a day on the next one; until then its absence says nothing. */
const PUBLISHED_AFTER = 2 * DAY

/**
 * @throws InputError when nothing at all was found or the folder belongs to a newer program, OutsideError when the folder is
 * locked or cannot be written, AbortError when it was interrupted. Files that could not be had are in the result.
 */
export async function download(request: DownloadRequest, ports: DownloadPorts): Promise<DownloadResult> {
  const lock = await lockFolder(request.folder)
  const stop = new AbortController()
  const signal = AbortSignal.any([ports.signal, stop.signal])
  const http = new Http(ports.env, ports.idleMs)
  try {
    const manifest = await Manifest.open(request.folder, ports.onWarning)
    try {
      return await new Download(request, { ...ports, signal }, manifest, http, stop).run()
    } finally {
      await manifest.save()
    }
  } finally {
    http.close()
    await lock.release()
  }
}

interface SeriesState {
  readonly series: Series
  readonly files: Map<string, DownloadedFile>
  readonly holes: Hole[]
  /** Units that the archive does not have. */
  readonly left: Unit[]
}

class Download {
  readonly #request: DownloadRequest
  readonly #ports: DownloadPorts
  readonly #manifest: Manifest
  readonly #stop: AbortController
  readonly #clock: ServerClock
  readonly #archive: Archive
  readonly #rest: Rest
  readonly #restFiles: RestFiles
  readonly #pool: Pool
  readonly #failures: Failure[] = []
  readonly #superseded: string[] = []
  /** Months that several days of a request fall into are looked at once. */
  readonly #months = new Map<string, Promise<boolean>>()
  /** Why the exchange cannot be asked. */
  #restLost: OutsideError | undefined
  #filesDone = 0
  #files = 0
  #bytes = 0

  constructor(request: DownloadRequest, ports: DownloadPorts, manifest: Manifest, http: Http, stop: AbortController) {
    const { signal, onWait, sleep, prng } = ports
    const { folder } = request
    this.#request = request
    this.#ports = ports
    this.#manifest = manifest
    this.#stop = stop
    this.#clock = new ServerClock(ports.clock)
    this.#pool = new Pool(request.parallel)
    const nowMs = (): number => this.#clock.nowMs()
    const onBytes = (count: number): void => {
      this.#bytes += count
      this.#progress()
    }
    const retry = (name: string): Retry => new Retry({ sleep, signal, onWait, prng: prng.fork(name) })
    const budget = (name: string, limit: number, windowMs: number): RequestBudget =>
      new RequestBudget({ name, limit, windowMs, nowMs, sleep, signal, onWait })
    this.#archive = new Archive({ url: request.archiveUrl, http, retry: retry('archive'), signal, nowMs, folder, onBytes })
    this.#rest = new Rest({
      url: request.restUrl,
      http,
      retry: retry('rest'),
      signal,
      clock: this.#clock,
      budgets: {
        weight: budget('request weight a minute', WEIGHT_LIMIT, MINUTE / 1_000),
        funding: budget('funding requests in five minutes', FUNDING_LIMIT, (5 * MINUTE) / 1_000),
      },
    })
    this.#restFiles = new RestFiles({ rest: this.#rest, clock: this.#clock, folder, onBytes })
  }

  async run(): Promise<DownloadResult> {
    await this.#askTime()
    const states = this.#seriesAsked().map((series): SeriesState => ({ series, files: new Map(), holes: [], left: [] }))
    for (const state of states) {
      const now = this.#clock.now()
      for (const unit of unitsOf(state.series, this.#request.from, this.#request.to ?? now, now))
        this.#add(unit, () => this.#unit(state, unit))
    }
    await this.#pool.run()
    for (const state of states) if (state.left.length > 0) this.#pool.add(() => this.#byRest(state))
    await this.#pool.run()
    return this.#result(states)
  }

  /** The exchange's time decides what is over. Without it ours does, and only what needs the exchange itself will fail. */
  async #askTime(): Promise<void> {
    if (this.#request.source === 'archive') return
    try {
      await this.#rest.syncClock(this.#request.source === 'auto' ? TIME_TRIES : undefined)
    } catch (error) {
      if (this.#request.source === 'rest' || !(error instanceof OutsideError)) throw error
      this.#restLost = error
      this.#ports.onWarning(`only the archive can be asked: ${error.message}.`)
    }
  }

  #seriesAsked(): readonly Series[] {
    const { symbols, kinds, intervals } = this.#request
    return symbols.flatMap((symbol) =>
      kinds.flatMap((kind) =>
        (kind.perInterval ? intervals : [undefined]).map((interval): Series => ({ symbol, kind, interval })),
      ),
    )
  }

  // ---- One unit, from the archive ------------------------------------------------------------------------------------------

  #unit(state: SeriesState, unit: Unit): Promise<void> {
    return unit.span === 'month' ? this.#month(state, unit) : this.#day(state, unit)
  }

  async #month(state: SeriesState, unit: Unit): Promise<void> {
    if (await this.#archived(state, unit)) return
    const days = this.#manifest.files.has(restFile(unit)) || !hasDays(unit.series) ? [] : daysOf(unit)
    const edges = [days.at(0), days.at(-1)].filter((day) => day !== undefined)
    const known = days.some((day) => this.#hasFile(day))
    const found = known || (this.#request.source !== 'rest' && (await this.#anyArchived(state, edges)))
    if (!found) state.left.push(unit)
    else for (const day of days) this.#add(day, () => this.#day(state, day))
  }

  /** Before thirty days of a month are asked for one by one: a symbol of that month traded on its first or its last day. */
  async #anyArchived(state: SeriesState, days: readonly Unit[]): Promise<boolean> {
    for (const day of days) if (await this.#archived(state, day)) return true
    return false
  }

  #hasFile(unit: Unit): boolean {
    return this.#manifest.files.has(archiveFile(unit)) || this.#manifest.files.has(restFile(unit))
  }

  async #day(state: SeriesState, unit: Unit): Promise<void> {
    if (state.files.has(archiveFile(unit))) return
    const from = startOfMonth(unit.from)
    const month: Unit = { series: unit.series, span: 'month', from, to: startOfMonth(after(from, 31 * DAY)) }
    // The file of its month is there from another request.
    if (this.#manifest.files.has(archiveFile(month)) && (await this.#monthOnce(state, month))) return
    const whole = this.#manifest.files.get(restFile(month))
    if (whole?.growing === false && whole.toMs >= toMs(unit.to)) {
      this.#note(state, restFile(month), whole, 'present')
      return
    }
    if (!(await this.#archived(state, unit))) state.left.push(unit)
  }

  #monthOnce(state: SeriesState, month: Unit): Promise<boolean> {
    const target = archiveFile(month)
    const found = this.#months.get(target) ?? this.#archived(state, month)
    this.#months.set(target, found)
    return found
  }

  /** Whether the unit's file of the archive is there in the end. */
  async #archived(state: SeriesState, unit: Unit): Promise<boolean> {
    if (!inArchive(unit)) return false
    const target = archiveFile(unit)
    const entry = this.#manifest.files.get(target)
    const fresh = this.#request.source !== 'rest' && unit.to <= this.#clock.now()
    const standing = await this.#stateOf(target, entry)
    if (entry !== undefined && standing === 'present' && !(this.#request.verify && fresh)) {
      this.#note(state, target, entry, 'present')
      await this.#supersede(unit)
      return true
    }
    if (!fresh || this.#isMissingForGood(archivePath(unit), unit)) return false
    const got = await this.#fetchArchived(unit, standing, entry)
    if (got === undefined) return false
    this.#note(state, target, got.entry, got.state)
    await this.#supersede(unit)
    return true
  }

  /** How the file here is, by its size and its checksum; with `--verify`, by its bytes. */
  async #stateOf(target: string, entry: FileEntry | undefined): Promise<'present' | 'damaged' | 'none'> {
    const path = join(this.#request.folder, target)
    const size = await sizeOf(path)
    if (entry === undefined || size === undefined) return 'none'
    if (size !== entry.bytes) return 'damaged'
    if (entry.source === 'archive' && (await textOf(`${path}.CHECKSUM`))?.startsWith(entry.sha256) !== true) return 'damaged'
    if (!this.#request.verify) return 'present'
    return (await onDisk(path, () => sha256OfFile(path))) === entry.sha256 ? 'present' : 'damaged'
  }

  async #fetchArchived(
    unit: Unit,
    standing: 'present' | 'damaged' | 'none',
    entry: FileEntry | undefined,
  ): Promise<{ readonly entry: FileEntry; readonly state: FileState } | undefined> {
    const [target, address] = [archiveFile(unit), archivePath(unit)]
    const path = join(this.#request.folder, target)
    const promised = await this.#archive.checksumOf(address)
    if (promised === undefined && entry !== undefined && standing === 'present') {
      this.#ports.onWarning(`the archive no longer has ${this.#archive.urlOf(address)}; the file here is kept.`)
      return { entry, state: 'present' }
    }
    if (promised !== undefined && entry?.sha256 === promised && standing === 'present') return { entry, state: 'present' }

    const size = await sizeOf(path)
    const own = size === undefined ? undefined : await onDisk(path, () => sha256OfFile(path))
    const base = {
      source: 'archive',
      url: this.#archive.urlOf(address),
      fromMs: toMs(unit.from),
      toMs: toMs(unit.to),
      growing: false,
    } as const
    if (own !== undefined && own === promised) {
      // A run before was ended between the file and the note of it, or it was fetched by hand.
      await this.#archive.writeChecksum(target, own)
      const adopted: FileEntry = { ...base, sha256: own, bytes: size ?? 0 }
      await this.#manifest.put(target, adopted)
      return { entry: adopted, state: 'present' }
    }
    if (own !== undefined && entry === undefined && (await textOf(`${path}.CHECKSUM`))?.startsWith(own) !== true)
      throw strange(path, promised === undefined ? 'the archive does not have it' : 'its hash is not that of the archive')
    const file = await this.#archive.fetch(address, target, promised)
    if (file === undefined) {
      await this.#manifest.putMissing(address, this.#clock.nowMs())
      return undefined
    }
    await this.#manifest.found(address)
    const fetched: FileEntry = { ...base, ...file }
    await this.#manifest.put(target, fetched)
    const replaced = entry === undefined ? own !== undefined : entry.sha256 !== file.sha256
    return { entry: fetched, state: replaced ? 'replaced' : standing === 'damaged' ? 'repaired' : 'downloaded' }
  }

  #isMissingForGood(what: string, unit: Unit): boolean {
    const checkedMs = this.#manifest.missing.get(what)
    return !this.#request.verify && checkedMs !== undefined && checkedMs >= toMs(after(unit.to, FINAL_AFTER))
  }

  /** A file of the archive takes the place of what was brought for its days or by REST. Files of others stay. */
  async #supersede(unit: Unit): Promise<void> {
    const days = unit.span === 'month' ? daysOf(unit) : []
    for (const path of [restFile(unit), ...days.flatMap((day) => [archiveFile(day), restFile(day)])]) {
      if (!this.#manifest.files.has(path)) continue
      await this.#manifest.save()
      await remove(join(this.#request.folder, path))
      await remove(join(this.#request.folder, `${path}.CHECKSUM`))
      await this.#manifest.forget(path)
      this.#superseded.push(path)
    }
  }

  // ---- What is left, by REST ---------------------------------------------------------------------------------------------

  /** One request after the other, in the order of time: where the exchange has nothing, it also says when something begins. */
  async #byRest(state: SeriesState): Promise<void> {
    const { rest } = state.series.kind
    let nothingUntil: Micros | undefined
    for (const unit of state.left.toSorted((a, b) => a.from - b.from)) {
      const entry = this.#manifest.files.get(restFile(unit))
      const standing = await this.#stateOf(restFile(unit), entry)
      if (entry !== undefined && standing === 'present' && (!entry.growing || this.#request.source === 'archive')) {
        this.#note(state, restFile(unit), entry, 'present')
        continue
      }
      const reason = this.#reasonWithoutRest(unit)
      if (rest === undefined || reason !== undefined || (nothingUntil !== undefined && unit.to <= nothingUntil)) {
        await this.#hole(state, unit, reason ?? this.#nowhere)
        continue
      }
      await this.#guard(restFile(unit), async () => {
        const before = entry === undefined ? 'unknown' : standing === 'present' ? 'growing' : 'damaged'
        try {
          const found = await this.#oneByRest(state, unit, rest, before)
          if (found || isAhead(unit, this.#clock.now())) return
          nothingUntil = (await this.#restFiles.firstAfter(state.series, rest, unit.to)) ?? this.#clock.now()
        } catch (error) {
          if (!(error instanceof RestRefusal && error.unknownSymbol)) throw error
          nothingUntil = NEVER
        }
        await this.#hole(state, unit, this.#nowhere)
      })
    }
  }

  get #nowhere(): string {
    return this.#request.source === 'rest' ? 'the exchange has no rows' : 'neither the archive nor the exchange has rows'
  }

  #reasonWithoutRest(unit: Unit): string | undefined {
    const young = after(unit.to, PUBLISHED_AFTER) > this.#clock.now()
    if (this.#request.source === 'archive' || unit.series.kind.rest === undefined)
      return young ? 'not in the archive yet' : 'not in the archive'
    if (this.#restLost !== undefined) return `not in the archive${young ? ' yet' : ''}, and the exchange cannot be asked`
    return this.#isMissingForGood(restKey(unit), unit) ? this.#nowhere : undefined
  }

  async #oneByRest(
    state: SeriesState,
    unit: Unit,
    rules: RestRules,
    before: 'unknown' | 'growing' | 'damaged',
  ): Promise<boolean> {
    const target = restFile(unit)
    const file = await this.#restFiles.fetch(unit, rules, before)
    if (file === undefined) {
      await this.#manifest.putMissing(restKey(unit), this.#clock.nowMs())
      return false
    }
    const { sha256, bytes, growing, changed } = file
    const entry: FileEntry = {
      source: 'rest',
      url: `${this.#request.restUrl}${rules.path}`,
      sha256,
      bytes,
      fromMs: toMs(unit.from),
      toMs: toMs(unit.to),
      growing,
    }
    await this.#manifest.found(restKey(unit))
    await this.#manifest.put(target, entry)
    const what = before === 'growing' ? 'grown' : before === 'damaged' ? 'repaired' : 'downloaded'
    this.#note(state, target, entry, changed ? what : 'present')
    return true
  }

  async #hole(state: SeriesState, { from, to }: Unit, reason: string): Promise<void> {
    state.holes.push({ from, to, reason })
    const lost = this.#restLost
    if (lost !== undefined && reason.endsWith('cannot be asked') && this.#failures.every(({ error }) => error !== lost))
      this.#failures.push({ path: seriesName(state.series), error: lost })
    this.#filesDone += 1
    this.#progress()
  }

  // ---- Accounts ----------------------------------------------------------------------------------------------------------

  #add(unit: Unit, task: () => Promise<void>): void {
    this.#files += 1
    this.#pool.add(() => this.#guard(archiveFile(unit), task))
  }

  /** What concerns one file is noted and the others go on; what concerns all of them ends the run. */
  async #guard(path: string, task: () => Promise<void>): Promise<void> {
    try {
      this.#ports.signal.throwIfAborted()
      await task()
    } catch (error) {
      const ofFile = error instanceof AutoTradingError && error.fault !== 'impossible' && !isDiskError(error)
      if (!ofFile) this.#stop.abort()
      if (!ofFile) throw error
      this.#failures.push({ path, error })
    }
  }

  #note(state: SeriesState, path: string, entry: FileEntry, fileState: FileState): void {
    const known = state.files.get(path)
    if (known !== undefined && fileState === 'present') return
    const { source, sha256, bytes } = entry
    const to = fromMs(entry.toMs)
    const until = entry.growing ? (Math.min(to, this.#clock.now()) as Micros) : to
    state.files.set(path, { path, source, sha256, bytes, from: fromMs(entry.fromMs), to: until, state: fileState })
    this.#filesDone += 1
    this.#progress()
  }

  #progress(): void {
    this.#ports.onProgress({ filesDone: Math.min(this.#filesDone, this.#files), files: this.#files, bytes: this.#bytes })
  }

  #result(states: readonly SeriesState[]): DownloadResult {
    const series = states.map(({ series, files, holes }) => ({
      series,
      files: [...files.values()].toSorted((a, b) => a.from - b.from || (a.path < b.path ? -1 : 1)),
      holes: mergeHoles(holes),
    }))
    return {
      series,
      superseded: this.#superseded.toSorted(),
      failures: this.#failures.toSorted((a, b) => (a.path < b.path ? -1 : 1)),
      bytes: this.#bytes,
    }
  }
}

const restKey = (unit: Unit): string => `rest:${restFile(unit)}`

/** Whether the first bar of the unit is not over yet: that nothing came of it is no hole. */
function isAhead({ series: { interval }, from }: Unit, now: Micros): boolean {
  return interval === undefined ? after(from, DAY) > now : after(firstOpen(from, interval), interval.length) > now
}

const strange = (path: string, why: string): InputError =>
  new InputError('file-not-ours', `${path} exists and was not downloaded by this program, and ${why}`, {
    where: { file: path },
    next: 'Move it away, or name another folder with --out.',
  })
