import { describe, expect, it } from 'vitest'
import { decodePlain, encodePlain } from '../core/plain.ts'
import type { Decision } from '../domain/decision.ts'
import type { OrderRequest } from '../domain/order.ts'
import { accountReport, filled, fill, report, rules, spec, still } from '../../test/kernel/fixtures.ts'
import { KernelBench } from '../../test/kernel/kernel-bench.ts'
import { intervalOf } from '../core/time.ts'
import type { Qty } from '../core/exact.ts'
import type { StrategyContext, StrategyInstance } from '../strategy/strategy.ts'
import { Kernel } from './kernel.ts'
import type { KernelState } from './kernel.ts'

const submitted = ({ effects }: Decision): OrderRequest[] =>
  effects.flatMap((effect) => (effect.kind === 'submit' ? [effect.order] : []))
const cancelled = ({ effects }: Decision): string[] =>
  effects.flatMap((effect) => (effect.kind === 'cancel' ? [effect.cancel.clientOrderId] : []))

const LOOSE = {
  leverage: { enabled: false },
  concentration: { enabled: false },
  drawdown: { enabled: false },
  loss: { enabled: false },
}

function funded(given: ConstructorParameters<typeof KernelBench>[0] = {}): KernelBench {
  const bench = new KernelBench(given)
  bench.deposit(10_000_000)
  return bench
}

/** Long 10 at 10,000, a stop at 9,000 standing. */
function long(given: ConstructorParameters<typeof KernelBench>[0] = {}): KernelBench {
  const bench = funded(given)
  bench.bar(10_000, [{ direction: 1, qty: 10, stop: 90 }])
  bench.execute([...bench.open.values()][0], 10_000)
  return bench
}

describe('the way of a decision', () => {
  it('goes from opinion to an order with its stop, which the next opinion replaces', () => {
    const bench = funded()
    const decision = bench.bar(10_000, [{ direction: 1, qty: 10, stop: 90 }])
    expect(decision.targets).toMatchObject([{ qty: 10, bound: 'signal', signal: { stop: 9_000 } }])
    const [entry] = submitted(decision)
    expect(entry).toMatchObject({ side: 'buy', qty: 10, reason: 'signal', decisionPrice: 10_000, decidedAt: bench.now })
    expect(entry.clientOrderId).toBe('atbenchaaa:k:0')
    // In flight: the same opinion again wants nothing.
    expect(submitted(bench.bar(10_000, [{ direction: 1, qty: 10 }]))).toEqual([])
    bench.execute({ request: entry, filled: 0 }, 10_000)
    const [turn] = submitted(bench.bar(10_000, [{ direction: -1, qty: 4, stop: 110 }]))
    expect(turn).toMatchObject({
      side: 'sell',
      qty: 14,
      reason: 'reversal',
      attached: { cancels: [entry.attached?.stop?.clientOrderId], stop: { qty: 4, trigger: 11_000 } },
    })
    bench.execute({ request: turn, filled: 0 }, 10_000)
    expect(bench.kernel.view.netQty(0, 0)).toBe(-4)
    expect(bench.kernel.orders.openCount).toBe(1)
  })

  it('is cleared before the next event', () => {
    const bench = funded()
    bench.bar(10_000, [{ direction: 1, qty: 10 }])
    const decision = bench.kernel.handle(accountReport('funding', 0n))
    expect([decision.effects, decision.targets, decision.refusals, decision.notes]).toEqual([[], [], [], []])
  })

  it('cancels entries in flight that lead away from a new target, and plans from the book', () => {
    const bench = long()
    const [more] = submitted(bench.bar(10_000, [{ direction: 1, qty: 30 }]))
    const decision = bench.bar(10_000, [{ direction: 1, qty: 4 }])
    expect(decision.effects).toMatchObject([
      { kind: 'cancel', cancel: { clientOrderId: more.clientOrderId, reason: 'superseded' } },
      { kind: 'submit', order: { side: 'sell', qty: 6, closes: 6, reduceOnly: true } },
    ])
    // What leads the same way stays, and counts.
    const other = long()
    other.bar(10_000, [{ direction: 1, qty: 30 }])
    expect(other.bar(10_000, [{ direction: 1, qty: 45 }]).effects).toMatchObject([
      { kind: 'submit', order: { side: 'buy', qty: 15 } },
    ])
  })

  it('sizes what has no size by the allocation', () => {
    // Half of twice the equity at 10,000 a unit.
    const bench = funded({ risk: { leverage: { max: 2 } }, allocation: { fraction: 0.5 } })
    expect(submitted(bench.bar(10_000, [{ direction: -1 }]))).toMatchObject([{ side: 'sell', qty: 1_000 }])
  })
})

