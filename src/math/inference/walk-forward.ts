/**
 * Walk-forward splits: train on the past, leave a gap, test on what follows, move on.
 *
 * Pure: indices. Source: R. J. Hyndman, G. Athanasopoulos, Forecasting: Principles and Practice, 3rd ed. (2021), ch. 5.10 (time series
 * cross-validation).
 */
import { refuseUnless, requireInteger } from '../guard.ts'

/** Indices from `first` to `last`, both included. */
export interface Span {
  readonly first: number
  readonly last: number
}

export interface WalkForwardSplit {
  readonly train: Span
  readonly test: Span
}

export interface WalkForwardOptions {
  /** 5 by default. */
  readonly splits?: number
  /** Samples tested at a time; floor(n/(splits + 1)) by default. */
  readonly testSize?: number
  /** Samples left out between training and test, at least as many as a label looks ahead; 0 by default. */
  readonly gap?: number
  /** The most to train on, so that the window rolls; without it, it grows. */
  readonly trainSize?: number
}

/**
 * Walk-forward splits of n samples: the last `splits` x `testSize` samples are tested in turn, each on all samples (or the last
 * `trainSize`) before it but for a gap.
 * @throws MathError `too-short` when nothing is left to train the first one on, `out-of-domain`
 */
export function walkForward(
  samples: number,
  { splits = 5, testSize, gap = 0, trainSize }: WalkForwardOptions = {},
): readonly WalkForwardSplit[] {
  requireInteger('the number of samples', samples, 2)
  requireInteger('the number of splits', splits, 1, 1_000_000)
  requireInteger('the gap', gap, 0)
  if (trainSize !== undefined) requireInteger('the training size', trainSize, 1)
  const size = testSize ?? Math.floor(samples / (splits + 1))
  refuseUnless(size > 0 || testSize !== undefined, 'too-short', () => `${samples} samples for ${splits} splits`)
  requireInteger('the test size', size, 1)
  const first = samples - splits * size
  refuseUnless(
    first - gap > 0,
    'too-short',
    () => `${samples} samples leave nothing to train on before ${splits} tests of ${size} and a gap of ${gap}`,
  )
  return Array.from({ length: splits }, (_, k) => {
    const start = first + k * size
    const end = start - gap
    return {
      train: { first: trainSize === undefined ? 0 : Math.max(0, end - trainSize), last: end - 1 },
      test: { first: start, last: start + size - 1 },
    }
  })
}
