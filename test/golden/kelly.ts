/** Golden vectors of `kelly`: bets, discrete outcomes, continuous assets, several assets, what happened, and drawdowns. */
import { portfolio } from '../../src/math/index.ts'
import type { GoldenMap, Inputs, Question } from './harness.ts'
import { byKey, has, matrix, num, objects, vector } from './inputs.ts'

type Outputs = Record<string, unknown> | undefined

export const map: GoldenMap = {
  name: 'kelly',
  answer(question) {
    const outputs = has(question, 'bets')
      ? { results: objects(question.inputs, 'bets').map((bet) => binary(bet)) }
      : has(question, 'p') || has(question, 'win')
        ? binary(question.inputs)
        : has(question, 'probabilities', 'returns')
          ? discrete(question)
          : has(question, 'mu', 'covariance')
            ? severalAssets(question)
            : has(question, 'mu', 'sigma')
              ? continuous(question)
              : has(question, 'returns')
                ? empirical(question)
                : has(question, 'fractions')
                  ? drawdown(question)
                  : undefined
    return outputs && { outputs }
  },
}

/** A word in a key, such as `half_kelly` or `growth_at_quarter`. */
const FRACTIONS: { readonly [name: string]: number } = { kelly: 1, full: 1, half: 0.5, quarter: 0.25, third: 1 / 3, double: 2 }

function binary(inputs: Inputs): Record<string, unknown> {
  const bet: portfolio.BinaryBet = {
    probability: num(inputs, 'p', 0.5),
    win: num(inputs, 'win', num(inputs, 'b', 1)),
    loss: num(inputs, 'loss', num(inputs, 'a', 1)),
  }
  const kelly = portfolio.kellyBinary(bet)
  const part = (fraction: number): number => portfolio.fractionalKelly([kelly], fraction)[0]
  const fraction = num(inputs, 'fraction', 0.25)
  return {
    kelly,
    kelly_no_short: Math.max(0, kelly),
    half_kelly: part(0.5),
    quarter_kelly: part(0.25),
    double_kelly: part(2),
    fractional_kelly: part(fraction),
    growth_at_kelly: portfolio.kellyBinaryGrowth(bet, kelly),
    growth_at_half: portfolio.kellyBinaryGrowth(bet, part(0.5)),
    growth_at_quarter: portfolio.kellyBinaryGrowth(bet, part(0.25)),
    growth_at_fraction: portfolio.kellyBinaryGrowth(bet, part(fraction)),
  }
}

function discrete(question: Question): Outputs {
  const bet = { probabilities: vector(question.inputs, 'probabilities'), returns: vector(question.inputs, 'returns') }
  const short = question.inputs['allow_short'] === true
  const limit = num(question.inputs, 'max_fraction', num(question.inputs, 'limit', Infinity))
  const found = portfolio.kellyDiscrete(bet, { allowShort: short, limit })
  return byKey(question, [
    [/^kelly$/, () => found.stake],
    [/^half_kelly$/, () => portfolio.fractionalKelly([found.stake], 0.5)[0]],
    [/^growth(_at_kelly)?$/, () => found.growth],
    [/^growth_at_half$/, () => portfolio.kellyDiscreteGrowth(bet, found.stake / 2)],
    [/^mean(_return)?$/, () => found.meanReturn],
    [/^variance$/, () => found.variance],
    [/^gaussian_approximation$/, () => found.gaussianStake],
  ])
}

function continuous(question: Question): Outputs {
  const bet = {
    mean: num(question.inputs, 'mu'),
    volatility: num(question.inputs, 'sigma'),
    riskFree: num(question.inputs, 'r', num(question.inputs, 'rf', 0)),
  }
  const kelly = portfolio.kellyContinuous(bet)
  const part = (name: string): number =>
    portfolio.fractionalKelly([kelly], FRACTIONS[name] ?? num(question.inputs, 'fraction', 0.25))[0]
  return byKey(question, [
    [/^kelly(_printed)?$/, () => kelly],
    [/^(half|quarter|third|double|fractional)_kelly(_printed)?$/, ([, name]) => part(name)],
    [
      /^growth_(?:at_)?(kelly|full|half|quarter|third|double|fraction)$/,
      ([, name]) => portfolio.kellyContinuousGrowth(bet, part(name)),
    ],
  ])
}

function severalAssets(question: Question): Outputs {
  const means = vector(question.inputs, 'mu')
  const covariance = matrix(question.inputs, 'covariance')
  const options = { riskFree: num(question.inputs, 'r', num(question.inputs, 'rf', 0)) }
  const full = portfolio.kellyPortfolio(means, covariance, options)
  // The fraction of the inputs is meant by the one key that names a fraction.
  const named = new Set(
    Object.keys(question.wanted).flatMap((key) => /(half|quarter|third|double|fractional?)/.exec(key)?.[1] ?? []),
  )
  const part = (name: string): Float64Array => {
    const given = has(question, 'fraction') && (named.size === 1 || !(name in FRACTIONS))
    return portfolio.fractionalKelly(full.weights, given ? num(question.inputs, 'fraction') : (FRACTIONS[name] ?? 0.25))
  }
  const limited = (text: string, long: boolean): portfolio.KellyPortfolio =>
    portfolio.constrainedKelly(means, covariance, {
      ...options,
      gross: Number(text.replace('_', '.')),
      ...(long ? {} : { lower: -Infinity }),
    })
  return byKey(question, [
    [/^kelly$/, () => full.weights],
    [/^(half|quarter|third|double|fractional)_kelly$/, ([, name]) => part(name)],
    [/^growth_(?:full|kelly)$/, () => full.growth],
    [
      /^growth_(half|quarter|third|double|fraction(?:al)?)$/,
      ([, name]) => portfolio.kellyPortfolioGrowth(part(name), means, covariance, options),
    ],
    [/^sharpe(_of_kelly)?$/, () => full.sharpe],
    [/^long_only_leverage_(\d+(?:[._]\d+)?)$/, ([, limit]) => limited(limit, true).weights],
    [/^long_short_leverage_(\d+(?:[._]\d+)?)$/, ([, limit]) => limited(limit, false).weights],
    [/^growth_(?:long_only_)?leverage_(\d+(?:[._]\d+)?)$/, ([, limit]) => limited(limit, true).growth],
    [/^growth_long_short_leverage_(\d+(?:[._]\d+)?)$/, ([, limit]) => limited(limit, false).growth],
  ])
}

function empirical(question: Question): Outputs {
  const { inputs } = question
  const found = portfolio.empiricalKelly(matrix(inputs, 'returns'), {
    ...(has(question, 'min_each') ? { lower: num(inputs, 'min_each') } : {}),
    ...(has(question, 'max_each') ? { upper: num(inputs, 'max_each') } : {}),
    ...(has(question, 'max_sum') ? { net: { upper: num(inputs, 'max_sum') } } : {}),
    ...(has(question, 'max_gross') ? { gross: num(inputs, 'max_gross') } : {}),
  })
  return byKey(question, [
    [/^(weights|kelly)$/, () => found.weights],
    [/^growth$/, () => found.growth],
  ])
}

function drawdown(question: Question): Outputs {
  const fractions = vector(question.inputs, 'fractions')
  return byKey(question, [
    [
      /^probability$/,
      () =>
        fractions.map((fraction) =>
          vector(question.inputs, 'levels').map((level) => portfolio.kellyDrawdownProbability(fraction, level)),
        ),
    ],
    [/^relative_growth$/, () => fractions.map((fraction) => portfolio.kellyGrowthShare(fraction))],
  ])
}
