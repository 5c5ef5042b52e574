/** Answers of golden maps that may be undefined. */
import { MathError } from '../../src/math/error.ts'

/** What a function says, or `otherwise` where it says that its answer is not defined. */
export function definedOr<T, O>(otherwise: O, answer: () => T): T | O {
  try {
    return answer()
  } catch (error) {
    if (error instanceof MathError) return otherwise
    throw error
  }
}
