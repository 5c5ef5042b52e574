/**
 * e to the x from operations that IEEE 754 fixes to the last bit: the platform's own may differ between machines.
 *
 * Pure; imports nothing.
 */

const LN2_HIGH = 6.9314718036912381649e-1
const LN2_LOW = 1.90821492927058770002e-10
/** Remez coefficients of r (exp r + 1) / (exp r - 1) in r^2. Source: Sun's fdlibm `e_exp.c`. */
const P1 = 1.66666666666666019037e-1
const P2 = -2.77777777770155933842e-3
const P3 = 6.61375632143793436117e-5
const P4 = -1.6533902205465251539e-6
const P5 = 4.13813679705723846039e-8
const POWERS = 128

/** 2^-128 .. 2^128: doubling is exact. */
const TWO_TO: Float64Array = powersOfTwo()

function powersOfTwo(): Float64Array {
  const powers = new Float64Array(2 * POWERS + 1)
  powers[POWERS] = 1
  for (let i = 1; i <= POWERS; i++) {
    powers[POWERS + i] = powers[POWERS + i - 1] * 2
    powers[POWERS - i] = powers[POWERS - i + 1] / 2
  }
  return powers
}

/** Within an ulp for |x| up to 80; beyond, the value at 80. */
export function exponentialOf(x: number): number {
  const bounded = x > 80 ? 80 : x < -80 ? -80 : x
  const power = Math.round(bounded * Math.LOG2E)
  const high = bounded - power * LN2_HIGH
  const low = power * LN2_LOW
  const r = high - low
  const t = r * r
  const c = r - t * (P1 + t * (P2 + t * (P3 + t * (P4 + t * P5))))
  return (1 - (low - (r * c) / (2 - c) - high)) * TWO_TO[POWERS + power]
}
