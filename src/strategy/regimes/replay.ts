/**
 * A detector alone on bars: what it asks is computed at once and answered with the delay it declared, as a world does it.
 *
 * Pure.
 */
import { assert } from '../../core/errors.ts'
import type { Micros } from '../../core/time.ts'
import type { Bar } from '../../market/bar.ts'
import type { Model } from '../strategy.ts'
import { REGIME_MODELS, type RegimeDetector } from './detector.ts'

export interface ReplayOptions {
  readonly models?: Readonly<Record<string, Model>>
  /** After every bar; `changed`: the state is another object. The bar is used again for the next one. */
  readonly onBar?: (bar: Bar, detector: RegimeDetector, changed: boolean) => void
  /** When an answer is put to use. */
  readonly onAnswer?: (answer: unknown, time: Micros) => void
}

interface Pending {
  readonly due: number
  readonly answer: unknown
}

/** Feeds all bars in their order. An answer that falls due at the close of a bar comes after that bar. */
export function replayDetector(detector: RegimeDetector, bars: Iterable<Bar>, options: ReplayOptions = {}): void {
  const { models = REGIME_MODELS, onBar, onAnswer } = options
  let pending: Pending[] = []
  for (const bar of bars) {
    if (pending.length > 0) {
      for (const { due, answer } of pending)
        if (due < bar.endTime) {
          detector.onAnswer(answer)
          onAnswer?.(answer, due as Micros)
        }
      pending = pending.filter(({ due }) => due >= bar.endTime)
    }
    const changed = detector.onBar(bar)
    onBar?.(bar, detector, changed)
    for (const { model, inputs, delay } of detector.takeRequests()) {
      const compute = models[model]
      assert(compute !== undefined, () => `nobody computes ${model}`)
      pending.push({ due: bar.endTime + delay, answer: compute(inputs) })
    }
  }
}
