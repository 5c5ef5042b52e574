/** The picture of an account of which one position, one price and its equity are known: no day has begun badly, nothing is open. */
import type { Money, Price, Qty } from '../core/exact.ts'
import type { Duration, Micros } from '../core/time.ts'
import type { Instrument } from '../domain/instrument.ts'
import { maintenanceMargin } from '../domain/margin.ts'
import type { PositionState } from '../domain/position.ts'
import type { View } from '../domain/view.ts'

/** The latest rules of an instrument hold. */
export const WHAT_IF_TIME = Number.MAX_SAFE_INTEGER as Micros

export interface KnownAccount {
  readonly instrument: Instrument
  readonly equity: Money
  readonly position: PositionState
  readonly price: Price
  readonly leverage: number
  readonly dayVolume: number | undefined
  readonly volatility: number | undefined
}

export function whatIfView({ instrument, equity, position, price, leverage, dayVolume, volatility }: KnownAccount): View {
  const unknown = (): number => Number.NaN
  const none = (): number => 0
  const worth = (): number => Number(equity)
  const held = (): Qty => position.qty as Qty
  return {
    time: WHAT_IF_TIME,
    instruments: [instrument],
    lastPrice: () => price,
    lastBarEnd: () => WHAT_IF_TIME,
    isTraded: () => true,
    tradedInstruments: 1,
    volatility: () => volatility ?? Number.NaN,
    correlation: () => 1,
    dayVolume: () => dayVolume ?? Number.NaN,
    spread: unknown,
    fundingRate: unknown,
    fundingInterval: () => 0 as Duration,
    regime: () => undefined,
    accounts: 1,
    accountKind: () => 'margin',
    equity: worth,
    peakEquity: worth,
    equityAtDayStart: worth,
    equityAtWeekStart: worth,
    totalEquity: worth,
    totalPeakEquity: worth,
    totalAtDayStart: worth,
    totalAtWeekStart: worth,
    leverageSetting: () => leverage,
    maintenanceMargin: (_instrument, qty, at) =>
      Number(maintenanceMargin(instrument.brackets, BigInt(Math.round(Math.abs(qty) * at)))),
    netQty: held,
    worstQty: (_account, _instrument, extra) => Math.max(Math.abs(position.qty), Math.abs(position.qty + extra)),
    netQtyFilled: (_account, _instrument, extra) => position.qty + extra,
    ordersSince: none,
    openOrders: none,
    entriesToday: none,
    turnoverToday: none,
    bookQty: held,
    bookQtyInFlight: held,
    bookStatistics: () => ({
      trades: 0,
      wins: 0,
      lossesInRow: 0,
      sum: 0,
      sumOfSquares: 0,
      lastExit: 0 as Micros,
      lastExitReason: '',
    }),
  }
}
