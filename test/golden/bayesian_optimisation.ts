/** Golden vectors of `bayesian_optimisation`. */
import {
  expectedImprovement,
  lowerConfidenceBound,
  probabilityOfImprovement,
  upperConfidenceBound,
} from '../../src/math/tuning/acquisition.ts'
import { type Direction, hyperbandBrackets, replayHalving, replayPercentile } from '../../src/math/tuning/early-stopping.ts'
import {
  gpCondition,
  gpCovariance,
  gpFit,
  gpKernel,
  gpLogMarginalLikelihood,
  type GpParameters,
  gpPredict,
  type KernelName,
} from '../../src/math/tuning/gaussian-process.ts'
import { parzenEstimator, parzenLogDensity, parzenSplit } from '../../src/math/tuning/parzen.ts'
import { lowestOfStarts } from '../../src/math/numerics/bounded.ts'
import { sobol } from '../../src/math/tuning/sobol.ts'
import { TEST_FUNCTIONS } from '../../src/math/tuning/test-functions.ts'
import type { Answer, GoldenMap, Inputs, Question } from './harness.ts'
import { byKey, callNumber, has, matrix, num, object, text, vector, wants } from './inputs.ts'

export const map: GoldenMap = {
  name: 'bayesian_optimisation',
  answer(question) {
    switch (question.model) {
      case 'gp':
        return has(question, 'bounds') || wants(question, 'signal_variance') ? gpFitted(question) : gpPosterior(question)
      case 'acquisition':
        return acquisition(question)
      case 'pruning':
        return pruning(question)
      case 'hyperband':
        return { outputs: { brackets: hyperbandBrackets(num(question.inputs, 'R'), num(question.inputs, 'eta')).map(bracket) } }
      case 'tpe':
        return has(question, 'observations') ? parzen(question) : split(question)
      case 'bo':
        return minima(question)
      default:
        return undefined
    }
  },
}

const bracket = ({ s, rungs }: ReturnType<typeof hyperbandBrackets>[number]): unknown => ({
  s,
  rungs: rungs.map(({ configurations, resource }) => [configurations, resource]),
})

/** The text of the call says the kernel: `Matern(nu=2.5)` or `RBF`. */
const kernelOf = ({ call, inputs }: Question): KernelName =>
  inputs['kernel'] === 'rbf' || (/\bRBF\b/.test(call) && !/Matern/.test(call)) ? 'rbf' : 'matern52'

function gpPosterior(question: Question): Answer | undefined {
  const { inputs } = question
  const [x, y, at] = [matrix(inputs, 'X'), vector(inputs, 'y'), matrix(inputs, 'X_star')]
  const parameters: GpParameters = {
    kernel: kernelOf(question),
    signalVariance: num(inputs, 'signal_variance'),
    lengthScales: vector(inputs, 'length_scales'),
    noiseVariance: num(inputs, 'noise_variance'),
  }
  const gp = gpCondition(x, y, parameters)
  const { mean, deviation, deviationWithNoise } = gpPredict(gp, at)
  const guess = { mean, deviation }
  const best = num(inputs, 'best', Math.min(...y))
  const outputs = byKey(question, [
    [/^kernel_first_row$/, () => gpKernel(x, x, parameters)[0]],
    [/^kernel_matrix$/, () => gpKernel(x, x, parameters)],
    [/^mean$/, () => mean],
    [/^std_latent$/, () => deviation],
    [/^std_with_noise$/, () => deviationWithNoise],
    [/^covariance_with_noise_row(\d+)$/, ([, row]) => gpCovariance(gp, at, true)[Number(row)]],
    [/^covariance_with_noise$/, () => gpCovariance(gp, at, true)],
    [/^covariance(_latent)?$/, () => gpCovariance(gp, at)],
    [/^covariance(?:_latent)?_row(\d+)$/, ([, row]) => gpCovariance(gp, at)[Number(row)]],
    [/^log_marginal_likelihood$/, () => gp.logMarginalLikelihood],
    [/^lml_gradient_log_params$/, () => gpLogMarginalLikelihood(x, y, parameters).gradient],
    [/^expected_improvement_min$/, () => expectedImprovement(guess, best, num(inputs, 'xi', 0))],
    [/^probability_of_improvement(_min)?$/, () => probabilityOfImprovement(guess, best, num(inputs, 'xi', 0))],
    [/^lcb_kappa_(\d+)(?:_(\d+))?$/, ([, whole, part = '0']) => lowerConfidenceBound(guess, Number(`${whole}.${part}`))],
    [/^ucb_kappa_(\d+)(?:_(\d+))?$/, ([, whole, part = '0']) => upperConfidenceBound(guess, Number(`${whole}.${part}`))],
  ])
  return outputs && { outputs }
}

