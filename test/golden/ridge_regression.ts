/** Golden vectors of `ridge_regression`. */
import {
  chooseRidgePenalty,
  elasticNet,
  lasso,
  linearRegression,
  logisticRegression,
  predictProbability,
  ridgeRegression,
  standardise,
} from '../../src/math/linear/index.ts'
import { definedOr } from './defined.ts'
import type { GoldenMap, Question } from './harness.ts'
import { byKey, callNumber, lengthOf, matrix, text, vector } from './inputs.ts'

export const map: GoldenMap = {
  name: 'ridge_regression',
  answer(question) {
    const outputs = answerOf(question)
    return outputs === undefined ? undefined : { outputs }
  },
}

/** `Lasso(0.1)` gives 0.1. */
function firstArgument(call: string, name: string, fallback: number): number {
  const found = new RegExp(`\\b${name}\\((?:alpha=)?([0-9.]+(?:e-?[0-9]+)?)`).exec(call)?.[1]
  return found === undefined ? fallback : Number(found)
}

function answerOf(question: Question): Record<string, unknown> | undefined {
  const { inputs, call } = question
  const x = matrix(inputs, 'X')
  // A case that takes X from another takes its target too.
  const y = (): number[] => vector('y' in inputs ? inputs : question.inputsOf(text(inputs, 'X_from_case')), 'y')
  const memo = <T>(compute: () => T): (() => T) => {
    let known: { readonly value: T } | undefined
    return () => (known ??= { value: compute() }).value
  }
  const scaled = memo(() => standardise(x).rows)
  const weighted = memo(() =>
    ridgeRegression(scaled(), y(), { penalty: firstArgument(call, 'Ridge', 1), weights: vector(inputs, 'sample_weight') }),
  )
  const chosen = memo(() => chooseRidgePenalty(scaled(), y(), { penalties: vector(inputs, 'alphas') }))
  const sparse = memo(() => lasso(scaled(), y(), { penalty: firstArgument(call, 'Lasso', 0.1) }))
  const net = memo(() =>
    elasticNet(scaled(), y(), { penalty: firstArgument(call, 'ElasticNet', 0.1), l1Share: callNumber(call, 'l1_ratio', 0.5) }),
  )
  const logit = memo(() => logisticRegression(scaled(), vector(inputs, 'y_binary'), { inversePenalty: callNumber(call, 'C', 1) }))
  return byKey(question, [
    [
      /^alpha_(.+)$/,
      ([, digits]) => {
        const penalty = Number(digits)
        const { coefficients, intercept, r2 } = ridgeRegression(x, y(), { penalty })
        const through = ridgeRegression(x, y(), { penalty, intercept: false })
        return { coef: coefficients, intercept, r2, coef_no_intercept: through.coefficients }
      },
    ],
    [
      /^ols$/,
      () => {
        const found = definedOr(undefined, () => linearRegression(x, y()))
        if (found !== undefined) return { coef: found.coefficients.slice(1), intercept: found.coefficients[0], r2: found.r2 }
        // Of more columns than rows scikit-learn takes the shortest solution.
        const { coefficients, intercept, r2 } = ridgeRegression(x, y(), { penalty: 0 })
        return { coef: coefficients, intercept, r2 }
      },
    ],
    [/^weighted_coef$/, () => weighted().coefficients],
    [/^weighted_intercept$/, () => weighted().intercept],
    [/^loo_mse_per_alpha$/, () => chosen().errors],
    [/^best_alpha$/, () => chosen().penalty],
    [/^best_coef$/, () => chosen().model.coefficients],
    [/^best_intercept$/, () => chosen().model.intercept],
    [/^lasso_coef$/, () => sparse().coefficients],
    [/^lasso_intercept$/, () => sparse().intercept],
    [/^elasticnet_coef$/, () => net().coefficients],
    [/^elasticnet_intercept$/, () => net().intercept],
    [/^logistic_coef$/, () => logit().coefficients],
    [/^logistic_intercept$/, () => logit().intercept],
    [/^logistic_prob_first\d+$/, (_, shape) => predictProbability(logit(), scaled().slice(0, lengthOf(shape)))],
  ])
}
