/**
 * The regime of an instrument at the close of each bar, from features of that bar and before.
 *
 * A condition on features that are not known is itself not known, unless what is known decides it already; and what is not known is
 * treated as stress. Stress precedes squeeze, which precedes the six regimes of trend and volatility.
 *
 * Pure; the memory is a handful of numbers. Source: A. Ang, A. Timmermann (2012); P. Nystrup et al. (2018).
 */
import { assert } from '../../core/errors.ts'
import type { RegimeId } from './regimes.ts'
import { thresholdsOf, type RegimeThresholds } from './thresholds.ts'

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

/** `undefined`: not known. */
type Verdict = boolean | undefined

const and = (a: Verdict, b: Verdict): Verdict =>
  a === false || b === false ? false : a === true && b === true ? true : undefined
const or = (a: Verdict, b: Verdict): Verdict => (a === true || b === true ? true : a === false && b === false ? false : undefined)

export class RegimeClassifier {
  readonly #thresholds: RegimeThresholds
  readonly #absent: ReadonlySet<FeatureName>
  #volatile = false
  /** Clean bars still needed; 0: no stress. */
  #stressLeft = 0
  #narrowBars = 0

  constructor(options: ClassifierOptions = {}) {
    this.#thresholds = thresholdsOf(options.thresholds)
    this.#absent = new Set(options.absent)
  }

  /** Takes the features of a closed bar; its regime. */
  update(features: RegimeFeatures): Classification {
    const t = this.#thresholds
    const known = (name: FeatureName): number | undefined => {
      const value = features[name]
      return value === undefined || Number.isNaN(value) ? undefined : value
    }
    const above = (name: FeatureName, limit: number): Verdict => this.#verdict(name, known(name), (value) => value > limit)
    const below = (name: FeatureName, limit: number): Verdict => this.#verdict(name, known(name), (value) => value < limit)
    const say = (name: FeatureName, text: string): string => `${text} ${short(known(name))}`

    // Memory moves on every bar, whatever the answer is.
    const volatility = known('volatilityPercentile')
    if (volatility !== undefined) {
      if (volatility > t.volatilityEntered) this.#volatile = true
      else if (volatility < t.volatilityLeft) this.#volatile = false
    }
    const width = known('widthPercentile')
    this.#narrowBars = width !== undefined && width < t.squeezeWidth ? this.#narrowBars + 1 : 0

    const signs: readonly (readonly [Verdict, string, readonly FeatureName[]])[] = [
      [above('absoluteZ', t.stressZ), say('absoluteZ', `beyond ${t.stressZ} deviations: |z|`), ['absoluteZ']],
      [above('drawdown', t.stressDrawdown), say('drawdown', `above ${t.stressDrawdown}: drawdown`), ['drawdown']],
      [
        above('liquidityPercentile', t.stressLiquidity),
        say('liquidityPercentile', `above ${t.stressLiquidity}: liquidity percentile`),
        ['liquidityPercentile'],
      ],
      [
        and(above('vpin', t.stressVpin), above('volatilityPercentile', t.stressVpinVolatility)),
        say('vpin', `above ${t.stressVpin} in high volatility: VPIN cdf`),
        ['vpin', 'volatilityPercentile'],
      ],
    ]
    const met = signs.filter(([verdict]) => verdict === true).map(([, text]) => text)
    const missing = new Set<FeatureName>()
    const note = (verdict: Verdict, names: readonly FeatureName[]): void => {
      if (verdict === undefined)
        for (const name of names) if (known(name) === undefined && !this.#absent.has(name)) missing.add(name)
    }
    for (const [verdict, , names] of signs) note(verdict, names)
    if (met.length > 0) {
      this.#stressLeft = Math.max(1, t.stressCleanBars)
      return this.#answer('R7', met, missing)
    }
    // A bar that is not known to be clean does not count as one.
    if (missing.size === 0 && this.#stressLeft > 0) this.#stressLeft -= 1

    const strong = or(above('adx', t.adx), above('efficiency', t.efficiency))
    const up = and(above('trend', t.trendScore), strong)
    const down = and(below('trend', -t.trendScore), strong)
    const trending = or(up, down)
    note(trending, ['trend', 'adx', 'efficiency'])
    if (volatility === undefined) missing.add('volatilityPercentile')
    const quiet = below('volatilityPercentile', t.squeezeVolatility)
    const narrow = this.#verdict('widthPercentile', width, () => this.#narrowBars >= t.squeezeBars)
    const squeezed = and(and(trending === undefined ? undefined : !trending, quiet), narrow)
    note(squeezed, ['widthPercentile'])

    if (this.#stressLeft > 0) return this.#answer('R7', [`${this.#stressLeft} clean bars to go after stress`], missing)
    if (missing.size > 0)
      return this.#answer(
        'R7',
        [...missing].map((name) => `not known: ${name}`),
        missing,
      )
    if (squeezed === true)
      return this.#answer(
        'R8',
        [say('volatilityPercentile', 'no trend, volatility percentile'), `narrow bands for ${this.#narrowBars} bars`],
        missing,
      )
    const size = say('volatilityPercentile', this.#volatile ? 'volatility high, percentile' : 'volatility low, percentile')
    const direction = say('trend', up === true ? 'trend up, score' : down === true ? 'trend down, score' : 'no trend, score')
    const calm: RegimeId = up === true ? 'R1' : down === true ? 'R3' : 'R5'
    const wild: RegimeId = up === true ? 'R2' : down === true ? 'R4' : 'R6'
    return this.#answer(this.#volatile ? wild : calm, [direction, size], missing)
  }

  #verdict(name: FeatureName, value: number | undefined, judge: (value: number) => boolean): Verdict {
    if (value === undefined) return this.#absent.has(name) ? false : undefined
    return judge(value)
  }

  #answer(regime: RegimeId, reasons: readonly string[], missing: ReadonlySet<FeatureName>): Classification {
    return { regime, reasons, unknown: [...missing], stressBarsLeft: this.#stressLeft }
  }

  /** The whole memory as numbers. */
  snapshot(): readonly number[] {
    return [this.#volatile ? 1 : 0, this.#stressLeft, this.#narrowBars]
  }

  restore(state: readonly number[]): void {
    assert(
      state.length === 3 && state.every((each) => Number.isInteger(each) && each >= 0),
      'not the memory of a regime classifier',
    )
    this.#volatile = state[0] === 1
    this.#stressLeft = state[1]
    this.#narrowBars = state[2]
  }
}

/** Enough digits to see why. */
const short = (value: number | undefined): string => (value === undefined ? 'not known' : String(Math.round(value * 1000) / 1000))
