/** How numbers are written. */
import { describe, expect, it } from 'vitest'
import { DASH, decimal, gain, gainPercent, money, percent, price, tone } from './format.ts'

describe('numbers', () => {
  it('are grouped and rounded', () => {
    expect([decimal(1_234_567.891, 2), decimal(-999.5, 0), decimal(0, 2), decimal(1e21, 0)]).toEqual([
      '1,234,567.89',
      '-1,000',
      '0.00',
      '1e+21',
    ])
    expect([money('1234.5'), money('-0.004'), money('0'), money(null)]).toEqual(['1,234.50', '-0.004000', '0.00', DASH])
    expect([percent(0.12345), percent(-0.5), percent(123.4), percent(null)]).toEqual(['12.35%', '-50.00%', '12,340%', DASH])
    expect([price('42000.1'), price('0.00001234'), price('x')]).toEqual(['42,000.1', '0.00001234', 'x'])
  })
  it('carry a plus only when they gain', () => {
    expect([gain('1'), gain('-1'), gain('0'), gain(null)]).toEqual(['+1.00', '-1.00', '0.00', DASH])
    expect([gainPercent(0.1), gainPercent(0), gainPercent(null)]).toEqual(['+10.00%', '0.00%', DASH])
  })
  it('have no negative zero and no infinity', () => {
    expect([decimal(-0.001, 2), decimal(Number.NaN, 2), decimal(Number.POSITIVE_INFINITY, 2)]).toEqual(['0.00', DASH, DASH])
  })
  it('know gain from loss', () => {
    expect([tone('1'), tone(-0.1), tone('0'), tone(null), tone('x')]).toEqual(['gain', 'loss', 'flat', 'flat', 'flat'])
  })
})
