/** The audit of the regimes: the detector passes, whoever smooths or fits on everything is caught. Pure. */
import { describe, expect, it } from 'vitest'
import { createPrng } from '../../core/random.ts'
import { defaultsOf } from '../../core/setting.ts'
import { HOUR, intervalOf } from '../../core/time.ts'
import { smoothStates } from '../../math/hmm/index.ts'
import { REGIME_SETTINGS } from '../../strategy/regimes/detector.ts'
import type { PriceColumns } from '../regimes/regime-bars.ts'
import { auditRegimes, type RegimeTeller } from './regimes.ts'

const SETTINGS = {
  ...defaultsOf(REGIME_SETTINGS),
  enabled: true,
  states: 2,
  refitDays: 8,
  window: 300,
  minimumSample: 240,
  percentileDays: 8,
  warmUpDays: 4,
  liquidityDays: 4,
}

function market(length: number): Parameters<typeof auditRegimes>[0][number] {
  const prng = createPrng('regime audit test')
  const column = (): Float64Array => new Float64Array(length)
  const bars = {
    length,
    openTime: column(),
    duration: column().fill(HOUR),
    open: column(),
    high: column(),
    low: column(),
    close: column(),
    volume: column(),
    mark: undefined,
  }
  let price = 10_000
  for (let i = 0; i < length; i++) {
    const deviation = Math.floor(i / 90) % 2 === 0 ? 0.003 : 0.012
    bars.openTime[i] = i * HOUR
    bars.open[i] = price
    price *= 1 + deviation * prng.normal()
    bars.close[i] = price
    bars.high[i] = Math.max(bars.open[i], price) * 1.001
    bars.low[i] = Math.min(bars.open[i], price) * 0.999
    bars.volume[i] = 10 + prng.float()
  }
  return { spec: { symbol: 'BTCUSDT' } as Parameters<typeof auditRegimes>[0][number]['spec'], bars }
}

const judge = (teller?: RegimeTeller): ReturnType<typeof auditRegimes> =>
  auditRegimes([market(600)], intervalOf('1h'), SETTINGS, 3, ...(teller === undefined ? [] : ([() => teller] as const)))

const changes = ({ close, length }: PriceColumns): number[] =>
  Array.from({ length }, (_, i) => (i === 0 ? 0 : close[i] / close[i - 1] - 1))

describe('the audit of the regimes', () => {
  it('passes the detector, refits included', () => {
    const part = judge()
    expect(part).toMatchObject({
      name: 'regimes',
      status: 'pass',
      findings: [],
      figures: { bars: 600, markets: 1, differences: 0 },
    })
    expect(part.runs).toBeGreaterThan(6)
  })

  it('catches smoothed probabilities', () => {
    const model = {
      start: [0.5, 0.5],
      transition: [
        [0.98, 0.02],
        [0.02, 0.98],
      ],
      means: [[0], [0]],
      variances: [[9e-6], [1.44e-4]],
    }
    const part = judge((bars) => smoothStates(model, changes(bars)).smoothed.map((p) => `R5 ${p.join(' ')}`))
    expect(part.status).toBe('fail')
    expect(part.findings[0]).toMatchObject({ kind: 'look-ahead', decision: { symbol: 'BTCUSDT' } })
  })

  it('catches a threshold from the whole series', () => {
    const part = judge((bars) => {
      const all = changes(bars).map(Math.abs)
      const mean = all.reduce((a, b) => a + b, 0) / all.length
      return all.map((x) => (x > 3 * mean ? 'R7 0 0 0 0 0 0 1 0' : 'R5 0 0 0 0 1 0 0 0'))
    })
    expect(part.status).toBe('fail')
    expect(part.findings[0].text).toContain('the regime of BTCUSDT at 1970-01-')
  })

  it('has nothing to judge without bars', () => {
    expect(auditRegimes([], intervalOf('1h')).status).toBe('skipped')
  })
})
