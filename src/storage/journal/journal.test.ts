import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import fc from 'fast-check'
import { AutoTradingError } from '../../core/errors.ts'
import type { Micros } from '../../core/time.ts'
import { isMarketKind } from '../../domain/event.ts'
import type { AccountReport, Event, OrderReport } from '../../domain/event.ts'
import { LEDGER_KINDS } from '../../domain/ledger.ts'
import { BAR, DEPTH, MARKET_KINDS, MarketSlot, SLOT, SLOT_WORDS } from '../../domain/market-slot.ts'
import { BLOCK_HEADER, CHAIN, decodeFileHeader } from './block.ts'
import { RecordDecoder } from './decode.ts'
import { RecordEncoder } from './encode.ts'
import { JournalReader } from './reader.ts'
import type { JournalEnd } from './reader.ts'
import { JournalWriter } from './writer.ts'
import type { JournalSync } from './writer.ts'

// ---- events to journal ---------------------------------------------------------------------------------------------------

/** Words that mean something, by kind. */
const USED = [15, 9, 10, 9, 11]
/** What a slot is once it has been taken off its cursor; other events stay what they are. */
const copyOf = (event: Event): unknown =>
  event instanceof MarketSlot ? [...event.words.slice(event.at, event.at + USED[event.words[event.at]])] : structuredClone(event)

const number = fc.oneof(
  fc.integer(),
  fc.nat({ max: 300 }),
  fc.double(),
  fc.maxSafeInteger(),
  fc.constantFrom(0, -0, Number.NaN, Infinity, -1, 239, 240, 2 ** 31, -(2 ** 31), 2 ** 53, 1e300),
)
const text = fc.oneof(
  fc.constantFrom('', 'signal', 'stop', 'ataaaaaaaa:k:1z'),
  fc.string({ maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 12 }),
  fc.constantFrom('\u{1F4C8}', '\uD800', 'ÿ', 'Ā', 'x'.repeat(40_000)),
)
const money = fc.oneof(
  fc.bigInt({ min: -(2n ** 40n), max: 2n ** 40n }),
  fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }),
  fc.constantFrom(0n, 2n ** 63n, 2n ** 63n - 1n, -(2n ** 63n)),
)
const instrument = fc.oneof(fc.nat({ max: 3 }), fc.constantFrom(0, 500, 65_535))

/** Any words at all: most of them nothing that a market would say. */
const wildSlot = fc
  .tuple(fc.nat({ max: MARKET_KINDS.length - 1 }), instrument, fc.array(number, { minLength: SLOT_WORDS, maxLength: SLOT_WORDS }))
  .map(([kind, index, values]) => {
    const words = Float64Array.from(values)
    words[SLOT.kind] = kind
    words[SLOT.instrument] = index
    if (kind === 4) words[DEPTH.bids] = words[DEPTH.asks] = 0
    return new MarketSlot().moveTo(words, 0)
  })

interface Step {
  readonly instrument: number
  readonly gap: number
  readonly moves: readonly number[]
  readonly volume: number
  readonly analytics: boolean
}
/** Bars as they come: one after the other, prices near the last, now and then a hole or a jump. */
const walk = fc
  .array(
    fc.record({
      instrument: fc.nat({ max: 2 }),
      gap: fc.constantFrom(0, 0, 0, 0, 60_000_000),
      moves: fc.tuple(
        ...Array.from({ length: 4 }, () =>
          fc.oneof(
            fc.integer({ min: -500, max: 500 }),
            fc.integer({ min: -40_000, max: 40_000 }),
            fc.constantFrom(2 ** 31, 32_767, -32_768, 32_768, -32_769),
          ),
        ),
      ),
      volume: fc.double({ noNaN: true }),
      analytics: fc.boolean(),
    }),
    { minLength: 1, maxLength: 60 },
  )
  .map((steps) => {
    const open = new Map<number, number>()
    const close = new Map<number, number>()
    return steps.map((step: Step) => {
      const start = (open.get(step.instrument) ?? 1_640_995_200_000_000) + step.gap
      const before = close.get(step.instrument) ?? 500_000
      const [o, h, l, c] = step.moves.map((move) => before + move)
      open.set(step.instrument, start + 60_000_000)
      close.set(step.instrument, c)
      return bar({
        instrument: step.instrument,
        openTime: start,
        prices: [o, h, l, c],
        volume: step.volume,
        analytics: step.analytics,
      })
    })
  })

