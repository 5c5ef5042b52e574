/**
 * The one error of this floor: a function was given numbers for which its answer is not defined. It says which kind, so that a
 * list of metrics can turn it into "not defined, because"; nothing here ever answers NaN instead.
 *
 * Pure.
 */
import { AutoTradingError } from '../core/errors.ts'

export type MathReason =
  /** No values at all. */
  | 'empty'
  /** Fewer values than the definition needs. */
  | 'too-short'
  /** A NaN or an infinity among the values or the parameters. */
  | 'not-finite'
  /** Values that belong together differ in number, or a matrix is not square or not symmetric. */
  | 'shape'
  /** A parameter, or a value, outside of where the function is defined. */
  | 'out-of-domain'
  /** All values are the same where they have to vary. */
  | 'no-variance'
  /** There is nothing to divide by: no loss, no drawdown, no trade. */
  | 'no-denominator'
  /** Columns depend on one another, or a matrix has no inverse. */
  | 'singular'
  | 'not-positive-definite'
  /** No point satisfies all constraints. */
  | 'infeasible'
  /** The objective has no bound on the feasible set. */
  | 'unbounded'
  /** An iteration ended without an answer that holds. */
  | 'no-convergence'
  /** The answer exceeds the range of a double. */
  | 'overflow'

export class MathError extends AutoTradingError {
  override readonly name = 'MathError'
  readonly reason: MathReason

  constructor(reason: MathReason, message: string) {
    super('input', `math-${reason}`, message)
    this.reason = reason
  }
}
