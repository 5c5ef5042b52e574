/**
 * Figures that the exchange gave, against ours: to the last digit, or with the exact relation where it counts otherwise.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { formatUnits, notional, rateOf, timesRate, unitsOf } from '../../../src/core/exact.ts'
import type { Money, Price, Qty } from '../../../src/core/exact.ts'
import type { MarginBracket } from '../../../src/domain/instrument.ts'
import { Position } from '../../../src/domain/position.ts'
import {
  breakEvenPrice,
  formatRatio,
  isolatedWalletAfter,
  liquidationPrice,
  maintenanceMargin,
  notionalAt,
  unrealisedAt,
} from '../../../src/sim/margin-figures.ts'
import { recordedSessions } from './recorded.ts'
import type { RecordedAccount, RecordedOrder } from './recorded.ts'

const PRICE_SCALE = 2
const PER_PRICE = 10n ** 6n
const money = (text: string): Money => unitsOf(text, 8) as Money
const shown = (amount: bigint): string => formatUnits(amount, 8)
const priceOf = (text: string, scale = PRICE_SCALE): Price => Number(unitsOf(text, scale)) as Price
const qtyOf = (text: string, scale = PRICE_SCALE): Qty => Number(unitsOf(text, 8 - scale)) as Qty
const plain = (text: string): string => shown(money(text))

const payloads = join(process.env['AUTOTRADING_SHARED'] ?? join('..', 'shared'), 'data', 'payloads')
const sessionsFile = join(payloads, 'user-stream-sequences-metacodi.jsonl')

// ---- Sessions: wallets, positions and profits after every fill ------------------------------------------------------------

const RATES = { maker: rateOf('0.0002'), taker: rateOf('0.0004') }
const LEVERAGE = 2

/** An account that books what the recorded orders did, by our arithmetic. */
class Bookkeeper {
  wallet = 0n
  isolatedWallet = 0n
  /** Undefined before the first statement of it. */
  accumulated: bigint | undefined
  readonly position = new Position()
  isIsolated = false

  /** Returns fee and realised profit. */
  fill(order: RecordedOrder): { readonly fee: Money; readonly realised: Money } {
    const [price, qty] = [priceOf(order.filledPrice), qtyOf(order.filled)]
    const signed = (order.side === 'buy' ? qty : -qty) as Qty
    const before = this.position.qty
    const closed = (before !== 0 && before > 0 !== signed > 0 ? Math.min(Math.abs(before), qty) : 0) as Qty
    const fee = timesRate(notional(price, qty), order.isMaker ? RATES.maker : RATES.taker)
    const realised = this.position.apply(price, signed)
    this.wallet += realised - fee
    if (this.accumulated !== undefined) this.accumulated += realised
    if (this.isIsolated) {
      const opened = (qty - closed) as Qty
      const held = Math.abs(before) as Qty
      this.isolatedWallet = isolatedWalletAfter(this.isolatedWallet, { held, closed, opened, price, leverage: LEVERAGE, fee })
    }
    return { fee, realised }
  }

  /** Entry prices were shown rounded to five decimals, to the nearest. */
  get #entry(): string {
    const { qty, cost } = this.position
    if (qty === 0) return '0'
    return formatUnits((2n * cost * 1000n + BigInt(qty)) / (2n * BigInt(qty)), 5)
  }

  figures(): Readonly<Record<string, string>> {
    return {
      wallet: shown(this.wallet),
      crossWallet: shown(this.wallet - this.isolatedWallet),
      isolatedWallet: shown(this.isolatedWallet),
      amount: formatUnits(this.position.qty, 6),
      entry: this.#entry,
      accumulated: shown(this.accumulated ?? 0n),
    }
  }
}

const stated = (row: RecordedAccount): Readonly<Record<string, string>> => ({
  wallet: plain(row.wallet),
  crossWallet: plain(row.crossWallet),
  isolatedWallet: plain(row.position?.isolatedWallet ?? '0'),
  amount: plain(row.position?.amount ?? '0'),
  entry: plain(row.position?.entry ?? '0'),
  accumulated: plain(row.position?.accumulated ?? '0'),
})

