import { describe, expect, it } from 'vitest'
import { SECOND } from '../core/time.ts'
import type { Micros } from '../core/time.ts'
import type { TransferRequest } from '../domain/decision.ts'
import type { View } from '../domain/view.ts'
import { hours, order, view } from '../../test/kernel/fixtures.ts'
import { KillSwitch } from './kill-switch.ts'
import { RiskController } from './risk-controller.ts'

const at = (seconds: number): Micros => (hours(0) + seconds * SECOND) as Micros
const money = (equity: number, peak = 1_000): View => view({ totalEquity: () => equity, totalPeakEquity: () => peak })

describe('the kill switch', () => {
  const values = { enabled: true, rejections: 3, seconds: 10 }
  it('latches the first reason until it is released', () => {
    const latch = new KillSwitch(values)
    expect([
      latch.isTripped,
      latch.trip('one', at(1)),
      latch.trip('two', at(2)),
      latch.reason,
      latch.since,
      latch.isTripped,
    ]).toEqual([false, true, false, 'one', at(1), true])
    latch.release()
    expect(latch.snapshot()).toEqual({ reason: '', since: 0, rejections: [] })
  })
  it('is pulled by rejections within the window', () => {
    const latch = new KillSwitch(values)
    expect([0, 1, 10, 10.5].map((second) => latch.onRejection(at(second)))).toEqual([false, false, false, true])
    expect(latch.reason).toBe('3 orders were rejected within 10 s')
    expect(latch.onRejection(at(10.6))).toBe(false)
    const off = new KillSwitch({ ...values, enabled: false })
    expect([0, 0, 0, 0].map(() => off.onRejection(at(0)))).toEqual([false, false, false, false])
  })
  it('goes on from a snapshot', () => {
    const latch = new KillSwitch(values)
    latch.onRejection(at(0))
    latch.onRejection(at(1))
    const other = new KillSwitch(values)
    other.restore(structuredClone(latch.snapshot()))
    expect([other.onRejection(at(2)), other.snapshot().rejections.length]).toEqual([true, 3])
  })
})

describe('the controller', () => {
  it('answers to each level once, scales, reduces, halts, and survives a restart', () => {
    const controller = new RiskController()
    expect([controller.onMark(money(950)), controller.scale, controller.level]).toEqual([undefined, 1, 'NONE'])
    expect(controller.onMark(money(900))).toEqual({
      level: 'MILD',
      action: 'scale-down',
      text: 'drawdown is MILD: equity is 10.00 % below its peak',
    })
    expect([controller.onMark(money(900)), controller.scale, controller.state]).toEqual([undefined, 0.5, 'ACTIVE'])
    expect(controller.onMark(money(800))).toMatchObject({ level: 'MODERATE', action: 'stop-opening' })
    expect(controller.state).toBe('REDUCING')
    expect(controller.approve(order(), money(900)).refusal?.text).toBe('trading is REDUCING: drawdown is MODERATE')
    expect(controller.onMark(money(1_000))).toMatchObject({ level: 'NONE', action: 'recovered' })
    expect(controller.state).toBe('ACTIVE')
    expect(controller.onMark(money(700))).toMatchObject({ level: 'SEVERE', action: 'flatten' })
    const restarted = new RiskController()
    restarted.restore(structuredClone(controller.snapshot()))
    for (const each of [controller, restarted]) {
      expect([each.state, each.tripReason]).toEqual(['HALTED', 'drawdown is SEVERE: equity is 30.00 % below its peak'])
      expect(each.approve(order(), money(700)).refusal?.text).toBe(
        'trading is HALTED: drawdown is SEVERE: equity is 30.00 % below its peak',
      )
      expect(each.onMark(money(1_000))).toBeUndefined()
      each.tighten('REDUCING')
      each.setState('ACTIVE')
      expect([each.state, each.level, each.tripReason, each.onMark(money(1_000))]).toEqual(['ACTIVE', 'NONE', '', undefined])
    }
  })
  it('does not release by anything but ACTIVE', () => {
    const controller = new RiskController()
    expect([controller.trip('by hand', at(0)), controller.trip('again', at(1))]).toEqual([true, false])
    controller.setState('REDUCING')
    expect(controller.state).toBe('HALTED')
    controller.release()
    expect([controller.state, controller.snapshot().ordered]).toEqual(['REDUCING', 'REDUCING'])
    expect(controller.approve(order(), view()).refusal?.text).toBe('trading is REDUCING')
  })
  it('keeps a person order of its own when a drawdown ends', () => {
    const controller = new RiskController()
    controller.tighten('HALTED')
    controller.onMark(money(800))
    expect(controller.state).toBe('HALTED')
    controller.onMark(money(1_000))
    expect(controller.state).toBe('HALTED')
  })
  it('halts when equity is used up, once, and not before there was any', () => {
    const none = { drawdown: { enabled: false } }
    const controller = new RiskController(none)
    expect([controller.onMark(money(0, 0)), controller.onMark(money(1))]).toEqual([undefined, undefined])
    expect(controller.onMark(money(0))).toEqual({ level: 'SEVERE', action: 'flatten', text: 'equity is used up' })
    expect([controller.onMark(money(0)), controller.state]).toEqual([undefined, 'HALTED'])
    const off = new RiskController({ ...none, killSwitch: { enabled: false } })
    expect([off.onMark(money(-5)), off.state]).toEqual([undefined, 'ACTIVE'])
  })
  it('halts after rejections', () => {
    const controller = new RiskController({ killSwitch: { rejections: 2 } })
    expect(controller.onRejection(at(0))).toBeUndefined()
    expect(controller.onRejection(at(1))).toEqual({
      level: 'SEVERE',
      action: 'flatten',
      text: '2 orders were rejected within 60 s',
    })
    expect([controller.onRejection(at(1)), controller.state]).toEqual([undefined, 'HALTED'])
  })
  it('asks protections of what opens only', () => {
    const wide = { spread: () => 0.5 }
    const controller = new RiskController()
    expect(controller.approve(order(), view(wide)).refusal?.rule).toBe('spreadBlowOut')
    expect(controller.approve(order({ reduceOnly: true }), view(wide)).refusal).toBeUndefined()
  })
})

