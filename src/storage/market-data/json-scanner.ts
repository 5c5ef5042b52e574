/**
 * Splits JSON into rows of fields, as `csv-scanner.ts` does it with CSV: an array of records, or one record a line (JSONL). A
 * record is an object whose keys are the columns, or an array of values as the exchange's REST answers klines. Numbers keep
 * their text, and only one record is in memory.
 *
 * Everything else than flat records is an `InputError` that names the row or line. Pure.
 */
import { InputError } from '../../core/errors.ts'
import { FIELDS_MAX, LINE_BYTES_MAX } from './csv-scanner.ts'
import type { CsvRow, RowScanner } from './csv-scanner.ts'

const LF = 10
const SPACE = 32
const QUOTE = 34
const COMMA = 44
const COLON = 58
const OPEN_LIST = 91
const BACKSLASH = 92
const CLOSE_LIST = 93
const OPEN_OBJECT = 123
const CLOSE_OBJECT = 125

const isSpace = (byte: number): boolean => byte === SPACE || byte === LF || byte === 13 || byte === 9

interface MutableRow {
  bytes: Uint8Array
  starts: Int32Array
  ends: Int32Array
  count: number
  line: number
  readonly place: 'line' | 'row'
}

/** What the bytes between two records may be. */
type Expecting = 'list' | 'record-or-end' | 'record' | 'comma-or-end' | 'nothing'

export class JsonScanner implements RowScanner {
  readonly #path: string
  readonly #onRow: (row: CsvRow) => void
  readonly #lines: boolean
  readonly #row: MutableRow
  /** Names of the columns in the order of the first record; undefined of records that are arrays. */
  #keys: Uint8Array[] | undefined
  readonly #index = new Map<string, number>()
  #kind: 'objects' | 'arrays' | undefined
  #expecting: Expecting
  #rest: Uint8Array = new Uint8Array(0)
  #started = false
  #line: number

