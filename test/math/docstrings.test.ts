/** Every function of the mathematics says what it computes and where that comes from; the table in the docs is made of it. */
import { describe, expect, it } from 'vitest'
import { firstSentence, mathSubjects, timeFunctions } from '../../docs/mathematics-table.ts'

describe('the docstrings', () => {
  const functions = mathSubjects().flatMap((subject) => subject.functions)
  const names = (which: typeof functions): string[] => which.map(({ subject, name }) => `${subject}.${name}`)

  it('are read', () => expect(functions.length).toBeGreaterThan(100))
  it('define every function', () => expect(names(functions.filter(({ definition }) => definition.length < 10))).toEqual([]))
  it('name a source for every function', () => expect(names(functions.filter(({ source }) => source.length < 10))).toEqual([]))
})

describe('the functions of time', () => {
  it('are many, and each says what it answers', () => {
    expect(timeFunctions().length).toBeGreaterThan(90)
    expect(
      timeFunctions()
        .filter(({ definition }) => definition.length < 8)
        .map(({ name }) => name),
    ).toEqual([])
  })
})

describe('the first sentence', () => {
  it.each([
    ['/** One line, 1.5 of it. */', 'One line, 1.5 of it'],
    ['/** First. Second. */', 'First'],
    ['/**\n * Over two\n * lines: a_1 + b.\n * More.\n * @throws MathError\n */', 'Over two lines: a_1 + b'],
    ['/** As M. Lopez has it. Then more. Source: X (1999). */', 'As M. Lopez has it'],
    ['/** Of one. Throws MathError `shape`. */', 'Of one'],
  ])('of %s', (comment, expected) => expect(firstSentence(comment)).toBe(expected))
})
