/**
 * The rows that drive the venue, of one symbol: finer bars where they cover a decision bar entirely, the decision bars
 * elsewhere, never two for the same time. What both say is compared, because a contradiction is a flaw of the data.
 *
 * Pure: columns in, columns out. Here float prices of files become integers.
 */
import { InputError } from '../core/errors.ts'
import { formatUnits, POW10 } from '../core/exact.ts'
import { barEnd, DAY, formatTime } from '../core/time.ts'
import type { Interval, Micros } from '../core/time.ts'
import type { VenueBars } from '../sim/venue-bars.ts'
import { PRICE_COLUMNS } from '../storage/market-data/kline-table.ts'
import type { KlineTable } from '../storage/market-data/kline-table.ts'

/** A series whose interval is known. */
export interface Series {
  readonly table: KlineTable
  readonly interval: Interval
}

export interface MergeRequest {
  readonly symbol: string
  readonly priceScale: number
  /** Bars of the decision interval; at least one of the two is there. */
  readonly coarse: Series | undefined
  /** Bars of an interval that divides it. */
  readonly fine: Series | undefined
}

export interface Merged {
  readonly bars: VenueBars
  readonly warnings: readonly string[]
}

/** Throws `InputError` when a series has no volume, or a price that the scale cannot hold. */
export function mergeIntervals({ symbol, priceScale, coarse, fine }: MergeRequest): Merged {
  const coarseRows = coarse === undefined ? NO_ROWS : tradedRows(coarse, priceScale)
  const fineRows = fine === undefined ? NO_ROWS : tradedRows(fine, priceScale)
  if (coarse === undefined || fine === undefined) return { bars: coarse === undefined ? fineRows : coarseRows, warnings: [] }
  requireDivides(symbol, fine.interval, coarse.interval)
  const merge = new Merge(coarseRows, fineRows)
  return { bars: merge.run(), warnings: warningsOf(merge.comparison, symbol, priceScale, coarse.interval, fine.interval) }
}

/** Whether every bar of `coarse` consists of whole bars of `fine`. */
export function divides(fine: Interval, coarse: Interval): boolean {
  // Months consist of whole days; weeks begin on Mondays, where 3d bars do not.
  return (coarse.name === '1M' ? DAY : coarse.length) % fine.length === 0 && fine.length < coarse.length
}

export function requireDivides(symbol: string, fine: Interval, coarse: Interval): void {
  if (divides(fine, coarse)) return
  throw new InputError(
    'interval-does-not-divide',
    `${symbol}: bars of ${coarse.name} cannot be built from bars of ${fine.name}`,
    {
      where: { symbol, interval: coarse.name, finer: fine.name },
      next: `Choose an interval of which ${fine.name} is a whole part, or leave the ${fine.name} data out.`,
    },
  )
}

const EMPTY = new Float64Array(0)
const NO_ROWS: VenueBars = {
  length: 0,
  openTime: EMPTY,
  duration: EMPTY,
  open: EMPTY,
  high: EMPTY,
  low: EMPTY,
  close: EMPTY,
  volume: EMPTY,
  mark: undefined,
}

/** A file's bars in the units of the venue. */
function tradedRows({ table, interval }: Series, priceScale: number): VenueBars {
  const { length, openTime } = table
  const volume = volumeOf(table, interval)
  const duration = new Float64Array(length).fill(interval.length)
  // Months alone differ in length.
  if (interval.name === '1M')
    for (let row = 0; row < length; row++) duration[row] = barEnd(openTime[row] as Micros, interval) - openTime[row]
  const [open, high, low, close] = PRICE_COLUMNS.map((column) => priceUnits(table, interval, column, priceScale))
  return { length, openTime, duration, open, high, low, close, volume, mark: undefined }
}

/** Above this, products with ratios lose digits. */
const LARGEST_PRICE = 2 ** 50

function priceUnits(
  table: KlineTable,
  interval: Interval,
  column: (typeof PRICE_COLUMNS)[number],
  priceScale: number,
): Float64Array {
  const values = table[column]
  const perUnit = POW10[priceScale]
  const units = new Float64Array(values.length)
  for (let row = 0; row < values.length; row++) {
    const price = Math.round(values[row] * perUnit)
    // The double nearest to a decimal of this scale comes back to the last bit.
    if (price / perUnit !== values[row] || price > LARGEST_PRICE || price <= 0)
      throw notHeld(table, interval, column, row, priceScale)
    units[row] = price
  }
  return units
}

function notHeld(table: KlineTable, interval: Interval, column: string, row: number, priceScale: number): InputError {
  const time = formatTime(table.openTime[row] as Micros)
  const value = table[column as 'open'][row]
  return new InputError(
    'price-not-exact',
    `${table.symbol} ${interval.name}: the ${column} ${value} of ${time} cannot be held exactly with ${priceScale} decimals`,
    {
      where: { symbol: table.symbol, time, field: column, value, ...fileOf(table) },
      next:
        value > 0 ? 'Round the prices of the file to the decimals of the exchange.' : 'Prices are above zero: correct the file.',
    },
  )
}

function volumeOf(table: KlineTable, interval: Interval): Float64Array {
  const { volume } = table
  if (volume === undefined || table.kind === 'mark')
    throw new InputError(
      'no-volume',
      `${table.symbol} ${interval.name} has no volume: a series without volume (mark) is never traded`,
      {
        where: { symbol: table.symbol, ...fileOf(table) },
        next: 'Name it with --mark, and give the traded bars with --data.',
      },
    )
  const row = volume.findIndex(Number.isNaN)
  if (row < 0) return volume
  const time = formatTime(table.openTime[row] as Micros)
  throw new InputError('volume-missing', `${table.symbol} ${interval.name} has no volume at ${time}, but elsewhere`, {
    where: { symbol: table.symbol, time, field: 'volume', ...fileOf(table) },
    next: 'Fill the volume in, or cut the period with --from and --to.',
  })
}

