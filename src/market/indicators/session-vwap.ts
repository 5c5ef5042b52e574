/** Volume-weighted average price of the session. */
import type { Indicator, IndicatorDefinition } from './indicator.ts'
import { checkValue, checkVolume } from './parts/check.ts'
import { SessionClock, type SessionOptions } from './parts/session-clock.ts'
import { requireSize } from './parts/state.ts'

/** `sum(p v)/sum(v)` of all bars of the session so far; the newest price while there is no volume. */
export class SessionVwap implements Indicator {
  value = Number.NaN
  readonly #clock: SessionClock
  #session = Number.NaN
  #money = 0
  #volume = 0

  constructor(options: SessionOptions = {}) {
    this.#clock = new SessionClock(options)
  }

  get ready(): boolean {
    return !Number.isNaN(this.value)
  }

  update(time: number, price: number, volume: number): number {
    checkValue('time', time)
    checkValue('price', price)
    checkVolume('volume', volume)
    const session = this.#clock.sessionOf(time)
    if (session !== this.#session) {
      this.#session = session
      this.#money = 0
      this.#volume = 0
    }
    this.#money += price * volume
    this.#volume += volume
    this.value = this.#volume > 0 ? this.#money / this.#volume : price
    return this.value
  }

  snapshot(): readonly number[] {
    return [this.value, this.#session, this.#money, this.#volume]
  }

  restore(state: readonly number[]): void {
    requireSize(state, 4)
    this.value = state[0]
    this.#session = state[1]
    this.#money = state[2]
    this.#volume = state[3]
  }
}

export const sessionVwap = (options: SessionOptions = {}): SessionVwap => new SessionVwap(options)

export const sessionVwapDefinition: IndicatorDefinition = {
  name: 'session-vwap',
  summary: 'volume-weighted average price since the session began, by default the UTC day',
  call: 'sessionVwap({ sessionStart = 0, sessionLength = DAY })',
  takes: 'time, price, volume',
  source: 'S. Berkowitz, D. Logue and E. Noser, Journal of Finance 43 (1988)',
  example: () => {
    const indicator = sessionVwap()
    return {
      indicator,
      feed: ({ time, close, volume }) => void indicator.update(time, close, volume),
      outputs: () => ({ value: indicator.value }),
    }
  },
}
