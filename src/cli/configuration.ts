/**
 * The one configuration of the product: every key with its unit, its words and its default. Limits bring their own
 * settings along, so a new limit is configurable without a line here.
 *
 * Reads the file that `--config` names.
 */
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { z } from 'zod'
import type { BacktestSettings } from '../backtest/run.ts'
import { decimal, loadConfig } from '../core/config.ts'
import type { Config, ConfigFlag } from '../core/config.ts'
import { InputError } from '../core/errors.ts'
import { parseDecimal, rateOf, unitsOf } from '../core/exact.ts'
import type { Money } from '../core/exact.ts'
import type { Setting, Settings } from '../core/setting.ts'
import { MILLISECOND } from '../core/time.ts'
import type { Duration } from '../core/time.ts'
import { ALLOCATION_SETTINGS } from '../portfolio/settings.ts'
import type { AllocationValues } from '../portfolio/settings.ts'
import { contradictionOf, PORTFOLIO_METHODS, PORTFOLIO_SETTINGS } from '../portfolio/settings.ts'
import { DEFAULT_QUEUE } from '../sim/fill-model.ts'
import type { Delay } from '../sim/latency.ts'
import { RISK_SECTIONS } from '../risk/sections.ts'
import { SIZING_SETTINGS } from '../risk/sizing/list.ts'
import type { LimitValues } from '../risk/risk-controller.ts'
import type { PortfolioValues } from '../portfolio/settings.ts'
import type { SizingValues } from '../risk/position-sizer.ts'
import { DEFAULT_BASIS } from '../sim/synthetic/basis.ts'
import { REGIME_SETTINGS } from '../strategy/regimes/settings.ts'
import type { RegimeValues } from '../strategy/regimes/settings.ts'
import { UNIVERSE_SETTINGS } from '../strategy/universe.ts'
import type { UniverseValues } from '../strategy/universe.ts'
import { MATRIX_SETTINGS } from '../strategy/strategy-manager.ts'
import type { MatrixValues } from '../strategy/strategy-manager.ts'
import type { GlobalOptions } from './command.ts'

function schemaOf(setting: Setting): z.ZodType {
  if (typeof setting.default === 'boolean') return z.boolean().default(setting.default).meta({ description: setting.description })
  const { min, max, unit, description } = setting
  return z.number().min(min).max(max).default(setting.default).meta({ unit, description })
}

const sectionOf = (settings: Settings): z.ZodObject =>
  z.object(Object.fromEntries(Object.entries(settings).map(([name, setting]) => [name, schemaOf(setting)])))

const amount = (
  fallback: string,
  allowed: { readonly above?: number; readonly min?: number; readonly max?: number },
  words: string,
): z.ZodType<string> =>
  decimal()
    .refine((text) => {
      const value = Number(text)
      return value > (allowed.above ?? -Infinity) && value >= (allowed.min ?? -Infinity) && value <= (allowed.max ?? Infinity)
    }, words)
    .default(fallback)

const fee = (fallback: string): z.ZodType<string> =>
  amount(fallback, { min: -0.01, max: 0.1 }, 'must lie between -0.01 and 0.1').refine(
    (text) => (parseDecimal(text)?.scale ?? 0) <= 10,
    'has more than 10 decimals',
  )

/** Decimals of the amounts in `fees.tiers`. */
const TIER_SCALE = 8
const MILLISECONDS_MAX = 3_600_000

/** A constant in ms, points of a distribution, or a file of measured delays. */
type DelaySetting = number | readonly (readonly [share: number, ms: number])[] | { readonly file: string }

const isMs = (value: unknown): value is number => typeof value === 'number' && value >= 0 && value <= MILLISECONDS_MAX

