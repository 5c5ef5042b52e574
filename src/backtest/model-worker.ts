/** The thread of the model desk: computes the questions of the kernel that nobody has claimed yet. */
import { workerData } from 'node:worker_threads'
import type { MessagePort } from 'node:worker_threads'
import { KERNEL_MODELS } from '../kernel/kernel-models.ts'
import { TASK } from './model-task.ts'
import type { AnswerMessage, TaskMessage } from './model-task.ts'

const { port } = workerData as { readonly port: MessagePort }
let current: Int32Array | undefined

function tell(message: AnswerMessage, state: Int32Array): void {
  // First the answer, then the word that it is there: who is woken finds it.
  port.postMessage(message)
  current = undefined
  end(state, TASK.done)
}

function end(state: Int32Array, how: number): void {
  Atomics.store(state, 0, how)
  Atomics.notify(state, 0)
}

port.on('message', ({ id, model, inputs, state }: TaskMessage) => {
  if (Atomics.compareExchange(state, 0, TASK.waiting, TASK.worker) !== TASK.waiting) return
  current = state
  const start = performance.now() // ambient-ok: how long a computation took is only told
  const took = (): number => performance.now() - start // ambient-ok: how long a computation took is only told
  try {
    tell({ id, answer: KERNEL_MODELS[model](inputs), failed: false, ms: took() }, state)
  } catch {
    tell({ id, answer: undefined, failed: true, ms: took() }, state)
  }
})

// The main thread may be asleep until this task is over.
process.on('exit', () => {
  if (current !== undefined) end(current, TASK.dead)
})
