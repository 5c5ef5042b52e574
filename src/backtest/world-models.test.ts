/** A run decides alike whoever computes its slow mathematics, and may be cut while an answer is still being computed. */
import { afterAll, describe, expect, it } from 'vitest'
import { rateOf } from '../core/exact.ts'
import type { Money } from '../core/exact.ts'
import { decodePlain, encodePlain } from '../core/plain.ts'
import { defaultsOf } from '../core/setting.ts'
import { intervalOf } from '../core/time.ts'
import type { Duration, Micros } from '../core/time.ts'
import type { ModelAnswer } from '../domain/event.ts'
import { DecisionDigest } from '../kernel/decision-digest.ts'
import type { DecisionDigestState } from '../kernel/decision-digest.ts'
import { PORTFOLIO_DEFAULTS } from '../portfolio/settings.ts'
import { readParameters } from '../strategy/parameters.ts'
import { REGIME_SETTINGS } from '../strategy/regimes/settings.ts'
import { trendFollowing } from '../strategy/strategies/trend-following.ts'
import { AnswerCache } from './answer-cache.ts'
import { ModelDesk } from './model-desk.ts'
import { modelDeskOf } from './models.ts'
import { prepareSynthetic } from './prepare-synthetic.ts'
import { World } from './world.ts'
import type { WorldState } from './world.ts'

const interval = intervalOf('1h')
const none = 0 as Duration
const { markets } = prepareSynthetic({
  symbols: ['BTCUSDT', 'ETHUSDT'],
  seed: 5,
  from: 1_704_067_200_000_000 as Micros,
  bars: 420,
  interval,
  leverage: 1,
})
const services: ModelDesk[] = []
afterAll(() => Promise.all(services.map((each) => each.close())))

interface Run {
  readonly world: World
  readonly digest: DecisionDigest
  /** Time of each answer and of what. */
  readonly answers: string[]
  /** Numbers of those events. */
  readonly answeredAt: number[]
}

function runOf(modelDesk?: ModelDesk): Run {
  const digests: DecisionDigest[] = []
  const answers: string[] = []
  const answeredAt: number[] = []
  if (modelDesk !== undefined) services.push(modelDesk)
  const world = new World({
    runId: 'modelled',
    seed: 3,
    markets,
    strategies: [
      {
        definition: trendFollowing,
        params: readParameters('trend-following', trendFollowing.parameters, { fast: '5', slow: '20' }),
        interval,
        account: 0,
      },
    ],
    capital: (100_000n * 10n ** 8n) as Money,
    fills: { takerFee: rateOf('0.0005'), makerFee: rateOf('0.0002'), slippageBps: 0, participation: undefined, touch: false },
    latency: { order: none, report: none, data: none },
    risk: {},
    allocation: { fraction: 0.9 },
    portfolio: { ...PORTFOLIO_DEFAULTS, method: 'risk-parity', leastDays: 10 },
    regimes: {
      ...defaultsOf(REGIME_SETTINGS),
      enabled: true,
      states: 2,
      minimumSample: 200,
      window: 200,
      refitDays: 4,
      warmUpDays: 2,
      delayBars: 3,
    },
    ...(modelDesk && { modelDesk }),
    observers: (kernel) => {
      digests.push(new DecisionDigest(kernel.instruments))
      const watch = {
        name: 'watch',
        observe: (event: { readonly kind: string; readonly time: number; readonly seq: number }) => {
          if (event.kind !== 'model-answer') return
          answers.push(`${event.time} ${(event as ModelAnswer).request}`)
          answeredAt.push(event.seq)
        },
      }
      return [digests[0], watch]
    },
  })
  return { world, digest: digests[0], answers, answeredAt }
}

const end = ({ world, digest }: Run): unknown => [digest.hex(), encodePlain(world.snapshot())]
const whole = runOf()
whole.world.run()
const expected = end(whole)

describe('a run with slow mathematics', () => {
  it('asks for some', () => {
    expect(whole.answers.length).toBeGreaterThan(8)
    expect(whole.world.kernel.view.regime(0)?.label).toBeDefined()
  })

  it('decides alike with a service, with a worker, and with answers from the cache', () => {
    const cache = new AnswerCache()
    const here = new ModelDesk({ threads: 0, cache })
    const again = new ModelDesk({ threads: 1, cache })
    for (const service of [here, new ModelDesk({ threads: 1 }), again]) {
      const run = runOf(service)
      run.world.run()
      expect(end(run)).toEqual(expected)
      expect(run.answers).toEqual(whole.answers)
    }
    expect(again.counts.cached).toBe(again.counts.asked)
    // Some questions of a run are the same.
    expect(here.counts.asked).toBe(again.counts.asked)
    expect(here.counts.cached).toBeLessThan(here.counts.asked / 2)
  })

  it('goes on from a snapshot that was taken while an answer was under way', () => {
    const service = new ModelDesk({ threads: 1 })
    let under = 0
    // While it is computed, and just before it is due.
    const cuts = [whole.answeredAt[0] - 4, whole.answeredAt[1] - 1, (whole.answeredAt.at(-1) ?? 0) - 1]
    for (const cut of cuts) {
      const before = runOf(service)
      before.world.run(cut)
      const state = before.world.snapshot()
      under += state.timeline.appointments.entries.filter(({ payload }) => payload.kind === 'model-answer').length
      const text = encodePlain({ world: state, digest: before.digest.snapshot() })
      const saved = decodePlain(text) as { readonly world: WorldState; readonly digest: DecisionDigestState }
      // Neither the run that was cut nor the one that goes on from there notices.
      before.world.run()
      expect(end(before), `cut at ${cut}`).toEqual(expected)
      const after = runOf(service)
      after.world.restore(saved.world)
      after.digest.restore(saved.digest)
      after.world.run()
      expect(end(after), `cut at ${cut}`).toEqual(expected)
    }
    expect(under).toBeGreaterThan(0)
  }, 60_000)
})

describe('the services of the process', () => {
  it('are shared by runs that are set alike', () => {
    const one = modelDeskOf({ cache: true, threads: 0 })
    expect(modelDeskOf({ cache: true, threads: 0 })).toBe(one)
    expect(modelDeskOf({ cache: false, threads: 0 })).not.toBe(one)
    one.begin('portfolio', null)
    expect(one.counts.asked).toBe(1)
  })
})