function gpFitted(question: Question): Answer {
  const { inputs } = question
  const bounds = object(inputs, 'bounds')
  const range = (...keys: readonly string[]): [number, number] => {
    const [low, high] = vector(bounds, keys.find((key) => key in bounds) ?? keys[0])
    return [low, high]
  }
  const gp = gpFit(matrix(inputs, 'X'), vector(inputs, 'y'), {
    kernel: kernelOf(question),
    bounds: {
      signalVariance: range('signal_variance'),
      lengthScale: range('length_scale', 'length_scales'),
      noiseVariance: range('noise_variance'),
    },
    starts: 24,
    maxIterations: 300,
  })
  return {
    objective: { key: 'log_marginal_likelihood', best: 'highest' },
    outputs: {
      log_marginal_likelihood: gp.logMarginalLikelihood,
      signal_variance: gp.parameters.signalVariance,
      length_scales: gp.parameters.lengthScales,
      noise_variance: gp.parameters.noiseVariance,
    },
  }
}

function acquisition(question: Question): Answer | undefined {
  const { inputs, call } = question
  const guess = { mean: vector(inputs, 'mean'), deviation: vector(inputs, 'std') }
  const [best, xi] = [num(inputs, 'best'), num(inputs, 'xi', 0)]
  const kappa = num(inputs, 'kappa', callNumber(call, 'kappa', 1.96))
  const outputs = byKey(question, [
    [/^ei$/, () => expectedImprovement(guess, best, xi)],
    [/^pi$/, () => probabilityOfImprovement(guess, best, xi)],
    [/^lcb$/, () => lowerConfidenceBound(guess, kappa)],
    [/^ucb$/, () => upperConfidenceBound(guess, kappa)],
  ])
  return outputs && { outputs }
}

const directionOf = (inputs: Inputs): Direction =>
  text(inputs, 'direction', 'minimize') === 'maximize' ? 'maximize' : 'minimize'

/** A parameter of a pruner: in the configuration, else in the text of the call, else the library's default. */
function setting({ inputs, call }: Question, key: string, fallback: number): number {
  const config = 'config' in inputs ? object(inputs, 'config') : {}
  return num(config, key, callNumber(call, key, fallback))
}

function pruning(question: Question): Answer | undefined {
  const curves = matrix(question.inputs, 'curves')
  const direction = directionOf(question.inputs)
  if (/SuccessiveHalving/.test(question.call))
    return {
      outputs: {
        pruned_at_step: replayHalving(curves, {
          minResource: setting(question, 'min_resource', 1),
          reduction: setting(question, 'reduction_factor', 4),
          minEarlyStoppingRate: setting(question, 'min_early_stopping_rate', 0),
          direction,
        }),
      },
    }
  if (!/(Median|Percentile)Pruner/.test(question.call)) return undefined
  return {
    outputs: {
      pruned_at_step: replayPercentile(curves, {
        percentile: /MedianPruner/.test(question.call) ? 50 : setting(question, 'percentile', 25),
        startupTrials: setting(question, 'n_startup_trials', 5),
        warmupSteps: setting(question, 'n_warmup_steps', 0),
        intervalSteps: setting(question, 'interval_steps', 1),
        direction,
      }),
    },
  }
}

function parzen({ inputs, library }: Question): Answer {
  const estimator = parzenEstimator(vector(inputs, 'observations'), num(inputs, 'low'), num(inputs, 'high'))
  const { centres, widths, weights } = estimator
  return {
    outputs: {
      mus: centres,
      sigmas: widths,
      weights,
      log_pdf: parzenLogDensity(estimator, vector(inputs, 'x'), library === 'optuna' ? 'optuna-3.1' : 'proper'),
    },
  }
}

function split({ inputs }: Question): Answer {
  const { good, rest } = parzenSplit(vector(inputs, 'values'), directionOf(inputs))
  return { outputs: { n_below: good.length, below_indices: good, n_above: rest.length, above_indices: rest } }
}

function minima(question: Question): Answer | undefined {
  const outputs: Record<string, number> = {}
  for (const name of Object.keys(question.wanted)) {
    const known = TEST_FUNCTIONS.find((each) => each.name === name)
    if (known === undefined) return undefined
    const { lower, upper } = known.bounds
    const starts = sobol(64, lower.length, { skip: 1 }).map((point) => point.map((u, i) => lower[i] + u * (upper[i] - lower[i])))
    outputs[name] = lowestOfStarts((x) => known.value(x), starts, known.bounds).value
  }
  return { outputs }
}
