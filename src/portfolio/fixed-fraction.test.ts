import fc from 'fast-check'
import { expect, it } from 'vitest'
import { instrument, signal, view } from '../../test/kernel/fixtures.ts'
import { fixedFraction } from './fixed-fraction.ts'

it('divides the allowed exposure equally among the instruments', () => {
  const two = view({ instruments: [instrument(), instrument({ symbol: 'ETHUSDT' }, 1)] })
  const { weigh } = fixedFraction({ fraction: 0.9 }, 4)
  expect(weigh(signal(), 0, two)).toEqual({ budget: 1.8, share: 1 })
})

it('never gives all instruments together more than the fraction of the leverage', () => {
  const unit = fc.double({ min: 0, max: 1, noNaN: true })
  fc.assert(
    fc.property(
      unit,
      fc.double({ min: 0.01, max: 125, noNaN: true }),
      fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: 1, maxLength: 20 }),
      (fraction, leverage, directions) => {
        const all = view({ instruments: directions.map((_, i) => instrument({ symbol: `S${i}` }, i)) })
        const { weigh } = fixedFraction({ fraction }, leverage)
        const gross = directions.reduce(
          (sum, direction, i) => sum + Math.abs(direction) * weigh(signal({ direction, instrument: i }), 0, all).budget,
          0,
        )
        expect(gross).toBeLessThanOrEqual(fraction * leverage * (1 + 1e-12))
      },
    ),
  )
})
