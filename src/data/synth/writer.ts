/** What writes one symbol of a synthetic market, and what it reports of its files. Types only. */
import type { SymbolMarket } from '../../sim/synthetic/market.ts'

export interface WrittenFile {
  /** Relative to the folder. */
  readonly path: string
  readonly symbol: string
  readonly kind: 'klines' | 'mark' | 'funding' | 'trades' | 'depth'
  readonly rows: number
  readonly bytes: number
  readonly sha256: string
}

export interface MarketWriter {
  /** Takes the minute that the market stands at. Returns a promise when it has to be waited for. */
  minute(market: SymbolMarket): Promise<void> | undefined
  /** Whether a bar or the like has begun and not ended. */
  readonly unfinished: boolean
  finish(): Promise<void>
  /** Removes what is not complete. */
  discard(): Promise<void>
}

/** Is told of each file that is complete. */
export type OnFile = (file: Omit<WrittenFile, 'sha256'>) => Promise<void>
