import { describe, expect, it } from 'vitest'
import { createPrng } from '../core/random.ts'
import { stationaryResample } from './block-bootstrap.ts'

describe('stationaryResample', () => {
  it('draws every place equally often, in blocks of the mean length', () => {
    const [n, block, samples] = [40, 5, 4_000]
    const chance = createPrng(3)
    const seen = new Float64Array(n)
    let breaks = 0
    const drawn = new Uint32Array(n)
    for (let i = 0; i < samples; i++) {
      stationaryResample(n, block, chance, drawn)
      for (let k = 0; k < n; k++) {
        seen[drawn[k]] += 1
        if (k > 0 && drawn[k] !== (drawn[k - 1] + 1) % n) breaks += 1
      }
    }
    for (const count of seen) expect(Math.abs(count / samples - 1)).toBeLessThan(0.12)
    // A new block begins where the old one would have gone on in one of n cases.
    expect(breaks / (samples * (n - 1))).toBeCloseTo((1 / block) * (1 - 1 / n), 2)
  })
  it('repeats with its seed', () => {
    const draw = (seed: number) => [...stationaryResample(20, 3, createPrng(seed), new Uint32Array(20))]
    expect(draw(1)).toEqual(draw(1))
    expect(draw(1)).not.toEqual(draw(2))
  })
})
