/** How the functions of `microstructure` are called. */
import * as micro from '../../src/math/microstructure/index.ts'
import type { Prng } from '../../src/core/random.ts'
import { type Example, normals } from './example.ts'

const COUNT = 24

function walk(prng: Prng, count = COUNT, scale = 0.3): number[] {
  let price = 100
  return Array.from({ length: count }, () => (price += scale * prng.normal()))
}

const sizes = (prng: Prng, count = COUNT): number[] => Array.from({ length: count }, () => 0.5 + prng.float())
const signs = (prng: Prng, count = COUNT): number[] => Array.from({ length: count }, () => (prng.chance(0.5) ? 1 : -1))
const steps = (prng: Prng, count = COUNT): number[] => {
  let time = 0
  return Array.from({ length: count }, () => (time += 0.05 + prng.exponential()))
}
const trades = (prng: Prng): micro.Trades => ({ time: steps(prng), price: walk(prng), size: sizes(prng), side: signs(prng) })

function quotes(prng: Prng): micro.BestQuotes {
  const mid = walk(prng).map((price) => Math.round(price * 10) / 10)
  return {
    bid: mid.map((price) => price - 0.05),
    bidSize: sizes(prng),
    ask: mid.map((price) => price + 0.05),
    askSize: sizes(prng),
  }
}

/** Prices at the bid, the mid and the ask. */
const quotedPrices = (prng: Prng): readonly [number[], number[], number[]] => {
  const mid = walk(prng)
  return [mid.map((each) => each + 0.5 * prng.int(-1, 1)), mid.map((each) => each - 0.5), mid.map((each) => each + 0.5)]
}

/** A tenth of the volume of a bar at least, nine tenths at most. */
const parts = (prng: Prng, whole: readonly number[]): number[] => whole.map((each) => each * (0.1 + 0.8 * prng.float()))

function bars(prng: Prng): micro.OhlcPrices {
  const close = walk(prng)
  const open = close.map((price) => price + 0.2 * prng.normal())
  return {
    open,
    high: close.map((price, i) => Math.max(price, open[i]) + 0.2 * prng.float()),
    low: close.map((price, i) => Math.min(price, open[i]) - 0.2 * prng.float()),
    close,
  }
}

const bought = (prng: Prng): readonly [number[], number[]] => {
  const volumes = sizes(prng)
  return [parts(prng, volumes), volumes]
}
const flow = (prng: Prng): readonly [number[], number[]] => [walk(prng), normals(prng, COUNT)]
const parameters = { baseline: 0.5, excitation: 0.6, decay: 1.2 }
const warmingUp = 'the first values are not defined'

/** What a stream says after all of it, through a snapshot in the middle. */
function streamed<S extends { snapshot(): T; restore(state: T): void }, T>(
  make: () => S,
  feeds: readonly ((stream: S) => unknown)[],
): unknown[] {
  let stream = make()
  return feeds.map((feed, i) => {
    if (i === feeds.length >> 1) {
      const state = structuredClone(stream.snapshot())
      stream = make()
      stream.restore(state)
    }
    return feed(stream)
  })
}

