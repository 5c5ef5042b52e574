/** Learning from examples: trees, boosting, their metrics and their cross-validation. */
export * from './boosting.ts'
export * from './classification-metrics.ts'
export * from './cross-validation.ts'
export * from './isotonic.ts'
export * from './neighbours.ts'
export * from './scalers.ts'
export { type Comparison, regressionTree, regressionTreePredict, type RegressionTree, type Tree } from './tree.ts'
