import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { TimeHeap } from './heap.ts'

interface Entry {
  readonly time: number
  readonly rank: number
  readonly seq: number
}
const first = (model: readonly Entry[]): Entry | undefined =>
  [...model].sort((a, b) => a.time - b.time || a.rank - b.rank || a.seq - b.seq)[0]
const push = fc.record({ time: fc.nat(5), rank: fc.integer({ min: -2, max: 2 }) })
const step = fc.oneof(
  { weight: 3, arbitrary: push },
  { weight: 2, arbitrary: fc.constant('pop' as const) },
  { weight: 1, arbitrary: fc.constant('store' as const) },
)

describe('TimeHeap', () => {
  it('behaves like an array that is sorted each time, also across snapshots', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 150 }), (steps) => {
        let heap = new TimeHeap<Entry>(1)
        let model: Entry[] = []
        let seq = 0
        for (const next of steps) {
          if (next === 'pop') {
            const expected = first(model)
            expect(heap.pop()).toEqual(expected)
            model = model.filter((entry) => entry !== expected)
          } else if (next === 'store') {
            const state = JSON.parse(JSON.stringify(heap.snapshot((entry) => [entry])))
            heap = TimeHeap.restore<Entry[], Entry>(state, ([entry]) => model.find((known) => known.seq === entry.seq)!)
          } else {
            const entry = { ...next, seq }
            expect(heap.push(next.time, next.rank, entry)).toBe(seq)
            model.push(entry)
            seq += 1
          }
          expect(heap.size).toBe(model.length)
          expect(heap.peekTime()).toBe(first(model)?.time)
          expect(heap.peekRank()).toBe(first(model)?.rank)
          expect(heap.peek()).toEqual(first(model))
        }
      }),
    )
  })

  it('gives a thousand equal appointments back in the order in which they were made', () => {
    const heap = new TimeHeap<number>()
    for (let i = 0; i < 1_000; i += 1) heap.push(7, 0, i)
    expect(Array.from({ length: 1_000 }, () => heap.pop())).toEqual(Array.from({ length: 1_000 }, (_, i) => i))
    expect(heap.pop()).toBeUndefined()
  })

  it('is empty after clear and refuses a time that is none', () => {
    const heap = new TimeHeap<string>()
    heap.push(1, 0, 'a')
    heap.clear()
    expect([heap.size, heap.peek(), heap.peekTime(), heap.pop()]).toEqual([0, undefined, undefined, undefined])
    expect(() => heap.push(Number.NaN, 0, 'a')).toThrow(/a time and a rank/)
    expect(() => TimeHeap.restore({ nextSeq: 0, entries: [{ time: 1, rank: 0, seq: 4, payload: 0 }] }, Number)).toThrow(/newer/)
  })
})
