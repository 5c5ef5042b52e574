import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { BacktestDocument } from '../../src/backtest/result.ts'
import { runCommandLine } from '../../src/cli/program.ts'
import { randomWalk } from '../twins/random-walk.ts'
import { runFiles } from './run-files.ts'

const folder = mkdtempSync(join(tmpdir(), 'autotrading-backtest-'))
afterAll(() => rmSync(folder, { recursive: true }))

const ROWS = 3_000
const csv = (seed: number, scale = 1): readonly string[] => {
  const { openTimeMs, open, high, low, close, volume } = randomWalk(ROWS, seed)
  const price = (value: number): string => (value * scale).toFixed(1)
  const hour = (time: number): number => openTimeMs[0] + (time - openTimeMs[0]) * 60
  return [
    'open_time_ms,open,high,low,close,volume',
    ...Array.from(openTimeMs, (time, i) =>
      [hour(time), price(open[i]), price(high[i]), price(low[i]), price(close[i]), volume[i]].join(','),
    ),
  ]
}
const file = (name: string, content: string | Uint8Array): string => {
  writeFileSync(join(folder, name), content)
  return name
}

beforeAll(() => {
  file('BTCUSDT-1h.csv', csv(1).join('\n'))
  file('ETHUSDT-1h.csv', csv(2, 0.1).join('\n'))
  file('SOLUSDT-1h.csv.gz', gzipSync(csv(3, 0.01).join('\n')))
})

interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

