import { describe, expect, it } from 'vitest'
import type { Price, Qty } from '../core/exact.ts'
import type { Micros } from '../core/time.ts'
import type { Approved, Decision, Effect } from '../domain/decision.ts'
import type { AccountReport, Event, OrderReport } from '../domain/event.ts'
import { Instrument } from '../domain/instrument.ts'
import { MarketSlot } from '../domain/market-slot.ts'
import type { Fill, OrderRequest } from '../domain/order.ts'
import { DecisionDigest } from './decision-digest.ts'

const asset = (name: string): { readonly name: string; readonly scale: number } => ({ name, scale: 8 })
const instrumentOf = (symbol: string, index: number): Instrument =>
  new Instrument(
    {
      venue: 'binance',
      kind: 'perp',
      symbol,
      base: asset(symbol),
      quote: asset('USDT'),
      settle: asset('USDT'),
      priceScale: 1,
      rules: [{ from: 0 as Micros, tick: 1 as Price, step: 1 as Qty, binding: false }],
      brackets: [],
      liquidationFee: 0 as never,
    },
    index,
  )
const INSTRUMENTS = [instrumentOf('AAA', 0), instrumentOf('BBB', 1)]

const NOTHING: Decision = { effects: [], targets: [], refusals: [], bookings: [], regimes: [], actions: [], notes: [] }
const bar: Event = new MarketSlot()

const order = (changes: Partial<Record<keyof OrderRequest, unknown>> = {}): OrderRequest =>
  ({
    clientOrderId: 'ataaaaaaaa:k:1',
    account: 0,
    instrument: 1,
    side: 'buy',
    positionSide: 'both',
    type: 'market',
    timeInForce: 'GTC',
    qty: 5,
    closes: 0,
    price: undefined,
    trigger: undefined,
    workingType: 'last',
    reduceOnly: false,
    attached: {
      cancels: ['ataaaaaaaa:k:0'],
      stop: { clientOrderId: 'ataaaaaaaa:k:2', side: 'sell', trigger: 90, qty: 5, workingType: 'last' },
    },
    shares: [{ strategy: 0, qty: 5 }],
    reason: 'signal',
    decisionPrice: 100,
    decidedAt: 1_000,
    ...changes,
  }) as OrderRequest
const submit = (changes: Partial<Record<keyof OrderRequest, unknown>> = {}): Effect => ({
  kind: 'submit',
  order: order(changes) as Approved<OrderRequest>,
})
const filled = (changes: Partial<Record<keyof Fill, unknown>> = {}, remaining = 0): OrderReport =>
  ({
    kind: 'order-filled',
    seq: 3,
    time: 2_000,
    exchangeTime: 1_500,
    account: 0,
    instrument: 1,
    clientOrderId: 'ataaaaaaaa:k:1',
    remaining,
    reason: 'signal',
    fill: {
      tradeId: 7,
      clientOrderId: 'ataaaaaaaa:k:1',
      account: 0,
      instrument: 1,
      side: 'buy',
      positionSide: 'both',
      price: 101,
      qty: 5,
      fee: 3n,
      liquidity: 'taker',
      realised: -2n,
      exchangeTime: 1_500,
      reason: 'signal',
      ...changes,
    },
  }) as unknown as OrderReport
const account = (changes: Partial<Record<keyof AccountReport, unknown>> = {}): AccountReport =>
  ({
    kind: 'account',
    seq: 1,
    time: 5,
    exchangeTime: 4,
    account: 0,
    asset: 'USDT',
    entry: 'funding',
    amount: -10n,
    instrument: 0,
    rate: 0,
    cause: 'funding',
    ...changes,
  }) as AccountReport
const cancel = (clientOrderId: string): Effect => ({
  kind: 'cancel',
  cancel: { clientOrderId, account: 0, instrument: 1, reason: 'flatten' } as never,
})

const target = (changes: Readonly<Record<string, unknown>> = {}): Decision['targets'][number] =>
  ({
    signal: { strategy: 0, instrument: 1, direction: 1, qty: 5, stop: 90, reason: 'words', time: 1_000 },
    qty: 5,
    bound: 'signal',
    weight: undefined,
    constraints: [],
    regime: undefined,
    ...changes,
  }) as unknown as Decision['targets'][number]

type Step = readonly [Event, Partial<Decision>]
const hexOf = (steps: readonly Step[], digest = new DecisionDigest(INSTRUMENTS)): string => {
  for (const [event, decision] of steps) digest.observe(event, { ...NOTHING, ...decision })
  return digest.hex()
}

const HISTORY: readonly Step[] = [
  [account(), {}],
  [bar, { targets: [target()], effects: [submit()] }],
  [filled({}, 2), {}],
  [filled({ tradeId: 8 }), {}],
  [
    bar,
    {
      effects: [
        cancel('ataaaaaaaa:k:2'),
        { kind: 'timer', timer: 't', at: 9 as Micros },
        { kind: 'compute', request: 'aaaaaaaa-1', strategy: 0, model: 'm', inputs: { a: [1] }, delay: 5 },
      ],
    },
  ],
  [bar, { refusals: [{ rule: 'leverage', order: order(), text: 'too much' }] }],
]

