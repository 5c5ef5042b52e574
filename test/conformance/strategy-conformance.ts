/**
 * What every strategy has to keep, as a suite that any definition can be run through: those of the house and a user's own.
 *
 * Each check throws when the strategy does not keep it. Markets are generated from seeds, so a failure is repeated by
 * running it again.
 */
import { describe, expect, it } from 'vitest'
import { canonicalJson, decodePlain, encodePlain } from '../../src/core/plain.ts'
import { rateOf } from '../../src/core/exact.ts'
import type { Money } from '../../src/core/exact.ts'
import { createPrng } from '../../src/core/random.ts'
import type { Prng } from '../../src/core/random.ts'
import { HOUR, intervalOf, MILLISECOND } from '../../src/core/time.ts'
import type { Duration, Interval, Micros } from '../../src/core/time.ts'
import { prepareSynthetic } from '../../src/backtest/prepare-synthetic.ts'
import { World } from '../../src/backtest/world.ts'
import type { MarketInput, WorldState } from '../../src/backtest/world.ts'
import type { Decision } from '../../src/domain/decision.ts'
import { DecisionDigest } from '../../src/kernel/decision-digest.ts'
import type { DecisionDigestState } from '../../src/kernel/decision-digest.ts'
import type { Observer } from '../../src/kernel/ports.ts'
import type { Indicator } from '../../src/market/indicators/indicator.ts'
import { LIMITS } from '../../src/risk/limits/list.ts'
import type { VenueBars } from '../../src/sim/venue-bars.ts'
import { readParameters } from '../../src/strategy/parameters.ts'
import type { Parameter, Parameters, ParametersOf, ParameterValue } from '../../src/strategy/parameters.ts'
import type { StrategyDefinition, StrategyInstance } from '../../src/strategy/strategy.ts'

export type Params = ParametersOf<Parameters>

export interface Case {
  readonly definition: StrategyDefinition
  readonly params: Params
  /** Told of the markets before a world is made of them. A strategy has no such thing; one that looks ahead does. */
  announce?(markets: readonly MarketInput[]): void
}

const INTERVAL: Interval = intervalOf('1h')
/** Monday 2024-01-01: bars of every interval begin here. */
const FROM = 1_704_067_200_000_000 as Micros
/** Bars after which the memory of a strategy is looked at, at least; more than this no memory may be. */
const BARS_MIN = 700
const MEMORY_MAX = 20_000
/** Enough that nothing is liquidated and no rounding of shares matters. */
const CAPITAL = (10n ** 17n) as Money

// ---- A run, and what was decided in it --------------------------------------------------------------------------

/** What one event was answered with, when anything was. */
interface Decided {
  readonly time: number
  readonly text: string
  /** Opinions only: what does not depend on the account. */
  readonly signals: readonly string[]
}

const textOf = ({ text }: Decided): string => text

class DecisionLog implements Observer {
  readonly name = 'decision-log'
  readonly decided: Decided[] = []
  observe({ time }: { readonly time: number }, { effects, targets, refusals }: Decision): void {
    if (effects.length + targets.length + refusals.length === 0) return
    const signals = targets.map(({ signal: { instrument, direction, qty, stop, time: at } }) =>
      canonicalJson({ instrument, direction, qty, stop, at }),
    )
    this.decided.push({ time, text: canonicalJson({ effects, targets, refusals }), signals })
  }
}

interface Run {
  readonly world: World
  readonly log: DecisionLog
  readonly digest: DecisionDigest
}

const ms = (count: number): Duration => (count * MILLISECOND) as Duration

