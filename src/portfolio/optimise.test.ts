/** Budgets keep every limit, recomputed by hand; they do not know the order of instruments nor the unit of equity. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPrng } from '../core/random.ts'
import { optimisePortfolio } from './optimise.ts'
import type { PortfolioInputs, PortfolioLimits } from './optimise.ts'
import { PORTFOLIO_METHODS } from './settings.ts'
import type { PortfolioMethod } from './settings.ts'

const COMPUTED = PORTFOLIO_METHODS.filter((method) => method !== 'fixed')

const LIMITS: PortfolioLimits = {
  gross: 2.7,
  largest: 0.5,
  net: 1,
  cluster: 1,
  clusterCorrelation: 0.7,
  margin: 0.8,
  stress: 0.2,
}

interface Seeded {
  readonly seed: number
  readonly n: number
  readonly method: PortfolioMethod
  readonly limits: PortfolioLimits
  /** How many of the instruments have returns. */
  readonly known: number
}

/** A market with one common factor. */
function inputsOf({ seed, n, method, limits, known }: Seeded): PortfolioInputs {
  const prng = createPrng(seed)
  const list = (of: (i: number) => number): number[] => Array.from({ length: n }, (_, i) => of(i))
  const betas = list(() => prng.float() * 1.5)
  const own = list(() => 0.005 + 0.03 * prng.float())
  const returns = Array.from({ length: 80 }, () => {
    const factor = 0.02 * prng.normal()
    return Array.from({ length: known }, (_, i) => betas[i] * factor + own[i] * prng.normal())
  })
  return {
    method,
    instruments: list((i) => i * 2 + 1),
    symbols: Array.from({ length: n }, (_, i) => `S${i}`),
    convictions: list(() => (prng.float() < 0.15 ? 0 : 2 * prng.float() - 1)),
    columns: Array.from({ length: known }, (_, i) => i),
    returns,
    current: list(() => 0.3 * prng.normal()),
    funding: list(() => 0.0003 * prng.normal()),
    marginRates: list(() => 1 / (2 + Math.floor(20 * prng.float()))),
    maintenanceRates: list(() => 0.004 + 0.02 * prng.float()),
    smallest: list(() => 0),
    limits,
    informationCoefficient: 0.05,
    riskAversion: 1,
    cost: 0.0005,
    horizon: 1,
  }
}

const unit = fc.double({ min: 0, max: 1, noNaN: true })
const limitSets = fc.record({
  gross: fc.double({ min: 0.1, max: 10, noNaN: true }),
  largest: unit,
  net: unit,
  cluster: unit,
  clusterCorrelation: unit,
  margin: unit,
  stress: unit,
})
const questions = fc
  .record({
    seed: fc.integer({ min: 0, max: 1e6 }),
    n: fc.integer({ min: 1, max: 9 }),
    method: fc.constantFrom(...PORTFOLIO_METHODS),
    limits: limitSets,
    young: fc.integer({ min: 0, max: 3 }),
  })
  .map(({ young, ...given }) => inputsOf({ ...given, known: Math.max(1, given.n - young) }))

const sum = (values: readonly number[]): number => values.reduce((total, each) => total + each, 0)
const sizesOf = (values: readonly number[]): number[] => values.map(Math.abs)

describe.each(PORTFOLIO_METHODS)('%s', (method) => {
  const plain = inputsOf({ seed: 5, n: 6, method, limits: LIMITS, known: 6 })

  it('keeps the side of the opinion', () => {
    const { weights, status } = optimisePortfolio(plain)
    expect(status).toBe('solved')
    weights.forEach((each, i) => expect(each * plain.convictions[i]).toBeGreaterThanOrEqual(0))
    expect(sum(sizesOf(weights))).toBeGreaterThan(0)
  })

  it('does not know the order of the instruments', () => {
    const order = [3, 0, 5, 1, 4, 2]
    const turn = <T>(list: readonly T[]): T[] => order.map((i) => list[i])
    const turned = optimisePortfolio({
      ...plain,
      instruments: turn(plain.instruments),
      symbols: turn(plain.symbols),
      convictions: turn(plain.convictions),
      returns: plain.returns.map(turn),
      current: turn(plain.current),
      funding: turn(plain.funding),
      marginRates: turn(plain.marginRates),
      maintenanceRates: turn(plain.maintenanceRates),
      smallest: turn(plain.smallest),
    })
    turn(optimisePortfolio(plain).weights).forEach((each, i) => expect(turned.weights[i]).toBeCloseTo(each, 7))
  })

  it('answers the same again', () => expect(optimisePortfolio(structuredClone(plain))).toEqual(optimisePortfolio(plain)))
})

