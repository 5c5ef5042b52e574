/**
 * The spread estimated from bars alone: Roll, Corwin and Schultz, Abdi and Ranaldo, and the estimators of Ardia, Guidotti and Kroencke.
 * Fractions of the price: 0.01 is one percent. A squared spread that is estimated below zero is answered as -sqrt|s^2| where the sign is
 * asked for, else as sqrt|s^2|, as the R package bidask 2 does.
 *
 * Pure. Sources: R. Roll, Journal of Finance 39 (1984); S. A. Corwin, P. Schultz, Journal of Finance 67 (2012); F. Abdi, A. Ranaldo,
 * Review of Financial Studies 30 (2017); D. Ardia, E. Guidotti, T. A. Kroencke, Journal of Financial Economics 161 (2024).
 */
import { finiteOr, refuseUnless, requirePositive, requireSameLength, requireVector, type Vector } from '../guard.ts'
import { sum } from '../sum.ts'

/** Columns, one value a bar, above zero, in order of time. */
export interface OhlcPrices {
  readonly open: Vector
  readonly high: Vector
  readonly low: Vector
  readonly close: Vector
}

export interface SpreadOptions {
  /** Keep the sign of the squared estimate; off unless given. */
  readonly signed?: boolean
}

/** How a two-day estimate below zero is averaged: as it is, or as zero. */
export interface TwoDayOptions extends SpreadOptions {
  readonly negative?: 'keep' | 'zero'
}

interface LogBars {
  readonly o: Float64Array
  readonly h: Float64Array
  readonly l: Float64Array
  readonly c: Float64Array
  /** (h + l) / 2. */
  readonly m: Float64Array
}

function logarithms(prices: OhlcPrices): LogBars {
  const log = (name: keyof OhlcPrices): Float64Array => {
    requireVector(name, prices[name], 3)
    requireSameLength('close', prices.close, name, prices[name])
    return Float64Array.from(prices[name], (price, i) => {
      requirePositive(`${name}[${i}]`, price)
      return Math.log(price)
    })
  }
  const [o, h, l, c] = [log('open'), log('high'), log('low'), log('close')]
  for (let i = 0; i < h.length; i++)
    refuseUnless(h[i] >= l[i], 'out-of-domain', () => `high[${i}] is ${prices.high[i]}, below low[${i}], ${prices.low[i]}`)
  return { o, h, l, c, m: h.map((high, i) => (high + l[i]) / 2) }
}

const meanOf = (values: Float64Array): number => sum(values) / values.length

const root = (square: number, { signed = false }: SpreadOptions): number => {
  const size = finiteOr('overflow', Math.sqrt(Math.abs(square)), 'the spread')
  return signed && square < 0 ? -size : size
}

/**
 * Roll's spread of log closes: s^2 = -4 cov(r_t, r_(t-1)), the covariance divided by one less than the number of pairs.
 * @throws MathError `too-short` below four closes, `not-finite`, `out-of-domain` for prices that are not above zero
 */
export function rollCloseSpread(closes: Vector, options: SpreadOptions = {}): number {
  requireVector('closes', closes, 4)
  const logs = Float64Array.from(closes, (close, i) => {
    requirePositive(`closes[${i}]`, close)
    return Math.log(close)
  })
  const n = closes.length - 2
  const now = Float64Array.from({ length: n }, (_, i) => logs[i + 2] - logs[i + 1])
  const before = Float64Array.from({ length: n }, (_, i) => logs[i + 1] - logs[i])
  const products = now.map((each, i) => each * before[i])
  return root(-4 * (n / (n - 1)) * (meanOf(products) - meanOf(now) * meanOf(before)), options)
}

/**
 * Corwin and Schultz: S = 2 (e^a - 1)/(1 + e^a), a = (sqrt(2 b) - sqrt(b))/(3 - 2 sqrt 2) - sqrt(g/(3 - 2 sqrt 2)), b from the ranges of two days, g from the range over both, moved by overnight gaps; the mean of all pairs of days.
 * @param options `negative: 'zero'` sets pairs below zero to zero before the mean (the package's CS2)
 * @throws MathError `too-short` below three bars, `shape`, `not-finite`, `out-of-domain` for prices that are not above zero or a high below its low, `overflow`
 */
export function corwinSchultz(prices: OhlcPrices, options: TwoDayOptions = {}): number {
  const { h, l, c } = logarithms(prices)
  const k = 3 - 2 * Math.sqrt(2)
  const pairs = Float64Array.from({ length: h.length - 1 }, (_, j) => {
    const i = j + 1
    const gap = Math.max(0, c[j] - h[i]) + Math.min(0, c[j] - l[i])
    const b = (h[i] - l[i]) ** 2 + (h[j] - l[j]) ** 2
    const range = Math.max(h[i] + gap, h[j]) - Math.min(l[i] + gap, l[j])
    const a = (Math.sqrt(2 * b) - Math.sqrt(b)) / k - range / Math.sqrt(k)
    const spread = 2 * Math.tanh(a / 2)
    return options.negative === 'zero' ? Math.max(0, spread) : spread
  })
  const mean = finiteOr('overflow', meanOf(pairs), 'the spread')
  return options.signed === true ? mean : Math.abs(mean)
}

/**
 * Abdi and Ranaldo: s^2 = 4 mean((c_(t-1) - m_(t-1)) (c_(t-1) - m_t)) with m the middle of the log range.
 * @param options `negative: 'zero'` takes the root of each pair of days, zero where its square is below, and then the mean (the package's AR2)
 * @throws MathError as `corwinSchultz`
 */
