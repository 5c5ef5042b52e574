/** What the threads of the model desk say to each other. */

/** Of a task, in memory that the threads share: who computes it, and how it ended. Whoever claims it first has it. */
export const TASK = { waiting: 0, here: 1, worker: 2, done: 3, dead: 4 } as const

export interface TaskMessage {
  readonly id: number
  readonly model: string
  readonly inputs: unknown
  /** One number of `TASK`. */
  readonly state: Int32Array
}

/** An answer, or the word that the model threw: then the main thread computes again and throws the same. */
export interface AnswerMessage {
  readonly id: number
  readonly answer: unknown
  readonly failed: boolean
  /** What it took. */
  readonly ms: number
}
