/** Trees, boosting, clusters, calibration and their measures: their laws, and against plain recomputation. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPrng } from '../../core/random.ts'
import { boostFit, boostProbabilities, boostScores } from './boosting.ts'
import { averagePrecision, brierScore, classificationReport, meanLogLoss, rocAuc } from './classification-metrics.ts'
import { purgedKFold } from '../inference/purged-splits.ts'
import { crossValidate, permutationImportance } from './cross-validation.ts'
import { isotonicFit, isotonicPredict } from './isotonic.ts'
import { kMeans, kMeansStart, nearestNeighbourMean, silhouette } from './neighbours.ts'
import { rangeScaler, robustScaler, scaleRows, standardScaler } from './scalers.ts'
import { regressionTree, regressionTreePredict } from './tree.ts'

const small = fc.integer({ min: -8, max: 8 })
/** Rows with repeated values, and their targets. */
const data = fc.tuple(fc.integer({ min: 2, max: 30 }), fc.integer({ min: 1, max: 3 })).chain(([n, p]) =>
  fc.record({
    x: fc.array(fc.array(small, { minLength: p, maxLength: p }), { minLength: n, maxLength: n }),
    y: fc.array(small, { minLength: n, maxLength: n }),
  }),
)
const meanOf = (values: readonly number[]): number => values.reduce((total, each) => total + each, 0) / values.length

describe('a regression tree', () => {
  it('splits first where the squared error falls most', () => {
    fc.assert(
      fc.property(data, ({ x, y }) => {
        const tree = regressionTree(x, y, { maxDepth: 1 })
        const error = (values: readonly number[]): number =>
          values.reduce((total, each) => total + (each - meanOf(values)) ** 2, 0)
        let least = error(y)
        for (let j = 0; j < x[0].length; j++)
          for (const row of x) {
            const [left, right] = [y.filter((_, i) => x[i][j] <= row[j]), y.filter((_, i) => x[i][j] > row[j])]
            if (left.length > 0 && right.length > 0) least = Math.min(least, error(left) + error(right))
          }
        const predicted = regressionTreePredict(tree, x)
        const ours = y.reduce((total, each, i) => total + (each - predicted[i]) ** 2, 0)
        expect(ours).toBeCloseTo(least, 8)
      }),
    )
  })

  it('answers each row with the mean of its leaf, and counts its leaves', () => {
    fc.assert(
      fc.property(data, fc.integer({ min: 1, max: 4 }), ({ x, y }, minSamplesLeaf) => {
        const tree = regressionTree(x, y, { maxDepth: 4, minSamplesLeaf })
        const predicted = regressionTreePredict(tree, x)
        const leaves = new Map<number, number[]>()
        predicted.forEach((value, i) => leaves.set(value, [...(leaves.get(value) ?? []), y[i]]))
        for (const [value, targets] of leaves) expect(value).toBeCloseTo(meanOf(targets), 9)
        expect(leaves.size).toBeLessThanOrEqual(tree.leaves)
        expect(Math.min(...Array.from(tree.count))).toBeGreaterThanOrEqual(Math.min(minSamplesLeaf, y.length))
      }),
    )
  })

  it('is the same from bins as from values, where every value has its bin', () => {
    fc.assert(
      fc.property(data, ({ x, y }) => {
        const exact = regressionTree(x, y, { maxDepth: 3, minSamplesLeaf: 2 })
        const binned = regressionTree(x, y, { maxDepth: 3, minSamplesLeaf: 2, splits: 'histogram' })
        expect(Array.from(regressionTreePredict(binned, x))).toEqual(
          Array.from(regressionTreePredict(exact, x), (value) => expect.closeTo(value, 9) as unknown),
        )
      }),
    )
  })
})

