/**
 * Carry: a perpetual against spot or another contract of the same base, for the funding between them. What it earns, costs and
 * when it loses: docs/strategies/funding-arbitrage.md.
 */
import { InputError } from '../../core/errors.ts'
import type { Qty } from '../../core/exact.ts'
import { DAY, MILLISECOND } from '../../core/time.ts'
import type { Duration, Micros } from '../../core/time.ts'
import type { Instrument } from '../../domain/instrument.ts'
import { sma } from '../../market/indicators/sma.ts'
import { flag, integer, number } from '../parameters.ts'
import type { ParametersOf } from '../parameters.ts'
import { definePair } from '../pair.ts'
import type { PairOpinion, PairView } from '../pair.ts'

const PARAMETERS = {
  lookback: integer(21, 'settlements whose mean rate is expected to go on', { min: 1, max: 1_000 }),
  shrinkage: number(6, 'settlements at rate 0 that are added to them: few observations count for little', { min: 0, max: 1_000 }),
  enterAnnual: number(0.05, 'net carry a year from which on it enters', { min: 0, max: 10 }),
  exitAnnual: number(0, 'net carry of staying a year below which it leaves', { min: -10, max: 10 }),
  exitSettlements: integer(6, 'settlements in a row that carry has to be below that', { min: 1, max: 1_000 }),
  horizonDays: number(30, 'days over which the costs of entry and exit have to be earned', { min: 0.1, max: 365 }),
  perpFee: number(0.0005, 'fee of the first leg, share of notional, each way', { min: 0, max: 0.1 }),
  hedgeFee: number(0.001, 'fee of the second leg, share of notional, each way', { min: 0, max: 0.1 }),
  slippageBps: number(2, 'loss to the price at each order of each leg, in hundredths of a percent', { min: 0, max: 1_000 }),
  allowShort: flag(false, 'also the reverse: long the perpetual, spot borrowed and sold'),
  borrowRateAnnual: number(0.1, 'interest a year on borrowed spot', { min: 0, max: 100 }),
  basisBars: integer(168, 'bars of the mean basis', { min: 2, max: 100_000 }),
  basisWeight: number(0.5, 'share of the way back to its mean that the basis is expected to go', { min: 0, max: 1 }),
  basisStopBps: number(150, 'move of the basis against it since the entry at which it leaves', { min: 1, max: 10_000 }),
  maxHoldDays: number(365, 'longest holding time', { min: 0.1, max: 10_000 }),
  pauseDays: number(3, 'days without a new entry after it left for another reason than carry', { min: 0, max: 365 }),
  share: number(0.6, 'notional of a leg over the equity of both accounts', { min: 0.001, max: 10 }),
  maxLeverage: number(3, 'notional in the margin account over its equity, beyond which it reduces', { min: 0.1, max: 50 }),
  stopDistance: number(0.4, "distance of the first leg's protective stop, share of the price", { min: 0.01, max: 0.95 }),
  maxDelta: number(0.1, "largest difference of the legs over the first account's equity", { min: 0.0001, max: 1 }),
  maxNakedMs: integer(60_000, 'longest time that one leg may stand alone, in milliseconds', { min: 1, max: 86_400_000 }),
} as const

type P = ParametersOf<typeof PARAMETERS>

const BPS = 1e-4
const YEAR = 365 * DAY
/** A position that had to be reduced is reduced to this part of the largest leverage, and entered at no more. */
const LEVERAGE_ROOM = 0.8
/** Part of the second account that a bought leg may take: fees come on top. */
const CASH_ROOM = 0.98
/** What is left of a position that cannot be traded away does not stand in the way of the next, up to this part of it. */
const DUST = 0.01
/** An entry of which nothing has come in this time is given up. */
const UNANSWERED = DAY
/** The stop follows when the price has gone this part of the way to it, or as far away from it. */
const STOP_FOLLOWS = 0.5

