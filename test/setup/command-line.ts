/** The command line in this process, as `main.ts` would run it, with what it wrote on both streams. */
import { Writable } from 'node:stream'
import { commands, groups } from '../../src/cli/commands.ts'
import { runCommandLine } from '../../src/cli/program.ts'

export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export async function runCommand(
  argv: readonly string[],
  { cwd, env = {} }: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> },
): Promise<Ran> {
  const texts = { stdout: '', stderr: '' }
  const stream = (name: keyof typeof texts): Writable =>
    new Writable({
      write: (chunk: Buffer, _, done) => {
        texts[name] += chunk.toString()
        done()
      },
    })
  const code = await runCommandLine(argv, {
    commands,
    groups,
    version: '0.0.0',
    stdout: stream('stdout'),
    stderr: stream('stderr'),
    env,
    cwd,
    listen: () => ({ signal: new AbortController().signal, compute: (work) => work() }),
  })
  return { code, ...texts }
}