function runOf({ definition, params, announce }: Case, markets: readonly MarketInput[]): Run {
  announce?.(markets)
  const log = new DecisionLog()
  const digests: DecisionDigest[] = []
  const world = new World({
    runId: 'conforma',
    seed: 1,
    markets,
    strategies: [{ definition, params, interval: INTERVAL, account: 0 }],
    capital: CAPITAL,
    fills: { takerFee: rateOf('0.0005'), makerFee: rateOf('0.0002'), slippageBps: 0, participation: undefined, touch: false },
    // Reports are on their way when the next bar comes, so that a snapshot has something to hold.
    latency: { order: ms(300), report: ms(700), data: ms(500) },
    risk: Object.fromEntries(LIMITS.map(({ name }) => [name, { enabled: false }])),
    allocation: { fraction: 0.5 },
    observers: (kernel) => {
      digests.push(new DecisionDigest(kernel.instruments))
      return [log, digests[0]]
    },
  })
  return { world, log, digest: digests[0] }
}

function finished(of: Case, markets: readonly MarketInput[]): Run {
  const run = runOf(of, markets)
  run.world.run()
  return run
}

const outcome = ({ world, digest }: Run): unknown => ({
  digest: digest.hex(),
  equity: world.kernel.positions.exactEquity(0).toString(),
  venue: world.venue.account(0).wallet.toString(),
})

// ---- Markets ----------------------------------------------------------------------------------------------------

const generated = new Map<string, readonly MarketInput[]>()

function marketsOf(bars: number, symbols: readonly string[] = ['BTCUSDT', 'ETHUSDT']): readonly MarketInput[] {
  const key = `${bars} ${symbols.join(' ')}`
  const known = generated.get(key)
  if (known !== undefined) return known
  const { markets } = prepareSynthetic({ seed: 7, symbols, from: FROM, bars, interval: INTERVAL, leverage: 1 })
  generated.set(key, markets)
  return markets
}

const memoryOf = ({ definition, params }: Case): number => Math.min(MEMORY_MAX, definition.memory(params))
const lengthFor = (of: Case): number => Math.max(BARS_MIN, 3 * of.definition.warmUp(of.params), memoryOf(of))

/** Rows `from` to `to` with `change` applied to every price of theirs. */
function rowsOf(
  market: MarketInput,
  from: number,
  to: number,
  change: (price: number, row: number) => number = (price) => price,
): MarketInput {
  const { bars } = market
  const column = (of: Float64Array): Float64Array => of.slice(from, to)
  const priced = (of: Float64Array): Float64Array => of.slice(from, to).map((price, i) => change(price, from + i))
  const changed: VenueBars = {
    length: to - from,
    openTime: column(bars.openTime),
    duration: column(bars.duration),
    open: priced(bars.open),
    high: priced(bars.high),
    low: priced(bars.low),
    close: priced(bars.close),
    volume: column(bars.volume),
    mark: undefined,
  }
  return { ...market, bars: changed, funding: undefined }
}

// ---- Parameters -------------------------------------------------------------------------------------------------

/** A value inside the bounds and not far from the default, so that a run stays short. */
function randomValue({ kind, default: usual, min = -Infinity, max = Infinity }: Parameter, prng: Prng): ParameterValue {
  if (kind === 'flag') return prng.float() < 0.5
  if (kind === 'quantity') return usual
  const near = Number(usual) * (0.1 + 0.9 * prng.float())
  return Math.min(max, Math.max(min, kind === 'integer' ? Math.round(near) : near))
}

/** The defaults, and `count` other sets that the strategy does not complain about. */
export function parameterSets(definition: StrategyDefinition, count: number): readonly Params[] {
  const prng = createPrng('parameters').fork(definition.name)
  const sets: Params[] = [readParameters(definition.name, definition.parameters, {})]
  for (let tries = 0; sets.length <= count && tries < 1_000 && Object.keys(definition.parameters).length > 0; tries++) {
    const values = Object.fromEntries(
      Object.entries(definition.parameters).map(([name, parameter]) => [name, String(randomValue(parameter, prng))]),
    )
    const params = readParameters(definition.name, definition.parameters, values)
    if (definition.check?.(params) === undefined) sets.push(params)
  }
  return sets
}

