/**
 * Everything that was decided in a run, event by event, as numbers that can be compared and texts that can be shown; and, apart
 * from it, what the venue made of it.
 */
import { hash } from 'node:crypto'
import { canonicalJson } from '../../core/plain.ts'
import type { Decision, Effect, Signal } from '../../domain/decision.ts'
import type { Event, OrderReport } from '../../domain/event.ts'
import type { Instrument } from '../../domain/instrument.ts'
import type { Kernel } from '../../kernel/kernel.ts'
import type { Observer } from '../../kernel/ports.ts'

/** A list of moments with what happened at them: columns, so that thousands travel between threads at once. */
export interface LogColumns {
  readonly time: Float64Array
  /** Index of the instrument; -1 for none. */
  readonly instrument: Float64Array
  /** 48 bits of a hash of the whole decision. */
  readonly hash: Float64Array
  /**
   * 1 where it came after a report, or a settlement, of that very moment. Whoever fills at an open knows the row that begins
   * there, so a later row's change may change it.
   */
  readonly late: Float64Array
}

export const NO_DECISIONS: LogColumns = Object.freeze({
  time: new Float64Array(0),
  instrument: new Float64Array(0),
  hash: new Float64Array(0),
  late: new Float64Array(0),
})

/** Thrown by an observer to end a run that has come to where nothing more is asked. */
export class RunStopped extends Error {
  override readonly name = 'RunStopped'
}

export interface LogOptions {
  /** The run ends when something later than this reaches us. */
  readonly until?: number | undefined
  /** Number of the one decision that shall be told in words. */
  readonly tell?: number | undefined
  /** Keeps all of them in words. */
  readonly keepWords?: boolean
}

export class DecisionLog implements Observer {
  readonly name = 'decision-log'
  readonly decisions = new Columns()
  readonly facts = new Columns()
  readonly signals: Signal[] = []
  /** The decision that was to be told. */
  told: string | undefined
  /** All decisions in words, when they were to be kept. */
  readonly words: string[] = []
  /** Orders that open something, and those of them with a stop. */
  entries = 0
  protectedEntries = 0
  /** Stops on the wrong side of the price they were decided at: the first. */
  absurd: string | undefined
  /** Of the newest event. */
  time = 0
  readonly #instruments: readonly Instrument[]
  readonly #until: number
  readonly #tell: number
  readonly #keepWords: boolean
  /** At the exchange, of the newest report or settlement. */
  #reported = Number.NEGATIVE_INFINITY

  constructor(kernel: Kernel, { until = Number.POSITIVE_INFINITY, tell = -1, keepWords = false }: LogOptions = {}) {
    this.#instruments = kernel.instruments
    this.#until = until
    this.#tell = tell
    this.#keepWords = keepWords
  }

