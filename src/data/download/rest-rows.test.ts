/** Rows of the REST interface: what is written is checked, and what is not final is not written. */
import { describe, expect, it } from 'vitest'
import { intervalOf, parseTime, toMs } from '../../core/time.ts'
import { rowsOf } from './rest-rows.ts'
import type { RowsRequest } from './rest-rows.ts'

const T = toMs(parseTime('2024-06-12'))
const HOUR = 3_600_000
const request: RowsRequest = {
  what: 'bars',
  interval: intervalOf('1h'),
  from: parseTime('2024-06-12'),
  to: parseTime('2024-06-13'),
  now: parseTime('2024-06-12T02:00Z'),
}
const kline = (open: number, changes: Readonly<Record<number, unknown>> = {}): unknown[] =>
  Object.assign([open, '1.10', '2', '0.5', '1.500', '12', open + HOUR - 1, '34.5', 7, '6', '17', '0'], changes)

describe('klines', () => {
  it('keep their texts; a bar that is not over is left out', () => {
    expect(rowsOf([kline(T), kline(T + HOUR), kline(T + 2 * HOUR)], request).map(({ line }) => line)).toEqual([
      `${T},1.10,2,0.5,1.500,12,34.5,7,6`,
      `${T + HOUR},1.10,2,0.5,1.500,12,34.5,7,6`,
    ])
    expect(rowsOf([kline(T, { 1: '-0.0001', 5: '0' })], { ...request, what: 'prices' })[0].line).toBe(`${T},-0.0001,2,0.5,1.500`)
  })

  it.each([
    ['no list', { code: 1 }],
    ['no row', ['x']],
    ['a short row', [[T, '1', '1', '1', '1']]],
    ['a price as a number', [kline(T, { 1: 1.1 })]],
    ['a price that is none', [kline(T, { 2: '1e5' })]],
    ['a volume below zero', [kline(T, { 5: '-1' })]],
    ['a count that is a text', [kline(T, { 8: '7' })]],
    ['off the grid', [kline(T + 1)]],
    ['outside of the period', [kline(T - HOUR)]],
    ['not ascending', [kline(T + HOUR), kline(T)]],
    ['twice', [kline(T), kline(T)]],
  ])('are refused: %s', (_why, answer) => {
    expect(() => rowsOf(answer, request)).toThrow('cannot be right')
  })
})

describe('funding', () => {
  const funding: RowsRequest = { ...request, what: 'funding', interval: undefined }
  const row = (changes: object = {}): object => ({
    symbol: 'X',
    fundingTime: T + 3,
    fundingRate: '-0.00010000',
    markPrice: '1.5',
    ...changes,
  })

  it('keeps its jitter; an early settlement has no mark price', () => {
    expect(rowsOf([row(), row({ fundingTime: T + 8 * HOUR, markPrice: '' })], funding).map(({ line }) => line)).toEqual([
      `${T + 3},-0.00010000,1.5`,
      `${T + 8 * HOUR},-0.00010000,`,
    ])
  })

  it.each([[{ fundingTime: 'x' }], [{ fundingRate: 0.1 }], [{ markPrice: 'x' }], [{ fundingTime: T - 1 }]])(
    'refuses %j',
    (changes) => {
      expect(() => rowsOf([row(changes)], funding)).toThrow('cannot be right')
    },
  )
})
