/** Recorded market data: which files are without a flaw, which are not and why, and where the exchange's own flaws are found. */
import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { contradiction, copies, volumeDiffers } from '../../src/data/validate/compare-rules.ts'
import { findFiles } from '../../src/data/validate/find-files.ts'
import type { Finding } from '../../src/data/validate/findings.ts'
import { scoreOf } from '../../src/data/validate/score.ts'
import { validate } from '../../src/data/validate/validate.ts'
import type { Validation } from '../../src/data/validate/validate.ts'

const data = join(process.env['AUTOTRADING_SHARED'] ?? join('..', 'shared'), 'data')
const BETWEEN_FILES: readonly string[] = [contradiction, copies, volumeDiffers].map(({ name }) => name)

/** Files with flaws of their own, and which. All others have none. */
const FLAWED: Readonly<Record<string, readonly string[]>> = {
  // First hours after the listing; the hour of 2019-09-24 19:00 stops half-way.
  'BTCUSDT-1h.csv.gz': ['discontinuity', 'zero-volume'],
  'BTCUSDT-30m.csv.gz': ['discontinuity', 'zero-volume'],
  'BTCUSDT-5m-2019.csv.gz': ['discontinuity', 'zero-volume'],
  'ETHUSDT-1h.csv.gz': ['discontinuity', 'zero-volume'],
  // Outages.
  'BTCUSDT-15m.csv.gz': ['zero-volume'],
  'BTCUSDT-5m.csv.gz': ['zero-volume'],
  'ETHUSDT-5m.csv.gz': ['zero-volume'],
  'BNBUSDT-15m.csv.gz': ['zero-volume'],
  'ETHUSDT-15m.csv.gz': ['zero-volume'],
  'SOLUSDT-15m.csv.gz': ['zero-volume'],
  'ETHUSDT-1m-20250127-20250226.csv.gz': ['discontinuity', 'zero-volume'],
  'SOLUSDT-1m-20250127-20250226.csv.gz': ['discontinuity', 'zero-volume'],
  // Minutes in which nobody traded.
  'FILUSDT-1m-20230801-20231130.csv.gz': ['zero-volume'],
  // Delisted, and printed on.
  'WAVESUSDT-1h.csv.gz': ['zero-volume'],
  'APEUSDT-aggTrades-2024-10-18.csv.gz': ['trade-ids'],
  'BTCUSDT-trades-2026-02-16.csv.gz': ['gap'],
  'BTCUSDT-book1000-2026-02-16.parquet': ['sequence'],
}

const ms = (time: string): number => Date.parse(`${time}Z`)

