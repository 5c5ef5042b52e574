/**
 * Every indicator once more, slow and obvious: a formula over the whole history, nothing kept from bar to bar. Written from the
 * definitions, not from the streaming code. A series has a NaN where it is not yet defined.
 *
 * Pure.
 */
import type { BarValues } from '../../src/market/indicators/indicator.ts'

type Series = readonly number[]
type Naive = (bars: readonly BarValues[]) => Readonly<Record<string, Series>>

const HOUR_24 = 86_400_000_000
const sum = (x: Series): number => x.reduce((a, b) => a + b, 0)
const mean = (x: Series): number => (x.every((each) => each === x[0]) ? x[0] : sum(x) / x.length)
const products = (x: Series, y: Series): number => {
  const [ofX, ofY] = [mean(x), mean(y)]
  return sum(x.map((each, i) => (each - ofX) * (y[i] - ofY)))
}
const squares = (x: Series): number => products(x, x)
const deviation = (x: Series, less: 0 | 1): number => Math.sqrt(squares(x) / (x.length - less))

/** `f` of the last n values, with the place of the newest. */
const rolling = (x: Series, n: number, f: (window: Series, i: number) => number): Series =>
  x.map((_, i) => {
    const window = x.slice(Math.max(0, i + 1 - n), i + 1)
    return window.length < n || window.some(Number.isNaN) ? Number.NaN : f(window, i)
  })
/** `a += gain (x - a)` from the mean of the first n defined values. */
function smoothed(x: Series, n: number, gain: number): Series {
  const begin = x.findIndex((each) => !Number.isNaN(each))
  let value = Number.NaN
  return x.map((each, i) => {
    if (begin < 0 || i < begin + n - 1) return Number.NaN
    value = i === begin + n - 1 ? mean(x.slice(begin, begin + n)) : value + gain * (each - value)
    return value
  })
}
const ema = (x: Series, n: number): Series => smoothed(x, n, 2 / (n + 1))
const rma = (x: Series, n: number): Series => smoothed(x, n, 1 / n)
const sma = (x: Series, n: number): Series => rolling(x, n, mean)
const wma = (x: Series, n: number): Series => rolling(x, n, (w) => sum(w.map((each, i) => each * (i + 1))) / ((n * (n + 1)) / 2))
const before = (x: Series, n = 1): Series => x.map((_, i) => (i < n ? Number.NaN : x[i - n]))
const join = (f: (...values: number[]) => number, ...series: readonly Series[]): Series =>
  series[0].map((_, i) => f(...series.map((each) => each[i])))
const highest = (x: Series, n: number): Series => rolling(x, n, (w) => Math.max(...w))
const lowest = (x: Series, n: number): Series => rolling(x, n, (w) => Math.min(...w))
const minus = (a: Series, b: Series): Series => join((x, y) => x - y, a, b)
function running(x: Series): Series {
  let total = 0
  return x.map((each) => (total += each))
}
/** 0/0 is `flat`. */
const ratio = (a: number, b: number, flat: number): number => (b === 0 ? flat : a / b)
const column = (bars: readonly BarValues[], name: keyof BarValues): Series => bars.map((bar) => bar[name])
const typical = (bars: readonly BarValues[]): Series => bars.map(({ high, low, close }) => (high + low + close) / 3)

const close = (bars: readonly BarValues[]): Series => column(bars, 'close')
const high = (bars: readonly BarValues[]): Series => column(bars, 'high')
const low = (bars: readonly BarValues[]): Series => column(bars, 'low')
const open = (bars: readonly BarValues[]): Series => column(bars, 'open')
const volume = (bars: readonly BarValues[]): Series => column(bars, 'volume')
const logs = (bars: readonly BarValues[]): Series => close(bars).map(Math.log)
const returns = (bars: readonly BarValues[]): Series => join((now, old) => Math.log(now / old), close(bars), before(close(bars)))

/** The first bar has none. */
const trueRange = (bars: readonly BarValues[]): Series =>
  join((h, l, c) => Math.max(h - l, Math.abs(h - c), Math.abs(l - c)), high(bars), low(bars), before(close(bars)))
/** With the first bar's high - low. */
const fullRange = (bars: readonly BarValues[]): Series =>
  trueRange(bars).map((each, i) => (i === 0 ? bars[0].high - bars[0].low : each))
