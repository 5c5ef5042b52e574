/** The golden harness itself: what it must not let pass. */
import { describe, expect, it } from 'vitest'
import { type Answer, compare, type GoldenCase, type GoldenFile, type GoldenMap, type Question, runFile } from './harness.ts'

const golden = (changes: Partial<GoldenCase> = {}): GoldenCase => ({
  id: 'case',
  kind: 'exact',
  model: 'double',
  source: { library: 'none', version: '1', call: 'f(factor=2)' },
  tolerance: { rel: 1e-6, abs: 1e-9 },
  inputs: { x: [1, 2] },
  outputs: { y: [2, 4], first: null, top: 'Infinity', nested: { sum: 6 } },
  ...changes,
})
const right: Answer['outputs'] = { y: [2, 4], first: undefined, top: Infinity, nested: { sum: 6 } }
const passes = (outputs: Answer['outputs'], changes: Partial<GoldenCase> = {}, more: Partial<Answer> = {}): boolean =>
  compare(golden(changes), { outputs, ...more }).passed

describe('the comparison', () => {
  it('takes what is within the tolerance', () => {
    expect(passes(right)).toBe(true)
    expect(passes({ ...right, y: Float64Array.of(2 + 1e-6, 4) })).toBe(true)
    expect(passes({ ...right, beside: 1 })).toBe(true)
  })
  it.each([
    ['a wrong number', { ...right, y: [2, 4.001] }],
    ['a missing output', { y: [2, 4] }],
    ['a list too short', { ...right, y: [2] }],
    ['a list too long', { ...right, y: [2, 4, 8] }],
    ['NaN', { ...right, y: [2, Number.NaN] }],
    ['a number where none is defined', { ...right, first: 0 }],
    ['NaN where none is defined', { ...right, first: Number.NaN }],
    ['nothing where there is a number', { ...right, nested: {} }],
    ['a large number for infinity', { ...right, top: 1e300 }],
    ['the other infinity', { ...right, top: -Infinity }],
    ['infinity for a number', { ...right, y: [2, Infinity] }],
    ['a number for an object', { ...right, nested: 6 }],
  ])('refuses %s', (_what, outputs) => expect(passes(outputs)).toBe(false))

  it('takes the tolerance of an output where it has its own', () => {
    const tolerance = { rel: 0, abs: 0, overrides: { y: { rel: 0, abs: 1 } } }
    expect(passes({ ...right, y: [2.5, 4] }, { tolerance })).toBe(true)
    expect(passes({ ...right, nested: { sum: 6.5 } }, { tolerance })).toBe(false)
  })

  it('lets the objective of a fit be better, never worse', () => {
    const fit = { kind: 'fit', outputs: { loglik: -10, a: 1 }, tolerance: { rel: 0, abs: 0.01 } } as const
    const objective = { key: 'loglik', best: 'highest' } as const
    expect(passes({ loglik: -10.005, a: 1.001 }, fit, { objective })).toBe(true)
    expect(passes({ loglik: -10.005, a: 2 }, fit, { objective })).toBe(false)
    expect(passes({ loglik: -9, a: 2 }, fit, { objective })).toBe(true)
    expect(passes({ loglik: -10.5, a: 1 }, fit, { objective })).toBe(false)
    expect(passes({ loglik: -9, a: 1 }, fit, { objective: { key: 'loglik', best: 'lowest' } })).toBe(false)
    expect(passes({ loglik: -9, a: 2 }, { ...fit, kind: 'exact' }, { objective })).toBe(false)
    expect(passes({ loglik: Number.NaN, a: 1 }, fit, { objective })).toBe(false)
  })

  it('leaves out outputs for a tie only where the notes speak of ties', () => {
    const tied = { keys: ['nested'], rel: 0.02 }
    const off = { ...right, y: [0, 0] }
    expect(passes(off, { notes: 'on a tie any is right' }, { tied })).toBe(true)
    expect(passes(off, { notes: 'untied' }, { tied })).toBe(false)
    expect(passes({ ...off, nested: { sum: 9 } }, { notes: 'on a tie any is right' }, { tied })).toBe(false)
    expect(passes(off, { notes: 'on a tie any is right' }, { tied: { keys: [], rel: 1 } })).toBe(false)
  })
})

describe('an output of which the reference is wrong', () => {
  const refuted = { keys: ['flat'], because: 'the program says 0 everywhere' }
  const outputs = { y: [2, 4], flat: { k: [null, 0, 0] } }
  const ours = { y: [2, 4], flat: { k: [null, 0.4, 0.6] } }

  it('is set aside where it says nothing but 0, and named', () =>
    expect(compare(golden({ outputs }), { outputs: ours, refuted })).toMatchObject({
      passed: true,
      compared: 2,
      setAside: 'flat: the program says 0 everywhere',
    }))
  it('is compared where it says anything else, where ours is 0 too, and where the map does not say so', () => {
    expect(passes(ours, { outputs: { y: [2, 4], flat: { k: [null, 0, 0.5] } } }, { refuted })).toBe(false)
    expect(passes(ours, { outputs: { y: [2, 4], flat: { k: [null, 0.4, 0.6] } } }, { refuted })).toBe(true)
    expect(compare(golden({ outputs }), { outputs, refuted })).toMatchObject({ passed: true, compared: 5 })
    expect(passes(ours, { outputs })).toBe(false)
    expect(passes({ flat: ours.flat }, { outputs }, { refuted })).toBe(false)
  })
})

