/**
 * Exact arithmetic for the slow exchange: big integers and fractions of them.
 */
import { assert } from '../../../src/core/errors.ts'
import { parseDecimal } from '../../../src/core/exact.ts'

export const signOf = (value: bigint): bigint => (value > 0n ? 1n : value < 0n ? -1n : 0n)
export const abs = (value: bigint): bigint => (value < 0n ? -value : value)
export const min = (a: bigint, b: bigint): bigint => (a < b ? a : b)
export const max = (a: bigint, b: bigint): bigint => (a > b ? a : b)
export const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0)
export const sum = (values: readonly bigint[]): bigint => values.reduce((total, each) => total + each, 0n)

/** The exact value of a double's shortest decimal text: units / one. */
export function decimal(value: number): { readonly units: bigint; readonly one: bigint } {
  const parsed = parseDecimal(String(value))
  assert(parsed !== undefined, `${value} is no decimal number`)
  return { units: parsed.units, one: 10n ** BigInt(parsed.scale) }
}

/** A fraction; the lower part is positive. */
export interface Ratio {
  readonly over: bigint
  readonly under: bigint
}
export const ratio = (over: bigint, under = 1n): Ratio => ({ over, under })
export const plus = (a: Ratio, b: Ratio): Ratio => ratio(a.over * b.under + b.over * a.under, a.under * b.under)
export const minus = (a: Ratio, b: Ratio): Ratio => ratio(a.over * b.under - b.over * a.under, a.under * b.under)
export const greater = (a: Ratio, b: Ratio): Ratio => (a.over * b.under >= b.over * a.under ? a : b)
export const NOTHING = ratio(0n)
/** Toward zero. */
export const truncated = ({ over, under }: Ratio): bigint => over / under
