/**
 * The model desks of this process, one for each way of setting them: runs that follow each other share threads and answers.
 *
 * Starts threads and touches files only through them.
 */
import { availableParallelism } from 'node:os'
import { isMainThread } from 'node:worker_threads'
import { canonicalJson } from '../core/plain.ts'
import { AnswerFiles } from '../storage/answer-files.ts'
import type { AnswerFilesOptions } from '../storage/answer-files.ts'
import { AnswerCache } from './answer-cache.ts'
import { ModelDesk } from './model-desk.ts'

/** Plain data, so that runs in other threads are set alike. */
export interface ModelSettings {
  /** Whether a question that was answered before is computed again. */
  readonly cache: boolean
  /** Default: all cores but one. Runs that are in a worker thread themselves start none. */
  readonly threads?: number | undefined
  /** Where answers outlive the process. */
  readonly files?: AnswerFilesOptions | undefined
}

const services = new Map<string, ModelDesk>()

export function modelDeskOf({ cache, threads = availableParallelism() - 1, files }: ModelSettings): ModelDesk {
  const name = canonicalJson({ cache, threads, files })
  const known = services.get(name)
  if (known !== undefined) return known
  const made = new ModelDesk({
    threads: isMainThread ? threads : 0,
    cache: cache ? new AnswerCache(files && new AnswerFiles(files)) : undefined,
  })
  services.set(name, made)
  return made
}
