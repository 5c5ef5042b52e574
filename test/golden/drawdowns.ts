/** Golden vectors of `drawdowns`: the series, the episodes, and figures of both. */
import * as metrics from '../../src/math/metrics/index.ts'
import type { GoldenMap, Shape } from './harness.ts'
import { byKey, has, num, vector } from './inputs.ts'
import { confidenceOf } from './var_es.ts'

const countOf = (shape: Shape): number => (Array.isArray(shape) ? shape.length : 1)

export const map: GoldenMap = {
  name: 'drawdowns',
  answer: (question) => {
    if (!has(question, 'returns')) return undefined
    const returns = vector(question.inputs, 'returns')
    const periodsPerYear = num(question.inputs, 'scale', num(question.inputs, 'periods', 252))
    const listed = (of: (episode: metrics.DrawdownEpisode) => unknown) => (_: RegExpExecArray, shape: Shape) =>
      metrics.worstDrawdowns(returns, countOf(shape)).map(of)
    const inOrder = (of: (episode: metrics.DrawdownEpisode) => unknown) => () => metrics.drawdownEpisodes(returns).map(of)
    const fields: readonly (readonly [string, (episode: metrics.DrawdownEpisode) => unknown])[] = [
      ['depths?', ({ depth }) => -depth],
      ['from', ({ from }) => from],
      ['trough', ({ trough }) => trough],
      ['to', ({ to }) => to],
      ['lengths?', ({ length }) => length],
      ['recovery', ({ recovery }) => recovery],
      ['recovered', ({ recovered }) => recovered],
    ]
    const outputs = byKey(question, [
      [/^(drawdown_series|drawdowns)$/, () => metrics.drawdownSeries(returns)],
      [/^wealth/, () => metrics.wealthPath(returns)],
      [/^max(imum)?_drawdown$/, () => metrics.maximumDrawdown(returns)],
      ...fields.map(([name, of]) => [new RegExp(`^worst_${name}$`), listed(of)] as const),
      ...fields.map(([name, of]) => [new RegExp(`^(?:all|episode)_${name}$`), inOrder(of)] as const),
      [/^ulcer_index$/, () => metrics.ulcerIndex(returns)],
      [/^pain_index$/, () => metrics.painIndex(returns)],
      [/^average_drawdown$/, () => metrics.averageDrawdown(returns)],
      [/^average_(?:drawdown_)?length$/, () => metrics.averageDrawdownLength(returns)],
      [/^average_recovery$/, () => metrics.averageRecovery(returns)],
      [/^(?:max(?:imum)?|longest)_(?:drawdown_)?(?:length|duration)$/, () => metrics.longestDrawdown(returns)],
      [/^drawdown_deviation$/, () => metrics.drawdownDeviation(returns)],
      [
        /^cdar(?:_p?([\d._]+))?$/,
        ([, digits]) =>
          metrics.conditionalDrawdown(returns, {
            confidence: digits ? confidenceOf(digits) : num(question.inputs, 'confidence', 0.95),
          }),
      ],
      [/^n_drawdowns$/, () => metrics.drawdownEpisodes(returns).length],
      [/^calmar/, () => metrics.calmar(returns, { periodsPerYear })],
      [/^burke/, () => metrics.burke(returns, { periodsPerYear })],
      [/^martin/, () => metrics.martin(returns, { periodsPerYear })],
      [/^pain_ratio/, () => metrics.painRatio(returns, { periodsPerYear })],
    ])
    return outputs && { outputs }
  },
}
