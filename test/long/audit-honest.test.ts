/** What keeps the rules passes: the strategies of the house and the example, on made-up and on recorded markets. */
import { existsSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { auditFiles, closeThreads, configFile, marketFiles, SYMBOLS } from '../audit/audit-files.ts'

let folder: string
let shorter: string
beforeAll(() => {
  folder = marketFiles(1_200, 8)
  shorter = marketFiles(600, 8)
})
afterAll(async () => {
  await closeThreads()
  for (const each of [folder, shorter]) rmSync(each, { recursive: true })
})

const example = fileURLToPath(new URL('../../examples/channel-breakout.ts', import.meta.url))

it.each([
  ['ema-cross', ['fast=5', 'slow=20', 'qty=0.01'], ['BTCUSDT']],
  ['trend-following', ['fast=8', 'slow=30'], SYMBOLS],
  [example, ['entry=24', 'exit=12', 'days=2'], SYMBOLS],
])('%s passes on a made-up market with funding', async (strategy, params, symbols) => {
  const { parts, verdict } = await auditFiles({ strategy, folder, params, symbols })
  const judged = parts.filter(({ name }) => name !== 'jitter' && name !== 'parameters')
  expect(judged.map(({ name, status, text }) => [name, status, text])).toEqual(
    judged.map(({ name, text }) => [name, 'pass', text]),
  )
  expect(verdict).not.toBe('fail')
})

it('several strategies in one account pass: a trend, a pair against made-up spot, regimes, a portfolio', async () => {
  const config = configFile(shorter, [
    { name: 'trend-following', params: { fast: 8, slow: 30 }, share: 0.5 },
    { name: 'funding-arbitrage', params: { lookback: 3, basisBars: 24, enterAnnual: 0.01, horizonDays: 365 }, share: 0.5 },
  ])
  const { parts, strategies, markets } = await auditFiles({ config, folder: shorter, symbols: SYMBOLS })
  expect(strategies?.map(({ name }) => name)).toEqual(['trend-following', 'funding-arbitrage'])
  expect(markets.map(({ symbol }) => symbol)).toEqual(['BTCUSDT', 'ETHUSDT', 'SPOT-BTCUSDT', 'SPOT-ETHUSDT'])
  // What a little noise does to so short a market is not asked here.
  const judged = parts.filter(({ name }) => name !== 'jitter')
  expect(judged.map(({ name, strategy, status }) => [name, strategy ?? 'all', status])).toEqual([
    ['inputs', 'all', 'pass'],
    ['determinism', 'all', 'pass'],
    ['truncation', 'all', 'pass'],
    ['perturbation', 'all', 'pass'],
    ['recursion', 'trend-following', 'pass'],
    ['recursion', 'funding-arbitrage', 'skipped'],
    ['parameters', 'trend-following', expect.stringMatching('pass|warn')],
    ['parameters', 'funding-arbitrage', expect.stringMatching('pass|warn')],
    ['regimes', 'all', 'pass'],
  ])
})

const data = join(
  process.env['AUTOTRADING_SHARED'] ?? join(import.meta.dirname, '../../../shared'),
  'data/klines/BTCUSDT-1d.csv.gz',
)
it.skipIf(!existsSync(data))('ema-cross passes on recorded days, and the same audit says the same', async () => {
  const run = () => auditFiles({ strategy: 'ema-cross', folder: data, params: ['fast=5', 'slow=20', 'qty=0.01'], seed: 4 })
  const [first, second] = [await run(), await run()]
  expect(first.verdict).not.toBe('fail')
  expect(first.parts.slice(0, 5).map(({ status }) => status)).toEqual(Array(5).fill('pass'))
  expect(second).toEqual(first)
})
