/** No window is given more than its limit, whoever asks and whatever the server counts. */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { RequestBudget } from './request-budget.ts'

const WINDOW = 60_000

function budgetAt(startMs: number, limit = 100) {
  const time = { ms: startMs }
  const waits: number[] = []
  const budget = new RequestBudget({
    name: 'weight',
    limit,
    windowMs: WINDOW,
    nowMs: () => time.ms,
    sleep: (ms) => {
      time.ms += ms
      return Promise.resolve()
    },
    signal: new AbortController().signal,
    onWait: (ms) => void waits.push(ms),
  })
  return { budget, time, waits }
}

it('spends at most the limit in each window', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ weight: fc.integer({ min: 1, max: 40 }), passes: fc.integer({ min: 0, max: 20_000 }) }), {
        maxLength: 60,
      }),
      async (requests) => {
        const { budget, time } = budgetAt(1_000)
        const spent = new Map<number, number>()
        for (const { weight, passes } of requests) {
          time.ms += passes
          await budget.spend(weight)
          const window = Math.floor(time.ms / WINDOW)
          spent.set(window, (spent.get(window) ?? 0) + weight)
        }
        for (const total of spent.values()) expect(total).toBeLessThanOrEqual(100)
      },
    ),
  )
})

it('counts what the server says is used, and waits for the next window', async () => {
  const { budget, time, waits } = budgetAt(WINDOW + 45_000)
  await budget.spend(10)
  budget.observe(95)
  budget.observe(Number.NaN)
  await budget.spend(5)
  expect(waits).toEqual([])
  await budget.spend(1)
  expect(waits).toEqual([15_250])
  expect(time.ms).toBe(2 * WINDOW + 250)
  budget.exhaust()
  await budget.spend(1)
  expect(waits).toHaveLength(2)
})

it('serves those who ask at once one after another', async () => {
  const { budget, waits } = budgetAt(0)
  await Promise.all([60, 60, 40].map((weight) => budget.spend(weight)))
  expect(waits).toEqual([60_250])
})

it('a clock that is set back gives nothing twice, and nobody waits for the time before', async () => {
  const { budget, time, waits } = budgetAt(1_000 * WINDOW)
  await budget.spend(60)
  time.ms = 3 * WINDOW + 20_000
  await budget.spend(60)
  expect(waits).toEqual([40_250])
})