const location = (bars: readonly BarValues[]): Series =>
  bars.map(({ high, low, close }) => ratio(2 * close - high - low, high - low, 0))

function rsi(x: Series, n: number): Series {
  const change = minus(x, before(x))
  const gains = rma(
    change.map((each) => (Number.isNaN(each) ? each : Math.max(0, each))),
    n,
  )
  const losses = rma(
    change.map((each) => (Number.isNaN(each) ? each : Math.max(0, -each))),
    n,
  )
  return join((g, l) => 100 * ratio(g, g + l, 0.5), gains, losses)
}

/** A range that is only rounding is none. */
function stochastic(h: Series, l: Series, c: Series, least = 0): readonly [Series, Series, Series] {
  const fast = join(
    (x, top, bottom) => 100 * (top - bottom <= least ? 0.5 : (x - bottom) / (top - bottom)),
    c,
    highest(h, 14),
    lowest(l, 14),
  )
  const slow = sma(fast, 3)
  return [fast, slow, sma(slow, 3)]
}

/** Wilder's sums of n values: the first n - 1, then each step loses its nth part. */
function wilderSum(x: Series, n: number): Series {
  let value = sum(x.slice(1, n))
  return x.map((each, i) => (i < n ? Number.NaN : (value = value - value / n + each)))
}

function movement(bars: readonly BarValues[], n: number) {
  const up = minus(high(bars), before(high(bars)))
  const down = minus(before(low(bars)), low(bars))
  const plus = wilderSum(
    join((u, d) => (u > d && u > 0 ? u : 0), up, down),
    n,
  )
  const less = wilderSum(
    join((u, d) => (d > u && d > 0 ? d : 0), up, down),
    n,
  )
  const range = wilderSum(trueRange(bars), n)
  const plusDi = join((dm, tr) => 100 * ratio(dm, tr, 0), plus, range)
  const minusDi = join((dm, tr) => 100 * ratio(dm, tr, 0), less, range)
  const dx = join((p, m) => 100 * ratio(Math.abs(p - m), p + m, 0), plusDi, minusDi)
  return { plusDi, minusDi, dx, adx: rma(dx, n) }
}

function superTrend(bars: readonly BarValues[], n: number, factor: number) {
  const atr = rma(fullRange(bars), n)
  let [upper, lower, direction] = [Number.NaN, Number.NaN, Number.NaN]
  const lines = bars.map((bar, i) => {
    if (Number.isNaN(atr[i])) return { value: Number.NaN, direction: Number.NaN }
    const basicUpper = (bar.high + bar.low) / 2 + factor * atr[i]
    const basicLower = (bar.high + bar.low) / 2 - factor * atr[i]
    if (i === n - 1) [upper, lower, direction] = [basicUpper, basicLower, -1]
    else {
      const old = bars[i - 1].close
      if (basicUpper < upper || old > upper) upper = basicUpper
      if (basicLower > lower || old < lower) lower = basicLower
      if (direction === -1) direction = bar.close > upper ? 1 : -1
      else direction = bar.close < lower ? -1 : 1
    }
    return { value: direction === 1 ? lower : upper, direction }
  })
  return { value: lines.map((each) => each.value), direction: lines.map((each) => each.direction) }
}

/** Wilder's rules, one bar after the other. */
function psar(bars: readonly BarValues[], step: number, maximum: number) {
  const value = [Number.NaN]
  const direction = [Number.NaN]
  let long = !(bars.length > 1 && bars[0].low - bars[1].low > Math.max(0, bars[1].high - bars[0].high))
  let [stop, extreme, gain] = [0, 0, step]
  for (let i = 1; i < bars.length; i++) {
    const bar = bars[i]
    const old = bars[Math.max(1, i - 1)]
    if (i === 1) {
      stop = long ? bars[0].low : bars[0].high
      extreme = long ? bar.high : bar.low
    }
    const touched = long ? bar.low <= stop : bar.high >= stop
    if (touched) {
      long = !long
      stop = long ? Math.min(extreme, bar.low, old.low) : Math.max(extreme, bar.high, old.high)
      value.push(stop)
      gain = step
      extreme = long ? bar.high : bar.low
    } else {
      value.push(stop)
      if (long ? bar.high > extreme : bar.low < extreme) {
        extreme = long ? bar.high : bar.low
        gain = Math.min(maximum, gain + step)
      }
    }
    stop += gain * (extreme - stop)
    stop = long ? Math.min(stop, bar.low, old.low) : Math.max(stop, bar.high, old.high)
    direction.push(long ? 1 : -1)
  }
  return { value: value.slice(0, bars.length), direction: direction.slice(0, bars.length) }
}