export function abdiRanaldo(prices: OhlcPrices, options: TwoDayOptions = {}): number {
  const { c, m } = logarithms(prices)
  const squares = Float64Array.from({ length: c.length - 1 }, (_, i) => 4 * (c[i] - m[i]) * (c[i] - m[i + 1]))
  if (options.negative === 'zero') return meanOf(squares.map((square) => Math.sqrt(Math.max(0, square))))
  return root(meanOf(squares), options)
}

/** Returns between the prices of bar i and bar i - 1, and which bars traded, as the estimators of Ardia, Guidotti, Kroencke use them. */
interface Parts {
  readonly r1: Float64Array
  readonly r2: Float64Array
  readonly r3: Float64Array
  readonly r4: Float64Array
  readonly r5: Float64Array
  /** 1 where the bar moved. */
  readonly tau: Float64Array
  readonly pt: number
  readonly po: number
  readonly pc: number
}

function partsOf(prices: OhlcPrices): Parts {
  const { o, c, m } = logarithms(prices)
  const n = o.length - 1
  const each = (f: (i: number, j: number) => number): Float64Array => Float64Array.from({ length: n }, (_, j) => f(j + 1, j))
  const { open, high, low, close } = prices
  // Whether prices are equal is asked of the prices themselves.
  const moved = (i: number, j: number): number => (high[i] !== low[i] || low[i] !== close[j] ? 1 : 0)
  const share = (differs: (i: number, j: number) => boolean): number => meanOf(each((i, j) => (differs(i, j) ? moved(i, j) : 0)))
  const tau = each(moved)
  const pt = meanOf(tau)
  refuseUnless(sum(tau) >= 2, 'no-variance', 'fewer than two bars moved')
  return {
    r1: each((i) => m[i] - o[i]),
    r2: each((i, j) => o[i] - m[j]),
    r3: each((i, j) => m[i] - c[j]),
    r4: each((_, j) => c[j] - m[j]),
    r5: each((i, j) => o[i] - c[j]),
    tau,
    pt,
    po: share((i) => open[i] !== high[i]) + share((i) => open[i] !== low[i]),
    pc: share((_, j) => close[j] !== high[j]) + share((_, j) => close[j] !== low[j]),
  }
}

/** The single moments that EDGE is made of. */
export type SpreadMoment = 'OHL' | 'OHLC' | 'CHL' | 'CHLO'

/**
 * One of the generalised moments of Ardia, Guidotti, Kroencke, or the mean of several: s^2 = -8/p (mean(x y) - mean(x) mean(tau y)/mean(tau)), x and y two returns between open (O), close before (C), and the middle of the range.
 * @param moments `['OHLC', 'CHLO']` for the mean of both
 * @throws MathError as `edge`; `empty` without a moment
 */
export function generalisedSpread(prices: OhlcPrices, moments: readonly SpreadMoment[], options: SpreadOptions = {}): number {
  refuseUnless(moments.length > 0, 'empty', 'no moment is named')
  const { r1, r2, r3, r4, r5, tau, pt, po, pc } = partsOf(prices)
  const square = (x: Float64Array, y: Float64Array, p: number): number => {
    refuseUnless(p > 0, 'no-denominator', 'all opens, or all closes, are at the high and the low')
    const product = meanOf(x.map((each, i) => each * y[i]))
    return (-8 / p) * (product - (meanOf(x) * meanOf(tau.map((each, i) => each * y[i]))) / pt)
  }
  const bySort = (moment: SpreadMoment): number => {
    switch (moment) {
      case 'OHL':
        return square(r1, r2, po)
      case 'OHLC':
        return square(r1, r5, po)
      case 'CHL':
        return square(r3, r4, pc)
      case 'CHLO':
        return square(r5, r4, pc)
    }
  }
  return root(moments.reduce((total, moment) => total + bySort(moment), 0) / moments.length, options)
}

/**
 * EDGE, the efficient discrete generalised estimator: s^2 = (v2 e1 + v1 e2)/(v1 + v2), two averages of open and close moments weighted by each other's variance.
 * @throws MathError `too-short` below three bars, `shape`, `not-finite`, `out-of-domain` for prices that are not above zero or a high below its low, `no-variance` when fewer than two bars moved, `no-denominator` when every open or every close is both high and low
 */
export function edge(prices: OhlcPrices, options: SpreadOptions = {}): number {
  const { r1, r2, r3, r4, r5, tau, pt, po, pc } = partsOf(prices)
  refuseUnless(po > 0 && pc > 0, 'no-denominator', 'all opens, or all closes, are at the high and the low')
  const centred = (x: Float64Array): Float64Array => {
    const shift = meanOf(x) / pt
    return x.map((each, i) => each - tau[i] * shift)
  }
  const [d1, d3, d5] = [centred(r1), centred(r3), centred(r5)]
  const x1 = d1.map((each, i) => (-4 / po) * each * r2[i] - (4 / pc) * d3[i] * r4[i])
  const x2 = d1.map((each, i) => (-4 / po) * each * r5[i] - (4 / pc) * d5[i] * r4[i])
  const [e1, e2] = [meanOf(x1), meanOf(x2)]
  const v1 = meanOf(x1.map((each) => each * each)) - e1 * e1
  const v2 = meanOf(x2.map((each) => each * each)) - e2 * e2
  const both = v1 + v2
  return root(both > 0 ? (v2 * e1 + v1 * e2) / both : (e1 + e2) / 2, options)
}
