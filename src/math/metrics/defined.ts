/**
 * Between functions that refuse what is not defined and callers that show a dash for it.
 *
 * Pure.
 */
import { MathError } from '../error.ts'

/** A finite number, or why there is none. */
export type Measured =
  | { readonly value: number; readonly reason?: undefined }
  | { readonly value: undefined; readonly reason: string }

/** What a computation says, with a `MathError` and a number that is not finite as reasons. Other errors pass. */
export function measured(compute: () => number): Measured {
  try {
    const value = compute()
    return Number.isFinite(value) ? { value } : { value: undefined, reason: reasonOf(value) }
  } catch (error) {
    if (error instanceof MathError) return { value: undefined, reason: error.message }
    throw error
  }
}

const reasonOf = (value: number): string =>
  Number.isNaN(value) ? 'it is not a number' : 'there is nothing to divide by: it has no limit'

/** The same without the reason. */
export function definedOr(compute: () => number): number | undefined {
  return measured(compute).value
}
