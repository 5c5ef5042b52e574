/**
 * What a decision saw that it could not know: which symbol, which kind of data, how many rows ahead; and the name of the mistake
 * that looks like this.
 *
 * Every question is a run with a smaller part of the future changed.
 */
import { barEnd, barStart, formatMinute, INTERVALS, toMs } from '../../core/time.ts'
import type { Interval, Micros } from '../../core/time.ts'
import { rowAtOrAfter } from '../../storage/market-data/kline-table.ts'
import { instrumentLabel } from '../../domain/instrument.ts'
import { STREAMS } from './change.ts'
import type { Change, How, Stream } from './change.ts'
import { decidedOtherwise } from './disagreement.ts'
import type { Disagreement } from './disagreement.ts'
import type { Session } from './session.ts'
import type { RunAnswer } from './tasks.ts'
import type { Finding, FindingKind } from './verdict.ts'

/** Where a decision looked: the rows of one symbol's bars, marks or settlements after it. */
interface Source {
  readonly symbol: string
  readonly stream: Stream
  /** When the rows open, or settle. */
  readonly times: Float64Array
  /** Of the rows; 0 for settlements. */
  readonly length: number
}

export async function explain(session: Session, base: RunAnswer, found: Disagreement): Promise<Finding> {
  if (found.engine) return engineFinding(session, found)
  const probe = new Probe(session, base, found)
  const sources = await probe.sources()
  const source = sources.find(({ symbol }) => symbol === probe.symbol) ?? sources.at(0)
  const told = await session.tell({}, { change: probe.change, until: probe.time }, probe.difference)
  const decision = { ...told, how: howText(probe.change) }
  if (source === undefined)
    return {
      kind: 'look-ahead',
      text: `the decision of ${formatMinute(probe.time as Micros)} follows what comes later, in several series at once`,
      next: NEXT['look-ahead'],
      decision,
      dependsOn: null,
    }
  const reach = await probe.reach(source)
  const others = reach.furthest >= FAR ? [] : await probe.otherReaches(source)
  const kind = kindOf(source, probe.symbol, [reach, ...others])
  return {
    kind: kind.kind,
    text: textOf(source, reach, kind, probe.time),
    next: NEXT[kind.kind] ?? NEXT['look-ahead'],
    decision,
    dependsOn: {
      symbol: source.symbol,
      stream: source.stream,
      nearest: reach.nearest ?? null,
      furthest: reach.furthest,
      furthestTimeMs: toMs(reach.furthestTime as Micros),
    },
  }
}

// ---- Questions -----------------------------------------------------------------------------------------------------------

interface Reach {
  /** The decision that looked ahead. */
  readonly time: number
  readonly nearest: number | undefined
  readonly furthest: number
  readonly furthestTime: number
  /** Rows that there are after the decision. */
  readonly available: number
}

/** Ways of changing that are tried in turn: what one of them does not move, another may. */
const STRONG: readonly How[] = ['high', 'low', 'mirror']
/** Further decisions whose reach is looked at, to tell a fixed window from the end of a longer bar. */
const OTHERS = 3
/** Rows ahead that count as everything there is. */
const FAR = 1_000

class Probe {
  readonly session: Session
  readonly base: RunAnswer
  readonly change: Change
  /** The moment of the decision. */
  readonly time: number
  readonly symbol: string | undefined
  readonly difference: Disagreement['difference']
  /** Decisions of this one count; undefined: of all. */
  readonly #instrument: number | undefined

  constructor(session: Session, base: RunAnswer, { change, difference }: Disagreement) {
    this.session = session
    this.base = base
    this.change = change
    this.time = difference.time
    this.symbol = session.symbols[difference.instrument]
    this.difference = difference
    this.#instrument = difference.instrument < 0 ? undefined : difference.instrument
  }

