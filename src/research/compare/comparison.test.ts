/** Comparisons: what is refused, what is said first, figures on equal terms, and where runs part. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { reportSample } from '../../../test/e2e/report-sample.ts'
import { commonPeriod } from './common-period.ts'
import { compareRuns } from './comparison.ts'
import type { CompareDocument } from './comparison.ts'
import { renderComparisonHtml } from './html.ts'
import { comparedRun } from './run-file.ts'
import type { ComparedRun } from './run-file.ts'
import { renderComparison } from './terminal.ts'

const DAY_MS = 86_400_000
const FROM = Date.UTC(2024, 0, 1)

interface RunOptions {
  readonly letter?: string
  readonly from?: number
  readonly days?: number
  /** Equity at the end of each day. */
  readonly equity?: readonly number[]
  readonly summary?: Readonly<Record<string, unknown>>
  readonly manifest?: Readonly<Record<string, unknown>>
  readonly fills?: readonly unknown[]
  readonly trades?: readonly unknown[]
  readonly capital?: string
}

/** As an early version might have written it: with nothing that a comparison can do without. */
const report = ({
  from = FROM,
  equity = [101, 102],
  summary = {},
  manifest = {},
  fills = [],
  trades = [],
  capital = '100',
}: RunOptions) => ({
  schema: 'autotrading.backtest/1',
  manifest,
  period: { fromMs: from, toMs: from + equity.length * DAY_MS },
  summary: { initialCapital: capital, ...summary },
  trades,
  fills,
  equity: [[from, capital], ...equity.map((value, i) => [from + (i + 1) * DAY_MS - 1, String(value)])],
})
const run = (options: RunOptions = {}): ComparedRun =>
  comparedRun(JSON.stringify(report(options)), { path: 'x.json', letter: options.letter ?? 'A' })
const compare = (...runs: readonly RunOptions[]): CompareDocument =>
  compareRuns(
    runs.map((options, i) => run({ letter: 'ABC'[i], ...options })),
    { seed: 1, samples: 200 },
  ).document

const fill = (day: number, side: string, price: string) => ({
  timeMs: FROM + day * DAY_MS,
  symbol: 'BTCUSDT',
  side,
  price,
  qty: '1',
})
const trade = (id: number, entry: number, exit: number, exitPrice = '2') => ({
  id,
  symbol: 'BTCUSDT',
  side: 'long',
  entryTimeMs: FROM + entry * DAY_MS,
  exitTimeMs: FROM + exit * DAY_MS,
  qty: '1',
  entryPrice: '1',
  exitPrice,
  netPnl: '1',
})

describe('comparedRun', () => {
  const refusal = (text: string): string => {
    try {
      comparedRun(text, { path: 'a.json', letter: 'A' })
      return 'accepted'
    } catch (error) {
      return (error as Error).message
    }
  }
  const change = (changed: Readonly<Record<string, unknown>>): string => refusal(JSON.stringify({ ...report({}), ...changed }))

  it.each([
    ['is no JSON document', refusal('{')],
    ['is no report of AutoTrading', refusal('[1]')],
    ['is no report of AutoTrading', refusal('{"schema":"other/1"}')],
    ['is a document autotrading.manifest/1, not the report of a backtest', change({ schema: 'autotrading.manifest/1' })],
    ['of the form autotrading.backtest/2, which this version does not read', change({ schema: 'autotrading.backtest/2' })],
    ['summary.initialCapital is "missing"', change({ summary: {} })],
    ['summary.initialCapital is "0"', change({ summary: { initialCapital: '0' } })],
    ['period is {"fromMs":2,"toMs":1}', change({ period: { fromMs: 2, toMs: 1 } })],
    ['equity is "missing", it must be a list', change({ equity: undefined })],
    [
      'equity[1] is [5,"x"]',
      change({
        equity: [
          [4, '1'],
          [5, 'x'],
        ],
      }),
    ],
    [
      'equity[1] is earlier than the point before it',
      change({
        equity: [
          [4, '1'],
          [3, '1'],
        ],
      }),
    ],
    ['fills[0].price is 3', change({ fills: [{ ...fill(0, 'buy', '1'), price: 3 }] })],
    ['trades[0] is 7', change({ trades: [7] })],
  ])('refuses what it cannot read: %s', (want, got) => expect(got).toContain(want.replace('"missing"', 'missing')))

  it('reads what an early version wrote', () => {
    expect(run()).toMatchObject({
      strategy: 'unknown strategy',
      digest: null,
      symbols: [],
      synthetic: false,
      initialCapital: 100,
    })
  })
})

