/**
 * Cross-validation of samples whose labels look ahead: no sample to train on has a label that shares time with a label to test on, and
 * what comes right after a test block is left out too.
 *
 * Pure: indices. Source: M. López de Prado, Advances in Financial Machine Learning (2018), ch. 7 and 12.
 */
import { refuseUnless, requireInteger, requireVector, type Vector } from '../guard.ts'
import { choose, combinations } from './combinations.ts'

export interface PurgedSplit {
  /** Groups that are tested, ascending. */
  readonly testGroups: readonly number[]
  readonly train: Uint32Array
  readonly test: Uint32Array
}

export interface CombinatorialOptions {
  /** G, 6 by default: contiguous, the first n mod G have one sample more. */
  readonly groups?: number
  /** k of them are tested at a time, 2 by default. */
  readonly testGroups?: number
  /** Samples left out after the last label of every test block; 0 by default. */
  readonly embargo?: number
}

export interface CombinatorialSplits {
  /** All C(G, k), in lexicographic order of their test groups. */
  readonly splits: readonly PurgedSplit[]
  /** How many paths through all groups the tests make: C(G, k) k/G. */
  readonly paths: number
  /** `splitOfGroup[p][g]`: the split whose test of group g belongs to path p. */
  readonly splitOfGroup: readonly Uint32Array[]
}

/** Indices in all splits together: 200 MB. */
const MOST_INDICES = 50_000_000

function requireLabelEnds(ends: Vector): void {
  requireVector('the ends of the labels', ends, 2)
  for (let i = 0; i < ends.length; i++) requireInteger(`the end of label ${i}`, ends[i], i)
}

/**
 * Combinatorial purged cross-validation: every choice of k of G contiguous groups is tested once, on training samples whose label spans
 * [j, t1_j] do not meet those of the test blocks (adjacent test groups are one block) and that do not begin within `embargo` after the
 * last label of a block. Every group is tested C(G - 1, k - 1) times, which makes so many paths.
 * @param labelEnds of every sample i the index t1_i >= i at which its label is known; it may lie after the last sample
 * @throws MathError `too-short` with fewer samples than groups, `out-of-domain` for label ends before their samples, for k not between 1
 * and G - 1, and for combinations of more than 50 million indices
 */
export function combinatorialPurgedSplits(
  labelEnds: Vector,
  { groups = 6, testGroups = 2, embargo = 0 }: CombinatorialOptions = {},
): CombinatorialSplits {
  requireLabelEnds(labelEnds)
  requireInteger('the number of groups', groups, 2)
  requireInteger('the number of test groups', testGroups, 1, groups - 1)
  requireInteger('the embargo', embargo, 0)
  const n = labelEnds.length
  refuseUnless(n >= groups, 'too-short', () => `${n} samples for ${groups} groups`)
  const count = choose(groups, testGroups)
  refuseUnless(
    count * n <= MOST_INDICES,
    'out-of-domain',
    () => `${count} splits of ${n} samples are too many; use fewer groups: 6 groups of which 2 are tested make 15 splits`,
  )
  const starts = Uint32Array.from({ length: groups + 1 }, (_, g) => g * Math.floor(n / groups) + Math.min(g, n % groups))
  const splits: PurgedSplit[] = []
  const tests: number[][] = Array.from({ length: groups }, () => [])
  for (const chosen of combinations(groups, testGroups)) {
    for (const group of chosen) tests[group].push(splits.length)
    splits.push(splitOf(labelEnds, starts, [...chosen], embargo))
  }
  const paths = tests[0].length
  return {
    splits,
    paths,
    splitOfGroup: Array.from({ length: paths }, (_, path) => Uint32Array.from(tests, (ofGroup) => ofGroup[path])),
  }
}

function splitOf(ends: Vector, starts: Uint32Array, testGroups: readonly number[], embargo: number): PurgedSplit {
  const n = ends.length
  // 0 train, 1 left out, 2 test.
  const role = new Uint8Array(n)
  let before = 0
  for (let at = 0; at < testGroups.length; at = before) {
    before = at + 1
    while (before < testGroups.length && testGroups[before] === testGroups[before - 1] + 1) before += 1
    const first = starts[testGroups[at]]
    const after = starts[testGroups[before - 1] + 1]
    let last = 0
    for (let i = first; i < after; i++) {
      role[i] = 2
      last = Math.max(last, ends[i])
    }
    for (let j = 0; j < first; j++) if (role[j] === 0 && ends[j] >= first) role[j] = 1
    for (let j = after; j < n && j <= last + embargo; j++) if (role[j] === 0) role[j] = 1
  }
  const those = (wanted: number): Uint32Array => Uint32Array.from(Array.from(role.keys()).filter((i) => role[i] === wanted))
  return { testGroups, train: those(0), test: those(2) }
}

/**
 * Purged k-fold cross-validation with embargo: each of k contiguous folds is tested once, on training samples whose label spans do not
 * meet those of the fold and that do not begin within `embargo` after its last label.
 * @param labelEnds of every sample i the index t1_i >= i at which its label is known
 * @throws MathError `too-short` with fewer samples than folds, `out-of-domain` for label ends before their samples
 */
export function purgedKFold(
  labelEnds: Vector,
  { folds = 5, embargo = 0 }: { readonly folds?: number; readonly embargo?: number } = {},
): readonly PurgedSplit[] {
  return combinatorialPurgedSplits(labelEnds, { groups: folds, testGroups: 1, embargo }).splits
}
