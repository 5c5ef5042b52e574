/** All indicators. One line each: the conformance suite walks this list. */
import { atrDefinition } from './atr.ts'
import { emaDefinition } from './ema.ts'
import type { IndicatorDefinition } from './indicator.ts'
import { smaDefinition } from './sma.ts'

export const INDICATORS: readonly IndicatorDefinition[] = [atrDefinition, emaDefinition, smaDefinition]