function kama(x: Series, n: number): Series {
  let value = x[n - 1]
  return x.map((each, i) => {
    if (i < n) return Number.NaN
    const changes = x.slice(i - n, i).map((old, k) => Math.abs(x[i - n + k + 1] - old))
    const efficiency = ratio(Math.abs(each - x[i - n]), sum(changes), 1)
    value += (efficiency * (2 / 3 - 2 / 31) + 2 / 31) ** 2 * (each - value)
    return value
  })
}

/** A swing is judged from all bars around it. */
function swings(bars: readonly BarValues[], n: number) {
  const price = (name: 'high' | 'low', sign: 1 | -1): readonly [Series, Series] => {
    const x = bars.map((bar) => sign * bar[name])
    const last = x.map((_, now) => {
      for (let at = now - n; at >= n; at--) {
        const left = x.slice(at - n, at).every((each) => each < x[at])
        if (left && x.slice(at + 1, at + n + 1).every((each) => each <= x[at])) return at
      }
      return Number.NaN
    })
    return [last.map((at) => (Number.isNaN(at) ? at : sign * x[at])), last.map((at, now) => now - at)]
  }
  const [highs, highAges] = price('high', 1)
  const [lows, lowAges] = price('low', -1)
  return { high: highs, highAge: highAges, low: lows, lowAge: lowAges }
}

function pivots(bars: readonly BarValues[]) {
  const names = ['pivot', 'r1', 'r2', 'r3', 's1', 's2', 's3'] as const
  const known = new Map<number, Series>()
  const rows = bars.map((bar) => {
    const day = Math.floor(bar.time / HOUR_24)
    const levels = known.get(day) ?? of(day)
    known.set(day, levels)
    return levels
  })
  function of(day: number): Series {
    const earlier = bars.filter(({ time }) => Math.floor(time / HOUR_24) < day)
    const last = Math.floor((earlier.at(-1)?.time ?? 0) / HOUR_24)
    const session = earlier.filter(({ time }) => Math.floor(time / HOUR_24) === last)
    if (session.length === 0) return names.map(() => Number.NaN)
    const [h, l, c] = [Math.max(...high(session)), Math.min(...low(session)), session[session.length - 1].close]
    const p = (h + l + c) / 3
    return [p, 2 * p - l, p + h - l, h + 2 * (p - l), 2 * p - h, p - h + l, l - 2 * (h - p)]
  }
  return Object.fromEntries(names.map((name, i) => [name, rows.map((row) => row[i])]))
}

function line(x: Series, n: number) {
  const times = Array.from({ length: n }, (_, i) => i)
  const of = (f: (slope: number, at: (time: number) => number, window: Series) => number): Series =>
    rolling(x, n, (w) => {
      const slope = products(times, w) / squares(times)
      return f(slope, (time) => mean(w) + slope * (time - mean(times)), w)
    })
  const rest = (at: (time: number) => number, w: Series): number => sum(w.map((each, i) => (each - at(i)) ** 2))
  const error = of((_, at, w) => Math.sqrt(rest(at, w) / (n - 2)))
  const end = of((_, at) => at(n - 1))
  return {
    slope: of((slope) => slope),
    intercept: of((_, at) => at(0)),
    end,
    rSquared: of((_, at, w) => (squares(w) === 0 ? 0 : 1 - rest(at, w) / squares(w))),
    standardError: error,
    slopeError: error.map((each) => each / Math.sqrt(squares(times))),
    upper: join((e, s) => e + 2 * s, end, error),
    lower: join((e, s) => e - 2 * s, end, error),
  }
}

/** Slope over the root of the sandwich with Bartlett's weights. */
function trend(x: Series, n: number, lags: number) {
  const times = Array.from({ length: n }, (_, i) => i - (n - 1) / 2)
  const slope = rolling(x, n, (w) => products(times, w) / squares(times))
  const value = rolling(x, n, (w, i) => {
    const u = w.map((each, k) => (each - mean(w) - slope[i] * times[k]) * times[k])
    let spread = 0
    for (let a = 0; a < n; a++) for (let b = 0; b < n; b++) spread += Math.max(0, 1 - Math.abs(a - b) / (lags + 1)) * u[a] * u[b]
    return ratio(slope[i], Math.sqrt(Math.max(0, spread)) / squares(times), 0)
  })
  return { value, slope }
}

