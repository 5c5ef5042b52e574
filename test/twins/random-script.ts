/**
 * Seeded scripts for simulated exchanges, made to be nasty: prices a tick or two apart, orders on every edge of every bar, gaps in
 * rows and in prices, empty bars, cancels in every state, and so much leverage that accounts die.
 *
 * Pure: the same seed and sizes give the same script.
 */
import { rateOf } from '../../src/core/exact.ts'
import type { Money, Price, Qty, Rate } from '../../src/core/exact.ts'
import { createPrng } from '../../src/core/random.ts'
import type { Prng } from '../../src/core/random.ts'
import { MILLISECOND, MINUTE, parseTime, SECOND } from '../../src/core/time.ts'
import type { Duration, Micros } from '../../src/core/time.ts'
import { Instrument } from '../../src/domain/instrument.ts'
import type { MarginBracket } from '../../src/domain/instrument.ts'
import { opposite, PLAIN_TERMS, sideSign } from '../../src/domain/order.ts'
import type { AttachedOrders, OrderRequest, OrderSide, OrderType } from '../../src/domain/order.ts'
import type { ScriptBar, ScriptCommand, ScriptFunding, ScriptMark, ScriptSettings, VenueScript } from './naive-venue.ts'

export interface ScriptSize {
  /** 1 to 3. */
  readonly instruments: number
  /** Rows per instrument, before some are taken out. */
  readonly bars: number
  readonly commands: number
}

const START = parseTime('2024-01-01T00:00Z')
const SYMBOLS = ['AAAUSDT', 'BBBUSDT', 'CCCUSDT']
const ONE = 10n ** 8n

export function randomScript(seed: number, size: ScriptSize): VenueScript {
  const chance = createPrng(seed)
  const of = (name: string): Prng => chance.fork(name)
  const settings = randomSettings(of('settings'))
  const shapes = of('instruments')
  const sameLength = shapes.chance(0.5)
  const length = pick(shapes, [MINUTE, 5 * MINUTE])
  const instruments = SYMBOLS.slice(0, size.instruments).map((symbol, index) => randomInstrument(shapes, symbol, index))
  const lengths = instruments.map(() => (sameLength ? length : pick(shapes, [MINUTE, 3 * MINUTE, 5 * MINUTE])) as Duration)
  const bars = instruments.map((each) => randomBars(of(`bars-${each.index}`), each, lengths[each.index], size.bars))
  const marks = instruments.map((each) =>
    of(`has-marks-${each.index}`).chance(0.5) ? randomMarks(of(`marks-${each.index}`), each, bars[each.index]) : [],
  )
  return {
    instruments,
    settings,
    // Positions are a few units of about 100: some accounts live on leverage 2, some on 50.
    capital: (BigInt(of('capital').int(8, 250)) * ONE + BigInt(of('capital-cents').int(0, 99_999_999))) as Money,
    bars,
    marks,
    funding: randomFunding(of('funding'), bars),
    commands: randomCommands(of('commands'), size.commands, instruments, bars, settings.orderLatency),
  }
}

const pick = <T>(chance: Prng, items: readonly T[]): T => items[chance.int(0, items.length - 1)]

function randomSettings(chance: Prng): ScriptSettings {
  const latencies = [0, 0, 250 * MILLISECOND, 7 * MINUTE]
  return {
    takerFee: rateOf(pick(chance, ['0.0005', '0.0004', '0.000375'])),
    makerFee: rateOf(pick(chance, ['0.0002', '0', '-0.00005'])),
    slippageBps: pick(chance, [0, 0, 7.5, 40]),
    participation: pick(chance, [undefined, undefined, 0.1, 0.01]),
    touch: chance.chance(0.25),
    orderLatency: pick(chance, latencies) as Duration,
    reportLatency: pick(chance, latencies) as Duration,
    dataLatency: pick(chance, latencies) as Duration,
  }
}

function randomInstrument(chance: Prng, symbol: string, index: number): Instrument {
  const asset = { name: 'USDT', scale: 8 }
  return new Instrument(
    {
      venue: 'binance',
      kind: 'perp',
      symbol,
      base: { name: symbol.slice(0, 3), scale: 8 },
      quote: asset,
      settle: asset,
      priceScale: pick(chance, [0, 1, 2]),
      rules: [{ from: 0 as Micros, tick: pick(chance, [1, 1, 2, 5]) as Price, step: 1 as Qty, binding: false }],
      brackets: steps([
        ['0', '0.004'],
        ['250', '0.01'],
        ['500', '0.025'],
        ['1500', '0.1'],
      ]),
      liquidationFee: rateOf(pick(chance, ['0.0125', '0.02', '0'])),
    },
    index,
  )
}

