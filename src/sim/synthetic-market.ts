/**
 * A made-up market that behaves like a real one in the ways that matter to a backtest: symbols that move together, calm
 * and wild times, sudden jumps, busy and quiet hours, volume that follows the movement, a mark price near the traded one,
 * funding every eight hours.
 *
 * Pure and deterministic: only operations that IEEE 754 fixes to the last bit, chance from forks by name, so that the
 * same seed gives the same market on every machine and a further symbol changes no other one.
 */
import { assert } from '../core/errors.ts'
import { POW10 } from '../core/exact.ts'
import { createPrng } from '../core/random.ts'
import type { Prng } from '../core/random.ts'
import { barEnd, barStart, DAY, HOUR, weekday } from '../core/time.ts'
import type { Interval, Micros } from '../core/time.ts'

export interface SyntheticRequest {
  readonly seed: number | string
  /** Any names; those of `SYNTHETIC_SYMBOLS` have levels of their own, others get theirs by chance. */
  readonly symbols: readonly string[]
  /** The first bar is the one that contains this moment. */
  readonly from: Micros
  readonly bars: number
  readonly interval: Interval
}

/** Prices and volumes are the doubles nearest to decimals of the stated number of places. */
export interface SyntheticSeries {
  readonly symbol: string
  /** The tick is one unit of the last place. */
  readonly priceDecimals: number
  /** So is the step. */
  readonly qtyDecimals: number
  readonly openTime: Float64Array
  readonly open: Float64Array
  readonly high: Float64Array
  readonly low: Float64Array
  readonly close: Float64Array
  /** Base units. */
  readonly volume: Float64Array
  /** Mark prices of the same bars, with eight decimals. */
  readonly mark: {
    readonly open: Float64Array
    readonly high: Float64Array
    readonly low: Float64Array
    readonly close: Float64Array
  }
  readonly funding: SyntheticFunding
}

export interface SyntheticFunding {
  /** Micros: 00:00, 08:00 and 16:00 UTC. */
  readonly time: Float64Array
  /** Integer 1e-10; positive is paid by longs. */
  readonly rate: Float64Array
  /** Integer 1e-8. */
  readonly mark: Float64Array
}

/** What a symbol is like. */
interface Character {
  readonly price: number
  readonly priceDecimals: number
  readonly qtyDecimals: number
  /** How much it moves with the market. */
  readonly beta: number
  /** Standard deviation of its own movement in calm times, per square root of a day. */
  readonly own: number
  /** Quote units traded on a calm day. */
  readonly turnover: number
}

const CHARACTERS: Readonly<Record<string, Character>> = {
  SYNAUSDT: { price: 42_000, priceDecimals: 1, qtyDecimals: 3, beta: 1, own: 0.006, turnover: 9e9 },
  SYNBUSDT: { price: 2_300, priceDecimals: 2, qtyDecimals: 3, beta: 1.15, own: 0.011, turnover: 4e9 },
  SYNCUSDT: { price: 0.52, priceDecimals: 4, qtyDecimals: 0, beta: 1.25, own: 0.02, turnover: 6e8 },
}

export const SYNTHETIC_SYMBOLS: readonly string[] = Object.freeze(Object.keys(CHARACTERS))

/** Standard deviation of the market's movement in calm times, per square root of a day. */
const MARKET_DEVIATION = 0.018
/** Wild times: so many times the deviation and the volume, beginning and ending at random. */
const WILD = { deviation: 2.6, volume: 2.2, daysBetween: 12, daysLong: 3 } as const
/** Sudden moves: mean days between them, and the deviation of their size. */
const MARKET_JUMP = { daysBetween: 30, deviation: 0.035 } as const
const OWN_JUMP = { daysBetween: 20, deviation: 0.04 } as const
/** No bar moves further: prices stay above zero. */
const MOVE_MAX = 0.4
/** Pull back toward the first price per day: years of bars keep a sensible level. */
const PULL = 0.002
/** Activity by UTC hour, its mean about one: Europe's morning, the overlap with America, the night. */
const ACTIVITY: readonly number[] = [
  0.95, 0.9, 0.85, 0.75, 0.7, 0.7, 0.75, 0.9, 1, 1, 0.95, 0.95, 1.05, 1.3, 1.5, 1.55, 1.45, 1.25, 1.1, 1.05, 1, 0.95, 0.9, 0.9,
]
const WEEKEND = { deviation: 0.75, volume: 0.55 } as const
/** Premium of the traded price over the index: how fast it fades per day, its noise, and how it follows the price. */
const PREMIUM = { fading: 3, noise: 0.0008, follows: 0.02, max: 0.005 } as const
const FUNDING_PERIOD = 8 * HOUR
/** The usual interest part of a rate, how far it bends the premium, and the largest rate. */
const FUNDING = { interest: 0.0001, clamp: 0.0005, max: 0.003 } as const

