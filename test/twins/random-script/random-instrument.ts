/** Random instruments: rules that bind or do not, maintenance tables that change. */
import { rateOf } from '../../../src/core/exact.ts'
import type { Money, Price, Qty, Rate } from '../../../src/core/exact.ts'
import type { Prng } from '../../../src/core/random.ts'
import type { Micros } from '../../../src/core/time.ts'
import { Instrument } from '../../../src/domain/instrument.ts'
import type { BracketChange, MarginBracket, TradingRules } from '../../../src/domain/instrument.ts'
import { ONE, pick, START } from './draw.ts'

export function randomInstrument(chance: Prng, symbol: string, index: number, span: number): Instrument {
  const asset = { name: 'USDT', scale: 8 }
  const priceScale = pick(chance, [0, 1, 2])
  const tick = pick(chance, [1, 1, 2, 5]) as Price
  const unit = 10 ** (8 - priceScale)
  const step = pick(chance, [1, unit / 1_000, unit / 10]) as Qty
  const first = randomRules(chance, 0, tick, step, priceScale)
  const rules = chance.chance(0.3)
    ? [first, randomRules(chance, START + Math.floor(span * chance.float()), tick, step, priceScale)]
    : [first]
  return new Instrument(
    {
      venue: 'binance',
      kind: 'perp',
      symbol,
      base: { name: symbol.slice(0, 3), scale: 8 },
      quote: asset,
      settle: asset,
      priceScale,
      rules,
      brackets: randomBrackets(chance),
      bracketChanges: randomChanges(chance, span),
      liquidationFee: rateOf(pick(chance, ['0.0125', '0.02', '0', '0.005'])),
    },
    index,
  )
}

/** Prices are around 100 quote units, quantities of orders between 0.1 and 5 base units. */
function randomRules(chance: Prng, from: number, tick: Price, step: Qty, priceScale: number): TradingRules {
  const price = 10 ** priceScale
  const unit = 10 ** (8 - priceScale)
  return {
    from: from as Micros,
    tick,
    step,
    binding: chance.chance(0.5),
    ...(chance.chance(0.7) && { minQty: (unit / 10) as Qty }),
    ...(chance.chance(0.7) && { maxQty: (4.5 * unit) as Qty }),
    ...(chance.chance(0.5) && { marketMaxQty: (4 * unit) as Qty }),
    ...(chance.chance(0.5) && { minPrice: (60 * price) as Price, maxPrice: (150 * price) as Price }),
    ...(chance.chance(0.5) && { minNotional: (BigInt(chance.int(5, 40)) * ONE) as Money }),
    ...(chance.chance(0.6) && {
      priceUp: rateOf(pick(chance, ['1.05', '1.01'])),
      priceDown: rateOf(pick(chance, ['0.95', '0.99'])),
    }),
    ...(chance.chance(0.6) && { triggerProtect: rateOf(pick(chance, ['0.05', '0.01', '0.001'])) }),
    ...(chance.chance(0.3) && { maxOrders: chance.int(2, 8) }),
  }
}

const TABLES: readonly (readonly (readonly [string, string, number])[])[] = [
  [
    ['0', '0.004', 125],
    ['250', '0.01', 75],
    ['500', '0.025', 20],
    ['1500', '0.1', 5],
  ],
  [
    ['0', '0.01', 50],
    ['120', '0.05', 20],
    ['900', '0.15', 2],
  ],
  [
    ['0', '0.02', 10],
    ['400', '0.125', 4],
  ],
]

const randomBrackets = (chance: Prng): MarginBracket[] => steps(pick(chance, [TABLES[0], TABLES[0], TABLES[1], TABLES[2]]))

function randomChanges(chance: Prng, span: number): BracketChange[] {
  if (!chance.chance(0.35)) return []
  const at = (): number => START + Math.floor((span / 10) * chance.int(0, 10))
  const [first, second] = [at(), at()].sort((a, b) => a - b)
  const dates = second > first ? [first, second] : [first]
  return dates.map((from) => ({ from: from as Micros, brackets: randomBrackets(chance) }))
}

/** Brackets whose amounts make the maintenance margin continuous, as exchanges do. */
function steps(table: readonly (readonly [string, string, number])[]): MarginBracket[] {
  let cum = 0n
  let rateBefore = 0n
  return table.map(([from, rateText, maxLeverage], i) => {
    const floor = BigInt(from) * ONE
    const rate = BigInt(rateOf(rateText))
    if (i > 0) cum += (floor * (rate - rateBefore)) / 10n ** 10n
    rateBefore = rate
    const cap = i + 1 < table.length ? BigInt(table[i + 1][0]) * ONE : 10n ** 30n
    return { floor: floor as Money, cap: cap as Money, maxLeverage, rate: Number(rate) as Rate, cum: cum as Money }
  })
}
