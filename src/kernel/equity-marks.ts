/**
 * The equities that losses are measured against: the highest so far, and those with which the day and the week began.
 *
 * Money brought in or taken out is neither profit nor loss. As with the shares of a fund, it changes how many shares
 * there are and not what one is worth: every mark is scaled by what it does to equity, so that all losses as a share
 * stay what they are. Adding the amount to the marks would not do: 20 % down from 100 would become 10 % after 100 more.
 */

export class EquityMarks {
  /** Equity at the newest bar: what drawdown and day limits look at. */
  marked = 0
  peak = 0
  dayStart = 0
  weekStart = 0

  /** The highest so far, the newest bar included. */
  get highest(): number {
    return this.marked > this.peak ? this.marked : this.peak
  }

  /**
   * Equity was changed by money that came or went. Where there was nothing before, or nothing is left, no share has a
   * price: then the marks begin anew at what is there.
   */
  flow(before: number, after: number): void {
    if (after === before) return
    if (before > 0 && after > 0) {
      const scale = after / before
      this.marked = scaled(this.marked, before, after, scale)
      this.peak = scaled(this.peak, before, after, scale)
      this.dayStart = scaled(this.dayStart, before, after, scale)
      this.weekStart = scaled(this.weekStart, before, after, scale)
    } else {
      this.marked = after
      this.peak = after
      this.dayStart = after
      this.weekStart = after
    }
  }

  snapshot(): EquityMarksState {
    return { marked: this.marked, peak: this.peak, dayStart: this.dayStart, weekStart: this.weekStart }
  }

  restore({ marked, peak, dayStart, weekStart }: EquityMarksState): void {
    this.marked = marked
    this.peak = peak
    this.dayStart = dayStart
    this.weekStart = weekStart
  }
}

/** A mark that is equity itself stays it, without what a division rounds. */
const scaled = (mark: number, before: number, after: number, scale: number): number => (mark === before ? after : mark * scale)

export interface EquityMarksState {
  readonly marked: number
  readonly peak: number
  readonly dayStart: number
  readonly weekStart: number
}
