/** The questions about conditional variances, whichever library answered them: what is given is filtered, what is missing is fitted. */
import { average } from '../../src/math/numerics/statistics.ts'
import { ewmaVariances, fitEwma } from '../../src/math/volatility/ewma.ts'
import { filterVolatility, type FilteredVolatility } from '../../src/math/volatility/filter.ts'
import { fitVolatility, type ParameterErrors } from '../../src/math/volatility/fit.ts'
import { forecastVariance, horizonVariance, volatilityTermStructure } from '../../src/math/volatility/forecast.ts'
import {
  unconditionalVariance,
  volatilityPersistence,
  type VolatilityModel,
  type VolatilityParameters,
} from '../../src/math/volatility/model.ts'
import type { Answer, Inputs, Question, Shape } from './harness.ts'
import { byKey, has, lengthOf, num, numbersOf, object, text, vector, wants } from './inputs.ts'

export function answerVolatility(question: Question): Answer | undefined {
  const { inputs, model = '' } = question
  if (!has(question, 'returns')) return undefined
  if (/^ewma/i.test(model)) return answerEwma(question)
  const name = /^(egarch|gjr|garch)/i.exec(model)?.[1]
  if (name === undefined) return undefined
  const kind = name.toLowerCase() as VolatilityModel
  return has(question, 'params')
    ? filtered(question, kind, parametersOf(object(inputs, 'params')), meanOf(question))
    : fitted(question, kind)
}

/** Presample variance under either of its names. */
const backcastOf = ({ inputs }: Question): { readonly backcast?: number } => {
  const key = ['backcast', 'initial_variance'].find((name) => typeof inputs[name] === 'number')
  return key === undefined ? {} : { backcast: num(inputs, key) }
}

const firstNumber = (inputs: Inputs, ...keys: readonly string[]): number | undefined => {
  const key = keys.find((name) => typeof inputs[name] === 'number')
  return key === undefined ? undefined : num(inputs, key)
}

function parametersOf(params: Inputs): VolatilityParameters {
  const gamma = firstNumber(params, 'gamma', 'gamma1')
  const nu = firstNumber(params, 'nu', 'shape', 'df')
  return {
    omega: num(params, 'omega'),
    alpha: firstNumber(params, 'alpha', 'alpha1') ?? 0,
    beta: firstNumber(params, 'beta', 'beta1') ?? 0,
    ...(gamma === undefined ? {} : { gamma }),
    ...(nu === undefined ? {} : { nu }),
  }
}

const meanOf = ({ inputs }: Question): number =>
  firstNumber(inputs, 'mean', 'mu') ??
  (inputs['params'] === undefined ? 0 : (firstNumber(object(inputs, 'params'), 'mu', 'mean') ?? 0))

function filtered(
  question: Question,
  model: VolatilityModel,
  parameters: VolatilityParameters,
  mean: number,
): Answer | undefined {
  const found = filterVolatility(vector(question.inputs, 'returns'), { model, parameters, mean, ...backcastOf(question) })
  const outputs = series(question, model, parameters, found)
  return outputs === undefined ? undefined : { outputs }
}

/** What follows from parameters, whether given or fitted. */
function series(
  question: Question,
  model: VolatilityModel,
  parameters: VolatilityParameters,
  found: FilteredVolatility,
  more: Parameters<typeof byKey>[1] = [],
): Record<string, unknown> | undefined {
  const ahead = (steps: number): Float64Array => forecastVariance({ model, parameters, nextVariance: found.nextVariance, steps })
  return byKey(question, [
    ...more,
    ...ofVariances(found.variances),
    [/^(loglik|log_likelihood)$/, () => found.logLikelihood],
    [/^(std_resid|standardi[sz]ed(_resid\w*)?)_first\d*$/, (_, shape) => found.standardised.slice(0, lengthOf(shape))],
    [/^(std_resid|standardi[sz]ed(_resid\w*)?)_last\d*$/, (_, shape) => found.standardised.slice(-lengthOf(shape))],
    [/^next_(variance|sigma2)$/, () => found.nextVariance],
    [/^forecast_(variance|sigma2)/, (_, shape) => (shape === 'value' ? found.nextVariance : ahead(lengthOf(shape)))],
    [/^forecast_(sigma|volatility|sd)/, (_, shape) => ahead(lengthOf(shape)).map(Math.sqrt)],
    [/^horizon_variance_\d+$/, ([key]) => horizonVariance(ahead(numbersOf(key)[0]))],
    [/^term_structure/, (_, shape) => volatilityTermStructure(ahead(lengthOf(shape)))],
    [/^persistence$/, () => volatilityPersistence(model, parameters)],
    [
      /^unconditional_variance$/,
      () => (Math.abs(volatilityPersistence(model, parameters)) < 1 ? unconditionalVariance(model, parameters) : undefined),
    ],
  ])
}

