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
  readonly #x = new Float64Array(ROW)

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
    const x = this.#x
    for (let j = 0; j < ROW; j++) x[j] = clipped((rows[at + j] - this.#centre[j]) * this.#scale[j])
    const joint = this.#joint
    const means = this.#means
    const precisions = this.#precisions
    let largest = -Infinity
    for (let k = 0; k < states; k++) {
      let level = this.#constants[k]
      for (let j = 0; j < ROW; j++) {
        const distance = x[j] - means[k * ROW + j]
        level -= distance * distance * precisions[k * ROW + j]
      }
      joint[k] = level
      if (level > largest) largest = level
    }
    const filtered = this.#filtered
    const transition = this.#transition
    let total = 0
    for (let k = 0; k < states; k++) {
      let predicted = 0
      for (let i = 0; i < states; i++) predicted += filtered[i] * transition[i * states + k]
      joint[k] = predicted * exponential(joint[k] - largest)
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
