/**
 * The same inputs give the same decisions: twice, with the markets named in another order, and cut at any event.
 * The golden digests in `test/golden/digests.json` are changed only by who knows why they changed.
 */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { rateOf } from '../../src/core/exact.ts'
import type { Money } from '../../src/core/exact.ts'
import { canonicalJson, decodePlain, encodePlain } from '../../src/core/plain.ts'
import { intervalOf, MILLISECOND } from '../../src/core/time.ts'
import type { Duration, Micros } from '../../src/core/time.ts'
import { prepareSynthetic } from '../../src/backtest/prepare-synthetic.ts'
import type { PreparedMarkets } from '../../src/backtest/prepare.ts'
import { runBacktest } from '../../src/backtest/run.ts'
import type { BacktestSettings } from '../../src/backtest/run.ts'
import { World } from '../../src/backtest/world.ts'
import type { MarketInput, WorldState } from '../../src/backtest/world.ts'
import type { Decision } from '../../src/domain/decision.ts'
import type { Event } from '../../src/domain/event.ts'
import { DecisionDigest } from '../../src/kernel/decision-digest.ts'
import type { DecisionDigestState } from '../../src/kernel/decision-digest.ts'
import { LIMITS } from '../../src/risk/limits/list.ts'
import { STRATEGIES } from '../../src/strategy/list.ts'
import { readParameters } from '../../src/strategy/parameters.ts'
import type { StrategySpec } from '../../src/kernel/kernel.ts'

const FROM = 1_704_067_200_000_000 as Micros
const ms = (count: number): Duration => (count * MILLISECOND) as Duration

const synthetic = (symbols: readonly string[], bars: number): PreparedMarkets =>
  prepareSynthetic({ seed: 11, symbols, from: FROM, bars, interval: intervalOf('15m'), leverage: 3 })

function choice(name: string, given: Readonly<Record<string, string>>) {
  const definition = STRATEGIES.find((each) => each.name === name)!
  return { definition, params: readParameters(name, definition.parameters, given), sha256: null }
}
const QUICK = { fast: '3', slow: '9', atr: '5' }
const EXACT = choice('ema-cross', { ...QUICK, mult: '1', qty: '0.5' })
const SIZED = choice('trend-following', { ...QUICK, stop: '1' })

const SETTINGS: BacktestSettings = {
  capital: '100000',
  seed: 5,
  fills: { takerFee: rateOf('0.0005'), makerFee: rateOf('0.0002'), slippageBps: 1, participation: 0.1, touch: false },
  latency: { order: ms(200), report: ms(400), data: ms(100) },
  risk: {
    leverage: { max: 3 },
    ...Object.fromEntries(
      ['drawdown', 'loss', 'liquidation', 'marginUse', 'minimumFreeEquity', 'valueAtRisk', 'expectedShortfall'].map((name) => [
        name,
        { enabled: false },
      ]),
    ),
  },
  allocation: { fraction: 0.9 },
  riskFree: 0,
}
const MANIFEST = { code: { version: '0', commit: null, dirty: null }, config: {}, data: [], runtime: {}, synthetic: null }

const backtest = (prepared: PreparedMarkets, strategy: typeof EXACT, settings: BacktestSettings = SETTINGS) =>
  runBacktest({
    prepared,
    strategies: [strategy],
    settings,
    manifest: MANIFEST as unknown as Parameters<typeof runBacktest>[0]['manifest'],
  }).document

describe('a backtest', () => {
  it('gives the same document twice in one process', () => {
    const one = backtest(synthetic(['BTCUSDT', 'ETHUSDT'], 1_500), SIZED)
    expect(one.fills.length).toBeGreaterThan(50)
    expect(backtest(synthetic(['BTCUSDT', 'ETHUSDT'], 1_500), SIZED)).toEqual(one)
  })

  it('does not know in which order the symbols were named', () => {
    const [one, other] = [
      ['BTCUSDT', 'ETHUSDT', 'SOLUSDT'],
      ['SOLUSDT', 'ETHUSDT', 'BTCUSDT'],
    ].map((symbols) => synthetic(symbols, 800))
    const expected = backtest(one, SIZED)
    expect(expected.fills.length).toBeGreaterThan(50)
    expect(backtest(other, SIZED)).toEqual(expected)
    const { digest, fills } = backtest({ ...one, markets: [...one.markets].reverse() }, SIZED)
    expect({ digest, fills }).toEqual({ digest: expected.digest, fills: expected.fills })
  })

  it('does not know where a seed is not used', () => {
    const prepared = synthetic(['BTCUSDT'], 800)
    expect(backtest(prepared, SIZED, { ...SETTINGS, seed: 6 }).digest).toBe(backtest(prepared, SIZED).digest)
  })
})

interface Run {
  readonly world: World
  readonly digest: DecisionDigest
  /** Fills as the kernel heard of them, without numbers that depend on the order of markets. */
  readonly fills: string[]
  readonly decided: string[]
}

