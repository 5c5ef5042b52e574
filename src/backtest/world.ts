/**
 * A backtest's world: kernel, bus, simulated venue and timeline, put together; and the whole of it as one snapshot.
 */
import type { Money } from '../core/exact.ts'
import type { Micros } from '../core/time.ts'
import type { InstrumentSpec } from '../domain/instrument.ts'
import { Engine } from '../kernel/engine.ts'
import { EventBus } from '../kernel/event-bus.ts'
import type { BusState } from '../kernel/event-bus.ts'
import { Kernel } from '../kernel/kernel.ts'
import type { KernelConfig, KernelState, StrategySpec } from '../kernel/kernel.ts'
import type { Journal, Observer } from '../kernel/ports.ts'
import type { AllocationValues } from '../portfolio/fixed-fraction.ts'
import type { LimitValues } from '../risk/risk-controller.ts'
import type { FillModel } from '../sim/fill-model.ts'
import { SimVenue } from '../sim/sim-venue.ts'
import type { SimVenueState } from '../sim/sim-venue.ts'
import type { VenueBars } from '../sim/venue-bars.ts'
import { Timeline } from './timeline.ts'
import type { FundingSchedule, Latency, TimelineState } from './timeline.ts'

/** One market of the backtest. */
export interface MarketInput {
  readonly spec: InstrumentSpec
  readonly bars: VenueBars
  readonly funding: FundingSchedule | undefined
}

export interface WorldConfig {
  readonly runId: string
  readonly seed: number
  /** Sorted by instrument id: the order in which they were named must not matter. */
  readonly markets: readonly MarketInput[]
  readonly strategies: readonly StrategySpec[]
  readonly capital: Money
  readonly fills: FillModel
  readonly latency: Latency
  readonly risk: LimitValues
  readonly allocation: AllocationValues
  readonly journal?: Journal
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
export function kernelConfigOf({ runId, seed, markets, strategies, risk, allocation }: KernelParts): KernelConfig {
  const instruments = markets.map(({ spec }) => spec)
  const [{ venue, settle }] = instruments
  return { runId, seed, accounts: [{ venue, name: 'main', settle: settle.name }], instruments, strategies, risk, allocation }
}

export type KernelParts = Pick<WorldConfig, 'runId' | 'seed' | 'markets' | 'strategies' | 'risk' | 'allocation'>

/** Events counted at a time: a number that needs no box. */
const SLICE = 1_000_000_000

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
      funding: markets.map(({ funding }) => funding),
      latency,
      expiries: markets.map(({ spec }) => spec.expiresAt),
    })
    this.venue = new SimVenue({
      instruments: this.kernel.instruments,
      bars,
      accounts: 1,
      fills: config.fills,
      report: this.timeline.report,
    })
    this.timeline.connect(this.venue, (effect) => this.kernel.modelOf(effect)(effect.inputs))
    this.#engine = new Engine({
      bus: this.bus,
      kernel: this.kernel,
      venue: this.timeline,
      observers: config.observers?.(this.kernel) ?? [],
      ...(config.journal === undefined ? {} : { journal: config.journal }),
    })
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
    const { markets, capital } = this.#config
    const first = markets.reduce(
      (earliest, { bars }) => Math.min(earliest, bars.length > 0 ? bars.openTime[0] : earliest),
      Number.MAX_SAFE_INTEGER,
    )
    this.venue.transfer(0, 'deposit', capital, first as Micros)
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
