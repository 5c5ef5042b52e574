/**
 * The regime of an instrument at the close of each bar, from features of that bar and before, in words. The rules themselves are in
 * `rules.ts`.
 *
 * Pure.
 */
import { REGIME_IDS } from '../../domain/regime.ts'
import type { RegimeId } from './regimes.ts'
import * as rules from './rules.ts'
import type { RegimeThresholds } from './thresholds.ts'

/** Of a closed bar. `undefined` (or NaN): not known, because it warms up or data is missing. */
export interface RegimeFeatures {
  /** T: slope of ln price over its Newey-West standard error. */
  readonly trend: number | undefined
  /** 0 to 100. */
  readonly adx: number | undefined
  /** Efficiency ratio, 0 to 1. */
  readonly efficiency: number | undefined
  /** Rank of the volatility in its trailing 90 days, 0 to 1. */
  readonly volatilityPercentile: number | undefined
  /** Rank of relative spread x Amihud's illiquidity in its trailing 30 days, 0 to 1 (the worst). */
  readonly liquidityPercentile: number | undefined
  /** Loss from the high within 24 hours, as a share at or above 0. */
  readonly drawdown: number | undefined
  /** |return| / sqrt(h). */
  readonly absoluteZ: number | undefined
  /** cdf of VPIN, 0 to 1. */
  readonly vpin: number | undefined
  /** Rank of the Bollinger width, 0 to 1. */
  readonly widthPercentile: number | undefined
}

export type FeatureName = keyof RegimeFeatures

export interface Classification {
  readonly regime: RegimeId
  /** Why, in words with the numbers. */
  readonly reasons: readonly string[]
  /** Features that are missing and could have changed the answer. */
  readonly unknown: readonly FeatureName[]
  /** Clean bars still needed to leave stress; 0 outside of it. */
  readonly stressBarsLeft: number
}

export interface ClassifierOptions {
  readonly thresholds?: Partial<RegimeThresholds>
  /**
   * Features this market does not have, such as VPIN without trades: a condition on one of them counts as not met instead of not
   * known. Default none.
   */
  readonly absent?: readonly FeatureName[]
}

const BITS: readonly (readonly [FeatureName, number])[] = [
  ['absoluteZ', rules.ABSOLUTE_Z],
  ['drawdown', rules.DRAWDOWN],
  ['liquidityPercentile', rules.LIQUIDITY],
  ['vpin', rules.VPIN],
  ['volatilityPercentile', rules.VOLATILITY],
  ['trend', rules.TREND],
  ['adx', rules.ADX],
  ['efficiency', rules.EFFICIENCY],
  ['widthPercentile', rules.WIDTH],
]

/** Names of the features whose bits are set. */
export const featuresIn = (bits: number): readonly FeatureName[] =>
  BITS.filter(([, bit]) => (bits & bit) !== 0).map(([name]) => name)

const bitsOf = (names: readonly FeatureName[]): number =>
  BITS.reduce((bits, [name, bit]) => (names.includes(name) ? bits | bit : bits), 0)

export class RegimeClassifier {
  readonly #rules: rules.RegimeRules

  constructor(options: ClassifierOptions = {}) {
    this.#rules = new rules.RegimeRules(options.thresholds, bitsOf(options.absent ?? []))
  }

  /** Takes the features of a closed bar; its regime. */
  update(features: RegimeFeatures): Classification {
    const { trend, adx, efficiency, volatilityPercentile, liquidityPercentile, drawdown, absoluteZ, vpin, widthPercentile } =
      features
    const known = [trend, adx, efficiency, volatilityPercentile, liquidityPercentile, drawdown, absoluteZ, vpin, widthPercentile]
    this.#rules.features.set(known.map((each) => each ?? Number.NaN))
    this.#rules.update()
    const { regime, missing, stressLeft } = this.#rules
    return {
      regime: REGIME_IDS[regime],
      reasons: reasonsOf(this.#rules, features),
      unknown: featuresIn(missing),
      stressBarsLeft: stressLeft,
    }
  }

  /** The whole memory as numbers. */
  snapshot(): readonly number[] {
    return this.#rules.snapshot()
  }

  restore(state: readonly number[]): void {
    this.#rules.restore(state)
  }
}

/** Why the rules say what they say, with the numbers they looked at. */
export function reasonsOf(
  { thresholds: t, met, missing, stressLeft, squeezed, narrowBars, volatile, trend }: rules.RegimeRules,
  features: RegimeFeatures,
): readonly string[] {
  const say = (name: FeatureName, text: string): string => `${text} ${short(features[name])}`
  const signs: readonly (readonly [number, string])[] = [
    [rules.ABSOLUTE_Z, say('absoluteZ', `beyond ${t.stressZ} deviations: |z|`)],
    [rules.DRAWDOWN, say('drawdown', `above ${t.stressDrawdown}: drawdown`)],
    [rules.LIQUIDITY, say('liquidityPercentile', `above ${t.stressLiquidity}: liquidity percentile`)],
    [rules.VPIN, say('vpin', `above ${t.stressVpin} in high volatility: VPIN cdf`)],
  ]
  if (met !== 0) return signs.filter(([bit]) => (met & bit) !== 0).map(([, text]) => text)
  if (stressLeft > 0) return [`${stressLeft} clean bars to go after stress`]
  if (missing !== 0) return featuresIn(missing).map((name) => `not known: ${name}`)
  if (squeezed) return [say('volatilityPercentile', 'no trend, volatility percentile'), `narrow bands for ${narrowBars} bars`]
  return [
    say('trend', trend === 1 ? 'trend up, score' : trend === -1 ? 'trend down, score' : 'no trend, score'),
    say('volatilityPercentile', volatile ? 'volatility high, percentile' : 'volatility low, percentile'),
  ]
}

/** Enough digits to see why. */
const short = (value: number | undefined): string =>
  value === undefined || Number.isNaN(value) ? 'not known' : String(Math.round(value * 1000) / 1000)
