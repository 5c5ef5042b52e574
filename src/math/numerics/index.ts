/** Numerics: the tools every other subject is made with. */
export * from './linear-algebra.ts'
export * from './optimise.ts'
export * from './quadratic-program.ts'
export * from './quantile.ts'
export * from './root.ts'
export * from './special.ts'
export * from './statistics.ts'
