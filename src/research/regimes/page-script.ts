/**
 * The script of the page of regimes: a chart for each market, its price over bands in the colours of the regimes. It runs in the
 * browser, so it is text here. No backquote and no dollar-brace may stand inside.
 */
export const REGIMES_SCRIPT = String.raw`(() => {
'use strict'
const root = document.documentElement
const data = JSON.parse(document.getElementById('report-data').textContent)
const css = (name) => getComputedStyle(root).getPropertyValue(name).trim()
const button = document.getElementById('theme')
const system = matchMedia('(prefers-color-scheme: dark)')
const isDark = () => (root.dataset.theme || (system.matches ? 'dark' : 'light')) === 'dark'
const shown = (value) => value.toLocaleString('en-US', { maximumSignificantDigits: 6 })
const paints = []
const repaint = () => {
  button.textContent = isDark() ? 'Light' : 'Dark'
  button.setAttribute('aria-label', isDark() ? 'Switch to light' : 'Switch to dark')
  paints.forEach((paint) => paint())
}
button.hidden = false
button.addEventListener('click', () => {
  root.dataset.theme = isDark() ? 'light' : 'dark'
  try { localStorage.setItem('autotrading-theme', root.dataset.theme) } catch {}
  repaint()
})
system.addEventListener('change', repaint)

const options = () => ({
  autoSize: true,
  layout: { background: { type: 'solid', color: css('--surface') }, textColor: css('--ink-3'), fontFamily: css('--sans'), fontSize: 12, attributionLogo: false },
  grid: { vertLines: { visible: false }, horzLines: { color: css('--line') } },
  rightPriceScale: { borderColor: css('--line'), mode: 1 },
  timeScale: { borderColor: css('--line'), timeVisible: true, minBarSpacing: 0.05 },
  handleScroll: { mouseWheel: false, vertTouchDrag: false },
  handleScale: { mouseWheel: false },
})

data.markets.forEach((market, index) => {
  const holder = document.getElementById('chart-' + index)
  if (market.timesS.length < 2) { holder.replaceWith('Not enough bars for a chart.'); return }
  const chart = LightweightCharts.createChart(holder, options())
  const bands = chart.addSeries(LightweightCharts.HistogramSeries, { priceScaleId: 'bands', base: 0, priceLineVisible: false, lastValueVisible: false, autoscaleInfoProvider: () => ({ priceRange: { minValue: 0, maxValue: 1 } }) })
  chart.priceScale('bands').applyOptions({ scaleMargins: { top: 0, bottom: 0 }, visible: false })
  const line = chart.addSeries(LightweightCharts.LineSeries, { lineWidth: 2, priceLineVisible: false, lastValueVisible: true, priceFormat: { type: 'custom', minMove: 1e-8, formatter: shown } })
  line.setData(market.timesS.map((time, i) => ({ time, value: market.closes[i] })))
  const legend = document.getElementById('legend-' + index)
  const tell = (i) => { legend.textContent = new Date(market.timesS[i] * 1000).toISOString().slice(0, 16).replace('T', ' ') + '  ' + shown(market.closes[i]) + '  ' + data.names[market.labels[i]] }
  const byTime = new Map(market.timesS.map((time, i) => [time, i]))
  chart.subscribeCrosshairMove(({ time }) => tell(byTime.has(time) ? byTime.get(time) : market.timesS.length - 1))
  tell(market.timesS.length - 1)
  paints.push(() => {
    chart.applyOptions(options())
    line.applyOptions({ color: css('--ink') })
    bands.setData(market.timesS.map((time, i) => ({ time, value: 1, color: css('--regime-' + (market.labels[i] + 1)) })))
  })
  new ResizeObserver(() => chart.timeScale().fitContent()).observe(holder)
})
repaint()
root.dataset.ready = 'true'
})()`
