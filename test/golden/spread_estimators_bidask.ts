/** Golden vectors of `spread_estimators_bidask`: the estimators by the names of the R package. */
import type { Answer, GoldenMap, Question } from './harness.ts'
import {
  abdiRanaldo,
  corwinSchultz,
  edge,
  generalisedSpread,
  type OhlcPrices,
  rollCloseSpread,
  type SpreadMoment,
} from '../../src/math/microstructure/index.ts'
import { byKey, has, vector } from './inputs.ts'

const MOMENTS: readonly string[] = ['OHL', 'OHLC', 'CHL', 'CHLO'] satisfies readonly SpreadMoment[]
const isMoment = (name: string): name is SpreadMoment => MOMENTS.includes(name)

function answer(question: Question): Answer | undefined {
  const { inputs, call } = question
  if (!has(question, 'high', 'low', 'close')) return undefined
  const close = vector(inputs, 'close')
  // Without opens the estimators that need none are asked for alone.
  const open = has(question, 'open') ? vector(inputs, 'open') : close
  const prices: OhlcPrices = { open, high: vector(inputs, 'high'), low: vector(inputs, 'low'), close }
  const signed = /\bsign\s*=\s*T(?:RUE)?\b/.test(call) || inputs['sign'] === true
  const outputs = byKey(question, [
    [/^EDGE$/i, () => edge(prices, { signed })],
    [/^ROLL$/i, () => rollCloseSpread(close, { signed })],
    [/^CS$/i, () => corwinSchultz(prices, { signed })],
    [/^CS2$/i, () => corwinSchultz(prices, { signed, negative: 'zero' })],
    [/^AR$/i, () => abdiRanaldo(prices, { signed })],
    [/^AR2$/i, () => abdiRanaldo(prices, { signed, negative: 'zero' })],
    [
      /^(?:OHLC?|CHLO?)(?:\.(?:OHLC?|CHLO?))*$/,
      ([key]) => generalisedSpread(prices, key.split('.').filter(isMoment), { signed }),
    ],
  ])
  return outputs === undefined ? undefined : { outputs }
}

export const map: GoldenMap = { name: 'spread_estimators_bidask', answer }
