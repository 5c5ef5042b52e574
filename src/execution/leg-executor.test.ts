/** The two legs against a venue that fills in pieces, refuses, stays silent, stops trading and takes positions away. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Price, Qty } from '../core/exact.ts'
import { decodePlain, encodePlain } from '../core/plain.ts'
import { MINUTE, NEVER, SECOND } from '../core/time.ts'
import type { Duration, Micros } from '../core/time.ts'
import { deltaBound, LegExecutor } from './leg-executor.ts'
import type { Leg, LegExecutorState, LegOrder, LegsView } from './leg-executor.ts'

const NAKED = MINUTE
const LEGS: readonly Leg[] = ['first', 'second']

interface Setup {
  /** Decimal places of the quantity units, steps and least orders in those units. */
  readonly scales: readonly [number, number]
  readonly steps: readonly [number, number]
  readonly leasts?: readonly [number, number]
  /** In units of the first leg. */
  readonly maxDelta: number
}

interface Open {
  readonly leg: number
  readonly sign: number
  rest: number
}

/** A venue of two markets and the books of the pair, in units of each leg. */
class Venue {
  readonly setup: Setup
  readonly executor: LegExecutor
  readonly held = [0, 0]
  readonly canTrade = [true, true]
  maxDelta: number
  open: Open[] = []
  sent: LegOrder[] = []
  time = 1_000 * SECOND

  constructor(setup: Setup, maxNaked: Duration = NAKED) {
    this.setup = setup
    this.maxDelta = setup.maxDelta
    this.executor = new LegExecutor({ qtyScale: setup.scales[0] }, { qtyScale: setup.scales[1] }, maxNaked)
  }

  pending(leg: number, sign: number): number {
    return this.open.filter((order) => order.leg === leg && order.sign === sign).reduce((sum, { rest }) => sum + rest, 0)
  }

  view(): LegsView {
    const { steps, leasts = steps } = this.setup
    const [first, second] = [0, 1].map((leg) => ({
      held: this.held[leg] as Qty,
      buying: this.pending(leg, 1) as Qty,
      selling: this.pending(leg, -1) as Qty,
      step: steps[leg] as Qty,
      least: leasts[leg] as Qty,
      canTrade: this.canTrade[leg],
    }))
    return { time: this.time as Micros, maxDelta: this.maxDelta as Qty, first, second }
  }

  /** Asks for orders and takes them into the market; cancels take effect at once. */
  next(): readonly LegOrder[] {
    const orders = this.executor.next(this.view())
    for (const { leg, qty, reason } of orders) {
      const index = LEGS.indexOf(leg)
      if (reason === 'cancel') this.open = this.open.filter((order) => order.leg !== index)
      else this.open.push({ leg: index, sign: Math.sign(qty), rest: Math.abs(qty) })
    }
    this.sent.push(...orders)
    return orders
  }

  fill(order: Open, qty = order.rest): void {
    order.rest -= qty
    this.held[order.leg] += order.sign * qty
    this.open = this.open.filter(({ rest }) => rest > 0)
  }

  refuse(order: Open): void {
    this.open = this.open.filter((other) => other !== order)
    this.executor.onFailure(LEGS[order.leg], this.time as Micros)
  }

  fillAll(): void {
    for (const order of this.open.slice()) this.fill(order)
  }

  units(leg: number): number {
    const { scales } = this.setup
    return 10 ** (Math.max(...scales) - scales[leg])
  }

  get delta(): number {
    return this.held[0] * this.units(0) + this.held[1] * this.units(1)
  }

  /** The coarser of the two steps in the common unit. */
  get coarse(): number {
    const { steps, leasts = steps } = this.setup
    return Math.max(...[...steps, ...leasts].map((step, i) => step * this.units(i % 2)))
  }

  want(first: number): void {
    const second = -(first * this.units(0)) / this.units(1)
    this.executor.want(first as Qty, Math.trunc(second) as Qty, this.time as Micros)
  }
}