/** Compares lists of texts and says where they part: a whole diff of thousands of decisions helps nobody. */
function sameTexts(actual: readonly string[], expected: readonly string[], what: string): void {
  const at = Array.from({ length: Math.max(actual.length, expected.length) }).findIndex((_, i) => actual[i] !== expected[i])
  if (at >= 0) throw new Error(`${what} differ, the first at ${at}: ${actual[at] ?? 'none'} instead of ${expected[at] ?? 'none'}`)
}

// ---- Checks -----------------------------------------------------------------------------------------------------

/** Places where a run is cut: the first events, and some between them and the end. */
function cutsOf(events: number, prng: Prng, count: number): readonly number[] {
  return [1, 2, ...Array.from({ length: count }, () => prng.int(3, Math.max(3, events - 1)))]
}

/** A snapshot at any event, through text, into a fresh world: the same remaining decisions and the same end. */
function survivesRestart(of: Case): void {
  const markets = marketsOf(lengthFor(of))
  const whole = finished(of, markets)
  const expected = outcome(whole)
  const events = whole.world.bus.nextSeq - 1
  for (const cut of cutsOf(events, createPrng('cuts').fork(of.definition.name), 8)) {
    const before = runOf(of, markets)
    before.world.run(cut)
    const text = encodePlain({ world: before.world.snapshot(), digest: before.digest.snapshot() })
    const after = runOf(of, markets)
    const saved = decodePlain(text) as { readonly world: WorldState; readonly digest: DecisionDigestState }
    after.world.restore(saved.world)
    after.digest.restore(saved.digest)
    after.world.run()
    sameTexts(
      [...before.log.decided, ...after.log.decided].map(textOf),
      whole.log.decided.map(textOf),
      `decisions after a restart at event ${cut}`,
    )
    expect(outcome(after), `the end after a restart at event ${cut}`).toEqual(expected)
  }
}

/** Twice in one process: what another instance did is not known. */
function decidesAlikeTwice(of: Case): void {
  const markets = marketsOf(lengthFor(of))
  expect(outcome(finished(of, markets))).toEqual(outcome(finished(of, markets)))
}

/** Other prices, or none, after a moment change no decision up to it. */
function ignoresTheFuture(of: Case): void {
  const bars = lengthFor(of)
  const markets = marketsOf(bars).map((market) => rowsOf(market, 0, bars))
  const whole = finished(of, markets)
  const prng = createPrng('futures').fork(of.definition.name)
  const kinds = [(row: number) => 1.2 + (row % 7) / 50, (row: number) => 0.8 - (row % 5) / 50, undefined] as const
  const warmUp = of.definition.warmUp(of.params)
  for (let i = 0; i < 6; i++) {
    const cut = prng.int(Math.min(bars - 2, warmUp + 1), bars - 1)
    const factor = kinds[i % kinds.length]
    const changed = markets.map((market) =>
      factor === undefined
        ? rowsOf(market, 0, cut)
        : rowsOf(market, 0, bars, (price, row) => (row < cut ? price : Math.max(1, Math.round(price * factor(row))))),
    )
    // What reached us before the first changed row opened.
    const before = FROM + cut * HOUR
    const upTo = ({ log }: Run): string[] => log.decided.filter(({ time }) => time < before + 1_000 * MILLISECOND).map(textOf)
    sameTexts(upTo(finished(of, changed)), upTo(whole), `decisions before row ${cut}, from which on prices differ,`)
  }
}

