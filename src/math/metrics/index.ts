/** Metrics of returns, equity and trades; measures of risk. */
export {}
