/**
 * The script of a report page: unpacks the data, draws the charts, sorts and filters the trades. It runs in the
 * browser, so it is text here; the page that holds it asks for nothing from anywhere.
 *
 * `page-data.ts` packs what `unpack` reads; change both together. No backquote and no dollar-brace may stand inside.
 */

const BASICS = String.raw`
const data = JSON.parse(document.getElementById('report-data').textContent)
const byId = (id) => document.getElementById(id)
const root = document.documentElement
const css = (name) => getComputedStyle(root).getPropertyValue(name).trim()
const minus = (text) => text.replace('-', '\u2212')
const fixed = (value, decimals) => minus(value.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals }))
const signed = (value, decimals) => (value > 0 ? '+' : '') + fixed(value, decimals)
const tone = (value) => (value > 0 ? 'gain' : value < 0 ? 'loss' : '')
const decimalsOf = (text) => (text.includes('.') ? text.length - text.indexOf('.') - 1 : 0)
const exact = (text) => (/e/i.test(text) ? text : fixed(Number(text), Math.min(10, decimalsOf(text))))
const minute = (s) => new Date(s * 1000).toISOString().slice(0, 16).replace('T', ' ')
const element = (name, className, text) => {
  const node = document.createElement(name)
  if (className) node.className = className
  if (text !== undefined) node.textContent = text
  return node
}

const moneyUnit = Math.pow(10, data.moneyDecimals)
const amount = (value) => fixed(value, data.moneyDecimals)
const gained = (value) => signed(value, data.moneyDecimals)
const DASH = '\u2013'
function unpack() {
  const { startS, stepS, depths } = data.equity
  let units = 0
  const equity = data.equity.cents.map((step, i) => {
    units += step
    return { time: Math.floor(startS + i * stepS), value: units / moneyUnit }
  })
  const fall = equity.map((point, i) => ({ time: point.time, value: -depths[i] / 10000 }))
  const candles = new Map(data.candles.map((packed) => [packed.symbol, unpackCandles(packed)]))
  return { equity, fall, trades: unpackTrades(data.trades), candles }
}
function unpackTrades(packed) {
  const trades = []
  const hundredths = (value) => (value === null ? null : value / 100)
  let entryS = 0
  for (let i = 0; i < packed.count; i++) {
    entryS += packed.entry[i]
    const symbol = packed.symbol[i]
    const unit = Math.pow(10, packed.decimals[symbol][0])
    const trade = {
      id: packed.id ? packed.id[i] : i + 1, symbol, long: packed.long[i] === '1' ? 1 : 0, entryS, exitS: entryS + packed.held[i], held: packed.held[i],
      entry: packed.in[i] / unit, exit: (packed.in[i] + packed.out[i]) / unit, net: packed.net[i] / moneyUnit, returned: hundredths(packed.returned[i]),
      mae: hundredths(packed.mae[i]), mfe: hundredths(packed.mfe[i]), reason: packed.reason[i], qty: null, fees: null, funding: null, stop: null, multiple: null,
    }
    if (packed.more) {
      const { qty, fees, funding, stop, multiple } = packed.more
      trade.qty = qty[i]
      trade.fees = fees[i] / moneyUnit
      trade.funding = funding[i] / moneyUnit
      trade.stop = stop[i] === null ? null : (packed.in[i] + stop[i]) / unit
      trade.multiple = hundredths(multiple[i])
    }
    trades.push(trade)
  }
  return trades
}
// With the decimals of its tick, and more where an average of several fills has them.
function priceText(value, symbol) {
  const [most, tick] = data.trades.decimals[symbol]
  const text = value.toFixed(most)
  const own = text.includes('.') ? text.replace(/0+$/, '').split('.')[1].length : 0
  return fixed(value, Math.max(own, Math.min(tick, most)))
}
function lasting(s) {
  for (const [name, length, next, nextName] of [['d', 86400, 3600, 'h'], ['h', 3600, 60, 'm'], ['m', 60, 1, 's']]) {
    if (s < length) continue
    const rest = Math.floor((s % length) / next)
    return Math.floor(s / length) + name + (rest ? ' ' + rest + nextName : '')
  }
  return s + 's'
}
function unpackCandles(packed) {
  const scale = Math.pow(10, packed.decimals)
  const bars = []
  let time = packed.startS
  let close = 0
  for (let i = 0; i < packed.rows.length; i += 5) {
    const open = close + packed.rows[i + 1]
    close = open + packed.rows[i + 4]
    time += packed.rows[i] * packed.stepS
    const high = Math.max(open, close) + packed.rows[i + 2]
    const low = Math.min(open, close) - packed.rows[i + 3]
    bars.push({ time, open: open / scale, high: high / scale, low: low / scale, close: close / scale })
  }
  return { bars, interval: packed.interval, joined: packed.joined, decimals: packed.decimals, volume: packed.volume }
}
const { equity, fall, trades, candles } = unpack()
`

