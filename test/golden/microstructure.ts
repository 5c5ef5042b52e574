/** Golden vectors of `microstructure`. */
import type { Answer, GoldenMap, Question, Shape } from './harness.ts'
import {
  aggressorBuyVolume,
  amihud,
  bipowerVariation,
  bulkVolumes,
  changeAutocovariance,
  cusumEvents,
  dollarBars,
  empiricalCdf,
  hasbrouckLambda,
  jumpTest,
  kyleLambda,
  leeReady,
  meanImbalance,
  medianRealisedVariance,
  microPrice,
  midPrice,
  minimumRealisedVariance,
  orderFlowEvents,
  orderFlowImpact,
  orderFlowWindows,
  queueImbalance,
  quotedSpread,
  realisedQuarticity,
  realisedSemivariances,
  realisedVariance,
  rollSpread,
  signAgreement,
  signedVolume,
  tickBars,
  tickRule,
  timeBars,
  tradingSpreads,
  type TradeBars,
  type Trades,
  tripowerQuarticity,
  volumeAgreement,
  volumeBars,
  volumeBuckets,
  vpin,
} from '../../src/math/microstructure/index.ts'
import { MathError } from '../../src/math/error.ts'
import { toBasisPoints } from '../../src/math/execution/index.ts'
import { byKey, callNumber, has, num, vector } from './inputs.ts'

type Rules = Parameters<typeof byKey>[1]

/** A value that is not defined for these inputs is null in the files. */
function orNull<T>(compute: () => T): T | null {
  try {
    return compute()
  } catch (error) {
    if (error instanceof MathError) return null
    throw error
  }
}

/** `x_first20`, `x_last10`, or all of it. */
function sliced(values: ArrayLike<unknown>, key: string, shape: Shape): unknown[] {
  const all = Array.from(values)
  const count = Array.isArray(shape) ? shape.length : all.length
  if (/_last\d*$/.test(key)) return all.slice(-count)
  return /_first\d*$/.test(key) ? all.slice(0, count) : all
}

const tradesOf = ({ inputs }: Question): Trades => ({
  time: vector(inputs, 'time'),
  price: vector(inputs, 'price'),
  size: vector(inputs, 'size'),
  side: vector(inputs, 'side'),
})

const SECONDS: { readonly [unit: string]: number } = { s: 1, m: 60, h: 3600 }

/** The width of the time bars, where a case says it: an input, or "10-second bars", "10 s bar" in words. Ten seconds is the file's own. */
function barWidth(question: Question): number {
  for (const key of ['bar_seconds', 'bar_width', 'bar_interval', 'interval', 'width', 'seconds'])
    if (has(question, key)) return num(question.inputs, key)
  // Its own words before those of the case its trades are taken from.
  const text = `${question.call} ${question.notes} ${question.relatedText}`
  const words =
    /(\d+(?:\.\d+)?)[- ]?(s|m|h)(?:ec(?:ond)?s?|in(?:ute)?s?|(?:ou)?rs?)?\b[- ]?(?:time[- ]?)?bars?\b/i.exec(text) ??
    /\bbars? of (\d+(?:\.\d+)?)[- ]?(s|m|h)(?:ec(?:ond)?s?|in(?:ute)?s?|(?:ou)?rs?)?\b/i.exec(text)
  if (words !== null) return Number(words[1]) * (SECONDS[words[2].toLowerCase()] ?? 1)
  const floored = /floor\(t\s*\/\s*(\d+(?:\.\d+)?)\)/.exec(`${question.call} ${question.relatedText}`)
  return floored === null ? 10 : Number(floored[1])
}

/** The bars a case is about: its own columns, or made of its trades. */
function barsOf(question: Question): Pick<TradeBars, 'close' | 'volume' | 'takerBuyVolume'> {
  const { inputs } = question
  if (!has(question, 'close', 'volume')) return timeBars(tradesOf(question), barWidth(question))
  const column = (key: string): Float64Array => Float64Array.from(vector(inputs, key))
  const buys = ['taker_buy_volume', 'buy_volume'].find((key) => has(question, key))
  return {
    close: column('close'),
    volume: column('volume'),
    takerBuyVolume: buys === undefined ? new Float64Array() : column(buys),
  }
}

