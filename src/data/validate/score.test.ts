/** The score falls with every damaged row, and never rises. */
import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { checks } from './checks/list.ts'
import { contradiction, copies, volumeDiffers } from './compare-rules.ts'
import type { Weight } from './rule.ts'
import { deductionOf, PRICES, scoreOf } from './score.ts'
import type { Deduction } from './score.ts'

const rules = checks.flatMap((check) => check.rules)
const deductions = (counts: readonly number[]): Deduction[] =>
  rules.map((rule, i) => ({ rule, rows: counts[i], points: deductionOf(rule.weight, counts[i]) }))
const counts = fc.array(fc.oneof(fc.constant(0), fc.nat({ max: 50 }), fc.nat({ max: 1_000_000 })), {
  minLength: rules.length,
  maxLength: rules.length,
})

describe('score', () => {
  it('more damage never raises it', () => {
    fc.assert(
      fc.property(counts, fc.nat({ max: rules.length - 1 }), fc.integer({ min: 1, max: 1_000 }), (before, at, more) => {
        const after = before.map((rows, i) => (i === at ? rows + more : rows))
        expect(scoreOf(deductions(after))).toBeLessThanOrEqual(scoreOf(deductions(before)))
      }),
    )
  })

  it('is 100 without damage, below it with any, and never outside of 0 to 100', () => {
    expect(scoreOf(deductions(rules.map(() => 0)))).toBe(100)
    for (const [i, rule] of rules.entries()) {
      const score = scoreOf(deductions(rules.map((_, k) => (k === i ? 1 : 0))))
      if (rule.weight === 'notice') expect(score).toBe(100)
      else expect(score).toBeLessThan(100)
    }
    expect(scoreOf(deductions(rules.map(() => 1_000_000)))).toBe(0)
  })

  it('a few critical rows, or one that is fatal, are below 90; one minor row is not', () => {
    const of = (weight: Weight, rows: number): number => 100 - deductionOf(weight, rows)
    expect(of('critical', 1)).toBeGreaterThan(90)
    expect(of('critical', 3)).toBeLessThan(90)
    expect(of('fatal', 1)).toBeLessThan(90)
    expect(of('total', 1)).toBe(0)
    expect(of('minor', 1)).toBeGreaterThan(99)
    for (const weight of Object.keys(PRICES) as Weight[])
      expect(deductionOf(weight, 1e9)).toBeLessThanOrEqual(PRICES[weight].most)
  })

  it('every rule stands in the documentation with its weight', () => {
    const page = readFileSync(new URL('../../../docs/data-quality.md', import.meta.url), 'utf8')
    for (const { name, weight } of [...rules, contradiction, copies, volumeDiffers])
      expect(page).toContain(weight === 'total' || weight === 'fatal' ? `| \`${name}\` |` : `| \`${name}\` | ${weight} |`)
  })

  it('rules have names of their own', () => {
    expect(new Set(rules.map(({ name }) => name)).size).toBe(rules.length)
  })
})
