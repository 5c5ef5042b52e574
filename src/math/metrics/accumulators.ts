/**
 * State of metrics that follow a stream: moments, the two sides of a target, growth, drawdowns, wins, pairs with a benchmark.
 *
 * Pure. Source: B. P. Welford, Technometrics 4 (1962); P. Pébay, Sandia Report SAND2008-6212 (2008).
 */
import { MathError } from '../error.ts'
import { refuseUnless } from '../guard.ts'
import type { CoMoments } from './benchmark.ts'
import { NO_DRAWDOWN } from './drawdown-scan.ts'
import type { Accumulator } from './metric.ts'
import { NOISE } from './quotient.ts'
import type { CentralMoments } from './shape.ts'
import type { Location, Side } from './spread.ts'
import type { WinsAndLosses } from './wins.ts'

export function requireCount(count: number, atLeast = 2): void {
  refuseUnless(count >= atLeast, 'too-short', () => `${count} values; ${atLeast} are needed`)
}

/** A number of fields, all of which are the state. */
abstract class Numbers implements Accumulator {
  protected readonly state: Float64Array

  constructor(size: number) {
    this.state = new Float64Array(size)
  }

  get size(): number {
    return this.state.length
  }

  abstract update(value: number, benchmark: number): void

  snapshot(): readonly number[] {
    return Array.from(this.state)
  }

  restore(state: readonly number[]): void {
    this.state.set(state)
  }
}

/** Central moments up to the fourth. */
export class Moments extends Numbers {
  readonly #of: (value: number, benchmark: number) => number

  /** Of the returns, or of what is made of a return and the benchmark's. */
  constructor(of: (value: number, benchmark: number) => number = (value) => value) {
    super(5)
    this.#of = of
  }

  get count(): number {
    return this.state[0]
  }

  get mean(): number {
    return this.state[1]
  }

  update(value: number, benchmark: number): void {
    const { state } = this
    const before = state[0]
    const n = before + 1
    const delta = this.#of(value, benchmark) - state[1]
    const step = delta / n
    const product = delta * step * before
    state[0] = n
    state[1] += step
    state[4] += product * step * step * (n * n - 3 * n + 3) + 6 * step * step * state[2] - 4 * step * state[3]
    state[3] += product * step * (n - 2) - 3 * step * state[2]
    state[2] += product
  }

  location(hurdle = 0): Location {
    requireCount(this.count)
    const deviation = Math.sqrt(this.state[2] / (this.count - 1))
    return { mean: this.mean, deviation, noise: NOISE * Math.max(Math.abs(this.mean), Math.abs(hurdle)) }
  }

  central(): CentralMoments {
    const [n, mean, m2, m3, m4] = this.state
    requireCount(n)
    refuseUnless(Math.sqrt(m2 / n) > NOISE * Math.abs(mean), 'no-variance', 'the values do not vary')
    return { mean, m2: m2 / n, m3: m3 / n, m4: m4 / n }
  }
}

/** Counts and sums above and below a target. */
export class Sides extends Numbers {
  readonly #target: number

  constructor(target = 0) {
    super(7)
    this.#target = target
  }

  get count(): number {
    return this.state[0]
  }

  update(value: number): void {
    const { state } = this
    const beyond = value - this.#target
    state[0] += 1
    const at = beyond > 0 ? 1 : 4
    if (beyond === 0) return
    state[at] += 1
    state[at + 1] += Math.abs(beyond)
    state[at + 2] += beyond * beyond
  }

  above(): Side {
    return this.#side(1)
  }

  below(): Side {
    return this.#side(4)
  }

  #side(at: number): Side {
    requireCount(this.count)
    return { count: this.state[at], sum: this.state[at + 1], squares: this.state[at + 2] }
  }

  /** sqrt(sum of squares / n). */
  deviation({ squares }: Side): number {
    return Math.sqrt(squares / this.count)
  }
}

/** Sum of ln(1 + r - hurdle), of the periods that count. */
export class Growth extends Numbers {
  readonly #of: (value: number, benchmark: number) => number
  readonly #counts: (value: number, benchmark: number) => boolean

  constructor(
    of: (value: number, benchmark: number) => number = (value) => value,
    counts: (value: number, benchmark: number) => boolean = () => true,
  ) {
    super(3)
    this.#of = of
    this.#counts = counts
  }

  get count(): number {
    return this.state[0]
  }

  update(value: number, benchmark: number): void {
    if (!this.#counts(value, benchmark)) return
    const { state } = this
    state[0] += 1
    const r = this.#of(value, benchmark)
    const log = r > -1 ? Math.log1p(r) : Number.NaN
    const next = state[1] + log
    state[2] += Math.abs(state[1]) >= Math.abs(log) ? state[1] - next + log : log - next + state[1]
    state[1] = next
  }

  total(atLeast = 2): number {
    requireCount(this.count, atLeast)
    const total = this.state[1] + this.state[2]
    refuseUnless(!Number.isNaN(total), 'out-of-domain', 'a return of -1 or less does not compound')
    return total
  }
}

/** What drawdowns were so far, the one that is open included. */
export interface FallFigures {
  readonly count: number
  readonly episodes: number
  readonly deepest: number
  readonly longest: number
  /** Over episodes. */
  readonly depths: number
  readonly squaredDepths: number
  readonly lengths: number
  readonly recoveries: number
  /** Over periods. */
  readonly sum: number
  readonly squares: number
}

const [
  COUNT,
  WEALTH,
  HIGHEST,
  FROM,
  TROUGH,
  DEPTH,
  EPISODES,
  DEEPEST,
  LONGEST,
  DEPTHS,
  SQUARED,
  LENGTHS,
  RECOVERIES,
  SUM,
  SQUARES,
] = Array.from({ length: 15 }, (_, i) => i) as unknown as readonly [
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
]

/** Drawdowns of wealth that begins at 1. */
export class Falls extends Numbers {
  constructor() {
    super(15)
    this.state[WEALTH] = 1
    this.state[HIGHEST] = 1
  }