export const fundingArbitrage = definePair({
  legs: 2,
  name: 'funding-arbitrage',
  description:
    'Short a perpetual that pays funding and long spot (or another contract), while carry after all costs is worth it.',
  kind: 'carry',
  parameters: PARAMETERS,
  // The first mean basis may already be acted on.
  warmUp: (p) => p.basisBars - 1,
  // Settlements come every 8 hours or more often, bars every minute or less often.
  memory: (p) => Math.max(p.basisBars, 480 * p.lookback),
  check: (p) =>
    p.exitAnnual < p.enterAnnual ? undefined : `exitAnnual (${p.exitAnnual}) must be less than enterAnnual (${p.enterAnnual})`,
  legRisk: (p) => ({ maxDelta: p.maxDelta, maxNaked: (p.maxNakedMs * MILLISECOND) as Duration }),
  create({ first, second, use }, p) {
    refuseUnfit(first, second)
    const meanBasis = use(sma(p.basisBars))
    const state: CarryState = {
      firstRates: { rates: [], bucket: -1 },
      secondRates: { rates: [], bucket: -1 },
      side: 0,
      held: false,
      qty: 0,
      entryQty: 0,
      entryTime: 0,
      entryBasis: 0,
      stopBase: 0,
      poor: 0,
      pausedUntil: 0,
    }
    return {
      state: state as unknown as Record<string, unknown>,
      onBars(one, other, view) {
        const basis = one.close / other.close - 1
        const mean = meanBasis.update(basis)
        const settled = observe(state.firstRates, 'first', one.endTime, p.lookback, view)
        observe(state.secondRates, 'second', one.endTime, p.lookback, view)
        if (Number.isNaN(mean) || state.firstRates.rates.length === 0) return undefined
        if (second.kind === 'perp' && state.secondRates.rates.length === 0) return undefined
        const market: CarryMarket = {
          funding: annual(state.secondRates, 'second', p.shrinkage, view) - annual(state.firstRates, 'first', p.shrinkage, view),
          basis,
          convergence: p.basisWeight * ((converges(second, view.time, p.horizonDays) ? 0 : mean) - basis),
          price: one.close,
          spot: second.kind === 'spot',
          settled,
        }
        const situation: Situation = { p, state, market, first, view }
        return state.side === 0 ? enter(situation) : stay(situation)
      },
    }
  },
})

interface Rates {
  /** Settled rates, oldest first. */
  rates: number[]
  /** Number of the settlement interval in which the last was seen. */
  bucket: number
}

interface CarryState {
  readonly firstRates: Rates
  readonly secondRates: Rates
  /** Side of the first leg that is wanted. */
  side: -1 | 0 | 1
  /** The first leg has been seen to be there. */
  held: boolean
  qty: number
  entryQty: number
  entryTime: number
  entryBasis: number
  stopBase: number
  /** Settlements in a row with too little carry. */
  poor: number
  pausedUntil: number
}

/** Gains are those of one unit long the first leg and short the second; of the other side, the opposite. */
interface CarryMarket {
  /** Funding a year. */
  readonly funding: number
  /** first / second - 1. */
  readonly basis: number
  /** What the way of the basis to where it belongs brings. */
  readonly convergence: number
  readonly price: number
  readonly spot: boolean
  /** A rate was settled since the last bar. */
  readonly settled: boolean
}

interface Situation {
  readonly p: P
  readonly state: CarryState
  readonly market: CarryMarket
  readonly first: Instrument
  readonly view: PairView
}

/** Parts of the net carry of a side over the horizon, shares of notional; costs negative. */
interface Carry {
  readonly funding: number
  readonly basis: number
  readonly fees: number
  readonly slippage: number
  readonly borrow: number
  readonly net: number
}

function refuseUnfit(first: Instrument, second: Instrument): void {
  if (first.kind === 'perp' && first.base.name === second.base.name) return
  throw new InputError('unfit-pair', `funding-arbitrage cannot hold ${first.id} against ${second.id}`, {
    where: { first: first.id, second: second.id },
    next: 'The first leg is a perpetual, the second spot or a contract of the same base asset.',
  })
}

