/**
 * Whether a time column counts milliseconds or microseconds, told by its magnitude: the archive changed the unit of
 * spot files on 2025-01-01, and headers do not say so.
 *
 * Pure.
 */
import { InputError } from '../../core/errors.ts'

interface Unit {
  readonly name: string
  /** Values in [low, high) are of this unit: the years 1973 to 5138. */
  readonly low: number
  readonly high: number
  /** To microseconds; undefined when files in this unit are refused. */
  readonly toMicros: number | undefined
}

const UNITS: readonly Unit[] = [
  { name: 'seconds', low: 1e8, high: 1e11, toMicros: undefined },
  { name: 'milliseconds', low: 1e11, high: 1e14, toMicros: 1_000 },
  { name: 'microseconds', low: 1e14, high: 1e17, toMicros: 1 },
  { name: 'nanoseconds', low: 1e17, high: 1e20, toMicros: undefined },
]

/** The unit of one file: settled by its first row, and all rows must keep to it. */
export interface TimeUnit {
  readonly name: string
  readonly low: number
  readonly high: number
  readonly toMicros: number
}

/** Throws `InputError` when the value is of no unit that is read, or `column` promises another one (`..._ms`). */
export function timeUnitOf(
  value: number,
  where: { readonly file: string; readonly line: number; readonly place: 'line' | 'row'; readonly column: string },
): TimeUnit {
  const unit = UNITS.find(({ low, high }) => value >= low && value < high)
  const promised = where.column.endsWith('_ms') ? 'milliseconds' : where.column.endsWith('_us') ? 'microseconds' : undefined
  if (unit === undefined || unit.toMicros === undefined || (promised !== undefined && promised !== unit.name)) {
    const what =
      unit === undefined ? 'which is a time in no unit' : `which is a time in ${unit.name}, not in ${promised ?? 'milliseconds'}`
    throw new InputError('time-unit', `${where.column} in ${where.place} ${where.line} of ${where.file} is ${value}, ${what}`, {
      where: { file: where.file, [where.place]: where.line, column: where.column, value },
      next: 'Write times as integer milliseconds since 1970 UTC.',
    })
  }
  return { name: unit.name, low: unit.low, high: unit.high, toMicros: unit.toMicros }
}
