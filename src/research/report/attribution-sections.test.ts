/** The sections that tell whose a result is, in a page of a run that has them and of one that does not. */
import { describe, expect, it } from 'vitest'
import { attributionSample } from '../../../test/e2e/attribution-sample.ts'
import { reportSample } from '../../../test/e2e/report-sample.ts'
import { comparisonWords, regimeName } from './attribution-sections.ts'
import { renderHtml } from './html.ts'

const { doc, series } = reportSample({ bars: 2_000, trades: 40 })
const SECTIONS = ['comparison', 'attribution', 'regimes', 'sizing', 'exposure-by-strategy']

describe('the sections of attribution', () => {
  it('stand in the page of a run that tells', () => {
    const page = renderHtml({ ...doc, ...attributionSample(doc) }, series)
    for (const id of SECTIONS) expect(page).toContain(`<section id="${id}"`)
    expect(page).toContain('Adds up to the account&#39;s result exactly: +400.00'.replace('&#39;', "'"))
    expect(page).toContain('R6 range-volatile')
    expect(page).toMatch(/buying|holding all 3 symbols in equal parts would have earned \+31\.00% before costs, cash 0%/)
    // All bars of a strategy are to one scale and inside their row.
    for (const [, left, width] of page.matchAll(/class="part-[a-z]+" style="left:([\d.]+)%;width:([\d.]+)%"/g))
      expect(Number(left) + Number(width)).toBeLessThanOrEqual(100.02)
  })

  it('are left out of a report of an earlier version', () => {
    const page = renderHtml(doc, series)
    for (const id of SECTIONS) expect(page).not.toContain(`<section id="${id}"`)
    expect(page).not.toContain('href="#attribution"')
    expect(comparisonWords(doc)).toBe('')
  })

  it('escape names', () => {
    const sample = attributionSample(doc)
    const [first] = sample.attribution.byStrategy
    const page = renderHtml(
      { ...doc, ...sample, attribution: { ...sample.attribution, byStrategy: [{ ...first, strategy: '<i>x</i>' }] } },
      series,
    )
    expect(page).not.toContain('<i>x</i>')
  })

  it('name regimes, known or not', () => {
    expect([null, 'R1', 'R99'].map(regimeName)).toEqual(['not known yet', 'R1 bull-calm', 'R99'])
  })
})
