/** Flaws in trades, funding, open interest, depth and captures: each is found on its line, and nothing else is. */
import fc from 'fast-check'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createPrng } from '../../src/core/random.ts'
import { namedFile } from '../../src/data/validate/file-name.ts'
import { scoreOf } from '../../src/data/validate/score.ts'
import { validateFile } from '../../src/data/validate/validate-file.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'damage-other-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const START = 1_704_067_200_000
const ROWS = 300
const HOUR = 3_600_000

/** Every finding that is no notice, as `rule line`. */
async function found(name: string, lines: readonly string[]): Promise<readonly string[]> {
  const path = join(folder, name)
  writeFileSync(path, `${lines.join('\n')}\n`)
  const { findings } = await validateFile(namedFile(path)!, { nowMs: START * 1.1 })
  const all = findings.list().filter(({ rule }) => rule.weight !== 'notice')
  expect(scoreOf(findings.deductions()) === 100).toBe(all.length === 0)
  return all.map(({ rule, line }) => `${rule.name} ${line}`)
}

/** A change of the lines around index `at`, and what has to be found. */
type Damage = (lines: string[], at: number) => readonly string[]

const edit =
  (column: number, change: (text: string) => string, rule: string): Damage =>
  (lines, at) => {
    const cells = lines[at].split(',')
    cells[column] = change(cells[column])
    lines[at] = cells.join(',')
    return [`${rule} ${at + 1}`]
  }
const drop =
  (rule: string): Damage =>
  (lines, at) => {
    lines.splice(at, 1)
    return [`${rule} ${at + 1}`]
  }
const repeat: Damage = (lines, at) => {
  lines.splice(at, 0, lines[at])
  return [`duplicate ${at + 2}`]
}
const swap =
  (...rules: readonly string[]): Damage =>
  (lines, at) => {
    ;[lines[at], lines[at + 1]] = [lines[at + 1], lines[at]]
    return rules.map((rule) => `${rule} ${at + 1}`)
  }

function cases(name: string, clean: readonly string[], damages: Readonly<Record<string, Damage>>): void {
  it('a clean file has no finding', async () => expect(await found(name, clean)).toEqual([]))
  for (const [kind, damage] of Object.entries(damages))
    it(kind, async () => {
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 20, max: clean.length - 20 }), async (at) => {
          const lines = [...clean]
          const expected = damage(lines, at)
          const findings = await found(name, lines)
          // What is expected is there, and all that is there is on its lines.
          expect(findings).toEqual(expect.arrayContaining([...expected]))
          const places = expected.map((text) => text.split(' ')[1])
          expect(findings.filter((text) => !places.includes(text.split(' ')[1]))).toEqual([])
        }),
        { numRuns: 8 },
      )
    })
}

describe('trades', () => {
  const random = createPrng(5).fork('trades')
  let time = START
  const rows = Array.from({ length: ROWS }, (_, i) => {
    time += random.int(1, 400)
    return [9_000 + i, (50_000 + ((i * 37) % 11) * 0.1).toFixed(1), '0.05', time, i % 2 === 0].join(',')
  })
  cases('BTCUSDT-trades.csv', ['trade_id,price,quantity,time_ms,is_buyer_maker', ...rows], {
    'a missing id': drop('gap'),
    'a trade twice': repeat,
    'two trades swapped': swap('order'),
    'a price that stands alone': edit(1, (text) => String(Number(text) * 1.2), 'spike'),
    'a price of zero': edit(1, () => '0', 'price-not-positive'),
    'a negative quantity': edit(2, (text) => `-${text}`, 'negative'),
    'no quantity': edit(2, () => '0', 'negative'),
    'a time that is late': edit(3, (text) => String(Number(text) + 60_000), 'clock-jump'),
    'a time that is early': edit(3, (text) => String(Number(text) - 60_000), 'clock-jump'),
    'text for a price': edit(1, () => 'abc', 'not-a-number'),
    'neither true nor false': edit(4, () => 'maybe', 'not-a-number'),
  })
})

