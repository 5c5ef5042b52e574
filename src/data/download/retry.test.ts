/** When it is tried again, and after how long. */
import { describe, expect, it } from 'vitest'
import { InputError, OutsideError } from '../../core/errors.ts'
import { createPrng } from '../../core/random.ts'
import { Retry, retryAfterMs, TRIES, TryAgain } from './retry.ts'

const lost = (): OutsideError => new OutsideError('lost', 'lost', { retryable: true })

function retryWith(seed = 1) {
  const waits: number[] = []
  const controller = new AbortController()
  const retry = new Retry({
    sleep: () => Promise.resolve(),
    prng: createPrng(seed),
    signal: controller.signal,
    onWait: (ms) => void waits.push(ms),
  })
  return { retry, waits, controller }
}

describe('Retry', () => {
  it('waits twice as long each time, between half and the whole of it, and gives up', async () => {
    const { retry, waits } = retryWith()
    await expect(retry.run(() => Promise.reject(lost()))).rejects.toMatchObject({ code: 'lost' })
    expect(waits).toHaveLength(TRIES - 1)
    for (const [i, ms] of waits.entries()) {
      const most = Math.min(30_000, 500 * 2 ** i)
      expect(ms).toBeGreaterThanOrEqual(most / 2)
      expect(ms).toBeLessThanOrEqual(most)
    }
    expect(waits).not.toEqual((await collect(2)).waits)
    expect(waits).toEqual((await collect(1)).waits)
  })

  const collect = async (seed: number) => {
    const made = retryWith(seed)
    await made.retry.run(() => Promise.reject(lost())).catch(() => undefined)
    return made
  }

  it('a host that was given up is tried once by everybody else, until it answers', async () => {
    const { retry, waits } = await collect(1)
    const before = waits.length
    await expect(retry.run(() => Promise.reject(lost()))).rejects.toThrow('lost')
    expect(waits).toHaveLength(before)
    await retry.run(() => Promise.resolve())
    await expect(retry.run(() => Promise.reject(lost()))).rejects.toThrow('lost')
    expect(waits.length).toBeGreaterThan(before)
  })

  it('progress counts anew', async () => {
    const { retry, waits } = retryWith()
    let bytes = 0
    let calls = 0
    const work = (): Promise<void> => {
      calls += 1
      if (calls > 3 * TRIES) return Promise.resolve()
      bytes += 1
      return Promise.reject(lost())
    }
    await retry.run(work, { progress: () => bytes })
    expect(waits).toHaveLength(3 * TRIES)
    expect(Math.max(...waits)).toBeLessThanOrEqual(500)
  })

  it('does not repeat what would only fail again', async () => {
    const { retry, waits } = retryWith()
    await expect(retry.run(() => Promise.reject(new InputError('no', 'no')))).rejects.toThrow('no')
    await expect(retry.run(() => Promise.reject(new TypeError('defect')))).rejects.toThrow('defect')
    await expect(retry.run(() => Promise.reject(new TryAgain(lost(), 11 * 60_000)))).rejects.toThrow('lost')
    expect(waits).toEqual([])
  })

  it('an interrupt wins over everything', async () => {
    const { retry, controller } = retryWith()
    const work = (): Promise<void> => {
      controller.abort()
      return Promise.reject(lost())
    }
    await expect(retry.run(work)).rejects.toMatchObject({ name: 'AbortError' })
  })
})

it('Retry-After is seconds or a date', () => {
  expect(retryAfterMs('17', 0)).toBe(17_000)
  expect(retryAfterMs('Wed, 12 Jun 2024 10:31:00 GMT', Date.UTC(2024, 5, 12, 10, 30))).toBe(60_000)
  expect(retryAfterMs('soon', 0)).toBeUndefined()
  expect(retryAfterMs(undefined, 0)).toBeUndefined()
})
