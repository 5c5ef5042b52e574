/** The same run again: in other threads, twice in one, with the symbols named in another order. All must decide alike. */
import { firstDifference } from './decision-log.ts'
import type { DecisionLog } from './decision-log.ts'
import type { Session } from './session.ts'
import type { Run, RunAnswer } from './tasks.ts'
import type { Finding, Part } from './verdict.ts'

export interface Determinism {
  readonly part: Part
  /** The run that all others are compared with: from a fresh instance of the strategy's module. */
  readonly base: RunAnswer
  /** Whether fresh instances decide alike, so that comparisons mean something. */
  readonly repeatable: boolean
}

export async function judgeDeterminism(session: Session, main: DecisionLog | undefined): Promise<Determinism> {
  const several = session.symbols.length > 1
  const repeats: readonly Run[] = [{}, {}, { again: true }, ...(several ? [{ reversed: true }] : [])]
  const answers = await Promise.all(repeats.map((repeat) => session.run(repeat)))
  const [base, fresh, again, reversed] = answers as readonly (RunAnswer | undefined)[] as [
    RunAnswer,
    RunAnswer,
    RunAnswer,
    RunAnswer | undefined,
  ]
  const crash = answers.find(({ crashed }) => crashed !== undefined)?.crashed
  const findings: Finding[] = []
  if (crash !== undefined)
    findings.push({
      kind: 'crash',
      text: `the undisturbed run broke off in a thread of its own: ${crash.text}`,
      next: 'Make the strategy run by itself first: the audit starts it without any of the state of the main program.',
      decision: null,
      dependsOn: null,
    })
  const differ = (answer: RunAnswer | undefined): boolean =>
    answer !== undefined &&
    (answer.digest !== base.digest || firstDifference(base.decisions, answer.decisions, Number.POSITIVE_INFINITY) !== undefined)
  if (crash === undefined) {
    if (differ(fresh))
      findings.push(
        await difference(session, 'not-deterministic', { given: {}, changed: {} }, base, fresh, 'a second run', NEXT.chance),
      )
    else if (differ(again))
      findings.push(
        await difference(
          session,
          'state-between-runs',
          { given: {}, changed: { again: true } },
          base,
          again,
          'a second run in the same instance of the file',
          NEXT.state,
        ),
      )
    else if (base.digest !== session.document.digest) findings.push(await mainDiffers(session, main, base))
    if (reversed !== undefined && differ(reversed) && !differ(fresh))
      findings.push(
        await difference(
          session,
          'order-of-symbols',
          { given: {}, changed: { reversed: true } },
          base,
          reversed,
          'a run with the symbols in another order',
          NEXT.order,
        ),
      )
  }
  const part: Part = {
    name: 'determinism',
    status: findings.length > 0 ? 'fail' : 'pass',
    text:
      findings.length > 0
        ? 'equal inputs did not give equal decisions'
        : `equal inputs give equal decisions: ${answers.length} runs in ${session.threads} threads${several ? ', also with the symbols in another order' : ''}`,
    runs: answers.length,
    findings,
    figures: { runs: answers.length, decisions: base.decisions.time.length },
  }
  return { part, base, repeatable: crash === undefined && !differ(fresh) }
}

const NEXT = {
  chance: 'Look for chance that is not context.prng, for the clock, for files or for anything asynchronous.',
  state:
    'Look for variables outside of create (at the top of the file, on globalThis): they keep what an earlier run left. Put them into state or into indicators made by use.',
  order:
    'Look for variables that instances of several symbols share: each symbol has an instance of its own, and they know nothing of each other.',
}

async function difference(
  session: Session,
  kind: Finding['kind'],
  tasks: { readonly given: Run; readonly changed: Run },
  base: RunAnswer,
  other: RunAnswer,
  what: string,
  next: string,
): Promise<Finding> {
  const at = firstDifference(base.decisions, other.decisions, Number.POSITIVE_INFINITY)
  if (at === undefined)
    return { kind, text: `${what} decided alike and came to another result`, next, decision: null, dependsOn: null }
  const told = await session.tell(tasks.given, tasks.changed, at)
  return { kind, text: `${what} decided otherwise`, next, decision: { ...told, how: what }, dependsOn: null }
}

/** The main thread runs the strategy unwatched, with the real clock and the real chance: its words were kept, for it may never say them again. */
async function mainDiffers(session: Session, main: DecisionLog | undefined, base: RunAnswer): Promise<Finding> {
  const text =
    'the run of the main thread and the one of a fresh thread, where chance and clock are held fixed, decided otherwise'
  const finding = { kind: 'not-deterministic', text, next: NEXT.chance, dependsOn: null } as const
  const at = main && firstDifference(base.decisions, main.decisions.columns(), Number.POSITIVE_INFINITY)
  if (main === undefined || at === undefined) return { ...finding, decision: null }
  const told = await session.tell({}, {}, at)
  const said = main.decisions.columns().time[at.at] <= at.time ? main.words[at.at] : undefined
  return { ...finding, decision: { ...told, given: said ?? null, how: 'a fresh thread, with chance and clock held fixed' } }
}
