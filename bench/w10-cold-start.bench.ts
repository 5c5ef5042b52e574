/** W10: a cold process runs `backtest` over 50,000 one-hour bars of one symbol and writes its JSON, beside an empty process. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { randomWalk } from '../test/twins/random-walk.ts'
import type { Bench, Result } from './bench.ts'

const ROWS = 50_000
const HOUR_MS = 3_600_000
const START_MS = 1_567_962_000_000

export const bench: Bench = {
  name: 'w10',
  title: 'W10: cold process, backtest of 50,000 1h bars, report as JSON',
  goal: '< 0.8 s more than an empty process',
  floor: '2 s',
  run: ({ short }) => measure(short ? 3 : 7),
}

function measure(rounds: number): readonly Result[] {
  const folder = mkdtempSync(join(tmpdir(), 'w10-'))
  const data = join(folder, 'BTCUSDT-1h.csv.gz')
  writeFileSync(data, gzipSync(csv()))
  const launcher = fileURLToPath(new URL('../autotrading', import.meta.url))
  const ours = [
    'backtest',
    '--strategy',
    'ema-cross',
    '--data',
    data,
    '--participation',
    'none',
    '--capital',
    '10000000',
    '--set',
    'risk.drawdown.enabled=false',
    '--set',
    'risk.loss.enabled=false',
    '--json',
    join(folder, 'report.json'),
    '--quiet',
  ]
  const times: Record<'empty' | 'backtest', number[]> = { empty: [], backtest: [] }
  for (let round = 0; round <= rounds; round++) {
    const empty = timed(process.execPath, ['-e', '0'])
    const backtest = timed(launcher, ours)
    // The first round warms the file cache and the compile cache, as any second run of a user finds them.
    if (round > 0) {
      times.empty.push(empty)
      times.backtest.push(backtest)
    }
  }
  rmSync(folder, { recursive: true })
  const [empty, backtest] = [median(times.empty), median(times.backtest)]
  return [
    { name: 'empty process', medianMs: empty },
    {
      name: 'W10',
      medianMs: backtest,
      ratioToTwin: backtest / empty,
      twin: 'empty process',
      note: `${((backtest - empty) / 1_000).toFixed(2)} s more`,
    },
  ]
}

function timed(command: string, args: readonly string[]): number {
  const start = performance.now()
  const { status, stderr } = spawnSync(command, args, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${command} ended with ${String(status)}: ${stderr}`)
  return performance.now() - start
}

function csv(): string {
  const walk = randomWalk(ROWS)
  const lines = ['open_time_ms,open,high,low,close,volume,quote_volume,trades,taker_buy_base']
  for (let i = 0; i < ROWS; i++)
    lines.push(`${START_MS + i * HOUR_MS},${walk.open[i]},${walk.high[i]},${walk.low[i]},${walk.close[i]},${walk.volume[i]},,,`)
  return `${lines.join('\n')}\n`
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]
