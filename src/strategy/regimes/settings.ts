/** What can be set about regimes, with the defaults; the thresholds of the rules are settings of the same group. */
import type { Settings, ValuesOf } from '../../core/setting.ts'
import { DEFAULT_THRESHOLDS, thresholdsOf, type RegimeThresholds } from './thresholds.ts'

const threshold = <N extends keyof RegimeThresholds>(name: N, max: number, unit: string, description: string) => ({
  default: DEFAULT_THRESHOLDS[name],
  min: 0,
  max,
  unit,
  description,
})

export const REGIME_SETTINGS = {
  enabled: { default: false, description: 'tell the regime of every market from its closed bars' },
  states: { default: 3, min: 2, max: 6, unit: '', description: 'states of the hidden Markov model, from calm to turbulent' },
  refitDays: { default: 30, min: 1, max: 3650, unit: 'd', description: 'days between two fits of the models' },
  window: { default: 2000, min: 200, max: 20_000, unit: 'bars', description: 'closed bars that a fit looks back on, at most' },
  minimumSample: { default: 500, min: 200, max: 20_000, unit: 'bars', description: 'closed bars before the first fit' },
  delayBars: { default: 1, min: 1, max: 1000, unit: 'bars', description: 'bars after which the answer of a fit is put to use' },
  percentileDays: {
    default: 90,
    min: 1,
    max: 3650,
    unit: 'd',
    description: 'days in which the percentiles of volatility and band width are ranked',
  },
  liquidityDays: {
    default: 30,
    min: 1,
    max: 3650,
    unit: 'd',
    description: 'days in which the percentile of liquidity is ranked',
  },
  warmUpDays: {
    default: 30,
    min: 1,
    max: 3650,
    unit: 'd',
    description: 'days after which a percentile counts although its days are not full; before that no new risk is taken',
  },
  probability: {
    default: 0.7,
    min: 0.5,
    max: 1,
    unit: '',
    description: 'a new trend or volatility class is taken above this probability',
  },
  confirmBars: { default: 2, min: 1, max: 1000, unit: 'bars', description: 'for so many bars in a row' },
  step: {
    default: 0.02,
    min: 0,
    max: 1,
    unit: '',
    description: 'decisions hear of probabilities again when one has moved by more than this',
  },
  trendScore: threshold('trendScore', 100, '', '|trend score| above which there is a trend, when it is strong too'),
  adx: threshold('adx', 100, '', 'ADX above which a trend is strong'),
  efficiency: threshold('efficiency', 1, '', 'efficiency ratio above which a trend is strong as well'),
  volatilityEntered: threshold('volatilityEntered', 1, '', 'volatility percentile above which volatility becomes high'),
  volatilityLeft: threshold('volatilityLeft', 1, '', 'volatility percentile below which it becomes low again'),
  stressZ: threshold('stressZ', 1000, 'deviations', '|return| of one bar that is stress'),
  stressDrawdown: threshold('stressDrawdown', 1, '', 'loss from the highest close within 24 hours that is stress'),
  stressLiquidity: threshold('stressLiquidity', 1, '', 'percentile of illiquidity that is stress'),
  stressCleanBars: threshold('stressCleanBars', 10_000, 'bars', 'bars without a sign of stress after which it is left'),
  squeezeVolatility: threshold('squeezeVolatility', 1, '', 'volatility percentile below which a squeeze is possible'),
  squeezeWidth: threshold('squeezeWidth', 1, '', 'percentile of the Bollinger width that counts as narrow'),
  squeezeBars: threshold('squeezeBars', 10_000, 'bars', 'narrow bars in a row that make a squeeze'),
} as const satisfies Settings

export type RegimeValues = ValuesOf<typeof REGIME_SETTINGS>

/** The thresholds among the settings. */
export function thresholdsIn(values: RegimeValues): RegimeThresholds {
  const names = Object.keys(DEFAULT_THRESHOLDS).filter((name) => Object.hasOwn(REGIME_SETTINGS, name))
  return thresholdsOf(Object.fromEntries(names.map((name) => [name, values[name as keyof RegimeValues]])))
}
