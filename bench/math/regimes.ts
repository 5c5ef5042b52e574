/** Volatility and regimes: likelihoods that are climbed over thousands of returns. */
import { createPrng } from '../../src/core/random.ts'
import { baumWelch } from '../../src/math/hmm/baum-welch.ts'
import { fitHmm } from '../../src/math/hmm/fit.ts'
import type { GaussianHmm } from '../../src/math/hmm/model.ts'
import { fitVolatility, type VolatilityFitOptions } from '../../src/math/volatility/fit.ts'
import { clusteredReturns, regimeReturns } from './series.ts'
import type { Task } from './task.ts'

const fitOf = (name: string, options: VolatilityFitOptions, goal?: number): Task => ({
  name,
  size: 2_000,
  of: 'returns',
  ...(goal === undefined ? {} : { goal }),
  work: (size) => {
    const returns = clusteredReturns(size)
    return () => [fitVolatility(returns, options).logLikelihood]
  },
})

const START: GaussianHmm = {
  start: [1 / 3, 1 / 3, 1 / 3],
  transition: [
    [0.9, 0.05, 0.05],
    [0.05, 0.9, 0.05],
    [0.05, 0.05, 0.9],
  ],
  means: [[0], [0], [0]],
  variances: [[1e-5], [2e-4], [2e-3]],
}

export const REGIMES: readonly Task[] = [
  fitOf('GARCH(1,1) fit, normal', { model: 'garch' }, 50),
  fitOf('GARCH(1,1) fit, Student', { model: 'garch', distribution: 'student' }, 50),
  fitOf('GJR fit, Student', { model: 'gjr', distribution: 'student' }),
  fitOf('EGARCH fit, Student', { model: 'egarch', distribution: 'student' }),
  {
    name: 'Baum-Welch to convergence, 3 states',
    size: 5_000,
    of: 'returns',
    goal: 150,
    work: (size) => {
      const returns = regimeReturns(size)
      return () => [baumWelch(returns, START).logLikelihood]
    },
  },
  {
    name: 'HMM fit, 3 states, 10 starts',
    size: 5_000,
    of: 'returns',
    goal: 150,
    work: (size) => {
      const returns = regimeReturns(size)
      return () => [fitHmm(returns, { states: 3 }, createPrng('fit')).logLikelihood]
    },
  },
]