/** Brackets whose amounts make the maintenance margin continuous, as exchanges do. */
function steps(table: readonly (readonly [string, string])[]): MarginBracket[] {
  let cum = 0n
  let rateBefore = 0n
  return table.map(([from, rateText], i) => {
    const floor = BigInt(from) * ONE
    const rate = BigInt(rateOf(rateText))
    if (i > 0) cum += (floor * (rate - rateBefore)) / 10n ** 10n
    rateBefore = rate
    const cap = i + 1 < table.length ? BigInt(table[i + 1][0]) * ONE : 10n ** 30n
    return { floor: floor as Money, cap: cap as Money, maxLeverage: 125, rate: Number(rate) as Rate, cum: cum as Money }
  })
}

/** A walk of a few ticks a bar around 100, with gaps in rows, gaps in prices, flat bars and bars without volume. */
function randomBars(chance: Prng, instrument: Instrument, length: Duration, count: number): ScriptBar[] {
  const { tick } = instrument.rules[0]
  const ticks = Math.max(20, Math.round((100 * instrument.pricePerUnit) / tick))
  const jumpTicks = Math.max(2, Math.round(ticks * 0.04))
  const price = (at: number): Price => (Math.max(1, at) * tick) as Price
  const bars: ScriptBar[] = []
  let at = ticks
  for (let i = 0; i < count; i += 1) {
    const open = at + (chance.chance(0.1) ? chance.int(-jumpTicks, jumpTicks) : chance.chance(0.3) ? chance.int(-2, 2) : 0)
    const wide = chance.chance(0.2) ? jumpTicks : 3
    const isFlat = chance.chance(0.08)
    const close = isFlat ? open : open + chance.int(-wide, wide)
    const high = isFlat ? open : Math.max(open, close) + chance.int(0, 2)
    const low = isFlat ? open : Math.min(open, close) - chance.int(0, 2)
    at = Math.max(10, close)
    if (chance.chance(0.07)) continue
    const volume = chance.chance(0.1)
      ? 0
      : chance.chance(0.2)
        ? chance.int(1, 9_999_999_999) / 1e9
        : chance.int(1, 400) / pick(chance, [1, 1, 10, 1_000])
    bars.push({
      openTime: (START + i * length) as Micros,
      length,
      open: price(open),
      high: price(high),
      low: price(low),
      close: price(close),
      volume,
    })
  }
  return bars
}

/** Marks near the traded prices and off the tick, sometimes several per bar; some rows miss, so that the traded price must stand in. */
function randomMarks(chance: Prng, instrument: Instrument, bars: readonly ScriptBar[]): ScriptMark[] {
  const perUnit = 10 ** (8 - instrument.priceScale)
  const onTick = chance.chance(0.3)
  const near = (price: number): number => Math.max(1, price * perUnit + (onTick ? 0 : chance.int(-2 * perUnit, 2 * perUnit)))
  const around = (openTime: number, length: number, prices: readonly number[]): ScriptMark => {
    const [open, high, low, close] = prices.map(near)
    return {
      openTime: openTime as Micros,
      length: length as Duration,
      open,
      high: Math.max(open, high, low, close),
      low: Math.min(open, high, low, close),
      close,
    }
  }
  const isFine = chance.chance(0.5)
  return bars
    .flatMap((bar) => {
      const parts = isFine ? bar.length / MINUTE : 1
      const between = (): number => chance.int(bar.low, bar.high)
      return Array.from({ length: parts }, (_, i) => {
        const prices = [
          i === 0 ? bar.open : between(),
          isFine ? between() : bar.high,
          isFine ? between() : bar.low,
          i === parts - 1 ? bar.close : between(),
        ]
        return around(bar.openTime + (i * bar.length) / parts, bar.length / parts, prices)
      })
    })
    .filter(() => !chance.chance(0.1))
}