/**
 * Takes the newest settled rate once in every settlement interval; true when it did. A bar that ends with the settlement belongs to
 * the interval before: whether the rate is already there at that moment differs between worlds.
 */
function observe(of: Rates, leg: 'first' | 'second', end: Micros, lookback: number, view: PairView): boolean {
  const interval = view.fundingInterval(leg)
  const rate = view.fundingRate(leg)
  if (interval <= 0 || Number.isNaN(rate)) return false
  const bucket = Math.floor((end - 1) / interval)
  if (bucket === of.bucket) return false
  const begins = of.bucket < 0
  of.bucket = bucket
  if (begins) return false
  of.rates.push(rate)
  if (of.rates.length > lookback) of.rates.shift()
  return true
}

/** Mean rate shrunk towards 0, times the settlements of a year; 0 where nothing is settled. */
function annual({ rates }: Rates, leg: 'first' | 'second', shrinkage: number, view: PairView): number {
  const interval = view.fundingInterval(leg)
  if (rates.length === 0 || interval <= 0) return 0
  let sum = 0
  for (const rate of rates) sum += rate
  return (sum / (rates.length + shrinkage)) * (YEAR / interval)
}

/** A dated contract meets the index at its delivery, if that comes within the horizon. */
const converges = ({ expiresAt }: Instrument, time: Micros, horizonDays: number): boolean =>
  expiresAt !== undefined && expiresAt <= time + horizonDays * DAY

/** `ways`: 2 to go in and out again; 0 to stay, because the way out has to be paid anyway. */
function carryOf(side: number, ways: number, { p, market }: Situation): Carry {
  const years = p.horizonDays / 365
  const funding = side * market.funding * years
  const basis = side * market.convergence
  const fees = -ways * (p.perpFee + p.hedgeFee)
  const slippage = -ways * 2 * p.slippageBps * BPS
  const borrow = side > 0 && market.spot ? -p.borrowRateAnnual * years : 0
  return { funding, basis, fees, slippage, borrow, net: funding + basis + fees + slippage + borrow }
}

function enter(situation: Situation): PairOpinion | undefined {
  const { p, state, market, first, view } = situation
  if (view.time < state.pausedUntil) return undefined
  const notional = largestNotional(situation)
  const left = Math.max(Math.abs(view.firstPosition), Math.abs(view.secondPosition)) * market.price
  if (left > DUST * notional) return undefined
  const years = p.horizonDays / 365
  for (const side of [-1, 1] as const) {
    if (side > 0 && market.spot && !p.allowShort) continue
    const carry = carryOf(side, 2, situation)
    // Convergence alone is no carry: the side has to be paid funding.
    if (carry.net / years <= p.enterAnnual || carry.funding <= 0) continue
    const qty = first.roundQty(notional / market.price, 'down', view.time)
    if (qty <= 0) return undefined
    state.side = side
    state.held = false
    state.qty = state.entryQty = qty
    state.entryTime = view.time
    state.entryBasis = market.basis
    state.stopBase = market.price
    state.poor = 0
    return opinion(situation, `enter: ${inWords(carry, p.horizonDays)}`)
  }
  return undefined
}

/** Notional of a leg at the entry: the share of capital, as far as both accounts can carry it. */
function largestNotional({ p, market, view }: Situation): number {
  const margin = Math.max(0, view.equity('first'))
  const legsOnMargin = market.spot ? 1 : 2
  const onMargin = (LEVERAGE_ROOM * p.maxLeverage * margin) / legsOnMargin
  if (!market.spot) return Math.min(p.share * margin, onMargin)
  const other = Math.max(0, view.equity('second'))
  return Math.min(p.share * (margin + other), onMargin, CASH_ROOM * other)
}

