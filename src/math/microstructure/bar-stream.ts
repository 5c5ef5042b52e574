/**
 * Bars by count, volume or money, and CUSUM events, trade by trade: the same bars and events as those of the whole series, as they happen.
 *
 * Pure. Source: M. Lopez de Prado, Advances in Financial Machine Learning (2018), chapter 2.
 */
import { finiteOr, requireInteger, requireNumber, requirePositive } from '../guard.ts'

/** What fills a bar. */
export type BarKind = 'tick' | 'volume' | 'dollar'

/** A bar of trades. */
export interface TradeBar {
  /** Time of the first trade. */
  readonly start: number
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
  readonly volume: number
  readonly takerBuyVolume: number
  readonly takerSellVolume: number
  /** sum of price times size. */
  readonly money: number
  readonly trades: number
}

export interface BarStreamState {
  /** The bar that is being filled; `undefined` before its first trade. */
  readonly bar: TradeBar | undefined
}

/**
 * Bars that close on the trade with which their count, volume or money reaches the threshold; the next begins from nothing. Equal to `tickBars`, `volumeBars`, `dollarBars` at every prefix.
 */
export class BarStream {
  readonly #kind: BarKind
  readonly #threshold: number
  #bar: TradeBar | undefined

  /** @throws MathError `not-finite`, `out-of-domain` */
  constructor(kind: BarKind, threshold: number) {
    if (kind === 'tick') requireInteger('threshold', threshold, 1)
    else requirePositive('threshold', threshold)
    this.#kind = kind
    this.#threshold = threshold
  }

  /**
   * Takes a trade.
   * @param side 1, -1, or 0 where the aggressor is not known
   * @returns the bar that it closed, if it did
   * @throws MathError `not-finite`, `out-of-domain`, `overflow`
   */
  update(time: number, price: number, size: number, side: number): TradeBar | undefined {
    requireNumber('time', time)
    if (this.#kind === 'dollar') requirePositive('price', price)
    else requireNumber('price', price)
    requireNumber('size', size, 0)
    requireNumber('side', side)
    const before = this.#bar
    const bar: TradeBar = {
      start: before?.start ?? time,
      open: before?.open ?? price,
      high: Math.max(before?.high ?? price, price),
      low: Math.min(before?.low ?? price, price),
      close: price,
      volume: finiteOr('overflow', (before?.volume ?? 0) + size, 'the volume of a bar'),
      takerBuyVolume: (before?.takerBuyVolume ?? 0) + (side > 0 ? size : 0),
      takerSellVolume: (before?.takerSellVolume ?? 0) + (side < 0 ? size : 0),
      money: finiteOr('overflow', (before?.money ?? 0) + price * size, 'the money of a bar'),
      trades: (before?.trades ?? 0) + 1,
    }
    const filled = this.#kind === 'tick' ? bar.trades : this.#kind === 'volume' ? bar.volume : bar.money
    const full = filled >= this.#threshold
    this.#bar = full ? undefined : bar
    return full ? bar : undefined
  }

  snapshot(): BarStreamState {
    return { bar: this.#bar }
  }

  /** @throws MathError `not-finite` */
  restore({ bar }: BarStreamState): void {
    if (bar !== undefined) for (const [name, value] of Object.entries(bar)) requireNumber(name, value as number)
    this.#bar = bar
  }
}

export interface CusumState {
  readonly last: number | undefined
  readonly up: number
  readonly down: number
}

/**
 * The symmetric CUSUM filter price by price: an event when the sum of the changes of ln price since the last one leaves the threshold. Equal to `cusumEvents` at every prefix.
 */
export class CusumStream {
  readonly #threshold: number
  #last: number | undefined
  #up = 0
  #down = 0

  /** @param threshold in logarithms; @throws MathError `not-finite`, `out-of-domain` */
  constructor(threshold: number) {
    requirePositive('threshold', threshold)
    this.#threshold = threshold
  }

  /**
   * @returns 1 when this price is an event upwards, -1 downwards, 0 when it is none
   * @throws MathError `not-finite`, `out-of-domain` for a price that is not above zero
   */
  update(price: number): -1 | 0 | 1 {
    requirePositive('price', price)
    const log = Math.log(price)
    const change = this.#last === undefined ? 0 : log - this.#last
    this.#last = log
    this.#up = Math.max(0, this.#up + change)
    this.#down = Math.min(0, this.#down + change)
    if (this.#down < -this.#threshold) {
      this.#down = 0
      return -1
    }
    if (this.#up > this.#threshold) {
      this.#up = 0
      return 1
    }
    return 0
  }

  snapshot(): CusumState {
    return { last: this.#last, up: this.#up, down: this.#down }
  }

  /** @throws MathError `not-finite` */
  restore({ last, up, down }: CusumState): void {
    if (last !== undefined) requireNumber('last', last)
    requireNumber('up', up, 0)
    requireNumber('down', down, -Infinity, 0)
    this.#last = last
    this.#up = up
    this.#down = down
  }
}