describe('every answer', () => {
  it('keeps every limit as it is computed, without any tolerance', () => {
    fc.assert(
      fc.property(questions, (inputs) => {
        const { weights, status, reason } = optimisePortfolio(inputs)
        expect([status, reason]).toEqual(['solved', ''])
        const { limits } = inputs
        const n = weights.length
        const sizes = sizesOf(weights)
        for (const size of sizes) expect(size).toBeLessThanOrEqual(limits.gross * Math.max(limits.largest, 1 / n))
        expect(sum(sizes)).toBeLessThanOrEqual(limits.gross)
        expect(Math.abs(sum(Array.from(weights)))).toBeLessThanOrEqual(limits.gross * limits.net)
        expect(sum(sizes.map((size, i) => inputs.marginRates[i] * size))).toBeLessThanOrEqual(limits.margin)
        expect(sum(sizes.map((size, i) => (limits.stress + inputs.maintenanceRates[i]) * size))).toBeLessThanOrEqual(1)
      }),
      { numRuns: 120 },
    )
  })

  it('keeps the limit of each cluster it names', () => {
    fc.assert(
      fc.property(questions, (inputs) => {
        const { weights, clusters, instruments } = optimisePortfolio(inputs)
        for (const members of clusters) {
          const size = sum(members.map((id) => Math.abs(weights[instruments.indexOf(id)])))
          const limit = inputs.limits.gross * Math.max(inputs.limits.cluster, members.length / weights.length)
          expect(size).toBeLessThanOrEqual(limit)
        }
      }),
      { numRuns: 60 },
    )
  })

  it('says where the risk is: shares add up to one', () => {
    fc.assert(
      fc.property(questions, (inputs) => {
        const { risk, weights } = optimisePortfolio(inputs)
        if (risk === undefined) return
        expect(sum([...risk.shares])).toBeCloseTo(1, 9)
        expect(risk.volatility).toBeGreaterThan(0)
        expect(sum(sizesOf(weights))).toBeGreaterThan(0)
      }),
      { numRuns: 40 },
    )
  })

  it('uses no more when a limit is tighter', () => {
    const grossOf = (inputs: PortfolioInputs): number => sum(sizesOf(optimisePortfolio(inputs).weights))
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 1e6 }),
        fc.constantFrom(...PORTFOLIO_METHODS.filter((method) => method !== 'mean-variance')),
        fc.constantFrom('margin', 'gross'),
        fc.double({ min: 0.2, max: 1, noNaN: true }),
        (seed, method, name, tighter) => {
          const inputs = inputsOf({ seed, n: 5, method, limits: LIMITS, known: 5 })
          const tight = { ...inputs, limits: { ...LIMITS, [name]: LIMITS[name] * tighter } }
          expect(grossOf(tight)).toBeLessThanOrEqual(grossOf(inputs) * (1 + 1e-9))
        },
      ),
      { numRuns: 60 },
    )
  })
})

describe('a weight', () => {
  it.each(COMPUTED)('by %s below what the venue accepts is nothing, and the rest is divided again', (method) => {
    const inputs = inputsOf({ seed: 11, n: 6, method, limits: LIMITS, known: 6 })
    const { weights } = optimisePortfolio(inputs)
    const smallest = 1.0001 * Math.min(...sizesOf(weights).filter((size) => size > 0))
    const again = optimisePortfolio({ ...inputs, smallest: inputs.smallest.map(() => smallest) })
    again.weights.forEach((each) => expect(each === 0 || Math.abs(each) >= smallest).toBe(true))
    expect(again.tooSmall.length).toBeGreaterThan(0)
    for (const id of again.tooSmall) expect(again.weights[again.instruments.indexOf(id)]).toBe(0)
  })

  it('of who has no returns is the equal share', () => {
    const inputs = inputsOf({ seed: 2, n: 4, method: 'risk-parity', limits: LIMITS, known: 3 })
    const { weights, equal } = optimisePortfolio(inputs)
    expect(equal).toEqual([7])
    expect(Math.abs(weights[3])).toBeCloseTo(LIMITS.gross / 4, 12)
    expect(sum(sizesOf(weights))).toBeLessThanOrEqual(LIMITS.gross)
  })

  it('of who does not vary is the equal share', () => {
    const inputs = inputsOf({ seed: 2, n: 3, method: 'hrp', limits: LIMITS, known: 3 })
    const still = { ...inputs, returns: inputs.returns.map((row) => [row[0], 0, row[2]]) }
    expect(optimisePortfolio(still).equal).toEqual([3])
  })

  it('without opinion has no part in mean-variance, and keeps the equal share', () => {
    const inputs = { ...inputsOf({ seed: 2, n: 3, method: 'mean-variance', limits: LIMITS, known: 3 }), convictions: [1, 0, 1] }
    const { equal, weights } = optimisePortfolio(inputs)
    expect(equal).toEqual([3])
    expect(weights[1]).toBeCloseTo(LIMITS.gross / 3, 12)
  })
})