function runOf(
  markets: readonly MarketInput[],
  strategies: readonly StrategySpec[],
  settings: Partial<BacktestSettings> = {},
): Run {
  const fills: string[] = []
  const decided: string[] = []
  const digests: DecisionDigest[] = []
  const world = new World({
    ...SETTINGS,
    ...settings,
    runId: 'determin',
    markets,
    strategies,
    capital: (100_000n * 10n ** 8n) as Money,
    observers(kernel) {
      const watch = {
        name: 'watch',
        observe(event: Event, { effects, targets, refusals }: Decision): void {
          if (event.kind === 'order-filled') {
            const { instrument, tradeId: _, clientOrderId: _id, ...fill } = event.fill!
            fills.push(canonicalJson({ ...fill, symbol: kernel.instruments[instrument].symbol }))
          }
          if (effects.length + targets.length + refusals.length > 0)
            decided.push(canonicalJson({ seq: event.seq, effects, targets, refusals }))
        },
      }
      digests.push(new DecisionDigest(kernel.instruments))
      return [watch, digests[0]]
    },
  })
  return { world, digest: digests[0], fills, decided }
}

const spec = ({ definition, params }: typeof EXACT): StrategySpec => ({
  definition,
  params,
  interval: intervalOf('15m'),
  account: 0,
})

describe('a world', () => {
  it('fills alike whatever the order of its markets, when sizes do not depend on it', () => {
    const { markets } = synthetic(['BTCUSDT', 'ETHUSDT'], 1_000)
    const unbound = {
      risk: Object.fromEntries(LIMITS.map(({ name }) => [name, { enabled: false }])),
    }
    const [one, other] = [markets, [...markets].reverse()].map((each) => {
      const run = runOf(each, [spec(EXACT)], unbound)
      run.world.run()
      return run
    })
    expect(one.fills.length).toBeGreaterThan(100)
    expect(other.fills.toSorted()).toEqual(one.fills.toSorted())
    expect(other.world.kernel.positions.exactEquity(0)).toBe(one.world.kernel.positions.exactEquity(0))
  })

  // Reversals, partial fills, stops, funding; reports under way when it is cut.
  const markets = synthetic(['BTCUSDT', 'ETHUSDT'], 500).markets
  const strategies = [spec(SIZED)]
  const cutRun = (): Run => runOf(markets, strategies)

  it('goes on from a snapshot at every k-th event as if nothing had happened', () => {
    const whole = cutRun()
    whole.world.run()
    const events = whole.world.bus.nextSeq - 1
    expect(whole.fills.length).toBeGreaterThan(60)
    const end = (run: Run): unknown => [run.digest.hex(), encodePlain(run.world.snapshot())]
    const expected = end(whole)
    for (let cut = 1; cut < events; cut += 41) {
      const before = cutRun()
      before.world.run(cut)
      const text = encodePlain({ world: before.world.snapshot(), digest: before.digest.snapshot() })
      const after = cutRun()
      const saved = decodePlain(text) as { readonly world: WorldState; readonly digest: DecisionDigestState }
      after.world.restore(saved.world)
      after.digest.restore(saved.digest)
      // A snapshot of what was restored is that snapshot.
      expect(encodePlain(after.world.snapshot())).toBe(encodePlain(saved.world))
      after.world.run()
      expect([...before.decided, ...after.decided], `cut at event ${cut} of ${events}`).toEqual(whole.decided)
      expect(end(after), `cut at event ${cut} of ${events}`).toEqual(expected)
    }
  })

  it('runs the same in slices of any size', () => {
    const whole = cutRun()
    whole.world.run()
    for (const slice of [1, 7, 1_000]) {
      const run = cutRun()
      while (run.world.run(slice));
      expect([slice, run.digest.hex()]).toEqual([slice, whole.digest.hex()])
    }
  })

  it('has the virtual book agree with the net position at every event', () => {
    const run = cutRun()
    const { view } = run.world.kernel
    let held = 0
    while (run.world.run(1))
      for (const of of [0, 1]) {
        // Runners are made instrument by instrument.
        const book = view.bookQty(of, of)
        expect(book).toBe(view.netQty(0, of))
        if (book !== 0) held += 1
      }
    expect(held).toBeGreaterThan(100)
  })
})

describe('golden digests', () => {
  const stored = JSON.parse(readFileSync(new URL('../golden/digests.json', import.meta.url), 'utf8')) as Record<string, string>
  const runs: Readonly<Record<string, () => string>> = {
    'ema-cross, synthetic 11, BTCUSDT ETHUSDT, 1000 x 15m': () =>
      backtest(synthetic(['BTCUSDT', 'ETHUSDT'], 1_000), EXACT).digest,
    'trend-following, synthetic 11, BTCUSDT ETHUSDT SOLUSDT, 1000 x 15m': () =>
      backtest(synthetic(['BTCUSDT', 'ETHUSDT', 'SOLUSDT'], 1_000), SIZED).digest,
  }
  it.each(Object.keys(runs))('%s', (name) => expect(runs[name]()).toBe(stored[name]))
  it('has no digest of a run that is no more', () =>
    expect(Object.keys(stored).filter((name) => name !== '//')).toEqual(Object.keys(runs)))
})
