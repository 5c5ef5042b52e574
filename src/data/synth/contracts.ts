/**
 * Level, grid and size of the main contracts, so that a synthetic market under such a name fits the rules of that contract. Levels
 * and turnovers are rough, of the years 2024 and 2025; the grid is that of the built-in table.
 *
 * Pure data.
 */
import { decimalsOf } from '../../core/exact.ts'
import type { ContractGrid } from '../../sim/synthetic/character.ts'
import { builtInInstrument } from '../../storage/market-data/built-in-instruments.ts'

/** Price, and millions of quote units traded a day. */
const LEVELS: Readonly<Record<string, readonly [price: number, millions: number]>> = {
  BTC: [68_000, 14_000],
  ETH: [2_900, 9_000],
  SOL: [165, 3_000],
  BNB: [610, 500],
  XRP: [1.2, 1_500],
  DOGE: [0.18, 1_200],
  ADA: [0.6, 400],
  TRX: [0.22, 100],
  LINK: [16, 300],
  AVAX: [28, 300],
  DOT: [5.5, 150],
  LTC: [85, 250],
  BCH: [400, 200],
  XLM: [0.25, 100],
  SUI: [2.9, 900],
  HBAR: [0.15, 150],
  TON: [5, 150],
  '1000SHIB': [0.017, 250],
  '1000PEPE': [0.012, 700],
  '1000BONK': [0.022, 150],
  UNI: [8.5, 200],
  AAVE: [180, 250],
  NEAR: [4.5, 200],
  APT: [8, 150],
  ARB: [0.6, 200],
  OP: [1.3, 150],
  FIL: [4, 150],
  ATOM: [6, 100],
  ETC: [21, 100],
  ICP: [8, 60],
  INJ: [19, 100],
  TIA: [5, 150],
  SEI: [0.35, 100],
  WIF: [1.6, 300],
  WLD: [1.9, 250],
  ENA: [0.6, 250],
  HYPE: [30, 800],
  TAO: [400, 150],
  ZEC: [45, 80],
  APE: [0.9, 60],
  WAVES: [1.6, 40],
  GALA: [0.025, 80],
  XMR: [190, 60],
  RUNE: [4, 80],
}

/** The exchange caps the rate of a settlement at this share of the first maintenance rate. */
const CAP_OF_MAINTENANCE = 0.75

/** Undefined for a symbol that is none of the main contracts. */
export function contractGrid(symbol: string): ContractGrid | undefined {
  const rules = builtInInstrument(symbol)
  if (rules === undefined || !Object.hasOwn(LEVELS, rules.base)) return undefined
  const [price, millions] = LEVELS[rules.base]
  return {
    price,
    priceDecimals: decimalsOf(Number(rules.tick)),
    qtyDecimals: decimalsOf(Number(rules.step)),
    turnover: millions * 1e6,
    fundingCap: CAP_OF_MAINTENANCE * Number(rules.maintenanceRate),
    leads: rules.base === 'BTC',
  }
}
