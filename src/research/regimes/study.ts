/**
 * The regimes of one market over its history, told by the detector alone: every change of the label, what the market did after each,
 * how the regimes follow each other, and the fits. Returns are those of the next bar: the label is known when a bar has closed.
 *
 * Pure.
 */
import { toMs } from '../../core/time.ts'
import type { Interval, Micros } from '../../core/time.ts'
import { DAY } from '../../core/time.ts'
import { REGIME_IDS, type RegimeId } from '../../domain/regime.ts'
import { RegimeDetector, type RegimeValues } from '../../strategy/regimes/detector.ts'
import type { FitOutcome, RegimeFitAnswer } from '../../strategy/regimes/regime-fit.ts'
import { regimeOf } from '../../strategy/regimes/regimes.ts'
import { replayDetector } from '../../strategy/regimes/replay.ts'
import { eachBar, type PriceColumns } from './regime-bars.ts'

export const REGIMES_SCHEMA = 'autotrading.regimes/1'

export interface RegimesDocument {
  readonly schema: typeof REGIMES_SCHEMA
  readonly interval: string
  readonly seed: number
  readonly settings: RegimeValues
  readonly markets: readonly MarketRegimes[]
  readonly warnings: readonly string[]
}

export interface MarketRegimes {
  readonly symbol: string
  readonly bars: number
  readonly fromMs: number
  readonly toMs: number
  /** Bars at the beginning of which nothing was known yet; they are no part of the figures. */
  readonly warmUpBars: number
  readonly regimes: readonly RegimeFigures[]
  /** Row i, column j: share of the changes out of regime i that led to regime j; null where there was none. */
  readonly transitions: readonly (readonly (number | null)[])[]
  readonly changes: readonly LabelChange[]
  readonly refits: readonly RefitRow[]
}

export interface RegimeFigures {
  readonly id: RegimeId
  readonly name: string
  readonly bars: number
  readonly share: number
  readonly stretches: number
  readonly meanBars: number | null
  /** Compounded return of the bars that followed. */
  readonly totalReturn: number | null
  /** Mean log return a day, and its deviation, of the bars that followed. */
  readonly meanPerDay: number | null
  readonly volatilityPerDay: number | null
}

export interface LabelChange {
  readonly timeMs: number
  readonly label: RegimeId
  readonly newRisk: boolean
  /** In the order R1 to R8. */
  readonly probabilities: readonly number[]
  readonly reasons: readonly string[]
}

export interface RefitRow {
  /** When the answer was put to use. */
  readonly timeMs: number
  readonly bars: number
  readonly statesOutcome: FitOutcome
  readonly statesLogLikelihood: number | null
  readonly varianceOutcome: FitOutcome
  readonly varianceLogLikelihood: number | null
}

export interface RegimeStudy {
  readonly market: MarketRegimes
  readonly bars: PriceColumns
  /** Index in `REGIME_IDS` of each bar. */
  readonly labels: Uint8Array
}

export interface StudyRequest {
  readonly symbol: string
  readonly bars: PriceColumns
  readonly interval: Interval
  readonly settings: RegimeValues
  readonly seed: number
}

export function studyRegimes({ symbol, bars, interval, settings, seed }: StudyRequest): RegimeStudy {
  const detector = new RegimeDetector({ instrument: 0, interval, settings, seed })
  const labels = new Uint8Array(bars.length)
  const changes: LabelChange[] = []
  const refits: RefitRow[] = []
  let warmUpBars = 0
  let at = 0
  replayDetector(detector, eachBar(bars, interval), {
    onBar(bar, { state }, changed) {
      labels[at] = REGIME_IDS.indexOf(state.label)
      at += 1
      if (state.reasons[0].startsWith('not known yet')) warmUpBars = at
      const last = changes.at(-1)
      if (changed && state.label !== last?.label) {
        const { label, newRisk, probabilities, reasons } = state
        changes.push({ timeMs: toMs(bar.endTime), label, newRisk, probabilities, reasons })
      }
    },
    onAnswer: (answer, time) => void refits.push(refitRow(answer as RegimeFitAnswer, time)),
  })
  const last = bars.length - 1
  return {
    bars,
    labels,
    market: {
      symbol,
      bars: bars.length,
      fromMs: toMs(bars.openTime[0] as Micros),
      toMs: toMs((bars.openTime[last] + interval.length) as Micros),
      warmUpBars,
      regimes: figuresOf(bars, labels, warmUpBars, interval),
      transitions: transitionsOf(labels, warmUpBars),
      changes,
      refits,
    },
  }
}

