/** Pivot points of the session before: classic, Fibonacci, Camarilla. */
import type { Indicator, IndicatorDefinition } from './indicator.ts'
import { checkBar, checkValue, requireChoice } from './parts/check.ts'
import { SessionClock, type SessionOptions } from './parts/session-clock.ts'
import { requireSize } from './parts/state.ts'

export type PivotMethod = 'classic' | 'fibonacci' | 'camarilla'

export interface PivotPointsOptions extends SessionOptions {
  /** 'classic' */
  readonly method?: PivotMethod
}

export interface PivotLevels {
  readonly pivot: number
  readonly r1: number
  readonly r2: number
  readonly r3: number
  readonly s1: number
  readonly s2: number
  readonly s3: number
}

/**
 * Levels from high H, low L and close C of a session, with P = (H + L + C)/3 and R = H - L. Classic: r1 = 2P - L, r2 = P + R,
 * r3 = H + 2(P - L). Fibonacci: P + 0.382 R, P + 0.618 R, P + R. Camarilla: C + 1.1 R/12, C + 1.1 R/6, C + 1.1 R/4. Supports s are
 * the mirror images.
 */
export function pivotLevels(method: PivotMethod, high: number, low: number, close: number): PivotLevels {
  requireChoice('method', method, ['classic', 'fibonacci', 'camarilla'])
  checkBar(high, low, close)
  const pivot = (high + low + close) / 3
  const range = high - low
  if (method === 'classic')
    return {
      pivot,
      r1: 2 * pivot - low,
      r2: pivot + range,
      r3: high + 2 * (pivot - low),
      s1: 2 * pivot - high,
      s2: pivot - range,
      s3: low - 2 * (high - pivot),
    }
  const from = method === 'fibonacci' ? pivot : close
  const [one, two, three] = method === 'fibonacci' ? [0.382, 0.618, 1] : [1.1 / 12, 1.1 / 6, 1.1 / 4]
  return {
    pivot,
    r1: from + one * range,
    r2: from + two * range,
    r3: from + three * range,
    s1: from - one * range,
    s2: from - two * range,
    s3: from - three * range,
  }
}

const NOT_YET = Number.NaN
const NO_LEVELS: PivotLevels = { pivot: NOT_YET, r1: NOT_YET, r2: NOT_YET, r3: NOT_YET, s1: NOT_YET, s2: NOT_YET, s3: NOT_YET }

/** Levels for this session from the last one that had bars; a first session that was not seen from its beginning does not count. */
export class PivotPoints implements Indicator {
  levels: PivotLevels = NO_LEVELS
  readonly #method: PivotMethod
  readonly #clock: SessionClock
  #session = Number.NaN
  #whole = false
  #high = Number.NaN
  #low = Number.NaN
  #close = Number.NaN
  /** What the levels were made of. */
  #from: readonly [number, number, number] = [NOT_YET, NOT_YET, NOT_YET]

  constructor({ method = 'classic', ...session }: PivotPointsOptions = {}) {
    requireChoice('method', method, ['classic', 'fibonacci', 'camarilla'])
    this.#method = method
    this.#clock = new SessionClock(session)
  }

  /** The pivot. */
  get value(): number {
    return this.levels.pivot
  }

  get ready(): boolean {
    return !Number.isNaN(this.levels.pivot)
  }

  update(time: number, high: number, low: number, close: number): number {
    checkValue('time', time)
    checkBar(high, low, close)
    const session = this.#clock.sessionOf(time)
    if (session === this.#session) {
      if (high > this.#high) this.#high = high
      if (low < this.#low) this.#low = low
    } else {
      if (this.#whole) this.#setLevels(this.#high, this.#low, this.#close)
      this.#whole = !Number.isNaN(this.#session) || this.#clock.isStart(time)
      this.#session = session
      this.#high = high
      this.#low = low
    }
    this.#close = close
    return this.levels.pivot
  }

  #setLevels(high: number, low: number, close: number): void {
    this.#from = [high, low, close]
    this.levels = Number.isNaN(high) ? NO_LEVELS : pivotLevels(this.#method, high, low, close)
  }

  snapshot(): readonly number[] {
    return [this.#session, this.#whole ? 1 : 0, this.#high, this.#low, this.#close, ...this.#from]
  }

  restore(state: readonly number[]): void {
    requireSize(state, 8)
    this.#session = state[0]
    this.#whole = state[1] === 1
    this.#high = state[2]
    this.#low = state[3]
    this.#close = state[4]
    this.#setLevels(state[5], state[6], state[7])
  }
}

export const pivotPoints = (options: PivotPointsOptions = {}): PivotPoints => new PivotPoints(options)

export const pivotPointsDefinition: IndicatorDefinition = {
  name: 'pivot-points',
  summary: 'pivot, resistances and supports from high, low and close of the session before',
  call: "pivotPoints({ method = 'classic' | 'fibonacci' | 'camarilla', sessionStart = 0, sessionLength = DAY })",
  takes: 'time, high, low, close',
  source: "floor traders' formulas; J. Person, A Complete Guide to Technical Trading Tactics, 2004; N. Scott (Camarilla), 1989",
  example: () => {
    const indicator = pivotPoints()
    return {
      indicator,
      feed: ({ time, high, low, close }) => void indicator.update(time, high, low, close),
      outputs: () => ({ ...indicator.levels }),
    }
  },
}
