/**
 * The stationary bootstrap: resamples of a series in blocks of random length, so that what follows one another in time
 * mostly does so in the resample.
 *
 * Pure; chance comes from the caller's generator. Source: D. N. Politis, J. P. Romano, JASA 89 (1994).
 */
import { assert } from '../core/errors.ts'
import type { Prng } from '../core/random.ts'

/**
 * Indices of one resample of a series of `length`: blocks begin anywhere, go on around the end, and last
 * `meanBlock` values on average (geometric).
 */
export function stationaryResample(length: number, meanBlock: number, chance: Prng, into: Uint32Array): Uint32Array {
  assert(length > 0 && meanBlock >= 1 && into.length === length, `no resample of ${length} values in blocks of ${meanBlock}`)
  let at = chance.int(0, length - 1)
  for (let i = 0; i < length; i++) {
    if (i > 0) at = chance.chance(1 / meanBlock) ? chance.int(0, length - 1) : (at + 1) % length
    into[i] = at
  }
  return into
}