function bar(of: {
  readonly instrument: number
  readonly openTime: number
  readonly prices: readonly number[]
  readonly volume: number
  readonly analytics: boolean
}): MarketSlot {
  const words = new Float64Array(SLOT_WORDS)
  words[SLOT.exchangeTime] = of.openTime + 60_000_000
  words[SLOT.time] = of.openTime + 60_012_500
  words[SLOT.instrument] = of.instrument
  words[BAR.openTime] = of.openTime
  words[BAR.length] = 60_000_000
  words.set(of.prices, BAR.open)
  words[BAR.volume] = of.volume
  if (of.analytics) {
    words[BAR.quoteVolume] = 1234.5
    words[BAR.trades] = 77
    words[BAR.takerBuyBase] = 0.125
  }
  return new MarketSlot().moveTo(words, 0)
}

const times = { seq: fc.constant(0), time: number, exchangeTime: number }
const fill = fc.record({
  tradeId: number,
  clientOrderId: text,
  account: number,
  instrument: number,
  side: fc.constantFrom('buy', 'sell'),
  positionSide: fc.constantFrom('both', 'long', 'short'),
  price: number,
  qty: number,
  fee: money,
  liquidity: fc.constantFrom('maker', 'taker'),
  realised: money,
  exchangeTime: number,
  reason: text,
})
const orderReport = fc
  .record({
    kind: fc.constantFrom('order-accepted', 'order-filled', 'order-canceled', 'order-expired', 'order-rejected'),
    ...times,
    account: number,
    instrument: number,
    clientOrderId: text,
    fill: fc.option(fill, { nil: undefined }),
    remaining: number,
    reason: text,
  })
  .chain((report) =>
    // Mostly the fill repeats what the report says.
    fc.boolean().map((same) =>
      same && report.fill !== undefined
        ? {
            ...report,
            fill: {
              ...report.fill,
              clientOrderId: report.clientOrderId,
              account: report.account,
              instrument: report.instrument,
              exchangeTime: report.exchangeTime,
              reason: report.reason,
            },
          }
        : report,
    ),
  ) as fc.Arbitrary<OrderReport>
const accountReport = fc.record({
  kind: fc.constant('account'),
  ...times,
  account: number,
  asset: text,
  entry: fc.constantFrom(...LEDGER_KINDS),
  amount: money,
  instrument: number,
  rate: number,
  cause: text,
}) as unknown as fc.Arbitrary<AccountReport>
const stamp = { seq: fc.constant(0), time: fc.maxSafeInteger() }
const asset = fc.record({ name: text, scale: fc.nat({ max: 18 }) })
const rules = fc.record(
  { from: fc.integer(), tick: fc.nat(), step: fc.nat(), binding: fc.boolean(), minNotional: money },
  { requiredKeys: ['from', 'tick', 'step', 'binding'] },
)
const otherEvent = fc.oneof(
  fc.record({
    kind: fc.constant('listed'),
    ...stamp,
    spec: fc.record({
      venue: text,
      kind: fc.constantFrom('perp', 'spot'),
      symbol: text,
      base: asset,
      quote: asset,
      settle: asset,
      priceScale: fc.nat({ max: 8 }),
      rules: fc.array(rules, { maxLength: 2 }),
      brackets: fc.array(fc.record({ floor: money, cap: money, maxLeverage: fc.nat(), rate: fc.nat(), cum: money }), {
        maxLength: 2,
      }),
      liquidationFee: fc.nat(),
    }),
  }),
  fc.record({ kind: fc.constant('rules-changed'), ...stamp, instrument: fc.nat(), rules }),
  fc.record({ kind: fc.constant('delisted'), ...stamp, instrument: fc.nat() }),
  fc.record({ kind: fc.constant('timer'), ...stamp, timer: text }),
  fc.record({
    kind: fc.constant('model-answer'),
    ...stamp,
    request: text,
    strategy: fc.nat(),
    answer: fc.oneof(text, fc.array(number), fc.record({ a: money, b: fc.constant(new Float64Array([1, -0, Number.NaN])) })),
    late: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('command'), ...stamp, command: fc.constantFrom('pause', 'flatten'), by: text, argument: text }),
  fc.record({ kind: fc.constant('link'), ...stamp, venue: text, up: fc.boolean() }),
  fc.record({ kind: fc.constant('gap'), ...stamp, instrument: fc.nat(), lost: fc.nat() }),
) as unknown as fc.Arbitrary<Event>

