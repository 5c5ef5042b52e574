/** Golden vectors of `sharpe_inference`. */
import {
  annualisedSharpe,
  deflatedSharpe,
  deflatedSharpeOfTrials,
  effectiveTrials,
  expectedMaximumSharpe,
  minimumTrackRecord,
  probabilityOfOverfitting,
  probabilisticSharpe,
  sharpeSample,
  type SharpeSample,
  sharpeStandardError,
  sharpeStandardErrorNormal,
} from '../../src/math/inference/index.ts'
import { average } from '../../src/math/numerics/index.ts'
import { definedOr } from './defined.ts'
import type { Answer, GoldenMap, Inputs, Question } from './harness.ts'
import { has, lengthOf, matrix, num, objects, vector } from './inputs.ts'

const sampleOf = (inputs: Inputs): SharpeSample => ({
  sharpe: num(inputs, 'sharpe'),
  observations: num(inputs, 'n_obs'),
  skewness: num(inputs, 'skew', 0),
  kurtosis: num(inputs, 'kurtosis', 3),
})

const evidence = (inputs: Inputs): Answer['outputs'] => {
  const sample = sampleOf(inputs)
  const benchmark = num(inputs, 'benchmark', 0)
  const trials = ['n_trials', 'trials'].find((key) => key in inputs)
  const deflated =
    trials === undefined || !('variance' in inputs)
      ? undefined
      : deflatedSharpe(sample, { trials: num(inputs, trials), variance: num(inputs, 'variance') })
  return {
    sr0: deflated?.threshold,
    dsr: deflated?.probability,
    psr: probabilisticSharpe(sample, benchmark),
    min_track_record: definedOr(null, () =>
      minimumTrackRecord(sample, { benchmark, confidence: num(inputs, 'confidence', 0.95) }),
    ),
    se_sharpe_mertens: sharpeStandardError(sample),
    se_sharpe_iid_normal: sharpeStandardErrorNormal(sample.sharpe, sample.observations),
  }
}

/** The same from the returns themselves. */
function measured({ inputs }: Question): Answer['outputs'] {
  const sample = sharpeSample(vector(inputs, 'returns'), num(inputs, 'risk_free', 0))
  const { sharpe, observations, skewness: skew, kurtosis } = sample
  return { sharpe, skew, kurtosis, n_obs: observations, ...evidence({ ...inputs, sharpe, skew, kurtosis, n_obs: observations }) }
}

/** Ratios and their variance are given per year here, and asked for per period. */
function deflatedAnnual({ inputs }: Question): Answer['outputs'] {
  const year = num(inputs, 'periods_per_year', 1)
  const perPeriod = num(inputs, 'annual_sharpe') / Math.sqrt(year)
  const sample = { ...sampleOf({ ...inputs, sharpe: perPeriod }), sharpe: perPeriod }
  const { threshold, probability } = deflatedSharpe(sample, {
    trials: num(inputs, 'trials'),
    variance: num(inputs, 'variance_of_trial_sharpes_annual') / year,
  })
  return {
    sr_per_period: perPeriod,
    sr0_per_period: threshold,
    psr_zero: probabilisticSharpe(sample),
    dsr: probability,
    min_track_record: definedOr(null, () => minimumTrackRecord(sample)),
  }
}

function deflatedTrials({ inputs }: Question): Answer['outputs'] {
  const found = deflatedSharpeOfTrials(
    matrix(inputs, 'trial_returns'),
    'n_trials' in inputs ? num(inputs, 'n_trials') : undefined,
  )
  return {
    sharpes: found.sharpes,
    best_trial: found.best,
    variance_of_sharpes_ddof1: found.variance,
    sr0: found.threshold,
    skew: found.sample.skewness,
    kurtosis: found.sample.kurtosis,
    dsr: found.probability,
    psr: probabilisticSharpe(found.sample),
  }
}

function autocorrelated({ inputs }: Question): Answer['outputs'] {
  const found = annualisedSharpe(vector(inputs, 'returns'), num(inputs, 'q'))
  return { sharpe: found.sharpe, acf: found.autocorrelations, eta: found.factor, sharpe_q: found.annualised }
}

/** `logits_sorted_first20`, `winner_first10`: the first so many. */
function overfitting({ inputs, wanted }: Question): Answer['outputs'] {
  const found = probabilityOfOverfitting(matrix(inputs, 'returns'), { blocks: num(inputs, 'n_blocks') })
  const ascending = found.logits.toSorted()
  const outputs: Record<string, unknown> = {
    n_combinations: found.combinations,
    pbo: found.probability,
    logits: found.logits,
    logits_sorted: ascending,
    logits_mean: average(found.logits),
    probability_of_oos_loss: found.probabilityOfLoss,
    degradation_slope: found.degradation?.slope,
    degradation_intercept: found.degradation?.intercept,
    winner: found.winners,
    in_sample: found.inSample,
    out_of_sample: found.outOfSample,
  }
  for (const [key, shape] of Object.entries(wanted)) {
    if (/^logits_sorted_first\d+$/.test(key)) outputs[key] = ascending.slice(0, lengthOf(shape))
    else if (/^logits_first\d+$/.test(key)) outputs[key] = found.logits.slice(0, lengthOf(shape))
    else if (/^winner_first\d+$/.test(key)) outputs[key] = found.winners.slice(0, lengthOf(shape))
  }
  return outputs
}

const expectedMaxima = (cases: readonly Inputs[]): Answer['outputs'] => ({
  expected_max: cases.map((each) => expectedMaximumSharpe(num(each, 'n_trials'), num(each, 'variance'))),
})

export const map: GoldenMap = {
  name: 'sharpe_inference',
  answer(question) {
    const { inputs } = question
    const outputs = ((): Answer['outputs'] | undefined => {
      if (has(question, 'trial_returns')) return deflatedTrials(question)
      if (has(question, 'annual_sharpe')) return deflatedAnnual(question)
      if (has(question, 'returns', 'n_blocks')) return overfitting(question)
      if (has(question, 'returns', 'q')) return autocorrelated(question)
      if (has(question, 'cases')) {
        const cases = objects(inputs, 'cases')
        return 'expected_max' in question.wanted ? expectedMaxima(cases) : { results: cases.map(evidence) }
      }
      if (has(question, 'sharpe', 'n_obs')) return evidence(inputs)
      if (has(question, 'n_trials', 'mean_correlation'))
        return { n_eff: effectiveTrials(num(inputs, 'n_trials'), num(inputs, 'mean_correlation')) }
      if (has(question, 'returns')) return measured(question)
      return undefined
    })()
    return outputs && { outputs }
  },
}
