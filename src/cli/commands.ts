/**
 * All commands, in the order of `--help`. A new one is a file under `commands/` and a line here; its module is loaded only
 * when it is called, so this list costs nothing.
 */
import type { CommandEntry } from './command.ts'

export const commands: readonly CommandEntry[] = [
  {
    name: 'doctor',
    summary: 'say whether this machine and working folder are fit to run',
    load: () => import('./commands/doctor.ts'),
  },
]

/** What a first word stands for that only groups others. */
export const groups: Readonly<Record<string, string>> = {
  config: 'check and show the configuration',
  data: 'import, check, list and make market data',
  db: 'the database',
  new: 'start something of your own from a template',
}
