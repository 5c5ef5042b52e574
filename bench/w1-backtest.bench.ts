/** W1 and W1d: a million bars through the whole chain, beside a plain loop; and the same with digest, audit stream and journal. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Recorder } from '../src/backtest/recorder.ts'
import type { World } from '../src/backtest/world.ts'
import { AuditStream } from '../src/kernel/audit-stream.ts'
import type { Kernel } from '../src/kernel/kernel.ts'
import { DecisionDigest } from '../src/kernel/decision-digest.ts'
import { JournalWriter } from '../src/storage/journal/writer.ts'
import type { Bench, Result } from './bench.ts'
import { inTurn } from './in-turn.ts'
import { eightHourly, randomWalk, w1Twin, w1World, walkBars } from './w1-world.ts'

export const bench: Bench = {
  name: 'w1',
  title: 'W1: 1m bars, ema-cross, through kernel, risk, venue, ledger, margin; W1d: with digest, audit stream, journal',
  goal: 'W1 6x of the twin; W1d 2x of W1',
  floor: '15x; 4x',
  run: ({ short }) => measure(short ? 200_000 : 1_000_000, short ? 3 : 7),
}

const HASH = '0'.repeat(64)
const HEADER = { runId: 'benchmrk', codeHash: HASH, configHash: HASH, startSeq: 1 }

function measure(rows: number, rounds: number): readonly Result[] {
  const walk = randomWalk(rows)
  const bars = walkBars(walk)
  const funding = eightHourly(bars)
  const equity = new Float64Array(rows)
  const folder = mkdtempSync(join(tmpdir(), 'w1-'))
  let twin: readonly [number, number, number] = [0, 0, 0]
  let world: World | undefined
  let audited = 0
  const plain = [
    { name: 'twin', work: () => void (twin = w1Twin(walk, equity)) },
    { name: 'W1', work: () => void (world = runWorld()) },
  ]
  // W1 first by itself: a process that has run W1d has compiled the observers' calls for several kinds of them.
  const alone = inTurn(plain, { rounds, warmUp: 2 })
  const both = inTurn([...plain, { name: 'W1d', work: () => void (audited = runAll()) }], { rounds, warmUp: 1 })
  rmSync(folder, { recursive: true })
  const [twinMs, ourMs] = ['twin', 'W1'].map((name) => alone.get(name) ?? Number.NaN)
  const [besideMs, allMs] = ['W1', 'W1d'].map((name) => both.get(name) ?? Number.NaN)
  const final = Number(world?.kernel.positions.exactEquity(0)) / 1e8
  const line = `final equity ${final} (twin ${twin[0].toFixed(4)}), ${twin[1]} trades, ${twin[2]} fills`
  if (Math.abs(final - twin[0]) > 0.01) throw new Error(`W1 and its twin disagree: ${line}`)
  const perSecond = (ms: number): number => (rows / ms) * 1_000
  return [
    { name: 'twin loop', medianMs: twinMs, unit: 'bars', perSecond: perSecond(twinMs) },
    {
      name: 'W1',
      medianMs: ourMs,
      unit: 'bars',
      perSecond: perSecond(ourMs),
      ratioToTwin: ourMs / twinMs,
      twin: 'single-pass float loop',
      note: line,
    },
    {
      name: 'W1d',
      medianMs: allMs,
      unit: 'bars',
      perSecond: perSecond(allMs),
      ratioToTwin: allMs / besideMs,
      twin: 'W1',
      note: `${audited} audit records`,
    },
  ]

  function runWorld(): World {
    const made = w1World(bars, funding, { observers: (kernel) => [new Recorder(kernel, rows)] })
    made.run()
    return made
  }

  function runAll(): number {
    let records = 0
    const counted = (kernel: Kernel): AuditStream => {
      const stream = new AuditStream({ instruments: kernel.instruments, onFailure: (_, cause) => console.error(cause) })
      stream.subscribe({ name: 'count', receive: () => void (records += 1) })
      return stream
    }
    const journal = new JournalWriter({ file: join(folder, 'w1.journal'), sync: 'buffered', ...HEADER })
    const made = w1World(bars, funding, {
      journal,
      observers: (kernel) => [new Recorder(kernel, rows), new DecisionDigest(kernel.instruments), counted(kernel)],
    })
    made.run()
    journal.close()
    rmSync(join(folder, 'w1.journal'))
    return records
  }
}
