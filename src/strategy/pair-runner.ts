/**
 * One instance of a strategy of two legs: it waits until a bar of the same end has closed in both, asks the instance, and
 * turns its opinion into a signal for the pair.
 */
import { assert } from '../core/errors.ts'
import { POW10 } from '../core/exact.ts'
import type { Price, Qty } from '../core/exact.ts'
import { createPrng } from '../core/random.ts'
import type { Duration, Interval, Micros } from '../core/time.ts'
import type { Instrument } from '../domain/instrument.ts'
import type { View } from '../domain/view.ts'
import { Bar } from '../market/bar.ts'
import { InstanceMemory } from './instance-memory.ts'
import type { InstanceMemoryState } from './instance-memory.ts'
import type { PairDefinition, PairInstance, PairOpinion, PairSignal, PairView } from './pair.ts'
import type { Parameters, ParametersOf } from './parameters.ts'

export interface PairRunnerSpec {
  readonly definition: PairDefinition
  readonly params: ParametersOf<Parameters>
  readonly first: Instrument
  readonly second: Instrument
  /** The accounts in which the legs are held; they may be one. */
  readonly firstAccount: number
  readonly secondAccount: number
  readonly interval: Interval
  readonly seed: number | string
}

export interface PairRunnerState extends InstanceMemoryState {
  readonly bars: number
  /** End of the last bars that the instance saw. */
  readonly decided: number
  readonly first: readonly number[]
  readonly second: readonly number[]
}

export class PairRunner {
  /** Index among all instances: the owner of a virtual book in both legs. */
  readonly index: number
  readonly spec: PairRunnerSpec
  readonly #instance: PairInstance
  readonly #memory: InstanceMemory
  readonly #warmUp: number
  readonly #view: BooksView
  readonly #first: Bar
  readonly #second: Bar
  #bars = 0
  #decided = 0

  constructor(index: number, spec: PairRunnerSpec) {
    const { definition, params, first, second, interval, seed } = spec
    assert(first.index !== second.index, () => `${definition.name} cannot hold ${first.symbol} against itself`)
    this.index = index
    this.spec = spec
    this.#warmUp = definition.warmUp(params)
    this.#first = new Bar(first.index, interval)
    this.#second = new Bar(second.index, interval)
    this.#view = new BooksView(index, spec)
    this.#memory = new InstanceMemory(definition.name, createPrng(seed).fork(`${definition.name} ${first.id} ${second.id}`))
    this.#instance = definition.create(
      {
        first,
        second,
        interval: interval.name,
        use: this.#memory.use,
        prng: this.#memory.prng,
      },
      params,
    )
  }

  get label(): string {
    return this.spec.definition.name
  }

  /**
   * A closed bar of either leg. When the other leg has one of the same end, in whichever order they came, both go to the
   * instance; its opinion comes back as a signal, or nothing. A leg without a bar means no decision for that moment.
   */
  onBar(bar: Bar, view: View): PairSignal | undefined {
    const own = bar.instrument === this.#first.instrument ? this.#first : this.#second
    assert(
      bar.instrument === own.instrument,
      () => `${this.label} got a bar of instrument ${bar.instrument}, which is no leg of it`,
    )
    if (bar.interval !== this.spec.interval) return undefined
    copyBar(bar, own)
    const end = own.endTime
    if (this.#first.endTime !== end || this.#second.endTime !== end || end <= this.#decided) return undefined
    this.#decided = end
    const opinion = this.#instance.onBars(this.#first, this.#second, this.#view.of(view))
    this.#bars += 1
    if (opinion === undefined || this.#bars <= this.#warmUp) return undefined
    return this.#signal(opinion, view.time)
  }

  #signal({ direction, qty, stop, reason }: PairOpinion, time: Micros): PairSignal {
    const { first, second, definition } = this.spec
    assert(
      direction >= -1 && direction <= 1,
      () => `${definition.name} has an opinion of ${direction}; it must lie between -1 and 1`,
    )
    assert(qty === undefined || (qty > 0 && Number.isSafeInteger(qty)), () => `${definition.name} asks for a quantity of ${qty}`)
    assert(stop === undefined || Number.isFinite(stop), () => `${definition.name} sets a stop at ${stop}`)
    const exact = qty === undefined ? undefined : ((Math.sign(direction) * qty) as Qty)
    return {
      strategy: this.index,
      first: first.index,
      second: second.index,
      direction,
      qty: direction === 0 ? (0 as Qty) : exact,
      stop: direction === 0 || stop === undefined ? undefined : stopPrice(first, stop, direction, time),
      reason,
      time,
    }
  }

  snapshot(): PairRunnerState {
    return {
      bars: this.#bars,
      decided: this.#decided,
      first: barNumbers(this.#first),
      second: barNumbers(this.#second),
      ...this.#memory.snapshot(this.#instance),
    }
  }

  restore(saved: PairRunnerState): void {
    this.#memory.restore(this.#instance, saved)
    this.#bars = saved.bars
    this.#decided = saved.decided
    setBar(this.#first, saved.first)
    setBar(this.#second, saved.second)
  }
}

/** Away from the position: a stop is never nearer than the strategy said; at or below 0 there is none. */
function stopPrice(first: Instrument, stop: number, direction: number, time: Micros): Price | undefined {
  const rounded = first.roundPrice(stop, direction > 0 ? 'down' : 'up', time)
  return rounded > 0 ? rounded : undefined
}

function copyBar(from: Bar, to: Bar): void {
  to.openTime = from.openTime
  to.endTime = from.endTime
  to.open = from.open
  to.high = from.high
  to.low = from.low
  to.close = from.close
  to.volume = from.volume
}

const barNumbers = (bar: Bar): readonly number[] => [
  bar.openTime,
  bar.endTime,
  bar.open,
  bar.high,
  bar.low,
  bar.close,
  bar.volume,
]

function setBar(bar: Bar, numbers: readonly number[]): void {
  bar.openTime = numbers[0] as Micros
  bar.endTime = numbers[1] as Micros
  bar.open = numbers[2]
  bar.high = numbers[3]
  bar.low = numbers[4]
  bar.close = numbers[5]
  bar.volume = numbers[6]
}

/** What an instance may see: its own books and accounts. One object, pointed at the kernel's view for each call. */
class BooksView implements PairView {
  readonly #strategy: number
  readonly #spec: PairRunnerSpec
  #view: View | undefined

  constructor(strategy: number, spec: PairRunnerSpec) {
    this.#strategy = strategy
    this.#spec = spec
  }

  of(view: View): this {
    this.#view = view
    return this
  }

  get time(): Micros {
    return (this.#view as View).time
  }
  get firstPosition(): number {
    return this.#position(this.#spec.first)
  }
  get secondPosition(): number {
    return this.#position(this.#spec.second)
  }
  fundingRate(leg: 'first' | 'second'): number {
    return (this.#view as View).fundingRate(this.#spec[leg].index)
  }
  fundingInterval(leg: 'first' | 'second'): Duration {
    return (this.#view as View).fundingInterval(this.#spec[leg].index)
  }
  equity(leg: 'first' | 'second'): number {
    const { first, second, firstAccount, secondAccount } = this.#spec
    const [instrument, account] = leg === 'first' ? [first, firstAccount] : [second, secondAccount]
    return (this.#view as View).equity(account) / POW10[instrument.settle.scale]
  }
  #position(instrument: Instrument): number {
    return instrument.qtyToFloat((this.#view as View).bookQty(this.#strategy, instrument.index))
  }
}