function randomFunding(chance: Prng, bars: readonly (readonly ScriptBar[])[]): ScriptFunding[] {
  const rows: ScriptFunding[] = []
  bars.forEach((of, instrument) => {
    for (const bar of of) {
      if (!chance.chance(0.12)) continue
      // Exchanges stamp funding some milliseconds late, and not always on our bars.
      const late = pick(chance, [0, 3 * MILLISECOND, 17 * SECOND, 90 * SECOND])
      rows.push({
        instrument,
        time: (bar.openTime + late) as Micros,
        rate: rateOf(pick(chance, ['0.0001', '-0.0003', '0.01', '-0.0123456789', '0'])),
        mark: chance.chance(0.5) ? Math.round((bar.open / of[0].open) * 10_000_000_003) : undefined,
      })
    }
  })
  return rows.sort((a, b) => a.time - b.time)
}

function randomCommands(
  chance: Prng,
  count: number,
  instruments: readonly Instrument[],
  bars: readonly (readonly ScriptBar[])[],
  orderLatency: Duration,
): ScriptCommand[] {
  const arrivals = Array.from({ length: count }, () => randomArrival(chance, bars)).sort((a, b) => a.time - b.time)
  /** Ids that were sent, attached stops included, per instrument. */
  const known: string[][] = instruments.map(() => [])
  const attachedIds: string[][] = instruments.map(() => [])
  /** What would be held if every order so far had filled: orders that close are sized on it, right or wrong. */
  const intended = instruments.map(() => 0)

  return arrivals.map(({ instrument, bar, time }, n): ScriptCommand => {
    const sentAt = (time - orderLatency) as Micros
    if (known[instrument].length > 0 && chance.chance(0.14)) {
      const mine = chance.chance(0.93)
      const clientOrderId = mine ? pick(chance, known[instrument].slice(-6)) : `nobody-${n}`
      return {
        sentAt,
        cancel: { clientOrderId, instrument: chance.chance(0.95) ? instrument : (instrument + 1) % instruments.length },
      }
    }
    const reused = known[instrument].length > 0 && chance.chance(0.07)
    const clientOrderId = reused ? pick(chance, known[instrument].slice(-6)) : `o${n}`
    const held = intended[instrument]
    const closing: Closing = pick<Closing>(chance, ['none', 'none', 'part', 'part', 'whole'])
    const against: OrderSide = held > 0 ? 'sell' : 'buy'
    const side: OrderSide =
      held !== 0 && closing !== 'none' && chance.chance(0.75) ? against : chance.chance(0.5) ? 'buy' : 'sell'
    const type = pick<OrderType>(chance, ['market', 'market', 'limit', 'limit', 'stop-market'])
    const { qty, closes } = randomClosing(chance, closing, randomQty(chance, instruments[instrument]), held)
    const price = randomPrice(chance, instruments[instrument], bar)
    const reduceOnly = closing === 'whole' && chance.chance(0.8)
    const stopId = known[instrument].length > 0 && chance.chance(0.1) ? pick(chance, known[instrument].slice(-6)) : `s${n}`
    // What an order leaves that only closes is on the other side: its stop has its own side.
    const protects: OrderSide = closing === 'whole' ? side : opposite(side)
    const stopSide = chance.chance(0.12) ? opposite(protects) : protects
    const attached = chance.chance(0.45)
      ? randomAttached(chance, instruments[instrument], bar, stopSide, qty, attachedIds[instrument], stopId)
      : undefined
    const closed = Math.sign(held) === -sideSign(side) ? Math.min(closes, Math.abs(held)) : 0
    intended[instrument] += sideSign(side) * (closed + qty - closes)
    known[instrument].push(clientOrderId)
    if (attached?.stop !== undefined) {
      known[instrument].push(attached.stop.clientOrderId)
      attachedIds[instrument].push(attached.stop.clientOrderId)
    }
    const order: OrderRequest = {
      clientOrderId,
      account: 0,
      instrument,
      side,
      positionSide: 'both',
      type,
      timeInForce: 'GTC',
      qty,
      closes,
      price: type === 'limit' ? price : undefined,
      trigger: type === 'stop-market' ? price : undefined,
      workingType: 'last',
      reduceOnly,
      terms: PLAIN_TERMS,
      attached,
      shares: [{ strategy: 0, qty }],
      reason: pick(chance, ['signal', 'reversal', 'flatten']),
      decisionPrice: bar.open,
      decidedAt: sentAt,
    }
    return { sentAt, order }
  })
}

