/** Elementary functions for features of bars that are made outside of the indicators. Pure. */

/** ln x; NaN below zero, -Infinity at zero. */
export const logarithm = (x: number): number => Math.log(x)

/** e^x. */
export const exponential = (x: number): number => Math.exp(x)
