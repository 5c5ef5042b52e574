/**
 * The sections of a report page that go beyond figures and lists: drawdowns, distributions, excursions, exposure, costs,
 * times of trading, extremes, limits. Charts are still ones (`plot.ts`), so that they need no script and print well.
 *
 * Pure.
 */
import { actionWords } from '../../backtest/risk-actions.ts'
import type { BacktestDocument, Distribution, LimitRow, TradeDetail } from '../../backtest/result.ts'
import {
  beforeCosts,
  compact,
  count,
  DASH,
  date,
  decimal,
  duration,
  gain,
  gainPercent,
  minute,
  money,
  percent,
  percentage,
  price,
  ratio,
  tone,
} from './format.ts'
import { caption, escaped, figure, head, left, right, stat, switcher, table } from './markup.ts'
import type { Cell } from './markup.ts'
import { area, axisOf, bars, binsOf, curve, dots, fewer, plot } from './plot.ts'
import type { Axis } from './plot.ts'
import { byHolding, byHour, byWeekday, excursionWords } from './trade-groups.ts'
import type { Group } from './trade-groups.ts'

const CURVE_PIECES = 400
const DAY_MS = 86_400_000

const empty = (text: string): string => `<div class="card"><p class="empty">${escaped(text)}</p></div>`
const section = (id: string, title: string, tag: string, body: string, tools = ''): string =>
  `<section id="${id}" aria-label="${escaped(title)}">${head(title, tag, tools)}${body}</section>`

function timeAxis(from: number, to: number): Axis {
  const write = to - from < 4 * DAY_MS ? minute : date
  const shares = to > from ? [0, 1 / 3, 2 / 3, 1] : [0]
  return {
    from,
    to: to > from ? to : from + 1,
    ticks: shares.map((part) => ({ at: from + (to - from) * part, text: write(from + (to - from) * part) })),
  }
}

// ---- Drawdowns -----------------------------------------------------------------------------------------------------------

const DRAWDOWNS_SHOWN = 10

export function drawdownsSection({ drawdowns }: BacktestDocument, tag: string): string {
  if (drawdowns.length === 0) return section('drawdowns', 'Drawdowns', tag, empty('Equity never fell below its peak.'))
  const deepest = Math.max(...drawdowns.map(({ depth }) => depth))
  const rows = drawdowns.slice(0, DRAWDOWNS_SHOWN).map((row, i): readonly Cell[] => [
    right(String(i + 1)),
    left(date(row.peakMs)),
    left(date(row.troughMs)),
    row.recoveryMs === null ? { html: 'not yet', className: 'l quiet' } : left(date(row.recoveryMs)),
    right(`-${percent(row.depth)}`, 'loss'),
    {
      html: `<div class="meter"><i class="loss" style="width:${((row.depth / deepest) * 100).toFixed(1)}%"></i></div>`,
      className: 'bar-cell',
    },
    right(duration(row.lengthMs)),
    right(duration(row.troughMs - row.peakMs)),
    row.recoveryMs === null
      ? { html: DASH, className: 'quiet', title: 'Not recovered when the data ended' }
      : right(duration(row.recoveryMs - row.troughMs)),
  ])
  const body = table({
    caption: caption(
      'The longest, from the last moment at a peak to the first at or above it again, measured on every bar.',
      tag,
    ),
    heads: [
      ['#', ''],
      ['Peak', 'l'],
      ['Trough', 'l'],
      ['Recovered', 'l'],
      ['Depth', ''],
      ['', ''],
      ['Length', ''],
      ['Fall', ''],
      ['Recovery', ''],
    ],
    rows,
  })
  return section('drawdowns', 'Drawdowns', tag, `<div class="card">${body}</div>`)
}

// ---- Distributions -------------------------------------------------------------------------------------------------------

