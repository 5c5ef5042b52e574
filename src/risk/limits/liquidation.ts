/**
 * Only what survives a crash may be opened: every position of the account moves against itself at once, and what is left of
 * equity must exceed the maintenance margin: the venue liquidates at equality.
 *
 * The default move is 65 %: Bitcoin lost 40 % on the day of 2020-03-12, Bitcoin Cash 63 % within hours on 2021-05-19. An account of
 * once its equity always survives it; one of three times its equity does not, and has to lower the setting knowingly.
 */
import { defineLimit } from './limit.ts'
import { money, percent } from './words.ts'

export const liquidation = defineLimit({
  name: 'liquidation',
  description:
    'equity after every position of the account has moved against itself at once; it must exceed the maintenance margin then',
  settings: {
    enabled: { default: true, description: 'check it' },
    stress: {
      default: 0.65,
      min: 0.01,
      max: 0.99,
      unit: 'share of the price',
      description: 'adverse move that must be survived',
    },
  },
  check({ account }, view, { enabled, stress }, { list, count, equity }) {
    if (!enabled) return undefined
    let needed = 0
    for (let k = 0; k < count; k++) {
      const { account: of, instrument, price, up, down } = list[k]
      if (of !== account) continue
      const long = Math.max(0, up)
      const short = Math.max(0, -down)
      const longNeeds = long * price * stress + view.maintenanceMargin(instrument, long, price * (1 - stress))
      const shortNeeds = short * price * stress + view.maintenanceMargin(instrument, short, price * (1 + stress))
      needed += Math.max(longNeeds, shortNeeds)
    }
    if (needed < equity) return undefined
    return `an adverse move of ${percent(stress)} would need ${money(needed)} of equity, and there are ${money(equity)}: the account would be liquidated`
  },
})
