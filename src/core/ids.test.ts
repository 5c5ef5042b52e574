import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { clientOrderId, ORDER_SEQ_MAX, parseClientOrderId, runIdOf, strategyTag, type ClientOrderId } from './ids.ts'

const BINANCE = /^[.A-Z:/a-z0-9_-]{1,36}$/
const parts: fc.Arbitrary<ClientOrderId> = fc.record({
  origin: fc.constantFrom('kernel' as const, 'reduce-only' as const),
  runId: fc.string().map(runIdOf),
  strategy: fc.oneof(fc.constantFrom('ema-cross', 'funding-arbitrage', 'a', 'a/b', ''), fc.string({ maxLength: 60 })),
  seq: fc.oneof(fc.nat(), fc.constantFrom(0, ORDER_SEQ_MAX)),
})

describe('clientOrderId', () => {
  it('fits the venue and can be read back', () => {
    fc.assert(
      fc.property(parts, (given) => {
        const id = clientOrderId(given)
        expect(id).toMatch(BINANCE)
        expect(parseClientOrderId(id)).toEqual({ ...given, strategy: strategyTag(given.strategy) })
      }),
      { numRuns: 1_000 },
    )
  })

  it('never gives two orders one id', () => {
    fc.assert(
      fc.property(parts, parts, (a, b) => {
        const same =
          a.origin === b.origin && a.runId === b.runId && strategyTag(a.strategy) === strategyTag(b.strategy) && a.seq === b.seq
        expect(clientOrderId(a) === clientOrderId(b)).toBe(same)
        if (a.strategy !== b.strategy) expect(strategyTag(a.strategy)).not.toBe(strategyTag(b.strategy))
      }),
      { numRuns: 1_000 },
    )
  })

  it('keeps ordinary names and tags as they are', () => {
    expect(strategyTag('funding-arbitrage')).toBe('funding-arbitrage')
    const tag = strategyTag('a very long strategy name')
    expect(tag).toMatch(/^averyl\/[a-z2-7]{10}$/)
    expect(strategyTag(tag)).toBe(tag)
  })

  it('is the same on every machine (golden)', () => {
    expect(runIdOf('')).toBe('4oymiquy')
    expect(clientOrderId({ origin: 'kernel', runId: runIdOf(''), strategy: 'ema-cross', seq: 35 })).toBe('at4oymiquy:ema-cross:z')
  })

  it('does not take foreign ids for ours', () => {
    for (const id of [
      '',
      'web_abcdefgh',
      'x-cvBPrNm9abc',
      'at4oymiquy:ema-cross:',
      'at4oymiquy:ema-cross:01',
      'at4oymiqu1:ema:1',
      'at4oymiquy:a/b:1',
      'at4oymiquy:e:z\n',
    ])
      expect(parseClientOrderId(id)).toBeUndefined()
  })

  it('refuses what would not fit', () => {
    expect(() => clientOrderId({ origin: 'kernel', runId: 'short', strategy: 's', seq: 0 })).toThrow(/run id/)
    for (const seq of [-1, 0.5, ORDER_SEQ_MAX + 1])
      expect(() => clientOrderId({ origin: 'kernel', runId: runIdOf('x'), strategy: 's', seq })).toThrow(/number/)
  })
})