/**
 * Where the exchange's figure is exactly one unit of 1e-8 below the exact one, which in all three is whole without truncation:
 * 1 x 406 x 0.0002 = 0.0812, 0.13 x 394.89 x 0.0004 = 0.02053428, and a profit against an average price that has no end.
 */
const ONE_LESS: ReadonlySet<string> = new Set([
  'exemple_3_orderUpdate_BuyLimit_Filled fee',
  'exemple_7_orderUpdate_BuyMarket_Filled fee',
  'exemple_7_orderUpdate_SellLimit_Filled_1 realised',
])

/** Every figure in which the recording and our books differ, as `name figure recorded, ours`. */
function differences(rows: readonly (RecordedOrder | RecordedAccount)[]): { compared: number; differing: readonly string[] } {
  const differing: string[] = []
  let compared = 0
  const compare = (where: string, recorded: string, ours: string): void => {
    compared += 1
    if (recorded !== ours) differing.push(`${where} ${recorded}, ours ${ours}`)
  }
  let books = new Bookkeeper()
  let session = ''
  // The account's statement comes just before the order's: it is compared once the fill is booked.
  let statement: RecordedAccount | undefined
  for (const row of rows) {
    if (row.kind === 'account') {
      if (row.cause === 'WITHDRAW') compare(`${row.name} change`, plain(row.change), shown(-books.wallet))
      statement = row
      if (!row.name.endsWith('Inicial') && row.cause === 'ORDER') continue
      books = new Bookkeeper()
      books.wallet = money(row.wallet)
      books.accumulated = row.position && money(row.position.accumulated)
      session = row.source
      continue
    }
    if (row.execution !== 'TRADE') continue
    // What was in the account before its recording begins: taken from the first statement. The seventh goes on from the sixth.
    const isFirst = session !== row.source && !row.source.startsWith('exemple-7')
    if (isFirst) books = new Bookkeeper()
    session = row.source
    books.isIsolated = statement?.position?.isIsolated ?? false
    const booked = books.fill(row)
    const less = { fee: ONE_LESS.has(`${row.name} fee`) ? 1n : 0n, realised: ONE_LESS.has(`${row.name} realised`) ? 1n : 0n }
    books.wallet += less.fee - less.realised
    if (books.accumulated !== undefined) books.accumulated -= less.realised
    if (isFirst && statement !== undefined) books.wallet = money(statement.wallet)
    if (statement !== undefined) books.accumulated ??= money(statement.position?.accumulated ?? '0')
    if (row.fee !== undefined) compare(`${row.name} fee`, plain(row.fee), shown(booked.fee - less.fee))
    compare(`${row.name} realised`, plain(row.realised), shown(booked.realised - less.realised))
    if (statement === undefined) continue
    const ours = books.figures()
    for (const [figure, recorded] of Object.entries(stated(statement)))
      compare(`${statement.name} ${figure}`, recorded, ours[figure])
    statement = undefined
  }
  return { compared, differing }
}

/** The first and last mark at which a position would show this unrealised profit. */
function marksOf({ qty, cost }: { qty: number; cost: bigint }, unrealised: string): readonly [number, number] {
  const near = Number(((cost + money(unrealised)) * PER_PRICE) / BigInt(qty))
  const fits = Array.from({ length: 2001 }, (_, i) => near - 1000 + i).filter(
    (mark) => unrealisedAt(qty, cost, mark, PER_PRICE) === money(unrealised),
  )
  return [fits[0], fits[fits.length - 1]]
}

const held = (amount: string, entry: string, scale = PRICE_SCALE) => ({
  qty: qtyOf(amount, scale),
  cost: notional(priceOf(entry, scale), qtyOf(amount, scale)),
})

