/**
 * Markets as a portfolio on a terminal: which days, a heat map of correlations, weights by method, and the risk of a run.
 *
 * Text only; writes nothing. Without colour the text holds no escape code at all.
 */
import { count, DASH, date, decimal, percent } from '../report/format.ts'
import { heading, pageOfBlocks, penOf, type Pen, type TerminalOptions } from '../report/terminal-frame.ts'
import { clip, pad, printable, textTable, wrap, type Column } from '../report/text-table.ts'
import type { RiskReport, RiskRow } from '../../portfolio/risk-report.ts'
import type { MarketDays, MethodWeights, PortfolioDocument } from './study.ts'

const NAME = 12
const CELL = 7

/** The whole text, ending in a newline. */
export function renderPortfolio(document: PortfolioDocument, options: TerminalOptions): string {
  const pen = penOf(options, false)
  return pageOfBlocks([
    days(document, pen),
    heatMap(document, pen),
    clusters(document, pen),
    weights(document, pen),
    bounds(document, pen),
    ...risks(document, pen),
  ])
}

const tableOf = <Row>(rows: readonly Row[], columns: readonly Column<Row>[], { width, c }: Pen): string[] =>
  textTable(rows, columns, { width, dim: c.dim })

function days({ markets, common }: PortfolioDocument, pen: Pen): string[] {
  const columns: readonly Column<MarketDays>[] = [
    { title: 'Market', text: ({ symbol }) => symbol },
    { title: 'From', text: ({ fromMs }) => date(fromMs) },
    { title: 'To', text: ({ toMs }) => date(toMs) },
    { title: `Days of the last ${common.window}`, text: (row) => count(row.days), align: 'right' },
    { title: '', text: ({ leftOut }) => (leftOut === null ? '' : `left out: ${leftOut}`), paint: (text) => pen.c.yellow(text) },
  ]
  const words = `${count(common.days)} days, ${date(common.fromMs)} to ${date(common.toMs)}, on which all that are kept have a return. Fewer than ${common.least} days leave a market out.`
  return [heading('Days', pen), ...tableOf(markets, columns, pen), ...wrap(words, pen.width).map((line) => pen.c.dim(line))]
}

/** Colour from blue (opposite) over nothing to red (the same); the number stands in each cell. */
function painted(value: number, text: string, { c }: Pen): string {
  if (value >= 0.8) return c.bgRed(c.whiteBright(text))
  if (value >= 0.6) return c.bgYellow(c.black(text))
  if (value >= 0.4) return c.bgGreen(c.black(text))
  if (value >= 0.2) return c.bgCyan(c.black(text))
  if (value <= -0.2) return c.bgBlue(c.whiteBright(text))
  return text
}

function heatMap({ symbols, correlation }: PortfolioDocument, pen: Pen): string[] {
  const name = (text: string, width: number): string => clip(printable(text), width)
  const shown = Math.max(1, Math.floor((pen.width - NAME) / CELL))
  const heads = symbols.slice(0, shown).map((symbol) => pad(name(short(symbol), CELL - 1), CELL, 'right'))
  const rows = symbols.map((symbol, i) => {
    const cells = correlation.matrix[i].slice(0, shown).map((value) => painted(value, pad(decimal(value, 2), CELL, 'right'), pen))
    return pad(name(symbol, NAME - 1), NAME) + cells.join('')
  })
  const more = symbols.length - shown
  return [
    heading(`Correlation of daily returns, ${correlation.measure}`, pen),
    pen.c.dim(' '.repeat(NAME) + heads.join('')),
    ...rows,
    pen.c.dim(
      `Mean of all pairs ${decimal(correlation.mean, 2)}${more > 0 ? `; ${more} more columns in --html and --json` : ''}${rollingWords(correlation)}`,
    ),
  ]
}

const short = (symbol: string): string => symbol.replace(/(USDT|USDC)$/, '')

function rollingWords({ rolling, rollingDays }: PortfolioDocument['correlation']): string {
  if (rolling.length === 0) return ''
  const means = rolling.map(([, mean]) => mean)
  return `; Pearson of ${rollingDays} days was ${decimal(Math.min(...means), 2)} to ${decimal(Math.max(...means), 2)}, last ${decimal(means[means.length - 1], 2)}`
}

