/**
 * What `data synth` is asked for, and which files that gives.
 *
 * Pure.
 */
import { join } from 'node:path'
import { DAY, formatDate, startOfDay } from '../../core/time.ts'
import type { Interval, Micros } from '../../core/time.ts'
import type { FundingHours } from '../../sim/synthetic/funding.ts'
import type { Format } from './row-file.ts'

export const KINDS = ['bars', 'ticks', 'depth'] as const
export type Kind = (typeof KINDS)[number]

export interface SynthRequest {
  readonly kind: Kind
  readonly seed: number
  readonly symbols: readonly string[]
  /** The market begins here; what lies before `from` is computed and not written. */
  readonly origin: Micros
  /** Bars, and minutes of trades, that open in [from, to). */
  readonly from: Micros
  readonly to: Micros
  /** Of the bars. */
  readonly interval: Interval
  readonly format: Format
  /** Hours between settlements by symbol; 8 where there is none. */
  readonly fundingHours: ReadonlyMap<string, FundingHours>
  /** Folder. */
  readonly out: string
}

export type BarStems = Readonly<Record<'klines' | 'mark' | 'funding', string>>

/** Where the files of bars lie, without extension, below the folder. */
export const barStems = ({ interval }: Pick<SynthRequest, 'interval'>, symbol: string): BarStems => ({
  klines: join('klines', `${symbol}-${interval.name}`),
  mark: join('mark', `${symbol}-${interval.name}`),
  funding: join('funding', symbol),
})

export const tradesStem = (symbol: string, day: Micros): string => join('trades', `${symbol}-trades-${formatDate(day)}`)
export const depthStem = (symbol: string, day: Micros): string => join('depth', `${symbol}-raw-${formatDate(day)}`)

/** All files that the request writes, relative to its folder. */
export function filesOf(request: SynthRequest): readonly string[] {
  const { kind, symbols, from, to, format } = request
  return symbols.flatMap((symbol) => {
    if (kind === 'bars') return Object.values(barStems(request, symbol)).map((stem) => `${stem}.${format}`)
    const days: string[] = []
    for (let day = startOfDay(from); day < to; day = (day + DAY) as Micros)
      days.push(kind === 'ticks' ? `${tradesStem(symbol, day)}.${format}` : `${depthStem(symbol, day)}.jsonl.gz`)
    return days
  })
}