export function distributionSection(doc: BacktestDocument, tag: string): string {
  const daily = dailyReturnsOf(doc).map((value) => value * 100)
  const trades = doc.trades.flatMap(({ returnPct }) => (returnPct === null ? [] : [returnPct]))
  const body = `<div class="halves"><div class="card pad">${histogram('Daily returns', 'days', daily)}${shape(doc.distribution.daily, 100)}</div>
<div class="card pad">${histogram('Trade results', 'trades', trades)}${shape(doc.distribution.trades, 1)}</div></div>
<p class="note">Daily returns in percent of the equity of the day before, trades net in percent of the largest cost they held. The line is the normal distribution of the same mean and deviation; outer bars hold everything beyond them. Skew and excess kurtosis of the normal distribution are 0.</p>`
  return section('distribution', 'Distribution', tag, body)
}

/** Last equity of each UTC day over that of the day before; the document keeps the last point of each day. Empty after ruin. */
export function dailyReturnsOf({ equity, summary }: Pick<BacktestDocument, 'equity' | 'summary'>): number[] {
  const lastOfDay = new Map<number, number>()
  for (const [timeMs, text] of equity.slice(1)) lastOfDay.set(Math.floor(timeMs / DAY_MS), Number(text))
  const days = [...lastOfDay.keys()]
  if (days.length === 0) return []
  const returns: number[] = []
  let before = Number(summary.initialCapital)
  for (let day = days[0]; day <= days[days.length - 1]; day++) {
    const value = lastOfDay.get(day) ?? before
    if (!(before > 0)) return []
    returns.push(value / before - 1)
    before = value
  }
  return returns
}

function histogram(title: string, unit: string, values: readonly number[]): string {
  if (values.length < 2)
    return `<figure class="plot"><figcaption>${escaped(title)}</figcaption><p class="empty">Not enough ${escaped(unit)} for a histogram.</p></figure>`
  const bins = binsOf(values)
  const width = bins[0].to - bins[0].from
  const mean = values.reduce((total, value) => total + value, 0) / values.length
  const deviation = Math.sqrt(values.reduce((total, value) => total + (value - mean) ** 2, 0) / (values.length - 1))
  const density = (at: number): number =>
    (values.length * width * Math.exp(-(((at - mean) / deviation) ** 2) / 2)) / (deviation * Math.sqrt(2 * Math.PI))
  const [from, to] = [bins[0].from, bins[bins.length - 1].to]
  const normal =
    deviation > 0 && bins.length > 2
      ? Array.from({ length: 81 }, (_, i) => from + ((to - from) * i) / 80).map((at) => [at, density(at)] as const)
      : []
  const most = Math.max(...bins.map((bin) => bin.count))
  const frame = {
    x: axisOf(from, to, (value) => `${decimal(value, Math.max(0, -Math.floor(Math.log10((to - from) / 6) + 1e-9)))}%`, 6),
    y: axisOf(0, most * 1.05, compact, 4),
  }
  const drawing =
    bars(
      frame,
      bins.map((bin) => ({
        ...bin,
        value: bin.count,
        className: (bin.from + bin.to) / 2 >= 0 ? 'gain' : 'loss',
        title: `${percentage(bin.from)} to ${percentage(bin.to)}: ${count(bin.count)} ${unit}`,
      })),
      0.1,
    ) +
    curve(
      frame,
      normal.map(([at, value]) => [at, Math.min(value, most * 1.05)] as const),
      'normal',
    )
  return plot(
    {
      ...frame,
      title,
      label: `${title}: ${count(values.length)} ${unit} in ${bins.length} bars, mean ${percentage(mean)}, deviation ${percentage(deviation)}`,
      yName: unit,
    },
    drawing,
  )
}