/** Instances and indicators as they are made, seen through a definition that passes everything on. */
function watched(of: Case): {
  readonly of: Case
  readonly instances: StrategyInstance[]
  readonly indicators: Indicator[]
  readonly unreadyAt: number[]
} {
  const { definition, params } = of
  const instances: StrategyInstance[] = []
  const indicators: Indicator[] = []
  const unreadyAt: number[] = []
  const warmUp = definition.warmUp(params)
  const wrapped: StrategyDefinition = {
    ...definition,
    create(context, given) {
      const own: Indicator[] = []
      const use = <I extends Indicator>(indicator: I): I => {
        own.push(indicator)
        indicators.push(indicator)
        return context.use(indicator)
      }
      const instance = definition.create({ ...context, use }, given)
      instances.push(instance)
      let bars = 0
      return {
        ...instance,
        onBar(bar, view) {
          const opinion = instance.onBar(bar, view)
          if (bar.interval === INTERVAL) bars += 1
          // The first bar whose opinion is heard is the one after the warm-up.
          if (bars > warmUp && own.some(({ ready }) => !ready)) unreadyAt.push(bars)
          return opinion
        },
      }
    },
  }
  return { of: { ...of, definition: wrapped }, instances, indicators, unreadyAt }
}

/** No opinion is heard before the warm-up, and after it every indicator is ready. */
function warmsUp(of: Case): void {
  const warmUp = of.definition.warmUp(of.params)
  expect(Number.isSafeInteger(warmUp) && warmUp >= 0, `a warm-up of ${warmUp} bars`).toBe(true)
  const seen = watched(of)
  const { log } = finished(seen.of, marketsOf(lengthFor(of)))
  const firstHeard = FROM + (warmUp + 1) * HOUR
  expect(log.decided.filter(({ time }) => time < firstHeard)).toEqual([])
  expect(seen.unreadyAt, `bars after the warm-up of ${warmUp} at which an indicator was not ready`).toEqual([])
}

/** From the declared memory on, a run that began later has the same opinions. */
function forgets(of: Case): void {
  const memory = of.definition.memory(of.params)
  expect(Number.isSafeInteger(memory) && memory >= of.definition.warmUp(of.params), `a memory of ${memory} bars`).toBe(true)
  expect(memory).toBeLessThanOrEqual(MEMORY_MAX)
  const later = 307
  const bars = later + memory + 800
  const [market] = marketsOf(bars, ['BTCUSDT'])
  const early = finished(of, [rowsOf(market, 0, bars)])
  const late = finished(of, [rowsOf(market, later, bars)])
  const from = FROM + (later + memory + 1) * HOUR
  const signals = ({ log }: Run): string[] => log.decided.filter(({ time }) => time >= from).flatMap((each) => each.signals)
  sameTexts(signals(late), signals(early), `opinions ${memory} bars after the later beginning`)
}

/** State is plain data in one object that stays. */
function keepsPlainState(of: Case): void {
  const seen = watched(of)
  const run = runOf(seen.of, marketsOf(lengthFor(of)))
  const states = seen.instances.map(({ state }) => state)
  do {
    for (const [i, { state }] of seen.instances.entries()) {
      expect(state === states[i], 'the state is the object that it was').toBe(true)
      expect(decodePlain(encodePlain(state))).toEqual(state)
    }
  } while (run.world.run(200))
}

export const STRATEGY_CHECKS: Readonly<Record<string, (of: Case) => void>> = {
  'survives a restart at any event': survivesRestart,
  'decides alike twice in one process': decidesAlikeTwice,
  'decides nothing by what comes later': ignoresTheFuture,
  'is silent before its warm-up, and warm after it': warmsUp,
  'decides alike from its declared memory on': forgets,
  'keeps its state as plain data in one object': keepsPlainState,
}

/** How often a case decides: for a suite that wants to know that its checks had something to look at. */
export const decisionsOf = (of: Case): number => finished(of, marketsOf(lengthFor(of))).log.decided.length

/** Registers the whole suite for a definition: its defaults and a few other sets of parameters. */
export function strategyConformance(definition: StrategyDefinition, others = 2): void {
  describe.each(parameterSets(definition, others).map((params) => [canonicalJson(params), params] as const))(
    `${definition.name} %s`,
    (_, params) => {
      it.each(Object.keys(STRATEGY_CHECKS))('%s', (name) => STRATEGY_CHECKS[name]({ definition, params }))
    },
  )
}
