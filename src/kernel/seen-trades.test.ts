import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SeenTrades } from './seen-trades.ts'
import type { SeenTradesState } from './seen-trades.ts'

const KEPT = 4_096

describe('seen trades', () => {
  it('count every id once, in whatever order they come', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(60), { maxLength: 200 }), (ids) => {
        const seen = new SeenTrades()
        const naive = new Set<number>()
        for (const id of ids) {
          expect(seen.add(id)).toBe(!naive.has(id))
          naive.add(id)
        }
      }),
    )
  })

  it('go on from a snapshot that was text', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(60), { maxLength: 80 }), fc.array(fc.nat(60), { maxLength: 80 }), (before, later) => {
        const one = new SeenTrades()
        for (const id of before) one.add(id)
        const two = SeenTrades.restore(JSON.parse(JSON.stringify(one.snapshot())) as SeenTradesState)
        for (const id of later) expect(two.add(id)).toBe(one.add(id))
        expect(two.snapshot()).toEqual(one.snapshot())
      }),
    )
  })

  it('remember what a reconnect can repeat; what is older than that counts as seen', () => {
    const seen = new SeenTrades()
    for (let id = 0; id < 3 * KEPT; id += 2) expect(seen.add(id)).toBe(true)
    const oldest = 3 * KEPT - 2 * KEPT
    for (let id = oldest; id < 3 * KEPT; id += 2) expect(seen.add(id)).toBe(false)
    expect(seen.add(oldest + 1)).toBe(true) // was missing, and young enough to be told from a repetition
    expect(seen.add(oldest - 1)).toBe(false)
    expect(seen.snapshot().recent.length).toBe(KEPT)
    const restored = SeenTrades.restore(seen.snapshot())
    expect(restored.add(oldest + 1)).toBe(false)
    expect(restored.add(3 * KEPT)).toBe(true)
  })

  it('never forget the highest, though thousands of lower ones come after it', () => {
    const seen = new SeenTrades()
    seen.add(1_000_000)
    for (let id = 0; id < KEPT; id++) seen.add(id)
    expect(seen.add(1_000_000)).toBe(false)
  })
})