  /** Every symbol and stream whose future alone changes the decision. */
  async sources(): Promise<readonly Source[]> {
    const candidates = this.session.setup.markets.flatMap(({ spec, bars, funding, basis }): Source[] => {
      // What was made from a contract has no future of its own.
      if (basis !== undefined) return []
      const symbol = instrumentLabel(spec)
      const rows = { symbol, times: bars.openTime, length: bars.duration[0] }
      return [
        { ...rows, stream: 'bars' },
        ...(bars.mark === undefined ? [] : [{ ...rows, stream: 'mark' } as const]),
        ...(funding === undefined ? [] : [{ symbol, stream: 'funding', times: funding.time, length: 0 } as const]),
      ]
    })
    const asked = candidates.map((source) => this.#changes(source, this.time, this.time, Number.POSITIVE_INFINITY))
    const answers = await Promise.all(asked)
    return candidates.filter((_, i) => answers[i])
  }

  /** How far the decision of `time` looks into `source`. */
  async reach(source: Source, time = this.time): Promise<Reach> {
    const { times } = source
    const first = rowAtOrAfter(times, time)
    const available = times.length - first
    const from = (row: number): Promise<boolean> => this.#changes(source, time, times[first + row], Number.POSITIVE_INFINITY)
    // The last row from which on a change still matters: doubling, then halving.
    let [seen, beyond] = [0, 1]
    while (beyond < available && (await from(beyond))) [seen, beyond] = [beyond, beyond * 2]
    beyond = Math.min(beyond, available)
    while (beyond - seen > 1) {
      const middle = (seen + beyond) >>> 1
      if (await from(middle)) seen = middle
      else beyond = middle
    }
    return {
      time,
      nearest: time === this.time ? await this.#nearest(source, time, first, Math.min(seen + 1, 32)) : undefined,
      furthest: seen + 1,
      furthestTime: times[Math.min(times.length - 1, first + seen)],
      available,
    }
  }

  /** The first row whose change alone changes the decision. */
  async #nearest(source: Source, time: number, first: number, rows: number): Promise<number | undefined> {
    const { times } = source
    const alone = Array.from({ length: rows }, (_, row) =>
      this.#changes(source, time, times[first + row], times[first + row + 1] ?? Number.POSITIVE_INFINITY),
    )
    const at = (await Promise.all(alone)).indexOf(true)
    return at < 0 ? undefined : at + 1
  }

