/** `portfolio` from files of bars to its text, its document and its page; and a run's positions. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCommand, type Ran } from '../../../test/setup/command-line.ts'
import { createPrng } from '../../core/random.ts'
import type { PortfolioDocument } from '../../research/portfolio/study.ts'

const DAY_MS = 86_400_000
const folder = mkdtempSync(join(tmpdir(), 'autotrading-portfolio-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Two that move together, one alone, and one that was listed a week ago. */
beforeAll(() => {
  const prng = createPrng('portfolio command')
  const prices = [100, 200, 50, 10]
  const lines: string[][] = [[], [], [], []]
  for (let day = 0; day < 100; day++) {
    const common = prng.normal()
    prices.forEach((open, i) => {
      const close = open * (1 + 0.01 * (i + 1) * (i < 2 ? common + 0.2 * prng.normal() : prng.normal()))
      prices[i] = close
      if (i === 3 && day < 93) return
      const row = [open, Math.max(open, close), Math.min(open, close), close].map((each) => each.toFixed(4))
      lines[i].push([1_704_067_200_000 + day * DAY_MS, ...row, '1000'].join(','))
    })
  }
  ;['AUSDT', 'BUSDT', 'CUSDT', 'NEWUSDT'].forEach((symbol, i) =>
    writeFileSync(join(folder, `${symbol}-1d.csv`), `open_time_ms,open,high,low,close,volume\n${lines[i].join('\n')}\n`),
  )
})

const run = (line: string): Promise<Ran> => runCommand(line.split(' '), { cwd: folder })

describe('portfolio', () => {
  it('says it in words, as a document and as a page', async () => {
    const { code, stdout, stderr } = await run(
      'portfolio --data . --interval 1d --set portfolio.method=risk-parity --set portfolio.largest=1 --json out.json --html out.html',
    )
    expect(stderr + stdout).toContain('Correlation of daily returns, shrunk')
    expect(code).toBe(0)
    const document = JSON.parse(readFileSync(join(folder, 'out.json'), 'utf8')) as PortfolioDocument
    expect(document).toMatchObject({ schema: 'autotrading.portfolio/1', symbols: ['AUSDT', 'BUSDT', 'CUSDT'], run: null })
    expect(document.markets.map(({ days, leftOut }) => [days, leftOut])).toEqual([
      [90, null],
      [90, null],
      [90, null],
      [6, 'too few days'],
    ])
    expect(document.common.days).toBe(90)
    expect(document.correlation.clusters).toEqual([['AUSDT', 'BUSDT'], ['CUSDT']])
    for (const { weights, risk } of document.methods) {
      expect(weights.reduce((sum, each) => sum + Math.abs(each), 0)).toBeLessThanOrEqual(document.gross)
      if (risk !== null)
        expect(risk.rows.reduce((sum, { contribution }) => sum + contribution, 0)).toBeCloseTo(risk.volatility, 12)
    }
    const parity = document.methods.find(({ method }) => method === 'risk-parity')
    for (const { share } of parity?.risk?.rows ?? []) expect(share).toBeCloseTo(1 / 3, 6)
    expect(parity?.risk?.diversificationRatio).toBeGreaterThan(1)
    const page = readFileSync(join(folder, 'out.html'), 'utf8')
    expect(page).toContain('left out')
    expect(page).not.toMatch(/(src|href)="https?:/)
  })

  it.each(['pearson', 'spearman', 'kendall', 'ewma', 'tail'])('measures by %s', async (method) => {
    const { stdout } = await run(`portfolio --data . --interval 1d --symbol AUSDT,CUSDT --method ${method} --json`)
    const { correlation } = JSON.parse(stdout) as PortfolioDocument
    expect(correlation.measure).toBe(method)
    expect(correlation.matrix[0][1]).toBe(correlation.matrix[1][0])
    expect(Math.abs(correlation.matrix[0][1])).toBeLessThan(0.6)
  })

  it('takes the last positions of a run apart', async () => {
    const made = await run(
      'backtest --strategy ema-cross --data . --interval 1d --symbol AUSDT,CUSDT --participation none --json run.json',
    )
    expect(made.code).toBe(0)
    const report = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')) as Record<string, unknown>
    const position = { side: 'short', qty: '10', markPrice: '50' }
    const openPositions = [
      { ...position, symbol: 'AUSDT' },
      { ...position, symbol: 'CUSDT' },
    ]
    writeFileSync(join(folder, 'run.json'), JSON.stringify({ ...report, openPositions }))
    const { stdout, code } = await run('portfolio --data . --interval 1d --symbol AUSDT --run run.json --json')
    expect(code).toBe(0)
    const { run: held } = JSON.parse(stdout) as PortfolioDocument
    expect(held?.leftOut.map(({ symbol }) => symbol)).toEqual(['CUSDT'])
    expect(held?.risk?.rows[0].share).toBeCloseTo(1, 12)
    const { finalEquity } = report['summary'] as { readonly finalEquity: string }
    expect(held?.risk?.net).toBeCloseTo(-500 / Number(finalEquity), 12)
  })

  it('refuses what it cannot do', async () => {
    expect(await run('portfolio --data . --interval 1d --method x')).toMatchObject({ code: 2 })
    expect((await run('portfolio --data . --interval 1d --symbol NEWUSDT')).stderr).toContain(
      'no instrument that moves has 45 days',
    )
    expect((await run('portfolio --data . --interval 1d --run nothing.json')).stderr).toContain('no readable report')
    expect((await run('portfolio --data . --interval 1d --set portfolio.leastDays=100')).stderr).toContain('portfolio.window')
  })
})
