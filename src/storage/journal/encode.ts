/** Events to bytes: `record.ts` says how they lie. */
import { Buffer } from 'node:buffer'
import { assert, ImpossibleError } from '../../core/errors.ts'
import { encodePlain } from '../../core/plain.ts'
import type { AccountReport, Event, OrderReport } from '../../domain/event.ts'
import { BAR, DEPTH, SLOT } from '../../domain/market-slot.ts'
import type { MarketSlot } from '../../domain/market-slot.ts'
import type { Fill } from '../../domain/order.ts'
import {
  BIG,
  FIELD,
  FIELDS,
  LIQUIDITIES,
  NUMBER,
  ORDER_KINDS,
  POSITION_SIDES,
  REPORT,
  ROOM,
  SIDES,
  SMALL,
  TAG,
  TEXT_MAX,
  UTF16,
  viewOf,
} from './record.ts'
import { SlotHistory } from './slot-history.ts'

// Constants of this file are folded into the machine code; imported ones are read through a cell each time.
const { kind: KIND, seq: SEQ, time: TIME, exchangeTime: EXCHANGE_TIME, instrument: INSTRUMENT } = SLOT
const { openTime: OPEN_TIME, length: LENGTH, open: OPEN, high: HIGH, low: LOW, close: CLOSE } = BAR
const { volume: VOLUME, quoteVolume: QUOTE_VOLUME, trades: TRADES, takerBuyBase: TAKER_BUY_BASE } = BAR
const { bar16: BAR_16, bar32: BAR_32, fullBar16: FULL_BAR_16, fullBar32: FULL_BAR_32 } = TAG

/** Writes records one after the other into a buffer of its own, from `start` on. */
export class RecordEncoder {
  bytes: Buffer
  /** Behind the last record. */
  end: number
  /** The number that the next event must have. */
  nextSeq: number
  readonly #start: number
  #view: DataView
  readonly #history = new SlotHistory()

  constructor({ start, capacity, nextSeq }: { readonly start: number; readonly capacity: number; readonly nextSeq: number }) {
    this.bytes = Buffer.alloc(start + capacity + ROOM)
    this.#view = viewOf(this.bytes)
    this.#start = start
    this.end = start
    this.nextSeq = nextSeq
    this.#history.begin()
  }

  /** Starts a new block: the records before it are forgotten. */
  begin(): void {
    this.end = this.#start
    this.#history.begin()
  }

  /** Adds an event. When it throws, nothing was added. */
  encode(event: Event): void {
    switch (event.kind) {
      case 'bar':
        this.#expect(event.words[event.at + SEQ])
        this.#bar(event)
        break
      case 'depth':
        // The levels lie in a ring that a cursor does not reach; an update without them would be a lie.
        assert(
          event.words[event.at + DEPTH.bids] + event.words[event.at + DEPTH.asks] === 0,
          'a depth update with levels cannot be journalled',
        )
        this.#expect(event.seq)
        this.#slot(event)
        break
      case 'trade':
      case 'quote':
      case 'mark':
        this.#expect(event.seq)
        this.#slot(event)
        break
      case 'order-accepted':
      case 'order-filled':
      case 'order-canceled':
      case 'order-expired':
      case 'order-rejected':
      case 'order-amended':
        this.#expect(event.seq)
        if (fitsOrder(event)) this.#order(event)
        else this.#plain(event)
        break
      case 'account':
        this.#expect(event.seq)
        if (fitsAccount(event)) this.#account(event)
        else this.#plain(event)
        break
      default:
        this.#expect(event.seq)
        this.#plain(event)
    }
    this.nextSeq += 1
  }

