/**
 * Whether the regimes see the future: labels and probabilities of every bar before a cut have to be the same when what comes after it
 * is left out, and when it is another. Refits are part of it: each asks for its window, and an answer comes with its delay.
 *
 * Pure.
 */
import { createPrng, type Prng } from '../../core/random.ts'
import { defaultsOf } from '../../core/setting.ts'
import { barEnd, formatMinute, toMs } from '../../core/time.ts'
import type { Interval, Micros } from '../../core/time.ts'
import type { MarketInput } from '../../backtest/world.ts'
import { REGIME_IDS } from '../../domain/regime.ts'
import { RegimeDetector, REGIME_MODELS, REGIME_SETTINGS, type RegimeValues } from '../../strategy/regimes/detector.ts'
import { replayDetector } from '../../strategy/regimes/replay.ts'
import { barsOfInterval, eachBar, type PriceColumns } from '../regimes/regime-bars.ts'
import { KnownAnswers } from './model-answers.ts'
import type { Finding, Part } from './verdict.ts'

/** What was said at each bar: a line of text with label and probabilities, to the last bit. */
export type RegimeTeller = (bars: PriceColumns) => readonly string[]

/** Cuts of a market, and bars of another future after each. */
const CUTS = 4
const AHEAD = 200

type AuditedMarket = Pick<MarketInput, 'spec' | 'bars'>

/** The part of an audit for all markets; `tellerFor` is the detector unless a test brings something else. */
export function auditRegimes(
  markets: readonly AuditedMarket[],
  interval: Interval,
  settings: RegimeValues = defaultsOf(REGIME_SETTINGS),
  seed: number | string = 1,
  tellerFor: () => RegimeTeller = () => detectorTeller(interval, settings, seed),
): Part {
  const prng = createPrng(seed).fork('regime audit')
  const findings: Finding[] = []
  let runs = 0
  let bars = 0
  for (const { spec, bars: rows } of markets) {
    const columns = barsOfInterval(rows, (row) => rows.duration[row], interval)
    if (columns.length < 2) continue
    const tell = tellerFor()
    const whole = tell(columns)
    bars += columns.length
    runs += 1
    for (const cut of cutsOf(columns.length, prng.fork(spec.symbol))) {
      const trials: readonly (readonly [how: string, told: readonly string[]])[] = [
        ['nothing came after', tell(firstBars(columns, cut))],
        ['other bars came after', tell(otherFuture(columns, cut, interval, prng.fork(`${spec.symbol} ${cut}`)))],
      ]
      runs += trials.length
      for (const [how, told] of trials) {
        const at = firstDifference(whole, told, cut)
        if (at !== undefined)
          findings.push(findingOf(spec.symbol, columns, at, { cut, how, given: whole[at], changed: told[at], interval }))
      }
    }
  }
  if (runs === 0) return { name: 'regimes', status: 'skipped', text: 'no market has two bars', runs, findings, figures: {} }
  return {
    name: 'regimes',
    status: findings.length === 0 ? 'pass' : 'fail',
    text:
      findings.length === 0
        ? `labels and probabilities of ${bars} bars stay as they were with other futures`
        : 'regimes of the past change with what comes after',
    runs,
    findings: findings.slice(0, 1),
    figures: { bars, markets: markets.length, differences: findings.length },
  }
}

function detectorTeller(interval: Interval, settings: RegimeValues, seed: number | string): RegimeTeller {
  const known = new KnownAnswers()
  const models = Object.fromEntries(
    Object.entries(REGIME_MODELS).map(([name, compute]) => [name, (inputs: unknown) => known.answer(name, inputs, compute)]),
  )
  return (bars) => {
    const out: string[] = []
    let text = ''
    const detector = new RegimeDetector({ instrument: 0, interval, settings, seed })
    replayDetector(detector, eachBar(bars, interval), {
      models,
      onBar: (_, { state }, changed) => {
        if (changed || text === '') text = `${state.label} ${state.probabilities.join(' ')}`
        out.push(text)
      },
    })
    return out
  }
}

/** One in each part of the series, the end included. */
function cutsOf(length: number, prng: Prng): readonly number[] {
  const size = length / CUTS
  const cuts = Array.from({ length: CUTS }, (_, i) => Math.floor(i * size + prng.float() * size))
  return [...new Set(cuts.map((cut) => Math.min(length - 1, Math.max(1, cut))))]
}

const columnsBy = (bars: PriceColumns, map: (column: Float64Array) => Float64Array): PriceColumns => {
  const openTime = map(bars.openTime)
  const [open, high, low, close, volume] = [bars.open, bars.high, bars.low, bars.close, bars.volume].map(map)
  return { length: openTime.length, openTime, open, high, low, close, volume }
}

const firstBars = (bars: PriceColumns, cut: number): PriceColumns => columnsBy(bars, (column) => column.slice(0, cut))

/** The same up to the cut, then jumps, crashes and silence. */
function otherFuture(bars: PriceColumns, cut: number, interval: Interval, prng: Prng): PriceColumns {
  const out = columnsBy(bars, (column) => {
    const longer = new Float64Array(cut + AHEAD)
    longer.set(column.subarray(0, cut))
    return longer
  })
  for (let i = cut; i < out.length; i++) {
    const before = out.close[i - 1]
    const close = before * (1 + 0.04 * (prng.float() - 0.5)) * (prng.chance(0.02) ? 0.8 : 1)
    out.openTime[i] = barEnd(out.openTime[i - 1] as Micros, interval)
    out.open[i] = before
    out.close[i] = close
    out.high[i] = Math.max(before, close) * (1 + 0.01 * prng.float())
    out.low[i] = Math.min(before, close) * (1 - 0.01 * prng.float())
    out.volume[i] = prng.chance(0.1) ? 0 : out.volume[cut - 1] * 20 * prng.float()
  }
  return out
}

function firstDifference(one: readonly string[], other: readonly string[], bars: number): number | undefined {
  for (let i = 0; i < bars; i++) if (one[i] !== other[i]) return i
  return undefined
}

function findingOf(
  symbol: string,
  columns: PriceColumns,
  at: number,
  found: {
    readonly cut: number
    readonly how: string
    readonly given: string | undefined
    readonly changed: string | undefined
    readonly interval: Interval
  },
): Finding {
  const time = barEnd(columns.openTime[at] as Micros, found.interval)
  const end = formatMinute(columns.openTime[found.cut] as Micros)
  return {
    kind: 'look-ahead',
    text: `the regime of ${symbol} at ${formatMinute(time)} is another when ${found.how} from ${end} on`,
    next: 'Look for smoothed probabilities, moments of the whole series, or fits that are used before they can be known.',
    decision: {
      timeMs: toMs(time),
      symbol,
      given: inWords(found.given),
      changed: inWords(found.changed),
      how: `bars from ${end} on: ${found.how}`,
    },
    dependsOn: null,
  }
}

/** The label and the likely regimes of a line. */
function inWords(line: string | undefined): string | null {
  if (line === undefined) return null
  const [label, ...probabilities] = line.split(' ')
  const likely = REGIME_IDS.map((id, i) => [id, Number(probabilities[i])] as const).filter(([, p]) => p > 0.005)
  return `${label} (${likely.map(([id, p]) => `${id} ${p.toFixed(3)}`).join(', ')})`
}
