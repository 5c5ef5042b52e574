/**
 * Rows of numbers into a file of one of three formats: CSV packed with gzip, lines of JSON, Parquet. The file has its name only
 * when it is whole.
 *
 * Writes that file.
 */
import { stat } from 'node:fs/promises'
import { POW10 } from '../../core/exact.ts'
import { writeParquet } from '../../storage/parquet/write-parquet.ts'
import { TextFile } from './text-file.ts'

export const FORMATS = ['csv.gz', 'parquet', 'jsonl'] as const
export type Format = (typeof FORMATS)[number]

export interface Field {
  readonly name: string
  /** A value is an integer that counts units of 10^-decimals; 'flag': 1 is true, 0 false. */
  readonly decimals: number | 'flag'
}

export interface RowFile {
  readonly path: string
  rows: number
  /** Whether it is time to `flush`. */
  readonly full: boolean
  /** One value a field; the array may be used again. */
  add(values: ArrayLike<number>): void
  flush(): Promise<void>
  /** Ends the file and gives it its name. Returns its size in bytes. */
  finish(): Promise<number>
  /** Leaves nothing behind. */
  discard(): Promise<void>
}

/** `stem` is the path without the extension. */
export function openRowFile(stem: string, format: Format, fields: readonly Field[]): RowFile {
  const path = `${stem}.${format}`
  if (format === 'parquet') return new ParquetRows(path, fields)
  return format === 'jsonl' ? new JsonRows(path, fields) : new CsvRows(path, fields)
}

/** `fixedText(1205, 2)` is `12.05`: all decimals, as the exchange writes them. */
export function fixedText(units: number, decimals: number): string {
  if (decimals === 0) return String(units)
  const digits = String(Math.abs(units)).padStart(decimals + 1, '0')
  const at = digits.length - decimals
  return `${units < 0 ? '-' : ''}${digits.slice(0, at)}.${digits.slice(at)}`
}

const valueText = (value: number, { decimals }: Field): string =>
  decimals === 'flag' ? (value === 1 ? 'true' : 'false') : fixedText(value, decimals)

abstract class TextRows implements RowFile {
  rows = 0
  protected readonly file: TextFile
  protected readonly fields: readonly Field[]

  constructor(path: string, gzip: boolean, fields: readonly Field[]) {
    this.file = new TextFile(path, gzip)
    this.fields = fields
  }

  get path(): string {
    return this.file.path
  }
  get full(): boolean {
    return this.file.full
  }

  abstract lineOf(values: ArrayLike<number>): string

  add(values: ArrayLike<number>): void {
    this.rows += 1
    this.file.write(this.lineOf(values))
  }
  flush(): Promise<void> {
    return this.file.flush()
  }
  finish(): Promise<number> {
    return this.file.finish()
  }
  discard(): Promise<void> {
    return this.file.discard()
  }
}

class CsvRows extends TextRows {
  constructor(path: string, fields: readonly Field[]) {
    super(path, true, fields)
    this.file.write(`${fields.map(({ name }) => name).join(',')}\n`)
  }

  lineOf(values: ArrayLike<number>): string {
    let line = valueText(values[0], this.fields[0])
    for (let i = 1; i < this.fields.length; i++) line += `,${valueText(values[i], this.fields[i])}`
    return `${line}\n`
  }
}

class JsonRows extends TextRows {
  constructor(path: string, fields: readonly Field[]) {
    super(path, false, fields)
  }

  lineOf(values: ArrayLike<number>): string {
    return `{${this.fields.map((field, i) => `"${field.name}":${valueText(values[i], field)}`).join(',')}}\n`
  }
}

/** Rows of one piece. */
const PIECE = 8_192

class ParquetRows implements RowFile {
  readonly path: string
  rows = 0
  readonly #fields: readonly Field[]
  readonly #columns: readonly Float64Array[]
  readonly #written: Promise<void>
  #count = 0
  /** What the writer waits for: a piece is there, none will come, or all was for nothing. */
  #wake: (next: 'piece' | 'end' | 'discard') => void = () => undefined
  #taken: () => void = () => undefined
  #waiting: Promise<'piece' | 'end' | 'discard'>

  constructor(path: string, fields: readonly Field[]) {
    this.path = path
    this.#fields = fields
    this.#columns = fields.map(() => new Float64Array(PIECE))
    this.#waiting = this.#nextPiece()
    const types = fields.map(({ name, decimals }) => ({
      name,
      type: decimals === 'flag' ? ('boolean' as const) : decimals === 0 ? ('integer' as const) : ('double' as const),
    }))
    this.#written = writeParquet(path, types, async (append) => {
      for (;;) {
        const next = await this.#waiting
        if (next === 'discard') throw new Discarded()
        this.#waiting = this.#nextPiece()
        if (this.#count > 0) append(this.#columns, this.#count)
        this.#count = 0
        this.#taken()
        if (next === 'end') return
      }
    })
    this.#written.catch(() => undefined)
  }

  #nextPiece(): Promise<'piece' | 'end' | 'discard'> {
    const { promise, resolve } = Promise.withResolvers<'piece' | 'end' | 'discard'>()
    this.#wake = resolve
    return promise
  }

  get full(): boolean {
    return this.#count === PIECE
  }

  add(values: ArrayLike<number>): void {
    for (const [i, { decimals }] of this.#fields.entries())
      this.#columns[i][this.#count] = decimals === 'flag' || decimals === 0 ? values[i] : values[i] / POW10[decimals]
    this.#count += 1
    this.rows += 1
  }

  async flush(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#taken = resolve
    this.#wake('piece')
    await Promise.race([promise, this.#written])
  }

  async finish(): Promise<number> {
    this.#wake('end')
    await this.#written
    return (await stat(this.path)).size
  }

  async discard(): Promise<void> {
    this.#wake('discard')
    await this.#written.catch(() => undefined)
  }
}

class Discarded extends Error {}
