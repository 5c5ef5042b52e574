/** W5: 200 pairs of parameters over 250,000 bars of W1 on two cores, beside the same on one; each in a process of its own. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parameterGrid, sweep } from '../src/research/sweep.ts'
import type { Bench, Result } from './bench.ts'
import { w1Setup } from './w1-setup.ts'

export const bench: Bench = {
  name: 'w5',
  title: 'W5: 200 parameter pairs x 250,000 bars of W1 on two cores',
  goal: 'speed-up >= 1.8 (0.56x), memory < 1.3x of one core',
  floor: 'speed-up 1.5 (0.67x)',
  run: ({ short }) => measure(short ? { rows: 50_000, pairs: 40, rounds: 1 } : { rows: 250_000, pairs: 200, rounds: 3 }),
}

interface Size {
  readonly rows: number
  readonly pairs: number
  readonly rounds: number
}

interface Run {
  readonly ms: number
  readonly peakMb: number
  readonly equities: string
}

const MEBIBYTE = 2 ** 20

function measure({ rows, pairs, rounds }: Size): readonly Result[] {
  const runs: Record<1 | 2, Run[]> = { 1: [], 2: [] }
  // In turn, so that a machine that changes its speed changes it for both.
  for (let round = 0; round < rounds; round++)
    for (const threads of [1, 2] as const) runs[threads].push(inProcess(threads, rows, pairs))
  if (new Set([...runs[1], ...runs[2]].map(({ equities }) => equities)).size !== 1)
    throw new Error('the runs on one core and on two came to different equities')
  const [one, two] = ([1, 2] as const).map((threads) => median(runs[threads].map(({ ms }) => ms)))
  const [oneMb, twoMb] = ([1, 2] as const).map((threads) => median(runs[threads].map(({ peakMb }) => peakMb)))
  const perSecond = (ms: number): number => (rows * pairs * 1_000) / ms
  return [
    { name: 'sweep on one core', medianMs: one, unit: 'bars', perSecond: perSecond(one), peakMemoryMb: oneMb },
    {
      name: 'W5',
      medianMs: two,
      unit: 'bars',
      perSecond: perSecond(two),
      ratioToTwin: two / one,
      twin: 'one core',
      peakMemoryMb: twoMb,
      note: `speed-up ${(one / two).toFixed(2)}, peak memory ${(twoMb / oneMb).toFixed(2)}x of one core`,
    },
  ]
}

const FLAGS = ['--max-inlined-bytecode-size=1000', '--max-inlined-bytecode-size-cumulative=4000']

function inProcess(threads: number, rows: number, pairs: number): Run {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [...FLAGS, fileURLToPath(import.meta.url), '--sweep', String(threads), String(rows), String(pairs)],
    { encoding: 'utf8' },
  )
  if (status !== 0) throw new Error(`the sweep on ${threads} threads ended with ${String(status)}: ${stderr}`)
  return JSON.parse(stdout) as Run
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]

async function runHere(threads: number, rows: number, pairs: number): Promise<void> {
  const setup = w1Setup(rows)
  const axes = {
    fast: Array.from({ length: 10 }, (_, i) => 10 + 2 * i),
    slow: Array.from({ length: Math.ceil(pairs / 10) }, (_, i) => 60 + 10 * i),
  }
  const params = parameterGrid(setup.strategies[0].params, axes).slice(0, pairs)
  const start = performance.now()
  const results = await sweep({ setup, params, threads })
  const ms = performance.now() - start
  const peakMb = Math.round((process.resourceUsage().maxRSS * 1024) / MEBIBYTE)
  const equities = results.map(({ summary }) => summary.finalEquity).join(' ')
  process.stdout.write(JSON.stringify({ ms, peakMb, equities } satisfies Run))
}

const asked = process.argv.indexOf('--sweep')
if (asked > 0) {
  const [threads, rows, pairs] = process.argv.slice(asked + 1).map(Number)
  await runHere(threads, rows, pairs)
}
