/**
 * How events lie in a journal's payload: the layout that encoder and decoder share.
 *
 * A record has no length and no `seq`: both follow from the records before it. Kinds of record:
 * - a bar that follows the one before it without a gap: instrument, four price deltas to the last close, volume;
 * - any other market fact: for each word nothing (as before), an int32 delta, or the double itself;
 * - order and account reports, which are many, field by field;
 * - all other events as JSON text of plain data.
 * A compact form is taken only when decoding gives back the very same numbers; otherwise the next wider one.
 */
import type { OrderReportKind } from '../../domain/event.ts'
import { SLOT } from '../../domain/market-slot.ts'
import type { Fill, OrderSide, PositionSide } from '../../domain/order.ts'

/** First byte of a record. 0 is none of them, so that zeros are no events. Numbers are kept for ever. */
export const TAG = {
  /** Deltas in 16 or 32 bits; with or without quote volume, trades and taker volume. */
  bar16: 1,
  bar32: 2,
  fullBar16: 3,
  fullBar32: 4,
  slot: 5,
  order: 6,
  account: 7,
  plain: 8,
} as const

/** Words of a kind that mean something, in the order of `MARKET_KINDS`; the rest of a slot is never read. */
const WORDS_USED = [15, 9, 10, 9, 11] as const
/** The words of a generic record: all but kind, seq and instrument, which stand elsewhere. */
export const FIELDS: readonly Uint8Array[] = WORDS_USED.map((used) =>
  Uint8Array.from(
    Array.from({ length: used }, (_, word) => word).filter((word) => word >= SLOT.time && word !== SLOT.instrument),
  ),
)
/** How a word of a generic record is written: two bits each. */
export const FIELD = { same: 0, delta: 1, whole: 2 } as const

export const ORDER_KINDS: readonly OrderReportKind[] = [
  'order-accepted',
  'order-filled',
  'order-canceled',
  'order-expired',
  'order-rejected',
  'order-amended',
]
export const SIDES: readonly OrderSide[] = ['buy', 'sell']
export const POSITION_SIDES: readonly PositionSide[] = ['both', 'long', 'short']
export const LIQUIDITIES: readonly Fill['liquidity'][] = ['maker', 'taker']

/** Bits of an order report. The fill mostly repeats what the report says: then it is not written. */
export const REPORT = { fill: 8, sameId: 16, samePlace: 32, sameTime: 64, sameReason: 128 } as const

/** Numbers below this are one byte; the codes above say what follows. */
export const SMALL = 240
export const NUMBER = { int32: 240, double: 241 } as const
export const BIG = { zero: 0, int64: 1 } as const
export const TEXT_MAX = 0x7fff
export const UTF16 = 0x8000

/** No market fact and no field of fixed size is longer than this. */
export const ROOM = 256

export const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
