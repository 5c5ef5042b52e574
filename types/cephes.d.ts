/** The functions of `cephes` that are used; its own typings cannot be resolved from an ES module. */
declare module 'cephes' {
  export const compiled: Promise<void>
  export function ndtr(x: number): number
  export function ndtri(p: number): number
  export function erf(x: number): number
  export function erfc(x: number): number
  export function lgam(x: number): number
  export function psi(x: number): number
  export function igam(a: number, x: number): number
  export function igamc(a: number, x: number): number
  export function incbet(a: number, b: number, x: number): number
}