function shape(of: Distribution, times: number): string {
  const share = (value: number | null): string => (value === null ? DASH : percentage(value * times))
  const few = 'too few values, or they do not vary'
  return `<dl class="small-stats">${stat('Mean', share(of.mean), { why: few })}${stat('Median', share(of.median), { why: few })}${stat('Deviation', share(of.deviation), { why: few })}${stat('Skew', ratio(of.skew), { why: few })}${stat('Excess kurtosis', ratio(of.kurtosis), { why: few })}${stat('Above 0', percent(of.positive), { why: few })}${stat('Best', share(of.best), { why: few })}${stat('Worst', share(of.worst), { why: few })}</dl>`
}

// ---- Excursions ----------------------------------------------------------------------------------------------------------

/** Dots of a scatter plot; beyond it, every so many of the rest beside the most extreme. */
const DOTS_MAX = 2_000

export function excursionsSection({ trades }: BacktestDocument, tag: string): string {
  const known = trades.filter((t) => t.maePct !== null && t.returnPct !== null)
  if (known.length === 0) return section('excursions', 'Excursions', tag, empty('No trade was closed.'))
  const withRisk = known.filter((t) => t.maeR !== null)
  const sample = sampled(known, (t) => Math.max(t.maePct ?? 0, t.mfePct ?? 0))
  const sampleR = sampled(withRisk, (t) => Math.max(t.maeR ?? 0, t.mfeR ?? 0))
  const views =
    pair('excursions-pct', sample, (t) => [t.maePct, t.mfePct, t.returnPct], '%') +
    (sampleR.length === 0 ? '' : pair('excursions-r', sampleR, (t) => [t.maeR, t.mfeR, t.returnR], 'R'))
  const words = excursionWords(trades, percentage)
  const drawn =
    sample.length < known.length
      ? ` ${count(sample.length)} of ${count(known.length)} trades are drawn, the most extreme among them; the sentences are of all.`
      : ''
  const tools =
    sampleR.length === 0
      ? ''
      : switcher('Unit', [
          ['excursions-pct', 'In percent'],
          ['excursions-r', 'In initial risks'],
        ])
  const body = `${views}<div class="card"><ul class="plain">${words.map((text) => `<li>${escaped(text)}</li>`).join('')}</ul></div>
<p class="note">How far a trade went against (MAE) and for (MFE) its entry while it was held, in percent of the largest cost held${sampleR.length === 0 ? '' : ', or in units of what its initial stop put at risk'}, before costs; measured on the highs and lows of the bars, the entry's included. Inside the bar of an exit the path that is worse for the trade is taken. Points above the line across won.${escaped(drawn)}</p>`
  return section('excursions', 'Excursions', tag, body, tools)
}

function sampled<T>(all: readonly T[], size: (each: T) => number): readonly T[] {
  if (all.length <= DOTS_MAX) return all
  const order = all.map((each, i) => ({ each, i, size: size(each) })).sort((a, b) => b.size - a.size || a.i - b.i)
  const extremes = order.slice(0, DOTS_MAX / 4)
  const rest = order.slice(DOTS_MAX / 4).sort((a, b) => a.i - b.i)
  const every = rest.length / (DOTS_MAX - extremes.length)
  const picked = Array.from({ length: DOTS_MAX - extremes.length }, (_, i) => rest[Math.floor(i * every)])
  return [...extremes, ...picked].sort((a, b) => a.i - b.i).map(({ each }) => each)
}

type Excursion = readonly [mae: number | null, mfe: number | null, result: number | null]