function barRules(question: Question): Rules {
  const { inputs } = question
  const trades = tradesOf(question)
  const bars = (key: string): TradeBars =>
    key.startsWith('dollar')
      ? dollarBars(trades, num(inputs, 'dollar_threshold'))
      : key.startsWith('volume')
        ? volumeBars(trades, num(inputs, 'volume_threshold'))
        : key.startsWith('tick')
          ? tickBars(trades, num(inputs, has(question, 'tick_threshold') ? 'tick_threshold' : 'ticks_per_bar'))
          : timeBars(trades, barWidth(question))
  const column = (name: string): keyof TradeBars | undefined =>
    (
      {
        start: 'start',
        bar_start: 'start',
        open: 'open',
        high: 'high',
        low: 'low',
        close: 'close',
        volume: 'volume',
        taker_buy_volume: 'takerBuyVolume',
        taker_sell_volume: 'takerSellVolume',
        money: 'money',
        dollar_volume: 'money',
        last_trade_index: 'lastTrade',
      } as Record<string, keyof TradeBars>
    )[name]
  return [
    [/^cusum_events$/, () => cusumEvents(trades.price, num(inputs, 'cusum_threshold_log'))],
    [/^n_cusum_events$/, () => cusumEvents(trades.price, num(inputs, 'cusum_threshold_log')).length],
    [/^n_(?:(dollar|volume|tick)_)?bars$/, ([, kind = '']) => bars(kind).close.length],
    [
      /^(dollar|volume|tick|time)_bar_(\w+)$/,
      ([, kind, name], shape) => {
        const found = column(name)
        return found === undefined ? undefined : sliced(bars(kind)[found], name, shape)
      },
    ],
    [
      /^(bar_start|open|high|low|close|volume|taker_(?:buy|sell)_volume|dollar_volume)$/,
      ([, name]) => {
        const found = column(name)
        return found === undefined ? undefined : bars('')[found]
      },
    ],
  ]
}

/** Buckets of true signs where the case speaks of trades and their flag, else of bars classified in bulk. */
function vpinRules(question: Question): Rules {
  const { inputs, call, notes } = question
  const window = num(inputs, 'window', 50)
  const bucketVolume = num(inputs, 'bucket_volume')
  const trueSigns = /aggressor|true sign|signed trades|taker/i.test(`${call} ${notes}`)
  const classify = (): ReturnType<typeof bulkVolumes> => {
    const { close, volume } = barsOf(question)
    return bulkVolumes(close, volume, has(question, 'df') ? { freedom: num(inputs, 'df') } : studentOf(call))
  }
  const buckets = (): ReturnType<typeof volumeBuckets> => {
    if (trueSigns) {
      const { size, side } = tradesOf(question)
      return volumeBuckets(aggressorBuyVolume(size, side), size, bucketVolume)
    }
    const { buy, volume } = classify()
    return volumeBuckets(buy, volume, bucketVolume)
  }
  const values = (): (number | undefined)[] => vpin(buckets(), window)
  const defined = (): number[] => values().filter((value) => value !== undefined)
  return [
    [/^sigma_dp$/, () => classify().deviation],
    [/^n_buckets$/, () => buckets().buy.length],
    [/^bucket_buy_volume(?:_first\d*|_last\d*)?$/, ([key], shape) => sliced(buckets().buy, key, shape)],
    [/^bucket_sell_volume(?:_first\d*|_last\d*)?$/, ([key], shape) => sliced(buckets().sell, key, shape)],
    [/^vpin(?:_first\d*|_last\d+)?$/, ([key], shape) => sliced(values(), key, shape)],
    [/^vpin_last$/, () => defined().at(-1)],
    [/^cdf_of_vpin_last$/, () => orNull(() => empiricalCdf(defined(), defined().at(-1) ?? 0))],
    [/^buy_(?:fraction|share)s?(?:_first\d*|_last\d*)?$/, ([key], shape) => sliced(classify().shares, key, shape)],
  ]
}

/** Degrees of freedom that the call alone speaks of. */
const studentOf = (call: string): { freedom?: number } =>
  /student/i.test(call) ? { freedom: Number(/([0-9.]+) degrees/.exec(call)?.[1] ?? callNumber(call, 'df', 0.25)) } : {}

