/** What the positions would pay for funding. */
import { DAY, HOUR } from '../../core/time.ts'
import { defineLimit } from './limit.ts'
import { percent } from './words.ts'

export const fundingCost = defineLimit({
  name: 'fundingCost',
  description:
    "funding that the account's positions would pay in a day at the newest rates, over its equity; what others receive is not set against it, an unknown rate costs nothing, an unknown interval is 8 hours",
  settings: {
    enabled: { default: true, description: 'check it' },
    max: { default: 0.05, min: 0.00001, max: 1, unit: 'share of equity a day', description: 'largest cost of a day' },
  },
  check({ account }, view, { enabled, max }, { list, count, equity }) {
    if (!enabled) return undefined
    let cost = 0
    for (let k = 0; k < count; k++) {
      const { account: of, instrument, price, up, down } = list[k]
      const rate = view.fundingRate(instrument)
      if (of !== account || Number.isNaN(rate)) continue
      const times = DAY / (view.fundingInterval(instrument) || 8 * HOUR)
      // A positive rate is paid by longs, a negative one by shorts.
      cost += Math.max(0, up * rate, down * rate) * price * times
    }
    if (cost <= equity * max) return undefined
    return `funding would cost ${percent(cost / equity)} of equity a day; allowed are ${percent(max)}`
  },
})
