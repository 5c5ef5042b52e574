/**
 * The same history as somebody else might have recorded it: prices a little off, rows missing, other volumes. Spot is a recording
 * of its own, also where it was made from the contract.
 *
 * Pure; chance comes from the seed alone.
 */
import type { MarketInput } from '../../backtest/world.ts'
import { createPrng } from '../../core/random.ts'
import type { Prng } from '../../core/random.ts'
import { instrumentLabel } from '../../domain/instrument.ts'
import type { VenueBars } from '../../sim/venue-bars.ts'
import { mapColumns } from '../run-setup.ts'

export interface Jitter {
  readonly seed: number
  /** Largest deviation of a price, as a share of it; at least one unit of the price when above 0. */
  readonly price: number
  /** Largest deviation of a volume, as a share of it. */
  readonly volume: number
  /** Share of the rows that are missing. */
  readonly dropped: number
  /** Added to the time in which bars reach us, in microseconds. */
  readonly late: number
}

export function jitterMarkets(markets: readonly MarketInput[], jitter: Jitter): readonly MarketInput[] {
  const prng = createPrng(jitter.seed)
  return markets.map((market) => {
    const own = prng.fork(instrumentLabel(market.spec))
    const shaken = shake(market.bars, jitter, own.fork('noise'))
    return { ...market, bars: jitter.dropped > 0 ? drop(shaken, jitter.dropped, own.fork('dropped')) : shaken }
  })
}

function shake(bars: VenueBars, { price, volume }: Jitter, prng: Prng): VenueBars {
  if (price === 0 && volume === 0) return bars
  const [open, high, low, close, amounts] = [bars.open, bars.high, bars.low, bars.close, bars.volume].map((each) => each.slice())
  for (let row = 0; row < bars.length; row++) {
    const off = (value: number): number => {
      const most = Math.max(1, value * price)
      return Math.max(1, value + Math.round((2 * prng.float() - 1) * most))
    }
    if (price > 0) {
      open[row] = off(open[row])
      close[row] = off(close[row])
      high[row] = Math.max(off(high[row]), open[row], close[row])
      low[row] = Math.min(off(low[row]), open[row], close[row])
    }
    amounts[row] *= 1 + volume * (2 * prng.float() - 1)
  }
  return { ...bars, open, high, low, close, volume: amounts }
}

/** Single rows are missing, at least one, and sometimes some in a row; the first and the last stay. */
function drop(bars: VenueBars, share: number, prng: Prng): VenueBars {
  const kept: number[] = []
  let gap = 0
  const always = prng.int(1, Math.max(1, bars.length - 2))
  for (let row = 0; row < bars.length; row++) {
    if (gap > 0) gap -= 1
    else if (prng.chance(share / 2)) gap = prng.chance(0.8) ? 1 : prng.int(2, 6)
    if (row === 0 || row === bars.length - 1 || (gap === 0 && row !== always)) kept.push(row)
  }
  const only = (column: Float64Array): Float64Array => Float64Array.from(kept, (row) => column[row])
  return { ...mapColumns(bars, only), length: kept.length, mark: bars.mark && mapColumns(bars.mark, only) }
}
