/**
 * `compare`: finished runs side by side, from their reports. Reads report files, writes a page on demand; never computes a
 * backtest again.
 */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { InputError } from '../../core/errors.ts'
import { compareRuns } from '../../research/compare/comparison.ts'
import { comparedRun } from '../../research/compare/run-file.ts'
import type { ComparedRun } from '../../research/compare/run-file.ts'
import { textOption } from '../backtest-options.ts'
import { checkPageFile, OUT_FILES, writePageText } from '../backtest-report.ts'
import type { CommandDefinition } from '../command.ts'

const LETTERS = 'ABCDEFGHIJKL'
const SAMPLES = 2_000
const SAMPLES_MAX = 100_000

export const command: CommandDefinition = {
  examples: [
    'autotrading compare results/before results/after',
    'autotrading compare fast.json slow.json slower.json --html compare.html',
    'autotrading compare before.json after.json --seed 7 --json differences.json',
  ],
  configure: (cli) =>
    cli
      .argument('<RUN...>', 'report.json files, or folders that `backtest --out` wrote; the others are compared with the first')
      .option('--html <FILE>', 'write the comparison as a page')
      .option('--samples <N>', `resamples of the intervals (${SAMPLES})`),
  async run(options, io) {
    const names = io.args[0] as readonly string[]
    const page = textOption(options, 'html')
    const path = page === undefined ? undefined : resolve(io.cwd, page)
    if (path !== undefined) checkPageFile(path)
    const samples = samplesOf(textOption(options, 'samples'))
    refuseCount(names)
    const runs = names.map((name, i) => readRun(name, { cwd: io.cwd, letter: LETTERS[i] }))
    const comparison = io.compute(() => compareRuns(runs, { seed: io.globals.seed ?? 1, samples }))

    if (path !== undefined) {
      const { renderComparisonHtml } = await import('../../research/compare/html.ts')
      writePageText(path, renderComparisonHtml(comparison, io.version))
    }
    io.out.document(comparison.document)
    if (io.globals.json !== true) {
      const { renderComparison } = await import('../../research/compare/terminal.ts')
      io.out.print(renderComparison(comparison, { width: io.out.width, color: io.out.color }))
    }
    if (path !== undefined) io.out.note(`Written: ${path}`)
  },
}

function refuseCount(names: readonly string[]): void {
  if (names.length >= 2 && names.length <= LETTERS.length) return
  throw new InputError(
    'compare-count',
    `compare takes 2 to ${LETTERS.length} runs, and ${names.length === 1 ? '1 was' : `${names.length} were`} given`,
    { next: 'Name the report.json files or --out folders of the runs.' },
  )
}

function samplesOf(text: string | undefined): number {
  if (text === undefined) return SAMPLES
  const value = Number(text)
  if (Number.isInteger(value) && value >= 100 && value <= SAMPLES_MAX) return value
  throw new InputError('usage', `--samples is '${text}', it must be a whole number from 100 to ${SAMPLES_MAX}`, {
    next: 'Leave it out for the default.',
  })
}

/** @throws InputError when there is no readable report. */
function readRun(name: string, { cwd, letter }: { readonly cwd: string; readonly letter: string }): ComparedRun {
  const given = resolve(cwd, name)
  const isFolder = existsSync(given) && statSync(given).isDirectory()
  const file = isFolder ? join(given, OUT_FILES.report) : given
  if (!existsSync(file))
    throw new InputError(
      'report-missing',
      isFolder ? `the folder ${name} holds no ${OUT_FILES.report}` : `there is no report ${name}`,
      {
        where: { file },
        next: 'Check the path; `autotrading backtest --out DIR` or `--json FILE` writes one.',
      },
    )
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    throw new InputError('report-unreadable', `${name} cannot be read`, {
      cause,
      where: { file },
      next: 'Check its permissions.',
    })
  }
  return comparedRun(text, { path: name, letter })
}
