/**
 * What a symbol of the synthetic market is like: its level, its grid, how it moves with the others, how much it trades.
 *
 * Pure: chance is given.
 */
import { POW10 } from '../../core/exact.ts'
import type { Prng } from '../../core/random.ts'

export interface Character {
  readonly symbol: string
  /** First price, to which years of trading are pulled back. */
  readonly price: number
  /** The tick is one unit of the last place, and so is the step. */
  readonly priceDecimals: number
  readonly qtyDecimals: number
  /** Standard deviation of a day that comes from the market, from what the smaller coins share, and from itself. */
  readonly market: number
  readonly alts: number
  readonly own: number
  /** Quote units traded on an ordinary day. */
  readonly turnover: number
  /** Mean quote value of a trade in ordinary times. */
  readonly tradeValue: number
  /** Usual spread as a share of the price; at least a tick. */
  readonly spread: number
  /** Largest funding rate of a settlement. */
  readonly fundingCap: number
}

/** Of the market, for the leader; the mean of years, wild times included. */
export const MARKET = 0.029

/** Made-up symbols with levels of their own: a leader, a follower, a small coin. */
const MADE_UP: readonly Character[] = [
  {
    symbol: 'SYNAUSDT',
    price: 42_000,
    priceDecimals: 1,
    qtyDecimals: 3,
    market: MARKET,
    alts: 0,
    own: 0.007,
    turnover: 9e9,
    tradeValue: 3_600,
    spread: 2e-6,
    fundingCap: 0.003,
  },
  {
    symbol: 'SYNBUSDT',
    price: 2_300,
    priceDecimals: 2,
    qtyDecimals: 3,
    market: 1.17 * MARKET,
    alts: 0.014,
    own: 0.014,
    turnover: 5e9,
    tradeValue: 2_200,
    spread: 5e-6,
    fundingCap: 0.003,
  },
  {
    symbol: 'SYNCUSDT',
    price: 0.52,
    priceDecimals: 4,
    qtyDecimals: 0,
    market: 1.2 * MARKET,
    alts: 0.023,
    own: 0.027,
    turnover: 5e8,
    tradeValue: 900,
    spread: 1e-4,
    fundingCap: 0.00375,
  },
]

export const MADE_UP_SYMBOLS: readonly string[] = Object.freeze(MADE_UP.map(({ symbol }) => symbol))

/** Rules of a contract that exists, for a symbol of its name. */
export interface ContractGrid {
  readonly price: number
  readonly priceDecimals: number
  readonly qtyDecimals: number
  readonly turnover: number
  readonly fundingCap: number
  /** Moves as the leader does. */
  readonly leads: boolean
}

/** Of the three made-up symbols their own; on the grid of a contract when one is given; anything else by chance. */
export function characterOf(symbol: string, chance: Prng, grid: ContractGrid | undefined): Character {
  const known = MADE_UP.find((each) => each.symbol === symbol)
  if (known !== undefined) return known
  const drawn = drawnCharacter(symbol, chance)
  if (grid === undefined) return drawn
  const { price, priceDecimals, qtyDecimals, turnover, fundingCap, leads } = grid
  const placed = { ...drawn, price, priceDecimals, qtyDecimals, turnover, fundingCap, tradeValue: tradeValueOf(turnover) }
  return leads ? { ...placed, market: MARKET, alts: 0, own: 0.007, spread: 2e-6 } : placed
}

/** A price of one to ten times a power of ten, with five figures. */
function drawnCharacter(symbol: string, chance: Prng): Character {
  const power = chance.int(-2, 3)
  const turnover = 1e8 * (1 + 9 * chance.float())
  return {
    symbol,
    price: (1 + 9 * chance.float()) * (power < 0 ? 1 / POW10[-power] : POW10[power]),
    priceDecimals: 4 - power,
    qtyDecimals: Math.max(0, power),
    market: MARKET * (1 + 0.4 * chance.float()),
    alts: 0.015 + 0.015 * chance.float(),
    own: 0.018 + 0.018 * chance.float(),
    turnover,
    tradeValue: tradeValueOf(turnover),
    spread: 5e-5 + 1e-4 * chance.float(),
    fundingCap: 0.02,
  }
}

/** Larger markets have larger trades: some 700 quote units at 1e8 a day, 3,600 at 1e10. */
const tradeValueOf = (turnover: number): number => 250 + 0.045 * Math.sqrt(turnover)