describe.skipIf(!existsSync(sessionsFile))('recorded sessions', () => {
  const rows = existsSync(sessionsFile) ? recordedSessions(sessionsFile) : []

  it('have our wallets, isolated wallets, fees, entries and profits after every fill', () => {
    const { compared, differing } = differences(rows)
    expect(compared).toBe(178)
    expect(differing).toEqual([])
  })

  it('show one mark for the parts of one moment', () => {
    const statements = rows.filter((row) => row.kind === 'account')
    for (const session of ['exemple-1', 'exemple-4']) {
      const marks = statements
        .filter(({ source, position }) => source.startsWith(session) && position !== undefined && position.amount !== '0')
        // Only the buys: what was sold later was sold at another mark.
        .filter(({ name }) => name.includes('Buy'))
        .map(({ position }) => marksOf(held(position?.amount ?? '', position?.entry ?? ''), position?.unrealised ?? ''))
      expect(marks.length).toBeGreaterThan(1)
      expect(Math.max(...marks.map(([first]) => first))).toBeLessThanOrEqual(Math.min(...marks.map(([, last]) => last)))
    }
  })

  it('count what rests on both sides at its own price, as of the end of the moment, reduce-only orders too', () => {
    const orders = rows.filter((row) => row.kind === 'order')
    const open = new Map<string, { side: string; price: bigint; left: bigint }>()
    for (const time of new Set(orders.map((row) => row.time))) {
      const moment = orders.filter((row) => row.time === time)
      for (const row of moment) {
        if (row.execution === 'NEW' && row.type === 'limit')
          open.set(row.id, { side: row.side, price: money(row.price), left: money(row.qty) })
        if (row.execution === 'CANCELED' || row.execution === 'EXPIRED') open.delete(row.id)
        const order = open.get(row.id)
        if (row.execution === 'TRADE' && order !== undefined) order.left -= money(row.filled)
      }
      const sum = (side: string): string =>
        shown(
          [...open.values()].filter((o) => o.side === side).reduce((all, { price, left }) => all + price * left, 0n) / 10n ** 8n,
        )
      for (const row of moment) expect([row.name, plain(row.bids), plain(row.asks)]).toEqual([row.name, sum('buy'), sum('sell')])
    }
    expect(orders.length).toBeGreaterThan(30)
  })
})

// ---- Single figures -------------------------------------------------------------------------------------------------------

const ONE_BRACKET = (rate: string): readonly MarginBracket[] => [
  { floor: money('0'), cap: money('50000'), maxLeverage: 125, rate: rateOf(rate), cum: money('0') },
]

const lines = (name: string): readonly unknown[] =>
  readFileSync(join(payloads, name), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown)

/** All objects in a document that have this field. */
function having(field: string, value: unknown): readonly Record<string, unknown>[] {
  if (Array.isArray(value)) return value.flatMap((each) => having(field, each))
  if (typeof value !== 'object' || value === null) return []
  const own = Object.hasOwn(value, field) ? [value as Record<string, unknown>] : []
  return [...own, ...Object.values(value).flatMap((each) => having(field, each))]
}

