/**
 * The same history recorded a little differently. Decisions may change; the strategy must not break, and the share that stays the
 * same and the spread of the result say how fragile it is.
 */
import { SECOND } from '../../core/time.ts'
import type { Jitter } from './jittered-markets.ts'
import type { LogColumns } from './decision-log.ts'
import type { Session } from './session.ts'
import type { RunAnswer } from './tasks.ts'
import type { Finding, Part } from './verdict.ts'

const NONE = { price: 0, volume: 0, dropped: 0, late: 0 }
/** Each kind of disturbance, from small to large; prices as shares. */
const KINDS: readonly (readonly [string, Omit<Jitter, 'seed'>])[] = [
  ['prices off by a tick', { ...NONE, price: 1e-12 }],
  ['prices off by 2 basis points', { ...NONE, price: 2e-4 }],
  ['volumes off by a tenth', { ...NONE, volume: 0.1 }],
  ['two bars in a thousand missing', { ...NONE, dropped: 0.002 }],
  ['bars two seconds late', { ...NONE, late: 2 * SECOND }],
  ['all of it', { price: 2e-4, volume: 0.1, dropped: 0.002, late: 2 * SECOND }],
]
/** A net result may be worse by this much of the capital, or by half of itself, before it is called fragile. */
const RESULT_TOLERANCE = 0.05

/** `tolerance`: the share of decisions that may change in the median run. */
export async function judgeJitter(session: Session, base: RunAnswer, tolerance: number): Promise<Part> {
  const rounds = session.quick ? 1 : 3
  const seeds = session.prng.fork('jitter')
  const trials = KINDS.flatMap(([name, kind]) =>
    Array.from({ length: rounds }, () => ({ name, jitter: { ...kind, seed: seeds.int(1, 2 ** 30) } })),
  )
  const answers = await Promise.all(trials.map(({ jitter }) => session.run({ jitter })))
  const broken = answers.findIndex(({ crashed }) => crashed !== undefined)
  const findings = [
    ...(broken < 0 ? [] : [crashFinding(trials[broken].name, answers[broken])]),
    ...orderFindings(
      base,
      answers,
      trials.map(({ name }) => name),
    ),
  ]
  const whole = answers.filter(({ crashed }) => crashed === undefined)
  const kept = whole.map((answer) => shareKept(base.decisions, answer.decisions)).toSorted((a, b) => a - b)
  const results = whole.flatMap(({ totalReturn }) => totalReturn ?? []).toSorted((a, b) => a - b)
  const own = base.totalReturn ?? 0
  const [median, worst] = [kept[kept.length >> 1] ?? Number.NaN, results[0] ?? Number.NaN]
  const fragile = [
    ...(1 - median > tolerance ? [fragileDecisions(median, tolerance)] : []),
    ...(own > 0 && worst < own - Math.max(RESULT_TOLERANCE, own / 2) ? [fragileResult(own, worst)] : []),
  ]
  return {
    name: 'jitter',
    status: findings.length > 0 ? 'fail' : fragile.length > 0 ? 'warn' : 'pass',
    text:
      broken >= 0
        ? 'a run on slightly different data broke off'
        : `${percent(median)} of the decisions stay in the median of ${whole.length} slightly different histories; return ${percent(own)}, ${percent(worst)} to ${percent(results.at(-1) ?? Number.NaN)} in them`,
    runs: answers.length,
    findings: [...findings, ...fragile],
    figures: {
      runs: answers.length,
      keptMedian: finite(median),
      keptLeast: finite(kept[0]),
      totalReturn: finite(own),
      totalReturnLeast: finite(worst),
      totalReturnMost: finite(results.at(-1)),
      tolerance,
    },
  }
}

const finite = (value: number | undefined): number | null => (value === undefined || !Number.isFinite(value) ? null : value)
const percent = (share: number): string => (Number.isFinite(share) ? `${(100 * share).toFixed(1)} %` : 'none')

/**
 * Moments at which both decided about the same instrument, over all moments at which either did. Quantities and stops follow
 * the prices, so they are not compared.
 */
export function shareKept(a: LogColumns, b: LogColumns): number {
  const keys = ({ time, instrument }: LogColumns): Set<string> =>
    new Set(Array.from(time, (at, i) => `${instrument[i]} ${Math.floor(at / (60 * SECOND))}`))
  const [left, right] = [keys(a), keys(b)]
  const both = [...left].filter((key) => right.has(key)).length
  const either = left.size + right.size - both
  return either === 0 ? 1 : both / either
}

const crashFinding = (name: string, { crashed }: RunAnswer): Finding => ({
  kind: 'crash',
  text: `with ${name} the run broke off: ${crashed?.text ?? ''}`,
  next: 'Look for what the strategy takes for granted about its bars: that none is missing, that prices differ, that a division has something to divide by.',
  decision: null,
  dependsOn: null,
})

function orderFindings(base: RunAnswer, answers: readonly RunAnswer[], names: readonly string[]): readonly Finding[] {
  const findings: Finding[] = []
  const absurd = [base, ...answers].find((answer) => answer.absurd !== undefined)?.absurd
  if (absurd !== undefined)
    findings.push({
      kind: 'absurd-order',
      text: absurd,
      next: 'A stop of a long position lies below the price and of a short one above it: look at the sign of the distance.',
      decision: null,
      dependsOn: null,
    })
  // A strategy without stops is one; a strategy that loses its stops on odd data is broken.
  const allProtected = base.entries > 0 && base.entries === base.protectedEntries
  const bare = allProtected ? answers.findIndex(({ entries, protectedEntries }) => entries > protectedEntries) : -1
  if (bare >= 0)
    findings.push({
      kind: 'unprotected',
      text: `with ${names[bare]} it opened ${answers[bare].entries - answers[bare].protectedEntries} positions without a stop; on the data as given all of them have one`,
      next: 'Look for a stop that is computed from something that can be missing.',
      decision: null,
      dependsOn: null,
    })
  return findings
}

const fragileDecisions = (median: number, tolerance: number): Finding => ({
  kind: 'fragile',
  text: `only ${percent(median)} of the decisions stay the same on slightly different data; ${percent(1 - tolerance)} are asked for`,
  next: 'A rule that a tick can turn is fitted to one recording of the market: compare with a margin, or on closed bars of a longer interval.',
  decision: null,
  dependsOn: null,
})

const fragileResult = (own: number, worst: number): Finding => ({
  kind: 'fragile',
  text: `the return falls from ${percent(own)} to ${percent(worst)} on slightly different data`,
  next: 'The result hangs on single trades or on exact prices.',
  decision: null,
  dependsOn: null,
})
