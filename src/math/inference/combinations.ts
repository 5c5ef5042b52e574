/**
 * All ways to choose some of several things, in lexicographic order, counted before they are walked.
 *
 * Pure.
 */

/** How many ways there are to choose k of n; infinite beyond the range of a double. */
export function choose(n: number, k: number): number {
  let count = 1
  for (let i = 1; i <= Math.min(k, n - k); i++) {
    count = (count * (n - i + 1)) / i
    if (count === Infinity) return count
  }
  return Math.round(count)
}

/** Every choice of k of 0 to n - 1, ascending within; one list that is changed on the way. */
export function* combinations(n: number, k: number): Generator<readonly number[], void> {
  const chosen = Array.from({ length: k }, (_, i) => i)
  for (;;) {
    yield chosen
    let at = k - 1
    while (at >= 0 && chosen[at] === n - k + at) at -= 1
    if (at < 0) return
    chosen[at] += 1
    for (let i = at + 1; i < k; i++) chosen[i] = chosen[i - 1] + 1
  }
}
