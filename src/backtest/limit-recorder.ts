/**
 * What each limit did in a run: how often it refused an order or cut a size, and the most that it cut at once.
 */
import type { Qty } from '../core/exact.ts'
import type { Micros } from '../core/time.ts'
import type { Decision, RiskAction, Target } from '../domain/decision.ts'
import type { View } from '../domain/view.ts'

/** The most that a limit took away at once, by notional. */
export interface LargestCut {
  readonly time: Micros
  readonly instrument: number
  /** Absolute quantities; of a size the portfolio's share and what was left of it, of an order all and nothing. */
  readonly wanted: Qty
  readonly allowed: Qty
  /** Of what was taken away, at the newest price, in money units. */
  readonly notional: number
}

/** A constraint that made sizes smaller than the portfolio's share. */
export interface SizeCut {
  readonly rule: string
  count: number
  readonly first: LargestCut
  largest: LargestCut
}

export interface TimedAction extends RiskAction {
  readonly time: Micros
}

/** Sizes that nothing cut. */
const UNCUT = new Set(['signal', 'fraction'])

export class LimitRecorder {
  readonly actions: TimedAction[] = []
  readonly #cuts = new Map<string, SizeCut>()
  readonly #refused = new Map<string, LargestCut>()

  observe({ actions, targets, refusals }: Decision, time: Micros, view: () => View): void {
    for (let i = 0; i < actions.length; i++) this.actions.push({ time, ...actions[i] })
    for (let i = 0; i < targets.length; i++) this.#onTarget(targets[i], time, view)
    for (let i = 0; i < refusals.length; i++) {
      const { rule, order } = refusals[i]
      const { instrument, qty, decisionPrice } = order
      const largest = this.#refused.get(rule)
      const notional = qty * decisionPrice
      if (largest === undefined || notional > largest.notional)
        this.#refused.set(rule, { time, instrument, wanted: qty, allowed: 0 as Qty, notional })
    }
  }

  #onTarget({ bound, qty, constraints, signal: { instrument } }: Target, time: Micros, view: () => View): void {
    if (UNCUT.has(bound)) return
    const share = constraints.find(({ name }) => name === 'fraction')?.qty ?? 0
    const [wanted, allowed] = [Math.floor(share) as Qty, Math.abs(qty) as Qty]
    if (!(wanted > allowed)) return
    const cut = { time, instrument, wanted, allowed, notional: (wanted - allowed) * view().lastPrice(instrument) }
    const known = this.#cuts.get(bound)
    if (known === undefined) this.#cuts.set(bound, { rule: bound, count: 1, first: cut, largest: cut })
    else {
      known.count += 1
      if (cut.notional > known.largest.notional) known.largest = cut
    }
  }

  /** In the order of their first time. */
  get cuts(): readonly SizeCut[] {
    return [...this.#cuts.values()]
  }

  /** The largest order that a rule refused. */
  largestRefused(rule: string): LargestCut | undefined {
    return this.#refused.get(rule)
  }
}