describe('aggregated trades', () => {
  const rows = Array.from({ length: ROWS }, (_, i) =>
    [700 + i, (100 + (i % 7) * 0.1).toFixed(1), '1.5', 5_000 + i * 3, 5_002 + i * 3, START + i * 50, 'true'].join(','),
  )
  cases('BTCUSDT-aggTrades.csv', ['agg_trade_id,price,quantity,first_trade_id,last_trade_id,time_ms,is_buyer_maker', ...rows], {
    'a missing row': drop('gap'),
    'single trades that are missing': edit(3, (text) => String(Number(text) + 1), 'trade-ids'),
    'a last id before the first': edit(4, (text) => String(Number(text) - 9), 'trade-ids'),
  })
})

describe('funding', () => {
  const steps = Array.from({ length: ROWS }, (_, i) => (i < 120 ? 8 : i < 200 ? 4 : 8))
  let time = START
  const rows = steps.map((step, i) => {
    const row = [time + (i % 3), (0.0001 + (i % 5) * 0.00002).toFixed(8), ''].join(',')
    time += step * HOUR
    return row
  })
  const clean = ['time_ms,rate,mark_price', ...rows].slice(0, 100)
  it('a schedule that changes is no flaw', async () =>
    expect(await found('BTCUSDT-funding.csv', ['time_ms,rate,mark_price', ...rows])).toEqual([]))
  cases('BTCUSDT-funding.csv', clean, {
    'a missing settlement': drop('gap'),
    'a settlement twice': repeat,
    'two settlements swapped': swap('order'),
    'a rate beyond the caps': edit(1, () => '0.2', 'funding-rate'),
    'a rate that stands alone': edit(1, () => '0.012', 'spike'),
    'a time beside the hour': edit(0, (text) => String(Number(text) + 95_000), 'off-grid'),
    'a time an hour late': edit(0, (text) => String(Number(text) + HOUR), 'clock-jump'),
    'no number': edit(1, () => 'NaN', 'not-a-number'),
    'no rate': edit(1, () => '', 'empty-field'),
  })
})

describe('open interest', () => {
  const rows = Array.from({ length: ROWS }, (_, i) => [START + i * 4 * HOUR, 'BTCUSDT', 1_000 + i, (1_000 + i) * 50].join(','))
  cases('oi.csv', ['time_ms,symbol,open_interest,open_interest_value', ...rows], {
    'a missing row': drop('gap'),
    'a value that stands alone': edit(2, (text) => String(Number(text) * 10), 'spike'),
    'a value in quote that stands alone': edit(3, (text) => String(Number(text) / 10), 'spike'),
    'a negative value': edit(2, (text) => `-${text}`, 'negative'),
    'a time beside the grid': edit(0, (text) => String(Number(text) + 777), 'off-grid'),
  })
})

describe('depth in rows', () => {
  const rows = Array.from({ length: ROWS }, (_, i) => {
    const message = Math.floor(i / 3)
    const [first, final, previous] = [message * 10 + 1, message * 10 + 9, message * 10 - 1]
    return [START + message * 100, START + message * 100, first, final, previous, i % 2, (100 + (i % 3)).toFixed(1), 5].join(',')
  })
  const head = 'TimestampOfReceive,TransactionTime,FirstUpdateId,FinalUpdateId,FinalUpdateIdInLastStream,IsAsk,Price,Quantity'
  it('a message that is missing breaks the sequence at the next one', async () => {
    const lines = [head, ...rows]
    lines.splice(31, 3)
    expect(await found('BTCUSDT-diff.csv', lines)).toEqual(['sequence 32'])
  })
  cases('BTCUSDT-diff.csv', [head, ...rows], {
    'a level twice': repeat,
    'a negative size': edit(7, () => '-1', 'negative'),
    'a time of receipt that goes back': edit(0, (text) => String(Number(text) - 5_000), 'receive-time'),
  })
})

