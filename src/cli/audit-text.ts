/** The verdict of an audit for a terminal: one line a part, then what was found. Pure. */
import pc from 'picocolors'
import { formatMinute, fromMs } from '../core/time.ts'
import type { AuditDocument, Finding, Part, Status } from '../research/audit/verdict.ts'

type Paint = (text: string) => string

const MARKS: Readonly<Record<Status, string>> = { pass: 'pass', warn: 'warn', fail: 'FAIL', skipped: 'skip' }

export function auditText(document: AuditDocument, color: boolean): string {
  const colors = pc.createColors(color)
  const paint: Readonly<Record<Status, Paint>> = {
    pass: colors.green,
    warn: colors.yellow,
    fail: colors.red,
    skipped: colors.dim,
  }
  const name = Math.max(...document.parts.map((part) => part.name.length))
  const rows = document.parts.map((part) => {
    const whose = part.strategy === undefined ? '' : `${part.strategy}: `
    return `  ${paint[part.status](MARKS[part.status])}  ${part.name.padEnd(name)}  ${whose}${part.text}`
  })
  const findings = document.parts.flatMap((part) => part.findings.map((finding) => findingText(part, finding, paint)))
  return [
    headOf(document),
    '',
    ...rows,
    ...findings.flatMap((finding) => ['', finding]),
    ...(document.warnings.length === 0 ? [] : ['', ...document.warnings.map((warning) => colors.yellow(`Warning: ${warning}`))]),
    '',
    paint[document.verdict](colors.bold(VERDICTS[document.verdict](document))),
  ].join('\n')
}

const VERDICTS: Readonly<Record<AuditDocument['verdict'], (document: AuditDocument) => string>> = {
  pass: ({ runs }) => `PASS: nothing was found in ${runs} runs.`,
  warn: ({ runs }) => `PASS WITH WARNINGS: no look-ahead was found in ${runs} runs; read the warnings.`,
  fail: ({ parts, strict }) => {
    const failed = parts.filter(({ status }) => status === 'fail').map(nameOf)
    return failed.length > 0 ? `FAIL: ${failed.join(', ')}.` : `FAIL: warnings count as failures${strict ? ' (--strict)' : ''}.`
  },
}

const nameOf = ({ name, strategy }: Part): string => (strategy === undefined ? name : `${name} of ${strategy}`)

function headOf({ strategy, markets, interval, seed, decisions, quick }: AuditDocument): string {
  const params = Object.entries(strategy.params).map(([key, value]) => `${key}=${String(value)}`)
  const rows = markets.reduce((sum, market) => sum + market.rows, 0)
  const from = Math.min(...markets.map((market) => market.fromMs))
  const to = Math.max(...markets.map((market) => market.toMs))
  const names = markets.length > 6 ? `${markets.length} symbols` : markets.map(({ symbol }) => symbol).join(', ')
  const span = `${formatMinute(fromMs(from))} to ${formatMinute(fromMs(to))}`
  return [
    `Audit of ${strategy.name}${params.length === 0 ? '' : ` (${params.join(', ')})`}`,
    `on ${names}, ${interval}, ${span}: ${rows} rows, ${decisions} decisions; seed ${seed}${quick ? ', quick' : ''}`,
  ].join('\n')
}

function findingText(part: Part, finding: Finding, paint: Readonly<Record<Status, Paint>>): string {
  const { decision, kind, text, next } = finding
  const lines = [paint[part.status](`${nameOf(part)}: ${kind}`), `  ${sentence(text)}`]
  if (decision !== null) {
    lines.push(
      `  First difference: ${formatMinute(fromMs(decision.timeMs))}${decision.symbol === null ? '' : ` ${decision.symbol}`}`,
    )
    lines.push(`    as given:  ${decision.given ?? 'nothing decided'}`)
    lines.push(`    otherwise: ${decision.changed ?? 'nothing decided'}`)
    lines.push(`    (${decision.how})`)
  }
  if (next !== '') lines.push(`  ${next}`)
  return lines.join('\n')
}

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`
