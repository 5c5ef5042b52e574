/**
 * What a recording of the order book holds: how many messages of which kind, from when to when, and whether its updates follow
 * one another without a break.
 *
 * Reads the file through `read-depth.ts`.
 */
import type { MarketRecord } from './market-record.ts'
import { readDepth } from './read-depth.ts'

export interface DepthSummary {
  readonly symbols: readonly string[]
  /** Lines or rows of the file. */
  readonly rows: number
  /** Messages by kind, kinds that are not understood included. */
  readonly messages: Readonly<Record<string, number>>
  /** Micros at the exchange of the first and last message that says. */
  readonly first: number | undefined
  readonly last: number | undefined
  /** Diffs that do not continue the one before. */
  readonly breaks: number
  readonly sha256: string
}

/** Throws `InputError` on any damage. */
export async function summarizeDepth(path: string): Promise<DepthSummary> {
  const tally = new Tally()
  const { sha256, rows, others } = await readDepth(path, (record) => tally.add(record))
  for (const [kind, count] of others) tally.messages[kind] = count
  const { messages, first, last, breaks } = tally
  return { symbols: [...tally.symbols].toSorted(), rows, messages, first, last, breaks, sha256 }
}

class Tally {
  readonly symbols = new Set<string>()
  readonly messages: Record<string, number> = {}
  first: number | undefined
  last: number | undefined
  breaks = 0
  #finalId: number | undefined

  add(record: MarketRecord): void {
    this.messages[record.kind] = (this.messages[record.kind] ?? 0) + 1
    if (record.symbol !== undefined) this.symbols.add(record.symbol)
    if (record.time !== undefined) {
      this.first = Math.min(this.first ?? record.time, record.time)
      this.last = Math.max(this.last ?? record.time, record.time)
    }
    if (record.kind !== 'diff') return
    // Futures name the update before; on spot ids follow one another.
    const { firstId, finalId, previousId } = record
    const before = this.#finalId
    if (before !== undefined && (previousId === undefined ? firstId !== before + 1 : previousId !== before)) this.breaks += 1
    this.#finalId = finalId
  }
}
