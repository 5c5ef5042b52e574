/**
 * From an equity curve to returns.
 *
 * Pure: numbers in, numbers out. Imports the length of a day and nothing else.
 */
import { assert } from '../core/errors.ts'
import { DAY } from '../core/time.ts'

/** final / initial - 1; `undefined` when there was no initial capital. */
export function totalReturn({ initial, final }: { readonly initial: number; readonly final: number }): number | undefined {
  return initial > 0 ? final / initial - 1 : undefined
}

/**
 * Simple returns of UTC days: the last equity of a day over the last equity of the day before, minus one. The first
 * return is from the initial capital. Days without a point carry the last value forward, so their return is 0; there
 * is one return for each day from the first point's to the last point's, both included.
 *
 * A point stamped 00:00 exactly counts for the day that begins then: stamp a daily close inside its day.
 *
 * @param times integer microseconds UTC, ascending; equal times are allowed, the later point wins
 * @param equity one value a time, in the same unit as the capital
 * @returns `undefined` when a return would divide by an equity that is not positive (the account was ruined)
 */
export function dailyReturns(times: Float64Array, equity: Float64Array, initialCapital: number): Float64Array | undefined {
  assert(times.length === equity.length, `${times.length} times with ${equity.length} equities`)
  if (times.length === 0) return new Float64Array(0)
  const firstDay = Math.floor(times[0] / DAY)
  const days = Math.floor(times[times.length - 1] / DAY) - firstDay + 1
  const returns = new Float64Array(days)
  let previous = initialCapital
  for (let i = 0; i < times.length;) {
    const day = Math.floor(times[i] / DAY)
    while (i < times.length && Math.floor(times[i] / DAY) === day) i += 1
    assert(i === times.length || times[i] > times[i - 1], 'times of an equity curve do not ascend')
    if (!(previous > 0)) return undefined
    const last = equity[i - 1]
    returns[day - firstDay] = last / previous - 1
    previous = last
  }
  return returns
}
