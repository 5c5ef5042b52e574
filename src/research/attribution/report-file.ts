/**
 * What `attribution` needs of a finished run's report: whose the result was. Older reports do not tell and are refused.
 *
 * Pure: text in, attribution out.
 */
import { InputError } from '../../core/errors.ts'
import type { AttributionResult } from '../../backtest/attribution-result.ts'
import { comparedRun } from '../compare/run-file.ts'
import type { ComparedRun } from '../compare/run-file.ts'

export interface AttributedRun {
  readonly run: ComparedRun
  readonly attribution: AttributionResult
}

const LISTS = ['byStrategy', 'bySymbol', 'byRegime', 'cells', 'months'] as const

/** @throws InputError when the text is no report of a backtest, a damaged one, or one without an attribution. */
export function attributedRun(text: string, path: string): AttributedRun {
  const run = comparedRun(text, { path, letter: 'A' })
  const { attribution } = JSON.parse(text) as { attribution?: Record<string, unknown> }
  if (typeof attribution !== 'object' || attribution === null)
    throw new InputError('report-without-attribution', `${path} does not tell whose its result is: an earlier version wrote it`, {
      where: { file: path },
      next: 'Run the backtest again with this version and `--out DIR`.',
    })
  const missing = LISTS.find((name) => !Array.isArray(attribution[name]))
  if (missing !== undefined || typeof attribution['total'] !== 'object')
    throw new InputError('report-damaged', `${path} is a report whose attribution.${missing ?? 'total'} is damaged`, {
      where: { file: path },
      next: 'Write it again with `autotrading backtest --out DIR`.',
    })
  return { run, attribution: attribution as unknown as AttributionResult }
}
