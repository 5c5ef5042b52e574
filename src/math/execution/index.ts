/** Execution: optimal trajectories, market impact and its calibration, what a decision cost. */
export * from './almgren-chriss.ts'
export * from './impact-calibration.ts'
export * from './impact.ts'
export * from './portfolio-trajectory.ts'
export * from './schedule.ts'
export * from './shortfall.ts'
