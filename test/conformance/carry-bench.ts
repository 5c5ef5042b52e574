/**
 * A backtest's world around one pair on generated markets, with faults between decision and exchange; and everything about its
 * result once more, from what was reported alone: fills, charges and prices.
 */
import { AttributionRecorder } from '../../src/backtest/attribution-recorder.ts'
import { World } from '../../src/backtest/world.ts'
import type { MarketInput, WorldConfig } from '../../src/backtest/world.ts'
import { rateOf } from '../../src/core/exact.ts'
import type { Money, Price, Qty } from '../../src/core/exact.ts'
import { createPrng } from '../../src/core/random.ts'
import { HOUR, intervalOf, MINUTE, SECOND } from '../../src/core/time.ts'
import type { Duration, Micros } from '../../src/core/time.ts'
import type { Decision, Effect, Refusal } from '../../src/domain/decision.ts'
import type { AccountReport, CommandName, Event } from '../../src/domain/event.ts'
import type { Fill, OrderRequest } from '../../src/domain/order.ts'
import { sideSign } from '../../src/domain/order.ts'
import { deltaBound } from '../../src/execution/leg-executor.ts'
import type { Kernel } from '../../src/kernel/kernel.ts'
import { resultOf } from '../../src/portfolio/attribution.ts'
import type { ResultParts } from '../../src/portfolio/attribution.ts'
import type { SpotTerms } from '../../src/sim/spot-terms.ts'
import type { VenueBars } from '../../src/sim/venue-bars.ts'
import { fundingArbitrage } from '../../src/strategy/strategies/funding-arbitrage.ts'
import { MONDAY, rules, spec } from '../kernel/fixtures.ts'

const BAR = 5 * MINUTE
const ROWS = 6 * 24 * 12
/** What faults there are is over by then: the rest of the run has to end hedged or flat. */
export const CALM = MONDAY + (ROWS - 6 * 12) * BAR
export const MAX_NAKED = 30 * MINUTE

const DEFAULTS = Object.fromEntries(
  Object.entries(fundingArbitrage.parameters).map(([name, { default: value }]) => [name, value]),
)
export const PARAMS = {
  ...DEFAULTS,
  lookback: 3,
  shrinkage: 1,
  basisBars: 6,
  horizonDays: 5,
  basisStopBps: 80,
  maxHoldDays: 1,
  pauseDays: 0.05,
  exitSettlements: 2,
  maxNakedMs: MAX_NAKED / 1_000,
}

export type Fault = 'rejected' | 'expired'

export interface CarryParts {
  readonly seed: number
  readonly params?: Readonly<Record<string, number | boolean>>
  /** Whether an order fails at the exchange. */
  readonly fault?: (order: OrderRequest, time: Micros, chance: () => number) => Fault | undefined
  /** Standard deviation of a bar's price change, and its drift. */
  readonly volatility?: number
  readonly drift?: number
  /** Coins a bar; orders take a tenth of it. */
  readonly volume?: number
  /** Mean funding rate of an hour. */
  readonly funding?: number
  readonly secondsLate?: number
  readonly risk?: WorldConfig['risk']
  /** The second leg is a perpetual of the same account. */
  readonly perpetuals?: boolean
  /** When a leg ceases to trade. */
  readonly firstEnds?: Micros
  readonly secondEnds?: Micros
  readonly spot?: Partial<SpotTerms>
  readonly leverage?: number
  readonly commands?: readonly (readonly [Micros, CommandName])[]
}

/** Fills, charges and prices of the pair's legs as they were reported. */
interface Observed {
  price: bigint
  slippage: bigint
  commission: bigint
  funding: bigint
  borrowInterest: bigint
  liquidationFee: bigint
  insuranceCover: bigint
}

/** The largest difference of the legs that the orders on their way may lead to, and since when they are apart. */
interface Watch {
  bound: number
  nakedSince: number
  longestNaked: number
  largestExcess: number
  /** A leg was taken from us, and the other has not followed yet. */
  taken: boolean
}

