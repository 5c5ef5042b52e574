/**
 * What an indicator asks of its parameters, and of each value before anything in it changes. A refused value leaves the indicator
 * as it was.
 *
 * Pure.
 */
import { MathError } from '../../../math/error.ts'
import { refuseUnless, requireInteger, requireNumber } from '../../../math/guard.ts'

/** Squares and products of two values stay within the range of a double. */
const LARGEST = 1e100
/** Ratios of two prices do, too. */
const SMALLEST = 1e-100
const LONGEST = 10_000_000

/** @throws MathError not-finite, out-of-domain */
export function checkValue(name: string, x: number): void {
  if (!(x >= -LARGEST && x <= LARGEST)) refuse(name, x)
}

/** For what takes logarithms or ratios: above zero. @throws MathError not-finite, out-of-domain */
export function checkPrice(name: string, x: number): void {
  if (!(x >= SMALLEST && x <= LARGEST)) refuse(name, x)
}

/** Not negative. @throws MathError not-finite, out-of-domain */
export function checkVolume(name: string, x: number): void {
  if (!(x >= 0 && x <= LARGEST)) refuse(name, x)
}

export function checkBar(high: number, low: number, close: number): void {
  checkValue('high', high)
  checkValue('low', low)
  checkValue('close', close)
}

export function checkPrices(open: number, high: number, low: number, close: number): void {
  checkPrice('open', open)
  checkPrice('high', high)
  checkPrice('low', low)
  checkPrice('close', close)
}

function refuse(name: string, x: number): never {
  if (!Number.isFinite(x)) throw new MathError('not-finite', `${name} is ${x}`)
  throw new MathError('out-of-domain', `${name} is ${x}, which this indicator is not defined for`)
}

/** A whole number of bars. */
export function requireLength(name: string, length: number, atLeast = 1): void {
  requireInteger(name, length, atLeast, LONGEST)
}

/** A factor or scale: finite and above zero. */
export function requireFactor(name: string, value: number): void {
  requireNumber(name, value, SMALLEST, LARGEST)
}

/** One of a few words; those who write JavaScript have no compiler that says so. */
export function requireChoice<T extends string>(name: string, value: T, choices: readonly T[]): void {
  refuseUnless(choices.includes(value), 'out-of-domain', () => `${name} is ${value}; it is one of ${choices.join(', ')}`)
}
