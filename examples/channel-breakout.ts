/**
 * A strategy with everything a strategy may have: parameters that must fit together, an indicator of its own, a longer
 * interval that says which side is allowed, state, a stop. docs/first-strategy.md explains the parts. An example, not advice.
 *
 *     ./autotrading backtest --strategy examples/channel-breakout.ts --data made-up --interval 1h
 */
import { atr, defineStrategy, ema, flag, integer, number, type Indicator } from 'autotrading'

/** Highest and lowest of the last `length` bars, the newest included. */
class Channel implements Indicator {
  readonly #highs: Float64Array
  readonly #lows: Float64Array
  #count = 0

  constructor(length: number) {
    this.#highs = new Float64Array(length)
    this.#lows = new Float64Array(length)
  }

  get ready(): boolean {
    return this.#count >= this.#highs.length
  }
  get high(): number {
    return Math.max(...this.#highs)
  }
  get low(): number {
    return Math.min(...this.#lows)
  }

  update(high: number, low: number): void {
    const at = this.#count % this.#highs.length
    this.#highs[at] = high
    this.#lows[at] = low
    this.#count += 1
  }

  snapshot(): readonly number[] {
    return [this.#count, ...this.#highs, ...this.#lows]
  }

  restore([count, ...values]: readonly number[]): void {
    const { length } = this.#highs
    this.#count = count
    this.#highs.set(values.slice(0, length))
    this.#lows.set(values.slice(length))
  }
}

export default defineStrategy({
  name: 'channel-breakout',
  description: 'Out of the channel of the last bars, in the direction of the day, with a stop and a pause after it.',
  parameters: {
    entry: integer(48, 'bars of the channel that is left on entry', { min: 2, max: 1_000 }),
    exit: integer(24, 'bars of the channel that ends a position', { min: 2, max: 1_000 }),
    days: integer(10, 'days of the average that allows a side', { min: 2, max: 200 }),
    stop: number(3, 'distance of the stop in average true ranges', { min: 0.1, max: 50 }),
    pause: integer(12, 'bars without an entry after a position ended', { min: 0, max: 1_000 }),
    short: flag(true, 'also sell short'),
  },
  check: (p) => (p.exit <= p.entry ? undefined : `exit (${p.exit}) must not be longer than entry (${p.entry})`),
  intervals: () => ['1d'],
  warmUp: (p) => Math.max(p.entry, 14, 24 * p.days),
  memory: (p) => Math.max(p.entry, 20 * 14, 24 * 12 * p.days),
  create({ use }, p) {
    const entry = use(new Channel(p.entry))
    const exit = use(new Channel(p.exit))
    const range = use(atr(14))
    const average = use(ema(p.days))
    const state = { day: 0, waited: 0 }

    return {
      state,
      onBar(bar, view) {
        if (bar.interval.name === '1d') {
          const level = average.update(bar.close)
          state.day = average.ready ? Math.sign(bar.close - level) : 0
          return undefined
        }
        const [above, below] = [bar.close > entry.high, bar.close < entry.low]
        const [under, over] = [bar.close < exit.low, bar.close > exit.high]
        const ready = entry.ready && exit.ready
        entry.update(bar.high, bar.low)
        exit.update(bar.high, bar.low)
        const width = p.stop * range.update(bar.high, bar.low, bar.close)
        state.waited = view.isLong || view.isShort ? 0 : state.waited + 1
        if (!ready) return undefined

        if (view.isLong) return under ? { direction: 0, reason: 'fell out of the exit channel' } : undefined
        if (view.isShort) return over ? { direction: 0, reason: 'rose out of the exit channel' } : undefined
        if (state.waited <= p.pause) return undefined
        if (above && state.day > 0) return { direction: 1, stop: bar.close - width, reason: 'broke out upwards' }
        if (below && state.day < 0 && p.short) return { direction: -1, stop: bar.close + width, reason: 'broke out downwards' }
        return undefined
      },
    }
  },
})
