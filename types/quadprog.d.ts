/** The one function of `quadprog` that is used, which comes without types. Its arrays begin at 1, and it writes into them. */
declare module 'quadprog' {
  export interface Solved {
    readonly solution: readonly number[]
    readonly value: readonly number[]
    readonly message: string
  }
  /** min 1/2 x'Dx - d'x subject to A'x >= b, the first `equalities` columns of A with =. */
  export function solveQP(d: number[][], c: number[], a: number[][], b: number[], equalities: number): Solved
}
