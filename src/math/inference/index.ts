/** Whether a result is more than chance: Sharpe inference, cross-validation without leakage, hypothesis tests. */
export * from './independent-trials.ts'
export * from './sharpe.ts'
