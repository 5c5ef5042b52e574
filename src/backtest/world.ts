/**
 * A backtest's world: kernel, bus, simulated venue and timeline, put together; and the whole of it as one snapshot.
 */
import { assert } from '../core/errors.ts'
import type { Money } from '../core/exact.ts'
import type { Micros } from '../core/time.ts'
import type { InstrumentSpec } from '../domain/instrument.ts'
import type { BalanceValues } from '../kernel/account-balancer.ts'
import { Engine } from '../kernel/engine.ts'
import { EventBus } from '../kernel/event-bus.ts'
import type { BusState } from '../kernel/event-bus.ts'
import { Kernel } from '../kernel/kernel.ts'
import type { KernelConfig, KernelState, ManagerValues, StrategySpec } from '../kernel/kernel.ts'
import type { Journal, Observer } from '../kernel/ports.ts'
import type { AllocationValues } from '../portfolio/settings.ts'
import type { PortfolioValues } from '../portfolio/settings.ts'
import type { SizingValues } from '../risk/position-sizer.ts'
import type { LimitValues } from '../risk/risk-controller.ts'
import type { UniverseValues } from '../strategy/universe.ts'
import type { RegimeValues } from '../strategy/regimes/settings.ts'
import type { BasisTerms } from '../sim/synthetic/basis.ts'
import type { SpotTerms } from '../sim/spot-terms.ts'
import type { FillModel } from '../sim/fill-model.ts'
import { SimVenue } from '../sim/sim-venue.ts'
import type { SimVenueState } from '../sim/sim-venue.ts'
import type { VenueBars, VenueMarks, VenueTrades } from '../sim/venue-bars.ts'
import type { VenueSwitches } from '../sim/venue-switches.ts'
import { KERNEL } from '../kernel/kernel-models.ts'
import type { ModelDesk } from './model-desk.ts'
import { Timeline } from './timeline.ts'
import type { Compute, Delays, FundingSchedule, TimelineState } from './timeline.ts'

/** One market of the backtest. */
export interface MarketInput {
  readonly spec: InstrumentSpec
  /** What reaches us, and what drives the exchange where no trades do. */
  readonly bars: VenueBars
  readonly trades?: VenueTrades | undefined
  /** Marks beside trades; those of bars are part of them. */
  readonly marks?: VenueMarks | undefined
  readonly funding: FundingSchedule | undefined
  /** Of a spot pair whose bars were made from those of the contract of its symbol: how. */
  readonly basis?: BasisTerms | undefined
  /** When its data end; default with its last row. Given where rows were taken away and nobody shall know. */
  readonly endsAt?: number | undefined
}

/** V9: what the account is set to before the first order. */
export interface AccountTerms {
  /** Of every instrument, or its table's maximum if that is less. */
  readonly leverage: number
  readonly margin: 'cross' | 'isolated'
}

/** The account beside the margin account in which spot pairs are held. */
export interface SpotAccountTerms {
  /** Of the capital, 0 to 1. */
  readonly share: number
  readonly terms: Partial<SpotTerms>
  /** How the two accounts are kept in balance later; without it nothing moves. */
  readonly balance?: BalanceValues
}

export interface WorldConfig {
  readonly runId: string
  readonly seed: number
  /** Sorted by instrument id: the order in which they were named must not matter. */
  readonly markets: readonly MarketInput[]
  readonly strategies: readonly StrategySpec[]
  readonly capital: Money
  readonly fills: FillModel
  readonly latency: Delays
  readonly account?: AccountTerms | undefined
  readonly switches?: Partial<VenueSwitches> | undefined
  readonly risk: LimitValues
  readonly allocation: AllocationValues
  readonly manager?: ManagerValues
  readonly portfolio?: PortfolioValues
  readonly sizing?: SizingValues
  readonly regimes?: RegimeValues
  readonly universe?: UniverseValues
  /** What a spot account pays and may do, and its part of the capital at the start. */
  readonly spot?: SpotAccountTerms | undefined
  readonly journal?: Journal
  /** Who computes what the kernel itself asks for; without it that is done at the request. */
  readonly modelDesk?: ModelDesk | undefined
  /** They see the kernel they observe. */
  observers?(kernel: Kernel): readonly Observer[]
}

export interface WorldState {
  readonly started: boolean
  readonly kernel: KernelState
  readonly venue: SimVenueState
  readonly timeline: TimelineState
  readonly bus: BusState
}

/** What the kernel of a world is made of; a journal keeps it, so that a replay can make the same kernel again. */
export function kernelConfigOf(parts: KernelParts): KernelConfig {
  const { markets, account, runId, seed, strategies, risk, allocation, manager, portfolio, sizing, regimes, universe, spot } =
    parts
  const instruments = markets.map(({ spec }) => spec)
  const [{ venue, settle }] = instruments
  const main = { venue, name: 'main', settle: settle.name, ...(account && { leverage: account.leverage }) }
  const second = { venue, name: 'spot', settle: settle.name, kind: 'spot' } as const
  return {
    runId,
    seed,
    accounts: hasSpot(markets) ? [main, second] : [main],
    instruments,
    strategies,
    risk,
    allocation,
    ...(manager && { manager }),
    ...(portfolio && { portfolio }),
    ...(sizing && { sizing }),
    ...(regimes && { regimes }),
    ...(universe && { universe }),
    ...(spot?.balance && { balance: spot.balance }),
  }
}

export type KernelParts = Pick<
  WorldConfig,
  | 'runId'
  | 'seed'
  | 'markets'
  | 'strategies'
  | 'account'
  | 'risk'
  | 'allocation'
  | 'manager'
  | 'portfolio'
  | 'sizing'
  | 'regimes'
  | 'universe'
  | 'spot'
