/** A generator whose holder may be put back: functions taken of it earlier go on with what was restored. */
import { restorePrng } from '../core/random.ts'
import type { Prng, PrngState } from '../core/random.ts'

export interface RestorablePrng {
  /** What an instance gets; it may keep the object or single functions of it. */
  readonly prng: Prng
  state(): PrngState
  restore(saved: PrngState): void
}

export function restorablePrng(start: Prng): RestorablePrng {
  let current = start
  const names = Object.keys(start) as (keyof Prng)[]
  const prng = Object.fromEntries(
    names.map((name) => [name, (...args: never[]) => (current[name] as (...args: never[]) => unknown)(...args)]),
  ) as unknown as Prng
  return {
    prng,
    state: () => current.state(),
    restore: (saved) => {
      current = restorePrng(saved)
    },
  }
}