/** One series a symbol, in the order asked for. */
export function syntheticMarket({ seed, symbols, from, bars, interval }: SyntheticRequest): readonly SyntheticSeries[] {
  assert(Number.isSafeInteger(bars) && bars > 0, `a synthetic market has at least one bar, not ${bars}`)
  const root = createPrng(seed)
  const weather = weatherOf(root.fork('market'), timesOf(from, bars, interval), interval)
  return symbols.map((symbol) => seriesOf(symbol, root.fork(`symbol ${symbol}`), weather))
}

function timesOf(from: Micros, bars: number, interval: Interval): Float64Array {
  const times = new Float64Array(bars + 1)
  times[0] = barStart(from, interval)
  for (let row = 0; row < bars; row++) times[row + 1] = barEnd(times[row] as Micros, interval)
  return times
}

/** What all symbols share. */
interface Weather {
  readonly bars: number
  /** Opens, and the end of the last bar. */
  readonly times: Float64Array
  /** Movement of the market in each bar, without jumps. */
  readonly move: Float64Array
  readonly jump: Float64Array
  /** Deviation of the bar relative to a calm day: time, regime and hour. */
  readonly deviation: Float64Array
  /** Expected volume relative to a calm day. */
  readonly activity: Float64Array
}

function weatherOf(chance: Prng, times: Float64Array, interval: Interval): Weather {
  const bars = times.length - 1
  const column = (): Float64Array => new Float64Array(bars)
  const weather = { bars, times, move: column(), jump: column(), deviation: column(), activity: column() }
  const byHour = interval.length < DAY
  let wild = false
  for (let row = 0; row < bars; row++) {
    const time = times[row] as Micros
    const days = (times[row + 1] - time) / DAY
    wild = chance.chance(Math.min(0.5, days / (wild ? WILD.daysLong : WILD.daysBetween))) ? !wild : wild
    const hourly = byHour ? ACTIVITY[Math.floor((time % DAY) / HOUR)] : 1
    const weekend = byHour && weekday(time) >= 5
    const deviation = Math.sqrt(days * hourly) * (wild ? WILD.deviation : 1) * (weekend ? WEEKEND.deviation : 1)
    weather.deviation[row] = deviation
    weather.activity[row] = days * hourly * (wild ? WILD.volume : 1) * (weekend ? WEEKEND.volume : 1)
    weather.move[row] = MARKET_DEVIATION * deviation * chance.normal()
    weather.jump[row] = jumpOf(chance, MARKET_JUMP, days)
  }
  return weather
}

const jumpOf = (chance: Prng, { daysBetween, deviation }: typeof MARKET_JUMP | typeof OWN_JUMP, days: number): number =>
  chance.chance(Math.min(0.5, days / daysBetween)) ? deviation * chance.normal() : 0

const clamp = (value: number, most: number): number => Math.max(-most, Math.min(most, value))

function seriesOf(symbol: string, chance: Prng, weather: Weather): SyntheticSeries {
  const character = Object.hasOwn(CHARACTERS, symbol) ? CHARACTERS[symbol] : characterByChance(chance.fork('character'))
  const traded = tradedOf(character, chance.fork('prices'), weather)
  const { mark, premium } = markOf(traded, chance.fork('premium'), weather)
  const { priceDecimals, qtyDecimals } = character
  return { symbol, priceDecimals, qtyDecimals, ...traded, mark, funding: fundingOf(premium, mark, weather.times) }
}

/** A price of one to ten times a power of ten, with five figures. */
function characterByChance(chance: Prng): Character {
  const power = chance.int(-2, 3)
  const price = (1 + 9 * chance.float()) * (power < 0 ? 1 / POW10[-power] : POW10[power])
  return {
    price,
    priceDecimals: 4 - power,
    qtyDecimals: Math.max(0, power),
    beta: 0.8 + 0.6 * chance.float(),
    own: 0.01 + 0.02 * chance.float(),
    turnover: 1e8 * (1 + 9 * chance.float()),
  }
}

type Traded = Pick<SyntheticSeries, 'openTime' | 'open' | 'high' | 'low' | 'close' | 'volume'>

