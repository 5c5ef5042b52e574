/**
 * What a download found, series by series: files, and holes with their reason.
 *
 * Pure.
 */
import type { AutoTradingError } from '../../core/errors.ts'
import type { Micros } from '../../core/time.ts'
import type { Series } from './units.ts'

/** `present`: was there. `replaced`: the archive has another version now. `repaired`: the one here was damaged. */
export type FileState = 'downloaded' | 'present' | 'grown' | 'replaced' | 'repaired'

export interface DownloadedFile {
  /** Below the folder of the download. */
  readonly path: string
  readonly source: 'archive' | 'rest'
  readonly state: FileState
  readonly sha256: string
  readonly bytes: number
  readonly from: Micros
  readonly to: Micros
}

export interface Hole {
  readonly from: Micros
  readonly to: Micros
  readonly reason: string
}

export interface Failure {
  /** The file that could not be had. */
  readonly path: string
  readonly error: AutoTradingError
}

export interface SeriesResult {
  readonly series: Series
  readonly files: readonly DownloadedFile[]
  readonly holes: readonly Hole[]
}

export interface DownloadResult {
  readonly series: readonly SeriesResult[]
  /** Files of days that a file of their month, or of hours that a file of the archive took the place of: removed. */
  readonly superseded: readonly string[]
  readonly failures: readonly Failure[]
  /** Bytes of data that came over the network, those that came twice included. */
  readonly bytes: number
}

/** By time; neighbours of one reason are one hole. */
export function mergeHoles(holes: readonly Hole[]): readonly Hole[] {
  const merged: Hole[] = []
  for (const hole of holes.toSorted((a, b) => a.from - b.from)) {
    const last = merged.at(-1)
    if (last !== undefined && last.to === hole.from && last.reason === hole.reason)
      merged[merged.length - 1] = { ...last, to: hole.to }
    else merged.push(hole)
  }
  return merged
}
