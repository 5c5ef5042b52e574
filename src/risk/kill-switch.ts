/**
 * The latch that halts trading: whatever pulls it, only a person releases it. It is part of the snapshot, so a restart does not.
 *
 * Besides the severe drawdown it is pulled by a venue that refuses order after order, and by equity that is used up.
 */
import { SECOND } from '../core/time.ts'
import type { Micros } from '../core/time.ts'

export const KILL_SWITCH = {
  name: 'killSwitch',
  description: 'rejections of the venue in a row, and equity at or below 0; then everything is closed and trading halts',
  settings: {
    enabled: { default: true, description: 'let these halt trading' },
    rejections: { default: 50, min: 1, max: 1_000, unit: 'orders', description: 'rejections that halt trading' },
    seconds: { default: 60, min: 1, max: 86_400, unit: 's', description: 'time in which they have to come' },
  },
} as const

/** The settings of `risk.killSwitch`. */
export interface KillSwitchValues {
  readonly enabled: boolean
  readonly rejections: number
  readonly seconds: number
}

export interface KillSwitchState {
  /** Why it was pulled; '' while it was not. */
  readonly reason: string
  readonly since: Micros
  readonly rejections: readonly Micros[]
}

export class KillSwitch {
  readonly values: KillSwitchValues
  #reason = ''
  #since = 0 as Micros
  /** Times of rejections within the window, oldest first. */
  #rejections: Micros[] = []

  constructor(values: KillSwitchValues) {
    this.values = values
  }

  get isTripped(): boolean {
    return this.#reason !== ''
  }

  /** '' while it was not pulled. */
  get reason(): string {
    return this.#reason
  }

  get since(): Micros {
    return this.#since
  }

  /** The first reason stays; whether this was it. */
  trip(reason: string, time: Micros): boolean {
    if (this.isTripped) return false
    this.#reason = reason
    this.#since = time
    return true
  }

  release(): void {
    this.#reason = ''
    this.#since = 0 as Micros
    this.#rejections = []
  }

  /** The venue refused an order; whether that was one too many. */
  onRejection(time: Micros): boolean {
    const { enabled, rejections, seconds } = this.values
    if (!enabled) return false
    this.#rejections.push(time)
    while (this.#rejections[0] <= time - seconds * SECOND) this.#rejections.shift()
    return this.#rejections.length >= rejections && this.trip(`${rejections} orders were rejected within ${seconds} s`, time)
  }

  snapshot(): KillSwitchState {
    return { reason: this.#reason, since: this.#since, rejections: [...this.#rejections] }
  }

  restore({ reason, since, rejections }: KillSwitchState): void {
    this.#reason = reason
    this.#since = since
    this.#rejections = [...rejections]
  }
}