describe('a row on a threshold', () => {
  // 0.1 and 0.2 part at 0.15, or at 0.15000000223517418 once they are single.
  const [x, y] = [
    [[0.1], [0.2]],
    [0, 1],
  ]
  it('goes where each comparison sends it', () => {
    const at = (comparison: 'own' | 'scikit-learn' | 'xgboost', value: number): number =>
      boostScores(boostFit(x, y, { comparison, trees: 1, learningRate: 1, maxDepth: 1 }), [[value]])[0]
    expect(at('own', 0.15)).toBe(0)
    expect(at('scikit-learn', 0.15)).toBe(1)
    expect(at('scikit-learn', 0.149999)).toBe(0)
    expect(at('xgboost', 0.15)).toBe(1)
    expect(at('xgboost', 0.1499)).toBe(0)
    expect(boostScores(boostFit([[1], [2]], y, { comparison: 'scikit-learn', trees: 1, learningRate: 1 }), [[1.5]])[0]).toBe(0)
    expect(boostScores(boostFit([[1], [2]], y, { comparison: 'xgboost', trees: 1, learningRate: 1 }), [[1.5]])[0]).toBe(1)
    expect(boostScores(boostFit([[-1], [1]], y, { comparison: 'xgboost', trees: 1, learningRate: 1 }), [[0]])[0]).toBe(1)
    const tree = regressionTree(x, y, { comparison: 'scikit-learn' })
    expect(tree.threshold[0]).toBe(0.5 * (Math.fround(0.1) + Math.fround(0.2)))
    expect(regressionTreePredict(tree, [[0.15]])[0]).toBe(1)
  })

  it('is alike in bins', () => {
    for (const comparison of ['scikit-learn', 'xgboost'] as const) {
      const [exact, binned] = (['exact', 'histogram'] as const).map((splits) =>
        boostFit(x, y, { comparison, splits, trees: 1, learningRate: 1 }),
      )
      expect(boostScores(binned, [[0.15]])).toEqual(boostScores(exact, [[0.15]]))
    }
  })
})

describe('boosting', () => {
  it('lowers the training error with every tree', () => {
    fc.assert(
      fc.property(data, ({ x, y }) => {
        const { trainingLoss } = boostFit(x, y, { trees: 8, learningRate: 0.3 })
        for (let k = 1; k < trainingLoss.length; k++) expect(trainingLoss[k]).toBeLessThanOrEqual(trainingLoss[k - 1] + 1e-9)
      }),
    )
  })

  it('with one whole step of one tree is that tree', () => {
    fc.assert(
      fc.property(data, ({ x, y }) => {
        const model = boostFit(x, y, { trees: 1, learningRate: 1, maxDepth: 3 })
        const tree = regressionTree(x, y, { maxDepth: 3 })
        const [a, b] = [boostScores(model, x), regressionTreePredict(tree, x)]
        a.forEach((value, i) => expect(value).toBeCloseTo(b[i], 9))
      }),
    )
  })

  it('takes a whole weight for a repeated row', () => {
    fc.assert(
      fc.property(data, fc.nat(), ({ x, y }, at) => {
        const i = at % y.length
        const options = { trees: 4, order: 'second', minChildWeight: 0 } as const
        const weighted = boostFit(x, y, { ...options, weights: y.map((_, k) => (k === i ? 2 : 1)) })
        const repeated = boostFit([...x, x[i]], [...y, y[i]], options)
        const [a, b] = [boostScores(weighted, x), boostScores(repeated, x)]
        a.forEach((value, k) => expect(value).toBeCloseTo(b[k], 8))
      }),
      { numRuns: 50 },
    )
  })

  it('learns a rule, from values and from bins alike, and tells which column it is in', () => {
    const prng = createPrng(3)
    const x = Array.from({ length: 600 }, () => Array.from({ length: 4 }, () => prng.normal()))
    const y = x.map((row) => (row[1] * row[2] > 0 ? 1 : 0))
    for (const splits of ['exact', 'histogram'] as const) {
      const model = boostFit(x.slice(0, 400), y.slice(0, 400), {
        loss: 'logistic',
        trees: 60,
        splits,
        order: 'second',
        learningRate: 0.3,
      })
      expect(rocAuc(y.slice(400), boostProbabilities(model, x.slice(400)))).toBeGreaterThan(0.95)
      expect(model.importance[1] + model.importance[2]).toBeGreaterThan(0.8)
    }
  })

  it('stops where the validation rows stop getting better', () => {
    const prng = createPrng(4)
    const rows = (n: number): number[][] => Array.from({ length: n }, () => [prng.normal(), prng.normal()])
    const [x, vx] = [rows(80), rows(80)]
    const target = (row: number[]): number => row[0] + 2 * prng.normal()
    const model = boostFit(x, x.map(target), {
      trees: 500,
      learningRate: 0.3,
      validation: { x: vx, y: vx.map(target), patience: 10 },
    })
    expect(model.trees.length).toBeLessThan(100)
    expect(model.validationLoss[model.trees.length - 1]).toBe(Math.min(...Array.from(model.validationLoss)))
  })

  it('draws the same rows for the same seed', () => {
    const prng = createPrng(5)
    const x = Array.from({ length: 60 }, () => [prng.normal(), prng.normal()])
    const y = x.map((row) => row[0])
    const fit = (seed: number) => boostFit(x, y, { trees: 5, subsample: 0.5, prng: createPrng(seed) })
    expect(fit(1)).toEqual(fit(1))
    expect(fit(1)).not.toEqual(fit(2))
  })

  it('refuses columns of other names', () => {
    const model = boostFit([[1], [2]], [1, 2], { features: ['return'], trees: 1 })
    expect(() => boostScores(model, [[1]], { features: ['volume'] })).toThrow(/fitted on return/)
    expect(boostScores(model, [[1]], { features: ['return'] })).toHaveLength(1)
  })
})

