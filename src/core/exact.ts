/**
 * Exact numbers. Prices and quantities are integers counting a decimal unit; money is a `bigint` of 1e-scale
 * of an asset. Floats never hold money that is booked.
 *
 * Imports nothing but errors; pure.
 */
import { ImpossibleError, InputError } from './errors.ts'

declare const unit: unique symbol

/** Integer count of an instrument's price unit, 10^-priceScale of the quote asset. */
export type Price = number & { readonly [unit]: 'Price' }
/** Integer count of an instrument's quantity unit, 10^-qtyScale of the base asset. Signed where a position is meant. */
export type Qty = number & { readonly [unit]: 'Qty' }
/** Integer count of an asset's money unit, 10^-scale (1e-8 unless the asset says otherwise). */
export type Money = bigint & { readonly [unit]: 'Money' }
/** A proportion as an integer count of 1e-10: fee rates, funding rates, margin rates. */
export type Rate = number & { readonly [unit]: 'Rate' }

export const RATE_SCALE = 10
const RATE_ONE = 1e10
const RATE_ONE_BIG = 10n ** 10n
export const ZERO = 0n as Money

/** 10^0 .. 10^22, the powers of ten that a double holds exactly. */
export const POW10: readonly number[] = Array.from({ length: 23 }, (_, i) => Number(`1e${i}`))

export const pow10Big = (exponent: number): bigint => 10n ** BigInt(exponent)

/** A decimal text taken apart: value = units * 10^-scale, trailing zeros dropped. */
export interface Decimal {
  readonly units: bigint
  readonly scale: number
}

const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/

/** Reads a finite decimal (`-0.0005`, `1e-7`, `.5`); `undefined` when the text is anything else. */
export function parseDecimal(text: string): Decimal | undefined {
  const match = DECIMAL.exec(text.trim())
  if (match === null) return undefined
  const [, sign, whole = '', fraction = '', exponent = '0'] = match
  if (whole === '' && fraction === '') return undefined
  let digits = whole + fraction
  let scale = fraction.length - Number(exponent)
  if (scale < 0) {
    digits += '0'.repeat(-scale)
    scale = 0
  }
  let units = BigInt(digits)
  while (scale > 0 && units % 10n === 0n) {
    units /= 10n
    scale -= 1
  }
  return { units: sign === '-' ? -units : units, scale: units === 0n ? 0 : scale }
}

/** Decimal text to an integer count of 10^-scale; throws when it has more decimals than that or is no number. */
export function unitsOf(text: string, scale: number, what = 'value'): bigint {
  const decimal = parseDecimal(text)
  if (decimal === undefined)
    throw new InputError('not-a-number', `${what} is '${text}', which is not a decimal number`, { where: { value: text } })
  if (decimal.scale > scale)
    throw new InputError('too-many-decimals', `${what} ${text} has ${decimal.scale} decimals, at most ${scale} are allowed`, {
      where: { value: text },
      next: `Round it to ${scale} decimals.`,
    })
  return decimal.units * pow10Big(scale - decimal.scale)
}

/** An integer count of 10^-scale as the shortest decimal text: `formatUnits(150n, 2)` is `1.5`. */
export function formatUnits(units: bigint | number, scale: number): string {
  const big = typeof units === 'bigint' ? units : BigInt(units)
  const negative = big < 0n
  let digits = (negative ? -big : big).toString()
  if (scale > 0) {
    digits = digits.padStart(scale + 1, '0')
    const fraction = digits.slice(-scale).replace(/0+$/, '')
    digits = digits.slice(0, -scale) + (fraction === '' ? '' : `.${fraction}`)
  }
  return negative && big !== 0n ? `-${digits}` : digits
}

/** Rate text (`0.0005`) to integer 1e-10. */
export function rateOf(text: string, what = 'rate'): Rate {
  return Number(unitsOf(text, RATE_SCALE, what)) as Rate
}

export const formatRate = (rate: Rate): string => formatUnits(rate, RATE_SCALE)
/** For analytics and messages only. */
export const rateToFloat = (rate: Rate): number => rate / RATE_ONE

/**
 * price x qty in money units, exact. Holds because `Instrument` guarantees priceScale + qtyScale = the asset's scale.
 */
export function notional(price: Price, qty: Qty): Money {
  const product = price * qty
  if (product <= Number.MAX_SAFE_INTEGER && product >= -Number.MAX_SAFE_INTEGER) return BigInt(product) as Money
  return (BigInt(price) * BigInt(qty)) as Money
}

/** amount x rate, truncated toward zero: how the venue charges a fee. */
export function timesRate(amount: Money, rate: Rate): Money {
  return ((amount * BigInt(rate)) / RATE_ONE_BIG) as Money
}

/** amount x part / whole, truncated toward zero. */
export function share(amount: Money, part: Qty, whole: Qty): Money {
  if (part === whole) return amount
  return ((amount * BigInt(part)) / BigInt(whole)) as Money
}

/** Money as a double in whole assets, for analytics, charts and statistics. */
export function moneyToFloat(amount: Money, scale: number): number {
  return Number(amount) / POW10[scale]
}

/** The largest of a number's decimal places when written shortest; 0 for integers. Not for values above 2^53. */
export function decimalsOf(value: number): number {
  if (Number.isInteger(value)) return 0
  const decimal = parseDecimal(String(value))
  if (decimal === undefined) throw new ImpossibleError(`${value} has no decimal form`)
  return decimal.scale
}
