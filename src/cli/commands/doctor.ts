/**
 * `doctor`: whether this machine and this working folder are fit to run. Looks, and changes nothing; loads a strategy file when
 * one is named.
 */
import { accessSync, constants, existsSync, readFileSync, statfsSync } from 'node:fs'
import { availableParallelism, freemem } from 'node:os'
import { dirname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe } from '../../core/errors.ts'
import type { CommandDefinition, CommandIo } from '../command.ts'
import { Exit } from '../exit.ts'

export interface Check {
  readonly name: string
  /** `warn` is worth knowing, `fail` makes the exit code 1. */
  readonly verdict: 'ok' | 'warn' | 'fail'
  readonly found: string
  readonly next: string | undefined
}

export const command: CommandDefinition = {
  examples: ['autotrading doctor', 'autotrading doctor --strategy my-strategy.ts --json'],
  configure: (cli) => cli.option('--strategy <FILE>', 'also try to load this strategy file'),
  async run(options, io) {
    const checks = [runtime(), memory(), cores(), home(io), disk(io)]
    if (typeof options['strategy'] === 'string') checks.push(await strategyFile(resolve(io.cwd, options['strategy'])))
    io.out.document({ schema: 'autotrading.doctor/1', version: io.version, checks } as const)
    for (const { name, verdict, found, next } of checks)
      io.out.print(`${verdict.padEnd(5)} ${name}: ${found}${next === undefined ? '' : `. ${next}`}`)
    return checks.some(({ verdict }) => verdict === 'fail') ? Exit.wanting : Exit.done
  },
}

const ok = (name: string, found: string): Check => ({ name, verdict: 'ok', found, next: undefined })

/** Digests are equal on all machines because the runtime is: another one still works, but is no longer comparable. */
function runtime(): Check {
  const pinned = (
    JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as {
      dependencies: Record<string, string>
    }
  ).dependencies['node']
  const running = process.versions.node
  if (running === pinned) return ok('runtime', `Node ${running}, the pinned one`)
  return {
    name: 'runtime',
    verdict: 'warn',
    found: `Node ${running}, while ${pinned} is pinned`,
    next: 'Start through ./autotrading, so that digests can be compared between machines',
  }
}

const MEMORY_MB_WANTED = 512

function memory(): Check {
  const freeMb = Math.floor(freemem() / 2 ** 20)
  if (freeMb >= MEMORY_MB_WANTED) return ok('memory', `${freeMb} MB free`)
  return {
    name: 'memory',
    verdict: 'warn',
    found: `${freeMb} MB free`,
    next: `Long histories want ${MEMORY_MB_WANTED} MB and more`,
  }
}

const cores = (): Check => ok('cores', `${availableParallelism()} for studies that run in parallel`)

/** State is written here; a folder that does not exist yet is made on demand, so its nearest parent is asked. */
function home({ globals }: CommandIo): Check {
  const folder = nearestExisting(globals.home)
  try {
    accessSync(folder, constants.W_OK)
    return ok('home', `${globals.home} can be written`)
  } catch {
    return {
      name: 'home',
      verdict: 'fail',
      found: `${folder} cannot be written`,
      next: 'Name another folder with --home or AUTOTRADING_HOME',
    }
  }
}

/** Loads the file as a backtest would, and runs nothing of it but its top level. */
async function strategyFile(path: string): Promise<Check> {
  try {
    const exported = Object.keys((await import(pathToFileURL(path).href)) as object)
    return ok('strategy', `${path} can be loaded, it exports ${exported.join(', ') || 'nothing'}`)
  } catch (error) {
    return {
      name: 'strategy',
      verdict: 'fail',
      found: `${path} cannot be loaded: ${describe(error, { verbose: false })}`,
      next: undefined,
    }
  }
}

const DISK_MB_WANTED = 1024

function disk({ globals }: CommandIo): Check {
  const { bavail, bsize } = statfsSync(nearestExisting(globals.home))
  const freeMb = Math.floor((bavail * bsize) / 2 ** 20)
  if (freeMb >= DISK_MB_WANTED) return ok('disk', `${freeMb} MB free`)
  return {
    name: 'disk',
    verdict: 'warn',
    found: `${freeMb} MB free`,
    next: 'The journal needs room: free some, or name another --home',
  }
}

function nearestExisting(folder: string): string {
  return existsSync(folder) || dirname(folder) === folder ? folder : nearestExisting(dirname(folder))
}