describe('measures of classes', () => {
  const scored = fc
    .integer({ min: 2, max: 40 })
    .chain((n) =>
      fc.record({
        truth: fc.array(fc.constantFrom(0, 1), { minLength: n, maxLength: n }),
        p: fc.array(
          fc.integer({ min: 0, max: 10 }).map((k) => k / 10),
          { minLength: n, maxLength: n },
        ),
      }),
    )
    .filter(({ truth }) => truth.includes(0) && truth.includes(1))

  it('the area under the curve counts pairs', () => {
    fc.assert(
      fc.property(scored, ({ truth, p }) => {
        let [won, pairs] = [0, 0]
        truth.forEach((a, i) =>
          truth.forEach((b, j) => {
            if (a !== 1 || b !== 0) return
            pairs += 1
            won += p[i] > p[j] ? 1 : p[i] === p[j] ? 0.5 : 0
          }),
        )
        expect(rocAuc(truth, p)).toBeCloseTo(won / pairs, 12)
        expect(
          rocAuc(
            truth,
            p.map((each) => -each),
          ),
        ).toBeCloseTo(1 - won / pairs, 12)
      }),
    )
  })

  it('lie within their ranges, and reward certainty that is right', () => {
    fc.assert(
      fc.property(scored, ({ truth, p }) => {
        const report = classificationReport(truth, p)
        for (const each of [report.accuracy, averagePrecision(truth, p), brierScore(truth, p)]) {
          expect(each).toBeGreaterThanOrEqual(0)
          expect(each).toBeLessThanOrEqual(1)
        }
        expect(report.confusion.flat().reduce((a, b) => a + b, 0)).toBe(truth.length)
        expect(meanLogLoss(truth, truth)).toBeLessThan(1e-12)
        expect(meanLogLoss(truth, p)).toBeGreaterThan(meanLogLoss(truth, truth))
        expect(classificationReport(truth, truth)).toMatchObject({ accuracy: 1, f1: 1, mcc: 1, kappa: 1, balancedAccuracy: 1 })
      }),
    )
  })
})

describe('what would divide by zero', () => {
  it('is nothing, or zero when asked for', () => {
    const none = classificationReport([0, 1, 1], [0.1, 0.2, 0.3], 0.9)
    expect([none.precision, none.mcc]).toEqual([undefined, undefined])
    const zero = classificationReport([0, 1, 1], [0.1, 0.2, 0.3], 0.9, { zeroDivision: 'zero' })
    expect([zero.precision, zero.mcc, zero.balancedAccuracy]).toEqual([0, 0, 0.5])
    const single = classificationReport([0, 0], [0.1, 0.2], 0.9, { zeroDivision: 'zero' })
    expect([single.recall, single.f1, single.balancedAccuracy, single.kappa]).toEqual([0, 0, 1, undefined])
  })

  it('costs a certain error 52 bits', () => {
    expect(meanLogLoss([1], [0])).toBeCloseTo(52 * Math.LN2, 12)
    expect(meanLogLoss([0], [1])).toBeCloseTo(52 * Math.LN2, 12)
  })

  it('scales a column that does not vary by one', () => {
    const rows = [
      [1, 3],
      [2, 3],
    ]
    expect(() => standardScaler(rows)).toThrow('no standard deviation')
    for (const scaler of [standardScaler, robustScaler, rangeScaler])
      expect(scaleRows(scaler(rows, { constant: 'unit' }), [[1, 5]])[0][1]).toBe(2)
  })
})

describe('isotonic regression', () => {
  it('never falls, keeps the mean, and leaves a rising series alone', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(small, small), { minLength: 1, maxLength: 30 }), (pairs) => {
        const [x, y] = [pairs.map(([a]) => a), pairs.map(([, b]) => b)]
        const model = isotonicFit(x, y)
        const fitted = isotonicPredict(model, x)
        for (let i = 1; i < model.y.length; i++) expect(model.y[i]).toBeGreaterThanOrEqual(model.y[i - 1])
        expect(meanOf(Array.from(fitted))).toBeCloseTo(meanOf(y), 9)
        const again = isotonicFit(model.x, model.y)
        again.y.forEach((value, i) => expect(value).toBeCloseTo(model.y[i], 12))
      }),
    )
  })
})

