/** Trees against the slow way of joining the two nearest clusters again and again; hierarchical risk parity's laws. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { rowsOf } from '../../../test/math/example.ts'
import { createPrng } from '../../core/random.ts'
import { correlationClusters, correlationDistances, cutTree, leafOrder, linkage, type LinkageMethod } from './clustering.ts'
import { correlationMatrix } from './correlation-matrix.ts'
import { sampleCovariance } from './covariance.ts'
import { hierarchicalRiskParity } from './hierarchical-risk-parity.ts'
import { ledoitWolf } from './shrinkage.ts'

const METHODS = ['single', 'complete', 'average', 'weighted', 'ward'] as const

const points = fc
  .record({ seed: fc.integer({ min: 0, max: 1e6 }), count: fc.integer({ min: 1, max: 14 }) })
  .map(({ seed, count }) => rowsOf(createPrng(seed), count, 3))

const euclidean = (rows: readonly (readonly number[])[]): number[][] =>
  rows.map((a) => rows.map((b) => Math.hypot(...a.map((value, k) => value - b[k]))))

/** Distance of two clusters from their members alone. */
function between(
  method: LinkageMethod,
  rows: readonly (readonly number[])[],
  a: readonly number[],
  b: readonly number[],
): number {
  const all = a.flatMap((i) => b.map((j) => Math.hypot(...rows[i].map((value, k) => value - rows[j][k]))))
  if (method === 'single') return Math.min(...all)
  if (method === 'complete') return Math.max(...all)
  if (method === 'average') return all.reduce((total, each) => total + each, 0) / all.length
  const centre = (members: readonly number[]): number[] =>
    rows[0].map((_, k) => members.reduce((total, i) => total + rows[i][k], 0) / members.length)
  const [ca, cb] = [centre(a), centre(b)]
  return Math.sqrt((2 * a.length * b.length) / (a.length + b.length)) * Math.hypot(...ca.map((value, k) => value - cb[k]))
}

function naiveHeights(method: LinkageMethod, rows: readonly (readonly number[])[]): number[] {
  let clusters = rows.map((_, i) => [i])
  const heights: number[] = []
  while (clusters.length > 1) {
    let [x, y, least] = [0, 1, Infinity]
    for (let i = 0; i < clusters.length; i++)
      for (let j = i + 1; j < clusters.length; j++) {
        const distance = between(method, rows, clusters[i], clusters[j])
        if (distance < least) [x, y, least] = [i, j, distance]
      }
    heights.push(least)
    clusters = [...clusters.filter((_, k) => k !== x && k !== y), [...clusters[x], ...clusters[y]]]
  }
  return heights
}

describe('linkage', () => {
  it.each(['single', 'complete', 'average', 'ward'] as const)('%s joins at the heights of the slow way', (method) => {
    fc.assert(
      fc.property(points, (rows) => {
        const heights = linkage(euclidean(rows), method).map(({ height }) => height)
        naiveHeights(method, rows).forEach((height, k) => expect(heights[k]).toBeCloseTo(height, 9))
      }),
      { numRuns: 25 },
    )
  })

  it.each(METHODS)('%s is a tree of all observations, heights ascending, smaller numbers first', (method) => {
    fc.assert(
      fc.property(points, (rows) => {
        const merges = linkage(euclidean(rows), method)
        expect(merges).toHaveLength(rows.length - 1)
        merges.forEach(({ left, right, height, size }, k) => {
          expect(left).toBeLessThan(right)
          if (k > 0) expect(height).toBeGreaterThanOrEqual(merges[k - 1].height)
          const sizeOf = (cluster: number): number => (cluster < rows.length ? 1 : merges[cluster - rows.length].size)
          expect(size).toBe(sizeOf(left) + sizeOf(right))
        })
        expect(leafOrder(merges).toSorted((a, b) => a - b)).toEqual(rows.map((_, i) => i))
      }),
      { numRuns: 20 },
    )
  })

  it('keeps the lowest numbers together when all distances are alike', () => {
    const alike = Array.from({ length: 5 }, (_, i) => Array.from({ length: 5 }, (__, j) => (i === j ? 0 : 1)))
    for (const method of METHODS) expect(linkage(alike, method)[0]).toMatchObject({ left: 0, right: 1, height: 1 })
  })
})

