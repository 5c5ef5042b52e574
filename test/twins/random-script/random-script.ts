/**
 * Seeded scripts for simulated exchanges, made to be nasty: prices a tick or two apart, orders on every edge of every row, gaps in
 * rows and in prices, empty bars, commands in every state, every switch in both positions, and so much leverage that accounts die.
 *
 * Pure: the same seed and sizes give the same script.
 */
import { rateOf } from '../../../src/core/exact.ts'
import type { Money } from '../../../src/core/exact.ts'
import { createPrng } from '../../../src/core/random.ts'
import type { Prng } from '../../../src/core/random.ts'
import { HOUR, MILLISECOND, MINUTE } from '../../../src/core/time.ts'
import type { Duration } from '../../../src/core/time.ts'
import type { ScriptSettings, ScriptSwitches, ScriptTier, VenueScript } from '../naive-venue/script.ts'
import { ONE, pick, START } from './draw.ts'
import { randomCommands } from './random-commands.ts'
import { randomInstrument } from './random-instrument.ts'
import { randomBars, randomFunding, randomMarks, randomMarksBesideTrades, randomTrades, until } from './random-market.ts'

export interface ScriptSize {
  /** 1 to 3. */
  readonly instruments: number
  /** Rows per instrument, before some are taken out. */
  readonly rows: number
  readonly commands: number
}

const SYMBOLS = ['AAAUSDT', 'BBBUSDT', 'CCCUSDT']

export function randomScript(seed: number, size: ScriptSize): VenueScript {
  const chance = createPrng(seed)
  const of = (name: string): Prng => chance.fork(name)
  const shapes = of('shapes')
  const sameLength = shapes.chance(0.5)
  // Some scripts last for days: fee tiers and funding schedules need that.
  const choices = shapes.chance(0.25) ? [HOUR, 4 * HOUR] : [MINUTE, 3 * MINUTE, 5 * MINUTE]
  const length = pick(shapes, choices)
  const lengths = SYMBOLS.map(() => (sameLength ? length : pick(shapes, choices)) as Duration)
  const span = Math.max(...lengths.slice(0, size.instruments)) * size.rows
  const instruments = SYMBOLS.slice(0, size.instruments).map((symbol, index) =>
    randomInstrument(of(`instrument-${index}`), symbol, index, span),
  )
  const delistings = instruments
    .filter(() => shapes.chance(0.08))
    .map(({ index }) => ({ instrument: index, time: until(lengths[index] * Math.floor(size.rows * 0.6)) }))
  const ends = instruments.map(({ index }) => delistings.find((each) => each.instrument === index)?.time ?? Infinity)
  const isTraded = instruments.map(() => shapes.chance(0.4))
  const hasMarks = instruments.map(() => shapes.chance(0.5))
  const bars = instruments.map((each) =>
    isTraded[each.index]
      ? []
      : randomBars(of(`bars-${each.index}`), each, lengths[each.index], size.rows).filter(
          (bar) => bar.openTime + bar.length <= ends[each.index],
        ),
  )
  const trades = instruments.map((each) =>
    isTraded[each.index]
      ? randomTrades(of(`trades-${each.index}`), each, lengths[each.index], size.rows).filter(
          (trade) => trade.time < ends[each.index],
        )
      : [],
  )
  const marks = instruments.map((each) => {
    const draw = of(`marks-${each.index}`)
    if (!hasMarks[each.index]) return []
    const rows = isTraded[each.index]
      ? randomMarksBesideTrades(draw, each, trades[each.index], lengths[each.index])
      : randomMarks(draw, each, bars[each.index])
    return rows.filter((row) => row.openTime + row.length <= ends[each.index])
  })
  const settings = randomSettings(of('settings'))
  const accounts = of('accounts').int(1, 3)
  const capital = Array.from(
    { length: accounts },
    (_, i) => (BigInt(of(`capital-${i}`).int(8, 150)) * ONE + BigInt(of(`cents-${i}`).int(0, 99_999_999))) as Money,
  )
  const market = { instruments, bars, trades }
  return {
    instruments,
    settings,
    switches: randomSwitches(of('switches')),
    // Positions are a few units of about 100: some accounts live on leverage 2, some on 50.
    capital,
    bars,
    trades,
    marks,
    funding: randomFunding(of('funding'), market, ends),
    delistings,
    commands: randomCommands(of('commands'), size.commands, { ...market, accounts, orderLatency: settings.orderLatency }),
  }
}