function fileOf({ sources }: KlineTable): Readonly<Record<string, string>> {
  return sources.length === 1 ? { file: sources[0].path } : {}
}

type Field = (typeof PRICE_COLUMNS)[number] | 'volume'

interface Difference {
  readonly time: Micros
  readonly field: Field
  /** Price units, or base units for the volume. */
  readonly built: number
  readonly given: number
}

/** Decision bars against those built of finer ones. */
interface Comparison {
  compared: number
  differing: number
  first: Difference | undefined
}

/** Relative difference of volumes that the summation of floats explains. */
const VOLUME_NOISE = 1e-6

/** One pass over both series. */
class Merge {
  readonly comparison: Comparison = { compared: 0, differing: 0, first: undefined }
  readonly #coarse: VenueBars
  readonly #fine: VenueBars
  /** Columns as large as both together; cut to what was taken. */
  readonly #rows: { readonly [K in (typeof COLUMNS)[number]]: Float64Array }
  #length = 0

  constructor(coarse: VenueBars, fine: VenueBars) {
    this.#coarse = coarse
    this.#fine = fine
    const column = (): Float64Array => new Float64Array(coarse.length + fine.length)
    this.#rows = {
      openTime: column(),
      duration: column(),
      open: column(),
      high: column(),
      low: column(),
      close: column(),
      volume: column(),
    }
  }

  run(): VenueBars {
    const { openTime, duration, length } = this.#coarse
    let next = 0
    for (let row = 0; row < length; row++) {
      // Finer rows before this bar lie in a hole of the coarser series.
      const first = this.#rowAtOrAfter(next, openTime[row])
      this.#take(this.#fine, next, first)
      next = this.#rowAtOrAfter(first, openTime[row] + duration[row])
      if (this.#covers(row, first, next)) {
        this.#compare(row, first, next)
        this.#take(this.#fine, first, next)
      } else this.#take(this.#coarse, row, row + 1)
    }
    this.#take(this.#fine, next, this.#fine.length)
    return this.#result()
  }

  #rowAtOrAfter(from: number, time: number): number {
    const { openTime, length } = this.#fine
    let row = from
    while (row < length && openTime[row] < time) row++
    return row
  }

  /** Whether the finer rows fill the bar without a hole. */
  #covers(row: number, first: number, end: number): boolean {
    let due = this.#coarse.openTime[row]
    for (let at = first; at < end && this.#fine.openTime[at] === due; at++) due += this.#fine.duration[at]
    return due === this.#coarse.openTime[row] + this.#coarse.duration[row]
  }

  #take(from: VenueBars, start: number, end: number): void {
    if (start === end) return
    for (const name of COLUMNS) this.#rows[name].set(from[name].subarray(start, end), this.#length)
    this.#length += end - start
  }

  #compare(row: number, first: number, end: number): void {
    const { open, high, low, close, volume } = this.#fine
    const built = { open: open[first], high: high[first], low: low[first], close: close[end - 1], volume: 0 }
    for (let at = first; at < end; at++) {
      if (high[at] > built.high) built.high = high[at]
      if (low[at] < built.low) built.low = low[at]
      built.volume += volume[at]
    }
    this.comparison.compared++
    const field = FIELDS.find((name) => !alike(name, built[name], this.#coarse[name][row]))
    if (field === undefined) return
    this.comparison.differing++
    this.comparison.first ??= {
      time: this.#coarse.openTime[row] as Micros,
      field,
      built: built[field],
      given: this.#coarse[field][row],
    }
  }

  #result(): VenueBars {
    const cut = (column: Float64Array): Float64Array => column.slice(0, this.#length)
    const { openTime, duration, open, high, low, close, volume } = this.#rows
    return {
      length: this.#length,
      openTime: cut(openTime),
      duration: cut(duration),
      open: cut(open),
      high: cut(high),
      low: cut(low),
      close: cut(close),
      volume: cut(volume),
      mark: undefined,
    }
  }
}

const COLUMNS = ['openTime', 'duration', 'open', 'high', 'low', 'close', 'volume'] as const
const FIELDS = [...PRICE_COLUMNS, 'volume'] as const

const alike = (field: Field, a: number, b: number): boolean =>
  field === 'volume' ? Math.abs(a - b) <= VOLUME_NOISE * Math.max(Math.abs(a), Math.abs(b)) : a === b

function warningsOf(
  { compared, differing, first }: Comparison,
  symbol: string,
  priceScale: number,
  coarse: Interval,
  fine: Interval,
): readonly string[] {
  const warnings: string[] = []
  if (compared === 0)
    warnings.push(
      `${symbol}: the ${fine.name} bars cover no bar of ${coarse.name} entirely, so they fill only where there is none.`,
    )
  if (first === undefined) return warnings
  const shown = (value: number): string =>
    first.field === 'volume' ? String(Number(value.toPrecision(12))) : formatUnits(value, priceScale)
  warnings.push(
    `${symbol}: ${differing} of ${compared} bars of ${coarse.name} differ from those built from ${fine.name} bars, the first at ${formatTime(first.time)} ` +
      `(${first.field} ${shown(first.given)}, built ${shown(first.built)}). The finer bars are used.`,
  )
  return warnings
}