function pair(id: string, trades: readonly TradeDetail[], of: (trade: TradeDetail) => Excursion, unit: string): string {
  const points = trades.map(of).filter((each): each is readonly [number, number, number] => each.every((value) => value !== null))
  const view = (title: string, at: 0 | 1): string => {
    const xs = points.map((point) => point[at])
    const results = points.map((point) => point[2])
    const text = (value: number): string => `${compact(Number(value.toPrecision(6)))}${unit === '%' ? '%' : ' R'}`
    const low = Math.min(0, ...results)
    const high = Math.max(0, ...results)
    const frame = {
      x: axisOf(0, Math.max(...xs, 1e-6) * 1.02, text),
      y: axisOf(low - (high - low) * 0.04, high + (high - low) * 0.04, text),
    }
    const of2 = (won: boolean): readonly (readonly [number, number])[] =>
      points.filter((point) => point[2] > 0 === won).map((point) => [point[at], point[2]])
    return `<div class="card pad">${plot(
      {
        ...frame,
        title,
        label: `${title}: ${points.length} trades, result over excursion`,
        xName: title,
        yName: 'net result',
        keys: [
          ['gain', 'won'],
          ['loss hollow', 'lost'],
        ],
      },
      dots(frame, of2(false), 'loss') + dots(frame, of2(true), 'gain'),
    )}</div>`
  }
  return `<div class="halves" id="${id}"${id.endsWith('-r') ? ' hidden' : ''}>${view('Against the trade (MAE)', 0)}${view('For the trade (MFE)', 1)}</div>`
}

// ---- Exposure ------------------------------------------------------------------------------------------------------------

export function exposureSection(
  { exposureSeries, exposureStats, summary, period, symbols }: BacktestDocument,
  tag: string,
): string {
  const figures = `<dl class="small-stats wide">${stat('In a position', percent(summary.exposure))}${stat('Mean gross', times(exposureStats.meanGross), { why: 'no bar had a positive equity' })}${stat('Largest gross', times(exposureStats.maxGross), { why: 'no bar had a positive equity' })}${stat('Mean net', times(exposureStats.meanNet), { why: 'no bar had a positive equity' })}${stat('Turnover', summary.turnover === null ? DASH : times(summary.turnover), { why: 'the mean equity is not positive' })}${stat('Symbols held', `${symbols.filter(({ exposure }) => exposure > 0).length} of ${symbols.length}`)}</dl>`
  if (exposureSeries.length < 2) return section('exposure', 'Exposure', tag, `<div class="card pad">${figures}</div>`)
  const gross = fewer(
    exposureSeries.map(([time, value]) => [time, value] as const),
    CURVE_PIECES,
  )
  const net = fewer(
    exposureSeries.map(([time, , value]) => [time, value] as const),
    CURVE_PIECES,
  )
  const low = Math.min(0, ...net.map(([, value]) => value))
  const high = Math.max(...gross.map(([, value]) => value), 1e-3)
  const frame = { x: timeAxis(period.fromMs, period.toMs), y: axisOf(low, high * 1.04, (value) => `${compact(value)}x`) }
  const drawing = area(frame, gross, 'accent') + curve(frame, net, 'ink')
  const body = plot(
    {
      ...frame,
      kind: 'time',
      label: `Gross and net exposure over time, at most ${times(exposureStats.maxGross)} of the equity`,
      keys: [
        ['accent', 'gross: long plus short'],
        ['ink line', 'net: long minus short'],
      ],
    },
    drawing,
  )
  return section(
    'exposure',
    'Exposure',
    tag,
    `<div class="card pad low">${body}${figures}</div><p class="note">Notional at the last closes over the equity; of each stretch of time the moment of the largest gross.</p>`,
  )
}

const times = (value: number | null): string => (value === null ? DASH : `${decimal(value, Math.abs(value) < 10 ? 2 : 1)}x`)

// ---- Costs ---------------------------------------------------------------------------------------------------------------

