/** Carry on made-up markets, and on the recorded funding of BTCUSDT with a harness that trades at closes and pays what trading costs. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { decodePlain, encodePlain } from '../../core/plain.ts'
import { DAY, HOUR, intervalOf } from '../../core/time.ts'
import type { Duration, Micros } from '../../core/time.ts'
import type { Price, Qty } from '../../core/exact.ts'
import type { Instrument, InstrumentSpec } from '../../domain/instrument.ts'
import { Bar } from '../../market/bar.ts'
import { hours, instrument, MONDAY, view } from '../../../test/kernel/fixtures.ts'
import { readParameters } from '../parameters.ts'
import type { PairSignal } from '../pair.ts'
import { PairRunner } from '../pair-runner.ts'
import type { PairRunnerState } from '../pair-runner.ts'
import { fundingArbitrage } from './funding-arbitrage.ts'

const INTERVAL = intervalOf('1h')
const SETTLES = (8 * HOUR) as Duration
const FEES = { perp: 0.0005, hedge: 0.001 }

interface HarnessOptions {
  readonly params?: Readonly<Record<string, string>>
  readonly second?: Partial<InstrumentSpec>
  /** Legs are on one account. */
  readonly shared?: boolean
}

/** A pair whose orders fill at the close at once; equity moves with prices, fees and funding. */
class Harness {
  readonly runner: PairRunner
  readonly first: Instrument
  readonly second: Instrument
  readonly signals: PairSignal[] = []
  readonly legsOnOne: boolean
  firstQty = 0
  secondQty = 0
  cash: [number, number] = [50_000, 50_000]
  rates = [Number.NaN, Number.NaN]
  intervals: [Duration, Duration] = [0 as Duration, 0 as Duration]
  prices = [0, 0]
  time = MONDAY
  fees = 0
  funding = 0
  /** Whether signals are carried out. */
  trades = true

  constructor({ params = {}, second = { kind: 'spot' }, shared = second.kind !== 'spot' }: HarnessOptions = {}) {
    this.first = instrument()
    this.second = instrument(second, 1)
    this.legsOnOne = shared
    this.runner = this.fresh(params)
  }

  fresh(params: Readonly<Record<string, string>>): PairRunner {
    return new PairRunner(0, {
      definition: fundingArbitrage,
      params: readParameters('funding-arbitrage', fundingArbitrage.parameters, params),
      first: this.first,
      second: this.second,
      firstAccount: 0,
      secondAccount: this.legsOnOne ? 0 : 1,
      interval: INTERVAL,
      seed: 1,
    })
  }

  equity(account: number): number {
    const [one, other] = [this.firstQty * this.prices[0], this.secondQty * this.prices[1]]
    if (this.legsOnOne) return this.cash[0] + one + other
    return account === 0 ? this.cash[0] + one : this.cash[1] + other
  }

  view() {
    return view({
      time: this.time,
      instruments: [this.first, this.second],
      accounts: 2,
      equity: (account) => this.equity(account) * 1e8,
      bookQty: (_, of) => Math.round((of === 0 ? this.firstQty : this.secondQty) * 1e6) as Qty,
      fundingRate: (of) => this.rates[of],
      fundingInterval: (of) => this.intervals[of],
    })
  }

  /** A settlement of a leg: the position pays or receives. */
  settle(leg: 0 | 1, rate: number, interval: Duration = SETTLES): void {
    this.rates[leg] = rate
    this.intervals[leg] = interval
    const paid = (leg === 0 ? this.firstQty : this.secondQty) * this.prices[leg] * rate
    this.cash[this.legsOnOne ? 0 : leg] -= paid
    this.funding -= paid
  }

  bar(time: Micros, first: number, second: number): PairSignal | undefined {
    this.time = time
    this.prices = [first, second]
    const at = this.view()
    this.runner.onBar(barOf(0, time, first), at)
    const signal = this.runner.onBar(barOf(1, time, second), at)
    if (signal === undefined) return undefined
    this.signals.push(signal)
    if (this.trades) this.execute(signal)
    return signal
  }

