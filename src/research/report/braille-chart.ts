/**
 * Charts of braille dots, two by four to a terminal cell: a line over time, and an area that hangs from the top.
 *
 * Empty cells are blank braille and no spaces: where a font lacks braille and another steps in, its cells have one width.
 *
 * Pure; imports nothing. Returns rows of cells without colour.
 */

/** Bits of the dots of a cell by [row][column], as Unicode numbers them. */
const DOTS = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
] as const
const BASE = 0x2800
export const BLANK = String.fromCodePoint(BASE)

interface Size {
  readonly columns: number
  readonly rows: number
}

/** The values of the lowest and highest row of dots; `low` below `high`. */
export interface Scale {
  readonly low: number
  readonly high: number
}

/** A point of a curve: a time and a value, both finite, times ascending. */
export type Point = readonly [time: number, value: number]

/** The lowest, highest and last value of each dot column; empty columns hold the value before. */
interface Bucket {
  readonly low: number
  readonly high: number
  readonly last: number
}

/** Cuts the time from the first to the last point into `count` buckets. */
function bucketsOf(points: readonly Point[], count: number): Bucket[] {
  const buckets: Bucket[] = []
  const start = points[0][0]
  const width = (points[points.length - 1][0] - start) / count || 1
  let next = 0
  let last = points[0][1]
  for (let i = 0; i < count; i++) {
    const end = i === count - 1 ? Number.POSITIVE_INFINITY : start + width * (i + 1)
    let low = Number.POSITIVE_INFINITY
    let high = Number.NEGATIVE_INFINITY
    for (; next < points.length && points[next][0] < end; next++) {
      last = points[next][1]
      low = Math.min(low, last)
      high = Math.max(high, last)
    }
    buckets.push(low > high ? { low: last, high: last, last } : { low, high, last })
  }
  return buckets
}

/** Where a value lies: its row of cells, and a cell with only that row of dots, for a line across. */
export function levelOf(value: number, rows: number, scale: Scale): { readonly row: number; readonly cell: string } {
  const dot = dotOf(value, rows, scale)
  return { row: dot >> 2, cell: String.fromCodePoint(BASE + (DOTS[dot & 3][0] | DOTS[dot & 3][1])) }
}

const dotOf = (value: number, rows: number, { low, high }: Scale): number =>
  Math.round(((high - value) / (high - low)) * (rows * 4 - 1))

/** A line through all points; all values lie inside the scale. */
export function lineChart(points: readonly Point[], size: Size, scale: Scale): string[][] {
  const grid = emptyGrid(size)
  const top = size.rows * 4 - 1
  let previous: number | undefined
  bucketsOf(points, size.columns * 2).forEach((bucket, x) => {
    const from = Math.min(dotOf(bucket.high, size.rows, scale), previous ?? top)
    const to = Math.max(dotOf(bucket.low, size.rows, scale), previous ?? 0)
    for (let y = from; y <= to; y++) grid[y >> 2][x >> 1] |= DOTS[y & 3][x & 1]
    previous = dotOf(bucket.last, size.rows, scale)
  })
  return cellsOf(grid)
}

/** An area from zero, the top edge, down to the largest depth of each column; depths are positive, `deepest` is the bottom. */
export function hangingChart(points: readonly Point[], size: Size, deepest: number): string[][] {
  const grid = emptyGrid(size)
  bucketsOf(points, size.columns * 2).forEach((bucket, x) => {
    const dots = deepest > 0 ? Math.ceil((bucket.high / deepest) * size.rows * 4 - 1e-9) : 0
    for (let y = 0; y < Math.min(dots, size.rows * 4); y++) grid[y >> 2][x >> 1] |= DOTS[y & 3][x & 1]
  })
  return cellsOf(grid)
}

const emptyGrid = ({ columns, rows }: Size): number[][] => Array.from({ length: rows }, () => new Array<number>(columns).fill(0))
const cellsOf = (grid: readonly (readonly number[])[]): string[][] =>
  grid.map((row) => row.map((bits) => String.fromCodePoint(BASE + bits)))
