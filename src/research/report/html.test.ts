/** The HTML report as text: self-contained, escaped, marked when synthetic, small. The browser test looks at it running. */
import { Script } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { reportSample } from '../../../test/e2e/report-sample.ts'
import { renderHtml } from './html.ts'
import { PAGE_SCRIPT } from './page-script.ts'

/** The page without scripts and styles: what a reader sees. */
const visible = (html: string): string => html.replace(/<(script|style)[\s\S]*?<\/\1>/g, '')

describe('renderHtml', () => {
  const { doc, series } = reportSample()
  const html = renderHtml(doc, series, { assumptions: ['Orders fill at the next open.'] })

  it('asks for nothing: no source, no style sheet, no import', () => {
    const markup = visible(html)
    expect(markup).not.toMatch(/<(img|iframe|object|embed|base)\b| src=|url\(|@import/)
    expect([...markup.matchAll(/<link [^>]*href="([^"]{0,5})/g)].map((match) => match[1])).toEqual(['data:'])
    expect(html).not.toContain('sourceMappingURL')
    expect(html).toContain("default-src 'none'")
  })

  it('keeps the attribution that the chart library asks for', () => {
    expect(html).toContain('TradingView Lightweight Charts')
    expect(visible(html)).toContain('href="https://www.tradingview.com/"')
    expect(html).not.toContain('attributionLogo: false')
  })

  it('contains every part', () => {
    for (const id of [
      'overview',
      'equity',
      'market',
      'trade-list',
      'symbols',
      'costs',
      'months',
      'open',
      'assumptions',
      'warnings',
      'manifest',
    ])
      expect(html).toContain(`<section id="${id}"`)
    expect(html).toContain('Orders fill at the next open.')
    expect(html).toContain(doc.digest)
    for (const { path, sha256 } of doc.manifest.data) for (const text of [path, sha256]) expect(html).toContain(text)
  })

  it('marks every heading, table and folded part when the market is synthetic, and none otherwise', () => {
    expect(visible(html)).not.toContain('SYNTHETIC')
    const sample = reportSample({ synthetic: true })
    const synthetic = visible(renderHtml(sample.doc, sample.series))
    const parts = [...synthetic.matchAll(/<(h1|caption|summary)\b[\s\S]*?<\/\1>|<h2>[^<]*<\/h2>(<span class=.tag.>[^<]*)?/g)].map(
      (match) => match[0],
    )
    expect(parts.length).toBeGreaterThan(20)
    for (const part of parts) expect(part).toContain('SYNTHETIC MARKET')
    expect(synthetic).toContain('<title>SYNTHETIC MARKET: ')
  })

  it('lets no name break out', () => {
    const name = '</script><script>alert(1)</script>"\'&<img src=x onerror=alert(2)>'
    const hostile = reportSample({ symbols: [name, 'BTCUSDT'], strategy: name, warnings: [name] })
    const page = renderHtml(hostile.doc, hostile.series, { assumptions: [name] })
    expect(page.match(/<script/g)).toHaveLength(3)
    expect(page.match(/<\/script/g)).toHaveLength(3)
    expect(page).not.toContain('<img')
  })

  it('copes with an empty run', () => {
    const bare = { ...doc, trades: [], symbols: [], equity: [], openPositions: [], warnings: [] }
    const markup = visible(renderHtml(bare, { symbols: [] }))
    expect(markup).toContain('No trade was closed.')
    expect(markup).toContain('No equity points.')
    expect(markup).not.toMatch(/NaN|undefined|Infinity/)
  })

  it('is smaller than 2 MB with 5,000 trades and many candles', () => {
    const large = reportSample({ trades: 5_000, bars: 20_000, symbols: ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H', 'I', 'J'] })
    expect(large.doc.trades).toHaveLength(5_000)
    expect(Buffer.byteLength(renderHtml(large.doc, large.series))).toBeLessThan(2_000_000)
  })

  it('carries a script that parses', () => {
    expect(() => new Script(PAGE_SCRIPT)).not.toThrow()
  })
})