function classificationRules(question: Question): Rules {
  const trades = tradesOf(question)
  const signs = has(question, 'bid', 'ask')
    ? leeReady(trades.price, vector(question.inputs, 'bid'), vector(question.inputs, 'ask'))
    : tickRule(trades.price)
  return [
    [/^signs(?:_first\d*|_last\d*)?$/, ([key], shape) => sliced(signs, key, shape)],
    [/^sum$/, () => signs.reduce((total, sign) => total + sign, 0)],
    [/^agreement_with_true_side$/, () => orNull(() => signAgreement(signs, trades.side))],
    [
      /^bvc_order_imbalance_accuracy$/,
      () => {
        const { close, volume, takerBuyVolume } = barsOf(question)
        const bulk = bulkVolumes(close, volume)
        return volumeAgreement(bulk.buy, takerBuyVolume.slice(1), bulk.volume)
      },
    ],
  ]
}

function liquidityRules(question: Question): Rules {
  const { inputs } = question
  // A single series of prices has no bars.
  const ofPrices: Rules = [
    [/^(?:roll_)?autocov$/, () => changeAutocovariance(vector(inputs, 'price'))],
    [/^roll_spread$/, () => orNull(() => rollSpread(vector(inputs, 'price')))],
  ]
  if (!has(question, 'time') && !has(question, 'close', 'volume')) return ofPrices
  const bars = barsOf(question)
  const signed = (): Float64Array => signedVolume(bars.takerBuyVolume, bars.volume)
  // The first bar has no change of price, so it is left out throughout.
  const kyle = (): ReturnType<typeof kyleLambda> => kyleLambda(bars.close, signed())
  const hasbrouck = (): ReturnType<typeof hasbrouckLambda> => hasbrouckLambda(bars.close, signed())
  return [
    [/^signed_volume(?:_first\d*|_last\d*)?$/, ([key], shape) => sliced(signed().slice(1), key, shape)],
    [/^kyle_intercept$/, () => kyle().intercept],
    [/^kyle_lambda$/, () => kyle().lambda],
    [/^kyle_lambda_t$/, () => kyle().t],
    [/^kyle_lambda_(?:se|stderr)$/, () => kyle().standardError],
    [/^kyle_r2$/, () => kyle().rSquared],
    [/^kyle_lambda_no_intercept$/, () => kyle().lambdaWithoutIntercept],
    [/^amihud$/, () => amihud(bars.close, bars.volume)],
    [/^amihud_times_1e(\d+)$/, ([, exponent]) => amihud(bars.close, bars.volume, Number(`1e${exponent}`))],
    [/^hasbrouck_sqrt_lambda$/, () => hasbrouck().slope],
    [/^hasbrouck_(?:sqrt_)?(?:lambda_)?t$/, () => hasbrouck().t],
    [/^hasbrouck_(?:sqrt_)?(?:lambda_)?r2$/, () => hasbrouck().rSquared],
    [/^roll_autocov_trades$/, () => changeAutocovariance(vector(inputs, 'price'))],
    [/^roll_spread_trades$/, () => orNull(() => rollSpread(vector(inputs, 'price')))],
    [/^roll_autocov_bars$/, () => changeAutocovariance(bars.close)],
    [/^roll_spread_bars$/, () => orNull(() => rollSpread(bars.close))],
    [/^order_flow_imbalance_ratio_mean$/, () => meanImbalance(bars.takerBuyVolume.slice(1), bars.volume.slice(1))],
    ...ofPrices,
  ]
}

