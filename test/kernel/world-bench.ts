/**
 * A backtest's world around one market of a few hand-written bars and one strategy that says what it is told: for tests
 * of what happens between decision and execution. Quantities and prices are whole numbers of coins and dollars.
 */
import { rateOf } from '../../src/core/exact.ts'
import type { Money, Qty } from '../../src/core/exact.ts'
import { HOUR, intervalOf } from '../../src/core/time.ts'
import type { Duration } from '../../src/core/time.ts'
import { World } from '../../src/backtest/world.ts'
import type { WorldConfig } from '../../src/backtest/world.ts'
import type { Effect, Refusal } from '../../src/domain/decision.ts'
import type { CommandName } from '../../src/domain/event.ts'
import type { Fill, OrderRequest } from '../../src/domain/order.ts'
import { defineStrategy } from '../../src/strategy/strategy.ts'
import type { Opinion, StrategyDefinition } from '../../src/strategy/strategy.ts'
import type { VenueBars } from '../../src/sim/venue-bars.ts'
import { MONDAY, rules, spec } from './fixtures.ts'

export type Row = readonly [open: number, high: number, low: number, close: number, volume?: number]
/** What to say at the n-th bar, from 1 on; sizes in coins. */
export type Script = Readonly<Record<number, Omit<Opinion, 'reason' | 'qty'> & { readonly coins?: number }>>

export const COIN = 1e8
const DOLLAR = 10n ** 8n

export interface WorldBenchParts {
  readonly rows: readonly Row[]
  readonly script?: Script
  readonly definition?: StrategyDefinition
  /** Of each bar; an hour unless said. */
  readonly length?: number
  readonly capital?: bigint
  readonly participation?: number
  /** Seconds from us to the exchange, and from an execution to us. */
  readonly orderDelay?: number
  readonly reportDelay?: number
  readonly risk?: WorldConfig['risk']
  readonly rules?: Parameters<typeof rules>[0]
}

export class WorldBench {
  readonly world: World
  readonly fills: Fill[] = []
  readonly refusals: Refusal[] = []
  readonly effects: Effect[] = []

  constructor({ rows, script = {}, definition = scripted(script), length = HOUR, ...given }: WorldBenchParts) {
    this.world = new World({
      runId: 'aaaaaaaa',
      seed: 1,
      markets: [{ spec: spec({ priceScale: 0, rules: [rules(given.rules)] }), bars: barsOf(rows, length), funding: undefined }],
      strategies: [{ definition, params: {}, interval: intervalOf(length === HOUR ? '1h' : '1d'), account: 0 }],
      capital: ((given.capital ?? 1_000_000n) * DOLLAR) as Money,
      fills: { takerFee: rateOf('0'), makerFee: rateOf('0'), slippageBps: 0, participation: given.participation, touch: false },
      latency: { order: seconds(given.orderDelay), report: seconds(given.reportDelay), data: seconds(0) },
      risk: given.risk ?? {},
      allocation: { fraction: 0.9 },
      observers: () => [
        {
          name: 'watch',
          observe: (event, { effects, refusals }) => {
            if (event.kind === 'order-filled' && event.fill !== undefined) this.fills.push(event.fill)
            this.effects.push(...effects)
            this.refusals.push(...refusals)
          },
        },
      ],
    })
  }

  /** In coins. */
  get net(): number {
    return this.world.kernel.positions.netQty(0, 0) / COIN
  }

  get executed(): readonly string[] {
    return this.fills.map(({ side, qty, price, reason }) => `${side} ${qty / COIN} @ ${price} ${reason}`)
  }

  get open(): readonly OrderRequest[] {
    return [...this.world.kernel.orders.open].map(({ request }) => request)
  }

  get venueNet(): number {
    return this.world.venue.account(0).position(0, 'both').qty / COIN
  }

  /** Gross notional over equity at a price. */
  leverageAt(price: number): number {
    return (Math.abs(this.world.kernel.positions.netQty(0, 0)) * price) / this.world.kernel.positions.equity(0)
  }

  /** Event by event until it holds; a test whose condition never comes stops here. */
  until(reached: () => boolean): void {
    while (!reached()) if (!this.world.run(1)) throw new Error('the run is over and the condition never held')
  }

  /** Event by event to the end. */
  each(look: () => void): void {
    while (this.world.run(1)) look()
    look()
  }

  command(command: CommandName): void {
    this.world.bus.publishCritical({ kind: 'command', seq: 0, time: this.world.timeline.now, command, by: 'test', argument: '' })
  }
}

export const seconds = (count = 0): Duration => (count * 1e6) as Duration

export function scripted(script: Script, name = 'scripted'): StrategyDefinition {
  return defineStrategy({
    name,
    description: 'says what it is told',
    parameters: {},
    warmUp: () => 0,
    memory: () => 1,
    create: () => {
      const state = { bars: 0 }
      return {
        state,
        onBar() {
          state.bars += 1
          const told = script[state.bars]
          if (told === undefined) return undefined
          const { coins, ...opinion } = told
          return { ...opinion, reason: 'told', ...(coins === undefined ? {} : { qty: Math.round(coins * COIN) as Qty }) }
        },
      }
    },
  })
}

function barsOf(rows: readonly Row[], length: number): VenueBars {
  const column = (of: (row: Row, i: number) => number): Float64Array => Float64Array.from(rows, of)
  return {
    length: rows.length,
    openTime: column((_, i) => MONDAY + i * length),
    duration: column(() => length),
    open: column((row) => row[0]),
    high: column((row) => row[1]),
    low: column((row) => row[2]),
    close: column((row) => row[3]),
    volume: column((row) => row[4] ?? 1e6),
    mark: undefined,
  }
}
