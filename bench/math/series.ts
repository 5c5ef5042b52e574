/** Made-up inputs, always the same: returns that cluster, regimes, assets with common factors. Pure. */
import { createPrng } from '../../src/core/random.ts'
import { simulateReturns } from '../../src/math/volatility/forecast.ts'
import type { VolatilityParameters } from '../../src/math/volatility/model.ts'

/** The first `count` of one series of GARCH(1,1) returns, with fat tails. */
export function clusteredReturns(count: number): Float64Array {
  const parameters: VolatilityParameters = { omega: 2e-6, alpha: 0.08, beta: 0.9, nu: 6 }
  return simulateReturns({ model: 'garch', parameters, mean: 2e-4, variance: 1e-4, length: count }, createPrng('clustered'))
    .returns
}

/** Returns of a market that is calm, rising or in panic, and stays so for a while. */
export function regimeReturns(count: number): Float64Array {
  const prng = createPrng('regimes')
  const [means, deviations] = [
    [5e-4, 1e-3, -2e-3],
    [0.005, 0.012, 0.035],
  ]
  let state = 0
  return Float64Array.from({ length: count }, () => {
    if (prng.chance(0.02)) state = (state + prng.int(1, 2)) % 3
    return means[state] + deviations[state] * prng.normal()
  })
}

/** Rows of returns of assets that share three factors. */
export function assetReturns(rows: number, assets: number): readonly Float64Array[] {
  const prng = createPrng('assets')
  const loadings = Array.from({ length: assets }, () => [0.6 + 0.4 * prng.float(), 0.5 * prng.normal(), 0.3 * prng.normal()])
  const own = loadings.map(() => 0.005 + 0.02 * prng.float())
  return Array.from({ length: rows }, () => {
    const factors = [0.012 * prng.normal(), 0.008 * prng.normal(), 0.006 * prng.normal()]
    return Float64Array.from(
      loadings,
      (each, i) => each.reduce((total, loading, f) => total + loading * factors[f], 0) + own[i] * prng.normal(),
    )
  })
}

/** X'X/n of centred rows: what a plain program would write. */
export function plainCovariance(rows: readonly Float64Array[]): Float64Array[] {
  const [n, p] = [rows.length, rows[0].length]
  const means = Float64Array.from({ length: p }, (_, j) => rows.reduce((total, row) => total + row[j], 0) / n)
  const out = Array.from({ length: p }, () => new Float64Array(p))
  for (const row of rows)
    for (let i = 0; i < p; i++) for (let j = 0; j < p; j++) out[i][j] += ((row[i] - means[i]) * (row[j] - means[j])) / n
  return out
}

/** Independent standard normal rows. */
export function noiseRows(name: string, rows: number, columns: number): readonly Float64Array[] {
  const prng = createPrng(name)
  return Array.from({ length: rows }, () => Float64Array.from({ length: columns }, () => prng.normal()))
}

/** A random walk with steps of deviation one. */
export function walk(name: string, count: number): Float64Array {
  const prng = createPrng(name)
  let level = 0
  return Float64Array.from({ length: count }, () => (level += prng.normal()))
}
