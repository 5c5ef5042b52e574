/** `regimes` from a file of bars to its text, its document and its page. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCommand, type Ran } from '../../../test/setup/command-line.ts'
import { createPrng } from '../../core/random.ts'
import type { RegimesDocument } from '../../research/regimes/study.ts'

const HOUR_MS = 3_600_000
const BARS = 1_400
const folder = mkdtempSync(join(tmpdir(), 'autotrading-regimes-'))
afterAll(() => rmSync(folder, { recursive: true }))

beforeAll(() => {
  const prng = createPrng('regimes command')
  let price = 30_000
  const rows = Array.from({ length: BARS }, (_, i) => {
    const open = price
    price *= 1 + (Math.floor(i / 200) % 2 === 0 ? 0.002 : 0.01) * prng.normal()
    const [high, low] = [Math.max(open, price) * 1.001, Math.min(open, price) * 0.999]
    return [
      1_704_067_200_000 + i * HOUR_MS,
      ...[open, high, low, price].map((x) => x.toFixed(2)),
      (100 + 50 * prng.float()).toFixed(3),
    ].join(',')
  })
  writeFileSync(join(folder, 'BTCUSDT-1h.csv'), `open_time_ms,open,high,low,close,volume\n${rows.join('\n')}\n`)
})

const run = (line: string): Promise<Ran> => runCommand(line.split(' '), { cwd: folder })

describe('regimes', () => {
  it('says it in words, as a document and as a page', async () => {
    const { code, stdout, stderr } = await run('regimes --data BTCUSDT-1h.csv --json out.json --html out.html')
    const said = stdout + stderr
    expect(code).toBe(0)
    expect(said).toContain('BTCUSDT: regimes on 1h bars')
    expect(said).toContain('R5  range-calm')
    expect(said).toMatch(/regime │·+[1-8]+/)

    const document = JSON.parse(readFileSync(join(folder, 'out.json'), 'utf8')) as RegimesDocument
    expect(document).toMatchObject({ schema: 'autotrading.regimes/1', interval: '1h', seed: 1 })
    const [market] = document.markets
    expect(market.bars).toBe(BARS)
    expect(market.warmUpBars).toBeGreaterThanOrEqual(720)
    expect(market.regimes.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12)
    expect(market.regimes.reduce((sum, { bars }) => sum + bars, 0)).toBe(BARS - market.warmUpBars)
    expect(market.changes[0]).toMatchObject({ label: 'R7', newRisk: false })
    for (const row of market.transitions.filter((each) => each[0] !== null))
      expect(row.reduce((sum: number, share) => sum + (share ?? 0), 0)).toBeCloseTo(1, 12)
    expect(market.refits.map(({ statesOutcome }) => statesOutcome)).toEqual(['first', 'better'])

    const page = readFileSync(join(folder, 'out.html'), 'utf8')
    expect(page).toContain('Price of BTCUSDT over bands')
    expect(page).not.toMatch(/(src|href)="https?:\/\/(?!www\.tradingview\.com)/)
  })

  it('puts finer bars together', async () => {
    const { code, stdout } = await run('regimes --data BTCUSDT-1h.csv --interval 4h --json')
    expect(code).toBe(0)
    const document = JSON.parse(stdout) as RegimesDocument
    expect(document.interval).toBe('4h')
    expect(document.markets[0].bars).toBe(BARS / 4)
  })

  it('refuses what makes no bars', async () => {
    const { code, stderr } = await run('regimes --data BTCUSDT-1h.csv --to 2024-01-01T01:00Z')
    expect(code).toBe(2)
    expect(stderr).toContain('BTCUSDT has 1 whole bars of 1h')
  })
})
