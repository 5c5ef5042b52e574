import { expect, it } from 'vitest'
import { isOpen, opposite, sideSign } from './order.ts'

it('a side has a sign and an opposite', () => {
  expect([sideSign('buy'), sideSign('sell')]).toEqual([1, -1])
  expect([opposite('buy'), opposite('sell')]).toEqual(['sell', 'buy'])
})

it('an order is open until the venue has ended it', () => {
  expect((['sent', 'attached', 'working', 'unknown'] as const).every(isOpen)).toBe(true)
  expect((['filled', 'canceled', 'expired', 'rejected'] as const).some(isOpen)).toBe(false)
})
