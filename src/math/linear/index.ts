/** Linear models: least squares, ridge, lasso, elastic net, logistic regression. */
export { type LinearFunction, predictLinear, standardise, type Standardised } from './design.ts'
export * from './elastic-net.ts'
export * from './logistic.ts'
export * from './ols.ts'
export * from './ridge.ts'
