import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Money, Price, Qty, Rate } from '../core/exact.ts'
import { intervalOf, MINUTE } from '../core/time.ts'
import type { Micros } from '../core/time.ts'
import { BAR, MarketSlot } from '../domain/market-slot.ts'
import type { Event } from '../domain/event.ts'
import type { InstrumentSpec } from '../domain/instrument.ts'
import { DecisionDigest } from '../kernel/decision-digest.ts'
import { Kernel } from '../kernel/kernel.ts'
import type { KernelConfig } from '../kernel/kernel.ts'
import type { LimitValues } from '../risk/risk-controller.ts'
import { JournalReader } from '../storage/journal/reader.ts'
import { JournalWriter } from '../storage/journal/writer.ts'
import { STRATEGIES } from '../strategy/list.ts'
import { readParameters } from '../strategy/parameters.ts'
import { randomWalk, WALK_INTERVAL_MS } from '../../test/twins/random-walk.ts'
import { replay } from './replay.ts'
import { World } from './world.ts'

const ROWS = 20_000
const walk = randomWalk(ROWS)
const tenths = (column: Float64Array): Float64Array => Float64Array.from(column, (value) => Math.round(value * 10))
const asset = (name: string): { readonly name: string; readonly scale: number } => ({ name, scale: 8 })
const SPEC: InstrumentSpec = {
  venue: 'binance',
  kind: 'perp',
  symbol: 'TWIN',
  base: asset('TWIN'),
  quote: asset('USDT'),
  settle: asset('USDT'),
  priceScale: 1,
  rules: [{ from: 0 as Micros, tick: 1 as Price, step: 1 as Qty, binding: false }],
  brackets: [{ floor: 0n as Money, cap: (10n ** 30n) as Money, maxLeverage: 125, rate: 40_000_000 as Rate, cum: 0n as Money }],
  liquidationFee: 125_000_000 as Rate,
}
const bars = {
  length: ROWS,
  openTime: Float64Array.from(walk.openTimeMs, (ms) => ms * 1_000),
  duration: new Float64Array(ROWS).fill(WALK_INTERVAL_MS * 1_000),
  open: tenths(walk.open),
  high: tenths(walk.high),
  low: tenths(walk.low),
  close: tenths(walk.close),
  volume: walk.volume,
  mark: undefined,
}
const funding = {
  time: Float64Array.from({ length: 40 }, (_, i) => bars.openTime[0] + (i + 1) * 480 * MINUTE),
  rate: new Float64Array(40).fill(1_000_000),
  mark: new Float64Array(40).fill(50_000e8),
}

const definition = STRATEGIES.find(({ name }) => name === 'ema-cross')!
// One open order and no more: with a stop at work a reversal is refused.
const risk = { openOrders: { max: 1 } } as unknown as LimitValues
const strategies = [
  {
    definition,
    params: readParameters('ema-cross', definition.parameters, { fast: '5', slow: '12' }),
    interval: intervalOf('1m'),
    account: 0,
  },
]
const shared = { runId: 'aaaaaaaa', seed: 1, strategies, risk, allocation: { fraction: 0.9 } }
const KERNEL: KernelConfig = { ...shared, accounts: [{ venue: 'binance', name: 'main', settle: 'USDT' }], instruments: [SPEC] }
const HEADER = { codeHash: 'c0de', configHash: 'c0nf', runId: 'aaaaaaaa', startSeq: 1 }

let folder = ''
let file = ''
let hex = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'replay-'))
  file = join(folder, 'run.journal')
  const journal = new JournalWriter({ file, sync: 'buffered', ...HEADER })
  let digest: DecisionDigest | undefined
  const world = new World({
    ...shared,
    markets: [{ spec: SPEC, bars, funding }],
    capital: (10_000_000n * 10n ** 8n) as Money,
    fills: { takerFee: 4_000_000 as Rate, makerFee: 2_000_000 as Rate, slippageBps: 0, participation: undefined, touch: false },
    latency: { order: 0 as never, report: 0 as never, data: 0 as never },
    journal,
    observers: (kernel) => [(digest = new DecisionDigest(kernel.instruments))],
  })
  world.run()
  journal.close()
  hex = digest!.hex()
})
afterAll(() => rmSync(folder, { recursive: true }))

