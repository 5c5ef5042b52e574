/**
 * Raw captures of WebSocket streams: a line is the local receive time (ns), a space, and the JSON of one message, or the JSON
 * alone. Depth updates and the snapshot they continue, best bids and asks, trades.
 *
 * Pure but for what it reports.
 */
import { crossed, bridging, levels, receiveTime, sequence } from '../checks/depth-rules.ts'
import { damagedLine, truncated } from '../checks/text-rules.ts'
import { clockJump, gap, order, duplicate } from '../checks/time-rules.ts'
import { spike } from '../checks/price-path.ts'
import type { SeriesSummary, SetOptions } from './series-set.ts'
import { Book } from './book.ts'

type Json = Readonly<Record<string, unknown>>

/** Whether a first line is one of a capture. */
export const looksLikeCapture = (text: string): boolean =>
  /^\d{13,19} \{/.test(text) ||
  text.startsWith('{"stream":') ||
  /^\{"e":"(depthUpdate|trade|aggTrade|bookTicker|markPriceUpdate|kline)"/.test(text)

/** What is known of one symbol's streams. */
interface State {
  readonly book: Book
  rows: number
  /** Final update id of the last depth message. */
  final: number
  /** Update id of the last snapshot, until a message has continued it. */
  snapshot: number | undefined
  /** Depth messages before the snapshot; the first one that reaches beyond it must continue it. */
  readonly waiting: { readonly message: Json; readonly line: number }[]
  ticker: number
  trade: number
  aggTrade: number
  price: number
  /** The print before the last one, and where the last one stands: to see that it stands alone. */
  suspect: { readonly line: number; readonly timeMs: number; readonly price: number; readonly before: number } | undefined
  tradeTime: number
  eventTime: number
  fromMs: number
  toMs: number
}

const WAITING_MAX = 10_000
/** A print stands alone when it is this far from the one before and the next one. */
const PRINT_SHARE = 0.01
/** The receive time and the time of the event may differ by the clocks, but not by this. */
const CLOCKS_MS = 600_000

export class Capture {
  readonly #options: SetOptions
  readonly #states = new Map<string, State>()
  #received = Number.NEGATIVE_INFINITY
  #symbol = ''
  #lastDamaged = 0

  constructor(options: SetOptions) {
    this.#options = options
    this.#symbol = options.file.symbol ?? ''
  }

  line(text: string, line: number): void {
    const space = /^\d{13,19} /.exec(text)?.[0].length ?? 0
    let message: unknown
    try {
      message = JSON.parse(text.slice(space))
    } catch (error) {
      this.#lastDamaged = line
      this.#options.findings.add(damagedLine, `no message: ${error instanceof Error ? error.message.slice(0, 100) : ''}`, {
        line,
        value: text.slice(0, 80),
      })
      return
    }
    if (typeof message !== 'object' || message === null) return
    const envelope = message as Json
    const body = (typeof envelope['data'] === 'object' && envelope['data'] !== null ? envelope['data'] : envelope) as Json
    const received = space === 0 ? Number.NaN : msOf(text.slice(0, space - 1))
    if (received < this.#received)
      this.#options.findings.add(receiveTime, `received ${(this.#received - received).toPrecision(3)} ms before the line above`, {
        line,
        timeMs: received,
      })
    if (!Number.isNaN(received)) this.#received = received
    this.#message(body, line, received)
  }

  finish(cutAt: number | undefined): { readonly kind: string; readonly series: readonly SeriesSummary[] } {
    if (cutAt !== undefined)
      this.#options.findings.add(
        truncated,
        this.#lastDamaged === cutAt
          ? 'the file was cut off in the middle of a message'
          : 'the last line has no line end: the file may have been cut off',
        { line: cutAt },
      )
    for (const [symbol, state] of this.#states)
      if (state.snapshot !== undefined)
        this.#options.findings.add(bridging, `no update continues the snapshot of ${state.snapshot}`, { symbol })
    const series = [...this.#states].map(([symbol, { rows, fromMs, toMs }]) => ({
      symbol,
      interval: undefined,
      isMark: false,
      rows,
      fromMs,
      toMs,
    }))
    return { kind: 'capture', series }
  }

  #message(body: Json, line: number, received: number): void {
    const kind = body['e']
    if (typeof body['s'] === 'string') this.#symbol = body['s']
    const state = this.#stateOf(this.#symbol)
    const timeMs = numberOf(body['E'] ?? body['T']) || received
    state.rows += 1
    if (Number.isNaN(state.fromMs)) state.fromMs = timeMs
    state.toMs = timeMs
    if (Math.abs(received - timeMs) > CLOCKS_MS)
      this.#report(clockJump, `received ${Math.round((received - timeMs) / 1_000)} s away from its own time`, line, timeMs)
    if (kind === 'depthUpdate' || (kind === undefined && 'U' in body && 'u' in body)) this.#depth(state, body, line, timeMs)
    else if ('lastUpdateId' in body) this.#onSnapshot(state, body, line, timeMs)
    else if (kind === 'bookTicker' || (kind === undefined && 'A' in body && 'B' in body)) this.#ticker(state, body, line, timeMs)
    else if (kind === 'trade') this.#trade(state, body, line, timeMs, 't', 'trade')
    else if (kind === 'aggTrade') this.#trade(state, body, line, timeMs, 'a', 'aggTrade')
  }

  #stateOf(symbol: string): State {
    let state = this.#states.get(symbol)
    if (state === undefined) {
      state = {
        book: new Book(),
        rows: 0,
        final: Number.NaN,
        snapshot: undefined,
        waiting: [],
        ticker: Number.NaN,
        trade: Number.NaN,
        aggTrade: Number.NaN,
        price: Number.NaN,
        suspect: undefined,
        tradeTime: Number.NEGATIVE_INFINITY,
        eventTime: Number.NEGATIVE_INFINITY,
        fromMs: Number.NaN,
        toMs: Number.NaN,
      }
      this.#states.set(symbol, state)
    }
    return state
  }

  // ---- Depth -----------------------------------------------------------------------------------------------------------

  #depth(state: State, body: Json, line: number, timeMs: number): void {
    const [first, final, previous] = [body['U'], body['u'], body['pu']].map(numberOf)
    const joined = Number.isNaN(previous) ? first === state.final + 1 : previous === state.final
    if (first > final)
      this.#report(sequence, `the first update id ${first} is after the final one, ${final}`, line, timeMs, 'U', first)
    else if (!Number.isNaN(state.final) && !joined)
      this.#report(
        sequence,
        `the update follows ${Number.isNaN(previous) ? first - 1 : previous}, and the one before ended at ${state.final}`,
        line,
        timeMs,
        'u',
        final,
      )
    if (timeMs < state.eventTime)
      this.#report(order, `the event is ${state.eventTime - timeMs} ms before the one above`, line, timeMs, 'E', timeMs)
    state.eventTime = timeMs
    state.final = final
    if (state.book.known) {
      if (state.snapshot !== undefined && !this.#bridge(state, body, line, timeMs)) return
      this.#apply(state, body, line, timeMs)
    } else if (state.waiting.length < WAITING_MAX) state.waiting.push({ message: body, line })
  }

  /** Whether the update reaches beyond the snapshot; the first that does has to contain its id. */
  #bridge(state: State, body: Json, line: number, timeMs: number): boolean {
    const [first, final] = [body['U'], body['u']].map(numberOf)
    const at = state.snapshot ?? Number.NaN
    if (final <= at) return false
    if (first > at + 1) {
      // On futures the first update may also continue the snapshot by its `pu`.
      if (numberOf(body['pu']) !== at)
        this.#report(
          bridging,
          `the snapshot of ${at} is not continued: the next update begins at ${first}`,
          line,
          timeMs,
          'U',
          first,
        )
    }
    state.snapshot = undefined
    return true
  }

  #onSnapshot(state: State, body: Json, line: number, timeMs: number): void {
    state.book.clear()
    state.snapshot = numberOf(body['lastUpdateId'])
    const ordered = state.book.load(pairs(body['bids']), pairs(body['asks']))
    if (!ordered) this.#report(levels, 'the levels of the snapshot are not in order', line, timeMs)
    this.#judgeBook(state, line, timeMs)
    // Updates that came before the snapshot did and reach beyond it belong on top of it.
    for (const { message, line: at } of state.waiting.splice(0)) {
      if (numberOf(message['u']) <= (state.snapshot ?? Number.NEGATIVE_INFINITY)) continue
      if (state.snapshot !== undefined) this.#bridge(state, message, at, timeMs)
      this.#apply(state, message, at, timeMs)
    }
  }

  #apply(state: State, body: Json, line: number, timeMs: number): void {
    for (const [side, key] of [
      ['bids', 'b'],
      ['asks', 'a'],
    ] as const)
      for (const [price, quantity] of pairs(body[key])) {
        if (quantity >= 0 && price > 0) state.book.set(side, price, quantity)
        else this.#report(levels, `a level of ${quantity} at ${price}`, line, timeMs, key, price)
      }
    this.#judgeBook(state, line, timeMs)
  }

  #judgeBook(state: State, line: number, timeMs: number): void {
    const { bid, ask } = state.book.best()
    if (bid >= ask) this.#report(crossed, `the best bid ${bid} is not below the best ask ${ask}`, line, timeMs)
  }

  // ---- Quotes and trades -------------------------------------------------------------------------------------------------

  #ticker(state: State, body: Json, line: number, timeMs: number): void {
    const [update, bid, ask] = [body['u'], body['b'], body['a']].map(numberOf)
    if (bid >= ask) this.#report(crossed, `the best bid ${bid} is not below the best ask ${ask}`, line, timeMs, 'b', bid)
    if (!(bid > 0) || !(ask > 0) || !(numberOf(body['B']) >= 0) || !(numberOf(body['A']) >= 0))
      this.#report(levels, 'a best price or size that is none', line, timeMs)
    if (update < state.ticker)
      this.#report(sequence, `the update id ${update} is before the last quote’s, ${state.ticker}`, line, timeMs, 'u', update)
    state.ticker = update
  }

  #trade(state: State, body: Json, line: number, timeMs: number, key: 't' | 'a', stream: 'trade' | 'aggTrade'): void {
    const id = numberOf(body[key])
    const last = key === 't' ? state.trade : state.aggTrade
    const [price, quantity] = [body['p'], body['q']].map(numberOf)
    if (id === last) this.#report(duplicate, `${stream} ${id} again`, line, timeMs, key, id)
    else if (id < last) this.#report(order, `${stream} ${id} after ${last}`, line, timeMs, key, id)
    else if (id > last + 1)
      this.#report(gap, `${id - last - 1} of ${stream} are missing before ${id}`, line, timeMs, key, id, id - last - 1)
    if (key === 't') state.trade = Math.max(id, Number.isNaN(last) ? id : last)
    else state.aggTrade = Math.max(id, Number.isNaN(last) ? id : last)
    if (!(price > 0) || !(quantity >= 0))
      this.#report(levels, `a trade of ${String(body['q'])} at ${String(body['p'])}`, line, timeMs)
    if (key === 't' || Number.isNaN(state.trade)) this.#print(state, price, line, timeMs)
  }

  #print(state: State, price: number, line: number, timeMs: number): void {
    const { suspect } = state
    const far = (a: number, b: number): boolean => Math.abs(a / b - 1) > PRINT_SHARE
    if (suspect !== undefined && far(price, suspect.price) && !far(price, suspect.before))
      this.#report(
        spike,
        `a trade at ${suspect.price} stands alone between ${suspect.before} and ${price}`,
        suspect.line,
        suspect.timeMs,
        'p',
        suspect.price,
      )
    state.suspect =
      far(price, state.price) && !Number.isNaN(state.price) && suspect === undefined
        ? { line, timeMs, price, before: state.price }
        : undefined
    state.price = price
  }

  #report(
    which: typeof spike,
    message: string,
    line: number,
    timeMs: number,
    column?: string,
    value?: string | number,
    rows = 1,
  ): void {
    this.#options.findings.add(which, message, { symbol: this.#symbol, line, timeMs, column, value }, rows)
  }
}

const numberOf = (value: unknown): number =>
  typeof value === 'number' ? value : typeof value === 'string' && value !== '' ? Number(value) : Number.NaN

/** Nanoseconds, microseconds or milliseconds as text, in milliseconds. */
function msOf(digits: string): number {
  return digits.length <= 13 ? Number(digits) : Number(digits.slice(0, 13)) + Number(`0.${digits.slice(13)}`)
}

function pairs(value: unknown): [number, number][] {
  if (!Array.isArray(value)) return []
  return value.map((pair: unknown) => (Array.isArray(pair) ? [numberOf(pair[0]), numberOf(pair[1])] : [Number.NaN, Number.NaN]))
}