const ofVariances = (variances: Float64Array): Parameters<typeof byKey>[1] => [
  [/^sigma2_first\d*$/, (_, shape: Shape) => variances.slice(0, lengthOf(shape))],
  [/^sigma2_last\d*$/, (_, shape: Shape) => variances.slice(-lengthOf(shape))],
  [/^sigma_first\d*$/, (_, shape: Shape) => variances.slice(0, lengthOf(shape)).map(Math.sqrt)],
  [/^sigma_last\d*$/, (_, shape: Shape) => variances.slice(-lengthOf(shape)).map(Math.sqrt)],
  [/^(sigma2|variances?)$/, () => variances],
  [/^sigma$/, () => variances.map(Math.sqrt)],
  [/^sigma2_mean$/, () => average(variances)],
]

function fitted(question: Question, model: VolatilityModel): Answer | undefined {
  const { inputs, call, library } = question
  const returns = vector(inputs, 'returns')
  const distribution = distributionOf(question)
  if (distribution === undefined) return undefined
  const fit = fitVolatility(returns, {
    model,
    distribution,
    mean: fittedMean(question),
    persistence: has(question, 'constraints') || library === 'arch' || /arch_model/.test(call) ? 'constrained' : 'free',
    errors: library === 'fGarch' || /garchFit/.test(call) ? 'optimhess' : 'exact',
    ...backcastOf(question),
  })
  const { parameters, mean, presample } = fit
  const found = filterVolatility(returns, { model, parameters, mean, backcast: presample })
  const outputs = series(question, model, parameters, found, [
    [/^params$/, () => named({ mean, gamma: undefined, nu: undefined, ...parameters })],
    [/^(loglik|log_likelihood)$/, () => fit.logLikelihood],
    [/^(hessian_se|se|std_err)$/, () => (fit.standardErrors === undefined ? undefined : named(fit.standardErrors))],
    [/^(robust|sandwich|qmle)_se$/, () => (fit.robustErrors === undefined ? undefined : named(fit.robustErrors))],
    [/^(integrated|persistence_at_bound)$/, () => fit.integrated],
  ])
  if (outputs === undefined) return undefined
  const key = ['loglik', 'log_likelihood'].find((each) => wants(question, each))
  return key === undefined ? { outputs } : { outputs, objective: { key, best: 'highest' } }
}

/** `undefined` for one we do not fit. */
function distributionOf({ inputs, call }: Question): 'normal' | 'student' | undefined {
  const key = ['dist', 'cond_dist', 'distribution'].find((name) => name in inputs)
  const dist = key === undefined ? (/dist\s*=\s*['"](\w+)['"]/.exec(call)?.[1] ?? 'normal') : text(inputs, key)
  return /^(t|std|student.*)$/i.test(dist) ? 'student' : /^(norm|gauss)/i.test(dist) ? 'normal' : undefined
}

function fittedMean({ inputs, call }: Question): number | 'estimate' {
  if (typeof inputs['mean'] === 'number') return inputs['mean']
  if (inputs['include_mean'] === false) return 0
  const kind = typeof inputs['mean'] === 'string' ? inputs['mean'] : /mean\s*=\s*['"](\w+)['"]/.exec(call)?.[1]
  return kind !== undefined && /^zero$/i.test(kind) ? 0 : 'estimate'
}

/** Under the names of either library. */
const named = ({ mean, omega, alpha, gamma, beta, nu }: ParameterErrors): Record<string, number | undefined> => ({
  mu: mean,
  mean,
  omega,
  alpha,
  alpha1: alpha,
  gamma,
  gamma1: gamma,
  beta,
  beta1: beta,
  nu,
  shape: nu,
})

function answerEwma(question: Question): Answer | undefined {
  const { inputs } = question
  const returns = vector(inputs, 'returns')
  const { backcast } = backcastOf(question)
  const options = { mean: meanOf(question), ...(backcast === undefined ? {} : { initialVariance: backcast }) }
  const lambda = firstNumber(inputs, 'lambda', 'lam') ?? fitEwma(returns, options).lambda
  const found = ewmaVariances(returns, { ...options, lambda })
  const outputs = byKey(question, [
    ...ofVariances(found.variances),
    [/^(loglik|log_likelihood)$/, () => found.logLikelihood],
    [/^(lambda|lam)$/, () => lambda],
    [/^params$/, () => ({ lambda, lam: lambda })],
    [
      /^(next|forecast)_(variance|sigma2)$/,
      (_, shape) => (shape === 'value' ? found.nextVariance : new Float64Array(lengthOf(shape)).fill(found.nextVariance)),
    ],
  ])
  if (outputs === undefined) return undefined
  return wants(question, 'loglik') ? { outputs, objective: { key: 'loglik', best: 'highest' } } : { outputs }
}
