/**
 * The example of four strategies on recorded bars, through the command line: every decision with its reasons, the same digest
 * twice, an attribution that adds up, and warnings for all that was not recorded.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCommand } from '../setup/command-line.ts'
import type { BacktestDocument } from '../../src/backtest/result.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const shared = process.env['AUTOTRADING_SHARED'] ?? resolve(root, '../shared')
const file = (path: string): string => join(shared, 'data', path)
const SYMBOLS = ['ETHUSDT', 'WAVESUSDT']
const paths = (kind: string, names: readonly string[]): readonly string[] => names.map((name) => file(`${kind}/${name}.csv.gz`))

describe.skipIf(!existsSync(file('klines')))('four strategies from one configuration', () => {
  let folder = ''
  let report: BacktestDocument
  let again: BacktestDocument
  let ran = -1
  let log: readonly Readonly<Record<string, unknown>>[] = []

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'four-'))
    const argv = [
      'backtest',
      ...['--config', join(root, 'examples/four-strategies.yaml'), '--interval', '1h', '--quiet'],
      ...['--from', '2023-08-01', '--to', '2023-12-15'],
      ...paths(
        'klines',
        SYMBOLS.map((symbol) => `${symbol}-1h`),
      ).flatMap((path) => ['--data', path]),
      ...['--mark', file('mark/ETHUSDT-1h.csv.gz'), '--funding', file('funding/ETHUSDT.csv.gz')],
    ]
    const read = (name: string): BacktestDocument => JSON.parse(readFileSync(join(folder, name), 'utf8')) as BacktestDocument
    const first = await runCommand([...argv, '--json', join(folder, 'one.json'), '--log', join(folder, 'one.log')], {
      cwd: folder,
    })
    ran = first.code
    await runCommand([...argv, '--json', join(folder, 'two.json')], { cwd: folder })
    ;[report, again] = [read('one.json'), read('two.json')]
    log = readFileSync(join(folder, 'one.log'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>)
  }, 120_000)
  afterAll(() => rmSync(folder, { recursive: true }))

  it('comes to the same digest twice', () => {
    expect(ran).toBe(0)
    expect(again.digest).toBe(report.digest)
    expect(report.manifest.strategies?.map(({ name }) => name)).toEqual([
      'trend-following',
      'mean-reversion',
      'range-trading',
      'funding-arbitrage',
    ])
  })

  it('attributes the whole result, to the last unit', () => {
    expect(report.attribution?.residual).toBe('0')
    expect(report.attribution?.total.result).toBe(report.summary.netProfit)
    expect(report.attribution?.byStrategy.map(({ strategy }) => strategy)).toEqual(
      expect.arrayContaining(['trend-following', 'funding-arbitrage']),
    )
  })

  it('says what was not recorded', () => {
    const said = report.warnings.join('\n')
    expect(said).toMatch(/No funding is booked for WAVESUSDT/)
    expect(said).toMatch(/no spot prices for ETHUSDT.*basis/)
  })

  it('gives the reasons of every decision', () => {
    const decisions = log.filter((line) => 'bound' in line)
    expect(decisions.length).toBeGreaterThan(20)
    for (const decision of decisions) {
      expect(decision['reason']).toEqual(expect.stringMatching(/\S/))
      expect(decision['bound']).toEqual(expect.stringMatching(/\S/))
      expect(decision).toHaveProperty('strategyName')
      expect(decision).toHaveProperty('regime')
    }
  })
})
