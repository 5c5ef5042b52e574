/**
 * The path of prices from bar to bar: prints that stand alone, breaks between a close and the next open, volumes out of all
 * proportion.
 *
 * A market is continuous: a bar opens where the one before closed, within a fraction of the usual range of a bar. A crash keeps to
 * that, however deep; a wrong number does not. Where the neighbours confirm a move it is a notice (`jump`) and costs nothing.
 * Wicks have no such witness, and exchanges do print them: they count as wrong beyond what was ever seen on one (see the
 * constants), or when a violent wick came with less volume than an ordinary bar.
 */
import { MILLISECOND } from '../../../core/time.ts'
import type { Batch, Check, Series, Watcher } from '../batch.ts'
import { BAR } from '../layout.ts'
import { rule } from '../rule.ts'
import { BarWindow, HALF } from './bar-window.ts'

export const spike = rule('spike', 'major', 'prices that stand alone')
export const discontinuity = rule('discontinuity', 'major', 'bars that do not open where the one before closed')
export const volumeSpike = rule('volume-spike', 'major', 'volumes out of all proportion')
export const jump = rule('jump', 'notice', 'large moves that the bars around confirm')

export const pricePath: Check = {
  rules: [spike, discontinuity, volumeSpike, jump],
  start: (series) =>
    series.layout.kind === 'klines' && series.interval !== undefined
      ? new PricePath(series, series.interval.length / MILLISECOND)
      : undefined,
}

/** A break is this many times the median range (log high/low) of the bars around, and this share of the price. */
const BREAK_RANGES = 2
/** The index behind a mark price may change its members between two bars. */
const BREAK_RANGES_MARK = 6
const BREAK_SHARE = 0.001
/** What has come back to within this share of the jump has reverted. */
const REVERTED = 0.25

/** Wicks are looked at from here on (log). */
const WICK_SHARE = 0.02
/** The longest wicks of a USD-M contract that we know of: 1.07 (ETHUSDT 2020-03-13 on 1h), 40 median ranges (ADAUSDT 2020-02-28). */
const WICK_MOST = 1.3
const WICK_RANGES = 50
const WICK_NEIGHBOURS = 40
/** From so many ranges on, a wick has at least ... of the median volume. */
const WICK_VOLUME_RANGES = 6
const WICK_VOLUME = 0.8

/** The largest single volumes that we know of: 26 times the neighbours' (FILUSDT on 1m). */
const VOLUME_NEIGHBOURS = 40
const VOLUME_MEDIANS = 120

/** A confirmed move worth a notice: ranges, and share of the price. */
const JUMP_RANGES = 10
const JUMP_SHARE = 0.05

class PricePath implements Watcher {
  readonly #series: Series
  readonly #unit: number
  readonly #window: BarWindow
  readonly #breakRanges: number
  readonly #hasVolume: boolean
  #lastSpikeLine = -1

  constructor(series: Series, unit: number) {
    this.#series = series
    this.#unit = unit
    this.#hasVolume = series.has[BAR.volume]
    this.#breakRanges = series.isMark ? BREAK_RANGES_MARK : BREAK_RANGES
    this.#window = new BarWindow(this.#hasVolume)
  }

  batch(batch: Batch): void {
    this.#window.load(batch)
    this.#look(this.#window.length - HALF)
    this.#window.keep()
  }

  finish(): void {
    this.#window.reload()
    this.#look(this.#window.length)
  }

  /** Judges the rows of the window that have not been judged, up to `end`. The cheap tests come first, few rows pass them. */
  #look(end: number): void {
    const { open, high, low, close, volume, bad } = this.#window
    for (let i = this.#window.from; i < end; i += 1) {
      if (bad[i] === 1) continue
      const o = open[i]
      const c = close[i]
      const before = i > 0 ? close[i - 1] : c
      const top = o > c ? o : c
      const bottom = o > c ? c : o
      const jumped = o - before
      if (jumped > before * BREAK_SHARE || -jumped > before * BREAK_SHARE) this.#lookAtBreak(i)
      if (high[i] - top > top * WICK_SHARE || bottom - low[i] > bottom * WICK_SHARE) this.#lookAtWick(i)
      if (c - before > before * JUMP_SHARE || before - c > before * JUMP_SHARE) this.#lookAtMove(i)
      if (this.#hasVolume && i > 0 && volume[i] > volume[i - 1] * VOLUME_NEIGHBOURS) this.#lookAtVolume(i)
    }
    this.#window.from = Math.max(this.#window.from, end)
  }