  execute({ qty, direction }: PairSignal): void {
    const target = direction === 0 ? 0 : this.first.qtyToFloat(qty as Qty)
    this.trade(0, target - this.firstQty, FEES.perp)
    this.trade(1, -target - this.secondQty, FEES.hedge)
    this.firstQty = target
    this.secondQty = -target
  }

  trade(leg: 0 | 1, qty: number, rate: number): void {
    const fee = Math.abs(qty) * this.prices[leg] * (rate + 0.0002)
    const account = this.legsOnOne ? 0 : leg
    this.cash[account] -= qty * this.prices[leg] + fee
    this.fees += fee
  }

  /** Hours with prices and a rate that is settled every eighth hour, before or after its bar. */
  run(from: number, to: number, rate: number, price: (hour: number) => readonly [number, number] = () => [100, 100]): void {
    for (let hour = from; hour < to; hour++) {
      if (hour % 8 === 0) this.settle(0, rate)
      this.bar(hours(hour), ...price(hour))
    }
  }

  get reasons(): readonly string[] {
    return this.signals.map(({ reason }) => reason.split(':')[0])
  }
}

const barOf = (of: number, end: Micros, close: number): Bar =>
  Object.assign(new Bar(of, INTERVAL), {
    openTime: end - HOUR,
    endTime: end,
    open: close,
    high: close,
    low: close,
    close,
    volume: 1,
  })

const QUICK = { basisBars: '10' }

