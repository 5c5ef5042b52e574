/**
 * The times of bars, and the ids of trades, which are counted the same way: order, duplicates, gaps, grid, shifted blocks,
 * changes of interval.
 *
 * While rows pass only the steps between their times are kept, equal ones together: a clean series is one run, whatever its
 * length. At the end the runs are read as a whole, because a single row out of place looks at first like a gap, and a block
 * shifted by hours like a gap and a hundred duplicates.
 */
import { startOfMonth, civilOf, formatDuration, MILLISECOND } from '../../../core/time.ts'
import type { Micros } from '../../../core/time.ts'
import type { Batch, Check, Series, Watcher } from '../batch.ts'
import { BAR, OI_AT, TRADE_AT } from '../layout.ts'
import type { Rule } from '../rule.ts'
import { RowHashes } from './row-hashes.ts'
import { clockJump, conflict, duplicate, gap, intervalRule, offGrid, order } from './time-rules.ts'

export const timeline: Check = {
  rules: [order, duplicate, conflict, gap, offGrid, clockJump, intervalRule],
  start(series) {
    const { kind } = series.layout
    const { interval } = series
    if (kind === 'trades' || kind === 'aggTrades') return new Timeline(series, TRADE_IDS)
    if ((kind !== 'klines' && kind !== 'oi') || interval === undefined) return undefined
    const at = kind === 'klines' ? BAR.time : OI_AT.time
    return new Timeline(series, {
      at,
      timeAt: at,
      unit: interval.length / MILLISECOND,
      name: interval.name,
      noun: kind === 'klines' ? 'bar' : 'row',
    })
  },
}

/** What is counted: column and unit. */
interface Measure {
  readonly at: number
  /** The column with the time. */
  readonly timeAt: number
  /** Between two rows, in the unit of the column. */
  readonly unit: number
  /** Of the interval, for messages. */
  readonly name: string
  readonly noun: string
}

const TRADE_IDS: Measure = { at: TRADE_AT.id, timeAt: TRADE_AT.time, unit: 1, name: 'ids', noun: 'trade' }

/** Rows that follow each other in steps of one length. */
interface Run {
  /** First row that stands one step after the row before it. */
  readonly row: number
  readonly line: number
  /** Of that row: what is counted, and when it was. */
  readonly time: number
  readonly moment: number
  readonly step: number
  count: number
  /** Lines between the row before and the first row that could not be read. */
  readonly lost: number
}

/** Rows one interval apart. `step` differs only in stretches of another interval. */
interface Piece {
  readonly row: number
  readonly line: number
  readonly time: number
  readonly moment: number
  readonly count: number
  readonly step: number
  readonly lost: number
}

/** More changes of step than this are no damage of a series but no series. */
const RUNS_MAX = 100_000
/** How many pieces ahead a series may come back to its own time. */
const RESUME_MAX = 64
/** Rows that are compared to see whether a piece repeats others. */
const REPEATED_ROWS = 8
/** So many equal steps of another length are another interval. */
const OTHER_INTERVAL_ROWS = 8

class Timeline implements Watcher {
  readonly #series: Series
  readonly #measure: Measure
  readonly #hashes = new RowHashes()
  readonly #runs: Run[] = []
  #last = Number.NaN
  #lost = 0
  #tooMany = false

  constructor(series: Series, measure: Measure) {
    this.#series = series
    this.#measure = measure
  }

