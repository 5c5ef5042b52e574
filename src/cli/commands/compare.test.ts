/** `compare` from files to its document, its page and its refusals. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { reportSample } from '../../../test/e2e/report-sample.ts'
import { type Ran, runCommand } from '../../../test/setup/command-line.ts'

const folder = mkdtempSync(join(tmpdir(), 'autotrading-compare-'))
afterAll(() => rmSync(folder, { recursive: true }))

const write = (name: string, value: unknown): void =>
  writeFileSync(join(folder, name), typeof value === 'string' ? value : JSON.stringify(value))

beforeAll(() => {
  const [first, second] = [reportSample({ bars: 1_500, trades: 40 }).doc, reportSample({ bars: 1_200, trades: 30, seed: 8 }).doc]
  write('a.json', first)
  mkdirSync(join(folder, 'b'))
  write('b/report.json', second)
  mkdirSync(join(folder, 'empty'))
  write('broken.json', '{"schema":')
  write('manifest.json', { schema: 'autotrading.manifest/1' })
  // What a version before this one wrote.
  const {
    monthly: _m,
    drawdowns: _d,
    distribution: _s,
    exposureSeries: _e,
    exposureStats: _x,
    costs: _c,
    limits: _l,
    liquidations: _f,
    ...early
  } = first
  write('early.json', { ...early, trades: first.trades.map(({ maePct: _p, maeR: _r, ...trade }) => trade) })
})

const run = (line: string): Promise<Ran> => runCommand(line.split(' '), { cwd: folder })

describe('compare', () => {
  it('prints files and folders side by side, without escape codes where there is no terminal', async () => {
    const { code, stdout, stderr } = await run('compare a.json b --samples 200')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain('2 runs compared, the others with A')
    expect(stdout).toContain('The runs are of different periods')
    expect(stdout).not.toContain('\u001b')
  })

  it('gives one document, the same bytes each time', async () => {
    const line = 'compare a.json b early.json --samples 200 --seed 3 --json'
    const [first, again] = [await run(line), await run(line)]
    expect(first.stdout).toBe(again.stdout)
    expect(JSON.parse(first.stdout)).toMatchObject({
      schema: 'autotrading.compare/1',
      runs: [{ letter: 'A' }, { letter: 'B' }, { letter: 'C', path: 'early.json' }],
      bootstrap: { samples: 200, seed: 3, level: 0.95 },
      trades: [{ run: 'B' }, { run: 'C', firstDivergence: null }],
    })
  })

  it('writes a page, and none over files of others', async () => {
    expect((await run('compare a.json b --samples 200 --html compare.html')).stderr).toContain('Written: ')
    expect(readFileSync(join(folder, 'compare.html'), 'utf8')).toContain('<h1>2 runs compared')
    expect((await run('compare a.json b --samples 200 --html compare.html')).code).toBe(0)
    write('theirs.html', '<p>')
    expect(await run('compare a.json b --html theirs.html')).toMatchObject({ code: 2 })
    expect(existsSync(join(folder, 'theirs.html'))).toBe(true)
  })

  it.each([
    ['compare a.json', 'takes 2 to 12 runs, and 1 was given'],
    ['compare a.json none.json', 'there is no report none.json'],
    ['compare a.json empty', 'the folder empty holds no report.json'],
    ['compare a.json broken.json', 'broken.json is no JSON document'],
    ['compare manifest.json a.json', 'is a document autotrading.manifest/1, not the report of a backtest'],
    ['compare a.json b --samples 7', "--samples is '7', it must be a whole number from 100"],
    ['compare a.json b --samples many', "--samples is 'many'"],
  ])('refuses with exit code 2: %s', async (line, words) => {
    const { code, stdout, stderr } = await run(line)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(words)
    expect(stderr).not.toMatch(/\n\s+at /)
  })
})
