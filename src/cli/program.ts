/**
 * From a command line to an exit code: finds the command, loads only its file, parses its options, runs it, and says in one
 * paragraph what went wrong.
 *
 * Touches only the world it is given, so that tests can call it.
 */
import { Command, CommanderError, Option } from 'commander'
import { resolve } from 'node:path'
import type { Writable } from 'node:stream'
import { hint } from '../core/did-you-mean.ts'
import { describe, InputError } from '../core/errors.ts'
import type { CommandDefinition, CommandEntry, CommandIo, GlobalOptions } from './command.ts'
import { Exit, exitCodeOf, type ExitCode } from './exit.ts'
import { Output } from './output.ts'
import { checkReportFile } from './report-file.ts'

export interface World {
  readonly commands: readonly CommandEntry[]
  readonly groups: Readonly<Record<string, string>>
  readonly version: string
  readonly stdout: Writable
  readonly stderr: Writable
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
  /** Says how interrupts are to be met from now on; called once, before the command runs. */
  readonly listen: (onInterrupt: CommandDefinition['onInterrupt']) => Pick<CommandIo, 'signal' | 'compute'>
}

/** Runs one command line (without `node` and the script). Never throws. */
export async function runCommandLine(argv: readonly string[], world: World): Promise<ExitCode> {
  try {
    return await dispatch(argv, world)
  } catch (error) {
    return explain(error, argv, world)
  }
}

async function explain(error: unknown, argv: readonly string[], world: World): Promise<ExitCode> {
  const verbose = argv.includes('--verbose')
  const { redactText } = await import('../core/redact.ts')
  world.stderr.write(`${redactText(`error: ${describe(error, { verbose })}`)}\n`)
  const code = exitCodeOf(error)
  // A defect is reported with its place; anything else is for the user, who needs none.
  if (verbose && code === Exit.defect && error instanceof Error) world.stderr.write(`${redactText(error.stack ?? '')}\n`)
  return code
}

async function dispatch(argv: readonly string[], world: World): Promise<ExitCode> {
  const words = commandWords(argv)
  const entry = findEntry(words, world.commands)
  if (entry === undefined) return showOverview(argv, words, world)
  const { command: definition } = await entry.load()

  const root = rootCommand(world)
  const leaf = addLeaf(root, entry, definition, world)
  let exit: ExitCode = Exit.done
  leaf.action(async () => {
    exit = await runDefinition(definition, leaf, world)
  })
  return (await parse(root, leaf, withPlainJson(argv, leaf), world)) ?? exit
}

async function runDefinition(definition: CommandDefinition, leaf: Command, world: World): Promise<ExitCode> {
  const globals = globalsOf(leaf.optsWithGlobals(), world)
  if (typeof globals.json === 'string') checkReportFile(globals.json)
  const out = new Output({ ...globals, stdout: world.stdout, stderr: world.stderr })
  const io: CommandIo = {
    out,
    globals,
    args: leaf.processedArgs,
    env: world.env,
    cwd: world.cwd,
    version: world.version,
    ...world.listen(definition.onInterrupt),
  }
  return (await definition.run(leaf.opts(), io)) ?? Exit.done
}

// ---- Finding the command -------------------------------------------------------------------------------------------------

const GLOBALS_WITH_VALUE = new Set(['--config', '--set', '--home', '--seed'])

/** The first two words that are neither options nor values of global options before them. */
function commandWords(argv: readonly string[]): readonly string[] {
  const words: string[] = []
  for (let i = 0; i < argv.length && words.length < 2; i += 1) {
    const token = argv[i]
    if (token === '--') break
    if (GLOBALS_WITH_VALUE.has(token) || (token === '--json' && /\.json$|^-$/.test(argv[i + 1] ?? ''))) i += 1
    else if (!token.startsWith('-')) words.push(token)
    // An option of the command itself may have a value: what follows it is no longer the command's name.
    else if (words.length > 0) break
  }
  return words
}