  batch(batch: Batch): void {
    this.#hashes.add(batch)
    const { at, timeAt, name } = this.#measure
    const time = name === '1M' ? batch.columns[at].map(evenMonths) : batch.columns[at]
    const moments = batch.columns[timeAt]
    let last = this.#last
    let lost = this.#lost
    let run = this.#runs.at(-1)
    let expected = run?.step ?? Number.NaN
    let going = 0
    for (let i = 0; i < batch.rows; i += 1) {
      const now = time[i]
      const step = now - last
      if (step === expected && lost === 0 && batch.lost[i] === 0) {
        going += 1
        last = now
        continue
      }
      lost += batch.lost[i]
      // A row whose time cannot be read is as lost as one that cannot be read at all.
      if (now !== now) {
        lost += 1
        continue
      }
      if (run !== undefined) run.count += going
      going = 0
      if (this.#runs.length < RUNS_MAX) {
        run = { row: batch.firstRow + i, line: batch.line[i], time: now, moment: moments[i], step, count: 1, lost }
        this.#runs.push(run)
        expected = step
      } else {
        this.#tooMany = true
        expected = Number.NaN
      }
      lost = 0
      last = now
    }
    if (run !== undefined) run.count += going
    this.#lost = lost
    this.#last = last
  }

  finish(): void {
    if (this.#runs.length === 0) return
    if (this.#tooMany) {
      const { line } = this.#runs[0]
      this.#series.report(
        intervalRule,
        `the times follow no interval: more than ${RUNS_MAX} changes of their spacing`,
        { line },
        RUNS_MAX,
      )
      return
    }
    new Reading(this.#series, this.#measure, this.#hashes, this.#pieces()).read()
  }

  /** Runs of other intervals and of backward time stay whole, everything else is cut where a step is not the interval. */
  #pieces(): Piece[] {
    const { unit } = this.#measure
    const pieces: Piece[] = []
    for (const run of this.#runs) {
      const last = pieces.at(-1)
      if (last !== undefined && run.step === unit && run.lost === 0) {
        const end = last.time + (last.count - 1) * last.step
        if (last.step === unit && end + unit === run.time) {
          pieces[pieces.length - 1] = { ...last, count: last.count + run.count }
          continue
        }
      }
      const whole = run.count >= OTHER_INTERVAL_ROWS && run.step !== 0 && run.step !== unit && pieces.length > 0
      if (whole || run.step === unit) pieces.push({ ...run, step: run.step })
      else
        for (let i = 0; i < run.count; i += 1)
          pieces.push({
            row: run.row + i,
            line: run.line + i,
            time: run.time + i * (Number.isNaN(run.step) ? 0 : run.step),
            moment: run.moment,
            count: 1,
            step: unit,
            lost: i === 0 ? run.lost : 0,
          })
    }
    return pieces
  }
}

/** Months as if all had the nominal length, so that their steps are equal. */
function evenMonths(timeMs: number): number {
  if (Number.isNaN(timeMs)) return timeMs
  const time = (timeMs * 1_000) as Micros
  const { year, month } = civilOf(time)
  return (year * 12 + month - 1) * 30 * 86_400_000 + (time - startOfMonth(time)) / 1_000
}

/** Missing bars between two pieces of the series. */
interface Hole {
  readonly start: number
  readonly count: number
  readonly line: number
  readonly moment: number
  /** Bars of it that turned up elsewhere. */
  readonly found: Set<number>
}

class Reading {
  readonly #series: Series
  readonly #measure: Measure
  readonly #unit: number
  readonly #hashes: RowHashes
  readonly #pieces: readonly Piece[]
  /** What stands in its place, ascending. */
  readonly #main: Piece[] = []
  readonly #holes: Hole[] = []
  /** Rows that came too early, by their time. */
  readonly #early = new Map<number, number>()
  /** When the next row is due. */
  #due = 0

  constructor(series: Series, measure: Measure, hashes: RowHashes, pieces: readonly Piece[]) {
    this.#series = series
    this.#measure = measure
    this.#unit = measure.unit
    this.#hashes = hashes
    this.#pieces = pieces
  }

