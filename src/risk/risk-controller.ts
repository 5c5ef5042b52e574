/**
 * The first door: every order passes here, and only here (or the reduce-only door) becomes `Approved`.
 *
 * What strictly reduces the account's position passes the limits on exposure and loss; the venue's filters and the
 * order rate hold for it too. Protective stops pass always, as long as there is something to protect.
 */
import { defaultsOf } from '../core/setting.ts'
import type { Settings, ValuesOf } from '../core/setting.ts'
import type { Micros } from '../core/time.ts'
import type { Approved, DrawdownLevel, Refusal, RiskAction, TransferRequest } from '../domain/decision.ts'
import type { CancelRequest, OrderRequest } from '../domain/order.ts'
import type { View } from '../domain/view.ts'
import { DrawdownLevels } from './drawdown-levels.ts'
import type { DrawdownState } from './drawdown-levels.ts'
import { Exposures } from './exposures.ts'
import { KILL_SWITCH, KillSwitch } from './kill-switch.ts'
import type { KillSwitchState } from './kill-switch.ts'
import { DRAWDOWN_SETTINGS } from './limits/drawdown.ts'
import type { LimitDefinition } from './limits/limit.ts'
import { LIMITS } from './limits/list.ts'
import { percent } from './limits/words.ts'
import { PROTECTIONS } from './protections/list.ts'
import type { ProtectionDefinition } from './protections/protection.ts'
import { hasToClose, isReducing } from './reduction.ts'
import { refusalOfTransfer } from './transfer.ts'

/** ACTIVE: all; REDUCING: only what reduces; HALTED: nothing through this door but protective stops. */
export type TradingState = 'ACTIVE' | 'REDUCING' | 'HALTED'

const STRICTNESS: readonly TradingState[] = ['ACTIVE', 'REDUCING', 'HALTED']

/** Values of each limit, protection and of the kill switch by its name; what is missing has its default. */
export type LimitValues = Readonly<Record<string, ValuesOf<Settings>>>

export type Verdict =
  | { readonly approved: Approved<OrderRequest>; readonly refusal: undefined }
  | { readonly approved: undefined; readonly refusal: Refusal }

export type TransferVerdict =
  | { readonly approved: Approved<TransferRequest>; readonly refusal: undefined }
  | { readonly approved: undefined; readonly refusal: string }

/** What a change of equity newly asks for. */
export type RiskDemand = Pick<RiskAction, 'level' | 'action' | 'text'>

const ACTION_OF: Readonly<Record<DrawdownLevel, RiskAction['action']>> = {
  NONE: 'recovered',
  MILD: 'scale-down',
  MODERATE: 'stop-opening',
  SEVERE: 'flatten',
}

/** What survives a restart, as plain data. */
export interface RiskControllerState {
  /** What people and commands set; levels and kill switch come on top. */
  readonly ordered: TradingState
  readonly drawdown: DrawdownState
  readonly killSwitch: KillSwitchState
}

/** What is asked of an order that opens, in this order. */
export interface Rules {
  readonly limits: readonly LimitDefinition[]
  readonly protections: readonly ProtectionDefinition[]
}

const ALL_RULES: Rules = { limits: LIMITS, protections: PROTECTIONS }

interface Asked<T> {
  readonly rule: T
  readonly values: ValuesOf<Settings>
}

export class RiskController {
  readonly #limits: readonly Asked<LimitDefinition>[]
  readonly #protections: readonly Asked<ProtectionDefinition>[]
  readonly #values: LimitValues
  readonly #levels: DrawdownLevels
  readonly #killSwitch: KillSwitch
  readonly #after = new Exposures()
  #ordered: TradingState = 'ACTIVE'

  constructor(values: LimitValues = {}, rules: Rules = ALL_RULES) {
    const asked = <T extends LimitDefinition | ProtectionDefinition>(rule: T): Asked<T> => ({
      rule,
      values: { ...defaultsOf(rule.settings), ...values[rule.name] },
    })
    this.#values = values
    this.#limits = rules.limits.map(asked)
    this.#protections = rules.protections.map(asked)
    this.#levels = new DrawdownLevels({ ...defaultsOf(DRAWDOWN_SETTINGS), ...values['drawdown'] })
    this.#killSwitch = new KillSwitch({ ...defaultsOf(KILL_SWITCH.settings), ...values['killSwitch'] })
  }