export class CarryBench {
  readonly world: World
  readonly refusals: Refusal[] = []
  readonly effects: Effect[] = []
  readonly reasons = new Set<string>()
  readonly kinds = new Set<string>()
  /** Decisions in which one leg of a slice of an entry was sent and the other not. */
  lonely = 0
  readonly seen: Observed = {
    price: 0n,
    slippage: 0n,
    commission: 0n,
    funding: 0n,
    borrowInterest: 0n,
    liquidationFee: 0n,
    insuranceCover: 0n,
  }
  readonly watch: Watch = { bound: 0, nakedSince: -1, longestNaked: 0, largestExcess: 0, taken: false }
  readonly attribution: AttributionRecorder
  readonly #decided = new Map<string, OrderRequest>()
  readonly #held = [0, 0]
  readonly #last = [0, 0]
  readonly #wallets = new Map<string, bigint>()
  readonly #second: number

  constructor(parts: CarryParts) {
    const recorders: AttributionRecorder[] = []
    const params = { ...PARAMS, ...parts.params }
    this.#second = parts.perpetuals === true ? 0 : 1
    const [first, second] = marketsOf(parts)
    const id = (market: MarketInput): string => `sim:${market.spec.kind}:${market.spec.symbol}`
    this.world = new World({
      runId: 'aaaaaaaa',
      seed: parts.seed,
      markets: [first, second],
      strategies: [
        {
          definition: fundingArbitrage,
          params,
          interval: intervalOf('1h'),
          account: 0,
          symbols: ['BTCUSDT'],
          hedge: { account: this.#second, instruments: { [id(first)]: id(second) } },
        },
      ],
      capital: (100_000n * 10n ** 8n) as Money,
      fills: { takerFee: rateOf('0.0005'), makerFee: rateOf('0.0002'), slippageBps: 1, participation: 0.1, touch: false },
      latency: { order: late(parts), report: late(parts), data: 0 as Duration },
      account: { leverage: parts.leverage ?? 20, margin: 'cross' },
      risk: parts.risk ?? {},
      allocation: { fraction: 0.9 },
      spot: { share: 0.5, terms: parts.spot ?? {}, balance: { marginShare: 0.5, band: 0.05, least: 10 } },
      observers: (kernel) => {
        recorders.push(new AttributionRecorder(kernel))
        return [recorders[0], { name: 'watch', observe: (event, decision) => this.#observe(event, decision, kernel) }]
      },
    })
    this.attribution = recorders[0]
    this.#addFaults(parts)
    for (const [time, command] of parts.commands ?? []) this.#commands.push({ time, command })
  }

  readonly #commands: { time: Micros; command: CommandName }[] = []

  /** To the end, event by event where commands are due. */
  run(): this {
    const { world } = this
    for (const { time, command } of this.#commands) {
      while (world.timeline.now < time && world.run(1));
      world.bus.publishCritical({ kind: 'command', seq: 0, time: world.timeline.now, command, by: 'test', argument: '' })
    }
    while (world.run());
    this.attribution.finish()
    return this
  }

  #addFaults({ fault, seed }: CarryParts): void {
    if (fault === undefined) return
    const { venue, timeline } = this.world
    const submit = venue.submit.bind(venue)
    const chance = createPrng(seed).fork('faults')
    venue.submit = (request, time) => {
      const failed = time < CALM && request.reason !== 'stop' ? fault(request, time, chance.float) : undefined
      if (failed === undefined) {
        submit(request, time)
        return
      }
      const { account, instrument, clientOrderId } = request
      const of = { seq: 0, time, exchangeTime: time, account, instrument, clientOrderId, fill: undefined, remaining: 0 as Qty }
      timeline.report({ ...of, kind: failed === 'rejected' ? 'order-rejected' : 'order-expired', reason: 'a fault' })
    }
  }

  // ---- the watch -------------------------------------------------------------------------------------------------

  #observe(event: Event, { effects, refusals }: Decision, kernel: Kernel): void {
    this.kinds.add(event.kind)
    if (event.kind === 'bar') this.#last[event.instrument] = event.close
    if (event.kind === 'account') this.#onAccount(event)
    if (event.kind === 'order-filled' && event.fill !== undefined) this.#onFill(event.fill)
    this.refusals.push(...refusals)
    this.effects.push(...effects)
    const sent = effects.flatMap((effect) => (effect.kind === 'submit' && effect.order.reason !== 'stop' ? [effect.order] : []))
    for (const order of sent) this.#decided.set(order.clientOrderId, order)
    const entries = sent.filter(({ reason }) => reason === 'entry')
    if (entries.length === 1 && refusals.length > 0) this.lonely += 1
    for (const { reason } of sent) this.reasons.add(reason)
    this.#look(event.time, sent.length > 0, kernel)
  }

  /** Largest difference as docs state it: `maxDelta`, or twice the smallest order where that is more; and what was left before. */
  #look(time: number, sent: boolean, { view, orders }: Kernel): void {
    const { watch } = this
    const held = [view.bookQty(0, 0), view.bookQty(0, 1)]
    if (held[0] !== this.#held[0] || held[1] !== this.#held[1])
      throw new Error(`the books hold ${held.join(' and ')}, reported was ${this.#held.join(' and ')}`)
    const least = LEAST
    const delta = Math.abs(held[0] + held[1])
    const allowed = Math.max(deltaBound(PARAMS_DELTA, view.equity(0), view.lastPrice(0)), 2 * least) + least
    const isQuiet = orders.entriesOf(0, 0).length === 0 && orders.entriesOf(0, 1).length === 0
    if (sent) watch.bound = isQuiet ? allowed : Math.max(watch.bound, allowed)
    if (delta < least) {
      watch.taken = false
      watch.nakedSince = -1
      return
    }
    if (watch.taken) return
    watch.largestExcess = Math.max(watch.largestExcess, delta - watch.bound)
    if (watch.nakedSince < 0) watch.nakedSince = time
    watch.longestNaked = Math.max(watch.longestNaked, time - watch.nakedSince)
  }

  #onFill(fill: Fill): void {
    const { instrument, side, qty, price, fee, clientOrderId, reason, account, realised } = fill
    const sign = sideSign(side)
    this.#held[instrument] += sign * qty
    const order = this.#decided.get(clientOrderId)
    if (order === undefined) this.watch.taken = true
    this.reasons.add(reason)
    const decided = order?.decisionPrice ?? this.#stopPrice(clientOrderId) ?? price
    this.seen.price -= BigInt(sign * qty) * BigInt(price)
    this.seen.slippage -= BigInt(sign) * BigInt(qty) * (BigInt(price) - BigInt(decided))
    this.seen.commission -= fee
    const isSpot = account === 1
    this.#pay(account, 'USDT', (isSpot ? -BigInt(sign * qty) * BigInt(price) : realised) - fee)
    if (isSpot) this.#pay(account, 'BTC', BigInt(sign * qty) * 100n)
  }