  /** Whether row `i` follows the row before by one interval, and that one is no row out of place itself. */
  #follows(i: number): boolean {
    const { time, bad } = this.#window
    if (i < 1 || i >= this.#window.length || bad[i] === 1 || bad[i - 1] === 1) return false
    const months = this.#unit > 27 * 86_400_000
    const step = time[i] - time[i - 1]
    if (months ? step < 28 * 86_400_000 || step > 31 * 86_400_000 : step !== this.#unit) return false
    return i < 2 || time[i - 1] > time[i - 2]
  }

  #lookAtBreak(i: number): void {
    if (!this.#follows(i)) return
    const { open, close } = this.#window
    const broken = Math.log(open[i] / close[i - 1])
    const ranges = Math.abs(broken) / this.#window.medianRange(i)
    if (ranges <= this.#breakRanges) return
    const reverted = (now: number, then: number): boolean => Math.abs(Math.log(now / then)) < REVERTED * Math.abs(broken)
    const text = `${percent(broken)} and ${Math.round(ranges)} times the usual range of a bar`
    if (this.#follows(i + 1) && reverted(open[i + 1], close[i - 1]))
      this.#spike(i, reverted(close[i], close[i - 1]) ? 'open' : 'close', `the bar stands apart from both neighbours, by ${text}`)
    else if (this.#follows(i - 1) && reverted(open[i], open[i - 1]))
      this.#spike(i - 1, 'close', `the close stands alone: the next bar opens ${text} away from it, where this one opened`)
    else if (this.#window.line[i - 1] !== this.#lastSpikeLine)
      this.#report(discontinuity, i, 'open', `opens at ${open[i]} after a close of ${close[i - 1]}: ${text}`)
  }

  #lookAtWick(i: number): void {
    const { open, high, low, close, volume, line } = this.#window
    const up = Math.log(high[i] / Math.max(open[i], close[i]))
    const down = Math.log(Math.min(open[i], close[i]) / low[i])
    const [wick, column] = up > down ? ([up, 'high'] as const) : ([down, 'low'] as const)
    const ranges = wick / this.#window.medianRange(i)
    if (ranges < WICK_VOLUME_RANGES) return
    const least = this.#hasVolume ? this.#window.medianVolume(i) * WICK_VOLUME : Number.NEGATIVE_INFINITY
    const quiet = this.#hasVolume && volume[i] < least
    const alone = ranges > WICK_RANGES && wick > WICK_NEIGHBOURS * this.#window.largestRangeAround(i)
    const text = `the ${column} is ${percent(up > down ? up : -down)} away from open and close, ${Math.round(ranges)} times the usual range of a bar`
    if (line[i] === this.#lastSpikeLine) return
    if (wick > WICK_MOST || alone) this.#spike(i, column, text)
    else if (quiet) this.#spike(i, column, `${text}, with less volume than an ordinary bar`)
    else if (ranges > JUMP_RANGES && wick > JUMP_SHARE) this.#report(jump, i, column, text)
  }

  #lookAtMove(i: number): void {
    if (!this.#follows(i) || this.#window.line[i] === this.#lastSpikeLine) return
    const { close, open } = this.#window
    const move = Math.log(close[i] / close[i - 1])
    const range = this.#window.medianRange(i)
    if (Math.abs(move) < JUMP_RANGES * range || Math.abs(move) < JUMP_SHARE) return
    // Confirmed: it opened where the last bar closed, and the next opens where this one closed.
    const continuous =
      Math.abs(Math.log(open[i] / close[i - 1])) <= this.#breakRanges * range &&
      (!this.#follows(i + 1) || Math.abs(Math.log(open[i + 1] / close[i])) <= this.#breakRanges * range)
    if (continuous) this.#report(jump, i, 'close', `${percent(move)} from close to close, and the bars around agree`)
  }

  #lookAtVolume(i: number): void {
    const { volume } = this.#window
    const around = this.#window.largestVolumeAround(i)
    if (around <= 0 || volume[i] <= around * VOLUME_NEIGHBOURS) return
    const median = this.#window.medianVolume(i)
    if (median <= 0 || volume[i] <= median * VOLUME_MEDIANS) return
    this.#report(
      volumeSpike,
      i,
      'volume',
      `${volume[i]} is ${Math.round(volume[i] / around)} times the most of the bars around, and ${Math.round(volume[i] / median)} times their median`,
    )
  }

  #spike(i: number, column: 'open' | 'high' | 'low' | 'close', message: string): void {
    if (this.#window.line[i] === this.#lastSpikeLine) return
    this.#lastSpikeLine = this.#window.line[i]
    this.#report(spike, i, column, message)
  }

  #report(which: typeof spike, i: number, column: 'open' | 'high' | 'low' | 'close' | 'volume', message: string): void {
    const { line, time } = this.#window
    this.#series.report(which, message, { line: line[i], timeMs: time[i], column, value: this.#window[column][i] })
  }
}

const percent = (logarithm: number): string => `${((Math.exp(logarithm) - 1) * 100).toPrecision(3)} %`
