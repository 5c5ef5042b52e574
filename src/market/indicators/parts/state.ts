/**
 * The state of an indicator that is made of others: its own numbers first, then theirs one behind another.
 *
 * Pure.
 */
import { refuseUnless } from '../../../math/guard.ts'
import type { Indicator } from '../indicator.ts'

export function packed(own: readonly number[], ...parts: readonly Indicator[]): readonly number[] {
  return parts.reduce<readonly number[]>((all, part) => all.concat(part.snapshot()), own)
}

/** Gives each part its share of what stands behind the first `own` numbers. @throws MathError shape */
export function unpack(state: readonly number[], own: number, ...parts: readonly Indicator[]): void {
  const sizes = parts.map((part) => part.snapshot().length)
  requireSize(
    state,
    sizes.reduce((sum, size) => sum + size, own),
  )
  let at = own
  parts.forEach((part, i) => {
    part.restore(state.slice(at, at + sizes[i]))
    at += sizes[i]
  })
}

/** A state of an indicator with other parameters would be misread. @throws MathError shape */
export function requireSize(state: readonly number[], size: number): void {
  refuseUnless(state.length === size, 'shape', () => `the state has ${state.length} numbers; this indicator keeps ${size}`)
}