const refitRow = (answer: RegimeFitAnswer, time: Micros): RefitRow => ({
  timeMs: toMs(time),
  bars: answer.bars,
  statesOutcome: answer.statesOutcome,
  statesLogLikelihood: numberOrNull(answer.statesLogLikelihood),
  varianceOutcome: answer.varianceOutcome,
  varianceLogLikelihood: numberOrNull(answer.varianceLogLikelihood),
})

const numberOrNull = (value: number): number | null => (Number.isFinite(value) ? value : null)

function figuresOf({ close, length }: PriceColumns, labels: Uint8Array, from: number, interval: Interval): RegimeFigures[] {
  const perDay = DAY / interval.length
  return REGIME_IDS.map((id, index) => {
    let count = 0
    let stretches = 0
    let returns = 0
    let sum = 0
    let squares = 0
    for (let i = from; i < length; i++) {
      if (labels[i] !== index) continue
      count += 1
      if (i === from || labels[i - 1] !== index) stretches += 1
      if (i + 1 === length) continue
      const change = Math.log(close[i + 1] / close[i])
      returns += 1
      sum += change
      squares += change * change
    }
    const mean = returns === 0 ? null : sum / returns
    return {
      id,
      name: regimeOf(id).name,
      bars: count,
      share: length > from ? count / (length - from) : 0,
      stretches,
      meanBars: stretches === 0 ? null : count / stretches,
      totalReturn: mean === null ? null : Math.expm1(sum),
      meanPerDay: mean === null ? null : mean * perDay,
      volatilityPerDay: mean === null ? null : Math.sqrt(Math.max(0, squares / returns - mean * mean) * perDay),
    }
  })
}

function transitionsOf(labels: Uint8Array, from: number): (number | null)[][] {
  const counts = REGIME_IDS.map(() => REGIME_IDS.map(() => 0))
  for (let i = from + 1; i < labels.length; i++) if (labels[i] !== labels[i - 1]) counts[labels[i - 1]][labels[i]] += 1
  return counts.map((row) => {
    const total = row.reduce((a, b) => a + b, 0)
    return row.map((each) => (total === 0 ? null : each / total))
  })
}

/** A piece of the history for charts: its end, its last price, and the regime that held longest in it. */
export interface Piece {
  readonly timeMs: number
  readonly close: number
  /** Index in `REGIME_IDS`, or `WARM_UP`. */
  readonly label: number
}

/** Not a regime but a part of charts: nothing was known yet. */
export const WARM_UP = REGIME_IDS.length

/** The history in at most `most` pieces of equally many bars. */
export function piecesOf({ bars, labels, market }: RegimeStudy, most: number): readonly Piece[] {
  const size = Math.max(1, Math.ceil(bars.length / most))
  const out: Piece[] = []
  for (let from = 0; from < bars.length; from += size) {
    const to = Math.min(bars.length, from + size)
    const held = new Array<number>(WARM_UP + 1).fill(0)
    for (let i = from; i < to; i++) held[i < market.warmUpBars ? WARM_UP : labels[i]] += 1
    out.push({ timeMs: toMs(bars.openTime[from] as Micros), close: bars.close[to - 1], label: held.indexOf(Math.max(...held)) })
  }
  return out
}