>

/** The spot account, where any of the markets is spot: the second one. */
export const SPOT_ACCOUNT = 1
const hasSpot = (markets: readonly MarketInput[]): boolean => markets.some(({ spec }) => spec.kind === 'spot')

/** An account without positions and orders may be set to anything that its tables allow. */
function refuse(refusal: string | undefined): void {
  assert(refusal === undefined, `the venue refused the account's settings: ${refusal ?? ''}`)
}

/** Shares of capital are exact to a millionth. */
const SHARE_ONE = 1_000_000

/** Events counted at a time: a number that needs no box. */
const SLICE = 1_000_000_000

export const endOf = ({ bars: { openTime, duration, length }, endsAt }: MarketInput): number =>
  endsAt ?? (length === 0 ? 0 : openTime[length - 1] + duration[length - 1])

/**
 * A contract whose data end before those of others is over for this run: it is settled at its last price, as the venue settles
 * what it delists. Nobody is told before.
 */
export function dataEnd(market: MarketInput, markets: readonly MarketInput[]): Micros | undefined {
  if (market.spec.kind === 'spot') return undefined
  const end = endOf(market)
  return markets.some((other) => endOf(other) > end) ? (end as Micros) : undefined
}

export class World {
  readonly kernel: Kernel
  readonly venue: SimVenue
  readonly timeline: Timeline
  readonly bus: EventBus
  readonly #engine: Engine
  readonly #config: WorldConfig
  #started = false

  constructor(config: WorldConfig) {
    const { markets, latency } = config
    this.#config = config
    this.bus = new EventBus()
    this.kernel = new Kernel(kernelConfigOf(config))
    const bars = markets.map((market) => market.bars)
    this.timeline = new Timeline({
      bus: this.bus,
      bars,
      trades: markets.map(({ trades }) => trades),
      marks: markets.map(({ marks }) => marks),
      funding: markets.map(({ funding }) => funding),
      latency,
      seed: config.seed,
      expiries: markets.map((market) => market.spec.expiresAt ?? dataEnd(market, markets)),
      bracketChanges: markets.map(({ spec }) => spec.bracketChanges ?? []),
    })
    this.venue = new SimVenue({
      instruments: this.kernel.instruments,
      bars,
      trades: markets.map(({ trades }) => trades),
      accounts: hasSpot(markets) ? ['margin', 'spot'] : 1,
      ...(config.spot && { spot: config.spot.terms }),
      fills: config.fills,
      switches: config.switches ?? {},
      report: this.timeline.report,
    })
    this.timeline.connect(this.venue, this.#begin)
    this.#engine = new Engine({
      bus: this.bus,
      kernel: this.kernel,
      venue: this.timeline,
      observers: config.observers?.(this.kernel) ?? [],
      ...(config.journal === undefined ? {} : { journal: config.journal }),
    })
  }

  /** A strategy's own models are computed here and now: its file is not ours to load elsewhere, nor to call pure. */
  readonly #begin: Compute = (effect) => {
    const { modelDesk } = this.#config
    if (effect.strategy === KERNEL && modelDesk !== undefined) return modelDesk.begin(effect.model, effect.inputs)
    const answer = this.kernel.modelOf(effect)(effect.inputs)
    return { take: () => answer }
  }

  /** Runs at most `most` events; false when there are no more. Progress is the timeline's `now`. */
  run(most = Number.MAX_SAFE_INTEGER): boolean {
    this.#start()
    for (let left = most; left > 0; left -= SLICE) if (!this.#runSlice(Math.min(left, SLICE))) return false
    return true
  }

  #runSlice(most: number): boolean {
    let left = most - this.#engine.pump(most)
    while (left > 0) {
      if (!this.timeline.advance()) return false
      left -= this.#engine.pump(left)
    }
    return true
  }

  /** The first thing that happens is the deposit of the capital. */
  #start(): void {
    if (this.#started) return
    this.#started = true
    const { markets, capital, account } = this.#config
    const first = markets.reduce(
      (earliest, { bars }) => Math.min(earliest, bars.length > 0 ? bars.openTime[0] : earliest),
      Number.MAX_SAFE_INTEGER,
    ) as Micros
    if (account !== undefined) {
      markets.forEach(({ spec }, i) => {
        if (spec.kind === 'spot') return
        const most = spec.brackets[0]?.maxLeverage ?? account.leverage
        refuse(this.venue.setLeverage(0, i, Math.min(account.leverage, most), first))
        if (account.margin === 'isolated') refuse(this.venue.setMarginType(0, i, 'isolated', first))
      })
    }
    const share = hasSpot(markets) ? (this.#config.spot?.share ?? 0) : 0
    const inSpot = ((capital * BigInt(Math.round(share * SHARE_ONE))) / BigInt(SHARE_ONE)) as Money
    this.venue.transfer(0, 'deposit', (capital - inSpot) as Money, first)
    if (inSpot > 0n) this.venue.transfer(SPOT_ACCOUNT, 'deposit', inSpot, first)
  }

  snapshot(): WorldState {
    return {
      started: this.#started,
      kernel: this.kernel.snapshot(),
      venue: this.venue.snapshot(),
      timeline: this.timeline.snapshot(),
      bus: this.bus.snapshot(),
    }
  }

  /** Continues where another world of the same configuration stood. */
  restore(state: WorldState): void {
    this.#started = state.started
    this.kernel.restore(state.kernel)
    this.venue.restore(state.venue)
    this.timeline.restore(state.timeline)
    this.bus.restore(state.bus)
  }
}
