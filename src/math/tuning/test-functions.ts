/**
 * Functions with known minima, by which optimisers are measured.
 *
 * Pure. Source: D. H. Ackley et al. as collected by S. Surjanovic, D. Bingham, Virtual Library of Simulation Experiments (2013);
 * L. C. W. Dixon, G. P. Szegö, Towards Global Optimization 2 (1978).
 */
import type { Bounds } from '../numerics/bounded.ts'
import { refuseUnless, requireVector, type Vector } from '../guard.ts'

/** An objective with its usual box. */
export interface TestFunction {
  readonly name: string
  readonly bounds: Bounds
  readonly value: (x: Vector) => number
}

function requirePoint(x: Vector, dimensions: number): void {
  requireVector('x', x)
  refuseUnless(x.length === dimensions, 'shape', () => `${x.length} coordinates; ${dimensions} are needed`)
}

const result = (value: number): number => {
  refuseUnless(Number.isFinite(value), 'overflow', 'the value exceeds the range of a double')
  return value
}

/** Branin: (y - 5.1 x^2/(4 pi^2) + 5 x/pi - 6)^2 + 10 (1 - 1/(8 pi)) cos x + 10; lowest at three points. Throws MathError `shape`, `not-finite`. */
export function branin(x: Vector): number {
  requirePoint(x, 2)
  const inner = x[1] - (5.1 / (4 * Math.PI ** 2)) * x[0] ** 2 + (5 / Math.PI) * x[0] - 6
  return result(inner ** 2 + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x[0]) + 10)
}

/** Six-hump camel: (4 - 2.1 x^2 + x^4/3) x^2 + x y + (4 y^2 - 4) y^2; lowest at two of its six valleys. Throws MathError `shape`, `not-finite`. */
export function sixHumpCamel(x: Vector): number {
  requirePoint(x, 2)
  const [a, b] = [x[0] ** 2, x[1] ** 2]
  return result((4 - 2.1 * a + a ** 2 / 3) * a + x[0] * x[1] + (4 * b - 4) * b)
}

const HARTMANN_ALPHA = [1, 1.2, 3, 3.2]
const HARTMANN_A = [
  [10, 3, 17, 3.5, 1.7, 8],
  [0.05, 10, 17, 0.1, 8, 14],
  [3, 3.5, 1.7, 10, 17, 8],
  [17, 8, 0.05, 10, 0.1, 14],
]
const HARTMANN_P = [
  [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886],
  [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
  [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.665],
  [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
]

/** Hartmann in six dimensions: -sum alpha_i exp(-sum A_ij (x_j - P_ij)^2); six valleys. Throws MathError `shape`, `not-finite`. */
export function hartmann6(x: Vector): number {
  requirePoint(x, 6)
  let total = 0
  for (let i = 0; i < 4; i++) {
    let inner = 0
    for (let j = 0; j < 6; j++) inner += HARTMANN_A[i][j] * (x[j] - HARTMANN_P[i][j]) ** 2
    total -= HARTMANN_ALPHA[i] * Math.exp(-inner)
  }
  return result(total)
}

/** All of them with their boxes. */
export const TEST_FUNCTIONS: readonly TestFunction[] = [
  { name: 'branin', bounds: { lower: [-5, 0], upper: [10, 15] }, value: branin },
  { name: 'six_hump_camel', bounds: { lower: [-3, -2], upper: [3, 2] }, value: sixHumpCamel },
  { name: 'hartmann6', bounds: { lower: [0, 0, 0, 0, 0, 0], upper: [1, 1, 1, 1, 1, 1] }, value: hartmann6 },
]