export function costsSection({ summary, costs, period }: BacktestDocument, tag: string): string {
  const before = beforeCosts(summary)
  const noGain = 'nothing was earned before costs'
  const rows: readonly (readonly [label: string, value: number, bps: number | null, part: number | null])[] = [
    ['Before costs', before, null, null],
    [
      'Fees',
      -Number(summary.fees),
      costs.feesBps === null ? null : -costs.feesBps,
      costs.feesShare === null ? null : -costs.feesShare,
    ],
    ['Funding', Number(summary.funding), costs.fundingBps, costs.fundingShare],
    ['Net profit', Number(summary.netProfit), null, null],
    [
      'Slippage in prices',
      -Number(summary.slippage),
      costs.slippageBps === null ? null : -costs.slippageBps,
      costs.slippageShare === null ? null : -costs.slippageShare,
    ],
  ]
  const most = Math.max(...rows.map((row) => Math.abs(row[1])), Number.MIN_VALUE)
  const meter = (value: number): string =>
    `<div class="meter"><i class="${tone(value)}" style="width:${((Math.abs(value) / most) * 100).toFixed(1)}%"></i></div>`
  const isTotal = (label: string): boolean => label === 'Net profit' || label === 'Before costs'
  const optional = (label: string, value: number | null, text: (value: number) => string, why: string): Cell =>
    value === null
      ? { html: isTotal(label) ? '' : DASH, className: 'quiet', title: isTotal(label) ? '' : `Not defined: ${why}` }
      : right(text(value))
  const body = table({
    caption: caption(`In the quote asset; ${money(costs.notional)} were traded.`, tag),
    className: 'costs',
    heads: [
      ['Item', 'l'],
      ['Amount', ''],
      ['bps of traded', ''],
      ['of before costs', ''],
      ['', ''],
    ],
    rows: rows.map(([label, value, bps, part]) => [
      left(label),
      right(gain(String(value)), tone(value)),
      optional(label, bps, (each) => decimal(each, 2), 'nothing was traded'),
      optional(label, part, gainPercent, noGain),
      { html: meter(value), className: 'bar-cell' },
    ]),
    rowClass: (i) => (rows[i][0] === 'Net profit' ? 'total' : i > 3 ? 'aside' : ''),
  })
  return section(
    'costs',
    'Costs',
    tag,
    `<div class="halves"><div class="card">${body}</div><div class="card pad low">${costCurves({ costs, period })}</div></div>
<p class="note">Funding received is positive. Slippage is measured against the decision prices; it is part of the fill prices already and is not subtracted again.</p>`,
  )
}

function costCurves({ costs, period }: Pick<BacktestDocument, 'costs' | 'period'>): string {
  if (costs.series.length < 2) return '<p class="empty">Not enough points for a chart.</p>'
  const of = (at: 1 | 2 | 3, sign: 1 | -1): readonly (readonly [number, number])[] =>
    fewer(
      [[period.fromMs, 0] as const, ...costs.series.map((row) => [row[0], sign * Number(row[at]) + 0] as const)],
      CURVE_PIECES,
    )
  const [fees, funding, slippage] = [of(1, 1), of(2, -1), of(3, 1)]
  const all = [...fees, ...funding, ...slippage].map(([, value]) => value)
  const [low, high] = [Math.min(0, ...all), Math.max(0, ...all)]
  const frame = { x: timeAxis(period.fromMs, period.toMs), y: axisOf(low, high === low ? 1 : high * 1.03, compact) }
  return plot(
    {
      ...frame,
      kind: 'time',
      title: 'Paid until then',
      label: 'Fees, funding paid and slippage, summed up over time',
      keys: [
        ['accent line', 'fees'],
        ['warm line', 'funding paid'],
        ['ink line dashed', 'slippage'],
      ],
    },
    curve(frame, slippage, 'ink dashed') + curve(frame, funding, 'warm') + curve(frame, fees, 'accent'),
  )
}

// ---- Times of trading ----------------------------------------------------------------------------------------------------

export function timesSection({ trades }: BacktestDocument, tag: string): string {
  if (trades.length === 0) return section('times', 'Times of trading', tag, empty('No trade was closed.'))
  const card = (title: string, groups: readonly Group[], every: number): string =>
    `<div class="card pad">${groupBars(title, groups, every)}</div>`
  const body = `<div class="thirds">${card('By hour of entry (UTC)', byHour(trades), 4)}${card('By weekday of entry (UTC)', byWeekday(trades), 1)}${card('By holding time', byHolding(trades), 2)}</div>
<p class="note">Net result of all trades of each group together; point at a bar for their number. With many groups some stand out by chance.</p>`
  return section('times', 'Times of trading', tag, body)
}

