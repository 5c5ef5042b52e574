/** Nothing is opened in what has no price or is listed no more. */
import { defineLimit } from './limit.ts'

export const tradable = defineLimit({
  name: 'tradable',
  description: 'the instrument has a price and has not been delisted',
  settings: { enabled: { default: true, description: 'check it' } },
  check({ instrument }, view, { enabled }) {
    if (!enabled || (view.isTraded(instrument) && view.lastPrice(instrument) > 0)) return undefined
    return `${view.instruments[instrument].symbol} has no price, or is traded no more`
  },
})
