/**
 * Files of one symbol against each other: finer bars have to build the coarser ones, copies have to agree.
 *
 * A contradiction does not tell who is wrong, so both files carry it. Pure.
 */
import { basename } from 'node:path'
import { formatMinute } from '../../core/time.ts'
import type { Micros } from '../../core/time.ts'
import { contradiction, copies, volumeDiffers } from './compare-rules.ts'
import type { Findings } from './findings.ts'
import type { KeptBars } from './kept-bars.ts'
import type { Rule } from './rule.ts'

/** Of sums of rounded volumes. */
const VOLUME_TOLERANCE = 1e-7

export interface Comparison {
  readonly finer: string
  readonly coarser: string
  readonly symbol: string
  /** Bars of the coarser series that the finer one covers. */
  readonly bars: number
  readonly differences: number
}

/** Compares every pair of series that tell of the same prices. `findingsOf` gives the findings of a file. */
export function compareSeries(all: readonly KeptBars[], findingsOf: (path: string) => Findings): readonly Comparison[] {
  const comparisons: Comparison[] = []
  const said = new Set<string>()
  for (const group of Map.groupBy(all, ({ key }) => key).values()) {
    const sorted = group.toSorted((a, b) => a.unitMs - b.unitMs || (a.path < b.path ? -1 : 1))
    for (const [i, finer] of sorted.entries())
      for (const coarser of sorted.slice(i + 1)) {
        if (finer.path === coarser.path || finer.unitMs === 0 || coarser.unitMs % finer.unitMs !== 0 || coarser.name === '1M')
          continue
        const pair = new Pair(finer, coarser, findingsOf, said)
        const comparison = pair.compare()
        if (comparison.bars > 0) comparisons.push(comparison)
      }
  }
  return comparisons
}

/** What finer bars [from, to) build together. */
interface Built {
  readonly from: number
  readonly to: number
  readonly high: number
  readonly low: number
  readonly volume: number
  readonly volumeDiffer: boolean
}

class Pair {
  readonly #finer: KeptBars
  readonly #coarser: KeptBars
  readonly #findingsOf: (path: string) => Findings
  /** What was said of a bar of a file under a rule: once is enough, whoever else contradicts it. */
  readonly #said: Set<string>
  #bars = 0
  #differences = 0

  constructor(finer: KeptBars, coarser: KeptBars, findingsOf: (path: string) => Findings, said: Set<string>) {
    this.#finer = finer
    this.#coarser = coarser
    this.#findingsOf = findingsOf
    this.#said = said
  }

  compare(): Comparison {
    const [finer, coarser] = [this.#finer, this.#coarser]
    const count = coarser.unitMs / finer.unitMs
    const { time, open, high, low, close, volume } = finer
    const [times, opens, highs, lows, closes, volumes] = [
      coarser.time,
      coarser.open,
      coarser.high,
      coarser.low,
      coarser.close,
      coarser.volume,
    ]
    let f = 0
    for (let c = 0; c < coarser.rows && f < finer.rows; c += 1) {
      const start = times[c]
      while (f < finer.rows && time[f] < start) f += 1
      if (time[f] !== start || f + count > finer.rows) continue
      if (time[f + count - 1] !== start + coarser.unitMs - finer.unitMs) continue
      this.#bars += 1
      let top = high[f]
      let bottom = low[f]
      let sum = 0
      for (let i = f; i < f + count; i += 1) {
        if (high[i] > top) top = high[i]
        if (low[i] < bottom) bottom = low[i]
        sum += volume[i]
      }
      const volumeDiffer = Math.abs(sum - volumes[c]) > VOLUME_TOLERANCE * Math.max(sum, volumes[c])
      if (volumeDiffer || open[f] !== opens[c] || top !== highs[c] || bottom !== lows[c] || close[f + count - 1] !== closes[c])
        this.#differ({ from: f, to: f + count, high: top, low: bottom, volume: sum, volumeDiffer }, c)
    }
    return {
      finer: finer.path,
      coarser: coarser.path,
      symbol: coarser.symbol,
      bars: this.#bars,
      differences: this.#differences,
    }
  }

  /** The finer bars against bar `c` of the coarser series. */
  #differ({ from, to, high, low, volume, volumeDiffer }: Built, c: number): void {
    const [finer, coarser] = [this.#finer, this.#coarser]
    const built = { open: finer.open[from], high, low, close: finer.close[to - 1] }
    const wrong = (['open', 'high', 'low', 'close'] as const).filter((column) => built[column] !== coarser[column][c])
    const which = to - from === 1 ? copies : wrong.length > 0 ? contradiction : volumeDiffers
    this.#differences += 1
    const columns = [...wrong, ...(volumeDiffer ? (['volume'] as const) : [])]
    const mine = (column: (typeof columns)[number]): string => plain(column === 'volume' ? volume : built[column])
    const theirs = (column: (typeof columns)[number]): string => plain(coarser[column][c])
    const time = formatMinute((coarser.time[c] * 1_000) as Micros)
    this.#report(
      which,
      finer,
      { from, to },
      c,
      columns[0],
      `${columns.map((column) => `${column} ${mine(column)}`).join(', ')} from ${time} on, where ${coarser.name} of ${basename(coarser.path)} has ${columns.map(theirs).join(', ')}`,
    )
    this.#report(
      which,
      coarser,
      { from: c, to: c + 1 },
      c,
      columns[0],
      `${columns.map((column) => `${column} ${theirs(column)}`).join(', ')} at ${time}, where ${finer.name} of ${basename(finer.path)} has ${columns.map(mine).join(', ')}`,
    )
  }

  #report(
    which: Rule,
    bars: KeptBars,
    { from, to }: { readonly from: number; readonly to: number },
    c: number,
    column: string,
    message: string,
  ): void {
    const key = `${which.name} ${bars.path} ${this.#coarser.time[c]} ${to - from}`
    if (this.#said.has(key)) return
    this.#said.add(key)
    this.#findingsOf(bars.path).add(which, message, {
      symbol: bars.symbol,
      line: bars.line[from],
      lastLine: bars.line[to - 1],
      timeMs: bars.time[from],
      endMs: bars.time[to - 1],
      column,
    })
  }
}

const plain = (value: number): string => String(Number(value.toPrecision(15)))
