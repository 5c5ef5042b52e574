/**
 * Share of capital: what the portfolio gives an instrument (budget) and a strategy of it (share). Budgets are the equal part
 * until a computation has answered; who is not in the answer keeps the equal part.
 *
 * A `group` is one entry of the configuration's strategies, with all its books.
 */
import { assert } from '../core/errors.ts'
import { DAY, HOUR, SECOND } from '../core/time.ts'
import type { Signal } from '../domain/decision.ts'
import type { Instrument } from '../domain/instrument.ts'
import type { View } from '../domain/view.ts'
import type { MarketStatistics } from '../market/statistics.ts'
import { AdaptiveAllocator } from './adaptive-allocator.ts'
import type { AdaptiveState } from './adaptive-allocator.ts'
import { worthTrading } from './no-trade-band.ts'
import { optimisePortfolio, termsOf } from './optimise.ts'
import type { PortfolioAnswer, PortfolioInputs } from './optimise.ts'
import type { PortfolioValues } from './settings.ts'

/** The name of the model in requests, and the model: a pure function of plain data. */
export const PORTFOLIO_MODEL = 'portfolio'
export const portfolioModel = (inputs: unknown): PortfolioAnswer => optimisePortfolio(inputs as PortfolioInputs)

export interface PortfolioConfig {
  readonly values: PortfolioValues
  /** `allocation.fraction`: the part of the allowed gross exposure that all budgets together may use. */
  readonly fraction: number
  /** The allowed gross exposure over equity. */
  readonly maxLeverage: number
  /** Of the strategies, one a group, each 0 to 1; what one strategy alone has is 1. */
  readonly shares: readonly number[]
}

/** What a signal may use. */
export interface Allowance {
  /** Notional over equity at full conviction. */
  readonly budget: number
  /** The group's part of it. */
  readonly share: number
  /** Direction times budget times share. */
  readonly fraction: number
}

/** A computation that a worker shall make. */
export interface PortfolioRequest {
  readonly model: typeof PORTFOLIO_MODEL
  readonly inputs: PortfolioInputs
  /** Microseconds after which the answer holds. */
  readonly delay: number
}

export interface PortfolioState {
  readonly nextDue: number
  readonly lastRequest: number
  /** By group and instrument. */
  readonly convictions: readonly (readonly number[])[]
  /** By instrument; NaN where there is none. */
  readonly budgets: readonly number[]
  readonly answer: PortfolioAnswer | undefined
  readonly adaptive: AdaptiveState
}

export class PortfolioManager {
  readonly #config: PortfolioConfig
  readonly #adaptive: AdaptiveAllocator
  #nextDue = 0
  #lastRequest = 0
  /** By group and instrument: the last direction. */
  #convictions: number[][]
  /** By instrument; NaN where the equal part holds. */
  #budgets: number[] = []
  #answer: PortfolioAnswer | undefined

  constructor(config: PortfolioConfig) {
    this.#config = config
    this.#adaptive = new AdaptiveAllocator(config.values, config.shares)
    this.#convictions = config.shares.map(() => [])
  }

  weigh(signal: Signal, group: number, view: View): Allowance {
    const { fraction, maxLeverage } = this.#config
    const { instrument, direction } = signal
    remember(this.#convictions[group], instrument, direction)
    const share = this.#adaptive.share(group)
    if (this.#budgets.length > 0) {
      const budget = this.#budgetOf(instrument, view)
      return { budget, share, fraction: direction * budget * share }
    }
    const count = Math.max(1, view.tradedInstruments)
    // Direction first: for one strategy the product is the one it has always been, to the last bit.
    const product = (direction * fraction * maxLeverage) / count
    return { budget: (fraction * maxLeverage) / count, share, fraction: product * share }
  }

  /**
   * The computed budget. Who has come since has the equal part, and as the computed ones were made to use everything, it comes
   * out of them, in proportion. Who is not traded any more has none.
   */
  #budgetOf(instrument: number, view: View): number {
    const gross = this.#config.fraction * this.#config.maxLeverage
    const equal = gross / Math.max(1, view.tradedInstruments)
    let [left, given] = [gross, 0]
    for (const { index, kind } of view.instruments) {
      if (kind === 'spot' || !view.isTraded(index)) continue
      const budget = this.#computed(index)
      if (Number.isNaN(budget)) left -= equal
      else given += budget
    }
    const own = this.#computed(instrument)
    if (Number.isNaN(own)) return equal
    return given > left ? (own * Math.max(0, left)) / given : own
  }

