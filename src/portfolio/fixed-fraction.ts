/**
 * The simplest allocator: the exposure the account may have is divided equally among the instruments.
 *
 * Opinion in, share of capital out. An opinion with an exact quantity has made its own size; its weight is only told.
 */
import { defaultsOf } from '../core/setting.ts'
import type { Settings, ValuesOf } from '../core/setting.ts'
import type { Signal, Weight } from '../domain/decision.ts'
import type { View } from '../domain/view.ts'
import { PortfolioManager } from './portfolio-manager.ts'
import { PORTFOLIO_SETTINGS } from './settings.ts'

export const ALLOCATION_SETTINGS = {
  fraction: {
    default: 0.9,
    min: 0,
    max: 1,
    unit: 'share of the allowed gross exposure',
    description: 'what all positions together may use, divided among the instruments',
  },
} as const satisfies Settings

export type AllocationValues = ValuesOf<typeof ALLOCATION_SETTINGS>

export interface Allocator {
  weigh(signal: Signal, view: View): Weight
}

export function fixedFraction({ fraction }: AllocationValues, maxLeverage: number): Allocator {
  const values = { ...defaultsOf(PORTFOLIO_SETTINGS), method: 'fixed' } as const
  const manager = new PortfolioManager({ values, fraction, maxLeverage, shares: [1] })
  return {
    weigh: (signal, view) => {
      const { fraction: product, ...parts } = manager.weigh(signal, 0, view)
      return { signal, fraction: product, parts: { ...parts, regime: 1, veto: undefined } }
    },
  }
}
