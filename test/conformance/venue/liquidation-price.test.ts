/** The venue's search for the first tick at which an account is liquidated, against the closed form, on the exchange's own tables. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rateOf, unitsOf } from '../../../src/core/exact.ts'
import type { Money, Price, Qty } from '../../../src/core/exact.ts'
import type { Micros } from '../../../src/core/time.ts'
import { Instrument } from '../../../src/domain/instrument.ts'
import type { MarginBracket } from '../../../src/domain/instrument.ts'
import { exactMaintenance, exactNotional, liquidationPrice, MAINTENANCE_SCALE, maxNotional } from '../../../src/domain/margin.ts'
import { CROSS, MarginAccount } from '../../../src/sim/margin-account.ts'
import type { Ratio } from '../../../src/domain/margin.ts'
import { readBrackets } from '../../../src/storage/market-data/brackets.ts'
import type { Bracket } from '../../../src/storage/market-data/brackets.ts'

const payloads = join(process.env['AUTOTRADING_SHARED'] ?? join('..', 'shared'), 'data', 'payloads')
const files = ['leverage-tiers-2024-10.json.gz', 'leverage-tiers-2026-05.json.gz'].map((name) => join(payloads, name))
const present = files.every((file) => existsSync(file))

const PRICE_SCALE = 2
const PER_PRICE = 10n ** 6n
const money = (text: string): Money => unitsOf(text, 8) as Money

const marginBracket = ({ floor, cap, leverage, rate, cum }: Bracket): MarginBracket => ({
  floor: money(floor),
  cap: money(cap),
  maxLeverage: leverage,
  rate: rateOf(rate),
  cum: money(cum),
})

function instrument(symbol: string, brackets: readonly MarginBracket[], index: number): Instrument {
  const asset = { name: 'USDT', scale: 8 }
  return new Instrument(
    {
      venue: 'binance',
      kind: 'perp',
      symbol,
      base: { name: symbol, scale: 8 },
      quote: asset,
      settle: asset,
      priceScale: PRICE_SCALE,
      rules: [{ from: 0 as Micros, tick: 1 as Price, step: 1 as Qty, binding: false }],
      brackets,
      liquidationFee: rateOf('0.0125'),
    },
    index,
  )
}

const tables = present ? (await Promise.all(files.map(readBrackets))).flatMap(({ brackets }) => [...brackets]) : []

describe.skipIf(!present)('tables of the exchange', () => {
  it('are continuous: cum goes on where the rate changes, floors begin at the caps before, rates stay below 1', () => {
    expect(tables.length).toBe(349 + 719)
    const irregular = tables.flatMap(([symbol, list]) => {
      const brackets = list.map(marginBracket)
      return brackets.flatMap(({ floor, cum, rate }, i) => {
        const before = brackets.at(i - 1)
        const expected =
          i === 0 || before === undefined ? 0n : before.cum * MAINTENANCE_SCALE + floor * BigInt(rate - before.rate)
        return cum * MAINTENANCE_SCALE === expected && BigInt(rate) < MAINTENANCE_SCALE ? [] : [`${symbol} ${i + 1}`]
      })
    })
    expect(irregular).toEqual([])
  })

  it('allow more the lower the leverage', () => {
    for (const [, list] of tables) {
      const brackets = list.map(marginBracket)
      for (const { maxLeverage } of brackets) {
        expect(maxNotional(brackets, maxLeverage)).toBe(brackets.findLast((other) => other.maxLeverage >= maxLeverage)?.cap)
        expect(Number(maxNotional(brackets, maxLeverage + 1))).toBeLessThanOrEqual(Number(maxNotional(brackets, maxLeverage)))
      }
      expect(maxNotional(brackets, 1)).toBe(brackets[brackets.length - 1].cap)
    }
  })
})

/** A position whose notional lies in or near one of its table's brackets, beside another in profit or loss. */
const position = fc.record({
  table: fc.nat(),
  bracket: fc.nat(),
  share: fc.integer({ min: 1, max: 130 }),
  entry: fc.integer({ min: 1, max: 10_000_000 }),
  isLong: fc.boolean(),
  /** Wallet as a share of the cost, in 1e-4. */
  wallet: fc.integer({ min: 0, max: 12_000 }),
  other: fc.option(
    fc.record({
      table: fc.nat(),
      qty: fc.integer({ min: -1_000_000, max: 1_000_000 }),
      mark: fc.integer({ min: 1, max: 10 ** 12 }),
      /** Its cost as a share of its notional, in percent. */
      cost: fc.integer({ min: 50, max: 250 }),
    }),
  ),
})
type Case = typeof position extends fc.Arbitrary<infer T> ? T : never

