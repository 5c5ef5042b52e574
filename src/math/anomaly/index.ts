/** What does not belong: outliers and changes. */
export * from './control-charts.ts'
export * from './isolation-forest.ts'
export * from './multivariate.ts'
export * from './robust.ts'
