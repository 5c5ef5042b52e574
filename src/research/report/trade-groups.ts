/**
 * Closed trades grouped as a report shows them: by hour of the day and weekday of their entry, by how long they were held;
 * and what their excursions tell.
 *
 * Pure.
 */
import type { TradeDetail } from '../../backtest/result.ts'
import { fromMs, weekday } from '../../core/time.ts'

export interface Group {
  readonly name: string
  readonly count: number
  /** Sum of the net results in quote, a float. */
  readonly net: number
  readonly won: number
}

type Trades = readonly Pick<TradeDetail, 'entryTimeMs' | 'exitTimeMs' | 'netPnl'>[]

const HOUR_MS = 3_600_000
const WEEKDAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const

/** UTC. */
export const byHour = (trades: Trades): readonly Group[] =>
  grouped(
    trades,
    Array.from({ length: 24 }, (_, hour) => String(hour).padStart(2, '0')),
    ({ entryTimeMs }) => Math.floor(entryTimeMs / HOUR_MS) % 24,
  )

/** UTC, Monday first. */
export const byWeekday = (trades: Trades): readonly Group[] =>
  grouped(trades, WEEKDAYS, ({ entryTimeMs }) => weekday(fromMs(entryTimeMs)))

/** Upper edges of the classes of holding times, in milliseconds. */
const HELD = [
  ['< 5 m', 5 / 60],
  ['5–30 m', 0.5],
  ['½–2 h', 2],
  ['2–8 h', 8],
  ['8–24 h', 24],
  ['1–3 d', 72],
  ['3–7 d', 168],
  ['1–4 w', 672],
  ['> 4 w', Number.POSITIVE_INFINITY],
] as const

export const byHolding = (trades: Trades): readonly Group[] =>
  grouped(
    trades,
    HELD.map(([name]) => name),
    ({ entryTimeMs, exitTimeMs }) => HELD.findIndex(([, hours]) => (exitTimeMs - entryTimeMs) / HOUR_MS < hours),
  )

function grouped(trades: Trades, names: readonly string[], place: (trade: Trades[number]) => number): readonly Group[] {
  const groups = names.map((name) => ({ name, count: 0, net: 0, won: 0 }))
  for (const trade of trades) {
    const group = groups[place(trade)]
    const net = Number(trade.netPnl)
    group.count += 1
    group.net += net
    if (net > 0) group.won += 1
  }
  return groups
}

/** The value below which a share `p` of the sorted values lies (nearest rank); `undefined` for none. */
export function quantile(values: readonly number[], p: number): number | undefined {
  if (values.length === 0) return undefined
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(p * sorted.length) - 1))]
}

/** Sentences on the excursions of trades, figures only. Percentages are of the largest cost held. */
export function excursionWords(trades: readonly TradeDetail[], percent: (value: number) => string): readonly string[] {
  const known = trades.filter((t): t is TradeDetail & { maePct: number; mfePct: number; returnPct: number } => t.maePct !== null)
  const winners = known.filter((t) => t.returnPct > 0)
  const losers = known.filter((t) => t.returnPct < 0)
  const words: string[] = []
  const [half, nine] = [0.5, 0.9].map((p) =>
    quantile(
      winners.map((t) => t.maePct),
      p,
    ),
  )
  if (half !== undefined && nine !== undefined)
    words.push(
      `Half of the ${winners.length} winners never stood more than ${percent(half)} against their entry, nine of ten not more than ${percent(nine)}: a stop nearer than that would have ended some of them.`,
    )
  const ahead = quantile(
    losers.map((t) => t.mfePct),
    0.5,
  )
  if (ahead !== undefined)
    words.push(`Half of the ${losers.length} losers had been ahead by at least ${percent(ahead)} before costs at some point.`)
  const kept = quantile(
    winners.filter((t) => t.mfePct > 0).map((t) => t.returnPct / t.mfePct),
    0.5,
  )
  if (kept !== undefined)
    words.push(`Of their largest profit on the way winners kept, net, ${percent(kept * 100)} in the middle.`)
  const beyond = known.filter((t) => t.maeR !== null && t.maeR > 1.0001).length
  const withStop = known.filter((t) => t.maeR !== null).length
  if (withStop > 0)
    words.push(
      `${withStop} of ${known.length} trades had an initial stop; ${beyond === 0 ? 'none' : String(beyond)} went further against it than that stop (gaps, slippage, or a stop moved away).`,
    )
  return words
}
