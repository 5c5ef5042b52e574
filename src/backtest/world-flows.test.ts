/** Whole ways from opinion to position: what closes never opens, what protects stays, what stops trading stays stopped. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodePlain, encodePlain } from '../core/plain.ts'
import { DAY } from '../core/time.ts'
import { WorldBench } from '../../test/kernel/world-bench.ts'
import type { Row, WorldBenchParts } from '../../test/kernel/world-bench.ts'
import { defineStrategy } from '../strategy/strategy.ts'
import type { WorldState } from './world.ts'

const still = (count: number, volume = 1e6): Row[] => Array.from({ length: count }, () => [100, 101, 99, 100, volume])
const out = { direction: 0 } as const

describe('a reduced position', () => {
  it('keeps a stop on the side that closes it', () => {
    const bench = new WorldBench({
      rows: [...still(4), [100, 101, 50, 60]],
      script: { 1: { direction: 1, coins: 20, stop: 90 }, 2: { direction: 1, coins: 10, stop: 92 } },
    })
    bench.until(() => bench.net === 10)
    expect(bench.open).toMatchObject([{ type: 'stop-market', side: 'sell', trigger: 92, qty: 10e8, reduceOnly: true }])
    bench.world.run()
    expect(bench.executed).toEqual(['buy 20 @ 100 signal', 'sell 10 @ 100 signal', 'sell 10 @ 92 stop'])
    expect([bench.net, bench.open.length, bench.world.venue.openOrders]).toEqual([0, 0, 0])
  })
})

describe('an exit or a reversal', () => {
  const fired: Row[] = [...still(2, 1_000), [100, 101, 85, 86, 40], [86, 87, 85, 86, 1_000], [86, 87, 85, 86, 1_000]]

  it('does not sell again what the rest of a fired stop sells', () => {
    const bench = new WorldBench({
      participation: 0.1,
      rows: fired,
      script: { 1: { direction: 1, coins: 10, stop: 90 }, 3: out },
    })
    bench.each(() => expect(bench.net).toBeGreaterThanOrEqual(0))
    expect([bench.net, bench.open.length]).toEqual([0, 0])
    expect(bench.executed).toEqual(['buy 10 @ 100 signal', 'sell 4 @ 90 stop', 'sell 6 @ 86 stop'])
  })

  it('ends at its target though the stop takes the position before it arrives', () => {
    const rows: Row[] = [...still(2), [85, 86, 84, 85], [85, 86, 85, 86], [86, 87, 85, 86]]
    const parts: WorldBenchParts = { rows, orderDelay: 1, capital: 1_000n, risk: { leverage: { max: 1 } } }
    const entry = { direction: 1, coins: 9.5, stop: 90 }
    const exit = new WorldBench({ ...parts, script: { 1: entry, 2: out } })
    exit.each(() => expect(exit.net).toBeGreaterThanOrEqual(0))
    expect([exit.net, exit.open.length]).toEqual([0, 0])
    const turn = new WorldBench({ ...parts, script: { 1: entry, 2: { direction: -1, coins: 9.5, stop: 120 } } })
    turn.each(() => expect(turn.net).toBeGreaterThanOrEqual(-9.5))
    expect(turn.net).toBe(-9.5)
    expect(turn.leverageAt(86)).toBeLessThanOrEqual(1)
    expect(turn.open).toMatchObject([{ type: 'stop-market', side: 'buy', qty: 9.5e8 }])
  })

  it('ends at its target when entry, stop and reversal are each filled in parts', () => {
    const bench = new WorldBench({
      participation: 0.1,
      rows: [
        [100, 101, 99, 100, 1_000],
        [100, 101, 99, 100, 40],
        [100, 101, 85, 86, 20],
        [86, 87, 85, 86, 1_000],
        [86, 87, 85, 86, 1_000],
      ],
      script: { 1: { direction: 1, coins: 10, stop: 90 }, 2: { direction: -1, coins: 10, stop: 120 } },
    })
    bench.each(() => expect(bench.net).toBeGreaterThanOrEqual(-10))
    expect(bench.net).toBe(-10)
    expect(bench.open).toMatchObject([{ type: 'stop-market', side: 'buy', qty: 10e8 }])
  })

  it('never leads beyond what was wanted, whatever the market, the volume and the delay', () => {
    const row = fc.record({
      gap: fc.integer({ min: -8, max: 8 }),
      move: fc.integer({ min: -15, max: 15 }),
      wick: fc.nat(8),
      volume: fc.integer({ min: 0, max: 200 }),
    })
    let turned = 0
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 8, maxLength: 14 }),
        fc.record({
          first: fc.constantFrom(-1, 1),
          turns: fc.boolean(),
          coins: fc.integer({ min: 1, max: 12 }),
          coinsAway: fc.integer({ min: 1, max: 12 }),
          stop: fc.integer({ min: 3, max: 20 }),
        }),
        fc.record({
          participation: fc.constantFrom(undefined, 0.1),
          orderDelay: fc.constantFrom(0, 1),
          reportDelay: fc.constantFrom(0, 1),
          turnAt: fc.integer({ min: 2, max: 5 }),
        }),
        (moves, wish, { participation, turnAt, ...delays }) => {
          const second = wish.turns ? -wish.first : 0
          let last = 100
          const rows = moves.map(({ gap, move, wick, volume }): Row => {
            const open = Math.max(50, last + gap)
            last = Math.max(50, open + move)
            return [open, Math.max(open, last) + wick, Math.min(open, last) - wick, last, volume]
          })
          const entry = { direction: wish.first, coins: wish.coins, stop: 100 - wish.first * wish.stop }
          const away = {
            direction: second,
            ...(second === 0 ? {} : { coins: wish.coinsAway, stop: 100 - second * wish.stop * 2 }),
          }
          const bench = new WorldBench({
            rows,
            script: { 1: entry, [turnAt]: away },
            ...delays,
            ...(participation === undefined ? {} : { participation }),
          })
          const wanted = [0, wish.first * wish.coins, second * wish.coinsAway]
          const [least, most] = [Math.min(...wanted), Math.max(...wanted)]
          bench.each(() => {
            expect(bench.venueNet).toBeGreaterThanOrEqual(least)
            expect(bench.venueNet).toBeLessThanOrEqual(most)
          })
          expect(bench.net).toBe(bench.venueNet)
          if (bench.fills.some(({ reason }) => reason === 'reversal')) turned += 1
        },
      ),
      { numRuns: 300 },
    )
    // Else it was not about anything.
    expect(turned).toBeGreaterThan(20)
  })

  it('turns a losing short at default sizing', () => {
    const bench = new WorldBench({
      capital: 1_000n,
      risk: { loss: { enabled: false } },
      rows: [
        [100, 100, 100, 100],
        [100, 100, 100, 100],
        [100, 106, 100, 106],
        [106, 106, 106, 106],
        [106, 110, 106, 110],
      ],
      script: { 1: { direction: -1 }, 3: { direction: 1 } },
    })
    bench.world.run()
    expect(bench.refusals).toEqual([])
    expect(bench.net).toBeGreaterThan(8)
  })

  it('passes the least notional of the venue', () => {
    const bench = new WorldBench({
      rules: { binding: true, minNotional: 100n * 10n ** 8n },
      rows: [
        [100, 101, 99, 100],
        [100, 101, 99, 90],
        [90, 90, 90, 90],
        [90, 90, 80, 80],
      ],
      script: { 1: { direction: 1, coins: 1 }, 2: out },
    })
    bench.world.run()
    expect(bench.refusals).toEqual([])
    expect(bench.executed).toEqual(['buy 1 @ 100 signal', 'sell 1 @ 90 signal'])
  })

  it('leaves a partly filled entry, also when trading is REDUCING', () => {
    const bench = new WorldBench({
      participation: 0.1,
      rows: [[100, 101, 99, 100, 1_000], [100, 101, 99, 100, 40], [100, 101, 99, 100, 40], ...still(2, 1_000)],
      script: { 1: { direction: 1, coins: 10 }, 2: out },
    })
    bench.until(() => bench.net === 4)
    bench.command('reduce')
    bench.each(() => expect(bench.net).toBeLessThanOrEqual(4))
    expect(bench.refusals).toEqual([])
    expect([bench.net, bench.open.length]).toEqual([0, 0])
  })

  it('closes also what the entry fills while its cancel travels', () => {
    const rows: Row[] = [...still(1, 1_000), [100, 101, 99, 100, 40], ...still(3, 1_000)]
    for (const exitAt of [2, 3]) {
      const bench = new WorldBench({
        orderDelay: 1,
        participation: 0.1,
        rows,
        script: { 1: { direction: 1, coins: 10, stop: 90 }, [exitAt]: out },
      })
      bench.each(() => expect(bench.net).toBeGreaterThanOrEqual(0))
      expect([bench.net, bench.venueNet, bench.open.length, bench.world.venue.openOrders]).toEqual([0, 0, 0, 0])
    }
  })

  it("leaves a partly filled entry, also beyond the day's loss", () => {
    const bench = new WorldBench({
      participation: 0.1,
      capital: 1_000n,
      rows: [
        [100, 101, 99, 100, 1_000],
        [100, 101, 85, 86, 80],
        [86, 87, 85, 86, 10],
        [86, 87, 85, 86, 1_000],
        [86, 87, 70, 70, 1_000],
      ],
      script: { 1: { direction: 1, coins: 9 }, 2: out, 3: out, 4: out },
    })
    bench.world.run()
    expect(bench.refusals).toEqual([])
    expect([bench.net, bench.open.length]).toEqual([0, 0])
    expect(bench.effects).toContainEqual(
      expect.objectContaining({ kind: 'cancel', cancel: expect.objectContaining({ reason: 'superseded' }) }),
    )
  })
})

describe("a day's loss", () => {
  it('does not refuse what is decided when the next day opens', () => {
    const day = (from: number, to: number): Row => [from, from, to, to]
    const bench = new WorldBench({
      capital: 1_000n,
      length: DAY,
      rows: [day(100, 100), day(100, 100), day(100, 90), day(90, 90), day(90, 90)],
      script: { 1: { direction: 1, coins: 6 }, 3: { direction: 1, coins: 7 } },
    })
    bench.world.run()
    expect(bench.refusals).toEqual([])
    expect(bench.net).toBe(7)
  })
})

describe('flatten', () => {
  const travelling = (): WorldBench =>
    new WorldBench({
      orderDelay: 1,
      participation: 0.1,
      rows: [[100, 101, 99, 100, 1_000], [100, 101, 99, 100, 40], ...still(3, 1_000)],
      script: { 1: { direction: 1, coins: 10, stop: 50 } },
    })

  it('ends flat when the entry fills on, while its cancel travels; the stop stays until then', () => {
    const bench = travelling()
    bench.until(() => bench.net === 4)
    bench.command('flatten')
    let most = 0
    bench.each(() => {
      most = Math.max(most, bench.net)
      expect(bench.net).toBeGreaterThanOrEqual(0)
      const atVenue = bench.effects.flatMap((effect) => (effect.kind === 'cancel' ? [effect.cancel.clientOrderId] : []))
      for (const { clientOrderId, reason } of bench.open) if (reason === 'stop') expect(atVenue).not.toContain(clientOrderId)
      if (bench.net > 0) expect(bench.open.some(({ reason }) => reason === 'stop')).toBe(true)
    })
    expect(most).toBe(10)
    expect(bench.executed.filter((line) => line.endsWith('flatten')).length).toBe(2)
    expect([bench.net, bench.venueNet, bench.open.length, bench.world.venue.openOrders]).toEqual([0, 0, 0, 0])
    expect(bench.world.kernel.snapshot().risk.ordered).toBe('HALTED')
  })

  it('ends flat when nothing had been filled yet, as far as we knew', () => {
    const bench = new WorldBench({ reportDelay: 2, orderDelay: 1, rows: still(5), script: { 1: { direction: 1, coins: 10 } } })
    bench.until(() => bench.open.length === 1)
    bench.command('flatten')
    bench.world.run()
    expect([bench.net, bench.venueNet, bench.open.length]).toEqual([0, 0, 0])
  })

  it('is not loosened by a pause', () => {
    const bench = travelling()
    bench.until(() => bench.net === 4)
    bench.command('flatten')
    bench.command('pause')
    bench.world.run()
    expect(bench.net).toBe(0)
    expect(bench.world.kernel.snapshot().risk.ordered).toBe('HALTED')
  })

  it('goes on after a restart', () => {
    const bench = travelling()
    bench.until(() => bench.net === 4)
    bench.command('flatten')
    bench.world.run(1)
    const restored = travelling()
    restored.world.restore(decodePlain(encodePlain(bench.world.snapshot())) as WorldState)
    restored.world.run()
    expect([restored.net, restored.venueNet, restored.open.length]).toEqual([0, 0, 0])
  })
})

describe('a snapshot', () => {
  it('before the first event keeps the capital to come', () => {
    const [whole, restored] = [new WorldBench({ rows: still(2) }), new WorldBench({ rows: still(2) })]
    restored.world.restore(decodePlain(encodePlain(whole.world.snapshot())) as WorldState)
    whole.world.run()
    restored.world.run()
    expect(restored.world.kernel.positions.wallet(0, 'USDT')).toBe(1_000_000n * 10n ** 8n)
    expect(encodePlain(restored.world.snapshot())).toBe(encodePlain(whole.world.snapshot()))
  })

  it('does not have asked again what `create` asked', () => {
    const asks = defineStrategy({
      name: 'asks',
      description: 'asks before the first bar',
      parameters: {},
      warmUp: () => 0,
      memory: () => 1,
      models: { one: () => 1 },
      create({ compute }) {
        compute('one', {}, 0)
        return { state: {}, onBar: () => undefined, onAnswer: () => {} }
      },
    })
    const make = (): WorldBench => new WorldBench({ rows: still(4), definition: asks })
    const asked = ({ effects }: WorldBench): number => effects.filter(({ kind }) => kind === 'compute').length
    const [before, after] = [make(), make()]
    before.until(() => asked(before) === 1)
    after.world.restore(decodePlain(encodePlain(before.world.snapshot())) as WorldState)
    after.world.run()
    expect([asked(before), asked(after)]).toEqual([1, 0])
  })
})
