/**
 * The period that a file's name promises, as the exchange's archive and the catalog name their files: `...-2024-05.zip` is of
 * May, `...-2024-05-01.zip` of a day.
 *
 * Pure.
 */
import { addMonths, DAY, daysFromCivil } from '../../core/time.ts'
import type { Micros } from '../../core/time.ts'
import type { DataFile } from './scan.ts'

const DATED = /-(\d{4})-(\d{2})(?:-(\d{2}))?\.[a-z.]+$/i

/** [from, to) with a day to spare at both ends; undefined when the name tells none. */
export function periodOfName(name: string): { readonly from: number; readonly to: number } | undefined {
  const match = DATED.exec(name)
  if (match === null) return undefined
  const [year, month, day] = match.slice(1).map((text) => (text === undefined ? undefined : Number(text)))
  if (year === undefined || month === undefined || month < 1 || month > 12) return undefined
  const from = (daysFromCivil(year, month, day ?? 1) * DAY) as Micros
  const to = day === undefined ? addMonths(from, 1) : from + DAY
  return { from: from - DAY, to: to + DAY }
}

/**
 * Splits off the files of folders whose names say that they hold nothing of the period. Of a series of which nothing would be
 * left all files stay, so that what is there can be named.
 */
export function outsidePeriod(
  files: readonly DataFile[],
  from: Micros | undefined,
  to: Micros | undefined,
): ReadonlySet<DataFile> {
  if (from === undefined && to === undefined) return new Set()
  const outside = new Set<DataFile>()
  for (const series of Map.groupBy(files, seriesOf).values()) {
    const own = series.filter((file) => !file.named && isOutside(file.path, from, to))
    if (own.length < series.length) for (const file of own) outside.add(file)
  }
  return outside
}

const seriesOf = ({ kind, market, symbol, interval }: DataFile): string => JSON.stringify([kind, market, symbol, interval?.name])

function isOutside(path: string, from: Micros | undefined, to: Micros | undefined): boolean {
  const period = periodOfName(path)
  return period !== undefined && ((from !== undefined && period.to <= from) || (to !== undefined && period.from >= to))
}