function delaySetting(given: unknown): DelaySetting | undefined {
  if (typeof given === 'string') {
    if (/^\s*[[{]/.test(given)) {
      try {
        return delaySetting(JSON.parse(given))
      } catch {
        return undefined
      }
    }
    return parseDecimal(given) === undefined ? undefined : delaySetting(Number(given))
  }
  if (isMs(given)) return given
  if (Array.isArray(given)) {
    const points = given as readonly (readonly [number, number])[]
    const fits = points.every(
      (point, i) =>
        Array.isArray(point) &&
        point.length === 2 &&
        point[0] >= 0 &&
        point[0] <= 1 &&
        isMs(point[1]) &&
        (i === 0 || (point[0] > points[i - 1][0] && point[1] >= points[i - 1][1])),
    )
    return fits && points.length > 0 ? points : undefined
  }
  if (typeof given !== 'object' || given === null || !('file' in given)) return undefined
  return typeof given.file === 'string' && given.file !== '' ? { file: given.file } : undefined
}

const milliseconds = (description: string) =>
  z
    .union([z.string(), z.number(), z.array(z.array(z.number())), z.looseObject({ file: z.string() })])
    .transform((given, context): DelaySetting => {
      const setting = delaySetting(given)
      if (setting !== undefined) return setting
      context.issues.push({
        code: 'custom',
        message: `must be 0 to ${MILLISECONDS_MAX}, points [[share, ms], ...] that ascend, or {"file": PATH}`,
        input: given,
      })
      return z.NEVER
    })
    .default(0)
    .meta({ unit: 'ms', description: `${description}; also points of a distribution, or a file of measured delays` })

const shareOrNone = (): z.ZodType<number | 'none', number | string> =>
  z.union([z.string(), z.number()]).transform((given, context) => {
    if (given === 'none') return given
    const value = parseDecimal(String(given)) === undefined ? Number.NaN : Number(given)
    if (value > 0 && value <= 1) return value
    context.issues.push({ code: 'custom', message: 'must be above 0 and at most 1, or none', input: given })
    return z.NEVER
  })

const address = (fallback: string): z.ZodType<string> =>
  z
    .string()
    .refine((text) => /^https?:$/.test(URL.parse(text)?.protocol ?? ''), 'must begin with https:// or http://')
    .default(fallback)

export const CONFIGURATION = z.object({
  capital: amount('10000', { above: 0 }, 'must be above 0').meta({ unit: 'quote', description: 'capital at the start' }),
  seed: z.int().min(0).default(1).meta({ description: 'the seed of everything that is drawn by chance' }),
  fees: z.object({
    maker: fee('0.0002').meta({ unit: 'share of the notional', description: 'fee of fills that rested; negative is a rebate' }),
    taker: fee('0.0005').meta({ unit: 'share of the notional', description: 'fee of fills that took' }),
    tiers: z
      .array(z.object({ volume: amount('0', { min: 0 }, 'must not be negative'), maker: fee('0.0002'), taker: fee('0.0005') }))
      .default([])
      .refine(
        (tiers) =>
          tiers.every(({ volume }, i) => (i === 0 ? Number(volume) === 0 : Number(volume) > Number(tiers[i - 1].volume))),
        'must begin with a volume of 0 and ascend',
      )
      .meta({
        description: 'fees by the notional traded in the last 30 days, in place of the two above: [{volume, maker, taker}, ...]',
      }),
  }),
  slippageBps: z
    .number()
    .min(0)
    .max(1_000)
    .default(0)
    .meta({ unit: 'basis points', description: 'how much worse taker fills are' }),
  latency: z.object({
    orderMs: milliseconds('from a decision to the exchange'),
    reportMs: milliseconds('from an execution to us'),
    dataMs: milliseconds('from the end of a bar to us'),
  }),
  participation: shareOrNone()
    .default(0.1)
    .meta({ unit: "share of a bar's volume", description: 'what our orders may take of a bar; none switches the cap off' }),
  venue: z.object({
    leverage: z.int().min(1).max(150).default(20).meta({
      unit: 'x',
      description: 'set for every contract at the exchange, or what it allows at most; ties up margin, is no target',
    }),
    margin: z.enum(['cross', 'isolated']).default('cross').meta({ description: 'margin type of every contract' }),
    queue: z.number().min(0).max(1e6).default(DEFAULT_QUEUE).meta({
      unit: 'trades of mean size',
      description: 'what is served before a limit order at its price, where trades drive the run',
    }),
    liquidation: z
      .enum(['partial', 'whole'])
      .default('partial')
      .meta({ description: 'a liquidation takes what is needed, or everything' }),
    reduceOnlyCovered: z.boolean().default(false).meta({ description: 'reduce-only limits that earlier ones cover are refused' }),
    reduceOnlyTrim: z.boolean().default(false).meta({ description: 'reduce-only limits beyond a shrinking position expire' }),
  }),
  touch: z.boolean().default(false).meta({ description: 'limit orders fill when touched, not only when traded through' }),
  statistics: z.object({
    riskFree: z.number().min(-1).max(1).default(0).meta({ unit: 'a year', description: 'risk-free rate of Sharpe and Sortino' }),
  }),
  strategies: z
    .array(
      z.strictObject({
        name: z.string().meta({ description: 'a strategy of the house, or a file' }),
        params: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).default({}),
        symbols: z.array(z.string()).optional(),
        share: z.number().min(0).max(1).optional(),
        hedge: z.union([z.literal('spot'), z.record(z.string(), z.string())]).optional(),
      }),
    )
    .default([])
    .meta({
      description:
        'several strategies in one account: [{name, params, symbols, share, hedge}, ...]; share is a part of the capital (default an equal one), hedge the second leg of a pair: spot, or the contract for each symbol',
    }),
  conflict: z.enum(['net', 'agree', 'strongest']).default('net').meta({
    description: 'strategies that disagree on a symbol: their books net, the later one is refused, or the largest claim has it',
  }),
  download: z.object({
    archiveUrl: address('https://data.binance.vision').meta({ description: 'the public archive' }),
    restUrl: address('https://fapi.binance.com').meta({ description: 'the REST interface of USD-M futures' }),
    parallel: z.int().min(1).max(16).default(4).meta({ unit: 'files', description: 'how many are downloaded at the same time' }),
  }),
  models: z.object({
    cache: z.boolean().default(true).meta({
      description: 'answers of slow mathematics are kept, in memory and below the home, and not computed again',
    }),
    threads: z.int().min(0).max(256).optional().meta({
      unit: 'threads',
      description: 'that compute slow mathematics beside the run; default all cores but one, 0 computes in the run',
    }),
  }),
  allocation: sectionOf(ALLOCATION_SETTINGS),
  matrix: sectionOf(MATRIX_SETTINGS),
  regimes: sectionOf(REGIME_SETTINGS),
  universe: sectionOf(UNIVERSE_SETTINGS),
  spot: z.object({
    share: z.number().min(0).max(1).default(0.5).meta({
      unit: 'share of the capital',
      description: 'what a run with spot pairs puts into the spot account at the start',
    }),
    marginShare: z.number().min(0).max(1).optional().meta({
      unit: 'share of both accounts',
      description: 'what transfers later keep in the margin account; default is what it began with',
    }),
    band: z.number().min(0).max(1).default(0.1).meta({
      unit: 'share of both accounts',
      description: 'how far it may be away from that before money moves; 1 moves money only to a margin account that runs dry',
    }),
    least: z.number().min(0).max(1e12).default(10).meta({ unit: 'quote', description: 'smallest transfer' }),
    synthetic: z.boolean().default(true).meta({
      description: 'without spot files the spot pair of a contract trades at its mark price and a seeded basis',
    }),
    basisMeanBps: z
      .number()
      .min(-1_000)
      .max(1_000)
      .default(DEFAULT_BASIS.meanBps)
      .meta({ unit: 'basis points', description: 'of that basis: its mean' }),
    basisDeviationBps: z
      .number()
      .min(0)
      .max(1_000)
      .default(DEFAULT_BASIS.sdBps)
      .meta({ unit: 'basis points', description: 'of that basis: its standard deviation' }),
    fee: fee('0.001').meta({ unit: 'share of the notional', description: 'fee of every spot fill, in the quote asset' }),
    borrow: z.boolean().default(false).meta({ description: 'whether a spot sale may borrow what is lacking' }),
    borrowRate: amount('0.0005', { min: 0, max: 0.1 }, 'must lie between 0 and 0.1').meta({
      unit: 'share of the debt a day',
      description: 'interest of what is borrowed',
    }),
  }),
  sizing: z.object(Object.fromEntries(Object.entries(SIZING_SETTINGS).map(([name, settings]) => [name, sectionOf(settings)]))),
  portfolio: z.object({
    method: z
      .enum(PORTFOLIO_METHODS)
      .default('fixed')
      .meta({ description: 'how the allowed gross exposure is divided among the instruments; fixed is equally' }),
    ...sectionOf(PORTFOLIO_SETTINGS).shape,
  }),
  risk: z.object({
    maxLeverage: z.number().min(0.01).max(125).optional().meta({ unit: 'x equity', description: 'short for risk.leverage.max' }),
    ...Object.fromEntries(RISK_SECTIONS.map(({ name, settings }) => [name, sectionOf(settings)])),
  }),
})

export type Configuration = z.output<typeof CONFIGURATION>

export interface ConfigurationSources {
  readonly globals: Pick<GlobalOptions, 'config' | 'set' | 'seed'>
  readonly env: Readonly<Record<string, string | undefined>>
  readonly cwd: string
}

/** The effective configuration: flags over `--set` over environment over file over defaults. */
export function loadConfiguration(
  { globals, env, cwd }: ConfigurationSources,
  flags: readonly ConfigFlag[] = [],
): Config<Configuration> {
  const file = globals.config === undefined ? undefined : { path: globals.config, text: readConfigFile(globals.config, cwd) }
  const seed: ConfigFlag = { flag: '--seed', path: 'seed', value: globals.seed }
  const config = oneLeverage(
    loadConfig({
      schema: CONFIGURATION,
      env,
      sets: globals.set,
      flags: [seed, ...flags],
      ...(file === undefined ? {} : { file }),
    }),
  )
  checkCapital(config.value)
  return config
}

/** Shares that give more than there is, and settings of the portfolio that contradict each other. */
function checkCapital({ strategies, portfolio }: Configuration): void {
  const shares = strategies.map(({ share }) => share ?? 1 / strategies.length)
  // `null` stands for every symbol that no strategy names.
  for (const symbol of [null, ...new Set(strategies.flatMap(({ symbols }) => symbols ?? []))]) {
    const of = shares.filter((_, i) => {
      const { symbols } = strategies[i]
      return symbols === undefined || (symbol !== null && symbols.includes(symbol))
    })
    const together = of.reduce((sum, each) => sum + each, 0)
    if (together > 1 + 1e-9)
      throw new InputError(
        'strategy-shares',
        `the shares of the strategies${symbol === null ? '' : ` on ${symbol}`} add up to ${Number(together.toFixed(6))}, more than 1`,
        { where: { key: 'strategies' }, next: 'Lower some of them; a strategy without `share` has one divided by their number.' },
      )
  }
  const contradiction = contradictionOf(portfolio as unknown as PortfolioValues, shares)
  if (contradiction !== undefined)
    throw new InputError('portfolio-contradiction', contradiction, { where: { key: 'portfolio' }, next: 'Change one of them.' })
}

function readConfigFile(path: string, cwd: string): string {
  try {
    return readFileSync(resolve(cwd, path), 'utf8')
  } catch (cause) {
    throw new InputError('config-file', `--config ${path}: the file cannot be read`, {
      cause,
      where: { file: path },
      next: 'Check its name and permissions.',
    })
  }
}

/** Sources from the weakest to the strongest, by how an origin begins. */
const STRENGTH = ['default', 'file ', 'env ', '--set', 'flag '] as const
const strengthOf = (origin: string): number => STRENGTH.findIndex((start) => origin.startsWith(start))

/** `risk.maxLeverage` and `risk.leverage.max` are one setting: the stronger source wins, and one source may not say both. */
function oneLeverage(config: Config<Configuration>): Config<Configuration> {
  const { value, origin } = config
  const short = value.risk.maxLeverage
  if (short === undefined) return config
  const { maxLeverage: _, ...risk } = value.risk as Configuration['risk'] & Readonly<Record<string, unknown>>
  const [ofShort, ofLong] = [origin.get('risk.maxLeverage') ?? 'default', origin.get('risk.leverage.max') ?? 'default']
  const leverage = risk['leverage'] as Readonly<Record<string, unknown>>
  if (strengthOf(ofShort) === strengthOf(ofLong) && leverage['max'] !== short)
    throw new InputError(
      'config-twice',
      `risk.maxLeverage is ${short} (${ofShort}) and risk.leverage.max is ${String(leverage['max'])} (${ofLong}), and both mean the same`,
      {
        next: 'Leave one of them out.',
      },
    )
  const origins = new Map([...origin].filter(([path]) => path !== 'risk.maxLeverage'))
  if (strengthOf(ofShort) <= strengthOf(ofLong)) return { value: { ...value, risk }, origin: origins }
  origins.set('risk.leverage.max', ofShort)
  return {
    value: { ...value, risk: { ...risk, leverage: { ...leverage, max: short } } as Configuration['risk'] },
    origin: origins,
  }
}

/** What a backtest takes from the configuration, and the leverage that margin tables are checked against. Relative paths in it are of `cwd`. */
export function backtestSettings(config: Configuration, cwd = '.'): BacktestSettings & { readonly leverage: number } {
  const leverage = Number((config.risk as unknown as LimitValues)['leverage']['max'])
  const { venue, latency } = config
  return {
    leverage,
    // What the limits allow must be possible at the exchange, too.
    account: { leverage: Math.max(venue.leverage, Math.ceil(leverage)), margin: venue.margin },
    switches: {
      liquidation: venue.liquidation,
      reduceOnlyCovered: venue.reduceOnlyCovered,
      reduceOnlyTrim: venue.reduceOnlyTrim,
    },
    capital: config.capital,
    seed: config.seed,
    fills: {
      makerFee: rateOf(config.fees.maker, 'fees.maker'),
      takerFee: rateOf(config.fees.taker, 'fees.taker'),
      slippageBps: config.slippageBps,
      participation: config.participation === 'none' ? undefined : config.participation,
      touch: config.touch,
      queue: venue.queue,
      tiers: config.fees.tiers.map(({ volume, maker, taker }) => ({
        volume: unitsOf(volume, TIER_SCALE, 'fees.tiers.volume') as Money,
        maker: rateOf(maker, 'fees.tiers.maker'),
        taker: rateOf(taker, 'fees.tiers.taker'),
      })),
    },
    latency: {
      order: delayOf(latency.orderMs, cwd),
      report: delayOf(latency.reportMs, cwd),
      data: delayOf(latency.dataMs, cwd),
    },
    risk: config.risk as unknown as LimitValues,
    allocation: config.allocation as unknown as AllocationValues,
    manager: { matrix: config.matrix as unknown as MatrixValues, conflict: config.conflict },
    portfolio: config.portfolio as unknown as PortfolioValues,
    sizing: config.sizing as unknown as SizingValues,
    regimes: config.regimes as unknown as RegimeValues,
    universe: config.universe as unknown as UniverseValues,
    spot: {
      share: config.spot.share,
      balance: {
        marginShare: config.spot.marginShare ?? 1 - config.spot.share,
        band: config.spot.band,
        least: config.spot.least,
      },
      terms: {
        takerFee: rateOf(config.spot.fee, 'spot.fee'),
        makerFee: rateOf(config.spot.fee, 'spot.fee'),
        borrow: config.spot.borrow,
        borrowRate: rateOf(config.spot.borrowRate, 'spot.borrowRate'),
      },
    },
    models: config.models,
    riskFree: config.statistics.riskFree,
  }
}

/** The same with a place below the home for what slow mathematics has answered; runs that ask for none need none. */
export function withAnswerFiles<S extends BacktestSettings>(settings: S, home: string, version: () => string): S {
  const { models, regimes, portfolio } = settings
  if (models?.cache !== true || (regimes?.enabled !== true && (portfolio?.method ?? 'fixed') === 'fixed')) return settings
  return { ...settings, models: { ...models, files: { folder: join(home, 'cache', 'models'), version: version() } } }
}

const micros = (ms: number): Duration => Math.round(ms * MILLISECOND) as Duration

function delayOf(setting: Configuration['latency']['orderMs'], cwd: string): Delay {
  if (typeof setting === 'number') return micros(setting)
  if ('file' in setting) return { kind: 'measured', delays: measuredDelays(resolve(cwd, setting.file)) }
  return { kind: 'quantiles', points: setting.map(([share, ms]) => [share, micros(ms)] as const) }
}

function measuredDelays(path: string): readonly number[] {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (cause) {
    throw new InputError('latency-file', `the file of measured delays cannot be read`, {
      cause,
      where: { file: path },
      next: 'Check its name and permissions.',
    })
  }
  const delays = text.split('\n').flatMap((row, i) => {
    const line = row.trim()
    if (line === '') return []
    const ms = parseDecimal(line) === undefined ? Number.NaN : Number(line)
    if (ms >= 0 && ms <= MILLISECONDS_MAX) return [micros(ms)]
    throw new InputError('latency-file', `line ${i + 1} of ${path} is '${line}', which is no delay`, {
      where: { file: path, line: i + 1, value: line },
      next: `Write one number of milliseconds from 0 to ${MILLISECONDS_MAX} a line.`,
    })
  })
  if (delays.length > 0) return delays
  throw new InputError('latency-file', `${path} holds no delays`, {
    where: { file: path },
    next: 'Write one number of milliseconds a line.',
  })
}
