/**
 * Where two runs parted: the first moment at which they filled differently, and how many trades they share.
 *
 * Pure.
 */
import type { ComparedFill, ComparedRun, ComparedTrade } from './run-file.ts'

export interface TradeDifference {
  /** Letter of the run that is compared with the first. */
  readonly run: string
  /** Trades entered at the same time in the same symbol and direction. */
  readonly sameEntries: number
  /** Of those: also the same quantity, prices and exit. */
  readonly sameTrades: number
  /** Entries that only the first run, or only this one has. */
  readonly onlyFirst: number
  readonly onlyThis: number
  /** `null` when all fills are the same. */
  readonly firstDivergence: {
    readonly timeMs: number
    /** What each filled then and the other did not; `null` for nothing. */
    readonly first: ComparedFill | null
    readonly other: ComparedFill | null
  } | null
}

/** Only what was entered and filled within the time counts. */
export function tradeDifference(
  first: ComparedRun,
  other: ComparedRun,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
): TradeDifference {
  const within = (timeMs: number): boolean => timeMs >= fromMs && timeMs <= toMs
  const [ofFirst, ofOther] = [first, other].map(({ trades }) => trades.filter(({ entryTimeMs }) => within(entryTimeMs)))
  const [fillsOfFirst, fillsOfOther] = [first, other].map(({ fills }) => fills.filter(({ timeMs }) => within(timeMs)))
  const byEntry = new Map<string, ComparedTrade[]>()
  for (const trade of ofFirst) {
    const key = entryKey(trade)
    const known = byEntry.get(key)
    if (known === undefined) byEntry.set(key, [trade])
    else known.push(trade)
  }
  let [sameEntries, sameTrades] = [0, 0]
  for (const trade of ofOther) {
    const found = byEntry.get(entryKey(trade))?.shift()
    if (found === undefined) continue
    sameEntries += 1
    if (WHOLE.every((field) => found[field] === trade[field])) sameTrades += 1
  }
  return {
    run: other.letter,
    sameEntries,
    sameTrades,
    onlyFirst: ofFirst.length - sameEntries,
    onlyThis: ofOther.length - sameEntries,
    firstDivergence: firstDivergence(fillsOfFirst, fillsOfOther),
  }
}

const WHOLE = ['exitTimeMs', 'qty', 'entryPrice', 'exitPrice'] as const
const entryKey = ({ entryTimeMs, symbol, side }: ComparedTrade): string => `${entryTimeMs} ${side} ${symbol}`
const fillKey = ({ timeMs, symbol, side, price, qty }: ComparedFill): string => JSON.stringify([timeMs, symbol, side, price, qty])

function firstDivergence(first: readonly ComparedFill[], other: readonly ComparedFill[]): TradeDifference['firstDivergence'] {
  const [a, b] = [ordered(first), ordered(other)]
  let at = 0
  while (at < a.length && at < b.length && a[at].key === b[at].key) at += 1
  if (at === a.length && at === b.length) return null
  const timeMs = Math.min(a[at]?.fill.timeMs ?? Number.POSITIVE_INFINITY, b[at]?.fill.timeMs ?? Number.POSITIVE_INFINITY)
  return { timeMs, first: missingFrom(a, b, timeMs), other: missingFrom(b, a, timeMs) }
}

interface Keyed {
  readonly key: string
  readonly fill: ComparedFill
}

/** By time; fills of one moment by their content, because their order says nothing. */
const ordered = (fills: readonly ComparedFill[]): readonly Keyed[] =>
  fills
    .map((fill) => ({ key: fillKey(fill), fill }))
    .sort((x, y) => x.fill.timeMs - y.fill.timeMs || (x.key < y.key ? -1 : x.key > y.key ? 1 : 0))

/** The first fill of a moment that the others do not have in it. */
function missingFrom(own: readonly Keyed[], others: readonly Keyed[], timeMs: number): ComparedFill | null {
  const of = (list: readonly Keyed[]): readonly Keyed[] => list.filter(({ fill }) => fill.timeMs === timeMs)
  const there = of(others).map(({ key }) => key)
  for (const { key, fill } of of(own)) {
    const at = there.indexOf(key)
    if (at < 0) {
      const { symbol, side, price, qty } = fill
      return { timeMs, symbol, side, price, qty }
    }
    there.splice(at, 1)
  }
  return null
}