function clusters({ correlation }: PortfolioDocument, pen: Pen): string[] {
  const several = correlation.clusters.filter(({ length }) => length > 1)
  const single = correlation.clusters.filter(({ length }) => length === 1).flat()
  const title = `Clusters above ${decimal(correlation.clusterCorrelation, 2)}: `
  const words = several.map((members) => members.map(printable).join(' ')).join(' | ')
  return wrap(
    `${title}${words === '' ? 'none' : words}${single.length > 0 ? `; alone: ${single.map(printable).join(' ')}` : ''}`,
    pen.width,
  )
}

function weights({ symbols, methods, gross, configured }: PortfolioDocument, pen: Pen): string[] {
  const columns: Column<number>[] = [
    { title: 'Weight', text: (i) => symbols[i] },
    ...methods.map((each): Column<number> => ({
      title: each.method === configured ? `*${each.method}` : each.method,
      text: (i) => (each.failed === null ? percent(each.weights[i]) : DASH),
      align: 'right',
    })),
  ]
  const words = `Share of equity at full conviction, every opinion long, nothing held, no funding; at most ${percent(gross)} together. * is configured. Fixed divides among these markets.`
  return [
    heading('Weights that each method would give now', pen),
    ...tableOf([...symbols.keys()], columns, pen),
    ...wrap(words, pen.width).map((line) => pen.c.dim(line)),
  ]
}

function bounds({ methods }: PortfolioDocument, pen: Pen): string[] {
  const columns: readonly Column<MethodWeights>[] = [
    { title: 'Method', text: ({ method }) => method },
    { title: 'Volatility a day', text: ({ risk }) => percent(risk?.volatility ?? null), align: 'right' },
    { title: 'Diversification', text: ({ risk }) => decimal(risk?.diversificationRatio ?? null, 2), align: 'right' },
    { title: 'Gross', text: ({ risk }) => percent(risk?.gross ?? null), align: 'right' },
    { title: 'Bound by', text: boundOf },
  ]
  return tableOf(methods, columns, pen)
}

/** What a method came up against, in words. */
export function boundOf({ failed, binding, tooSmall }: MethodWeights): string {
  if (failed !== null) return failed
  const small = tooSmall.length === 0 ? [] : [`too small: ${tooSmall.join(' ')}`]
  return [...binding, ...small].join(', ') || 'nothing'
}

function risks({ methods, configured, run }: PortfolioDocument, pen: Pen): string[][] {
  const of = methods.find(({ method }) => method === configured)?.risk ?? null
  const blocks = [riskTable(`Risk of the weights by ${configured}`, of, pen)]
  if (run === null) return blocks
  const left = run.leftOut.map(({ symbol, weight }) => `${printable(symbol)} (${percent(weight)})`)
  const words =
    left.length === 0 ? [] : wrap(`Not in these figures, because the data lack its days: ${left.join(', ')}.`, pen.width)
  return [
    ...blocks,
    [...riskTable("Risk of the run's last positions", run.risk, pen), ...words.map((line) => pen.c.yellow(line))],
  ]
}

function riskTable(title: string, risk: RiskReport | null, pen: Pen): string[] {
  if (risk === null) return [heading(title, pen), pen.c.dim('Nothing is held that varies.')]
  const columns: readonly Column<RiskRow>[] = [
    { title: 'Market', text: ({ symbol }) => symbol },
    { title: 'Weight', text: ({ weight }) => percent(weight), align: 'right' },
    { title: 'Volatility a day', text: ({ volatility }) => percent(volatility), align: 'right' },
    { title: 'Marginal', text: ({ marginal }) => percent(marginal), align: 'right', expendable: 1 },
    { title: 'Adds', text: ({ contribution }) => percent(contribution), align: 'right' },
    { title: 'Share of risk', text: ({ share }) => percent(share), align: 'right' },
  ]
  const words = `Together ${percent(risk.volatility)} a day, diversification ratio ${decimal(risk.diversificationRatio, 2)}, gross ${percent(risk.gross)}, net ${percent(risk.net)}.`
  return [
    heading(title, pen),
    ...tableOf(
      risk.rows.filter(({ weight }) => weight !== 0),
      columns,
      pen,
    ),
    pen.c.dim(words),
  ]
}
