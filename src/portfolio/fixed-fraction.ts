/**
 * The simplest allocator: the exposure the account may have is divided equally among the instruments.
 *
 * Opinion in, share of capital out. An opinion with an exact quantity has made its own size; its weight is only told.
 */
import type { Settings, ValuesOf } from '../core/setting.ts'
import type { Signal, Weight } from '../domain/decision.ts'
import type { View } from '../domain/view.ts'

export const ALLOCATION_SETTINGS = {
  fraction: {
    default: 0.9,
    min: 0,
    max: 1,
    unit: 'share of the allowed gross exposure',
    description: 'what all positions together may use, divided equally among the instruments',
  },
} as const satisfies Settings

export type AllocationValues = ValuesOf<typeof ALLOCATION_SETTINGS>

export interface Allocator {
  weigh(signal: Signal, view: View): Weight
}

export function fixedFraction({ fraction }: AllocationValues, maxLeverage: number): Allocator {
  return {
    weigh: (signal, view) => {
      const budget = (fraction * maxLeverage) / view.instruments.length
      // Direction first: the product is the one it has always been, to the last bit.
      const product = (signal.direction * fraction * maxLeverage) / view.instruments.length
      return { signal, fraction: product, parts: { budget, share: 1, regime: 1, veto: undefined } }
    },
  }
}
