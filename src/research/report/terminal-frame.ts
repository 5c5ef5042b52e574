/**
 * What reports on a terminal share: margins, headings, time axes, colour where there is any.
 *
 * Text only; writes nothing. Without colour the text holds no escape code at all.
 */
import { createColors } from 'picocolors'
import type { Point } from './braille-chart.ts'
import { date, minute, tone } from './format.ts'
import { displayWidth, pad } from './text-table.ts'

export interface TerminalOptions {
  /** Columns of the terminal; used between 60 and 140. */
  readonly width: number
  readonly color: boolean
}

const MARGIN = '  '
const DAY_MS = 86_400_000

export interface Pen {
  /** Columns inside the margin. */
  readonly width: number
  readonly c: ReturnType<typeof createColors>
  readonly synthetic: boolean
}

export function penOf({ width, color }: TerminalOptions, synthetic: boolean): Pen {
  return { width: Math.min(140, Math.max(60, Math.floor(width))) - 2 * MARGIN.length, c: createColors(color), synthetic }
}

/** Blocks of lines, a blank line before each, ending in a newline. */
export function pageOfBlocks(blocks: readonly (readonly string[])[]): string {
  const lines = blocks.filter((block) => block.length > 0).flatMap((block) => ['', ...block.map(trimmed)])
  return `${lines.map((line) => (line === '' ? '' : `${MARGIN}${line}`)).join('\n')}\n`
}

/** Without the spaces at the end, also those before a last escape code. */
const trimmed = (line: string): string => line.replace(/ +((?:\u001b\[[0-9;]*m)*)$/, '$1')

/** A rule with a name; it repeats that the market is synthetic, because screenshots show parts. */
export function heading(text: string, { width, c, synthetic }: Pen): string {
  const tag = synthetic ? ' SYNTHETIC ──' : ''
  const rule = '─'.repeat(Math.max(2, width - 4 - displayWidth(text) - displayWidth(tag)))
  return `${c.dim('──')} ${c.bold(text)} ${c.dim(rule)}${synthetic ? ` ${c.yellow('SYNTHETIC')} ${c.dim('──')}` : ''}`
}

/** One screen row of a chart: the label at the axis, and the cells. */
export const axisRow = (label: string, axis: string, cells: string, labelWidth: number, dim: (text: string) => string): string =>
  `${dim(`${pad(label, labelWidth, 'right')} ${axis}`)}${cells}`

export function timeAxis(
  points: readonly Point[],
  { columns, labelWidth }: { readonly columns: number; readonly labelWidth: number },
  dim: (text: string) => string,
): string[] {
  const [from, to] = [points[0][0], points[points.length - 1][0]]
  const write = to - from < 4 * DAY_MS ? minute : date
  const texts = (columns > 80 ? [0, 0.25, 0.5, 0.75, 1] : [0, 0.5, 1]).map((share) => ({
    share,
    text: write(from + (to - from) * share),
  }))
  let ticks = '─'.repeat(columns)
  let labels = ' '.repeat(columns)
  for (const { share, text } of texts) {
    const at = Math.round(share * (columns - 1))
    const start = Math.min(columns - text.length, Math.max(0, at - (text.length >> 1)))
    ticks = `${ticks.slice(0, at)}┴${ticks.slice(at + 1)}`
    labels = labels.slice(0, start) + text + labels.slice(start + text.length)
  }
  const indent = ' '.repeat(labelWidth + 1)
  return [dim(`${indent}└${ticks.slice(0, columns)}`), dim(`${indent} ${labels.trimEnd()}`)]
}

export function painted(text: string, value: string | number | null, { c }: Pen): string {
  const which = tone(value)
  return which === 'gain' ? c.green(text) : which === 'loss' ? c.red(text) : text
}