describe('a number that is not what its name says', () => {
  const contradicted = { second: { mean: 3 }, because: 'the mean of 2 and 4 is 3' }
  const outputs = { y: [2, 4], mean: 5 }

  it('is compared with a second computation, and named', () => {
    const found = compare(golden({ outputs }), { outputs: { y: [2, 4], mean: 3 }, contradicted })
    expect(found).toMatchObject({ passed: true, compared: 3, setAside: 'mean: the mean of 2 and 4 is 3' })
    expect(passes({ y: [2, 4], mean: 4 }, { outputs }, { contradicted })).toBe(false)
    expect(passes({ y: [2, 4] }, { outputs }, { contradicted })).toBe(false)
    expect(compare(golden({ outputs }), { outputs: { y: [2, 4], mean: 5 }, contradicted }).setAside).toBeUndefined()
  })
})

describe('an output whose inputs are not in the file', () => {
  const withoutInputs = { keys: ['first'], because: 'there are no counts' }
  const outputs = { y: [2, 4], first: 7 }

  it('is set aside where the map says so and has no answer, never alone', () => {
    const found = compare(golden({ outputs }), { outputs: { y: [2, 4] }, withoutInputs })
    expect(found).toMatchObject({ passed: true, compared: 2, setAside: 'first: there are no counts' })
    expect(passes({ y: [2, 4], first: 8 }, { outputs }, { withoutInputs })).toBe(false)
    expect(passes({ y: [2, 4] }, { outputs })).toBe(false)
    expect(passes({}, { outputs: { first: 7 } }, { withoutInputs })).toBe(false)
  })
})

describe('a file', () => {
  const asked: Question[] = []
  const map: GoldenMap = {
    name: 'numbers',
    answer(question) {
      asked.push(question)
      const x = question.inputs['x'] as number[]
      if (question.model === 'throws') throw new Error('not today')
      return question.model === 'double' ? { outputs: { y: x.map((each) => 2 * each) } } : undefined
    },
  }
  const file = (...cases: GoldenCase[]): GoldenFile => ({ schema: 1, name: 'numbers', cases })
  const run = (content: GoldenFile) => runFile('numbers.json', content, [map]).cases
  const outputs = { y: [2, 4] }

  it('fails cases that are not mapped, and those whose function throws', () => {
    const [good, unknown, thrown] = run(
      file(golden({ outputs }), golden({ model: 'triple', outputs }), golden({ model: 'throws', outputs })),
    )
    expect(good.passed).toBe(true)
    expect(unknown).toMatchObject({ passed: false, complaints: [expect.stringContaining('not mapped') as unknown] })
    expect(thrown).toMatchObject({ passed: false, complaints: [expect.stringContaining('not today') as unknown] })
    expect(runFile('numbers.json', { ...file(golden({ outputs })), schema: 2 }, [map]).cases[0].passed).toBe(false)
  })

  it('of another name is answered by the map it is called after, else by whichever knows all of it', () => {
    const other: GoldenMap = { name: 'letters', answer: () => ({ outputs: { y: [0, 0] } }) }
    const noisy: GoldenMap = {
      name: 'noise',
      answer: () => {
        throw new Error('not mine')
      },
    }
    const partial: GoldenMap = { name: 'silence', answer: () => ({ outputs: { z: 1 } }) }
    const passed = (name: string, maps: readonly GoldenMap[]) =>
      runFile(`${name}.json`, { ...file(golden({ outputs })), name }, maps).cases[0].passed
    expect(passed('numbers', [noisy, other, map])).toBe(true)
    expect(passed('numbers_holdout', [noisy, other, map])).toBe(true)
    expect(passed('num', [noisy, other, map])).toBe(true)
    expect(passed('else', [noisy, partial, map])).toBe(true)
    expect(passed('else', [noisy, partial])).toBe(false)
  })

  it('brings inputs of other cases, over more than one step', () => {
    const cases = run(
      file(
        golden({ id: 'a', outputs }),
        golden({ id: 'b', inputs: { x_from_case: 'a', z: 1 }, outputs }),
        golden({ id: 'c', inputs: { data_from_case: 'b' }, outputs }),
        golden({ id: 'd', inputs: { x_from_case: 'nowhere' }, outputs }),
        golden({ id: 'e', inputs: { x_from_case: 'e' }, outputs }),
      ),
    )
    expect(cases.map(({ passed }) => passed)).toEqual([true, true, true, false, false])
  })

  it('shows the map neither names nor numbers of what is wanted', () => {
    asked.length = 0
    run(file(golden({ id: 'secret' })))
    expect(JSON.stringify(asked[0])).not.toContain('secret')
    expect(asked[0].wanted).toEqual({ y: ['value', 'value'], first: 'value', top: 'value', nested: { sum: 'value' } })
  })
})
