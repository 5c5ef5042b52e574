/**
 * Seeded chance. Every user forks a generator of its own by name, so that a new user disturbs no one.
 *
 * Pure. Uses only operations that IEEE 754 fixes to the last bit (no `Math.log`), so that all machines draw alike.
 */
import { hash } from 'node:crypto'
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus'
import { assert } from './errors.ts'

/** All of a generator as plain JSON data. */
export interface PrngState {
  /** The seed, then the names of the forks that lead here. */
  readonly path: readonly (string | number)[]
  readonly words: readonly number[]
}

export interface Prng {
  /**
   * An independent generator that depends on the seed and the names on the way only: neither on what was drawn nor
   * on other forks. The same name gives the same stream again, so a name belongs to one user.
   */
  fork(name: string): Prng
  /** Uniform in [0, 1), a multiple of 2^-53. */
  float(): number
  /** Uniform integer from `lo` to `hi`, both included; at most 2^53 values apart. */
  int(lo: number, hi: number): number
  /** True with the given probability. */
  chance(probability: number): boolean
  /** Standard normal. */
  normal(): number
  /** Exponential with mean 1. */
  exponential(): number
  /** A shuffled copy. */
  shuffle<T>(items: readonly T[]): T[]
  state(): PrngState
}

const TWO_32 = 2 ** 32
const TWO_53 = 2 ** 53

export function createPrng(seed: number | string): Prng {
  assert(typeof seed === 'string' || Number.isFinite(seed), `a seed is a finite number or a text, not ${seed}`)
  return startOf([seed])
}

export function restorePrng(state: PrngState): Prng {
  return prngAt(state.path, state.words)
}

function startOf(path: readonly (string | number)[]): Prng {
  const bytes = hash('sha256', JSON.stringify(path), 'buffer')
  return prngAt(
    path,
    [0, 4, 8, 12].map((at) => bytes.readInt32LE(at)),
  )
}

function prngAt(path: readonly (string | number)[], words: readonly number[]): Prng {
  assert(words.length === 4 && words.every((word) => (word | 0) === word), 'a generator has four words of 32 bits')
  assert(
    words.some((word) => word !== 0),
    'a generator may not start from zeros alone',
  )
  const generator = xoroshiro128plusFromState(words)

  const bits32 = (): number => generator.next() >>> 0
  // The high bits are taken everywhere: the lowest ones of this family are the weakest.
  const bits53 = (): number => (bits32() >>> 5) * 67_108_864 + (bits32() >>> 6)
  const float = (): number => bits53() / TWO_53

  /** Uniform in [0, count): equal buckets, and what is left over is drawn again. */
  const below = (count: number): number => {
    const all = count <= TWO_32 ? TWO_32 : TWO_53
    const bucket = Math.floor(all / count)
    for (;;) {
      const index = Math.floor((all === TWO_32 ? bits32() : bits53()) / bucket)
      if (index < count) return index
    }
  }

  return {
    fork: (name) => startOf([...path, name]),
    float,
    int(lo, hi) {
      const count = hi - lo + 1
      assert(
        Number.isSafeInteger(lo) && Number.isSafeInteger(hi) && count >= 1 && count <= TWO_53,
        `no integers from ${lo} to ${hi}`,
      )
      return lo + below(count)
    },
    chance: (probability) => float() < probability,
    normal() {
      // Marsaglia's polar method; the second value is dropped so that the state stays the generator's alone.
      for (;;) {
        const u = 2 * float() - 1
        const v = 2 * float() - 1
        const s = u * u + v * v
        if (s > 0 && s < 1) return u * Math.sqrt((-2 * naturalLog(s)) / s)
      }
    },
    exponential: () => -naturalLog(1 - float()),
    shuffle(items) {
      const copy = [...items]
      for (let i = copy.length - 1; i > 0; i -= 1) {
        const j = below(i + 1)
        const kept = copy[i]
        copy[i] = copy[j]
        copy[j] = kept
      }
      return copy
    },
    state: () => ({ path: [...path], words: [...generator.getState()].map((word) => word | 0) }),
  }
}

const view = new DataView(new ArrayBuffer(8))
const SQRT_HALF = Math.SQRT1_2
const LN2_HIGH = 6.9314718036912381649e-1
const LN2_LOW = 1.90821492927058770002e-10
/** Remez coefficients of (log((1+s)/(1-s)) - 2s) / s^3 in s^2. Source: Sun's fdlibm `e_log.c`. */
const L1 = 6.66666666666673513e-1
const L2 = 3.999999999940941908e-1
const L3 = 2.857142874366239149e-1
const L4 = 2.222219843214978396e-1
const L5 = 1.818357216161805012e-1
const L6 = 1.531383769920937332e-1
const L7 = 1.479819860511658591e-1

/** log x for normal x > 0, within an ulp, from basic operations only: the platform's own may differ between machines. */
export function naturalLog(x: number): number {
  view.setFloat64(0, x)
  const high = view.getUint32(0)
  let exponent = (high >>> 20) - 1022
  view.setUint32(0, (high & 0x000f_ffff) | 0x3fe0_0000)
  let mantissa = view.getFloat64(0) // in [0.5, 1)
  if (mantissa < SQRT_HALF) {
    mantissa *= 2
    exponent -= 1
  }
  const f = mantissa - 1
  const s = f / (2 + f)
  const z = s * s
  const series = z * (L1 + z * (L2 + z * (L3 + z * (L4 + z * (L5 + z * (L6 + z * L7))))))
  const half = 0.5 * f * f
  return exponent * LN2_HIGH - (half - (s * (half + series) + exponent * LN2_LOW) - f)
}
