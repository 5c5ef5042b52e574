/** The share of equity that the portfolio gives: what a strategy gets when nothing else binds. */
import { affordable, defineConstraint } from './constraint.ts'

export const fraction = defineConstraint({
  name: 'fraction',
  description: "the portfolio's share of equity at the newest price",
  settings: {},
  // Equity and price x quantity are both money units, so their quotient counts quantity units.
  most: (weight, account, view) => affordable(Math.abs(weight.fraction), weight, account, view),
})
