/** Exact rates, settlements floored to the minute, and damage at its line. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { InputError } from '../../core/errors.ts'
import { formatUnits, rateOf } from '../../core/exact.ts'
import { cutFunding } from './funding-table.ts'
import { parseFunding, readFunding } from './read-funding.ts'
import type { FundingRead } from './read-funding.ts'
import { readFileName } from './symbol-and-interval.ts'

const START = 1_704_067_200_000
const HOUR_MS = 3_600_000
const parse = (text: string, symbols?: ReadonlySet<string>, symbol: string | undefined = 'BTCUSDT'): FundingRead =>
  parseFunding(Buffer.from(text), 'sha', { path: 'BTCUSDT.csv', symbol }, symbols)
const file = (...rows: string[]): string => ['time_ms,rate,mark_price', ...rows, ''].join('\n')

describe('readFunding', () => {
  test('rates are exact', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -(10 ** 9), max: 10 ** 9 }), { minLength: 1 }), (rates) => {
        const texts = rates.map((rate) => formatUnits(rate, 10))
        const { tables } = parse(file(...texts.map((text, at) => `${START + at * 8 * HOUR_MS},${text},`)))
        expect(Array.from(tables[0].rate)).toEqual(texts.map((text) => rateOf(text)))
        expect(Array.from(tables[0].mark).every(Number.isNaN)).toBe(true)
      }),
    )
  })

  test('times are floored to the minute, marks kept as integers of 1e-8', () => {
    const { tables } = parse(file(`${START + 7},0.0001,42000.5`, `${START + 8 * HOUR_MS + 59_999},-0.0003,`))
    expect(Array.from(tables[0].time)).toEqual([START * 1_000, (START + 8 * HOUR_MS) * 1_000])
    expect(Array.from(tables[0].rate)).toEqual([1_000_000, -3_000_000])
    expect(Array.from(tables[0].mark)).toEqual([4_200_050_000_000, Number.NaN])
  })

  test('more than ten decimals are rounded half to even, with a warning', () => {
    const { tables, warnings } = parse(
      file(`${START},0.00000000005,`, `${START + HOUR_MS},0.00000000015,`, `${START + 2 * HOUR_MS},-0.000000000251,`),
    )
    expect(Array.from(tables[0].rate)).toEqual([0, 2, -3])
    expect(warnings).toEqual([expect.stringContaining('line 2')])
  })

  test('a settlement that stands twice counts once', () => {
    const { tables, warnings } = parse(file(`${START},0.0001,`, `${START + 3},0.0001,`))
    expect([tables[0].length, tables[0].sources[0].rows]).toEqual([1, 2])
    expect(warnings).toHaveLength(1)
  })

  test('universe files, sorted by time, give one table a symbol', () => {
    const text = `time_ms,symbol,rate\n${START},BUSDT,0.0001\n${START},AUSDT,0.0002\n${START + HOUR_MS},BUSDT,0.0003\n`
    const shown = ({ tables }: FundingRead): unknown => tables.map((table) => [table.symbol, ...table.rate])
    expect(shown(parseFunding(Buffer.from(text), '', { path: 'universe-4h.csv', symbol: undefined }))).toEqual([
      ['AUSDT', 2_000_000],
      ['BUSDT', 1_000_000, 3_000_000],
    ])
    expect(
      shown(parseFunding(Buffer.from(text), '', { path: 'universe-4h.csv', symbol: undefined }, new Set(['AUSDT']))),
    ).toEqual([['AUSDT', 2_000_000]])
  })

  test('reads the archive', () => {
    expect(parse(`calc_time,funding_interval_hours,last_funding_rate\n${START + 12},8,0.00010000\n`).tables[0].rate[0]).toBe(
      1_000_000,
    )
  })

  test('is cut by time', () => {
    const { tables } = parse(file(...[0, 8, 16, 24].map((hour) => `${START + hour * HOUR_MS},0.000${hour},`)))
    const cut = cutFunding(tables[0], ((START + 8 * HOUR_MS) * 1_000) as never, ((START + 24 * HOUR_MS) * 1_000) as never)
    expect(Array.from(cut.rate)).toEqual([8_000_000, 1_600_000])
  })

  const good = [0, 8, 16, 24].map((hour) => `${START + hour * HOUR_MS},0.0001,`)
  const cases: [string, string, string, number][] = [
    ['contradicting settlements', file(...good, `${START + 24 * HOUR_MS},0.0002,`), 'row-contradicts', 6],
    ['times out of order', file(good[0], good[2], good[1]), 'time-not-ascending', 4],
    ['no rate', file(good[0], `${START + HOUR_MS},,`), 'field-empty', 3],
    ['text for a rate', file(good[0], `${START + HOUR_MS},nan,`), 'not-a-number', 3],
    ['a rate in percent', file(good[0], `${START + HOUR_MS},8.5,`), 'rate-too-large', 3],
    ['a negative mark', file(good[0], `${START + HOUR_MS},0.0001,-1`), 'price-not-positive', 3],
    ['seconds', file(`${START / 1_000},0.0001,`), 'time-unit', 2],
    ['a field too few', file(good[0], `${START + HOUR_MS},0.0001`), 'wrong-field-count', 3],
    ['no header', good.join('\n'), 'header-missing', 1],
    ['another header', 'time_ms,price\n1,2\n', 'header-missing-columns', 1],
    ['nothing', '', 'file-empty', 1],
    ['a header only', file(), 'file-no-rows', 2],
  ]
  test.each(cases)('refuses %s', (_, text, code, line) => {
    let error: unknown
    try {
      parse(text)
    } catch (caught) {
      error = caught
    }
    expect(error).toBeInstanceOf(InputError)
    expect([(error as InputError).code, (error as InputError).where['line']]).toEqual([code, line])
  })
})

const data = join(process.env['AUTOTRADING_SHARED'] ?? join('..', 'shared'), 'data')

test.skipIf(!existsSync(join(data, 'README.md')))(
  'all funding files of the shared folder load with the rows their README counts',
  async () => {
    const section = readFileSync(join(data, 'README.md'), 'utf8').split('### funding/')[1].split('###')[0]
    const names = readdirSync(join(data, 'funding'))
    for (const name of names) {
      const { tables, warnings } = await readFunding({ path: join(data, 'funding', name), symbol: readFileName(name).symbol })
      const counted = section
        .split('\n')
        .find((line) => line.startsWith(`| ${name} |`))
        ?.split('|')[5]
        .trim()
      expect([name, tables.reduce((sum, table) => sum + table.length, 0)]).toEqual([name, Number(counted)])
      expect(warnings.filter((warning) => !warning.includes('rounded'))).toEqual([])
    }
    expect(names.length).toBeGreaterThanOrEqual(10)
  },
)