const EQUAL: Setup = { scales: [3, 3], steps: [1, 1], maxDelta: 5 }
const words = (orders: readonly LegOrder[]): readonly string[] => orders.map(({ leg, qty, reason }) => `${leg} ${qty} ${reason}`)

describe('two legs', () => {
  it('go in together in slices, and out again', () => {
    const venue = new Venue(EQUAL)
    venue.want(12)
    expect(words(venue.next())).toEqual(['first 5 entry', 'second -5 entry'])
    expect(venue.next()).toEqual([])
    venue.fillAll()
    expect(words(venue.next())).toEqual(['first 5 entry', 'second -5 entry'])
    venue.fillAll()
    expect(words(venue.next())).toEqual(['first 2 entry', 'second -2 entry'])
    venue.fillAll()
    expect(venue.next()).toEqual([])
    venue.want(0)
    for (const expected of [5, 5, 2]) {
      expect(words(venue.next())).toEqual([`first ${-expected} exit`, `second ${expected} exit`])
      venue.fillAll()
    }
    expect(venue.next()).toEqual([])
    expect(venue.executor.wakeAt).toBe(NEVER)
  })

  it('wait for the slower one before the next slice', () => {
    const venue = new Venue(EQUAL)
    venue.want(12)
    venue.next()
    venue.fill(venue.open[0])
    expect(venue.next()).toEqual([])
    venue.fill(venue.open[0], 3)
    expect(venue.next()).toEqual([])
    venue.fillAll()
    expect(venue.next()).toHaveLength(2)
  })

  it('complete the one that failed, at first', () => {
    const venue = new Venue(EQUAL)
    venue.want(5)
    venue.next()
    venue.fill(venue.open[0])
    venue.refuse(venue.open[0])
    expect(venue.next()).toEqual([])
    venue.time = venue.executor.wakeAt
    expect(words(venue.next())).toEqual(['second -5 complete'])
    venue.fillAll()
    expect(venue.next()).toEqual([])
  })

  it('take back the other when time is up, and begin again with the one that failed', () => {
    const venue = new Venue(EQUAL)
    venue.want(5)
    venue.next()
    venue.fill(venue.open[0])
    venue.refuse(venue.open[0])
    venue.next()
    venue.time += NAKED / 2
    expect(words(venue.next())).toEqual(['first -5 unwind'])
    venue.fillAll()
    expect(venue.next()).toEqual([])
    expect(venue.executor.wakeAt).toBeGreaterThan(venue.time)
    venue.time = venue.executor.wakeAt
    expect(words(venue.next())).toEqual(['second -5 entry'])
    venue.fillAll()
    expect(words(venue.next())).toEqual(['first 5 complete'])
  })

  it('cancel what lags before they give it up', () => {
    const venue = new Venue(EQUAL)
    venue.want(5)
    venue.next()
    venue.fill(venue.open[0])
    venue.next()
    venue.time += NAKED / 2
    expect(words(venue.next())).toEqual(['second 0 cancel', 'first -5 unwind'])
  })

  it('do not order against what is still in flight of the same leg', () => {
    const venue = new Venue(EQUAL)
    venue.want(5)
    venue.next()
    venue.fill(venue.open[0], 3)
    venue.refuse(venue.open[1])
    venue.time += 1
    venue.next()
    venue.time += NAKED / 2
    expect(words(venue.next())).toEqual(['first 0 cancel'])
    expect(words(venue.next())).toEqual(['first -3 unwind'])
  })

  it('count what is in flight at its worst when the bound became narrower', () => {
    const unwinding = (maxDelta: number): readonly string[] => {
      const venue = new Venue({ ...EQUAL, maxDelta: 20 })
      venue.want(20)
      venue.next()
      venue.fill(venue.open[0])
      venue.next()
      venue.fill(venue.open[0], 8)
      venue.maxDelta = maxDelta
      venue.time += NAKED / 2
      return words(venue.next())
    }
    // 20 against 8 held, and 12 in flight that may still come: with all of it back, 12 on the other side.
    expect(unwinding(12)).toEqual(['second 0 cancel', 'first -12 unwind'])
    expect(unwinding(5)).toEqual(['second 0 cancel', 'first -5 unwind'])
  })

  it('take back at once what stands alone after the other was taken from us', () => {
    const venue = new Venue({ ...EQUAL, maxDelta: 20 })
    venue.want(12)
    venue.next()
    venue.fillAll()
    venue.next()
    venue.held[0] = 0
    expect(words(venue.next())).toEqual(['second 12 unwind'])
    venue.fillAll()
    expect(venue.next()).toEqual([])
    expect(venue.executor.wanted).toBe(0)
    venue.want(12)
    expect(venue.next()).toHaveLength(2)
  })

  it('follow a part that was taken', () => {
    const venue = new Venue({ ...EQUAL, maxDelta: 20 })
    venue.want(-12)
    venue.next()
    venue.fillAll()
    venue.next()
    venue.held[0] = -7
    expect(words(venue.next())).toEqual(['second -5 unwind'])
    expect(venue.executor.wanted).toBe(-7)
  })

  it('wait for the market of the one that stands alone, and act as soon as it trades', () => {
    const venue = new Venue(EQUAL)
    venue.want(5)
    venue.next()
    venue.fill(venue.open[0])
    venue.refuse(venue.open[0])
    venue.canTrade[0] = venue.canTrade[1] = false
    for (let i = 0; i < 5; i++) {
      venue.time += NAKED
      expect(venue.next()).toEqual([])
    }
    venue.canTrade[0] = true
    expect(words(venue.next())).toEqual(['first -5 unwind'])
  })

  it('round to the coarser step and count units of both scales exactly', () => {
    const venue = new Venue({ scales: [3, 5], steps: [1, 1_000], maxDelta: 1_000 })
    venue.executor.want(1_234 as Qty, -123_456 as Qty, 0 as Micros)
    for (let i = 0; i < 3; i++) {
      venue.next()
      venue.fillAll()
    }
    expect(venue.held).toEqual([1_230, -123_000])
  })

  it('leave nothing behind that is too small to be traded', () => {
    const venue = new Venue({ scales: [3, 3], steps: [1, 1], leasts: [4, 4], maxDelta: 10 })
    venue.want(12)
    expect(words(venue.next())).toEqual(['first 8 entry', 'second -8 entry'])
    venue.fillAll()
    expect(words(venue.next())).toEqual(['first 4 entry', 'second -4 entry'])
  })

  it('turn round through zero', () => {
    const venue = new Venue({ ...EQUAL, maxDelta: 20 })
    venue.want(7)
    venue.next()
    venue.fillAll()
    venue.want(-3)
    expect(words(venue.next())).toEqual(['first -7 exit', 'second 7 exit'])
    venue.fillAll()
    expect(words(venue.next())).toEqual(['first -3 entry', 'second 3 entry'])
  })

  it('refuse to be wanted on the same side', () => {
    const venue = new Venue(EQUAL)
    expect(() => venue.executor.want(1 as Qty, 1 as Qty, 0 as Micros)).toThrow(/do not hedge/)
    expect(() => venue.executor.want(1 as Qty, 0 as Qty, 0 as Micros)).toThrow(/do not hedge/)
  })
})

