/**
 * The simplest allocator: the exposure the account may have is divided equally among the instruments.
 *
 * Opinion in, share of capital out. An opinion with an exact quantity has made its own size; its weight is only told.
 */
import type { Settings, ValuesOf } from '../core/setting.ts'
import type { Signal } from '../domain/decision.ts'
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
  /** Notional over equity at full conviction, and the part of it that a strategy has. */
  weigh(signal: Signal, group: number, view: View): { readonly budget: number; readonly share: number }
  /** Whether a change of what a book holds is worth its costs. */
  worthTrading(held: number, wanted: number, instrument: number, view: View): boolean
}

export function fixedFraction({ fraction }: AllocationValues, maxLeverage: number, shares: readonly number[] = [1]): Allocator {
  return {
    weigh: (_signal, group, view) => ({ budget: (fraction * maxLeverage) / view.tradedInstruments, share: shares[group] ?? 1 }),
    worthTrading: (held, wanted) => held !== wanted,
  }
}
