/** Laws of volume buckets and VPIN: nothing is lost, all buckets are equal, VPIN lies in [0, 1], the stream is the batch at every prefix. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { aggressorBuyVolume, empiricalCdf, volumeBuckets, vpin, VpinStream } from './vpin.ts'

const bars = fc.array(
  fc.record({ volume: fc.double({ min: 0, max: 50, noNaN: true }), share: fc.double({ min: 0, max: 1, noNaN: true }) }),
  { minLength: 1, maxLength: 60 },
)
const bucket = fc.double({ min: 0.5, max: 80, noNaN: true })
const columns = (own: readonly { volume: number; share: number }[]): readonly [number[], number[]] => [
  own.map(({ volume, share }) => volume * share),
  own.map(({ volume }) => volume),
]

/** Splits bar by bar, the plain way, which piles up rounding. */
function naive(buys: readonly number[], volumes: readonly number[], size: number): number[] {
  const out: number[] = []
  let [room, bought] = [size, 0]
  volumes.forEach((volume, i) => {
    let left = volume
    while (left >= room && left > 0) {
      out.push(bought + (buys[i] / volume) * room)
      left -= room
      room = size
      bought = 0
    }
    if (left > 0) {
      bought += (buys[i] / volume) * left
      room -= left
    }
  })
  return out
}

describe('volume buckets', () => {
  it('are all of one volume, and keep what was bought and sold', () => {
    fc.assert(
      fc.property(bars, bucket, (own, size) => {
        const [buys, volumes] = columns(own)
        const { buy, sell } = volumeBuckets(buys, volumes, size)
        const total = volumes.reduce((a, b) => a + b, 0)
        expect(Math.abs(buy.length - total / size + 0.5)).toBeLessThanOrEqual(0.5 + 1e-9)
        buy.forEach((bought, k) => {
          expect(bought).toBeGreaterThanOrEqual(0)
          expect(sell[k]).toBeGreaterThanOrEqual(0)
          expect(bought + sell[k]).toBeCloseTo(size, 12)
        })
        const placed = buy.reduce((a, b) => a + b, 0)
        const wanted = buys.reduce((a, b) => a + b, 0)
        expect(placed).toBeLessThanOrEqual(wanted + 1e-9)
        expect(wanted - placed).toBeLessThanOrEqual(size * (1 + 1e-9))
      }),
    )
  })

  it('are those of splitting bar by bar', () => {
    fc.assert(
      fc.property(bars, bucket, (own, size) => {
        const [buys, volumes] = columns(own)
        const found = volumeBuckets(buys, volumes, size).buy
        const plain = naive(buys, volumes, size)
        // Where a bucket ends within rounding of the last trade, either may have one more.
        expect(Math.abs(found.length - plain.length)).toBeLessThanOrEqual(1)
        for (let k = 0; k < Math.min(found.length, plain.length); k++) expect(Math.abs(found[k] - plain[k])).toBeLessThan(1e-8)
      }),
    )
  })

  it('count many small trades exactly: a hundred thousand tenths in buckets of one', () => {
    const volumes = new Float64Array(100_000).fill(0.1)
    const buys = volumes.map((volume, i) => (i % 2 === 0 ? volume : 0))
    const { buy } = volumeBuckets(buys, volumes, 1)
    expect(buy.length).toBe(10_000)
    for (const bought of buy) expect(Math.abs(bought - 0.5)).toBeLessThan(1e-6)
  })
})

describe('aggressor volume', () => {
  it('is all, nothing or half', () => {
    expect(Array.from(aggressorBuyVolume([2, 3, 4], [1, -1, 0]))).toEqual([2, 0, 2])
  })
})

describe('VPIN', () => {
  it('lies in [0, 1]: 1 when all flow has one side, 0 when the sides are equal', () => {
    fc.assert(
      fc.property(bars, bucket, fc.integer({ min: 1, max: 10 }), (own, size, window) => {
        const [buys, volumes] = columns(own)
        const values = vpin(volumeBuckets(buys, volumes, size), window)
        values.forEach((value, k) => {
          expect(value === undefined).toBe(k + 1 < window)
          if (value === undefined) return
          expect(value).toBeGreaterThanOrEqual(0)
          expect(value).toBeLessThanOrEqual(1)
        })
        for (const value of vpin(volumeBuckets(volumes, volumes, size), window)) expect(value ?? 1).toBeCloseTo(1, 9)
        const halves = volumes.map((volume) => volume / 2)
        for (const value of vpin(volumeBuckets(halves, volumes, size), window)) expect(value ?? 0).toBeCloseTo(0, 6)
      }),
    )
  })

  it('streams to the batch at every prefix, through snapshots', () => {
    fc.assert(
      fc.property(
        bars,
        bucket,
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 1, max: 20 }),
        (own, bucketVolume, window, history) => {
          const [buys, volumes] = columns(own)
          let stream = new VpinStream({ bucketVolume, window, history })
          volumes.forEach((volume, i) => {
            stream.update(buys[i], volume)
            const buckets = volumeBuckets(buys.slice(0, i + 1), volumes.slice(0, i + 1), bucketVolume)
            const values = vpin(buckets, window).filter((value) => value !== undefined)
            expect(stream.filled).toBe(buckets.buy.length)
            expect(stream.value).toBe(values.at(-1))
            const last = values.at(-1)
            if (last !== undefined) expect(stream.cdf).toBe(empiricalCdf(values.slice(-history), last))
            const state = JSON.parse(JSON.stringify(stream.snapshot())) as ReturnType<VpinStream['snapshot']>
            stream = new VpinStream({ bucketVolume, window, history })
            stream.restore(state)
          })
        },
      ),
      { numRuns: 50 },
    )
  })
})
