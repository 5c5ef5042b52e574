/**
 * A report's months as the Brinson-Fachler attribution against buying and holding takes them.
 *
 * Pure.
 */
import type { AttributionResult, MonthResult, ResultRow } from '../../backtest/attribution-result.ts'
import { brinsonOfMonths } from '../../portfolio/brinson.ts'
import type { BrinsonEffects, HeldMonth } from '../../portfolio/brinson.ts'

const BESIDES: readonly (readonly [name: string, of: (row: ResultRow) => number])[] = [
  ['slippage', (row) => Number(row.slippage)],
  ['fees', (row) => Number(row.commission) + Number(row.liquidationFee)],
  ['funding', (row) => Number(row.funding)],
  ['other', (row) => Number(row.borrowInterest) + Number(row.insuranceCover) + Number(row.adjustment)],
]

/** `undefined` where a month began without equity or ended below zero: returns cannot be linked over it. */
export function againstHolding({ months }: AttributionResult): BrinsonEffects | undefined {
  const ruined = months.some(({ equity, result }) => !(Number(equity) > 0) || Number(equity) + Number(result) <= 0)
  return months.length === 0 || ruined ? undefined : brinsonOfMonths(months.map(monthOf))
}

function monthOf({ equity, cells, symbols }: MonthResult): HeldMonth {
  const share = (amount: number): number => amount / Number(equity)
  return {
    symbols: symbols.map(({ symbol, exposure, holdShare, change }) => ({
      symbol,
      weight: exposure,
      benchmarkWeight: holdShare,
      change,
      earned: share(cells.reduce((sum, cell) => (cell.symbol === symbol ? sum + Number(cell.price) : sum), 0)),
    })),
    besides: BESIDES.map(([name, of]) => ({ name, share: share(cells.reduce((sum, cell) => sum + of(cell), 0)) })),
  }
}