describe('captures', () => {
  const line = (i: number, body: object): string =>
    `${START + i * 10}000000 ${JSON.stringify({ stream: 'btcusdt@x', data: body })}`
  const at = (i: number): object => ({ E: START + i * 10, T: START + i * 10, s: 'BTCUSDT' })
  const snapshot = `${START}000000 ${JSON.stringify({
    lastUpdateId: 95,
    bids: [
      ['100.0', '5'],
      ['99.9', '1'],
    ],
    asks: [
      ['100.1', '4'],
      ['100.2', '1'],
    ],
  })}`
  const clean = [
    snapshot,
    ...Array.from({ length: 120 }, (_, i) => {
      const n = Math.floor(i / 3)
      if (i % 3 === 0)
        return line(i, {
          e: 'depthUpdate',
          ...at(i),
          U: 91 + n * 10,
          u: 100 + n * 10,
          pu: 90 + n * 10,
          b: [['99.9', String(1 + n)]],
          a: [['100.2', '2']],
        })
      if (i % 3 === 1) return line(i, { e: 'trade', ...at(i), t: 1_000 + n, p: '100.1', q: '0.5', m: false })
      return line(i, { e: 'bookTicker', ...at(i), u: 100 + n * 10, b: '100.0', B: '5', a: '100.1', A: '4' })
    }),
  ]
  const name = 'BTCUSDT-raw.jsonl'
  /** Line (1-based) of the n-th message of a kind. */
  const lineOf = (kind: number, n: number): number => 2 + n * 3 + kind
  const changed = (lineNumber: number, change: (text: string) => string): string[] =>
    clean.map((text, i) => (i === lineNumber - 1 ? change(text) : text))

  it('a clean capture has no finding', async () => expect(await found(name, clean)).toEqual([]))
  it('an update that is missing', async () => {
    expect(await found(name, clean.toSpliced(lineOf(0, 7) - 1, 1))).toEqual([`sequence ${lineOf(0, 8) - 1}`])
  })
  it('a trade that is missing, and one that is there twice', async () => {
    expect(await found(name, clean.toSpliced(lineOf(1, 9) - 1, 1))).toEqual([`gap ${lineOf(1, 10) - 1}`])
    const twice = lineOf(1, 9)
    expect(await found(name, clean.toSpliced(twice - 1, 0, clean[twice - 1]))).toEqual([`duplicate ${twice + 1}`])
  })
  it('a book that is crossed', async () => {
    const crossing = lineOf(0, 12)
    const findings = await found(
      name,
      changed(crossing, (text) => text.replace('["99.9"', '["100.5"')),
    )
    expect(findings[0]).toBe(`crossed-book ${crossing}`)
    const quote = lineOf(2, 5)
    expect(
      await found(
        name,
        changed(quote, (text) => text.replace('"b":"100.0"', '"b":"100.3"')),
      ),
    ).toEqual([`crossed-book ${quote}`])
  })
  it('a negative size, a price that stands alone, a damaged line', async () => {
    expect(
      await found(
        name,
        changed(lineOf(0, 4), (text) => text.replace('"2"]', '"-2"]')),
      ),
    ).toEqual([`book-levels ${lineOf(0, 4)}`])
    expect(
      await found(
        name,
        changed(lineOf(1, 4), (text) => text.replace('"100.1"', '"120.1"')),
      ),
    ).toEqual([`spike ${lineOf(1, 4)}`])
    const damaged = await found(
      name,
      changed(lineOf(2, 4), (text) => text.slice(0, 60)),
    )
    expect(damaged).toEqual([`damaged-line ${lineOf(2, 4)}`])
  })
  it('a snapshot that nothing continues', async () => {
    const findings = await found(name, [snapshot.replace('95', '12'), ...clean.slice(1)])
    expect(findings).toEqual(['snapshot 2'])
  })
  it('times of receipt that go back', async () => {
    const early = lineOf(2, 6)
    expect(
      await found(
        name,
        changed(early, (text) => text.replace(/^\d+/, String((START - 5_000) * 1e6))),
      ),
    ).toEqual([`receive-time ${early}`])
  })
})
