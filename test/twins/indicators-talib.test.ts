/**
 * The indicators, with the conventions of TA-Lib as options, against TA-Lib itself (compiled to WASM) on random bars and with other
 * lengths than usual.
 *
 * Reads the WASM file of its package. Known faults of that build are passed by: STDDEV gives variances (so BBANDS are wrong), and
 * where an average is a simple one STOCH is all zero and STOCHF loses its %K; its %D is right. It leaves its memory where bars have
 * no range, which is why none are flat here.
 */
import { createRequire } from 'node:module'
import type * as Talib from 'talib-web'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  accumulation,
  adx,
  aroon,
  atr,
  cci,
  chaikinOscillator,
  correlation,
  dema,
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
  tema,
  trima,
  trix,
  trueRange,
  ultimate,
  williamsR,
  wma,
} from '../../src/index.ts'
import { CHARACTERS, randomBars } from './random-bars.ts'

const require = createRequire(import.meta.url)
const talib = require('talib-web') as typeof Talib

beforeAll(async () => {
  // It tries to fetch a path where there is a fetch.
  const { fetch } = globalThis
  Reflect.deleteProperty(globalThis, 'fetch')
  await talib.init(require.resolve('talib-web/lib/talib.wasm'))
  globalThis.fetch = fetch
})

/** Results of ours from the first defined one; theirs begin at the left, what follows is no result. */
function expectSame(ours: readonly number[], theirs: readonly number[]): void {
  const from = ours.findIndex((value) => !Number.isNaN(value))
  const got = ours.slice(from)
  const scale = Math.max(...got.map(Math.abs))
  const wrong = got.flatMap((value, i) =>
    Math.abs(value - theirs[i]) <= 1e-9 * scale ? [] : [`[${from + i}] ${value} is ${theirs[i]}`],
  )
  expect(from).toBeGreaterThanOrEqual(0)
  expect(wrong.slice(0, 3)).toEqual([])
}

