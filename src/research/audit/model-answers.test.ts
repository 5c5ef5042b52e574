/** What a thread remembers of answers: equal questions, and no others. */
import { expect, it } from 'vitest'
import { KnownAnswers } from './model-answers.ts'

it('answers an equal question without asking the model again, to the last bit of its inputs', () => {
  const known = new KnownAnswers()
  let asked = 0
  const ask = (rows: readonly number[], model = 'fit'): unknown =>
    known.answer(model, { rows: Float64Array.from(rows), seed: 'a' }, (inputs) => ({
      number: (asked += 1),
      rows: (inputs as { rows: Float64Array }).rows.length,
    }))
  expect(ask([1, 2])).toEqual({ number: 1, rows: 2 })
  expect(ask([1, 2])).toEqual({ number: 1, rows: 2 })
  expect(ask([1, 2 + 2 ** -51])).toEqual({ number: 2, rows: 2 })
  expect(ask([1, 2], 'other')).toEqual({ number: 3, rows: 2 })
})

it('gives copies, and forgets what was asked for longest ago', () => {
  const known = new KnownAnswers(2)
  let asked = 0
  const ask = (question: number): number[] => known.answer('fit', question, () => [question, (asked += 1)]) as number[]
  ask(1)[0] = 99
  expect(ask(1)).toEqual([1, 1])
  ask(2)
  ask(1)
  ask(3)
  expect(ask(1)).toEqual([1, 1])
  expect(ask(2)).toEqual([2, 4])
})
