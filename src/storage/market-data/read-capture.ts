/**
 * Reads raw captures of the exchange's WebSocket streams: a line is the local receive time in nanoseconds, one space, and the
 * JSON as it came, in the envelope of combined streams or without it; a depth snapshot of its REST has no envelope.
 *
 * Streams: one line is in memory. A line that is damaged is an `InputError` that names it; messages of other kinds are counted
 * and left out. Reads files through `file-bytes.ts`.
 */
import { InputError } from '../../core/errors.ts'
import { readBytes } from './file-bytes.ts'
import type { DepthLevel, MarketRecord } from './market-record.ts'

/** A depth snapshot of 5,000 levels a side takes some 300 kB. */
const LINE_BYTES_MAX = 8 * 2 ** 20
const LF = 10

export interface CaptureRead {
  readonly sha256: string
  readonly lines: number
  /** Messages of kinds that are not understood, by kind. */
  readonly others: ReadonlyMap<string, number>
}

/** Gives the messages to `onRecord` in the order of the file. Throws `InputError` on any damage. */
export async function readCapture(path: string, onRecord: (record: MarketRecord) => void): Promise<CaptureRead> {
  const reader = new CaptureReader(path, onRecord)
  const sha256 = await readBytes(path, (chunk) => reader.feed(chunk))
  reader.finish()
  return { sha256, lines: reader.line, others: reader.others }
}

class CaptureReader {
  readonly others = new Map<string, number>()
  line = 0
  readonly #path: string
  readonly #onRecord: (record: MarketRecord) => void
  #rest: Uint8Array = new Uint8Array(0)

  constructor(path: string, onRecord: (record: MarketRecord) => void) {
    this.#path = path
    this.#onRecord = onRecord
  }

  feed(chunk: Uint8Array): void {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    let start = 0
    for (let end = bytes.indexOf(LF, start); end >= 0; end = bytes.indexOf(LF, start)) {
      this.#read(bytes.subarray(start, end))
      start = end + 1
    }
    this.#rest = bytes.subarray(start)
    if (this.#rest.length > LINE_BYTES_MAX) this.#bad('it is longer than any message of the exchange')
  }

  finish(): void {
    if (this.#rest.length > 0) this.#read(this.#rest)
    if (this.line === 0)
      throw new InputError('file-empty', `${this.#path} is empty`, { where: { file: this.#path }, next: 'Fetch the file again.' })
  }

  #read(bytes: Uint8Array): void {
    this.line += 1
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8')
    const space = text.indexOf(' ')
    const nanos = text.slice(0, Math.max(space, 0))
    if (!/^\d{19}$/.test(nanos)) this.#bad('it does not begin with the receive time in nanoseconds and a space')
    const received = Number(nanos.slice(0, 16))
    let message: unknown
    try {
      message = JSON.parse(text.slice(space + 1))
    } catch {
      this.#bad('what follows the receive time is no intact JSON')
    }
    this.#onMessage(received, message)
  }

  #onMessage(received: number, message: unknown): void {
    const whole = this.#object(message, 'the message')
    const data = 'data' in whole && 'stream' in whole ? this.#object(whole['data'], 'data') : whole
    if (data['e'] === 'depthUpdate') this.#onRecord(this.#diff(received, data))
    else if (data['e'] === 'trade') this.#onRecord(this.#trade(received, data))
    else if (data['e'] === 'aggTrade') this.#onRecord(this.#aggregate(received, data))
    else if (data['e'] === 'bookTicker' || (data['e'] === undefined && 'B' in data && 'A' in data))
      this.#onRecord(this.#quote(received, data))
    else if ('lastUpdateId' in data && 'bids' in data) this.#onRecord(this.#snapshot(received, data))
    else {
      const kind = typeof data['e'] === 'string' ? data['e'] : 'unknown'
      this.others.set(kind, (this.others.get(kind) ?? 0) + 1)
    }
  }

  #diff(received: number, data: Message): MarketRecord {
    return {
      kind: 'diff',
      received,
      time: this.#moment(data, 'T', 'E'),
      symbol: this.#text(data, 's'),
      firstId: this.#id(data, 'U'),
      finalId: this.#id(data, 'u'),
      previousId: data['pu'] === undefined ? undefined : this.#id(data, 'pu'),
      bids: this.#levels(data, 'b'),
      asks: this.#levels(data, 'a'),
    }
  }

  #snapshot(received: number, data: Message): MarketRecord {
    return {
      kind: 'snapshot',
      received,
      time: data['T'] === undefined && data['E'] === undefined ? undefined : this.#moment(data, 'T', 'E'),
      symbol: undefined,
      finalId: this.#id(data, 'lastUpdateId'),
      bids: this.#levels(data, 'bids'),
      asks: this.#levels(data, 'asks'),
    }
  }

  #quote(received: number, data: Message): MarketRecord {
    return {
      kind: 'quote',
      received,
      time: data['T'] === undefined && data['E'] === undefined ? undefined : this.#moment(data, 'T', 'E'),
      symbol: this.#text(data, 's'),
      finalId: this.#id(data, 'u'),
      bid: this.#text(data, 'b'),
      bidQty: this.#text(data, 'B'),
      ask: this.#text(data, 'a'),
      askQty: this.#text(data, 'A'),
    }
  }

  #trade(received: number, data: Message): MarketRecord {
    return { kind: 'trade', id: this.#id(data, 't'), firstId: undefined, lastId: undefined, ...this.#traded(received, data) }
  }

  #aggregate(received: number, data: Message): MarketRecord {
    const [firstId, lastId] = [this.#id(data, 'f'), this.#id(data, 'l')]
    return { kind: 'aggTrade', id: this.#id(data, 'a'), firstId, lastId, ...this.#traded(received, data) }
  }

  #traded(received: number, data: Message) {
    if (typeof data['m'] !== 'boolean') this.#bad('m is neither true nor false')
    return {
      received,
      time: this.#moment(data, 'T', 'E'),
      symbol: this.#text(data, 's'),
      price: this.#text(data, 'p'),
      qty: this.#text(data, 'q'),
      buyerIsMaker: data['m'],
    }
  }

  /** Milliseconds of the first of the two that is there, in micros. */
  #moment(data: Message, key: string, other: string): number {
    return this.#id(data, data[key] === undefined ? other : key) * 1_000
  }

  #id(data: Message, key: string): number {
    const value = data[key]
    if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) this.#bad(`${key} is no whole number`)
    return value
  }

  #text(data: Message, key: string): string {
    const value = data[key]
    if (typeof value !== 'string') this.#bad(`${key} is no text`)
    return value
  }

  #levels(data: Message, key: string): readonly DepthLevel[] {
    const levels = data[key]
    const fits = (level: unknown): boolean =>
      Array.isArray(level) && level.length >= 2 && typeof level[0] === 'string' && typeof level[1] === 'string'
    if (!Array.isArray(levels) || !levels.every(fits)) this.#bad(`${key} is no list of prices and quantities`)
    return levels as readonly DepthLevel[]
  }

  #object(value: unknown, what: string): Message {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) this.#bad(`${what} is no object`)
    return value as Message
  }

  #bad(why: string): never {
    throw new InputError('capture-damaged', `line ${this.line} of ${this.#path} is no captured message: ${why}`, {
      where: { file: this.#path, line: this.line },
      next: 'Remove the line, or fetch the file again.',
    })
  }
}

type Message = Readonly<Record<string, unknown>>