describe('compareRuns', () => {
  it('says of each figure whether it is better, and nothing where the way is not known', () => {
    const { metrics, comparable } = compare(
      { summary: { netProfit: '10.5', maxDrawdown: 0.2, sharpe: 1, trades: 3, fees: '1', calmar: -2, profitFactor: null } },
      { summary: { netProfit: '12.25', maxDrawdown: 0.3, sharpe: 1, trades: 5, fees: '0.9', calmar: -1, profitFactor: 2 } },
    )
    const of = (name: string) => metrics.find((metric) => metric.name === name)
    expect(comparable).toBe(true)
    expect(of('netProfit')).toMatchObject({ differences: [null, '1.75'], verdicts: [null, 'better'] })
    expect(of('maxDrawdown')?.verdicts).toEqual([null, 'worse'])
    expect(of('sharpe')?.verdicts).toEqual([null, 'same'])
    expect(of('trades')).toMatchObject({ differences: [null, 2], verdicts: [null, null] })
    expect(of('fees')).toMatchObject({ differences: [null, '-0.1'], verdicts: [null, 'better'] })
    // Of two losses the one with more drawdown has the better Calmar ratio, and is not better.
    expect(of('calmar')).toMatchObject({ differences: [null, 1], verdicts: [null, null] })
    expect(of('profitFactor')).toMatchObject({ values: [null, 2], differences: [null, null], verdicts: [null, null] })
    expect(of('slippage')?.values).toEqual([null, null])
  })

  it('calls nothing better over different periods, says so, and compares the time in common', () => {
    const { cautions, metrics, common } = compare(
      { equity: [110, 120, 130, 65], summary: { totalReturn: -0.35 } },
      { from: FROM + DAY_MS, equity: [200, 100, 150, 160], capital: '100', summary: { totalReturn: 0.6 } },
    )
    expect(cautions.map(({ kind }) => kind)).toEqual(['period'])
    expect(cautions[0].text).toContain('A 2024-01-01 to 2024-01-05; B 2024-01-02 to 2024-01-06')
    expect(metrics.find(({ name }) => name === 'totalReturn')?.verdicts).toEqual([null, null])
    expect(common).toMatchObject({ fromMs: FROM + DAY_MS, toMs: FROM + 4 * DAY_MS, days: 3 })
    const total = common?.metrics.find(({ name }) => name === 'totalReturn')
    expect(total?.values[0]).toBeCloseTo(65 / 110 - 1, 12)
    expect(total?.values[1]).toBeCloseTo(0.5, 12)
    expect(total?.verdicts).toEqual([null, 'better'])
    expect(common?.differences[0]).toMatchObject({ interval: null, reason: 'the runs share 3 days, and an interval needs 20' })
  })

  it('leaves out days that are not cut alike', () => {
    const noon = FROM + DAY_MS / 2
    const late = run({ letter: 'B', from: noon, equity: [100, 110, 121] })
    const period = commonPeriod([run({ equity: [100, 100, 100] }), late])
    expect(period).toMatchObject({ fromMs: noon, days: 2, firstDay: FROM / DAY_MS + 1 })
    expect(commonPeriod([late, late])?.days).toBe(4)
  })

  it('says when there is no time in common', () => {
    const { common, trades, cautions } = compare({}, { from: FROM + 9 * DAY_MS })
    expect([common, trades, cautions.length]).toEqual([null, [], 1])
  })

  it('names other data, symbols, capital, costs and programs', () => {
    const manifest = (hash: string, fee: string, code: string) => ({
      code: { sha256: code },
      data: [{ path: 'a.csv', sha256: hash }],
      config: { fees: { taker: fee } },
    })
    const { cautions, settings } = compare(
      { manifest: manifest('1', '0.0005', 'p') },
      { manifest: manifest('2', '0.0004', 'q'), capital: '200' },
    )
    expect(cautions.map(({ kind }) => kind)).toEqual(['data', 'capital', 'costs', 'program'])
    expect(settings).toEqual([
      { path: 'code.sha256', values: ['p', 'q'] },
      { path: 'config.fees.taker', values: ['0.0005', '0.0004'] },
      { path: 'data a.csv', values: ['1', '2'] },
    ])
    // The same file under another name is the same file.
    const moved = { ...manifest('1', '0.0005', 'p'), data: [{ path: 'b.csv', sha256: '1' }] }
    expect(compare({ manifest: manifest('1', '0.0005', 'p') }, { manifest: moved }).settings).toEqual([])
  })

  it('finds the first fill that is not the same, and the trades in common', () => {
    const same = [fill(0, 'buy', '1'), fill(1, 'sell', '2')]
    const equity = [1, 1, 1, 1, 1]
    const { trades } = compare(
      { equity, fills: [...same, fill(2, 'buy', '3')], trades: [trade(1, 0, 1), trade(2, 2, 3)] },
      { equity, fills: [...same.toReversed(), fill(2, 'buy', '4')], trades: [trade(1, 0, 1), trade(2, 2, 4)] },
    )
    expect(trades).toEqual([
      {
        run: 'B',
        sameEntries: 2,
        sameTrades: 1,
        onlyFirst: 0,
        onlyThis: 0,
        firstDivergence: { timeMs: FROM + 2 * DAY_MS, first: fill(2, 'buy', '3'), other: fill(2, 'buy', '4') },
      },
    ])
    expect(compare({ fills: same }, { fills: same }).trades[0].firstDivergence).toBeNull()
    expect(compare({ fills: same }, { fills: [same[0]] }).trades[0].firstDivergence).toEqual({
      timeMs: same[1].timeMs,
      first: same[1],
      other: null,
    })
  })

  it('gives intervals that repeat with their seed and hold a difference that is always there', () => {
    const steps = Array.from({ length: 60 }, (_, i) => Math.sin(i * 12.9898) * 0.01)
    const grown = (extra: number): number[] => {
      let value = 100
      return steps.map((step) => (value *= 1 + step + extra))
    }
    const [a, b] = [{ equity: grown(0) }, { equity: grown(0.001) }]
    const [first, again] = [compare(a, b), compare(a, b)]
    expect(again).toEqual(first)
    const [difference] = first.common?.differences ?? []
    expect(difference.annualised).toBeCloseTo(0.365, 9)
    for (const end of difference.interval ?? []) expect(end).toBeCloseTo(0.365, 9)
    expect(difference.shareAbove).toBe(1)
    expect(first.common?.correlation[0][1]).toBeCloseTo(1, 9)
  })

  it('has an interval that holds the mean difference, and is blind to what both share (property)', () => {
    const returns = fc.array(fc.tuple(fc.integer({ min: -50, max: 50 }), fc.integer({ min: -50, max: 50 })), {
      minLength: 20,
      maxLength: 60,
    })
    fc.assert(
      fc.property(returns, (pairs) => {
        const curve = (at: 0 | 1): number[] => {
          let value = 100
          return pairs.map((pair) => (value *= 1 + pair[at] / 1_000))
        }
        const [difference] = compare({ equity: curve(0) }, { equity: curve(1) }).common?.differences ?? []
        const [low, high] = difference.interval ?? [Number.NaN, Number.NaN]
        expect(low).toBeLessThanOrEqual(high)
        const [self] = compare({ equity: curve(0) }, { equity: curve(0) }).common?.differences ?? []
        expect([self.mean, self.interval]).toEqual([0, [0, 0]])
      }),
      { numRuns: 20 },
    )
  })

  it('has no returns of a run that was ruined', () => {
    const { common } = compare({ equity: [50, 0, 0, 0] }, { equity: [100, 101, 102, 103] })
    expect(common?.differences[0]).toMatchObject({ mean: null, reason: 'a run was ruined in that time' })
    expect(common?.correlation[0]).toEqual([null, null])
    expect(common?.metrics.find(({ name }) => name === 'sharpe')?.values[0]).toBeNull()
  })
})