export const microstructureExamples: readonly Example[] = [
  { covers: micro.timeBars, args: (prng) => [trades(prng), 3] },
  { covers: micro.tickBars, args: (prng) => [trades(prng), 4] },
  { covers: micro.volumeBars, args: (prng) => [trades(prng), 4] },
  { covers: micro.dollarBars, args: (prng) => [trades(prng), 400] },
  { covers: micro.cusumEvents, args: (prng) => [walk(prng), 0.004] },

  {
    covers: micro.BarStream,
    call: (threshold: number, { time, price, size, side }: micro.Trades) =>
      streamed(
        () => new micro.BarStream('volume', threshold),
        Array.from(time, (now, i) => (stream: micro.BarStream) => stream.update(now, price[i], size[i], side[i])),
      ),
    args: (prng) => [3, trades(prng)],
    missing: 'most trades close no bar',
  },
  {
    covers: micro.CusumStream,
    call: (threshold: number, prices: number[]) =>
      streamed(
        () => new micro.CusumStream(threshold),
        Array.from(prices, (price) => (stream: micro.CusumStream) => stream.update(price)),
      ),
    args: (prng) => [0.004, walk(prng)],
  },

  { covers: micro.tickRule, args: (prng) => [walk(prng)] },
  { covers: micro.quoteRule, args: (prng) => quotedPrices(prng) },
  { covers: micro.leeReady, args: (prng) => quotedPrices(prng) },
  { covers: micro.signAgreement, args: (prng) => [signs(prng), signs(prng)] },
  {
    covers: micro.volumeAgreement,
    args: (prng) => {
      const volumes = sizes(prng)
      return [parts(prng, volumes), parts(prng, volumes), volumes]
    },
  },

  { covers: micro.buyShare, args: (prng) => [prng.normal(), 1.5, { freedom: 0.25 }] },
  { covers: micro.bulkBuyShares, args: (prng) => [walk(prng), { freedom: 0.25 }] },
  { covers: micro.bulkVolumes, args: (prng) => [walk(prng), sizes(prng), { freedom: 0.25 }] },
  { covers: micro.rollingBuyShares, args: (prng) => [walk(prng), 5], missing: warmingUp },
  {
    covers: micro.BulkVolumeStream,
    call: (window: number, closes: number[]) =>
      streamed(
        () => new micro.BulkVolumeStream(window),
        Array.from(closes, (close) => (stream: micro.BulkVolumeStream) => stream.update(close)),
      ),
    args: (prng) => [5, walk(prng)],
    missing: warmingUp,
  },

  { covers: micro.aggressorBuyVolume, args: (prng) => [sizes(prng), signs(prng)] },
  { covers: micro.volumeBuckets, args: (prng) => [...bought(prng), 1.7] },
  { covers: micro.vpin, args: (prng) => [micro.volumeBuckets(...bought(prng), 1.7), 4], missing: warmingUp },
  { covers: micro.empiricalCdf, args: (prng) => [normals(prng, 12), 0.2] },
  {
    covers: micro.VpinStream,
    call: (options: micro.VpinOptions, buys: number[], volumes: number[]) =>
      streamed(
        () => new micro.VpinStream(options),
        Array.from(volumes, (volume, i) => (stream: micro.VpinStream) => [
          stream.update(buys[i], volume),
          stream.filled,
          stream.value,
          stream.cdf,
        ]),
      ),
    args: (prng) => [{ bucketVolume: 1.7, window: 4, history: 6 }, ...bought(prng)],
    missing: warmingUp,
  },

  { covers: micro.signedVolume, args: (prng) => bought(prng) },
  { covers: micro.meanImbalance, args: (prng) => bought(prng) },
  { covers: micro.kyleLambda, args: (prng) => flow(prng), missing: 't is not defined without a residual' },
  { covers: micro.hasbrouckLambda, args: (prng) => flow(prng), missing: 't is not defined without a residual' },
  { covers: micro.amihud, args: (prng) => [walk(prng), sizes(prng), 1e6] },
  { covers: micro.changeAutocovariance, args: (prng) => [walk(prng)] },
  { covers: micro.rollSpread, args: (prng) => [signs(prng).map((sign) => 100 + 0.5 * sign + 0.001 * prng.normal())] },
  {
    covers: micro.KyleStream,
    call: (window: number, closes: number[], volumes: number[]) =>
      streamed(
        () => new micro.KyleStream(window),
        Array.from(closes, (close, i) => (stream: micro.KyleStream) => {
          stream.update(close, volumes[i])
          return stream.value
        }),
      ),
    args: (prng) => [6, ...flow(prng)],
    missing: warmingUp,
  },

  { covers: micro.midPrice, args: (prng) => [100, 101 + prng.float()] },
  { covers: micro.orderFlowEvents, args: (prng) => [quotes(prng)] },
  { covers: micro.orderFlowWindows, args: (prng) => [quotes(prng), 4] },
  { covers: micro.orderFlowImpact, args: (prng) => [quotes(prng), 4], missing: 't is not defined without a residual' },
  { covers: micro.queueImbalance, args: (prng) => [1 + prng.float(), 2] },
  { covers: micro.microPrice, args: (prng) => [{ bid: 100, bidSize: 1 + prng.float(), ask: 101, askSize: 2 }] },
  {
    covers: micro.OrderFlowStream,
    call: (span: number, time: number[], { bid, bidSize, ask, askSize }: micro.BestQuotes) =>
      streamed(
        () => new micro.OrderFlowStream(span),
        Array.from(time, (now, i) => (stream: micro.OrderFlowStream) => [
          stream.update(now, { bid: bid[i], bidSize: bidSize[i], ask: ask[i], askSize: askSize[i] }),
          stream.value,
        ]),
      ),
    args: (prng) => [3, steps(prng), quotes(prng)],
  },

  {
    covers: micro.tradingSpreads,
    args: (prng) => {
      const { bid, ask } = quotes(prng)
      return [{ price: walk(prng), bid, ask, side: signs(prng) }, 3]
    },
  },
  {
    covers: micro.quotedSpread,
    args: (prng) => {
      const { bid, ask } = quotes(prng)
      return [bid, ask, steps(prng)]
    },
  },
  { covers: micro.timeWeightedMean, args: (prng) => [walk(prng), steps(prng)] },

  { covers: micro.realisedVariance, args: (prng) => [normals(prng, COUNT, 0.01)] },
  { covers: micro.bipowerVariation, args: (prng) => [normals(prng, COUNT, 0.01)] },
  { covers: micro.tripowerQuarticity, args: (prng) => [normals(prng, COUNT, 0.01)] },
  { covers: micro.realisedQuarticity, args: (prng) => [normals(prng, COUNT, 0.01)] },
  { covers: micro.medianRealisedVariance, args: (prng) => [normals(prng, COUNT, 0.01)] },
  { covers: micro.minimumRealisedVariance, args: (prng) => [normals(prng, COUNT, 0.01)] },
  { covers: micro.realisedSemivariances, args: (prng) => [normals(prng, COUNT, 0.01)] },
  { covers: micro.jumpTest, args: (prng) => [normals(prng, COUNT, 0.01)] },

  { covers: micro.rollCloseSpread, args: (prng) => [walk(prng), { signed: true }] },
  { covers: micro.corwinSchultz, args: (prng) => [bars(prng), { signed: true }] },
  { covers: micro.abdiRanaldo, args: (prng) => [bars(prng), { signed: true }] },
  { covers: micro.generalisedSpread, args: (prng) => [bars(prng), ['OHLC', 'CHLO'], { signed: true }] },
  { covers: micro.edge, args: (prng) => [bars(prng), { signed: true }] },

  { covers: micro.branchingRatio, args: (prng) => [{ ...parameters, excitation: prng.float() }] },
  { covers: micro.hawkesMeanIntensity, args: (prng) => [{ ...parameters, excitation: prng.float() }] },
  { covers: micro.hawkesIntensity, args: (prng) => [steps(prng), parameters] },
  { covers: micro.hawkesLogLikelihood, args: (prng) => [steps(prng), 200, parameters] },
  { covers: micro.hawkesCompensator, args: (prng) => [steps(prng), 10, parameters] },
  { covers: micro.hawkesResiduals, args: (prng) => [steps(prng), parameters] },
  { covers: micro.simulateHawkes, args: (prng) => [parameters, 20, prng, 500] },
  {
    covers: micro.fitHawkes,
    args: (prng) => [steps(prng), 60, { maxIterations: 60 }],
    missing: 'without excitation the likelihood does not tell the parameters apart, and there are no standard errors',
  },
  {
    covers: micro.HawkesStream,
    call: (own: micro.HawkesParameters, times: number[]) =>
      streamed(
        () => new micro.HawkesStream(own),
        Array.from(times, (time) => (stream: micro.HawkesStream) => [stream.update(time), stream.at(time + 1), stream.count]),
      ),
    args: (prng) => [parameters, steps(prng)],
  },
]
