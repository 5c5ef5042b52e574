/** Which session a moment belongs to: sessions of one length from a given beginning, by default UTC days. Pure. */
import { DAY, type Micros } from '../../../core/time.ts'
import { requireNumber } from '../../../math/guard.ts'

export interface SessionOptions {
  /** Micros after 00:00 UTC at which a session begins; 0. */
  readonly sessionStart?: number
  /** Micros; a day. */
  readonly sessionLength?: number
}

export class SessionClock {
  readonly #start: number
  readonly #length: number

  constructor({ sessionStart = 0, sessionLength = DAY }: SessionOptions = {}) {
    requireNumber('sessionStart', sessionStart, -1e15, 1e15)
    requireNumber('sessionLength', sessionLength, 1, 1e15)
    this.#start = sessionStart
    this.#length = sessionLength
  }

  sessionOf(time: Micros | number): number {
    return Math.floor((time - this.#start) / this.#length)
  }

  isStart(time: Micros | number): boolean {
    return this.sessionOf(time) * this.#length + this.#start === time
  }
}
