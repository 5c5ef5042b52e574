import { describe, expect, it } from 'vitest'
import type { Qty } from '../core/exact.ts'
import type { View } from '../domain/view.ts'
import { instrument, order, rules, view } from '../../test/kernel/fixtures.ts'
import { LIMITS } from './limits/list.ts'
import { isReducing } from './reduction.ts'
import { RiskController } from './risk-controller.ts'

/** A view with a position and open orders, by side. */
function holding(net: number, { buys = 0, sells = 0, ...given }: Partial<View> & { buys?: number; sells?: number } = {}): View {
  return view({
    netQty: () => net as Qty,
    netQtyFilled: (_account, _instrument, extra) => net + extra + (extra > 0 ? buys : -sells),
    worstQty: (_account, _instrument, extra) =>
      Math.max(Math.abs(net + buys + Math.max(0, extra)), Math.abs(net - sells + Math.min(0, extra))),
    ...given,
  })
}
const sell = (qty: number): ReturnType<typeof order> => order({ side: 'sell', qty })
const buy = (qty: number): ReturnType<typeof order> => order({ side: 'buy', qty })

describe('an order reduces', () => {
  it('when it leads toward zero and not beyond', () => {
    expect(isReducing(sell(10), holding(10))).toBe(true)
    expect(isReducing(sell(11), holding(10))).toBe(false)
    expect(isReducing(buy(10), holding(-10))).toBe(true)
    expect(isReducing(buy(11), holding(-10))).toBe(false)
    expect(isReducing(buy(1), holding(10))).toBe(false)
    expect(isReducing(sell(1), holding(0))).toBe(false)
  })

  it('not when others that reduce are in flight and together they cross zero', () => {
    expect(isReducing(sell(4), holding(10, { sells: 6 }))).toBe(true)
    expect(isReducing(sell(5), holding(10, { sells: 6 }))).toBe(false)
    expect(isReducing(sell(10), holding(10, { sells: 10 }))).toBe(false)
    expect(isReducing(buy(10), holding(-10, { buys: 10 }))).toBe(false)
  })

  it('when all of it only closes: the venue drops what the position lacks', () => {
    const close = order({ side: 'sell', qty: 10, closes: 10, reduceOnly: true })
    expect(isReducing(close, holding(10, { sells: 10 }))).toBe(true)
    expect(isReducing(close, holding(0))).toBe(true)
  })

  it('also while an order that increases is in flight', () => expect(isReducing(sell(5), holding(10, { buys: 5 }))).toBe(true))
})

describe('the risk controller', () => {
  const poor = { equity: () => 1, peakEquity: () => 1e12 }

  it('names the rule and keeps the order', () => {
    const asked = buy(10)
    expect(new RiskController().approve(asked, view()).approved).toBe(asked)
    expect(new RiskController().approve(asked, view(poor)).refusal).toMatchObject({
      rule: 'leverage',
      order: asked,
      text: expect.stringContaining('gross exposure'),
    })
  })

  it('lets what reduces pass the limits on exposure and loss', () => {
    expect(new RiskController().approve(sell(10), holding(10, poor)).refusal).toBeUndefined()
    expect(new RiskController().approve(sell(11), holding(10, poor)).refusal?.rule).toBe('leverage')
  })

  it("holds the venue's filters and the order rate for everything", () => {
    const bound = { instruments: [instrument({ rules: [rules({ binding: true, step: 4 })] })] }
    expect(new RiskController().approve(sell(10), holding(10, bound)).refusal?.rule).toBe('venueFilters')
    expect(new RiskController().approve(sell(10), holding(10, { ordersSince: () => 1_000 })).refusal?.rule).toBe('orderRate')
  })

  it('takes given values over the defaults', () => {
    const loose = new RiskController(Object.fromEntries(LIMITS.map(({ name }) => [name, { enabled: false }])))
    expect(loose.approve(buy(10), view(poor)).refusal).toBeUndefined()
  })

  it('lets nothing through but what reduces when it is REDUCING, and nothing when it is HALTED', () => {
    const controller = new RiskController()
    expect(controller.state).toBe('ACTIVE')
    controller.setState('REDUCING')
    expect(controller.approve(sell(10), holding(10)).refusal).toBeUndefined()
    expect(controller.approve(sell(11), holding(10)).refusal).toMatchObject({
      rule: 'trading-state',
      text: 'trading is REDUCING',
    })
    expect(controller.approve(sell(10), holding(10, { sells: 10 })).refusal?.rule).toBe('trading-state')
    controller.setState('HALTED')
    expect(controller.approve(sell(1), holding(10)).refusal).toMatchObject({ rule: 'trading-state', text: 'trading is HALTED' })
    controller.setState('ACTIVE')
    expect(controller.approve(buy(10), view()).refusal).toBeUndefined()
  })

  it('is made stricter by tighten and looser only by setState', () => {
    const controller = new RiskController()
    const states = (['HALTED', 'REDUCING', 'ACTIVE'] as const).map((state) => (controller.tighten(state), controller.state))
    expect(states).toEqual(['HALTED', 'HALTED', 'HALTED'])
    controller.setState('ACTIVE')
    controller.tighten('REDUCING')
    expect(controller.state).toBe('REDUCING')
  })

  it('lets every cancel through, whatever the state', () => {
    const controller = new RiskController()
    controller.setState('HALTED')
    const cancel = { clientOrderId: 'a', account: 0, instrument: 0, reason: 'test' }
    expect(controller.approveCancel(cancel)).toBe(cancel)
  })
})
