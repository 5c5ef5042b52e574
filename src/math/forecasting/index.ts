/** Forecasts of series. */
export {}