describe('the decision digest', () => {
  it('is the same for the same history and changes with every number that was decided or came of it', () => {
    const same = hexOf(HISTORY)
    expect(hexOf(HISTORY)).toBe(same)
    const changed: readonly (readonly [number, Step])[] = [
      ...(
        [
          { amount: -11n },
          { entry: 'deposit' },
          { asset: 'USDC' },
          { exchangeTime: 5 },
          { account: 1 },
          { instrument: -1 },
        ] as const
      ).map((change) => [0, [account(change), {}]] as const),
      ...(
        [
          { qty: 6 },
          { closes: 2 },
          { price: 99 },
          { trigger: 99 },
          { side: 'sell' },
          { type: 'limit' },
          { timeInForce: 'IOC' },
          { reduceOnly: true },
          { decisionPrice: 99 },
          { decidedAt: 1 },
          { reason: 'stop' },
          { attached: undefined },
          {
            attached: {
              cancels: [],
              stop: { clientOrderId: 'ataaaaaaaa:k:2', side: 'sell', trigger: 90, qty: 5, workingType: 'last' },
            },
          },
          {
            attached: {
              cancels: ['ataaaaaaaa:k:0'],
              stop: { clientOrderId: 'ataaaaaaaa:k:2', side: 'sell', trigger: 91, qty: 5, workingType: 'last' },
            },
          },
          {
            attached: {
              cancels: ['ataaaaaaaa:k:0'],
              stop: { clientOrderId: 'ataaaaaaaa:k:2', side: 'buy', trigger: 90, qty: 5, workingType: 'last' },
            },
          },
          { shares: [{ strategy: 1, qty: 5 }] },
          { instrument: 0 },
          { account: 1 },
          { workingType: 'mark' },
          { positionSide: 'long' },
        ] as const
      ).map((change) => [1, [bar, { targets: [target()], effects: [submit(change)] }]] as const),
      ...(
        [
          { qty: 6 },
          { bound: 'leverage' },
          { signal: { ...target().signal, stop: undefined } },
          { signal: { ...target().signal, instrument: 0 } },
        ] as const
      ).map((change) => [1, [bar, { targets: [target(change)], effects: [submit()] }]] as const),
      ...(
        [
          { price: 102 },
          { qty: 4 },
          { fee: 4n },
          { realised: -1n },
          { liquidity: 'maker' },
          { side: 'sell' },
          { exchangeTime: 1_501 },
          { reason: 'stop' },
          { instrument: 0 },
        ] as const
      ).map((change) => [2, [filled(change, 2), {}]] as const),
      [4, [bar, { effects: [] }]],
      [5, [bar, { refusals: [{ rule: 'leverage', order: order({ qty: 6 }), text: 'too much' }] }]],
      [5, [bar, { refusals: [{ rule: 'leverage', order: order({ closes: 2 }), text: 'too much' }] }]],
      [5, [bar, {}]],
    ]
    const hexes = changed.map(([at, step]) => hexOf(HISTORY.map((old, i) => (i === at ? step : old))))
    expect(hexes).not.toContain(same)
    expect(new Set(hexes).size).toBe(hexes.length)
  })

  it('does not know run ids, indices, trade numbers, sequence numbers or words for people', () => {
    const same = hexOf([
      [bar, { targets: [target()], effects: [submit()] }],
      [filled(), {}],
    ])
    const rename = {
      clientOrderId: 'atbbbbbbbb:k:a',
      attached: {
        cancels: ['atbbbbbbbb:k:9'],
        stop: { clientOrderId: 'atbbbbbbbb:k:b', side: 'sell', trigger: 90, qty: 5, workingType: 'last' },
      },
    }
    const words = target({ signal: { ...target().signal, reason: 'other words' } })
    expect(
      hexOf([
        [bar, { targets: [words], effects: [submit(rename)] }],
        [{ ...filled({ clientOrderId: 'atbbbbbbbb:k:a', tradeId: 99 }), seq: 77 }, {}],
      ]),
    ).toBe(same)
    const swapped = new DecisionDigest([instrumentOf('BBB', 0), instrumentOf('AAA', 1)])
    const moved = target({ signal: { ...target().signal, instrument: 0 } })
    expect(
      hexOf(
        [
          [bar, { targets: [moved], effects: [submit({ instrument: 0 })] }],
          [filled({ instrument: 0 }), {}],
        ],
        swapped,
      ),
    ).toBe(same)
  })

  it('tells orders apart by the order of their appearance', () => {
    const two: Step = [
      bar,
      { effects: [submit({ attached: undefined }), submit({ attached: undefined, clientOrderId: 'ataaaaaaaa:k:5' })] },
    ]
    const first = hexOf([two, [bar, { effects: [cancel('ataaaaaaaa:k:1')] }]])
    const second = hexOf([two, [bar, { effects: [cancel('ataaaaaaaa:k:5')] }]])
    expect(first).not.toBe(second)
  })

  it('takes nothing from facts on which nothing was decided', () => {
    const accepted: Event = { ...filled(), kind: 'order-accepted', fill: undefined }
    expect(
      hexOf([
        [bar, {}],
        [accepted, {}],
        [bar, { notes: ['a note'] }],
      ]),
    ).toBe(new DecisionDigest(INSTRUMENTS).hex())
  })

  it('goes on from a snapshot as if nothing had been between', () => {
    const same = hexOf(HISTORY)
    for (let cut = 0; cut <= HISTORY.length; cut++) {
      const before = new DecisionDigest(INSTRUMENTS)
      hexOf(HISTORY.slice(0, cut), before)
      const after = new DecisionDigest(INSTRUMENTS)
      after.restore(JSON.parse(JSON.stringify(before.snapshot())))
      expect(hexOf(HISTORY.slice(cut), after)).toBe(same)
    }
  })

  it('forgets orders that are done', () => {
    const digest = new DecisionDigest(INSTRUMENTS)
    for (let i = 0; i < 100; i++) {
      const id = `ataaaaaaaa:k:${i}`
      hexOf(
        [
          [bar, { effects: [submit({ clientOrderId: id, attached: undefined })] }],
          [filled({ clientOrderId: id }), {}],
        ],
        digest,
      )
    }
    expect(digest.snapshot()).toMatchObject({ appeared: 100, orders: [] })
  })
})
