/** Indicators, a bar at a time: all of them together, and those that `trading-signals` has too beside it. */
import { ADX, ATR, BollingerBands, EMA, MACD, RSI, SMA } from 'trading-signals'
import { createPrng } from '../../src/core/random.ts'
import { adx } from '../../src/market/indicators/adx.ts'
import { atr } from '../../src/market/indicators/atr.ts'
import { bollinger } from '../../src/market/indicators/bollinger.ts'
import { ema } from '../../src/market/indicators/ema.ts'
import type { BarValues } from '../../src/market/indicators/indicator.ts'
import { INDICATORS } from '../../src/market/indicators/list.ts'
import { macd } from '../../src/market/indicators/macd.ts'
import { rsi } from '../../src/market/indicators/rsi.ts'
import { sma } from '../../src/market/indicators/sma.ts'
import type { Task, Twin } from './task.ts'

const HOUR = 3_600_000_000

function barsOf(count: number): readonly BarValues[] {
  const prng = createPrng('bars')
  let last = 100
  return Array.from({ length: count }, (_, i) => {
    const open = last
    const close = open * Math.exp(0.01 * prng.normal())
    last = close
    return {
      time: i * HOUR,
      open,
      high: Math.max(open, close) * (1 + 0.004 * prng.float()),
      low: Math.min(open, close) * (1 - 0.004 * prng.float()),
      close,
      volume: 1 + 100 * prng.float(),
    }
  })
}

const BARS = 10_000
const SHARED = 7

const TRADING_SIGNALS: Twin = {
  name: 'trading-signals',
  // Some averages begin elsewhere; after so many bars nothing is left of that.
  tolerance: 1e-8,
  work: (size) => {
    const bars = barsOf(size)
    return () => {
      const [average, exponential, strength, range, direction] = [new SMA(20), new EMA(20), new RSI(14), new ATR(14), new ADX(14)]
      const [bands, convergence] = [new BollingerBands(20, 2), new MACD(new EMA(12), new EMA(26), new EMA(9))]
      for (const bar of bars) {
        average.add(bar.close)
        exponential.add(bar.close)
        strength.add(bar.close)
        range.add(bar)
        direction.add(bar)
        bands.add(bar.close)
        convergence.add(bar.close)
      }
      return [
        average.getResultOrThrow(),
        exponential.getResultOrThrow(),
        strength.getResultOrThrow(),
        range.getResultOrThrow(),
        direction.getResultOrThrow(),
        bands.getResultOrThrow().upper,
        convergence.getResultOrThrow().signal,
      ]
    }
  },
}

export const INDICATOR_TASKS: readonly Task[] = [
  {
    name: `all ${INDICATORS.length} indicators together`,
    size: BARS,
    of: 'bars',
    counted: { unit: 'updates', count: BARS * INDICATORS.length, goal: 5e6 },
    work: (size) => {
      const bars = barsOf(size)
      return () => {
        const examples = INDICATORS.map((definition) => definition.example())
        for (const bar of bars) for (const each of examples) each.feed(bar)
        return [examples.filter(({ indicator }) => indicator.ready).length]
      }
    },
  },
  {
    name: 'SMA, EMA, RSI, ATR, ADX, Bollinger bands, MACD',
    size: BARS,
    of: 'bars',
    counted: { unit: 'updates', count: BARS * SHARED },
    twins: [TRADING_SIGNALS],
    work: (size) => {
      const bars = barsOf(size)
      return () => {
        const [average, exponential, strength, range, direction] = [sma(20), ema(20), rsi(14), atr(14), adx(14)]
        const [bands, convergence] = [bollinger(20), macd()]
        for (const { high, low, close } of bars) {
          average.update(close)
          exponential.update(close)
          strength.update(close)
          range.update(high, low, close)
          direction.update(high, low, close)
          bands.update(close)
          convergence.update(close)
        }
        return [average.value, exponential.value, strength.value, range.value, direction.adx, bands.upper, convergence.signal]
      }
    },
  },
]
