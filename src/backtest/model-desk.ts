/**
 * Slow mathematics of a backtest: begun at the request on worker threads, taken when the answer is due, looked up where the same
 * question was answered before. Answers are those that the model gives here, to the last bit.
 *
 * Starts threads with the first question that has no answer yet; they do not hold the process. While the main thread waits for a
 * worker it computes what nobody has claimed. The caller is synchronous: messages are read from the ports by hand.
 */
import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads'
import type { MessagePort } from 'node:worker_threads'
import { assert, OutsideError } from '../core/errors.ts'
import { KERNEL_MODELS } from '../kernel/kernel-models.ts'
import type { Model } from '../strategy/strategy.ts'
import { questionKey } from './answer-cache.ts'
import type { AnswerCache } from './answer-cache.ts'
import { TASK } from './model-task.ts'
import type { AnswerMessage, TaskMessage } from './model-task.ts'

/** An answer on its way. */
export interface Answer {
  /** Waits for it. @throws what the model throws; OutsideError `model-worker` when its thread died. */
  take(): unknown
}

export interface ModelDeskOptions {
  /** 0: everything is computed at the request. */
  readonly threads: number
  readonly cache?: AnswerCache | undefined
  /** By name; default those of the kernel. The threads know only these. */
  readonly models?: Readonly<Record<string, Model>>
  /** The thread's module. */
  readonly worker?: URL
}

/** What a service has done so far. */
export interface ModelCounts {
  asked: number
  /** Found in the cache. */
  cached: number
  /** Computed by workers. */
  byWorkers: number
  /** Of computing, on all threads together. */
  ms: number
}

interface Thread {
  readonly worker: Worker
  readonly port: MessagePort
}

interface Task extends Answer {
  readonly id: number
  readonly model: string
  readonly inputs: unknown
  readonly key: string
  readonly state: Int32Array
  result: Result | undefined
}

type Result = { readonly answer: unknown } | { readonly thrown: unknown }

export class ModelDesk {
  readonly counts: ModelCounts = { asked: 0, cached: 0, byWorkers: 0, ms: 0 }
  readonly #options: Required<Pick<ModelDeskOptions, 'threads' | 'models' | 'worker'>>
  readonly #cache: AnswerCache | undefined
  readonly #threads: Thread[] = []
  /** Begun and without an answer, in the order of the requests. */
  readonly #open = new Map<number, Task>()
  #ids = 0

  constructor({
    threads,
    cache,
    models = KERNEL_MODELS,
    worker = new URL('./model-worker.ts', import.meta.url),
  }: ModelDeskOptions) {
    this.#options = { threads, models, worker }
    this.#cache = cache
  }

  /** Asks one of the models; the inputs must not change afterwards. */
  begin(model: string, inputs: unknown): Answer {
    this.counts.asked += 1
    const key = this.#cache === undefined ? '' : questionKey(model, inputs)
    const known = this.#cache?.get(key)
    if (known !== undefined) {
      this.counts.cached += 1
      return { take: () => known.answer }
    }
    const task = this.#task(model, inputs, key)
    if (this.#options.threads === 0) this.#compute(task)
    else this.#send(task)
    return task
  }

  #task(model: string, inputs: unknown, key: string): Task {
    this.#ids += 1
    const task: Task = {
      id: this.#ids,
      model,
      inputs,
      key,
      state: new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)),
      result: undefined,
      take: () => this.#take(task),
    }
    return task
  }

  /** Every thread hears of it; the first one that is free has it. */
  #send(task: Task): void {
    this.#start()
    this.#open.set(task.id, task)
    const { id, model, inputs, state } = task
    for (const { port } of this.#threads) port.postMessage({ id, model, inputs, state } satisfies TaskMessage)
  }

  #start(): void {
    while (this.#threads.length < this.#options.threads) {
      const { port1, port2 } = new MessageChannel()
      const worker = new Worker(this.#options.worker, { workerData: { port: port2 }, transferList: [port2] })
      worker.unref()
      // A thread that could not be loaded claims nothing, and the main thread computes alone.
      worker.on('error', () => undefined)
      this.#threads.push({ worker, port: port1 })
    }
  }

  #take(task: Task): unknown {
    for (;;) {
      this.#collect()
      if (task.result !== undefined) return answerOf(task.result)
      const mine = [task, ...this.#open.values()].find(claimed)
      if (mine !== undefined) {
        this.#compute(mine)
        continue
      }
      if (Atomics.load(task.state, 0) === TASK.dead) throw deadThread(task.model)
      Atomics.wait(task.state, 0, TASK.worker)
    }
  }

  /** Reads what the threads have sent. */
  #collect(): void {
    for (const { port } of this.#threads) {
      for (;;) {
        const received = receiveMessageOnPort(port)
        if (received === undefined) break
        this.#onAnswer(received.message as AnswerMessage)
      }
    }
  }

  #onAnswer({ id, answer, failed, ms }: AnswerMessage): void {
    const task = this.#open.get(id)
    assert(task !== undefined, () => `a worker answered question ${id}, which is not open`)
    // What the model throws is thrown when it is taken, with the class that it has here.
    if (failed) this.#compute(task)
    else {
      this.counts.byWorkers += 1
      this.#settle(task, { answer }, ms)
    }
  }

  #compute(task: Task): void {
    const start = performance.now() // ambient-ok: how long a computation took is only told
    const result = resultOf(this.#options.models[task.model], task.inputs)
    this.#settle(task, result, performance.now() - start) // ambient-ok: how long a computation took is only told
  }

  #settle(task: Task, result: Result, ms: number): void {
    this.counts.ms += ms
    this.#open.delete(task.id)
    task.result = result
    if ('answer' in result) this.#cache?.put(task.key, result.answer)
  }

  /** Ends the threads; what is asked afterwards starts new ones. */
  async close(): Promise<void> {
    this.#open.clear()
    await Promise.all(this.#threads.splice(0).map(({ worker }) => worker.terminate()))
  }
}

function resultOf(model: Model, inputs: unknown): Result {
  try {
    return { answer: model(inputs) }
  } catch (thrown) {
    return { thrown }
  }
}

function answerOf(result: Result): unknown {
  if ('thrown' in result) throw result.thrown
  return result.answer
}

/** Takes the task for this thread; false when another has it. */
const claimed = ({ state }: Task): boolean => Atomics.compareExchange(state, 0, TASK.waiting, TASK.here) === TASK.waiting

const deadThread = (model: string): OutsideError =>
  new OutsideError('model-worker', `the thread that computed the model '${model}' died`, {
    where: { model },
    retryable: true,
    next: 'Run it again, or without threads: --set models.threads=0.',
  })