describe('a protective stop', () => {
  const controller = new RiskController()
  controller.trip('halted', at(0))
  const stop = (side: string, given = {}): ReturnType<typeof order> =>
    order({ side, reduceOnly: true, trigger: 9_000, type: 'stop-market', ...given })
  const holding = (up: number, down: number): View =>
    view({ netQtyFilled: (_account, _instrument, extra) => extra + (extra > 0 ? up : down) })
  it('passes a halt as long as there is, or may be, something to close', () => {
    expect(controller.approveStop(stop('sell'), holding(1, 0)).refusal).toBeUndefined()
    expect(controller.approveStop(stop('buy'), holding(0, -1)).refusal).toBeUndefined()
    const asked = stop('sell')
    expect(controller.approveStop(asked, holding(1, 0)).approved).toBe(asked)
  })
  it('is refused where it closes nothing, or could open', () => {
    expect(controller.approveStop(stop('sell'), holding(0, -1)).refusal).toMatchObject({
      rule: 'protective-stop',
      text: 'there is nothing that this sell would reduce',
    })
    expect(controller.approveStop(stop('buy'), holding(1, 0)).refusal?.text).toBe('there is nothing that this buy would reduce')
    for (const given of [{ reduceOnly: false }, { trigger: undefined }])
      expect(controller.approveStop(stop('sell', given), holding(1, 0)).refusal).toMatchObject({
        rule: 'protective-stop',
        text: 'a protective stop is reduce-only and has a trigger',
      })
  })
})

describe('a transfer', () => {
  const ask = (amount: bigint, given: Partial<TransferRequest> = {}): TransferRequest =>
    ({ from: 0, to: 1, asset: 'USDT', amount, reason: 'test', ...given }) as TransferRequest
  // 10 at 10,000: with a leverage of 2, 50,000 of 80,000 are needed.
  const held = view({
    accounts: 2,
    equity: () => 80_000,
    netQtyFilled: (account, _i, extra) => extra + (account === 0 ? 10 : 99),
    worstQty: () => 10,
  })
  it('takes what the leverage limit leaves', () => {
    const controller = new RiskController({ leverage: { max: 2 } })
    const asked = ask(30_000n)
    expect(controller.approveTransfer(asked, held).approved).toBe(asked)
    expect(controller.approveTransfer(ask(30_001n), held)).toEqual({
      approved: undefined,
      refusal: 'equity 0 would be left in account 0, whose positions need 0',
    })
  })
  it('takes what the maintenance margin leaves where leverage has no limit, and never more than there is', () => {
    const controller = new RiskController({ leverage: { enabled: false } })
    expect(controller.approveTransfer(ask(79_500n), held).refusal).toBeUndefined()
    expect(controller.approveTransfer(ask(79_501n), held).refusal).toMatch(/would be left/)
    expect(
      controller.approveTransfer(ask(6n), view({ equity: () => 5, netQtyFilled: (_a, _i, extra) => extra, worstQty: () => 0 }))
        .refusal,
    ).toMatch(/would be left/)
  })
  it('goes elsewhere and moves something', () => {
    const controller = new RiskController()
    expect(controller.approveTransfer(ask(1n, { to: 0 }), held).refusal).toBe('a transfer goes to another account')
    for (const amount of [0n, -1n])
      expect(controller.approveTransfer(ask(amount), held).refusal).toBe('a transfer moves a positive amount')
  })
})
