/**
 * The eight market regimes: what they are, which kinds of strategies may act in them and how far, and how much risk is taken. Plain
 * data; thresholds are in `thresholds.ts`, the decision in `classifier.ts`.
 *
 * Pure. Source: A. Ang, A. Timmermann, Annual Review of Financial Economics 4 (2012), regime changes; A. Moreira, T. Muir, Journal of
 * Finance 72 (2017), volatility-managed portfolios; T. Moskowitz, Y. H. Ooi, L. H. Pedersen, Journal of Financial Economics 104 (2012).
 */
import { assert } from '../../core/errors.ts'
import type { RegimeId } from '../../domain/regime.ts'

export type { RegimeId } from '../../domain/regime.ts'

export type StrategyKind = 'trend' | 'breakout' | 'carry' | 'meanReversion' | 'statArb' | 'marketMaking'

export interface Regime {
  readonly id: RegimeId
  readonly name: string
  readonly definition: string
  /** Share of its base weight that a kind of strategy has, 1 full, 0 off. */
  readonly allocation: Readonly<Record<StrategyKind, number>>
  /** Multiplies all weights. */
  readonly risk: number
  /** Which way trend followers go here. */
  readonly trendSide: 'long' | 'short' | 'either'
  /** Whether risk may grow; where not, only hedges and reductions are allowed. */
  readonly newRisk: boolean
}

export const STRATEGY_KINDS: readonly StrategyKind[] = ['trend', 'breakout', 'carry', 'meanReversion', 'statArb', 'marketMaking']

/** What a regime does not name is off. */
const OFF: Readonly<Record<StrategyKind, number>> = {
  trend: 0,
  breakout: 0,
  carry: 0,
  meanReversion: 0,
  statArb: 0,
  marketMaking: 0,
}

export const REGIMES: readonly Regime[] = [
  {
    id: 'R1',
    name: 'bull-calm',
    definition: 'trend up, volatility low',
    allocation: { ...OFF, trend: 1, breakout: 0.7, carry: 0.8, meanReversion: 0.3, marketMaking: 0.7 },
    risk: 1,
    trendSide: 'long',
    newRisk: true,
  },
  {
    id: 'R2',
    name: 'bull-volatile',
    definition: 'trend up, volatility high',
    allocation: { ...OFF, trend: 0.8, breakout: 0.8, carry: 0.4, meanReversion: 0.2, marketMaking: 0.3 },
    risk: 0.7,
    trendSide: 'long',
    newRisk: true,
  },
  {
    id: 'R3',
    name: 'bear-calm',
    definition: 'trend down, volatility low',
    allocation: { ...OFF, trend: 0.9, breakout: 0.6, carry: 0.5, meanReversion: 0.3, marketMaking: 0.5 },
    risk: 0.8,
    trendSide: 'short',
    newRisk: true,
  },
  {
    id: 'R4',
    name: 'bear-volatile',
    definition: 'trend down, volatility high',
    allocation: { ...OFF, trend: 0.7, breakout: 0.5, carry: 0, meanReversion: 0.1, marketMaking: 0.1 },
    risk: 0.5,
    trendSide: 'short',
    newRisk: true,
  },
  {
    id: 'R5',
    name: 'range-calm',
    definition: 'no trend, volatility low',
    allocation: { ...OFF, meanReversion: 1, statArb: 1, marketMaking: 1, carry: 1, trend: 0.1 },
    risk: 1,
    trendSide: 'either',
    newRisk: true,
  },
  {
    id: 'R6',
    name: 'range-volatile',
    definition: 'no trend, volatility high',
    allocation: { ...OFF, meanReversion: 0.6, statArb: 0.7, marketMaking: 0.3, trend: 0.2, breakout: 0.3 },
    risk: 0.6,
    trendSide: 'either',
    newRisk: true,
  },
  {
    id: 'R7',
    name: 'stress',
    definition:
      'a bar beyond five deviations, a fall of more than 15 % within 24 hours, liquidity in its worst 3 %, or toxic flow in high volatility; also whatever is unknown; until 24 clean bars have passed',
    allocation: OFF,
    risk: 0.1,
    trendSide: 'either',
    newRisk: false,
  },
  {
    id: 'R8',
    name: 'squeeze',
    definition: 'no trend, volatility in its lowest tenth, and Bollinger bands in their narrowest tenth for 24 bars',
    allocation: { ...OFF, breakout: 0.8, marketMaking: 0.4, meanReversion: 0.4 },
    risk: 0.6,
    trendSide: 'either',
    newRisk: true,
  },
]

const BY_ID = new Map(REGIMES.map((regime) => [regime.id, regime]))

export function regimeOf(id: RegimeId): Regime {
  const regime = BY_ID.get(id)
  assert(regime !== undefined, `there is no regime ${id}`)
  return regime
}
