/** Events from bytes: `record.ts` says how they lie. */
import { Buffer } from 'node:buffer'
import { assert, ImpossibleError } from '../../core/errors.ts'
import type { Money, Price, Qty, Rate } from '../../core/exact.ts'
import { decodePlain } from '../../core/plain.ts'
import type { Micros } from '../../core/time.ts'
import type { AccountReport, Event, OrderReport } from '../../domain/event.ts'
import type { LedgerKind } from '../../domain/ledger.ts'
import { BAR, MARKET_KINDS, MarketSlot, SLOT, SLOT_WORDS } from '../../domain/market-slot.ts'
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

/** Reads the records of a payload, one block at a time. Payloads have been checked: what does not fit is a defect of ours. */
export class RecordDecoder {
  #bytes: Buffer = Buffer.alloc(0)
  #view = viewOf(this.#bytes)
  #at = 0
  #end = 0
  readonly #history = new SlotHistory()
  readonly #words = new Float64Array(SLOT_WORDS)
  readonly #slot = new MarketSlot(this.#words)

  begin(bytes: Buffer, start: number, end: number): void {
    if (bytes !== this.#bytes) this.#view = viewOf(bytes)
    this.#bytes = bytes
    this.#at = start
    this.#end = end
    this.#history.begin()
  }

  get atEnd(): boolean {
    return this.#at === this.#end
  }

  /** The next event. A market fact is a cursor that the next call moves. */
  next(seq: number): Event {
    const tag = this.#bytes[this.#at]
    switch (tag) {
      case BAR_16:
      case BAR_32:
      case FULL_BAR_16:
      case FULL_BAR_32:
        return this.#bar(tag, seq)
      case TAG.slot:
        return this.#generic(seq)
      case TAG.order:
        return this.#order(seq)
      case TAG.account:
        return this.#account(seq)
      case TAG.plain:
        return this.#plain(seq)
      default:
        throw new ImpossibleError(`event ${seq} of a journal has the unknown record kind ${tag}`)
    }
  }

  #bar(tag: number, seq: number): MarketSlot {
    const view = this.#view
    const words = this.#words
    let at = this.#at
    const instrument = view.getUint16(at + 1, true)
    const row = this.#history.row(0, instrument)
    const last = this.#history.words
    const length = last[row + LENGTH]
    const lag = last[row + TIME] - last[row + EXCHANGE_TIME]
    const openTime = last[row + OPEN_TIME] + length
    const before = last[row + CLOSE]
    words[KIND] = 0
    words[SEQ] = seq
    words[TIME] = openTime + length + lag
    words[EXCHANGE_TIME] = openTime + length
    words[INSTRUMENT] = instrument
    words[OPEN_TIME] = openTime
    words[LENGTH] = length
    if (tag === BAR_16 || tag === FULL_BAR_16) {
      words[OPEN] = before + view.getInt16(at + 3, true)
      words[HIGH] = before + view.getInt16(at + 5, true)
      words[LOW] = before + view.getInt16(at + 7, true)
      words[CLOSE] = before + view.getInt16(at + 9, true)
      at += 11
    } else {
      words[OPEN] = before + view.getInt32(at + 3, true)
      words[HIGH] = before + view.getInt32(at + 7, true)
      words[LOW] = before + view.getInt32(at + 11, true)
      words[CLOSE] = before + view.getInt32(at + 15, true)
      at += 19
    }
    words[VOLUME] = view.getFloat64(at, true)
    at += 8
    const full = tag === FULL_BAR_16 || tag === FULL_BAR_32
    words[TRADES] = full ? view.getUint32(at, true) : 0
    words[QUOTE_VOLUME] = full ? view.getFloat64(at + 4, true) : 0
    words[TAKER_BUY_BASE] = full ? view.getFloat64(at + 12, true) : 0
    last[row + TIME] = words[TIME]
    last[row + EXCHANGE_TIME] = words[EXCHANGE_TIME]
    last[row + OPEN_TIME] = openTime
    last[row + CLOSE] = words[CLOSE]
    this.#at = full ? at + 20 : at
    return this.#slot.moveTo(words, 0)
  }

