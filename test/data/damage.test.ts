/**
 * Flaws of many kinds, one and several at a time, put into clean series at random places: each is found where it is, and nothing
 * else is.
 */
import fc from 'fast-check'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPrng } from '../../src/core/random.ts'
import { namedFile } from '../../src/data/validate/file-name.ts'
import type { Finding } from '../../src/data/validate/findings.ts'
import { scoreOf } from '../../src/data/validate/score.ts'
import { validateFile } from '../../src/data/validate/validate-file.ts'
import { File, injectors, REACH } from './damage.ts'
import type { Expectation, Sample } from './damage.ts'

const shared = join(process.env['AUTOTRADING_SHARED'] ?? join('..', 'shared'), 'data')
let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'damage-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const HEADER = 'open_time_ms,open,high,low,close,volume,quote_volume,trades,taker_buy_base'
const ROWS = 900

/** A random walk with all columns. */
function made(unitMs: number, seed: number): Sample {
  const random = createPrng(seed).fork('bars')
  let price = 1_000 + random.int(0, 1_000)
  const lines = Array.from({ length: ROWS }, (_, i) => {
    const path = [price]
    for (let k = 0; k < 8; k += 1) path.push(path[path.length - 1] * Math.exp(0.002 * random.normal()))
    const [open, close] = [path[0], path[path.length - 1]].map((value) => value.toFixed(2))
    const [high, low] = [Math.max(...path), Math.min(...path)].map((value) => value.toFixed(2))
    price = Number(close)
    const volume = (100 * Math.exp(0.7 * random.normal())).toFixed(3)
    const quote = (Number(volume) * (Number(high) + Number(low)) * 0.5).toFixed(4)
    const trades = 1 + random.int(10, 500)
    return [
      1_704_067_200_000 + i * unitMs,
      open,
      high,
      low,
      close,
      volume,
      quote,
      trades,
      (Number(volume) * random.float()).toFixed(3),
    ].join(',')
  })
  return {
    name: `BTCUSDT-${unitMs === 3_600_000 ? '1h' : '1m'}.csv`,
    lines: [HEADER, ...lines].map((text) => ({ text })),
    columns: HEADER.split(','),
    unitMs,
  }
}

/** A clean stretch of recorded bars. */
function recorded(path: string, name: string, from: number, unitMs: number): Sample {
  const [head, ...rows] = gunzipSync(readFileSync(join(shared, path)))
    .toString('utf8')
    .split('\n')
  return { name, lines: [head, ...rows.slice(from, from + ROWS)].map((text) => ({ text })), columns: head.split(','), unitMs }
}

function samples(): Sample[] {
  const all = [made(60_000, 1), made(3_600_000, 2)]
  if (!existsSync(shared)) return all
  return [
    ...all,
    recorded('klines/BTCUSDT-1h.csv.gz', 'BTCUSDT-1h.csv', 20_000, 3_600_000),
    recorded('klines/AAVEUSDT-1h.csv.gz', 'AAVEUSDT-1h.csv', 30_000, 3_600_000),
    recorded('klines/BTCUSDT-1m-20250504-20250624.csv.gz', 'BTCUSDT-1m.csv', 9_000, 60_000),
    recorded('klines/ETHUSDT-4h.csv.gz', 'ETHUSDT-4h.csv', 5_000, 14_400_000),
  ]
}

async function judge(name: string, text: string): Promise<{ readonly score: number; readonly findings: readonly Finding[] }> {
  const path = join(folder, name)
  writeFileSync(path, text)
  const { findings } = await validateFile(namedFile(path)!, { nowMs: 1_790_000_000_000 })
  return { score: scoreOf(findings.deductions()), findings: findings.list().filter(({ rule }) => rule.weight !== 'notice') }
}

const shown = ({ rule, line, lastLine, message }: Finding): string => `${rule.name} ${line}-${lastLine ?? line}: ${message}`

/** Each expectation is met by a finding on its lines, and each finding lies on the lines of an expectation. */
function compare(file: File, expected: readonly Expectation[], found: readonly Finding[]): void {
  const spans = expected.map(({ kind, rules, lines }) => {
    const numbers = lines.map((line) => file.numberOf(line))
    return { kind, rules, from: Math.min(...numbers), to: Math.max(...numbers) }
  })
  const inside = (finding: Finding, { from, to }: { from: number; to: number }): boolean =>
    (finding.line ?? 0) >= from && (finding.lastLine ?? finding.line ?? 0) <= to
  const missed = spans.filter((span) => !found.some((finding) => span.rules.includes(finding.rule.name) && inside(finding, span)))
  const extra = found.filter((finding) => !spans.some((span) => inside(finding, span)))
  expect({
    missed: missed.map(({ kind, from, to }) => `${kind} at ${from}-${to}, found: ${found.map(shown).join(' | ')}`),
    extra: extra.map(
      (finding) => `${shown(finding)} beside ${spans.map(({ kind, from, to }) => `${kind} ${from}-${to}`).join(', ')}`,
    ),
  }).toEqual({ missed: [], extra: [] })
}

describe('damage', () => {
  const all = samples()

  it('the samples are clean', async () => {
    for (const sample of all) {
      const { score, findings } = await judge(sample.name, new File(sample).text)
      expect(findings.map(shown)).toEqual([])
      expect(score).toBe(100)
    }
  })

  for (const injector of injectors)
    it(`is found: ${injector.kind}`, async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.nat({ max: all.length - 1 }),
          fc.integer({ min: 40, max: ROWS - REACH - 40 }),
          fc.nat(),
          async (which, at, seed) => {
            const sample = all[which]
            const file = new File(sample)
            if (injector.needs?.every((column) => file.has(column)) === false) return
            const expected = injector.inject(file, at, createPrng(seed))
            const { score, findings } = await judge(sample.name, file.text)
            compare(file, [expected], findings)
            expect(score).toBeLessThan(100)
          },
        ),
        { numRuns: Number(process.env['DAMAGE_RUNS'] ?? 6) },
      )
    })

  it('is found in combination, and never raises the score', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat({ max: all.length - 1 }),
        fc.uniqueArray(fc.integer({ min: 1, max: Math.floor(ROWS / 80) - 1 }), { minLength: 2, maxLength: 6 }),
        fc.array(fc.nat({ max: injectors.length - 1 }), { minLength: 6, maxLength: 6 }),
        fc.nat(),
        async (which, places, kinds, seed) => {
          const sample = all[which]
          const file = new File(sample)
          const rows = places.map((place) => file.lines[place * 80])
          const expected: Expectation[] = []
          let last = 100
          for (const [i, row] of rows.entries()) {
            const injector = injectors[kinds[i]]
            if (injector.needs?.every((column) => file.has(column)) === false) continue
            expected.push(injector.inject(file, file.lines.indexOf(row), createPrng(seed).fork(String(i))))
            const { score, findings } = await judge(sample.name, file.text)
            compare(file, expected, findings)
            expect(score).toBeLessThan(last)
            last = score
          }
        },
      ),
      { numRuns: Number(process.env['DAMAGE_RUNS'] ?? 15) },
    )
  })
})
