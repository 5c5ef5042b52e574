import { describe, expect, it } from 'vitest'
import { HOUR } from '../core/time.ts'
import { periodOf } from './document.ts'

describe('periodOf', () => {
  it('spans from the first open to the last end of all', () => {
    const bars = (from: number, length: number): Parameters<typeof periodOf>[0][number] => ({
      length,
      openTime: Float64Array.from({ length }, (_, i) => from + i * HOUR),
      duration: new Float64Array(length).fill(HOUR),
    })
    expect(periodOf([bars(5 * HOUR, 3), bars(2 * HOUR, 2), bars(0, 0)])).toEqual({ from: 2 * HOUR, to: 8 * HOUR })
  })
})
