/**
 * The block bootstrap: resamples of a series in blocks, so that what follows one another in time mostly does so in the resample; and
 * how long the blocks should be.
 *
 * Pure; chance comes from the caller's generator. Source: D. N. Politis, J. P. Romano, JASA 89 (1994); D. N. Politis, H. White,
 * Econometric Reviews 23 (2004), corrected by A. Patton, D. N. Politis, H. White, Econometric Reviews 28 (2009); circular blocks:
 * D. N. Politis, J. P. Romano (1992).
 */
import type { Prng } from '../../core/random.ts'
import { refuseUnless, requireInteger, requireNumber, requireVector, type Vector } from '../guard.ts'
import { autocorrelation } from '../numerics/autocorrelation.ts'
import { standardise } from './standardise.ts'

/** Longer resamples than this are a mistake. */
const LONGEST = 100_000_000

function requireRoom(length: number, into: Uint32Array | undefined): Uint32Array {
  requireInteger('the length', length, 1, LONGEST)
  const out = into ?? new Uint32Array(length)
  refuseUnless(out.length === length, 'shape', () => `room for ${out.length} indices of a resample of ${length}`)
  return out
}

/**
 * Indices of one stationary resample of a series of `length`: blocks begin anywhere, go on around the end, and last `meanBlock` values
 * on average (geometric with probability 1/meanBlock). Into `into` where it is given.
 * @throws MathError `out-of-domain` for a length that is not whole and above zero, or a mean block below 1; `shape`
 */
export function stationaryResample(length: number, meanBlock: number, prng: Prng, into?: Uint32Array): Uint32Array {
  const out = requireRoom(length, into)
  requireNumber('the mean block length', meanBlock, 1)
  let at = prng.int(0, length - 1)
  for (let i = 0; i < length; i++) {
    if (i > 0) at = prng.chance(1 / meanBlock) ? prng.int(0, length - 1) : (at + 1) % length
    out[i] = at
  }
  return out
}

/**
 * Indices of one circular-block resample of a series of `length`: blocks of exactly `block` values that begin anywhere and go on around the
 * end; the last is cut off.
 * @throws MathError `out-of-domain` for a length or a block that is not whole and above zero; `shape`
 */
export function circularResample(length: number, block: number, prng: Prng, into?: Uint32Array): Uint32Array {
  const out = requireRoom(length, into)
  requireInteger('the block length', block, 1)
  let at = 0
  for (let i = 0; i < length; i++) {
    at = i % block === 0 ? prng.int(0, length - 1) : (at + 1) % length
    out[i] = at
  }
  return out
}

export interface BlockLengths {
  /** Mean block of the stationary bootstrap. */
  readonly stationary: number
  /** Block of the circular bootstrap. */
  readonly circular: number
}

/**
 * Block length by Politis and White, b = (2 G^2/D)^(1/3) n^(1/3) with the flat-top estimates G = sum w_k |k| R(k) and D = 2 g(0)^2
 * (stationary, as corrected in 2009) or 4/3 g(0)^2 (circular); between 1 and min(3 sqrt(n), n/3). The window ends at twice the lag after
 * which autocorrelations are below 2 sqrt(log10(n)/n) for a while.
 * @throws MathError `too-short` below 9 values, `no-variance`
 */
export function optimalBlockLength(values: Vector): BlockLengths {
  requireVector('the values', values, 9)
  const { z } = standardise('the values', values)
  const n = z.length
  const run = Math.max(5, Math.floor(Math.log10(n)))
  const most = Math.min(n - 1, Math.ceil(Math.sqrt(n)) + run)
  const rho = autocorrelation(z, most)
  const limit = 2 * Math.sqrt(Math.log10(n) / n)
  let cut: number | undefined
  for (let lag = 1; cut === undefined && lag + run - 1 <= most; lag++)
    if (rho.slice(lag, lag + run).every((value) => Math.abs(value) < limit)) cut = lag
  const window = Math.min(most, cut === undefined ? most : 2 * cut)
  let [slope, level] = [0, 1]
  for (let k = 1; k <= window; k++) {
    const weight = k / window <= 0.5 ? 1 : 2 * (1 - k / window)
    slope += 2 * weight * k * rho[k]
    level += 2 * weight * rho[k]
  }
  const longest = Math.ceil(Math.min(3 * Math.sqrt(n), n / 3))
  const length = (factor: number): number => {
    const wanted = level === 0 ? longest : Math.cbrt(((2 * slope * slope) / (factor * level * level)) * n)
    return Math.max(1, Math.min(longest, wanted))
  }
  return { stationary: length(2), circular: length(4 / 3) }
}
