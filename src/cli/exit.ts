/** Exit codes: what the process answers to the shell, and which error means which. Pure. */
import { AutoTradingError, type Fault } from '../core/errors.ts'

export const Exit = {
  /** What was asked for was done. */
  done: 0,
  /** What was asked for was found wanting: invalid data, a failed audit, a gate not met, a replay that differs. */
  wanting: 1,
  /** Wrong usage, configuration or input. */
  usage: 2,
  /** Something outside failed: network, disk, database, exchange. */
  outside: 3,
  /** A defect of this program (the number that sysexits.h calls EX_SOFTWARE). */
  defect: 70,
  /** Interrupted by the user. */
  interrupted: 130,
} as const

export type ExitCode = (typeof Exit)[keyof typeof Exit]

const EXIT_OF_FAULT: Readonly<Record<Fault, ExitCode>> = {
  input: Exit.usage,
  outside: Exit.outside,
  wanting: Exit.wanting,
  interrupted: Exit.interrupted,
  impossible: Exit.defect,
}

/**
 * The exit code of anything that was thrown. Errors of the operating system (they carry `code` and `syscall`) are
 * failures outside; an error that nobody typed is a defect of ours.
 */
export function exitCodeOf(error: unknown): ExitCode {
  if (error instanceof AutoTradingError) return EXIT_OF_FAULT[error.fault]
  if (error instanceof Error && error.name === 'AbortError') return Exit.interrupted
  if (error instanceof Error && 'syscall' in error) return Exit.outside
  return Exit.defect
}
