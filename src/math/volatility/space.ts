/**
 * The parameters of a fit as unconstrained coordinates and back, with the chain rule. Bounds lie at infinity: omega is an
 * exponential, the coefficients and what they leave below a persistence of 1 (the slack) are shares of one by a softmax, nu lies
 * between two bounds by a logistic curve. A coefficient that belongs on its bound is pinned there: then the space is a face.
 *
 * Pure.
 */
import type { Vector } from '../guard.ts'
import { BETA, DOWN, MEAN, NU, OMEGA, UP } from './likelihood.ts'

/** Shares of one: the shock coefficient of `garch`, the halves of the two of `gjr`, beta, and what is left. */
export type Share = 'shock' | 'up' | 'down' | 'beta' | 'slack'

export interface SpaceOptions {
  readonly model: 'garch' | 'gjr' | 'egarch'
  readonly student: boolean
  /** A given mean; NaN: it is estimated. */
  readonly mean: number
  /** The persistence may exceed 1. Not of `egarch`. */
  readonly free: boolean
  /** Shares held at zero. */
  readonly pinned: readonly Share[]
}

export interface Space {
  readonly dimension: number
  toTheta(x: Vector, theta: Float64Array): void
  fromTheta(theta: Float64Array): Float64Array
  /** Gradient in coordinates, from one in the slots of theta at the same point. */
  pull(theta: Float64Array, gradient: Float64Array, out: Float64Array): void
}

export const NU_LOWEST = 2.05
export const NU_HIGHEST = 500
const NU_RANGE = NU_HIGHEST - NU_LOWEST

const logistic = (x: number): number => 1 / (1 + Math.exp(-x))
/** Inverse of the logistic curve, kept within what a double tells apart. */
const logit = (p: number): number => Math.log(Math.max(p, 1e-14) / Math.max(1 - p, 1e-14))
/** ln of a share; a share of zero enters a search as a small one. */
const logShare = (p: number): number => Math.log(Math.max(p, 1e-9))

/** Which slots a share moves, and how far. */
export const SHARE_SLOTS: Readonly<Record<Share, readonly (readonly [number, number])[]>> = {
  shock: [
    [UP, 1],
    [DOWN, 1],
  ],
  up: [[UP, 2]],
  down: [[DOWN, 2]],
  beta: [[BETA, 1]],
  slack: [],
}

/** The shares of a model, without those that are pinned. */
export function activeShares({ model, free, pinned }: SpaceOptions): readonly Share[] {
  if (model === 'egarch') return []
  const all: readonly Share[] = [...(model === 'garch' ? (['shock'] as const) : (['up', 'down'] as const)), 'beta', 'slack']
  return all.filter((share) => !pinned.includes(share) && !(free && share === 'slack'))
}

export function shareOf(theta: Float64Array, share: Share): number {
  if (share === 'slack') return 1 - 0.5 * (theta[UP] + theta[DOWN]) - theta[BETA]
  const [slot, factor] = SHARE_SLOTS[share][0]
  return theta[slot] / factor
}

export function spaceOf(options: SpaceOptions): Space {
  const { model, student, mean, free } = options
  const egarch = model === 'egarch'
  const estimated = Number.isNaN(mean)
  const shares = activeShares(options)
  const first = estimated ? 2 : 1
  // In a simplex the last share but the slack, beta where there is one, is what the others are compared with.
  const reference = free || egarch ? -1 : Math.max(0, shares.indexOf('beta'))
  const moving = shares.map((_, i) => i).filter((i) => i !== reference)
  const afterShares = first + (egarch ? 3 : moving.length)
  const dimension = afterShares + (student ? 1 : 0)
  const value = new Float64Array(shares.length)

  return {
    dimension,
    toTheta(x, theta) {
      theta.fill(0)
      theta[MEAN] = estimated ? x[0] : mean
      theta[OMEGA] = egarch ? x[first - 1] : Math.exp(x[first - 1])
      if (egarch) {
        theta[UP] = x[first]
        theta[DOWN] = x[first + 1]
        theta[BETA] = Math.tanh(x[first + 2])
      } else {
        let [total, largest] = [0, 0]
        if (reference >= 0) {
          for (let k = 0; k < moving.length; k++) largest = Math.max(largest, x[first + k])
          value[reference] = Math.exp(-largest)
          total = value[reference]
        }
        for (let k = 0; k < moving.length; k++) {
          const i = moving[k]
          const at = x[first + k]
          value[i] = reference >= 0 ? Math.exp(at - largest) : shares[i] === 'beta' ? logistic(at) : Math.exp(at)
          total += value[i]
        }
        for (let i = 0; i < shares.length; i++)
          for (const [slot, factor] of SHARE_SLOTS[shares[i]])
            theta[slot] = factor * (reference >= 0 ? value[i] / total : value[i])
      }
      if (student) theta[NU] = NU_LOWEST + NU_RANGE * logistic(x[afterShares])
    },
    fromTheta(theta) {
      const x = new Float64Array(dimension)
      if (estimated) x[0] = theta[MEAN]
      x[first - 1] = egarch ? theta[OMEGA] : Math.log(Math.max(theta[OMEGA], 1e-12))
      if (egarch) {
        x[first] = theta[UP]
        x[first + 1] = theta[DOWN]
        x[first + 2] = Math.atanh(Math.min(1 - 1e-12, Math.max(-1 + 1e-12, theta[BETA])))
      } else {
        const base = reference >= 0 ? logShare(shareOf(theta, shares[reference])) : 0
        for (let k = 0; k < moving.length; k++) {
          const share = shares[moving[k]]
          const size = shareOf(theta, share)
          x[first + k] = reference < 0 && share === 'beta' ? logit(size) : logShare(size) - base
        }
      }
      if (student) x[afterShares] = logit((theta[NU] - NU_LOWEST) / NU_RANGE)
      return x
    },
    pull(theta, gradient, out) {
      if (estimated) out[0] = gradient[MEAN]
      out[first - 1] = egarch ? gradient[OMEGA] : gradient[OMEGA] * theta[OMEGA]
      if (egarch) {
        out[first] = gradient[UP]
        out[first + 1] = gradient[DOWN]
        out[first + 2] = gradient[BETA] * (1 - theta[BETA] * theta[BETA])
      } else {
        let mean = 0
        for (let i = 0; i < shares.length; i++) {
          let slope = 0
          for (const [slot, factor] of SHARE_SLOTS[shares[i]]) slope += factor * gradient[slot]
          value[i] = slope
          if (reference >= 0) mean += slope * shareOf(theta, shares[i])
        }
        for (let k = 0; k < moving.length; k++) {
          const i = moving[k]
          const size = shareOf(theta, shares[i])
          const bend = reference < 0 && shares[i] === 'beta' ? size * (1 - size) : size
          out[first + k] = bend * (value[i] - mean)
        }
      }
      if (student) {
        const share = (theta[NU] - NU_LOWEST) / NU_RANGE
        out[afterShares] = gradient[NU] * NU_RANGE * share * (1 - share)
      }
    },
  }
}