async function run(
  line: string,
  { terminal = false, env = {} }: { readonly terminal?: boolean; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Ran> {
  const texts = { stdout: '', stderr: '' }
  const stream = (name: keyof typeof texts): Writable =>
    Object.assign(
      new Writable({
        write: (chunk: Buffer, _, done) => {
          texts[name] += chunk.toString()
          done()
        },
      }),
      terminal ? { isTTY: true, columns: 100 } : {},
    )
  const code = await runCommandLine(line.split(' '), {
    commands: [
      {
        name: 'backtest',
        summary: 'run a strategy over historical bars',
        load: () => import('../../src/cli/commands/backtest.ts'),
      },
      { name: 'start', summary: 'a first look', load: () => import('../../src/cli/commands/start.ts') },
      {
        name: 'config check',
        summary: 'check it',
        load: async () => ({ command: (await import('../../src/cli/commands/config.ts')).check }),
      },
      {
        name: 'config show',
        summary: 'show it',
        load: async () => ({ command: (await import('../../src/cli/commands/config.ts')).show }),
      },
    ],
    groups: { config: 'the configuration' },
    version: '0.1.0',
    stdout: stream('stdout'),
    stderr: stream('stderr'),
    env,
    cwd: folder,
    listen: () => ({ signal: new AbortController().signal, compute: (work) => work() }),
  })
  return { code, ...texts }
}

const documentOf = ({ stdout }: Ran): BacktestDocument => JSON.parse(stdout) as BacktestDocument
const EMA = 'backtest --strategy ema-cross --param qty=0.1 --participation none --capital 100000'

describe('backtest', () => {
  it('prints a summary and no JSON', async () => {
    const { code, stdout, stderr } = await run(`${EMA} --data BTCUSDT-1h.csv`)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toContain('ema-cross')
    expect(stdout).toContain('Final equity')
    expect(stdout).not.toContain('"schema"')
  })

  it('gives one document on stdout with --json, which says all that the contract lists', async () => {
    const result = await run(`${EMA} --data BTCUSDT-1h.csv --json`)
    const document = documentOf(result)
    expect({ code: result.code, stderr: result.stderr }).toEqual({ code: 0, stderr: '' })
    expect(Object.keys(document)).toEqual(
      expect.arrayContaining(['schema', 'manifest', 'digest', 'period', 'summary', 'trades', 'fills', 'equity', 'warnings']),
    )
    expect(Object.keys(document.summary)).toEqual(
      expect.arrayContaining([
        'initialCapital',
        'finalEquity',
        'netProfit',
        'totalReturn',
        'cagr',
        'trades',
        'fills',
        'winRate',
        'profitFactor',
        'expectancy',
        'sharpe',
        'sortino',
        'calmar',
        'maxDrawdown',
        'maxDrawdownDurationMs',
        'exposure',
        'turnover',
        'fees',
        'funding',
        'slippage',
        'liquidations',
      ]),
    )
    expect(document).toMatchObject({
      schema: 'autotrading.backtest/1',
      manifest: {
        seed: 1,
        synthetic: false,
        strategy: { name: 'ema-cross', params: { fast: 20, qty: '0.1' }, sha256: null },
        data: [{ rows: ROWS }],
        code: { version: '0.1.0' },
      },
      period: { bars: ROWS, toMs: document.period.fromMs + ROWS * 3_600_000 },
      summary: { initialCapital: '100000', trades: document.trades.length, fills: document.fills.length },
    })
    expect(document.manifest.code.sha256).toMatch(/^[0-9a-f]{64}$/)
    expect(document.equity[0]).toEqual([document.period.fromMs, '100000'])
    expect(document.equity.at(-1)).toEqual([document.period.toMs - 1, document.summary.finalEquity])
    expect(document.trades.map(({ id }) => id)).toEqual(document.trades.map((_, i) => i + 1))
  })

  it('writes the document, the page and the folder where it is told to, and not over files of others', async () => {
    const first = await run(`${EMA} --data BTCUSDT-1h.csv --json report.json --html page.html --out all`)
    expect(first.code).toBe(0)
    const document = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')) as BacktestDocument
    expect(JSON.parse(readFileSync(join(folder, 'all/report.json'), 'utf8'))).toEqual(document)
    expect(JSON.parse(readFileSync(join(folder, 'all/manifest.json'), 'utf8'))).toMatchObject({
      schema: 'autotrading.manifest/1',
      digest: document.digest,
    })
    const metrics = JSON.parse(readFileSync(join(folder, 'all/metrics.json'), 'utf8')) as {
      readonly metrics: readonly { readonly name: string; readonly value: number | null }[]
    }
    expect(metrics).toMatchObject({ schema: 'autotrading.metrics/1', digest: document.digest })
    expect(metrics.metrics.find(({ name }) => name === 'profitFactor')?.value).toBeCloseTo(document.summary.profitFactor ?? 0, 9)
    for (const page of ['page.html', 'all/report.html']) expect(readFileSync(join(folder, page), 'utf8')).toContain('ema-cross')
    expect((await run(`${EMA} --data BTCUSDT-1h.csv --html page.html --out all --json report.json`)).code).toBe(0)
    file('mine.html', '<p>mine</p>')
    const refused = await run(`${EMA} --data BTCUSDT-1h.csv --html mine.html`)
    expect(refused).toMatchObject({ code: 2, stdout: '' })
    expect(readFileSync(join(folder, 'mine.html'), 'utf8')).toBe('<p>mine</p>')
  })

  it('adds up: equity is capital, closed trades and what is open', async () => {
    const { summary, trades, openPositions, symbols, fills } = documentOf(
      await run(`backtest --strategy trend-following --data . --interval 1h --leverage 2 --json`),
    )
    const sum = (texts: readonly string[]): number => texts.reduce((total, text) => total + Number(text), 0)
    expect(symbols.map(({ symbol }) => symbol)).toEqual(['BTCUSDT', 'ETHUSDT', 'SOLUSDT'])
    expect(sum(symbols.map(({ netProfit }) => netProfit))).toBeCloseTo(Number(summary.netProfit), 6)
    expect(sum(fills.map(({ fee }) => fee))).toBeCloseTo(Number(summary.fees), 6)
    expect(trades.length).toBeGreaterThan(3)
    const exits = trades.map(({ exitTimeMs }) => exitTimeMs)
    expect(exits).toEqual(exits.toSorted((a, b) => a - b))
    expect(openPositions.length).toBeGreaterThan(0)
    expect(summary.exposure).toBeGreaterThan(0)
    expect(summary.exposure).toBeLessThanOrEqual(1)
  })

  it('cuts time and symbols', async () => {
    const document = documentOf(await run(`${EMA} --data . --symbol ethusdt --from 2022-01-10 --to 2022-02-10 --json`))
    expect(document.symbols.map(({ symbol }) => symbol)).toEqual(['ETHUSDT'])
    expect(document.period).toEqual({ fromMs: Date.UTC(2022, 0, 10), toMs: Date.UTC(2022, 1, 10), bars: 31 * 24 })
  })

  it('takes its settings from flags over --set over environment over file', async () => {
    file('config.yaml', 'capital: 1000\nfees:\n  taker: 0.001\nrisk:\n  maxLeverage: 4\n')
    const env = { AUTOTRADING_FEES__TAKER: '0.002', AUTOTRADING_RISK__MAX_LEVERAGE: '3' }
    const config = async (line: string): Promise<unknown> =>
      documentOf(await run(`${EMA} --data BTCUSDT-1h.csv --config config.yaml --json ${line}`, { env })).manifest.config
    expect(await config('--json')).toMatchObject({
      capital: '100000',
      fees: { taker: '0.002', maker: '0.0002' },
      risk: { leverage: { max: 3 } },
    })
    expect(await config('--set fees.taker=0.003 --leverage 2')).toMatchObject({
      fees: { taker: '0.003' },
      risk: { leverage: { max: 2 } },
    })
    expect(await config('--set fees.taker=0.003 --taker-fee 0.004 --latency-ms 20')).toMatchObject({
      fees: { taker: '0.004' },
      latency: { orderMs: 20, reportMs: 20, dataMs: 20 },
    })
  })

  it('says what limits refused', async () => {
    const { warnings, trades } = documentOf(await run('backtest --strategy ema-cross --param qty=1 --data BTCUSDT-1h.csv --json'))
    expect(trades).toEqual([])
    expect(warnings.find((text) => text.startsWith('risk.leverage refused'))).toMatch(
      /risk\.leverage refused \d+ orders, the first at 20\d\d-.*BTCUSDT (buy|sell) 1 \(signal\): gross exposure would be /,
    )
  })

  it.each([
    [
      'a strategy that does not exist',
      '--strategy ema-cros --data BTCUSDT-1h.csv',
      /there is no strategy 'ema-cros'.*ema-cross.*trend-following/,
    ],
    ['an unknown parameter', '--strategy ema-cross --param fats=3 --data BTCUSDT-1h.csv', /no parameter 'fats'.*fast/],
    ['a parameter without a value', '--strategy ema-cross --param fast --data BTCUSDT-1h.csv', /--param fast is not name=value/],
    [
      'parameters that do not fit',
      '--strategy trend-following --param fast=300 --data BTCUSDT-1h.csv',
      /fast \(300\) must be shorter than slow/,
    ],
    ['a missing file', '--strategy ema-cross --data nothing.csv', /nothing\.csv/],
    ['no data', '--strategy ema-cross', /--data/],
    ['an unknown symbol', '--strategy ema-cross --data . --symbol XYZUSDT', /XYZUSDT/],
    ['an unknown interval', '--strategy ema-cross --data . --interval 7h', /'7h' is no bar interval/],
    [
      'times in the wrong order',
      '--strategy ema-cross --data . --from 2023-01-01 --to 2022-01-01',
      /--from 2023-01-01 is not before --to 2022-01-01/,
    ],
    ['a time that is none', '--strategy ema-cross --data . --from yesterday', /--from is 'yesterday'/],
    ['a period without bars', '--strategy ema-cross --data BTCUSDT-1h.csv --from 2031-01-01', /BTCUSDT/],
    ['capital of nothing', '--strategy ema-cross --data BTCUSDT-1h.csv --capital 0', /capital is '0', which must be above 0/],
    [
      'a participation beyond everything',
      '--strategy ema-cross --data BTCUSDT-1h.csv --participation 3',
      /participation is '3', which must be above 0 and at most 1, or none/,
    ],
    [
      'a negative latency',
      '--strategy ema-cross --data BTCUSDT-1h.csv --latency-ms -1',
      /latency\.orderMs is '-1', which must be 0 to/,
    ],
    [
      'an unknown key',
      '--strategy ema-cross --data BTCUSDT-1h.csv --set risk.leverge.max=2',
      /risk\.leverge is no configuration key.*leverage/,
    ],
    ['a page without its ending', '--strategy ema-cross --data BTCUSDT-1h.csv --html page.txt', /must end in \.html/],
  ])('refuses %s with exit code 2', async (_, line, message) => {
    const { code, stdout, stderr } = await run(`backtest ${line}`)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr.trim().split('\n')).toHaveLength(1)
    expect(stderr).toMatch(message)
  })
})

describe('the command in the manifest', () => {
  it('computes the same once more, without the environment and the flags it came from', async () => {
    const line = `${EMA} --data BTCUSDT-1h.csv --data ETHUSDT-1h.csv --interval 1h --from 2022-02-01 --slippage-bps 2 --set risk.loss.enabled=false --seed 7`
    const ran = await run(`${line} --json`, { env: { AUTOTRADING_RISK__LEVERAGE__MAX: '2' } })
    expect(ran.stderr).toBe('')
    const first = documentOf(ran)
    const words = first.manifest.command ?? []
    expect(words).toContain('--from')
    expect(words).toContain('risk.leverage.max=2')
    const again = documentOf(await run(`${words.join(' ')} --json`))
    expect(again.digest).toBe(first.digest)
    expect(again.summary).toEqual(first.summary)
    expect(again.manifest).toEqual(first.manifest)
  })
})

describe('broken data', () => {
  const rows = csv(1)
  const changed = (at: number, change: (fields: string[]) => void): string =>
    rows
      .map((row, i) => {
        const fields = row.split(',')
        if (i === at) change(fields)
        return fields.join(',')
      })
      .join('\n')
  const swapped = [...rows]
  ;[swapped[100], swapped[200]] = [rows[200], rows[100]]

  it.each([
    ['a truncated gzip', 'CUTUSDT-1h.csv.gz', gzipSync(rows.join('\n')).subarray(0, 20_000), /CUTUSDT-1h\.csv\.gz/],
    ['a price that is no number', 'NANUSDT-1h.csv', changed(50, (f) => void (f[4] = 'NaN')), /51.*NaN/],
    ['a negative price', 'NEGUSDT-1h.csv', changed(50, (f) => void (f[3] = '-5')), /51.*-5/],
    ['shuffled rows', 'SHUFUSDT-1h.csv', swapped.join('\n'), /SHUFUSDT-1h\.csv/],
    ['a doubled row', 'DOUBUSDT-1h.csv', changed(60, (f) => void f.splice(0, f.length, ...rows[59].split(','))), /61/],
    ['a wrong header', 'HEADUSDT-1h.csv', ['a,b,c,d,e', ...rows.slice(1)].join('\n'), /HEADUSDT-1h\.csv/],
    ['an empty file', 'EMPTUSDT-1h.csv', '', /EMPTUSDT-1h\.csv/],
    ['a header without rows', 'NOROUSDT-1h.csv', rows[0], /NOROUSDT-1h\.csv/],
  ])('refuses %s with exit code 2 and says where', async (_, name, content, message) => {
    const path = file(name, content)
    const { code, stdout, stderr } = await run(`${EMA} --data ${path} --json`)
    rmSync(join(folder, path))
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr.trim().split('\n')).toHaveLength(1)
    expect(stderr).toMatch(message)
  })
})

