/** The switch of classes against the one of the mathematics for probabilities. Pure. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { StateSwitch } from '../../math/hmm/index.ts'
import { ClassSwitch } from './class-switch.ts'

describe('a class', () => {
  it('changes as the state of certain probabilities does, once there is one; the first holds at once', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -1, max: 2 }), { minLength: 1, maxLength: 80 }),
        fc.integer({ min: 1, max: 4 }),
        (likely, bars) => {
          const ours = new ClassSwitch(bars)
          const theirs = new StateSwitch({ bars })
          const first = likely.find((each) => each >= 0)
          if (first === undefined) return
          for (let i = 0; i < bars; i++) theirs.update([0, 1, 2].map((k) => (k === first ? 1 : 0)))
          for (const each of likely.slice(likely.indexOf(first))) {
            ours.update(each)
            expect(ours.state).toBe(theirs.update([0, 1, 2].map((k) => (k === each ? 1 : 0))))
          }
          const again = new ClassSwitch(bars)
          again.restore(ours.snapshot())
          expect(again.snapshot()).toEqual(ours.snapshot())
        },
      ),
    )
  })

  it('is none before the first', () => expect(new ClassSwitch(2).state).toBe(-1))
})
