/**
 * A second opinion on `ema-cross`, the reference strategy: recomputed row by row from its written definition, without
 * kernel, venue or ledger. Indicators are doubles; prices of fills, fees and profits are exact.
 *
 * Readings where the definition is silent:
 * - a stop's exit time is the bar's open time plus the interval minus 1 ms for every stop, also one that fills at the open;
 * - a reversal's fee is split by quantity: the closing part truncated to 1e-8, the rest belongs to the new trade;
 * - `d` before the update of bar 0 does not matter, since decisions begin at bar `slow`.
 *
 * Imports exact texts from core and the row type, nothing of the engine.
 */
import { assert } from '../../src/core/errors.ts'
import { formatUnits, unitsOf } from '../../src/core/exact.ts'
import type { TradeRow } from '../../src/backtest/result.ts'

export interface EmaCrossBar {
  readonly openTimeMs: number
  readonly open: number
  readonly high: number
  readonly low: number
  readonly close: number
}

export interface EmaCrossSettings {
  readonly fast: number
  readonly slow: number
  readonly atr: number
  readonly mult: number
  readonly qty: string
  readonly tick: string
  readonly takerFee: string
  readonly capital: string
  readonly intervalMs: number
  readonly symbol?: string
  /** Published figures of other programs: stops as the double they are, and money in doubles. */
  readonly floatMoneyAndStops?: boolean
}

export interface EmaCrossResult {
  readonly trades: readonly TradeRow[]
  readonly fills: number
  readonly finalEquity: string
  readonly fees: string
  /** The last bar's close decided something that no bar was left to fill. */
  readonly droppedLastOrder: boolean
}

/** Books what was bought and sold; prices come as doubles that are decimals. */
interface Books {
  /** Returns the fee, in units that `add` and `text` understand. */
  fee(price: number, quantities: number): Amount
  profit(side: 1 | -1, entry: number, exit: number): Amount
  half(fee: Amount): Amount
  minus(a: Amount, b: Amount): Amount
  plus(a: Amount, b: Amount): Amount
  readonly capital: Amount
  readonly zero: Amount
  text(amount: Amount): string
  priceText(price: number): string
}
type Amount = bigint | number

/** Open orders and positions are always one `qty`, so a position is its side and its entry. */
interface Open {
  readonly side: 1 | -1
  readonly entry: number
  readonly entryTimeMs: number
  readonly fee: Amount
  readonly stop: number | undefined
}

export function naiveEmaCross(bars: readonly EmaCrossBar[], settings: EmaCrossSettings): EmaCrossResult {
  const books = settings.floatMoneyAndStops === true ? floatBooks(settings) : exactBooks(settings)
  const trades: TradeRow[] = []
  let wallet = books.capital
  let fees = books.zero
  let fills = 0
  let position: Open | undefined
  let pending: { side: 1 | -1; stop: number | undefined } | undefined
  let fast = 0
  let slow = 0
  let atr = 0

  const pay = (fee: Amount): void => {
    wallet = books.minus(wallet, fee)
    fees = books.plus(fees, fee)
    fills += 1
  }
  const close = (open: Open, exit: number, exitTimeMs: number, exitFee: Amount, exitReason: string): void => {
    const gross = books.profit(open.side, open.entry, exit)
    const paid = books.plus(open.fee, exitFee)
    wallet = books.plus(wallet, gross)
    trades.push({
      id: trades.length + 1,
      symbol: settings.symbol ?? 'TWIN',
      side: open.side > 0 ? 'long' : 'short',
      entryTimeMs: open.entryTimeMs,
      exitTimeMs,
      qty: settings.qty,
      entryPrice: books.priceText(open.entry),
      exitPrice: books.priceText(exit),
      grossPnl: books.text(gross),
      fees: books.text(paid),
      funding: '0',
      netPnl: books.text(books.minus(gross, paid)),
      exitReason,
    })
  }

  for (let i = 0; i < bars.length; i += 1) {
    const bar = bars[i]

    // The order decided on the row before fills at this open; it takes the old stop away before that can act.
    if (pending !== undefined) {
      const fee = books.fee(bar.open, position === undefined ? 1 : 2)
      pay(fee)
      let entryFee = fee
      if (position !== undefined) {
        const closing = books.half(fee)
        entryFee = books.minus(fee, closing)
        close(position, bar.open, bar.openTimeMs, closing, 'reversal')
      }
      position = { side: pending.side, entry: bar.open, entryTimeMs: bar.openTimeMs, fee: entryFee, stop: pending.stop }
      pending = undefined
    }

    if (position !== undefined && position.stop !== undefined) {
      const { stop, side } = position
      const reached = side > 0 ? bar.low <= stop : bar.high >= stop
      if (reached) {
        const exit = side > 0 ? Math.min(bar.open, stop) : Math.max(bar.open, stop)
        const fee = books.fee(exit, 1)
        pay(fee)
        close(position, exit, bar.openTimeMs + settings.intervalMs - 1, fee, 'stop')
        position = undefined
      }
    }

    const before = fast - slow
    if (i === 0) {
      fast = bar.close
      slow = bar.close
      atr = bar.high - bar.low
    } else {
      const previous = bars[i - 1].close
      const range = Math.max(bar.high - bar.low, Math.abs(bar.high - previous), Math.abs(bar.low - previous))
      fast += (2 / (settings.fast + 1)) * (bar.close - fast)
      slow += (2 / (settings.slow + 1)) * (bar.close - slow)
      atr += (range - atr) / settings.atr
    }
    const now = fast - slow
    if (i < settings.slow) continue
    if (before <= 0 && now > 0 && position?.side !== 1)
      pending = { side: 1, stop: stopAt(bar.close - settings.mult * atr, 1, settings) }
    if (before >= 0 && now < 0 && position?.side !== -1)
      pending = { side: -1, stop: stopAt(bar.close + settings.mult * atr, -1, settings) }
  }

  const unrealised =
    position === undefined ? books.zero : books.profit(position.side, position.entry, bars[bars.length - 1].close)
  return {
    trades,
    fills,
    finalEquity: books.text(books.plus(wallet, unrealised)),
    fees: books.text(fees),
    droppedLastOrder: pending !== undefined,
  }
}

