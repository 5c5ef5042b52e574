/** Measures two or more pieces of work in turn, A B A B, so that a machine which changes its speed changes it for all. */

export interface Timed {
  readonly name: string
  work(): void
}

/** CPU time of this thread in milliseconds: what other processes do does not count. */
function threadMs(): number {
  const { user, system } = process.threadCpuUsage()
  return (user + system) / 1_000
}

/**
 * Median milliseconds of each after `warmUp` rounds that do not count. Each begins with an empty young heap, unless `collect` is
 * false: a collection also drops what the compiler knew of objects that are all gone, which short pieces of work then pay for.
 */
export function inTurn(
  works: readonly Timed[],
  { rounds, warmUp, collect = true }: { readonly rounds: number; readonly warmUp: number; readonly collect?: boolean },
): ReadonlyMap<string, number> {
  const times = new Map<string, number[]>(works.map(({ name }) => [name, []]))
  for (let round = 0; round < warmUp + rounds; round++) {
    for (const { name, work } of works) {
      if (collect) globalThis.gc?.()
      const start = threadMs()
      work()
      const spent = threadMs() - start
      if (round >= warmUp) times.get(name)?.push(spent)
    }
  }
  return new Map([...times].map(([name, list]) => [name, list.toSorted((a, b) => a - b)[list.length >> 1]]))
}
