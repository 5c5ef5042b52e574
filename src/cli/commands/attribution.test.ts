/** `attribution` from a report to its tables, its document, its page and its refusals. */
import { mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { attributionSample } from '../../../test/e2e/attribution-sample.ts'
import { reportSample } from '../../../test/e2e/report-sample.ts'
import { type Ran, runCommand } from '../../../test/setup/command-line.ts'

const folder = mkdtempSync(join(tmpdir(), 'autotrading-attribution-'))
afterAll(() => rmSync(folder, { recursive: true }))

beforeAll(() => {
  const { doc } = reportSample({ bars: 1_500, trades: 40 })
  const sample = attributionSample(doc)
  mkdirSync(join(folder, 'run'))
  writeFileSync(join(folder, 'run', 'report.json'), JSON.stringify({ ...doc, ...sample }))
  writeFileSync(join(folder, 'early.json'), JSON.stringify(doc))
  writeFileSync(join(folder, 'damaged.json'), JSON.stringify({ ...doc, attribution: { ...sample.attribution, months: 7 } }))
  const [month] = sample.attribution.months
  const ruined = { ...sample.attribution, months: [{ ...month, equity: '100', result: '-100' }] }
  writeFileSync(join(folder, 'ruined.json'), JSON.stringify({ ...doc, ...sample, attribution: ruined }))
})

const run = (line: string): Promise<Ran> => runCommand(line.split(' '), { cwd: folder })

describe('attribution', () => {
  it('prints who earned what, and against holding', async () => {
    const { code, stdout, stderr } = await run('attribution run')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    for (const words of [
      'Result by strategy',
      'Result by symbol',
      'Result by regime',
      'exactly: +400.00',
      'holding +15.00% before costs',
    ])
      expect(stdout).toContain(words)
  })

  it.each(['strategy', 'symbol', 'regime', 'month'])('shows one table: %s', async (view) => {
    const { stdout } = await run(`attribution run --by ${view}`)
    expect(stdout.match(/Result by [a-z]+/g)).toEqual([`Result by ${view}`])
  })

  it('gives one document whose effects add up', async () => {
    const { stdout } = await run('attribution run --json')
    const found = JSON.parse(stdout) as {
      schema: string
      attribution: { total: { result: string } }
      againstHolding: { excess: number; residual: number; besides: { name: string }[] }
    }
    expect(found.schema).toBe('autotrading.attribution/1')
    expect(found.attribution.total.result).toBe('400')
    expect(found.againstHolding.excess).toBeCloseTo(0.04 - 0.15, 12)
    expect(Math.abs(found.againstHolding.residual)).toBeLessThan(1e-10)
    expect(found.againstHolding.besides.map(({ name }) => name)).toEqual(['fees', 'funding', 'other', 'slippage'])
  })

  it('writes a page', async () => {
    expect((await run('attribution run --html page.html')).stderr).toContain('Written: ')
    expect(readFileSync(join(folder, 'page.html'), 'utf8')).toContain('<section id="holding"')
  })

  it('says so where returns cannot be linked', async () => {
    const { code, stdout } = await run('attribution ruined.json')
    expect(code).toBe(0)
    expect(stdout).toContain('Not defined')
  })

  it.each([
    ['attribution early.json', 'does not tell whose its result is'],
    ['attribution damaged.json', 'attribution.months is damaged'],
    ['attribution none.json', 'there is no readable report at none.json'],
    ['attribution run --by hour', "--by is 'hour', it must be one of strategy, symbol, regime, month"],
  ])('refuses with exit code 2: %s', async (line, words) => {
    const { code, stdout, stderr } = await run(line)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(words)
  })
})
