/**
 * Runs the benchmarks, each in a process of its own so that none inherits the heap and the compiled code of another, and prints
 * one table: `npm run bench [-- --short] [name...]`. Never a test with a time limit: it fails only when a benchmark does.
 *
 * Reads `bench/*.bench.ts`, writes `bench/results/latest.json`.
 */
import { spawn } from 'node:child_process'
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { parseArgs } from 'node:util'
import type { Bench, BenchOutcome, BenchReport, Result } from './bench.ts'

const folder = new URL('.', import.meta.url)
const MEBIBYTE = 2 ** 20
/** What `./autotrading` starts the program with. */
const LAUNCHER_FLAGS = ['--max-inlined-bytecode-size=1000', '--max-inlined-bytecode-size-cumulative=4000']

async function runAll(names: readonly string[], short: boolean): Promise<number> {
  const files = filesOf(names)
  if (files === undefined) return 2
  const benches: BenchOutcome[] = []
  for (const file of files) {
    process.stderr.write(`${file} ...\n`)
    benches.push(await runApart(file, short))
  }
  const report: BenchReport = {
    schema: 'autotrading.bench/1',
    short,
    runtime: `node ${process.versions.node}`,
    machine: `${cpus().length} x ${cpus()[0]?.model.trim() ?? 'unknown'}`,
    benches,
  }
  mkdirSync(new URL('results/', folder), { recursive: true })
  writeFileSync(new URL('results/latest.json', folder), `${JSON.stringify(report, undefined, 2)}\n`)
  console.log(table(benches))
  for (const { name, error } of benches) if (error !== null) console.error(`${name} failed: ${error}`)
  return benches.some(({ error }) => error !== null) ? 1 : 0
}

/** Undefined, and said on stderr, when a name fits no file. `w1` is w1 and not w10; a part after the number may be left out. */
function filesOf(names: readonly string[]): readonly string[] | undefined {
  // Workloads by their number, then the others.
  const number = (file: string): number => Number(/^w(\d+)/.exec(file)?.[1] ?? Infinity)
  const all = readdirSync(folder)
    .filter((file) => file.endsWith('.bench.ts'))
    .sort((a, b) => (number(a) === number(b) ? (a < b ? -1 : 1) : number(a) < number(b) ? -1 : 1))
  const fits = (file: string, name: string): boolean =>
    file === name || file === `${name}.bench.ts` || file.startsWith(`${name.toLowerCase()}-`)
  const unknown = names.filter((name) => !all.some((file) => fits(file, name)))
  if (unknown.length > 0) {
    console.error(
      `error: there is no benchmark ${unknown.join(', ')}. There are: ${all.map((file) => file.replace('.bench.ts', '')).join(', ') || 'none'}.`,
    )
    return undefined
  }
  return names.length === 0 ? all : all.filter((file) => names.some((name) => fits(file, name)))
}

/** In a child process: this very file with `--only`. The outcome comes back over the IPC channel. */
async function runApart(file: string, short: boolean): Promise<BenchOutcome> {
  const child = spawn(
    process.execPath,
    ['--expose-gc', ...LAUNCHER_FLAGS, fileURLToPath(import.meta.url), '--only', file, ...(short ? ['--short'] : [])],
    {
      stdio: ['ignore', 2, 2, 'ipc'],
    },
  )
  let outcome: BenchOutcome | undefined
  child.on('message', (message) => {
    outcome = message as BenchOutcome
  })
  return new Promise((done) => {
    child.on('close', (code, signal) => {
      const broken: BenchOutcome = {
        name: file,
        title: '',
        goal: '',
        floor: '',
        results: [],
        error: `the process ended with ${signal ?? `code ${code}`}`,
      }
      done(outcome !== undefined && code === 0 ? outcome : (outcome ?? broken))
    })
  })
}

async function runHere(file: string, short: boolean): Promise<void> {
  const { bench } = (await import(pathToFileURL(fileURLToPath(new URL(file, folder))).href)) as { readonly bench: Bench }
  const { name, title, goal, floor } = bench
  const send = (results: readonly Result[], error: string | null): void => {
    const outcome: BenchOutcome = { name, title, goal, floor, results, error }
    if (process.send === undefined) console.log(JSON.stringify(outcome, undefined, 2))
    else process.send(outcome, undefined, undefined, () => process.disconnect())
  }
  try {
    const results = await bench.run({ short })
    const peakMemoryMb = Math.round((process.resourceUsage().maxRSS * 1024) / MEBIBYTE)
    send(
      results.map((result) => ({ peakMemoryMb, ...result })),
      null,
    )
  } catch (error) {
    send([], error instanceof Error ? (error.stack ?? error.message) : String(error))
  }
}

// ---- The table -----------------------------------------------------------------------------------------------------------

const HEAD = ['name', 'median', 'rate', 'ratio to twin', 'goal', 'floor', 'peak memory', 'note']

function table(benches: readonly BenchOutcome[]): string {
  const rows = [HEAD, ...benches.flatMap((bench) => bench.results.map((result) => row(bench, result)))]
  const widths = HEAD.map((_, column) => Math.max(...rows.map((cells) => cells[column].length)))
  return rows
    .map((cells) =>
      cells
        .map((cell, i) => cell.padEnd(widths[i]))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

function row({ goal, floor }: BenchOutcome, result: Result): readonly string[] {
  const { perSecond, ratioToTwin, peakMemoryMb } = result
  return [
    result.name,
    `${figure(result.medianMs)} ms`,
    perSecond === undefined ? '-' : `${rate(perSecond)} ${result.unit ?? ''}/s`,
    ratioToTwin === undefined ? '-' : `${ratioToTwin.toFixed(2)}x${result.twin === undefined ? '' : ` of ${result.twin}`}`,
    goal,
    floor,
    peakMemoryMb === undefined ? '-' : `${peakMemoryMb} MB`,
    result.note ?? '',
  ]
}

const figure = (value: number): string => (value >= 100 ? value.toFixed(0) : value >= 1 ? value.toFixed(1) : value.toPrecision(2))
const rate = (perSecond: number): string =>
  perSecond >= 1e6 ? `${figure(perSecond / 1e6)} M` : perSecond >= 1e3 ? `${figure(perSecond / 1e3)} k` : figure(perSecond)

// ---- The command line, after everything it uses --------------------------------------------------------------------------

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    short: { type: 'boolean', default: false },
    only: { type: 'string' },
    help: { type: 'boolean', short: 'h', default: false },
  },
})

if (values.help) console.log('npm run bench [-- --short] [name...]\n\nExample:\n  $ npm run bench -- --short w1')
else if (values.only !== undefined) await runHere(values.only, values.short)
else process.exitCode = await runAll(positionals, values.short)
