/** Laws of bulk volume classification: shares add up with those of the mirrored market, and the stream is the batch at every prefix. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { deviation } from '../numerics/statistics.ts'
import { buyShare, bulkBuyShares, BulkVolumeStream, bulkVolumes, rollingBuyShares } from './bulk-volume.ts'

const closes = fc.array(
  fc.integer({ min: 9000, max: 11000 }).map((x) => x / 100),
  { minLength: 3, maxLength: 50 },
)
const varied = closes.filter((own) => new Set(own.slice(1).map((price, i) => price - own[i])).size > 1)
const options = fc.constantFrom({}, { freedom: 0.25 }, { freedom: 3 })

describe('bulk volume', () => {
  it('gives buyers and sellers of a mirrored market the same shares, in [0, 1], more the higher the change', () => {
    fc.assert(
      fc.property(varied, options, (own, how) => {
        const { shares, deviation: sigma } = bulkBuyShares(own, how)
        const mirrored = bulkBuyShares(
          own.map((price) => -price),
          how,
        ).shares
        const changes = own.slice(1).map((price, i) => price - own[i])
        expect(sigma).toBeCloseTo(deviation(changes), 10)
        shares.forEach((share, i) => {
          expect(share).toBeGreaterThanOrEqual(0)
          expect(share).toBeLessThanOrEqual(1)
          expect(share + mirrored[i]).toBeCloseTo(1, 9)
          expect(buyShare(changes[i] + 0.01, sigma, how)).toBeGreaterThanOrEqual(share - 1e-12)
        })
      }),
    )
  })

  it('gives each bar its whole volume, no more', () => {
    fc.assert(
      fc.property(varied, options, (own, how) => {
        const { buy, sell, volume } = bulkVolumes(own, own, how)
        expect(Array.from(volume)).toEqual(own.slice(1))
        volume.forEach((each, i) => expect(buy[i] + sell[i]).toBeCloseTo(each, 10))
      }),
    )
  })

  it('keeps its digits where the price is large and its changes are tiny', () => {
    const own = Array.from({ length: 40 }, (_, i) => 1e5 + 1e-6 * ((i * 7) % 5))
    const whole = rollingBuyShares(own, 10)
    const recent = own.slice(-11)
    expect(whole.at(-1)).toBeCloseTo(bulkBuyShares(recent).shares.at(-1) ?? Number.NaN, 12)
    expect(rollingBuyShares([1, 2, 3, 4, 5], 2)).toEqual([undefined, undefined, undefined, undefined, undefined])
  })

  it('streams what the window says at every prefix, through snapshots', () => {
    fc.assert(
      fc.property(closes, fc.integer({ min: 2, max: 12 }), options, (own, window, how) => {
        const whole = rollingBuyShares(own, window, how)
        let stream = new BulkVolumeStream(window, how)
        own.forEach((close, i) => {
          const share = stream.update(close)
          expect(share).toBe(whole[i])
          expect(rollingBuyShares(own.slice(0, i + 1), window, how).at(-1)).toBe(share)
          if (i >= window && share !== undefined) {
            const recent = own.slice(i - window, i + 1)
            expect(share).toBeCloseTo(bulkBuyShares(recent, how).shares.at(-1) ?? Number.NaN, 12)
          }
          const state = JSON.parse(JSON.stringify(stream.snapshot())) as ReturnType<BulkVolumeStream['snapshot']>
          stream = new BulkVolumeStream(window, how)
          stream.restore(state)
        })
      }),
    )
  })
})
