/** Golden vectors of `metrics_empyrical_quantstats`: the same family in the conventions of these two libraries. */
import * as metrics from '../../src/math/metrics/index.ts'
import type { GoldenMap } from './harness.ts'
import { byKey, callNumber, has, num, vector } from './inputs.ts'

/** `05`, `1`, `2.5`, `025`: a share of a hundred. */
const share = (digits: string | undefined, fallback: number): number =>
  digits === undefined ? fallback : digits.includes('.') || digits.length < 2 ? Number(digits) / 100 : Number(`0.${digits}`)

export const map: GoldenMap = {
  name: 'metrics_empyrical_quantstats',
  answer: (question) => {
    if (!has(question, 'returns')) return undefined
    const { inputs, related, call, library } = question
    const quantstats = library.includes('quantstats')
    const returns = vector(inputs, 'returns')
    const benchmark = has(question, 'benchmark')
      ? vector(inputs, 'benchmark')
      : 'benchmark' in related
        ? vector(related, 'benchmark')
        : []
    // What the inputs were borrowed with may belong to the other library: its call says what this one was given.
    const given = (name: string, input: string, fallback: number): number =>
      quantstats ? callNumber(call, name, fallback) : num(inputs, input, fallback)
    const riskFree = given('rf', 'rf_per_period', 0)
    const target = quantstats ? riskFree : num(inputs, 'required_return', 0)
    const periodsPerYear = given('periods', 'periods', 252)
    const year = { periodsPerYear }
    const outputs = byKey(question, [
      [/^(cum_return_final|cumulative_return|comp)$/, () => metrics.cumulativeReturn(returns)],
      [/^(annual_return|cagr)$/, () => metrics.annualisedReturn(returns, year)],
      [/^(annual_)?volatility$/, () => metrics.volatility(returns, year)],
      [/^sharpe(_ratio)?$/, () => metrics.sharpe(returns, { riskFree, periodsPerYear })],
      [/^sortino(_ratio)?$/, () => metrics.sortino(returns, { target, periodsPerYear })],
      [/^adjusted_sortino$/, () => metrics.sortino(returns, { target, periodsPerYear, adjusted: true })],
      [/^smart_sharpe$/, () => metrics.smartSharpe(returns, { riskFree, periodsPerYear })],
      [/^smart_sortino$/, () => metrics.smartSortino(returns, { target, periodsPerYear })],
      [/^autocorr_penalty$/, () => metrics.autocorrelationPenalty(returns)],
      [/^downside_risk$/, () => metrics.downsideDeviation(returns, { target, periodsPerYear })],
      [/^calmar(_ratio)?$/, () => metrics.calmar(returns, year)],
      [/^omega(_ratio)?$/, () => metrics.omega(returns, { target: riskFree })],
      [/^max_drawdown$/, () => -metrics.maximumDrawdown(returns)],
      [/^stability(_of_timeseries)?$/, () => metrics.stability(returns)],
      [/^tail_ratio$/, () => metrics.tailRatio(returns)],
      [
        /^value_at_risk_gaussian(?:_([\d.]+))?$/,
        ([, digits]) => -metrics.gaussianTailRisk(returns, { confidence: share(digits, 0.95), divisor: 'sample' }).valueAtRisk,
      ],
      [
        /^value_at_risk(?:_([\d.]+))?$/,
        ([, digits]) => -metrics.historicalTailRisk(returns, { confidence: 1 - share(digits, 0.05) }).valueAtRisk,
      ],
      [
        /^(?:conditional_value_at_risk|cvar)(?:_([\d.]+))?$/,
        ([, digits]) =>
          -metrics.historicalTailRisk(returns, { confidence: 1 - share(digits, 0.05), tail: 'order' }).expectedShortfall,
      ],
      [/^alpha(_annual)?$/, () => metrics.alpha(returns, benchmark, { riskFree, periodsPerYear })],
      [/^beta$/, () => metrics.beta(returns, benchmark, { riskFree })],
      [
        /^(up|down)_capture$/,
        ([, side]) =>
          metrics.capture(returns, benchmark, { side: side === 'up' ? 'up' : 'down', convention: 'empyrical', periodsPerYear }),
      ],
      [/^capture$/, () => metrics.capture(returns, benchmark, { side: 'all', convention: 'empyrical', periodsPerYear })],
      [
        /^(excess_sharpe|information_ratio_per_period|information_ratio)$/,
        () => metrics.informationRatio(returns, benchmark, { convention: 'arithmetic' }),
      ],
      [/^treynor(_ratio)?$/, () => metrics.treynor(returns, benchmark, { riskFree, periodsPerYear })],
      [/^r_squared$/, () => metrics.rSquared(returns, benchmark)],
      [/^win_rate$/, () => metrics.winRate(returns)],
      [/^(avg_return_nonzero|avg_return|expectancy_ratio|expectancy)$/, () => metrics.expectancy(returns)],
      [/^avg_win$/, () => metrics.averageWin(returns)],
      [/^avg_loss$/, () => metrics.averageLoss(returns)],
      [/^(payoff_ratio|win_loss_ratio)$/, () => metrics.payoffRatio(returns)],
      [/^profit_factor$/, () => metrics.profitFactor(returns)],
      [/^gain_to_pain(_ratio)?$/, () => metrics.gainToPain(returns)],
      [/^kelly_criterion$/, () => metrics.kellyOfTrades(returns)],
      [/^common_sense_ratio$/, () => metrics.commonSenseRatio(returns)],
      [/^cpc_index$/, () => metrics.cpcIndex(returns)],
      [/^outlier_win_ratio$/, () => metrics.outlierWinRatio(returns)],
      [/^outlier_loss_ratio$/, () => metrics.outlierLossRatio(returns)],
      [/^consecutive_wins$/, () => metrics.consecutiveWins(returns)],
      [/^consecutive_losses$/, () => metrics.consecutiveLosses(returns)],
      [/^exposure(_fraction)?$/, () => metrics.exposure(returns)],
      [/^ulcer_index$/, () => metrics.ulcerIndex(returns, { convention: 'quantstats' })],
      [/^recovery_factor$/, () => metrics.recoveryFactor(returns)],
      [/^risk_of_ruin$/, () => metrics.quantstatsRiskOfRuin({ winRate: metrics.winRate(returns), periods: returns.length })],
      [/^risk_return_ratio$/, () => metrics.sharpe(returns)],
      [/^geometric_mean|^ghpr$|^expected_return$/, () => metrics.geometricMean(returns)],
      [/^skew(ness)?$/, () => metrics.skewness(returns, { kind: 'sample' })],
      [/^kurtosis(_excess)?$/, () => metrics.kurtosis(returns, { kind: 'sample', excess: true })],
      [/^best$/, () => Math.max(...returns)],
      [/^worst$/, () => Math.min(...returns)],
    ])
    return outputs && { outputs }
  },
}
