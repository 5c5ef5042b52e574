/**
 * One file to its repaired copy: the fixes are made, the result is judged as any file is, and what stays wrong is said.
 *
 * Reads the source; writes the copy and its record, never the source.
 */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { gzipSync } from 'node:zlib'
import { InputError, OutsideError } from '../../core/errors.ts'
import { writeWholeFile } from '../../storage/whole-file.ts'
import type { NamedFile } from '../validate/file-name.ts'
import { namedFile } from '../validate/file-name.ts'
import { readAll } from '../validate/read/bytes.ts'
import { scoreOf } from '../validate/score.ts'
import { validateFile } from '../validate/validate-file.ts'
import type { FileResult } from '../validate/validate-file.ts'
import { fixes } from './fixes.ts'
import type { Fix } from './fix.ts'
import { tableOf } from './table.ts'
import type { Change, Table } from './table.ts'

export interface RepairOptions {
  readonly fixes: readonly Fix[]
  readonly nowMs: number
}

export interface Left {
  readonly check: string
  readonly weight: string
  readonly line: number | undefined
  readonly message: string
}

export interface RepairResult {
  readonly path: string
  /** `repaired`: a copy was written. `clean`: nothing to do. `left`: there are flaws, and none that the fixes mend. */
  readonly outcome: 'repaired' | 'clean' | 'left' | 'not-data'
  /** The copy, and its record. */
  readonly result: string | undefined
  readonly record: string | undefined
  readonly changes: readonly Change[]
  readonly left: readonly Left[]
  /** What a fix could not do, in its words. */
  readonly notes: readonly string[]
  readonly scoreBefore: number | undefined
  readonly scoreAfter: number | undefined
}

/** Longer texts do not fit into memory as lines. */
const TEXT_BYTES_MAX = 2 ** 29

/** `target` is where the copy goes: a path without a file yet, or with an earlier copy of the same source. */
export async function repairFile(file: NamedFile, target: string, options: RepairOptions): Promise<RepairResult> {
  const before = await validateFile(file, { nowMs: options.nowMs })
  const scoreBefore = before.kind === undefined ? undefined : scoreOf(before.findings.deductions())
  const nothing = { path: file.path, result: undefined, record: undefined, changes: [], scoreBefore, scoreAfter: scoreBefore }
  if (scoreBefore === undefined && before.findings.deductions().length === 0)
    return { ...nothing, outcome: 'not-data', left: [], notes: [] }
  if (scoreBefore === 100) return { ...nothing, outcome: 'clean', left: [], notes: [] }
  const unrepaired = (...notes: readonly string[]): RepairResult => ({ ...nothing, outcome: 'left', left: leftOf(before), notes })
  if (file.format !== 'csv') return unrepaired(`files of ${file.format} are not repaired, only CSV is`)
  const text = await linesOf(file.path)
  if (text === undefined) return unrepaired(`the file is longer than ${TEXT_BYTES_MAX} bytes, which is the most that is repaired`)
  const table = tableOf(text.lines, text.unterminated, file.hint)
  if (table === undefined) return unrepaired('the columns are those of nothing that is known')
  const interval = before.series[0]?.interval
  for (const fix of fixes) if (options.fixes.includes(fix)) fix.apply(table, { interval, cut: text.damage.length > 0 })
  if (table.changes.length === 0 && text.damage.length === 0) return unrepaired(...table.left)
  const damage = text.damage.map((why): Change => ({
    fix: 'truncated',
    line: undefined,
    before: undefined,
    after: undefined,
    why,
  }))
  const changes = [...damage, ...table.changes]
  return writeCopy({ file, target, table, changes, sourceSha256: text.sha256, scoreBefore, options })
}

interface Lines {
  readonly lines: readonly string[]
  readonly unterminated: boolean
  readonly sha256: string
  /** What was wrong with the packed bytes. */
  readonly damage: readonly string[]
}

