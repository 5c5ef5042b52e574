/** The thread of a sweep: one backtest a task, over the columns that all threads share. */
import { workerData } from 'node:worker_threads'
import { runForSummary } from '../backtest/run.ts'
import type { Summary } from '../backtest/result.ts'
import { openStrategies, requestOf } from './run-setup.ts'
import type { Params, RunSetup } from './run-setup.ts'

export interface SweepWorkerData {
  readonly setup: RunSetup
  /** Modules to load before the strategy: what lets its file import the program. */
  readonly preload: readonly string[]
}

export interface SweepAnswer {
  readonly digest: string
  readonly summary: Summary
}

const { setup, preload } = workerData as SweepWorkerData

async function open(): ReturnType<typeof openStrategies> {
  for (const address of preload) await import(address)
  return openStrategies(setup)
}
let opened: ReturnType<typeof open> | undefined

export default async function perform(params: Params): Promise<SweepAnswer> {
  opened ??= open()
  return runForSummary(requestOf(setup, await opened, { params }))
}
