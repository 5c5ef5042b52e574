/**
 * Which instruments may be traded: chosen once a day from what their bars were until then, with reasons.
 *
 * Nothing is known here of bars that have not been fed, and an instrument without bars is in no universe, so that the choice of a past day
 * is what it would have been on that day. It is only as free of survivorship as the list of instruments that are fed.
 */
import type { Settings, ValuesOf } from '../core/setting.ts'
import { DAY, dayNumber } from '../core/time.ts'
import type { Micros } from '../core/time.ts'

const share = (value: number, max: number, description: string) => ({ default: value, min: 0, max, unit: 'share', description })

export const UNIVERSE_SETTINGS = {
  enabled: { default: false, description: 'trade only chosen instruments; otherwise all that have data' },
  exit: { default: true, description: 'close what is held in an instrument that leaves; otherwise only nothing new is opened' },
  top: { default: 0, min: 0, max: 10_000, unit: 'instruments', description: 'so many with the highest volume; 0 is all' },
  minVolume: { default: 0, min: 0, max: 1e15, unit: 'quote a day', description: 'least mean traded value of a day' },
  minAge: { default: 0, min: 0, max: 10_000, unit: 'days', description: 'least time since the first bar' },
  minPrice: { default: 0, min: 0, max: 1e12, unit: 'quote', description: 'least price' },
  maxSpread: share(1, 1, 'widest spread between bid and ask over their middle; 1 is any, and asks for no quotes'),
  minVolatility: share(0, 10, "least standard deviation of a day's return"),
  maxVolatility: share(10, 10, "largest standard deviation of a day's return; 10 is any"),
  days: { default: 30, min: 2, max: 400, unit: 'days', description: 'whole days that volume and volatility are taken from' },
  hysteresis: share(0.2, 0.9, 'by so much of a bound a member may miss it and stays'),
} as const satisfies Settings

export type UniverseValues = ValuesOf<typeof UNIVERSE_SETTINGS>

/** An instrument came in or went out, and why; to be written down. */
export interface MembershipChange {
  readonly time: Micros
  readonly instrument: number
  readonly change: 'entered' | 'left'
  /** In words with numbers. */
  readonly reason: string
}

/** What the selector takes from a bar. */
export interface UniverseBar {
  readonly openTime: Micros
  readonly endTime: Micros
  readonly close: number
  /** In base units. */
  readonly volume: number
}

export interface UniverseState {
  /** UTC day of the last choice; -1 before the first. */
  readonly day: number
  readonly members: readonly boolean[]
  readonly statistics: readonly (readonly number[] | undefined)[]
}

const NO_CHANGES: readonly MembershipChange[] = []

export class UniverseSelector {
  readonly values: UniverseValues
  readonly #statistics: (DayStatistics | undefined)[] = []
  readonly #members: boolean[] = []
  #day = -1

  constructor(values: UniverseValues) {
    this.values = values
  }