  observe(event: Event, decision: Decision): void {
    const { time } = event
    if (time > this.#until) throw new RunStopped('far enough')
    this.time = time
    if ('exchangeTime' in event && event.kind !== 'bar') this.#reported = Math.max(this.#reported, event.exchangeTime)
    if (event.kind === 'order-filled' || event.kind === 'account') this.facts.add(time, event.instrument, factOf(event), false)
    const { targets, refusals, effects, regimes } = decision
    const crosses = crossesOf(decision)
    if (targets.length + refusals.length + effects.length + regimes.length + crosses.length === 0) return
    const at = this.decisions.length
    if (at === this.#tell) this.told = this.#words(decision)
    if (this.#keepWords) this.words.push(this.#words(decision))
    const text = textOf({ targets, refusals, effects, regimes: [...regimes], crosses })
    this.decisions.add(time, instrumentOf(decision), text, time === this.#reported)
    for (const { signal, revised } of targets) if (revised !== true) this.signals.push(signal)
    for (const effect of effects) this.#judge(effect, targets)
  }

  /** Hedges and later slices of a pair follow no target of their own; the stop of its first leg is an order apart. */
  #judge(effect: Effect, targets: Decision['targets']): void {
    if (effect.kind !== 'submit' || effect.order.reduceOnly || effect.order.type !== 'market') return
    const { qty, closes, attached, side, decisionPrice, instrument, shares } = effect.order
    const wanted = targets.find(({ signal }) => signal.instrument === instrument && signal.strategy === shares.at(0)?.strategy)
    if (qty <= closes || wanted === undefined) return
    this.entries += 1
    const stop = attached?.stop
    if (stop !== undefined || wanted.signal.stop !== undefined) this.protectedEntries += 1
    if (stop === undefined) return
    // The stop's own side: a book may sell a part of what it holds while the account is short, and its stop sells too.
    const wrong = stop.side === 'sell' ? stop.trigger > decisionPrice : stop.trigger < decisionPrice
    if (!wrong) return
    const { label } = this.#instruments[instrument]
    const price = (value: typeof decisionPrice): string => this.#instruments[instrument].formatPrice(value)
    this.absurd ??= `${label}: a ${side} decided at ${price(decisionPrice)} with its stop at ${price(stop.trigger)}, beyond the market`
  }

  /** For people: what was wanted, and what became of it. */
  #words({ targets, refusals, effects, regimes }: Decision): string {
    const symbol = (instrument: number): string => this.#instruments[instrument]?.label ?? ''
    const parts = targets.map(({ signal, qty }) => {
      const instrument = this.#instruments[signal.instrument]
      const stop = signal.stop === undefined ? '' : `, stop ${instrument.formatPrice(signal.stop)}`
      const side = qty === 0 ? 'out' : `${qty > 0 ? 'long' : 'short'} ${instrument.formatQty(Math.abs(qty) as typeof qty)}`
      return `${instrument.label} ${side}${stop} (${signal.reason})`
    })
    if (targets.length === 0)
      for (const effect of effects) {
        if (effect.kind === 'submit')
          parts.push(`${symbol(effect.order.instrument)} ${effect.order.side} (${effect.order.reason})`)
        else if (effect.kind === 'compute') parts.push(`asked the model ${effect.model}`)
        else parts.push(effect.kind)
      }
    for (const { rule, order } of refusals) parts.push(`${symbol(order.instrument)} ${order.side} refused by ${rule}`)
    for (const instrument of regimes) parts.push(`${symbol(instrument)} is in another regime`)
    return parts.join('; ')
  }
}

/** What books traded with each other. */
const crossesOf = ({ bookings }: Decision): readonly string[] =>
  bookings.flatMap(({ kind, strategy, account, instrument, qty, price }) =>
    kind === 'cross' ? [`${strategy} ${account} ${instrument} ${qty} ${price}`] : [],
  )

function instrumentOf({ targets, refusals, effects, regimes }: Decision): number {
  if (targets.length > 0) return targets[0].signal.instrument
  if (refusals.length > 0) return refusals[0].order.instrument
  const effect = effects.at(0)
  if (effect === undefined) return regimes.at(0) ?? -1
  if (effect.kind === 'submit') return effect.order.instrument
  return effect.kind === 'cancel' ? effect.cancel.instrument : -1
}

function factOf(event: Extract<Event, { kind: 'account' }> | OrderReport): string {
  const { account, exchangeTime } = event
  if (event.kind === 'account')
    return `${account} ${exchangeTime} ${event.entry} ${event.asset} ${event.amount} ${event.rate} ${event.cause}`
  const { fill, clientOrderId, remaining } = event
  if (fill === undefined) return `${account} ${exchangeTime} ${clientOrderId} ${remaining}`
  const { side, price, qty, fee, realised, liquidity, reason } = fill
  return `${account} ${exchangeTime} ${clientOrderId} ${remaining} ${side} ${price} ${qty} ${fee} ${realised} ${liquidity} ${reason}`
}

const IDS = /"(clientOrderId|cancels|request)":("[^"]*"|\[[^\]]*\]),?/g

/** Lists that the same code makes have their fields in the same order, so plain JSON is a fair text of them, and several times faster. */
function textOf(
  decision: Pick<Decision, 'targets' | 'refusals' | 'effects' | 'regimes'> & { readonly crosses: readonly string[] },
): string {
  let text: string
  try {
    text = JSON.stringify(decision)
  } catch {
    // Inputs of a model may be anything that is plain data, and money that is moved is a big integer.
    text = canonicalJson(decision)
  }
  // Ids only count: what another symbol did a moment ago is no other decision of this one.
  return text.replace(IDS, '')
}

/** Grows; gives exact columns in the end. */
class Columns {
  length = 0
  readonly #time: number[] = []
  readonly #instrument: number[] = []
  readonly #hash: number[] = []
  readonly #late: number[] = []

  add(time: number, instrument: number, text: string, late: boolean): void {
    this.length += 1
    this.#late.push(late ? 1 : 0)
    this.#time.push(time)
    this.#instrument.push(instrument)
    this.#hash.push(Number.parseInt(hash('sha1', text, 'hex').slice(0, 12), 16))
  }

  columns(): LogColumns {
    return {
      time: Float64Array.from(this.#time),
      instrument: Float64Array.from(this.#instrument),
      hash: Float64Array.from(this.#hash),
      late: Float64Array.from(this.#late),
    }
  }
}

export interface Difference {
  /** Number of the decision in both lists; one of them may end before it. */
  readonly at: number
  readonly time: number
  readonly instrument: number
}

/** The first place up to `until` (inclusive) where two lists part; undefined when they are the same up to there. What only follows a report of `until` itself is left out. */
export function firstDifference(a: LogColumns, b: LogColumns, until: number): Difference | undefined {
  for (let at = 0; ; at++) {
    const [left, right] = [isKnown(a, at, until), isKnown(b, at, until)]
    if (!left && !right) return undefined
    if (left && right && a.time[at] === b.time[at] && a.hash[at] === b.hash[at]) continue
    const earlier = left && (!right || a.time[at] <= b.time[at]) ? a : b
    return { at, time: earlier.time[at], instrument: earlier.instrument[at] }
  }
}

const isKnown = ({ time, late }: LogColumns, at: number, until: number): boolean =>
  time[at] < until || (time[at] === until && late[at] === 0)