  #computed(instrument: number): number {
    return this.#budgets[instrument] ?? Number.NaN
  }

  /** The strategy's part of a budget. */
  share(group: number): number {
    return this.#adaptive.share(group)
  }

  /**
   * Whether `request` should be called now: when it is time and all instruments have told of this moment, so that none is a day
   * behind the others. An hour later at the latest, because one of them may be silent.
   */
  due(view: View): boolean {
    if (this.#config.values.method === 'fixed' || view.time < this.#nextDue) return false
    return view.time >= this.#nextDue + HOUR || isComplete(view)
  }

  /** A regime changed, an instrument came or went: compute sooner, but not more often than the spacing allows. */
  hasten(): void {
    this.#nextDue = Math.min(this.#nextDue, this.#lastRequest + this.#config.values.spacing * HOUR)
  }

  /** The computation that is due; undefined while no instrument has enough days, and then it is due again after the spacing. */
  request(view: View, statistics: MarketStatistics): PortfolioRequest | undefined {
    const { values } = this.#config
    this.#lastRequest = view.time
    const inputs = this.#inputs(view, statistics)
    if (inputs === undefined) {
      this.#nextDue = view.time + Math.max(1, values.spacing) * HOUR
      return undefined
    }
    this.#nextDue = view.time + values.rebalance * HOUR
    return { model: PORTFOLIO_MODEL, inputs, delay: Math.round(values.delay * SECOND) }
  }

  #inputs(view: View, statistics: MarketStatistics): PortfolioInputs | undefined {
    const { values, fraction, maxLeverage } = this.#config
    const equity = view.totalEquity()
    const traded = view.instruments.filter(({ index, kind }) => kind !== 'spot' && view.isTraded(index))
    const instruments = traded.map(({ index }) => index)
    const { instruments: kept, rows } = statistics.returns(values.window, values.leastDays, instruments)
    if (kept.length === 0 || !(equity > 0)) return undefined
    const gross = fraction * maxLeverage
    const largest = gross * Math.max(values.largest, 1 / instruments.length)
    return {
      method: values.method,
      instruments,
      symbols: traded.map(({ symbol }) => symbol),
      convictions: instruments.map((i) => this.#conviction(i)),
      columns: kept.map((i) => instruments.indexOf(i)),
      returns: rows,
      current: instruments.map((i) => heldOf(i, view) / equity),
      funding: instruments.map((i) => fundingOfDay(i, view)),
      marginRates: instruments.map((i) => 1 / leverageOf(i, view)),
      maintenanceRates: instruments.map((i) => maintenanceRateOf(i, largest * equity, view)),
      smallest: traded.map((each) => smallestOf(each, view) / equity),
      ...termsOf(values, gross),
    }
  }

  /** What all groups together think of an instrument, by their shares. */
  #conviction(instrument: number): number {
    let [sum, whole] = [0, 0]
    this.#convictions.forEach((of, group) => {
      const share = this.#adaptive.share(group)
      sum += share * (of[instrument] ?? 0)
      whole += share
    })
    return whole > 0 ? Math.max(-1, Math.min(1, sum / whole)) : 0
  }

  /** The answer of a computation. The budgets of before go on where there is none; the text says what happened. */
  onAnswer(given: unknown): string {
    assert(isAnswer(given), 'the answer of the portfolio model is none')
    this.#answer = given
    if (given.status === 'kept') return `the budgets stay as they were: ${given.reason}`
    const budgets: number[] = []
    given.instruments.forEach((instrument, k) => remember(budgets, instrument, Math.abs(given.weights[k]), Number.NaN))
    this.#budgets = budgets
    const bound = given.binding.length === 0 ? 'no limit binds' : `bound by ${given.binding.join(', ')}`
    return `new budgets by ${given.method}: ${bound}`
  }

  /** The newest answer, with what binds and where the risk is; undefined before the first. */
  get answer(): PortfolioAnswer | undefined {
    return this.#answer
  }

  /** Whether it pays to go from one position to another, both signed notionals over equity. */
  worthTrading(current: number, wanted: number, instrument: number, view: View): boolean {
    const { band, cost, riskAversion, rebalance } = this.#config.values
    const volatility = view.volatility(instrument)
    return worthTrading(current, wanted, { band, cost, riskAversion, volatility, horizon: (rebalance * HOUR) / DAY })
  }

  /** A day is over: what each group made in money units, and the equity it began with. True when shares have changed. */
  onDay(results: readonly number[], equity: number): boolean {
    return this.#adaptive.onDay(results, equity)
  }

  snapshot(): PortfolioState {
    return {
      nextDue: this.#nextDue,
      lastRequest: this.#lastRequest,
      convictions: this.#convictions.map((of) => [...of]),
      budgets: [...this.#budgets],
      answer: this.#answer,
      adaptive: this.#adaptive.snapshot(),
    }
  }

  restore(state: PortfolioState): void {
    this.#nextDue = state.nextDue
    this.#lastRequest = state.lastRequest
    this.#convictions = state.convictions.map((of) => [...of])
    this.#budgets = [...state.budgets]
    this.#answer = state.answer
    this.#adaptive.restore(state.adaptive)
  }
}

