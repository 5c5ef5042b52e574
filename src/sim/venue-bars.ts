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

/** Trades of one instrument as the simulated venue is fed them: columns, one row per trade. */
export interface VenueTrades {
  readonly length: number
  /** Micros at the exchange, not descending. */
  readonly time: Float64Array
  /** Price units. */
  readonly price: Float64Array
  /** Quantity units. */
  readonly qty: Float64Array
  /** 1 when the taker sold. */
  readonly buyerIsMaker: Uint8Array
}

/** A mark series beside trades, in mark units: it acts at the start of each row and a millisecond before its end. */
export interface VenueMarks extends MarkColumns {
  readonly length: number
  /** Micros. */
  readonly openTime: Float64Array
  readonly duration: Float64Array
}

export interface MarkColumns {
  /** 1 where a row has a mark of its own, 0 where the traded prices stand in; absent when every row has one. */
  readonly covered?: Uint8Array
  readonly open: Float64Array
  readonly high: Float64Array
  readonly low: Float64Array
  readonly close: Float64Array
}

/** Mark prices have at least 8 decimals; an instrument's unit may be finer. */
export const markScaleOf = (priceScale: number): number => Math.max(8, priceScale)
