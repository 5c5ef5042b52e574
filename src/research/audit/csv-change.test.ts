import { describe, expect, it } from 'vitest'
import { parseTime } from '../../core/time.ts'
import { changeCsv } from './csv-change.ts'
import { STREAMS } from './change.ts'
import type { Change, How } from './change.ts'

const START = parseTime('2024-01-01') / 1_000
const rows = Array.from({ length: 6 }, (_, i) => `${START + i * 3_600_000},10${i}.5,11${i}.5,9${i}.5,10${i}.0,5.25`)
const KLINES = ['open_time_ms,open,high,low,close,volume', ...rows, ''].join('\n')
const change = (how: How, hour: number, only: Partial<Change> = {}): Change => ({
  how,
  from: (START + hour * 3_600_000) * 1_000,
  until: Number.POSITIVE_INFINITY,
  symbol: undefined,
  streams: STREAMS,
  seed: 1,
  ...only,
})

describe('a file with another future', () => {
  it('loses the rows that open in it', () => {
    expect(changeCsv(KLINES, 'BTCUSDT-1h.csv', change('cut', 2))).toBe(
      ['open_time_ms,open,high,low,close,volume', ...rows.slice(0, 2), ''].join('\n'),
    )
  })
  it('has other rows from there on, with the same decimals', () => {
    const text = changeCsv(KLINES, 'a/b/BTCUSDT-1h.csv', change('up', 2)) ?? ''
    expect(text.split('\n').slice(0, 3)).toEqual(KLINES.split('\n').slice(0, 3))
    const [time, open, high, low, close] = text.split('\n')[3].split(',')
    expect(time).toBe(rows[2].split(',')[0])
    expect([open, high, low, close].every((cell) => /^\d+\.\d$/.test(cell))).toBe(true)
    expect(Number(close)).toBeGreaterThan(102 * 1.19)
    expect(Number(high)).toBeGreaterThanOrEqual(Math.max(Number(open), Number(close)))
    expect(Number(low)).toBeLessThanOrEqual(Math.min(Number(open), Number(close)))
  })
  it('keeps what is known of the row that it begins in', () => {
    const line = (changeCsv(KLINES, 'BTCUSDT-1h.csv', change('cut', 2.5)) ?? '').split('\n').at(3)
    expect(line).toBe(`${START + 2 * 3_600_000},102.5,102.5,102.5,102.5,5.25`)
  })
  it('of funding changes the rate', () => {
    const funding = ['time_ms,rate,mark_price', `${START},0.0001,`, `${START + 28_800_000},0.0001,`].join('\n')
    const [, first, second] = (changeCsv(funding, 'BTCUSDT.csv', change('up', 1)) ?? '').split('\n')
    expect(first).toBe(`${START},0.0001,`)
    expect(second).not.toContain(',0.0001,')
  })
  it('understands archives without a header, seconds, and written times', () => {
    const bare = rows.map((row) => `${row},0,1,2,3,4,0`).join('\n')
    expect((changeCsv(bare, 'BTCUSDT-1h.csv', change('cut', 3)) ?? '').split('\n')).toHaveLength(3)
    const seconds = KLINES.replace(/^(\d+)000,/gm, '$1,')
    expect((changeCsv(seconds, 'x.csv', change('cut', 3)) ?? '').trim().split('\n')).toHaveLength(4)
    const written = ['time,close', '2024-01-01T00:00Z,1', '2024-01-01T01:00Z,2', '2024-01-01 02:00,3'].join('\n')
    expect((changeCsv(written, 'x.csv', change('cut', 2)) ?? '').split('\n')).toHaveLength(3)
  })
  it('is no file of another symbol, nor one without times', () => {
    expect(changeCsv(KLINES, 'BTCUSDT-1h.csv', change('up', 1, { symbol: 'ETHUSDT' }))).toBeUndefined()
    expect(changeCsv('a,b\n1,2\n3,4\n', 'x.csv', change('up', 1))).toBeUndefined()
    expect(changeCsv('some words', 'x.txt', change('up', 1))).toBeUndefined()
  })
})
