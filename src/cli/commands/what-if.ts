/** `what-if`: what an order would do to an account, before it is sent. Reads the documents that it is given, and changes nothing. */
import { resolve } from 'node:path'
import { instrumentsOf } from '../../backtest/instruments.ts'
import { InputError } from '../../core/errors.ts'
import { formatUnits, notional, parseDecimal, rateOf, unitsOf } from '../../core/exact.ts'
import type { Money, Price } from '../../core/exact.ts'
import { systemClock } from '../../core/clock.ts'
import { parseDuration } from '../../core/time.ts'
import { Instrument } from '../../domain/instrument.ts'
import { formatRatio } from '../../domain/margin.ts'
import type { PositionState } from '../../domain/position.ts'
import { whatIf } from '../../risk/what-if.ts'
import type { WhatIfAnswer, WhatIfQuestion } from '../../risk/what-if.ts'
import type { LimitValues } from '../../risk/risk-controller.ts'
import { readBrackets } from '../../storage/market-data/brackets.ts'
import { readExchangeInfo } from '../../storage/market-data/exchange-info.ts'
import { textOption } from '../backtest-options.ts'
import type { Options } from '../backtest-options.ts'
import type { CommandDefinition, CommandIo } from '../command.ts'
import { loadConfiguration } from '../configuration.ts'
import { alignedRows } from '../data-options.ts'
import { Exit } from '../exit.ts'

const QTY_DECIMALS = 8

export const command: CommandDefinition = {
  examples: [
    'autotrading what-if --symbol BTCUSDT --side buy --qty 0.1 --price 60000 --equity 10000',
    'autotrading what-if --symbol BTCUSDT --side buy --qty 0.5 --price 60000 --equity 10000 --position -0.2@58000 --leverage 10 --funding-rate 0.0001 --horizon 3d --json',
  ],
  configure: (cli) =>
    cli
      .requiredOption('--symbol <S>', 'contract')
      .requiredOption('--side <buy|sell>', 'side of the order')
      .requiredOption('--qty <QTY>', 'quantity, in the base asset')
      .requiredOption('--price <PRICE>', 'price at which it fills, taken as mark price too')
      .requiredOption('--equity <AMOUNT>', 'wallet plus unrealised profit before the order')
      .option('--position <QTY@PRICE>', 'position before it, below 0 for short, and its average price')
      .option('--type <market|limit>', 'market pays the taker fee, limit the maker fee (market)')
      .option('--leverage <N>', 'leverage set at the exchange (venue.leverage)')
      .option('--funding-rate <RATE>', 'share of the notional at every settlement')
      .option('--funding-interval <DURATION>', 'between settlements (8h)')
      .option('--horizon <DURATION>', 'how long the position is held (1d)')
      .option('--day-volume <QTY>', "a day's volume in the base asset, for the impact")
      .option('--volatility <SHARE>', "standard deviation of a day's return, for the impact")
      .option('--exchange-info <FILE>', "the exchange's trading rules")
      .option('--brackets <FILE>', "the exchange's margin table"),
  async run(options, io) {
    const { question, warnings } = await questionOf(options, io)
    const answer = whatIf(question)
    for (const warning of warnings) io.out.warn(warning)
    const document = documentOf(question, answer)
    io.out.document({ schema: 'autotrading.what-if/1', ...document, warnings } as const)
    io.out.print(textOf(document))
    return answer.refusals.length > 0 ? Exit.wanting : Exit.done
  },
}

async function questionOf(
  options: Options,
  io: CommandIo,
): Promise<{ readonly question: WhatIfQuestion; readonly warnings: readonly string[] }> {
  const text = (name: string): string => textOption(options, name) ?? ''
  const { value: config } = loadConfiguration({ globals: io.globals, env: io.env, cwd: io.cwd })
  const side = text('side')
  if (side !== 'buy' && side !== 'sell') throw new InputError('usage', `--side is '${side}', it must be buy or sell`)
  const type = textOption(options, 'type') ?? 'market'
  if (type !== 'market' && type !== 'limit') throw new InputError('usage', `--type is '${type}', it must be market or limit`)
  const leverage = wholeAbove0('--leverage', textOption(options, 'leverage') ?? String(config.venue.leverage))
  const held = positionTexts(textOption(options, 'position'))
  const [info, table] = [textOption(options, 'exchangeInfo'), textOption(options, 'brackets')]
  const now = systemClock.now()
  const { specs, warnings } = instrumentsOf(
    [
      {
        symbol: text('symbol').trim().toUpperCase(),
        decimals: Math.max(decimals(text('price'), '--price'), held === undefined ? 0 : decimals(held.price, '--position')),
        qtyDecimals: Math.min(QTY_DECIMALS, decimals(text('qty'), '--qty')),
        from: now,
        to: now,
      },
    ],
    {
      exchangeInfo: info === undefined ? undefined : await readExchangeInfo(resolve(io.cwd, info)),
      brackets: table === undefined ? [] : [await readBrackets(resolve(io.cwd, table))],
    },
    leverage,
  )
  const instrument = new Instrument(specs[0], 0)
  const money = (of: string, what: string): Money => unitsOf(of, instrument.settle.scale, what) as Money
  const price = instrument.priceFromText(text('price'))
  const qty = instrument.qtyFromText(text('qty'))
  if (price <= 0 || qty <= 0) throw new InputError('usage', '--price and --qty must be above 0')
  const settlements = Math.floor(
    parseDuration(textOption(options, 'horizon') ?? '1d', '--horizon') /
      positiveDuration(textOption(options, 'fundingInterval') ?? `${FUNDING_HOURS}h`),
  )
  const rate = textOption(options, 'fundingRate')
  const volume = number(options, 'dayVolume', '--day-volume')
  return {
    question: {
      instrument,
      equity: money(text('equity'), '--equity'),
      position: positionOf(held, instrument),
      side,
      qty,
      price,
      type,
      leverage,
      fees: { maker: rateOf(config.fees.maker, 'fees.maker'), taker: rateOf(config.fees.taker, 'fees.taker') },
      fundingRate: rate === undefined ? undefined : rateOf(rate, '--funding-rate'),
      settlements,
      dayVolume: volume === undefined ? undefined : volume * 10 ** instrument.qtyScale,
      volatility: number(options, 'volatility', '--volatility'),
      limits: config.risk as unknown as LimitValues,
    },
    warnings,
  }
}

