/** Rules as the exchange writes them, and refusal of what is incomplete. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { InputError } from '../../core/errors.ts'
import { builtInInstrument, BUILT_IN_INSTRUMENTS } from './built-in-instruments.ts'
import { parseExchangeInfo, readExchangeInfo } from './exchange-info.ts'

const contract = {
  symbol: 'BTCUSDT',
  pair: 'BTCUSDT',
  contractType: 'PERPETUAL',
  status: 'TRADING',
  baseAsset: 'BTC',
  quoteAsset: 'USDT',
  marginAsset: 'USDT',
  pricePrecision: 2,
  quantityPrecision: 3,
  liquidationFee: '0.012500',
  marketTakeBound: '0.05',
  triggerProtect: '0.0500',
  onboardDate: 1569398400000,
  deliveryDate: 4133404800000,
  newField: { ignored: true },
  filters: [
    { filterType: 'PRICE_FILTER', minPrice: '556.80', maxPrice: '4529764', tickSize: '0.10' },
    { filterType: 'LOT_SIZE', minQty: '0.001', maxQty: '1000', stepSize: '0.001' },
    { filterType: 'MARKET_LOT_SIZE', minQty: '0.001', maxQty: '120', stepSize: '0.001' },
    { filterType: 'MAX_NUM_ORDERS', limit: 200 },
    { filterType: 'MIN_NOTIONAL', notional: '100' },
    { filterType: 'PERCENT_PRICE', multiplierUp: '1.0500', multiplierDown: '0.9500', multiplierDecimal: '4' },
    { filterType: 'SOMETHING_NEW', value: 1 },
  ],
}
const pair = {
  symbol: 'BTCUSDT',
  status: 'TRADING',
  baseAsset: 'BTC',
  baseAssetPrecision: 8,
  quoteAsset: 'USDT',
  quoteAssetPrecision: 8,
  filters: [
    { filterType: 'PRICE_FILTER', minPrice: '0.01', maxPrice: '1000000.00', tickSize: '0.01' },
    { filterType: 'LOT_SIZE', minQty: '0.00001', maxQty: '9000', stepSize: '0.00001' },
    { filterType: 'NOTIONAL', minNotional: '5.00', applyMinToMarket: true },
  ],
}
const documentOf = (...symbols: object[]): string => JSON.stringify({ timezone: 'UTC', serverTime: 1761796815209, symbols })
const refused = (text: string): InputError => {
  try {
    parseExchangeInfo(text, 'info.json')
  } catch (error) {
    if (error instanceof InputError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

describe('exchangeInfo', () => {
  test('of USD-M', () => {
    const { symbols, serverMs } = parseExchangeInfo(documentOf(contract), 'info.json')
    expect(serverMs).toBe(1761796815209)
    expect(symbols).toEqual([
      {
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
        percentUp: '1.0500',
        percentDown: '0.9500',
        maxOrders: 200,
        liquidationFee: '0.012500',
        marketTakeBound: '0.05',
        triggerProtect: '0.0500',
        onboardMs: 1569398400000,
        deliveryMs: 4133404800000,
      },
    ])
  })

  test('of spot, with NOTIONAL or MIN_NOTIONAL', () => {
    const older = {
      ...pair,
      symbol: 'ETHUSDT',
      filters: [...pair.filters.slice(0, 2), { filterType: 'MIN_NOTIONAL', minNotional: '10' }],
    }
    const { symbols } = parseExchangeInfo(documentOf(pair, older), 'info.json')
    expect(
      symbols.map(({ contractType, minNotional, tickSize, liquidationFee }) => [
        contractType,
        minNotional,
        tickSize,
        liquidationFee,
      ]),
    ).toEqual([
      ['SPOT', '5.00', '0.01', undefined],
      ['SPOT', '10', '0.01', undefined],
    ])
  })

  test.each([
    ['a missing filter', documentOf({ ...contract, filters: contract.filters.slice(1) }), 'filter-missing', 'PRICE_FILTER'],
    ['a missing field', documentOf({ ...contract, liquidationFee: undefined }), 'document-shape', 'liquidationFee is missing'],
    [
      'a field of a filter',
      documentOf({ ...contract, filters: contract.filters.with(1, { filterType: 'LOT_SIZE', minQty: '1' } as never) }),
      'document-shape',
      'LOT_SIZE',
    ],
    [
      'a tick that is no number',
      documentOf({
        ...contract,
        filters: contract.filters.with(0, { filterType: 'PRICE_FILTER', tickSize: 'ten', minPrice: '1', maxPrice: '2' }),
      }),
      'document-shape',
      'tickSize',
    ],
    ['a symbol twice', documentOf(contract, contract), 'symbol-doubled', 'BTCUSDT'],
    ['COIN-M', documentOf({ ...contract, symbol: 'BTCUSD_PERP', contractSize: 100 }), 'coin-margined', 'COIN-M'],
    ['no symbols', documentOf(), 'exchange-info-empty', 'info.json'],
    ['another document', '{"code":-1003}', 'document-shape', 'symbols is missing'],
    ['cut JSON', documentOf(contract).slice(0, -5), 'json-unreadable', 'info.json'],
  ])('refuses %s', (_, text, code, words) => {
    const error = refused(text)
    expect(error.code).toBe(code)
    expect(error.message).toContain(words)
  })
})

const payloads = join(process.env['AUTOTRADING_SHARED'] ?? join('..', 'shared'), 'data', 'payloads')
const present = existsSync(payloads)

describe('documents of the shared folder', () => {
  test.skipIf(!present).each([
    ['exchangeInfo-mainnet-2025-10-30.json.gz', 625, '100'],
    ['exchangeInfo-testnet-2025-11-26.json.gz', 647, '100'],
  ])('%s', async (name, count, minNotional) => {
    const { symbols } = await readExchangeInfo(join(payloads, name))
    expect(symbols).toHaveLength(count)
    expect(symbols.find(({ symbol }) => symbol === 'BTCUSDT')).toMatchObject({
      tickSize: '0.10',
      minNotional,
      contractType: 'PERPETUAL',
    })
  })

  test.skipIf(!present)('agree with the built-in table', async () => {
    const { symbols } = await readExchangeInfo(join(payloads, 'exchangeInfo-mainnet-2025-10-30.json.gz'))
    for (const built of BUILT_IN_INSTRUMENTS) {
      const rules = symbols.find(({ symbol }) => symbol === built.symbol)
      const numbers = [rules?.tickSize, rules?.stepSize, rules?.minNotional, rules?.liquidationFee].map(Number)
      expect([built.symbol, ...numbers, rules?.pricePrecision, rules?.quantityPrecision]).toEqual([
        built.symbol,
        ...[built.tick, built.step, built.minNotional, built.liquidationFee].map(Number),
        built.pricePrecision,
        built.quantityPrecision,
      ])
    }
  })
})

describe('the built-in table', () => {
  test('has each contract once, frozen', () => {
    expect(new Set(BUILT_IN_INSTRUMENTS.map(({ symbol }) => symbol)).size).toBe(BUILT_IN_INSTRUMENTS.length)
    expect(BUILT_IN_INSTRUMENTS.length).toBeGreaterThanOrEqual(40)
    expect(BUILT_IN_INSTRUMENTS.every((instrument) => Object.isFrozen(instrument))).toBe(true)
    expect(builtInInstrument('BTCUSDT')).toMatchObject({
      tick: '0.1',
      step: '0.001',
      maintenanceRate: '0.004',
      base: 'BTC',
      quote: 'USDT',
    })
    expect(builtInInstrument('NOSUCHUSDT')).toBeUndefined()
  })
})
