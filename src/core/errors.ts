/**
 * Typed errors. A refusal is a value and never comes here; a failure is one of these; an impossibility
 * is an `ImpossibleError` and stops the program.
 *
 * Every message says what is wrong, where, and what to do next; `cause` keeps the reason underneath.
 */

/** Who is at fault, and so what the process answers (the exit code is chosen in `cli`). */
export type Fault =
  /** Wrong usage, configuration or input. */
  | 'input'
  /** Something outside failed: network, disk, database, exchange. */
  | 'outside'
  /** What was asked for was found wanting: failed audit, differing replay. */
  | 'wanting'
  /** The user interrupted. */
  | 'interrupted'
  /** A defect of this program. */
  | 'impossible'

export interface ErrorDetails {
  /** What the reader should do now, as one sentence. */
  readonly next?: string
  /** Where it happened: file, line, field, value; whatever is known. */
  readonly where?: Readonly<Record<string, string | number>>
  readonly cause?: unknown
}

export class AutoTradingError extends Error {
  override readonly name: string = 'AutoTradingError'
  readonly fault: Fault
  /** Stable, for programs: `data-not-ascending`, `config-unknown-key`. */
  readonly code: string
  readonly next: string | undefined
  readonly where: Readonly<Record<string, string | number>>
  /** Whether the same call may succeed later without anybody changing anything. */
  readonly retryable: boolean

  constructor(fault: Fault, code: string, message: string, details: ErrorDetails = {}, retryable = false) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause })
    this.fault = fault
    this.code = code
    this.next = details.next
    this.where = details.where ?? {}
    this.retryable = retryable
  }
}

/** Wrong usage, configuration or data. */
export class InputError extends AutoTradingError {
  override readonly name = 'InputError'
  constructor(code: string, message: string, details: ErrorDetails = {}) {
    super('input', code, message, details)
  }
}

/** Something outside this program failed; `retryable` says whether waiting helps. */
export class OutsideError extends AutoTradingError {
  override readonly name = 'OutsideError'
  constructor(code: string, message: string, details: ErrorDetails & { retryable: boolean }) {
    super('outside', code, message, details, details.retryable)
  }
}

/** What should never happen did. Not to be caught below `cli`: the program stops and restarts from its journal. */
export class ImpossibleError extends AutoTradingError {
  override readonly name = 'ImpossibleError'
  constructor(message: string, details: ErrorDetails = {}) {
    super('impossible', 'impossible', message, details)
  }
}

/**
 * Stays on in production. On warm paths give the message as a function: a text with values in it is otherwise built
 * each time, whether it is needed or not.
 */
export function assert(condition: boolean, message: string | (() => string)): asserts condition {
  if (!condition) throw new ImpossibleError(typeof message === 'string' ? message : message())
}

/** The end of a `switch` over a union: a new kind fails to compile at the call. */
export function unreachable(value: never): never {
  throw new ImpossibleError(`no case for ${JSON.stringify(value)}`)
}

export interface DescribeOptions {
  /** Adds the causes underneath. */
  readonly verbose?: boolean
}

/** How many causes of causes are told. */
const CAUSES_MAX = 10

/**
 * Any thrown value as one paragraph for a person: what is wrong, where, what to do next. Secrets are not removed here:
 * the caller sends the text through `redact`.
 */
export function describe(error: unknown, { verbose = false }: DescribeOptions = {}): string {
  const sentences = [sentence(messageOf(error) + whereOf(error))]
  if (error instanceof AutoTradingError) {
    if (error.fault === 'impossible') sentences.unshift('This should not happen and is a defect of the program:')
    if (error.next !== undefined) sentences.push(sentence(error.next))
  }
  if (verbose) for (const cause of causesOf(error)) sentences.push(sentence(`Caused by: ${messageOf(cause)}${whereOf(cause)}`))
  return sentences.join(' ')
}

const oneLine = (text: string): string => text.replace(/\s+/g, ' ').trim()
const sentence = (text: string): string => (/[.!?:]$/.test(text) ? text : `${text}.`)

function messageOf(error: unknown): string {
  if (!(error instanceof Error))
    return oneLine(
      typeof error === 'string' && error.trim() !== '' ? error : `something that is no error was thrown: ${String(error)}`,
    )
  const message = oneLine(error.message)
  const plain = error instanceof AutoTradingError || error.name === 'Error'
  if (message === '') return error.name
  return plain ? message : `${error.name}: ${message}`
}

/** What the message itself does not say of the place. */
function whereOf(error: unknown): string {
  if (!(error instanceof AutoTradingError)) return ''
  const message = oneLine(error.message)
  const missing = Object.entries(error.where).filter(([, value]) => !message.includes(oneLine(String(value))))
  return missing.length === 0 ? '' : ` (${missing.map(([key, value]) => `${key} ${oneLine(String(value))}`).join(', ')})`
}

/** The causes from the top down, those of an `AggregateError` included, each once. */
function causesOf(error: unknown): unknown[] {
  const found: unknown[] = []
  const visit = (parent: unknown): void => {
    if (!(parent instanceof Error)) return
    const several: readonly unknown[] = parent instanceof AggregateError ? parent.errors : []
    for (const cause of [parent.cause, ...several]) {
      if (cause === undefined || cause === error || found.includes(cause) || found.length >= CAUSES_MAX) continue
      found.push(cause)
      visit(cause)
    }
  }
  visit(error)
  return found
}