  update(value: number): void {
    const { state } = this
    const i = state[COUNT]
    state[COUNT] += 1
    state[WEALTH] = value > -1 ? state[WEALTH] * (1 + value) : Number.NaN
    const below = 1 - state[WEALTH] / state[HIGHEST]
    if (below >= NO_DRAWDOWN) {
      state[SUM] += below
      state[SQUARES] += below * below
      if (below > state[DEPTH]) {
        state[DEPTH] = below
        state[TROUGH] = i
      }
      return
    }
    this.#close(state, i)
    state[DEPTH] = 0
    state[HIGHEST] = Math.max(state[HIGHEST], state[WEALTH])
    state[FROM] = i + 1
  }

  /** Adds the episode that ends at `to`, if there is one. */
  #close(state: Float64Array, to: number): void {
    const depth = state[DEPTH]
    if (!(depth > 0)) return
    const length = to - state[FROM] + 1
    state[EPISODES] += 1
    state[DEEPEST] = Math.max(state[DEEPEST], depth)
    state[LONGEST] = Math.max(state[LONGEST], length)
    state[DEPTHS] += depth
    state[SQUARED] += depth * depth
    state[LENGTHS] += length
    state[RECOVERIES] += to - state[TROUGH]
  }

  figures(): FallFigures {
    const state = this.state.slice()
    requireCount(state[COUNT])
    if (!Number.isFinite(state[WEALTH])) throw new MathError('out-of-domain', 'a return does not compound')
    this.#close(state, state[COUNT])
    return {
      count: state[COUNT],
      episodes: state[EPISODES],
      deepest: state[DEEPEST],
      longest: state[LONGEST],
      depths: state[DEPTHS],
      squaredDepths: state[SQUARED],
      lengths: state[LENGTHS],
      recoveries: state[RECOVERIES],
      sum: state[SUM],
      squares: state[SQUARES],
    }
  }
}

/** Wins and losses, and the longest runs of them. */
export class Wins extends Numbers {
  constructor() {
    super(8)
  }

  get count(): number {
    return this.state[7]
  }

  update(value: number): void {
    const { state } = this
    state[7] += 1
    const won = value > 0 ? 1 : 0
    const lost = value < 0 ? 1 : 0
    state[0] += won
    state[1] += lost
    if (won === 1) state[2] += value
    if (lost === 1) state[3] -= value
    // The run of wins as a positive, of losses as a negative number.
    const run = state[4]
    state[4] = won === 1 ? Math.max(run, 0) + 1 : lost === 1 ? Math.min(run, 0) - 1 : 0
    state[5] = Math.max(state[5], state[4])
    state[6] = Math.max(state[6], -state[4])
  }

  counts(atLeast = 1): WinsAndLosses {
    requireCount(this.count, atLeast)
    const [wins, losses, won, lost] = this.state
    return { wins, losses, won, lost }
  }

  runs(): { readonly wins: number; readonly losses: number } {
    requireCount(this.count, 1)
    return { wins: this.state[5], losses: this.state[6] }
  }
}

/** Moments of returns beside a benchmark, of the periods that count. */
export class Pairs extends Numbers {
  readonly #counts: (benchmark: number) => boolean

  constructor(counts: (benchmark: number) => boolean = () => true) {
    super(6)
    this.#counts = counts
  }

  update(value: number, benchmark: number): void {
    if (!this.#counts(benchmark)) return
    const { state } = this
    const n = state[0] + 1
    const dx = value - state[1]
    const dy = benchmark - state[2]
    state[0] = n
    state[1] += dx / n
    state[2] += dy / n
    state[3] += dx * (value - state[1])
    state[4] += dy * (benchmark - state[2])
    state[5] += dx * (benchmark - state[2])
  }

  moments(): CoMoments {
    const [count, meanX, meanY, xx, yy, xy] = this.state
    requireCount(count)
    return { count, meanX, meanY, xx, yy, xy }
  }
}

/** In how many periods of one kind something held. */
export class Share extends Numbers {
  readonly #counts: (value: number, benchmark: number) => boolean
  readonly #holds: (value: number, benchmark: number) => boolean

  constructor(counts: (value: number, benchmark: number) => boolean, holds: (value: number, benchmark: number) => boolean) {
    super(3)
    this.#counts = counts
    this.#holds = holds
  }

  update(value: number, benchmark: number): void {
    this.state[2] += 1
    if (!this.#counts(value, benchmark)) return
    this.state[0] += 1
    if (this.#holds(value, benchmark)) this.state[1] += 1
  }

  share(): number {
    const [all, those, count] = this.state
    requireCount(count)
    refuseUnless(all > 0, 'no-denominator', 'there are no such periods')
    return those / all
  }
}