function groupBars(title: string, groups: readonly Group[], every: number): string {
  const nets = groups.map(({ net }) => net)
  const [low, high] = [Math.min(0, ...nets), Math.max(0, ...nets)]
  const frame = {
    x: {
      from: 0,
      to: groups.length,
      ticks: groups.flatMap(({ name }, i) => (i % every === 0 ? [{ at: i + 0.5, text: name }] : [])),
    },
    y: axisOf(low * 1.05, high === low ? 1 : high * 1.05, compact),
  }
  const list = groups.map(({ name, count: trades, net, won }, i) => ({
    from: i,
    to: i + 1,
    value: net,
    className: net >= 0 ? 'gain' : 'loss',
    title: `${name}: ${count(trades)} trades, net ${gain(String(net))}, ${percent(trades === 0 ? null : won / trades)} won`,
  }))
  const words = groups
    .filter((group) => group.count > 0)
    .map((group) => `${group.name}: ${group.count} trades, ${gain(String(group.net))}`)
  return plot({ ...frame, title, label: `${title}. ${words.join('; ')}` }, bars(frame, list, 0.25))
}

// ---- Extremes, limits, liquidations --------------------------------------------------------------------------------------

const EXTREMES = 5

export function extremesSection({ trades }: BacktestDocument, tag: string): string {
  if (trades.length === 0) return ''
  const order = trades
    .map((trade) => ({ trade, net: Number(trade.netPnl) }))
    .sort((a, b) => b.net - a.net || a.trade.id - b.trade.id)
    .map(({ trade }) => trade)
  const list = (title: string, some: readonly TradeDetail[]): string =>
    `<div class="card">${table({
      caption: caption(title, tag),
      heads: [
        ['#', ''],
        ['Symbol', 'l'],
        ['Side', 'l'],
        ['Opened', 'l'],
        ['Held', ''],
        ['Net', ''],
        ['Return', ''],
        ['Reason', 'l'],
      ],
      rows: some.map((t) => [
        {
          html: `<button type="button" class="link" data-trade="${t.id}" aria-label="Show trade ${t.id} on the chart">${t.id}</button>`,
        },
        left(t.symbol),
        { html: t.side === 'long' ? 'Long' : 'Short', className: `l side ${t.side === 'long' ? 'gain' : 'loss'}` },
        left(minute(t.entryTimeMs)),
        right(duration(t.exitTimeMs - t.entryTimeMs)),
        right(gain(t.netPnl), tone(t.netPnl)),
        right(percentage(t.returnPct), tone(t.returnPct)),
        left(t.exitReason),
      ]),
    })}</div>`
  const shown = Math.min(EXTREMES, Math.max(1, Math.floor(trades.length / 2)))
  const body = `<div class="halves">${list('Best by net result.', order.slice(0, shown))}${list('Worst by net result.', order.slice(-shown).reverse())}</div>`
  return section('extremes', 'Best and worst trades', tag, body)
}

export function limitsSection(doc: BacktestDocument, tag: string): string {
  const parts = [riskActionsCard(doc, tag), liquidationsCard(doc, tag), limitsCard(doc, tag)].filter((card) => card !== '')
  return section(
    'limits',
    'Limits and liquidations',
    tag,
    parts.length === 0
      ? empty('No limit refused an order or cut a size, the venue rejected none, and nothing was liquidated.')
      : parts.join(''),
  )
}

function riskActionsCard({ riskActions = [] }: BacktestDocument, tag: string): string {
  if (riskActions.length === 0) return ''
  return `<div class="card">${table({
    caption: caption('What the levels of the drawdown and the kill switch did.', tag),
    heads: [
      ['When', 'l'],
      ['Level', 'l'],
      ['Why', 'l'],
      ['What was done', 'l'],
    ],
    rows: riskActions
      .slice(0, LISTED)
      .map((row) => [
        left(minute(row.timeMs)),
        left(row.level),
        { html: escaped(row.text), className: 'l path' },
        { html: escaped(actionWords(row)), className: 'l path' },
      ]),
  })}${more(riskActions.length)}</div>`
}