describe('a refused reversal', () => {
  it('still closes: nobody wants the old side any more', () => {
    const bench = long({ risk: { leverage: { max: 0.01 } } })
    expect(bench.kernel.view.netQty(0, 0)).toBe(10)
    const decision = bench.bar(10_000, [{ direction: -1, qty: 11, stop: 110 }])
    expect(decision.refusals).toMatchObject([{ rule: 'leverage', order: { reason: 'reversal', qty: 21 } }])
    const [close] = submitted(decision)
    expect(close).toMatchObject({ side: 'sell', qty: 10, reason: 'signal', attached: { stop: undefined } })
    expect(close.attached?.cancels.length).toBe(1)
    bench.execute({ request: close, filled: 0 }, 10_000)
    expect([bench.kernel.view.netQty(0, 0), bench.kernel.orders.openCount, bench.open.size]).toEqual([0, 0, 0])
  })

  it('does not close twice', () => {
    const bench = long({ risk: { leverage: { max: 0.01 } } })
    bench.bar(10_000, [{ direction: -1, qty: 11 }])
    // The close is in flight: from 0 it is no reversal any more, and too much all the same.
    const again = bench.bar(10_000, [{ direction: -1, qty: 1_001 }])
    expect(submitted(again)).toEqual([])
    expect(again.refusals).toMatchObject([{ rule: 'leverage', order: { reason: 'signal' } }])
  })

  it('is a refusal and nothing else when a first entry is meant', () => {
    const decision = funded({ risk: { leverage: { max: 0.01 } } }).bar(10_000, [{ direction: 1, qty: 11 }])
    expect(decision.effects).toEqual([])
    expect(decision.refusals.length).toBe(1)
  })
})

