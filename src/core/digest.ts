/**
 * A running hash of decisions: numbers, texts and big integers go in, one hex text comes out; equal streams of values
 * give equal texts on every machine, however the run was cut and restored in between.
 *
 * Values are laid into a byte stream. Each block of 4096 bytes of that stream, at fixed positions, is chained into the
 * state: state = sha256(state || block). On a warm path: a number costs a store, not an object.
 *
 * Pure: `node:crypto` is used as a function of its input.
 */
import { Buffer } from 'node:buffer'
import { hash } from 'node:crypto'
import { assert, ImpossibleError } from './errors.ts'
import { canonicalJson } from './plain.ts'

/** All of a digest as plain JSON data. */
export interface DigestState {
  /** The chained state, hex. */
  readonly chain: string
  /** What waits for its block to be full, base64. */
  readonly rest: string
}

const CHAIN = 32
const BLOCK = 4096
const END = CHAIN + BLOCK
/** The most a single store may run over the end of a block: tag and eight bytes. */
const SLACK = 16

// Each value starts with its kind, and texts with their length, so that different calls never give one stream.
const TAG_NUMBER = 1
const TAG_TEXT = 2
const TAG_BIG_64 = 3
const TAG_BIG = 4
const TAG_FLOAT = 5
const TAG_NULL = 6
const TAG_UNDEFINED = 7
const TAG_FALSE = 8
const TAG_TRUE = 9
const TAG_LIST = 10
const TAG_RECORD = 11
const TAG_FLOATS = 12
const TAG_OTHER = 13
/** Data that lie deeper go through their text, which finds circles. */
const DEPTH_MAX = 64
/** The upper half of the one NaN that all count as: machines make different ones. */
const NAN_HIGH = 0x7ff80000

const encoder = new TextEncoder()

export class Digest {
  /** The chained state, then the block being filled, in one piece so that hashing copies nothing. */
  readonly #bytes = new Uint8Array(END + SLACK)
  readonly #view = new DataView(this.#bytes.buffer)
  readonly #full = this.#bytes.subarray(0, END)
  #end = CHAIN

  /** Absorbs a number; -0 counts as 0, NaN is an impossibility. */
  number(value: number): void {
    if (value !== value) throw new ImpossibleError('NaN was given to a digest')
    this.#bytes[this.#end] = TAG_NUMBER
    this.#view.setFloat64(this.#end + 1, value + 0, true) // -0 + 0 is 0
    this.#advance(9)
  }

  text(value: string): void {
    this.#bytes[this.#end] = TAG_TEXT
    this.#advance(1)
    this.#characters(value)
  }

  big(value: bigint): void {
    if (BigInt.asIntN(64, value) === value) {
      this.#bytes[this.#end] = TAG_BIG_64
      this.#view.setBigInt64(this.#end + 1, value, true)
      this.#advance(9)
      return
    }
    this.#bytes[this.#end] = TAG_BIG
    this.#advance(1)
    this.#characters(value.toString(16))
  }

  /**
   * Absorbs plain data: equal data (keys in any order, those of `undefined` left out) count as equal; -0 and 0 are different,
   * all NaN are the same. Columns of floats go in by their bytes, which is what makes this fast.
   * @throws InputError `not-plain` for what is no plain data.
   */
  data(value: unknown, depth = 0): void {
    if (typeof value === 'number') {
      this.#tag(TAG_FLOAT)
      this.#float(value)
    } else if (typeof value === 'string') this.text(value)
    else if (typeof value === 'bigint') this.big(value)
    else if (typeof value === 'boolean') this.#tag(value ? TAG_TRUE : TAG_FALSE)
    else if (value === null) this.#tag(TAG_NULL)
    else if (value === undefined) this.#tag(TAG_UNDEFINED)
    else if (value instanceof Float64Array) {
      this.#count(TAG_FLOATS, value.length)
      for (let i = 0; i < value.length; i++) this.#float(value[i])
    } else if (depth < DEPTH_MAX && Array.isArray(value)) {
      this.#count(TAG_LIST, value.length)
      for (let i = 0; i < value.length; i++) this.data(value[i], depth + 1)
    } else if (depth < DEPTH_MAX && isRecord(value)) this.#record(value, depth)
    else {
      this.#tag(TAG_OTHER)
      this.text(canonicalJson(value))
    }
  }

  #record(record: Readonly<Record<string, unknown>>, depth: number): void {
    const keys = Object.keys(record)
      .filter((key) => record[key] !== undefined)
      .sort()
    this.#count(TAG_RECORD, keys.length)
    for (const key of keys) {
      this.text(key)
      this.data(record[key], depth + 1)
    }
  }

  #tag(tag: number): void {
    this.#bytes[this.#end] = tag
    this.#advance(1)
  }

  #count(tag: number, count: number): void {
    this.#bytes[this.#end] = tag
    this.#view.setUint32(this.#end + 1, count, true)
    this.#advance(5)
  }

  #float(value: number): void {
    if (value === value) this.#view.setFloat64(this.#end, value, true)
    else {
      this.#view.setUint32(this.#end, 0, true)
      this.#view.setUint32(this.#end + 4, NAN_HIGH, true)
    }
    this.#advance(8)
  }

  /** The hash of everything so far; more may follow. */
  hex(): string {
    return hash('sha256', this.#bytes.subarray(0, this.#end), 'hex')
  }

  snapshot(): DigestState {
    return {
      chain: Buffer.from(this.#bytes.subarray(0, CHAIN)).toString('hex'),
      rest: Buffer.from(this.#bytes.subarray(CHAIN, this.#end)).toString('base64'),
    }
  }

  static restore(state: DigestState): Digest {
    const chain = Buffer.from(state.chain, 'hex')
    const rest = Buffer.from(state.rest, 'base64')
    assert(chain.length === CHAIN && rest.length < BLOCK, 'this is no state of a digest')
    const digest = new Digest()
    digest.#bytes.set(chain, 0)
    digest.#bytes.set(rest, CHAIN)
    digest.#end = CHAIN + rest.length
    return digest
  }

  /** Length in UTF-8 bytes, then the bytes. */
  #characters(value: string): void {
    // Most texts are short ASCII (symbols, kinds, ids) and fit the block: these need no encoder.
    const start = this.#end + 4
    if (start + value.length <= END) {
      let i = 0
      while (i < value.length) {
        const code = value.charCodeAt(i)
        if (code > 127) break
        this.#bytes[start + i] = code
        i += 1
      }
      if (i === value.length) {
        this.#view.setUint32(this.#end, value.length, true)
        this.#advance(4 + value.length)
        return
      }
    }
    // A lone surrogate has no UTF-8 form: two different texts would be encoded alike.
    assert(value.isWellFormed(), 'a text given to a digest holds half a surrogate pair')
    const encoded = encoder.encode(value)
    this.#view.setUint32(this.#end, encoded.length, true)
    this.#advance(4)
    for (let from = 0; from < encoded.length;) {
      const part = encoded.subarray(from, from + END - this.#end)
      this.#bytes.set(part, this.#end)
      this.#advance(part.length)
      from += part.length
    }
  }

  #advance(count: number): void {
    this.#end += count
    if (this.#end < END) return
    this.#bytes.set(hash('sha256', this.#full, 'buffer'), 0)
    this.#bytes.copyWithin(CHAIN, END, this.#end)
    this.#end -= BLOCK
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}