  #stopPrice(id: string): Price | undefined {
    for (const effect of this.effects)
      if (effect.kind === 'submit' && effect.order.clientOrderId === id) return effect.order.decisionPrice
    return undefined
  }

  #onAccount({ account, asset, amount, entry }: AccountReport): void {
    this.#pay(account, asset, amount)
    if (entry === 'funding') this.seen.funding += amount
    if (entry === 'borrow-interest') this.seen.borrowInterest += amount
    if (entry === 'liquidation-fee') this.seen.liquidationFee += amount
    if (entry === 'insurance-cover') this.seen.insuranceCover += amount
  }

  #pay(account: number, asset: string, amount: bigint): void {
    const key = `${account} ${asset}`
    this.#wallets.set(key, (this.#wallets.get(key) ?? 0n) + amount)
  }

  // ---- what came of it -------------------------------------------------------------------------------------------

  /** Wallets by what was reported, beside those of the kernel and of the exchange. */
  wallets(): readonly (readonly [reported: bigint, kernel: bigint])[] {
    return [...this.#wallets].map(([key, amount]) => {
      const [account, asset] = key.split(' ')
      return [amount, this.world.kernel.positions.wallet(Number(account), asset)] as const
    })
  }

  /** Signed sizes of both legs: in the books, and at the exchange. */
  get legs(): readonly number[] {
    return [...this.#held]
  }
  get legsAtVenue(): readonly number[] {
    return [0, 1].map((i) => this.world.venue.account(i === 0 ? 0 : this.#second).position(i, 'both').qty)
  }

  /** Parts of the net carry from fills, charges and prices alone. */
  get recomputed(): Observed & { readonly result: bigint } {
    const worth = this.#held.reduce((sum, qty, i) => sum + BigInt(qty) * BigInt(this.#last[i]), 0n)
    const parts = { ...this.seen, price: this.seen.price + worth }
    const { price, commission, funding, borrowInterest, liquidationFee, insuranceCover } = parts
    return { ...parts, result: price + commission + funding + borrowInterest + liquidationFee + insuranceCover }
  }

  /** The same parts by the attribution, over all cells of the strategy. */
  get attributed(): Observed & { readonly result: bigint } {
    const cells = this.attribution.book.cells().filter(({ strategy }) => strategy === 0)
    const sum = (of: (parts: ResultParts) => bigint): bigint => cells.reduce((all, { parts }) => all + of(parts), 0n)
    return {
      price: sum(({ price }) => price),
      slippage: sum(({ slippage }) => slippage),
      commission: sum(({ commission }) => commission),
      funding: sum(({ funding }) => funding),
      borrowInterest: sum(({ borrowInterest }) => borrowInterest),
      liquidationFee: sum(({ liquidationFee }) => liquidationFee),
      insuranceCover: sum(({ insuranceCover }) => insuranceCover),
      result: sum(resultOf),
    }
  }

  get isHedged(): boolean {
    return Math.abs(this.#held[0] + this.#held[1]) < LEAST
  }
}

const PARAMS_DELTA = Number(DEFAULTS['maxDelta'])
const late = ({ secondsLate = 0 }: CarryParts): Duration => (secondsLate * SECOND) as Duration

const STEP = 1_000
/** The smallest order of both markets: fills of a part of a bar's volume are no whole steps, so their rules do not bind. */
const LEAST = STEP

function marketsOf(parts: CarryParts): readonly [MarketInput, MarketInput] {
  const chance = createPrng(parts.seed).fork('market')
  const { volatility = 0.001, drift = 0, volume = 40, perpetuals = false } = parts
  const closes: number[] = []
  let price = 30_000
  for (let i = 0; i <= ROWS; i++) {
    price *= 1 + drift + volatility * (2 * chance.float() - 1)
    closes.push(price)
  }
  let basis = 0
  const others = closes.map((close) => {
    basis = 0.98 * basis + 0.0002 * (2 * chance.float() - 1)
    return close * (1 + basis)
  })
  const rates = (mean: number): NonNullable<MarketInput['funding']> => {
    const count = (ROWS * BAR) / HOUR
    const column = (of: (i: number) => number): Float64Array => Float64Array.from({ length: count }, (_, i) => of(i))
    return {
      time: column((i) => MONDAY + (i + 1) * HOUR),
      rate: column(() => Math.round((mean + 0.00005 * (2 * chance.float() - 1)) * 1e10)),
      mark: column((i) => Math.round(closes[Math.min(ROWS, (i + 1) * 12)] * 100)),
    }
  }
  const own = { rules: [rules({ step: STEP, binding: false })] }
  const { funding = 0.0001, firstEnds, secondEnds } = parts
  const first = spec({ ...own, ...(firstEnds && { expiresAt: firstEnds }), liquidationFee: rateOf('0.01') })
  const kind = perpetuals ? ({ symbol: 'BTCUSDX' } as const) : ({ kind: 'spot', brackets: [] } as const)
  const second = spec({ ...own, ...kind, ...(secondEnds && { expiresAt: secondEnds }) })
  return [
    { spec: first, bars: barsOf(closes, volume, chance.float), funding: rates(funding) },
    { spec: second, bars: barsOf(others, volume, chance.float), funding: perpetuals ? rates(-funding) : undefined },
  ]
}

function barsOf(closes: readonly number[], volume: number, chance: () => number): VenueBars {
  const cents = (value: number): number => Math.round(value * 100)
  const column = (of: (i: number) => number): Float64Array => Float64Array.from({ length: ROWS }, (_, i) => of(i))
  return {
    length: ROWS,
    openTime: column((i) => MONDAY + i * BAR),
    duration: column(() => BAR),
    open: column((i) => cents(closes[i])),
    high: column((i) => cents(Math.max(closes[i], closes[i + 1]) * 1.0003)),
    low: column((i) => cents(Math.min(closes[i], closes[i + 1]) * 0.9997)),
    close: column((i) => cents(closes[i + 1])),
    volume: column(() => volume * (0.5 + chance())),
    mark: undefined,
  }
}
