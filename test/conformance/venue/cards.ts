/** All cards. */
import { ADL_CARDS } from './adl.cards.ts'
import { CANCEL_CARDS } from './cancel.cards.ts'
import { CLOSE_POSITION_CARDS } from './close-position.cards.ts'
import { CONDITIONAL_CARDS } from './conditional.cards.ts'
import { FILTER_CARDS } from './filters.cards.ts'
import { FUNDING_CARDS } from './funding.cards.ts'
import { HEDGE_CARDS } from './hedge.cards.ts'
import { ISOLATED_CARDS } from './isolated.cards.ts'
import { LIQUIDATION_CARDS } from './liquidation.cards.ts'
import { MARGIN_CARDS } from './margin.cards.ts'
import { MODIFY_CARDS } from './modify.cards.ts'
import { ORDER_CARDS } from './orders.cards.ts'
import { REDUCE_ONLY_CARDS } from './reduce-only.cards.ts'
import { STP_CARDS } from './stp.cards.ts'
import type { Card } from './venue-under-test.ts'

export const CARDS: readonly Card[] = [
  ...FILTER_CARDS,
  ...ORDER_CARDS,
  ...REDUCE_ONLY_CARDS,
  ...MODIFY_CARDS,
  ...CANCEL_CARDS,
  ...CONDITIONAL_CARDS,
  ...CLOSE_POSITION_CARDS,
  ...MARGIN_CARDS,
  ...ISOLATED_CARDS,
  ...HEDGE_CARDS,
  ...FUNDING_CARDS,
  ...LIQUIDATION_CARDS,
  ...ADL_CARDS,
  ...STP_CARDS,
]
