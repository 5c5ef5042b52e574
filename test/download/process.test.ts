/** `data download` as a real process: killed in the middle, interrupted, two at once, and a backtest on what it brought. */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { runFiles } from '../backtest/run-files.ts'
import { BinanceStandIn } from '../standins/binance-archive.ts'
import { filesIn, time } from './run-download.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const main = join(root, 'src/cli/main.ts')
const node = join(root, 'node_modules/.bin/node')
const NOW = time('2024-06-05T10:30Z') / 1_000

let folder = ''
let standIn: BinanceStandIn
let url = ''
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'download-process-'))
  standIn = new BinanceStandIn({
    nowMs: () => NOW,
    listed: { BTCUSDT: [time('2019-09-08T17:00Z'), time('2100-01-01')] },
    slowMs: 3,
  })
  url = await standIn.listen()
})
afterEach(async () => {
  await standIn.close()
  rmSync(folder, { recursive: true })
})

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

function start(args: readonly string[]): { readonly child: ChildProcess; readonly ended: Promise<Ended> } {
  const child = spawn(node, [main, ...args], { cwd: folder, env: { PATH: process.env['PATH'] } })
  const texts = { stdout: '', stderr: '' }
  child.stdout.on('data', (text: Buffer) => (texts.stdout += text.toString()))
  child.stderr.on('data', (text: Buffer) => (texts.stderr += text.toString()))
  return { child, ended: new Promise((done) => child.on('close', (code) => done({ code, ...texts }))) }
}

const WISH = ['data', 'download', 'BTCUSDT', '--interval', '15m', '--from', '2024-05-01', '--kinds', 'klines,mark,funding']
const wish = (): readonly string[] => [...WISH, '--archive-url', url, '--rest-url', url]

/** Resolves when the stand-in has been asked `count` times. */
async function asked(count: number): Promise<void> {
  while (standIn.requests.length < count) await new Promise((done) => setTimeout(done, 5))
}

/** `klines/BTCUSDT-15m-2024-04.zip` as the archive has it, below `data/futures/um/monthly` or `daily`. */
function archived(path: string): string {
  const [kind, name] = path.split('/')
  return kind === 'fundingRate' ? `${kind}/BTCUSDT/${name}` : `${kind}/BTCUSDT/15m/${name}`
}

it('killed in the middle and started again, it has what an undisturbed run has, and asks for nothing twice', async () => {
  const undisturbed = await start([...wish(), '--out', 'whole']).ended
  expect(undisturbed.code, undisturbed.stderr).toBe(0)

  standIn.requests.length = 0
  const kept = new Set<string>()
  for (const count of [9, 16]) {
    const before = standIn.requests.length
    const { child, ended } = start(wish())
    await asked(before + count)
    child.kill('SIGKILL')
    await ended
    // Whatever has its name is whole, at every moment.
    for (const [path, bytes] of filesIn(join(folder, 'data'))) {
      if (path.endsWith('.zip')) kept.add(path)
      expect(bytes, path).toBe(filesIn(join(folder, 'whole')).get(path))
    }
  }
  standIn.requests.length = 0
  const last = await start(wish()).ended
  expect(last.code, last.stderr).toBe(0)
  expect(filesIn(join(folder, 'data'))).toEqual(filesIn(join(folder, 'whole')))
  const fetched = standIn.requests.map(({ path }) => path.split('/').slice(5).join('/'))
  expect(kept.size).toBeGreaterThan(0)
  expect([...kept].filter((path) => fetched.includes(archived(path)))).toEqual([])
})

it('interrupted, it says so with exit code 130; started again, it brings a folder that a backtest reads', async () => {
  const { child, ended } = start(wish())
  await asked(18)
  child.kill('SIGINT')
  const { code, stderr } = await ended
  expect(code).toBe(130)
  expect(stderr).toContain('the same command goes on from there')

  const again = await start([...wish(), '--json', '--quiet']).ended
  expect(again.code, again.stderr).toBe(0)
  expect(again.stderr).toBe('')
  const document = JSON.parse(again.stdout) as {
    readonly schema: string
    readonly files: { readonly downloaded: number; readonly present: number }
    readonly series: readonly { readonly kind: string; readonly holes: readonly unknown[] }[]
    readonly use: readonly string[]
  }
  expect(document.schema).toBe('autotrading.data-download/1')
  expect(document.files.present).toBeGreaterThan(0)
  expect(document.series.map(({ kind, holes }) => [kind, holes])).toEqual([
    ['klines', []],
    ['mark', []],
    ['funding', []],
  ])
  expect(document.use).toEqual([
    'autotrading backtest --strategy trend-following --data data --interval 15m --symbol BTCUSDT --from 2024-05-01',
    'autotrading data validate data',
  ])
  const { document: report } = await runFiles({
    strategy: 'trend-following',
    data: [join(folder, 'data')],
    options: { interval: '15m', symbol: ['BTCUSDT'], from: '2024-05-01' },
  })
  // 35 days of 96 bars, and 42 quarters of an hour.
  expect(report.period.bars).toBe(35 * 96 + 42)
  expect(report.warnings.filter((text) => /missing|no funding|no mark|skipped/.test(text))).toEqual([])
})

it('of two at once the second one gives way and says why', async () => {
  standIn.fault = (_path, count) => (count === 3 ? { kind: 'stall', bytes: 10 } : undefined)
  const first = start(wish())
  await asked(4)
  const second = await start(wish()).ended
  expect(second.code).toBe(3)
  expect(second.stderr).toContain('another download into')
  first.child.kill('SIGTERM')
  expect((await first.ended).code).toBe(130)
})