describe('commands', () => {
  it.each(['pause', 'reduce'] as const)('%s lets only what reduces through, and resume everything', (command) => {
    const bench = long()
    bench.command(command)
    expect(bench.bar(10_000, [{ direction: 1, qty: 20 }]).refusals).toMatchObject([{ rule: 'trading-state' }])
    expect(submitted(bench.bar(10_000, [{ direction: 1, qty: 4 }]))).toMatchObject([{ side: 'sell', qty: 6 }])
    bench.command('resume')
    // The sale still in flight leads away from more: it is cancelled, and the book alone counts.
    const more = bench.bar(10_000, [{ direction: 1, qty: 20 }])
    expect([cancelled(more).length, submitted(more)]).toMatchObject([1, [{ side: 'buy', qty: 10 }]])
  })

  it.each(['pause', 'reduce'] as const)('%s cancels what could open and leaves stops and exits', (command) => {
    const bench = long({ instruments: [spec(), spec({ symbol: 'ETHUSDT' })] })
    const [exit] = submitted(bench.bar(10_000, [{ direction: 1, qty: 4, stop: 90 }]))
    const [entry] = submitted(bench.bar(5_000, [{ direction: -1, qty: 7 }], 1))
    expect(exit.reduceOnly).toBe(true)
    expect(bench.command(command).effects).toMatchObject([
      { kind: 'cancel', cancel: { clientOrderId: entry.clientOrderId, reason: command } },
    ])
  })

  it.each(['pause', 'reduce'] as const)('%s after flatten stays HALTED', (command) => {
    const bench = long()
    bench.command('flatten')
    bench.command(command)
    expect(bench.kernel.snapshot()).toMatchObject({ risk: { ordered: 'HALTED' }, flattening: true })
    bench.command('resume')
    expect(bench.kernel.snapshot()).toMatchObject({ risk: { ordered: 'ACTIVE' }, flattening: false })
  })

  it('flatten cancels what could open and closes what is held, through the second door, and halts; stops stay until then', () => {
    const bench = long({ instruments: [spec(), spec({ symbol: 'ETHUSDT' })] })
    bench.bar(5_000, [{ direction: -1, qty: 7 }], 1)
    const [stop, entry] = [...bench.open.values()].map(({ request }) => request)
    expect([stop.reason, entry.reason]).toEqual(['stop', 'signal'])
    const decision = bench.command('flatten')
    expect(cancelled(decision)).toEqual([entry.clientOrderId])
    expect(submitted(decision)).toMatchObject([
      { instrument: 0, side: 'sell', qty: 10, closes: 10, reduceOnly: true, shares: [], reason: 'flatten' },
    ])
    expect(bench.bar(10_000, [{ direction: 1, qty: 12 }]).refusals).toMatchObject([
      { rule: 'trading-state', text: 'trading is HALTED' },
    ])
    bench.tell('order-canceled', entry)
    bench.execute(bench.open.get(submitted(decision)[0].clientOrderId)!, 9_900)
    bench.tell('order-expired', stop, { reason: 'position-closed' })
    const { view, orders } = bench.kernel
    expect([view.netQty(0, 0), view.bookQty(0, 0), orders.openCount, orders.inFlight(0, 0), orders.inFlight(1, 1)]).toEqual([
      0, 0, 0, 0, 0,
    ])
    expect(view.equity(0)).toBe(10_000_000 - 10 * 100)
  })

  it('flatten closes what its own cancel could not stop any more', () => {
    const bench = long()
    const [more] = submitted(bench.bar(10_000, [{ direction: 1, qty: 30 }]))
    const [first] = submitted(bench.command('flatten'))
    expect(first.qty).toBe(10)
    bench.execute(bench.open.get(more.clientOrderId)!, 10_000)
    expect(bench.kernel.view.netQty(0, 0)).toBe(30)
    // One at a time: the next goes when the report of the first has come.
    expect([...bench.open.values()].filter(({ request }) => request.reason === 'flatten').length).toBe(1)
    bench.execute(bench.open.get(first.clientOrderId)!, 10_000)
    const [second] = [...bench.open.values()].filter(({ request }) => request.reason === 'flatten')
    expect(second.request).toMatchObject({ side: 'sell', qty: 20, reduceOnly: true })
    bench.execute(second, 10_000)
    expect(bench.kernel.view.netQty(0, 0)).toBe(0)
  })

  it('a second flatten while the first is on its way sends nothing more', () => {
    const bench = long()
    const [first] = submitted(bench.command('flatten'))
    expect(submitted(bench.command('flatten'))).toEqual([])
    bench.execute(bench.open.get(first.clientOrderId)!, 10_000)
    expect(bench.kernel.view.netQty(0, 0)).toBe(0)
  })
})

describe('the universe', () => {
  it('grows by listed events: the strategies trade what is new', () => {
    const bench = funded()
    bench.list({ symbol: 'NEWUSDT' })
    expect(bench.kernel.instruments.map(({ symbol, index }) => [symbol, index])).toEqual([
      ['BTCUSDT', 0],
      ['NEWUSDT', 1],
    ])
    const [order] = submitted(bench.bar(500, [{ direction: 1, qty: 3 }], 1))
    bench.execute({ request: order, filled: 0 }, 500)
    expect(bench.kernel.view.netQty(0, 1)).toBe(3)
    bench.bar(700, [], 1)
    expect(bench.kernel.view.equity(0)).toBe(10_000_000 + 3 * 200)
  })

  it("leaves an instrument of another venue to that venue's strategies", () => {
    const bench = funded()
    bench.list({ venue: 'other', symbol: 'X' })
    expect(bench.bar(500, [{ direction: 1, qty: 3 }], 1).targets).toEqual([])
  })

  it('is refused where an instrument settles in another asset than the account', () => {
    const settle = { name: 'USDC', scale: 8 }
    expect(() => new KernelBench({ instruments: [spec({ settle })] })).toThrow(
      expect.objectContaining({ code: 'settlement-asset' }),
    )
    expect(() => funded().list({ symbol: 'NEWUSDC', settle })).toThrow(expect.objectContaining({ code: 'settlement-asset' }))
  })

  it('shrinks by delisted events: orders go, nothing new is sent', () => {
    const bench = long({ instruments: [spec(), spec({ symbol: 'ETHUSDT' })] })
    bench.bar(5_000, [{ direction: 1, qty: 7 }], 1)
    const [stop, entry] = [...bench.open.keys()]
    expect(cancelled(bench.handle({ kind: 'delisted', seq: 0, time: bench.now, instrument: 0 }))).toEqual([stop])
    expect(bench.bar(10_000, [{ direction: -1, qty: 5 }]).effects).toEqual([])
    expect(bench.open.has(entry)).toBe(true)
    // The venue settles the position and reports it.
    bench.liquidate(0, 10_100)
    expect([bench.kernel.view.netQty(0, 0), bench.kernel.view.bookQty(0, 0)]).toEqual([0, 0])
  })
})