describe('carry', () => {
  it('sells the perpetual and buys spot when it is paid enough, with its numbers in words', () => {
    const harness = new Harness({ params: QUICK })
    harness.run(1, 300, 0.0003)
    expect(harness.signals).toHaveLength(1)
    const [signal] = harness.signals
    expect(signal.direction).toBe(-1)
    // 0.6 of 100,000 would need more than the 50,000 of the spot account: 98 % of them at a price of 100.
    expect(signal.qty).toBe(-490_000_000)
    expect(signal.stop).toBe(14_000 as Price)
    expect(signal.reason).toMatch(/^enter: net carry \d+\.\d\d % a year; in 30 days .* funding .* fees -0.30 %, slippage -0.08 %/)
    expect(harness.funding).toBeGreaterThan(0)
  })

  it('needs more than the costs: a rate just too low never enters', () => {
    // 5 % a year and 0.38 % of costs in 30 days are 9.62 % a year: with 21 of 27 settlements counted, 1.130e-4 each.
    const at = (rate: number): number => {
      const harness = new Harness({ params: QUICK })
      harness.run(1, 400, rate)
      return harness.signals.length
    }
    expect(at(0.0001125)).toBe(0)
    expect(at(0.0001135)).toBe(1)
  })

  it('does not believe a few settlements', () => {
    const harness = new Harness({ params: QUICK })
    harness.run(1, 20, 0.0003)
    expect(harness.signals).toHaveLength(0)
  })

  it('leaves when funding turns and stays away, once', () => {
    const harness = new Harness({ params: QUICK })
    harness.run(1, 300, 0.0003)
    harness.run(300, 700, -0.0002)
    expect(harness.reasons).toEqual(['enter', 'exit'])
    expect(harness.signals[1].reason).toMatch(/too little for 6 settlements/)
    expect(harness.firstQty).toBe(0)
  })

  it('does not leave for a single bad settlement', () => {
    const harness = new Harness({ params: QUICK })
    harness.run(1, 300, 0.0003)
    harness.run(300, 312, -0.0005)
    harness.run(312, 500, 0.0003)
    expect(harness.reasons).toEqual(['enter'])
  })

  it('goes the other way only when it may, and counts the interest', () => {
    const run = (params: Record<string, string>): Harness => {
      const harness = new Harness({ params: { ...QUICK, ...params } })
      harness.run(1, 300, -0.0005)
      return harness
    }
    expect(run({}).signals).toHaveLength(0)
    expect(run({ allowShort: 'true', borrowRateAnnual: '0.5' }).signals).toHaveLength(0)
    const [signal] = run({ allowShort: 'true' }).signals
    expect(signal.direction).toBe(1)
    expect(signal.reason).toMatch(/borrowing -0.82 %/)
    expect(signal.stop).toBe(6_000)
  })

  it('takes the difference of two perpetuals with intervals of their own', () => {
    const harness = new Harness({ params: QUICK, second: { symbol: 'BTCUSDC' } })
    for (let hour = 1; hour < 300; hour++) {
      if (hour % 8 === 0) harness.settle(0, 0.0001)
      if (hour % 4 === 0) harness.settle(1, 0.0003, (4 * HOUR) as Duration)
      harness.bar(hours(hour), 100, 100)
    }
    // Paid on the second: short it, long the first; both on margin of one account.
    expect(harness.signals.map(({ direction }) => direction)).toEqual([1])
    expect(harness.signals[0].qty).toBe(300_000_000)
  })

  it('waits for the rates of both perpetuals', () => {
    const harness = new Harness({ params: QUICK, second: { symbol: 'BTCUSDC' } })
    harness.run(1, 300, 0.001)
    expect(harness.signals).toHaveLength(0)
  })

  it('leaves when the basis goes against it, and pauses', () => {
    const harness = new Harness({ params: { ...QUICK, basisWeight: '0' } })
    harness.run(1, 300, 0.0003)
    harness.run(300, 372, 0.0003, () => [101.6, 100])
    expect(harness.reasons).toEqual(['enter', 'exit'])
    expect(harness.signals[1].reason).toMatch(/basis went 1.60 % against it/)
    harness.run(372, 380, 0.0003)
    expect(harness.reasons).toEqual(['enter', 'exit', 'enter'])
  })

  it('leaves after the longest holding time', () => {
    const harness = new Harness({ params: { ...QUICK, maxHoldDays: '5' } })
    harness.run(1, 300, 0.0003)
    expect(harness.reasons.slice(0, 2)).toEqual(['enter', 'exit'])
    expect(harness.signals[1].time - harness.signals[0].time).toBe(5 * DAY)
  })

  it('reduces when a rally eats the margin, both legs alike', () => {
    const harness = new Harness({ params: { ...QUICK, stopDistance: '0.95' } })
    harness.run(1, 300, 0.0003)
    harness.run(300, 310, 0.0003, () => [180, 180])
    expect(harness.reasons).toEqual(['enter', 'reduce', 'the protective stop follows the price'])
    const last = harness.signals.at(1)
    expect(last?.reason).toMatch(/^reduce: the margin account carries \d+\.\d\d times its equity$/)
    expect(last?.direction).toBeGreaterThan(-1)
    expect(last?.direction).toBeLessThan(0)
    expect(harness.secondQty).toBe(-harness.firstQty)
    expect((Math.abs(harness.firstQty) * 180) / harness.equity(0)).toBeLessThanOrEqual(3)
  })

  it('moves the stop along with the price', () => {
    const harness = new Harness({ params: QUICK })
    harness.run(1, 300, 0.0003)
    harness.run(300, 310, 0.0003, () => [79, 79])
    expect(harness.signals.at(-1)).toMatchObject({ direction: -1, stop: 11_060, reason: 'the protective stop follows the price' })
  })

  it('does not ask again for a part that was taken', () => {
    const harness = new Harness({ params: QUICK })
    harness.run(1, 300, 0.0003)
    harness.firstQty = -200
    harness.secondQty = 200
    harness.run(300, 310, 0.0003, () => [79, 79])
    expect(harness.signals.at(-1)).toMatchObject({ qty: -200_000_000, reason: 'the protective stop follows the price' })
  })

  it('is out and pauses when the first leg was taken away', () => {
    const harness = new Harness({ params: QUICK })
    harness.run(1, 300, 0.0003)
    harness.firstQty = 0
    harness.run(300, 302, 0.0003)
    expect(harness.signals.at(-1)?.reason).toBe('exit: the first leg is gone')
    harness.run(302, 370, 0.0003)
    expect(harness.reasons).toEqual(['enter', 'exit'])
  })

  it('gives up an entry that nobody carried out', () => {
    const harness = new Harness({ params: QUICK })
    harness.trades = false
    harness.run(1, 300, 0.0003)
    expect(harness.signals[1].reason).toBe('exit: the entry was not carried out')
  })

  it('refuses legs that do not hedge each other', () => {
    expect(() => new Harness({ second: { kind: 'spot', base: { name: 'ETH', scale: 8 } } })).toThrow(/cannot hold/)
  })

  it('goes on from a snapshot anywhere', () => {
    const price = (hour: number): readonly [number, number] => [100 + (hour % 7) / 10, 100]
    const run = (cut: number): readonly PairSignal[] => {
      const harness = new Harness({ params: QUICK })
      harness.run(1, cut, 0.0004, price)
      const saved = encodePlain(harness.runner.snapshot())
      Object.assign(harness, { runner: harness.fresh(QUICK) })
      harness.runner.restore(decodePlain(saved) as PairRunnerState)
      harness.run(cut, 200, 0.0004, price)
      harness.run(200, 500, -0.0004, price)
      return harness.signals
    }
    const whole = run(1)
    expect(whole).toHaveLength(2)
    for (const cut of [9, 10, 11, 50, 64, 65, 120]) expect(run(cut)).toEqual(whole)
  })
})

