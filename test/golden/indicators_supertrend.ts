/** Golden vectors of `indicators_supertrend`. No mathematics. */
import { superTrend } from '../../src/index.ts'
import { Bars } from './bar-series.ts'
import type { GoldenMap } from './harness.ts'
import { has, num } from './inputs.ts'

export const map: GoldenMap = {
  name: 'indicators_supertrend',
  answer(question) {
    const { inputs } = question
    if (!has(question, 'period', 'factor', 'high', 'low', 'close')) return undefined
    const indicator = superTrend(num(inputs, 'period'), num(inputs, 'factor'))
    return {
      outputs: new Bars(inputs).read(indicator, ['high', 'low', 'close'], {
        supertrend: (each) => each.value,
        direction: (each) => each.direction,
      }),
    }
  },
}