  #generic(seq: number): MarketSlot {
    const view = this.#view
    const words = this.#words
    let at = this.#at
    const kind = view.getUint8(at + 1)
    assert(kind < MARKET_KINDS.length, `event ${seq} of a journal is a market fact of the unknown kind ${kind}`)
    const instrument = view.getUint16(at + 2, true)
    const codes = view.getUint32(at + 4, true)
    at += 8
    const row = this.#history.row(kind, instrument)
    const last = this.#history.words
    const fields = FIELDS[kind]
    words.fill(0)
    words[KIND] = kind
    words[SEQ] = seq
    words[INSTRUMENT] = instrument
    for (let i = 0; i < fields.length; i++) {
      const word = fields[i]
      const code = (codes >>> (2 * i)) & 3
      if (code === FIELD.delta) {
        last[row + word] += view.getInt32(at, true)
        at += 4
      } else if (code === FIELD.whole) {
        last[row + word] = view.getFloat64(at, true)
        at += 8
      }
      words[word] = last[row + word]
    }
    this.#at = at
    return this.#slot.moveTo(words, 0)
  }

  #order(seq: number): OrderReport {
    const bits = this.#bytes[this.#at + 1]
    this.#at += 2
    const time = this.#double() as Micros
    const exchangeTime = this.#double() as Micros
    const account = this.#number()
    const instrument = this.#number()
    const remaining = this.#number() as Qty
    const clientOrderId = this.#text()
    const reason = this.#text()
    const report = {
      kind: ORDER_KINDS[bits & 7],
      seq,
      time,
      exchangeTime,
      account,
      instrument,
      clientOrderId,
      fill: undefined,
      remaining,
      reason,
    }
    return (bits & REPORT.fill) === 0 ? report : { ...report, fill: this.#fill(report, bits) }
  }

  #fill(report: Omit<OrderReport, 'fill'>, bits: number): Fill {
    const packed = this.#bytes[this.#at]
    this.#at += 1
    const tradeId = this.#number()
    const price = this.#number() as Price
    const qty = this.#number() as Qty
    const fee = this.#big() as Money
    const realised = this.#big() as Money
    const clientOrderId = (bits & REPORT.sameId) === 0 ? this.#text() : report.clientOrderId
    const samePlace = (bits & REPORT.samePlace) !== 0
    const account = samePlace ? report.account : this.#number()
    const instrument = samePlace ? report.instrument : this.#number()
    const exchangeTime = (bits & REPORT.sameTime) === 0 ? (this.#number() as Micros) : report.exchangeTime
    const reason = (bits & REPORT.sameReason) === 0 ? this.#text() : report.reason
    return {
      tradeId,
      clientOrderId,
      account,
      instrument,
      side: SIDES[packed & 1],
      positionSide: POSITION_SIDES[(packed >> 1) & 3],
      price,
      qty,
      fee,
      liquidity: LIQUIDITIES[(packed >> 3) & 1],
      realised,
      exchangeTime,
      reason,
    }
  }

  #account(seq: number): AccountReport {
    this.#at += 1
    const time = this.#double() as Micros
    const exchangeTime = this.#double() as Micros
    const account = this.#number()
    const instrument = this.#number()
    const rate = this.#number() as Rate
    const amount = this.#big() as Money
    const asset = this.#text()
    const entry = this.#text() as LedgerKind
    const cause = this.#text()
    return { kind: 'account', seq, time, exchangeTime, account, asset, entry, amount, instrument, rate, cause }
  }

  #plain(seq: number): Event {
    const start = this.#at + 5
    const end = start + this.#view.getUint32(this.#at + 1, true)
    this.#at = end
    const event = decodePlain(this.#bytes.toString('utf8', start, end)) as Exclude<Event, MarketSlot>
    event.seq = seq
    return event
  }

  // ---- fields ------------------------------------------------------------------------------------------------------

  #double(): number {
    this.#at += 8
    return this.#view.getFloat64(this.#at - 8, true)
  }

  #number(): number {
    const code = this.#bytes[this.#at]
    this.#at += 1
    if (code < SMALL) return code
    if (code === NUMBER.double) return this.#double()
    this.#at += 4
    return this.#view.getInt32(this.#at - 4, true)
  }

  #big(): bigint {
    const code = this.#bytes[this.#at]
    this.#at += 1
    if (code === BIG.zero) return 0n
    this.#at += 8
    return this.#view.getBigInt64(this.#at - 8, true)
  }

  #text(): string {
    const head = this.#view.getUint16(this.#at, true)
    const start = this.#at + 2
    if ((head & UTF16) === 0) {
      this.#at = start + head
      return this.#bytes.toString('latin1', start, this.#at)
    }
    this.#at = start + 2 * (head & TEXT_MAX)
    return this.#bytes.toString('utf16le', start, this.#at)
  }
}
