/** The recorder of attributions, with decisions made by hand, and the rows that come of it. */
import { describe, expect, it } from 'vitest'
import { accountReport, hours, instrument, report, signal, still } from '../../test/kernel/fixtures.ts'
import type { Money, Price } from '../core/exact.ts'
import { DAY } from '../core/time.ts'
import type { Booking, Decision, Target } from '../domain/decision.ts'
import type { RegimeState } from '../domain/regime.ts'
import { attributionDocument } from './attribution-document.ts'
import { AttributionRecorder } from './attribution-recorder.ts'
import { buyAndHold } from './buy-and-hold.ts'

const decision = (given: Partial<Decision> = {}): Decision => ({
  effects: [],
  targets: [],
  refusals: [],
  bookings: [],
  regimes: [],
  actions: [],
  notes: [],
  ...given,
})
const booking = (given: Partial<Record<keyof Booking, unknown>>): Booking =>
  ({
    kind: 'fill',
    strategy: 0,
    account: 0,
    instrument: 0,
    qty: 0,
    price: 0,
    amount: 0n,
    slippage: 0n,
    ...given,
  }) as unknown as Booking
const target = (bound: string, direction = 1): Target => ({ bound, signal: signal({ direction }) }) as unknown as Target

/** A kernel of which only equity and regimes are asked. */
class Account {
  readonly instruments = [instrument()]
  equity = 0n
  label = 'R1'
  readonly accounts = 1
  readonly positions = { accounts: 1, exactEquity: (): Money => this.equity as Money }
  readonly view = { regime: (): RegimeState => ({ label: this.label }) as unknown as RegimeState }
}

function run(kernel: Account): AttributionRecorder {
  const recorder = new AttributionRecorder(kernel)
  recorder.observe(accountReport('deposit', 10_000n), decision())
  recorder.observe(still(0, 100), decision({ regimes: [0], targets: [target('budget'), target('budget'), target('budget', 0)] }))
  recorder.observe(
    report('order-filled', { exchangeTime: hours(2), time: hours(2) }),
    decision({ bookings: [booking({ qty: 10, price: 101, amount: -5n, slippage: 10n })], targets: [target('volume')] }),
  )
  recorder.observe(still(30, 110), decision())
  kernel.label = 'R5'
  recorder.observe(still(31, 110), decision({ regimes: [0] }))
  recorder.observe(still(32, 110), decision({ regimes: [0] }))
  recorder.observe(still(24 * 33, 120), decision({ bookings: [booking({ kind: 'funding', amount: -1n })] }))
  kernel.equity = 10_000n + 10n * (120n - 101n) - 6n
  return recorder
}

const held = buyAndHold([])
const documentOf = (recorder: AttributionRecorder) =>
  attributionDocument({
    recorder,
    symbols: ['BTCUSDT'],
    scale: 0,
    strategyOf: (index) => (index < 0 ? null : 'trend'),
    held,
    from: hours(0),
    to: hours(24 * 33 + 1),
    riskFree: 0,
  })

describe('the recorder of attributions', () => {
  it('gives every regime, strategy and month its part, to the last unit', () => {
    const recorder = run(new Account())
    recorder.finish()
    const { attribution, regimes, sizing, exposureByStrategy } = documentOf(recorder)
    expect(attribution.total).toMatchObject({ result: '184', price: '200', slippage: '-10', commission: '-5', funding: '-1' })
    expect(attribution.byRegime.map(({ regime, result }) => [regime, result])).toEqual([
      [null, '0'],
      ['R1', '85'],
      ['R5', '99'],
    ])
    expect(attribution.byRegime.reduce((sum, { timeShare }) => sum + timeShare, 0)).toBeCloseTo(1, 12)
    expect(attribution.byStrategy).toMatchObject([{ strategy: 'trend', result: '184', fills: 1, trades: 0, turnover: '1010' }])
    expect(attribution.months.map(({ month, equity, result }) => [month, equity, result])).toEqual([
      [1, '10000', '85'],
      [2, '10085', '99'],
    ])
    expect(attribution.months[1].cells).toMatchObject([{ price: '100', funding: '-1', commission: '0' }])
    // A second report of the same label is no new stretch.
    expect(regimes[0].stretches.map(([, label]) => label)).toEqual(['R1', 'R5'])
    expect(sizing.map(({ bound, count }) => [bound, count])).toEqual([
      ['budget', 2],
      ['volume', 1],
    ])
    // 10 at 100 over 10,000 - 5 - 10, the fill having been at 101.
    expect(exposureByStrategy[0].series[0].slice(1)).toEqual([0.10015, 0.10015])
  })

  it('stops when the account earned anything else', () => {
    const kernel = new Account()
    const recorder = run(kernel)
    kernel.equity += 1n
    expect(() => recorder.finish()).toThrow(/earned 185 and 184 was attributed/)
  })
})

describe('buying and holding', () => {
  const bars = (start: number, ...prices: readonly (readonly [open: number, close: number])[]) => ({
    length: prices.length,
    openTime: Float64Array.from(prices, (_, i) => hours(0) + (start + i) * DAY),
    duration: new Float64Array(prices.length).fill(DAY),
    open: Float64Array.from(prices, ([open]) => open as Price),
    close: Float64Array.from(prices, ([, close]) => close as Price),
  })

  it('holds equal parts, each from its first bar on and in cash before', () => {
    const { times, values, months } = buyAndHold([bars(0, [100, 110], [110, 120]), bars(1, [50, 25])])
    expect([...values]).toEqual([(1.1 + 1) / 2, (1.2 + 0.5) / 2])
    expect(times).toHaveLength(2)
    expect(months).toHaveLength(1)
    expect([...months[0].growth]).toEqual([1.2, 0.5])
  })

  it('has a month for each that has bars', () => {
    const { months } = buyAndHold([bars(30, [100, 110], [110, 99])])
    expect(months.map(({ growth }) => growth[0])).toEqual([1.1, 0.99])
    expect(months[1].from > months[0].from).toBe(true)
  })
})
