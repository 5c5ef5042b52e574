/**
 * `attribution`: whose the result of a finished run is, from its report. Reads the report, writes a page on demand; never
 * computes a backtest again.
 */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { InputError } from '../../core/errors.ts'
import { againstHolding } from '../../research/attribution/against-holding.ts'
import { attributedRun } from '../../research/attribution/report-file.ts'
import { VIEWS } from '../../research/attribution/terminal.ts'
import type { AttributionView } from '../../research/attribution/terminal.ts'
import { textOption } from '../backtest-options.ts'
import { checkPageFile, OUT_FILES, writePageText } from '../backtest-report.ts'
import type { CommandDefinition } from '../command.ts'

export const command: CommandDefinition = {
  examples: [
    'autotrading attribution results/run',
    'autotrading attribution results/run --by regime',
    'autotrading attribution report.json --html attribution.html --json attribution.json',
  ],
  configure: (cli) =>
    cli
      .argument('<RUN>', 'a report.json, or a folder that `backtest --out` wrote')
      .option('--by <WHAT>', `one table only: ${VIEWS.join(', ')}`)
      .option('--html <FILE>', 'write it as a page'),
  async run(options, io) {
    const by = viewOf(textOption(options, 'by'))
    const page = textOption(options, 'html')
    const path = page === undefined ? undefined : resolve(io.cwd, page)
    if (path !== undefined) checkPageFile(path)
    const name = String(io.args[0])
    const attributed = attributedRun(readReport(name, io.cwd), name)
    const { run, attribution } = attributed
    const effects = againstHolding(attribution)
    if (path !== undefined) {
      const { renderAttributionHtml } = await import('../../research/attribution/html.ts')
      writePageText(path, renderAttributionHtml(attributed, effects, io.version))
    }
    io.out.document({
      schema: 'autotrading.attribution/1',
      report: name,
      strategy: run.strategy,
      digest: run.digest,
      period: { fromMs: run.period.fromMs, toMs: run.period.toMs },
      attribution,
      againstHolding: effects ?? null,
    } as const)
    if (io.globals.json !== true) {
      const { renderAttribution } = await import('../../research/attribution/terminal.ts')
      io.out.print(renderAttribution(attributed, effects, { by, width: io.out.width, color: io.out.color }))
    }
    if (path !== undefined) io.out.note(`Written: ${path}`)
  },
}

function viewOf(text: string | undefined): AttributionView | undefined {
  if (text === undefined) return undefined
  const found = VIEWS.find((view) => view === text)
  if (found !== undefined) return found
  throw new InputError('usage', `--by is '${text}', it must be one of ${VIEWS.join(', ')}`, {
    next: 'Leave it out for all tables.',
  })
}

/** @throws InputError when there is no readable report. */
function readReport(name: string, cwd: string): string {
  const given = resolve(cwd, name)
  const file = existsSync(given) && statSync(given).isDirectory() ? join(given, OUT_FILES.report) : given
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new InputError(
      'report-missing',
      `there is no readable report at ${file === given ? name : join(name, OUT_FILES.report)}`,
      {
        cause,
        where: { file },
        next: 'Check the path; `autotrading backtest --out DIR` or `--json FILE` writes one.',
      },
    )
  }
}
