import { expect, it } from 'vitest'
import { prepareMarkets } from '../backtest/prepare.ts'
import type { PreparedMarkets } from '../backtest/prepare.ts'
import { runBacktest } from '../backtest/run.ts'
import type { BacktestSettings } from '../backtest/run.ts'
import { rateOf } from '../core/exact.ts'
import { createPrng } from '../core/random.ts'
import { intervalOf, parseTime, SECOND } from '../core/time.ts'
import type { Duration } from '../core/time.ts'
import { emaCross } from '../strategy/strategies/ema-cross.ts'
import { readParameters } from '../strategy/parameters.ts'
import { audit, openThreads } from './audit/audit.ts'
import { requestOf, shareSetup } from './run-setup.ts'
import { sweep } from './sweep.ts'

/** Several trades a second, so that fills of trades and of bars differ. */
function tradedMarket(): PreparedMarkets {
  const chance = createPrng(5)
  const count = 1_200
  const column = (of: (row: number) => number): Float64Array => Float64Array.from({ length: count }, (_, row) => of(row))
  let [time, ticks] = [parseTime('2024-01-01') as number, 10_000]
  const table = {
    symbol: 'BTCUSDT',
    market: 'perp',
    kind: 'trades',
    length: count,
    id: column((row) => row),
    time: column(() => (time += chance.int(0, SECOND / 4))),
    received: undefined,
    price: column(() => (ticks += chance.int(-3, 3)) / 10),
    qty: column(() => chance.int(1, 9_000) / 1_000),
    buyerIsMaker: Uint8Array.from({ length: count }, () => chance.int(0, 1)),
    decimals: 1,
    qtyDecimals: 3,
    sources: [],
  } as const
  const data = { bars: new Map(), mark: new Map(), funding: new Map(), trades: new Map([['BTCUSDT', table]]) }
  return prepareMarkets({ data, interval: intervalOf('1s'), leverage: 1 })
}

const none = 0 as Duration
const settings: BacktestSettings = {
  capital: '10000',
  seed: 1,
  fills: { takerFee: rateOf('0.0005'), makerFee: rateOf('0.0002'), slippageBps: 0, participation: undefined, touch: false },
  latency: { order: 700_000 as Duration, report: none, data: none },
  risk: {},
  allocation: { fraction: 0.9 },
  riskFree: 0,
}
const params = readParameters('ema-cross', emaCross.parameters, { fast: '3', slow: '6', qty: '0.01' })
const prepared = tradedMarket()
const strategy = { definition: emaCross, params, sha256: null, file: null }
const setup = shareSetup(prepared, [strategy], settings)

it('a run on trades comes to the same in threads as without them', async () => {
  const { manifest } = requestOf(setup, [emaCross])
  const { document } = runBacktest({ prepared, strategies: [strategy], settings, manifest })
  expect(document.summary.fills).toBeGreaterThan(5)
  const [alone] = await sweep({ setup, params: [params], threads: 1 })
  expect(alone.summary).toEqual(document.summary)
  expect(alone.digest).toBe(document.digest)
})

it('an audit of trades is one of the bars built from them, and says so', async () => {
  const threads = openThreads([], 1)
  const manifest = { code: { version: '0', sha256: '' }, data: [], runtime: 'test' }
  const request = { prepared, strategies: [strategy], settings, manifest, seed: 1, quick: true, strict: false, tolerance: 0.2 }
  const { parts, warnings } = await audit({ ...request, preload: [], threads })
  await threads.close()
  expect(parts.find(({ name }) => name === 'determinism')).toMatchObject({ status: 'pass', findings: [] })
  expect(warnings.join()).toContain('built from its trades')
})