describe.skipIf(!existsSync(data))('recorded data', () => {
  let validation: Validation
  beforeAll(async () => {
    validation = await validate(await findFiles([data]), { nowMs: ms('2026-10-01T00:00:00') })
  }, 120_000)

  /** The findings of the file of that name, in the folder if several have it. */
  const findings = (name: string, folder = 'klines'): readonly Finding[] => {
    const named = validation.files.filter(({ path }) => basename(path) === name)
    const file = named.find(({ path }) => path.includes(`/${folder}/`)) ?? named[0]
    return file?.findings.list() ?? []
  }
  /** Whether a finding of the rule concerns that moment. */
  const found = (name: string, rule: string, time: string, folder?: string): boolean =>
    findings(name, folder).some(
      (finding) =>
        finding.rule.name === rule && (finding.timeMs ?? 0) <= ms(time) && ms(time) <= (finding.endMs ?? finding.timeMs ?? 0),
    )

  it('files without a flaw of their own score 100, the others are those that we know', () => {
    const flawed: Record<string, readonly string[]> = {}
    for (const { path, kind, findings: all } of validation.files) {
      if (kind === undefined) continue
      const own = all.deductions().filter(({ rule }) => !BETWEEN_FILES.includes(rule.name))
      if (scoreOf(own) < 100) flawed[basename(path)] = own.map(({ rule }) => rule.name).toSorted()
    }
    expect(flawed).toEqual(FLAWED)
    expect(validation.files.filter(({ kind }) => kind !== undefined).length).toBeGreaterThan(80)
  })

  it('JSON documents that are no market data have no score', () => {
    const none = validation.files.filter(({ score }) => score === undefined).map(({ path }) => path)
    expect(none.length).toBeGreaterThan(5)
    expect(none.every((path) => path.includes('payloads'))).toBe(true)
  })

  it('crashes are notices: FTX, LUNA, August 2024, February 2025', () => {
    expect(found('BTCUSDT-30m.csv.gz', 'jump', '2020-03-12T10:30:00')).toBe(true)
    expect(found('ETHUSDT-15m.csv.gz', 'jump', '2023-08-17T21:30:00')).toBe(true)
    expect(findings('BCHUSDT-1h.csv.gz').filter(({ rule }) => rule.name === 'spike')).toEqual([])
  })

  it('the outage of 2024-10-28: flat bars without volume, and intervals that contradict each other', () => {
    for (const [name, time] of [
      ['BTCUSDT-5m.csv.gz', '2024-10-28T16:25:00'],
      ['BTCUSDT-5m.csv.gz', '2024-10-28T16:30:00'],
      ['BTCUSDT-5m.csv.gz', '2024-10-28T20:00:00'],
      ['BTCUSDT-5m.csv.gz', '2024-10-28T21:05:00'],
      ['BTCUSDT-15m.csv.gz', '2024-10-28T20:45:00'],
    ])
      expect(found(name, 'zero-volume', time)).toBe(true)
    expect(found('BTCUSDT-1h.csv.gz', 'contradiction', '2024-10-28T20:00:00')).toBe(true)
    expect(found('BTCUSDT-5m.csv.gz', 'contradiction', '2024-10-28T20:00:00')).toBe(true)
    expect(found('BTCUSDT-15m.csv.gz', 'contradiction', '2024-10-28T20:00:00')).toBe(true)
    expect(found('BTCUSDT-4h.csv.gz', 'contradiction', '2024-10-28T20:00:00')).toBe(true)
    for (const symbol of ['ADA', 'BCH', 'XRP', 'LTC'])
      expect(found(`${symbol}USDT-4h.csv.gz`, 'contradiction', '2024-10-28T20:00:00')).toBe(true)
  })

  it('the 4h bar of 2023-11-10 12:00 lacks trades of its last hour', () => {
    for (const symbol of ['BTC', 'ETH', 'ADA', 'BCH', 'XRP', 'LTC'])
      expect(found(`${symbol}USDT-4h.csv.gz`, 'contradiction', '2023-11-10T12:00:00')).toBe(true)
  })

  it('2025-01-14 15:00: 15m and 30m lack a minute that 1h has', () => {
    expect(found('BTCUSDT-15m.csv.gz', 'contradiction', '2025-01-14T15:00:00')).toBe(true)
    expect(found('BTCUSDT-30m.csv.gz', 'contradiction', '2025-01-14T15:00:00')).toBe(true)
    const [row] = findings('BTCUSDT-1h.csv.gz').filter(
      ({ rule, timeMs }) => rule.name === 'contradiction' && timeMs === ms('2025-01-14T15:00:00'),
    )
    expect(row.message).toContain('low 96139.2')
    expect(row.message).toContain('96249')
  })

  it('2019-09-24 19:00: the hour stops half-way, before the crash', () => {
    expect(found('BTCUSDT-1h.csv.gz', 'contradiction', '2019-09-24T19:00:00')).toBe(true)
    expect(found('BTCUSDT-1h.csv.gz', 'discontinuity', '2019-09-24T20:00:00')).toBe(true)
    const [row] = findings('BTCUSDT-1h.csv.gz').filter(
      ({ rule, timeMs }) => rule.name === 'contradiction' && timeMs === ms('2019-09-24T19:00:00'),
    )
    expect(row.message).toContain('low 8645')
    expect(row.message).toContain('7761.75')
  })

  it('stretches without volume of 2025-01-29, 2023-09-12, 2022-05-28 and 2022-05-01', () => {
    for (const [name, time] of [
      ['ETHUSDT-1m-20250127-20250226.csv.gz', '2025-01-29T01:23:00'],
      ['ETHUSDT-1m-20250127-20250226.csv.gz', '2025-01-29T01:35:00'],
      ['SOLUSDT-1m-20250127-20250226.csv.gz', '2025-01-29T02:41:00'],
      ['BTCUSDT-5m.csv.gz', '2023-09-12T08:35:00'],
      ['ETHUSDT-5m.csv.gz', '2023-09-12T08:45:00'],
      ['BNBUSDT-15m.csv.gz', '2022-05-28T16:45:00'],
      ['SOLUSDT-15m.csv.gz', '2022-05-28T17:00:00'],
      ['ETHUSDT-15m.csv.gz', '2022-05-01T22:30:00'],
    ])
      expect(found(name, 'zero-volume', time)).toBe(true)
  })

  it('volumes that were restated, and the bars of 5m in which two copies differed', () => {
    expect(found('ADAUSDT-4h.csv.gz', 'volume-differs', '2022-07-16T04:00:00')).toBe(true)
    for (const time of ['2023-11-10T15:00:00', '2024-03-27T12:15:00', '2024-03-27T12:30:00', '2024-03-28T11:45:00'])
      expect(
        ['contradiction', 'volume-differs'].some((rule) => found('BTCUSDT-5m.csv.gz', rule, time)),
        time,
      ).toBe(true)
  })

  it('WAVESUSDT trades no more from 2024-06-11 09:00 on', () => {
    const [dead] = findings('WAVESUSDT-1h.csv.gz').filter(({ rule }) => rule.name === 'zero-volume')
    expect(dead).toMatchObject({ timeMs: ms('2024-06-11T09:00:00'), rows: 9_231 })
    expect(dead.message).toContain('does not trade any more')
  })

  it('the first hours of BTCUSDT', () => {
    for (const time of ['2019-09-08T18:00:00', '2019-09-09T00:00:00', '2019-09-09T01:00:00'])
      expect(found('BTCUSDT-1h.csv.gz', 'zero-volume', time)).toBe(true)
    expect(found('BTCUSDT-1h.csv.gz', 'discontinuity', '2019-09-08T19:00:00')).toBe(true)
    const zero = findings('BTCUSDT-5m-2019.csv.gz').filter(({ rule }) => rule.name === 'zero-volume')
    expect(zero.reduce((sum, { rows }) => sum + rows, 0)).toBe(55)
  })

  it('funding every 4 hours, and rates of half a percent, are no flaws', () => {
    expect(findings('TONUSDT.csv.gz', 'funding')).toEqual([])
    expect(findings('XRPUSDT.csv.gz', 'funding')).toEqual([])
  })

  it('ids of trades that are missing: APEUSDT one jump, BTCUSDT nineteen gaps', () => {
    const [jump, ...more] = findings('APEUSDT-aggTrades-2024-10-18.csv.gz').filter(({ rule }) => rule.name === 'trade-ids')
    expect(jump.line).toBe(42_704)
    expect(more).toEqual([])
    expect(findings('BTCUSDT-trades-2026-02-16.csv.gz').filter(({ rule }) => rule.name === 'gap')).toHaveLength(19)
  })

  it('the raw captures join without a break and the book is never crossed', () => {
    for (const name of ['BTCUSDT-raw-2024-08-08.jsonl.gz', 'SPOT-BTCUSDT-raw-2024-08-08.jsonl.gz'])
      expect(findings(name, 'depth')).toEqual([])
  })
})