/** Writes into a list by instrument, without holes. */
function remember(list: number[], instrument: number, value: number, none = 0): void {
  while (list.length <= instrument) list.push(none)
  list[instrument] = value
}

const isAnswer = (given: unknown): given is PortfolioAnswer =>
  typeof given === 'object' && given !== null && 'status' in given && 'weights' in given && 'instruments' in given

/** Notional of the smallest order that the venue accepts. */
function smallestOf(instrument: Instrument, view: View): number {
  const { minNotional = 0n, minQty = 0 } = instrument.rulesAt(view.time)
  return Math.max(Number(minNotional), minQty * view.lastPrice(instrument.index))
}

/** Whether the newest bars of all instruments have ended at the same moment. */
function isComplete(view: View): boolean {
  let newest = 0
  for (const { index, kind } of view.instruments) {
    if (kind === 'spot' || !view.isTraded(index)) continue
    const end = view.lastBarEnd(index)
    if (newest !== 0 && end !== newest) return false
    newest = end
  }
  return true
}

/** Signed notional of all accounts. */
function heldOf(instrument: number, view: View): number {
  let qty = 0
  for (let account = 0; account < view.accounts; account++) qty += view.netQty(account, instrument)
  return qty * view.lastPrice(instrument)
}

function fundingOfDay(instrument: number, view: View): number {
  const interval = view.fundingInterval(instrument)
  const rate = view.fundingRate(instrument)
  return interval > 0 && !Number.isNaN(rate) ? (rate * DAY) / interval : 0
}

/** The lowest that any account has set: the one that ties up most. */
function leverageOf(instrument: number, view: View): number {
  let lowest = Infinity
  for (let account = 0; account < view.accounts; account++) {
    const set = view.leverageSetting(account, instrument)
    if (set > 0) lowest = Math.min(lowest, set)
  }
  return lowest === Infinity ? 1 : lowest
}

/** Of a position of the largest size that a budget can have: smaller ones need no more. */
function maintenanceRateOf(instrument: number, notional: number, view: View): number {
  const price = view.lastPrice(instrument)
  const qty = notional / price
  return qty > 0 ? view.maintenanceMargin(instrument, qty, price) / notional : 0
}
