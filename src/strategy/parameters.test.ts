import { describe, expect, it } from 'vitest'
import { flag, integer, number, quantity, readParameters } from './parameters.ts'

const PARAMETERS = {
  length: integer(20, 'bars', { min: 2, max: 100 }),
  width: number(1.5, 'ranges', { min: 0.5, max: 3 }),
  free: number(0, 'anything'),
  size: quantity('1', 'base units'),
  short: flag(true, 'sell too'),
}
const read = (given: Record<string, string>): unknown => readParameters('test', PARAMETERS, given)

describe('parameters', () => {
  it('have defaults', () => {
    expect(read({})).toEqual({ length: 20, width: 1.5, free: 0, size: '1', short: true })
    expect(Object.isFrozen(read({}))).toBe(true)
  })

  it.each([
    ['length', '2', 2],
    ['length', '100', 100],
    ['length', '1e1', 10],
    ['length', ' 7 ', 7],
    ['width', '0.5', 0.5],
    ['width', '3', 3],
    ['free', '-1e-7', -1e-7],
    ['size', '0.00000001', '0.00000001'],
    ['size', ' 2.50 ', '2.50'],
    ['short', 'false', false],
  ])('%s may be %j', (name, text, value) => expect(read({ [name]: text })).toMatchObject({ [name]: value }))

  it.each([
    ['length', '1', /allowed range is 2 to 100/],
    ['length', '101', /allowed range is 2 to 100/],
    ['length', '2.5', /whole number/],
    ['length', '', /no number/],
    ['length', '0x10', /no number/],
    ['length', 'NaN', /no number/],
    ['width', '0.49', /allowed range is 0.5 to 3/],
    ['width', '3.01', /allowed range is 0.5 to 3/],
    ['width', 'Infinity', /no number/],
    ['width', '1e400', /no number/],
    ['size', '0', /greater than 0/],
    ['size', '-1', /greater than 0/],
    ['size', 'much', /no number/],
    ['short', 'yes', /true or false/],
    ['short', '1', /true or false/],
  ])('%s may not be %j', (name, text, message) => expect(() => read({ [name]: text })).toThrow(message))

  it('say what is wrong, where, and what to do', () => {
    expect(() => read({ lenght: '3' })).toThrow(
      expect.objectContaining({
        code: 'unknown-parameter',
        where: { parameter: 'lenght' },
        next: expect.stringContaining('length, width'),
      }),
    )
    expect(() => read({ length: '1' })).toThrow(
      expect.objectContaining({
        code: 'bad-parameter',
        where: { parameter: 'length', value: '1' },
        next: expect.stringContaining('default 20'),
      }),
    )
    expect(() => readParameters('bare', {}, { x: '1' })).toThrow(expect.objectContaining({ next: 'It has: none.' }))
  })

  it('are not taken from what every object has', () => {
    expect(() => read({ toString: '1' })).toThrow(/no parameter 'toString'/)
    expect(() => read(JSON.parse('{"__proto__": "1"}') as Record<string, string>)).toThrow(/no parameter '__proto__'/)
  })
})
