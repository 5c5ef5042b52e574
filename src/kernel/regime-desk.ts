/** The regime of every market: one detector each, their fits as requests for slow mathematics. Pure. */
import { assert } from '../core/errors.ts'
import type { Interval } from '../core/time.ts'
import type { RegimeState } from '../domain/regime.ts'
import type { Bar } from '../market/bar.ts'
import { RegimeDetector } from '../strategy/regimes/detector.ts'
import type { DetectorState } from '../strategy/regimes/detector.ts'
import type { RegimeValues } from '../strategy/regimes/settings.ts'
import type { ComputeRequest } from '../strategy/strategy-runner.ts'

export interface RegimeDeskParts {
  readonly settings: RegimeValues
  readonly seed: number | string
}

export class RegimeDesk {
  readonly #parts: RegimeDeskParts
  /** By instrument; undefined for those that nobody trades. */
  readonly #detectors: (RegimeDetector | undefined)[] = []

  constructor(parts: RegimeDeskParts) {
    this.#parts = parts
  }

  watch(instrument: number, interval: Interval): void {
    this.#detectors[instrument] = new RegimeDetector({ instrument, interval, ...this.#parts })
  }

  /** Takes a closed bar; whether the market's label is another than before. */
  onBar(bar: Bar): boolean {
    const detector = this.#of(bar.instrument)
    const { label } = detector.state
    return detector.onBar(bar) && detector.state.label !== label
  }

  takeRequests(instrument: number): readonly ComputeRequest[] {
    return this.#of(instrument).takeRequests()
  }

  onAnswer(instrument: number, answer: unknown): void {
    this.#of(instrument).onAnswer(answer)
  }

  state(instrument: number): RegimeState | undefined {
    return this.#detectors[instrument]?.state
  }

  #of(instrument: number): RegimeDetector {
    const detector = this.#detectors[instrument]
    assert(detector !== undefined, () => `nobody watches the regime of instrument ${instrument}`)
    return detector
  }

  snapshot(): readonly (readonly [number, DetectorState])[] {
    return this.#detectors.flatMap((detector, i) => (detector === undefined ? [] : [[i, detector.snapshot()] as const]))
  }

  restore(state: readonly (readonly [number, DetectorState])[]): void {
    for (const [instrument, saved] of state) this.#of(instrument).restore(saved)
  }
}
