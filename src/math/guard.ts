/**
 * The questions asked of numbers before anything is computed from them. Each throws a `MathError` that names the argument.
 *
 * Pure.
 */
import { MathError, type MathReason } from './error.ts'

/** A series; an array or a typed array. */
export type Vector = ArrayLike<number>
/** Rows of one length: observations below one another, variables side by side. */
export type Matrix = readonly ArrayLike<number>[]

export function refuseUnless(condition: boolean, reason: MathReason, message: string | (() => string)): asserts condition {
  if (!condition) throw new MathError(reason, typeof message === 'string' ? message : message())
}

/** A finite number, optionally within bounds (both included). */
export function requireNumber(name: string, value: number, lowest = -Infinity, highest = Infinity): void {
  refuseUnless(Number.isFinite(value), 'not-finite', () => `${name} is ${value}`)
  refuseUnless(
    value >= lowest && value <= highest,
    'out-of-domain',
    () => `${name} is ${value}; it lies between ${lowest} and ${highest}`,
  )
}

/** A finite number above zero. */
export function requirePositive(name: string, value: number): void {
  refuseUnless(Number.isFinite(value), 'not-finite', () => `${name} is ${value}`)
  refuseUnless(value > 0, 'out-of-domain', () => `${name} is ${value}; it is above zero`)
}

/** A whole number within bounds (both included). */
export function requireInteger(
  name: string,
  value: number,
  lowest = Number.MIN_SAFE_INTEGER,
  highest = Number.MAX_SAFE_INTEGER,
): void {
  requireNumber(name, value, lowest, highest)
  refuseUnless(Number.isInteger(value), 'out-of-domain', () => `${name} is ${value}; it is a whole number`)
}

/** A probability or share; `open` leaves out 0 and 1. */
export function requireShare(name: string, value: number, open = false): void {
  requireNumber(name, value, 0, 1)
  refuseUnless(!open || (value > 0 && value < 1), 'out-of-domain', () => `${name} is ${value}; it lies inside 0 and 1`)
}

/**
 * The share of cases that come out better than the bad ones one asks about: from a half up to but not 1. A smaller one is almost surely
 * the tail itself, 0.05 for 0.95, and its answer would be a loss that is none.
 */
export function requireConfidence(value: number): void {
  requireShare('confidence', value, true)
  refuseUnless(value >= 0.5, 'out-of-domain', () => `confidence is ${value}; for the worst ${value} of cases give ${1 - value}`)
}

/** A series of finite numbers, at least so many. */
export function requireVector(name: string, values: Vector, atLeast = 1): void {
  refuseUnless(values.length > 0 || atLeast === 0, 'empty', () => `${name} has no values`)
  refuseUnless(
    values.length >= atLeast,
    'too-short',
    () => `${name} has ${values.length} ${values.length === 1 ? 'value' : 'values'}; ${atLeast} are needed`,
  )
  for (let i = 0; i < values.length; i++)
    refuseUnless(Number.isFinite(values[i]), 'not-finite', () => `${name}[${i}] is ${values[i]}`)
}

export function requireSameLength(nameA: string, a: Vector, nameB: string, b: Vector): void {
  refuseUnless(a.length === b.length, 'shape', () => `${nameA} has ${a.length} values, ${nameB} has ${b.length}`)
}

/** Finite rows of one length, at least so many rows and columns. */
export function requireMatrix(name: string, rows: Matrix, atLeastRows = 1, atLeastColumns = 1): void {
  refuseUnless(rows.length > 0, 'empty', () => `${name} has no rows`)
  const columns = rows[0].length
  refuseUnless(columns > 0, 'empty', () => `${name} has no columns`)
  refuseUnless(rows.length >= atLeastRows, 'too-short', () => `${name} has ${rows.length} rows; ${atLeastRows} are needed`)
  refuseUnless(columns >= atLeastColumns, 'too-short', () => `${name} has ${columns} columns; ${atLeastColumns} are needed`)
  for (let i = 0; i < rows.length; i++) {
    refuseUnless(
      rows[i].length === columns,
      'shape',
      () => `row ${i} of ${name} has ${rows[i].length} columns, the first ${columns}`,
    )
    for (let j = 0; j < columns; j++)
      refuseUnless(Number.isFinite(rows[i][j]), 'not-finite', () => `${name}[${i}][${j}] is ${rows[i][j]}`)
  }
}

/** A finite square matrix, equal to its transpose up to rounding. */
export function requireSymmetric(name: string, rows: Matrix): void {
  requireMatrix(name, rows)
  const n = rows.length
  refuseUnless(rows[0].length === n, 'shape', () => `${name} is ${n} x ${rows[0].length}; it is square`)
  let scale = 0
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) scale = Math.max(scale, Math.abs(rows[i][j]))
  for (let i = 0; i < n; i++)
    for (let j = 0; j < i; j++)
      refuseUnless(
        Math.abs(rows[i][j] - rows[j][i]) <= 1e-9 * scale,
        'shape',
        () => `${name} is not symmetric: [${i}][${j}] is ${rows[i][j]}, [${j}][${i}] is ${rows[j][i]}`,
      )
}

/** The result of a computation, refused when it left the range of a double. */
export function finiteOr(reason: MathReason, value: number, what: string): number {
  refuseUnless(Number.isFinite(value), reason, () => `${what} is ${value}`)
  return value
}
