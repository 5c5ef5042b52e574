/** Repaired copies: right, recorded to the byte, and never in the place of an original. */
import fc from 'fast-check'
import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { namedFile } from '../validate/file-name.ts'
import { fixes } from './fixes.ts'
import { repairFile } from './repair-file.ts'
import type { RepairResult } from './repair-file.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'repair-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const HEADER = 'open_time_ms,open,high,low,close,volume'
const START = 1_704_067_200_000
const NOW = START * 1.1
const bars = Array.from({ length: 200 }, (_, i) => {
  const close = (k: number): number => 1_000 + ((k * 7) % 23)
  return [
    START + i * 60_000,
    close(i),
    Math.max(close(i), close(i + 1)) + 2,
    Math.min(close(i), close(i + 1)) - 2,
    close(i + 1),
    10 + (i % 7),
  ].join(',')
})
const textOf = (lines: readonly string[]): string => `${lines.join('\n')}\n`
const clean = textOf([HEADER, ...bars])
let count = 0

async function repair(
  content: string | Uint8Array,
  names: readonly string[] = [],
  extension = 'csv',
): Promise<RepairResult & { readonly text: string }> {
  const path = join(folder, `BTCUSDT-1m-${(count += 1)}.${extension}`)
  writeFileSync(path, content)
  const chosen = fixes.filter(({ name, safe }) =>
    names.length === 0 ? safe : names.includes(name) || (safe && names.includes('safe')),
  )
  const result = await repairFile(namedFile(path)!, join(folder, 'out', `${count}`, `BTCUSDT-1m.${extension}`), {
    fixes: chosen,
    nowMs: NOW,
  })
  // The original stays as it was.
  expect(readFileSync(path).equals(Buffer.from(content))).toBe(true)
  const bytes = result.result === undefined ? Buffer.alloc(0) : readFileSync(result.result)
  if (result.record !== undefined) {
    const record = JSON.parse(readFileSync(result.record, 'utf8')) as { source: { sha256: string }; result: { sha256: string } }
    const sha256 = (of: Uint8Array): string => createHash('sha256').update(of).digest('hex')
    expect(record.source.sha256).toBe(sha256(readFileSync(path)))
    expect(record.result.sha256).toBe(sha256(bytes))
  }
  return { ...result, text: (extension.endsWith('gz') && bytes.length > 0 ? gunzipSync(bytes) : bytes).toString('utf8') }
}

describe('repair', () => {
  it('a clean file changes nothing and is not copied', async () => {
    const result = await repair(clean)
    expect(result).toMatchObject({ outcome: 'clean', result: undefined, record: undefined, changes: [] })
    expect(existsSync(join(folder, 'out', `${count}`))).toBe(false)
  })

  it('safe damage of every kind gives the original again, each change recorded', async () => {
    const lines = [HEADER, ...bars]
    const damages: Readonly<Record<string, string | Uint8Array>> = {
      sort: textOf([HEADER, ...bars.slice(0, 50), bars[51], bars[50], ...bars.slice(52)]),
      duplicates: textOf([...lines.slice(0, 40), lines[39], ...lines.slice(40)]),
      header: textOf([...lines.slice(0, 40), HEADER, ...lines.slice(40)]),
      'line-ends': `\ufeff${textOf([...lines.slice(0, 40).map((line) => `${line}\r`), '', ...lines.slice(40)])}`,
      'time-unit': textOf([HEADER, ...bars.map((line, i) => (i === 60 ? line.replace(/000,/, ',') : line))]),
      truncated: clean.slice(0, -1),
    }
    for (const [fix, content] of Object.entries(damages)) {
      const { text, changes, scoreAfter, left } = await repair(content)
      expect(text).toBe(clean)
      expect(scoreAfter).toBe(100)
      expect(left).toEqual([])
      expect(new Set(changes.map((change) => change.fix))).toEqual(new Set([fix]))
    }
  })

  it('any mixture of rows out of order and rows twice gives the original again', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.nat({ max: bars.length - 1 }), { minLength: 1, maxLength: 12 }),
        fc.array(fc.tuple(fc.nat({ max: 198 }), fc.nat({ max: 198 })), { maxLength: 8 }),
        async (twice, moves) => {
          const rows = [...bars]
          for (const at of twice) rows.splice(at, 0, bars[at])
          for (const [from, to] of moves) rows.splice(to, 0, ...rows.splice(from, 1))
          const { text } = await repair(textOf([HEADER, ...rows]))
          expect(text).toBe(clean)
        },
      ),
      { numRuns: 15 },
    )
  })

  it('a cut gzip keeps its whole lines', async () => {
    const packed = gzipSync(clean)
    const { text, changes } = await repair(packed.subarray(0, packed.length - 300), [], 'csv.gz')
    expect(clean.startsWith(text)).toBe(true)
    expect(text.split('\n').length).toBeGreaterThan(20)
    expect(changes.map(({ fix }) => fix)).toContain('truncated')
  })

  it('gaps are filled only when asked for, and every invented bar is marked', async () => {
    const gapped = textOf([HEADER, ...bars.filter((_, i) => i < 70 || i > 72)])
    expect(await repair(gapped)).toMatchObject({ outcome: 'left', result: undefined, left: [{ check: 'gap' }] })
    const { text, changes } = await repair(gapped, ['fill-gaps'])
    const lines = text.trimEnd().split('\n')
    expect(lines[0]).toBe(`${HEADER},filled`)
    expect(lines).toHaveLength(201)
    const close = bars[69].split(',')[4]
    expect(lines[71]).toBe(`${START + 70 * 60_000},${close},${close},${close},${close},0,1`)
    expect(lines.filter((line) => line.endsWith(',1'))).toHaveLength(3)
    expect(changes).toHaveLength(3)
  })

  it('conflicts and damaged lines stay unless asked for', async () => {
    const conflict = bars[30].replace(/,\d+$/, ',999')
    const damaged = textOf([HEADER, ...bars.slice(0, 31), conflict, ...bars.slice(31, 80), 'x,y', ...bars.slice(81)])
    const left = await repair(damaged)
    expect(left.left.map(({ check }) => check).toSorted()).toEqual(['conflict', 'damaged-line'])
    const { text, changes } = await repair(damaged, ['drop-conflicts', 'drop-damaged'])
    expect(text).toBe(textOf([HEADER, ...bars.filter((_, i) => i !== 30 && i !== 80)]))
    expect(new Set(changes.map(({ line }) => line))).toEqual(new Set([32, 33, 83]))
  })

  it('bytes that are no text come out as they went in', async () => {
    const bytes = Buffer.from(textOf([HEADER, ...bars.slice(0, 50), bars[49], ...bars.slice(50), '\u0001']), 'latin1')
    bytes[bytes.length - 2] = 0xff
    const { result } = await repair(bytes)
    expect(readFileSync(result!).at(-2)).toBe(0xff)
  })

  it('a file of somebody else is not replaced, an earlier repair is', async () => {
    const path = join(folder, 'ETHUSDT-1m.csv')
    writeFileSync(path, clean.slice(0, -1))
    const target = join(folder, 'again', 'ETHUSDT-1m.csv')
    const run = async (): Promise<RepairResult> => repairFile(namedFile(path)!, target, { fixes, nowMs: NOW })
    await run()
    const first = readFileSync(`${target}.repairs.json`, 'utf8')
    await run()
    expect(readFileSync(`${target}.repairs.json`, 'utf8')).toBe(first)
    rmSync(`${target}.repairs.json`)
    await expect(run()).rejects.toMatchObject({ code: 'repair-target-exists' })
  })
})
