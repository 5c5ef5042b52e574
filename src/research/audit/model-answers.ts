/**
 * Answers of slow mathematics that a thread has had before: the many runs of an audit ask the same questions up to where their
 * histories part. Only models of the house are remembered, which are pure; a strategy's own model answers each time anew.
 */
import { hash } from 'node:crypto'
import { serialize } from 'node:v8'

/** Fits of dozens of histories of years. */
const MOST = 4_000

export class KnownAnswers {
  /** The one that was asked for longest ago comes first. */
  readonly #answers = new Map<string, unknown>()
  readonly #most: number

  constructor(most = MOST) {
    this.#most = most
  }

  /** `inputs` are plain data, typed arrays among them; all of them are part of the question, or a leak into them would hide. */
  answer(model: string, inputs: unknown, compute: (inputs: unknown) => unknown): unknown {
    const question = `${model} ${hash('sha256', serialize(inputs), 'hex')}`
    const answer = this.#answers.has(question) ? this.#answers.get(question) : compute(inputs)
    this.#answers.delete(question)
    this.#answers.set(question, answer)
    if (this.#answers.size > this.#most) this.#answers.delete(this.#answers.keys().next().value ?? '')
    // Whoever changes his answer changes a copy.
    return structuredClone(answer)
  }
}
