import { describe, expect, it } from 'vitest'
import type { Price, Qty } from '../core/exact.ts'
import type { Micros } from '../core/time.ts'
import type { Approved, Decision } from '../domain/decision.ts'
import type { Event, OrderReport } from '../domain/event.ts'
import { Instrument } from '../domain/instrument.ts'
import { MarketSlot } from '../domain/market-slot.ts'
import type { OrderRequest } from '../domain/order.ts'
import { AuditStream } from './audit-stream.ts'
import type { AuditRecord } from './audit-stream.ts'

const asset = (name: string): { readonly name: string; readonly scale: number } => ({ name, scale: 8 })
const instruments = [
  new Instrument(
    {
      venue: 'binance',
      kind: 'perp',
      symbol: 'AAA',
      base: asset('AAA'),
      quote: asset('USDT'),
      settle: asset('USDT'),
      priceScale: 1,
      rules: [{ from: 0 as Micros, tick: 1 as Price, step: 1 as Qty, binding: false }],
      brackets: [],
      liquidationFee: 0 as never,
    },
    0,
  ),
]
const NOTHING: Decision = { effects: [], targets: [], refusals: [], bookings: [], regimes: [], actions: [], notes: [] }

const bar = (): MarketSlot => {
  const words = new Float64Array(16)
  words[1] = 12
  words[2] = 5_000
  return new MarketSlot().moveTo(words, 0)
}
const order = {
  clientOrderId: 'o1',
  account: 0,
  instrument: 0,
  side: 'buy',
  positionSide: 'both',
  type: 'market',
  timeInForce: 'GTC',
  qty: 5,
  price: undefined,
  trigger: undefined,
  workingType: 'last',
  reduceOnly: false,
  attached: { cancels: ['o0'], stop: { clientOrderId: 'o2', trigger: 90, qty: 5, workingType: 'last' } },
  shares: [{ strategy: 0, qty: 5 }],
  reason: 'signal',
  decisionPrice: 100,
  decidedAt: 5_000,
} as unknown as Approved<OrderRequest>
const report = (kind: OrderReport['kind'], changes: object = {}): OrderReport =>
  ({
    kind,
    seq: 20,
    time: 6_000,
    exchangeTime: 5_900,
    account: 0,
    instrument: 0,
    clientOrderId: 'o1',
    fill: undefined,
    remaining: 5,
    reason: '',
    ...changes,
  }) as OrderReport
const fill = {
  tradeId: 1,
  clientOrderId: 'o1',
  account: 0,
  instrument: 0,
  side: 'buy',
  positionSide: 'both',
  price: 101,
  qty: 3,
  fee: 2n,
  liquidity: 'taker',
  realised: 0n,
  exchangeTime: 5_900,
  reason: 'signal',
}

function listen(): { readonly stream: AuditStream; readonly records: AuditRecord[]; readonly failures: unknown[] } {
  const failures: unknown[] = []
  const records: AuditRecord[] = []
  const stream = new AuditStream({ instruments, onFailure: (subscriber, cause) => failures.push([subscriber.name, cause]) })
  stream.subscribe({ name: 'list', receive: (record) => records.push(record) })
  return { stream, records, failures }
}

const isDeeplyFrozen = (value: unknown): boolean =>
  typeof value !== 'object' || value === null || (Object.isFrozen(value) && Object.values(value).every(isDeeplyFrozen))

