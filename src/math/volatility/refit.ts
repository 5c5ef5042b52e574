/**
 * What a scheduled refit does with its outcome: the new parameters, or the old ones where the fit failed or is worse.
 *
 * Pure. Source: an own rule over T. Bollerslev's likelihood (1986): both are compared on the new returns.
 */
import { MathError } from '../error.ts'
import type { Vector } from '../guard.ts'
import { filterVolatility } from './filter.ts'
import { fitVolatility, requireFitOptions, type VolatilityFit, type VolatilityFitOptions } from './fit.ts'
import type { VolatilityModel, VolatilityParameters } from './model.ts'

export interface VolatilityEstimate {
  readonly model: VolatilityModel
  readonly parameters: VolatilityParameters
  readonly mean: number
}

export interface VolatilityRefit extends VolatilityEstimate {
  /** Whether the parameters are the new ones. */
  readonly accepted: boolean
  readonly reason: 'better' | 'fit-failed' | 'likelihood-dropped'
  /** On the new returns. */
  readonly logLikelihood: number
  readonly presample: number
  readonly fit: VolatilityFit | undefined
}

/**
 * Refits on new returns, starting from the previous parameters too, and keeps those when the fit fails or when its log-likelihood
 * on the new returns lies below theirs.
 * @throws MathError `empty`, `not-finite`, `out-of-domain`, `overflow` when the previous parameters do not fit the returns either
 */
export function refitVolatility(
  previous: VolatilityEstimate,
  returns: Vector,
  options: Omit<VolatilityFitOptions, 'model' | 'start'> = {},
): VolatilityRefit {
  const { model, parameters, mean } = previous
  const { backcast } = options
  requireFitOptions({ ...options, model })
  const old = filterVolatility(returns, { model, parameters, mean, ...(backcast === undefined ? {} : { backcast }) })
  const kept = { model, parameters, mean, accepted: false, logLikelihood: old.logLikelihood, presample: old.presample } as const
  let fit: VolatilityFit
  try {
    fit = fitVolatility(returns, {
      distribution: parameters.nu === undefined ? 'normal' : 'student',
      ...options,
      model,
      start: { parameters, mean },
    })
  } catch (error) {
    if (!(error instanceof MathError)) throw error
    return { ...kept, reason: 'fit-failed', fit: undefined }
  }
  if (fit.logLikelihood < old.logLikelihood - 1e-6) return { ...kept, reason: 'likelihood-dropped', fit }
  const { logLikelihood, presample } = fit
  return { model, parameters: fit.parameters, mean: fit.mean, accepted: true, reason: 'better', logLikelihood, presample, fit }
}