it('the bound is a share of equity at a price, in units of the first leg', () => {
  expect(deltaBound(0.05, 1_000_000, 100 as Price)).toBe(500)
  expect(deltaBound(0.05, 1_000_050n as never, 100 as Price)).toBe(500)
  expect(deltaBound(0.05, -5, 100 as Price)).toBe(0)
  expect(deltaBound(0.05, 1_000, 0 as Price)).toBe(0)
})

const setups = fc.constantFrom<Setup>(
  EQUAL,
  { ...EQUAL, maxDelta: 1 },
  { ...EQUAL, maxDelta: 0 },
  { scales: [3, 5], steps: [1, 1_000], maxDelta: 25 },
  { scales: [6, 3], steps: [10_000, 1], maxDelta: 50_000 },
  { scales: [2, 2], steps: [2, 3], maxDelta: 13 },
  { scales: [3, 3], steps: [1, 1], leasts: [3, 1], maxDelta: 9 },
)

type Happening =
  | { readonly kind: 'want' | 'wait' | 'take' | 'bound'; readonly amount: number }
  | { readonly kind: 'fill' | 'part' | 'refuse' | 'halt'; readonly which: number }

const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('want' as const), amount: fc.integer({ min: -20, max: 20 }) }) },
  {
    weight: 1,
    arbitrary: fc.record({ kind: fc.constant('bound' as const), amount: fc.double({ min: 0.1, max: 1, noNaN: true }) }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('wait' as const), amount: fc.integer({ min: 0, max: 40 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('take' as const), amount: fc.double({ min: 0, max: 1, noNaN: true }) }) },
  {
    weight: 10,
    arbitrary: fc.record({
      kind: fc.constantFrom('fill' as const, 'fill' as const, 'part' as const, 'refuse' as const, 'halt' as const),
      which: fc.nat(100),
    }),
  },
)

