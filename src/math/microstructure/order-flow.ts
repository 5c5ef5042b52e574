/**
 * The best level of the book: order-flow imbalance by event and by window, how it moves the mid, queue imbalance and the micro-price.
 *
 * Pure. Sources: R. Cont, A. Kukanov, S. Stoikov, The Price Impact of Order Book Events, Journal of Financial Econometrics 12 (2014);
 * queue imbalance and the weighted mid by M. D. Gould, J. Bonart, Market Microstructure and Liquidity 2 (2016).
 */
import {
  finiteOr,
  refuseUnless,
  requireInteger,
  requireNumber,
  requirePositive,
  requireSameLength,
  requireVector,
  type Vector,
} from '../guard.ts'
import { fitLine, type Line } from '../numerics/line.ts'

/** Columns, one value a change of the best level. */
export interface BestQuotes {
  readonly bid: Vector
  /** Units at the bid, not below zero. */
  readonly bidSize: Vector
  readonly ask: Vector
  readonly askSize: Vector
}

/** One state of the best level. */
export interface BestQuote {
  readonly bid: number
  readonly bidSize: number
  readonly ask: number
  readonly askSize: number
}

function requireQuotes({ bid, bidSize, ask, askSize }: BestQuotes): void {
  requireVector('bid', bid)
  for (const [name, column] of [
    ['bidSize', bidSize],
    ['ask', ask],
    ['askSize', askSize],
  ] as const) {
    requireVector(name, column)
    requireSameLength('bid', bid, name, column)
  }
  for (let i = 0; i < bid.length; i++) {
    refuseUnless(ask[i] >= bid[i], 'out-of-domain', () => `the ask ${ask[i]} is below the bid ${bid[i]}`)
    refuseUnless(
      bidSize[i] >= 0 && askSize[i] >= 0,
      'out-of-domain',
      () => `the sizes ${bidSize[i]} and ${askSize[i]} are not below zero`,
    )
  }
}

/**
 * (bid + ask) / 2.
 * @throws MathError `not-finite`
 */
export function midPrice(bid: number, ask: number): number {
  requireNumber('bid', bid)
  requireNumber('ask', ask)
  return finiteOr('overflow', bid + 0.5 * (ask - bid), 'the mid')
}

/**
 * e = q_b 1[P_b >= P_b'] - q_b' 1[P_b <= P_b'] - q_a 1[P_a <= P_a'] + q_a' 1[P_a >= P_a'] of each quote against the one before ('); 0 for the first.
 * Above zero: demand was added or supply taken away.
 * @throws MathError `empty`, `shape`, `not-finite`, `out-of-domain` for a size below zero or an ask below its bid, `overflow`
 */
export function orderFlowEvents(quotes: BestQuotes): Float64Array {
  requireQuotes(quotes)
  const { bid, bidSize, ask, askSize } = quotes
  const events = new Float64Array(bid.length)
  for (let i = 1; i < events.length; i++) {
    const j = i - 1
    events[i] = finiteOr(
      'overflow',
      (bid[i] >= bid[j] ? bidSize[i] : 0) -
        (bid[i] <= bid[j] ? bidSize[j] : 0) -
        (ask[i] <= ask[j] ? askSize[i] : 0) +
        (ask[i] >= ask[j] ? askSize[j] : 0),
      'an order-flow event',
    )
  }
  return events
}

/** Columns, one value a window. */
export interface OrderFlowWindows {
  /** Sum of the events. */
  readonly imbalance: Float64Array
  /** Last mid of the window less the last mid of the one before; of the first window less the first mid. */
  readonly midChange: Float64Array
}

export interface OrderFlowWindowOptions {
  /** Quotes at the end that do not fill a window are left out (`drop`, default), or make a shorter one (`keep`). */
  readonly unfinished?: 'drop' | 'keep'
}

/**
 * Order-flow imbalance of windows of `block` consecutive quotes, and how far the mid moved in each.
 * @throws MathError as `orderFlowEvents`
 */
export function orderFlowWindows(
  quotes: BestQuotes,
  block: number,
  { unfinished = 'drop' }: OrderFlowWindowOptions = {},
): OrderFlowWindows {
  const events = orderFlowEvents(quotes)
  requireInteger('block', block, 1)
  const count = unfinished === 'keep' ? Math.ceil(events.length / block) : Math.floor(events.length / block)
  const [imbalance, midChange] = [new Float64Array(count), new Float64Array(count)]
  let before = midPrice(quotes.bid[0], quotes.ask[0])
  for (let w = 0; w < count; w++) {
    let total = 0
    const last = Math.min((w + 1) * block, events.length) - 1
    for (let i = w * block; i <= last; i++) total += events[i]
    const mid = midPrice(quotes.bid[last], quotes.ask[last])
    imbalance[w] = finiteOr('overflow', total, 'the imbalance of a window')
    midChange[w] = finiteOr('overflow', mid - before, 'a change of the mid')
    before = mid
  }
  return { imbalance, midChange }
}

