import { describe, expect, it } from 'vitest'
import { showConfig } from '../core/config.ts'
import { LIMITS } from '../risk/limits/list.ts'
import { backtestSettings, CONFIGURATION, loadConfiguration } from './configuration.ts'

const load = (
  set: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
  flags: Parameters<typeof loadConfiguration>[1] = [],
): ReturnType<typeof loadConfiguration> =>
  loadConfiguration({ globals: { config: undefined, set, seed: undefined }, env, cwd: '.' }, flags)

describe('the configuration', () => {
  it('holds every setting of every limit with its own default and words', () => {
    const rows = new Map(showConfig(CONFIGURATION, load()).map((row) => [row.path, row]))
    for (const { name, settings } of LIMITS)
      for (const [key, setting] of Object.entries(settings))
        expect(rows.get(`risk.${name}.${key}`)).toMatchObject({
          value: setting.default,
          description: setting.description,
          origin: 'default',
        })
  })

  it('describes every key', () => {
    for (const { path, description } of showConfig(CONFIGURATION, load())) expect(description, path).toBeTruthy()
  })

  it('becomes the settings of a backtest', () => {
    expect(
      backtestSettings(
        load(['fees.maker=-0.0001', 'participation=none', 'latency.orderMs=1.5', 'risk.orderRate.per10s=7']).value,
      ),
    ).toMatchObject({
      capital: '10000',
      seed: 1,
      leverage: 1,
      riskFree: 0,
      allocation: { fraction: 0.9 },
      fills: { makerFee: -1_000_000, takerFee: 5_000_000, participation: undefined, slippageBps: 0, touch: false },
      latency: { order: 1_500, report: 0, data: 0 },
      risk: { orderRate: { per10s: 7, perMinute: 1_000 } },
    })
  })

  it.each([
    ['capital=-5', "capital is '-5', which must be above 0"],
    ['capital=much', "capital is 'much', which is not a decimal number"],
    ['fees.taker=5', "fees.taker is '5', which must lie between -0.01 and 0.1"],
    ['fees.taker=0.00000000001', 'has more than 10 decimals'],
    ['participation=0', 'must be above 0 and at most 1, or none'],
    ['risk.leverage.max=500', 'risk.leverage.max is 500, the allowed range is 0.01 to 125'],
    ['risk.drawdown.enabled=perhaps', 'risk.drawdown.enabled'],
    ['seed=1.5', 'seed'],
  ])('refuses %s', (set, message) => {
    expect(() => load([set])).toThrow(message)
  })

  describe('risk.maxLeverage', () => {
    const leverage = (...args: Parameters<typeof load>): unknown => {
      const { value, origin } = load(...args)
      return [backtestSettings(value).leverage, origin.get('risk.leverage.max'), 'maxLeverage' in value.risk]
    }

    it('means risk.leverage.max, and the stronger source wins', () => {
      expect(leverage([], { AUTOTRADING_RISK__MAX_LEVERAGE: '3' })).toEqual([3, 'env AUTOTRADING_RISK__MAX_LEVERAGE', false])
      expect(leverage(['risk.leverage.max=2'], { AUTOTRADING_RISK__MAX_LEVERAGE: '3' })).toEqual([2, '--set', false])
      expect(leverage(['risk.maxLeverage=4'], { AUTOTRADING_RISK__LEVERAGE__MAX: '3' })).toEqual([4, '--set', false])
      expect(leverage(['risk.maxLeverage=4'], {}, [{ flag: '--leverage', path: 'risk.leverage.max', value: '5' }])).toEqual([
        5,
        'flag --leverage',
        false,
      ])
    })

    it('may not contradict it within one source', () => {
      expect(() => load(['risk.maxLeverage=4', 'risk.leverage.max=5'])).toThrow('both mean the same')
      expect(leverage(['risk.maxLeverage=4', 'risk.leverage.max=4'])).toEqual([4, '--set', false])
    })
  })
})
