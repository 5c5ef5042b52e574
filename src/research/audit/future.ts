/**
 * The future taken away and replaced: whatever was decided up to a moment must stay as it was, to the last bit.
 */
import type { MarketInput } from '../../backtest/world.ts'
import { formatMinute } from '../../core/time.ts'
import type { Micros } from '../../core/time.ts'
import { instrumentLabel } from '../../domain/instrument.ts'
import { isPair } from '../../strategy/pair.ts'
import { HOWS, STREAMS } from './change.ts'
import type { Change, How, Stream } from './change.ts'
import { chooseCuts } from './cuts.ts'
import type { Cut } from './cuts.ts'
import { disagreementOf } from './disagreement.ts'
import type { Disagreement, Trial } from './disagreement.ts'
import { explain, howText } from './explain.ts'
import type { Session } from './session.ts'
import type { RunAnswer } from './tasks.ts'
import type { Finding, Part } from './verdict.ts'

/** Runs of an audit by the number of rows: what fits into about a minute. */
export function runsFor(rows: number, quick: boolean): number {
  const [work, least, most] = quick ? [6e6, 24, 40] : [4e7, 80, 400]
  return Math.min(most, Math.max(least, Math.round(work / rows)))
}

/** Trials whose answers are looked at together, so that which difference is the first does not depend on the threads. */
const CHUNK = 24

export async function judgeFuture(session: Session, base: RunAnswer): Promise<readonly [Part, Part]> {
  const { setup, definitions, prng } = session
  const asked = definitions.flatMap((definition, i) =>
    isPair(definition) ? [] : (definition.intervals?.(setup.strategies[i].params) ?? []),
  )
  const intervals = [...new Set([setup.interval, ...asked])]
  const runs = runsFor(session.rows, session.quick)
  const cuts = chooseCuts({
    markets: setup.markets,
    intervals,
    decisions: base.decisions.time,
    count: Math.ceil(runs / 4),
    prng: prng.fork('cuts'),
  })
  const recorded = setup.markets.filter(({ basis }) => basis === undefined)
  const seed = prng.fork('futures').int(1, 2 ** 30)
  const cutTrials = cuts.map((cut): Trial => ({ cut, change: { ...WHOLE, how: 'cut', from: cut.time, seed } }))
  const otherTrials = cuts.flatMap((cut, i) => trialsOf(cut, i, recorded, seed + i))
  const truncated = await findDisagreements(session, base, cutTrials)
  const perturbed = await findDisagreements(session, base, otherTrials)
  // Another future says more about what was looked at than none at all.
  const first = perturbed.found.at(0) ?? truncated.found.at(0)
  const finding = first && (await explain(session, base, first))
  return [
    await partOf(session, base, 'truncation', cuts, truncated, finding),
    await partOf(session, base, 'perturbation', cuts, perturbed, finding),
  ]
}

const WHOLE = { until: Number.POSITIVE_INFINITY, symbol: undefined, streams: STREAMS } as const

/** In turn: all together, one symbol alone, funding alone, marks alone. */
function trialsOf(cut: Cut, index: number, markets: readonly MarketInput[], seed: number): readonly Trial[] {
  const change = (how: How, only: Partial<Change> = {}): Trial => ({
    cut,
    change: { ...WHOLE, how, from: cut.time, seed, ...only },
  })
  const others = HOWS.filter((how) => how !== 'cut')
  const how = others[index % others.length]
  const trials =
    cut.why === 'decision' ? [change('up'), change('down')] : [change(how), change(others[(index + 3) % others.length])]
  const alone: Partial<Change>[] = [
    ...(markets.length > 1 ? [{ symbol: instrumentLabel(markets[index % markets.length].spec) }] : []),
    ...(markets.some(({ funding }) => funding !== undefined) ? [{ streams: ['funding'] as readonly Stream[] }] : []),
    ...(markets.some(({ bars }) => bars.mark !== undefined) ? [{ streams: ['mark'] as readonly Stream[] }] : []),
  ]
  const only = alone.length === 0 ? undefined : alone[index % alone.length]
  return [
    ...trials,
    only === undefined ? change(others[(index + 5) % others.length]) : change(how === 'flat' ? 'wild' : how, only),
  ]
}

interface Found {
  readonly found: readonly Disagreement[]
  readonly tried: number
}

/** Chunk by chunk, no further one after a chunk that disagrees; the earliest decision first. */
async function findDisagreements(session: Session, base: RunAnswer, trials: readonly Trial[]): Promise<Found> {
  for (let start = 0; start < trials.length; start += CHUNK) {
    const chunk = trials.slice(start, start + CHUNK)
    const answers = await Promise.all(chunk.map((trial) => session.run({ change: trial.change, until: trial.cut.time })))
    const found = answers.flatMap((answer, i) => disagreementOf(base, answer, chunk[i]) ?? [])
    if (found.length > 0)
      return { found: found.toSorted((a, b) => a.difference.time - b.difference.time), tried: start + chunk.length }
  }
  return { found: [], tried: trials.length }
}

async function partOf(
  session: Session,
  base: RunAnswer,
  name: 'truncation' | 'perturbation',
  cuts: readonly Cut[],
  { found, tried }: Found,
  finding: Finding | undefined,
): Promise<Part> {
  const decisions = base.decisions.time.length
  const figures = { cuts: cuts.length, runs: tried, disagreements: found.length, decisions }
  if (found.length === 0) {
    const what = name === 'truncation' ? 'without the future' : 'with another future'
    const none = decisions === 0 ? ' (it decided nothing at all)' : ''
    return {
      name,
      status: decisions === 0 ? 'warn' : 'pass',
      text: `every decision stays the same ${what}: ${tried} runs, ${cuts.length} moments${none}`,
      runs: tried,
      findings: [],
      figures,
    }
  }
  const [first] = found
  const { change, difference, cut, engine } = first
  const task = { change, until: cut.time }
  const decision = engine ? null : { ...(await session.tell({}, task, difference)), how: howText(change) }
  const own: Finding = finding ?? { kind: 'look-ahead', text: '', next: '', decision: null, dependsOn: null }
  const cutOff = `the decision of ${formatMinute(difference.time as Micros)} is another one when everything from ${formatMinute(change.from as Micros)} on is cut off`
  return {
    name,
    status: 'fail',
    text: `${found.length} of ${tried} runs decided otherwise although only the future was ${name === 'truncation' ? 'cut off' : 'changed'}`,
    runs: tried,
    findings: [name === 'perturbation' || engine ? own : { ...own, text: cutOff, decision }],
    figures,
  }
}
