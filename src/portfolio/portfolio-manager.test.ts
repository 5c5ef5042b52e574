/** When budgets are computed, what they are before and after, and that a cut anywhere changes nothing. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hours, instrument, MONDAY, signal, view } from '../../test/kernel/fixtures.ts'
import { createPrng } from '../core/random.ts'
import { defaultsOf } from '../core/setting.ts'
import { DAY } from '../core/time.ts'
import { MarketStatistics } from '../market/statistics.ts'
import { PortfolioManager, portfolioModel } from './portfolio-manager.ts'
import { PORTFOLIO_SETTINGS } from './settings.ts'
import type { PortfolioValues } from './settings.ts'

const values = (given: Partial<PortfolioValues> = {}): PortfolioValues => ({
  ...defaultsOf(PORTFOLIO_SETTINGS),
  method: 'inverse-volatility',
  ...given,
})

const manager = (given: Partial<PortfolioValues> = {}, shares: readonly number[] = [1]): PortfolioManager =>
  new PortfolioManager({ values: values(given), fraction: 0.9, maxLeverage: 3, shares })

const INSTRUMENTS = [instrument(), instrument({ symbol: 'ETHUSDT' }, 1)]
const at = (hour: number): ReturnType<typeof view> => view({ instruments: INSTRUMENTS, time: hours(hour) })

/** The second moves twice as much as the first. */
function statistics(days: number): MarketStatistics {
  const found = new MarketStatistics()
  found.reserve(2)
  const prng = createPrng(1)
  const closes = [100, 100]
  for (let day = -days; day <= 0; day++)
    closes.forEach((close, i) => {
      closes[i] = close * (1 + 0.01 * (i + 1) * prng.normal())
      found.onBar(i, MONDAY + day * DAY, closes[i], 1, DAY)
    })
  return found
}

describe('budgets', () => {
  it('are the equal part, to the last bit, until an answer comes, and for ever when fixed', () => {
    const fixed = manager({ method: 'fixed' })
    const { budget, share, fraction } = fixed.weigh(signal({ direction: -0.7 }), 0, at(0))
    expect([budget, share, fraction]).toEqual([(0.9 * 3) / 2, 1, (-0.7 * 0.9 * 3) / 2])
    expect(fixed.due(at(1e6))).toBe(false)
    expect(manager().weigh(signal(), 0, at(0)).budget).toBe((0.9 * 3) / 2)
  })

  it('are those of the answer afterwards, on either side', () => {
    const portfolio = manager()
    const request = portfolio.request(at(0), statistics(80))
    expect(request?.delay).toBe(5e6)
    expect(portfolio.onAnswer(portfolioModel(request?.inputs))).toMatch(/^new budgets by inverse-volatility: bound by /)
    const [calm, wild] = [0, 1].map((i) => portfolio.weigh(signal({ instrument: i, direction: -1 }), 0, at(1)))
    expect(calm.budget).toBeGreaterThan(wild.budget)
    expect(calm.fraction).toBe(-calm.budget)
    expect(portfolio.answer?.status).toBe('solved')
  })

  it('go on when nothing was found', () => {
    const portfolio = manager()
    const answer = portfolioModel(portfolio.request(at(0), statistics(80))?.inputs)
    portfolio.onAnswer(answer)
    const before = portfolio.weigh(signal(), 0, at(1))
    expect(portfolio.onAnswer({ ...answer, status: 'kept', reason: 'because' })).toBe('the budgets stay as they were: because')
    expect(portfolio.weigh(signal(), 0, at(1))).toEqual(before)
    expect(() => portfolio.onAnswer('nonsense')).toThrow(/is none/)
  })

  it('are divided among the strategies by their shares', () => {
    const portfolio = manager({ method: 'fixed' }, [0.75, 0.25])
    expect(portfolio.weigh(signal(), 0, at(0)).fraction).toBe(1.35 * 0.75)
    expect(portfolio.weigh(signal(), 1, at(0)).share).toBe(0.25)
    expect(portfolio.share(1)).toBe(0.25)
  })
})

