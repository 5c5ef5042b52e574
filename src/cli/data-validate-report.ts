/**
 * The report of `data validate` on a terminal: what is wrong first and in full, what is clean in one line each.
 *
 * Text only; writes nothing. Without colour the text holds no escape code at all.
 */
import { basename } from 'node:path'
import { createColors } from 'picocolors'
import { formatDuration } from '../core/time.ts'
import type { FileDocument, FindingRow, ValidationDocument } from '../data/validate/document.ts'
import { count, date, decimal, minute } from '../research/report/format.ts'
import { clip, displayWidth, pad, printable, textTable, wrap } from '../research/report/text-table.ts'

export interface ReportOptions {
  readonly width: number
  readonly color: boolean
}

interface Pen {
  readonly width: number
  readonly c: ReturnType<typeof createColors>
}

const MARGIN = '  '
/** Places shown of each check. */
const PLACES_SHOWN = 3
const COMPARED_SHOWN = 12

export function renderValidation(document: ValidationDocument, { width, color }: ReportOptions): string {
  const pen: Pen = { width: Math.min(140, Math.max(60, Math.floor(width))) - 2 * MARGIN.length, c: createColors(color) }
  const judged = document.files.filter(({ score }) => score !== undefined)
  const told = judged.filter(isTold)
  const blocks = [
    ...told.map((file) => fileBlock(file, pen)),
    cleanBlock(
      judged.filter((file) => !isTold(file)),
      pen,
    ),
    otherBlock(document, pen),
    comparedBlock(document, pen),
    totals(document, pen),
  ].filter((block) => block.length > 0)
  const lines = blocks.flatMap((block) => ['', ...block])
  return `${lines.map((line) => (line === '' ? '' : `${MARGIN}${line}`)).join('\n')}\n`
}

const isTold = ({ findings }: FileDocument): boolean => findings.some(({ weight }) => weight !== 'notice')

function paintScore(
  text: string,
  { score, passed }: { readonly score: number | undefined; readonly passed: boolean },
  { c }: Pen,
): string {
  if (!passed) return c.red(text)
  return score === 100 ? c.green(text) : c.yellow(text)
}

// ---- A file with flaws ---------------------------------------------------------------------------------------------------

function fileBlock(file: FileDocument, pen: Pen): string[] {
  const { c, width } = pen
  const score = scoreText(file.score)
  const head = clip(printable(file.path), width - displayWidth(score) - 2)
  return [
    `${paintScore(c.bold(score), file, pen)}  ${c.bold(head)}`,
    c.dim(clip(subject(file), width)),
    verdict(file, pen),
    ...strip(file, pen),
    ...[...Map.groupBy(file.findings, ({ check }) => check).values()].flatMap((places) => checkLines(file, places, pen)),
  ]
}

const scoreText = (score: number | undefined): string =>
  (score === undefined ? '' : decimal(score, score === 100 ? 0 : 2)).padStart(6)

function subject(file: FileDocument): string {
  const symbols = file.series.length === 1 ? file.series[0].symbol : `${file.series.length} symbols`
  const intervals = [...new Set(file.series.map(({ interval }) => interval))].filter((name) => name !== undefined)
  const parts = [file.kind ?? 'unknown', symbols, intervals.join(', '), `${count(file.rows)} rows`, spanText(file)]
  return printable(parts.filter((part) => part !== '').join(' · '))
}

function spanText({ fromMs, toMs }: Pick<FileDocument, 'fromMs' | 'toMs'>): string {
  if (fromMs === undefined || toMs === undefined) return ''
  const write = toMs - fromMs < 4 * 86_400_000 ? minute : date
  return `${write(fromMs)} to ${write(toMs)}`
}

/** One sentence: whether it may be used, and why not. */
function verdict(file: FileDocument, { c, width }: Pen): string {
  const worst = file.deductions[0]
  const why = file.deductions
    .slice(0, 3)
    .map(({ title, rows }) => `${title} (${count(rows)})`)
    .join(', ')
  const more = file.deductions.length > 3 ? ` and ${file.deductions.length - 3} more` : ''
  const text = !file.readable
    ? `Not usable: ${why}${more}.`
    : file.passed
      ? `Usable, with ${worst === undefined ? 'nothing to deduct' : `${why}${more}`}.`
      : `Below the least score: ${why}${more}.`
  return (file.passed ? (s: string) => s : c.red)(clip(printable(text), width))
}