/** Away from the position, in whole ticks; a stop at or below zero is none. */
function stopAt(value: number, side: 1 | -1, settings: EmaCrossSettings): number | undefined {
  if (settings.floatMoneyAndStops === true) return value > 0 ? value : undefined
  const quotient = value / Number(settings.tick)
  const nearest = Math.round(quotient)
  const ticks = Math.abs(quotient - nearest) <= 1e-9 ? nearest : side > 0 ? Math.floor(quotient) : Math.ceil(quotient)
  if (ticks <= 0) return undefined
  return Number(formatUnits(BigInt(ticks) * unitsOf(settings.tick, 8, 'tick'), 8))
}

/** Prices and quantities count 1e-8, money 1e-16; a fee is truncated to 1e-8. */
function exactBooks(settings: EmaCrossSettings): Books {
  const qty = unitsOf(settings.qty, 8, 'qty')
  const rate = unitsOf(settings.takerFee, 10, 'takerFee')
  const price = (value: number): bigint => unitsOf(String(value), 8, 'price')
  const big = (amount: Amount): bigint => {
    assert(typeof amount === 'bigint', 'exact books hold bigint')
    return amount
  }
  const toMoneyUnit = (amount: bigint, over: bigint): bigint => (amount / (over * 10n ** 8n)) * 10n ** 8n
  return {
    fee: (at, quantities) => toMoneyUnit(price(at) * qty * BigInt(quantities) * rate, 10n ** 10n),
    profit: (side, entry, exit) => (price(exit) - price(entry)) * qty * BigInt(side),
    half: (fee) => toMoneyUnit(big(fee), 2n),
    minus: (a, b) => big(a) - big(b),
    plus: (a, b) => big(a) + big(b),
    capital: unitsOf(settings.capital, 16, 'capital'),
    zero: 0n,
    text: (amount) => formatUnits(big(amount), 16),
    priceText: (at) => formatUnits(price(at), 8),
  }
}

function floatBooks(settings: EmaCrossSettings): Books {
  const qty = Number(settings.qty)
  const rate = Number(settings.takerFee)
  return {
    fee: (at, quantities) => at * qty * quantities * rate,
    profit: (side, entry, exit) => (exit - entry) * qty * side,
    half: (fee) => Number(fee) / 2,
    minus: (a, b) => Number(a) - Number(b),
    plus: (a, b) => Number(a) + Number(b),
    capital: Number(settings.capital),
    zero: 0,
    text: (amount) => String(amount),
    priceText: String,
  }
}