describe('a computation', () => {
  it('is due at once, then after the time set, sooner after a change of regime', () => {
    const portfolio = manager()
    expect(portfolio.due(at(0))).toBe(true)
    portfolio.request(at(0), statistics(80))
    expect([portfolio.due(at(23)), portfolio.due(at(24))]).toEqual([false, true])
    portfolio.hasten()
    expect([portfolio.due(at(3)), portfolio.due(at(4))]).toEqual([false, true])
  })

  it('waits for data', () => {
    const portfolio = manager()
    expect(portfolio.request(at(0), statistics(20))).toBeUndefined()
    expect([portfolio.due(at(3)), portfolio.due(at(4))]).toEqual([false, true])
  })

  it('knows what is held, what it costs and what the strategies think', () => {
    const portfolio = manager({}, [0.75, 0.25])
    portfolio.weigh(signal({ direction: 1 }), 0, at(0))
    portfolio.weigh(signal({ direction: -1 }), 1, at(0))
    const seen = { ...at(0), netQty: () => 20_000_000, fundingRate: () => 0.0001, fundingInterval: () => DAY / 3 }
    const inputs = portfolio.request(seen as unknown as ReturnType<typeof view>, statistics(80))?.inputs
    expect(inputs?.convictions).toEqual([0.5, 0])
    expect(inputs?.current).toEqual([0.2, 0.2])
    expect(inputs?.funding[0]).toBeCloseTo(0.0003, 15)
    expect(inputs?.marginRates).toEqual([0.05, 0.05])
    expect(inputs?.maintenanceRates[0]).toBeCloseTo(0.005, 12)
  })
})

describe('the band', () => {
  const quiet = { ...at(0), volatility: () => 0.02 }
  it('lets everything through when it is off', () => expect(manager().worthTrading(1, 1.0001, 0, quiet)).toBe(true))
  it('lets entries, exits and changes of side through, and refuses what is small', () => {
    const portfolio = manager({ band: 0.1, cost: 0 })
    expect(portfolio.worthTrading(0, 0.01, 0, quiet)).toBe(true)
    expect(portfolio.worthTrading(1, 0, 0, quiet)).toBe(true)
    expect(portfolio.worthTrading(0.01, -0.01, 0, quiet)).toBe(true)
    expect(portfolio.worthTrading(0, 0, 0, quiet)).toBe(false)
    expect(portfolio.worthTrading(0.95, 1, 0, quiet)).toBe(false)
    expect(portfolio.worthTrading(0.85, 1, 0, quiet)).toBe(true)
  })
  it('refuses what does not earn its cost', () => {
    // (2/2) 0.02^2 d^2 > cost d where d > cost / 0.0004
    const portfolio = manager({ band: 0.01, cost: 0.0001 })
    expect(portfolio.worthTrading(1, 1.24, 0, quiet)).toBe(false)
    expect(portfolio.worthTrading(1, 1.26, 0, quiet)).toBe(true)
    expect(portfolio.worthTrading(1, 1.1, 0, at(0))).toBe(true)
  })
})

it('cut anywhere it goes on like the original', () => {
  const known = statistics(80)
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 20 }), fc.nat(20), (steps, cut) => {
      const run = (broken: boolean): unknown => {
        let portfolio = manager({ adaptive: true }, [0.5, 0.5])
        steps.forEach((step, k) => {
          if (broken && k === cut) {
            const state = portfolio.snapshot()
            portfolio = manager({ adaptive: true }, [0.5, 0.5])
            portfolio.restore(state)
          }
          if (step === 0) portfolio.weigh(signal({ direction: k % 2 ? 1 : -0.5, instrument: k % 2 }), k % 2, at(k))
          else if (step === 1) portfolio.hasten()
          else if (step === 2) portfolio.onDay([k, -k], 1_000)
          else if (portfolio.due(at(k * 5))) {
            const request = portfolio.request(at(k * 5), known)
            if (request !== undefined) portfolio.onAnswer(portfolioModel(request.inputs))
          }
        })
        return portfolio.snapshot()
      }
      expect(run(true)).toEqual(run(false))
    }),
    { numRuns: 40 },
  )
})
