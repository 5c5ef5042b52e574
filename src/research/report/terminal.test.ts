/** The terminal report: widths, no escape codes without colour, and what it says of the document. */
import { describe, expect, it } from 'vitest'
import { reportSample } from '../../../test/e2e/report-sample.ts'
import type { BacktestDocument } from '../../backtest/result.ts'
import { renderTerminal } from './terminal.ts'
import { displayWidth } from './text-table.ts'

const ESCAPES = /\u001b\[[0-9;]*m/g
const plain = (doc: BacktestDocument, width = 80): string => renderTerminal(doc, { width, color: false })
const empty = (doc: BacktestDocument): BacktestDocument => ({
  ...doc,
  summary: {
    ...doc.summary,
    netProfit: '0',
    finalEquity: '10000',
    totalReturn: 0,
    cagr: null,
    trades: 0,
    fills: 0,
    winRate: null,
    profitFactor: null,
    expectancy: null,
    sharpe: null,
    sortino: null,
    volatility: null,
    calmar: null,
    maxDrawdown: 0,
    maxDrawdownDurationMs: 0,
    exposure: 0,
    turnover: null,
    fees: '0',
    funding: '0',
    slippage: '0',
  },
  symbols: [],
  trades: [],
  equity: [],
  openPositions: [],
  warnings: [],
})

describe('renderTerminal', () => {
  const { doc } = reportSample()

  it.each([60, 80, 100, 120, 200])('keeps inside %d columns', (width) => {
    const warnings = [
      'x'.repeat(300),
      'a warning of ordinary words that is longer than a narrow terminal can show on one of its lines',
    ]
    for (const line of plain({ ...doc, warnings }, width).split('\n')) expect(displayWidth(line), line).toBeLessThanOrEqual(width)
  })

  it('holds no control character without colour, and the same text with it', () => {
    expect(plain(doc)).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/)
    const coloured = renderTerminal(doc, { width: 80, color: true })
    expect(coloured).toMatch(ESCAPES)
    expect(coloured.replace(ESCAPES, '')).toBe(plain(doc))
  })

  it('says what was run, over what, and how it went', () => {
    const text = plain(doc)
    expect(text).toContain('ema-cross  fast=20 slow=100')
    expect(text).toContain('BTCUSDT, ETHUSDT, SOLUSDT · 1h · 2023-01-01 to 2024-08-06 · 42,000 bars')
    expect(text).toContain('Last 5 of 240 trades')
    expect(text).toMatch(/Sharpe ·+ \d+\.\d\d/)
    expect(text).toContain(`-${doc.summary.maxDrawdown === 0 ? '' : (doc.summary.maxDrawdown * 100).toFixed(2)}%`)
  })

  it('says that data are synthetic at the top and beside every heading, and only then', () => {
    expect(plain(doc)).not.toContain('SYNTHETIC')
    const text = plain(reportSample({ synthetic: true }).doc)
    expect(text).toContain('SYNTHETIC DATA')
    const headings = text.split('\n').filter((line) => line.startsWith('  ── '))
    expect(headings.length).toBeGreaterThan(5)
    for (const heading of headings) expect(heading).toMatch(/ SYNTHETIC ──$/)
  })

  it('shows the first eight warnings and counts the rest', () => {
    const text = plain({ ...doc, warnings: Array.from({ length: 11 }, (_, i) => `warning-${i}`) })
    expect(text).toContain('! warning-7')
    expect(text).not.toContain('warning-8')
    expect(text).toContain('and 3 more')
  })

  it('prints a dash for what is not defined, and copes with nothing at all', () => {
    const text = plain(empty(doc))
    for (const name of ['Sharpe', 'Sortino', 'Calmar', 'Profit factor', 'Win rate', 'Expectancy', 'CAGR', 'Turnover'])
      expect(text).toMatch(new RegExp(`${name} ·+ –`))
    expect(text).toContain('No trade was closed.')
    expect(text).toContain('Not enough points for a chart.')
    expect(text).not.toMatch(/NaN|Infinity|undefined|null/)
  })

  it('draws a flat curve', () => {
    const text = plain({
      ...empty(doc),
      equity: [
        [0, '10000'],
        [86_400_000, '10000'],
      ],
    })
    expect(text).toContain('10,000 ┼')
    expect(text).not.toMatch(/NaN|undefined/)
  })

  it('lets no escape code of a name through', () => {
    const [first] = doc.symbols
    const hostile = {
      ...doc,
      manifest: { ...doc.manifest, strategy: { ...doc.manifest.strategy, name: 'evil\u001b[2Jname\nnext' } },
      symbols: [{ ...first, symbol: 'A\u001b]0;x\u0007' }],
      warnings: ['w\u001b[31m'],
    }
    expect(plain(hostile)).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/)
  })

  it('counts wide characters as two columns', () => {
    const [first] = doc.symbols
    const lines = plain({ ...doc, symbols: [{ ...first, symbol: '币安人生USDT' }, first] }, 120).split('\n')
    const rows = lines
      .filter((line) => /^ {2}(币安人生USDT|BTCUSDT) +1h +[\d,]+ +\d+ +[\d.]+%/.test(line))
      .map((line) => displayWidth(line))
    expect(rows).toHaveLength(2)
    expect(rows[0]).toBe(rows[1])
  })
})
