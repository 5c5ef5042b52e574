/**
 * Makes a failing script small: takes out commands, bars, trades, marks, funding and delistings as long as it still fails.
 *
 * Pure.
 */
import type { VenueScript } from './naive-venue/script.ts'

export function shrinkScript(script: VenueScript, fails: (script: VenueScript) => boolean): VenueScript {
  let smallest = script
  for (;;) {
    const before = sizeOf(smallest)
    smallest = withFewer(smallest, smallest.commands, (of, commands) => ({ ...of, commands }), fails)
    smallest = withFewer(smallest, smallest.funding, (of, funding) => ({ ...of, funding }), fails)
    smallest = withFewer(smallest, smallest.delistings, (of, delistings) => ({ ...of, delistings }), fails)
    for (const { index } of smallest.instruments) {
      smallest = withFewer(
        smallest,
        smallest.trades[index],
        (of, rows) => ({ ...of, trades: of.trades.with(index, rows) }),
        fails,
      )
      smallest = withFewer(smallest, smallest.marks[index], (of, rows) => ({ ...of, marks: of.marks.with(index, rows) }), fails)
      smallest = withFewer(smallest, smallest.bars[index], (of, rows) => ({ ...of, bars: of.bars.with(index, rows) }), fails)
    }
    if (sizeOf(smallest) === before) return smallest
  }
}

const sizeOf = ({ commands, funding, delistings, marks, bars, trades }: VenueScript): number =>
  commands.length +
  funding.length +
  delistings.length +
  [...marks, ...bars, ...trades].reduce((total, rows) => total + rows.length, 0)

/** Takes out ever smaller pieces of a list. */
function withFewer<T>(
  script: VenueScript,
  list: readonly T[],
  set: (of: VenueScript, list: readonly T[]) => VenueScript,
  fails: (script: VenueScript) => boolean,
): VenueScript {
  let smallest = script
  let left = list
  for (let size = Math.ceil(list.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let at = 0; at < left.length;) {
      const fewer = [...left.slice(0, at), ...left.slice(at + size)]
      const candidate = set(smallest, fewer)
      if (fails(candidate)) {
        smallest = candidate
        left = fewer
      } else at += size
    }
  }
  return smallest
}