const THEME = String.raw`
const themed = []
const isDark = () => (root.dataset.theme || (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light')) === 'dark'
const repaint = () => {
  themed.forEach((paint) => paint())
  byId('theme').textContent = isDark() ? 'Light' : 'Dark'
  byId('theme').setAttribute('aria-label', isDark() ? 'Switch to light' : 'Switch to dark')
}
byId('theme').hidden = false
byId('theme').addEventListener('click', () => {
  root.dataset.theme = isDark() ? 'light' : 'dark'
  // A browser may refuse to remember; then the choice lasts as long as the page.
  try { localStorage.setItem('autotrading-theme', root.dataset.theme) } catch {}
  repaint()
})
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', repaint)
// Charts draw with the next frame, paper does not wait for it: it gets pictures of what is on the screen, which also
// fit its width. (The library's takeScreenshot never returned from inside this event when tried with 5.2.1.)
const printed = []
function pictureOf(holder) {
  const frame = holder.getBoundingClientRect()
  const density = devicePixelRatio || 1
  const picture = element('canvas', 'picture' + (isDark() ? ' inverted' : ''))
  picture.width = Math.round(frame.width * density)
  picture.height = Math.round(frame.height * density)
  const pen = picture.getContext('2d')
  for (const canvas of holder.querySelectorAll('canvas')) {
    const { left, top, width, height } = canvas.getBoundingClientRect()
    if (width > 0 && height > 0) pen.drawImage(canvas, (left - frame.left) * density, (top - frame.top) * density, width * density, height * density)
  }
  return picture
}
let beforePrint
addEventListener('beforeprint', () => {
  beforePrint = { theme: root.dataset.theme, closed: [...document.querySelectorAll('details:not([open])')] }
  beforePrint.closed.forEach((node) => { node.open = true })
  for (const holder of printed) holder.after(pictureOf(holder))
  root.dataset.theme = 'light'
  repaint()
})
addEventListener('afterprint', () => {
  if (beforePrint.theme) root.dataset.theme = beforePrint.theme
  else delete root.dataset.theme
  beforePrint.closed.forEach((node) => { node.open = false })
  document.querySelectorAll('.picture').forEach((picture) => picture.remove())
  repaint()
})

const chartOptions = () => ({
  autoSize: true,
  layout: {
    background: { type: 'solid', color: css('--surface') }, textColor: css('--ink-3'), fontSize: 12, fontFamily: css('--sans'),
    panes: { separatorColor: css('--line'), separatorHoverColor: css('--line-strong'), enableResize: true },
  },
  grid: { vertLines: { visible: false }, horzLines: { color: css('--line') } },
  rightPriceScale: { borderVisible: false },
  timeScale: { borderColor: css('--line'), timeVisible: true, secondsVisible: false, minBarSpacing: 0.05 },
  crosshair: { mode: 0, vertLine: { color: css('--line-strong'), labelBackgroundColor: css('--ink-2') }, horzLine: { color: css('--line-strong'), labelBackgroundColor: css('--ink-2') } },
  // A page that cannot be scrolled past its charts is no use on a phone: one finger scrolls, two zoom.
  handleScroll: { mouseWheel: false, pressedMouseMove: true, horzTouchDrag: true, vertTouchDrag: false },
})
// Keeps the whole period in view while the page finds its size, until the reader moves the chart.
function keepWhole(chart, holder, points) {
  printed.push(holder)
  let whole = true
  // A little room at both ends, or the label of the first year would be cut.
  const fit = () => {
    if (!whole) return
    const room = (24 / Math.max(200, holder.clientWidth)) * points()
    chart.timeScale().setVisibleLogicalRange({ from: -room - 0.5, to: points() - 0.5 + room / 2 })
  }
  new ResizeObserver(() => requestAnimationFrame(fit)).observe(holder)
  for (const kind of ['pointerdown', 'wheel', 'touchstart']) holder.addEventListener(kind, () => { whole = false }, { passive: true })
  return { show: () => { whole = true; fit() }, leave: () => { whole = false } }
}
function watermark(chart) {
  if (!data.synthetic) return
  const mark = LightweightCharts.createTextWatermark(chart.panes()[0], { horzAlign: 'center', vertAlign: 'center', lines: [] })
  themed.push(() => {
    const narrow = innerWidth < 640
    mark.applyOptions({ lines: [{ text: 'SYNTHETIC MARKET', color: isDark() ? 'rgba(255,207,112,.13)' : 'rgba(138,90,0,.13)', fontSize: narrow ? 20 : 52, fontStyle: 'bold' }] })
  })
}
function legend(target, parts) {
  target.replaceChildren(...parts.map(([label, text, className]) => {
    const part = element('span', '', label + ' ')
    part.append(element('b', className, text))
    return part
  }))
}
`