/** True when the position was changed by other hands. */
function happen(venue: Venue, event: Happening): boolean {
  switch (event.kind) {
    case 'want':
      venue.want(event.amount * venue.setup.steps[0] * (venue.coarse / venue.units(0) / venue.setup.steps[0]))
      return false
    case 'wait':
      venue.time += event.amount * SECOND
      return false
    case 'bound':
      venue.maxDelta = Math.floor(venue.setup.maxDelta * event.amount)
      return false
    case 'take': {
      const leg = event.amount < 0.5 ? 0 : 1
      const step = venue.setup.steps[leg]
      venue.held[leg] = Math.trunc((venue.held[leg] * event.amount) / step) * step
      return true
    }
    case 'halt':
      venue.canTrade[event.which % 2] = !venue.canTrade[event.which % 2]
      return false
    default: {
      if (venue.open.length === 0) return false
      const order = venue.open[event.which % venue.open.length]
      const step = venue.setup.steps[order.leg]
      if (event.kind === 'refuse') venue.refuse(order)
      else venue.fill(order, event.kind === 'fill' ? order.rest : Math.max(step, Math.floor(order.rest / 2 / step) * step))
      return false
    }
  }
}

const worst = (venue: Venue, sign: number): number =>
  sign * venue.delta + venue.pending(0, sign) * venue.units(0) + venue.pending(1, sign) * venue.units(1)

