/** A bounded number of tasks at a time; a task may add others. */

export class Pool {
  readonly #parallel: number
  readonly #waiting: (() => Promise<void>)[] = []
  #failed = false

  constructor(parallel: number) {
    this.#parallel = parallel
  }

  add(task: () => Promise<void>): void {
    this.#waiting.push(task)
  }

  /** Returns when nothing is left; after a task that threw none is begun, and its error is thrown when the others have ended. */
  async run(): Promise<void> {
    this.#failed = false
    const active = new Set<Promise<void>>()
    const errors: unknown[] = []
    while ((this.#waiting.length > 0 && !this.#failed) || active.size > 0) {
      while (this.#waiting.length > 0 && !this.#failed && active.size < this.#parallel) {
        const task = this.#waiting.shift() as () => Promise<void>
        const running: Promise<void> = task()
          .catch((error: unknown) => {
            this.#failed = true
            errors.push(error)
          })
          .finally(() => active.delete(running))
        active.add(running)
      }
      await Promise.race(active)
    }
    if (errors.length > 0) throw errors[0]
  }
}
