/**
 * A period cut into units: each is one file, a whole UTC month or a whole UTC day of one series, named as the archive names it.
 *
 * Pure.
 */
import { addMonths, after, barEnd, barStart, DAY, formatDate, startOfDay, startOfMonth } from '../../core/time.ts'
import type { Interval, Micros } from '../../core/time.ts'
import type { KindRules } from './kinds.ts'

export interface Series {
  readonly symbol: string
  readonly kind: KindRules
  /** Of kinds that come in intervals. */
  readonly interval: Interval | undefined
}

export interface Unit {
  readonly series: Series
  readonly span: 'month' | 'day'
  readonly from: Micros
  /** The first moment after it. */
  readonly to: Micros
}

/** `BTCUSDT klines 1h`, for people. */
export const seriesName = ({ symbol, kind, interval }: Series): string =>
  [symbol, kind.name, interval?.name].filter((part) => part !== undefined).join(' ')

/** `1M` is `1mo` in the archive, which also keeps it apart from `1m` on disks that do not tell upper from lower case. */
const archiveInterval = ({ name }: Interval): string => (name === '1M' ? '1mo' : name)

/** `BTCUSDT-1h-2024-05`, `BTCUSDT-metrics-2024-05-31`: a file's name without its extension. */
export function stemOf({ series, span, from }: Unit): string {
  const { symbol, kind, interval } = series
  const what = interval === undefined ? kind.folder : archiveInterval(interval)
  return `${symbol}-${what}-${formatDate(from).slice(0, span === 'month' ? 7 : 10)}`
}

/** Where the archive has it, below the archive's own address. */
export function archivePath(unit: Unit): string {
  const { symbol, kind, interval } = unit.series
  const cut = unit.span === 'month' ? 'monthly' : 'daily'
  const folders = ['data/futures/um', cut, kind.folder, encodeURIComponent(symbol)]
  if (interval !== undefined) folders.push(archiveInterval(interval))
  return `${folders.join('/')}/${encodeURIComponent(`${stemOf(unit)}.zip`)}`
}

/** Where it lies here, below the folder of the download. */
export const archiveFile = (unit: Unit): string => `${unit.series.kind.folder}/${stemOf(unit)}.zip`
export const restFile = (unit: Unit): string => `${unit.series.kind.folder}/${stemOf(unit)}.csv`

/** Whether the archive can have it at all. */
export const inArchive = ({ series, span }: Unit): boolean =>
  span === 'month' ? series.kind.archive.monthly : series.kind.archive.daily

/** Others come in whole months only: the archive does not cut them into days, or a bar is longer than a day. */
export const hasDays = ({ kind, interval }: Series): boolean =>
  kind.archive.daily && (interval === undefined || interval.length <= DAY)

/**
 * The units that hold [from, to) as far as it lies before `now`. A month that is asked for entirely and is over is one unit, the
 * others are cut into days; series that come in months only give every month that is touched.
 */
export function unitsOf(series: Series, from: Micros, to: Micros, now: Micros): readonly Unit[] {
  const units: Unit[] = []
  const end = Math.min(to, now)
  for (let month = startOfMonth(from); month < end; month = addMonths(month, 1)) {
    const whole: Unit = { series, span: 'month', from: month, to: addMonths(month, 1) }
    const entire = month >= from && whole.to <= end && series.kind.archive.monthly
    if (!hasDays(series) || entire) units.push(whole)
    else units.push(...daysOf(whole).filter((day) => day.to > from && day.from < end))
  }
  return units
}

/** The days of a month. */
export function daysOf({ series, from, to }: Unit): readonly Unit[] {
  const days: Unit[] = []
  for (let day = startOfDay(from); day < to; day = after(day, DAY))
    days.push({ series, span: 'day', from: day, to: after(day, DAY) })
  return days
}

/** The first bar that opens at or after `time`. */
export function firstOpen(time: Micros, interval: Interval): Micros {
  const start = barStart(time, interval)
  return start === time ? start : barEnd(start, interval)
}
