/**
 * The one interface a strategy implements, in every world.
 *
 * A strategy is a definition; `create` makes an instance for one instrument. The instance keeps its state as plain data
 * and makes its indicators through the context, so that the kernel can put both away and bring them back at any event.
 */
import type { Qty } from '../core/exact.ts'
import type { Prng } from '../core/random.ts'
import type { Micros } from '../core/time.ts'
import type { Instrument } from '../domain/instrument.ts'
import type { Bar } from '../market/bar.ts'
import type { Indicator } from '../market/indicators/indicator.ts'
import type { Parameters, ParametersOf } from './parameters.ts'
import type { StrategyKind } from './regimes/regimes.ts'

export interface StrategyDefinition<P extends Parameters = Parameters> {
  /** Lower case with hyphens; unique. */
  readonly name: string
  readonly description: string
  /** What it lives on: regimes give each kind its part. Without it only the regime's general multiplier holds. */
  readonly kind?: StrategyKind
  readonly parameters: P
  /** Bars that only feed indicators: opinions before that are not heard. */
  warmUp(params: ParametersOf<P>): number
  /** Bars after which two runs with different beginnings decide alike. */
  memory(params: ParametersOf<P>): number
  /** A complaint about parameters that do not fit together. */
  check?(params: ParametersOf<P>): string | undefined
  /**
   * Slow mathematics by name, for `context.compute`: pure functions of plain data. A backtest calls them at the request,
   * live on a worker; a replay never calls them.
   */
  readonly models?: Readonly<Record<string, Model>>
  /** Further intervals to receive, besides the run's own; built from the finest data in use. */
  intervals?(params: ParametersOf<P>): readonly string[]
  create(context: StrategyContext, params: ParametersOf<P>): StrategyInstance
}

/** Same inputs, same answer, to the last bit. */
export type Model = (inputs: unknown) => unknown

export interface StrategyInstance {
  /** Everything the instance remembers besides its indicators, as plain data. Its fields change, the object stays. */
  readonly state: Record<string, unknown>
  /** A bar has closed. Answer with an opinion, or with nothing to leave things as they are. */
  onBar(bar: Bar, view: StrategyView): Opinion | undefined
  /** The answer to `context.compute`. */
  onAnswer?(answer: unknown, view: StrategyView): void
}

export interface StrategyContext {
  readonly instrument: Instrument
  /** The run's interval. */
  readonly interval: string
  /** Registers an indicator with the kernel and returns it. */
  use<I extends Indicator>(indicator: I): I
  /** An exact quantity from its decimal text. */
  qty(text: string): Qty
  /** Chance of its own: another strategy's draws do not disturb it. */
  readonly prng: Prng
  /** Asks for slow mathematics; the answer arrives as an event, not before `delay` microseconds. */
  compute(model: string, inputs: unknown, delay: number): void
}

/** What a strategy may know besides bars: its own book. */
export interface StrategyView {
  readonly time: Micros
  readonly isLong: boolean
  readonly isShort: boolean
  /** Signed position of this strategy in base units. */
  readonly position: number
}

export interface Opinion {
  /** 1 long, -1 short, 0 out; between them less conviction. */
  readonly direction: number
  /** Exact size of the target, positive. Without it the sizer decides. */
  readonly qty?: Qty
  /** Protective stop as a price; it is rounded to the tick away from the position, and <= 0 means none. */
  readonly stop?: number
  readonly reason: string
}

/** Checks the shape and freezes it; its use lets TypeScript infer the parameters. */
export function defineStrategy<const P extends Parameters>(definition: StrategyDefinition<P>): StrategyDefinition<P> {
  return Object.freeze(definition)
}