  /** The same for later decisions of the undisturbed run, as far as they look ahead. */
  async otherReaches(source: Source): Promise<readonly Reach[]> {
    const { time: times, instrument, late } = this.base.decisions
    const own = times.filter(
      (time, i) => late[i] === 0 && time > this.time && (this.#instrument ?? instrument[i]) === instrument[i],
    )
    const moments = [...new Set(own)]
    const reaches: Reach[] = []
    for (const time of moments.slice(0, 4 * OTHERS)) {
      if (!(await this.#changes(source, time, time, Number.POSITIVE_INFINITY))) continue
      reaches.push(await this.reach(source, time))
      if (reaches.length === OTHERS) break
    }
    return reaches
  }

  /** Whether a change of these rows alone changes a decision up to `time`. */
  async #changes({ symbol, stream }: Source, time: number, from: number, until: number): Promise<boolean> {
    const streams = STREAMS.filter((each) => each === stream)
    for (const how of [this.change.how === 'cut' ? 'up' : this.change.how, ...STRONG]) {
      const change: Change = { how, from, until, symbol, streams, seed: this.change.seed }
      const answer = await this.session.run({ change, until: time })
      if (decidedOtherwise(this.base, answer, time, this.#instrument) !== undefined) return true
    }
    return false
  }
}

// ---- Names ---------------------------------------------------------------------------------------------------------------

interface Kind {
  readonly kind: FindingKind
  readonly interval: Interval | undefined
}

function kindOf({ symbol, stream, length }: Source, decided: string | undefined, reaches: readonly Reach[]): Kind {
  const plain = (kind: FindingKind): Kind => ({ kind, interval: undefined })
  if (stream === 'funding') return plain('funding-ahead')
  if (stream === 'mark') return plain('mark-ahead')
  const [first] = reaches
  if (reaches.some(({ furthest, available }) => furthest >= FAR || (furthest > 100 && furthest > available / 2)))
    return plain('whole-series')
  if (decided !== undefined && symbol !== decided) return plain('other-symbol')
  const varies = reaches.some(({ furthest }) => furthest !== first.furthest)
  const interval = varies ? commonClose(reaches, length) : undefined
  if (interval !== undefined) return { kind: 'unfinished-interval', interval }
  const furthest = Math.max(...reaches.map((reach) => reach.furthest))
  return plain(furthest === 1 ? 'next-bar' : 'window-ahead')
}

/** The shortest longer interval in whose bar both each decision and the last row that it saw lie, that row at its end. */
function commonClose(reaches: readonly Reach[], length: number): Interval | undefined {
  const ends = (interval: Interval, { time, furthestTime }: Reach): boolean => {
    const start = barStart(time as Micros, interval)
    return furthestTime + length === barEnd(start, interval)
  }
  return INTERVALS.filter((interval) => interval.length > length && interval.name !== '1M').find((interval) =>
    reaches.every((reach) => ends(interval, reach)),
  )
}

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`

function textOf(
  { symbol, stream }: Source,
  { furthest, nearest, furthestTime }: Reach,
  { kind, interval }: Kind,
  time: number,
): string {
  const when = formatMinute(time as Micros)
  const last = formatMinute(furthestTime as Micros)
  const alone = nearest === undefined ? '' : `; changing row ${nearest} after it alone changes the decision`
  switch (kind) {
    case 'funding-ahead':
      return `the decision of ${when} follows the funding of ${symbol} that settles at ${last}, later than it`
    case 'mark-ahead':
      return `the decision of ${when} follows mark prices of ${symbol} up to ${last}, later than it`
    case 'whole-series':
      return `the decision of ${when} follows the bars of ${symbol} up to the one that opens at ${last}, ${furthest} bars ahead: something was computed over the whole series`
    case 'other-symbol':
      return `the decision of ${when} follows ${plural(furthest, 'bar')} of another symbol, ${symbol}, that had not closed, the last opens at ${last}${alone}`
    case 'unfinished-interval':
      return `decisions follow the ${interval?.name ?? ''} bar of ${symbol} before its close: the one of ${when} saw ${plural(furthest, 'bar')} ahead, up to the one that opens at ${last}`
    case 'next-bar':
      return `the decision of ${when} saw 1 ${stream === 'bars' ? 'bar' : 'row'} ahead in ${symbol}, the one that opens at ${last}`
    default:
      return `the decision of ${when} saw ${plural(furthest, 'bar')} ahead in ${symbol}, the last opens at ${last}${alone}`
  }
}

const NEXT: Partial<Record<FindingKind, string>> & { readonly 'look-ahead': string } = {
  'next-bar': 'Look for an index that is one too large, a shift by -1, or a bar that is taken for closed while it is still open.',
  'window-ahead':
    'Look for a window that is centred on the bar instead of ending at it, a smoothing that runs both ways, or a label of the future used as an input.',
  'unfinished-interval': 'Look for bars of a longer interval that are read by their open time: they are known at their close.',
  'whole-series':
    'Look for a mean, deviation, rank, scaler or model that was computed once over all rows: compute it from the rows up to the bar.',
  'other-symbol': 'Look for series of several symbols that are joined by open time: a bar is known at its close.',
  'funding-ahead':
    'Look for funding rates that are joined by the time of the next settlement: a rate is known when it has been settled.',
  'mark-ahead': 'Look for mark prices that are joined by open time: a bar is known at its close.',
  'look-ahead': 'Look for anything that was computed from more rows than those up to the bar.',
}

const streamsText = ({ streams, symbol }: Change): string => {
  const what = streams.length === STREAMS.length ? 'everything' : streams.join(' and ')
  return symbol === undefined ? what : `${what} of ${symbol}`
}

/** What a change does, in words: `prices from 2024-01-01 00:00 on an eighth (bars of BTCUSDT)`. */
export function howText(change: Change): string {
  const words: Readonly<Record<How, string>> = {
    cut: 'cut off',
    up: 'moved up by 20 to 40 %',
    down: 'moved down by 20 to 40 %',
    mirror: 'turned round',
    flat: 'made constant',
    noise: 'shaken by 5 %',
    wild: 'multiplied or divided by 8',
    high: 'multiplied by 6 to 10',
    low: 'divided by 6 to 10',
  }
  return `${streamsText(change)} from ${formatMinute(change.from as Micros)} on ${words[change.how]}`
}

function engineFinding(session: Session, { change, difference: { time, instrument } }: Disagreement): Finding {
  const symbol = session.symbols[instrument] ?? 'the account'
  return {
    kind: 'engine',
    text: `a fill or a booking of ${symbol} at ${formatMinute(time as Micros)} is another one when ${howText(change)}, although every decision is the same`,
    next: 'This is a defect of the simulated venue and not of the strategy: please report it with the data.',
    decision: null,
    dependsOn: null,
  }
}
