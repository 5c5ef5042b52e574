/** Forecasts of series. */

