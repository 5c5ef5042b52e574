/**
 * Which trials to give up early: the percentile rule, successive halving, the table of Hyperband, and when a search as a whole has
 * stopped getting anywhere. All decisions depend on the values reported so far alone, so a replay decides alike.
 *
 * Pure. Sources: D. Golovin et al., KDD (2017) (median rule); L. Li et al., MLSys 2 (2020) (ASHA); L. Li et al., JMLR 18 (2018)
 * (Hyperband, algorithm 1).
 */
import { refuseUnless, requireInteger, requireMatrix, requireNumber, requireVector, type Vector } from '../guard.ts'
import { quantile } from '../numerics/quantile.ts'

export type Direction = 'minimize' | 'maximize'

/** So many steps were reported by no sensible trial; loops over steps are bounded by it. */
const MOST_STEPS = 10_000_000

const isBetter = (a: number, b: number, direction: Direction): boolean => (direction === 'minimize' ? a < b : a > b)
const bestOf = (values: Vector, direction: Direction): number => {
  let best = values[0]
  for (let i = 1; i < values.length; i++) if (isBetter(values[i], best, direction)) best = values[i]
  return best
}

export interface PercentileRule {
  /** Keep a trial while it is within the best so many percent; 50 is the median rule. */
  readonly percentile?: number
  /** Give up none before so many trials ended by themselves. */
  readonly startupTrials?: number
  /** Give up none before this step (counted from 0). */
  readonly warmupSteps?: number
  /** Ask at every so-many-th step after the warm-up. */
  readonly intervalSteps?: number
  readonly direction?: Direction
}

/**
 * Whether to give up a trial now: its best value so far is strictly worse than the given percentile of what the trials that ran to
 * their end had at the same step.
 *
 * @param reported the values of this trial at steps 0, 1, …, the last one just reported
 * @param completed the curves of the trials that ran to their end; one shorter than this step has no say
 * @throws MathError `empty` without a value, `not-finite`, `out-of-domain`
 */
export function percentileStops(reported: Vector, completed: readonly Vector[], rule: PercentileRule = {}): boolean {
  const { percentile = 50, startupTrials = 5, warmupSteps = 0, intervalSteps = 1, direction = 'minimize' } = rule
  requireVector('reported', reported)
  completed.forEach((curve, i) => requireVector(`completed[${i}]`, curve))
  requireNumber('percentile', percentile, 0, 100)
  requireInteger('startupTrials', startupTrials, 0)
  requireInteger('warmupSteps', warmupSteps, 0)
  requireInteger('intervalSteps', intervalSteps, 1)
  const step = reported.length - 1
  if (completed.length === 0 || completed.length < startupTrials || step < warmupSteps) return false
  if ((step - warmupSteps) % intervalSteps !== 0) return false
  const others = completed.filter((curve) => curve.length > step).map((curve) => curve[step])
  if (others.length === 0) return false
  const share = (direction === 'minimize' ? percentile : 100 - percentile) / 100
  return isBetter(quantile(others, share), bestOf(reported, direction), direction)
}

export interface HalvingRule {
  /** Steps before the first comparison. */
  readonly minResource?: number
  /** Of so many trials one goes on. */
  readonly reduction?: number
  /** Leaves out the first rungs: the later the first comparison, the more cautious. */
  readonly minEarlyStoppingRate?: number
  readonly direction?: Direction
}

/** The rungs of asynchronous successive halving: what was recorded at each, kept by the caller between trials. */
export interface HalvingState {
  readonly rungs: readonly (readonly number[])[]
}

/**
 * One report to asynchronous successive halving: rung s is at the first step (from 0) not before minResource * reduction^(s + rate);
 * the trial goes on when its value is among the best floor(m / reduction) of the m values recorded there, its own included, or is
 * the best of fewer.
 *
 * @param value what the trial has at `step`
 * @param rung how many rungs this trial passed already
 * @returns whether to stop, the rung it stands on now, and the rungs with what was recorded
 * @throws MathError `not-finite`, `out-of-domain`
 */
export function halvingReport(
  state: HalvingState,
  report: { readonly value: number; readonly step: number; readonly rung: number },
  rule: HalvingRule = {},
): { readonly stop: boolean; readonly rung: number; readonly state: HalvingState } {
  const { minResource = 1, reduction = 4, minEarlyStoppingRate = 0, direction = 'minimize' } = rule
  requireInteger('minResource', minResource, 1)
  requireInteger('reduction', reduction, 2)
  requireInteger('minEarlyStoppingRate', minEarlyStoppingRate, 0, 100)
  requireNumber('value', report.value)
  requireInteger('step', report.step, 0, MOST_STEPS)
  requireInteger('rung', report.rung, 0, 100)
  state.rungs.forEach((values, i) => requireVector(`rungs[${i}]`, values, 0))
  const rungs = state.rungs.map((values) => [...values])
  let { rung } = report
  while (report.step >= minResource * reduction ** (rung + minEarlyStoppingRate)) {
    while (rungs.length <= rung) rungs.push([])
    rungs[rung].push(report.value)
    const recorded = Float64Array.from(rungs[rung]).sort()
    const kept = Math.max(1, Math.floor(recorded.length / reduction))
    const cut = direction === 'minimize' ? recorded[kept - 1] : recorded[recorded.length - kept]
    rung += 1
    if (isBetter(cut, report.value, direction)) return { stop: true, rung, state: { rungs } }
  }
  return { stop: false, rung, state: { rungs } }
}

