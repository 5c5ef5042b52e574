/**
 * The findings of one file: counted without limit, located as far as memory allows.
 *
 * Neighbouring rows of which the same is to be said become one place. Pure.
 */
import type { Rule } from './rule.ts'
import { deductionOf } from './score.ts'
import type { Deduction } from './score.ts'

/** Where a flaw is. Everything that is not known, or would mean nothing, is undefined. */
export interface Place {
  readonly symbol?: string | undefined
  /** First and last line of the file (of formats without lines: row), 1-based. */
  readonly line?: number | undefined
  readonly lastLine?: number | undefined
  /** First and last moment concerned, in milliseconds. */
  readonly timeMs?: number | undefined
  readonly endMs?: number | undefined
  readonly column?: string | undefined
  readonly value?: string | number | undefined
}

export interface Finding extends Place {
  readonly rule: Rule
  /** Affected rows in this place. */
  readonly rows: number
  readonly message: string
}

/** How many places of one rule are kept for a file; the rest is counted only. */
export const PLACES_MAX = 10_000

export class Findings {
  readonly #kept = new Map<string, Finding[]>()
  readonly #rows = new Map<string, number>()
  readonly #rules = new Map<string, Rule>()
  #notKept = 0

  add(rule: Rule, message: string, place: Place = {}, rows = 1): void {
    this.#rules.set(rule.name, rule)
    this.#rows.set(rule.name, (this.#rows.get(rule.name) ?? 0) + rows)
    let list = this.#kept.get(rule.name)
    if (list === undefined) this.#kept.set(rule.name, (list = []))
    const last = list.at(-1)
    if (last !== undefined && last.message === message && continues(last, place)) {
      list[list.length - 1] = {
        ...last,
        rows: last.rows + rows,
        lastLine: place.lastLine ?? place.line,
        endMs: place.endMs ?? place.timeMs ?? last.endMs,
      }
    } else if (list.length < PLACES_MAX) list.push({ rule, message, rows, ...place })
    else this.#notKept += 1
  }

  /** All that were kept: the gravest first, each rule in the order of the file. */
  list(): readonly Finding[] {
    return this.#sortedRules().flatMap(({ name }) =>
      (this.#kept.get(name) ?? []).toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0) || (a.timeMs ?? 0) - (b.timeMs ?? 0)),
    )
  }

  /** Places that are counted in the deductions and not in the list. */
  get notKept(): number {
    return this.#notKept
  }

  /** One a rule that costs something, the dearest first. */
  deductions(): readonly Deduction[] {
    return this.#sortedRules()
      .map((rule) => {
        const rows = this.#rows.get(rule.name) ?? 0
        return { rule, rows, points: deductionOf(rule.weight, rows) }
      })
      .filter(({ points }) => points > 0)
      .toSorted((a, b) => b.points - a.points)
  }

  /** Affected rows under a rule. */
  rowsOf(rule: Rule): number {
    return this.#rows.get(rule.name) ?? 0
  }

  /** Takes back what was said under a rule: a better explanation was found. */
  withdraw(rule: Rule): void {
    this.#kept.delete(rule.name)
    this.#rows.delete(rule.name)
    this.#rules.delete(rule.name)
  }

  #sortedRules(): readonly Rule[] {
    return [...this.#rules.values()].toSorted((a, b) => ORDER.indexOf(a.weight) - ORDER.indexOf(b.weight))
  }
}

const ORDER = ['total', 'fatal', 'critical', 'major', 'minor', 'notice']

/** Whether a place is the next row after the last one, and of the same column and symbol. */
function continues(last: Finding, next: Place): boolean {
  if (last.line === undefined || next.line === undefined) return false
  return (
    next.line === (last.lastLine ?? last.line) + 1 &&
    last.column === next.column &&
    last.symbol === next.symbol &&
    last.value === next.value
  )
}
