/** Data snooping: what is above what, what bad models do to each p-value, what noise looks like; overfitting against plain halves. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPrng, type Prng } from '../../core/random.ts'
import { MathError } from '../error.ts'
import { optimalBlockLength, circularResample, stationaryResample } from './block-bootstrap.ts'
import { choose, combinations } from './combinations.ts'
import { realityCheck, superiorPredictiveAbility } from './data-snooping.ts'
import { probabilityOfOverfitting } from './overfitting.ts'

const normals = (chance: Prng, n: number): number[] => Array.from({ length: n }, () => chance.normal())

describe('superior predictive ability', () => {
  const losses = (seed: number, shifts: readonly number[]) => {
    const chance = createPrng(seed)
    const benchmark = normals(chance, 80)
    return { benchmark, models: benchmark.map((loss) => shifts.map((shift) => loss + shift + chance.normal())) }
  }

  it('orders its p-values, and repeats with its seed', () => {
    for (let seed = 0; seed < 15; seed++) {
      const { benchmark, models } = losses(seed, [0, 0.2, -0.1, 1])
      const found = superiorPredictiveAbility(benchmark, models, createPrng(seed), { draws: 200, blockLength: 2 })
      expect(found.lower).toBeLessThanOrEqual(found.consistent)
      expect(found.consistent).toBeLessThanOrEqual(found.upper)
      expect(found.pValue).toBe(found.consistent)
      expect(superiorPredictiveAbility(benchmark, models, createPrng(seed), { draws: 200, blockLength: 2 })).toEqual(found)
    }
  })

  it('finds a better model, and does not mind hopeless ones where the reality check does', () => {
    const { benchmark, models } = losses(3, [-0.4, 0.1])
    const alone = superiorPredictiveAbility(benchmark, models, createPrng(1), { draws: 500 })
    expect(alone.best).toBe(0)
    expect(alone.pValue).toBeLessThan(0.05)
    const chance = createPrng(77)
    const crowded = models.map((row) => [...row, ...Array.from({ length: 20 }, () => 5 + 4 * chance.normal())])
    const together = superiorPredictiveAbility(benchmark, crowded, createPrng(1), { draws: 500 })
    expect(together.pValue).toBeLessThan(0.1)
    expect(realityCheck(benchmark, crowded, createPrng(1), { draws: 500 }).pValue).toBeGreaterThan(together.pValue)
  })

  it('as White has it, compares a statistic below zero with resamples below zero when all models are worse', () => {
    const { benchmark, models } = losses(8, [0.3])
    const options = { draws: 1_000, blockLength: 2 }
    const white = realityCheck(benchmark, models, createPrng(2), options)
    expect(white.statistic).toBeLessThan(0)
    // One model, resampled around its own mean, is above a mean below zero more often than above zero.
    expect(white.pValue).toBeGreaterThan(0.6)
    expect(superiorPredictiveAbility(benchmark, models, createPrng(2), options).statistic).toBe(0)
  })

  it('rejects about as often as it says when no model is better', () => {
    let rejected = 0
    for (let seed = 0; seed < 100; seed++) {
      const { benchmark, models } = losses(seed + 500, [0, 0, 0])
      if (superiorPredictiveAbility(benchmark, models, createPrng(seed), { draws: 150, blockLength: 2 }).pValue < 0.1)
        rejected += 1
    }
    expect(rejected).toBeGreaterThan(2)
    expect(rejected).toBeLessThan(22)
  })
})

describe('block resamples', () => {
  it('stay in range, in blocks', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 20 }), fc.integer(), (n, block, seed) => {
        for (const draw of [stationaryResample, circularResample]) {
          const drawn = draw(n, block, createPrng(seed))
          expect(drawn).toHaveLength(n)
          for (const index of drawn) expect(index).toBeLessThan(n)
        }
        const circular = circularResample(n, block, createPrng(seed))
        for (let i = 1; i < n; i++) if (i % block !== 0) expect(circular[i]).toBe((circular[i - 1] + 1) % n)
      }),
    )
  })

  it('want longer blocks the longer a series remembers', () => {
    const chance = createPrng(10)
    const shocks = normals(chance, 2_000)
    const lengths = [0, 0.5, 0.9].map((keep) => {
      let level = 0
      return optimalBlockLength(shocks.map((shock) => (level = keep * level + shock))).stationary
    })
    expect(lengths[0]).toBeLessThan(lengths[1])
    expect(lengths[1]).toBeLessThan(lengths[2])
    // Of an AR(1) with n = 2000 and 0.5 the formula gives (2 (2 r/(1 - r)^2 ..)...)^(1/3) n^(1/3), about 15.
    expect(lengths[1]).toBeGreaterThan(8)
    expect(lengths[1]).toBeLessThan(30)
    const { stationary, circular } = optimalBlockLength(shocks)
    expect(circular).toBeGreaterThanOrEqual(stationary)
  })
})

describe('the probability of backtest overfitting', () => {
  const sharpe = (x: readonly number[]): number => {
    const mean = x.reduce((a, b) => a + b, 0) / x.length
    return mean / Math.sqrt(x.reduce((a, b) => a + (b - mean) ** 2, 0) / (x.length - 1))
  }

  it('is that of plain halves', () => {
    const chance = createPrng(4)
    const rows = Array.from({ length: 37 }, () => normals(chance, 5).map((x) => 0.01 * x + 0.002))
    const found = probabilityOfOverfitting(rows, { blocks: 6 })
    const size = 6
    let at = 0
    for (const chosen of combinations(6, 3)) {
      const [inside, outside] = [true, false].map((wanted) =>
        rows.slice(0, 36).filter((_, t) => chosen.includes(Math.floor(t / size)) === wanted),
      )
      const of = (part: readonly (readonly number[])[]): number[] => part[0].map((_, j) => sharpe(part.map((row) => row[j])))
      const [first, second] = [of(inside), of(outside)]
      const winner = first.indexOf(Math.max(...first))
      const share = second.filter((value) => value <= second[winner]).length / 6
      expect(found.winners[at]).toBe(winner)
      expect(found.inSample[at]).toBeCloseTo(first[winner], 10)
      expect(found.outOfSample[at]).toBeCloseTo(second[winner], 10)
      expect(found.logits[at]).toBeCloseTo(Math.log(share / (1 - share)), 10)
      at += 1
    }
    expect(found.combinations).toBe(20)
    expect(found.probability).toBe(found.logits.filter((value) => value <= 0).length / 20)
  })

  it('is about a half for noise and nothing for one that is good throughout', () => {
    let noise = 0
    for (let seed = 0; seed < 20; seed++) {
      const chance = createPrng(seed)
      noise += probabilityOfOverfitting(
        Array.from({ length: 80 }, () => normals(chance, 10)),
        { blocks: 8 },
      ).probability
    }
    expect(noise / 20).toBeGreaterThan(0.35)
    expect(noise / 20).toBeLessThan(0.65)
    const chance = createPrng(1)
    const skilled = Array.from({ length: 160 }, () => normals(chance, 10).map((x, j) => x + (j === 4 ? 1 : 0)))
    expect(probabilityOfOverfitting(skilled, { blocks: 8 }).probability).toBe(0)
  })

  it('counts a strategy that never traded as zero, and refuses what explodes', () => {
    const chance = createPrng(2)
    const rows = Array.from({ length: 32 }, () => [0, ...normals(chance, 3)])
    expect(probabilityOfOverfitting(rows, { blocks: 4 }).combinations).toBe(6)
    expect(() =>
      probabilityOfOverfitting(
        rows.map((row) => row.map((x, j) => (j === 0 ? 0.01 : x))),
        { blocks: 4 },
      ),
    ).toThrow(/strategy 0/)
    const long = Array.from({ length: 100 }, () => normals(chance, 3))
    expect(() => probabilityOfOverfitting(long, { blocks: 30 })).toThrow(/155117520 halves.*16 blocks/)
    expect(() => probabilityOfOverfitting(long, { blocks: 1_000 })).toThrow(MathError)
    expect(() => probabilityOfOverfitting(long, { blocks: 7 })).toThrow(MathError)
  })
})

describe('combinations', () => {
  it('are all there, ascending, in lexicographic order', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 8 }), fc.nat(8), (n, k) => {
        fc.pre(k <= n)
        const all = [...combinations(n, k)].length
        expect(all).toBe(choose(n, k))
        const texts = Array.from(combinations(n, k), (chosen) => chosen.join(','))
        expect(new Set(texts).size).toBe(all)
        expect(texts.toSorted()).toEqual(texts)
      }),
    )
    expect(choose(30, 15)).toBe(155117520)
    expect(choose(2_000, 1_000)).toBe(Infinity)
  })
})
