/**
 * The seeded random walk of the W1 benchmark: one-minute bars of a geometric walk with gaps, prices of one decimal.
 *
 * Draw order and rounding are part of its definition, because published figures rest on them. Uses the platform's `exp`,
 * `log` and `cos`: they agree to the last bit that survives the rounding to 0.1 on all machines tried so far, not by law.
 * Imports nothing.
 */

/** Columns of equal length; row i is the bar that opens at `openTimeMs[i]`. */
export interface WalkColumns {
  readonly openTimeMs: Float64Array
  readonly open: Float64Array
  readonly high: Float64Array
  readonly low: Float64Array
  readonly close: Float64Array
  readonly volume: Float64Array
}

/** 2022-01-01T00:00Z. */
export const WALK_START_MS = 1_640_995_200_000
export const WALK_INTERVAL_MS = 60_000
export const WALK_TICK = '0.1'

const START_PRICE = 50_000
const SIGMA = 0.0004
const GAP_CHANCE = 0.01
const SUB_STEPS = 4

/** The first `rows` bars; a longer walk of the same seed begins with the same bars. */
export function randomWalk(rows: number, seed = 42): WalkColumns {
  const uniform = mulberry32(seed)
  // No spare is kept: each normal takes two uniforms, so the draw order can be read off the code.
  const normal = (): number => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform())
  const column = (): Float64Array => new Float64Array(rows)
  const walk = { openTimeMs: column(), open: column(), high: column(), low: column(), close: column(), volume: column() }
  let x = START_PRICE
  for (let i = 0; i < rows; i += 1) {
    if (uniform() < GAP_CHANCE) x *= Math.exp(SIGMA * normal())
    x = roundTo(x, 10)
    const open = x
    let high = x
    let low = x
    for (let step = 0; step < SUB_STEPS; step += 1) {
      x *= Math.exp(SIGMA * normal() - 0.5 * SIGMA * SIGMA)
      if (x > high) high = x
      if (x < low) low = x
    }
    x = roundTo(x, 10)
    walk.openTimeMs[i] = WALK_START_MS + i * WALK_INTERVAL_MS
    walk.open[i] = open
    walk.high[i] = roundTo(high, 10)
    walk.low[i] = roundTo(low, 10)
    walk.close[i] = x
    walk.volume[i] = roundTo(10 * Math.exp(0.6 * normal()), 1_000)
  }
  return walk
}

/** To the nearest multiple of 1/parts, as the double nearest to that decimal. */
const roundTo = (value: number, parts: number): number => Math.round(value * parts) / parts

/** T. Ettinger's mulberry32: uniform multiples of 2^-32 in [0, 1). */
function mulberry32(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}
