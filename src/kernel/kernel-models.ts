/**
 * The slow mathematics that the kernel itself asks for, by name: pure functions of plain data. A file of its own, so that a
 * worker thread loads these and nothing else of the kernel.
 */
import { PORTFOLIO_MODEL, portfolioModel } from '../portfolio/portfolio-manager.ts'
import { REGIME_MODELS } from '../strategy/regimes/regime-fit.ts'
import type { Model } from '../strategy/strategy.ts'

/** Whose requests for slow mathematics are no strategy's. */
export const KERNEL = -1

export const KERNEL_MODELS: Readonly<Record<string, Model>> = Object.freeze({
  ...REGIME_MODELS,
  [PORTFOLIO_MODEL]: portfolioModel,
})
