/** Shares of capital: covariance, optimisers, risk decomposition, attribution, Kelly. */
export * from './attribution-linking.ts'
export * from './black-litterman.ts'
export {
  type Attribution,
  type AttributionOptions,
  type AttributionPeriod,
  type AttributionPeriods,
  brinsonAttribution,
  type GeometricAttribution,
  geometricAttribution,
} from './brinson.ts'
export {
  type CorrelationClusterOptions,
  correlationClusters,
  type CorrelationDistance,
  correlationDistances,
  type CutOptions,
  cutTree,
  leafOrder,
  linkage,
  type LinkageMethod,
  type Merge,
} from './clustering.ts'
export type { LinearWeightConstraint, PortfolioConstraints, WeightGroup, WeightRange } from './constraints.ts'
export {
  exponentialCorrelation,
  kendallCorrelation,
  pearsonCorrelation,
  rollingCorrelation,
  spearmanCorrelation,
  tailDependence,
  type TailDependenceOptions,
} from './correlation.ts'
export * from './correlation-matrix.ts'
export * from './covariance.ts'
export type { Memory } from './decay.ts'
export * from './denoise.ts'
export * from './hierarchical-risk-parity.ts'
export * from './james-stein.ts'
export * from './kelly.ts'
export * from './kelly-portfolio.ts'
export * from './mean-variance.ts'
export * from './rebalancing.ts'
export * from './risk-budgeting.ts'
export * from './risk-decomposition.ts'
export * from './shrinkage.ts'
