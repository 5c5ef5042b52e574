/** A download against the stand-in inside one process, with a clock that moves when somebody waits; for tests. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { manualClock } from '../../src/core/clock.ts'
import type { ManualClock } from '../../src/core/clock.ts'
import { createPrng } from '../../src/core/random.ts'
import { intervalOf, parseTime, toMs } from '../../src/core/time.ts'
import type { Micros } from '../../src/core/time.ts'
import { download } from '../../src/data/download/download.ts'
import type { DownloadRequest } from '../../src/data/download/download.ts'
import { kindOf } from '../../src/data/download/kinds.ts'
import type { DownloadResult, FileState } from '../../src/data/download/result.ts'
import { BinanceStandIn } from '../standins/binance-archive.ts'

export const time = (text: string): Micros => parseTime(text)

export interface Stage {
  readonly clock: ManualClock
  readonly standIn: BinanceStandIn
  readonly url: string
  readonly folder: string
  readonly waits: { readonly ms: number; readonly reason: string }[]
  readonly warnings: string[]
  /** How long a connection may be silent. */
  readonly idleMs?: number
}

export async function openStage(folder: string, now: string): Promise<Stage> {
  const clock = manualClock(time(now))
  const forever = time('2100-01-01')
  const standIn = new BinanceStandIn({
    nowMs: () => toMs(clock.now()),
    listed: {
      BTCUSDT: [time('2019-09-08T17:00Z'), forever],
      NEWUSDT: [time('2024-03-10T09:00Z'), forever],
      GONEUSDT: [time('2019-09-08T17:00Z'), time('2024-03-10T09:00Z')],
    },
  })
  return { clock, standIn, url: await standIn.listen(), folder, waits: [], warnings: [] }
}

export type Wish = Partial<Omit<DownloadRequest, 'kinds' | 'intervals' | 'from' | 'to'>> & {
  readonly kinds?: string
  readonly intervals?: string
  readonly from: string
  readonly to?: string
}

export function run(stage: Stage, wish: Wish, signal = new AbortController().signal, seed = 1): Promise<DownloadResult> {
  const { kinds = 'klines', intervals = '1h', from, to, ...others } = wish
  return download(
    {
      symbols: ['BTCUSDT'],
      source: 'auto',
      folder: stage.folder,
      archiveUrl: stage.url,
      restUrl: stage.url,
      parallel: 4,
      verify: false,
      ...others,
      kinds: kinds.split(',').map(kindOf),
      intervals: intervals.split(',').map(intervalOf),
      from: time(from),
      to: to === undefined ? undefined : time(to),
    },
    {
      clock: stage.clock,
      sleep: (ms, waiting) => {
        waiting.throwIfAborted()
        stage.clock.advance(Math.ceil(ms) * 1_000)
        return Promise.resolve()
      },
      prng: createPrng(seed),
      signal,
      env: {},
      idleMs: stage.idleMs ?? 20_000,
      onProgress: () => undefined,
      onWait: (ms, reason) => void stage.waits.push({ ms, reason }),
      onWarning: (text) => void stage.warnings.push(text),
    },
  )
}

/** Every file of the download with its bytes, without our own things. */
export function filesIn(folder: string, below = folder): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const name of existsSync(below) ? readdirSync(below).toSorted() : []) {
    const path = join(below, name)
    if (name.startsWith('.')) continue
    if (statSync(path).isDirectory()) for (const [inner, bytes] of filesIn(folder, path)) found.set(inner, bytes)
    else found.set(relative(folder, path), readFileSync(path, 'latin1'))
  }
  return found
}

export const statesOf = (result: DownloadResult): readonly FileState[] => [
  ...new Set(result.series.flatMap(({ files }) => files.map(({ state }) => state))),
]
export const pathsOf = (result: DownloadResult): readonly string[] =>
  result.series.flatMap(({ files }) => files.map(({ path }) => path))
