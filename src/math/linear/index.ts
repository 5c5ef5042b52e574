/** Linear models: ridge, lasso, elastic net, logistic regression. */
export {}