/**
 * The price impact of order flow: the slope of dMid = a + b OFI over windows, by least squares.
 * @throws MathError as `orderFlowWindows`; `too-short` below three windows, `no-variance` when the mid or the flow does not vary
 */
export function orderFlowImpact(quotes: BestQuotes, block: number, options: OrderFlowWindowOptions = {}): Line {
  const { imbalance, midChange } = orderFlowWindows(quotes, block, options)
  return fitLine('the order-flow imbalance', imbalance, 'the change of the mid', midChange)
}

/**
 * (q_b - q_a) / (q_b + q_a), in [-1, 1]: how much more waits at the bid than at the ask.
 * @throws MathError `not-finite`, `out-of-domain` for a size below zero, `no-denominator` when both are empty, `overflow`
 */
export function queueImbalance(bidSize: number, askSize: number): number {
  requireNumber('bidSize', bidSize, 0)
  requireNumber('askSize', askSize, 0)
  const total = finiteOr('overflow', bidSize + askSize, 'the sum of the sizes')
  refuseUnless(total > 0, 'no-denominator', 'nothing waits at either side')
  return (bidSize - askSize) / total
}

/**
 * (P_a q_b + P_b q_a) / (q_b + q_a): the mid drawn to the side that is about to give way, between bid and ask.
 * @throws MathError as `queueImbalance`; `out-of-domain` when the ask is below the bid
 */
export function microPrice({ bid, bidSize, ask, askSize }: BestQuote): number {
  requireNumber('bid', bid)
  requireNumber('ask', ask, bid)
  requireNumber('bidSize', bidSize, 0)
  requireNumber('askSize', askSize, 0)
  const total = finiteOr('overflow', bidSize + askSize, 'the sum of the sizes')
  refuseUnless(total > 0, 'no-denominator', 'nothing waits at either side')
  return finiteOr('overflow', bid + (ask - bid) * (bidSize / total), 'the micro-price')
}

export interface OrderFlowState {
  readonly last: BestQuote | undefined
  /** Time and size of the events in the window, oldest first. */
  readonly times: readonly number[]
  readonly events: readonly number[]
}

/**
 * Order-flow imbalance over a moving window of time, quote by quote: the sum of the events e with time in (now - span, now].
 */
export class OrderFlowStream {
  readonly #span: number
  #last: BestQuote | undefined
  #times: number[] = []
  #events: number[] = []
  #from = 0

  /** @param span above zero, in the unit of the times; @throws MathError `not-finite`, `out-of-domain` */
  constructor(span: number) {
    requirePositive('span', span)
    this.#span = span
  }

  /**
   * @returns the event this quote makes, 0 for the first
   * @throws MathError `not-finite`, `out-of-domain` when time goes back or a quote is impossible
   */
  update(time: number, quote: BestQuote): number {
    requireNumber('time', time)
    const { bid, bidSize, ask, askSize } = quote
    requireNumber('bid', bid)
    requireNumber('ask', ask, bid)
    requireNumber('bidSize', bidSize, 0)
    requireNumber('askSize', askSize, 0)
    const count = this.#times.length
    refuseUnless(
      count === 0 || time >= this.#times[count - 1],
      'out-of-domain',
      () => `time ${time} is before ${this.#times[count - 1]}`,
    )
    const last = this.#last
    const event =
      last === undefined
        ? 0
        : finiteOr(
            'overflow',
            (bid >= last.bid ? bidSize : 0) -
              (bid <= last.bid ? last.bidSize : 0) -
              (ask <= last.ask ? askSize : 0) +
              (ask >= last.ask ? last.askSize : 0),
            'an order-flow event',
          )
    this.#last = { bid, bidSize, ask, askSize }
    this.#times.push(time)
    this.#events.push(event)
    while (this.#times[this.#from] <= time - this.#span) this.#from += 1
    if (this.#from > 64 && this.#from > this.#times.length / 2) {
      this.#times = this.#times.slice(this.#from)
      this.#events = this.#events.slice(this.#from)
      this.#from = 0
    }
    return event
  }

  /** Summed anew each time it is asked for, so that nothing drifts; 0 before the second quote. */
  get value(): number {
    let total = 0
    for (let i = this.#from; i < this.#events.length; i++) total += this.#events[i]
    return finiteOr('overflow', total, 'the imbalance')
  }

  snapshot(): OrderFlowState {
    return { last: this.#last, times: this.#times.slice(this.#from), events: this.#events.slice(this.#from) }
  }

  /** @throws MathError `shape`, `not-finite` */
  restore({ last, times, events }: OrderFlowState): void {
    requireVector('times', times, 0)
    requireVector('events', events, 0)
    requireSameLength('times', times, 'events', events)
    this.#last = last
    this.#times = [...times]
    this.#events = [...events]
    this.#from = 0
  }
}
