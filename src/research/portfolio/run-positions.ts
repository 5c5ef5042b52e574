/**
 * The last positions of a finished run as weights, from its report.
 *
 * Pure: text in, weights out.
 */
import { InputError } from '../../core/errors.ts'
import { comparedRun } from '../compare/run-file.ts'
import type { HeldPosition } from './study.ts'

/** Signed notional at the last mark over the final equity. @throws InputError when it is no report, or a damaged one */
export function heldPositions(text: string, path: string): readonly HeldPosition[] {
  const { summary } = comparedRun(text, { path, letter: 'A' })
  const equity = Number(summary['finalEquity'])
  const { openPositions } = JSON.parse(text) as { readonly openPositions?: unknown }
  const damaged = (what: string): InputError =>
    new InputError('report-damaged', `${path} is a report whose ${what} is damaged`, {
      where: { file: path },
      next: 'Write it again with `autotrading backtest --out DIR`.',
    })
  if (!Array.isArray(openPositions)) throw damaged('openPositions')
  if (!(equity > 0))
    throw new InputError(
      'report-without-equity',
      `${path} ended with an equity of ${String(summary['finalEquity'])}: weights need some`,
      {
        where: { file: path },
        next: 'Name a run that ended with capital.',
      },
    )
  return openPositions.map((row: Readonly<Record<string, unknown>>) => {
    const weight = (Number(row['qty']) * Number(row['markPrice'])) / equity
    if (!Number.isFinite(weight) || typeof row['symbol'] !== 'string') throw damaged('openPositions')
    return { symbol: row['symbol'], weight: row['side'] === 'short' ? -Math.abs(weight) : Math.abs(weight) }
  })
}
