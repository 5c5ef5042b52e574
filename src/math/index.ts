/**
 * The mathematics by subject, as the package offers it: `import { portfolio, numerics } from 'autotrading/math'`.
 * Inside the project the files themselves are imported.
 */
export { createPrng, type Prng } from '../core/random.ts'
export { MathError, type MathReason } from './error.ts'
export * as anomaly from './anomaly/index.ts'
export * as execution from './execution/index.ts'
export * as forecasting from './forecasting/index.ts'
export * as hmm from './hmm/index.ts'
export * as inference from './inference/index.ts'
export * as learning from './learning/index.ts'
export * as linear from './linear/index.ts'
export * as metrics from './metrics/index.ts'
export * as microstructure from './microstructure/index.ts'
export * as numerics from './numerics/index.ts'
export * as portfolio from './portfolio/index.ts'
export * as tuning from './tuning/index.ts'
export * as volatility from './volatility/index.ts'
