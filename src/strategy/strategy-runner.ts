/**
 * One strategy instance and what belongs to it: its indicators, its count of bars, its view; it turns opinions into signals.
 */
import { assert } from '../core/errors.ts'
import type { Qty } from '../core/exact.ts'
import { createPrng } from '../core/random.ts'
import type { Interval, Micros } from '../core/time.ts'
import type { Signal } from '../domain/decision.ts'
import type { Instrument } from '../domain/instrument.ts'
import type { View } from '../domain/view.ts'
import type { Bar } from '../market/bar.ts'
import { InstanceMemory } from './instance-memory.ts'
import type { InstanceMemoryState } from './instance-memory.ts'
import type { ParametersOf, Parameters } from './parameters.ts'
import type { Opinion, StrategyDefinition, StrategyInstance, StrategyView } from './strategy.ts'

export interface RunnerSpec {
  readonly definition: StrategyDefinition
  readonly params: ParametersOf<Parameters>
  readonly instrument: Instrument
  readonly interval: Interval
  readonly seed: number | string
}

/** A question to slow mathematics that an instance asked while it was called. */
export interface ComputeRequest {
  readonly model: string
  readonly inputs: unknown
  readonly delay: number
}

export interface RunnerState extends InstanceMemoryState {
  readonly bars: number
}

export class StrategyRunner {
  /** Index among all instances: the owner of a virtual book. */
  readonly index: number
  readonly spec: RunnerSpec
  readonly #instance: StrategyInstance
  readonly #memory: InstanceMemory
  readonly #warmUp: number
  readonly #view: BookView
  #bars = 0
  #requests: ComputeRequest[] = []

  constructor(index: number, spec: RunnerSpec) {
    this.index = index
    this.spec = spec
    this.#warmUp = spec.definition.warmUp(spec.params)
    const { name } = spec.definition
    this.#memory = new InstanceMemory(name, createPrng(spec.seed).fork(`${name} ${spec.instrument.id}`))
    this.#view = new BookView(index, spec.instrument)
    this.#instance = spec.definition.create(
      {
        instrument: spec.instrument,
        interval: spec.interval.name,
        use: this.#memory.use,
        qty: (text) => spec.instrument.qtyFromText(text),
        prng: this.#memory.prng,
        compute: (model, inputs, delay) => void this.#requests.push({ model, inputs, delay }),
      },
      spec.params,
    )
  }

  /** A closed bar; the answer is an opinion turned into a signal, or nothing. */
  onBar(bar: Bar, view: View): Signal | undefined {
    const opinion = this.#instance.onBar(bar, this.#view.of(view))
    if (bar.interval === this.spec.interval) this.#bars += 1
    if (opinion === undefined || this.#bars <= this.#warmUp) return undefined
    return this.#signal(opinion, view.time)
  }

  onAnswer(answer: unknown, view: View): void {
    this.#instance.onAnswer?.(answer, this.#view.of(view))
  }

  get hasRequests(): boolean {
    return this.#requests.length > 0
  }

  /** What was asked of slow mathematics since the last call. */
  takeRequests(): readonly ComputeRequest[] {
    if (this.#requests.length === 0) return this.#requests
    const requests = this.#requests
    this.#requests = []
    return requests
  }

  #signal({ direction, qty, stop, reason }: Opinion, time: Micros): Signal {
    const { instrument, definition } = this.spec
    assert(
      direction >= -1 && direction <= 1,
      () => `${definition.name} has an opinion of ${direction}; it must lie between -1 and 1`,
    )
    assert(qty === undefined || (qty > 0 && Number.isSafeInteger(qty)), () => `${definition.name} asks for a quantity of ${qty}`)
    assert(stop === undefined || Number.isFinite(stop), () => `${definition.name} sets a stop at ${stop}`)
    const exact = qty === undefined ? undefined : ((Math.sign(direction) * qty) as Qty)
    // Away from the position: a stop is never nearer than the strategy said.
    const rounded =
      stop === undefined || direction === 0 ? undefined : instrument.roundPrice(stop, direction > 0 ? 'down' : 'up', time)
    return {
      strategy: this.index,
      instrument: instrument.index,
      direction,
      qty: direction === 0 ? (0 as Qty) : exact,
      stop: rounded !== undefined && rounded > 0 ? rounded : undefined,
      reason,
      time,
    }
  }

  get label(): string {
    return this.spec.definition.name
  }

  snapshot(): RunnerState {
    return {
      bars: this.#bars,
      ...this.#memory.snapshot(this.#instance),
    }
  }

  restore(saved: RunnerState): void {
    this.#memory.restore(this.#instance, saved)
    this.#bars = saved.bars
    // What `create` asked was asked by the run that was saved.
    this.#requests = []
  }
}

/** What an instance may see: its own book. One object, pointed at the kernel's view for each call. */
class BookView implements StrategyView {
  readonly #strategy: number
  readonly #instrument: Instrument
  #view: View | undefined

  constructor(strategy: number, instrument: Instrument) {
    this.#strategy = strategy
    this.#instrument = instrument
  }

  of(view: View): this {
    this.#view = view
    return this
  }

  get time(): Micros {
    return (this.#view as View).time
  }
  get isLong(): boolean {
    return this.#qty() > 0
  }
  get isShort(): boolean {
    return this.#qty() < 0
  }
  get position(): number {
    return this.#instrument.qtyToFloat(this.#qty())
  }
  #qty(): Qty {
    return (this.#view as View).bookQty(this.#strategy, this.#instrument.index)
  }
}