function tradedOf(
  { price: level, priceDecimals, qtyDecimals, beta, own, turnover }: Character,
  chance: Prng,
  weather: Weather,
): Traded {
  const { bars, times } = weather
  const column = (): Float64Array => new Float64Array(bars)
  const traded = {
    openTime: times.slice(0, bars),
    open: column(),
    high: column(),
    low: column(),
    close: column(),
    volume: column(),
  }
  const perTick = POW10[priceDecimals]
  const perStep = POW10[qtyDecimals]
  const onTick = (value: number): number => Math.max(1, Math.round(value * perTick))
  const deviationOfDay = Math.sqrt(beta * MARKET_DEVIATION * (beta * MARKET_DEVIATION) + own * own)
  let price = level
  let interest = 1
  for (let row = 0; row < bars; row++) {
    const days = (times[row + 1] - times[row]) / DAY
    const spread = deviationOfDay * weather.deviation[row]
    const pull = (PULL * days * (level - price)) / (level + price)
    const move = clamp(
      beta * (weather.move[row] + weather.jump[row]) +
        own * weather.deviation[row] * chance.normal() +
        jumpOf(chance, OWN_JUMP, days) +
        pull,
      MOVE_MAX,
    )
    // Extremes of a Brownian path with these ends, each exact by itself.
    const up = (move + Math.sqrt(move * move + 2 * spread * spread * chance.exponential())) / 2
    const down = (move - Math.sqrt(move * move + 2 * spread * spread * chance.exponential())) / 2
    const open = onTick(price)
    const close = onTick(price * (1 + move))
    const high = Math.max(open, close, onTick(price * (1 + up)))
    const low = Math.min(open, close, onTick(price * (1 + Math.max(-MOVE_MAX, down))))
    // Interest comes and goes over days; a bar that moves more than it should trades more.
    interest = Math.max(0.25, Math.min(4, interest + 0.4 * days * (1 - interest) + 0.35 * Math.sqrt(days) * chance.normal()))
    const liveliness = 0.35 + 0.4 * ((up - down) / (1.6 * spread)) + 0.25 * chance.exponential()
    const volume = (turnover / level) * weather.activity[row] * interest * liveliness
    traded.open[row] = open / perTick
    traded.high[row] = high / perTick
    traded.low[row] = low / perTick
    traded.close[row] = close / perTick
    traded.volume[row] = Math.round(volume * perStep) / perStep
    price = close / perTick
  }
  return traded
}

const MARK_DECIMALS = 1e8
const eightPlaces = (price: number): number => Math.max(1, Math.round(price * MARK_DECIMALS)) / MARK_DECIMALS

/** The mark price is what the index would be: the traded price less a premium that follows its movement and fades. */
function markOf(
  traded: Traded,
  chance: Prng,
  { bars, times }: Weather,
): { readonly mark: SyntheticSeries['mark']; readonly premium: Float64Array } {
  const column = (): Float64Array => new Float64Array(bars)
  const mark = { open: column(), high: column(), low: column(), close: column() }
  const premium = column()
  let before = 0
  for (let row = 0; row < bars; row++) {
    const days = (times[row + 1] - times[row]) / DAY
    const move = traded.close[row] / traded.open[row] - 1
    const faded = before / (1 + PREMIUM.fading * days)
    const noise = PREMIUM.noise * Math.sqrt(Math.min(1, days)) * chance.normal()
    const after = clamp(faded + noise + PREMIUM.follows * move, PREMIUM.max)
    const open = row === 0 ? eightPlaces(traded.open[row]) : mark.close[row - 1]
    const close = eightPlaces(traded.close[row] / (1 + after))
    const middle = 1 + (before + after) / 2
    mark.open[row] = open
    mark.close[row] = close
    mark.high[row] = Math.max(open, close, eightPlaces(traded.high[row] / middle))
    mark.low[row] = Math.min(open, close, eightPlaces(traded.low[row] / middle))
    premium[row] = after
    before = after
  }
  return { mark, premium }
}

/** At each settlement the mean premium since the one before, bent toward the interest part. */
function fundingOf(premium: Float64Array, mark: SyntheticSeries['mark'], times: Float64Array): SyntheticFunding {
  const end = times[premium.length]
  const first = (Math.floor(times[0] / FUNDING_PERIOD) + 1) * FUNDING_PERIOD
  const count = Math.max(0, Math.ceil((end - first) / FUNDING_PERIOD))
  const funding = { time: new Float64Array(count), rate: new Float64Array(count), mark: new Float64Array(count) }
  let row = 0
  let mean = 0
  for (let at = 0; at < count; at++) {
    const time = first + at * FUNDING_PERIOD
    let sum = 0
    let seen = 0
    // Only bars that have closed are known at the settlement.
    for (; times[row + 1] <= time; row++) {
      sum += premium[row]
      seen++
    }
    if (seen > 0) mean = sum / seen
    const rate = clamp(mean + clamp(FUNDING.interest - mean, FUNDING.clamp), FUNDING.max)
    funding.time[at] = time
    // The exchange states rates with eight decimals.
    funding.rate[at] = Math.round(rate * 1e8) * 100
    funding.mark[at] = Math.round(mark.open[row] * MARK_DECIMALS)
  }
  return funding
}
