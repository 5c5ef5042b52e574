/** Learning from examples: trees, boosting, their metrics and their cross-validation. */
export {}