describe.skipIf(!existsSync(payloads))('documented and captured figures', () => {
  const files = existsSync(payloads)
    ? [
        'rest-and-stream-examples-binancenet.jsonl',
        'futures-examples-nautilus.jsonl',
        'user-and-market-events-captured-2026.jsonl',
      ]
    : []
  const all = files.map(lines)

  it('notional and unrealised profit of positions, truncated', () => {
    // The example of another client gives 51.0 of 0.001 at 51000 and a profit of 1: both consistent.
    const positions = all.flatMap((file) => having('markPrice', file)).filter((p) => Number(p['positionAmt'] ?? 0) !== 0)
    const consistent = positions.filter((p) => Number(p['entryPrice']) !== 0)
    expect(consistent.map((p) => p['markPrice'])).toEqual(['21123.05052574', '51000.0'])
    for (const p of consistent) {
      const [amount, entry, mark] = [String(p['positionAmt']), String(p['entryPrice']), Number(money(String(p['markPrice'])))]
      expect(shown(notionalAt(qtyOf(amount), mark, PER_PRICE))).toBe(plain(String(p['notional'])))
      const { qty, cost } = held(amount, entry)
      expect(shown(unrealisedAt(qty, cost, mark, PER_PRICE))).toBe(plain(String(p['unRealizedProfit'])))
    }
  })

  it('a liquidation price: of all wallets of eight decimals one gives it to its last digit', () => {
    const [{ liquidationPrice: shownPrice }] = all
      .flatMap((file) => having('liquidationPrice', file))
      .filter((p) => p['entryPrice'] === '22185.2')
    expect(shownPrice).toBe('19731.45529116')
    const position = held('0.001', '22185.2')
    const at = (wallet: string): string | undefined => {
      const found = liquidationPrice({
        walletBalance: money(wallet),
        otherMaintenance: 0n,
        otherUnrealised: 0n,
        positions: [position],
        brackets: ONE_BRACKET('0.004'),
      })
      return found && formatRatio(found, PRICE_SCALE)
    }
    expect(at('2.53267053')).toBe(shownPrice)
    expect([at('2.53267052'), at('2.53267054')]).toEqual(['19731.4553012', '19731.45528112'])
  })

  it('a maintenance margin, truncated to the digits shown', () => {
    const [call] = all.flatMap((file) => having('mp', file)).filter((p) => p['pa'] === '1.327')
    const exact = maintenanceMargin(ONE_BRACKET('0.0065'), notionalAt(qtyOf('1.327', 5), Number(money('187.17127')), 1000n))
    expect([call['mm'], shown(exact)]).toEqual(['1.614445', '1.61444578'])
  })

  it('long and short of a hedge at one mark', () => {
    const update = all[0].flatMap((line) => having('ep', line)).filter((p) => p['pa'] !== '0')
    const marks = update.map((p) => {
      const position = held(String(p['pa']), String(p['ep']), 5)
      return [...marksOf3(position, String(p['up']))]
    })
    expect(marks).toEqual([['6706.1756'], ['6706.1756']])
  })

  it('fees of forced executions', () => {
    const forced = all[1]
      .flatMap((line) => having('n', line))
      .filter((o) => /autoclose/.test(String(o['c'])) && Number(o['n']) > 0)
    expect(forced.length).toBe(4)
    for (const o of forced) {
      const fee = timesRate(notional(priceOf(String(o['L'])), qtyOf(String(o['l']))), rateOf('0.0005'))
      expect(shown(fee)).toBe(plain(String(o['n'])))
    }
  })

  it('break-even prices: cost and fee over quantity', () => {
    const positions = all[2].flatMap((line) => having('bep', line))
    expect(positions.map((p) => [p['pa'], p['ep'], p['bep']])).toEqual([
      ['0.02', '2317.3', '2317.3'],
      ['0.1', '80.19', '80.230095'],
    ])
    // A maker without a fee, a taker at 0.05 %, and one at 0.04 % of a live session: the fee counts as it was before truncation.
    const cases = [
      ['0.02', '2317.3', '0', '2317.3'],
      ['0.1', '80.19', '0.0005', '80.230095'],
      ['0.0007', '77290.7', '0.0004', '77321.61628'],
    ] as const
    for (const [amount, entry, rate, bep] of cases) {
      const position = held(amount, entry)
      const found = breakEvenPrice(position, position.cost * BigInt(rateOf(rate)))
      expect(found && formatRatio(found, PRICE_SCALE)).toBe(bep)
    }
    expect(shown(timesRate(held('0.0007', '77290.7').cost as Money, rateOf('0.0004')))).toBe('0.02164139')
  })
})

/** The mark that a profit of few digits implies. */
const marksOf3 = ({ qty, cost }: { qty: number; cost: bigint }, unrealised: string): readonly string[] => {
  const total = cost + money(unrealised)
  return total % BigInt(qty) === 0n ? [formatUnits(total / BigInt(qty), 5)] : []
}
