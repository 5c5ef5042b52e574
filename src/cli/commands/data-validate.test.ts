/** `data validate` and `data repair` as their users call them: exit codes, documents, the report. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { ValidationDocument } from '../../data/validate/document.ts'
import { type Ran, runCommand } from '../../../test/setup/command-line.ts'

const folder = mkdtempSync(join(tmpdir(), 'autotrading-data-'))
afterAll(() => rmSync(folder, { recursive: true }))

const HEADER = 'open_time_ms,open,high,low,close,volume'
const START = 1_704_067_200_000
const close = (i: number): number => 1_000 + ((i * 7) % 23)
const bars = (unitMs: number, rows: number): string[] =>
  Array.from({ length: rows }, (_, i) =>
    [
      START + i * unitMs,
      close(i),
      Math.max(close(i), close(i + 1)) + 2,
      Math.min(close(i), close(i + 1)) - 2,
      close(i + 1),
      10 + (i % 7),
    ].join(','),
  )
const minutes = bars(60_000, 600)
/** Five bars into one. */
const fives = Array.from({ length: 120 }, (_, i) => {
  const rows = minutes.slice(i * 5, i * 5 + 5).map((line) => line.split(',').map(Number))
  const of = (at: number): number[] => rows.map((row) => row[at])
  return [rows[0][0], rows[0][1], Math.max(...of(2)), Math.min(...of(3)), rows[4][4], of(5).reduce((a, b) => a + b)].join(',')
})
mkdirSync(join(folder, 'good/deep'), { recursive: true })
mkdirSync(join(folder, 'bad'))
const write = (name: string, lines: readonly string[]): void => writeFileSync(join(folder, name), `${lines.join('\n')}\n`)
write('good/AUSDT-1m.csv', [HEADER, ...minutes])
write('good/deep/AUSDT-5m.csv', [HEADER, ...fives])
write('good/note.md', ['nothing'])
write('bad/BUSDT-1m.csv', [
  HEADER,
  ...minutes.slice(0, 100),
  ...Array.from({ length: 5 }, (_, i) => `x${i}`),
  ...minutes.slice(105),
])
write('bad/AUSDT-5m.csv', [
  HEADER,
  ...fives.map((line, i) =>
    i === 30
      ? line.replace(/,(\d+),(\d+),(\d+)$/, (_, low: string, c: string, v: string) => `,${Number(low) - 1},${c},${v}`)
      : line,
  ),
])
write('swapped-BUSDT-1m.csv', [HEADER, ...minutes.slice(0, 50), minutes[51], minutes[50], ...minutes.slice(52)])

const run = (line: string): Promise<Ran> => runCommand(line.split(' '), { cwd: folder })

const documentOf = async (line: string): Promise<{ readonly code: number; readonly document: ValidationDocument }> => {
  const { code, stdout } = await run(`${line} --json`)
  return { code, document: JSON.parse(stdout) as ValidationDocument }
}

describe('data validate', () => {
  it('a folder without a flaw: exit 0, all compared', async () => {
    const { code, stdout } = await run('data validate good')
    expect(code).toBe(0)
    expect(stdout).toContain('2 files, 720 rows: 2 without a flaw, lowest score 100, passed')
    expect(stdout).toContain('Compared: 1 pair of files, 120 bars; 1 agree')
    expect(stdout).toContain('note.md')
    expect(stdout).not.toContain('\u001b')
  })

  it('below the least score: exit 1, and every place in the document', async () => {
    const { code, document } = await documentOf('data validate bad/BUSDT-1m.csv')
    expect(code).toBe(1)
    expect(document).toMatchObject({ schema: 'autotrading.data-validate/1', passed: false, minScore: 90 })
    const [file] = document.files
    expect(file.findings.map(({ check, line, value }) => [check, line, value])).toEqual(
      [0, 1, 2, 3, 4].map((i) => ['damaged-line', 102 + i, `x${i}`]),
    )
    expect(file.score).toBeLessThan(90)
    expect((await run('data validate bad/BUSDT-1m.csv --min-score 50')).code).toBe(0)
  })

  it('a missing path, a format that is not read, a score that is none: exit 2', async () => {
    expect(await run('data validate none.csv')).toMatchObject({ code: 2 })
    expect((await run('data validate good/note.md')).stderr).toContain('Read are .csv')
    expect((await run('data validate good --min-score 200')).code).toBe(2)
    expect((await run('data validate')).code).toBe(2)
    expect((await run('data valdate good')).stderr).toContain('validate')
  })

  it('intervals that contradict each other are located in both files', async () => {
    const { document } = await documentOf('data validate good/AUSDT-1m.csv bad/AUSDT-5m.csv')
    const places = document.files.map(({ findings }) => findings.map(({ check, line, lastLine }) => [check, line, lastLine]))
    expect(places).toEqual([[['contradiction', 152, 156]], [['contradiction', 32, 32]]])
    expect(document.comparisons).toMatchObject([{ bars: 120, differences: 1 }])
  })

  it('two copies are compared', async () => {
    const { document } = await documentOf('data validate good/deep/AUSDT-5m.csv bad/AUSDT-5m.csv')
    expect(document.files.map(({ findings }) => findings.map(({ check, line }) => [check, line]))).toEqual([
      [['copies', 32]],
      [['copies', 32]],
    ])
  })

  it('the report is wide and coloured as asked', async () => {
    const { renderValidation } = await import('../data-validate-report.ts')
    const { document } = await documentOf('data validate bad good')
    for (const width of [60, 80, 140]) {
      const lines = renderValidation(document, { width, color: false }).split('\n')
      const longest = Math.max(...lines.map((line) => line.length))
      expect(longest).toBeLessThanOrEqual(width)
    }
    expect(renderValidation(document, { width: 100, color: true })).toContain('\u001b[31m')
  })
})

describe('data repair', () => {
  it('writes a copy and its record, and says so', async () => {
    const { code, stdout } = await run('data repair swapped-BUSDT-1m.csv good --out out')
    expect(code).toBe(0)
    expect(stdout).toContain('1 repaired, 2 without a flaw, 0 left as they are.')
    expect(readdirSync(join(folder, 'out'))).toEqual(['swapped-BUSDT-1m.csv', 'swapped-BUSDT-1m.csv.repairs.json'])
    expect(readFileSync(join(folder, 'out/swapped-BUSDT-1m.csv'), 'utf8')).toBe(`${[HEADER, ...minutes].join('\n')}\n`)
  })

  it('critical flaws that stay: exit 1', async () => {
    expect(await run('data repair bad --out out2 --json')).toMatchObject({ code: 1 })
  })

  it('refuses the folder of the originals, an unknown fix, and no folder', async () => {
    expect((await run('data repair good --out good')).stderr).toContain('originals')
    expect((await run('data repair good --out out3 --fix srot')).stderr).toContain('Did you mean sort?')
    expect((await run('data repair good')).code).toBe(2)
  })
})
