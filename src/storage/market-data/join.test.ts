/** Cutting a series into overlapping files and joining them gives the series back. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { InputError } from '../../core/errors.ts'
import { intervalOf } from '../../core/time.ts'
import type { FundingTable } from './funding-table.ts'
import { joinFunding, joinKlines } from './join.ts'
import type { KlineTable } from './kline-table.ts'

const HOUR_US = 3_600_000_000
const START = 1_704_067_200_000_000

function tableOf(path: string, rows: readonly number[], more: Partial<KlineTable> = {}): KlineTable {
  const column = (of: (row: number) => number): Float64Array => Float64Array.from(rows, of)
  return {
    symbol: 'BTCUSDT',
    interval: intervalOf('1h'),
    kind: 'klines',
    market: 'perp',
    length: rows.length,
    openTime: column((row) => START + row * HOUR_US),
    open: column((row) => 100 + row),
    high: column((row) => 110 + row),
    low: column((row) => 90 + row),
    close: column((row) => 101 + row),
    volume: column((row) => row * 3),
    quoteVolume: undefined,
    trades: column((row) => (row % 3 === 0 ? Number.NaN : row)),
    takerBuyBase: undefined,
    decimals: rows.length % 4,
    sources: [{ path, sha256: path, rows: rows.length }],
    ...more,
  }
}

const failureOf = (run: () => unknown): InputError => {
  try {
    run()
  } catch (error) {
    if (error instanceof InputError) return error
    throw error
  }
  throw new Error('nothing was refused')
}

describe('joinKlines', () => {
  test('gives the union of rows, whatever the pieces and their order', () => {
    const pieces = fc.array(fc.uniqueArray(fc.nat(60), { minLength: 1, maxLength: 30 }), { minLength: 1, maxLength: 6 })
    fc.assert(
      fc.property(pieces, (rowsOfFiles) => {
        const files = rowsOfFiles.map((rows, at) =>
          tableOf(
            `file${at}`,
            rows.toSorted((a, b) => a - b),
          ),
        )
        const all = [...new Set(rowsOfFiles.flat())].toSorted((a, b) => a - b)
        const expected = tableOf('', all)
        const joined = joinKlines(files)
        expect(joined).toEqual({
          ...expected,
          decimals: Math.max(...files.map((file) => file.decimals)),
          sources: files.flatMap((file) => file.sources).toSorted((a, b) => (a.path < b.path ? -1 : 1)),
        })
      }),
      { numRuns: 200 },
    )
  })

  test('names the first row that differs: both files, time, column, both values', () => {
    const a = tableOf('a.csv', [0, 1, 2, 3])
    const b = tableOf('b.csv', [2, 3, 4])
    const c = tableOf('c.csv', [3, 4, 5], { close: Float64Array.of(104.5, 105, 106) })
    const error = failureOf(() => joinKlines([c, b, a]))
    expect(error.where).toEqual({
      file: 'a.csv',
      other: 'c.csv',
      time: '2024-01-01T03:00:00.000Z',
      column: 'close',
      value: 104,
      otherValue: 104.5,
    })
  })

  test('a field one file leaves empty is taken from the other', () => {
    const a = tableOf('a.csv', [0, 1], { trades: undefined, quoteVolume: Float64Array.of(Number.NaN, 8) })
    const joined = joinKlines([a, tableOf('b.csv', [1, 2])])
    expect(Array.from(joined.trades ?? [])).toEqual([Number.NaN, 1, 2])
    expect(Array.from(joined.quoteVolume ?? [])).toEqual([Number.NaN, 8, Number.NaN])
  })
})

describe('joinFunding', () => {
  const fundingOf = (path: string, rows: readonly [number, number, number][]): FundingTable => ({
    symbol: 'BTCUSDT',
    length: rows.length,
    time: Float64Array.from(rows, ([time]) => time),
    rate: Float64Array.from(rows, ([, rate]) => rate),
    mark: Float64Array.from(rows, ([, , mark]) => mark),
    sources: [{ path, sha256: path, rows: rows.length }],
  })

  test('joins by time, keeps known marks, refuses differing rates', () => {
    const a = fundingOf('a', [
      [1, 10, Number.NaN],
      [2, 20, 7],
    ])
    const b = fundingOf('b', [
      [1, 10, 5],
      [3, 30, Number.NaN],
    ])
    const joined = joinFunding([b, a])
    expect([joined.time, joined.rate, joined.mark].map((column) => Array.from(column))).toEqual([
      [1, 2, 3],
      [10, 20, 30],
      [5, 7, Number.NaN],
    ])
    expect(joined.sources.map((source) => source.path)).toEqual(['a', 'b'])
    const error = failureOf(() => joinFunding([a, fundingOf('c', [[2, 21, 7]])]))
    expect([error.code, error.where['column']]).toEqual(['files-differ', 'rate'])
  })
})