describe('the audit stream', () => {
  it('makes records of what was decided, in the order of the decision', () => {
    const { stream, records } = listen()
    const signal = {
      strategy: 2,
      instrument: 0,
      direction: 1,
      qty: 5,
      stop: 90,
      reason: 'fast crossed slow',
      time: 5_000,
    } as never
    stream.observe(bar(), {
      targets: [{ signal, qty: 5 as Qty, bound: 'leverage', weight: undefined, constraints: [], regime: undefined }],
      refusals: [{ rule: 'orderRate', order, text: '250 orders were sent' }],
      effects: [
        { kind: 'submit', order },
        { kind: 'cancel', cancel: { clientOrderId: 'o0', account: 0, instrument: 0, reason: 'flatten' } as never },
        { kind: 'timer', timer: 't', at: 1 as Micros },
      ],
      bookings: [],
      regimes: [],
      actions: [],
      notes: ['fill 7 was reported before'],
    })
    expect(records).toMatchObject([
      {
        kind: 'target',
        seq: 12,
        time: 5_000,
        strategy: 2,
        instrument: 'binance:perp:AAA',
        direction: 1,
        qty: 5,
        stop: 90,
        bound: 'leverage',
        reason: 'fast crossed slow',
      },
      {
        kind: 'refusal',
        rule: 'orderRate',
        text: '250 orders were sent',
        clientOrderId: 'o1',
        instrument: 'binance:perp:AAA',
        side: 'buy',
        qty: 5,
      },
      {
        kind: 'order-sent',
        clientOrderId: 'o1',
        type: 'market',
        qty: 5,
        stop: { clientOrderId: 'o2', trigger: 90 },
        replaces: ['o0'],
        shares: [{ strategy: 0, qty: 5 }],
        decisionPrice: 100,
      },
      { kind: 'order-state', state: 'cancel-sent', clientOrderId: 'o0', remaining: undefined, reason: 'flatten' },
      { kind: 'note', seq: 12, time: 5_000, text: 'fill 7 was reported before' },
    ])
    expect(records.every(isDeeplyFrozen)).toBe(true)
    // What the kernel owns stays as it was: records are copies.
    expect([order, order.attached, order.shares].some(Object.isFrozen)).toBe(false)
  })

  it('makes records of what happened', () => {
    const { stream, records } = listen()
    const happened: readonly Event[] = [
      report('order-accepted'),
      report('order-filled', { fill, remaining: 2 }),
      report('order-filled', { fill, remaining: 0 }),
      report('order-rejected', { reason: 'MIN_NOTIONAL' }),
      {
        kind: 'account',
        seq: 3,
        time: 1 as Micros,
        exchangeTime: 1 as Micros,
        account: 0,
        asset: 'USDT',
        entry: 'deposit',
        amount: 9n as never,
        instrument: -1,
        rate: 0 as never,
        cause: 'deposit',
      },
      { kind: 'command', seq: 4, time: 1 as Micros, command: 'pause', by: 'alice', argument: 'news' },
      { kind: 'link', seq: 5, time: 1 as Micros, venue: 'binance', up: false },
    ]
    for (const event of happened) stream.observe(event, NOTHING)
    expect(records).toMatchObject([
      { kind: 'order-state', state: 'accepted', remaining: 5 },
      { kind: 'fill', price: 101, qty: 3, fee: 2n, remaining: 2, instrument: 'binance:perp:AAA' },
      { kind: 'order-state', state: 'partly-filled', remaining: 2 },
      { kind: 'fill', remaining: 0 },
      { kind: 'order-state', state: 'filled' },
      { kind: 'order-state', state: 'rejected', reason: 'MIN_NOTIONAL' },
      { kind: 'account', entry: 'deposit', amount: 9n, instrument: undefined },
      { kind: 'note', text: "command 'pause' by alice: news" },
      { kind: 'note', text: 'the connection to binance is down' },
    ])
    expect(records.every(isDeeplyFrozen)).toBe(true)
  })

  it('is silent about bars on which nothing was decided', () => {
    const { stream, records } = listen()
    stream.observe(bar(), NOTHING)
    expect(records).toEqual([])
  })

  it('goes on for the others when a subscriber fails, counts it and tells it once', () => {
    const { stream, records, failures } = listen()
    let calls = 0
    stream.subscribe({
      name: 'database',
      receive() {
        calls += 1
        throw new Error(`call ${calls}`)
      },
    })
    const later: AuditRecord[] = []
    stream.subscribe({ name: 'later', receive: (record) => later.push(record) })
    for (let i = 0; i < 3; i++) stream.observe(report('order-accepted'), NOTHING)
    expect(failures).toEqual([['database', new Error('call 1')]])
    expect(stream.failures).toEqual([
      { name: 'list', failures: 0 },
      { name: 'database', failures: 3 },
      { name: 'later', failures: 0 },
    ])
    expect([records.length, later.length, calls]).toEqual([3, 3, 3])
  })

  it('lets a subscriber leave in the middle of a record', () => {
    const { stream, records } = listen()
    let once = 0
    const leave = stream.subscribe({
      name: 'once',
      receive() {
        once += 1
        leave()
      },
    })
    const last: AuditRecord[] = []
    stream.subscribe({ name: 'last', receive: (record) => last.push(record) })
    stream.observe(report('order-accepted'), NOTHING)
    stream.observe(report('order-accepted'), NOTHING)
    expect([records.length, once, last.length]).toEqual([2, 1, 2])
  })
})