describe('the digest', () => {
  const TREND = 'backtest --strategy trend-following --leverage 2 --set risk.liquidation.stress=0.3'
  const digest = async (line: string): Promise<string> => documentOf(await run(`${TREND} ${line} --json`)).digest

  it('is the same twice, in another order of files and symbols, and from other paths', async () => {
    const first = await digest('--data BTCUSDT-1h.csv --data ETHUSDT-1h.csv --data SOLUSDT-1h.csv.gz')
    expect(first).toMatch(/^[0-9a-f]{64}$/)
    expect(await digest('--data SOLUSDT-1h.csv.gz --data ETHUSDT-1h.csv --data BTCUSDT-1h.csv')).toBe(first)
    expect(await digest('--data . --interval 1h --symbol SOLUSDT,ETHUSDT --symbol BTCUSDT')).toBe(first)
  })

  it('differs with a parameter, a fee, a symbol', async () => {
    const lines = [
      '--data BTCUSDT-1h.csv',
      '--data BTCUSDT-1h.csv --param fast=49',
      '--data BTCUSDT-1h.csv --taker-fee 0.0004',
      '--data ETHUSDT-1h.csv',
    ]
    expect(new Set(await Promise.all(lines.map(digest))).size).toBe(lines.length)
  })

  it('is the same in a fresh process', async () => {
    const data = join(folder, 'BTCUSDT-1h.csv')
    const { document } = await runFiles({ strategy: 'trend-following', data: [data] })
    const script = `import { runFiles } from ${JSON.stringify(join(import.meta.dirname, 'run-files.ts'))}
      console.log((await runFiles({ strategy: 'trend-following', data: [${JSON.stringify(data)}] })).document.digest)`
    expect(execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' }).trim()).toBe(
      document.digest,
    )
  })
})

