/** Both shapes of the document give the same brackets, with every decimal as it was written. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { InputError } from '../../core/errors.ts'
import { parseTime } from '../../core/time.ts'
import { parseBrackets, readBrackets } from './brackets.ts'
import { builtInInstrument, BUILT_IN_INSTRUMENTS } from './built-in-instruments.ts'

// Texts, not objects: the numbers' own digits are what is tested.
const first = '{"bracket":1,"initialLeverage":125,"notionalCap":50000,"notionalFloor":0,"maintMarginRatio":0.004,"cum":0.0}'
const second =
  '{"bracket":2,"initialLeverage":100,"notionalCap":600000,"notionalFloor":50000,"maintMarginRatio":0.0050,"cum":50.1000000000000000000001}'
const raw = (...brackets: string[]): string => `{"symbol":"BTCUSDT","notionalCoef":1.5,"brackets":[${brackets.join(',')}]}`
const ccxt = (name: string, ...brackets: string[]): string =>
  `"${name}":[${brackets.map((info) => `{"tier":1.0,"minNotional":0.0,"info":${info}}`).join(',')}]`
const EXPECTED = [
  { leverage: 125, floor: '0', cap: '50000', rate: '0.004', cum: '0.0' },
  { leverage: 100, floor: '50000', cap: '600000', rate: '0.0050', cum: '50.1000000000000000000001' },
]
const refused = (text: string): string => {
  try {
    parseBrackets(text, 'b.json')
  } catch (error) {
    if (error instanceof InputError) return error.code
    throw error
  }
  return 'nothing was refused'
}

describe('leverage brackets', () => {
  test.each([
    ['a list', `[${raw(first, second)}]`],
    ['one object', raw(second, first)],
    ['the shape of ccxt', `{${ccxt('BTC/USDT:USDT', first, second)}}`],
    ['ccxt with numbers as strings', `{${ccxt('BTC/USDT:USDT', first, second).replaceAll(/:(\d[\d.]*)/g, ':"$1"')}}`],
  ])('%s', (_, text) => {
    expect([...parseBrackets(text, 'b.json').brackets]).toEqual([['BTCUSDT', EXPECTED]])
  })

  test('dated contracts have their date, COIN-M is left out', () => {
    const text = `{${ccxt('BTC/USDT:USDT-241227', first)},${ccxt('ETH/BTC:BTC', first)},${ccxt('BTC/USD:BTC', first)},${ccxt('BTC/USD:BTC-241227', first)}}`
    expect([...parseBrackets(text, 'b.json').brackets.keys()]).toEqual(['BTCUSDT_241227', 'ETHBTC'])
  })

  test('is dated by a field, else by its name', () => {
    expect(parseBrackets(raw(first), 'tiers-2024-10.json.gz').date).toBe(parseTime('2024-10-01'))
    expect(parseBrackets(raw(first), 'tiers-2024-10-24.json').date).toBe(parseTime('2024-10-24'))
    expect(parseBrackets(raw(first).replace('{', '{"updateTime":1729728000000,'), 'tiers-2020-01.json').date).toBe(
      parseTime('2024-10-24'),
    )
    expect(parseBrackets(`{"date":"2024-10-24",${ccxt('BTC/USDT:USDT', first)}}`, 'b.json').date).toBe(parseTime('2024-10-24'))
    expect(parseBrackets(raw(first), 'b.json').date).toBeUndefined()
  })

  test.each([
    ['a hole between brackets', raw(first, second.replace('50000,"maint', '60000,"maint')), 'brackets-not-contiguous'],
    ['no first bracket', raw(second), 'brackets-not-contiguous'],
    ['a falling rate', raw(first, second.replace('0.0050', '0.0030')), 'brackets-not-contiguous'],
    ['no brackets', raw(), 'brackets-empty'],
    ['a missing rate', raw(first.replace('maintMarginRatio', 'x')), 'document-shape'],
    ['a symbol twice', `[${raw(first)},${raw(first)}]`, 'symbol-doubled'],
    ['another document', '{"code":-2015,"msg":"no"}', 'document-shape'],
    ['cut JSON', raw(first).slice(0, -3), 'json-unreadable'],
  ])('refuses %s', (_, text, code) => {
    expect(refused(text)).toBe(code)
  })
})

const payloads = join(process.env['AUTOTRADING_SHARED'] ?? join('..', 'shared'), 'data', 'payloads')

describe('documents of the shared folder', () => {
  test.skipIf(!existsSync(payloads)).each([
    ['leverage-tiers-2024-10.json.gz', 349, 2_805, '2024-10'],
    ['leverage-tiers-2026-05.json.gz', 719, 5_915, '2026-05'],
  ])('%s', async (name, contracts, count, date) => {
    const document = await readBrackets(join(payloads, name))
    expect(document.brackets.size).toBe(contracts)
    expect([...document.brackets.values()].reduce((sum, brackets) => sum + brackets.length, 0)).toBe(count)
    expect(document.date).toBe(parseTime(date))
    expect(document.brackets.get('BTCUSDT')?.[0].rate).toBe('0.004')
  })

  test.skipIf(!existsSync(payloads))('agree with the built-in table', async () => {
    const { brackets } = await readBrackets(join(payloads, 'leverage-tiers-2026-05.json.gz'))
    for (const { symbol } of BUILT_IN_INSTRUMENTS) {
      const [bracket] = brackets.get(symbol) ?? []
      expect([symbol, Number(builtInInstrument(symbol)?.maintenanceRate), builtInInstrument(symbol)?.maxLeverage]).toEqual([
        symbol,
        Number(bracket.rate),
        bracket.leverage,
      ])
    }
  })
})
