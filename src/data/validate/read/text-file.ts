/**
 * Text files to rows: CSV line by line, JSON lines, and JSON documents of rows.
 *
 * Reads files through `bytes.ts`.
 */
import { describe, InputError } from '../../../core/errors.ts'
import { CsvScanner } from '../../../storage/market-data/csv-scanner.ts'
import type { CsvRow } from '../../../storage/market-data/csv-scanner.ts'
import { checksum, damagedLine, encoding, noData, unreadable } from '../checks/text-rules.ts'
import { readAll } from './bytes.ts'
import type { Bytes } from './bytes.ts'
import { Capture, looksLikeCapture } from './capture.ts'
import { RowDecoder } from './row-decoder.ts'
import type { SeriesSummary, SetOptions } from './series-set.ts'

export interface ReadResult {
  /** What the columns say; undefined when the file is no market data. */
  readonly kind: string | undefined
  readonly sha256: string | undefined
  readonly series: readonly SeriesSummary[]
}

export interface ReadOptions extends SetOptions {
  /** Hears of bytes read from disk. */
  readonly onRead?: (bytes: number) => void
}

export async function readCsv(options: ReadOptions): Promise<ReadResult> {
  const { file, findings } = options
  const decoder = new RowDecoder(options)
  const scanner = new CsvScanner(
    file.path,
    (row) => decoder.row(row),
    (error, line) => {
      if (error.code === 'csv-blank-line') decoder.blank(line)
      else decoder.damaged(error.message.replace(/^line \d+ of .*? (has|is) /, 'the line $1 '), line)
    },
  )
  let first = true
  let fatal: string | undefined
  const bytes = await readAll(
    file.path,
    (chunk) => {
      if (fatal !== undefined) return
      if (first && hasMark(chunk)) findings.add(encoding, 'begins with a byte order mark', { line: 1 })
      first = false
      fatal = attempt(() => scanner.feed(chunk))
    },
    options.onRead,
  )
  reportBytes(bytes, options, scanner.line)
  let cutAt: number | undefined
  fatal ??= attempt(() => {
    decoder.lastIsCut()
    cutAt = scanner.finish().unterminated ? scanner.line : undefined
  })
  if (fatal !== undefined) findings.add(unreadable, fatal)
  const series = decoder.finish(bytes.troubles.some(({ kind }) => kind === 'unreadable') ? undefined : cutAt)
  if (!decoder.known) judgeUnknown(options, scanner.line)
  return { kind: decoder.set?.layout.kind, sha256: bytes.sha256, series }
}

const hasMark = (chunk: Uint8Array): boolean => chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf

/** The message of an error of the input; anything else is thrown. */
function attempt(work: () => void): string | undefined {
  try {
    work()
    return undefined
  } catch (error) {
    if (error instanceof InputError) return describe(error)
    throw error
  }
}

function reportBytes({ troubles }: Bytes, { findings }: SetOptions, line: number): void {
  for (const { kind, message } of troubles) {
    const after = kind === 'unreadable' && line > 0 ? `; read up to line ${line}` : ''
    findings.add(
      kind === 'checksum' ? checksum : unreadable,
      `${message}${after}`,
      kind === 'unreadable' && line > 0 ? { line } : {},
    )
  }
}

/** Neither a header nor rows that are known: damage when the name promises market data. */
function judgeUnknown({ file, findings }: SetOptions, lines: number): void {
  if (lines === 0) findings.add(noData, findings.rowsOf(unreadable) > 0 ? 'nothing could be read' : 'the file is empty')
  else if (file.hint !== undefined || file.interval !== undefined)
    findings.add(noData, 'the columns are those of no market data that is known', { line: 1 })
}

// ---- JSON ----------------------------------------------------------------------------------------------------------------

/** Longer documents do not fit into memory beside everything else. */
const DOCUMENT_BYTES_MAX = 2 ** 26

export async function readJsonDocument(options: ReadOptions): Promise<ReadResult> {
  const { file, findings } = options
  const chunks: Uint8Array[] = []
  let size = 0
  const bytes = await readAll(
    file.path,
    (chunk) => {
      size += chunk.length
      if (size <= DOCUMENT_BYTES_MAX) chunks.push(Uint8Array.from(chunk))
    },
    options.onRead,
  )
  reportBytes(bytes, options, 0)
  if (size > DOCUMENT_BYTES_MAX) {
    findings.add(noData, `a document of ${size} bytes is too large to be judged; write it as lines (.jsonl) or CSV`)
    return { kind: undefined, sha256: bytes.sha256, series: [] }
  }
  let document: unknown
  try {
    document = JSON.parse(Buffer.concat(chunks).toString('utf8'))
  } catch (error) {
    findings.add(unreadable, `this is no JSON: ${error instanceof Error ? error.message : String(error)}`)
    findings.add(noData, 'nothing could be judged')
    return { kind: undefined, sha256: bytes.sha256, series: [] }
  }
  const rows = new JsonRows(options)
  if (Array.isArray(document)) document.forEach((row: unknown, i) => rows.row(row, i + 1))
  return { ...rows.finish(undefined), sha256: bytes.sha256 }
}

