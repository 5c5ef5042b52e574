/** What all parts of a random script draw with. */
import type { Prng } from '../../../src/core/random.ts'
import { parseTime } from '../../../src/core/time.ts'

/** In the middle of a UTC day. */
export const START = parseTime('2024-01-01T08:00Z')
export const ONE = 10n ** 8n

export const pick = <T>(chance: Prng, items: readonly T[]): T => items[chance.int(0, items.length - 1)]
