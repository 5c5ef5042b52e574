/** ARMA polynomials: stationarity, partial autocorrelations, autocovariances, the filter's covariances. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  ArmaFilter,
  armaAutocovariances,
  arOfPartials,
  isStationary,
  partialsOfAr,
  productOfAr,
  productOfMa,
  psiWeights,
} from './arma.ts'

const partials = fc.array(fc.double({ min: -0.9, max: 0.9, noNaN: true }), { minLength: 0, maxLength: 4 })

describe('partial autocorrelations', () => {
  it('give stationary coefficients, always, and come back', () => {
    fc.assert(
      fc.property(partials, (r) => {
        const phi = arOfPartials(r)
        expect(isStationary(phi)).toBe(true)
        partialsOfAr(phi).forEach((each, i) => expect(each).toBeCloseTo(r[i], 6))
      }),
    )
  })

  it('tell coefficients that are not stationary', () => {
    expect(isStationary([1])).toBe(false)
    expect(isStationary([0.5, 0.6])).toBe(false)
    expect(isStationary([1.5, -0.6])).toBe(true)
    expect(() => partialsOfAr([1.1])).toThrow('not stationary')
  })
})

describe('weights and autocovariances', () => {
  it('agree: gamma_k is the sum of psi_j psi_{j+k}', () => {
    fc.assert(
      fc.property(partials, partials, (r, theta) => {
        const phi = arOfPartials(r.map((each) => 0.7 * each))
        const psi = psiWeights(phi, theta, 1200)
        const gamma = armaAutocovariances(phi, theta, 6)
        gamma.forEach((each, k) => {
          let total = 0
          for (let j = 0; j + k < psi.length; j++) total += psi[j] * psi[j + k]
          expect(Math.abs(each - total)).toBeLessThan(1e-7 * gamma[0])
        })
      }),
      { numRuns: 40 },
    )
  })

  it('multiply seasonal polynomials out', () => {
    expect(Array.from(productOfAr([0.5], [0.2], 3))).toEqual([0.5, 0, 0.2, -0.1])
    expect(Array.from(productOfMa([0.5], [0.2], 3))).toEqual([0.5, 0, 0.2, 0.1])
  })
})

describe('ArmaFilter', () => {
  it('begins with the variance of the process and ends with that of its shocks', () => {
    fc.assert(
      fc.property(partials, partials, (r, ma) => {
        const [phi, theta] = [arOfPartials(r), arOfPartials(ma.map((each) => 0.8 * each))]
        const filter = new ArmaFilter(phi, theta)
        const [gamma0] = armaAutocovariances(phi, theta, 0)
        expect(filter.variance / gamma0).toBeCloseTo(1, 9)
        let before = filter.variance
        for (let t = 0; t < 300; t++) {
          filter.observe(0)
          filter.move()
          expect(filter.variance).toBeLessThanOrEqual(before * (1 + 1e-9))
          before = filter.variance
        }
        expect(filter.variance).toBeGreaterThan(1 - 1e-9)
      }),
      { numRuns: 40 },
    )
  })
})
