/** Search for good parameters: Gaussian processes, acquisition functions, Parzen estimators, early stopping. */
export * from './acquisition.ts'
export * from './bayesian-optimiser.ts'
export * from './early-stopping.ts'
export * from './gaussian-process.ts'
export * from './parzen.ts'
export * from './sobol.ts'
export * from './test-functions.ts'
