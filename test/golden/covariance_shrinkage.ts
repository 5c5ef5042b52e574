/** Golden vectors of `covariance_shrinkage`: X is observations x assets; a wanted matrix may be the first rows of ours. */
import { portfolio } from '../../src/math/index.ts'
import type { GoldenMap, Question, Shape } from './harness.ts'
import { byKey, callNumber, has, matrix, num, vector } from './inputs.ts'

/** As many rows as are wanted. */
const rowsOf = (rows: readonly Float64Array[], shape: Shape): readonly Float64Array[] =>
  Array.isArray(shape) ? rows.slice(0, shape.length) : rows

/** `0_1` and `0.1`, `30`, `m0_5`. */
const decimal = (text: string): number => Number(text.replace(/^m/, '-').replace('_', '.'))

/** `ShrunkCovariance(0.1)`, `ShrunkCovariance(shrinkage=0.1)`; a tenth is scikit-learn's own. */
const fixedShareIn = (call: string): number => Number(/ShrunkCovariance\((?:shrinkage\s*=\s*)?(\d*\.?\d+)/.exec(call)?.[1] ?? 0.1)

const fromPyPortfolioOpt = ({ library, call, wanted }: Question): boolean =>
  /pypfopt|PyPortfolioOpt/i.test(`${library} ${call}`) || ('constant_correlation' in wanted && !/\bown\b/.test(library))

export const map: GoldenMap = {
  name: 'covariance_shrinkage',
  answer(question) {
    if (!has(question, 'X')) return undefined
    const x = matrix(question.inputs, 'X')
    const theirs = fromPyPortfolioOpt(question)
    const fixed = (delta: number): portfolio.ShrunkCovariance =>
      portfolio.fixedShrinkage(x, delta, { divisor: theirs ? 'sample' : 'population' })
    const oas = (): portfolio.ShrunkCovariance => portfolio.oracleApproximatingShrinkage(x, { convention: 'scikit-learn' })
    const constant = (): portfolio.ConstantCorrelationCovariance =>
      portfolio.constantCorrelationShrinkage(x, { convention: theirs ? 'pyportfolioopt' : 'paper' })
    const factor = (): portfolio.ShrunkCovariance =>
      portfolio.singleFactorShrinkage(x, has(question, 'market') ? { market: vector(question.inputs, 'market') } : {})
    const ofLedoitWolf = (): portfolio.CovarianceCondition => portfolio.covarianceCondition(portfolio.ledoitWolf(x).covariance)
    const outputs = byKey(question, [
      [
        /^(shrinkage_ledoit_wolf|ledoit_wolf_(delta|shrinkage)|constant_variance_delta)$/,
        () => portfolio.ledoitWolf(x).shrinkage,
      ],
      [/^(shrinkage_oas|oas_(delta|shrinkage)|oracle_approximating_delta)$/, () => oas().shrinkage],
      [/^(ledoit_wolf|constant_variance)(_first\d*rows?)?$/, (_, shape) => rowsOf(portfolio.ledoitWolf(x).covariance, shape)],
      [/^(oas|oracle_approximating)(_first\d*rows?)?$/, (_, shape) => rowsOf(oas().covariance, shape)],
      [/^(empirical|population)(_first\d*rows?)?$/, (_, shape) => rowsOf(portfolio.sampleCovariance(x, 'population'), shape)],
      [/^sample(_cov(ariance)?)?(_first\d*rows?)?$/, (_, shape) => rowsOf(portfolio.sampleCovariance(x), shape)],
      [
        /^(?:fixed|shrunk_covariance|shrunk)_(\d+(?:[._]\d+)?)(_first\d*rows?)?$/,
        ([, delta], shape) => rowsOf(fixed(decimal(delta)).covariance, shape),
      ],
      [
        /^(?:fixed|shrunk_covariance)(_first\d*rows?)?$/,
        (_, shape) => rowsOf(fixed(num(question.inputs, 'delta', fixedShareIn(question.call))).covariance, shape),
      ],
      [/^logdet_ledoit_wolf$/, () => ofLedoitWolf().logDeterminant],
      [/^condition_number_ledoit_wolf$/, () => ofLedoitWolf().conditionNumber],
      [/^logdet_oas$/, () => portfolio.covarianceCondition(oas().covariance).logDeterminant],
      [/^condition_number_oas$/, () => portfolio.covarianceCondition(oas().covariance).conditionNumber],
      [/^(single_factor_delta|delta_single_factor)$/, () => factor().shrinkage],
      [/^single_factor(_first\d*rows?)?$/, (_, shape) => rowsOf(factor().covariance, shape)],
      [/^(constant_correlation_delta|delta)$/, () => constant().shrinkage],
      [/^average_correlation$/, () => constant().averageCorrelation],
      [/^(constant_correlation|shrunk)(_first\d*rows?)?$/, (_, shape) => rowsOf(constant().covariance, shape)],
      [
        /^semicovariance(?:_benchmark_?(m?\d+(?:[._]\d+)?))?(_first\d*rows?)?$/,
        ([, benchmark], shape) => {
          const level = benchmark === undefined ? num(question.inputs, 'benchmark', 0) : decimal(benchmark)
          return rowsOf(portfolio.semicovariance(x, { benchmark: level }), shape)
        },
      ],
      [
        /^(?:ewm|exp)_cov(?:_span)?(?:_(\d+(?:[._]\d+)?))?(_first\d*rows?)?$/,
        ([, span], shape) => {
          const length = span === undefined ? num(question.inputs, 'span', callNumber(question.call, 'span', 180)) : decimal(span)
          return rowsOf(portfolio.exponentialCovariance(x, { span: length, centre: 'mean' }), shape)
        },
      ],
    ])
    return outputs && { outputs }
  },
}