const FUNDING_HOURS = 8

function positiveDuration(text: string): number {
  const duration = parseDuration(text, '--funding-interval')
  if (duration > 0) return duration
  throw new InputError('usage', `--funding-interval is ${text}, it must be above 0, such as ${FUNDING_HOURS}h`)
}

function wholeAbove0(flag: string, text: string): number {
  const value = Number(text)
  if (Number.isSafeInteger(value) && value > 0) return value
  throw new InputError('usage', `${flag} is '${text}', it must be a whole number above 0`)
}

function number(options: Options, name: string, flag: string): number | undefined {
  const text = textOption(options, name)
  if (text === undefined) return undefined
  const value = parseDecimal(text) === undefined ? Number.NaN : Number(text)
  if (value > 0) return value
  throw new InputError('usage', `${flag} is '${text}', it must be a number above 0`)
}

function decimals(text: string, flag: string): number {
  const found = parseDecimal(text)
  if (found !== undefined) return found.scale
  throw new InputError('usage', `${flag} is '${text}', which is no decimal number`)
}

interface PositionTexts {
  readonly qty: string
  readonly price: string
}

function positionTexts(text: string | undefined): PositionTexts | undefined {
  if (text === undefined) return undefined
  const [qty, price, ...more] = text.split('@')
  if (price !== undefined && more.length === 0) return { qty, price }
  throw new InputError('usage', `--position is '${text}', it must be quantity and average price, such as -0.2@58000`)
}

function positionOf(held: PositionTexts | undefined, instrument: Instrument): PositionState {
  if (held === undefined) return { qty: 0, cost: 0n }
  const qty = instrument.qtyFromText(held.qty)
  const price: Price = instrument.priceFromText(held.price)
  if (price <= 0) throw new InputError('usage', `--position has the price ${held.price}, it must be above 0`)
  return { qty, cost: notional(price, qty) }
}

/** Money and prices as decimal texts, shares as numbers, what is not known as null. */
function documentOf({ instrument, side, qty, price, type, leverage, settlements }: WhatIfQuestion, answer: WhatIfAnswer) {
  const money = (amount: Money): string => instrument.formatMoney(amount)
  const ratio = (of: WhatIfAnswer['averagePrice']): string | null =>
    of === undefined ? null : formatRatio(of, instrument.priceScale)
  return {
    symbol: instrument.symbol,
    asset: instrument.settle.name,
    order: { side, type, qty: instrument.formatQty(qty), price: instrument.formatPrice(price), leverage },
    position: formatUnits(answer.position.qty, instrument.qtyScale),
    averagePrice: ratio(answer.averagePrice),
    notional: money(answer.notional),
    realised: money(answer.realised),
    fee: money(answer.fee),
    wallet: money(answer.wallet),
    equity: money(answer.equity),
    initialMargin: money(answer.initialMargin),
    maintenanceMargin: money(answer.maintenanceMargin),
    free: money(answer.free),
    marginRatio: Number.isFinite(answer.marginRatio) ? answer.marginRatio : null,
    liquidationPrice: ratio(answer.liquidationPrice),
    survives: answer.survives ?? null,
    settlements,
    funding: answer.funding === undefined ? null : money(answer.funding),
    impact: answer.impact ?? null,
    refusals: answer.refusals.map(({ rule, text }) => ({ rule, text })),
  }
}

const percent = (share: number | null): string => (share === null ? 'not known' : `${(share * 100).toFixed(2)} %`)

function textOf(found: ReturnType<typeof documentOf>): string {
  const { asset, order } = found
  const rows: (readonly [string, string])[] = [
    ['after the order', `${order.side} ${order.qty} ${found.symbol} at ${order.price} (${order.type}, ${order.leverage}x)`],
    ['position', found.averagePrice === null ? 'none' : `${found.position} at ${found.averagePrice}`],
    ['notional', `${found.notional} ${asset}`],
    ['realised profit', `${found.realised} ${asset}`],
    ['fee', `${found.fee} ${asset}`],
    ['equity', `${found.equity} ${asset}`],
    ['initial margin', `${found.initialMargin} ${asset}, ${found.free} stay free`],
    ['maintenance margin', `${found.maintenanceMargin} ${asset}`],
    ['margin ratio', found.marginRatio === null ? 'nothing is left' : percent(found.marginRatio)],
    ['liquidation price', found.liquidationPrice ?? 'none'],
    ['survives a move of', found.survives === null ? 'any size' : `less than ${percent(found.survives)} against it`],
    [`funding, ${found.settlements} times`, found.funding === null ? 'not known' : `${found.funding} ${asset}`],
    ['impact on the price', percent(found.impact)],
    ['limits', found.refusals.length === 0 ? 'all agree' : found.refusals.map(({ rule, text }) => `${rule}: ${text}`).join('; ')],
  ]
  return alignedRows(rows)
}
