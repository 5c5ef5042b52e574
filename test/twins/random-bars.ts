/** Bars of several characters from a seed, for indicators: quiet walks, gaps, stretches without a move, very large and small prices. */
import { createPrng } from '../../src/core/random.ts'
import type { BarValues } from '../../src/market/indicators/indicator.ts'

const HOUR = 3_600_000_000

interface Character {
  readonly price: number
  /** Standard deviation of the logarithm, a bar. */
  readonly move: number
  /** Chance that a bar opens elsewhere, by so much. */
  readonly gaps?: { readonly chance: number; readonly size: number }
  /** Chance that a stretch of up to 40 bars without any move begins. */
  readonly flats?: number
  /** Chance of no volume. */
  readonly quiet?: number
}

export const CHARACTERS: Readonly<Record<string, Character>> = {
  walk: { price: 100, move: 0.01 },
  gaps: { price: 30_000, move: 0.002, gaps: { chance: 0.1, size: 0.2 }, quiet: 0.1 },
  flats: { price: 0.7, move: 0.01, flats: 0.05, quiet: 0.2 },
  huge: { price: 1e12, move: 0.02 },
  tiny: { price: 1e-9, move: 0.05 },
  wild: { price: 1, move: 1.5, gaps: { chance: 0.5, size: 2 } },
}

/** Hourly, from the beginning of a UTC day. */
export function randomBars(
  count: number,
  { price, move, gaps, flats = 0, quiet = 0 }: Character,
  seed: number,
): readonly BarValues[] {
  const prng = createPrng(seed)
  const uniform = (): number => prng.float()
  /** Triangular, with the deviation of a bar. */
  const step = (): number => move * (uniform() + uniform() + uniform() + uniform() - 2) * Math.sqrt(3)
  const bars: BarValues[] = []
  let last = price
  let flat = 0
  for (let i = 0; i < count; i++) {
    const time = i * HOUR
    if (flat > 0 || uniform() < flats) {
      flat = flat > 0 ? flat - 1 : Math.floor(40 * uniform())
      bars.push({ time, open: last, high: last, low: last, close: last, volume: uniform() < 0.5 ? 0 : 10 })
      continue
    }
    const open = gaps !== undefined && uniform() < gaps.chance ? last * Math.exp(gaps.size * (2 * uniform() - 1)) : last
    const path = [open, open * Math.exp(step())]
    path.push(path[1] * Math.exp(step()), path[1] * Math.exp(step()))
    // A walk that drifts out of its magnitude is led back.
    const close = path[3] * (price / path[3]) ** 0.02
    const volume = uniform() < quiet ? 0 : Math.round(1 + 5_000 * uniform())
    bars.push({ time, open, high: Math.max(...path, close), low: Math.min(...path, close), close, volume })
    last = close
  }
  return bars
}

/** No bar moves. */
export const flatBars = (count: number, price: number, volume: number): readonly BarValues[] =>
  Array.from({ length: count }, (_, i) => ({ time: i * HOUR, open: price, high: price, low: price, close: price, volume }))
