/** What strategies that cheat share: a data file as rows. None of it is allowed to a strategy. */
import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'

export interface FileBar {
  readonly time: number
  readonly high: number
  readonly low: number
  readonly close: number
}

export function readRows(path: string): readonly (readonly number[])[] {
  const bytes = readFileSync(path)
  const text = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8')
  return text
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.split(',').map(Number))
}

export const readBars = (path: string): readonly FileBar[] =>
  readRows(path).map(([time, , high, low, close]) => ({ time: time * 1_000, high, low, close }))