describe('reports', () => {
  it('book an execution once, and say when it comes again', () => {
    const bench = funded()
    const [order] = submitted(bench.bar(10_000, [{ direction: 1, qty: 10 }]))
    const done = filled(fill({ clientOrderId: order.clientOrderId, tradeId: 77 }))
    expect(bench.handle({ ...done }).notes).toEqual([])
    expect(bench.handle({ ...done }).notes).toEqual([`fill 77 of ${order.clientOrderId} was reported before`])
    expect(bench.kernel.view.netQty(0, 0)).toBe(10)
  })

  it('of forced executions are booked though no order of ours', () => {
    const bench = long()
    bench.liquidate(0, 9_500)
    expect([bench.kernel.view.netQty(0, 0), bench.kernel.view.bookQty(0, 0), bench.kernel.view.equity(0)]).toEqual([
      0,
      0,
      10_000_000 - 5_000,
    ])
  })

  it('of orders that are not known are told', () => {
    expect(funded().handle(report('order-canceled', { clientOrderId: 'who' })).notes).toEqual([
      'order-canceled for who, which is not open here',
    ])
    expect(funded().handle(report('order-rejected', { clientOrderId: 'who' })).notes).toEqual([])
  })

  it('that realise other than our books stop the program', () => {
    const bench = long()
    expect(() =>
      bench.handle(filled(fill({ clientOrderId: 'x', tradeId: 99, side: 'sell', qty: 10, price: 10_100, realised: 999n }))),
    ).toThrow(/the venue realised 999, our books 1000/)
  })

  it('of money change wallet and equity by their kind', () => {
    const bench = funded()
    bench.bar(10_000)
    bench.handle(accountReport('funding', -5_000n))
    expect(bench.kernel.view.equity(0)).toBe(9_995_000)
    expect(bench.kernel.view.peakEquity(0)).toBe(10_000_000)
    bench.deposit(-1_000_000)
    expect([bench.kernel.view.equity(0), bench.kernel.view.peakEquity(0), bench.kernel.view.equityAtDayStart(0)]).toEqual([
      8_995_000,
      // What was lost stays the same share of the highest.
      10_000_000 * (8_995_000 / 9_995_000),
      10_000_000 * (8_995_000 / 9_995_000),
    ])
    expect(bench.kernel.positions.ledger(0).total('funding', 'USDT')).toBe(-5_000n)
  })
})

describe('losses', () => {
  it('stop what opens and not what closes', () => {
    const bench = long({ risk: { ...LOOSE, drawdown: { moderate: 0.001 } } })
    bench.bar(10_000)
    bench.bar(8_900) // 11,000 of 10,000,000
    expect(bench.bar(8_900, [{ direction: 1, qty: 11 }]).refusals).toMatchObject([{ rule: 'drawdown' }])
    expect(submitted(bench.bar(8_900, [{ direction: 0 }]))).toMatchObject([{ side: 'sell', qty: 10 }])
  })

  it('of a day stop it until the next day', () => {
    const bench = long({ risk: { ...LOOSE, loss: { day: 0.001, week: 1 } } })
    bench.bar(10_000)
    expect(bench.bar(8_900, [{ direction: 1, qty: 11 }]).refusals).toMatchObject([{ rule: 'loss' }])
    for (let hour = 0; hour < 24; hour++) bench.bar(8_900)
    expect(submitted(bench.bar(8_900, [{ direction: 1, qty: 11 }])).length).toBe(1)
  })
})

