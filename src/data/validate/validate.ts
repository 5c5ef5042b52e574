/**
 * All files that were asked for: each by itself, then against each other. Reads files.
 */
import type { Batch, Series } from './batch.ts'
import { noData, unreadable } from './checks/text-rules.ts'
import { compareSeries } from './compare.ts'
import type { Comparison } from './compare.ts'
import type { FoundFiles } from './find-files.ts'
import { KeptBars } from './kept-bars.ts'
import { scoreOf } from './score.ts'
import { validateFile } from './validate-file.ts'
import type { FileResult } from './validate-file.ts'

export interface ScoredFile extends FileResult {
  /** Undefined for what is no market data. */
  readonly score: number | undefined
  /** Whether it could be read to its end. */
  readonly readable: boolean
}

export interface Validation {
  readonly files: readonly ScoredFile[]
  readonly skipped: FoundFiles['skipped']
  readonly comparisons: readonly Comparison[]
  /** The lowest score of a file: data are as good as their worst part. Undefined when nothing was judged. */
  readonly score: number | undefined
  /** Symbols whose files are too long together to be compared. */
  readonly notCompared: readonly string[]
}

export interface ValidationOptions {
  readonly nowMs: number
  readonly onProgress?: (progress: { readonly path: string; readonly bytes: number }) => void
  readonly signal?: AbortSignal
}

/** Bars that are kept for comparisons, in all files together: some 340 MB. */
const KEPT_ROWS_MAX = 6_000_000

export async function validate(
  { files, skipped }: FoundFiles,
  { nowMs, onProgress, signal }: ValidationOptions,
): Promise<Validation> {
  const results: FileResult[] = []
  const keeper = new Keeper(files.length)
  let done = 0
  for (const { file } of files) {
    if (signal?.aborted === true) break
    onProgress?.({ path: file.path, bytes: done })
    const onRead = (bytes: number): void => {
      done += bytes
      onProgress?.({ path: file.path, bytes: done })
    }
    results.push(await validateFile(file, { nowMs, keep: (series, batch) => keeper.keep(series, batch), onRead }))
  }
  const byPath = new Map(results.map((result) => [result.path, result.findings]))
  const comparisons = compareSeries(keeper.series(), (path) => byPath.get(path) ?? results[0].findings)
  const scored = results.map((result) => score(result))
  const scores = scored.flatMap((file) => file.score ?? [])
  return {
    files: scored,
    skipped,
    comparisons,
    score: scores.length === 0 ? undefined : Math.min(...scores),
    notCompared: keeper.left,
  }
}

function score(result: FileResult): ScoredFile {
  const { findings, kind } = result
  const readable = findings.rowsOf(unreadable) === 0 && findings.rowsOf(noData) === 0
  return { ...result, readable, score: kind === undefined && readable ? undefined : scoreOf(findings.deductions()) }
}

/** Keeps bars for the comparison as long as there is room. */
class Keeper {
  readonly #several: boolean
  readonly #kept = new Map<string, KeptBars>()
  readonly #left = new Set<string>()
  #rows = 0

  constructor(files: number) {
    this.#several = files > 1
  }

  get left(): readonly string[] {
    return [...this.#left].toSorted()
  }

  keep(series: Series, batch: Batch): void {
    if (!this.#several || series.layout.kind !== 'klines' || series.interval === undefined) return
    const key = `${series.path}\n${series.symbol}`
    if (this.#left.has(series.symbol)) return
    if (this.#rows + batch.rows > KEPT_ROWS_MAX) {
      this.#left.add(series.symbol)
      for (const [known, bars] of this.#kept)
        if (bars.symbol === series.symbol) {
          this.#rows -= bars.rows
          this.#kept.delete(known)
        }
      return
    }
    let bars = this.#kept.get(key)
    if (bars === undefined) this.#kept.set(key, (bars = new KeptBars(series)))
    const before = bars.rows
    bars.add(batch)
    this.#rows += bars.rows - before
  }

  series(): readonly KeptBars[] {
    return [...this.#kept.values()]
  }
}
