import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { randomWalk } from '../../test/twins/random-walk.ts'
import type { BacktestDocument } from '../backtest/result.ts'
import { fromMs } from '../core/time.ts'
import type { Decision } from '../domain/decision.ts'
import { RunLog } from './backtest-log.ts'
import { type Ran, runCommand } from '../../test/setup/command-line.ts'

const folder = mkdtempSync(join(tmpdir(), 'autotrading-log-'))
afterAll(() => rmSync(folder, { recursive: true }))

const ROWS = 3_000
let firstTimeMs = 0
beforeAll(() => {
  const { openTimeMs, open, high, low, close, volume } = randomWalk(ROWS, 5)
  firstTimeMs = openTimeMs[0]
  const rows = Array.from(openTimeMs, (time, i) =>
    [time, ...[open[i], high[i], low[i], close[i]].map((price) => price.toFixed(1)), volume[i]].join(','),
  )
  writeFileSync(join(folder, 'BTCUSDT-1m.csv'), ['open_time_ms,open,high,low,close,volume', ...rows].join('\n'))
})

const ARGS =
  'backtest --data BTCUSDT-1m.csv --strategy ema-cross --param qty=0.01 --capital 100000 --participation none --set risk.openOrders.max=1 --quiet --json'

const run = (line: string): Promise<Ran> => runCommand(line.split(' '), { cwd: folder })

interface Line extends Readonly<Record<string, unknown>> {
  readonly level: string
  readonly time: number
  readonly seq: number
  readonly msg: string
}
const linesOf = (text: string): readonly Line[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line)

describe('backtest --log', () => {
  it('tells every fill, order, refusal and account entry at its level and time, and no bar', async () => {
    const { code, stdout } = await run(`${ARGS} --log run.log`)
    expect(code).toBe(0)
    const { fills, warnings, digest } = JSON.parse(stdout) as BacktestDocument
    const lines = linesOf(readFileSync(join(folder, 'run.log'), 'utf8'))
    const starting = (level: string, start: string): readonly Line[] =>
      lines.filter((line) => line.level === level && line.msg.startsWith(start))

    const filled = lines.filter(({ level, tradeId }) => level === 'trade' && tradeId !== undefined)
    expect(filled.map(({ symbol, side, price, qty, fee, orderId }) => ({ symbol, side, price, qty, fee, orderId }))).toEqual(
      fills.map(({ symbol, side, price, qty, fee, orderId }) => ({ symbol, side, price, qty, fee, orderId })),
    )
    expect(filled.length).toBeGreaterThan(10)
    expect(starting('trade', 'order filled').length).toBe(filled.length)
    expect(starting('audit', 'deposit 100000 USDT')).toHaveLength(1)
    const refused = Number(/openOrders refused (\d+) order/.exec(warnings.join('\n'))?.[1])
    expect(refused).toBeGreaterThan(0)
    expect(starting('risk', 'openOrders refused: ')).toHaveLength(refused)

    // Every fill of an order that we sent is joined with it; stops come with the order that they protect.
    const sent = new Set(starting('audit', 'order sent').flatMap(({ orderId, stopOrderId }) => [orderId, stopOrderId]))
    expect(filled.every(({ orderId }) => sent.has(orderId))).toBe(true)
    expect(lines.length).toBeLessThan(ROWS)
    expect(new Set(lines.map(({ level }) => level))).toEqual(new Set(['trade', 'audit', 'risk']))
    expect(lines.every(({ seq }, i) => seq > 0 && (i === 0 || seq >= lines[i - 1].seq))).toBe(true)
    expect(lines.every(({ time }) => time >= firstTimeMs && time <= firstTimeMs + ROWS * 60_000)).toBe(true)
    // A log changes nothing.
    expect((JSON.parse((await run(ARGS)).stdout) as BacktestDocument).digest).toBe(digest)
  })

  it('replaces an earlier log, and nothing else', async () => {
    expect((await run(`${ARGS} --log twice.log`)).code).toBe(0)
    const first = readFileSync(join(folder, 'twice.log'), 'utf8')
    expect((await run(`${ARGS} --log twice.log`)).code).toBe(0)
    expect(readFileSync(join(folder, 'twice.log'), 'utf8')).toBe(first)

    const before = readFileSync(join(folder, 'BTCUSDT-1m.csv'), 'utf8')
    const { code, stderr } = await run(`${ARGS} --log BTCUSDT-1m.csv`)
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('is not a log of AutoTrading') as string })
    expect(readFileSync(join(folder, 'BTCUSDT-1m.csv'), 'utf8')).toBe(before)
    expect((await run(`${ARGS} --log gone/run.log`)).stderr).toContain('there is no folder')
    expect((await run(`${ARGS} --log .`)).stderr).toContain('this is a folder')
  })

  it.skipIf(!existsSync('/dev/full'))('says that lines were lost, after the report', async () => {
    const { code, stdout, stderr } = await run(`${ARGS} --log /dev/full`)
    expect(code).toBe(3)
    expect((JSON.parse(stdout) as BacktestDocument).fills.length).toBeGreaterThan(0)
    expect(stderr).toContain('--log /dev/full: the log could not be written to its end')
  })

  it('goes to the standard error stream as JSON where nobody looks on', () => {
    const main = join(import.meta.dirname, 'main.ts')
    const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...ARGS.split(' '), '--log', '-'], {
      cwd: folder,
      encoding: 'utf8',
    })
    expect(status).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ schema: 'autotrading.backtest/1' })
    expect(linesOf(stderr).filter(({ level }) => level === 'trade').length).toBeGreaterThan(10)
  })

  it('warns of what the kernel notes', () => {
    const log = new RunLog(join(folder, 'notes.log'), { color: false })
    const [stream] = log.observers({ instruments: [] })
    const nothing: Decision = { effects: [], targets: [], refusals: [], bookings: [], regimes: [], actions: [], notes: [] }
    stream.observe({ kind: 'link', seq: 7, time: fromMs(1_000), venue: 'binance', up: false }, nothing)
    stream.observe(
      { kind: 'timer', seq: 8, time: fromMs(2_000), timer: 'x' },
      { ...nothing, notes: ['fill 3 was reported before'] },
    )
    log.close()
    log.confirm()
    expect(linesOf(readFileSync(join(folder, 'notes.log'), 'utf8'))).toEqual([
      { level: 'warn', time: 1_000, seq: 7, msg: 'the connection to binance is down' },
      { level: 'warn', time: 2_000, seq: 8, msg: 'fill 3 was reported before' },
    ])
  })
})
