/**
 * Splits CSV bytes into lines and fields without making strings: a row is a list of byte offsets.
 *
 * Tolerates CRLF, a byte order mark, quoted fields without escapes and blank lines at the end. Everything else that is
 * not a rectangular table is an `InputError` that names the line; a reader that shall go on after it gives `onTrouble`. Pure.
 */
import { InputError } from '../../core/errors.ts'

const LF = 10
const CR = 13
const COMMA = 44
const QUOTE = 34

/** A longer line is no row of market data but something else (or an attack on our memory). */
export const LINE_BYTES_MAX = 65_536
/** Fields beyond these are counted and not kept. */
export const FIELDS_MAX = 128

/** One row: field `i` is `bytes[starts[i] .. ends[i])`. Valid only during the call. */
export interface CsvRow {
  readonly bytes: Uint8Array
  readonly starts: Int32Array
  readonly ends: Int32Array
  readonly count: number
  /** 1-based line of the file; of formats without lines the 1-based row. */
  readonly line: number
  /** What `line` counts. */
  readonly place: 'line' | 'row'
}

/** Turns the bytes of a file into rows, whatever its format. */
export interface RowScanner {
  feed(chunk: Uint8Array): void
  /** Reads what is left. Returns whether the last line lacked its line end, which a file that was cut off also does. */
  finish(): { readonly unterminated: boolean }
  /** Lines or rows read so far. */
  readonly line: number
}

interface MutableRow {
  bytes: Uint8Array
  starts: Int32Array
  ends: Int32Array
  count: number
  line: number
  readonly place: 'line'
}

