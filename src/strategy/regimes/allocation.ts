/**
 * Weights of strategies by regime: base weights times what the regimes allow, and no jump between bars.
 *
 * Pure. Source: A. Ang, A. Timmermann (2012); P. Nystrup, S. Boyd, E. Lindström, H. Madsen (2018), allocation by filtered
 * probabilities.
 */
import { assert } from '../../core/errors.ts'
import { REGIMES, STRATEGY_KINDS, type Regime, type RegimeId, type StrategyKind } from './regimes.ts'

export type RegimeProbabilities = Readonly<Partial<Record<RegimeId, number>>>
export type StrategyWeights = Readonly<Record<StrategyKind, number>>

export interface AllocationOptions {
  /** Weights without regard to regimes. */
  readonly base: Readonly<Partial<Record<StrategyKind, number>>>
  /** Of all regimes together 1; what is left out is 0. */
  readonly probabilities: RegimeProbabilities
  /** Weights of the bar before; without them nothing limits the change. */
  readonly previous?: Readonly<Partial<Record<StrategyKind, number>>>
  /** What a change is measured against; default the sum of |base|. */
  readonly gross?: number
  /** Largest sum of |changes| in one bar, as a share of gross; default 0.2. */
  readonly changeLimit?: number
  /** Another matrix of regimes; default `REGIMES`. */
  readonly regimes?: readonly Regime[]
}

/** One regime for certain. */
export const oneHot = (regime: RegimeId): RegimeProbabilities => ({ [regime]: 1 })

/** Probabilities of hidden states as those of the regimes they stand for; several states may stand for one regime. */
export function regimeProbabilities(states: ArrayLike<number>, meanings: readonly RegimeId[]): RegimeProbabilities {
  assert(states.length === meanings.length, `${states.length} states have ${meanings.length} meanings`)
  const out: Partial<Record<RegimeId, number>> = {}
  for (let k = 0; k < states.length; k++) out[meanings[k]] = (out[meanings[k]] ?? 0) + states[k]
  return out
}

/**
 * weight_s = base_s * sum_r P(r) M[s][r] risk[r], then moved from the previous weights by no more than the limit: a larger change is
 * made in proportion over the coming bars.
 */
export function allocate(options: AllocationOptions): StrategyWeights {
  const { base, probabilities, previous, changeLimit = 0.2, regimes = REGIMES } = options
  let certain = 0
  for (const { id } of regimes) {
    const p = probabilities[id] ?? 0
    assert(p >= 0 && p <= 1 + 1e-9, `the probability of ${id} is ${p}`)
    certain += p
  }
  assert(Math.abs(certain - 1) <= 1e-6, `the probabilities add up to ${certain}`)
  const weights = weightsOf((kind) => {
    const own = base[kind] ?? 0
    assert(Number.isFinite(own), `the base weight of ${kind} is ${own}`)
    let share = 0
    for (const { id, allocation, risk } of regimes) share += (probabilities[id] ?? 0) * allocation[kind] * risk
    return own * share
  })
  if (previous === undefined) return weights
  const total = (of: (kind: StrategyKind) => number): number => STRATEGY_KINDS.reduce((sum, kind) => sum + Math.abs(of(kind)), 0)
  const gross = options.gross ?? total((kind) => base[kind] ?? 0)
  assert(gross >= 0 && changeLimit >= 0, `gross is ${gross}, the limit of change ${changeLimit}`)
  const before = (kind: StrategyKind): number => previous[kind] ?? 0
  const change = total((kind) => weights[kind] - before(kind))
  const allowed = changeLimit * gross
  if (change <= allowed) return weights
  const part = allowed / change
  return weightsOf((kind) => before(kind) + part * (weights[kind] - before(kind)))
}

const weightsOf = (of: (kind: StrategyKind) => number): StrategyWeights => ({
  trend: of('trend'),
  breakout: of('breakout'),
  carry: of('carry'),
  meanReversion: of('meanReversion'),
  statArb: of('statArb'),
  marketMaking: of('marketMaking'),
})
