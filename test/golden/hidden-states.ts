/** The questions about hidden Markov models: parameters that are given are filtered, a start is climbed from, else a model is fitted. */
import { createPrng } from '../../src/core/random.ts'
import type { Matrix } from '../../src/math/guard.ts'
import { baumWelch, type BaumWelchOptions } from '../../src/math/hmm/baum-welch.ts'
import { fitHmm } from '../../src/math/hmm/fit.ts'
import { decodeStates, smoothStates, type HmmOptions } from '../../src/math/hmm/inference.ts'
import { stationaryDistribution, type GaussianHmm } from '../../src/math/hmm/model.ts'
import type { Answer, Inputs, Json, Question, Shape } from './harness.ts'
import { byKey, callNumber, has, lengthOf, matrix, object, vector, wants } from './inputs.ts'

type Rules = Parameters<typeof byKey>[1]

export function answerHiddenStates(question: Question): Answer | undefined {
  if (!/hmm|markov/i.test(question.model ?? '')) return undefined
  if (!has(question, 'x') && !has(question, 'X')) return undefined
  if (has(question, 'transmat')) return given(question)
  return has(question, 'start') ? climbed(question) : fitted(question)
}

function observationsOf({ inputs }: Question): number[][] {
  const rows = columnsOf(inputs['X'] ?? inputs['x'])
  if (!Array.isArray(inputs['use_rows'])) return rows
  const [from, to] = vector(inputs, 'use_rows')
  return rows.slice(from, to)
}

/** One column where there is a plain list. */
function columnsOf(value: Json): number[][] {
  const list = { value } as Inputs
  return Array.isArray(value) && Array.isArray(value[0]) ? matrix(list, 'value') : vector(list, 'value').map((each) => [each])
}

function modelOf(inputs: Inputs): GaussianHmm {
  const transition = matrix(inputs, 'transmat')
  const common = {
    start: 'startprob' in inputs ? vector(inputs, 'startprob') : stationaryDistribution(transition),
    transition,
    means: columnsOf(inputs['means']),
  }
  if (!('covariances' in inputs)) return { ...common, variances: columnsOf(inputs['variances']) }
  const list = inputs['covariances'] as readonly Json[]
  return { ...common, covariances: list.map((_, k) => matrix(list as unknown as Inputs, String(k))) }
}

const lengthsOf = ({ inputs }: Question): { readonly lengths?: readonly number[] } =>
  'lengths' in inputs ? { lengths: vector(inputs, 'lengths') } : {}

/** Rows of one feature as plain numbers where a list of numbers is wanted. */
const shaped = (rows: Matrix | undefined, shape: Shape): unknown =>
  Array.isArray(shape) && shape[0] === 'value' ? rows?.map((row) => row[0]) : rows

/** What parameters say about the observations. */
function inferred(question: Question, model: GaussianHmm, options: HmmOptions): Rules {
  const observations = observationsOf(question)
  const found = smoothStates(model, observations, options)
  const decoded = decodeStates(model, observations, options)
  const rows = (all: Matrix, part: string | undefined, shape: Shape): Matrix =>
    part === undefined ? all : part === 'first' ? all.slice(0, lengthOf(shape)) : all.slice(-lengthOf(shape))
  return [
    [/^(loglik|score|log_likelihood)$/, () => found.logLikelihood],
    [/^filtered(?:_(first|last)\d*)?$/, ([, part], shape) => rows(found.filtered, part, shape)],
    [/^predicted_next_last$/, () => found.predicted[found.predicted.length - 1]],
    [/^predicted(?:_next)?(?:_(first|last)\d*)?$/, ([, part], shape) => rows(found.predicted, part, shape)],
    [/^smoothed(?:_(first|last)\d*)?$/, ([, part], shape) => rows(found.smoothed, part, shape)],
    [/^viterbi$/, () => decoded.path],
    [/^viterbi_first\d*$/, (_, shape) => decoded.path.slice(0, lengthOf(shape))],
    [/^viterbi_last\d*$/, (_, shape) => decoded.path.slice(-lengthOf(shape))],
    [/^viterbi_(loglik|logprob|score)$/, () => decoded.logLikelihood],
    [/^stationary/, () => stationaryDistribution(model.transition)],
  ]
}

