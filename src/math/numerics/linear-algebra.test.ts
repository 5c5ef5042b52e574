/** Matrices: factors multiply back to what was taken apart, at every scale a double has. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPrng, type Prng } from '../../core/random.ts'
import {
  conditionNumber,
  determinant,
  frobeniusDistance,
  inverse,
  leastSquaresAnyRank,
  matrixExponential,
  pseudoInverse,
  rank,
} from './dense.ts'
import {
  cholesky,
  choleskyWithJitter,
  dot,
  identity,
  leastSquares,
  logDeterminant,
  multiply,
  multiplyVector,
  quadraticForm,
  singularValues,
  solve,
  solveCholesky,
  symmetricEigen,
  transpose,
} from './linear-algebra.ts'
import { nearestCorrelation } from './nearest-correlation.ts'

const seeds = fc.integer({ min: 1, max: 1e9 })
const random = (prng: Prng, rows: number, columns: number, scale = 1): Float64Array[] =>
  Array.from({ length: rows }, () => Float64Array.from({ length: columns }, () => scale * prng.normal()))
const gram = (prng: Prng, n: number): Float64Array[] => {
  const x = random(prng, n + 3, n)
  return multiply(transpose(x), x)
}
const size = (a: readonly ArrayLike<number>[]): number =>
  frobeniusDistance(
    a,
    a.map((row) => Array.from(row, () => 0)),
  )
const same = (a: readonly ArrayLike<number>[], b: readonly ArrayLike<number>[], relative = 1e-9): void =>
  expect(frobeniusDistance(a, b)).toBeLessThanOrEqual(relative * (1 + size(b)))

describe('factors', () => {
  it('multiply back to the matrix', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 6 }), (seed, n) => {
        const prng = createPrng(seed)
        const a = gram(prng, n)
        const l = cholesky(a)
        same(multiply(l, transpose(l)), a)
        expect(logDeterminant(l)).toBeCloseTo(Math.log(determinant(a)), 6)
        const { values, vectors } = symmetricEigen(a)
        same(
          multiply(
            transpose(vectors),
            vectors.map((vector, k) => vector.map((value) => values[k] * value)),
          ),
          a,
        )
        same(multiply(vectors, transpose(vectors)), identity(n))
        const rows = random(prng, n + prng.int(0, 4), prng.int(1, 6))
        const { u, s, v } = singularValues(rows)
        same(
          multiply(
            transpose(u),
            v.map((vector, k) => vector.map((value) => s[k] * value)),
          ),
          rows,
        )
        s.forEach((value, k) => expect(value).toBeLessThanOrEqual(k === 0 ? Infinity : s[k - 1]))
        expect(rank(rows)).toBe(Math.min(rows.length, rows[0].length))
      }),
    )
  })

  it('are those of the same matrix in other units', () => {
    fc.assert(
      fc.property(seeds, fc.constantFrom(1e-200, 1e-9, 1e150), (seed, unit) => {
        const a = gram(createPrng(seed), 3)
        const scaled = a.map((row) => row.map((value) => value * unit))
        symmetricEigen(scaled).values.forEach((value, k) => expect(value / unit).toBeCloseTo(symmetricEigen(a).values[k], 8))
        singularValues(scaled).s.forEach((value, k) => expect(value / unit).toBeCloseTo(singularValues(a).s[k], 8))
        expect(conditionNumber(scaled) / conditionNumber(a)).toBeCloseTo(1, 6)
      }),
    )
  })

  it('are taken with a jitter when the matrix is singular', () => {
    const { factor, jitter } = choleskyWithJitter([[1, 1], [1, 1]]) // oxfmt-ignore
    expect(jitter).toBeCloseTo(1e-10, 15)
    expect(factor[1][1]).toBeGreaterThan(0)
  })
})

describe('systems', () => {
  it('are solved', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 6 }), (seed, n) => {
        const prng = createPrng(seed)
        const [a, x] = [gram(prng, n), random(prng, 1, n)[0]]
        const b = multiplyVector(a, x)
        same([solve(a, b)], [x], 1e-6)
        same([solveCholesky(cholesky(a), b)], [x], 1e-6)
        same(multiply(a, inverse(a)), identity(n), 1e-6)
      }),
    )
  })

  it('with more rows than unknowns leave residuals at right angles to the columns', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 5 }), fc.constantFrom(1e-140, 1, 1e120), (seed, p, unit) => {
        const prng = createPrng(seed)
        const x = random(prng, p + 4, p, unit)
        const y = random(prng, 1, p + 4)[0]
        const { residuals, coefficients, inverseGram } = leastSquares(x, y)
        transpose(x).forEach((column) => expect(Math.abs(dot(column, residuals)) / unit).toBeLessThan(1e-10))
        same([leastSquaresAnyRank(x, y).map((value) => value * unit)], [coefficients.map((value) => value * unit)], 1e-8)
        if (unit === 1) same(multiply(inverseGram, multiply(transpose(x), x)), identity(p), 1e-6)
      }),
    )
  })

  it('have the inverse of Moore and Penrose, whatever their rank', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const prng = createPrng(seed)
        const a = multiply(random(prng, 5, 2), random(prng, 2, 4))
        const p = pseudoInverse(a)
        expect(rank(a)).toBe(2)
        same(multiply(a, multiply(p, a)), a, 1e-7)
        same(multiply(p, multiply(a, p)), p, 1e-7)
        const projection = multiply(a, p)
        same(projection, transpose(projection), 1e-7)
      }),
    )
  })
})

describe('whole matrices', () => {
  it('determinants multiply', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 5 }), (seed, n) => {
        const prng = createPrng(seed)
        const [a, b] = [random(prng, n, n), random(prng, n, n)]
        expect(determinant(multiply(a, b))).toBeCloseTo(determinant(a) * determinant(b), 6)
        expect(determinant(transpose(a))).toBeCloseTo(determinant(a), 8)
      }),
    )
    expect(determinant([[1, 2], [2, 4]])).toBe(0) // oxfmt-ignore
  })

  it('exponentials of opposite matrices are inverse, and of diagonals plain', () => {
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 5 }), (seed, n) => {
        const a = random(createPrng(seed), n, n, 1.5)
        const back = matrixExponential(a.map((row) => row.map((value) => -value)))
        same(multiply(matrixExponential(a), back), identity(n), 1e-6)
        const trace = a.reduce((total, row, i) => total + row[i], 0)
        expect(Math.log(determinant(matrixExponential(a)))).toBeCloseTo(trace, 5)
      }),
    )
    expect(matrixExponential([[1, 0], [0, -2]])[0][0]).toBeCloseTo(Math.E, 13) // oxfmt-ignore
    expect(matrixExponential([[0, 1], [0, 0]])[0][1]).toBeCloseTo(1, 14) // oxfmt-ignore
  })
})

describe('the nearest correlation matrix', () => {
  it('is one, and none is nearer', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const prng = createPrng(seed)
        const n = 4
        const a = identity(n)
        for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) a[i][j] = a[j][i] = 2 * prng.float() - 1
        const { correlation, distance } = nearestCorrelation(a, { tolerance: 1e-10 })
        correlation.forEach((row, i) => expect(row[i]).toBe(1))
        expect(symmetricEigen(correlation).values[0]).toBeGreaterThan(-1e-8)
        expect(nearestCorrelation(correlation, { tolerance: 1e-9 }).distance).toBeLessThan(1e-6)
        for (let k = 0; k < 10; k++) {
          const x = random(prng, n, n).map((row) => row.map((value) => value / Math.sqrt(dot(row, row))))
          expect(frobeniusDistance(multiply(x, transpose(x)), a)).toBeGreaterThanOrEqual(distance - 1e-7)
        }
      }),
      { numRuns: 25 },
    )
  })
})

it('a form is the sum over its entries', () => {
  expect(quadraticForm([[1, 2], [3, 4]], [1, 2], [5, 6])).toBe(1 * (5 + 12) + 2 * (15 + 24)) // oxfmt-ignore
})