describe('whatever happens', () => {
  it('the legs stay within the bound, in flight at its worst, and nothing goes beyond what is wanted', () => {
    fc.assert(
      fc.property(setups, fc.array(happening, { maxLength: 60 }), (setup, events) => {
        const venue = new Venue(setup)
        const { coarse } = venue
        const minimum = setup.leasts === undefined ? coarse : 2 * coarse
        const boundOf = (maxDelta: number): number => Math.max(maxDelta * venue.units(0), minimum) + coarse
        const widest = boundOf(setup.maxDelta)
        let taken = false
        for (const event of events) {
          if (happen(venue, event)) taken = true
          const before = [worst(venue, 1), worst(venue, -1)]
          const orders = venue.next()
          if (Math.abs(venue.delta) < coarse && venue.open.length === 0) taken = false
          if (!taken) expect(Math.abs(venue.delta)).toBeLessThanOrEqual(widest)
          const bound = boundOf(venue.maxDelta)
          expect(worst(venue, 1)).toBeLessThanOrEqual(Math.max(bound, before[0]))
          expect(worst(venue, -1)).toBeLessThanOrEqual(Math.max(bound, before[1]))
          for (const { leg, qty, reason } of orders) {
            const index = LEGS.indexOf(leg)
            if (reason !== 'cancel') expect(venue.canTrade[index]).toBe(true)
            if (reason !== 'entry' && reason !== 'complete') continue
            const size = Math.abs(venue.held[index] + Math.sign(qty) * venue.pending(index, Math.sign(qty)))
            expect(size * venue.units(index)).toBeLessThanOrEqual(Math.abs(venue.executor.wanted) * venue.units(0))
          }
        }
      }),
      { numRuns: 600 },
    )
  })

  it('they end where they are wanted once nothing fails any more, with a bounded number of orders', () => {
    fc.assert(
      fc.property(setups, fc.array(happening, { maxLength: 60 }), (setup, events) => {
        const venue = new Venue(setup)
        for (const event of events) {
          happen(venue, event)
          venue.next()
        }
        venue.canTrade[0] = venue.canTrade[1] = true
        let rounds = 0
        const before = venue.sent.length
        for (; rounds < 200; rounds++) {
          venue.fillAll()
          const orders = venue.next()
          if (orders.length > 0) continue
          if (venue.executor.wakeAt === NEVER) break
          venue.time = venue.executor.wakeAt
        }
        expect(rounds).toBeLessThan(200)
        const wanted = venue.executor.wanted * venue.units(0)
        const { coarse } = venue
        expect(Math.abs(venue.delta)).toBeLessThan(coarse)
        expect(Math.abs(venue.held[0] * venue.units(0) - wanted)).toBeLessThan(2 * coarse)
        expect(Math.abs(venue.held[1] * venue.units(1) + wanted)).toBeLessThan(2 * coarse)
        // At most two slices of both legs for each step between the farthest wishes, and what repairs the last faults.
        expect(venue.sent.length - before).toBeLessThanOrEqual(2 * 2 * 42 + 8)
        expect(before).toBeLessThanOrEqual(4 * events.length)
      }),
      { numRuns: 600 },
    )
  })

  it('a leg never stands alone for longer than allowed while its own market answers', () => {
    const outcome = fc.record({
      fails: fc.boolean(),
      wait: fc.integer({ min: 0, max: 3 }),
      want: fc.integer({ min: 0, max: 20 }),
    })
    fc.assert(
      fc.property(setups, fc.constantFrom(0, 1), fc.array(outcome, { maxLength: 120 }), (setup, weak, outcomes) => {
        const venue = new Venue(setup)
        const { coarse } = venue
        venue.want((coarse / venue.units(0)) * 4)
        let since = -1
        for (const { fails, wait, want } of outcomes) {
          if (want === 20) venue.want(0)
          else if (want > 17) venue.want((coarse / venue.units(0)) * want)
          venue.next()
          venue.time += wait * SECOND
          // One leg's orders fail as they like, but for those that only take something back.
          for (const order of venue.open.slice()) {
            const reduces = venue.held[order.leg] * order.sign < 0
            if (order.leg === weak && fails && !reduces) venue.refuse(order)
            else venue.fill(order)
          }
          if (Math.abs(venue.delta) < coarse) since = -1
          else if (since < 0) since = venue.time
          if (since >= 0) expect(venue.time - since).toBeLessThanOrEqual(NAKED)
        }
      }),
      { numRuns: 400 },
    )
  })

  it('a cut anywhere changes nothing', () => {
    fc.assert(
      fc.property(setups, fc.array(happening, { minLength: 1, maxLength: 40 }), fc.nat(40), (setup, events, cut) => {
        const whole = new Venue(setup)
        const halves = new Venue(setup)
        events.forEach((event, i) => {
          happen(whole, event)
          happen(halves, event)
          if (i === cut % events.length) {
            const text = encodePlain(halves.executor.snapshot())
            Object.assign(halves, {
              executor: new LegExecutor({ qtyScale: setup.scales[0] }, { qtyScale: setup.scales[1] }, NAKED),
            })
            halves.executor.restore(decodePlain(text) as LegExecutorState)
          }
          expect(halves.next()).toEqual(whole.next())
        })
        expect(halves.executor.snapshot()).toEqual(whole.executor.snapshot())
      }),
      { numRuns: 200 },
    )
  })
})