const EQUITY = String.raw`
// The capital in equal parts in every symbol from its first candle on; before that the part waits.
function heldEquity() {
  const parts = [...candles.values()].map(({ bars }) => ({ bars, at: 0 }))
  return equity.map(({ time }) => {
    const shares = parts.map((part) => {
      while (part.at + 1 < part.bars.length && part.bars[part.at + 1].time <= time) part.at += 1
      const bar = part.bars[part.at]
      return bar.time > time ? 1 : bar.close / part.bars[0].open
    })
    return { time, value: data.capital * shares.reduce((sum, share) => sum + share, 0) / shares.length }
  })
}

function drawEquity() {
  const holder = byId('equity-chart')
  if (equity.length < 2) {
    holder.parentElement.replaceChildren(element('p', 'empty', 'Not enough points for a chart.'))
    return
  }
  const chart = LightweightCharts.createChart(holder, chartOptions())
  const money = { type: 'custom', minMove: 0.01, formatter: (value) => fixed(value, Math.abs(value) >= 1000 ? 0 : 2) }
  const percent = { type: 'custom', minMove: 0.0001, formatter: (value) => minus((value * 100).toFixed(1)) + '%' }
  const line = chart.addSeries(LightweightCharts.BaselineSeries, { baseValue: { type: 'price', price: data.capital }, lineWidth: 2, priceFormat: money, priceLineVisible: false }, 0)
  const under = chart.addSeries(LightweightCharts.AreaSeries, { invertFilledArea: true, lineWidth: 1, priceFormat: percent, priceLineVisible: false, lastValueVisible: false }, 1)
  line.setData(equity)
  under.setData(fall)
  line.createPriceLine({ price: data.capital, lineStyle: 2, lineWidth: 1, axisLabelVisible: false, title: '', color: '#8a95a8' })
  chart.panes()[0].setStretchFactor(3)
  chart.panes()[1].setStretchFactor(1)
  under.priceScale().applyOptions({ scaleMargins: { top: 0.04, bottom: 0.1 } })
  LightweightCharts.createSeriesMarkers(under, data.actions.map(([time, text]) => ({ time, position: 'belowBar', shape: 'circle', color: '#8a95a8', size: 0.6, text })))
  watermark(chart)
  themed.push(() => {
    chart.applyOptions(chartOptions())
    const [gain, loss, gainSoft, lossSoft] = ['--candle-up', '--candle-down', '--gain-soft', '--loss-soft'].map(css)
    const soft = (rgb, alpha) => 'rgba(' + rgb + ',' + alpha + ')'
    line.applyOptions({
      topLineColor: gain, topFillColor1: soft(gainSoft, 0.28), topFillColor2: soft(gainSoft, 0.03),
      bottomLineColor: loss, bottomFillColor1: soft(lossSoft, 0.03), bottomFillColor2: soft(lossSoft, 0.24),
    })
    under.applyOptions({ lineColor: loss, topColor: soft(lossSoft, 0.1), bottomColor: soft(lossSoft, 0.4) })
  })
  const show = (point, depth) => legend(byId('equity-legend'), [
    ['', minute(point.time)], ['Equity', amount(point.value)],
    ['Return', signed((point.value / data.capital - 1) * 100, 2) + '%', tone(point.value - data.capital)],
    ['Drawdown', minus((depth.value * 100).toFixed(2)) + '%', depth.value < 0 ? 'loss' : ''],
  ])
  const last = equity.length - 1
  chart.subscribeCrosshairMove((move) => {
    const at = move.logical === undefined ? last : Math.max(0, Math.min(last, move.logical))
    show(equity[at], fall[at])
  })
  show(equity[last], fall[last])
  const view = keepWhole(chart, holder, () => equity.length)
  let held
  const hold = (on) => {
    if (held === undefined) {
      held = chart.addSeries(LightweightCharts.LineSeries, { lineWidth: 1, priceFormat: money, priceLineVisible: false, title: 'Hold' }, 0)
      held.setData(heldEquity())
      const paint = () => held.applyOptions({ color: css('--ink-2') })
      themed.push(paint)
      paint()
    }
    held.applyOptions({ visible: on })
    byId('hold').setAttribute('aria-pressed', String(on))
  }
  byId('hold').disabled = candles.size === 0
  byId('hold').addEventListener('click', () => hold(byId('hold').getAttribute('aria-pressed') !== 'true'))
  // Shown at once unless it would flatten the curve that this page is about.
  if (candles.size > 0) {
    const span = (points) => points.reduce((most, { value }) => Math.max(most, Math.abs(value - data.capital)), 0)
    if (span(heldEquity()) <= 4 * span(equity)) hold(true)
  }
  byId('log').addEventListener('click', () => {
    const on = byId('log').getAttribute('aria-pressed') !== 'true'
    byId('log').setAttribute('aria-pressed', String(on))
    line.priceScale().applyOptions({ mode: on ? 1 : 0 })
  })
  byId('equity-all').addEventListener('click', view.show)
}
`