describe('the methods', () => {
  const two = (method: PortfolioMethod): PortfolioInputs => {
    const inputs = inputsOf({ seed: 8, n: 2, method, limits: { ...LIMITS, largest: 1 }, known: 2 })
    // Without correlation, the second twice as volatile.
    const returns = Array.from({ length: 80 }, (_, t) => [t % 2 === 0 ? 0.01 : -0.01, t % 4 < 2 ? 0.02 : -0.02])
    return { ...inputs, returns, convictions: [1, 1], current: [0, 0], funding: [0, 0], marginRates: [0.05, 0.05] }
  }

  it('give the more volatile less: half by risk, a quarter by variance', () => {
    const ratioOf = (method: PortfolioMethod): number => {
      const { weights } = optimisePortfolio(two(method))
      return weights[0] / weights[1]
    }
    expect(ratioOf('fixed')).toBeCloseTo(1, 12)
    expect(ratioOf('inverse-volatility')).toBeCloseTo(2, 9)
    expect(ratioOf('risk-parity')).toBeCloseTo(2, 6)
    expect(ratioOf('hrp')).toBeCloseTo(4, 6)
    expect(ratioOf('min-variance')).toBeCloseTo(4, 6)
  })

  it('of mean-variance earn IC sigma c / (lambda sigma^2) where nothing binds', () => {
    const inputs = { ...two('mean-variance'), convictions: [0.5, 0.25], cost: 0, informationCoefficient: 0.002 }
    const { weights, binding } = optimisePortfolio(inputs)
    expect(binding).toEqual([])
    // At full conviction: c b is what is held.
    const sigma = Math.sqrt((0.01 * 0.01 * 80) / 79)
    expect(weights[0] * 0.5).toBeCloseTo((0.002 * 0.5) / sigma, 6)
    expect(weights[1] * 0.25).toBeCloseTo((0.002 * 0.25) / (2 * sigma), 6)
  })

  it('of mean-variance do not trade what does not earn its cost, and hold less of what pays funding', () => {
    const held = { ...two('mean-variance'), current: [0.4, 0.2], informationCoefficient: 0.003 }
    expect(optimisePortfolio({ ...held, cost: 0.05 }).weights[0]).toBeCloseTo(0.4, 9)
    expect(optimisePortfolio({ ...held, cost: 0 }).weights[0]).not.toBeCloseTo(0.4, 3)
    const paying = optimisePortfolio({ ...held, cost: 0, funding: [0.00002, 0] })
    expect(paying.weights[0]).toBeLessThan(optimisePortfolio({ ...held, cost: 0 }).weights[0])
    const short = { ...held, cost: 0, convictions: [-1, 1] }
    expect(optimisePortfolio({ ...short, funding: [0.00002, 0] }).weights[0]).toBeLessThan(optimisePortfolio(short).weights[0])
  })

  it('name the limits that bind', () => {
    const base = inputsOf({ seed: 21, n: 4, method: 'inverse-volatility', limits: LIMITS, known: 4 })
    const bindingOf = (limits: Partial<PortfolioLimits>): readonly string[] =>
      optimisePortfolio({ ...base, convictions: [1, 1, 1, 1], limits: { ...LIMITS, largest: 1, ...limits } }).binding
    expect(bindingOf({})).toContain('gross')
    expect(bindingOf({ margin: 0.01 })).toEqual(['margin'])
    expect(bindingOf({ stress: 1 })).toEqual(['liquidation'])
    expect(bindingOf({ net: 0.1 })).toEqual(['net'])
    expect(bindingOf({ largest: 0.26 }).some((name) => name.startsWith('largest S'))).toBe(true)
    expect(bindingOf({ cluster: 0.1, clusterCorrelation: 0 }).some((name) => name.startsWith('cluster S'))).toBe(true)
  })

  it('keep the last budgets, and say why, when nothing is found', () => {
    const inputs = inputsOf({ seed: 4, n: 3, method: 'risk-parity', limits: LIMITS, known: 3 })
    // The second is the opposite of the first: they cancel out.
    const cancelling = {
      ...inputs,
      convictions: [1, 1, 1],
      returns: inputs.returns.map(([a, , c]) => [a, Number.NaN, c]),
    }
    const answer = optimisePortfolio(cancelling)
    expect(answer.status).toBe('kept')
    expect(answer.reason).toMatch(/^risk-parity: /)
  })

  it('grow in equity alone: what is small by the venue is larger for little money', () => {
    const inputs = inputsOf({ seed: 31, n: 5, method: 'min-variance', limits: LIMITS, known: 5 })
    const at = (equity: number): readonly number[] =>
      optimisePortfolio({ ...inputs, smallest: inputs.smallest.map(() => 100 / equity) }).weights
    expect(at(1e7)).toEqual(at(1e9))
  })
})
