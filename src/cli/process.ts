/**
 * The command line in a real process: arguments, environment, signals, broken pipes, and what nobody caught.
 *
 * The one place that touches `process`; everything it learns goes into the `World` of `program.ts`.
 */
import { readFileSync } from 'node:fs'
import type { CommandDefinition, CommandIo } from './command.ts'
import { commands, groups } from './commands.ts'
import { Exit } from './exit.ts'
import { runCommandLine } from './program.ts'

/** Runs the command line of this process and leaves its exit code; the process ends when nothing holds it any more. */
export async function runProcess(): Promise<void> {
  const argv = process.argv.slice(2)
  endQuietlyWithoutReader(process.stdout)
  endQuietlyWithoutReader(process.stderr)
  process.on('uncaughtException', (error: unknown) => void lastWords(error, argv))
  process.on('unhandledRejection', (reason: unknown) => void lastWords(reason, argv))
  process.exitCode = await runCommandLine(argv, {
    commands,
    groups,
    version: packageVersion(),
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    cwd: process.cwd(),
    listen: listenToInterrupts,
  })
}

/** `autotrading … | head`: the reader has seen enough, which is no error. */
function endQuietlyWithoutReader(stream: NodeJS.WriteStream): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(process.exitCode ?? Exit.done)
    throw error
  })
}

async function lastWords(error: unknown, argv: readonly string[]): Promise<void> {
  const { describe } = await import('../core/errors.ts')
  const { redactText } = await import('../core/redact.ts')
  const { exitCodeOf } = await import('./exit.ts')
  const verbose = argv.includes('--verbose')
  process.stderr.write(`${redactText(`error: ${describe(error, { verbose })}`)}\n`)
  if (verbose && error instanceof Error) process.stderr.write(`${redactText(error.stack ?? '')}\n`)
  process.exit(exitCodeOf(error))
}

function listenToInterrupts(onInterrupt: CommandDefinition['onInterrupt']): Pick<CommandIo, 'signal' | 'compute'> {
  const controller = new AbortController()
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  const meet = (): void => {
    if (onInterrupt === 'finish' && !controller.signal.aborted) controller.abort()
    else process.exit(Exit.interrupted)
  }
  const listen = (): void => signals.forEach((signal) => process.on(signal, meet))
  const unlisten = (): void => signals.forEach((signal) => process.off(signal, meet))
  listen()
  return {
    signal: controller.signal,
    compute(work) {
      unlisten()
      try {
        return work()
      } finally {
        listen()
      }
    },
  }
}

function packageVersion(): string {
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }
  return version
}
