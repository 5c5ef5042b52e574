/** Where two runs parted, in a sentence or two. Pure. */
import { count, minute, price } from '../report/format.ts'
import type { TradeDifference } from './trade-difference.ts'

export function tradeWords(
  { run, sameEntries, sameTrades, onlyFirst, onlyThis, firstDivergence }: TradeDifference,
  first: string,
): readonly string[] {
  const shared = `${run} against ${first}, in the time in common: ${count(sameEntries)} entries in common, ${count(sameTrades)} of them the same trade to the end; ${count(onlyFirst)} only in ${first}, ${count(onlyThis)} only in ${run}.`
  if (firstDivergence === null) return [`${shared} Every fill is the same.`]
  const { timeMs, first: a, other: b } = firstDivergence
  const fill = (of: typeof a): string =>
    of === null ? 'nothing else' : `${of.side} ${price(of.qty)} ${of.symbol} at ${price(of.price)}`
  return [`${shared} They part at ${minute(timeMs)}: ${first} filled ${fill(a)}, ${run} ${fill(b)}.`]
}
