/** Tick, scales, rules and margin: from which book, and what is said when none knows. */
import { rateOf } from '../core/exact.ts'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { InputError } from '../core/errors.ts'
import { parseTime } from '../core/time.ts'
import { Instrument } from '../domain/instrument.ts'
import { readBrackets } from '../storage/market-data/brackets.ts'
import type { BracketDocument } from '../storage/market-data/brackets.ts'
import { readExchangeInfo } from '../storage/market-data/exchange-info.ts'
import type { ExchangeInfo, ExchangeSymbol } from '../storage/market-data/exchange-info.ts'
import { instrumentsOf, kindOf } from './instruments.ts'
import type { RuleBooks, SymbolFacts } from './instruments.ts'

const FROM = parseTime('2024-01-01')
const TO = parseTime('2024-07-01')
const facts = (symbol: string, decimals: number): SymbolFacts => ({ symbol, decimals, from: FROM, to: TO })

const LISTED: ExchangeSymbol = {
  symbol: 'BTCUSDT',
  contractType: 'PERPETUAL',
  status: 'TRADING',
  base: 'BTC',
  quote: 'USDT',
  marginAsset: 'USDT',
  pricePrecision: 2,
  quantityPrecision: 3,
  tickSize: '0.10',
  minPrice: '556.80',
  maxPrice: '4529764',
  stepSize: '0.001',
  minQty: '0.001',
  maxQty: '1000',
  marketStepSize: '0.001',
  marketMinQty: '0.001',
  marketMaxQty: '120',
  minNotional: '100',
  percentUp: '1.05',
  percentDown: '0.95',
  maxOrders: 200,
  liquidationFee: '0.0125',
  marketTakeBound: '0.05',
  triggerProtect: '0.05',
  onboardMs: 1_569_398_400_000,
  deliveryMs: 4_133_404_800_000,
}
const info = (...symbols: readonly Partial<ExchangeSymbol>[]): ExchangeInfo => ({
  path: 'info.json',
  sha256: '',
  serverMs: undefined,
  symbols: symbols.map((over) => ({ ...LISTED, ...over })),
})
const table = (date: string | undefined, rate = '0.004', path = `${date}.json`): BracketDocument => ({
  path,
  sha256: '',
  date: date === undefined ? undefined : parseTime(date),
  brackets: new Map([
    [
      'BTCUSDT',
      [
        { leverage: 125, floor: '0', cap: '50000', rate, cum: '0.0' },
        { leverage: 100, floor: '50000', cap: '600000', rate: '0.005', cum: '50.5' },
      ],
    ],
  ]),
})

const of = (symbols: readonly SymbolFacts[], books: Partial<RuleBooks> = {}, leverage = 1) =>
  instrumentsOf(symbols, { exchangeInfo: undefined, brackets: [], ...books }, leverage)
