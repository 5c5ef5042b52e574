/**
 * `--json FILE`: a report is written whole or not at all, and never over something that is not an earlier report of ours.
 *
 * Reads and writes that one file, and a temporary neighbour of it.
 */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { InputError, OutsideError } from '../core/errors.ts'
import { writeWholeFile } from '../storage/whole-file.ts'

/** Every document says what it is: `autotrading.<command>/<version>`. */
export type Schema = `autotrading.${string}/${number}`

export interface ReportDocument {
  readonly schema: Schema
}

/**
 * Whether a report may be written to `path`; asked before the work, so that nobody computes for an hour first.
 * @throws InputError when the name does not end in `.json`, the folder is missing, or the file there is not ours.
 */
export function checkReportFile(path: string): void {
  const where = { file: path }
  if (!path.endsWith('.json')) {
    throw new InputError('json-file-name', `--json ${path}: the name of a report must end in .json`, {
      where,
      next: 'Give such a name, or write --json - for stdout.',
    })
  }
  const folder = dirname(path)
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw new InputError('json-file-folder', `--json ${path}: there is no folder ${folder}`, {
      where,
      next: 'Create the folder, or name another file.',
    })
  }
  if (existsSync(path) && !isOurs(path)) {
    throw new InputError(
      'json-file-not-ours',
      `--json ${path}: this file exists and is not a report of AutoTrading, so it is not replaced`,
      {
        where,
        next: 'Name another file, or remove this one yourself.',
      },
    )
  }
}

function isOurs(path: string): boolean {
  try {
    const found: unknown = JSON.parse(readFileSync(path, 'utf8'))
    return (
      typeof found === 'object' &&
      found !== null &&
      'schema' in found &&
      typeof found.schema === 'string' &&
      found.schema.startsWith('autotrading.')
    )
  } catch {
    return false
  }
}

/** One document as JSON text with an end of line. What is undefined becomes `null`: an undefined statistic is never left out. */
export function reportText(document: ReportDocument): string {
  return `${JSON.stringify(document, (_key, value: unknown) => (value === undefined ? null : value))}\n`
}

/** @throws InputError as `checkReportFile` (asked again: the file may have changed since), OutsideError when it cannot be written. */
export function writeReportFile(path: string, document: ReportDocument): void {
  checkReportFile(path)
  try {
    writeWholeFile(path, reportText(document))
  } catch (cause) {
    throw new OutsideError('json-file-write', `--json ${path}: the report could not be written`, {
      cause,
      where: { file: path },
      next: 'Check the permissions and the space on that disk.',
      retryable: true,
    })
  }
}
