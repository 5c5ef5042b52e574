/** All cards against the simulated venue, driven by trades and by bars; and what becomes of the cards when it is broken. */
import { describe, expect, it } from 'vitest'
import { CARDS } from './cards.ts'
import { SABOTAGES } from './sabotage.ts'
import { SimVenueUnderTest } from './sim.ts'
import type { Driver } from './sim.ts'
import { WORLD } from './venue-under-test.ts'
import type { Card, VenueUnderTest } from './venue-under-test.ts'

/** Cards that the simulated venue does not pass, and why; a card that passes may not stand here. */
const FAULTS: readonly { readonly rule: string; readonly driver?: Driver; readonly why: string }[] = [
  { rule: '7.1 timeInForce sent with MARKET -1106 or -1114', why: 'answers -1115' },
  { rule: '7.1 reduceOnly in hedge mode -1106, on either side', why: 'spells reduceOnly where the exchange writes reduceonly' },
  {
    rule: '7.3 reduceOnly: a limit goes when a reduce-only market order takes the whole position',
    why: 'stays open until its turn unless the switch reduceOnlyTrim is on',
  },
  { rule: '7.4 modify: a post-only order that would cross is cancelled', why: 'ends as expired' },
  { rule: '8 closePosition: STOP_MARKET and TAKE_PROFIT_MARKET only -4136', why: 'names the type in small letters' },
  { rule: '13 margin: the open loss of a sell limit below the mark counts', why: 'takes the mark as its price there, too' },
  { rule: '9 positionMargin: more than the account has available -4050', why: 'answers -4051' },
  {
    rule: '13 isolated: a losing position that turns takes no more from the cross wallet than there is',
    why: 'leaves a negative cross wallet: the loss that is realised on the way is not part of the cost',
  },
  { rule: '13 ADL: only who is in profit', why: 'closes losing positions, too' },
  {
    rule: '8 priceProtect: does not fire while mark and last price are further apart than triggerProtect',
    driver: 'bars',
    why: 'fires in a later step of the bar at its trigger, a price that the bar did not trade at',
  },
]

async function passes(card: Card, venue: VenueUnderTest): Promise<boolean> {
  try {
    await card.run(venue)
    return true
  } catch {
    return false
  }
}

const venueFor = (card: Card, driver: Driver): VenueUnderTest => new SimVenueUnderTest({ ...WORLD, ...card.world }, driver)

describe.each<Driver>(['trades', 'bars'])('the simulated venue, driven by %s', (driver) => {
  it.each(CARDS.map((card) => [card.rule, card] as const))('%s', async (rule, card) => {
    const fault = FAULTS.find((each) => each.rule === rule && (each.driver ?? driver) === driver)
    if (fault === undefined) await card.run(venueFor(card, driver))
    else expect(await passes(card, venueFor(card, driver)), 'passes now: take it off the list of faults').toBe(false)
  })
})

describe('the cards', () => {
  it('have names of their own', () => {
    const names = CARDS.map(({ rule }) => rule)
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([])
    expect(FAULTS.filter(({ rule }) => !names.includes(rule))).toEqual([])
  })

  it('are uncertain where a switch decides', () => {
    const decided = CARDS.filter((card) => card.switch !== undefined && card.switch !== 'bands' && card.certain)
    expect(decided.map(({ rule }) => rule)).toEqual([])
  })

  it.each(SABOTAGES.map((sabotage) => [sabotage.what, sabotage] as const))(
    'notice a venue that %s',
    async (_, { breaks, noticed }) => {
      for (const rule of noticed) {
        const card = CARDS.find((each) => each.rule === rule)
        if (card === undefined) throw new Error(`there is no card '${rule}'`)
        expect(await passes(card, breaks(venueFor(card, 'trades'))), rule).toBe(false)
      }
    },
  )
})
