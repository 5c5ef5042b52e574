/**
 * Sobol's sequence: points that fill the unit cube more evenly than chance does.
 *
 * Pure. Source: S. Joe, F. Y. Kuo, SIAM J. Scientific Computing 30 (2008), 2635-2654; the direction numbers are theirs (set 6).
 */
import type { Prng } from '../../core/random.ts'
import { requireInteger } from '../guard.ts'

/** Degree, coefficients and first direction numbers of dimension 2 and those after it. */
const DIRECTIONS: readonly (readonly [degree: number, coefficients: number, ...first: number[]])[] = [
  [1, 0, 1],
  [2, 1, 1, 3],
  [3, 1, 1, 3, 1],
  [3, 2, 1, 1, 1],
  [4, 1, 1, 1, 3, 3],
  [4, 4, 1, 3, 5, 13],
  [5, 2, 1, 1, 5, 5, 17],
  [5, 4, 1, 1, 5, 5, 5],
  [5, 7, 1, 1, 7, 11, 19],
  [5, 11, 1, 1, 5, 1, 1],
  [5, 13, 1, 1, 1, 3, 11],
  [5, 14, 1, 3, 5, 5, 31],
  [6, 1, 1, 3, 3, 9, 7, 49],
  [6, 13, 1, 1, 1, 15, 21, 21],
  [6, 16, 1, 3, 1, 13, 27, 49],
  [6, 19, 1, 1, 1, 15, 7, 5],
  [6, 22, 1, 3, 1, 15, 13, 25],
  [6, 25, 1, 1, 5, 5, 19, 61],
  [7, 1, 1, 3, 7, 11, 23, 15, 103],
  [7, 4, 1, 3, 7, 13, 13, 15, 69],
  [7, 7, 1, 1, 3, 13, 7, 35, 63],
  [7, 8, 1, 3, 5, 9, 1, 25, 53],
  [7, 14, 1, 3, 1, 13, 9, 35, 107],
  [7, 19, 1, 3, 1, 5, 27, 61, 31],
  [7, 21, 1, 1, 5, 11, 19, 41, 61],
  [7, 28, 1, 3, 5, 3, 3, 13, 69],
  [7, 31, 1, 1, 7, 13, 1, 19, 1],
  [7, 32, 1, 3, 7, 5, 13, 19, 59],
  [7, 37, 1, 1, 3, 9, 25, 29, 41],
  [7, 41, 1, 3, 5, 13, 23, 1, 55],
]
export const SOBOL_DIMENSIONS = DIRECTIONS.length + 1

const BITS = 32
const TWO_32 = 2 ** 32

/**
 * The first `count` points of Sobol's sequence in [0, 1)^dimensions, the origin first; with a generator, shifted digitally by a
 * random word a dimension, which keeps the evenness and makes the origin as likely as any other point.
 *
 * @param dimensions 1 to 31
 * @param skip how many points of the sequence to leave out at its beginning
 * @returns one row a point
 * @throws MathError `out-of-domain` for counts and dimensions outside of these, `not-finite`
 */
export function sobol(
  count: number,
  dimensions: number,
  options: { readonly skip?: number; readonly prng?: Prng } = {},
): Float64Array[] {
  const { skip = 0, prng } = options
  requireInteger('count', count, 0, 10_000_000)
  requireInteger('dimensions', dimensions, 1, SOBOL_DIMENSIONS)
  requireInteger('skip', skip, 0, TWO_32 - 1 - count)
  const directions = Array.from({ length: dimensions }, (_, d) => directionNumbers(d))
  const shift = Uint32Array.from({ length: dimensions }, () => (prng === undefined ? 0 : prng.int(0, TWO_32 - 1)))
  const state = Uint32Array.from(shift)
  // The point of index i is made of the directions where the Gray code of i has its ones: what is skipped costs nothing.
  const gray = skip ^ (skip >>> 1)
  for (let bit = 0; bit < BITS; bit++)
    if (((gray >>> bit) & 1) === 1) for (let d = 0; d < dimensions; d++) state[d] ^= directions[d][bit]
  const points: Float64Array[] = []
  for (let i = skip; i < skip + count; i++) {
    points.push(Float64Array.from(state, (word) => word / TWO_32))
    const bit = trailingOnes(i)
    for (let d = 0; d < dimensions; d++) state[d] ^= directions[d][bit]
  }
  return points
}

const trailingOnes = (i: number): number => {
  let bit = 0
  for (let rest = i; rest % 2 === 1; rest = (rest - 1) / 2) bit += 1
  return bit
}

function directionNumbers(dimension: number): Uint32Array {
  const out = new Uint32Array(BITS)
  if (dimension === 0) return out.map((_, i) => 2 ** (BITS - 1 - i))
  const [degree, coefficients, ...first] = DIRECTIONS[dimension - 1]
  for (let i = 0; i < BITS; i++) {
    if (i < degree) {
      out[i] = first[i] * 2 ** (BITS - 1 - i)
      continue
    }
    let word = out[i - degree] ^ (out[i - degree] >>> degree)
    for (let k = 1; k < degree; k++) if ((coefficients >>> (degree - 1 - k)) % 2 === 1) word ^= out[i - k]
    out[i] = word
  }
  return out
}