describe('near rows', () => {
  it('one neighbour is the row itself, all of them the mean', () => {
    const x = [[0], [1], [2], [5]]
    const y = [3, 1, 4, 1]
    expect(Array.from(nearestNeighbourMean(x, y, x, 1))).toEqual(y)
    expect(nearestNeighbourMean(x, y, [[9]], 4)[0]).toBeCloseTo(2.25, 12)
  })

  it('clusters put every row to its nearest centre, and centres in the middle', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 5 }), (seed, k) => {
        const prng = createPrng(seed)
        const x = Array.from({ length: 40 }, () => [prng.normal(), prng.normal()])
        const { centres, labels } = kMeans(x, kMeansStart(x, k, prng))
        const squared = (a: ArrayLike<number>, b: ArrayLike<number>): number => (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2
        x.forEach((row, i) =>
          expect(squared(row, centres[labels[i]])).toBeLessThanOrEqual(Math.min(...centres.map((c) => squared(row, c))) + 1e-12),
        )
        centres.forEach((centre, c) => {
          const own = x.filter((_, i) => labels[i] === c)
          expect(centre[0]).toBeCloseTo(meanOf(own.map(([a]) => a)), 9)
        })
      }),
      { numRuns: 30 },
    )
  })

  it('a cluster that loses its rows takes another', () => {
    const { labels } = kMeans([[0], [1], [10], [11]], [[0], [100]])
    expect(new Set(labels).size).toBe(2)
  })

  it('far clusters have a silhouette near one', () => {
    expect(silhouette([[0], [0.1], [9], [9.1]], [0, 0, 1, 1])).toBeGreaterThan(0.95)
    expect(silhouette([[0], [9], [0.1], [9.1]], [0, 0, 1, 1])).toBeLessThan(0)
  })
})

describe('scalers', () => {
  it('bring the training rows to their scale', () => {
    const prng = createPrng(2)
    const rows = Array.from({ length: 50 }, () => [5 + prng.normal(), 100 * prng.float()])
    const standard = scaleRows(standardScaler(rows), rows)
    for (const j of [0, 1]) {
      expect(meanOf(standard.map((row) => row[j]))).toBeCloseTo(0, 12)
      expect(meanOf(standard.map((row) => row[j] ** 2))).toBeCloseTo(1, 12)
    }
    const range = scaleRows(rangeScaler(rows), rows).flatMap((row) => Array.from(row))
    expect(Math.min(...range)).toBe(0)
    expect(Math.max(...range)).toBeCloseTo(1, 12)
    expect(robustScaler(rows).scale[1]).toBeGreaterThan(20)
  })
})

describe('cross-validation', () => {
  const prng = createPrng(12)
  const x = Array.from({ length: 60 }, () => [prng.normal(), prng.normal()])
  const y = x.map((row) => 3 * row[0])
  const folds = [0, 1, 2].map((k) => ({
    train: x.map((_, i) => i).filter((i) => i % 3 !== k),
    test: x.map((_, i) => i).filter((i) => i % 3 === k),
  }))
  const learner = (rows: readonly ArrayLike<number>[], targets: ArrayLike<number>) => {
    const model = boostFit(rows, targets, { trees: 30, maxDepth: 2 })
    return (others: readonly ArrayLike<number>[]) => boostScores(model, others)
  }
  const score = (truth: ArrayLike<number>, predicted: ArrayLike<number>): number =>
    -meanOf(Array.from(truth, (each, i) => (each - predicted[i]) ** 2))

  it('scores what was not trained on', () => {
    const { scores, mean } = crossValidate(x, y, folds, learner, score)
    expect(scores).toHaveLength(3)
    expect(mean).toBeGreaterThan(-meanOf(y.map((each) => each ** 2)))
    expect(() => crossValidate(x, y, [{ train: [0, 1, 2], test: [2, 3] }], learner, score)).toThrow(/trains on rows it tests/)
  })

  it('takes purged folds as they come, indices in typed arrays', () => {
    const purged = purgedKFold(
      x.map((_, i) => i + 1),
      { folds: 3, embargo: 2 },
    )
    const plain = purged.map(({ train, test }) => ({ train: Array.from(train), test: Array.from(test) }))
    expect(crossValidate(x, y, purged, learner, score)).toEqual(crossValidate(x, y, plain, learner, score))
    const importance = (of: typeof plain | typeof purged) => permutationImportance(x, y, of, learner, score, createPrng(1), 2)
    expect(importance(purged)).toEqual(importance(plain))
    expect(() => crossValidate(x, y, [{ train: [0, Number.NaN], test: [3] }], learner, score)).toThrow(/row of fold 0/)
  })

  it('finds the column that matters', () => {
    const { mean } = permutationImportance(x, y, folds, learner, score, createPrng(1), 3)
    expect(mean[0]).toBeGreaterThan(1)
    expect(Math.abs(mean[1])).toBeLessThan(0.2)
  })
})
