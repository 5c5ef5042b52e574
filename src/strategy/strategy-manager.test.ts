/** What regimes leave to strategies, who may speak against whom, and whose claim comes first. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodePlain, encodePlain } from '../core/plain.ts'
import { HOUR } from '../core/time.ts'
import { REGIME_IDS } from '../domain/regime.ts'
import type { RegimeId, RegimeState } from '../domain/regime.ts'
import { hours, MONDAY, signal } from '../../test/kernel/fixtures.ts'
import { REGIMES } from './regimes/regimes.ts'
import { regimePart, StrategyManager } from './strategy-manager.ts'
import type { ConflictRule, StrategyManagerState } from './strategy-manager.ts'

const regime = (probabilities: Partial<Record<RegimeId, number>>, newRisk = true): RegimeState => ({
  label: REGIME_IDS.find((id) => probabilities[id] !== undefined) ?? 'R1',
  probabilities: REGIME_IDS.map((id) => probabilities[id] ?? 0),
  since: MONDAY,
  newRisk,
  reasons: [],
})
const found = (id: RegimeId) => {
  const each = REGIMES.find((one) => one.id === id)
  if (each === undefined) throw new Error(id)
  return each
}

const MEMBERS = [
  { kind: 'trend', name: 'trend', barLength: HOUR },
  { kind: 'meanReversion', name: 'reversion', barLength: HOUR },
  { kind: undefined, name: 'plain', barLength: 4 * HOUR },
] as const
const managerOf = (conflict: ConflictRule = 'net', changeLimit = 0.2): StrategyManager =>
  new StrategyManager(MEMBERS, { changeLimit }, conflict)

describe('regimePart', () => {
  it('is allocation times risk in a certain regime, and the mean over regimes in an uncertain one', () => {
    for (const { id, allocation, risk, trendSide } of REGIMES) {
      const direction = trendSide === 'short' ? -1 : 1
      expect(regimePart('trend', direction, regime({ [id]: 1 }))).toBe(allocation.trend * risk)
      expect(regimePart(undefined, direction, regime({ [id]: 1 }))).toBe(risk)
    }
    const [one, two] = [found('R1'), found('R5')]
    expect(regimePart('meanReversion', 1, regime({ R1: 0.25, R5: 0.75 }))).toBeCloseTo(
      0.25 * one.allocation['meanReversion'] * one.risk + 0.75 * two.allocation['meanReversion'] * two.risk,
      12,
    )
  })

  it('leaves a trend follower nothing against the trend, others all', () => {
    const sided = REGIMES.filter(({ trendSide }) => trendSide === 'long' || trendSide === 'short')
    expect(sided.length).toBeGreaterThan(1)
    for (const { id, trendSide } of sided) {
      const against = trendSide === 'long' ? -1 : 1
      expect(regimePart('trend', against, regime({ [id]: 1 }))).toBe(0)
      expect(regimePart('meanReversion', against, regime({ [id]: 1 }))).toBe(
        regimePart('meanReversion', -against, regime({ [id]: 1 })),
      )
      // Who wants out is against nobody.
      expect(regimePart('trend', 0, regime({ [id]: 1 }))).toBe(found(id).allocation.trend * found(id).risk)
    }
  })
})

describe('the part of a book', () => {
  const full = regime({ R1: 1 })
  const none = regime({ R7: 1 })
  const plain = { strategy: 2, direction: 1 }

  it('is 1 without regimes, and what the regime says at first', () => {
    expect(managerOf().part(signal(plain), undefined, hours(0))).toBe(1)
    expect(managerOf().part(signal(plain), full, hours(0))).toBe(found('R1').risk)
  })

  it('grows by no more than the limit for each of its own bars, and falls at once', () => {
    const manager = managerOf()
    const low = manager.part(signal(plain), none, hours(0))
    expect(low).toBe(found('R7').risk)
    // Two of its bars of four hours.
    expect(manager.part(signal(plain), full, hours(8))).toBeCloseTo(Math.min(found('R1').risk, low + 0.4), 12)
    expect(manager.part(signal(plain), full, hours(8))).toBeCloseTo(Math.min(found('R1').risk, low + 0.4), 12)
    expect(manager.part(signal(plain), none, hours(8))).toBe(low)
  })

  it('never exceeds what the regime says nor grows faster than the limit, whatever the way', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 12 }), fc.constantFrom<RegimeId>(...REGIME_IDS)), { minLength: 2 }),
        (steps) => {
          const manager = managerOf('net', 0.1)
          let [time, before] = [0, Number.NaN]
          for (const [later, id] of steps) {
            time += later
            const part = manager.part(signal(plain), regime({ [id]: 1 }), hours(time))
            expect(part).toBeLessThanOrEqual(found(id).risk)
            if (!Number.isNaN(before)) {
              const most = before + (0.1 * later) / 4
              expect(part).toBeLessThanOrEqual(most + 1e-12)
              expect(part).toBeCloseTo(Math.min(found(id).risk, most), 9)
            }
            before = part
          }
        },
      ),
    )
  })

  it('of who wants out is not remembered', () => {
    const manager = managerOf()
    manager.part(signal({ ...plain, direction: 0 }), none, hours(0))
    expect(manager.part(signal(plain), full, hours(0))).toBe(found('R1').risk)
  })
})

describe('a veto', () => {
  const long = signal({ strategy: 0, direction: 1 })
  const short = { strategy: 1, qty: -5, claim: -0.3 }

  it('comes from a regime without new risk, for all but exits', () => {
    const crisis = regime({ R7: 1 }, false)
    expect(managerOf().veto(long, 1, crisis, [])).toBe('the regime is R7: no new risk')
    expect(managerOf().veto(signal({ direction: 0 }), 0, crisis, [])).toBeUndefined()
    expect(managerOf().veto(long, 1, regime({ R1: 1 }), [])).toBeUndefined()
  })

  it('comes from nobody by the rule `net`', () => expect(managerOf('net').veto(long, 0.1, undefined, [short])).toBeUndefined())

  it('comes from who holds the other side by the rule `agree`', () => {
    const manager = managerOf('agree')
    expect(manager.veto(long, 1, undefined, [short])).toBe('reversion holds the other side')
    expect(manager.veto(signal({ direction: -1 }), 1, undefined, [short])).toBeUndefined()
    expect(manager.veto(long, 1, undefined, [{ ...short, qty: 0 }])).toBeUndefined()
    expect(manager.veto(long, 1, undefined, [{ ...short, qty: 5 }])).toBeUndefined()
  })

  it('comes from who has the larger claim by the rule `strongest`, on whatever side', () => {
    const manager = managerOf('strongest')
    expect(manager.veto(long, 0.2, undefined, [short])).toBe('reversion has the stronger claim')
    expect(manager.veto(long, 0.2, undefined, [{ ...short, qty: 5, claim: 0.3 }])).toBe('reversion has the stronger claim')
    expect(manager.veto(long, 0.3, undefined, [short])).toBeUndefined()
    expect(manager.veto(long, 0.2, undefined, [{ ...short, qty: 0 }])).toBeUndefined()
  })
})

describe('the manager', () => {
  it('puts the largest claim first, equals in the order of their books', () => {
    const claims = [
      { strategy: 3, claim: 0.1 },
      { strategy: 2, claim: -0.5 },
      { strategy: 1, claim: 0.5 },
    ]
    expect(
      managerOf()
        .rank(claims)
        .map(({ strategy }) => strategy),
    ).toEqual([1, 2, 3])
  })

  it('keeps the opinion that stands until it is taken back or wants out', () => {
    const manager = managerOf()
    manager.stand(0, signal())
    expect(manager.standing(0)).toEqual(signal())
    manager.stand(0, signal({ direction: 0 }))
    expect(manager.standing(0)).toBeUndefined()
    manager.stand(0, signal())
    manager.stand(0, undefined)
    expect(manager.standing(0)).toBeUndefined()
  })

  it('goes on from its snapshot', () => {
    const [one, other] = [managerOf(), managerOf()]
    one.stand(1, signal({ strategy: 1 }))
    one.part(signal({ strategy: 2 }), regime({ R7: 1 }), hours(0))
    other.stand(0, signal())
    other.restore(decodePlain(encodePlain(one.snapshot())) as StrategyManagerState)
    expect(other.snapshot()).toEqual(one.snapshot())
    expect(other.standing(0)).toBeUndefined()
    const next = [one, other].map((manager) => manager.part(signal({ strategy: 2 }), regime({ R1: 1 }), hours(4)))
    expect(next[0]).toBe(next[1])
    expect(next[0]).toBeLessThan(found('R1').risk)
  })
})