  /** Whether new positions may be opened; without a universe always. */
  isMember(instrument: number): boolean {
    return !this.values.enabled || (this.#members[instrument] ?? false)
  }

  /** Instruments in the universe, ascending. */
  get members(): readonly number[] {
    return [...this.#members.keys()].filter((instrument) => this.#members[instrument])
  }

  /** A closed bar, in the order of time. Call `onTime` with the same moment first. */
  onBar(instrument: number, bar: UniverseBar): void {
    const known = this.#statistics[instrument]
    if (known !== undefined) known.add(bar)
    else this.#begin(instrument).add(bar)
  }

  /** The newest (ask - bid) / mid. */
  onSpread(instrument: number, spread: number): void {
    const known = this.#statistics[instrument]
    if (known !== undefined) known.spread = spread
  }

  /**
   * Chooses at the first moment after a UTC midnight, from the whole days before it; nothing happens otherwise. After, not at: bars that end
   * with the day come one by one.
   */
  onTime(time: Micros): readonly MembershipChange[] {
    // A bar that ends at midnight is of the day before.
    const day = dayNumber((time - 1) as Micros)
    if (!this.values.enabled || day <= this.#day) return NO_CHANGES
    this.#day = day
    return this.#choose(day, time)
  }

  #begin(instrument: number): DayStatistics {
    while (this.#statistics.length <= instrument) {
      this.#statistics.push(undefined)
      this.#members.push(false)
    }
    const fresh = new DayStatistics(this.values.days)
    this.#statistics[instrument] = fresh
    return fresh
  }

  #choose(day: number, time: Micros): readonly MembershipChange[] {
    const reasons = this.#statistics.map((statistics, instrument) => this.#complaint(statistics, instrument, day))
    const ranked = [...reasons.keys()].filter((instrument) => reasons[instrument] === undefined)
    const volume = (instrument: number): number => this.#statistics[instrument]?.meanVolume ?? 0
    ranked.sort((a, b) => volume(b) - volume(a) || a - b)
    const chosen = this.#places(ranked)
    const changes: MembershipChange[] = []
    for (const [instrument, complaint] of reasons.entries()) {
      const isIn = chosen.has(instrument)
      if (isIn === this.#members[instrument]) continue
      const rank = `rank ${ranked.indexOf(instrument) + 1} of ${ranked.length} by volume`
      const reason = isIn
        ? `${rank}, ${amount(volume(instrument))} a day`
        : (complaint ?? `${rank}, and ${this.values.top} are taken`)
      this.#members[instrument] = isIn
      changes.push({ time, instrument, change: isIn ? 'entered' : 'left', reason })
    }
    return changes
  }

  /** Members keep their place somewhat beyond the last one; what is free goes to the best of the others. */
  #places(ranked: readonly number[]): ReadonlySet<number> {
    const { top, hysteresis } = this.values
    if (top === 0) return new Set(ranked)
    const kept = ranked.slice(0, Math.ceil(top * (1 + hysteresis))).filter((instrument) => this.#members[instrument])
    const others = ranked.slice(0, top).filter((instrument) => !this.#members[instrument])
    return new Set([...kept, ...others].slice(0, top))
  }

  /** Why an instrument cannot be in the universe; `undefined` when it can. */
  #complaint(statistics: DayStatistics | undefined, instrument: number, day: number): string | undefined {
    if (statistics === undefined) return 'no bars yet'
    statistics.closeDays(day)
    const { minVolume, minAge, minPrice, maxSpread, minVolatility, maxVolatility, hysteresis } = this.values
    const slack = this.#members[instrument] ? hysteresis : 0
    const { lastDay, meanVolume, spread, close } = statistics
    if (lastDay < day - 1) return 'no bars in the last day'
    const age = (day * DAY - statistics.first) / DAY
    if (age < minAge) return `${age.toFixed(1)} days old, at least ${minAge} are asked for`
    if (!(meanVolume >= minVolume * (1 - slack)))
      return `${amount(meanVolume)} traded a day, at least ${amount(minVolume)} are asked for`
    if (close < minPrice * (1 - slack)) return `price ${close}, at least ${minPrice} is asked for`
    if (maxSpread < 1 && !(spread <= maxSpread * (1 + slack)))
      return Number.isNaN(spread) ? 'no quotes, so its spread is not known' : `spread ${spread}, at most ${maxSpread} is allowed`
    if (minVolatility === 0 && maxVolatility === UNIVERSE_SETTINGS.maxVolatility.default) return undefined
    const volatility = statistics.volatility()
    if (volatility >= minVolatility * (1 - slack) && volatility <= maxVolatility * (1 + slack)) return undefined
    if (Number.isNaN(volatility)) return 'too few days for its volatility'
    return `volatility ${volatility.toFixed(4)} a day, ${minVolatility} to ${maxVolatility} is allowed`
  }

  snapshot(): UniverseState {
    return {
      day: this.#day,
      members: [...this.#members],
      statistics: this.#statistics.map((statistics) => statistics?.snapshot()),
    }
  }

  restore({ day, members, statistics }: UniverseState): void {
    this.#day = day
    this.#members.splice(0, this.#members.length, ...members)
    this.#statistics.splice(
      0,
      this.#statistics.length,
      ...statistics.map((saved) => {
        if (saved === undefined) return undefined
        const fresh = new DayStatistics(this.values.days)
        fresh.restore(saved)
        return fresh
      }),
    )
  }
}

const amount = (value: number): string => value.toFixed(0)

/** Of one instrument: the traded value and the return of each of its last whole days. Nothing is allocated per bar. */
class DayStatistics {
  /** Beginning of the first bar. */
  first = Number.NaN as Micros
  /** Last day with a bar. */
  lastDay = -1
  close = Number.NaN
  spread = Number.NaN
  meanVolume = Number.NaN
  /** Days closed so far. */
  #count = 0
  /** The day that is being added up. */
  #day = -1
  #volume = Number.NaN
  #dayEnd = 0 as Micros
  #previousClose = Number.NaN
  readonly #volumes: Float64Array
  readonly #returns: Float64Array

  constructor(days: number) {
    this.#volumes = new Float64Array(days)
    this.#returns = new Float64Array(days)
  }

  add(bar: UniverseBar): void {
    if (this.#day < 0) {
      this.first = bar.openTime
      this.#begin(dayNumber((bar.endTime - 1) as Micros))
    } else if (bar.endTime > this.#dayEnd) this.closeDays(dayNumber((bar.endTime - 1) as Micros))
    this.lastDay = this.#day
    this.close = bar.close
    this.#volume += bar.close * bar.volume
  }

  /** Puts away every day before `day`, those without bars too. */
  closeDays(day: number): void {
    // More empty days than the window holds leave nothing of what was before.
    const skipped = Math.max(0, day - this.#day - this.#volumes.length - 1)
    if (skipped > 0) this.#putAway()
    this.#day += skipped
    while (this.#day < day) this.#putAway()
    this.#dayEnd = ((day + 1) * DAY) as Micros
  }

  #putAway(): void {
    const at = this.#count % this.#volumes.length
    this.#volumes[at] = this.#volume
    // NaN on the first day, which has no day before it.
    this.#returns[at] = this.close / this.#previousClose - 1
    this.#previousClose = this.close
    this.#count += 1
    this.#begin(this.#day + 1)
    this.meanVolume = mean(this.#volumes, Math.min(this.#count, this.#volumes.length))
  }

  #begin(day: number): void {
    this.#day = day
    this.#volume = 0
    this.#dayEnd = ((day + 1) * DAY) as Micros
  }

  /** Sample standard deviation of the days' returns; NaN with fewer than two. */
  volatility(): number {
    const known = this.#returns.subarray(0, Math.min(this.#count, this.#returns.length)).filter((value) => !Number.isNaN(value))
    if (known.length < 2) return Number.NaN
    const middle = mean(known, known.length)
    return Math.sqrt(known.reduce((sum, value) => sum + (value - middle) * (value - middle), 0) / (known.length - 1))
  }

  snapshot(): readonly number[] {
    const { first, lastDay, close, spread, meanVolume } = this
    const own = [
      first,
      lastDay,
      close,
      spread,
      meanVolume,
      this.#count,
      this.#day,
      this.#volume,
      this.#dayEnd,
      this.#previousClose,
    ]
    return [...own, ...this.#volumes, ...this.#returns]
  }

  restore(saved: readonly number[]): void {
    this.first = saved[0] as Micros
    this.lastDay = saved[1]
    this.close = saved[2]
    this.spread = saved[3]
    this.meanVolume = saved[4]
    this.#count = saved[5]
    this.#day = saved[6]
    this.#volume = saved[7]
    this.#dayEnd = saved[8] as Micros
    this.#previousClose = saved[9]
    this.#volumes.set(saved.slice(10, 10 + this.#volumes.length))
    this.#returns.set(saved.slice(10 + this.#volumes.length))
  }
}

function mean(values: Float64Array, count: number): number {
  let sum = 0
  for (let i = 0; i < count; i++) sum += values[i]
  return sum / count
}
