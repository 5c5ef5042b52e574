/** Golden vectors of `indicators_ttr`: a key names the function and its parameters. No mathematics. */
import {
  accumulation,
  adx,
  aroon,
  atr,
  bollinger,
  cci,
  chaikinVolatility,
  closeVolatility,
  cmf,
  correlation,
  dema,
  deviation,
  donchian,
  ema,
  garmanKlass,
  highest,
  hma,
  keltner,
  lowest,
  macd,
  median,
  mfi,
  momentum,
  obv,
  parkinson,
  percentRank,
  psar,
  rma,
  roc,
  rogersSatchell,
  rsi,
  sma,
  stochastic,
  trix,
  trueRange,
  ultimate,
  vwap,
  wma,
  yangZhang,
  zlema,
} from '../../src/index.ts'
import { Bars } from './bar-series.ts'
import type { GoldenMap, Question } from './harness.ts'
import { byKey, callNumber, decimal, numbersOf } from './inputs.ts'

const HLC = ['high', 'low', 'close'] as const
const HLCV = ['high', 'low', 'close', 'volume'] as const
const OHLC = ['open', 'high', 'low', 'close'] as const

function outputs(question: Question): Record<string, unknown> | undefined {
  const bars = new Bars(question.inputs)
  const one = (key: RegExpExecArray): number => numbersOf(key[0])[0]
  /** `vol_close_20_annual252`; where the key does not say it, the notes do for all of them. */
  const periods = (key: RegExpExecArray): number =>
    Number(/annual(\d+)/.exec(key[0])?.[1] ?? callNumber(question.notes.replace('annualised with', 'periods ='), 'periods', 252))
  return byKey(question, [
    [/^sma_\d+$/, (key) => bars.of(sma(one(key)), 'close')],
    [/^ema_\d+_wilder$/, (key) => bars.of(rma(one(key)), 'close')],
    [/^ema_\d+(?:_sma_seed)?$/, (key) => bars.of(ema(one(key)), 'close')],
    [/^wma_\d+$/, (key) => bars.of(wma(one(key)), 'close')],
    [/^dema_\d+$/, (key) => bars.of(dema(one(key)), 'close')],
    [/^hma_\d+$/, (key) => bars.of(hma(one(key)), 'close')],
    [/^zlema_\d+$/, (key) => bars.of(zlema(one(key)), 'close')],
    [/^vwap_\d+$/, (key) => bars.of(vwap(one(key)), 'close', 'volume')],
    [/^rsi_\d+(?:_wilder)?$/, (key) => bars.of(rsi(one(key)), 'close')],
    [/^roc_\d+_(?:simple|discrete)$/, (key) => bars.of(roc(one(key), { scale: 'fraction' }), 'close')],
    [/^roc_\d+(?:_log|_continuous)?$/, (key) => bars.of(roc(one(key), { kind: 'log', scale: 'fraction' }), 'close')],
    [/^momentum_\d+$/, (key) => bars.of(momentum(one(key)), 'close')],
    [
      /^(?:true_range_and_)?atr_\d+$/,
      (key) => {
        const { tr } = bars.read(trueRange(), HLC, { tr: (each) => each.value })
        return { tr, atr: bars.of(atr(one(key), { firstRange: 'skip' }), ...HLC) }
      },
    ],
    [
      /^bbands_\d+(?:_[\d.]+)?$/,
      (key) => {
        const [length, factor] = numbersOf(key[0])
        return bars.read(bollinger(length, { factor }), ['close'], {
          dn: (each) => each.lower,
          mavg: (each) => each.middle,
          up: (each) => each.upper,
          pctB: (each) => each.percentB,
        })
      },
    ],
    [
      /^adx_\d+$/,
      (key) =>
        bars.read(adx(one(key)), HLC, {
          DIp: (each) => each.plusDi,
          DIn: (each) => each.minusDi,
          DX: (each) => each.dx,
          ADX: (each) => each.adx,
        }),
    ],
    [
      /^macd_\d+_\d+_\d+(?:_(points|percent))?$/,
      (key) => {
        const [fast, slow, signal] = numbersOf(key[0])
        return bars.read(macd({ fast, slow, signal, scale: key[1] === 'points' ? 'points' : 'percent' }), ['close'], {
          macd: (each) => each.macd,
          signal: (each) => each.signal,
        })
      },
    ],
    [
      /^donchian_\d+(?:_(inclusive|previous_bars))?$/,
      (key) =>
        bars.read(donchian(one(key), { bars: key[1] === 'previous_bars' ? 'previous' : 'inclusive' }), ['high', 'low'], {
          high: (each) => each.upper,
          mid: (each) => each.middle,
          low: (each) => each.lower,
        }),
    ],
    [
      /^keltner_\d+(?:_[\d.]+)?$/,
      (key) => {
        const [length, factor] = numbersOf(key[0])
        return bars.read(keltner(length, { factor }), HLC, {
          dn: (each) => each.lower,
          mavg: (each) => each.middle,
          up: (each) => each.upper,
        })
      },
    ],
    [
      /^aroon_\d+$/,
      (key) =>
        bars.read(aroon(one(key), { start: 'partial' }), ['high', 'low'], {
          aroonUp: (each) => each.up,
          aroonDn: (each) => each.down,
          oscillator: (each) => each.oscillator,
        }),
    ],
    [/^cci_\d+$/, (key) => bars.of(cci(one(key)), ...HLC)],
    [
      /^stoch_\d+_\d+_\d+(?:_fraction)?$/,
      (key) => {
        const [length, smoothK, smoothD] = numbersOf(key[0])
        return bars.read(stochastic(length, { smoothK, smoothD, scale: 'fraction' }), HLC, {
          fastK: (each) => each.fastK,
          fastD: (each) => each.fastD,
          slowD: (each) => each.slowD,
        })
      },
    ],
    [
      /^ultimate_oscillator(?:_\d+_\d+_\d+)?$/,
      (key) => {
        const [short, medium, long] = numbersOf(key[0])
        return bars.of(ultimate({ short, medium, long }), ...HLC)
      },
    ],
    [/^obv$/, () => bars.of(obv(), 'close', 'volume')],
    [/^chaikin_ad$/, () => bars.of(accumulation(), ...HLCV)],
    [/^mfi_\d+$/, (key) => bars.of(mfi(one(key), { precision: 'extended' }), ...HLCV)],
    [/^cmf_\d+$/, (key) => bars.of(cmf(one(key)), ...HLCV)],
    [
      /^run_(sd|var)_\d+(?:_(sample|population))?$/,
      (key) => {
        const indicator = deviation(one(key), key[2] === 'population' ? 'population' : 'sample')
        return bars.read(indicator, ['close'], { value: (each) => (key[1] === 'var' ? each.variance : each.value) }).value
      },
    ],
    [/^run_mean_\d+$/, (key) => bars.of(sma(one(key)), 'close')],
    [/^run_median_\d+$/, (key) => bars.of(median(one(key)), 'close')],
    [/^run_max_\d+$/, (key) => bars.of(highest(one(key)), 'high')],
    [/^run_min_\d+$/, (key) => bars.of(lowest(one(key)), 'low')],
    [/^run_percent_rank_\d+$/, (key) => bars.of(percentRank(one(key)), 'close')],
    [/^run_cor_\d+$/, (key) => bars.of(correlation(one(key)), 'close', 'volume')],
    [/^run_cov_\d+$/, (key) => bars.read(correlation(one(key)), ['close', 'volume'], { value: (each) => each.covariance }).value],
    // TTR counts the closes, the product the returns between them.
    [
      /^vol_close_\d+(?:_annual\d+)?$/,
      (key) => bars.of(closeVolatility(one(key) - 1, { periodsPerYear: periods(key) }), 'close'),
    ],
    [
      /^vol_parkinson_\d+(?:_annual\d+)?$/,
      (key) => bars.of(parkinson(one(key), { periodsPerYear: periods(key) }), 'high', 'low'),
    ],
    [/^vol_garman_klass_\d+(?:_annual\d+)?$/, (key) => bars.of(garmanKlass(one(key), { periodsPerYear: periods(key) }), ...OHLC)],
    [
      /^vol_(?:gk_yz|garman_klass_yang_zhang)_\d+(?:_annual\d+)?$/,
      (key) => bars.of(garmanKlass(one(key), { periodsPerYear: periods(key), gap: 'open' }), ...OHLC),
    ],
    [
      /^vol_rogers_satchell_\d+(?:_annual\d+)?$/,
      (key) => bars.of(rogersSatchell(one(key), { periodsPerYear: periods(key) }), ...OHLC),
    ],
    [/^vol_yang_zhang_\d+(?:_annual\d+)?$/, (key) => bars.of(yangZhang(one(key), { periodsPerYear: periods(key) }), ...OHLC)],
    [/^chaikin_volatility_\d+$/, (key) => bars.of(chaikinVolatility(one(key)), 'high', 'low')],
    [
      /^sar(?:_([\d.]+)_([\d.]+))?$/,
      ([, step, maximum]) => {
        // This TTR begins with the standard deviation of all ranges, later ones too.
        const ranges = bars.rangesOfBars()
        const gap = deviation(ranges.length)
        for (const range of ranges) gap.update(range)
        return bars.of(
          psar({
            variant: 'ttr',
            gap: gap.value,
            ...(step === undefined ? {} : { step: decimal(step), maximum: decimal(maximum) }),
          }),
          'high',
          'low',
        )
      },
    ],
    [
      /^trix_\d+_\d+$/,
      (key) =>
        // This TTR gives the signal the length of the averages, not the one asked for.
        bars.read(trix(one(key), { signal: one(key) }), ['close'], { TRIX: (each) => each.trix, signal: (each) => each.signal }),
    ],
  ])
}

export const map: GoldenMap = {
  name: 'indicators_ttr',
  answer(question) {
    if (question.model !== 'indicators') return undefined
    const found = outputs(question)
    return found === undefined ? undefined : { outputs: found }
  },
}
