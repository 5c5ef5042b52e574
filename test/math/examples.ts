/** All examples, a file a subject. */
import type { Example } from './example.ts'
import { anomalyExamples } from './anomaly.examples.ts'
import { executionExamples } from './execution.examples.ts'
import { forecastingExamples } from './forecasting.examples.ts'
import { hmmExamples } from './hmm.examples.ts'
import { inferenceExamples } from './inference.examples.ts'
import { learningExamples } from './learning.examples.ts'
import { linearExamples } from './linear.examples.ts'
import { metricsExamples } from './metrics.examples.ts'
import { microstructureExamples } from './microstructure.examples.ts'
import { numericsExamples } from './numerics.examples.ts'
import { portfolioExamples } from './portfolio.examples.ts'
import { tuningExamples } from './tuning.examples.ts'
import { volatilityExamples } from './volatility.examples.ts'

export const EXAMPLES: readonly Example[] = [
  ...anomalyExamples,
  ...executionExamples,
  ...forecastingExamples,
  ...hmmExamples,
  ...inferenceExamples,
  ...learningExamples,
  ...linearExamples,
  ...metricsExamples,
  ...microstructureExamples,
  ...numericsExamples,
  ...portfolioExamples,
  ...tuningExamples,
  ...volatilityExamples,
]