const data = join(process.env['AUTOTRADING_SHARED'] ?? join('..', 'shared'), 'data')
const rows = (path: string): readonly (readonly number[])[] =>
  gunzipSync(readFileSync(join(data, path)))
    .toString()
    .split('\n')
    .slice(1)
    .filter((line) => line !== '')
    .map((line) => line.split(',').map(Number))

describe.skipIf(!existsSync(join(data, 'funding', 'BTCUSDT.csv.gz')))('on recorded funding of BTCUSDT', () => {
  it('collects more than it pays, enters rarely, and keeps its margin', () => {
    const harness = new Harness()
    const last = new Map(rows('klines/BTCUSDT-1h.csv.gz').map((row) => [row[0], row[4]]))
    const funding = new Map(rows('funding/BTCUSDT.csv.gz').map((row) => [Math.round(row[0] / 3_600_000) * 3_600_000, row[1]]))
    let margin = Number.POSITIVE_INFINITY
    for (const [open, , , , mark] of rows('mark/BTCUSDT-1h.csv.gz')) {
      const close = last.get(open)
      if (close === undefined) continue
      const end = (open + 3_600_000) * 1_000
      // What the venue would do in between: the account with too little receives from the other.
      if (end % DAY === 0) {
        const total = harness.equity(0) + harness.equity(1)
        const free = Math.max(0, harness.cash[1])
        const move = Math.max(-0.1 * total, Math.min(0.45 * total - harness.equity(0), free))
        harness.cash[0] += move
        harness.cash[1] -= move
      }
      harness.prices = [close, mark]
      const rate = funding.get(open + 3_600_000)
      if (rate !== undefined) harness.settle(0, rate)
      harness.bar(end as Micros, close, mark)
      if (harness.firstQty !== 0) margin = Math.min(margin, harness.equity(0) / (Math.abs(harness.firstQty) * close))
    }
    const entries = harness.signals.filter(({ reason }) => reason.startsWith('enter')).length
    expect(entries).toBeGreaterThan(0)
    expect(entries).toBeLessThan(40)
    expect(harness.funding).toBeGreaterThan(harness.fees)
    expect(margin).toBeGreaterThan(0.2)
  })
})
