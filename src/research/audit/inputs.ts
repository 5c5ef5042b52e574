/** What the strategy touched besides bars, its own book and its seeded chance. Pure. */
import type { Offence, OffenceKind } from './guard.ts'
import type { Finding, Part } from './verdict.ts'

const WORDS: Readonly<Record<OffenceKind, readonly [what: string, next: string]>> = {
  'reads-files': [
    'reads or writes files',
    'What is in a file can be the future: take bars from onBar, longer intervals by `intervals`, and put constants into the source.',
  ],
  'uses-network': ['uses the network', 'What comes over the network is in no journal and can be the future. Leave it out.'],
  'asks-clock': ['asks the clock', 'Use view.time: it is the time of the market in every world.'],
  'draws-chance': ['draws chance of its own', 'Use context.prng: the run has one seed.'],
  'asks-environment': ['asks the environment', 'Use parameters: they are in the manifest and environment variables are not.'],
  waits: ['starts timers', 'Everything in a strategy is synchronous; slow mathematics is asked for by context.compute.'],
  'starts-programs': ['starts programs or threads', 'Slow mathematics is asked for by context.compute.'],
  'native-code': [
    'loads native code',
    'What native code reads cannot be watched, so nothing can be said about it. Use code that can.',
  ],
  'global-state': [
    'keeps state on globalThis',
    'Put it into state or into indicators made by use: no snapshot knows globalThis.',
  ],
}

export function judgeInputs(offences: readonly Offence[]): Part {
  const kinds = [...new Set(offences.map(({ kind }) => kind))]
  return {
    name: 'inputs',
    status: kinds.length > 0 ? 'fail' : 'pass',
    text:
      kinds.length > 0
        ? `the strategy ${kinds.map((kind) => WORDS[kind][0]).join(', ')}`
        : 'it touches nothing but bars, its own book and its seeded chance',
    runs: 0,
    findings: kinds.map((kind) =>
      findingOf(
        kind,
        offences.filter((offence) => offence.kind === kind),
      ),
    ),
    figures: { offences: offences.length },
  }
}

const SHOWN = 3

function findingOf(kind: OffenceKind, offences: readonly Offence[]): Finding {
  const [what, next] = WORDS[kind]
  const places = [...new Set(offences.map((offence) => `${offence.what} at ${offence.at}`))]
  const more = places.length > SHOWN ? ` and ${places.length - SHOWN} more` : ''
  return {
    kind,
    text: `it ${what}: ${places.slice(0, SHOWN).join(', ')}${more}`,
    next,
    decision: null,
    dependsOn: null,
  }
}
