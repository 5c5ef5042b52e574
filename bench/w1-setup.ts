/** The workload W1 as a setup that threads share. */
import { rateOf } from '../src/core/exact.ts'
import { intervalOf } from '../src/core/time.ts'
import type { Duration } from '../src/core/time.ts'
import { shareSetup } from '../src/research/run-setup.ts'
import type { RunSetup } from '../src/research/run-setup.ts'
import { emaCross } from '../src/strategy/strategies/ema-cross.ts'
import { readParameters } from '../src/strategy/parameters.ts'
import { eightHourly, randomWalk, w1Market, walkBars } from './w1-world.ts'

export function w1Setup(rows: number): RunSetup {
  const bars = walkBars(randomWalk(rows))
  const none = 0 as Duration
  return shareSetup(
    { markets: [w1Market(bars, eightHourly(bars))], interval: intervalOf('1m'), instruments: [] },
    [{ definition: emaCross, params: readParameters('ema-cross', emaCross.parameters, {}), sha256: null, file: null }],
    {
      capital: '10000000',
      seed: 42,
      fills: { takerFee: rateOf('0.0004'), makerFee: rateOf('0.0002'), slippageBps: 0, participation: undefined, touch: false },
      latency: { order: none, report: none, data: none },
      risk: { drawdown: { enabled: false }, loss: { enabled: false } },
      allocation: { fraction: 0.9 },
      riskFree: 0,
    },
  )
}
