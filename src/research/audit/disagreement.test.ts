import { describe, expect, it } from 'vitest'
import { decidedOtherwise, disagreementOf } from './disagreement.ts'
import type { Trial } from './disagreement.ts'
import type { LogColumns } from './decision-log.ts'
import { shareKept } from './jitter.ts'
import type { RunAnswer } from './tasks.ts'

/** Rows of time, instrument, hash, and whether they only follow a report of the moment. */
const log = (...rows: readonly (readonly [number, number, number, number?])[]): LogColumns => ({
  time: Float64Array.from(rows, ([time]) => time),
  instrument: Float64Array.from(rows, ([, instrument]) => instrument),
  hash: Float64Array.from(rows, ([, , hash]) => hash),
  late: Float64Array.from(rows, ([, , , late = 0]) => late),
})
const answer = (decisions: LogColumns, facts = log(), crashed?: RunAnswer['crashed']): RunAnswer =>
  ({ kind: 'run', decisions, facts, crashed }) as RunAnswer
const trial = { cut: { time: 20, why: 'random' } } as Trial

describe('two runs', () => {
  const base = answer(log([10, 0, 1], [20, 1, 2], [30, 0, 3]), log([15, 0, 7], [20, 0, 8]))
  it('may part in what follows a report of the very moment, which has seen the opens of then', () => {
    const given = answer(log([10, 0, 1], [20, 0, 2, 1]))
    const other = answer(log([10, 0, 1], [20, 0, 9, 1]))
    expect(decidedOtherwise(given, other, 20)).toBeUndefined()
    expect(decidedOtherwise(given, other, 21)?.at).toBe(1)
  })
  it('agree when they are the same up to the moment, whatever comes later', () => {
    expect(
      disagreementOf(base, answer(log([10, 0, 1], [20, 1, 2], [25, 0, 9]), log([15, 0, 7], [20, 0, 9])), trial),
    ).toBeUndefined()
  })
  it.each([
    ['another decision', log([10, 0, 1], [20, 1, 9]), { at: 1, time: 20, instrument: 1 }],
    ['none', log([10, 0, 1]), { at: 1, time: 20, instrument: 1 }],
    ['one more', log([5, 1, 4], [10, 0, 1], [20, 1, 2]), { at: 0, time: 5, instrument: 1 }],
  ])('disagree by %s', (_, decisions, difference) => {
    expect(disagreementOf(base, answer(decisions, base.facts), trial)).toMatchObject({ difference, engine: false })
  })
  it('disagree when one of them broke off', () => {
    const broken = answer(log([10, 0, 1], [20, 1, 2]), log(), { text: 'x', time: 20 })
    expect(decidedOtherwise(base, broken, 20)).toMatchObject({ at: 2, time: 20 })
  })
  it('are the fault of the venue when only fills before the moment differ', () => {
    const other = answer(base.decisions, log([15, 0, 9]))
    expect(disagreementOf(base, other, trial)).toMatchObject({ engine: true, difference: { time: 15 } })
  })
  it('can be compared for one instrument alone', () => {
    const other = answer(log([10, 0, 9], [20, 1, 2]))
    expect(decidedOtherwise(base, other, 20)?.time).toBe(10)
    expect(decidedOtherwise(base, other, 20, 1)).toBeUndefined()
  })
})

describe('the share of decisions that stay', () => {
  it('counts moments at which both decided over those at which either did', () => {
    const minute = 60_000_000
    const a = log([0, 0, 1], [minute, 0, 2], [2 * minute, 1, 3])
    expect(shareKept(a, a)).toBe(1)
    expect(shareKept(log(), log())).toBe(1)
    expect(shareKept(a, log([5, 0, 9], [2 * minute, 0, 3]))).toBeCloseTo(1 / 4)
  })
})
