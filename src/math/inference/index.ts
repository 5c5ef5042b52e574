/** Statistical tests, and whether a backtest means anything. */
export {}