describe('a cut', () => {
  it('gives as many clusters as are wanted, and by height those that are further apart', () => {
    fc.assert(
      fc.property(points, fc.integer({ min: 1, max: 14 }), (rows, wanted) => {
        const merges = linkage(euclidean(rows), 'single')
        const clusters = Math.min(wanted, rows.length)
        const found = cutTree(merges, { clusters })
        expect(new Set(found).size).toBe(clusters)
        expect(found[0]).toBe(0)
        const height = 1
        const cut = cutTree(merges, { height })
        const distances = euclidean(rows)
        for (let i = 0; i < rows.length; i++)
          for (let j = 0; j < i; j++) if (distances[i][j] <= height) expect(cut[i]).toBe(cut[j])
      }),
      { numRuns: 20 },
    )
  })

  it('finds blocks of a correlation matrix', () => {
    const prng = createPrng(1)
    const rows = Array.from({ length: 300 }, () => {
      const [a, b] = [prng.normal(), prng.normal()]
      return [a, b, a, b, a].map((common) => common + 0.3 * prng.normal())
    })
    expect(Array.from(correlationClusters(correlationMatrix(rows), { clusters: 2 }))).toEqual([0, 1, 0, 1, 0])
  })
})

describe('hierarchical risk parity', () => {
  const covariances = fc
    .record({ seed: fc.integer({ min: 0, max: 1e6 }), n: fc.integer({ min: 1, max: 12 }) })
    .map(({ seed, n }) => ledoitWolf(rowsOf(createPrng(seed), 30, n)).covariance)

  it('gives positive weights that add up to one and do not know the unit', () => {
    fc.assert(
      fc.property(
        covariances,
        fc.constantFrom(...METHODS),
        fc.constantFrom('condensed', 'euclidean'),
        (covariance, method, distance) => {
          const { weights } = hierarchicalRiskParity(covariance, { linkage: method, distance })
          expect(weights.reduce((total, each) => total + each, 0)).toBeCloseTo(1, 12)
          weights.forEach((each) => expect(each).toBeGreaterThan(0))
          const scaled = covariance.map((row) => row.map((value) => 4 * value))
          hierarchicalRiskParity(scaled, { linkage: method, distance }).weights.forEach((each, i) =>
            expect(each).toBeCloseTo(weights[i], 12),
          )
        },
      ),
      { numRuns: 25 },
    )
  })

  it('splits by halves of the tree, as the recursion of the paper written out', () => {
    fc.assert(
      fc.property(covariances, (covariance) => {
        const { order, weights } = hierarchicalRiskParity(covariance)
        const varianceOf = (members: readonly number[]): number => {
          const inverse = members.map((i) => 1 / covariance[i][i])
          const total = inverse.reduce((sum, each) => sum + each, 0)
          let variance = 0
          members.forEach((i, a) =>
            members.forEach((j, b) => (variance += (inverse[a] * inverse[b] * covariance[i][j]) / total ** 2)),
          )
          return variance
        }
        const want = new Float64Array(covariance.length)
        const split = (members: readonly number[], capital: number): void => {
          if (members.length === 1) {
            want[members[0]] = capital
            return
          }
          const [left, right] = [members.slice(0, members.length >> 1), members.slice(members.length >> 1)]
          const share = 1 - varianceOf(left) / (varianceOf(left) + varianceOf(right))
          split(left, capital * share)
          split(right, capital * (1 - share))
        }
        split(order, 1)
        weights.forEach((each, i) => expect(each).toBeCloseTo(want[i], 12))
      }),
      { numRuns: 20 },
    )
  })

  it('is the inverse variance for two assets, whatever their correlation', () => {
    fc.assert(
      fc.property(fc.double({ min: -0.9, max: 0.9, noNaN: true }), (rho) => {
        const { weights } = hierarchicalRiskParity([
          [0.04, rho * 0.2 * 0.1],
          [rho * 0.2 * 0.1, 0.01],
        ])
        expect(weights[0]).toBeCloseTo(0.2, 12)
      }),
    )
  })

  it('takes a correlation of its own for the tree', () => {
    const rows = rowsOf(createPrng(7), 60, 6)
    const covariance = sampleCovariance(rows)
    const ranked = hierarchicalRiskParity(covariance, { correlation: correlationMatrix(rows, { method: 'spearman' }) })
    const order = leafOrder(linkage(correlationDistances(correlationMatrix(rows, { method: 'spearman' }))))
    expect(ranked.order).toEqual(order)
  })
})
