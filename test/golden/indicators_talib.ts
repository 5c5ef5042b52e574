/** Golden vectors of `indicators_talib`: a key names the function and its parameters. No mathematics. */
import {
  accumulation,
  adx,
  aroon,
  atr,
  bollinger,
  cci,
  chaikinOscillator,
  correlation,
  dema,
  deviation,
  donchian,
  ema,
  highest,
  kama,
  linearRegression,
  lowest,
  macd,
  mfi,
  momentum,
  obv,
  psar,
  roc,
  rsi,
  sma,
  stochastic,
  stochRsi,
  tema,
  trima,
  trix,
  trueRange,
  ultimate,
  williamsR,
  wma,
  type Adx,
  type LinearRegression,
} from '../../src/index.ts'
import { Bars } from './bar-series.ts'
import type { GoldenMap, Question } from './harness.ts'
import { byKey, decimal, numbersOf } from './inputs.ts'

const HLC = ['high', 'low', 'close'] as const
const HLCV = ['high', 'low', 'close', 'volume'] as const

function outputs(question: Question): Record<string, unknown> | undefined {
  const bars = new Bars(question.inputs)
  const one = (key: RegExpExecArray): number => numbersOf(key[0])[0]
  const directional = (key: RegExpExecArray, result: (indicator: Adx) => number) =>
    bars.read(adx(one(key)), HLC, { value: result }).value
  const line = (key: RegExpExecArray, result: (indicator: LinearRegression) => number) =>
    bars.read(linearRegression(one(key)), ['close'], { value: result }).value
  return byKey(question, [
    [/^sma_\d+$/, (key) => bars.of(sma(one(key)), 'close')],
    [/^ema_\d+$/, (key) => bars.of(ema(one(key)), 'close')],
    [/^wma_\d+$/, (key) => bars.of(wma(one(key)), 'close')],
    [/^dema_\d+$/, (key) => bars.of(dema(one(key)), 'close')],
    [/^tema_\d+$/, (key) => bars.of(tema(one(key)), 'close')],
    [/^kama_\d+$/, (key) => bars.of(kama(one(key)), 'close')],
    [/^trima_\d+$/, (key) => bars.of(trima(one(key)), 'close')],
    [/^rsi_\d+$/, (key) => bars.of(rsi(one(key), { flat: 0 }), 'close')],
    [/^mom_\d+$/, (key) => bars.of(momentum(one(key)), 'close')],
    [/^roc_\d+$/, (key) => bars.of(roc(one(key)), 'close')],
    [/^rocp_\d+$/, (key) => bars.of(roc(one(key), { scale: 'fraction' }), 'close')],
    [/^rocr_\d+$/, (key) => bars.of(roc(one(key), { kind: 'ratio', scale: 'fraction' }), 'close')],
    [/^rocr100_\d+$/, (key) => bars.of(roc(one(key), { kind: 'ratio' }), 'close')],
    [/^trange$/, () => bars.of(trueRange(), ...HLC)],
    [/^atr_\d+$/, (key) => bars.of(atr(one(key), { firstRange: 'skip' }), ...HLC)],
    [/^adx_\d+$/, (key) => directional(key, (each) => each.adx)],
    [/^dx_\d+$/, (key) => directional(key, (each) => each.dx)],
    [/^plus_di_\d+$/, (key) => directional(key, (each) => each.plusDi)],
    [/^minus_di_\d+$/, (key) => directional(key, (each) => each.minusDi)],
    [/^cci_\d+$/, (key) => bars.of(cci(one(key)), ...HLC)],
    [/^willr_\d+$/, (key) => bars.of(williamsR(one(key), { flat: 0 }), ...HLC)],
    [/^mfi_\d+$/, (key) => bars.of(mfi(one(key), { flat: 0 }), ...HLCV)],
    [/^obv$/, () => bars.of(obv(), 'close', 'volume')],
    [/^ad$/, () => bars.of(accumulation(), ...HLCV)],
    [
      /^adosc_(\d+)_(\d+)$/,
      (key) => {
        const [fast, slow] = numbersOf(key[0])
        const oscillator = chaikinOscillator({ fast, slow, seed: 'first' })
        // TA-Lib shows it from the bar on that the slow average would need for a mean.
        const series = bars.of(oscillator, ...HLCV)
        return series.map((value, i) => (i < slow - 1 ? null : value))
      },
    ],
    [/^highest_high_\d+$/, (key) => bars.of(highest(one(key)), 'high')],
    [/^lowest_low_\d+$/, (key) => bars.of(lowest(one(key)), 'low')],
    [/^(?:max|highest_close)_\d+$/, (key) => bars.of(highest(one(key)), 'close')],
    [/^(?:min|lowest_close)_\d+$/, (key) => bars.of(lowest(one(key)), 'close')],
    [/^midprice_\d+$/, (key) => bars.of(donchian(one(key)), 'high', 'low')],
    [/^midpoint_\d+$/, (key) => bars.of(donchian(one(key)), 'close', 'close')],
    [/^(?:linreg|linearreg)_slope_\d+$/, (key) => line(key, (each) => each.slope)],
    [/^(?:linreg|linearreg)_intercept_\d+$/, (key) => line(key, (each) => each.intercept)],
    [/^(?:linreg|linearreg)_angle_\d+$/, (key) => line(key, (each) => each.angle)],
    [/^tsf_\d+$/, (key) => line(key, (each) => each.next)],
    [/^(?:linreg|linearreg)_\d+$/, (key) => line(key, (each) => each.end)],
    [/^stddev_\d+$/, (key) => bars.of(deviation(one(key), 'population'), 'close')],
    [/^var_\d+$/, (key) => bars.read(deviation(one(key), 'population'), ['close'], { value: (each) => each.variance }).value],
    [/^correl_\d+$/, (key) => bars.of(correlation(one(key)), 'high', 'low')],
    [
      /^sar_([\d.]+)_([\d.]+)$/,
      ([, step, maximum]) => bars.of(psar({ step: decimal(step), maximum: decimal(maximum) }), 'high', 'low'),
    ],
    [/^sar$/, () => bars.of(psar(), 'high', 'low')],
    [/^trix_\d+$/, (key) => bars.of(trix(one(key)), 'close')],
    [
      /^ultosc(?:_\d+_\d+_\d+)?$/,
      (key) => {
        const [short, medium, long] = numbersOf(key[0])
        return bars.of(ultimate({ short, medium, long, flat: 0 }), ...HLC)
      },
    ],
    [
      /^macd(?:_\d+_\d+_\d+)?$/,
      (key) => {
        const [fast, slow, signal] = numbersOf(key[0])
        return bars.read(macd({ fast, slow, signal, align: 'slow' }), ['close'], {
          macd: (each) => (each.ready ? each.macd : Number.NaN),
          signal: (each) => each.signal,
          histogram: (each) => each.histogram,
        })
      },
    ],
    [
      /^stoch_\d+_\d+_\d+$/,
      (key) => {
        const [length, smoothK, smoothD] = numbersOf(key[0])
        return bars.read(stochastic(length, { smoothK, smoothD, flat: 0 }), HLC, {
          slowK: (each) => (each.ready ? each.slowK : Number.NaN),
          slowD: (each) => each.slowD,
        })
      },
    ],
    [
      /^stochf_\d+_\d+$/,
      (key) => {
        const [length, smoothK] = numbersOf(key[0])
        return bars.read(stochastic(length, { smoothK, smoothD: 1, flat: 0 }), HLC, {
          fastK: (each) => (each.ready ? each.fastK : Number.NaN),
          fastD: (each) => each.fastD,
        })
      },
    ],
    [
      /^stochrsi_\d+_\d+_\d+$/,
      (key) => {
        const [rsiLength, length, smoothK] = numbersOf(key[0])
        return bars.read(stochRsi(length, { rsiLength, smoothK, smoothD: 1, flat: 0, rsi: { flat: 0 } }), ['close'], {
          fastK: (each) => (each.ready ? each.raw : Number.NaN),
          fastD: (each) => each.k,
        })
      },
    ],
    [
      /^aroon_\d+$/,
      (key) => bars.read(aroon(one(key)), ['high', 'low'], { aroonDown: (each) => each.down, aroonUp: (each) => each.up }),
    ],
    [/^aroonosc_\d+$/, (key) => bars.of(aroon(one(key)), 'high', 'low')],
    [
      /^bbands_\d+(?:_[\d.]+)?$/,
      (key) => {
        const [length, factor] = numbersOf(key[0])
        return bars.read(bollinger(length, { factor }), ['close'], {
          upperBand: (each) => each.upper,
          middleBand: (each) => each.middle,
          lowerBand: (each) => each.lower,
          upper: (each) => each.upper,
          middle: (each) => each.middle,
          lower: (each) => each.lower,
        })
      },
    ],
  ])
}

/**
 * The WebAssembly build of TA-Lib answers STOCH with 0 at every bar. That it is wrong there follows from its own WILLR on the same bars:
 * %K = 100 + %R, and %R is not -100 throughout.
 */
function blankStochastics(question: Question): readonly string[] {
  if (!/WebAssembly|talib-web/.test(question.library)) return []
  const bars = new Bars(question.inputs)
  return Object.keys(question.wanted).filter(
    (key) => /^stoch_\d+_\d+_\d+$/.test(key) && bars.of(williamsR(numbersOf(key)[0]), ...HLC).some((r) => r !== null && r > -100),
  )
}

export const map: GoldenMap = {
  name: 'indicators_talib',
  answer(question) {
    if (question.model !== 'indicators') return undefined
    const found = outputs(question)
    if (found === undefined) return undefined
    const because = 'this build says 0 at every bar, though its Williams %R of the same bars (%K = 100 + %R) does not'
    return { outputs: found, refuted: { keys: blankStochastics(question), because } }
  },
}
