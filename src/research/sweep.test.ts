import { describe, expect, it } from 'vitest'
import { prepareSynthetic } from '../backtest/prepare-synthetic.ts'
import { runBacktest } from '../backtest/run.ts'
import type { BacktestSettings } from '../backtest/run.ts'
import { rateOf } from '../core/exact.ts'
import type { Duration } from '../core/time.ts'
import { intervalOf, parseTime } from '../core/time.ts'
import { emaCross } from '../strategy/strategies/ema-cross.ts'
import { readParameters } from '../strategy/parameters.ts'
import { requestOf, shareSetup } from './run-setup.ts'
import { parameterGrid, sweep } from './sweep.ts'

const prepared = prepareSynthetic({
  seed: 2,
  symbols: ['BTCUSDT'],
  from: parseTime('2024-01-01'),
  bars: 600,
  interval: intervalOf('1h'),
  leverage: 1,
})
const params = readParameters('ema-cross', emaCross.parameters, { qty: '0.01' })
const none = 0 as Duration
const settings: BacktestSettings = {
  capital: '10000',
  seed: 1,
  fills: { takerFee: rateOf('0.0005'), makerFee: rateOf('0.0002'), slippageBps: 0, participation: undefined, touch: false },
  latency: { order: none, report: none, data: none },
  risk: {},
  allocation: { fraction: 0.9 },
  riskFree: 0,
}
const setup = shareSetup(prepared, [{ definition: emaCross, params, sha256: null, file: null }], settings)

describe('a sweep', () => {
  it('gives for each set what a backtest with it gives, in the order of the sets', async () => {
    const sets = parameterGrid(params, { fast: [5, 9], slow: [20, 30] })
    expect(sets.map(({ fast, slow }) => [fast, slow])).toEqual([
      [5, 20],
      [5, 30],
      [9, 20],
      [9, 30],
    ])
    let done = 0
    const results = await sweep({ setup, params: sets, threads: 2, onProgress: (count) => (done = count) })
    expect(done).toBe(4)
    for (const [i, { params: own, digest, summary }] of results.entries()) {
      const { document } = runBacktest(requestOf(setup, [emaCross], { params: sets[i] }))
      expect(own).toEqual(sets[i])
      expect(digest).toBe(document.digest)
      expect(summary).toEqual(document.summary)
    }
    expect(new Set(results.map(({ digest }) => digest)).size).toBeGreaterThan(1)
  })
  it('says which run failed', async () => {
    await expect(sweep({ setup: { ...setup, markets: [] }, params: [params], threads: 1 })).rejects.toThrow('no market to run on')
  })
})
