/** Search for good parameters: Gaussian processes, acquisition functions, Parzen estimators, early stopping. */
export {}
