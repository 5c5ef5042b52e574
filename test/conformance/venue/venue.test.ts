/** All cards against the simulated venue, driven by trades and by bars. */
import { describe, expect, it } from 'vitest'
import { CARDS } from './cards.ts'
import { SimVenueUnderTest } from './sim.ts'
import type { Driver } from './sim.ts'
import { WORLD } from './venue-under-test.ts'

describe.each<Driver>(['trades', 'bars'])('the simulated venue, driven by %s', (driver) => {
  it.each(CARDS.map((card) => [card.rule, card] as const))('%s', async (_, card) => {
    await card.run(new SimVenueUnderTest({ ...WORLD, ...card.world }, driver))
  })
})

describe('the cards', () => {
  it('have names of their own', () => {
    const names = CARDS.map(({ rule }) => rule)
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([])
  })
})
