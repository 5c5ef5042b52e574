/** Begun later, does it decide alike after its declared memory, and after how many bars does it really? */
import { formatMinute, intervalOf, toMs } from '../../core/time.ts'
import type { Micros } from '../../core/time.ts'
import type { Prng } from '../../core/random.ts'
import { isPair } from '../../strategy/pair.ts'
import { aloneIn } from '../run-setup.ts'
import type { RunSetup } from '../run-setup.ts'
import type { Session } from './session.ts'
import type { ShiftAnswer } from './tasks.ts'
import type { Finding, Part } from './verdict.ts'

/** Later starts that are tried. */
const STARTS = { quick: 2, thorough: 6 }

/** Of one of the strategies, with the account to itself. */
export async function judgeRecursion(session: Session, index: number): Promise<Part> {
  const definition = session.definitions[index]
  const strategy = session.setup.strategies[index]
  if (isPair(definition)) return notJudged(definition.name)
  const setup = aloneIn(session.setup, strategy)
  const memory = definition.memory(strategy.params)
  const count = session.quick ? STARTS.quick : STARTS.thorough
  const starts = startsOf(setup, session.prng.fork('starts'), memory, count)
  if (starts.length === 0) return tooShort(memory, longest(setup))
  const answers = await Promise.all(starts.map((start) => session.shift(setup, start)))
  const crash = answers.find(({ crashed }) => crashed !== undefined)
  if (crash !== undefined) return crashedPart(memory, answers.length, crash.crashed ?? '')

  const worst = answers.reduce((most, answer) => (answer.bars > most.bars ? answer : most))
  const compared = answers.reduce((sum, answer) => sum + answer.opinionsAt.filter((bar) => bar > memory).length, 0)
  const own = Math.max(...answers.map(({ barsWithOwnPosition }) => barsWithOwnPosition))
  const figures = { starts: starts.length, bars: worst.bars, memory, barsWithOwnPosition: own, opinionsCompared: compared }
  const measured = `${worst.bars} bars until ${starts.length} later starts decide alike (declared memory ${memory}, ${compared} opinions compared beyond it)`
  if (worst.bars > memory)
    return {
      name: 'recursion',
      status: 'fail',
      text: measured,
      runs: 3 * answers.length,
      findings: [memoryFinding(worst, memory, starts[answers.indexOf(worst)])],
      figures,
    }
  return {
    name: 'recursion',
    status: compared > 0 ? 'pass' : 'warn',
    text: measured,
    runs: 3 * answers.length,
    findings: compared > 0 ? [] : [nothingCompared(memory)],
    figures,
  }
}

function longest({ interval, markets }: RunSetup): number {
  const { length } = intervalOf(interval)
  return Math.max(...markets.map(({ bars }) => Math.floor((bars.openTime[bars.length - 1] - bars.openTime[0]) / length)))
}

/** At random, each with room for the memory and as much again behind it, where there is that much. */
function startsOf({ interval, markets }: RunSetup, chance: Prng, memory: number, count: number): readonly number[] {
  const { length } = intervalOf(interval)
  const first = Math.min(...markets.map(({ bars }) => bars.openTime[0]))
  const end = Math.max(...markets.map(({ bars }) => bars.openTime[bars.length - 1]))
  const all = Math.floor((end - first) / length)
  const latest = all - Math.ceil(memory * 1.5) - 1
  if (latest < 1) return []
  // The first starts lie inside longer intervals, whose first bar is then not whole.
  const places = [Math.min(latest, 7), ...Array.from({ length: count - 1 }, () => chance.int(1, latest))]
  return [...new Set(places)].map((place) => first + place * length)
}

const notJudged = (name: string): Part => ({
  name: 'recursion',
  status: 'skipped',
  text: `not judged: ${name} is a pair and remembers what it holds, so a later start has another history`,
  runs: 0,
  findings: [],
  figures: {},
})

function tooShort(memory: number, bars: number): Part {
  return {
    name: 'recursion',
    status: 'warn',
    text: `not judged: the declared memory is ${memory} bars, and there are ${bars}`,
    runs: 0,
    findings: [
      {
        kind: 'not-proven',
        text: `a later start needs ${Math.ceil(1.5 * memory) + 2} bars of data to be judged against a memory of ${memory}`,
        next: 'Give longer data.',
        decision: null,
        dependsOn: null,
      },
    ],
    figures: { starts: 0, bars: null, memory, barsWithOwnPosition: null, opinionsCompared: 0 },
  }
}

const nothingCompared = (memory: number): Finding => ({
  kind: 'not-proven',
  text: `there is no opinion later than ${memory} bars after a start, so nothing was compared`,
  next: 'Give longer data, or data on which the strategy decides.',
  decision: null,
  dependsOn: null,
})

function crashedPart(memory: number, runs: number, text: string): Part {
  return {
    name: 'recursion',
    status: 'fail',
    text: 'a run with a later start broke off',
    runs: 3 * runs,
    findings: [
      {
        kind: 'crash',
        text: `begun later, the run broke off: ${text}`,
        next: 'Look for what the strategy takes for granted about its first bars.',
        decision: null,
        dependsOn: null,
      },
    ],
    figures: { starts: runs, bars: null, memory, barsWithOwnPosition: null, opinionsCompared: 0 },
  }
}

function memoryFinding({ bars, last }: ShiftAnswer, memory: number, start: number): Finding {
  const when = formatMinute(start as Micros)
  return {
    kind: 'memory',
    text: `begun at ${when} it still decides otherwise ${bars} bars later than from the beginning, and declares a memory of ${memory} bars`,
    next: 'Declare the memory of the slowest indicator (a recursive average of n forgets in about 10 n), or look for state that never forgets.',
    decision:
      last === undefined
        ? null
        : {
            timeMs: toMs(last.time as Micros),
            symbol: last.symbol,
            given: last.early ?? null,
            changed: last.late ?? null,
            how: `begun at ${when}, shown the same position`,
          },
    dependsOn: null,
  }
}