describe('the pages of a comparison', () => {
  const hostile = '</script><img src=x onerror=alert(1)>\u001b[31m'
  const runs = [
    reportSample({ bars: 2_000, trades: 60 }),
    reportSample({ bars: 1_500, trades: 40, seed: 9, strategy: hostile, synthetic: true }),
  ].map(({ doc }, i) => comparedRun(JSON.stringify(doc), { path: i === 0 ? 'a.json' : hostile, letter: 'AB'[i] }))
  const comparison = compareRuns(runs, { seed: 1, samples: 200 })

  it.each([60, 80, 120])('keep inside %d columns, with no control character', (width) => {
    const text = renderComparison(comparison, { width, color: false })
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(width)
    expect(/[\u0000-\u0009\u000b-\u001f]/.test(text)).toBe(false)
    expect(text).toContain('These runs do not answer the same question')
    expect(text).not.toMatch(/NaN|undefined|Infinity/)
  })

  it('let no name break out, and ask for nothing', () => {
    const page = renderComparisonHtml(comparison, '0.1.0')
    const visible = page.replace(/<(script|style)[\s\S]*?<\/\1>/g, '')
    expect(visible).not.toContain('<img')
    expect(visible).not.toMatch(/NaN|undefined|Infinity|url\(/)
    expect(page.match(/<script/g)).toHaveLength(2)
    expect(page).toContain('content="AutoTrading ')
    expect(visible).toContain('SYNTHETIC MARKET')
  })
})
