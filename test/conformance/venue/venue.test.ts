/** All cards against the simulated venue, driven by trades and by bars; and what becomes of the cards when it is broken. */
import { describe, expect, it } from 'vitest'
import { CARDS } from './cards.ts'
import { SABOTAGES } from './sabotage.ts'
import { SimVenueUnderTest } from './sim.ts'
import type { Driver } from './sim.ts'
import { WORLD } from './venue-under-test.ts'
import type { Card, VenueUnderTest } from './venue-under-test.ts'

/** Cards that the simulated venue does not pass, and why; a card that passes may not stand here. */
const FAULTS: readonly { readonly rule: string; readonly driver?: Driver; readonly why: string }[] = []

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