/** Lines of JSON: rows of market data, or a capture of a stream. */
export async function readJsonLines(options: ReadOptions): Promise<ReadResult> {
  const { file, findings } = options
  const rows = new JsonRows(options)
  const capture = new Capture(options)
  let kind: 'rows' | 'capture' | undefined
  const lines = new Lines((text, line) => {
    if (text.trim() === '') return
    kind ??= looksLikeCapture(text) ? 'capture' : 'rows'
    if (kind === 'capture') capture.line(text, line)
    else rows.text(text, line)
  })
  const bytes = await readAll(file.path, (chunk) => lines.feed(chunk), options.onRead)
  reportBytes(bytes, options, lines.line)
  const broken = bytes.troubles.some(({ kind: what }) => what === 'unreadable')
  const unterminated = lines.finish()
  const cutAt = unterminated && !broken ? lines.line : undefined
  const result = kind === 'capture' ? capture.finish(cutAt) : rows.finish(cutAt)
  if (lines.line === 0) findings.add(noData, broken ? 'nothing could be read' : 'the file is empty')
  return { ...result, sha256: bytes.sha256 }
}

const LF = 10

class Lines {
  line = 0
  readonly #onLine: (text: string, line: number) => void
  #rest: Uint8Array = new Uint8Array(0)

  constructor(onLine: (text: string, line: number) => void) {
    this.#onLine = onLine
  }

  feed(chunk: Uint8Array): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    let start = 0
    for (let end = bytes.indexOf(LF); end >= 0; end = bytes.indexOf(LF, start)) {
      this.#emit(bytes.subarray(start, end))
      start = end + 1
    }
    this.#rest = Uint8Array.from(bytes.subarray(start))
  }

  /** Returns whether the last line had no end. */
  finish(): boolean {
    if (this.#rest.length === 0) return false
    this.#emit(this.#rest)
    return true
  }

  #emit(bytes: Uint8Array): void {
    this.line += 1
    this.#onLine(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8'), this.line)
  }
}

/** Arrays and flat objects as rows of the same decoder that reads CSV. */
class JsonRows {
  readonly #decoder: RowDecoder
  readonly #options: SetOptions
  #keys: readonly string[] | undefined
  #other = 0
  #judged = 0

  constructor(options: SetOptions) {
    this.#options = options
    this.#decoder = new RowDecoder(options)
  }

  text(text: string, line: number): void {
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch (error) {
      if (this.#judged === 0) this.#other += 1
      else {
        this.#options.findings.add(damagedLine, `no JSON: ${error instanceof Error ? error.message.slice(0, 100) : ''}`, {
          line,
          value: text.slice(0, 80),
        })
        this.#decoder.damaged.bind(this.#decoder)
        this.#decoder.set?.lose()
      }
      return
    }
    this.row(value, line)
  }

  row(value: unknown, line: number): void {
    if (typeof value !== 'object' || value === null) {
      this.#other += 1
      return
    }
    const cells: readonly unknown[] = Array.isArray(value) ? value : this.#cellsOf(value as Record<string, unknown>, line)
    if (cells.some((cell) => typeof cell === 'object' && cell !== null)) {
      this.#other += 1
      return
    }
    this.#judged += 1
    this.#decoder.row(rowOf(cells, line))
  }

  finish(cutAt: number | undefined): Omit<ReadResult, 'sha256'> {
    const series = this.#decoder.finish(cutAt)
    const isData = this.#decoder.known && this.#other < this.#judged
    if (!isData && (this.#options.file.hint !== undefined || this.#options.file.interval !== undefined))
      this.#options.findings.add(noData, 'this JSON holds no rows of market data that is known')
    return { kind: isData ? this.#decoder.set?.layout.kind : undefined, series }
  }

  #cellsOf(value: Record<string, unknown>, line: number): readonly unknown[] {
    if (this.#keys === undefined) {
      this.#keys = Object.keys(value)
      this.#decoder.row(rowOf(this.#keys.map(snakeCase), line))
    }
    return this.#keys.map((key) => value[key])
  }
}

/** `openTime` as `open_time`: one spelling for all. */
const snakeCase = (key: string): string =>
  /^[a-z]+([A-Z][a-z]*)+$/.test(key) ? key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`) : key

function rowOf(cells: readonly unknown[], line: number): CsvRow {
  const texts = cells.map((cell) => (cell === null || cell === undefined ? '' : String(cell as string | number | boolean)))
  const parts = texts.map((text) => Buffer.from(text, 'utf8'))
  const starts = new Int32Array(parts.length)
  const ends = new Int32Array(parts.length)
  let at = 0
  for (const [i, part] of parts.entries()) {
    starts[i] = at
    at += part.length
    ends[i] = at
  }
  return { bytes: Buffer.concat([...parts, Buffer.from('\n')]), starts, ends, count: parts.length, line, place: 'row' }
}
