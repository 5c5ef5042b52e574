/**
 * A pair through the whole chain while things go wrong: its legs never further apart than stated, no leg alone longer than
 * stated, hedged or flat in the end; and its result is funding, basis, fees, slippage and interest, to the last unit.
 */
import { describe, expect, it } from 'vitest'
import { DAY, HOUR, MINUTE } from '../../src/core/time.ts'
import type { Micros } from '../../src/core/time.ts'
import type { OrderRequest } from '../../src/domain/order.ts'
import { MONDAY } from '../kernel/fixtures.ts'
import { CarryBench, MAX_NAKED } from './carry-bench.ts'
import type { CarryParts, Fault } from './carry-bench.ts'

const SEEDS = [1, 2]
const at = (days: number): Micros => (MONDAY + days * DAY) as Micros

/** Orders of one leg fail with a probability. */
const failing =
  (kind: Fault, instrument: number, probability: number) =>
  (order: OrderRequest, _time: Micros, chance: () => number): Fault | undefined =>
    order.instrument === instrument && chance() < probability ? kind : undefined

interface Case extends Omit<CarryParts, 'seed'> {
  readonly name: string
  /** Reasons of executions and kinds of events that have to have occurred. */
  readonly occurs?: readonly string[]
  readonly refused?: string
  /** A market without enough volume, or none: legs may be apart for as long as it does not trade. */
  readonly thin?: boolean
}

const cases: readonly Case[] = [
  { name: 'nothing goes wrong' },
  { name: 'the first leg is rejected now and then', fault: failing('rejected', 0, 0.4), occurs: ['order-rejected'] },
  { name: 'the second leg is rejected now and then', fault: failing('rejected', 1, 0.4), occurs: ['order-rejected'] },
  { name: 'the first leg expires now and then', fault: failing('expired', 0, 0.4), occurs: ['order-expired'] },
  { name: 'the second leg expires always', fault: failing('expired', 1, 1), occurs: ['unwind'] },
  { name: 'fills come in parts', volume: 1, thin: true },
  { name: 'orders and reports are late', secondsLate: 40 },
  { name: 'late, in parts and rejected', secondsLate: 40, volume: 3, fault: failing('rejected', 1, 0.3), thin: true },
  { name: 'the second leg is delisted', secondEnds: (at(3) + 31 * MINUTE) as Micros, occurs: ['delisted', 'unwind'] },
  { name: 'the first leg is delisted', firstEnds: (at(3) + 31 * MINUTE) as Micros, occurs: ['delisted', 'unwind'] },
  {
    name: 'the stop of the first leg fires',
    params: { stopDistance: 0.012 },
    volatility: 0.008,
    occurs: ['stop', 'unwind'],
  },
  {
    name: 'the first leg is liquidated',
    params: { stopDistance: 0.9, maxLeverage: 50, share: 10 },
    risk: { leverage: { max: 9 }, liquidation: { enabled: false }, marginUse: { enabled: false } },
    leverage: 100,
    drift: 0.003,
    occurs: ['liquidation', 'unwind'],
  },
  { name: 'risk is against the first leg', risk: { shortExposure: { max: 0.35 } }, refused: 'shortExposure' },
  { name: 'risk is against the second leg', risk: { longExposure: { max: 0.35 } }, refused: 'longExposure' },
  {
    name: 'trading is paused and resumed',
    commands: [
      [(at(0) + 9 * HOUR) as Micros, 'pause'],
      [(at(1) + 3 * HOUR) as Micros, 'resume'],
      [(at(2) + 65 * MINUTE) as Micros, 'pause'],
      [(at(2) + 8 * HOUR) as Micros, 'resume'],
    ],
    occurs: ['command'],
  },
  { name: 'the hedge is another perpetual', perpetuals: true },
  { name: 'another perpetual, rejected now and then', perpetuals: true, fault: failing('rejected', 1, 0.4) },
  {
    name: 'spot is borrowed and sold',
    params: { allowShort: true, borrowRateAnnual: 0.1 },
    funding: -0.0002,
    spot: { borrow: true },
    occurs: ['account'],
  },
  {
    name: 'spot is borrowed and sold, and the first leg fails now and then',
    params: { allowShort: true, borrowRateAnnual: 0.1 },
    funding: -0.0002,
    spot: { borrow: true },
    fault: failing('expired', 0, 0.4),
  },
]

describe.each(cases)('$name', ({ occurs = [], refused, thin = false, ...parts }) => {
  it.each(SEEDS)('seed %i', (seed) => {
    const bench = new CarryBench({ seed, ...parts }).run()
    const { watch, refusals } = bench
    for (const each of occurs) expect([...bench.reasons, ...bench.kinds]).toContain(each)
    expect(watch.largestExcess).toBeLessThanOrEqual(0)
    if (!thin) expect(watch.longestNaked / MINUTE).toBeLessThanOrEqual(MAX_NAKED / MINUTE)
    if (refused !== undefined) {
      expect(refusals.map(({ rule }) => rule)).toContain(refused)
      expect(bench.lonely).toBe(0)
    }
    expect(bench.isHedged, `legs of ${bench.legs.join(' and ')}`).toBe(true)
    expect(bench.legsAtVenue).toEqual(bench.legs)
    for (const [reported, kernel] of bench.wallets()) expect(kernel).toBe(reported)
    expect(bench.attributed).toEqual(bench.recomputed)
  })
})
