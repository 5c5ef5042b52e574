/**
 * A severe drawdown halts for good: a world that is cut anywhere while it closes goes on as if nothing had happened, its journal
 * replays to the same decisions, and only a person's word makes it trade again.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { rateOf } from '../core/exact.ts'
import type { Money, Price, Qty } from '../core/exact.ts'
import { decodePlain, encodePlain } from '../core/plain.ts'
import { HOUR, intervalOf, SECOND } from '../core/time.ts'
import type { Duration, Micros } from '../core/time.ts'
import type { RiskAction } from '../domain/decision.ts'
import type { Event } from '../domain/event.ts'
import type { InstrumentSpec } from '../domain/instrument.ts'
import { DecisionDigest } from '../kernel/decision-digest.ts'
import { Kernel } from '../kernel/kernel.ts'
import type { Journal } from '../kernel/ports.ts'
import { JournalReader } from '../storage/journal/reader.ts'
import { JournalWriter } from '../storage/journal/writer.ts'
import { defineStrategy } from '../strategy/strategy.ts'
import type { StrategyDefinition } from '../strategy/strategy.ts'
import { replay } from './replay.ts'
import { kernelConfigOf, World } from './world.ts'
import type { WorldState } from './world.ts'

const START = 1_700_006_400_000_000
const ROWS = 60
const USDT = { name: 'USDT', scale: 8 }
const SPEC: InstrumentSpec = {
  venue: 'binance',
  kind: 'perp',
  symbol: 'BTCUSDT',
  base: { name: 'BTC', scale: 8 },
  quote: USDT,
  settle: USDT,
  priceScale: 1,
  rules: [{ from: 0 as Micros, tick: 1 as Price, step: 1 as Qty, binding: false }],
  brackets: [{ floor: 0n as Money, cap: (10n ** 17n) as Money, maxLeverage: 20, rate: rateOf('0.01'), cum: 0n as Money }],
  liquidationFee: rateOf('0.0125'),
}

/** Flat, a fall by 40 % within bar 20, flat again: so thin that closing takes many bars. */
const priceAt = (row: number): number => (row < 20 ? 10_000 : 6_000)
const column = (of: (row: number) => number): Float64Array => Float64Array.from({ length: ROWS }, (_, row) => of(row))
const BARS = {
  length: ROWS,
  openTime: column((row) => START + row * HOUR),
  duration: column(() => HOUR),
  open: column((row) => priceAt(Math.max(0, row - 1))),
  high: column((row) => priceAt(Math.max(0, row - 1)) + 5),
  low: column((row) => priceAt(row) - 5),
  close: column(priceAt),
  volume: column((row) => (row < 20 ? 1e6 : 10)),
  mark: undefined,
}

const always = defineStrategy({
  name: 'always-in',
  description: 'wants to be long at every bar',
  parameters: {},
  warmUp: () => 0,
  memory: () => 1,
  create: () => ({ state: {}, onBar: () => ({ direction: 1, reason: 'long' }) }),
}) as unknown as StrategyDefinition

const PARTS = {
  runId: 'aaaaaaaa',
  seed: 1,
  markets: [{ spec: SPEC, bars: BARS, funding: undefined }],
  strategies: [{ definition: always, params: {}, interval: intervalOf('1h'), account: 0 }],
  risk: {},
  allocation: { fraction: 0.9 },
  sizing: { liquidity: { enabled: false } },
}
const HEADER = { codeHash: 'c0de', configHash: 'c0nf', runId: 'aaaaaaaa', startSeq: 1 }

interface Watched {
  readonly world: World
  readonly digest: DecisionDigest
  readonly seen: Event[]
  readonly actions: RiskAction[]
}

function watched(journal?: Journal): Watched {
  const seen: Event[] = []
  const actions: RiskAction[] = []
  let digest: DecisionDigest | undefined
  const world = new World({
    ...PARTS,
    capital: (10n ** 12n) as Money,
    fills: { takerFee: rateOf('0.0005'), makerFee: rateOf('0.0002'), slippageBps: 0, participation: 0.05, touch: false },
    latency: { order: SECOND, report: SECOND, data: 0 as Duration },
    ...(journal === undefined ? {} : { journal }),
    observers: (kernel) => [
      (digest = new DecisionDigest(kernel.instruments)),
      {
        name: 'watch',
        observe: (event, decision) => {
          if (event.kind !== 'bar') seen.push({ ...event } as Event)
          actions.push(...decision.actions)
        },
      },
    ],
  })
  if (digest === undefined) throw new Error('a world asks for its observers when it is made')
  return { world, digest, seen, actions }
}

let folder = ''
let straight: Watched
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'flatten-'))
  const journal = new JournalWriter({ file: join(folder, 'run.journal'), sync: 'buffered', ...HEADER })
  straight = watched(journal)
  straight.world.run()
  journal.close()
})
afterAll(() => rmSync(folder, { recursive: true }))

const fillsOf = (seen: readonly Event[], reason: string): readonly Event[] =>
  seen.filter((event) => event.kind === 'order-filled' && event.fill?.reason === reason)

describe('a severe drawdown', () => {
  it('closes everything, over several bars, and stays halted', () => {
    const { world, seen, actions } = straight
    expect(actions).toEqual([
      { level: 'SEVERE', action: 'flatten', text: expect.stringContaining('drawdown is SEVERE'), cancelled: 0, closing: 1 },
    ])
    expect(fillsOf(seen, 'flatten').length).toBeGreaterThan(3)
    expect(world.kernel.positions.netQty(0, 0)).toBe(0)
    const { risk, flattening } = world.kernel.snapshot()
    expect([risk.killSwitch.reason, flattening]).toEqual([actions[0].text, true])
  })

  it('goes on the same when the world is cut anywhere while it closes', () => {
    let cuts = 0
    for (let events = 1; ; events++) {
      const first = watched()
      if (!first.world.run(events)) break
      const { risk } = first.world.kernel.snapshot()
      if (risk.killSwitch.reason === '') continue
      cuts += 1
      const rest = watched()
      rest.world.restore(decodePlain(encodePlain(first.world.snapshot())) as WorldState)
      expect(rest.world.kernel.snapshot().risk).toEqual(risk)
      rest.world.run()
      expect([...first.seen, ...rest.seen]).toEqual(straight.seen)
      expect(rest.actions).toEqual([])
      expect(rest.world.kernel.snapshot()).toEqual(straight.world.kernel.snapshot())
      if (rest.world.kernel.positions.netQty(0, 0) === 0 && first.world.kernel.positions.netQty(0, 0) === 0) break
    }
    expect(cuts).toBeGreaterThan(5)
  })

  it('replays from its journal to the same decisions and the same latch, which only resuming releases', () => {
    const kernel = new Kernel(kernelConfigOf(PARTS))
    const journal = new JournalReader(join(folder, 'run.journal'))
    const { digest } = replay({ journal, kernel, configHash: 'c0nf' })
    expect(digest).toBe(straight.digest.hex())
    expect(kernel.snapshot()).toEqual(straight.world.kernel.snapshot())
    const { lastSeq, lastTime } = kernel.snapshot()
    const command = (seq: number, word: 'reduce' | 'resume'): void =>
      void kernel.handle({ kind: 'command', seq, time: lastTime as Micros, command: word, by: 'somebody', argument: '' })
    command(lastSeq + 1, 'reduce')
    expect(kernel.snapshot().risk.killSwitch.reason).not.toBe('')
    command(lastSeq + 2, 'resume')
    expect(kernel.snapshot()).toMatchObject({ flattening: false, risk: { ordered: 'ACTIVE', killSwitch: { reason: '' } } })
  })
})