const MARKET = String.raw`
// The candle that contains a moment: the last one that opened at or before it.
function candleAt(bars, time) {
  let low = 0
  let high = bars.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (bars[middle].time <= time) low = middle
    else high = middle - 1
  }
  return low
}
const reasonOf = (trade) => data.reasons[trade.reason] || ''
const isStop = (trade) => /stop/i.test(reasonOf(trade))
const isForced = (trade) => /liquidation|delisting/i.test(reasonOf(trade))

function drawMarket() {
  const holder = byId('market-chart')
  if (candles.size === 0) {
    byId('market-card').replaceChildren(element('p', 'empty', 'No candles were passed to this report.'))
    return { pick: () => {}, show: () => {} }
  }
  const chart = LightweightCharts.createChart(holder, chartOptions())
  const series = chart.addSeries(LightweightCharts.CandlestickSeries, { borderVisible: false, priceLineVisible: false })
  const volume = chart.addSeries(LightweightCharts.HistogramSeries, { priceScaleId: 'volume', priceFormat: { type: 'volume' }, priceLineVisible: false, lastValueVisible: false })
  chart.priceScale('volume').applyOptions({ scaleMargins: { top: 0.86, bottom: 0 } })
  series.priceScale().applyOptions({ scaleMargins: { top: 0.12, bottom: 0.18 } })
  const path = chart.addSeries(LightweightCharts.LineSeries, { lineWidth: 2, lineStyle: 2, priceLineVisible: false, lastValueVisible: false, crosshairMarkerVisible: false, autoscaleInfoProvider: () => null })
  const markers = LightweightCharts.createSeriesMarkers(series, [], { autoScale: false })
  watermark(chart)
  const view = keepWhole(chart, holder, () => (candles.has(current) ? candles.get(current).bars.length : 1))
  let current = ''
  let own = []
  let picked
  let stopLine

  const markersIn = (from, to) => {
    const { bars } = candles.get(current)
    const visible = own.filter((trade) => trade.exitS >= from && trade.entryS <= to)
    const close = visible.length <= holder.clientWidth / 90
    const crowd = visible.length * 1200 / Math.max(300, holder.clientWidth)
    const size = crowd > 250 ? 0.4 : crowd > 90 ? 0.7 : 1
    const [long, short, stop, forced, neutral] = ['--candle-up', '--candle-down', '--stop', '--forced', '--ink-3'].map(css)
    return visible.flatMap((trade) => {
      const stopped = isStop(trade)
      const liquidated = isForced(trade)
      const enter = { time: bars[candleAt(bars, trade.entryS)].time, position: trade.long ? 'belowBar' : 'aboveBar', shape: trade.long ? 'arrowUp' : 'arrowDown', color: trade.long ? long : short, size, text: close ? (trade.long ? 'Long' : 'Short') : '' }
      const leave = { time: bars[candleAt(bars, trade.exitS)].time, position: trade.long ? 'aboveBar' : 'belowBar', shape: stopped || liquidated ? 'square' : 'circle', color: liquidated ? forced : stopped ? stop : neutral, size: size * 0.75, text: close ? (liquidated ? 'Forced ' : stopped ? 'Stop ' : '') + gained(trade.net) : liquidated ? 'Forced' : '' }
      return visible.length > 700 ? [enter] : [enter, leave]
    }).sort((a, b) => a.time - b.time)
  }
  const remark = () => {
    const range = chart.timeScale().getVisibleRange()
    const { bars } = candles.get(current)
    // A trade whose candle touches the edge of the view belongs to the view.
    if (range) markers.setMarkers(markersIn(range.from, range.to + (bars.length > 1 ? bars[1].time - bars[0].time : 0)))
  }
  let waiting = false
  chart.timeScale().subscribeVisibleLogicalRangeChange(() => {
    if (waiting) return
    waiting = true
    requestAnimationFrame(() => { waiting = false; remark() })
  })

  const drawPath = () => {
    if (stopLine) { series.removePriceLine(stopLine); stopLine = undefined }
    if (picked && picked.stop !== null) stopLine = series.createPriceLine({ price: picked.stop, color: css('--stop'), lineStyle: 1, lineWidth: 1, axisLabelVisible: true, title: 'initial stop' })
    if (!picked) { path.setData([]); return }
    const { bars } = candles.get(current)
    const from = bars[candleAt(bars, picked.entryS)].time
    const to = bars[candleAt(bars, picked.exitS)].time
    path.applyOptions({ color: css(picked.net >= 0 ? '--gain' : '--loss') })
    path.setData(from === to ? [] : [{ time: from, value: picked.entry }, { time: to, value: picked.exit }])
  }
  const show = (symbol) => {
    if (!candles.has(symbol)) return false
    if (symbol !== current) {
      if (stopLine) { series.removePriceLine(stopLine); stopLine = undefined }
      current = symbol
      own = trades.filter((trade) => data.symbols[trade.symbol] === symbol)
      picked = undefined
      const { bars, decimals, interval, joined } = candles.get(symbol)
      series.applyOptions({ priceFormat: { type: 'custom', minMove: Math.pow(10, -decimals), formatter: (value) => fixed(value, decimals) } })
      path.setData([])
      series.setData(bars)
      paintVolume()
      byId('market-interval').textContent = interval + ' candles' + (joined ? ', joined from finer ones' : '')
      for (const button of byId('market-symbols').children) button.setAttribute('aria-pressed', String(button.textContent === symbol))
      legendAt(bars.length - 1)
      byId('picked').textContent = ''
      view.show()
      remark()
    }
    return true
  }
  const paintVolume = () => {
    const { bars, volume: amounts } = candles.get(current)
    const [up, down] = ['rgba(' + css('--gain-soft') + ',.28)', 'rgba(' + css('--loss-soft') + ',.28)']
    volume.setData(amounts.length === 0 ? [] : bars.map((bar, i) => ({ time: bar.time, value: amounts[i], color: bar.close >= bar.open ? up : down })))
  }
  const legendAt = (index) => {
    const { bars, decimals } = candles.get(current)
    const bar = bars[index]
    legend(byId('market-legend'), [
      ['', current], ['', minute(bar.time)],
      ...['Open', 'High', 'Low', 'Close'].map((name) => [name, fixed(bar[name.toLowerCase()], decimals), name === 'Close' ? tone(bar.close - bar.open) : '']),
    ])
  }
  const pick = (trade) => {
    if (!show(data.symbols[trade.symbol])) {
      byId('picked').textContent = 'No candles of ' + data.symbols[trade.symbol] + ' were passed to this report.'
      return
    }
    picked = trade
    const { bars } = candles.get(current)
    const from = candleAt(bars, trade.entryS)
    const to = candleAt(bars, trade.exitS)
    view.leave()
    const room = Math.max(20, Math.round((to - from) * 1.2))
    chart.timeScale().setVisibleLogicalRange({ from: from - room, to: to + room })
    drawPath()
    const text = '#' + trade.id + (trade.long ? ' long ' : ' short ') + priceText(trade.entry, trade.symbol) + ' \u2192 ' + priceText(trade.exit, trade.symbol) + ', ' + minute(trade.entryS) + ' to ' + minute(trade.exitS) + ', '
    byId('picked').replaceChildren(text, element('b', tone(trade.net), gained(trade.net)))
    remark()
  }
  themed.push(() => {
    chart.applyOptions(chartOptions())
    series.applyOptions({ upColor: css('--candle-up'), wickUpColor: css('--candle-up'), downColor: css('--candle-down'), wickDownColor: css('--candle-down') })
    if (current) { paintVolume(); remark(); drawPath() }
  })
  chart.subscribeCrosshairMove((move) => {
    const { bars } = candles.get(current)
    legendAt(move.logical === undefined ? bars.length - 1 : Math.max(0, Math.min(bars.length - 1, move.logical)))
  })
  for (const symbol of candles.keys()) {
    const button = element('button', 'button', symbol)
    button.type = 'button'
    button.addEventListener('click', () => show(symbol))
    byId('market-symbols').append(button)
  }
  const step = (by) => {
    if (own.length === 0) return
    const at = own.indexOf(picked)
    pick(own[at < 0 ? (by > 0 ? 0 : own.length - 1) : (at + by + own.length) % own.length])
  }
  byId('market-all').addEventListener('click', () => { picked = undefined; drawPath(); byId('picked').textContent = ''; view.show() })
  byId('trade-before').addEventListener('click', () => step(-1))
  byId('trade-after').addEventListener('click', () => step(1))
  show(candles.keys().next().value)
  return { pick, show }
}
`

