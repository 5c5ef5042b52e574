/** `data download` as a real process: killed in the middle, interrupted, two at once, and a backtest on what it brought. */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, expect, it } from 'vitest'
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
    slowMs: 4,
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

const WISH = ['data', 'download', 'BTCUSDT', '--interval', '15m', '--from', '2024-04-01', '--kinds', 'klines,mark,funding']
const wish = (): readonly string[] => [...WISH, '--archive-url', url, '--rest-url', url]

/** Resolves when the stand-in has been asked `count` times. */
async function asked(count: number): Promise<void> {
  while (standIn.requests.length < count) await new Promise((done) => setTimeout(done, 5))
}

it('killed in the middle and started again, it has what an undisturbed run has, and asks for nothing twice', async () => {
  const undisturbed = await start([...wish(), '--out', 'whole']).ended
  expect(undisturbed.code, undisturbed.stderr).toBe(0)

  standIn.requests.length = 0
  const kept = new Set<string>()
  for (const count of [5, 9, 13]) {
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
  const names = new Set(standIn.requests.map(({ path }) => path.split('/').at(-1)))
  expect([...kept].filter((path) => path.startsWith('fundingRate') && names.has(path.split('/')[1]))).toEqual([])
})

it('interrupted, it says so with exit code 130 and goes on later; then there is nothing to do', async () => {
  const { child, ended } = start(wish())
  await asked(8)
  child.kill('SIGINT')
  const { code, stderr } = await ended
  expect(code).toBe(130)
  expect(stderr).toContain('the same command goes on from there')
  expect((await start(wish()).ended).code).toBe(0)
  const again = await start(wish()).ended
  expect(again.code).toBe(0)
  expect(again.stdout).toMatch(/^Nothing to do: \d+ files were there already\.$/m)
})

it('two at once: one of them waits for no one and says why', async () => {
  const first = start(wish())
  await asked(3)
  const second = await start(wish()).ended
  expect(second.code).toBe(3)
  expect(second.stderr).toContain('another download into')
  expect((await first.ended).code).toBe(0)
})

it('gives a document, and a folder that a backtest reads as its last lines say', async () => {
  const { code, stdout, stderr } = await start([...wish(), '--json', '--quiet']).ended
  expect(code, stderr).toBe(0)
  expect(stderr).toBe('')
  const document = JSON.parse(stdout) as {
    schema: string
    use: string[]
    files: unknown
    series: { kind: string; holes: unknown[] }[]
  }
  expect(document.schema).toBe('autotrading.data-download/1')
  expect(document.series.map(({ kind, holes }) => [kind, holes])).toEqual([
    ['klines', []],
    ['mark', []],
    ['funding', []],
  ])
  const [backtest] = document.use
  const report = join(folder, 'report.json')
  const ran = await start([...backtest.split(' ').slice(1), '--quiet', '--json', report]).ended
  expect(ran.code, ran.stderr).toBe(0)
  const { period, warnings } = JSON.parse(readFileSync(report, 'utf8')) as { period: { bars: number }; warnings: string[] }
  // 65 days of 96 bars, and 42 quarters of an hour.
  expect(period.bars).toBe(65 * 96 + 42)
  expect(warnings.filter((text) => /mark|funding|missing/.test(text))).toEqual([])
})

it('says what is wrong: nothing found, a bad word, a host that is not there', async () => {
  const codes = await Promise.all(
    [
      ['NONEUSDT', '--interval', '1h', '--from', '2024-06-01', '--to', '2024-06-02'],
      ['BTCUSDT', '--interval', '1h', '--from', '2024-06-01', '--kinds', 'klins'],
      ['BTCUSD_PERP', '--interval', '1h', '--from', '2024-06-01'],
    ].map(async (words) => {
      const { code, stderr } = await start(['data', 'download', ...words, '--archive-url', url, '--rest-url', url]).ended
      return [code, stderr.split(/[.?] /)[0]]
    }),
  )
  expect(codes).toEqual([
    [2, expect.stringContaining('nothing was found of NONEUSDT')],
    [2, expect.stringContaining("--kinds names 'klins'")],
    [2, expect.stringContaining('COIN-M')],
  ])
})
