/** Golden vectors of `indicators_supertrend`. No mathematics. */
import { superTrend } from '../../src/index.ts'
import { Bars } from './bar-series.ts'
import type { GoldenMap } from './harness.ts'
import { callNumber, has, num } from './inputs.ts'

export const map: GoldenMap = {
  name: 'indicators_supertrend',
  answer(question) {
    const { inputs, call } = question
    if (question.model !== 'supertrend' || !has(question, 'high', 'low', 'close')) return undefined
    const parameter = (name: string): number => (name in inputs ? num(inputs, name) : callNumber(call, name))
    const indicator = superTrend(parameter('period'), parameter('factor'))
    return {
      outputs: new Bars(inputs).read(indicator, ['high', 'low', 'close'], {
        supertrend: (each) => each.value,
        direction: (each) => each.direction,
      }),
    }
  },
}