function findEntry([first, second]: readonly string[], commands: readonly CommandEntry[]): CommandEntry | undefined {
  return commands.find(({ name }) => name === `${first} ${second}`) ?? commands.find(({ name }) => name === first)
}

/** Help for all, help for a group, the version; or which word was meant. */
async function showOverview(argv: readonly string[], words: readonly string[], world: World): Promise<ExitCode> {
  const [first, second] = words[0] === 'help' ? words.slice(1) : words
  const root = rootCommand(world)
  for (const { name, summary } of world.commands) {
    const [group, inner] = name.split(' ')
    if (inner === undefined) root.command(group).description(summary)
    else groupCommand(root, group, world).command(inner).description(summary)
  }
  const group =
    first === undefined || !(first in world.groups) ? undefined : root.commands.find((command) => command.name() === first)
  const unknown = group === undefined ? first : second
  const level = group ?? root
  if (unknown !== undefined && !level.commands.some((command) => command.name() === unknown)) {
    const known = level.commands.map((command) => command.name())
    const path = group === undefined ? '' : `${first} `
    throw new InputError('usage', `there is no command '${path}${unknown}'`, {
      next: `${hint(unknown, known)} 'autotrading ${path}--help' lists the commands.`,
    })
  }
  if (words[0] === 'help') {
    const entry = findEntry([first, second], world.commands)
    if (entry !== undefined) return runCommandLine([...entry.name.split(' '), '--help'], world)
    world.stdout.write(level.helpInformation() + overviewEnd(level === root))
    return Exit.done
  }
  if (argv.includes('--help') || argv.includes('-h')) {
    world.stdout.write(level.helpInformation() + overviewEnd(level === root))
    return Exit.done
  }
  if (words.length === 0 && argv.length > 0) return (await parse(root, root, argv, world)) ?? Exit.done
  world.stderr.write(level.helpInformation() + overviewEnd(level === root))
  return Exit.usage
}

const overviewEnd = (isRoot: boolean): string =>
  isRoot
    ? `\nExample:\n  $ autotrading doctor\n\n'autotrading COMMAND --help' says more about a command. Exit codes: 0 done, 1 found wanting, 2 wrong usage or input,\n3 something outside failed, 130 interrupted.\n`
    : `\nEach of them has --help with an example.\n`

// ---- Building and parsing ------------------------------------------------------------------------------------------------

function rootCommand(world: World): Command {
  const root = new Command('autotrading')
    .description('Automated trading of crypto perpetual futures: backtest, paper and live by the same code.')
    .version(world.version, '--version', 'print the version')
    .helpOption('-h, --help', 'say what there is, with an example')
    .helpCommand(false)
    .usage('COMMAND [options]')
  quiet(root)
  return addGlobals(root)
}

function addLeaf(root: Command, entry: CommandEntry, definition: CommandDefinition, world: World): Command {
  const [first, second] = entry.name.split(' ')
  const parent = second === undefined ? root : groupCommand(root, first, world)
  const leaf = parent.command(second ?? first).description(`${entry.summary[0].toUpperCase()}${entry.summary.slice(1)}.`)
  leaf.helpOption('-h, --help', 'say what there is, with an example').showHelpAfterError(false)
  definition.configure?.(leaf)
  addGlobals(leaf.optionsGroup('Options of every command:'))
  leaf.addHelpText(
    'after',
    `\n${definition.examples.length === 1 ? 'Example' : 'Examples'}:\n${definition.examples.map((line) => `  $ ${line}`).join('\n')}`,
  )
  quiet(leaf)
  return leaf
}

function groupCommand(root: Command, name: string, world: World): Command {
  const found = root.commands.find((command) => command.name() === name)
  if (found !== undefined) return found
  const group = root.command(name).description(world.groups[name] ?? '')
  quiet(group.helpOption('-h, --help', 'say what there is, with an example').helpCommand(false))
  return group
}