async function linesOf(path: string): Promise<Lines | undefined> {
  const chunks: Uint8Array[] = []
  let size = 0
  const { sha256, troubles } = await readAll(path, (chunk) => {
    size += chunk.length
    if (size <= TEXT_BYTES_MAX) chunks.push(Uint8Array.from(chunk))
  })
  if (size > TEXT_BYTES_MAX) return undefined
  // A character a byte: what is no UTF-8 comes out as it went in.
  const lines = Buffer.concat(chunks).toString('latin1').split('\n')
  const unterminated = lines.at(-1) !== ''
  const damage = troubles.filter(({ kind }) => kind === 'unreadable').map(({ message }) => message)
  return { lines: unterminated ? lines : lines.slice(0, -1), unterminated, sha256, damage }
}

interface Copy {
  readonly file: NamedFile
  readonly target: string
  readonly table: Table
  readonly changes: readonly Change[]
  readonly sourceSha256: string
  readonly scoreBefore: number | undefined
  readonly options: RepairOptions
}

async function writeCopy({ file, target, table, changes, sourceSha256, scoreBefore, options }: Copy): Promise<RepairResult> {
  const lines = [...(table.header === undefined ? [] : [table.header]), ...table.rows.map(({ text }) => text)]
  const text = Buffer.from(`${lines.join('\n')}\n`, 'latin1')
  const bytes = target.endsWith('.gz') ? gzipSync(text) : text
  const record = `${target}.repairs.json`
  refuseStranger(target, record, sourceSha256)
  writeWhole(target, bytes)
  const named = namedFile(target)
  const after =
    named === undefined ? undefined : await validateFile({ ...named, hint: file.hint ?? named.hint }, { nowMs: options.nowMs })
  const left = after === undefined ? [] : leftOf(after)
  const scoreAfter = after === undefined ? undefined : scoreOf(after.findings.deductions())
  const notes = table.left
  writeWhole(
    record,
    `${JSON.stringify(
      {
        schema: 'autotrading.repairs/1',
        source: { path: file.path, sha256: sourceSha256 },
        result: { path: target, sha256: createHash('sha256').update(bytes).digest('hex') },
        fixes: options.fixes.map(({ name }) => name),
        scoreBefore: scoreBefore ?? null,
        scoreAfter: scoreAfter ?? null,
        changes: changes.map((change) => ({
          fix: change.fix,
          line: change.line ?? null,
          before: shown(change.before),
          after: shown(change.after),
          why: change.why,
        })),
        left: left.map((entry) => ({ ...entry, line: entry.line ?? null })),
        notes,
      },
      undefined,
      1,
    )}\n`,
  )
  return { path: file.path, outcome: 'repaired', result: target, record, changes, left, notes, scoreBefore, scoreAfter }
}

/** Texts of the file are kept a character a byte. */
const shown = (text: string | undefined): string | null =>
  text === undefined ? null : Buffer.from(text, 'latin1').toString('utf8')

const leftOf = ({ findings }: FileResult): Left[] =>
  findings
    .list()
    .filter(({ rule }) => rule.weight !== 'notice')
    .map(({ rule, line, message }) => ({ check: rule.name, weight: rule.weight, line, message }))

/** Only an earlier copy of the same source may be replaced. */
function refuseStranger(target: string, record: string, sourceSha256: string): void {
  if (!existsSync(target)) return
  try {
    const known = JSON.parse(readFileSync(record, 'utf8')) as { readonly source?: { readonly sha256?: unknown } }
    if (known.source?.sha256 === sourceSha256) return
  } catch {
    // No record, or none of ours: the file is somebody's.
  }
  throw new InputError('repair-target-exists', `${target} exists and is no earlier repair of this file`, {
    where: { file: target },
    next: 'Name another folder with --out.',
  })
}

function writeWhole(path: string, content: string | Uint8Array): void {
  try {
    mkdirSync(dirname(path), { recursive: true })
    writeWholeFile(path, content)
  } catch (cause) {
    throw new OutsideError('repair-write', `${path} could not be written`, {
      cause,
      where: { file: path },
      next: 'Check the permissions and the space on that disk.',
      retryable: true,
    })
  }
}
