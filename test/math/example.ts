/** What the degenerate-input tests need of an exported function: how to call it with good arguments. They spoil the arguments themselves. */
import type { Prng } from '../../src/core/random.ts'

export interface Example {
  /** The exported function under its name. A class is covered by a function that feeds one and returns what it says. */
  readonly covers: Callable | (abstract new (...args: never[]) => unknown)
  /** How it is called, where that is not the function itself. */
  readonly call?: Callable
  /** Good arguments, others for each generator. Numbers, lists, rows, plain objects of them; functions are passed on as they are. */
  readonly args: (prng: Prng) => readonly unknown[]
  /** Why the reference defines an infinite answer. Without it, infinity is a failure. */
  readonly infinite?: string
  /** Why parts of an answer may be undefined or null: not ready yet, not applicable. Without it, they are failures. */
  readonly missing?: string
  /** Why a NaN or an infinity in the arguments is not refused: it means something there, or the value is not looked at. */
  readonly toleratesNonFinite?: string
}

/** Functions of all signatures stand in one list. */
export type Callable = (...args: never[]) => unknown

/** Standard normal values. */
export const normals = (prng: Prng, count: number, scale = 1, centre = 0): number[] =>
  Array.from({ length: count }, () => centre + scale * prng.normal())

/** Rows of standard normal values, mixed so that columns are correlated. */
export const rowsOf = (prng: Prng, rows: number, columns: number, scale = 1): number[][] =>
  Array.from({ length: rows }, () => {
    const common = prng.normal()
    return normals(prng, columns, scale).map((x) => x + 0.5 * scale * common)
  })