export class CsvScanner implements RowScanner {
  readonly #path: string
  readonly #onRow: (row: CsvRow) => void
  readonly #onTrouble: ((error: InputError, line: number) => void) | undefined
  readonly #row: MutableRow = {
    bytes: new Uint8Array(0),
    starts: new Int32Array(FIELDS_MAX),
    ends: new Int32Array(FIELDS_MAX),
    count: 0,
    line: 0,
    place: 'line',
  }
  /** The bytes after the last line end seen so far. */
  #rest: Uint8Array = new Uint8Array(0)
  #line = 0
  #blankLine: number | undefined
  #started = false
  /** Where the line that is being scanned begins. */
  #lineStart = 0
  /** What comes until the next line end belongs to a line that is too long. */
  #overlong = false

  /** With `onTrouble` a line that cannot be read is told there and left out; without, its error is thrown. */
  constructor(path: string, onRow: (row: CsvRow) => void, onTrouble?: (error: InputError, line: number) => void) {
    this.#path = path
    this.#onRow = onRow
    this.#onTrouble = onTrouble
  }

  /** Lines read so far. */
  get line(): number {
    return this.#line
  }

  feed(chunk: Uint8Array): void {
    let bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    if (!this.#started) {
      if (bytes.length < 3) {
        this.#rest = bytes
        return
      }
      bytes = this.#withoutMark(bytes)
    }
    if (this.#overlong) {
      const next = bytes.indexOf(LF)
      if (next < 0) return
      bytes = bytes.subarray(next + 1)
      this.#overlong = false
    }
    const end = bytes.lastIndexOf(LF) + 1
    this.#rest = bytes.subarray(end)
    this.#scanAll(bytes, end)
    if (this.#rest.length > LINE_BYTES_MAX) this.#dropOverlong()
  }

  /** Reads the last line. Returns whether it lacked its line end, which a file that was cut off also does. */
  finish(): { readonly unterminated: boolean } {
    const rest = this.#started ? this.#rest : this.#withoutMark(this.#rest)
    this.#rest = new Uint8Array(0)
    if (rest.length === 0) return { unterminated: false }
    this.#scanAll(Buffer.concat([rest, Uint8Array.of(LF)]), rest.length + 1)
    return { unterminated: true }
  }

  #scanAll(bytes: Uint8Array, end: number): void {
    let position = 0
    for (;;) {
      try {
        this.#scan(bytes, position, end)
        return
      } catch (error) {
        if (this.#onTrouble === undefined || !(error instanceof InputError)) throw error
        this.#onTrouble(error, this.#line)
        const next = bytes.indexOf(LF, this.#lineStart) + 1
        if (next === 0 || next >= end) return
        position = next
      }
    }
  }

  #dropOverlong(): void {
    this.#line += 1
    try {
      this.#tooLong(this.#line)
    } catch (error) {
      if (this.#onTrouble === undefined || !(error instanceof InputError)) throw error
      this.#onTrouble(error, this.#line)
    }
    this.#rest = new Uint8Array(0)
    this.#overlong = true
  }

  #withoutMark(bytes: Uint8Array): Uint8Array {
    this.#started = true
    if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return bytes.subarray(3)
    if ((bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff))
      throw new InputError('csv-not-utf8', `${this.#path} is UTF-16 text, not UTF-8`, {
        where: { file: this.#path, line: 1 },
        next: 'Save it as UTF-8.',
      })
    if (bytes[0] === 0x1f && bytes[1] === 0x8b)
      throw new InputError('csv-is-compressed', `${this.#path} is compressed with gzip although its name does not end in .gz`, {
        where: { file: this.#path, line: 1 },
        next: 'Rename it to end in .csv.gz.',
      })
    return bytes
  }

  /** Reads the complete lines in `bytes[from .. end)`. */
  #scan(bytes: Uint8Array, from: number, end: number): void {
    const row = this.#row
    const { starts, ends } = row
    row.bytes = bytes
    let position = from
    while (position < end) {
      this.#line += 1
      const lineStart = position
      this.#lineStart = position
      let count = 0
      let start = position
      let byte = 0
      do {
        byte = bytes[position]
        if (byte === QUOTE && position === start) {
          position = this.#closingQuote(bytes, position)
          if (count < FIELDS_MAX) {
            starts[count] = start + 1
            ends[count] = position - 1
          }
          if (bytes[position] === CR && bytes[position + 1] === LF) position += 1
          byte = bytes[position]
          if (byte !== COMMA && byte !== LF) this.#badQuote()
        } else {
          while (byte !== COMMA && byte !== LF) {
            position += 1
            byte = bytes[position]
          }
          if (count < FIELDS_MAX) {
            starts[count] = start
            ends[count] = byte === LF && position > start && bytes[position - 1] === CR ? position - 1 : position
          }
        }
        count += 1
        position += 1
        start = position
      } while (byte !== LF)
      if (position - lineStart > LINE_BYTES_MAX) this.#tooLong(this.#line)
      if (count === 1 && ends[0] === starts[0]) {
        this.#blankLine ??= this.#line
        continue
      }
      if (this.#blankLine !== undefined) this.#rowAfterBlank(this.#blankLine)
      row.count = count
      row.line = this.#line
      this.#onRow(row)
    }
  }

  #rowAfterBlank(line: number): void {
    const error = new InputError('csv-blank-line', `line ${line} of ${this.#path} is empty, and rows follow it`, {
      where: { file: this.#path, line },
      next: 'Look what is missing there; a blank line is allowed at the end only.',
    })
    if (this.#onTrouble === undefined) throw error
    this.#blankLine = undefined
    this.#onTrouble(error, line)
  }

  /** The position after the closing quote of the field that opens at `position`. */
  #closingQuote(bytes: Uint8Array, position: number): number {
    let at = position + 1
    while (bytes[at] !== QUOTE) {
      if (bytes[at] === LF || at >= bytes.length) this.#badQuote()
      at += 1
    }
    return at + 1
  }

  #badQuote(): never {
    throw new InputError(
      'csv-bad-quote',
      `line ${this.#line} of ${this.#path} has a quoted field that is not closed before the next comma or line end`,
      {
        where: { file: this.#path, line: this.#line },
        next: 'Correct the line, or write the fields without quotes.',
      },
    )
  }

  #tooLong(line: number): never {
    throw new InputError(
      'csv-line-too-long',
      `line ${line} of ${this.#path} is longer than ${LINE_BYTES_MAX} bytes: this is no CSV of market data`,
      {
        where: { file: this.#path, line },
        next: 'Check that this is the right file and that its name has the right extension.',
      },
    )
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** The text of field `index`; undefined when it is not UTF-8 or has control characters. */
export function fieldText(row: CsvRow, index: number): string | undefined {
  try {
    const text = utf8.decode(row.bytes.subarray(row.starts[index], row.ends[index]))
    return /\p{Cc}/u.test(text) ? undefined : text
  } catch {
    return undefined
  }
}

/** The field as it may stand in a message: whatever the bytes are, short and printable. */
export function shownField(row: CsvRow, index: number): string {
  const text = Buffer.from(row.bytes.subarray(row.starts[index], Math.min(row.ends[index], row.starts[index] + 40))).toString(
    'utf8',
  )
  const printable = text.replace(/[\p{Cc}\ufffd]/gu, '?')
  return row.ends[index] - row.starts[index] > 40 ? `${printable}...` : printable
}