const events: fc.Arbitrary<readonly Event[]> = fc
  .array(
    fc.oneof(
      { arbitrary: walk, weight: 3 },
      fc.array(wildSlot, { maxLength: 6 }),
      fc.array(orderReport, { maxLength: 4 }),
      fc.array(accountReport, { maxLength: 3 }),
      fc.array(otherEvent, { maxLength: 3 }),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.flat())

/** Gives the events their numbers, as the bus does. */
function numbered(list: readonly Event[], first: number): readonly Event[] {
  list.forEach((event, i) => {
    if (event instanceof MarketSlot) event.words[event.at + SLOT.seq] = first + i
    else event.seq = first + i
  })
  return list
}

// ---- files ---------------------------------------------------------------------------------------------------------------

let folder = ''
let count = 0
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'journal-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

const newFile = (): string => join(folder, `${(count += 1)}.journal`)
const HEADER = { codeHash: 'c0de', configHash: 'c0nf', runId: 'abcdefgh' }

interface Written {
  readonly file: string
  readonly events: readonly unknown[]
}

function write(
  list: readonly Event[],
  {
    startSeq = 1,
    sync = 'buffered',
    blockBytes = 400,
    flushEvery = 0,
    close = true,
  }: {
    readonly startSeq?: number
    readonly sync?: JournalSync
    readonly blockBytes?: number
    readonly flushEvery?: number
    readonly close?: boolean
  } = {},
): Written {
  const file = newFile()
  const writer = new JournalWriter({ file, sync, blockBytes, startSeq, ...HEADER })
  const copies = numbered(list, startSeq).map((event, i) => {
    const copy = copyOf(event)
    writer.append(event)
    if (flushEvery > 0 && i % flushEvery === 0) writer.flush()
    return copy
  })
  if (close) writer.close()
  return { file, events: copies }
}

function read(file: string, fromSeq?: number): { readonly events: readonly unknown[]; readonly end: JournalEnd } {
  const found: unknown[] = []
  const end = new JournalReader(file).each((event) => found.push(copyOf(event)), fromSeq === undefined ? {} : { fromSeq })
  return { events: found, end }
}

function errorOf(act: () => unknown): AutoTradingError {
  try {
    act()
  } catch (error) {
    expect(error).toBeInstanceOf(AutoTradingError)
    return error as AutoTradingError
  }
  throw new Error('nothing was thrown')
}

/** A journal of a few blocks with all sorts of events, and where its blocks begin. */
function sample(): { readonly bytes: Buffer; readonly events: readonly unknown[]; readonly blocks: readonly number[] } {
  const list = fc
    .sample(events, { seed: 7, numRuns: 12 })
    .flat()
    .filter(
      (event) =>
        JSON.stringify(copyOf(event), (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)).length < 400,
    )
  const { file, events: copies } = write(list.slice(0, 60), { startSeq: 41 })
  const bytes = readFileSync(file)
  const blocks: number[] = []
  for (let at = decodeFileHeader(bytes, file).length; at < bytes.length; at += BLOCK_HEADER + bytes.readUInt32LE(at) + CHAIN)
    blocks.push(at)
  return { bytes, events: copies, blocks }
}

function reread(bytes: Buffer): ReturnType<typeof read> {
  const file = join(folder, 'changed.journal')
  writeFileSync(file, bytes)
  return read(file)
}

describe('a journal', () => {
  it('gives back every event exactly as it was', () => {
    fc.assert(
      fc.property(
        events,
        fc.constantFrom(1, 1_000_000),
        fc.constantFrom(64, 400, 65_536),
        fc.constantFrom(0, 1, 3),
        (list, startSeq, blockBytes, flushEvery) => {
          const written = write(list, { startSeq, blockBytes, flushEvery, sync: 'write' })
          const { events: found, end } = read(written.file)
          expect(found).toEqual(written.events)
          expect(end).toMatchObject({ events: list.length, nextSeq: startSeq + list.length, closed: true, torn: undefined })
          rmSync(written.file)
        },
      ),
      { numRuns: 150 },
    )
  })

  it('keeps what belongs to the run in its header', () => {
    const { file } = write([], { startSeq: 9 })
    expect(new JournalReader(file).header).toEqual({ ...HEADER, startSeq: 9 })
    expect(read(file).end).toEqual({ events: 0, blocks: 0, nextSeq: 9, closed: true, torn: undefined })
  })

  it('writes a bar that follows the one before in 19 bytes, with all its volumes in 39', () => {
    const size = (analytics: boolean): number => {
      const encoder = new RecordEncoder({ start: 0, capacity: 1_000, nextSeq: 1 })
      const ends = numbered(
        [0, 1, 2].map((i) =>
          bar({
            instrument: 3,
            openTime: 1e15 + i * 6e7,
            prices: [500_000, 500_010, 499_990, 500_003 + i],
            volume: 12.345,
            analytics,
          }),
        ),
        1,
      ).map((event) => {
        encoder.encode(event)
        return encoder.end
      })
      return ends[2] - ends[1]
    }
    expect(size(false)).toBe(19)
    expect(size(true)).toBe(39)
  })

  it('hands out events from a number on', () => {
    const { file, events: all } = write(fc.sample(walk, { seed: 3, numRuns: 10 }).flat())
    for (const fromSeq of [0, 1, 2, 30, all.length, all.length + 1]) {
      const { events: found, end } = read(file, fromSeq)
      expect(found).toEqual(all.slice(Math.max(0, fromSeq - 1)))
      expect(end.events).toBe(all.length)
    }
  })

  it('refuses a number out of turn and adds nothing', () => {
    const writer = new JournalWriter({ file: newFile(), sync: 'buffered', startSeq: 5, ...HEADER })
    expect(() => writer.append({ kind: 'timer', seq: 6, time: 1 as Micros, timer: 't' })).toThrow(
      'event 6 was given to the journal where 5 was due',
    )
    writer.append({ kind: 'timer', seq: 5, time: 1 as Micros, timer: 't' })
    writer.close()
    expect(read(writer.file).events).toEqual([{ kind: 'timer', seq: 5, time: 1, timer: 't' }])
    expect(() => writer.append({ kind: 'timer', seq: 6, time: 1 as Micros, timer: 't' })).toThrow('was closed')
  })

  it('refuses what it could not keep whole', () => {
    const encoder = new RecordEncoder({ start: 0, capacity: 1_000, nextSeq: 0 })
    const depth = new MarketSlot().moveTo(
      Float64Array.from({ length: SLOT_WORDS }, (_, i) => (i === SLOT.kind ? 4 : i === DEPTH.bids ? 2 : 0)),
      0,
    )
    expect(() => encoder.encode(depth)).toThrow('depth update with levels')
    for (const index of [-1, 65_536, 1.2, Number.NaN]) {
      const slot = bar({ instrument: index, openTime: 0, prices: [1, 1, 1, 1], volume: 0, analytics: false })
      expect(() => encoder.encode(slot)).toThrow(`instrument ${index} cannot be journalled`)
    }
    expect(encoder.end).toBe(0)
  })
})

describe('writing', () => {
  const some = (): readonly Event[] => fc.sample(walk, { seed: 5, numRuns: 3 }).flat()

  it("with sync 'write' has every flushed event in the file", () => {
    const file = newFile()
    const writer = new JournalWriter({ file, sync: 'write', startSeq: 1, ...HEADER })
    const list = numbered(some(), 1)
    list.forEach((event, i) => {
      writer.append(event)
      writer.flush()
      writer.flush()
      if (i % 7 === 0) expect(read(file).end).toMatchObject({ events: i + 1, closed: false, torn: undefined })
    })
    expect(writer.written).toBe(readFileSync(file).length)
    writer.close()
    writer.close()
    expect(read(file).end).toMatchObject({ events: list.length, blocks: list.length, closed: true })
  })

  it("with sync 'buffered' writes full blocks only", () => {
    const file = newFile()
    const writer = new JournalWriter({ file, sync: 'buffered', blockBytes: 1_000_000, startSeq: 1, ...HEADER })
    for (const event of numbered(some(), 1)) {
      writer.append(event)
      writer.flush()
    }
    expect(read(file).end.events).toBe(0)
    writer.close()
    expect(read(file).end).toMatchObject({ events: writer.nextSeq - 1, blocks: 1, closed: true })
  })

  it('never writes over a journal', () => {
    const { file } = write([])
    expect(errorOf(() => new JournalWriter({ file, sync: 'write', startSeq: 1, ...HEADER }))).toMatchObject({
      fault: 'input',
      code: 'journal-exists',
    })
    expect(
      errorOf(() => new JournalWriter({ file: join(folder, 'none', 'x'), sync: 'write', startSeq: 1, ...HEADER })),
    ).toMatchObject({ fault: 'outside', code: 'journal-not-written' })
  })
})

describe('a changed journal', () => {
  it('is refused whichever byte was changed, and nothing wrong is handed out', () => {
    const { bytes, events: all } = sample()
    for (let at = 0; at < bytes.length; at++) {
      const changed = Buffer.from(bytes)
      changed[at] ^= 1 << (at & 7)
      const file = join(folder, 'changed.journal')
      writeFileSync(file, changed)
      let seen = 0
      const error = errorOf(() => new JournalReader(file).each(() => (seen += 1)))
      expect(['journal-damaged', 'journal-format', 'not-a-journal']).toContain(error.code)
      expect(seen).toBeLessThanOrEqual(all.length)
    }
  })

  it('is refused when a block is missing, twice there, or in another place', () => {
    const { bytes, blocks } = sample()
    expect(blocks.length).toBeGreaterThan(6)
    const cut = (from: number): Buffer => bytes.subarray(blocks[from], blocks[from + 1])
    const [a, b, c] = [1, 2, 3].map(cut)
    const before = bytes.subarray(0, blocks[1])
    const after = bytes.subarray(blocks[4])
    expect(() => reread(Buffer.concat([before, a, b, c, after]))).not.toThrow()
    for (const blocksThere of [
      [a, c],
      [a, b, b, c],
      [b, a, c],
      [c, b, a],
      [a, b],
    ]) {
      const error = errorOf(() => reread(Buffer.concat([before, ...blocksThere, after])))
      expect(error.code).toBe('journal-damaged')
      expect(error.message).toMatch(/block \d+ at byte \d+/)
      expect(error.where['offset']).toBeTypeOf('number')
    }
  })

  it('is refused when a block comes from another journal of the same numbers', () => {
    const list = fc.sample(walk, { seed: 11, numRuns: 6 }).flat()
    list[0].words[BAR.volume] = 0.1
    const one = readFileSync(write(list, { blockBytes: 200 }).file)
    list[0].words[BAR.volume] = 0.2
    const other = readFileSync(write(list, { blockBytes: 200 }).file)
    expect(one.length).toBe(other.length)
    const start = decodeFileHeader(one, '').length
    const first = start + BLOCK_HEADER + one.readUInt32LE(start) + CHAIN
    expect(errorOf(() => reread(Buffer.concat([one.subarray(0, first), other.subarray(first)])))).toMatchObject({
      code: 'journal-damaged',
      where: { offset: first },
    })
  })

  it('says so when something follows its end', () => {
    const { bytes } = sample()
    expect(errorOf(() => reread(Buffer.concat([bytes, Buffer.from([0])]))).message).toContain('something follows the end')
  })

  it('of another format is refused by name', () => {
    const { bytes } = sample()
    const changed = Buffer.from(bytes)
    changed.writeUInt32LE(2, 8)
    expect(errorOf(() => reread(changed))).toMatchObject({ fault: 'input', code: 'journal-format', where: { format: 2 } })
    expect(errorOf(() => reread(Buffer.from('openTime,open,high\n')))).toMatchObject({ code: 'not-a-journal' })
    expect(errorOf(() => new JournalReader(join(folder, 'missing')))).toMatchObject({
      fault: 'outside',
      code: 'journal-not-read',
    })
  })
})

describe('a torn journal', () => {
  it('gives all events before the tear, wherever its last block was cut', () => {
    const { bytes, events: all, blocks } = sample()
    const end = blocks[blocks.length - 1]
    const last = blocks[blocks.length - 2]
    const inLast = bytes.readUInt32LE(last + 12)
    for (let size = last + 1; size < end; size++) {
      const { events: found, end: told } = reread(bytes.subarray(0, size))
      expect(told).toEqual({
        events: all.length - inLast,
        blocks: blocks.length - 2,
        nextSeq: 41 + all.length - inLast,
        closed: false,
        torn: { offset: last, bytes: size - last },
      })
      expect(found).toHaveLength(all.length - inLast)
    }
    expect(reread(bytes.subarray(0, end - 1)).events).toEqual(all.slice(0, all.length - inLast))
  })

  it('is told from one that was closed, also when whole blocks are missing at its end', () => {
    const { bytes, blocks, events: all } = sample()
    for (const size of blocks) expect(reread(bytes.subarray(0, size)).end).toMatchObject({ closed: false, torn: undefined })
    const end = blocks[blocks.length - 1]
    for (let size = end + 1; size < bytes.length; size++)
      expect(reread(bytes.subarray(0, size)).end).toMatchObject({ events: all.length, closed: false, torn: { offset: end } })
  })

  it('is refused, not repaired, when it was cut in its header', () => {
    const { bytes, blocks } = sample()
    for (let size = 0; size < blocks[0]; size++)
      expect(['journal-damaged', 'not-a-journal']).toContain(errorOf(() => reread(bytes.subarray(0, size))).code)
  })
})

describe('the record codec', () => {
  it('knows every kind of event', () => {
    const kinds = new Set(
      fc
        .sample(events, { seed: 1, numRuns: 200 })
        .flat()
        .map(({ kind }) => kind),
    )
    expect([...kinds].filter(isMarketKind).sort()).toEqual([...MARKET_KINDS].sort())
    expect(kinds.size).toBe(5 + 5 + 1 + 3 + 5)
  })

  it('refuses bytes that are no record', () => {
    const decoder = new RecordDecoder()
    decoder.begin(Buffer.from([0, 0, 0]), 0, 3)
    expect(() => decoder.next(1)).toThrow('unknown record kind 0')
    decoder.begin(Buffer.from([5, 9, 0, 0, 0, 0, 0, 0]), 0, 8)
    expect(() => decoder.next(1)).toThrow('unknown kind 9')
  })
})
