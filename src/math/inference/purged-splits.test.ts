/** Splits, labels and weights: no shared label time, everything tested the right number of times, plain recomputation of the rest. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPrng } from '../../core/random.ts'
import { MathError } from '../error.ts'
import { choose } from './combinations.ts'
import { fractionalDifference, fractionalWeights } from './fractional-difference.ts'
import { combinatorialPurgedSplits, purgedKFold } from './purged-splits.ts'
import {
  averageUniqueness,
  labelConcurrency,
  returnAttributionWeights,
  sequentialBootstrap,
  timeDecayWeights,
} from './sample-weights.ts'
import { exponentialVolatility, tripleBarrierLabels } from './triple-barrier.ts'
import { walkForward } from './walk-forward.ts'

const ends = fc
  .array(fc.integer({ min: 0, max: 9 }), { minLength: 10, maxLength: 50 })
  .map((spans) => spans.map((span, i) => i + span))

describe('combinatorial purged splits', () => {
  it('never train on label time that is tested, nor within the embargo', () => {
    fc.assert(
      fc.property(
        ends,
        fc.integer({ min: 2, max: 6 }),
        fc.integer({ min: 1, max: 3 }),
        fc.integer({ min: 0, max: 4 }),
        (t1, groups, k, embargo) => {
          fc.pre(k < groups)
          const { splits } = combinatorialPurgedSplits(t1, { groups, testGroups: k, embargo })
          for (const { train, test } of splits) {
            const tested = new Set(test)
            for (const j of train) {
              expect(tested.has(j)).toBe(false)
              for (const i of test) {
                expect(j <= t1[i] && i <= t1[j]).toBe(false)
              }
            }
            // What is neither is purged for a reason: an overlap with its block, or the embargo after it.
            const trained = new Set(train)
            for (let j = 0; j < t1.length; j++) {
              if (tested.has(j) || trained.has(j)) continue
              const blocks = test.filter((i) => (j <= t1[i] + embargo && i <= t1[j]) || (j <= t1[i] && i <= t1[j]))
              expect(blocks.length).toBeGreaterThan(0)
            }
          }
        },
      ),
      { numRuns: 60 },
    )
  })

  it('test every sample equally often, on paths that pass through every group once', () => {
    fc.assert(
      fc.property(ends, fc.integer({ min: 2, max: 7 }), fc.integer({ min: 1, max: 3 }), (t1, groups, k) => {
        fc.pre(k < groups)
        const { splits, paths, splitOfGroup } = combinatorialPurgedSplits(t1, { groups, testGroups: k })
        expect(splits).toHaveLength(choose(groups, k))
        expect(paths).toBe((choose(groups, k) * k) / groups)
        const tested = new Uint32Array(t1.length)
        for (const { test } of splits) for (const i of test) tested[i] += 1
        expect(new Set(tested)).toEqual(new Set([paths]))
        const used = new Set<string>()
        expect(splitOfGroup).toHaveLength(paths)
        for (const path of splitOfGroup)
          path.forEach((split, group) => {
            expect(splits[split].testGroups).toContain(group)
            used.add(`${split} ${group}`)
          })
        expect(used.size).toBe(splits.length * k)
      }),
      { numRuns: 60 },
    )
  })

  it('with one group at a time are k-fold, each sample tested once', () => {
    const t1 = Array.from({ length: 23 }, (_, i) => i + 2)
    const folds = purgedKFold(t1, { folds: 5, embargo: 1 })
    expect(folds.flatMap(({ test }) => [...test])).toEqual(t1.map((_, i) => i))
    expect(folds[0].test).toHaveLength(5)
    expect(folds[4].test).toHaveLength(4)
  })

  it('refuses what explodes', () => {
    const t1 = Array.from({ length: 60 }, (_, i) => i)
    expect(() => combinatorialPurgedSplits(t1, { groups: 40, testGroups: 20 })).toThrow(/use fewer groups/)
    expect(() => combinatorialPurgedSplits([3, 0, 4])).toThrow(MathError)
  })
})

describe('walk-forward splits', () => {
  it('train before they test, with a gap, and test what is last once', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 10, max: 200 }),
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 0, max: 3 }),
        fc.integer({ min: 1, max: 30 }),
        (n, splits, gap, trainSize) => {
          fc.pre(n - splits * Math.floor(n / (splits + 1)) > gap)
          for (const option of [{}, { trainSize }]) {
            const found = walkForward(n, { splits, gap, ...option })
            expect(found).toHaveLength(splits)
            found.forEach(({ train, test }, k) => {
              expect(test.first - train.last - 1).toBe(gap)
              expect(train.first).toBeLessThanOrEqual(train.last)
              if ('trainSize' in option) expect(train.last - train.first + 1).toBeLessThanOrEqual(trainSize)
              else expect(train.first).toBe(0)
              if (k > 0) expect(test.first).toBe(found[k - 1].test.last + 1)
            })
            expect(found[splits - 1].test.last).toBe(n - 1)
          }
        },
      ),
    )
  })
})

describe('sample weights', () => {
  const labels = fc
    .array(fc.tuple(fc.integer({ min: 0, max: 30 }), fc.integer({ min: 0, max: 8 })), { minLength: 1, maxLength: 20 })
    .map((list) => ({ starts: list.map(([start]) => start), ends: list.map(([start, span]) => start + span) }))

  it('are their plain counts', () => {
    fc.assert(
      fc.property(labels, ({ starts, ends: last }) => {
        const counts = labelConcurrency(starts, last, 50)
        counts.forEach((count, t) => expect(count).toBe(starts.filter((start, i) => start <= t && t <= last[i]).length))
        const unique = averageUniqueness(starts, last)
        starts.forEach((start, i) => {
          let total = 0
          for (let t = start; t <= last[i]; t++) total += 1 / counts[t]
          expect(unique[i]).toBeCloseTo(total / (last[i] - start + 1), 12)
          expect(unique[i]).toBeLessThanOrEqual(1 + 1e-12)
        })
        const weights = returnAttributionWeights(starts, last, new Float64Array(50).fill(0.01))
        expect(weights.reduce((a, b) => a + b, 0)).toBeCloseTo(starts.length, 9)
        const decayed = timeDecayWeights(unique, 0.25)
        expect(decayed[decayed.length - 1]).toBeCloseTo(1, 12)
        decayed.forEach((weight, i) => {
          expect(weight).toBeGreaterThanOrEqual(0.25)
          if (i > 0) expect(weight).toBeGreaterThanOrEqual(decayed[i - 1])
        })
      }),
    )
  })

  it('of the sequential bootstrap draw more of what overlaps less', () => {
    // Nine labels on the same bars, and one of its own.
    const starts = [...new Uint32Array(9), 20]
    const last = [...new Uint32Array(9).fill(10), 25]
    const chance = createPrng(1)
    let alone = 0
    for (let i = 0; i < 300; i++) for (const index of sequentialBootstrap(starts, last, chance)) if (index === 9) alone += 1
    // By chance one of ten draws would be the lonely one.
    expect(alone / 300).toBeGreaterThan(1.5)
  })
})

describe('fractional differences', () => {
  it('of whole orders are the ordinary ones', () => {
    const x = [1, 4, 9, 16, 25, 36]
    expect([...fractionalDifference(x, { order: 0 }).values]).toEqual(x)
    expect([...fractionalDifference(x, { order: 1 }).values]).toEqual([3, 5, 7, 9, 11])
    expect([...fractionalDifference(x, { order: 2 }).values]).toEqual([2, 2, 2, 2])
  })

  it('of two orders one after another are those of their sum', () => {
    fc.assert(
      fc.property(fc.double({ min: -0.9, max: 1.5, noNaN: true }), fc.double({ min: -0.9, max: 1.5, noNaN: true }), (a, b) => {
        const options = { threshold: 1e-300, most: 12 }
        const [first, second, both] = [a, b, a + b].map((order) => {
          const weights = new Float64Array(12)
          weights.set(fractionalWeights(order, options))
          return weights
        })
        for (let k = 0; k < 12; k++) {
          let total = 0
          for (let j = 0; j <= k; j++) total += first[j] * second[k - j]
          expect(total).toBeCloseTo(both[k], 8)
        }
      }),
    )
  })
})

describe('triple barriers', () => {
  const path = fc.array(fc.double({ min: -0.05, max: 0.05, noNaN: true }), { minLength: 12, maxLength: 60 }).map((steps) => {
    let level = 100
    return steps.map((step) => (level *= Math.exp(step)))
  })

  it('end at the first close that reaches one, or in time', () => {
    fc.assert(
      fc.property(
        path,
        fc.integer({ min: 1, max: 12 }),
        fc.double({ min: 0.005, max: 0.05, noNaN: true }),
        (close, maxBars, width) => {
          const events = close.slice(0, -1).map((_, i) => i)
          const labels = tripleBarrierLabels(
            close,
            events,
            events.map(() => width),
            { profitMultiple: 2, lossMultiple: 1, maxBars },
          )
          labels.forEach(({ event, exit, side, return: earned }) => {
            const last = Math.min(event + maxBars, close.length - 1)
            let found = { exit: last, side: 0 }
            for (let t = event + 1; t <= last; t++) {
              const r = close[t] / close[event] - 1
              if (r >= 2 * width) found = { exit: t, side: 1 }
              else if (r <= -width) found = { exit: t, side: -1 }
              else continue
              break
            }
            expect({ exit, side }).toEqual(found)
            expect(earned).toBeCloseTo(close[exit] / close[event] - 1, 12)
          })
        },
      ),
    )
  })

  it('have the exponentially weighted deviation of plain weights', () => {
    fc.assert(
      fc.property(path, fc.integer({ min: 2, max: 20 }), (close, span) => {
        const found = exponentialVolatility(close, span)
        const r = close.slice(1).map((price, i) => Math.log(price / close[i]))
        const at = close.length - 1
        const w = r.map((_, i) => (1 - 2 / (span + 1)) ** (r.length - 1 - i))
        const total = w.reduce((a, b) => a + b, 0)
        const mean = r.reduce((sum, value, i) => sum + w[i] * value, 0) / total
        const biased = r.reduce((sum, value, i) => sum + w[i] * (value - mean) ** 2, 0) / total
        const squares = w.reduce((a, b) => a + b * b, 0)
        expect(found[at]).toBeCloseTo(Math.sqrt((biased * total * total) / (total * total - squares)), 8)
        expect(found.slice(0, 2)).toEqual([undefined, undefined])
        // Up to a bar, it is what it was when that bar was the last.
        expect(exponentialVolatility(close.slice(0, 8), span)[7]).toBe(found[7])
      }),
    )
  })
})