const parameters = (model: GaussianHmm): Rules => [
  [/^startprob$/, () => model.start],
  [/^transmat$/, () => model.transition],
  [/^means$/, (_, shape) => shaped(model.means, shape)],
  [/^variances$/, (_, shape) => shaped(model.variances, shape)],
  [
    /^(sd|sigmas?|stds?)$/,
    (_, shape) =>
      shaped(
        model.variances?.map((row) => Array.from(row, Math.sqrt)),
        shape,
      ),
  ],
  [/^covariances$/, () => model.covariances],
  // p10 is the probability from regime 1 to regime 0.
  [/^p(\d)(\d)$/, ([, from, to]) => model.transition[Number(from)][Number(to)]],
]

function given(question: Question): Answer | undefined {
  const outputs = byKey(question, inferred(question, modelOf(question.inputs), lengthsOf(question)))
  return outputs === undefined ? undefined : { outputs }
}

function climbed(question: Question): Answer | undefined {
  const { inputs } = question
  const lengths = lengthsOf(question)
  const result = baumWelch(observationsOf(question), modelOf(object(inputs, 'start')), { ...lengths, ...stopping(question) })
  const outputs = byKey(question, [
    [/^loglik_history$/, () => result.history],
    [/^(loglik|score|log_likelihood)$/, () => result.logLikelihood],
    [/^iterations$/, () => result.iterations],
    ...parameters(result.model),
    ...inferred(question, result.model, lengths),
  ])
  return outputs === undefined ? undefined : withObjective(question, outputs)
}

/** A number of steps, or until a step gains less than a tolerance. */
function stopping({ inputs, call, wanted }: Question): BaumWelchOptions {
  if (typeof inputs['iterations'] === 'number') return { iterations: inputs['iterations'] }
  const said = typeof inputs['iterations'] === 'string' ? /<\s*([0-9.e-]+)/.exec(inputs['iterations'])?.[1] : undefined
  const tolerance = said === undefined ? callNumber(call, 'tol', 0) : Number(said)
  if (tolerance > 0) {
    const maxIterations = callNumber(call, 'maxit', callNumber(call, 'n_iter', 5000))
    return { tolerance, toleranceKind: 'absolute', maxIterations }
  }
  const history = wanted['loglik_history']
  return { iterations: callNumber(call, 'n_iter', history === undefined ? 500 : lengthOf(history)) }
}

/** The start is no free parameter: said in the inputs, and the way of statsmodels. */
const isStationary = ({ inputs, call }: Question): boolean =>
  typeof inputs['initial'] === 'string' ? /stationary/i.test(inputs['initial']) : /Markov(Regression|Autoregression)/.test(call)

function fitted(question: Question): Answer | undefined {
  const observations = observationsOf(question)
  const { inputs, call, wanted } = question
  const asked = ['n_states', 'k', 'K', 'n_components', 'k_regimes', 'nstates'].find((key) => typeof inputs[key] === 'number')
  const states =
    asked === undefined
      ? callNumber(
          call,
          'k_regimes',
          callNumber(call, 'n_components', callNumber(call, 'nstates', lengthOf(wanted['means'] ?? ['value', 'value']))),
        )
      : Number(inputs[asked])
  const lengths = lengthsOf(question)
  const fit = fitHmm(
    observations,
    {
      states,
      ...lengths,
      covariance: wants(question, 'covariances') ? 'full' : 'diagonal',
      transitionPrior: 0,
      tolerance: 1e-12,
      maxIterations: 5000,
      minimumSample: 0,
      restarts: 20,
      initial: isStationary(question) ? 'stationary' : 'free',
    },
    createPrng('golden'),
  )
  const outputs = byKey(question, [
    [/^(loglik|score|log_likelihood)$/, () => fit.logLikelihood],
    [/^bic$/, () => fit.bic],
    [/^aic$/, () => fit.aic],
    ...parameters(fit.model),
    ...inferred(question, fit.model, lengths),
  ])
  return outputs === undefined ? undefined : withObjective(question, outputs)
}

const withObjective = (question: Question, outputs: Record<string, unknown>): Answer =>
  wants(question, 'loglik') ? { outputs, objective: { key: 'loglik', best: 'highest' } } : { outputs }
