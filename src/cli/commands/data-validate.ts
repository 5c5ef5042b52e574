/**
 * `data validate`: what is wrong with files of market data, where, and a score from 0 to 100. Reads, writes nothing.
 */
import { InvalidArgumentError } from 'commander'
import { relative, resolve } from 'node:path'
import { systemClock } from '../../core/clock.ts'
import { toMs } from '../../core/time.ts'
import { passes, validationDocument } from '../../data/validate/document.ts'
import { findFiles } from '../../data/validate/find-files.ts'
import { validate } from '../../data/validate/validate.ts'
import type { CommandDefinition, CommandIo } from '../command.ts'
import { renderValidation } from '../data-validate-report.ts'
import { Exit } from '../exit.ts'
import { interrupted } from '../output.ts'

/** Below this a file is not good enough to decide about money. */
const MIN_SCORE = 90

export const command: CommandDefinition = {
  examples: [
    'autotrading data validate data',
    'autotrading data validate data/BTCUSDT-1h.csv.gz data/BTCUSDT-1m-2024-05.zip --min-score 98 --json',
  ],
  configure: (cli) =>
    cli
      .argument('<PATH...>', 'files or folders')
      .option('--min-score <POINTS>', 'exit 1 when a file has less', parseScore, MIN_SCORE),
  onInterrupt: 'finish',
  async run(options, io) {
    const minScore = options['minScore'] as number
    const found = await findFiles(typedPaths(io))
    const progress = await io.out.progress(
      'validate',
      found.files.reduce((sum, { bytes }) => sum + bytes, 0),
    )
    let validation
    try {
      validation = await validate(found, {
        nowMs: toMs(systemClock.now()),
        onProgress: ({ path, bytes }) => progress.update(bytes, path),
        signal: io.signal,
      })
    } finally {
      progress.stop()
    }
    if (io.signal.aborted) throw interrupted()
    const document = validationDocument(validation, minScore)
    io.out.document(document)
    if (io.globals.json !== true) io.out.print(renderValidation(document, io.out))
    const judged = validation.files.filter(({ score }) => score !== undefined)
    return judged.length > 0 && validation.files.every((file) => passes(file, minScore)) ? Exit.done : Exit.wanting
  },
}

/** The paths as they were typed: reports name files as the user does. */
export function typedPaths({ args, cwd }: CommandIo): readonly string[] {
  const paths = (args[0] as readonly string[]).map(String)
  return cwd === process.cwd() ? paths : paths.map((path) => relative(process.cwd(), resolve(cwd, path)))
}

function parseScore(text: string): number {
  const score = Number(text)
  if (text.trim() === '' || !(score >= 0 && score <= 100)) throw new InvalidArgumentError('It is a number from 0 to 100.')
  return score
}
