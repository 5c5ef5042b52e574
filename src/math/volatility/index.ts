/** Models of volatility: the GARCH family, EWMA, estimators from ranges. */
export {}