const DEPTH: readonly string[] = ['notice', 'minor', 'major', 'critical', 'fatal', 'total']
const BLOCKS = ['·', '▂', '▅', '█', '█', '█']

/** Where in time the flaws lie: a cell for each part of the span, as high as the gravest flaw in it. */
function strip(file: FileDocument, { c, width }: Pen): string[] {
  const { fromMs, toMs } = file
  if (fromMs === undefined || toMs === undefined || toMs <= fromMs) return []
  const located = file.findings.filter(({ timeMs, weight }) => timeMs !== undefined && weight !== 'notice')
  if (located.length === 0) return []
  const [left, right] = [date(fromMs), date(toMs)]
  const columns = Math.min(80, width - left.length - right.length - 2)
  const cells = new Array<number>(columns).fill(0)
  const cellOf = (time: number): number =>
    Math.min(columns - 1, Math.max(0, Math.floor(((time - fromMs) / (toMs - fromMs)) * columns)))
  for (const { timeMs = fromMs, endMs = timeMs, weight } of located)
    for (let cell = cellOf(timeMs); cell <= cellOf(endMs); cell += 1) cells[cell] = Math.max(cells[cell], DEPTH.indexOf(weight))
  const drawn = cells.map((depth) => (depth === 0 ? c.dim(BLOCKS[0]) : (depth >= 3 ? c.red : c.yellow)(BLOCKS[depth]))).join('')
  return [`${c.dim(left)} ${drawn} ${c.dim(right)}`]
}

function checkLines(file: FileDocument, places: readonly FindingRow[], { c, width }: Pen): string[] {
  const [{ check, weight }] = places
  const deduction = file.deductions.find((other) => other.check === check)
  const rows = deduction?.rows ?? places.reduce((sum, place) => sum + place.rows, 0)
  const paint = weight === 'notice' ? c.dim : weight === 'minor' || weight === 'major' ? c.yellow : c.red
  const cost = deduction === undefined ? '' : `−${decimal(deduction.points, 2)}`
  const head = `${pad(cost, 7, 'right')}  ${paint(check)} ${c.dim(`${weight}, ${count(rows)} ${rows === 1 ? 'row' : 'rows'} in ${count(places.length)} ${places.length === 1 ? 'place' : 'places'}`)}`
  // What costs nothing is counted and not told here.
  const shown = weight === 'notice' ? [] : places.slice(0, PLACES_SHOWN)
  const rest = weight === 'notice' ? 0 : places.length - shown.length
  return [
    head,
    ...shown.flatMap((place) =>
      wrap(printable(placeText(file, place)), width - 11).map((line, i) => `${' '.repeat(i === 0 ? 9 : 11)}${line}`),
    ),
    ...(rest > 0 ? [c.dim(`${' '.repeat(9)}and ${count(rest)} more places`)] : []),
  ]
}

function placeText(file: FileDocument, place: FindingRow): string {
  const { line, lastLine, timeMs, endMs, symbol } = place
  const unit = file.path.endsWith('.parquet') || file.path.endsWith('.json') ? 'row' : 'line'
  const where = [
    line === undefined ? '' : lastLine === undefined || lastLine === line ? `${unit} ${line}` : `${unit}s ${line}–${lastLine}`,
    file.series.length > 1 && symbol !== undefined ? symbol : '',
    timeMs === undefined ? '' : minute(timeMs),
    timeMs !== undefined && endMs !== undefined && endMs > timeMs ? `for ${formatDuration((endMs - timeMs) * 1_000)}` : '',
  ].filter((part) => part !== '')
  return `${where.length === 0 ? '' : `${where.join(' ')}: `}${place.message}`
}

// ---- The rest --------------------------------------------------------------------------------------------------------------

