/**
 * What was held over time, as shares of the equity: gross (long plus short) and net (long minus short) notional at the
 * last closes.
 *
 * Pure; runs after the backtest over its fills and bars.
 */
import { MILLISECOND } from '../core/time.ts'
import { sideSign } from '../domain/order.ts'
import type { Fill } from '../domain/order.ts'
import type { VenueBars } from '../sim/venue-bars.ts'

export interface HeldInstrument {
  /** Its own, ascending. */
  readonly fills: readonly Pick<Fill, 'exchangeTime' | 'side' | 'qty'>[]
  readonly bars: Pick<VenueBars, 'length' | 'openTime' | 'duration' | 'close'>
}

export interface ExposureSeries {
  /** Of each stretch of time the point at which gross was largest: time in micros, gross, net. */
  readonly rows: readonly (readonly [time: number, gross: number, net: number])[]
  /** Over all points; `undefined` when there are none with a positive equity. */
  readonly maxGross: number | undefined
  readonly meanGross: number | undefined
  readonly meanNet: number | undefined
}

/** One instrument on its way through time. */
class Lane {
  readonly #held: HeldInstrument
  #fill = 0
  #row = 0
  #qty = 0
  #close = 0

  constructor(held: HeldInstrument) {
    this.#held = held
  }

  /** Notional in money units at a time, signed; times ascend. */
  at(time: number): number {
    const { fills, bars } = this.#held
    while (this.#fill < fills.length && fills[this.#fill].exchangeTime <= time) {
      const { side, qty } = fills[this.#fill++]
      this.#qty += sideSign(side) * qty
    }
    // A bar counts from the point that is stamped just before its end.
    while (this.#row < bars.length && bars.openTime[this.#row] + bars.duration[this.#row] - STAMP <= time)
      this.#close = bars.close[this.#row++]
    return this.#qty * this.#close
  }
}

/** Points of equity are stamped this long before the end of their bar, see `recorder.ts`. */
const STAMP: number = MILLISECOND

/**
 * @param times of the equity points in micros, ascending
 * @param equity in money units
 * @param ends indices of the last point of each stretch, ascending, see `thinned` in `thinned.ts`
 */
export function exposureOf(
  instruments: readonly HeldInstrument[],
  { times, values: equity }: { readonly times: Float64Array; readonly values: Float64Array },
  ends: ArrayLike<number>,
): ExposureSeries {
  const lanes = instruments.map((held) => new Lane(held))
  const rows: (readonly [number, number, number])[] = []
  let [sumGross, sumNet, count] = [0, 0, 0]
  let maxGross = 0
  let at = 0
  for (let stretch = 0; stretch < ends.length; stretch++) {
    let [time, gross, net] = [times[ends[stretch]], -1, 0]
    for (; at <= ends[stretch]; at++) {
      let [long, short] = [0, 0]
      for (const lane of lanes) {
        const value = lane.at(times[at])
        if (value > 0) long += value
        else short -= value
      }
      if (!(equity[at] > 0)) continue
      const share = (long + short) / equity[at]
      count += 1
      sumGross += share
      sumNet += (long - short) / equity[at]
      if (share > gross) [time, gross, net] = [times[at], share, (long - short) / equity[at]]
    }
    if (gross < 0) continue
    maxGross = Math.max(maxGross, gross)
    rows.push([time, gross, net])
  }
  const mean = (total: number): number | undefined => (count === 0 ? undefined : total / count)
  return { rows, maxGross: count === 0 ? undefined : maxGross, meanGross: mean(sumGross), meanNet: mean(sumNet) }
}
