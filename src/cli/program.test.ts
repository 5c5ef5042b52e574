/** The command line through its front door: exit codes, what goes to which stream, and which files it leaves alone. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { InputError, OutsideError } from '../core/errors.ts'
import type { CommandDefinition, CommandIo } from './command.ts'
import { commands, groups } from './commands.ts'
import { Exit, exitCodeOf } from './exit.ts'
import { interrupted } from './output.ts'
import { runCommandLine, type World } from './program.ts'

class Memory extends Writable {
  text = ''
  override _write(chunk: unknown, _encoding: string, done: () => void): void {
    this.text += String(chunk)
    done()
  }
}

let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'autotrading-cli-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const seen: { options?: Readonly<Record<string, unknown>>; io?: CommandIo } = {}
const probe: CommandDefinition = {
  examples: ['autotrading probe --depth 3'],
  configure: (command) => command.option('--depth <N>', 'how deep'),
  run(options, io) {
    Object.assign(seen, { options, io })
    io.out.note('working')
    io.out.print('found 7')
    io.out.document({ schema: 'autotrading.probe/1', sharpe: undefined, found: 7 })
  },
}
const failing = (error: unknown): CommandDefinition => ({
  examples: ['autotrading fail'],
  run: () => {
    throw error
  },
})
const inspect: CommandDefinition = {
  examples: ['autotrading data validate bars.csv'],
  configure: (command) => command.argument('<path...>', 'what to look at'),
  run(_options, io) {
    Object.assign(seen, { io })
    io.out.document({ schema: 'autotrading.data-validate/1' })
    return Exit.wanting
  },
}

async function run(
  argv: readonly string[],
  { env = {}, failure = new Error('boom') }: { env?: World['env']; failure?: unknown } = {},
) {
  const [stdout, stderr] = [new Memory(), new Memory()]
  const entry = (name: string, command: CommandDefinition) => ({
    name,
    summary: `does ${name}`,
    load: () => Promise.resolve({ command }),
  })
  const exit = await runCommandLine(argv, {
    commands: [entry('probe', probe), entry('data validate', inspect), entry('fail', failing(failure))],
    groups: { data: 'market data' },
    version: '1.2.3',
    stdout,
    stderr,
    env,
    cwd: folder,
    listen: () => ({ signal: new AbortController().signal, compute: (work) => work() }),
  })
  return { exit, stdout: stdout.text, stderr: stderr.text }
}

describe('results and notes', () => {
  it('prints results on stdout and notes on stderr', async () => {
    expect(await run(['probe'])).toEqual({ exit: 0, stdout: 'found 7\n', stderr: 'working\n' })
  })
  it('gives stdout to the document with --json, and writes null for what is undefined', async () => {
    const { stdout, stderr } = await run(['probe', '--json'])
    expect(stdout).toBe('{"schema":"autotrading.probe/1","sharpe":null,"found":7}\n')
    expect(stderr).toBe('working\nfound 7\n')
  })
  it('silences notes with --quiet, before and after the command', async () => {
    expect((await run(['probe', '--quiet'])).stderr).toBe('')
    expect((await run(['--quiet', 'probe'])).stderr).toBe('')
  })
  it('writes the document to a file, and over an earlier report of ours', async () => {
    for (const round of [1, 2])
      expect({ round, ...(await run(['probe', '--json', 'out.json'])) }).toMatchObject({ exit: 0, stdout: '' })
    expect(JSON.parse(readFileSync(join(folder, 'out.json'), 'utf8'))).toEqual({
      schema: 'autotrading.probe/1',
      sharpe: null,
      found: 7,
    })
  })
  it.each([
    ['another name', 'out.txt', undefined],
    ['a document of somebody else', 'package.json', '{"name":"x"}'],
    ['what is no JSON', 'notes.json', 'remember the milk'],
    ['a folder that is not there', 'gone/out.json', undefined],
  ])('refuses --json with %s before any work, and leaves the file alone', async (_what, name, content) => {
    if (content !== undefined) writeFileSync(join(folder, name), content)
    delete seen.io
    expect((await run(['probe', '--json', name])).exit).toBe(2)
    expect(seen.io).toBeUndefined()
    if (content !== undefined) expect(readFileSync(join(folder, name), 'utf8')).toBe(content)
  })
})

describe('options', () => {
  it('has the global ones everywhere, and its own', async () => {
    await run(['--home', 'h', 'probe', '--depth', '3', '--set', 'a.b=1', '--set', 'c=2', '--seed', '42', '--config', 'x.yaml'])
    expect(seen.options?.['depth']).toBe('3')
    expect(seen.io?.globals).toEqual({
      json: undefined,
      config: 'x.yaml',
      set: ['a.b=1', 'c=2'],
      home: join(folder, 'h'),
      seed: 42,
      quiet: false,
      verbose: false,
      color: false,
    })
  })
  it('takes home from the flag, then from the environment, then the default', async () => {
    await run(['probe'], { env: { AUTOTRADING_HOME: '/somewhere' } })
    expect(seen.io?.globals.home).toBe('/somewhere')
    await run(['probe', '--home', 'here'], { env: { AUTOTRADING_HOME: '/somewhere' } })
    expect(seen.io?.globals.home).toBe(join(folder, 'here'))
    await run(['probe'])
    expect(seen.io?.globals.home).toBe(join(folder, '.autotrading'))
  })
  it('does not take a file to look at for a report to write', async () => {
    expect(await run(['data', 'validate', '--json', 'bars.csv', 'more.csv'])).toMatchObject({
      exit: 1,
      stdout: '{"schema":"autotrading.data-validate/1"}\n',
    })
    expect(seen.io?.args).toEqual([['bars.csv', 'more.csv']])
    await run(['data', 'validate', 'bars.csv', '--json', 'report.json'])
    expect(seen.io?.args).toEqual([['bars.csv']])
    expect(JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8'))).toEqual({ schema: 'autotrading.data-validate/1' })
  })
  it.each(['-1', '1.5', 'x', '', '99999999999999999999'])('refuses --seed %j', async (seed) =>
    expect((await run(['probe', `--seed=${seed}`])).exit).toBe(2),
  )
})

describe('help and wrong usage', () => {
  it('shows all commands, one command, a group, each with an example', async () => {
    const all = await run(['--help'])
    expect(all).toMatchObject({ exit: 0, stderr: '' })
    for (const part of ['probe', 'data', 'Example', '130 interrupted']) expect(all.stdout).toContain(part)
    for (const argv of [
      ['probe', '--help'],
      ['help', 'probe'],
    ]) {
      const one = await run(argv)
      expect(one).toMatchObject({ exit: 0, stderr: '' })
      for (const part of ['--depth', '--json', 'Example', 'autotrading probe --depth 3']) expect(one.stdout).toContain(part)
    }
    expect((await run(['data', '--help'])).stdout).toContain('validate')
    expect((await run(['data', 'validate', '--help'])).stdout).toContain('autotrading data validate bars.csv')
  })
  it('prints the version', async () => expect(await run(['--version'])).toEqual({ exit: 0, stdout: '1.2.3\n', stderr: '' }))
  it('shows what there is, as wrong usage, when nothing was asked for', async () => {
    for (const argv of [[], ['data']]) expect(await run(argv)).toMatchObject({ exit: 2, stdout: '' })
  })
  it.each([
    [['prob'], 'Did you mean probe?'],
    [['data', 'validat'], 'Did you mean validate?'],
    [['probe', '--dept', '3'], 'Did you mean --depth?'],
    [['probe', '--depth'], 'argument missing'],
    [['probe', 'extra'], 'too many arguments'],
    [['data', 'validate'], 'missing required argument'],
    [['--vrsion'], 'Did you mean --version?'],
  ])('answers %j with exit 2 and one paragraph', async (argv, part) => {
    const { exit, stdout, stderr } = await run(argv)
    expect({ exit, stdout }).toEqual({ exit: 2, stdout: '' })
    expect(stderr).toContain(part)
    expect(stderr.trim().split('\n')).toHaveLength(1)
  })
})

describe('errors', () => {
  it.each([
    [new InputError('x', 'leverage is 30'), 2],
    [new OutsideError('x', 'the exchange is silent', { retryable: true }), 3],
    [interrupted(), 130],
    [Object.assign(new Error('ENOSPC: no space left'), { syscall: 'write' }), 3],
    [new Error('boom'), 70],
    ['a text', 70],
  ])('%s means exit %i, told in one paragraph without a stack', async (failure, code) => {
    const { exit, stdout, stderr } = await run(['fail'], { failure })
    expect({ exit, stdout }).toEqual({ exit: code, stdout: '' })
    expect(stderr).toMatch(/^error: .+\n$/)
    expect(exitCodeOf(failure)).toBe(code)
  })
  it('adds the cause with --verbose', async () => {
    const failure = new InputError('x', 'the file is broken', { cause: new Error('row 7') })
    expect((await run(['fail'], { failure })).stderr).not.toContain('row 7')
    expect((await run(['fail', '--verbose'], { failure })).stderr).toContain('row 7')
  })
})

describe('the list of commands', () => {
  it.each(commands.map((entry) => [entry.name, entry] as const))('%s has a summary, an example and help', async (name, entry) => {
    expect(entry.summary).toMatch(/^[^A-Z.].*[^.]$/)
    const { command } = await entry.load()
    for (const example of command.examples) expect(example).toMatch(new RegExp(`^(autotrading|\\S+=\\S+ autotrading) ${name}\\b`))
    if (name.includes(' ')) expect(Object.keys(groups)).toContain(name.split(' ')[0])
  })
  it('has no name twice', () => expect(new Set(commands.map(({ name }) => name)).size).toBe(commands.length))
})
