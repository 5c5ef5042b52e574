/** The HTML report as text: self-contained, escaped, marked when synthetic, small. The browser test looks at it running. */
import { createHash } from 'node:crypto'
import { Script } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { reportSample } from '../../../test/e2e/report-sample.ts'
import { metricsDocument, metricsOf } from './all-metrics.ts'
import { renderHtml } from './html.ts'
import { escaped } from './markup.ts'
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
      'warnings',
      'assumptions',
      'equity',
      'months',
      'drawdowns',
      'costs',
      'exposure',
      'market',
      'trade-list',
      'extremes',
      'symbols',
      'distribution',
      'excursions',
      'times',
      'open',
      'limits',
      'manifest',
    ])
      expect(html).toContain(`<section id="${id}"`)
    expect(html).toContain('Orders fill at the next open.')
    expect(html).toContain(doc.digest)
    for (const { path, sha256 } of doc.manifest.data) for (const text of [path, sha256]) expect(html).toContain(text)
  })

  it('shows all metrics when it is given them, a dash with its reason for what is not defined', () => {
    expect(html).not.toContain('id="metrics"')
    const results = metricsOf(doc, 0)
    const page = visible(renderHtml(doc, series, { metrics: results }))
    for (const { metric } of results) expect(page).toContain(`>${escaped(metric.title)}</th>`)
    expect(page).toContain('title="Not defined: there is no benchmark"')
    expect(page).not.toMatch(/NaN|Infinity/)
    const sharpe = results.find(({ metric }) => metric.name === 'sharpe')?.value
    expect(sharpe).toBeCloseTo(doc.summary.sharpe ?? Number.NaN, 9)
    const json = JSON.stringify(metricsDocument(doc.digest, results))
    expect(JSON.parse(json).metrics).toContainEqual(
      expect.objectContaining({ name: 'beta', value: null, reason: 'there is no benchmark' }),
    )
  })

  it('marks every heading, table and folded part when the market is synthetic, and none otherwise', () => {
    expect(visible(html)).not.toContain('SYNTHETIC')
    const sample = reportSample({ synthetic: true })
    const synthetic = visible(renderHtml(sample.doc, sample.series, { metrics: metricsOf(sample.doc, 0) }))
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
    expect(page.match(/<script/g)).toHaveLength(4)
    expect(page.match(/<\/script/g)).toHaveLength(4)
    expect(page).not.toContain('<img')
  })

  it('copes with an empty run', () => {
    const lists = { trades: [], symbols: [], equity: [], openPositions: [], warnings: [], monthly: [], drawdowns: [] }
    const bare = { ...doc, ...lists, exposureSeries: [], costs: { ...doc.costs, series: [] } }
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

  it('grows by less than 80 bytes a trade when there are many, and says what it leaves out', () => {
    const [less, more] = [31_000, 35_000].map((trades) => {
      const { doc: large, series: candles } = reportSample({ trades, bars: 9_000, symbols: ['BTCUSDT'] })
      return renderHtml(large, candles)
    })
    // 100,000 trades stay below 10 MB.
    expect((Buffer.byteLength(more) - Buffer.byteLength(less)) / 4_000).toBeLessThan(80)
    expect(more).toContain('Of 35,000 trades the page leaves out quantity, fees, funding and R')
    expect(more).toContain('of 35,000 trades are drawn, the most extreme among them')
  })

  it.each([
    ['one bar', { trades: 0, bars: 1, symbols: ['BTCUSDT'] }],
    ['ruin', { trades: 60, bars: 900, ruin: true, liquidations: 4 }],
    ['twenty symbols', { trades: 200, bars: 600, symbols: Array.from({ length: 20 }, (_, i) => `S${i}USDT`) }],
    ['one trade', { trades: 1, bars: 60, symbols: ['BTCUSDT'] }],
  ] as const)('shows no undefined number: %s', (_, options) => {
    const sample = reportSample(options)
    expect(visible(renderHtml(sample.doc, sample.series))).not.toMatch(/NaN|undefined|Infinity|null/)
  })

  it('lets only its own scripts run', () => {
    const [, policy] = /script-src ([^;]*);/.exec(html) ?? []
    const scripts = [...html.matchAll(/<script>([\s\S]*?)<\/script>/g)].map(([, text]) => text)
    expect(scripts).toHaveLength(3)
    for (const text of scripts) expect(policy).toContain(createHash('sha256').update(text).digest('base64'))
    expect(policy).not.toContain('unsafe')
  })

  it('gives a line to paste into a shell', () => {
    const command = ['backtest', '--strategy', "it's.ts", '--data', 'a b/c.csv', '--set', 'x=1']
    const page = renderHtml({ ...doc, manifest: { ...doc.manifest, command } }, series)
    expect(page).toContain(
      './autotrading backtest --strategy &#39;it&#39;\\&#39;&#39;s.ts&#39; --data &#39;a b/c.csv&#39; --set x=1</code>',
    )
  })

  it('carries a script that parses', () => {
    expect(() => new Script(PAGE_SCRIPT)).not.toThrow()
  })
})