  #expect(seq: number): void {
    if (seq !== this.nextSeq) throw new ImpossibleError(`event ${seq} was given to the journal where ${this.nextSeq} was due`)
  }

  // ---- market facts ------------------------------------------------------------------------------------------------

  #bar(slot: MarketSlot): void {
    const { words, at } = slot
    const instrument = words[at + INSTRUMENT]
    const row = this.#history.row(0, instrument)
    const last = this.#history.words
    const time = words[at + TIME]
    const exchangeTime = words[at + EXCHANGE_TIME]
    const openTime = words[at + OPEN_TIME]
    const length = last[row + LENGTH]
    const steady =
      words[at + LENGTH] === length &&
      openTime === last[row + OPEN_TIME] + length &&
      exchangeTime === openTime + length &&
      time === exchangeTime + (last[row + TIME] - last[row + EXCHANGE_TIME]) &&
      // Zero has two signs, and a sum cannot tell them apart.
      length > 0 &&
      openTime > 0 &&
      time !== 0
    const trades = words[at + TRADES]
    const lean = Object.is(trades, 0) && Object.is(words[at + QUOTE_VOLUME], 0) && Object.is(words[at + TAKER_BUY_BASE], 0)
    if (!steady || !(lean || (trades > 0 && trades >>> 0 === trades))) {
      this.#slot(slot)
      return
    }
    const before = last[row + CLOSE]
    const open = words[at + OPEN]
    const high = words[at + HIGH]
    const low = words[at + LOW]
    const close = words[at + CLOSE]
    const o = (open - before) | 0
    const h = (high - before) | 0
    const l = (low - before) | 0
    const c = (close - before) | 0
    if (
      before + o !== open ||
      before + h !== high ||
      before + l !== low ||
      before + c !== close ||
      open * high * low * close === 0
    ) {
      this.#slot(slot)
      return
    }
    const view = this.#view
    let end = this.end
    // Pairs of fields in one store: this is the line that runs a million times.
    const narrow = (((o + 0x8000) | (h + 0x8000) | (l + 0x8000) | (c + 0x8000)) & ~0xffff) === 0
    if (narrow) {
      view.setInt32(end, (lean ? BAR_16 : FULL_BAR_16) | (instrument << 8), true)
      view.setInt32(end + 3, (o & 0xffff) | (h << 16), true)
      view.setInt32(end + 7, (l & 0xffff) | (c << 16), true)
      end += 11
    } else {
      view.setInt32(end, (lean ? BAR_32 : FULL_BAR_32) | (instrument << 8), true)
      view.setInt32(end + 3, o, true)
      view.setInt32(end + 7, h, true)
      view.setInt32(end + 11, l, true)
      view.setInt32(end + 15, c, true)
      end += 19
    }
    view.setFloat64(end, words[at + VOLUME], true)
    end += 8
    if (!lean) {
      view.setUint32(end, trades, true)
      view.setFloat64(end + 4, words[at + QUOTE_VOLUME], true)
      view.setFloat64(end + 12, words[at + TAKER_BUY_BASE], true)
      end += 20
    }
    last[row + TIME] = time
    last[row + EXCHANGE_TIME] = exchangeTime
    last[row + OPEN_TIME] = openTime
    last[row + CLOSE] = close
    this.end = end
  }

  #slot({ words, at }: MarketSlot): void {
    const kind = words[at + KIND]
    const instrument = words[at + INSTRUMENT]
    const row = this.#history.row(kind, instrument)
    const last = this.#history.words
    const view = this.#view
    const head = this.end
    const fields = FIELDS[kind]
    let end = head + 8
    let codes = 0
    for (let i = 0; i < fields.length; i++) {
      const word = fields[i]
      const value = words[at + word]
      const before = last[row + word]
      if (Object.is(value, before)) continue
      const delta = (value - before) | 0
      if (Object.is(before + delta, value)) {
        codes |= FIELD.delta << (2 * i)
        view.setInt32(end, delta, true)
        end += 4
      } else {
        codes |= FIELD.whole << (2 * i)
        view.setFloat64(end, value, true)
        end += 8
      }
      last[row + word] = value
    }
    view.setUint8(head, TAG.slot)
    view.setUint8(head + 1, kind)
    view.setUint16(head + 2, instrument, true)
    view.setUint32(head + 4, codes, true)
    this.end = end
  }

  // ---- reports -----------------------------------------------------------------------------------------------------

  #order(report: OrderReport): void {
    const { fill } = report
    this.#reserve(
      ROOM +
        2 *
          (report.clientOrderId.length +
            report.reason.length +
            (fill === undefined ? 0 : fill.clientOrderId.length + fill.reason.length)),
    )
    let bits = ORDER_KINDS.indexOf(report.kind)
    if (fill !== undefined) {
      bits |= REPORT.fill
      if (fill.clientOrderId === report.clientOrderId) bits |= REPORT.sameId
      if (Object.is(fill.account, report.account) && Object.is(fill.instrument, report.instrument)) bits |= REPORT.samePlace
      if (Object.is(fill.exchangeTime, report.exchangeTime)) bits |= REPORT.sameTime
      if (fill.reason === report.reason) bits |= REPORT.sameReason
    }
    let end = this.end
    this.bytes[end] = TAG.order
    this.bytes[end + 1] = bits
    end = this.#times(end + 2, report)
    end = this.#number(end, report.account)
    end = this.#number(end, report.instrument)
    end = this.#number(end, report.remaining)
    end = this.#text(end, report.clientOrderId)
    end = this.#text(end, report.reason)
    this.end = fill === undefined ? end : this.#fill(end, fill, bits)
  }

  #fill(at: number, fill: Fill, bits: number): number {
    this.bytes[at] =
      SIDES.indexOf(fill.side) | (POSITION_SIDES.indexOf(fill.positionSide) << 1) | (LIQUIDITIES.indexOf(fill.liquidity) << 3)
    let end = this.#number(at + 1, fill.tradeId)
    end = this.#number(end, fill.price)
    end = this.#number(end, fill.qty)
    end = this.#big(end, fill.fee)
    end = this.#big(end, fill.realised)
    if ((bits & REPORT.sameId) === 0) end = this.#text(end, fill.clientOrderId)
    if ((bits & REPORT.samePlace) === 0) end = this.#number(this.#number(end, fill.account), fill.instrument)
    if ((bits & REPORT.sameTime) === 0) end = this.#number(end, fill.exchangeTime)
    if ((bits & REPORT.sameReason) === 0) end = this.#text(end, fill.reason)
    return end
  }

  #account(report: AccountReport): void {
    this.#reserve(ROOM + 2 * (report.asset.length + report.cause.length))
    let end = this.end
    this.bytes[end] = TAG.account
    end = this.#times(end + 1, report)
    end = this.#number(end, report.account)
    end = this.#number(end, report.instrument)
    end = this.#number(end, report.rate)
    end = this.#big(end, report.amount)
    end = this.#text(end, report.asset)
    end = this.#text(end, report.entry)
    this.end = this.#text(end, report.cause)
  }

  #plain(event: Exclude<Event, MarketSlot>): void {
    const text = Buffer.from(encodePlain({ ...event, seq: 0 }), 'utf8')
    this.#reserve(ROOM + text.length)
    const { end } = this
    this.bytes[end] = TAG.plain
    this.#view.setUint32(end + 1, text.length, true)
    text.copy(this.bytes, end + 5)
    this.end = end + 5 + text.length
  }

  // ---- fields ------------------------------------------------------------------------------------------------------
  // Each writes at `at` and returns where the next one goes.

  #times(at: number, { time, exchangeTime }: { readonly time: number; readonly exchangeTime: number }): number {
    this.#view.setFloat64(at, time, true)
    this.#view.setFloat64(at + 8, exchangeTime, true)
    return at + 16
  }

  #number(at: number, value: number): number {
    const int = value | 0
    if (!Object.is(int, value)) {
      this.bytes[at] = NUMBER.double
      this.#view.setFloat64(at + 1, value, true)
      return at + 9
    }
    if (int >= 0 && int < SMALL) {
      this.bytes[at] = int
      return at + 1
    }
    this.bytes[at] = NUMBER.int32
    this.#view.setInt32(at + 1, int, true)
    return at + 5
  }

  #big(at: number, value: bigint): number {
    if (value === 0n) {
      this.bytes[at] = BIG.zero
      return at + 1
    }
    this.bytes[at] = BIG.int64
    this.#view.setBigInt64(at + 1, value, true)
    return at + 9
  }

  /** Length, then a byte a character, or two when one of them is beyond Latin-1. */
  #text(at: number, value: string): number {
    const { length } = value
    const { bytes } = this
    let wide = 0
    for (let i = 0; i < length; i++) {
      const code = value.charCodeAt(i)
      bytes[at + 2 + i] = code
      wide |= code
    }
    if (wide < 256) {
      this.#view.setUint16(at, length, true)
      return at + 2 + length
    }
    this.#view.setUint16(at, length | UTF16, true)
    bytes.write(value, at + 2, 'utf16le')
    return at + 2 + 2 * length
  }

  /** Makes sure that so many bytes fit after the last record. */
  #reserve(count: number): void {
    if (this.end + count + ROOM <= this.bytes.length) return
    const larger = Buffer.alloc(2 * (this.end + count + ROOM))
    this.bytes.copy(larger)
    this.bytes = larger
    this.#view = viewOf(larger)
  }
}

/** What is too long for its field makes the whole event go as plain data. */
const fitsOrder = ({ clientOrderId, reason, fill }: OrderReport): boolean =>
  clientOrderId.length + reason.length <= TEXT_MAX &&
  (fill === undefined ||
    (fill.clientOrderId.length + fill.reason.length <= TEXT_MAX && fitsInt64(fill.fee) && fitsInt64(fill.realised)))

const fitsAccount = ({ asset, cause, amount }: AccountReport): boolean =>
  asset.length + cause.length <= TEXT_MAX && fitsInt64(amount)

const fitsInt64 = (value: bigint): boolean => BigInt.asIntN(64, value) === value