function liquidationsCard({ liquidations, summary }: BacktestDocument, tag: string): string {
  if (liquidations.length === 0) return ''
  return `<div class="card">${table({
    caption: caption(`Positions that the venue closed by force: ${count(summary.liquidations)}.`, tag),
    heads: [
      ['When', 'l'],
      ['Symbol', 'l'],
      ['Side', 'l'],
      ['Quantity', ''],
      ['Price', ''],
      ['Realised', ''],
      ['Fee', ''],
    ],
    rows: liquidations
      .slice(0, LISTED)
      .map((row) => [
        left(minute(row.timeMs)),
        left(row.symbol),
        { html: row.side === 'long' ? 'Long' : 'Short', className: `l side ${row.side === 'long' ? 'gain' : 'loss'}` },
        right(price(row.qty)),
        right(price(row.price)),
        right(gain(row.realisedPnl), tone(row.realisedPnl)),
        right(money(row.fee)),
      ]),
  })}${more(liquidations.length)}</div>`
}

function limitsCard({ limits }: BacktestDocument, tag: string): string {
  if (limits.length === 0) return ''
  return `<div class="card">${table({
    caption: caption('What each limit did: orders that it refused, sizes that it cut, and what the venue rejected.', tag),
    heads: [
      ['Limit', 'l'],
      ['Did', 'l'],
      ['Times', ''],
      ['First', 'l'],
      ['Most at once', ''],
      ['The first time, in words', 'l'],
    ],
    rows: limits.slice(0, LISTED).map((row) => [
      left(row.rule),
      left(limitVerb(row)),
      right(count(row.count)),
      left(minute(row.firstMs)),
      right(row.largest === undefined ? DASH : money(row.largest.notional)),
      {
        html: escaped(row.text.includes(row.symbol) ? row.text : `${row.symbol}: ${row.text}`),
        className: 'l path',
      },
    ]),
  })}${more(limits.length)}</div>`
}

/** What a limit did, in two words. */
export const limitVerb = ({ kind }: Pick<LimitRow, 'kind'>): string =>
  ({ refusal: 'refused orders', size: 'cut sizes', rejection: 'venue rejected' })[kind]

const LISTED = 50
const more = (all: number): string =>
  all > LISTED ? `<p class="empty">${count(all - LISTED)} more stand in the JSON document.</p>` : ''

/** The line under the title: what came out, and what part of it costs took. No verdict. */
export function resultLine({ summary, costs, symbols }: BacktestDocument): string {
  const before = beforeCosts(summary)
  const paid = Number(summary.fees) - Number(summary.funding)
  const share = `${decimal((paid / before) * 100, paid / before < 0.1 ? 1 : 0)}%`
  const part = before > 0 && paid > 0 ? `, together ${share} of the result before costs` : ''
  const held = symbols.flatMap(({ buyAndHold }) => (buyAndHold === null ? [] : [buyAndHold]))
  const hold =
    held.length === 0
      ? ''
      : ` Buy and hold${held.length > 1 ? ' in equal parts' : ''}: ${figure(gainPercent(held.reduce((sum, each) => sum + each, 0) / held.length))}.`
  const net = `<b class="${tone(summary.netProfit)}">${figure(gain(summary.netProfit))}</b>`
  if (summary.fills === 0) return 'Nothing was traded.'
  return `Net ${net} on ${figure(money(summary.initialCapital))} (${figure(gainPercent(summary.totalReturn))}). Before costs ${figure(gain(costs.beforeCosts))}; fees ${figure(money(summary.fees))}, funding ${figure(gain(summary.funding))}${part}. Slippage of ${figure(money(summary.slippage))} is inside the prices.${hold}`
}