/** The same journal with what `change` made of its events, properly checked and chained. */
function rewritten(change: (event: Event) => Event | undefined): JournalReader {
  const changed = join(folder, 'changed.journal')
  rmSync(changed, { force: true })
  const writer = new JournalWriter({ file: changed, sync: 'buffered', ...HEADER })
  new JournalReader(file).each((event) => {
    const instead = change(event)
    if (instead === undefined) return
    if (instead instanceof MarketSlot) instead.words[instead.at + 1] = writer.nextSeq
    else instead.seq = writer.nextSeq
    writer.append(instead)
  })
  writer.close()
  return new JournalReader(changed)
}

/** The digest of a replay, or the word for a kernel that noticed that its books and the venue's disagree. */
function outcome(journal: JournalReader): string {
  try {
    return replay({ journal, kernel: new Kernel(KERNEL), configHash: 'c0nf' }).digest
  } catch (error) {
    return `refused: ${(error as Error).message}`
  }
}

describe('a replay', () => {
  it('decides as the run decided that wrote the journal', () => {
    const kernel = new Kernel(KERNEL)
    const { digest, end } = replay({ journal: new JournalReader(file), kernel, configHash: 'c0nf' })
    expect(digest).toBe(hex)
    expect(end).toMatchObject({ closed: true, torn: undefined })
    expect(end.events).toBeGreaterThan(ROWS)
    // The run had something to decide: funding, fills and refusals among it.
    const seen = new Set<string>()
    replay({
      journal: new JournalReader(file),
      kernel: new Kernel(KERNEL),
      configHash: 'c0nf',
      observers: [
        {
          name: 'kinds',
          observe: (event, decision) =>
            void seen.add(event.kind === 'account' ? event.entry : event.kind).add(decision.refusals.length > 0 ? 'refusal' : ''),
        },
      ],
    })
    expect([...seen]).toEqual(expect.arrayContaining(['bar', 'deposit', 'funding', 'order-filled', 'order-accepted', 'refusal']))
  })

  it('is not moved by rewriting the journal as it is', () => {
    expect(outcome(rewritten((event) => event))).toBe(hex)
  })

  it('differs when one byte of one bar was another', () => {
    let count = 0
    const journal = rewritten((event) => {
      if (event.kind !== 'bar') return event
      count += 1
      // The second byte of the close as an integer.
      if (count === 5_000) event.words[event.at + BAR.close] = event.words[event.at + BAR.close] ^ 0x4000
      return event
    })
    const other = outcome(journal)
    expect(count).toBe(ROWS)
    expect(other).not.toBe(hex)
  })

  it('differs when a fill has another price, a report is missing, or the capital is another', () => {
    let fills = 0
    expect(
      outcome(
        rewritten((event) =>
          event.kind === 'order-filled' && event.fill !== undefined && (fills += 1) === 20
            ? { ...event, fill: { ...event.fill, price: (event.fill.price + 1) as Price } }
            : event,
        ),
      ),
    ).not.toBe(hex)
    fills = 0
    expect(outcome(rewritten((event) => (event.kind === 'order-filled' && (fills += 1) === 20 ? undefined : event)))).not.toBe(
      hex,
    )
    expect(
      outcome(
        rewritten((event) =>
          event.kind === 'account' && event.entry === 'deposit' ? { ...event, amount: (event.amount + 1n) as Money } : event,
        ),
      ),
    ).not.toBe(hex)
  })

  it('refuses another configuration, and a journal that begins in the middle', () => {
    expect(() => replay({ journal: new JournalReader(file), kernel: new Kernel(KERNEL), configHash: 'other' })).toThrow(
      'was written with configuration c0nf, this one is other',
    )
    const middle = join(folder, 'middle.journal')
    new JournalWriter({ file: middle, sync: 'write', ...HEADER, startSeq: 500 }).close()
    expect(() => replay({ journal: new JournalReader(middle), kernel: new Kernel(KERNEL), configHash: 'c0nf' })).toThrow(
      'begins with event 500',
    )
  })
})
