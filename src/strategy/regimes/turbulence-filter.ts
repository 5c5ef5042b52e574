/**
 * How likely the turbulent states of a fitted model are, by one forward step per bar: the filtered probabilities of `StateFilter`
 * of the mathematics for diagonal Gaussians, without its checks and its likelihood, because it runs on every bar of every market.
 *
 * Pure; nothing is allocated at a bar. Source: J. D. Hamilton, Econometrica 57 (1989).
 */
import { exponential, logarithm } from '../../market/indicators/parts/elementary.ts'
import { clipped, lastCalm, ROW, type FittedStates } from './regime-fit.ts'

export class TurbulenceFilter {
  /** P(a turbulent state) given all bars so far. */
  turbulent = Number.NaN
  readonly fitted: FittedStates
  readonly #states: number
  readonly #firstTurbulent: number
  readonly #transition: Float64Array
  readonly #means: Float64Array
  readonly #precisions: Float64Array
  readonly #centre: Float64Array
  readonly #scale: Float64Array
  readonly #constants: Float64Array
  readonly #filtered: Float64Array
  readonly #joint: Float64Array

  constructor(fitted: FittedStates) {
    const { transition, means, variances = [] } = fitted.model
    const states = means.length
    this.fitted = fitted
    this.#states = states
    this.#firstTurbulent = lastCalm(states) + 1
    this.#transition = Float64Array.from(transition.flatMap((row) => Array.from(row)))
    this.#means = Float64Array.from(means.flatMap((row) => Array.from(row)))
    this.#precisions = Float64Array.from(variances.flatMap((row) => Array.from(row, (variance) => 0.5 / variance)))
    this.#constants = Float64Array.from(
      variances,
      (row) => -0.5 * Array.from(row).reduce((sum, each) => sum + logarithm(each), 0),
    )
    this.#centre = Float64Array.from(fitted.centre)
    this.#scale = Float64Array.from(fitted.scale, (scale) => 1 / scale)
    this.#filtered = Float64Array.from(fitted.filtered)
    this.#joint = new Float64Array(states)
    this.#conclude()
  }

  /** Takes the features of a closed bar, which stand at `at`. */
  update(rows: Float64Array, at: number): void {
    const states = this.#states
    const centre = this.#centre
    const scale = this.#scale
    const x = clipped((rows[at] - centre[0]) * scale[0])
    const y = clipped((rows[at + 1] - centre[1]) * scale[1])
    const z = clipped((rows[at + 2] - centre[2]) * scale[2])
    const joint = this.#joint
    const means = this.#means
    const precisions = this.#precisions
    const constants = this.#constants
    let likeliest = 0
    for (let k = 0; k < states; k++) {
      const first = k * ROW
      const dx = x - means[first]
      const dy = y - means[first + 1]
      const dz = z - means[first + 2]
      joint[k] = constants[k] - dx * dx * precisions[first] - dy * dy * precisions[first + 1] - dz * dz * precisions[first + 2]
      if (joint[k] > joint[likeliest]) likeliest = k
    }
    const largest = joint[likeliest]
    const filtered = this.#filtered
    const transition = this.#transition
    let total = 0
    for (let k = 0; k < states; k++) {
      let predicted = 0
      for (let i = 0, to = k; i < states; i++, to += states) predicted += filtered[i] * transition[to]
      joint[k] = k === likeliest ? predicted : predicted * exponential(joint[k] - largest)
      total += joint[k]
    }
    // Where nothing that can be reached explains the bar, it says nothing.
    if (!(total > 1e-290)) return
    for (let k = 0; k < states; k++) filtered[k] = joint[k] / total
    this.#conclude()
  }

  #conclude(): void {
    let turbulent = 0
    for (let k = this.#firstTurbulent; k < this.#states; k++) turbulent += this.#filtered[k]
    this.turbulent = turbulent > 1 ? 1 : turbulent
  }

  /** The filtered probabilities; the parameters are in `fitted`. */
  snapshot(): readonly number[] {
    return Array.from(this.#filtered)
  }

  restore(state: readonly number[]): void {
    this.#filtered.set(state)
    this.#conclude()
  }
}
