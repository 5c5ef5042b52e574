/**
 * Answers of slow mathematics that were computed before, by a digest of model and inputs: in memory, the ones longest unused
 * go first, and in files, if there is a place for them. Every answer given is a copy of its own.
 */
import { deserialize, serialize } from 'node:v8'
import { Digest } from '../core/digest.ts'
import type { AnswerFiles } from '../storage/answer-files.ts'

const MOST_BYTES = 64 * 2 ** 20

/** One key for one question: equal data give equal keys in every process. */
export function questionKey(model: string, inputs: unknown): string {
  const digest = new Digest()
  digest.text(model)
  digest.data(inputs)
  return digest.hex()
}

export class AnswerCache {
  readonly #files: AnswerFiles | undefined
  readonly #mostBytes: number
  /** Insertion order is that of use. */
  readonly #answers = new Map<string, Uint8Array>()
  #bytes = 0

  constructor(files?: AnswerFiles, mostBytes = MOST_BYTES) {
    this.#files = files
    this.#mostBytes = mostBytes
  }

  /** Undefined when there is none. */
  get(key: string): { readonly answer: unknown } | undefined {
    const known = this.#answers.get(key)
    const bytes = known ?? this.#files?.get(key)
    if (bytes === undefined) return undefined
    this.#keep(key, bytes)
    return { answer: deserialize(bytes) }
  }

  put(key: string, answer: unknown): void {
    const bytes = serialize(answer)
    this.#keep(key, bytes)
    this.#files?.put(key, bytes)
  }

  #keep(key: string, bytes: Uint8Array): void {
    this.#bytes -= this.#answers.get(key)?.length ?? 0
    this.#answers.delete(key)
    this.#answers.set(key, bytes)
    this.#bytes += bytes.length
    for (const [oldest, old] of this.#answers) {
      if (this.#bytes <= this.#mostBytes) break
      this.#answers.delete(oldest)
      this.#bytes -= old.length
    }
  }
}
