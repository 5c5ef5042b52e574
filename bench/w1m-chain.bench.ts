/**
 * W1m: ten contracts merged by time, four strategies, regimes at every bar, risk parity, limits and sizing, beside W1's chain on
 * the same bars. A first run fills the cache of slow mathematics, which is a line of its own; the others find every answer there.
 */
import { AnswerCache } from '../src/backtest/answer-cache.ts'
import { ModelDesk } from '../src/backtest/model-desk.ts'
import { Recorder } from '../src/backtest/recorder.ts'
import type { World } from '../src/backtest/world.ts'
import { DecisionDigest } from '../src/kernel/decision-digest.ts'
import type { Bench, Result } from './bench.ts'
import { inTurn } from './in-turn.ts'
import { w1mMarkets, w1mWorld, w1OnMany } from './w1m-world.ts'

export const bench: Bench = {
  name: 'w1m',
  title: 'W1m: 10 symbols of 1m bars merged by time, four strategies, regimes, portfolio, limits and sizing',
  goal: "2x of W1's chain on the same bars",
  floor: '4x',
  // Regimes are known after 30 days, 43,200 bars: fewer bars would measure a market nobody trades in.
  run: ({ short }) => measure(short ? 60_000 : 250_000, short ? 1 : 3),
}

function measure(rows: number, rounds: number): readonly Result[] {
  const markets = w1mMarkets(rows)
  const bars = rows * markets.length
  const modelDesk = new ModelDesk({ threads: 0, cache: new AnswerCache(undefined, Infinity) })
  const digests = new Set<string>()
  let fills = 0

  const first = run()
  const { asked, cached, ms } = { ...modelDesk.counts }
  const times = inTurn(
    [
      { name: 'twin', work: runTwin },
      { name: 'W1m', work: () => void run() },
    ],
    { rounds, warmUp: rounds > 1 ? 1 : 0 },
  )
  if (digests.size !== 1) throw new Error('runs of W1m with computed and with cached answers decided differently')
  const again = modelDesk.counts.asked - asked
  if (modelDesk.counts.cached !== again + cached) throw new Error('a second run of W1m asked what the first had not')

  const [twinMs, ourMs] = ['twin', 'W1m'].map((name) => times.get(name) ?? Number.NaN)
  const perSecond = (took: number): number => (bars / took) * 1_000
  return [
    { name: 'W1 on 10 symbols', medianMs: twinMs, unit: 'bars', perSecond: perSecond(twinMs) },
    {
      name: 'W1m',
      medianMs: ourMs,
      unit: 'bars',
      perSecond: perSecond(ourMs),
      ratioToTwin: ourMs / twinMs,
      twin: "W1's chain on the same bars",
      note: `${fills} fills, final equity ${Number(first.kernel.positions.exactEquity(0)) / 1e8}`,
    },
    {
      name: 'W1m refits and optimisations',
      medianMs: ms,
      note: `${asked} questions, ${cached} of them answered before, computed in the run; not part of W1m, which finds all in the cache`,
    },
  ]

  function run(): World {
    let digest: DecisionDigest | undefined
    let recorder: Recorder | undefined
    const made = w1mWorld(markets, {
      modelDesk,
      observers: (kernel) => [(recorder = new Recorder(kernel, rows)), (digest = new DecisionDigest(kernel.instruments))],
    })
    made.run()
    digests.add(digest?.hex() ?? '')
    fills = recorder?.fills.length ?? 0
    return made
  }

  function runTwin(): void {
    w1OnMany(markets, {
      observers: (kernel) => [new Recorder(kernel, rows), new DecisionDigest(kernel.instruments)],
    }).run()
  }
}