describe('start', () => {
  it('shows a synthetic market, writes its page and says how to go on', async () => {
    const { code, stdout, stderr } = await run('start --home state')
    expect(code).toBe(0)
    expect(stdout).toContain('SYNTHETIC')
    expect(stderr).toContain('SYNTHETIC MARKET')
    expect(stdout).toContain('autotrading backtest --strategy trend-following --data')
    const page = /: (\S+\.html)/.exec(stdout)?.[1] ?? ''
    expect(existsSync(join(folder, page))).toBe(true)
    expect((await run('start --home state --json')).stdout).toMatch(/^\{"schema":"autotrading\.backtest\/1"/)
  })
})

describe('config', () => {
  it('shows every value with its origin', async () => {
    const { code, stdout } = await run('config show --set risk.drawdown.severe=0.4 --json')
    const { values } = JSON.parse(stdout) as { values: readonly { path: string; value: unknown; origin: string }[] }
    expect(code).toBe(0)
    expect(values.find(({ path }) => path === 'risk.drawdown.severe')).toMatchObject({ value: 0.4, origin: '--set' })
    expect(values.find(({ path }) => path === 'risk.leverage.max')).toMatchObject({
      value: 1,
      origin: 'default',
      unit: 'x equity',
    })
  })

  it('checks, and refuses what does not hold', async () => {
    expect(await run('config check --set fees.taker=0.0004')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('valid') as string,
    })
    expect(await run('config check --set participation=half')).toMatchObject({ code: 2 })
    const twice = await run('config check --set risk.maxLeverage=2 --set risk.leverage.max=3')
    expect(twice).toMatchObject({ code: 2, stderr: expect.stringContaining('both mean the same') as string })
  })
})