describe('the reasons of an order', () => {
  const regime = {
    label: 'R2',
    probabilities: [0.1, 0.9, 0, 0, 0, 0, 0, 0],
    since: 1,
    newRisk: true,
    reasons: ['rising'],
  } as never
  const signal = { strategy: 0, instrument: 0, direction: 1, qty: undefined, stop: 90, reason: 'rising', time: 5_000 } as never
  const target = {
    signal,
    qty: 5 as Qty,
    bound: 'budget',
    weight: { signal, fraction: 0.4, parts: { budget: 0.8, share: 0.5, regime: 1, veto: undefined } },
    constraints: [
      { name: 'budget', qty: 5.5 },
      { name: 'volume', qty: Number.POSITIVE_INFINITY },
    ],
    regime,
  }

  function recorded(decision: Partial<Decision>): AuditRecord[] {
    const records: AuditRecord[] = []
    const stream = new AuditStream({
      instruments,
      strategyOf: (index) => ['trend', 'reversion'][index],
      regimeOf: () => regime,
      onFailure: (_, cause) => {
        throw cause
      },
    })
    stream.subscribe({ name: 'list', receive: (record) => records.push(record) })
    stream.observe(bar(), { ...NOTHING, ...decision })
    return records
  }

  it('can be followed from the order through its shares to the target: budget, share, regime, bounds', () => {
    const records = recorded({ targets: [target], effects: [{ kind: 'submit', order }] })
    const sent = records.find((record) => record.kind === 'order-sent')
    const targets = records.filter((record) => record.kind === 'target')
    expect(sent?.shares).toHaveLength(1)
    for (const { strategy } of sent?.shares ?? []) {
      const found = targets.find((record) => record.strategy === strategy && record.instrument === sent?.instrument)
      expect(found).toMatchObject({
        seq: sent?.seq,
        strategyName: 'trend',
        fraction: 0.4,
        parts: { budget: 0.8, share: 0.5, regime: 1, veto: undefined },
        bound: 'budget',
        constraints: [
          { name: 'budget', qty: 5.5 },
          { name: 'volume', qty: Number.POSITIVE_INFINITY },
        ],
        regime: 'R2',
        probabilities: [0.1, 0.9, 0, 0, 0, 0, 0, 0],
        reason: 'rising',
      })
    }
    expect(records.every(isDeeplyFrozen)).toBe(true)
  })

  it('tells of regimes before the targets that rest on them, and of crosses', () => {
    const cross = {
      kind: 'cross',
      strategy: 1,
      account: 0,
      instrument: 0,
      qty: -3,
      price: 100,
      amount: 0n,
      slippage: 0n,
    } as never
    const fill = { kind: 'fill', strategy: 1, account: 0, instrument: 0, qty: -3, price: 100, amount: 0n, slippage: 0n } as never
    const records = recorded({ targets: [target], regimes: [0], bookings: [cross, fill] })
    expect(records.map(({ kind }) => kind)).toEqual(['regime', 'target', 'cross'])
    expect(records[0]).toMatchObject({ label: 'R2', newRisk: true, reasons: ['rising'] })
    expect(records[2]).toMatchObject({ strategyName: 'reversion', qty: -3, price: 100 })
  })
})