describe('slow mathematics', () => {
  /** Asks at every bar, and wants what the newest answer says. */
  const asking = {
    name: 'asking',
    description: '',
    parameters: {},
    warmUp: () => 0,
    memory: () => 0,
    models: { double: (inputs: unknown) => Number(inputs) * 2 },
    create: ({ compute, qty }: StrategyContext): StrategyInstance => {
      const state = { answer: 0 }
      return {
        state,
        onBar({ close }) {
          compute('double', close, 1_000)
          return state.answer === 0
            ? undefined
            : { direction: 1, qty: (state.answer * qty('0.000001')) as Qty, reason: 'answered' }
        },
        onAnswer: (answer) => void (state.answer = Number(answer)),
      }
    },
  }
  const config = { strategies: [{ definition: asking, params: {}, interval: intervalOf('1h'), account: 0 }], risk: LOOSE }

  it('is an effect with a number of its own, answered by an event, also over a restart', () => {
    const bench = funded(config)
    const [first] = bench.bar(300).effects
    expect(first).toEqual({ kind: 'compute', request: 'benchaaa-1', strategy: 0, model: 'double', inputs: 3, delay: 1_000 })
    if (first.kind !== 'compute') throw new Error('no request')
    const answer = bench.kernel.modelOf(first)(first.inputs)
    bench.handle({ kind: 'model-answer', seq: 0, time: bench.now, request: first.request, strategy: 0, answer, late: false })
    const restored = new Kernel(bench.config)
    restored.restore(decodePlain(encodePlain(bench.kernel.snapshot())) as KernelState)
    const decision = restored.handle(still(1, 400))
    expect(submitted(decision)).toMatchObject([{ qty: 6 }])
    expect(decision.effects.at(-1)).toMatchObject({ kind: 'compute', request: 'benchaaa-2', inputs: 4 })
  })

  it('that the strategy does not define stops the program', () => {
    expect(() =>
      funded(config).kernel.modelOf({ kind: 'compute', request: 'x', strategy: 0, model: 'triple', inputs: 1, delay: 1 }),
    ).toThrow(/a model 'triple' that it does not define/)
  })
})

describe('a restart', () => {
  it('keeps state, orders, books, listings, delistings and changed rules', () => {
    const bench = long({ instruments: [spec(), spec({ symbol: 'ETHUSDT' })] })
    bench.list({ symbol: 'NEWUSDT' })
    bench.bar(500, [{ direction: 1, qty: 3 }], 2)
    bench.handle({ kind: 'delisted', seq: 0, time: bench.now, instrument: 1 })
    bench.handle({ kind: 'rules-changed', seq: 0, time: bench.now, instrument: 0, rules: rules({ from: bench.now, tick: 50 }) })
    bench.command('reduce')
    const saved = encodePlain(bench.kernel.snapshot())
    const restored = new Kernel(bench.config)
    restored.restore(decodePlain(saved) as KernelState)
    expect(encodePlain(restored.snapshot())).toBe(saved)
    expect(restored.instruments.map(({ symbol }) => symbol)).toEqual(['BTCUSDT', 'ETHUSDT', 'NEWUSDT'])
    expect(restored.instruments[0].rulesAt(bench.now).tick).toBe(50)
    expect(restored.view.equity(0)).toBe(bench.kernel.view.equity(0))
    expect(restored.view.bookQtyInFlight(2, 2)).toBe(3)
  })

  it('is refused into a kernel that was in use, from another format, or from another set-up', () => {
    const bench = funded()
    const state = bench.kernel.snapshot()
    expect(() => bench.kernel.restore(state)).toThrow(/cannot be restored/)
    expect(() => new Kernel(bench.config).restore({ ...state, format: 1 as 2 })).toThrow(/format 1/)
    expect(() => new Kernel({ ...bench.config, strategies: [] }).restore(state)).toThrow(/other strategies or instruments/)
  })
})

it('what was lost is told in words', () => {
  expect(
    funded().handle({ kind: 'gap', seq: 0, time: 1 as Decision['targets'][0]['signal']['time'], instrument: 0, lost: 3 }).notes,
  ).toEqual(['3 market events of BTCUSDT were lost'])
})