/** A moment around a bar, mostly exactly on one of its edges, and the bar it was aimed at. */
function randomArrival(
  chance: Prng,
  bars: readonly (readonly ScriptBar[])[],
): { instrument: number; bar: ScriptBar; time: Micros } {
  const instrument = chance.int(0, bars.length - 1)
  const bar = pick(chance, bars[instrument])
  const range = bar.length - MILLISECOND
  const offset = pick(chance, [
    0,
    0,
    1,
    -1,
    range,
    range - 1,
    range + 1,
    bar.length - 500,
    bar.length,
    bar.length / 4,
    (bar.length / 60_000) * chance.int(0, 60_000),
    chance.int(1, bar.length - 1),
  ])
  return { instrument, bar, time: (bar.openTime + offset) as Micros }
}

/** About 0.1 to 5 units of the base asset, round ones and odd ones. */
function randomQty(chance: Prng, instrument: Instrument): Qty {
  const unit = 10 ** instrument.qtyScale
  return (chance.chance(0.6) ? chance.int(1, 3) * unit : chance.int(unit / 10, 5 * unit)) as Qty
}

type Closing = 'none' | 'part' | 'whole'

/** Closing parts: all that should be held, a part of it, more than it, or anything. */
function randomClosing(chance: Prng, closing: Closing, qty: Qty, held: number): { readonly qty: Qty; readonly closes: Qty } {
  if (closing === 'none') return { qty, closes: 0 as Qty }
  const size = Math.abs(held)
  const some = pick(chance, [size, size, Math.floor(size / 2), Math.floor(size * 1.5), qty])
  const closes = (some > 0 ? some : qty) as Qty
  return { qty: (closing === 'whole' ? closes : closes + qty) as Qty, closes }
}

/** At, next to, or a little off one of the bar's prices. */
function randomPrice(chance: Prng, instrument: Instrument, bar: ScriptBar): Price {
  const { tick } = instrument.rules[0]
  const from = pick(chance, [bar.open, bar.high, bar.low, bar.close])
  const away = pick(chance, [0, 0, 1, -1, 2, -2, chance.int(-8, 8)])
  return Math.max(tick, from + away * tick) as Price
}

function randomAttached(
  chance: Prng,
  instrument: Instrument,
  bar: ScriptBar,
  side: OrderSide,
  qty: Qty,
  earlier: readonly string[],
  clientOrderId: string,
): AttachedOrders {
  const cancels = earlier.length > 0 && chance.chance(0.6) ? earlier.slice(-chance.int(1, 2)) : []
  if (chance.chance(0.1)) return { cancels, stop: undefined }
  const { tick } = instrument.rules[0]
  const protective = side === 'sell' ? -1 : 1
  // Now and then on the wrong side, so that it acts at once.
  const away = chance.chance(0.15) ? -protective * chance.int(0, 3) : protective * chance.int(0, 6)
  const trigger = Math.max(tick, bar.open + away * tick) as Price
  const whole = chance.chance(0.6)
  const stopQty = whole ? qty : (Math.max(1, Math.floor(qty * pick(chance, [0.5, 0.25, 1.5]))) as Qty)
  return { cancels, stop: { clientOrderId, side, trigger, qty: stopQty, workingType: 'last' } }
}

/** The script as plain text, for the message of a test that fails: whoever reads it can replay it by hand. */
export function describeScript(script: VenueScript): string {
  const { settings } = script
  const text = (value: unknown): string =>
    JSON.stringify(value, (_, each: unknown) => (typeof each === 'bigint' ? `${each}n` : each))
  return [
    `settings ${text(settings)}, capital ${script.capital}`,
    ...script.instruments.map(
      (each) =>
        `instrument ${each.index} priceScale ${each.priceScale} tick ${each.rules[0].tick} liquidationFee ${each.liquidationFee}`,
    ),
    ...script.bars.flatMap((rows, i) =>
      rows.map(
        (bar) => `bar ${i} +${bar.openTime - START} ${text([bar.length, bar.open, bar.high, bar.low, bar.close, bar.volume])}`,
      ),
    ),
    ...script.marks.flatMap((rows, i) =>
      rows.map((bar) => `mark ${i} +${bar.openTime - START} ${text([bar.length, bar.open, bar.high, bar.low, bar.close])}`),
    ),
    ...script.funding.map((each) => `funding ${each.instrument} +${each.time - START} rate ${each.rate} mark ${each.mark}`),
    ...script.commands.map((each) => `sent +${each.sentAt - START} ${text(each.order ?? each.cancel)}`),
  ].join('\n')
}
