/**
 * When a model is fitted again, and on which bars: on bars that have closed, never on later ones.
 *
 * Pure.
 */
import { assert } from '../../core/errors.ts'

export interface RefitSchedule {
  /** Bars between two fits. */
  readonly every: number
  /** Bars that have to have closed before the first fit. */
  readonly minimumSample: number
  /** Bars a fit looks back on; default all of them. */
  readonly window?: number
}

/** Bars `from` (included) to `to` (left out), counted from 0. */
export interface PastWindow {
  readonly from: number
  readonly to: number
}

/**
 * The bars on which a model is fitted at the close of bar `bar`; `undefined` when no fit is due. The last of them is `bar` itself:
 * the new parameters hold from the next bar on.
 */
export function refitWindow(schedule: RefitSchedule, bar: number): PastWindow | undefined {
  const { every, minimumSample, window } = schedule
  assert(Number.isSafeInteger(every) && every >= 1, `a fit every ${every} bars`)
  assert(Number.isSafeInteger(minimumSample) && minimumSample >= 1, `a smallest sample of ${minimumSample} bars`)
  assert(
    window === undefined || (Number.isSafeInteger(window) && window >= minimumSample),
    `a window of ${window} bars for a smallest sample of ${minimumSample}`,
  )
  assert(Number.isSafeInteger(bar) && bar >= 0, `there is no bar ${bar}`)
  const closed = bar + 1
  if (closed < minimumSample || (closed - minimumSample) % every !== 0) return undefined
  return { from: window === undefined ? 0 : Math.max(0, closed - window), to: closed }
}

/** The bar whose fit is in force while bar `bar` is open: the last one due before it. `undefined` before the first. */
export function refitInForce(schedule: RefitSchedule, bar: number): number | undefined {
  const { every, minimumSample } = schedule
  assert(Number.isSafeInteger(bar) && bar >= 0, `there is no bar ${bar}`)
  if (bar < minimumSample) return undefined
  const due = bar - ((bar - minimumSample) % every) - 1
  assert(refitWindow(schedule, due) !== undefined, `no fit is due at bar ${due}`)
  return due
}