const age = (x: Series, n: number, sign: 1 | -1): Series =>
  rolling(x, n, (w) => n - 1 - w.map((each) => sign * each).lastIndexOf(Math.max(...w.map((each) => sign * each))))
const one = (value: Series) => ({ value })

/** By the names of the list, with the parameters of its examples. */
export const NAIVE_INDICATORS: Readonly<Record<string, Naive>> = {
  sma: (bars) => one(sma(close(bars), 20)),
  ema: (bars) => one(ema(close(bars), 20)),
  rma: (bars) => one(rma(close(bars), 14)),
  wma: (bars) => one(wma(close(bars), 10)),
  dema: (bars) => {
    const e = ema(close(bars), 10)
    return one(join((a, b) => 2 * a - b, e, ema(e, 10)))
  },
  tema: (bars) => {
    const e = ema(close(bars), 10)
    const ee = ema(e, 10)
    return one(join((a, b, c) => 3 * a - 3 * b + c, e, ee, ema(ee, 10)))
  },
  trima: (bars) => {
    const weights = [1, 2, 3, 4, 5, 5, 4, 3, 2, 1]
    return one(rolling(close(bars), 10, (w) => sum(w.map((each, i) => each * weights[i])) / 30))
  },
  kama: (bars) => one(kama(close(bars), 10)),
  hma: (bars) =>
    one(
      wma(
        join((a, b) => 2 * a - b, wma(close(bars), 8), wma(close(bars), 16)),
        4,
      ),
    ),
  zlema: (bars) => {
    const x = close(bars)
    const ahead = x.map((each, i) => (i < 10 ? each : 2 * each - (x[i - 6] + x[i - 5]) / 2))
    return one(ema(ahead, 10))
  },
  'true-range': (bars) => one(trueRange(bars)),
  atr: (bars) => one(rma(fullRange(bars), 14)),
  rsi: (bars) => one(rsi(close(bars), 14)),
  stochastic: (bars) => {
    const [fastK, slowK, slowD] = stochastic(high(bars), low(bars), close(bars))
    return { fastK, slowK, slowD }
  },
  'stoch-rsi': (bars) => {
    const x = rsi(close(bars), 14)
    const [raw, k, d] = stochastic(x, x, x, 1e-4)
    return { raw, k, d }
  },
  'williams-r': (bars) =>
    one(join((c, h, l) => -100 * ratio(h - c, h - l, 0.5), close(bars), highest(high(bars), 14), lowest(low(bars), 14))),
  macd: (bars) => {
    const macd = minus(ema(close(bars), 12), ema(close(bars), 26))
    const signal = ema(macd, 9)
    return { macd, signal, histogram: minus(macd, signal) }
  },
  adx: (bars) => movement(bars, 14),
  bollinger: (bars) => {
    const x = close(bars)
    const middle = sma(x, 20)
    const width = rolling(x, 20, (w) => 2 * deviation(w, 0))
    const upper = join((m, s) => m + s, middle, width)
    const lower = join((m, s) => m - s, middle, width)
    return {
      upper,
      middle,
      lower,
      percentB: join((v, m, s) => (s === 0 ? 0.5 : (v - m + s) / (2 * s)), x, middle, width),
      bandwidth: join((m, s) => (2 * s) / m, middle, width),
    }
  },
  keltner: (bars) => {
    const middle = ema(typical(bars), 20)
    const atr = rma(trueRange(bars), 20)
    return { upper: join((m, a) => m + 2 * a, middle, atr), middle, lower: join((m, a) => m - 2 * a, middle, atr) }
  },
  donchian: (bars) => {
    const upper = highest(high(bars), 20)
    const lower = lowest(low(bars), 20)
    return { upper, middle: join((u, l) => (u + l) / 2, upper, lower), lower }
  },
  'super-trend': (bars) => superTrend(bars, 10, 3),
  cci: (bars) =>
    one(
      rolling(typical(bars), 20, (w) => {
        const off = mean(w.map((each) => Math.abs(each - mean(w))))
        return ratio(w[19] - mean(w), 0.015 * off, 0)
      }),
    ),
  mfi: (bars) => {
    const price = typical(bars)
    const flow = (sign: 1 | -1): Series =>
      join((p, old, v) => (Number.isNaN(old) ? old : sign * (p - old) > 0 ? p * v : 0), price, before(price), volume(bars))
    const [up, down] = [rolling(flow(1), 14, sum), rolling(flow(-1), 14, sum)]
    return one(join((u, d) => 100 * ratio(u, u + d, 0.5), up, down))
  },
  obv: (bars) => one(running(bars.map((bar, i) => (i === 0 ? 1 : Math.sign(bar.close - bars[i - 1].close)) * bar.volume))),
  accumulation: (bars) => one(running(join((l, v) => l * v, location(bars), volume(bars)))),
  'chaikin-oscillator': (bars) => {
    const flow = running(join((l, v) => l * v, location(bars), volume(bars)))
    return one(minus(ema(flow, 3), ema(flow, 10)))
  },
  cmf: (bars) => {
    const flow = join((l, v) => l * v, location(bars), volume(bars))
    return one(join((f, v) => ratio(f, v, 0), rolling(flow, 20, sum), rolling(volume(bars), 20, sum)))
  },
  'chaikin-volatility': (bars) => {
    const average = ema(minus(high(bars), low(bars)), 10)
    return one(join((now, old) => (old === 0 ? 0 : now / old - 1), average, before(average, 10)))
  },
  aroon: (bars) => {
    const up = age(high(bars), 15, 1).map((each) => (100 * (14 - each)) / 14)
    const down = age(low(bars), 15, -1).map((each) => (100 * (14 - each)) / 14)
    return { up, down, oscillator: minus(up, down) }
  },
  vwap: (bars) => {
    const money = join((p, v) => p * v, close(bars), volume(bars))
    return one(join((m, v, p) => ratio(m, v, p), rolling(money, 20, sum), rolling(volume(bars), 20, sum), close(bars)))
  },
  'anchored-vwap': (bars) => {
    const money = running(join((p, v) => p * v, close(bars), volume(bars)))
    return one(join((m, v, p) => ratio(m, v, p), money, running(volume(bars)), close(bars)))
  },
  'session-vwap': (bars) =>
    one(
      bars.map((bar, i) => {
        const day = bars.slice(0, i + 1).filter(({ time }) => Math.floor(time / HOUR_24) === Math.floor(bar.time / HOUR_24))
        return ratio(sum(day.map((each) => each.close * each.volume)), sum(volume(day)), bar.close)
      }),
    ),
  momentum: (bars) => one(minus(close(bars), before(close(bars), 10))),
  roc: (bars) => one(join((now, old) => 100 * (now / old - 1), close(bars), before(close(bars), 10))),
  trix: (bars) => {
    const third = ema(ema(ema(close(bars), 15), 15), 15)
    const trix = join((now, old) => 100 * (now / old - 1), third, before(third))
    return { trix, signal: ema(trix, 9) }
  },
  ultimate: (bars) => {
    const pressure = join((c, l, old) => c - Math.min(l, old), close(bars), low(bars), before(close(bars)))
    const share = (n: number): Series =>
      join((p, r) => ratio(p, r, 0.5), rolling(pressure, n, sum), rolling(trueRange(bars), n, sum))
    return one(join((a, b, c) => (100 * (4 * a + 2 * b + c)) / 7, share(7), share(14), share(28)))
  },
  ichimoku: (bars) => {
    const middle = (n: number): Series => join((h, l) => (h + l) / 2, highest(high(bars), n), lowest(low(bars), n))
    const [conversion, base, spanB] = [middle(9), middle(26), middle(52)]
    const spanA = join((a, b) => (a + b) / 2, conversion, base)
    return { conversion, base, spanA, spanB, cloudA: before(spanA, 26), cloudB: before(spanB, 26) }
  },
  psar: (bars) => psar(bars, 0.02, 0.2),
  'pivot-points': pivots,
  'swing-pivots': (bars) => swings(bars, 3),
  'close-volatility': (bars) => one(rolling(returns(bars), 20, (w) => Math.sqrt(365) * deviation(w, 1))),
  parkinson: (bars) => {
    const ranges = join((h, l) => Math.log(h / l) ** 2, high(bars), low(bars))
    return one(rolling(ranges, 20, (w) => Math.sqrt((365 * sum(w)) / (80 * Math.log(2)))))
  },
  'garman-klass': (bars) => {
    const each = bars.map(
      ({ open, high, low, close }) => 0.5 * Math.log(high / low) ** 2 - (2 * Math.log(2) - 1) * Math.log(close / open) ** 2,
    )
    return one(rolling(each, 20, (w) => Math.sqrt((365 * sum(w)) / 20)))
  },
  'rogers-satchell': (bars) => one(rolling(driftFree(bars), 20, (w) => Math.sqrt(Math.max(0, (365 * sum(w)) / 20)))),
  'yang-zhang': (bars) => {
    const gaps = join((o, c) => Math.log(o / c), open(bars), before(close(bars)))
    const bodies = join((c, o) => Math.log(c / o), close(bars), open(bars))
    const k = 0.34 / (1.34 + 21 / 19)
    const variance = (x: Series): Series => rolling(x, 20, (w) => deviation(w, 1) ** 2)
    return one(
      join(
        (o, c, r) => Math.sqrt(Math.max(0, 365 * (o + k * c + (1 - k) * r))),
        variance(gaps),
        variance(bodies),
        rolling(driftFree(bars), 20, mean),
      ),
    )
  },
  'realised-variance': (bars) => {
    const r = returns(bars)
    const variance = rolling(r, 20, (w) => sum(w.map((each) => each ** 2)))
    const bipower = rolling(
      r,
      20,
      (w) => (Math.PI / 2) * (20 / 19) * sum(w.slice(1).map((each, i) => Math.abs(each) * Math.abs(w[i]))),
    )
    return { variance, bipower, jumpShare: join((v, b) => (v === 0 ? 0 : Math.max(0, 1 - b / v)), variance, bipower) }
  },
  deviation: (bars) => {
    const value = rolling(close(bars), 20, (w) => deviation(w, 1))
    return { value, mean: sma(close(bars), 20), variance: value.map((each) => each ** 2) }
  },
  'z-score': (bars) => one(rolling(close(bars), 20, (w) => ratio(w[19] - mean(w), deviation(w, 1), 0))),
  median: (bars) => one(rolling(close(bars), 11, (w) => w.toSorted((a, b) => a - b)[5])),
  'percent-rank': (bars) =>
    one(rolling(close(bars), 90, (w) => (w.filter((x) => x < w[89]).length + w.filter((x) => x === w[89]).length / 2) / 90)),
  highest: (bars) => ({ value: highest(high(bars), 20), age: age(high(bars), 20, 1) }),
  lowest: (bars) => ({ value: lowest(low(bars), 20), age: age(low(bars), 20, -1) }),
  correlation: (bars) => {
    const other = volume(bars)
    const pairs = (f: (x: Series, y: Series) => number): Series =>
      rolling(close(bars), 20, (w, i) => f(w, other.slice(i - 19, i + 1)))
    return {
      value: pairs((x, y) => ratio(products(x, y), Math.sqrt(squares(x) * squares(y)), 0)),
      covariance: pairs((x, y) => products(x, y) / 19),
    }
  },
  beta: (bars) => {
    const other = open(bars)
    const of = (f: (slope: number, y: Series, x: Series) => number): Series =>
      rolling(close(bars), 20, (y, i) => {
        const x = other.slice(i - 19, i + 1)
        return f(ratio(products(x, y), squares(x), 0), y, x)
      })
    return { beta: of((slope) => slope), alpha: of((slope, y, x) => mean(y) - slope * mean(x)) }
  },
  'linear-regression': (bars) => line(close(bars), 14),
  'efficiency-ratio': (bars) => {
    const x = logs(bars)
    const way = rolling(minus(x, before(x)).map(Math.abs), 20, sum)
    return one(join((now, old, all) => ratio(Math.abs(now - old), all, 0), x, before(x, 20), way))
  },
  'trend-score': (bars) => trend(logs(bars), 48, 6),
}

function driftFree(bars: readonly BarValues[]): Series {
  return bars.map(
    ({ open, high, low, close }) => Math.log(high / close) * Math.log(high / open) + Math.log(low / close) * Math.log(low / open),
  )
}