/** The step at which a rule gave up each trial of a replay; -1 for those that ran to their end. */
export type StoppedAt = Float64Array

/**
 * Replays whole curves one trial after another under the percentile rule.
 * @param curves one trial a row; rows may differ in length
 * @returns the step at which each was given up, -1 for none
 * @throws MathError `empty`, `not-finite`, `out-of-domain`
 */
export function replayPercentile(curves: readonly Vector[], rule: PercentileRule = {}): StoppedAt {
  refuseUnless(curves.length > 0, 'empty', 'there are no curves')
  const completed: Vector[] = []
  return Float64Array.from(curves, (curve, i) => {
    requireVector(`curves[${i}]`, curve)
    const reported: number[] = []
    for (let step = 0; step < curve.length; step++) {
      reported.push(curve[step])
      if (percentileStops(reported, completed, rule)) return step
    }
    completed.push(curve)
    return -1
  })
}

/**
 * Replays whole curves one trial after another under successive halving.
 * @param curves one trial a row; rows may differ in length
 * @returns the step at which each was given up, -1 for none
 * @throws MathError `empty`, `not-finite`, `out-of-domain`
 */
export function replayHalving(curves: readonly Vector[], rule: HalvingRule = {}): StoppedAt {
  refuseUnless(curves.length > 0, 'empty', 'there are no curves')
  let state: HalvingState = { rungs: [] }
  return Float64Array.from(curves, (curve, i) => {
    requireVector(`curves[${i}]`, curve)
    let rung = 0
    for (let step = 0; step < curve.length; step++) {
      const found = halvingReport(state, { value: curve[step], step, rung }, rule)
      ;({ state, rung } = found)
      if (found.stop) return step
    }
    return -1
  })
}

export interface Bracket {
  /** How many halvings the bracket has. */
  readonly s: number
  /** How many configurations run, and with how much resource each. */
  readonly rungs: readonly { readonly configurations: number; readonly resource: number }[]
}

/**
 * The table of Hyperband: for s from floor(log_eta R) down to 0, n = ceil((s_max + 1) eta^s / (s + 1)) configurations begin with
 * R eta^-s each, and a share 1/eta of them goes on with eta times as much.
 *
 * @param most the largest resource R one configuration may get, at least 1
 * @param eta above 1
 * @throws MathError `not-finite`, `out-of-domain`
 */
export function hyperbandBrackets(most: number, eta: number): readonly Bracket[] {
  requireNumber('most', most, 1, 1e15)
  requireNumber('eta', eta, 1.01, 1e6)
  // Rounding must not lose the last halving of an exact power.
  const deepest = Math.floor(Math.log(most) / Math.log(eta) + 1e-9)
  return Array.from({ length: deepest + 1 }, (_, k) => {
    const s = deepest - k
    const first = Math.ceil(((deepest + 1) * eta ** s) / (s + 1) - 1e-9)
    return {
      s,
      rungs: Array.from({ length: s + 1 }, (__, i) => ({
        configurations: Math.floor(first * eta ** -i + 1e-9),
        resource: most * eta ** (i - s),
      })),
    }
  })
}

/**
 * Whether a search has stopped getting anywhere: in the last max(15, 3 D) evaluations the best value improved by no more than a
 * hundredth of the range of all values seen.
 *
 * @param values in the order of evaluation
 * @param dimensions how many parameters are searched
 * @throws MathError `empty`, `not-finite`, `out-of-domain`
 */
export function isExhausted(
  values: Vector,
  dimensions: number,
  options: { readonly direction?: Direction; readonly share?: number } = {},
): boolean {
  const { direction = 'minimize', share = 0.01 } = options
  requireMatrix('values', [values])
  requireInteger('dimensions', dimensions, 1)
  requireNumber('share', share, 0, 1)
  const patience = Math.max(15, 3 * dimensions)
  if (values.length <= patience) return false
  const before = bestOf(Array.from(values).slice(0, values.length - patience), direction)
  const now = bestOf(values, direction)
  const range = bestOf(values, 'maximize') - bestOf(values, 'minimize')
  return Math.abs(now - before) <= share * range
}