describe.each(['walk', 'gaps', 'huge'])('on %s', (name) => {
  const bars = randomBars(260, CHARACTERS[name], 6)
  const column = (key: keyof (typeof bars)[number]): number[] => bars.map((bar) => bar[key])
  const [high, low, close, volume] = [column('high'), column('low'), column('close'), column('volume')]
  const hlc = { high, low, close }
  const ofClose = (indicator: { update(x: number): unknown; readonly value: number }): number[] =>
    close.map((x) => {
      indicator.update(x)
      return indicator.value
    })
  const ofHlc = <I extends { update(high: number, low: number, close: number): unknown }>(
    indicator: I,
    read: (of: I) => number,
  ): number[] =>
    bars.map((bar) => {
      indicator.update(bar.high, bar.low, bar.close)
      return read(indicator)
    })
  const ofHlcv = (indicator: { update(h: number, l: number, c: number, v: number): unknown; readonly value: number }): number[] =>
    bars.map((bar) => {
      indicator.update(bar.high, bar.low, bar.close, bar.volume)
      return indicator.value
    })
  const value = (of: { readonly value: number }): number => of.value

  describe.each([2, 5, 30])('with length %d', (n) => {
    const real = { inReal: close, timePeriod: n }

    it('averages', () => {
      expectSame(ofClose(sma(n)), talib.SMA(real).output)
      expectSame(ofClose(ema(n)), talib.EMA(real).output)
      expectSame(ofClose(wma(n)), talib.WMA(real).output)
      expectSame(ofClose(dema(n)), talib.DEMA(real).output)
      expectSame(ofClose(tema(n)), talib.TEMA(real).output)
      expectSame(ofClose(trima(n)), talib.TRIMA(real).output)
      expectSame(ofClose(kama(n)), talib.KAMA(real).output)
    })

    it('oscillators', () => {
      expectSame(ofClose(rsi(n, { flat: 0 })), talib.RSI(real).output)
      expectSame(ofClose(momentum(n)), talib.MOM(real).output)
      expectSame(ofClose(roc(n)), talib.ROC(real).output)
      expectSame(ofClose(roc(n, { kind: 'ratio' })), talib.ROCR100(real).output)
      expectSame(ofClose(trix(n)), talib.TRIX(real).output)
      expectSame(ofHlc(cci(n), value), talib.CCI({ ...hlc, timePeriod: n }).output)
      expectSame(ofHlc(williamsR(n, { flat: 0 }), value), talib.WILLR({ ...hlc, timePeriod: n }).output)
      expectSame(
        ofHlc(stochastic(n, { smoothK: 4, flat: 0 }), (each) => each.slowK),
        talib.STOCHF({ ...hlc, fastK_Period: n, fastD_Period: 4 }).fastD,
      )
      const { aroonUp, aroonDown } = talib.AROON({ high, low, timePeriod: n })
      expectSame(
        ofHlc(aroon(n), (each) => each.up),
        aroonUp,
      )
      expectSame(
        ofHlc(aroon(n), (each) => each.down),
        aroonDown,
      )
      const ultosc = talib.ULTOSC({ ...hlc, timePeriod1: n, timePeriod2: 2 * n, timePeriod3: 3 * n }).output
      expectSame(ofHlc(ultimate({ short: n, medium: 2 * n, long: 3 * n, flat: 0 }), value), ultosc)
      const all = { inReal: close, fastPeriod: n, slowPeriod: n + 5, signalPeriod: 4 }
      const line = macd({ fast: n, slow: n + 5, signal: 4, align: 'slow' })
      const rows = close.map((x) => {
        line.update(x)
        return [line.ready ? line.macd : Number.NaN, line.signal, line.histogram]
      })
      const { MACD, MACDSignal, MACDHist } = talib.MACD(all)
      expectSame(
        rows.map((row) => row[0]),
        MACD,
      )
      expectSame(
        rows.map((row) => row[1]),
        MACDSignal,
      )
      expectSame(
        rows.map((row) => row[2]),
        MACDHist,
      )
    })

    it('ranges and directions', () => {
      expectSame(ofHlc(trueRange(), value), talib.TRANGE(hlc).output)
      expectSame(ofHlc(atr(n, { firstRange: 'skip' }), value), talib.ATR({ ...hlc, timePeriod: n }).output)
      expectSame(
        ofHlc(adx(n), (each) => each.plusDi),
        talib.PLUS_DI({ ...hlc, timePeriod: n }).output,
      )
      expectSame(
        ofHlc(adx(n), (each) => each.minusDi),
        talib.MINUS_DI({ ...hlc, timePeriod: n }).output,
      )
      expectSame(
        ofHlc(adx(n), (each) => each.dx),
        talib.DX({ ...hlc, timePeriod: n }).output,
      )
      expectSame(
        ofHlc(adx(n), (each) => each.adx),
        talib.ADX({ ...hlc, timePeriod: n }).output,
      )
      const step = n / 200
      expectSame(
        ofHlc(psar({ step, maximum: 5 * step }), value),
        talib.SAR({ high, low, acceleration: step, maximum: 5 * step }).output,
      )
    })

    it('windows', () => {
      expectSame(ofHlc(donchian(n), value), talib.MIDPRICE({ high, low, timePeriod: n }).output)
      expectSame(ofClose(highest(n)), talib.MAX(real).output)
      expectSame(ofClose(lowest(n)), talib.MIN(real).output)
      expectSame(ofClose(linearRegression(n)), talib.LINEARREG(real).output)
      const line = linearRegression(n)
      const next = close.map((x) => {
        line.update(x)
        return line.next
      })
      expectSame(next, talib.TSF(real).output)
      expect(line.angle).toBeCloseTo((Math.atan(line.slope) / Math.PI) * 180, 9)
      // Its sums cancel in short windows, to results beyond 1.
      if (n > 5) expectSame(ofHlc(correlation(n), value), talib.CORREL({ inReal0: high, inReal1: low, timePeriod: n }).output)
    })

    it('volume', () => {
      expectSame(ofHlcv(mfi(n, { flat: 0 })), talib.MFI({ ...hlc, volume, timePeriod: n }).output)
      expectSame(ofHlcv(accumulation()), talib.AD({ ...hlc, volume }).output)
      const flow = obv()
      expectSame(
        bars.map((bar) => flow.update(bar.close, bar.volume)),
        talib.OBV({ inReal: close, volume }).output,
      )
      const oscillator = ofHlcv(chaikinOscillator({ fast: n, slow: n + 4, seed: 'first' }))
      expectSame(
        oscillator.map((each, i) => (i < n + 3 ? Number.NaN : each)),
        talib.ADOSC({ ...hlc, volume, fastPeriod: n, slowPeriod: n + 4 }).output,
      )
    })
  })
})