/** Errors are ours to print, and nothing ends the process but `main`. */
const quiet = (command: Command): Command => command.exitOverride().configureOutput({ outputError: () => undefined })

function addGlobals(command: Command): Command {
  return command
    .addOption(new Option('--json [FILE]', 'one JSON document on stdout, or in FILE (must end in .json)'))
    .addOption(new Option('--config <FILE>', 'configuration in YAML'))
    .addOption(new Option('--set <path=value>', 'set one value of the configuration, repeatable').argParser(collect))
    .addOption(new Option('--home <DIR>', 'where state lives (AUTOTRADING_HOME; default ./.autotrading)'))
    .addOption(new Option('--seed <N>', 'the seed of everything that is drawn by chance').argParser(seedOf))
    .addOption(new Option('--quiet', 'no progress and no notes'))
    .addOption(new Option('--verbose', 'errors with their causes'))
    .addOption(new Option('--no-color', 'no colours (also by NO_COLOR)'))
}

const collect = (value: string, before: unknown): readonly string[] => [
  ...(Array.isArray(before) ? (before as string[]) : []),
  value,
]

function seedOf(text: string): number {
  const seed = Number(text)
  if (/^\d+$/.test(text) && Number.isSafeInteger(seed)) return seed
  throw new InputError('usage', `--seed is '${text}', it must be a whole number from 0 to ${Number.MAX_SAFE_INTEGER}`)
}

function globalsOf(options: Readonly<Record<string, unknown>>, world: World): GlobalOptions {
  const text = (name: string): string | undefined => (typeof options[name] === 'string' ? options[name] : undefined)
  const json = options['json'] === true || options['json'] === '-' ? true : text('json')
  return {
    json: typeof json === 'string' ? resolve(world.cwd, json) : json,
    config: text('config'),
    set: Array.isArray(options['set']) ? (options['set'] as readonly string[]) : [],
    home: resolve(world.cwd, text('home') ?? (world.env['AUTOTRADING_HOME'] || '.autotrading')),
    seed: typeof options['seed'] === 'number' ? options['seed'] : undefined,
    quiet: options['quiet'] === true,
    verbose: options['verbose'] === true,
    color: options['color'] !== false && !world.env['NO_COLOR'] && 'isTTY' in world.stdout && world.stdout.isTTY === true,
  }
}

/**
 * `data validate --json bars.csv` means the file to validate, not a report: of a command with arguments, `--json` takes
 * the next word only when it could be a report.
 */
function withPlainJson(argv: readonly string[], leaf: Command): readonly string[] {
  if (leaf.registeredArguments.length === 0) return argv
  return argv.map((token, i) => {
    const next = argv[i + 1]
    const isReport = next === undefined || next.startsWith('-') || next.endsWith('.json')
    return token === '--json' && !isReport ? '--json=-' : token
  })
}

/** The exit code when parsing itself ended the run (help, version); undefined when the command ran. */
async function parse(root: Command, called: Command, argv: readonly string[], world: World): Promise<ExitCode | undefined> {
  const writes = {
    writeOut: (text: string) => void world.stdout.write(text),
    writeErr: (text: string) => void world.stderr.write(text),
  }
  const every = [root, ...root.commands, ...root.commands.flatMap((command) => command.commands)]
  for (const command of every) command.configureOutput({ ...writes, outputError: () => undefined })
  try {
    await root.parseAsync(argv, { from: 'user' })
    return undefined
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode === 0) return Exit.done
    throw usageError(error, called)
  }
}

function usageError(error: CommanderError, command: Command): InputError {
  const [message, suggestion] = error.message.replace(/^error: /, '').split('\n')
  const path = [command.parent?.parent?.name(), command.parent?.name(), command.name()]
    .filter((name) => name !== undefined)
    .join(' ')
  const meant = suggestion === undefined ? '' : `${suggestion.replace(/[()]/g, '')} `
  return new InputError('usage', message, { next: `${meant}'${path} --help' shows what there is.` })
}