  read(): void {
    this.#offGridAsAWhole()
    const first = this.#firstPiece()
    this.#take(this.#pieces[first])
    for (let at = first + 1; at < this.#pieces.length;) at = this.#next(at)
    this.#reportHoles()
  }

  /** Where the series begins: rows that the next ones leave behind at once are out of place themselves. */
  #firstPiece(): number {
    const [first, second] = this.#pieces
    if (second === undefined || first.count > 1 || second.step !== this.#unit) return 0
    const fits = second.count > 1 && second.time - this.#unit !== first.time
    const stray = second.time < first.time || (second.time - first.time) % this.#unit !== 0
    if (!fits || !stray) return 0
    const expected = second.time - this.#unit
    this.#shifted([first], expected)
    this.#due = second.time
    return 1
  }

  /** Reads the piece at `at` and returns where to go on. */
  #next(at: number): number {
    const piece = this.#pieces[at]
    const { time, lost } = piece
    const unit = this.#unit
    if (piece.step !== unit) return this.#otherStep(at)
    if (time === this.#due) {
      this.#take(piece)
      return at + 1
    }
    const ahead = time - this.#due
    const onGrid = ahead % unit === 0
    const following = this.#pieces.at(at + 1)
    const turnsBack = following !== undefined && at + 1 < this.#pieces.length && following.time < time + piece.count * unit
    if (onGrid && ahead > 0 && !(turnsBack && piece.count < 3 && this.#resume(at) !== undefined)) {
      this.#hole(piece, ahead / unit, lost)
      this.#take(piece)
      return at + 1
    }
    if (ahead < 0 && onGrid && this.#undoesShift(piece)) return at + 1
    if (ahead < 0 && onGrid && this.#repeats(piece)) return this.#overlap(at)
    const resume = this.#resume(at)
    if (resume !== undefined) return this.#outOfPlace(at, resume)
    if (!onGrid) {
      this.#offGrid([piece], `the rows stand ${this.#beside(time)} beside the grid of ${this.#measure.name}`)
      if (time >= this.#due) this.#hole(piece, Math.floor(ahead / unit), lost)
      this.#take(piece)
      return at + 1
    }
    return this.#overlap(at)
  }

  /** The next piece from which on the times go on as if those between were wrong (`replaced`) or too many (`inserted`). */
  #resume(at: number): { readonly at: number; readonly kind: 'replaced' | 'inserted' } | undefined {
    let rows = 0
    for (let next = at + 1; next < Math.min(this.#pieces.length, at + RESUME_MAX); next += 1) {
      rows += this.#pieces[next - 1].count + this.#pieces[next - 1].lost
      const { time } = this.#pieces[next]
      if (time === this.#due) return { at: next, kind: 'inserted' }
      if (time === this.#due + (rows + this.#pieces[next].lost) * this.#unit) return { at: next, kind: 'replaced' }
    }
    // The last row of a file has no follower that could show where it belongs.
    const last = this.#pieces[at]
    const alone = at === this.#pieces.length - 1 && last.count === 1 && (last.time - this.#due) % this.#unit !== 0
    return alone ? { at: at + 1, kind: 'replaced' } : undefined
  }

  #outOfPlace(at: number, resume: { readonly at: number; readonly kind: 'replaced' | 'inserted' }): number {
    const block = this.#pieces.slice(at, resume.at)
    if (resume.kind === 'inserted') for (const piece of block) this.#extra(piece)
    else {
      const rows = block.reduce((sum, { count }) => sum + count, 0)
      const times = block.flatMap(({ time, count, step }) =>
        Array.from({ length: Math.min(count, 100_000) }, (_, i) => time + i * step),
      )
      const permuted = new Set(times).size === rows && times.every((time) => this.#isDueWithin(time, rows))
      if (permuted) this.#report(order, block, `${rows} rows stand in another order than their times`, rows)
      else this.#shifted(block, this.#due)
      this.#main.push({ ...block[0], time: this.#due, count: rows, step: this.#unit })
      this.#due += (rows + block.reduce((sum, { lost }) => sum + lost, 0)) * this.#unit
    }
    return resume.at
  }

  #isDueWithin(time: number, rows: number): boolean {
    const place = (time - this.#due) / this.#unit
    return Number.isInteger(place) && place >= 0 && place < rows
  }

  /** Rows whose times are not those of their place, which is `expected` for the first. */
  #shifted(block: readonly Piece[], expected: number): void {
    const shift = block[0].time - expected
    const same = block.every((piece, i) => i === 0 || piece.time - block[i - 1].time === block[i - 1].count * this.#unit)
    const by = `${this.#span(Math.abs(shift))} too ${shift > 0 ? 'late' : 'early'}`
    if (Math.abs(shift) < this.#unit && shift % this.#unit !== 0) this.#offGrid(block, `the time is ${by}`)
    else
      this.#report(
        clockJump,
        block,
        same ? `the ${this.#counted()} are ${by} for their place` : `the ${this.#counted()} are not those of their place`,
      )
  }

  /** A piece that belongs elsewhere: rows that are there already, or that are missing where they should be. */
  #extra(piece: Piece): void {
    for (let i = 0; i < piece.count; i += 1) this.#extraRow(piece, i)
  }

  #extraRow(piece: Piece, i: number): void {
    const time = piece.time + i * piece.step
    const at = { line: piece.line + i, timeMs: this.#momentOf(piece, i), column: this.#column() }
    const known = this.#rowAt(time)
    if (known !== undefined) {
      const alike = this.#hashes.equal(known.row, piece.row + i)
      if (alike) this.#series.report(duplicate, `the row of line ${known.line} again`, at)
      else this.#series.report(conflict, `the ${this.#counted().slice(0, -1)} of line ${known.line} again, with other values`, at)
      return
    }
    const hole = this.#holeAt(time)
    if (hole === undefined && time < this.#due && (time - this.#due) % this.#unit !== 0) {
      this.#series.report(offGrid, `a row between two bars, ${this.#beside(time)} beside the grid`, at)
      return
    }
    if (hole === undefined) this.#early.set(time, piece.row + i)
    else hole.found.add(time)
    this.#series.report(order, hole === undefined ? 'the row comes too early' : 'the row comes too late', at)
  }

  /** Time goes back and does not return: what is there already is double, the rest goes on. */
  #overlap(at: number): number {
    const piece = this.#pieces[at]
    const double = Math.min(piece.count, Math.max(0, Math.round((this.#due - piece.time) / this.#unit)))
    this.#extra({ ...piece, count: double })
    if (double < piece.count)
      this.#take({ ...piece, row: piece.row + double, line: piece.line + double, time: this.#due, count: piece.count - double })
    return at + 1
  }

  /** A gap before and as much overlap after a block of other values: the block's clock was wrong, nothing is missing. */
  #undoesShift(piece: Piece): boolean {
    const hole = this.#holes.at(-1)
    const block = this.#main.at(-1)
    if (hole === undefined || block === undefined || hole.start + hole.count * this.#unit !== block.time) return false
    const back = this.#due - piece.time
    if (back !== hole.count * this.#unit || this.#repeats(piece)) return false
    this.#holes.pop()
    this.#main.pop()
    this.#shifted([block], hole.start)
    this.#main.push({ ...block, time: hole.start })
    this.#due = piece.time
    this.#take(piece)
    return true
  }

  /** Whether the first rows of the piece are ones that are there already, some values changed perhaps. */
  #repeats(piece: Piece): boolean {
    let [known, alike] = [0, 0]
    for (let i = 0; i < Math.min(piece.count, REPEATED_ROWS); i += 1) {
      const row = this.#rowAt(piece.time + i * piece.step)
      if (row === undefined) break
      known += 1
      if (this.#hashes.alike(row.row, piece.row + i)) alike += 1
    }
    return alike > known / 2
  }

  /** Many rows in equal steps of another length. */
  #otherStep(at: number): number {
    const piece = this.#pieces[at]
    const { step, count } = piece
    const what =
      step < 0
        ? `${count} rows run backward in time`
        : `${count} rows stand ${this.#span(step)} apart and not ${this.#isTime() ? this.#measure.name : 1}`
    this.#report(step < 0 ? order : intervalRule, [piece], what)
    if (step > 0) this.#due = piece.time + (count - 1) * step + this.#unit
    this.#main.push(piece)
    return at + 1
  }

  #offGrid(pieces: readonly Piece[], message: string): void {
    this.#report(offGrid, pieces, message)
  }

  /** All rows stand beside the grid of the epoch, evenly. */
  #offGridAsAWhole(): void {
    const [first] = this.#pieces
    const { name } = this.#measure
    if (name === '1w' || name === '1M' || name === '3d') return
    if (first.count > 1 && first.time % this.#unit !== 0)
      this.#offGrid([first], `the rows stand ${this.#beside(first.time)} beside the grid of ${name}`)
  }

  #beside(time: number): string {
    const rest = ((time % this.#unit) + this.#unit) % this.#unit
    return this.#span(Math.min(rest, this.#unit - rest))
  }

  #isTime(): boolean {
    return this.#measure.at === this.#measure.timeAt
  }

  #counted(): string {
    return this.#isTime() ? 'times' : 'ids'
  }

  #column(): string {
    return this.#series.layout.columns[this.#measure.at].name
  }

  #span(length: number): string {
    return this.#isTime() ? formatDuration(length * 1_000) : String(length)
  }

  /** When a row of the piece was; of ids only the first row's time is known. */
  #momentOf(piece: Piece, i: number): number {
    return this.#isTime() && this.#measure.name !== '1M' ? piece.time + i * piece.step : piece.moment
  }

  #hole(piece: Piece, count: number, lost: number): void {
    if (count <= lost) return
    const found = new Set<number>()
    if (this.#early.size > 0)
      for (let i = 0; i < Math.min(count, 100_000); i += 1) {
        const time = this.#due + i * this.#unit
        if (this.#early.delete(time)) found.add(time)
      }
    this.#holes.push({ start: this.#due, count: count - lost, line: piece.line, moment: piece.moment, found })
  }

  #reportHoles(): void {
    for (const { start, count, line, moment, found } of this.#holes) {
      if (found.size >= count) continue
      const missing = count - found.size
      const { noun } = this.#measure
      const rows = missing === 1 ? `1 ${noun} is` : `${missing} ${noun}s are`
      const from = this.#real(start) ?? moment
      const endMs = this.#real(start + (count - 1) * this.#unit) ?? moment
      this.#series.report(gap, `${rows} missing before this line`, { line, timeMs: from, endMs }, missing)
    }
  }

  /** Only times can be computed; months were evened out, and ids are none: these are told by their rows. */
  #real(time: number): number | undefined {
    return this.#isTime() && this.#measure.name !== '1M' ? time : undefined
  }

  #take(piece: Piece): void {
    this.#main.push(piece)
    this.#due = piece.time + piece.count * this.#unit
  }

  #rowAt(time: number): { readonly row: number; readonly line: number } | undefined {
    let low = 0
    let high = this.#main.length - 1
    while (low < high) {
      const middle = (low + high + 1) >>> 1
      if (this.#main[middle].time <= time) low = middle
      else high = middle - 1
    }
    const piece = this.#main[low]
    const place = (time - piece.time) / piece.step
    if (!Number.isInteger(place) || place < 0 || place >= piece.count) return undefined
    return { row: piece.row + place, line: piece.line + place }
  }

  #holeAt(time: number): Hole | undefined {
    let low = 0
    let high = this.#holes.length - 1
    while (low < high) {
      const middle = (low + high + 1) >>> 1
      if (this.#holes[middle].start <= time) low = middle
      else high = middle - 1
    }
    const hole = this.#holes.at(low)
    if (hole === undefined || time < hole.start || time >= hole.start + hole.count * this.#unit) return undefined
    return (time - hole.start) % this.#unit === 0 ? hole : undefined
  }

  #report(which: Rule, pieces: readonly Piece[], message: string, rows?: number): void {
    const [first] = pieces
    const last = pieces[pieces.length - 1]
    const count = rows ?? pieces.reduce((sum, piece) => sum + piece.count, 0)
    this.#series.report(
      which,
      message,
      {
        line: first.line,
        lastLine: last.line + last.count - 1,
        timeMs: this.#momentOf(first, 0),
        endMs: this.#momentOf(last, last.count - 1),
        column: this.#column(),
      },
      count,
    )
  }
}