/** The closed form and the search, of a position and the rest of its account; undefined where quantities are out of range. */
function solve({ table, bracket, share, entry, isLong, wallet, other }: Case) {
  const [symbol, list] = tables[table % tables.length]
  const brackets = list.map(marginBracket)
  const { cap } = brackets[bracket % brackets.length]
  const size = (cap * BigInt(share)) / 100n / BigInt(entry)
  if (size === 0n || size > 2n ** 50n) return undefined
  const qty = Number(isLong ? size : -size)
  const cost = BigInt(qty) * BigInt(entry)
  const walletBalance = (size * BigInt(entry) * BigInt(wallet)) / 10_000n
  const otherBrackets = tables[(other?.table ?? 0) % tables.length][1].map(marginBracket)
  const marks = [entry * Number(PER_PRICE), other?.mark ?? 1]
  const otherNotional = exactNotional(other?.qty ?? 0, marks[1])
  const otherCost = (otherNotional * BigInt(other?.cost ?? 0)) / 100n / PER_PRICE
  const account = new MarginAccount(0, [instrument(symbol, brackets, 0), instrument('OTHER', otherBrackets, 1)], 'USDT')
  account.ledger.book('deposit', 'USDT', walletBalance as Money)
  account.position(0, 'both').restore({ qty, cost })
  account.position(1, 'both').restore({ qty: other?.qty ?? 0, cost: otherCost })
  const found = account.liquidationLevel(CROSS, 0, 1 as Price, (i) => marks[i], isLong ? 'down' : 'up')
  const exact = liquidationPrice({
    walletBalance,
    otherMaintenance: exactMaintenance(otherBrackets, otherNotional, PER_PRICE),
    otherUnrealised: (otherNotional - otherCost * PER_PRICE) * MAINTENANCE_SCALE,
    finer: PER_PRICE * MAINTENANCE_SCALE,
    positions: [{ qty, cost }],
    brackets,
  })
  const bracketAt = (value: bigint, per: bigint): number => brackets.findLastIndex(({ floor }) => value > floor * per)
  const now = bracketAt(size * BigInt(entry), 1n)
  return { found, exact, crosses: exact !== undefined && now !== bracketAt(size * exact.numerator, exact.denominator) }
}

/** The tick that the closed form means: below it for a long position, above it for a short one, on it where it is one. */
function tickOf(exact: Ratio | undefined, isLong: boolean): number | undefined {
  // Nothing above 0: of a long position no tick is due, of a short one every tick.
  if (exact === undefined) return isLong ? undefined : 0
  const floor = exact.numerator / exact.denominator
  if (isLong) return floor === 0n ? undefined : Number(floor)
  return Number(floor * exact.denominator === exact.numerator ? floor : floor + 1n)
}

describe.skipIf(!present)('the first tick of liquidation', () => {
  it('is the closed form rounded against the position', () => {
    let [compared, crossing] = [0, 0]
    fc.assert(
      fc.property(position, (of) => {
        const solved = solve(of)
        if (solved === undefined) return
        expect(solved.found).toBe(tickOf(solved.exact, of.isLong))
        compared += 1
        if (solved.crosses) crossing += 1
      }),
      { numRuns: 800 },
    )
    expect(compared).toBeGreaterThan(600)
    expect(crossing).toBeGreaterThan(100)
  })

  it('is the closed form for the long and the short of a hedge, too, whichever way it threatens', () => {
    const pair = fc.record({
      table: fc.nat(),
      bracket: fc.nat(),
      share: fc.integer({ min: 1, max: 130 }),
      /** The other side, as a share of this one. */
      other: fc.integer({ min: 1, max: 130 }),
      isLarger: fc.constantFrom('long', 'short'),
      entry: fc.integer({ min: 100, max: 10_000_000 }),
      wallet: fc.integer({ min: 10, max: 5_000 }),
    })
    const seen = { down: 0, up: 0 }
    fc.assert(
      fc.property(pair, ({ table, bracket, share, other, isLarger, entry, wallet }) => {
        const [symbol, list] = tables[table % tables.length]
        const brackets = list.map(marginBracket)
        const size = (brackets[bracket % brackets.length].cap * BigInt(share)) / 100n / BigInt(entry)
        const small = (size * BigInt(other)) / 100n
        if (small === 0n || size > 2n ** 50n) return
        const [long, short] = isLarger === 'long' ? [size, small] : [small, size]
        const positions = [long, -short].map((qty) => ({ qty: Number(qty), cost: qty * BigInt(entry) }))
        const walletBalance = (size * BigInt(entry) * BigInt(wallet)) / 10_000n
        const account = new MarginAccount(0, [instrument(symbol, brackets, 0)], 'USDT')
        account.ledger.book('deposit', 'USDT', walletBalance as Money)
        account.position(0, 'long').restore(positions[0])
        account.position(0, 'short').restore(positions[1])
        const markOf = (): number => entry * Number(PER_PRICE)
        if (account.slack(CROSS, markOf) <= 0n) return
        const exact = liquidationPrice({ walletBalance, otherMaintenance: 0n, otherUnrealised: 0n, positions, brackets })
        const isBelow = exact !== undefined && exact.numerator < BigInt(entry) * exact.denominator
        const direction = isBelow ? 'down' : 'up'
        const found = account.liquidationLevel(CROSS, 0, 1 as Price, markOf, direction)
        // The search goes as far as a price can be thought of.
        if (exact === undefined || exact.numerator > 100n * BigInt(entry) * exact.denominator) return
        expect([direction, found]).toEqual([direction, tickOf(exact, isBelow)])
        seen[direction] += 1
      }),
      { numRuns: 400 },
    )
    expect(seen.down).toBeGreaterThan(50)
    expect(seen.up).toBeGreaterThan(50)
  })
})
