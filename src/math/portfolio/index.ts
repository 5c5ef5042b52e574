/** Shares of capital: covariance, optimisers, risk decomposition, attribution, Kelly. */
export {}