function randomSettings(chance: Prng): ScriptSettings {
  const latencies = [0, 0, 250 * MILLISECOND, 7 * MINUTE]
  return {
    takerFee: rateOf(pick(chance, ['0.0005', '0.0004', '0.000375'])),
    makerFee: rateOf(pick(chance, ['0.0002', '0', '-0.00005'])),
    tiers: chance.chance(0.4) ? randomTiers(chance) : [],
    slippageBps: pick(chance, [0, 0, 7.5, 40]),
    participation: pick(chance, [undefined, undefined, 0.1, 0.01]),
    touch: chance.chance(0.25),
    queue: pick(chance, [10, 1, 0, 0.25]),
    orderLatency: pick(chance, latencies) as Duration,
    reportLatency: pick(chance, latencies) as Duration,
    dataLatency: pick(chance, latencies) as Duration,
  }
}

const randomTiers = (chance: Prng): ScriptTier[] => [
  { volume: 0n as Money, maker: rateOf('0.0002'), taker: rateOf('0.0005') },
  { volume: (BigInt(chance.int(50, 300)) * ONE) as Money, maker: rateOf('0.00016'), taker: rateOf('0.0004') },
  { volume: (BigInt(chance.int(301, 2_000)) * ONE) as Money, maker: rateOf('-0.00001'), taker: rateOf('0.00035') },
]

const randomSwitches = (chance: Prng): ScriptSwitches => ({
  bands: chance.chance(0.5),
  immediateTrigger: chance.chance(0.5) ? 'reject' : 'fire',
  reduceOnlyCovered: chance.chance(0.5),
  reduceOnlyTrim: chance.chance(0.5),
  liquidation: chance.chance(0.7) ? 'partial' : 'whole',
})

/** The script as plain text, for the message of a test that fails: whoever reads it can replay it by hand. */
export function describeScript(script: VenueScript): string {
  const text = (value: unknown): string =>
    JSON.stringify(value, (_, each: unknown) => (typeof each === 'bigint' ? `${each}n` : each))
  const bracketText = (of: VenueScript['instruments'][number]['brackets']): string =>
    of.map((each) => `${each.floor / ONE}-${each.cap / ONE} x${each.maxLeverage} ${each.rate / 1e10} cum ${each.cum}`).join(', ')
  return [
    `settings ${text(script.settings)}`,
    `switches ${text(script.switches)}, capital ${script.capital.join(', ')}`,
    ...script.instruments.flatMap((each) => [
      `instrument ${each.index} priceScale ${each.priceScale} liquidationFee ${each.liquidationFee / 1e10} brackets ${bracketText(each.brackets)}`,
      ...each.rules.map((rules) => `  rules +${Math.max(0, rules.from - START)} ${text({ ...rules, from: undefined })}`),
      ...each.bracketChanges.map((change) => `  brackets +${change.from - START} ${bracketText(change.brackets)}`),
    ]),
    ...script.bars.flatMap((rows, i) =>
      rows.map(
        (bar) => `bar ${i} +${bar.openTime - START} ${text([bar.length, bar.open, bar.high, bar.low, bar.close, bar.volume])}`,
      ),
    ),
    ...script.trades.flatMap((rows, i) =>
      rows.map(
        (each) => `trade ${i} +${each.time - START} ${each.buyerIsMaker ? 'sold' : 'bought'} ${each.qty} at ${each.price}`,
      ),
    ),
    ...script.marks.flatMap((rows, i) =>
      rows.map((bar) => `mark ${i} +${bar.openTime - START} ${text([bar.length, bar.open, bar.high, bar.low, bar.close])}`),
    ),
    ...script.funding.map((each) => `funding ${each.instrument} +${each.time - START} rate ${each.rate} mark ${each.mark}`),
    ...script.delistings.map((each) => `delisting ${each.instrument} +${each.time - START}`),
    ...script.commands.map((each) => `sent +${each.sentAt - START} ${text({ ...each, sentAt: undefined })}`),
  ].join('\n')
}
