/**
 * Funding settlements of one contract: their schedule, which the exchange may change (8, 4, 2 or 1 hours), and rates.
 *
 * All rows are kept until the end: a contract settles a few thousand times in its life.
 */
import { formatDuration } from '../../../core/time.ts'
import type { Batch, Check, Series, Watcher } from '../batch.ts'
import { FUNDING_AT } from '../layout.ts'
import { rule } from '../rule.ts'
import { spike } from './price-path.ts'
import { clockJump, conflict, duplicate, gap, offGrid, order } from './time-rules.ts'

export const fundingRate = rule('funding-rate', 'critical', 'rates beyond what the exchange charges')

export const funding: Check = {
  rules: [fundingRate],
  start: (series) => (series.layout.kind === 'funding' ? new Funding(series) : undefined),
}

const HOUR_MS = 3_600_000
/** Settlements are stamped some milliseconds late. */
const JITTER_MS = 1_000
/** The longest time between two settlements. */
const LONGEST_HOURS = 8
/** The exchange's widest cap is 3 % a settlement. */
const RATE_MOST = 0.03
/** A rate of this size comes with others of its size around it. */
const RATE_LARGE = 0.005
const RATE_ALONE = 20

interface Settlement {
  readonly line: number
  readonly timeMs: number
  readonly rate: number
  /** Full hours since 1970, nearest. */
  readonly hour: number
}

class Funding implements Watcher {
  readonly #series: Series
  readonly #rows: Settlement[] = []
  readonly #lost = new Set<number>()

  constructor(series: Series) {
    this.#series = series
  }

  batch(batch: Batch): void {
    const times = batch.columns[FUNDING_AT.time]
    const rates = batch.columns[FUNDING_AT.rate]
    for (let i = 0; i < batch.rows; i += 1) {
      if (batch.lost[i] > 0 || Number.isNaN(times[i])) this.#lost.add(this.#rows.length)
      if (Number.isNaN(times[i])) continue
      this.#rows.push({ line: batch.line[i], timeMs: times[i], rate: rates[i], hour: Math.round(times[i] / HOUR_MS) })
    }
  }

  finish(): void {
    this.#rates()
    const kept = this.#inOrder()
    this.#schedule(kept)
  }

  #rates(): void {
    const rows = this.#rows
    for (const [i, row] of rows.entries()) {
      const size = Math.abs(row.rate)
      const place = { line: row.line, timeMs: row.timeMs, column: 'rate', value: row.rate }
      if (size > RATE_MOST) this.#series.report(fundingRate, `${row.rate} is beyond ${RATE_MOST}, the widest cap`, place)
      else if (size > RATE_LARGE) {
        const around = rows.slice(Math.max(0, i - 3), i + 4).filter((other) => other !== row)
        const most = around.reduce((sum, { rate }) => Math.max(sum, Math.abs(rate) || 0), 0)
        if (around.length > 0 && size > RATE_ALONE * Math.max(most, 1e-4))
          this.#series.report(spike, `${row.rate} stands alone: the rates around reach ${most}`, place)
      }
    }
  }

  /** The rows in the order of their time, each time once. What is not where it belongs is reported. */
  #inOrder(): readonly Settlement[] {
    const rows = this.#rows
    const known = new Map<number, Settlement>()
    let latest = Number.NEGATIVE_INFINITY
    for (const [i, row] of rows.entries()) {
      const next = rows.at(i + 1)
      const place = { line: row.line, timeMs: row.timeMs, column: 'time_ms' }
      const double = known.get(row.hour)
      if (double !== undefined) {
        const alike = Object.is(double.rate, row.rate)
        if (alike) this.#series.report(duplicate, `the settlement of line ${double.line} again`, place)
        else
          this.#series.report(conflict, `the settlement of line ${double.line} again, with another rate`, {
            ...place,
            value: row.rate,
          })
        continue
      }
      const early = next !== undefined && i + 1 < rows.length && next.hour < row.hour && next.hour > latest
      if (row.hour < latest || early) this.#series.report(order, `the row comes too ${early ? 'early' : 'late'}`, place)
      if (!early) latest = Math.max(latest, row.hour)
      known.set(row.hour, row)
    }
    return [...known.values()].toSorted((a, b) => a.hour - b.hour)
  }

  #schedule(rows: readonly Settlement[]): void {
    const steps = rows.slice(1).map((row, i) => row.hour - rows[i].hour)
    for (const [i, row] of rows.entries()) {
      const beside = Math.abs(row.timeMs - row.hour * HOUR_MS)
      const place = { line: row.line, timeMs: row.timeMs, column: 'time_ms', value: row.timeMs }
      if (beside > JITTER_MS)
        this.#series.report(offGrid, `the settlement is ${formatDuration(beside * 1_000)} beside the full hour`, place)
      if (i === 0) continue
      const usual = this.#usual(steps, i - 1)
      const step = steps[i - 1]
      if (usual === undefined || step === usual) continue
      if (i < steps.length && step !== usual && step % usual !== 0 && step + steps[i] === 2 * usual)
        this.#series.report(clockJump, `the settlement is ${Math.abs(step - usual)} hours beside its time`, place)
      else if (step > usual && step % usual === 0 && !this.#lost.has(this.#rows.indexOf(row))) {
        const missing = step / usual - 1
        this.#series.report(
          gap,
          `${missing === 1 ? '1 settlement is' : `${missing} settlements are`} missing before this line: one came every ${usual} hours`,
          { line: row.line, timeMs: rows[i - 1].timeMs + usual * HOUR_MS, endMs: row.timeMs - usual * HOUR_MS },
          missing,
        )
      }
    }
  }

  /** The hours between settlements around step `at`; undefined when the step may be a change of the schedule. */
  #usual(steps: readonly number[], at: number): number | undefined {
    const before = steps.slice(Math.max(0, at - 3), at)
    const after = steps.slice(at + 1, at + 4)
    const usual = before.length > 0 ? median(before) : after.length > 0 ? median(after) : undefined
    if (usual === undefined) return undefined
    if (steps[at] > LONGEST_HOURS) return Math.min(usual, LONGEST_HOURS)
    // A change of schedule lasts: the next steps are of the new length.
    const back = after.length > 0 && median(after) === usual
    return back && after[0] !== steps[at] ? usual : steps[at]
  }
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1]
