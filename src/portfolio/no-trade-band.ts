/**
 * When a change of a position is worth trading: small ones cost more than they bring.
 *
 * Pure. Source: R. Garleanu, L. H. Pedersen, Dynamic Trading with Predictable Returns and Transaction Costs, J. Finance 68
 * (2013), whose trade grows with what being off the optimum costs; here by the plain utility of a position.
 */
export interface BandTerms {
  /** Share of the wanted position below which a change is not traded; 0 trades every change. */
  readonly band: number
  /** Of trading a unit of equity. */
  readonly cost: number
  readonly riskAversion: number
  /** Of a day, as a share; NaN where it is not known: then the band alone decides. */
  readonly volatility: number
  /** Days over which the trade has to earn its cost. */
  readonly horizon: number
}

/**
 * Positions are signed notionals over equity. Entries, exits and changes of side are always worth it: what is asked here is how
 * large. A distance d from the optimum costs (lambda/2) sigma^2 d^2 a day; trading it costs cost x d once.
 */
export function worthTrading(current: number, wanted: number, terms: BandTerms): boolean {
  if (terms.band === 0 || wanted * current <= 0) return wanted !== current
  const distance = Math.abs(wanted - current)
  if (distance <= terms.band * Math.abs(wanted)) return false
  if (Number.isNaN(terms.volatility)) return true
  const benefit = 0.5 * terms.riskAversion * terms.volatility * terms.volatility * distance * distance * terms.horizon
  return benefit > terms.cost * distance
}
