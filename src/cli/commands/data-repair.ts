/**
 * `data repair`: repaired copies of damaged files with a record of every change, never in place.
 */
import { realpathSync, existsSync } from 'node:fs'
import { basename, join, relative, resolve, sep } from 'node:path'
import { systemClock } from '../../core/clock.ts'
import { hint } from '../../core/did-you-mean.ts'
import { InputError } from '../../core/errors.ts'
import { toMs } from '../../core/time.ts'
import { fixes } from '../../data/repair/fixes.ts'
import type { Fix } from '../../data/repair/fix.ts'
import { repairFile } from '../../data/repair/repair-file.ts'
import type { RepairResult } from '../../data/repair/repair-file.ts'
import { findFiles } from '../../data/validate/find-files.ts'
import type { FoundFile } from '../../data/validate/find-files.ts'
import type { CommandDefinition, CommandIo } from '../command.ts'
import { Exit } from '../exit.ts'
import { interrupted } from '../output.ts'
import { typedPaths } from './data-validate.ts'

const SAFE = 'safe'

export const command: CommandDefinition = {
  examples: [
    'autotrading data repair data/BTCUSDT-1h.csv.gz --out repaired',
    'autotrading data repair data --out repaired --fix safe,fill-gaps --json',
  ],
  configure: (cli) =>
    cli
      .argument('<PATH...>', 'files or folders')
      .requiredOption('--out <DIR>', 'where the repaired copies go')
      .option(
        '--fix <KIND,...>',
        `what to mend: ${SAFE} (the default, all marked *), ${fixes.map(({ name, safe }) => `${name}${safe ? '*' : ''}`).join(', ')}`,
      )
      .addHelpText(
        'after',
        `\nFixes:\n${fixes.map(({ name, title, safe }) => `  ${`${name}${safe ? '*' : ''}`.padEnd(16)} ${title}`).join('\n')}\n`,
      ),
  onInterrupt: 'finish',
  async run(options, io) {
    const chosen = chosenFixes(typeof options['fix'] === 'string' ? options['fix'] : SAFE)
    const out = resolve(io.cwd, String(options['out']))
    const paths = typedPaths(io)
    const found = await findFiles(paths)
    refuseSourceFolder(found.files, out)
    const targets = targetsOf(found.files, paths, out)
    const progress = await io.out.progress('repair', found.files.length)
    const results: RepairResult[] = []
    try {
      for (const [i, { file }] of found.files.entries()) {
        if (io.signal.aborted) throw interrupted()
        progress.update(i, file.path)
        results.push(await repairFile(file, targets[i], { fixes: chosen, nowMs: toMs(systemClock.now()) }))
      }
    } finally {
      progress.stop()
    }
    io.out.document({
      schema: 'autotrading.data-repair/1',
      fixes: chosen.map(({ name }) => name),
      out,
      files: results.map((result) => ({ ...result, changes: result.changes.length })),
    } as const)
    for (const result of results) for (const line of linesOf(result, io)) io.out.print(line)
    io.out.print(summary(results))
    return results.some(({ left }) => left.some(({ weight }) => weight === 'critical' || weight === 'fatal'))
      ? Exit.wanting
      : Exit.done
  },
}

function chosenFixes(text: string): readonly Fix[] {
  const names = text.split(',').map((name) => name.trim())
  for (const name of names)
    if (name !== SAFE && !fixes.some((fix) => fix.name === name)) {
      const known = [SAFE, ...fixes.map((fix) => fix.name)]
      throw new InputError('fix-unknown', `--fix: there is no fix '${name}'`, {
        where: { value: name },
        next: hint(name, known),
      })
    }
  return fixes.filter(({ name, safe }) => names.includes(name) || (safe && names.includes(SAFE)))
}

/** A copy among the originals would be taken for one of them. */
function refuseSourceFolder(files: readonly FoundFile[], out: string): void {
  const real = existsSync(out) ? realpathSync(out) : out
  for (const { file } of files) {
    const source = realpathSync(file.path)
    if (source.startsWith(real + sep))
      throw new InputError('repair-in-place', `--out ${out} is a folder of the originals: ${file.path} lies in it`, {
        where: { folder: out, file: file.path },
        next: 'Name another folder; originals are never changed.',
      })
  }
}

/** Where each copy goes: under the name of its source, with the folders below the path that was named. Archives become .csv.gz. */
function targetsOf(files: readonly FoundFile[], paths: readonly string[], out: string): readonly string[] {
  const targets = files.map(({ file }) => {
    const root = paths.find((path) => resolve(file.path).startsWith(resolve(path) + sep))
    const name = root === undefined ? basename(file.path) : relative(root, file.path)
    return join(out, name.replace(/\.zip$/i, '.csv.gz'))
  })
  const twice = targets.find((target, i) => targets.indexOf(target) !== i)
  if (twice !== undefined)
    throw new InputError('repair-same-name', `two of the files would both become ${twice}`, {
      where: { file: twice },
      next: 'Repair them one by one, into different folders.',
    })
  return targets
}

const LEFT_SHOWN = 5

function linesOf(
  { path, outcome, result, changes, left, notes, scoreBefore, scoreAfter }: RepairResult,
  io: CommandIo,
): string[] {
  if (outcome === 'clean' || outcome === 'not-data') return []
  const byFix = [...Map.groupBy(changes, ({ fix }) => fix)].map(([fix, list]) => `${fix} ${list.length}`).join(', ')
  const where = result === undefined ? 'nothing to mend with these fixes' : `${byFix}; written to ${relative(io.cwd, result)}`
  const rest = left
    .slice(0, LEFT_SHOWN)
    .map(({ check, line, message }) => `    left: ${check}${line === undefined ? '' : ` line ${line}`}: ${message}`)
  return [
    `${path}: ${scoreBefore ?? '-'} -> ${scoreAfter ?? '-'}, ${where}`,
    ...notes.map((note) => `    ${note}`),
    ...rest,
    ...(left.length > LEFT_SHOWN ? [`    and ${left.length - LEFT_SHOWN} more places left as they are`] : []),
  ]
}

function summary(results: readonly RepairResult[]): string {
  const number = (outcome: RepairResult['outcome']): number => results.filter((result) => result.outcome === outcome).length
  return `${number('repaired')} repaired, ${number('clean')} without a flaw, ${number('left')} left as they are.`
}
