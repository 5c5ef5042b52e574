import { describe as suite, expect, it } from 'vitest'
import { assert, AutoTradingError, describe, ImpossibleError, InputError, OutsideError, unreachable } from './errors.ts'

suite('typed errors', () => {
  it('say who is at fault, whether waiting helps, and keep their cause', () => {
    const cause = new Error('ECONNRESET')
    const outside = new OutsideError('venue-unreachable', 'The venue does not answer', { retryable: true, cause, next: 'Wait.' })
    expect(outside).toMatchObject({
      fault: 'outside',
      code: 'venue-unreachable',
      retryable: true,
      cause,
      next: 'Wait.',
      where: {},
    })
    expect(outside).toBeInstanceOf(AutoTradingError)
    const input = new InputError('bad', 'x is wrong', { where: { line: 3 } })
    expect(input).toMatchObject({ fault: 'input', retryable: false, where: { line: 3 }, next: undefined, name: 'InputError' })
    expect('cause' in input).toBe(false)
    expect(new ImpossibleError('no').code).toBe('impossible')
  })

  it('assert and unreachable stop the program', () => {
    expect(() => assert(true, 'fine')).not.toThrow()
    expect(() => assert(false, 'the books differ')).toThrow(ImpossibleError)
    expect(() => unreachable('new-kind' as never)).toThrow('no case for "new-kind"')
  })
})

suite('describe', () => {
  it('is one paragraph: what, where, next', () => {
    const error = new InputError('data-not-ascending', 'The bars are not in order', {
      where: { file: 'BTCUSDT-1h.csv', line: 812 },
      next: 'Sort the file by open_time_ms',
    })
    expect(describe(error)).toBe('The bars are not in order (file BTCUSDT-1h.csv, line 812). Sort the file by open_time_ms.')
  })

  it('does not repeat what the message says of the place', () => {
    const error = new InputError('x', 'risk.maxLeverage is 30 (live.yaml, line 12)', {
      where: { path: 'risk.maxLeverage', value: 30, line: 12 },
    })
    expect(describe(error)).toBe('risk.maxLeverage is 30 (live.yaml, line 12).')
  })

  it('adds the causes only when asked, each once, also in a circle', () => {
    const low = new Error('connect ECONNREFUSED\n  127.0.0.1:5432')
    const middle = new TypeError('fetch failed', { cause: low })
    const top = new OutsideError('db', 'The database does not answer', { retryable: true, cause: middle, next: 'Start it.' })
    expect(describe(top)).toBe('The database does not answer. Start it.')
    expect(describe(top, { verbose: true })).toBe(
      'The database does not answer. Start it. Caused by: TypeError: fetch failed. Caused by: connect ECONNREFUSED 127.0.0.1:5432.',
    )
    low.cause = middle
    expect(describe(top, { verbose: true }).match(/fetch failed/g)).toHaveLength(1)
    const several = new AggregateError([new Error('a'), new Error('b')], 'all failed')
    expect(describe(several, { verbose: true })).toBe('AggregateError: all failed. Caused by: a. Caused by: b.')
  })

  it('has words for everything that can be thrown, on one line', () => {
    for (const thrown of [
      undefined,
      null,
      0,
      '',
      'text',
      {},
      [],
      new Error(''),
      new RangeError('a\n\nb'),
      new ImpossibleError('x'),
    ]) {
      const text = describe(thrown, { verbose: true })
      expect(text.length).toBeGreaterThan(3)
      expect(text).not.toContain('\n')
    }
    expect(describe(new ImpossibleError('the ledger does not add up'))).toBe(
      'This should not happen and is a defect of the program: the ledger does not add up.',
    )
  })
})
