/**
 * Equal parts of all symbols, bought at each one's first open and held, before costs: what a strategy has to be better than.
 * A part waits in cash until its symbol has data, and keeps its last price when they end.
 *
 * Pure: columns of prices in, a curve and its months out.
 */
import { MILLISECOND, startOfMonth } from '../core/time.ts'
import type { Micros } from '../core/time.ts'

export interface HeldBars {
  readonly length: number
  readonly openTime: Float64Array
  readonly duration: Float64Array
  readonly open: Float64Array
  readonly close: Float64Array
}

export interface HeldMonth {
  /** First moment of the month. */
  readonly from: Micros
  /** By symbol, at the end of the month: price over the price at which it was bought; 1 while it is cash. */
  readonly growth: Float64Array
}

export interface BuyAndHold {
  /** Moments at which bars closed, one millisecond before their end. */
  readonly times: Float64Array
  /** Over the capital. */
  readonly values: Float64Array
  /** All months of the curve that have a bar, the first to the last. */
  readonly months: readonly HeldMonth[]
}

/** `counts`: which of them are held; of the others the growth is 0. Default all. */
export function buyAndHold(bars: readonly HeldBars[], counts: readonly boolean[] = bars.map(() => true)): BuyAndHold {
  const room = bars.reduce((sum, { length }) => sum + length, 0)
  const times = new Float64Array(room)
  const values = new Float64Array(room)
  const growth = Float64Array.from(counts, (held) => (held ? 1 : 0))
  const parts = counts.filter(Boolean).length
  const next = new Uint32Array(bars.length)
  const months: { from: Micros; growth: Float64Array }[] = []
  let count = 0
  for (;;) {
    const time = earliest(bars, next)
    if (time === Number.POSITIVE_INFINITY) break
    for (let i = 0; i < bars.length; i++) {
      const at = next[i]
      if (at === bars[i].length || bars[i].openTime[at] + bars[i].duration[at] !== time) continue
      next[i] += 1
      if (counts[i] && bars[i].open[0] > 0) growth[i] = bars[i].close[at] / bars[i].open[0]
    }
    times[count] = time - MILLISECOND
    values[count] = meanOf(growth, parts)
    const from = startOfMonth(times[count] as Micros)
    const last = months.at(-1)
    if (last?.from === from) last.growth.set(growth)
    else months.push({ from, growth: growth.slice() })
    count += 1
  }
  return { times: times.subarray(0, count), values: values.subarray(0, count), months }
}

function earliest(bars: readonly HeldBars[], next: Uint32Array): number {
  let time = Number.POSITIVE_INFINITY
  for (let i = 0; i < bars.length; i++) {
    const at = next[i]
    if (at === bars[i].length) continue
    const end = bars[i].openTime[at] + bars[i].duration[at]
    if (end < time) time = end
  }
  return time
}

function meanOf(values: Float64Array, count: number): number {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i]
  return count === 0 ? 1 : sum / count
}