  /** The strictest of what was ordered, the drawdown's level and the kill switch. */
  get state(): TradingState {
    if (this.#killSwitch.isTripped) return 'HALTED'
    if (this.#levels.level === 'MODERATE' && this.#ordered === 'ACTIVE') return 'REDUCING'
    return this.#ordered
  }

  get level(): DrawdownLevel {
    return this.#levels.level
  }

  /** What remains of sizes: 1, or less in a drawdown. */
  get scale(): number {
    return this.#levels.scale
  }

  /** Why the kill switch was pulled; '' while it was not. */
  get tripReason(): string {
    return this.#killSwitch.reason
  }

  /** What a person orders. ACTIVE resumes: it also releases the kill switch and forgives the drawdown that stopped us. */
  setState(state: TradingState): void {
    this.#ordered = state
    if (state === 'ACTIVE') this.release()
  }

  /** Makes the state stricter; only `setState` loosens it, which is what resuming is. */
  tighten(state: TradingState): void {
    if (STRICTNESS.indexOf(state) > STRICTNESS.indexOf(this.#ordered)) this.#ordered = state
  }

  /** Pulls the kill switch: HALTED until `release`. Whether it was not pulled yet: then everything has to be closed. */
  trip(reason: string, time: Micros): boolean {
    return this.#killSwitch.trip(reason, time)
  }

  /** A person's word: releases the kill switch and forgives a MODERATE or SEVERE drawdown. */
  release(): void {
    this.#killSwitch.release()
    this.#levels.forgive()
  }

  /** The venue refused an order. What that asks for, if it was one too many. */
  onRejection(time: Micros): RiskDemand | undefined {
    if (!this.#killSwitch.onRejection(time)) return undefined
    return { level: 'SEVERE', action: 'flatten', text: this.#killSwitch.reason }
  }

  /** To be called once after each moment in which prices moved: what has newly to be done. */
  onMark(view: View): RiskDemand | undefined {
    if (view.totalEquity() <= 0 && this.#killSwitch.values.enabled && view.totalPeakEquity() > 0) {
      const text = 'equity is used up'
      if (this.#killSwitch.trip(text, view.time)) return { level: 'SEVERE', action: 'flatten', text }
    }
    if (!this.#levels.update(view)) return undefined
    const { level } = this.#levels
    const text = `drawdown is ${level}: equity is ${percent(this.#levels.fall(view))} below its peak`
    if (level === 'SEVERE') this.#killSwitch.trip(text, view.time)
    return { level, action: ACTION_OF[level], text }
  }

  approve(order: OrderRequest, view: View): Verdict {
    const reduces = isReducing(order, view)
    const { state } = this
    if (state === 'HALTED' || (state === 'REDUCING' && !reduces)) return refuse(order, 'trading-state', this.#stateText(state))
    this.#after.measure(order, view)
    this.#after.drawdown = this.#levels.fall(view)
    for (const { rule, values } of this.#limits) {
      if (reduces && rule.always !== true) continue
      const text = rule.check(order, view, values, this.#after)
      if (text !== undefined) return refuse(order, rule.name, text)
    }
    if (!reduces) {
      for (const { rule, values } of this.#protections) {
        const text = rule.check(order, view, values)
        if (text !== undefined) return refuse(order, rule.name, text)
      }
    }
    return { approved: order as Approved<OrderRequest>, refusal: undefined }
  }

  #stateText(state: TradingState): string {
    const text = `trading is ${state}`
    if (this.#killSwitch.isTripped) return `${text}: ${this.#killSwitch.reason}`
    return this.#ordered === state ? text : `${text}: drawdown is ${this.#levels.level}`
  }

  /** A protective stop passes whatever the limits and the state say; refused only where it could open something or close nothing. */
  approveStop(order: OrderRequest, view: View): Verdict {
    if (!order.reduceOnly || order.trigger === undefined)
      return refuse(order, 'protective-stop', 'a protective stop is reduce-only and has a trigger')
    if (!hasToClose(order, view)) return refuse(order, 'protective-stop', `there is nothing that this ${order.side} would reduce`)
    return { approved: order as Approved<OrderRequest>, refusal: undefined }
  }

  /** A cancel always passes: what it ends can only have made exposure larger, and stops are never cancelled by themselves. */
  approveCancel(cancel: CancelRequest): Approved<CancelRequest> {
    return cancel as Approved<CancelRequest>
  }

  /** A transfer may take only what the account that gives does not need for what it holds. */
  approveTransfer(transfer: TransferRequest, view: View): TransferVerdict {
    this.#after.measureAccount(transfer.from, view)
    const refusal = refusalOfTransfer(transfer, view, this.#values, this.#after)
    if (refusal !== undefined) return { approved: undefined, refusal }
    return { approved: transfer as Approved<TransferRequest>, refusal: undefined }
  }

  snapshot(): RiskControllerState {
    return { ordered: this.#ordered, drawdown: this.#levels.snapshot(), killSwitch: this.#killSwitch.snapshot() }
  }

  restore({ ordered, drawdown: levels, killSwitch }: RiskControllerState): void {
    this.#ordered = ordered
    this.#levels.restore(levels)
    this.#killSwitch.restore(killSwitch)
  }
}

const refuse = (order: OrderRequest, rule: string, text: string): Verdict => ({
  approved: undefined,
  refusal: { rule, order, text },
})
