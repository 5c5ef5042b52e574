/**
 * The market as the simulated venue is fed it: columns, one row per bar, everything in integers but the volume.
 */

export interface VenueBars {
  readonly length: number
  /** Micros. */
  readonly openTime: Float64Array
  /** Length of each row in micros: rows of different intervals may follow each other. */
  readonly duration: Float64Array
  /** Price units of the instrument. */
  readonly open: Float64Array
  readonly high: Float64Array
  readonly low: Float64Array
  readonly close: Float64Array
  /** Base units, a float. */
  readonly volume: Float64Array
  /** Mark price of the same rows in mark units; undefined when the traded price stands in. */
  readonly mark: MarkColumns | undefined
}

export interface MarkColumns {
  readonly open: Float64Array
  readonly high: Float64Array
  readonly low: Float64Array
  readonly close: Float64Array
}

/** Mark prices have at least 8 decimals; an instrument's unit may be finer. */
export const markScaleOf = (priceScale: number): number => Math.max(8, priceScale)
