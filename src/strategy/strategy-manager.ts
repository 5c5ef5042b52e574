/**
 * What becomes of the opinions of several strategies: each strategy's opinion that stands, the part that the market's
 * regime leaves it, who may speak against whom, and the order of their claims.
 *
 * Pure; its memory is plain data. The netting itself is in `execution/net-changes.ts`.
 */
import { assert } from '../core/errors.ts'
import type { Settings, ValuesOf } from '../core/setting.ts'
import type { Micros } from '../core/time.ts'
import type { Signal } from '../domain/decision.ts'
import { REGIME_IDS } from '../domain/regime.ts'
import type { RegimeState } from '../domain/regime.ts'
import { REGIMES } from './regimes/regimes.ts'
import type { Regime, StrategyKind } from './regimes/regimes.ts'

export const MATRIX_SETTINGS = {
  changeLimit: {
    default: 0.2,
    min: 0.001,
    max: 1,
    unit: 'of the full part, a bar',
    description: "how fast a strategy's part may grow; it falls at once",
  },
} as const satisfies Settings

export type MatrixValues = ValuesOf<typeof MATRIX_SETTINGS>

/**
 * Strategies that disagree on one instrument: `net` lets all of them hold their books, which net at the venue;
 * `agree` refuses an entry against a book that stands; `strongest` gives the instrument to the largest claim.
 */
export type ConflictRule = 'net' | 'agree' | 'strongest'

/** One strategy instance, as the manager knows it. */
export interface Member {
  readonly kind: StrategyKind | undefined
  readonly name: string
  /** Length of its bars. */
  readonly barLength: number
}

export interface StrategyManagerState {
  readonly standing: readonly (readonly [number, Signal])[]
  readonly parts: readonly (readonly [number, number, number])[]
}

const ORDERED: readonly Regime[] = REGIME_IDS.map((id) => {
  const found = REGIMES.find((regime) => regime.id === id)
  assert(found !== undefined, `there is no regime ${id}`)
  return found
})

/**
 * What a regime leaves to a kind of strategy in a direction: the sum over regimes of probability x share x risk multiplier.
 * A trend follower has no part in a regime whose trend goes the other way.
 * Source: A. Ang, A. Timmermann (2012); P. Nystrup et al. (2018).
 */
export function regimePart(kind: StrategyKind | undefined, direction: number, { probabilities }: RegimeState): number {
  let part = 0
  for (let r = 0; r < ORDERED.length; r++) {
    const { allocation, risk, trendSide } = ORDERED[r]
    const against = kind === 'trend' && direction !== 0 && trendSide === (direction > 0 ? 'short' : 'long')
    if (!against) part += probabilities[r] * (kind === undefined ? 1 : allocation[kind]) * risk
  }
  return part
}

export class StrategyManager {
  readonly #members: readonly Member[]
  readonly #matrix: MatrixValues
  readonly #conflict: ConflictRule
  /** The opinion of each book that is being followed. */
  readonly #standing: (Signal | undefined)[] = []
  /** Of each book the part it had last, and when. */
  readonly #part: number[] = []
  readonly #partTime: number[] = []

  /** `members` may grow while we run. */
  constructor(members: readonly Member[], matrix: MatrixValues, conflict: ConflictRule) {
    this.#members = members
    this.#matrix = matrix
    this.#conflict = conflict
  }

  /** The book follows this opinion from now on; with undefined it waits for the next. */
  stand(strategy: number, signal: Signal | undefined): void {
    this.#standing[strategy] = signal === undefined || signal.direction === 0 ? undefined : signal
  }

  standing(strategy: number): Signal | undefined {
    return this.#standing[strategy]
  }

  /**
   * The part that the regime leaves to a book, 0 to 1. It may grow by no more than the limit a bar; it falls at once, because
   * a market in stress does not wait.
   */
  part(signal: Signal, regime: RegimeState | undefined, time: Micros): number {
    if (regime === undefined) return 1
    const { strategy, direction } = signal
    const { kind, barLength } = this.#members[strategy]
    const wanted = regimePart(kind, direction, regime)
    const before = this.#part[strategy]
    if (direction === 0) return wanted
    const bars = before === undefined ? Infinity : (time - this.#partTime[strategy]) / barLength
    const part = before === undefined ? wanted : Math.min(wanted, before + this.#matrix.changeLimit * bars)
    this.#part[strategy] = part
    this.#partTime[strategy] = time
    return part
  }

  /**
   * Who is against an opinion, in words; undefined when nobody is. `others`: books of the same instrument and account with
   * what they hold or have in flight, and their claims as shares of equity.
   */
  veto(
    signal: Signal,
    claim: number,
    regime: RegimeState | undefined,
    others: readonly { readonly strategy: number; readonly qty: number; readonly claim: number }[],
  ): string | undefined {
    if (signal.direction === 0) return undefined
    if (regime !== undefined && !regime.newRisk) return `the regime is ${regime.label}: no new risk`
    if (this.#conflict === 'net') return undefined
    const opposed = others.filter(({ qty }) => qty !== 0 && qty > 0 !== signal.direction > 0)
    if (this.#conflict === 'agree') {
      const [against] = opposed
      return against === undefined ? undefined : `${this.#members[against.strategy].name} holds the other side`
    }
    const stronger = others.find((other) => other.qty !== 0 && Math.abs(other.claim) > Math.abs(claim))
    return stronger === undefined ? undefined : `${this.#members[stronger.strategy].name} has the stronger claim`
  }

  /** The largest claim first; equals in the order of their books. */
  rank<T extends { readonly strategy: number; readonly claim: number }>(claims: readonly T[]): readonly T[] {
    return claims.toSorted((a, b) => Math.abs(b.claim) - Math.abs(a.claim) || a.strategy - b.strategy)
  }

  snapshot(): StrategyManagerState {
    return {
      standing: this.#standing.flatMap((signal, strategy) => (signal === undefined ? [] : [[strategy, signal] as const])),
      parts: this.#part.flatMap((part, strategy) =>
        part === undefined ? [] : [[strategy, part, this.#partTime[strategy]] as const],
      ),
    }
  }

  restore({ standing, parts }: StrategyManagerState): void {
    this.#standing.length = this.#part.length = this.#partTime.length = 0
    for (const [strategy, signal] of standing) this.#standing[strategy] = signal
    for (const [strategy, part, time] of parts) {
      this.#part[strategy] = part
      this.#partTime[strategy] = time
    }
  }
}