function cleanBlock(files: readonly FileDocument[], { width, c }: Pen): string[] {
  if (files.length === 0) return []
  return textTable(
    files,
    [
      { title: 'score', text: ({ score }) => scoreText(score).trim(), align: 'right', paint: c.green },
      { title: 'file', text: ({ path }) => path },
      { title: 'kind', text: ({ kind }) => kind ?? '', expendable: 1 },
      { title: 'rows', text: ({ rows }) => count(rows), align: 'right', expendable: 2 },
      { title: 'span', text: spanText, expendable: 3 },
      {
        title: 'notices',
        text: ({ findings }) => (findings.length === 0 ? '' : String(findings.length)),
        align: 'right',
        expendable: 4,
      },
    ],
    { width, dim: c.dim },
  )
}

function otherBlock({ files, skipped }: ValidationDocument, { width, c }: Pen): string[] {
  const other = files.filter(({ score }) => score === undefined).map(({ path }) => path)
  const listed = (what: string, paths: readonly string[]): string[] =>
    paths.length === 0
      ? []
      : wrap(
          `${what}: ${paths.slice(0, 6).map(printable).join(', ')}${paths.length > 6 ? ` and ${paths.length - 6} more` : ''}`,
          width,
        ).map(c.dim)
  return [
    ...listed('No market data', other),
    ...listed(
      'Left out by their names',
      skipped.map(({ path }) => path),
    ),
  ]
}

function comparedBlock({ comparisons, notCompared }: ValidationDocument, { width, c }: Pen): string[] {
  const different = comparisons.filter(({ differences }) => differences > 0)
  if (comparisons.length === 0 && notCompared.length === 0) return []
  const bars = comparisons.reduce((sum, comparison) => sum + comparison.bars, 0)
  const agree = comparisons.length - different.length
  const worst = different.toSorted((a, b) => b.differences - a.differences).slice(0, COMPARED_SHOWN)
  return [
    ...wrap(
      `Compared: ${count(comparisons.length)} ${comparisons.length === 1 ? 'pair' : 'pairs'} of files, ${count(bars)} bars; ${count(agree)} agree in all of them`,
      width,
    ).map(c.bold),
    ...(worst.length === 0
      ? []
      : textTable(
          worst,
          [
            { title: 'finer', text: ({ finer }) => basename(finer) },
            { title: 'coarser', text: ({ coarser }) => basename(coarser) },
            { title: 'symbol', text: ({ symbol }) => symbol, expendable: 1 },
            { title: 'bars', text: (row) => count(row.bars), align: 'right' },
            { title: 'differ', text: ({ differences }) => count(differences), align: 'right', paint: c.yellow },
          ],
          { width, dim: c.dim },
        )),
    ...(different.length > worst.length ? [c.dim(`and ${different.length - worst.length} more pairs that differ`)] : []),
    ...(notCompared.length > 0 ? wrap(`Too long together to be compared: ${notCompared.join(', ')}`, width).map(c.yellow) : []),
  ]
}

function totals(document: ValidationDocument, pen: Pen): string[] {
  const { c } = pen
  const judged = document.files.filter(({ score }) => score !== undefined)
  if (judged.length === 0) return [c.red('Nothing was judged: these are no files of market data.')]
  const clean = judged.filter(({ score }) => score === 100).length
  const failed = judged.filter(({ passed }) => !passed).length
  const rows = judged.reduce((sum, file) => sum + file.rows, 0)
  const files = `${count(judged.length)} ${judged.length === 1 ? 'file' : 'files'}, ${count(rows)} rows`
  const worst = document.score ?? 0
  const verdictText =
    failed === 0 ? 'passed' : `${count(failed)} below ${decimal(document.minScore, document.minScore % 1 === 0 ? 0 : 2)}`
  const score = decimal(worst, worst === 100 ? 0 : 2)
  const head = `${c.bold(files)}: ${count(clean)} without a flaw,`
  const tail = `lowest score ${paintScore(score, { score: worst, passed: failed === 0 }, pen)}, ${(failed === 0 ? c.green : c.red)(verdictText)}`
  const plain = `${files}: ${count(clean)} without a flaw, lowest score ${score}, ${verdictText}`
  return displayWidth(plain) <= pen.width ? [`${head} ${tail}`] : [head, tail]
}
