/**
 * Money between the margin account and the spot account of pairs: looks once a day whether it lies where it should, and at
 * every moment whether the margin account runs dry. The rule itself is `execution/account-balance.ts`. Pure.
 */
import { POW10, ZERO } from '../core/exact.ts'
import type { Money, Rate } from '../core/exact.ts'
import { DAY, HOUR, startOfDay } from '../core/time.ts'
import type { AccountReport } from '../domain/event.ts'
import { balanceAccounts } from '../execution/account-balance.ts'
import type { AccountFunds, BalanceRule } from '../execution/account-balance.ts'
import { Exposures } from '../risk/exposures.ts'
import type { RiskController } from '../risk/risk-controller.ts'
import type { DecisionBuffer } from './decision-buffer.ts'
import type { KernelView } from './kernel-view.ts'
import type { AccountSpec, PositionManager } from './position-manager.ts'

/** How capital is divided between the two accounts. */
export interface BalanceValues {
  /** The margin account's part of the equity of both, 0 to 1. */
  readonly marginShare: number
  /** Nothing moves while it is this near to it, as a part of both equities. */
  readonly band: number
  /** Smaller transfers are not worth it, in the settlement asset. */
  readonly least: number
}

export interface AccountBalancerParts {
  readonly values: BalanceValues
  readonly accounts: readonly AccountSpec[]
  readonly view: KernelView
  readonly positions: PositionManager
  readonly risk: RiskController
  readonly out: DecisionBuffer
  /** The largest gross notional over equity that risk lets a margin account have. */
  readonly maxLeverage: number
}

export interface AccountBalancerState {
  readonly nextDay: number
  readonly lastTime: number
  /** When the transfer that is on its way was sent, and to whom; 0 when there is none. */
  readonly sent: number
  readonly to: number
}

/** The margin account runs dry when its equity is less than this part of what it holds. */
const DRY = 0.5
/** A transfer of which nothing is heard in this time moved nothing: the venue lets out only what is free. */
const UNHEARD = HOUR
const RATE_ONE = 1e10

export class AccountBalancer {
  readonly #parts: AccountBalancerParts
  readonly #margin: number
  readonly #spot: number
  readonly #exposures = new Exposures()
  #nextDay = 0
  #lastTime = 0
  #sent = 0
  #to = 0

  constructor(parts: AccountBalancerParts) {
    this.#parts = parts
    this.#spot = parts.accounts.findIndex(({ kind }) => kind === 'spot')
    const { venue, settle } = parts.accounts[this.#spot] ?? { venue: '', settle: '' }
    this.#margin = parts.accounts.findIndex((each) => each.kind !== 'spot' && each.venue === venue && each.settle === settle)
  }

  /** A bar has been booked. */
  onBar(): void {
    const { view, risk } = this.#parts
    const { time } = view
    if (this.#margin < 0 || time <= this.#lastTime) return
    this.#lastTime = time
    const daily = time >= this.#nextDay
    if ((!daily && !this.#isDry()) || risk.state === 'HALTED') return
    if (this.#sent > 0 && time - this.#sent < UNHEARD) return
    // What is being bought has not been paid yet.
    if (this.#hasOrders(this.#spot)) return
    this.#nextDay = startOfDay(time) + DAY
    this.#balance()
  }

  /** Money has arrived: the next transfer may go. */
  onReport({ entry, account }: AccountReport): void {
    if (entry === 'transfer' && account === this.#to) this.#sent = 0
  }

  #isDry(): boolean {
    const { view } = this.#parts
    let held = 0
    for (let i = 0; i < view.instruments.length; i++) held += Math.abs(view.netQty(this.#margin, i)) * view.lastPrice(i)
    return held > 0 && view.equity(this.#margin) < DRY * held
  }

  #hasOrders(account: number): boolean {
    const { view } = this.#parts
    return view.instruments.some(({ index }) => {
      const net = view.netQty(account, index)
      return view.netQtyFilled(account, index, 1) !== net + 1 || view.netQtyFilled(account, index, -1) !== net - 1
    })
  }

  #balance(): void {
    const { accounts, view, risk, out } = this.#parts
    const name = accounts[this.#margin].settle
    const settle = view.instruments.find((each) => each.settle.name === name)?.settle
    if (settle === undefined) return
    const rule = ruleOf(this.#parts.values, settle.scale)
    const transfer = balanceAccounts(this.#marginFunds(), this.#spotFunds(), settle, rule)
    if (transfer === undefined) return
    const verdict = risk.approveTransfer(transfer, view)
    if (verdict.approved === undefined) {
      out.notes.push(`no transfer: ${verdict.refusal}`)
      return
    }
    this.#sent = view.time
    this.#to = transfer.to
    out.effects.push({ kind: 'transfer', transfer: verdict.approved })
  }

  #marginFunds(): AccountFunds {
    const { view, maxLeverage } = this.#parts
    this.#exposures.measureAccount(this.#margin, view)
    const { gross, margin } = this.#exposures
    return this.#funds(this.#margin, gross / maxLeverage, margin)
  }

  /** What it has bought is paid, and what it owes is secured. */
  #spotFunds(): AccountFunds {
    const { view, maxLeverage } = this.#parts
    this.#exposures.measureAccount(this.#spot, view)
    const { long, short } = this.#exposures
    const needed = Math.max(long - short, short / maxLeverage)
    return this.#funds(this.#spot, needed, needed)
  }

  /** `tied` is equity that the venue does not let out; profit that is not realised it does not either. */
  #funds(account: number, needed: number, tied: number): AccountFunds {
    const { positions, accounts } = this.#parts
    const equity = positions.exactEquity(account)
    const wallet = positions.wallet(account, accounts[account].settle)
    const free = (equity < wallet ? equity : wallet) - unitsUp(account === this.#spot ? 0 : tied)
    const left = equity - unitsUp(tied)
    const most = free < left ? free : left
    return { account, equity, needed: unitsUp(needed), free: (most > 0n ? most : ZERO) as Money }
  }

  snapshot(): AccountBalancerState {
    return { nextDay: this.#nextDay, lastTime: this.#lastTime, sent: this.#sent, to: this.#to }
  }

  restore({ nextDay, lastTime, sent, to }: AccountBalancerState): void {
    this.#nextDay = nextDay
    this.#lastTime = lastTime
    this.#sent = sent
    this.#to = to
  }
}

const ruleOf = ({ marginShare, band, least }: BalanceValues, scale: number): BalanceRule => ({
  marginShare: Math.round(marginShare * RATE_ONE) as Rate,
  band: Math.round(band * RATE_ONE) as Rate,
  least: BigInt(Math.max(1, Math.round(least * POW10[scale]))) as Money,
})

/** Whole money units, rounded away from what could be moved. */
const unitsUp = (units: number): Money => BigInt(Math.ceil(units)) as Money
