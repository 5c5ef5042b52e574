/** Books that share a position, through the simulated venue: whatever happens they add up, are protected, and reach their goals. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodePlain, encodePlain } from '../core/plain.ts'
import type { WorldState } from './world.ts'
import { BooksBench } from '../../test/kernel/books-bench.ts'
import type { BooksBenchParts } from '../../test/kernel/books-bench.ts'
import type { Row, Script } from '../../test/kernel/world-bench.ts'
import type { CommandName } from '../domain/event.ts'

const still = (count: number): Row[] => Array.from({ length: count }, () => [100, 101, 99, 100] as const)
const sum = (list: readonly number[]): number => list.reduce((total, each) => total + each, 0)

describe('stops of books that share a position', () => {
  const LONG = { direction: 1, coins: 10, stop: 80 } as const

  it('stand for the net position, the nearest first', () => {
    const bench = new BooksBench({
      rows: still(5),
      scripts: [{ 1: LONG }, { 1: { direction: 1, coins: 6, stop: 90 } }, { 2: { direction: -1, coins: 4 } }],
    })
    bench.world.run()
    expect([bench.books, bench.net]).toEqual([[10, 6, -4], 12])
    expect(
      bench.stops.map(({ trigger, qty, side }) => [trigger, qty / 1e8, side]).toSorted(([a], [b]) => Number(a) - Number(b)),
    ).toEqual([
      [80, 6, 'sell'],
      [90, 6, 'sell'],
    ])
  })

  it('that cover only a part of their book lead to the exit of the rest', () => {
    const bench = new BooksBench({
      rows: [...still(3), [100, 101, 75, 78], [78, 79, 77, 78]],
      scripts: [{ 1: LONG }, { 2: { direction: -1, coins: 4 } }],
    })
    bench.until(() => bench.world.timeline.now > 0 && bench.books[1] === -4)
    bench.world.run()
    expect([bench.books, bench.net, bench.stops.length]).toEqual([[0, -4], -4, 0])
  })

  it('act at the close of a bar that reached them where the net position is on the other side', () => {
    const bench = new BooksBench({
      rows: [...still(3), [100, 101, 75, 95], [95, 96, 94, 95]],
      scripts: [{ 1: LONG }, { 2: { direction: -1, coins: 14 } }],
    })
    bench.world.run()
    expect([bench.books, bench.net, bench.stops.length]).toEqual([[0, -14], -14, 0])
    expect(bench.bookings.some(({ strategy, qty, price }) => strategy === 0 && qty < 0 && price === 95)).toBe(true)
  })

  it('are not undone by an opinion of the same bar', () => {
    const bench = new BooksBench({
      rows: [...still(3), [100, 101, 75, 95], [95, 96, 94, 95]],
      scripts: [{ 1: LONG, 4: { ...LONG, stop: 85 } }, { 2: { direction: -1, coins: 14 } }],
    })
    bench.world.run()
    expect(bench.books).toEqual([0, -14])
  })

  it('move without a change of size when an opinion is only repeated', () => {
    const rows: Row[] = [...still(2), ...Array.from({ length: 3 }, () => [120, 121, 119, 120] as const)]
    for (const scripts of [
      [{ 1: { direction: 1, stop: 80 }, 4: { direction: 1, stop: 90 } }],
      [{ 1: { direction: 1, stop: 80 }, 4: { direction: 1, stop: 90 } }, { 2: { direction: 1, coins: 1 } }],
    ]) {
      const bench = new BooksBench({ rows, scripts })
      bench.until(() => bench.books[0] !== 0)
      const [held] = bench.books
      bench.world.run()
      expect([bench.books[0], bench.stops.map(({ trigger }) => trigger)]).toEqual([held, [90]])
      expect(bench.targets.at(-1)?.bound).toBe('held')
    }
  })
})

describe('orders of books that share a position', () => {
  it('do not end because an order of another book never filled', () => {
    // The first book's entry is cancelled while the second one's, which would have reduced it, travels.
    const bench = new BooksBench({
      rows: [[100, 101, 99, 100, 0], [100, 101, 99, 100, 0], [100, 101, 99, 100, 0], ...still(4)],
      participation: 0.1,
      scripts: [{ 1: { direction: 1, coins: 10 }, 2: { direction: 0 } }, { 2: { direction: -1, coins: 4 } }],
    })
    bench.world.run()
    expect([bench.books, bench.net]).toEqual([[0, -4], -4])
  })

  it('that race with their own stop leave no book on the wrong side', () => {
    const rows: Row[] = [...still(3), [85, 86, 84, 85], ...Array.from({ length: 3 }, () => [85, 86, 84, 85] as const)]
    const bench = new BooksBench({
      rows,
      orderDelay: 1,
      reportDelay: 1,
      scripts: [{ 1: { direction: 1, coins: 10, stop: 90 }, 3: { direction: 0 } }, { 1: { direction: 1, coins: 20 } }],
    })
    bench.world.run()
    expect([bench.books, bench.net]).toEqual([[0, 20], 20])
  })

  it('that are turned still close what nobody wants, though the venue is to hold more for it', () => {
    const bench = new BooksBench({
      rows: still(5),
      capital: 1_000n,
      given: { risk: { leverage: { max: 1.2 } } },
      scripts: [{ 1: { direction: 1, coins: 8 }, 3: { direction: -1, coins: 9 } }, { 2: { direction: -1, coins: 8 } }],
    })
    bench.world.run()
    expect(bench.refusals.map(({ rule }) => rule)).toContain('leverage')
    expect([bench.books, bench.net]).toEqual([[0, -8], -8])
  })

  it('cross, and the results of both books know it', () => {
    const bench = new BooksBench({
      rows: [...still(2), ...Array.from({ length: 4 }, () => [110, 111, 109, 110] as const)],
      scripts: [{ 1: { direction: 1, coins: 10 }, 4: { direction: 0 } }, { 4: { direction: 1, coins: 10 } }],
    })
    bench.world.run()
    expect(bench.books).toEqual([0, 10])
    expect(bench.bookings.filter(({ kind }) => kind === 'cross').map(({ strategy, qty }) => [strategy, qty])).toEqual([
      [1, 10e8],
      [0, -10e8],
    ])
    expect(bench.world.kernel.view.bookStatistics(0)).toMatchObject({ trades: 1, wins: 1, lastExitReason: 'signal' })
  })
})

describe('people', () => {
  it('who pause let no book grow, though the account shrinks by it', () => {
    const bench = new BooksBench({
      rows: still(6),
      scripts: [
        { 1: { direction: 1, coins: 10 } },
        { 1: { direction: -1, coins: 3 }, 4: { direction: 0 } },
        { 4: { direction: -1, coins: 5 } },
      ],
    })
    bench.until(() => sum(bench.books) === 7)
    bench.command('pause')
    bench.world.run()
    expect(bench.books[2]).toBe(0)
    expect(bench.refusals.map(({ rule }) => rule)).toContain('trading-state')
  })

  it('who flatten leave no book open, also where books oppose each other', () => {
    for (const other of [4, 10]) {
      const bench = new BooksBench({
        rows: still(5),
        scripts: [{ 1: { direction: 1, coins: 10, stop: 80 } }, { 1: { direction: -1, coins: other } }],
      })
      bench.until(() => bench.books[0] === 10 && bench.books[1] === -other)
      bench.command('flatten')
      bench.world.run()
      expect([bench.books, bench.net, bench.stops.length]).toEqual([[0, 0], 0, 0])
    }
  })
})

// ---- properties --------------------------------------------------------------------------------------------------

const row = fc.record({
  gap: fc.integer({ min: -6, max: 6 }),
  move: fc.integer({ min: -12, max: 12 }),
  wick: fc.nat(6),
  volume: fc.integer({ min: 0, max: 300 }),
})
const told = fc.record({
  at: fc.integer({ min: 1, max: 12 }),
  direction: fc.constantFrom(-1, 1, -0.5, 0.5, 0),
  coins: fc.option(fc.integer({ min: 1, max: 12 }), { nil: undefined }),
  stop: fc.option(fc.integer({ min: 3, max: 25 }), { nil: undefined }),
})
const script = fc.array(told, { minLength: 1, maxLength: 6 })
const terms = fc.record({
  participation: fc.constantFrom(undefined, undefined, 0.1),
  orderDelay: fc.constantFrom(0, 1),
  reportDelay: fc.constantFrom(0, 1),
  commands: fc.array(
    fc.record({
      at: fc.integer({ min: 5, max: 60 }),
      command: fc.constantFrom<CommandName>('pause', 'flatten', 'resume', 'resume'),
    }),
    { maxLength: 2 },
  ),
  expires: fc.constantFrom(undefined, undefined, 9),
  leverage: fc.constantFrom(1, 20),
})

interface Made {
  readonly rows: readonly Row[]
  readonly scripts: readonly Script[]
}

function made(
  moves: readonly (typeof row extends fc.Arbitrary<infer T> ? T : never)[],
  lists: readonly (typeof script extends fc.Arbitrary<infer T> ? T : never)[],
): Made {
  let last = 100
  const rows = moves.map(({ gap, move, wick, volume }): Row => {
    const open = Math.max(50, last + gap)
    last = Math.max(50, open + move)
    return [open, Math.max(open, last) + wick, Math.min(open, last) - wick, last, volume]
  })
  const scripts = lists.map((list) =>
    Object.fromEntries(
      list.map(({ at, direction, coins, stop }) => [
        at,
        {
          direction,
          ...(direction === 0 || coins === undefined ? {} : { coins }),
          ...(stop === undefined ? {} : { stop: (rows[at - 1]?.[3] ?? 100) - Math.sign(direction) * stop }),
        },
      ]),
    ),
  )
  return { rows, scripts }
}

describe('whatever happens to books that share a position', () => {
  const given = [
    fc.array(row, { minLength: 10, maxLength: 16 }),
    fc.array(script, { minLength: 2, maxLength: 4 }),
    terms,
  ] as const

  const benchOf = (
    { rows, scripts }: Made,
    {
      participation,
      orderDelay,
      reportDelay,
      expires,
      leverage,
    }: Omit<BooksBenchParts, 'rows' | 'scripts' | 'expires'> & {
      readonly leverage: number
      readonly expires: number | undefined
    },
  ): BooksBench =>
    new BooksBench({
      rows,
      scripts,
      capital: 4_000n,
      participation,
      ...(orderDelay === undefined ? {} : { orderDelay }),
      ...(reportDelay === undefined ? {} : { reportDelay }),
      ...(expires === undefined ? {} : { expires }),
      given: { risk: { leverage: { max: leverage } }, account: { leverage: 20, margin: 'cross' } },
    })

  it('the books add up to the position', () => {
    const seen = { crosses: 0, corrections: 0 }
    fc.assert(
      fc.property(...given, (moves, lists, { commands, ...rest }) => {
        const bench = benchOf(made(moves, lists), rest)
        let events = 0
        let booked = 0
        const bookSums = Array.from({ length: bench.count + 1 }, () => 0)
        bench.each(() => {
          events += 1
          for (const { at, command } of commands) if (at === events) bench.command(command)
          for (; booked < bench.bookings.length; booked++)
            bookSums[bench.bookings[booked].strategy + 1] += bench.bookings[booked].qty
          const { books, net } = bench
          expect(bookSums.slice(1).map((qty) => qty / 1e8)).toEqual(books)
          expect(sum(bookSums)).toBe(Math.round(net * 1e8))
        })
        seen.crosses += bench.bookings.filter(({ kind }) => kind === 'cross').length
        seen.corrections += bench.targets.filter(({ bound }) => bound === 'correction').length
      }),
      { numRuns: 60, endOnFailure: true },
    )
    expect(Math.min(seen.crosses, seen.corrections)).toBeGreaterThan(0)
  })

  it('it goes on from any cut as if nothing had happened', () => {
    fc.assert(
      fc.property(...given, fc.integer({ min: 1, max: 90 }), (moves, lists, parts, cut) => {
        const { participation, orderDelay, reportDelay, expires, leverage } = parts
        const rest = { participation, orderDelay, reportDelay, expires, leverage }
        const all = made(moves, lists)
        const [whole, before, after] = [benchOf(all, rest), benchOf(all, rest), benchOf(all, rest)]
        whole.world.run()
        before.world.run(cut)
        after.world.restore(decodePlain(encodePlain(before.world.snapshot())) as WorldState)
        after.digest.restore(decodePlain(encodePlain(before.digest.snapshot())) as Parameters<typeof after.digest.restore>[0])
        after.world.run()
        expect(after.digest.hex()).toBe(whole.digest.hex())
        expect(encodePlain(after.world.snapshot())).toBe(encodePlain(whole.world.snapshot()))
      }),
      { numRuns: 25, endOnFailure: true },
    )
  })
})
