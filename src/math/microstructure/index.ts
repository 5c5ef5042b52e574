/** Microstructure: bars of trades, who traded, order flow, spreads, realised measures, self-exciting events. */
export * from './bar-stream.ts'
export * from './bars.ts'
export * from './bulk-volume.ts'
export * from './classification.ts'
export * from './hawkes-fit.ts'
export {
  branchingRatio,
  hawkesCompensator,
  hawkesIntensity,
  hawkesLogLikelihood,
  hawkesMeanIntensity,
  type HawkesParameters,
  hawkesResiduals,
  type HawkesState,
  HawkesStream,
  simulateHawkes,
} from './hawkes.ts'
export * from './liquidity.ts'
export * from './ohlc-spread.ts'
export * from './order-flow.ts'
export * from './realised.ts'
export * from './trading-spread.ts'
export * from './vpin.ts'
export type { Line } from '../numerics/line.ts'
