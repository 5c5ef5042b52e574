/**
 * Where one regime ends and the next begins. The numbers are defaults: they are to be calibrated inside purged cross-validation only.
 *
 * Pure. Source: J. W. Wilder (1978), ADX; P. Kaufman, efficiency ratio; D. Easley, M. López de Prado, M. O'Hara (2012), VPIN.
 */
import { assert } from '../../core/errors.ts'

export interface RegimeThresholds {
  /** |trend score| above which there is a trend, when it is strong enough too. */
  readonly trendScore: number
  /** ADX above which a trend is strong enough, … */
  readonly adx: number
  /** … or the efficiency ratio. */
  readonly efficiency: number
  /** Volatility percentile above which volatility becomes high, … */
  readonly volatilityEntered: number
  /** … and below which it becomes low again. */
  readonly volatilityLeft: number
  /** |return| in standard deviations of one bar. */
  readonly stressZ: number
  /** Loss from the high within 24 hours, as a share. */
  readonly stressDrawdown: number
  /** Liquidity percentile (1 is the worst). */
  readonly stressLiquidity: number
  /** VPIN cdf, together with … */
  readonly stressVpin: number
  /** … this volatility percentile. */
  readonly stressVpinVolatility: number
  /** Bars without a sign of stress after which it is left. */
  readonly stressCleanBars: number
  readonly squeezeVolatility: number
  /** Percentile of the Bollinger width. */
  readonly squeezeWidth: number
  /** Bars in a row with a width below that. */
  readonly squeezeBars: number
}

export const DEFAULT_THRESHOLDS: RegimeThresholds = Object.freeze({
  trendScore: 2,
  adx: 22,
  efficiency: 0.35,
  volatilityEntered: 0.67,
  volatilityLeft: 0.55,
  stressZ: 5,
  stressDrawdown: 0.15,
  stressLiquidity: 0.97,
  stressVpin: 0.95,
  stressVpinVolatility: 0.9,
  stressCleanBars: 24,
  squeezeVolatility: 0.1,
  squeezeWidth: 0.1,
  squeezeBars: 24,
})

/** The defaults with some of them replaced. */
export function thresholdsOf(changed: Partial<RegimeThresholds> = {}): RegimeThresholds {
  const all = { ...DEFAULT_THRESHOLDS, ...changed }
  for (const [name, value] of Object.entries(all)) assert(Number.isFinite(value) && value >= 0, `threshold ${name} is ${value}`)
  assert(
    all.volatilityLeft <= all.volatilityEntered,
    `high volatility is left below ${all.volatilityLeft}, which lies above where it is entered, ${all.volatilityEntered}`,
  )
  assert(
    Number.isInteger(all.stressCleanBars) && Number.isInteger(all.squeezeBars),
    'stressCleanBars and squeezeBars are whole numbers of bars',
  )
  return Object.freeze(all)
}