function orderFlowRules(question: Question): Rules {
  const { inputs } = question
  const quotes = {
    bid: vector(inputs, 'bid'),
    bidSize: vector(inputs, 'bid_size'),
    ask: vector(inputs, 'ask'),
    askSize: vector(inputs, 'ask_size'),
  }
  const each = <T>(f: (quote: { bid: number; bidSize: number; ask: number; askSize: number }) => T): T[] =>
    quotes.bid.map((bid, i) => f({ bid, bidSize: quotes.bidSize[i], ask: quotes.ask[i], askSize: quotes.askSize[i] }))
  // Whether the last, shorter block counts is seen by how many are wanted.
  const counts = ['ofi_blocks', 'mid_change_blocks'].map((key) => question.wanted[key]).filter(Array.isArray)
  const whole = quotes.bid.length / num(inputs, 'block', 1)
  const unfinished = counts.some(({ length }) => length > whole) ? 'keep' : 'drop'
  const windows = (): ReturnType<typeof orderFlowWindows> => orderFlowWindows(quotes, num(inputs, 'block'), { unfinished })
  const impact = (): ReturnType<typeof orderFlowImpact> => orderFlowImpact(quotes, num(inputs, 'block'), { unfinished })
  const spreads = (): ReturnType<typeof tradingSpreads> =>
    tradingSpreads(
      {
        price: vector(inputs, 'trade_price_per_quote'),
        bid: quotes.bid,
        ask: quotes.ask,
        ...(has(question, 'trade_side') ? { side: vector(inputs, 'trade_side') } : {}),
      },
      num(inputs, 'horizon_quotes', 0),
    )
  const some = (name: string): RegExp => new RegExp(`^${name}(?:_first\\d*|_last\\d*)?$`)
  return [
    [some('event_contributions'), ([key], shape) => sliced(orderFlowEvents(quotes), key, shape)],
    [some('ofi_blocks'), ([key], shape) => sliced(windows().imbalance, key, shape)],
    [some('mid_change_blocks'), ([key], shape) => sliced(windows().midChange, key, shape)],
    [/^ofi_regression$/, () => [impact().intercept, impact().slope]],
    [/^ofi_(?:regression_)?r2$/, () => impact().rSquared],
    [/^ofi_(?:regression_)?t$/, () => impact().t],
    [
      some('queue_imbalance'),
      ([key], shape) =>
        sliced(
          each(({ bidSize, askSize }) => queueImbalance(bidSize, askSize)),
          key,
          shape,
        ),
    ],
    [some('micro_price'), ([key], shape) => sliced(each(microPrice), key, shape)],
    [
      some('mid(?:_price)?'),
      ([key], shape) =>
        sliced(
          each(({ bid, ask }) => midPrice(bid, ask)),
          key,
          shape,
        ),
    ],
    [/^quoted_spread_mean$/, () => quotedSpread(quotes.bid, quotes.ask).absolute],
    [/^relative_spread_bp_mean$/, () => toBasisPoints(quotedSpread(quotes.bid, quotes.ask).relative)],
    [/^quoted_spread_time_weighted$/, () => quotedSpread(quotes.bid, quotes.ask, vector(inputs, 'time')).absolute],
    [/^effective_spread_mean$/, () => spreads().meanEffective],
    [/^realised_spread_mean$/, () => spreads().meanRealised],
    [/^price_impact_mean$/, () => spreads().meanImpact],
    [some('effective_spread'), ([key], shape) => sliced(spreads().effective, key, shape)],
    [some('realised_spread'), ([key], shape) => sliced(spreads().realised, key, shape)],
    [some('price_impact'), ([key], shape) => sliced(spreads().impact, key, shape)],
  ]
}

function realisedRules({ inputs }: Question): Rules {
  const returns = vector(inputs, 'intraday_returns')
  return [
    [/^rv$/, () => realisedVariance(returns)],
    [/^bipower$/, () => bipowerVariation(returns)],
    [/^tripower_quarticity$/, () => tripowerQuarticity(returns)],
    [/^realised_quarticity$/, () => realisedQuarticity(returns)],
    [/^jump_z$/, () => jumpTest(returns).z],
    [/^jump_pvalue$/, () => jumpTest(returns).pValue],
    [/^jump_(?:share|ratio|contribution)$/, () => jumpTest(returns).jumpShare],
    [/^up_semivariance$/, () => realisedSemivariances(returns).up],
    [/^down_semivariance$/, () => realisedSemivariances(returns).down],
    [/^med_rv$/, () => medianRealisedVariance(returns)],
    [/^min_rv$/, () => minimumRealisedVariance(returns)],
  ]
}

function rulesOf(question: Question): Rules | undefined {
  if (has(question, 'intraday_returns')) return realisedRules(question)
  if (has(question, 'bid_size', 'ask_size')) return orderFlowRules(question)
  if (has(question, 'bucket_volume')) return vpinRules(question)
  if (question.model === 'classification') return classificationRules(question)
  if (question.model === 'bars') return barRules(question)
  return has(question, 'price') || has(question, 'close') ? liquidityRules(question) : undefined
}

function answer(question: Question): Answer | undefined {
  const rules = rulesOf(question)
  const outputs = rules === undefined ? undefined : byKey(question, rules)
  return outputs === undefined ? undefined : { outputs }
}

export const map: GoldenMap = { name: 'microstructure', answer }