  /** `lines`: one record a line instead of one array. */
  constructor(path: string, lines: boolean, onRow: (row: CsvRow) => void) {
    this.#path = path
    this.#onRow = onRow
    this.#lines = lines
    this.#expecting = lines ? 'record' : 'list'
    this.#line = lines ? 1 : 0
    this.#row = {
      bytes: new Uint8Array(LINE_BYTES_MAX),
      starts: new Int32Array(FIELDS_MAX),
      ends: new Int32Array(FIELDS_MAX),
      count: 0,
      line: 0,
      place: lines ? 'line' : 'row',
    }
  }

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
    const used = this.#scan(bytes)
    this.#rest = bytes.subarray(used)
    if (this.#rest.length > LINE_BYTES_MAX) throw this.#tooLong()
  }

  finish(): { readonly unterminated: boolean } {
    if (!this.#started && this.#rest.length > 0) this.#rest = this.#withoutMark(this.#rest)
    const rest = this.#rest
    this.#rest = rest.subarray(this.#scan(rest))
    const whole = this.#rest.length === 0 && (this.#lines || this.#expecting === 'nothing' || !this.#started)
    if (!whole)
      throw new InputError('json-truncated', `${this.#path} ends in the middle of its JSON, after ${this.#where()}`, {
        where: { file: this.#path, [this.#row.place]: this.#line },
        next: 'Fetch the file again.',
      })
    return { unterminated: false }
  }

  #where(): string {
    return `${this.#row.place} ${this.#line}`
  }

  #withoutMark(bytes: Uint8Array): Uint8Array {
    this.#started = true
    if (bytes[0] === 0x1f && bytes[1] === 0x8b)
      throw new InputError('json-is-compressed', `${this.#path} is compressed with gzip although its name does not end in .gz`, {
        where: { file: this.#path, [this.#row.place]: 1 },
        next: 'Rename it to end in .gz.',
      })
    return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes
  }

  /** Reads whole records; returns how many bytes they and what stands between them take. */
  #scan(bytes: Uint8Array): number {
    let at = 0
    while (at < bytes.length) {
      const byte = bytes[at]
      if (isSpace(byte)) {
        if (byte === LF && this.#lines) this.#endLine()
        at += 1
        continue
      }
      if (this.#expecting === 'record' || (this.#expecting === 'record-or-end' && byte !== CLOSE_LIST)) {
        const end = this.#record(bytes, at)
        if (end < 0) return at
        at = end
        this.#expecting = this.#lines ? 'nothing' : 'comma-or-end'
        continue
      }
      this.#between(byte)
      at += 1
    }
    return at
  }

  #endLine(): void {
    this.#line += 1
    this.#expecting = 'record'
  }

  #between(byte: number): void {
    if (this.#expecting === 'list' && byte === OPEN_LIST) this.#expecting = 'record-or-end'
    else if (this.#expecting === 'comma-or-end' && byte === COMMA) this.#expecting = 'record'
    else if (byte === CLOSE_LIST && this.#expecting !== 'list' && this.#expecting !== 'nothing') this.#expecting = 'nothing'
    else if (this.#expecting === 'list')
      throw new InputError('json-no-list', `${this.#path} does not begin with a list of records`, {
        where: { file: this.#path },
        next: this.#path.includes('.jsonl')
          ? 'Check that this is the right file.'
          : 'A .json file holds one array of records; one record a line is a .jsonl file.',
      })
    else throw this.#bad('something stands between two records that does not belong there')
  }

  /** Reads the record that begins at `start` and gives it away; returns its end, or -1 when it is not all there yet. */
  #record(bytes: Uint8Array, start: number): number {
    const row = this.#row
    const isObject = bytes[start] === OPEN_OBJECT
    if (!isObject && bytes[start] !== OPEN_LIST) {
      if (!this.#lines) this.#line += 1
      throw this.#bad('it is neither an object nor an array')
    }
    const kind = isObject ? 'objects' : 'arrays'
    const keys: Uint8Array[] | undefined = isObject ? (this.#keys ?? []) : undefined
    const first = this.#kind === undefined
    if (this.#keys !== undefined) {
      row.starts.fill(0)
      row.ends.fill(0)
    }
    let used = 0
    let count = 0
    let seen = 0
    let at = skipSpace(bytes, start + 1)
    if (bytes[at] === (isObject ? CLOSE_OBJECT : CLOSE_LIST)) throw this.#bad('it is empty')
    for (;;) {
      let field = count
      if (isObject) {
        if (at >= bytes.length) return -1
        if (bytes[at] !== QUOTE) throw this.#bad('a key is missing')
        const keyEnd = stringEnd(bytes, at)
        if (keyEnd < 0) return -1
        const key = this.#text(bytes, at, keyEnd)
        field = first ? this.#newKey(keys ?? [], key) : this.#fieldOf(key, count)
        at = skipSpace(bytes, keyEnd)
        if (at >= bytes.length) return this.#undone(first)
        if (bytes[at] !== COLON) throw this.#bad('a key has no value')
        at = skipSpace(bytes, at + 1)
      }
      const end = this.#valueEnd(bytes, at)
      if (end < 0) return this.#undone(first)
      const value = this.#valueOf(bytes, at, end)
      if (used + value.length > LINE_BYTES_MAX) throw this.#tooLong()
      if (field < FIELDS_MAX) {
        row.bytes.set(value, used)
        row.starts[field] = used
        used += value.length
        row.ends[field] = used
      }
      count += 1
      seen = Math.max(seen, field + 1)
      at = skipSpace(bytes, end)
      if (at >= bytes.length) return this.#undone(first)
      if (bytes[at] === (isObject ? CLOSE_OBJECT : CLOSE_LIST)) break
      if (bytes[at] !== COMMA) throw this.#bad('a comma is missing')
      at = skipSpace(bytes, at + 1)
    }
    if (this.#kind !== undefined && this.#kind !== kind)
      throw this.#bad(`it is no ${isObject ? 'array' : 'object'} as the ones before`)
    if (!this.#lines) this.#line += 1
    if (first && isObject) this.#giveHeader(keys ?? [])
    this.#kind = kind
    row.count = isObject ? (this.#keys?.length ?? 0) : seen
    row.line = this.#line
    this.#onRow(row)
    return at + 1
  }

  /** The record goes on in the next chunk and will be read from its beginning. */
  #undone(first: boolean): -1 {
    if (first) this.#index.clear()
    return -1
  }

  #newKey(keys: Uint8Array[], key: Uint8Array): number {
    const name = Buffer.from(key).toString('utf8')
    if (this.#index.has(name)) throw this.#bad(`it has the key ${name} twice`)
    const field = this.#index.size
    this.#index.set(name, field)
    keys[field] = Uint8Array.from(key)
    return field
  }

  /** Records mostly have their keys in one order: the next one is looked at first. */
  #fieldOf(key: Uint8Array, expected: number): number {
    const keys = this.#keys ?? []
    if (expected < keys.length && equal(keys[expected], key)) return expected
    const name = Buffer.from(key).toString('utf8')
    const field = this.#index.get(name)
    if (field === undefined) throw this.#bad(`it has the key ${name.slice(0, 60)}, which the first record lacks`)
    return field
  }

  #giveHeader(keys: readonly Uint8Array[]): void {
    this.#keys = [...keys]
    const starts = new Int32Array(FIELDS_MAX)
    const ends = new Int32Array(FIELDS_MAX)
    const bytes = Buffer.concat(keys)
    let at = 0
    for (const [field, key] of keys.slice(0, FIELDS_MAX).entries()) {
      starts[field] = at
      at += key.length
      ends[field] = at
    }
    this.#onRow({ bytes, starts, ends, count: keys.length, line: this.#line, place: this.#row.place })
  }

  /** The end of the value that begins at `at`; -1 when it is not all there. */
  #valueEnd(bytes: Uint8Array, at: number): number {
    if (at >= bytes.length) return -1
    const byte = bytes[at]
    if (byte === QUOTE) return stringEnd(bytes, at)
    if (byte === OPEN_LIST || byte === OPEN_OBJECT)
      throw this.#bad('it holds a list or an object in a field; records must be flat')
    let end = at
    while (
      end < bytes.length &&
      !isSpace(bytes[end]) &&
      bytes[end] !== COMMA &&
      bytes[end] !== CLOSE_LIST &&
      bytes[end] !== CLOSE_OBJECT
    )
      end += 1
    if (end === at) throw this.#bad('a value is missing')
    return end === bytes.length ? -1 : end
  }

  /** Bytes of the value: of a text without its quotes, of null none. */
  #valueOf(bytes: Uint8Array, at: number, end: number): Uint8Array {
    if (bytes[at] === QUOTE) return this.#text(bytes, at, end)
    const value = bytes.subarray(at, end)
    if (isNumberStart(bytes[at])) return value
    const word = Buffer.from(value.subarray(0, 40)).toString('latin1')
    if (word === 'null') return value.subarray(0, 0)
    if (word === 'true' || word === 'false') return value
    throw this.#bad(`'${word.replaceAll(/[^\x20-\x7e]/g, '?')}' is no value of JSON`)
  }

  #text(bytes: Uint8Array, at: number, end: number): Uint8Array {
    const inner = bytes.subarray(at + 1, end - 1)
    if (!inner.includes(BACKSLASH)) return inner
    try {
      return Buffer.from(JSON.parse(Buffer.from(bytes.subarray(at, end)).toString('utf8')) as string)
    } catch {
      throw this.#bad('a text has a wrong escape')
    }
  }

  #bad(why: string): InputError {
    return new InputError('json-unreadable', `${this.#where()} of ${this.#path} is no record of JSON: ${why}`, {
      where: { file: this.#path, [this.#row.place]: this.#line },
      next: 'Correct it or fetch the file again.',
    })
  }

  #tooLong(): InputError {
    return new InputError(
      'json-record-too-long',
      `the record after ${this.#where()} of ${this.#path} is longer than ${LINE_BYTES_MAX} bytes: this is no row of market data`,
      {
        where: { file: this.#path, [this.#row.place]: this.#line },
        next: 'Check that this is the right file.',
      },
    )
  }
}

const isNumberStart = (byte: number): boolean => (byte >= 48 && byte <= 57) || byte === 45

function skipSpace(bytes: Uint8Array, from: number): number {
  let at = from
  while (at < bytes.length && isSpace(bytes[at])) at += 1
  return at
}

/** After the closing quote of the text that opens at `at`; -1 when it is not there yet. */
function stringEnd(bytes: Uint8Array, at: number): number {
  for (let end = at + 1; end < bytes.length; end += 1) {
    if (bytes[end] === BACKSLASH) end += 1
    else if (bytes[end] === QUOTE) return end + 1
  }
  return -1
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false
  for (let at = 0; at < a.length; at += 1) if (a[at] !== b[at]) return false
  return true
}
