/**
 * Client order ids: a function of (run, strategy, number), so that a replayed run names its orders alike, and readable
 * back, so that an order found at the venue says whose it is.
 *
 * Shape: prefix, run (8 characters), `:`, strategy (at most 17), `:`, number in base 36 (at most 7); 36 characters, which
 * is what Binance allows (`^[\.A-Z\:/a-z0-9_-]{1,36}$`).
 *
 * Pure.
 */
import { hash } from 'node:crypto'
import { assert } from './errors.ts'

/** Ordinary orders of the kernel. */
export const ORDER_PREFIX = 'at'
/** Orders of the reduce-only door (emergency stop, watchdog): the kernel adopts them when it reconciles. */
export const REDUCE_ONLY_PREFIX = 'rx'

export type OrderOrigin = 'kernel' | 'reduce-only'

export interface ClientOrderId {
  readonly origin: OrderOrigin
  readonly runId: string
  /** The strategy's name, or its tag when the name is long or unusual; see `strategyTag`. */
  readonly strategy: string
  readonly seq: number
}

const PREFIXES: Readonly<Record<OrderOrigin, string>> = { kernel: ORDER_PREFIX, 'reduce-only': REDUCE_ONLY_PREFIX }
const RUN_LENGTH = 8
const TAG_LENGTH_MAX = 17
const SEQ_DIGITS_MAX = 7
/** The largest number an id can carry: 78 thousand million orders of one strategy in one run. */
export const ORDER_SEQ_MAX = Number.parseInt('z'.repeat(SEQ_DIGITS_MAX), 36)

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567'
const RUN = /^[a-z2-7]{8}$/
const TAG = /^(?:[A-Za-z0-9_-]{1,17}|[A-Za-z0-9_-]{0,6}\/[a-z2-7]{10})$/
const ID = /^(at|rx)([a-z2-7]{8}):([A-Za-z0-9_/-]{1,17}):(0|[1-9a-z][0-9a-z]{0,6})$/

/** Eight base32 characters that stand for a text: a run's manifest gives the run's id. */
export const runIdOf = (text: string): string => base32(text, RUN_LENGTH)

/**
 * How a strategy is written in ids: its name when that has at most 17 letters, digits, `_` or `-`; else its beginning
 * and a hash. A tag is its own tag.
 */
export function strategyTag(name: string): string {
  if (TAG.test(name)) return name
  return `${name.replace(/[^A-Za-z0-9_-]/g, '').slice(0, 6)}/${base32(name, TAG_LENGTH_MAX - 7)}`
}

export function clientOrderId({ origin, runId, strategy, seq }: ClientOrderId): string {
  assert(RUN.test(runId), `'${runId}' is no run id`)
  assert(
    Number.isSafeInteger(seq) && seq >= 0 && seq <= ORDER_SEQ_MAX,
    `an order's number is between 0 and ${ORDER_SEQ_MAX}, not ${seq}`,
  )
  return `${PREFIXES[origin]}${runId}:${strategyTag(strategy)}:${seq.toString(36)}`
}

/** Takes an id of ours apart; `undefined` when it is not one of ours. */
export function parseClientOrderId(id: string): ClientOrderId | undefined {
  const match = ID.exec(id)
  if (match === null) return undefined
  const [, prefix, runId, strategy, seq] = match
  if (!TAG.test(strategy)) return undefined
  return { origin: prefix === ORDER_PREFIX ? 'kernel' : 'reduce-only', runId, strategy, seq: Number.parseInt(seq, 36) }
}

/** The first characters of the text's sha256, five bits each. */
function base32(text: string, length: number): string {
  const bytes = hash('sha256', text, 'buffer')
  let out = ''
  for (let i = 0; i < length; i += 1) {
    const bit = i * 5
    const pair = (bytes[bit >> 3] << 8) | bytes[(bit >> 3) + 1]
    out += BASE32[(pair >> (11 - (bit & 7))) & 31]
  }
  return out
}