const TRADES = String.raw`
const PAGE = 25
const optional = (value, write) => (value === null ? DASH : write(value))
const CELLS = [
  { key: 'id', text: (t) => String(t.id) },
  { key: 'symbol', left: true, value: (t) => data.symbols[t.symbol], text: (t) => data.symbols[t.symbol] },
  { key: 'long', left: true, text: (t) => (t.long ? 'Long' : 'Short'), className: (t) => 'side ' + (t.long ? 'gain' : 'loss') },
  { key: 'entryS', left: true, text: (t) => minute(t.entryS) },
  { key: 'held', text: (t) => lasting(t.held), title: (t) => 'closed ' + minute(t.exitS) },
  { key: 'qty', more: true, value: (t) => Number(t.qty), text: (t) => exact(t.qty) },
  { key: 'entry', text: (t) => priceText(t.entry, t.symbol) },
  { key: 'exit', text: (t) => priceText(t.exit, t.symbol) },
  { key: 'fees', more: true, text: (t) => amount(t.fees) },
  { key: 'funding', more: true, text: (t) => gained(t.funding) },
  { key: 'net', text: (t) => gained(t.net), className: (t) => tone(t.net) },
  { key: 'returned', text: (t) => optional(t.returned, (v) => signed(v, 2)), className: (t) => tone(t.returned) },
  { key: 'mae', text: (t) => optional(t.mae, (v) => fixed(v, 2)) },
  { key: 'mfe', text: (t) => optional(t.mfe, (v) => fixed(v, 2)) },
  { key: 'multiple', more: true, text: (t) => optional(t.multiple, (v) => signed(v, 2)) },
  { key: 'reason', left: true, value: reasonOf, text: reasonOf, className: (t) => 'reason' + (isStop(t) ? ' stop' : isForced(t) ? ' forced' : '') },
].filter((cell) => !cell.more || data.trades.more)
const FILTERS = { all: () => true, won: (t) => t.net > 0, lost: (t) => t.net < 0, long: (t) => t.long === 1, short: (t) => t.long === 0, stop: isStop, forced: isForced }

function drawTrades(market) {
  if (trades.length === 0) return { only: () => {}, open: () => {} }
  const body = byId('trades').tBodies[0]
  const heads = [...byId('trades').tHead.rows[0].cells]
  const state = { key: 'id', down: false, symbol: '', filter: 'all', page: 0, picked: undefined }
  let shown = trades

  const arrange = () => {
    const cell = CELLS.find((candidate) => candidate.key === state.key)
    const value = cell.value || ((t) => t[cell.key])
    shown = trades.filter((t) => (state.symbol === '' || t.symbol === Number(state.symbol)) && FILTERS[state.filter](t))
    shown.sort((a, b) => {
      const [x, y] = [value(a), value(b)]
      // What is not defined comes last, whichever way the others go.
      if (x === null || y === null) return x === y ? a.id - b.id : x === null ? 1 : -1
      const order = (x < y ? -1 : x > y ? 1 : 0) * (state.down ? -1 : 1)
      return order || a.id - b.id
    })
    state.page = 0
    heads.forEach((head, i) => {
      if (CELLS[i].key === state.key) head.setAttribute('aria-sort', state.down ? 'descending' : 'ascending')
      else head.removeAttribute('aria-sort')
    })
    draw()
  }
  const draw = () => {
    const first = state.page * PAGE
    const rows = shown.slice(first, first + PAGE)
    body.replaceChildren(...rows.map((trade, i) => {
      const row = element('tr')
      row.tabIndex = i === 0 ? 0 : -1
      row.setAttribute('aria-selected', String(trade === state.picked))
      for (const cell of CELLS) {
        const node = element('td', (cell.left ? 'l ' : '') + (cell.className ? cell.className(trade) : ''), cell.text(trade))
        if (cell.title) node.title = cell.title(trade)
        row.append(node)
      }
      row.addEventListener('click', () => select(trade, row))
      return row
    }))
    const net = shown.reduce((total, trade) => total + trade.net, 0)
    byId('trades-count').textContent = shown.length === 0 ? 'No trade matches.'
      : (first + 1) + '\u2013' + (first + rows.length) + ' of ' + fixed(shown.length, 0) + (shown.length < trades.length ? ' (of ' + fixed(trades.length, 0) + ' in all)' : '') + ', net ' + gained(net)
    byId('page-before').disabled = state.page === 0
    byId('page-after').disabled = first + PAGE >= shown.length
  }
  const select = (trade, row) => {
    state.picked = trade
    for (const other of body.rows) other.setAttribute('aria-selected', String(other === row))
    market.pick(trade)
    byId('market').scrollIntoView({ block: 'start' })
  }
  body.addEventListener('keydown', (event) => {
    const row = event.target.closest('tr')
    const next = event.key === 'ArrowDown' ? row.nextElementSibling : event.key === 'ArrowUp' ? row.previousElementSibling : undefined
    if (event.key === 'Enter' || event.key === ' ') row.click()
    else if (next) { row.tabIndex = -1; next.tabIndex = 0; next.focus() }
    else return
    event.preventDefault()
  })
  heads.forEach((head, i) => head.firstElementChild.addEventListener('click', () => {
    // Numbers are looked at from the largest, names and times from the first.
    const same = state.key === CELLS[i].key
    state.down = same ? !state.down : !CELLS[i].left && CELLS[i].key !== 'id'
    state.key = CELLS[i].key
    arrange()
  }))
  const symbols = byId('trades-symbol')
  const traded = new Set(trades.map((trade) => trade.symbol))
  data.symbols.forEach((symbol, i) => {
    if (!traded.has(i)) return
    const option = element('option', '', symbol)
    option.value = String(i)
    symbols.append(option)
  })
  symbols.addEventListener('change', () => { state.symbol = symbols.value; arrange() })
  byId('trades-filter').addEventListener('change', (event) => { state.filter = event.target.value; arrange() })
  byId('page-before').addEventListener('click', () => { state.page -= 1; draw() })
  byId('page-after').addEventListener('click', () => { state.page += 1; draw() })
  arrange()
  return {
    only: (symbol) => { state.symbol = symbols.value = String(symbol); arrange() },
    open: (id) => {
      const trade = trades.find((each) => each.id === id)
      if (trade) select(trade, undefined)
    },
  }
}

function connect(market, list) {
  for (const button of document.querySelectorAll('[data-symbol]')) {
    button.addEventListener('click', () => {
      const symbol = Number(button.dataset.symbol)
      market.show(data.symbols[symbol])
      list.only(symbol)
      byId('market').scrollIntoView({ block: 'start' })
    })
  }
  for (const button of document.querySelectorAll('[data-trade]')) button.addEventListener('click', () => list.open(Number(button.dataset.trade)))
  for (const group of document.querySelectorAll('[data-switch]')) {
    const buttons = [...group.querySelectorAll('button')]
    for (const button of buttons) {
      button.addEventListener('click', () => {
        for (const other of buttons) {
          other.setAttribute('aria-pressed', String(other === button))
          byId(other.dataset.shows).hidden = other !== button
        }
      })
    }
  }
  const copy = byId('copy')
  if (!copy) return
  copy.hidden = false
  copy.addEventListener('click', async () => {
    const text = byId('recompute').textContent
    try {
      await navigator.clipboard.writeText(text)
      copy.textContent = 'Copied'
    } catch {
      // Pages from files may not write there everywhere: then the line is selected for the reader to copy.
      getSelection().selectAllChildren(byId('recompute'))
      copy.textContent = 'Selected'
    }
    setTimeout(() => { copy.textContent = 'Copy' }, 1500)
  })
}

drawEquity()
const market = drawMarket()
connect(market, drawTrades(market))
repaint()
root.dataset.ready = 'true'
`

/** Runs once, at the end of the page, after the chart library. */
export const PAGE_SCRIPT = `(() => {\n'use strict'\n${[BASICS, THEME, EQUITY, MARKET, TRADES].join('\n')}})()`
