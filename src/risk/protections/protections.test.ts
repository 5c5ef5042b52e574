/** Each protection exactly at its bound and one step beyond, switched on and off; and what the unknown means to it. */
import { describe, expect, it } from 'vitest'
import { MINUTE } from '../../core/time.ts'
import type { Micros } from '../../core/time.ts'
import type { RegimeState } from '../../domain/regime.ts'
import type { BookStatistics, View } from '../../domain/view.ts'
import { MONDAY, order, view } from '../../../test/kernel/fixtures.ts'
import { passes, refuses } from '../../../test/risk/check.ts'
import { PROTECTIONS } from './list.ts'

const buy = order()
const sell = order({ side: 'sell' })
const book = (given: Partial<BookStatistics>): Partial<View> => ({
  bookStatistics: (strategy) => ({ ...view().bookStatistics(strategy), ...given }),
})
const ago = (minutes: number): Micros => (MONDAY - minutes * MINUTE) as Micros
const regime = (newRisk: boolean): Partial<View> => ({
  regime: () => ({ label: 'R8', newRisk }) as RegimeState,
})

interface Case {
  readonly name: string
  readonly values: Readonly<Record<string, number>>
  readonly kept: Partial<View>
  readonly broken: Partial<View>
  readonly says: string
}

const cases: readonly Case[] = [
  {
    name: 'staleData',
    values: { minutes: 5 },
    kept: { lastBarEnd: () => (ago(5) + 1) as Micros },
    broken: { lastBarEnd: () => ago(5) },
    says: 'the last bar of BTCUSDT is 5 minutes old; allowed are less than 5',
  },
  {
    name: 'crisisRegime',
    values: {},
    kept: regime(true),
    broken: regime(false),
    says: 'BTCUSDT is in regime R8, which takes no new risk',
  },
  {
    name: 'volatilityHalt',
    values: { max: 0.2 },
    kept: { volatility: () => 0.2 },
    broken: { volatility: () => 0.21 },
    says: 'BTCUSDT moves by 21.00 % a day; allowed are 20.00 %',
  },
  {
    name: 'spreadBlowOut',
    values: { max: 0.01 },
    kept: { spread: () => 0.01 },
    broken: { spread: () => 0.011 },
    says: 'the spread of BTCUSDT is 1.10 %; allowed are 1.00 %',
  },
  {
    name: 'fundingSpike',
    values: { max: 0.01 },
    kept: { fundingRate: () => 0.01 },
    broken: { fundingRate: () => 0.011 },
    says: 'a buy of BTCUSDT pays 1.10 % of funding; allowed are 1.00 %',
  },
  {
    name: 'maxEntries',
    values: { max: 3 },
    kept: { entriesToday: () => 2 },
    broken: { entriesToday: () => 3 },
    says: '3 orders have opened something today',
  },
  {
    name: 'maxTrades',
    values: { max: 3 },
    kept: book({ trades: 2 }),
    broken: book({ trades: 3 }),
    says: 'strategy 0 has made its 3 trades',
  },
  {
    name: 'consecutiveLosses',
    values: { max: 3, minutes: 5 },
    kept: book({ lossesInRow: 2, lastExit: ago(0) }),
    broken: book({ lossesInRow: 3, lastExit: (ago(5) + 1) as Micros }),
    says: 'strategy 0 lost 3 times in a row and pauses for 5 minutes',
  },
  {
    name: 'consecutiveLosses',
    values: { max: 3, minutes: 5 },
    kept: book({ lossesInRow: 3, lastExit: ago(5) }),
    broken: book({ lossesInRow: 4, lastExit: ago(4) }),
    says: 'strategy 0 lost 4 times in a row and pauses for 5 minutes',
  },
  {
    name: 'coolDown',
    values: { stopMinutes: 5, lossMinutes: 2 },
    kept: book({ lastExitReason: 'stop', lastExit: ago(5) }),
    broken: book({ lastExitReason: 'stop', lastExit: (ago(5) + 1) as Micros }),
    says: 'strategy 0 pauses for 5 minutes after a protective stop',
  },
  {
    name: 'coolDown',
    values: { stopMinutes: 5, lossMinutes: 2 },
    kept: book({ lossesInRow: 1, lastExit: ago(2) }),
    broken: book({ lossesInRow: 1, lastExit: (ago(2) + 1) as Micros }),
    says: 'strategy 0 pauses for 2 minutes after a loss',
  },
  {
    name: 'coolDown',
    values: { stopMinutes: 5, lossMinutes: 2 },
    kept: book({ lossesInRow: 0, lastExit: ago(0) }),
    broken: book({ lossesInRow: 1, lastExit: ago(0) }),
    says: 'strategy 0 pauses for 2 minutes after a loss',
  },
]

describe('protections', () => {
  it.each(cases.map((each, i) => [`${i} ${each.name}`, each] as const))('%s', (_, { name, values, kept, broken, says }) => {
    passes(name, { ...values, enabled: true }, buy, kept)
    refuses(says, name, { ...values, enabled: true }, buy, broken)
    passes(name, { ...values, enabled: false }, buy, broken)
  })

  it('forbid nothing where nothing is known', () => {
    for (const { name } of PROTECTIONS) passes(name, { enabled: true }, buy)
    passes('staleData', {}, buy, { lastBarEnd: () => 0 as Micros })
    passes(
      'coolDown',
      { enabled: true, stopMinutes: 1e9 },
      buy,
      book({ lastExitReason: 'stop', time: 0 } as Partial<BookStatistics>),
    )
  })

  it('let the side be that receives the funding', () => {
    passes('fundingSpike', { max: 0.01 }, sell, { fundingRate: () => 0.5 })
    refuses(/a sell of BTCUSDT pays 50.00 %/, 'fundingSpike', { max: 0.01 }, sell, { fundingRate: () => -0.5 })
  })

  it('are a switch each: those that change what a strategy does are off', () => {
    expect(new Set(PROTECTIONS.map(({ name }) => name)).size).toBe(PROTECTIONS.length)
    expect(PROTECTIONS.filter(({ settings }) => settings['enabled'].default === false).map(({ name }) => name)).toEqual([
      'coolDown',
      'consecutiveLosses',
      'maxEntries',
      'maxTrades',
    ])
    for (const { settings } of PROTECTIONS)
      for (const setting of Object.values(settings))
        if ('min' in setting) expect(setting.default >= setting.min && setting.default <= setting.max).toBe(true)
  })
})
