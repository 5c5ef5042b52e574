/**
 * A backtest's world of one market and several strategies on it that say what they are told: for what books do to each other.
 * Quantities are whole coins, prices whole dollars.
 */
import { rateOf } from '../../src/core/exact.ts'
import type { Money } from '../../src/core/exact.ts'
import { HOUR, intervalOf } from '../../src/core/time.ts'
import { World } from '../../src/backtest/world.ts'
import type { WorldConfig } from '../../src/backtest/world.ts'
import type { Booking, Effect, Refusal, Target } from '../../src/domain/decision.ts'
import type { CommandName } from '../../src/domain/event.ts'
import type { OrderRequest } from '../../src/domain/order.ts'
import { DecisionDigest } from '../../src/kernel/decision-digest.ts'
import { MONDAY, spec } from './fixtures.ts'
import { COIN, scripted, seconds } from './world-bench.ts'
import type { Row, Script } from './world-bench.ts'

export interface BooksBenchParts {
  readonly rows: readonly Row[]
  /** One a strategy. */
  readonly scripts: readonly Script[]
  readonly capital?: bigint
  readonly participation?: number | undefined
  /** Seconds from us to the exchange, and from an execution to us. */
  readonly orderDelay?: number
  readonly reportDelay?: number
  readonly given?: Partial<WorldConfig>
  /** Of the instrument: when it is delisted, in bars. */
  readonly expires?: number
}

export class BooksBench {
  readonly world: World
  readonly digest: DecisionDigest
  readonly effects: Effect[] = []
  readonly refusals: Refusal[] = []
  readonly targets: Target[] = []
  readonly bookings: Booking[] = []
  readonly count: number

  constructor({ rows, scripts, capital = 1_000_000n, ...given }: BooksBenchParts) {
    this.count = scripts.length
    const column = (of: (row: Row, i: number) => number): Float64Array => Float64Array.from(rows, of)
    const bars = {
      length: rows.length,
      openTime: column((_, i) => MONDAY + i * HOUR),
      duration: column(() => HOUR),
      open: column((row) => row[0]),
      high: column((row) => row[1]),
      low: column((row) => row[2]),
      close: column((row) => row[3]),
      volume: column((row) => row[4] ?? 1e6),
      mark: undefined,
    }
    const expiry = given.expires === undefined ? {} : { expiresAt: MONDAY + given.expires * HOUR }
    const digests: DecisionDigest[] = []
    this.world = new World({
      runId: 'aaaaaaaa',
      seed: 1,
      markets: [{ spec: spec({ priceScale: 0, ...(expiry as object) }), bars, funding: undefined }],
      strategies: scripts.map((script, i) => ({
        definition: scripted(script, `told-${i}`),
        params: {},
        interval: intervalOf('1h'),
        account: 0,
      })),
      capital: (capital * 10n ** 8n) as Money,
      fills: {
        takerFee: rateOf('0.0005'),
        makerFee: rateOf('0'),
        slippageBps: 0,
        participation: given.participation,
        touch: false,
      },
      latency: { order: seconds(given.orderDelay), report: seconds(given.reportDelay), data: seconds(0) },
      risk: {},
      allocation: { fraction: 0.9 },
      observers: (kernel) => {
        digests.push(new DecisionDigest(kernel.instruments))
        const watch = {
          name: 'watch',
          observe: (_: unknown, { effects, refusals, targets, bookings }: Parameters<DecisionDigest['observe']>[1]) => {
            this.effects.push(...effects)
            this.refusals.push(...refusals)
            this.targets.push(...targets)
            this.bookings.push(...bookings)
          },
        }
        return [watch, digests[0]]
      },
      ...given.given,
    })
    const [digest] = digests
    this.digest = digest
  }

  get net(): number {
    return this.world.kernel.positions.netQty(0, 0) / COIN
  }

  /** In coins. */
  get books(): readonly number[] {
    return Array.from({ length: this.count }, (_, i) => this.world.kernel.view.bookQty(i, 0) / COIN)
  }

  get venueNet(): number {
    return this.world.venue.account(0).position(0, 'both').qty / COIN
  }

  /** Protective stops that stand or travel. */
  get stops(): readonly OrderRequest[] {
    return [...this.world.kernel.orders.open].filter(({ request }) => request.reason === 'stop').map(({ request }) => request)
  }

  /** Nothing travels: every order of ours that lives stands at the venue as a stop that waits. */
  get isQuiet(): boolean {
    for (const { request, status, filled } of this.world.kernel.orders.open)
      if (
        request.reason !== 'stop' ||
        status !== 'working' ||
        filled > 0 ||
        this.world.kernel.isCancelling(request.clientOrderId)
      )
        return false
    return true
  }

  each(look: () => void): void {
    while (this.world.run(1)) look()
    look()
  }

  until(reached: () => boolean): void {
    while (!reached()) if (!this.world.run(1)) throw new Error('the run is over and the condition never held')
  }

  command(command: CommandName): void {
    this.world.bus.publishCritical({ kind: 'command', seq: 0, time: this.world.timeline.now, command, by: 'test', argument: '' })
  }
}