function stay(situation: Situation): PairOpinion | undefined {
  const { p, state, market, view } = situation
  if (state.held && view.firstPosition === 0) return leave(situation, 'the first leg is gone', true)
  if (view.firstPosition !== 0) state.held = true
  if (!state.held && view.time - state.entryTime >= UNANSWERED) return leave(situation, 'the entry was not carried out', true)
  keepToHeld(situation)
  const moved = state.side * (market.basis - state.entryBasis)
  if (moved < -p.basisStopBps * BPS) return leave(situation, `the basis went ${percent(-moved)} against it`, true)
  if (view.time - state.entryTime >= p.maxHoldDays * DAY) return leave(situation, `held for ${p.maxHoldDays} days`, true)
  const carry = carryOf(state.side, 0, situation)
  if (carry.net / (p.horizonDays / 365) >= p.exitAnnual) state.poor = 0
  else if (market.settled) state.poor += 1
  if (state.poor >= p.exitSettlements)
    return leave(situation, `too little for ${state.poor} settlements: ${inWords(carry, p.horizonDays)}`, false)
  return reduce(situation) ?? followStop(situation)
}

/** What was taken from the position, or never came, is not asked for again by a later word about the stop. */
function keepToHeld({ state, first, view }: Situation): void {
  if (view.firstPosition === 0 || view.time - state.entryTime < UNANSWERED) return
  state.qty = Math.min(state.qty, first.roundQty(Math.abs(view.firstPosition), 'down', view.time))
}

function leave({ p, state, view }: Situation, why: string, pause: boolean): PairOpinion {
  state.side = 0
  state.held = false
  state.qty = state.entryQty = 0
  state.poor = 0
  if (pause) state.pausedUntil = view.time + p.pauseDays * DAY
  return { direction: 0, reason: `exit: ${why}` }
}

/** Thin margin: a rally eats the short leg's account, whatever the other leg gains elsewhere. */
function reduce(situation: Situation): PairOpinion | undefined {
  const { p, state, market, first, view } = situation
  const legsOnMargin = market.spot ? Math.abs(view.firstPosition) : Math.abs(view.firstPosition) + Math.abs(view.secondPosition)
  const notional = legsOnMargin * market.price
  const equity = view.equity('first')
  if (notional <= p.maxLeverage * equity) return undefined
  const leverage = equity > 0 ? notional / equity : Number.POSITIVE_INFINITY
  const part = equity > 0 ? (LEVERAGE_ROOM * p.maxLeverage) / leverage : 0
  const qty = first.roundQty(Math.abs(view.firstPosition) * part, 'down', view.time)
  const words = `the margin account carries ${leverage.toFixed(2)} times its equity`
  if (qty <= 0) return leave(situation, words, true)
  if (qty >= state.qty) return undefined
  state.qty = qty
  return opinion(situation, `reduce: ${words}`)
}

/** Keeps the stop far out: it is there for the case that nobody is awake, not to be reached by a trend. */
function followStop(situation: Situation): PairOpinion | undefined {
  const { p, state, market } = situation
  const moved = Math.abs(market.price / state.stopBase - 1)
  if (!state.held || moved < STOP_FOLLOWS * p.stopDistance) return undefined
  state.stopBase = market.price
  return opinion(situation, 'the protective stop follows the price')
}

const opinion = ({ p, state }: Situation, reason: string): PairOpinion => ({
  direction: (state.side * state.qty) / state.entryQty,
  qty: state.qty as Qty,
  stop: state.stopBase * (1 - state.side * p.stopDistance),
  reason,
})

const percent = (share: number): string => `${(100 * share).toFixed(2)} %`

function inWords({ funding, basis, fees, slippage, borrow, net }: Carry, horizonDays: number): string {
  const year = 365 / horizonDays
  const parts = [
    `funding ${percent(funding)}`,
    `basis ${percent(basis)}`,
    `fees ${percent(fees)}`,
    `slippage ${percent(slippage)}`,
    `borrowing ${percent(borrow)}`,
  ]
  return `net carry ${percent(net * year)} a year; in ${horizonDays} days ${percent(net)} of notional = ${parts.join(', ')}`
}
