/** The parts of a document that tell whose a result is, made up for the tests of the reports: two strategies, regimes, costs. */
import type { AttributionDocument } from '../../src/backtest/attribution-document.ts'
import type { ResultRow } from '../../src/backtest/attribution-result.ts'
import type { BacktestDocument } from '../../src/backtest/result.ts'

const row = (price: number, slippage: number, commission: number, funding: number): ResultRow => ({
  result: String(price + slippage + commission + funding),
  price: String(price),
  slippage: String(slippage),
  commission: String(commission),
  funding: String(funding),
  borrowInterest: '0',
  liquidationFee: '0',
  insuranceCover: '0',
  adjustment: '0',
})

const DAY_MS = 86_400_000

/** Of any document; what it says adds up in itself. */
export function attributionSample({ period, symbols }: BacktestDocument): AttributionDocument {
  const [first, second] = [symbols[0].symbol, symbols[symbols.length - 1].symbol]
  const cells = [
    { strategy: 'trend-following', symbol: first, regime: 'R1', ...row(900, -40, -80, -15) },
    { strategy: 'trend-following', symbol: second, regime: 'R6', ...row(-350, -20, -60, 5) },
    { strategy: 'mean-reversion', symbol: first, regime: 'R6', ...row(280, -30, -110, 0) },
    { strategy: 'mean-reversion', symbol: second, regime: null, ...row(-40, -10, -30, 0) },
  ]
  const sumOf = (of: (cell: (typeof cells)[number]) => boolean): ResultRow => {
    const own = cells.filter(of)
    const sum = (part: keyof ResultRow): number => own.reduce((total, cell) => total + Number(cell[part]), 0)
    return row(sum('price'), sum('slippage'), sum('commission'), sum('funding'))
  }
  const activity = { trades: 20, fills: 44, crosses: 3, turnover: '120000', crossed: '4000' }
  const days = Math.max(2, Math.floor((period.toMs - period.fromMs) / DAY_MS))
  const labels = ['R1', 'R5', 'R6', 'R2', 'R3', 'R7']
  const series = (size: number) =>
    Array.from({ length: days }, (_, i) => {
      const gross = size * (1 + Math.sin(i / 9)) * 0.5
      return [period.fromMs + (i + 1) * DAY_MS - 1, gross, gross * Math.cos(i / 25)] as const
    })
  return {
    attribution: {
      total: sumOf(() => true),
      residual: '0',
      byStrategy: ['trend-following', 'mean-reversion'].map((name) => ({
        strategy: name,
        ...activity,
        ...sumOf(({ strategy }) => strategy === name),
      })),
      bySymbol: [first, second].map((name) => ({ symbol: name, ...sumOf(({ symbol }) => symbol === name) })),
      byRegime: [null, 'R1', 'R6'].map((name, i) => ({
        regime: name,
        timeShare: [0.02, 0.4, 0.58][i],
        ...sumOf(({ regime }) => regime === name),
      })),
      cells,
      months: [
        {
          year: 2023,
          month: 1,
          equity: '10000',
          result: sumOf(() => true).result,
          cells,
          symbols: [
            { symbol: first, exposure: 0.3, holdShare: 0.5, change: 0.2 },
            { symbol: second, exposure: -0.1, holdShare: 0.5, change: 0.1 },
          ],
        },
      ],
    },
    regimes: symbols.map(({ symbol }, at) => ({
      symbol,
      stretches: Array.from({ length: 9 }, (_, i) => [
        period.fromMs + ((period.toMs - period.fromMs) * (i + 0.2 + at * 0.07)) / 9,
        labels[(i + at) % labels.length],
      ]),
    })),
    sizing: [
      { bound: 'volatility', count: 61, share: 0.61, firstMs: period.fromMs },
      { bound: 'budget', count: 30, share: 0.3, firstMs: period.fromMs },
      { bound: 'max-position', count: 9, share: 0.09, firstMs: period.fromMs },
    ],
    exposureByStrategy: [
      { strategy: 'trend-following', series: series(1.2) },
      { strategy: 'mean-reversion', series: series(0.6) },
    ],
    comparisons: [
      { name: 'buy-and-hold', totalReturn: 0.31, cagr: 0.19, sharpe: 0.8, maxDrawdown: 0.44 },
      { name: 'cash', totalReturn: 0, cagr: 0, sharpe: null, maxDrawdown: 0 },
    ],
  }
}
