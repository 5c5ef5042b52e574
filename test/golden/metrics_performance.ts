/** Golden vectors of `metrics_performance`: ratios in the conventions of PerformanceAnalytics. */
import { minimumTrackRecord, probabilisticSharpe, sharpeSample } from '../../src/math/inference/sharpe.ts'
import * as metrics from '../../src/math/metrics/index.ts'
import { average } from '../../src/math/numerics/statistics.ts'
import type { GoldenMap } from './harness.ts'
import { byKey, has, num, vector } from './inputs.ts'
import { confidenceOf } from './var_es.ts'

/** `sterling_10pct`, `kelly_25`: hundredths. */
const percent = (digits: string | undefined, fallback: number): number => (digits ? Number(digits) / 100 : fallback)

export const map: GoldenMap = {
  name: 'metrics_performance',
  answer: (question) => {
    if (!has(question, 'returns')) return undefined
    const { inputs } = question
    const returns = vector(inputs, 'returns')
    const benchmark = has(question, 'benchmark') ? vector(inputs, 'benchmark') : []
    const riskFree = num(inputs, 'rf_per_period', num(inputs, 'rf', 0))
    const target = num(inputs, 'mar', 0)
    const periodsPerYear = num(inputs, 'scale', num(inputs, 'periods', 252))
    const year = { periodsPerYear }
    const of = { riskFree, periodsPerYear }
    // `_ref0` of a Sharpe ratio is one per period; the ratio itself is without a risk-free rate subtracted twice.
    const sample = () => sharpeSample(returns, riskFree)
    const outputs = byKey(question, [
      [/^mean$/, () => average(returns)],
      [/^geometric_mean$/, () => metrics.geometricMean(returns)],
      [/^(stddev|volatility)$/, () => metrics.volatility(returns)],
      [/^(annuali[sz]ed_(stddev|volatility)|annual_volatility)$/, () => metrics.volatility(returns, year)],
      [/^(cumulative|total)_return$/, () => metrics.cumulativeReturn(returns)],
      [/^(annuali[sz]ed_return(_geometric)?|cagr|annual_return)$/, () => metrics.annualisedReturn(returns, year)],
      [/^annuali[sz]ed_return_arithmetic$/, () => metrics.annualisedReturn(returns, { periodsPerYear, linking: 'arithmetic' })],
      [/^sharpe$/, () => metrics.sharpe(returns, { riskFree })],
      [
        /^sharpe_annuali[sz]ed(?:_(geometric|arithmetic))?$/,
        ([, annualisation]) =>
          metrics.sharpe(returns, { ...of, annualisation: annualisation === 'arithmetic' ? 'arithmetic' : 'geometric' }),
      ],
      [/^sortino$/, () => metrics.sortino(returns, { target })],
      [/^sortino_annuali[sz]ed$/, () => metrics.sortino(returns, { target, periodsPerYear })],
      [
        /^downside_deviation(?:_(full|subset))?$/,
        ([, denominator]) =>
          metrics.downsideDeviation(returns, { target, denominator: denominator === 'subset' ? 'subset' : 'full' }),
      ],
      [/^downside_potential$/, () => metrics.downsidePotential(returns, { target })],
      [/^upside_potential$/, () => metrics.upsidePotential(returns, { target })],
      [/^semi_deviation$/, () => metrics.semiDeviation(returns)],
      [
        /^upside_risk(?:_(full|subset))?$/,
        ([, denominator]) => metrics.upsideRisk(returns, { target, denominator: denominator === 'subset' ? 'subset' : 'full' }),
      ],
      [
        /^upside_potential_ratio(?:_(full|subset))?$/,
        ([, denominator]) =>
          metrics.upsidePotentialRatio(returns, { target, denominator: denominator === 'full' ? 'full' : 'subset' }),
      ],
      [/^upside_frequency$/, () => metrics.upsideFrequency(returns, { target })],
      [/^downside_frequency$/, () => metrics.downsideFrequency(returns, { target })],
      [/^calmar$/, () => metrics.calmar(returns, year)],
      [/^sterling(?:_(\d+)pct)?$/, ([, digits]) => metrics.sterling(returns, { periodsPerYear, excess: percent(digits, 0.1) })],
      [/^burke$/, () => metrics.burke(returns, year)],
      [/^omega$/, () => metrics.omega(returns, { target })],
      [/^omega_sharpe$/, () => metrics.omegaSharpe(returns, { target })],
      [/^kappa_?([\d.]+)$/, ([, order]) => metrics.kappa(returns, { target, order: Number(order) })],
      [/^lpm_?([\d.]+)$/, ([, order]) => metrics.lowerPartialMoment(returns, { target, order: Number(order) })],
      [/^(bernardo_ledoit|profit_factor)$/, () => metrics.bernardoLedoit(returns)],
      [/^gain_to_pain$/, () => metrics.gainToPain(returns)],
      [/^d_ratio$/, () => metrics.dRatio(returns)],
      [/^prospect_ratio$/, () => metrics.prospectRatio(returns, { target })],
      [/^ulcer_index$/, () => metrics.ulcerIndex(returns)],
      [/^pain_index$/, () => metrics.painIndex(returns)],
      [/^max_drawdown$/, () => metrics.maximumDrawdown(returns)],
      [/^average_drawdown$/, () => metrics.averageDrawdown(returns)],
      [/^average_(?:drawdown_)?length$/, () => metrics.averageDrawdownLength(returns)],
      [/^average_recovery$/, () => metrics.averageRecovery(returns)],
      [/^drawdown_deviation$/, () => metrics.drawdownDeviation(returns)],
      [
        /^cdar(?:_([\d._]+))?$/,
        ([, digits]) => metrics.conditionalDrawdown(returns, { confidence: digits ? confidenceOf(digits) : 0.95 }),
      ],
      [/^skewness(?:_population|_moment)?$/, () => metrics.skewness(returns)],
      [/^skewness_(?:fisher|sample)$/, () => metrics.skewness(returns, { kind: 'sample' })],
      [/^kurtosis(?:_population|_moment)?$/, () => metrics.kurtosis(returns)],
      [/^kurtosis_excess(?:_population)?$/, () => metrics.kurtosis(returns, { excess: true })],
      [/^kurtosis_(?:sample_excess|excess_sample|fisher)$/, () => metrics.kurtosis(returns, { kind: 'sample', excess: true })],
      [/^kurtosis_sample$/, () => metrics.kurtosis(returns, { kind: 'sample' })],
      [/^volatility_skewness$/, () => metrics.volatilitySkewness(returns, { target })],
      [/^mean_absolute_deviation$/, () => metrics.meanAbsoluteDeviation(returns)],
      [
        /^rachev(?:_(\d+)_(\d+))?$/,
        ([, upper, lower]) => metrics.rachev(returns, { upper: percent(upper, 0.1), lower: percent(lower, 0.1) }),
      ],
      [/^tail_ratio$/, () => metrics.tailRatio(returns)],
      [/^hurst$/, () => metrics.hurst(returns)],
      [/^kelly(?:_full)?$/, () => metrics.kellyOfReturns(returns, { riskFree })],
      [/^kelly_half$/, () => metrics.kellyOfReturns(returns, { riskFree, share: 0.5 })],
      [/^kelly_quarter$/, () => metrics.kellyOfReturns(returns, { riskFree, share: 0.25 })],
      [/^beta$/, () => metrics.beta(returns, benchmark, { riskFree })],
      [
        /^beta_(bull|bear)$/,
        ([, market]) => metrics.beta(returns, benchmark, { riskFree, market: market === 'bull' ? 'bull' : 'bear' }),
      ],
      [/^alpha(?:_per_period)?$/, () => metrics.alpha(returns, benchmark, { riskFree })],
      [/^alpha_annual(?:i[sz]ed)?$/, () => metrics.alpha(returns, benchmark, of)],
      [/^correlation$/, () => metrics.benchmarkCorrelation(returns, benchmark)],
      [/^r_squared$/, () => metrics.rSquared(returns, benchmark)],
      [/^active_premium$/, () => metrics.activePremium(returns, benchmark, year)],
      [/^tracking_error$/, () => metrics.trackingError(returns, benchmark, year)],
      [/^information_ratio$/, () => metrics.informationRatio(returns, benchmark, year)],
      [/^treynor$/, () => metrics.treynor(returns, benchmark, of)],
      [/^(up|down)_capture$/, ([, side]) => metrics.capture(returns, benchmark, { side: side === 'up' ? 'up' : 'down' })],
      [/^(up|down)_number$/, ([, side]) => metrics.captureNumber(returns, benchmark, { side: side === 'up' ? 'up' : 'down' })],
      [/^(up|down)_percent$/, ([, side]) => metrics.capturePercent(returns, benchmark, { side: side === 'up' ? 'up' : 'down' })],
      [/^probabilistic_sharpe(?:_ref([\d.]+))?$/, ([, reference]) => probabilisticSharpe(sample(), Number(reference ?? 0))],
      [
        /^min_track_record(?:_ref([\d.]+))?(?:_p?([\d._]+))?$/,
        ([, reference, digits]) =>
          minimumTrackRecord(sample(), { benchmark: Number(reference ?? 0), confidence: digits ? confidenceOf(digits) : 0.95 }),
      ],
      [/^martin/, () => metrics.martin(returns, year)],
      [/^pain_ratio/, () => metrics.painRatio(returns, year)],
      [/^recovery_factor$/, () => metrics.recoveryFactor(returns)],
    ])
    return outputs && { outputs }
  },
}
