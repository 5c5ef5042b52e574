/**
 * The engine's exchange against the naive one on random scripts: they must agree on every fill, every entry, every answer and
 * every fate of an order.
 *
 * `AUTOTRADING_TWIN_COMMANDS=100000` says how many commands are played; without it a few thousand.
 */
import { describe, expect, it } from 'vitest'
import { complaint, difference } from './compare-venues.ts'
import type { VenueScript } from './naive-venue/script.ts'
import { randomScript } from './random-script/random-script.ts'
import type { ScriptSize } from './random-script/random-script.ts'
import { shrinkScript } from './shrink-script.ts'

const COMMANDS = Number(process.env['AUTOTRADING_TWIN_COMMANDS'] ?? 6_000)
const MINUTES = 60_000

/** Between a few and some dozen rows and commands. */
const shortSize = (seed: number): ScriptSize => ({
  instruments: 1 + (seed % 3),
  rows: 16 + (seed % 24),
  commands: 16 + (seed % 25),
})
/** Accounts that live long, or die several times. */
const longSize = (seed: number): ScriptSize => ({ instruments: 1 + (seed % 3), rows: 90, commands: 80 })

/** Compares until so many commands were played, or two seeds have failed: more would tell nothing new. */
function compare(from: number, commands: number, size: (seed: number) => ScriptSize): string {
  const complaints: string[] = []
  let played = 0
  for (let seed = from; played < commands && complaints.length < 2; seed += 1) {
    const script = randomScript(seed, size(seed))
    played += script.commands.length
    if (difference(script) !== undefined) complaints.push(complaint(seed, script))
  }
  return complaints.join('\n\n')
}

describe('the engine and the naive exchange agree', () => {
  it('on many short scripts', { timeout: 30 * MINUTES }, () => {
    expect(compare(0, COMMANDS * 0.8, shortSize)).toBe('')
  })

  it('on some long scripts', { timeout: 30 * MINUTES }, () => {
    expect(compare(1_000_000, COMMANDS * 0.2, longSize)).toBe('')
  })
})

describe('scripts on which they once differed', () => {
  const SHORT = [
    7, 12, 13, 35, 52, 86, 124, 162, 313, 417, 473, 697, 781, 841, 1064, 1597, 2522, 2895, 3521, 3930, 3973, 5091, 5222, 5567,
    5748, 5886, 5986, 6009, 6094, 6356, 6682, 7341,
  ]
  const LONG = [1_000_019, 1_000_090, 1_000_409, 1_000_563, 1_000_946]

  it.each(SHORT)('short script %i', (seed) => expect(difference(randomScript(seed, shortSize(seed)))).toBeUndefined())
  it.each(LONG)('long script %i', (seed) => expect(difference(randomScript(seed, longSize(seed)))).toBeUndefined())
})

describe('a failing script', () => {
  it('is made small', () => {
    const script = randomScript(6, shortSize(6))
    const isLimit = (each: VenueScript['commands'][number]): boolean => each.what === 'order' && each.order.type === 'limit'
    const wanted = script.commands.find(isLimit)
    const small = shrinkScript(script, ({ commands, bars, trades }) => {
      const rows = [...bars, ...trades].reduce((sum, each) => sum + each.length, 0)
      return commands.some((each) => each === wanted) && rows > 1
    })
    const rows = [...small.bars, ...small.trades].reduce((sum, each) => sum + each.length, 0)
    expect([small.commands.length, rows, small.funding.length]).toEqual([1, 2, 0])
  })
})