function refusal(work: () => unknown): InputError {
  try {
    work()
  } catch (error) {
    if (error instanceof InputError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

describe('one tick per symbol', () => {
  it('is the smaller of the rule’s and what the data show', () => {
    const ticks = (decimals: number, books = {}) => of([facts('BTCUSDT', decimals)], books).rows[0].tickSize
    expect([0, 1, 2].map((decimals) => ticks(decimals))).toEqual(['0.1', '0.1', '0.01'])
    expect([0, 2].map((decimals) => ticks(decimals, { exchangeInfo: info({ tickSize: '0.5' }) }))).toEqual(['0.5', '0.01'])
    expect(ticks(1, { exchangeInfo: info({ tickSize: '0.00' }) })).toBe('0.1')
    expect(ticks(1, { exchangeInfo: info({ tickSize: '25' }) })).toBe('0.1')
  })

  it('is a whole number of the price unit, which holds the decimals of both', () => {
    const [spec] = of([facts('BTCUSDT', 1)], { exchangeInfo: info({ tickSize: '0.25' }) }).specs
    expect([spec.priceScale, spec.rules[0].tick]).toEqual([2, 10])
    const [shib] = of([facts('1000SHIBUSDT', 6)]).specs
    expect([shib.priceScale, shib.rules[0].tick, shib.settle.scale]).toEqual([6, 1, 8])
  })

  it('of a contract that no book knows is what the decimals show, with a warning', () => {
    const { rows, specs, warnings } = of([facts('QQQUSDC', 3)])
    expect(rows).toEqual([{ symbol: 'QQQUSDC', tickSize: '0.001', stepSize: '0.00001', fromMs: FROM / 1_000, source: 'data' }])
    expect([specs[0].base.name, specs[0].quote.name, specs[0].settle.name]).toEqual(['QQQ', 'USDC', 'USDC'])
    expect(warnings).toEqual([
      "No trading rules are known for QQQUSDC: the decimals of the data serve as tick. Give --exchange-info for the exchange's rules.",
      "The margin of QQQUSDC is a default: maintenance rate 0.01, leverage up to 20. Give --brackets for the exchange's table.",
    ])
  })
})

describe('scales', () => {
  it('are one money unit for all instruments, fine enough for every price and quantity', () => {
    const { specs } = of([facts('1000PEPEUSDT', 7), facts('BTCUSDT', 2), facts('XUSDT', 9)])
    expect(specs.map(({ settle, priceScale }) => [settle.scale, priceScale])).toEqual([
      [11, 7],
      [11, 2],
      [11, 9],
    ])
    for (const [index, spec] of specs.entries()) expect(new Instrument(spec, index).qtyScale).toBe(11 - spec.priceScale)
    expect(of([facts('1000PEPEUSDT', 7), facts('BTCUSDT', 2), facts('XUSDT', 9)]).rows[1].stepSize).toBe('0.001')
  })

  it('leave room for the decimals of the step', () => {
    const [spec] = of([facts('BTCUSDT', 6)], { exchangeInfo: info({ stepSize: '0.0001' }) }).specs
    expect([spec.settle.scale, spec.rules[0].step]).toEqual([10, 1])
  })

  it('end where prices are remainders of binary floats', () => {
    expect(refusal(() => of([facts('XUSDT', 16)]))).toMatchObject({
      code: 'too-many-price-decimals',
      where: { symbol: 'XUSDT', value: 16 },
    })
  })
})

describe('rules', () => {
  it('bind only from an exchangeInfo document; bounds on market orders and prices never do on bars', () => {
    const [known] = of([facts('BTCUSDT', 1)]).specs
    expect(known.rules).toEqual([{ from: FROM, tick: 1, step: 10_000, binding: false }])
    const [listed] = of([facts('BTCUSDT', 1)], { exchangeInfo: info({}) }).specs
    expect(listed.rules).toEqual([
      {
        from: FROM,
        tick: 1,
        step: 10_000,
        binding: true,
        minQty: 10_000,
        maxQty: 1e10,
        minNotional: 100n * 10n ** 8n,
        // The venue heeds the bands only where its switch for them is on.
        priceUp: rateOf('1.05'),
        priceDown: rateOf('0.95'),
        triggerProtect: rateOf('0.05'),
        maxOrders: 200,
      },
    ])
    expect([listed.liquidationFee, listed.listedAt]).toEqual([125_000_000, 1_569_398_400_000_000])
  })

  it('of a symbol that is not in the document are refused, with near names', () => {
    const document = info({}, { symbol: 'BTCUSDC' }, { symbol: 'ETHUSDT' }, { symbol: '1000PEPEUSDT' })
    const error = refusal(() => of([facts('BTCUSTD', 1)], { exchangeInfo: document }))
    expect(error.code).toBe('symbol-not-in-exchange-info')
    expect(error.message).toMatch(/^BTCUSTD is not in info\.json; near names there are BTCUSDT, BTCUSDC, ETHUSDT, /)
  })

  it('of a spot document are refused, and two settlement assets too', () => {
    expect(refusal(() => of([facts('BTCUSDT', 1)], { exchangeInfo: info({ contractType: 'SPOT' }) })).code).toBe(
      'exchange-info-of-spot',
    )
    const both = info({}, { symbol: 'BTCUSDC', quote: 'USDC', marginAsset: 'USDC' })
    expect(refusal(() => of([facts('BTCUSDC', 1), facts('BTCUSDT', 1)], { exchangeInfo: both }))).toMatchObject({
      code: 'many-settlement-assets',
      where: { symbol: 'BTCUSDT' },
    })
  })
})

describe('delivery', () => {
  it('of a dated contract is at 08:00 of the day in its name, unless the exchange says otherwise', () => {
    expect(kindOf('BTCUSDT_240628')).toBe('dated')
    const { specs, warnings } = of([facts('BTCUSDT_240628', 1)])
    expect([specs[0].kind, specs[0].base.name, specs[0].expiresAt]).toEqual(['dated', 'BTC', parseTime('2024-06-28T08:00Z')])
    expect(warnings).toContain(
      'BTCUSDT_240628 was delivered at 2024-06-28T08:00:00.000Z, inside the run; its bars go on until 2024-07-01T00:00:00.000Z.',
    )
    const said = info({ symbol: 'BTCUSDT_240928', deliveryMs: parseTime('2024-09-28T09:00Z') / 1_000 })
    const dated = of([facts('BTCUSDT_240928', 1)], { exchangeInfo: said })
    expect([dated.specs[0].expiresAt, dated.warnings.filter((text) => text.includes('inside'))]).toEqual([
      parseTime('2024-09-28T09:00Z'),
      [],
    ])
  })

  it('of a perpetual counts only inside the run, whatever its status', () => {
    const at = (day: string) =>
      of([facts('BTCUSDT', 1)], { exchangeInfo: info({ status: 'SETTLING', deliveryMs: parseTime(day) / 1_000 }) })
    expect(at('2024-05-01').specs[0].expiresAt).toBe(parseTime('2024-05-01'))
    expect(at('2024-05-01').warnings).toEqual([expect.stringContaining('BTCUSDT was taken off trading at 2024-05-01')])
    expect(at('2025-05-01').specs[0].expiresAt).toBeUndefined()
    expect(at('2025-05-01').warnings).toEqual([])
  })
})

describe('margin', () => {
  const withTables = (...brackets: readonly BracketDocument[]) => of([facts('BTCUSDT', 1)], { brackets })

  it('comes from the nearest earlier table; from the first, with a warning, when all are later', () => {
    const rateAnd = ({ specs, warnings }: ReturnType<typeof of>) => [specs[0].brackets[0].rate, warnings]
    expect(rateAnd(withTables(table('2023-12-01', '0.003'), table('2020-01-01'), table('2024-03-01')))).toEqual([30_000_000, []])
    expect(rateAnd(withTables(table('2026-05-01'), table('2024-10-01', '0.003')))).toEqual([
      30_000_000,
      ["The leverage brackets of 2024-10-01.json are of 2024-10-01 and not of the run's time, which begins on 2024-01-01."],
    ])
    expect(rateAnd(withTables(table(undefined, '0.002', 'some.json')))).toEqual([
      20_000_000,
      ["The leverage brackets of some.json have no date, so they may not be of the run's time."],
    ])
    expect(rateAnd(withTables(table(undefined, '0.002', 'some.json'), table('2023-12-01', '0.003')))).toEqual([
      30_000_000,
      ['The leverage brackets of some.json have no date, so they are not used beside others.'],
    ])
  })

  it('has the whole table in money units', () => {
    const unit = 10n ** 8n
    expect(withTables(table('2023-01-01')).specs[0].brackets).toEqual([
      { floor: 0n, cap: 50_000n * unit, maxLeverage: 125, rate: 40_000_000, cum: 0n },
      { floor: 50_000n * unit, cap: 600_000n * unit, maxLeverage: 100, rate: 50_000_000, cum: 5_050_000_000n },
    ])
  })

  it('is the built-in first bracket without a table, which is told when leverage is used', () => {
    const { specs, warnings } = of([facts('BTCUSDT', 1)])
    expect([specs[0].brackets[0].rate, specs[0].brackets[0].maxLeverage, warnings]).toEqual([40_000_000, 150, []])
    expect(of([facts('BTCUSDT', 1)], {}, 5).warnings).toEqual([
      expect.stringContaining('Margin of BTCUSDT: the first bracket as of 2026-05'),
    ])
    expect(of([facts('ETHUSDT', 2)], { brackets: [table('2023-01-01')] }).warnings).toEqual([
      '2023-01-01.json has no leverage brackets of ETHUSDT.',
    ])
  })

  it('refuses more leverage than a known table allows', () => {
    expect(refusal(() => of([facts('BTCUSDT', 1)], { brackets: [table('2023-01-01')] }, 126))).toMatchObject({
      code: 'leverage-too-high',
      where: { symbol: 'BTCUSDT', value: 126 },
    })
    expect(refusal(() => of([facts('BTCUSDT', 1)], {}, 151)).message).toContain('at most 150 (the built-in table)')
  })
})

const payloads = join(process.env['AUTOTRADING_SHARED'] ?? join('..', 'shared'), 'data', 'payloads')

describe('real documents', () => {
  it.skipIf(!existsSync(payloads))('give an instrument for every contract that they list', async () => {
    const exchangeInfo = await readExchangeInfo(join(payloads, 'exchangeInfo-mainnet-2025-10-30.json.gz'))
    const brackets = [
      await readBrackets(join(payloads, 'leverage-tiers-2026-05.json.gz')),
      await readBrackets(join(payloads, 'leverage-tiers-2024-10.json.gz')),
    ]
    const symbols = exchangeInfo.symbols.filter(({ marginAsset }) => marginAsset === 'USDT').map(({ symbol }) => symbol)
    expect(symbols.length).toBeGreaterThan(500)
    const from = parseTime('2025-01-01')
    const { specs, warnings } = instrumentsOf(
      symbols.map((symbol) => ({ symbol, decimals: 0, from, to: TO })),
      { exchangeInfo, brackets },
      1,
    )
    for (const [index, spec] of specs.entries()) expect(new Instrument(spec, index).rules[0]).toMatchObject({ binding: true })
    expect(warnings.some((text) => /^\S+leverage-tiers-2024-10.* has no leverage brackets of /.test(text))).toBe(true)
    const btc = specs[symbols.indexOf('BTCUSDT')]
    expect([btc.priceScale, btc.rules[0].tick, btc.brackets.length > 5]).toEqual([1, 1, true])
  })
})
