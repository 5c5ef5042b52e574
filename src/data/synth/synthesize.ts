/**
 * Writes a synthetic market: one symbol after the other, a minute at a time, so that memory does not grow with the period.
 *
 * Writes below the folder of the request.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate as breathe } from 'node:timers/promises'
import { AutoTradingError, OutsideError } from '../../core/errors.ts'
import { floorTo, MINUTE } from '../../core/time.ts'
import type { Micros } from '../../core/time.ts'
import { SymbolMarket } from '../../sim/synthetic/market.ts'
import { contractGrid } from './contracts.ts'
import { Marker } from './marker.ts'
import { correlationsWithFirst, Measure, minutesBetween } from './measure.ts'
import type { SymbolCorrelation, SymbolStatistics } from './measure.ts'
import { filesOf } from './request.ts'
import type { SynthRequest } from './request.ts'
import { BarWriter } from './write-bars.ts'
import { DepthWriter } from './write-depth.ts'
import { TickWriter } from './write-ticks.ts'
import type { MarketWriter, OnFile, WrittenFile } from './writer.ts'

export interface SynthHooks {
  /** Ends the work at the next minute of the market; files that are complete stay. */
  readonly signal: AbortSignal
  /** Minutes of the market done, of all symbols. */
  readonly onProgress: (done: number, note: string) => void
}

export interface SynthResult {
  readonly files: readonly WrittenFile[]
  readonly symbols: readonly (SymbolStatistics & { readonly tickDecimals: number; readonly stepDecimals: number })[]
  readonly correlations: readonly SymbolCorrelation[]
}

/** What `onProgress` counts up to. */
export const workOf = ({ symbols, origin, to }: SynthRequest): number => symbols.length * minutesBetween(origin, to)

/** Minutes of the market between two looks at the interrupt. */
const BREATH: Readonly<Record<SynthRequest['kind'], number>> = { bars: 720, ticks: 10, depth: 5 }

/** @throws InputError when a file is in the way, OutsideError when the disk does not take it, `interrupted`. */
export async function synthesize(request: SynthRequest, hooks: SynthHooks): Promise<SynthResult> {
  const marker = new Marker(request.out)
  marker.check(filesOf(request))
  makeFolders(request)
  const files: WrittenFile[] = []
  const onFile: OnFile = async (file) => {
    files.push({ ...file, sha256: await marker.add(file.path) })
  }
  const symbols: SynthResult['symbols'][number][] = []
  const returns: (ReturnType<Measure['hourlyReturns']> & { readonly symbol: string })[] = []
  for (const [index, symbol] of request.symbols.entries()) {
    const { seed, origin, fundingHours, to } = request
    const market = new SymbolMarket({ seed, symbol, origin, fundingHours: fundingHours.get(symbol), grid: contractGrid(symbol) })
    const measure = new Measure(symbol)
    const writer = writerOf(request, market, onFile, measure)
    const before = index * minutesBetween(origin, to)
    try {
      await play(market, writer, measure, request, async (minute) => {
        hooks.onProgress(before + minute, symbol)
        await breathe()
        if (hooks.signal.aborted) throw new AutoTradingError('interrupted', 'interrupted', 'interrupted')
      })
      await writer.finish()
    } catch (error) {
      await writer.discard()
      throw error
    }
    const { priceDecimals, qtyDecimals } = market.minutes.character
    symbols.push({ ...measure.result(), tickDecimals: priceDecimals, stepDecimals: qtyDecimals })
    returns.push({ symbol, ...measure.hourlyReturns() })
  }
  return { files, symbols, correlations: correlationsWithFirst(returns) }
}

function writerOf(request: SynthRequest, market: SymbolMarket, onFile: OnFile, measure: Measure): MarketWriter {
  if (request.kind === 'bars') return new BarWriter(request, market, onFile)
  const onTrades = measure.trades.bind(measure)
  return request.kind === 'ticks'
    ? new TickWriter(request, market, onFile, onTrades)
    : new DepthWriter(request, market, onFile, onTrades)
}

async function play(
  market: SymbolMarket,
  writer: MarketWriter,
  measure: Measure,
  { kind, from, to }: SynthRequest,
  onBreath: (minute: number) => Promise<void>,
): Promise<void> {
  const breath = BREATH[kind]
  const first = floorTo((from + MINUTE - 1) as Micros, MINUTE)
  for (let minute = 0; market.nextTime < to || writer.unfinished; minute++) {
    market.step()
    if (minute % breath === 0) await onBreath(minute)
    if (market.weather.time < first) continue
    measure.minute(market)
    const waiting = writer.minute(market)
    if (waiting !== undefined) await waiting
  }
}

function makeFolders(request: SynthRequest): void {
  const kinds = request.kind === 'bars' ? ['klines', 'mark', 'funding'] : [request.kind === 'ticks' ? 'trades' : 'depth']
  for (const kind of kinds) {
    const folder = join(request.out, kind)
    try {
      mkdirSync(folder, { recursive: true })
    } catch (cause) {
      throw new OutsideError('folder', `the folder ${folder} cannot be made`, {
        cause,
        where: { folder },
        next: 'Check its name and permissions.',
        retryable: false,
      })
    }
  }
}
