/**
 * The instruments of a run: tick, step, scales and margin tables from the exchange's documents, the built-in table or,
 * for what neither knows, the decimals of the data. One tick per symbol and run.
 *
 * Pure.
 */
import { editDistance } from '../core/did-you-mean.ts'
import { InputError } from '../core/errors.ts'
import { formatUnits, parseDecimal, POW10, pow10Big, rateOf, unitsOf, ZERO } from '../core/exact.ts'
import type { Money, Price, Qty, Rate } from '../core/exact.ts'
import { DAY, daysFromCivil, formatDate, formatTime, fromMs, HOUR, toMs } from '../core/time.ts'
import type { Micros } from '../core/time.ts'
import { instrumentId } from '../domain/instrument.ts'
import type { BracketChange, InstrumentKind, InstrumentSpec, MarginBracket, TradingRules } from '../domain/instrument.ts'
import type { Bracket, BracketDocument } from '../storage/market-data/brackets.ts'
import { BUILT_IN_BRACKETS_DATE, builtInInstrument } from '../storage/market-data/built-in-instruments.ts'
import type { ExchangeInfo, ExchangeSymbol } from '../storage/market-data/exchange-info.ts'
import type { InstrumentRow } from './result.ts'

const VENUE = 'binance'

/** What the data say of a symbol. */
export interface SymbolFacts {
  readonly symbol: string
  /** The most decimals in any price that is used. */
  readonly decimals: number
  /** The most decimals in any quantity that must be counted exactly; absent where only bars are used. */
  readonly qtyDecimals?: number
  /** First moment of the first bar, and the end of the last. */
  readonly from: Micros
  readonly to: Micros
}

/** Where rules are looked up. */
export interface RuleBooks {
  readonly exchangeInfo: ExchangeInfo | undefined
  /** Tables of several dates; the nearest one before the run serves. Empty when none was given. */
  readonly brackets: readonly BracketDocument[]
  /** Contracts that were generated with their data; others are unknown to it. */
  readonly synthetic?: ReadonlyMap<string, SyntheticTerms>
}

export interface SyntheticTerms {
  readonly base: string
  readonly quote: string
  readonly tick: string
  readonly step: string
}

export interface Instruments {
  /** In the order of the facts. */
  readonly specs: readonly InstrumentSpec[]
  readonly rows: readonly InstrumentRow[]
  readonly warnings: readonly string[]
}

/** `BTCUSDT_241227` is delivered on that day. */
export const kindOf = (symbol: string): InstrumentKind => (DELIVERY.test(symbol) ? 'dated' : 'perp')
export const idOf = (symbol: string): string => instrumentId({ venue: VENUE, kind: kindOf(symbol), symbol })

/**
 * Throws `InputError` when a symbol is not in a given exchangeInfo document, contracts settle in different assets, prices
 * have too many decimals, or the leverage is more than the exchange's table allows.
 */
export function instrumentsOf(facts: readonly SymbolFacts[], books: RuleBooks, leverage: number): Instruments {
  const contracts = facts.map((each) => ({ ...each, terms: termsOf(each.symbol, books) }))
  const settle = oneSettlement(contracts)
  // One scale for all, so that the account has one money unit.
  const scale = contracts.reduce((most, contract) => Math.max(most, scaleNeeded(contract)), MONEY_SCALE)
  const margins = new MarginTables(books, firstOf(facts), scale)
  const specs = contracts.map((contract): InstrumentSpec => {
    const { symbol, terms, from, to } = contract
    const expiresAt = expiryOf(symbol, terms, from, to)
    const brackets = margins.of(symbol, leverage)
    const bracketChanges = margins.changesOf(symbol, to)
    return {
      venue: VENUE,
      kind: kindOf(symbol),
      symbol,
      base: { name: terms.base, scale },
      quote: { name: terms.quote, scale },
      settle: { name: settle, scale },
      priceScale: priceScaleOf(contract),
      rules: [rulesOf(contract, scale)],
      brackets,
      ...(bracketChanges.length === 0 ? {} : { bracketChanges }),
      liquidationFee: rateOf(terms.liquidationFee ?? DEFAULT_LIQUIDATION_FEE, `liquidation fee of ${symbol}`),
      ...(terms.listedAt === undefined ? {} : { listedAt: terms.listedAt }),
      ...(expiresAt === undefined ? {} : { expiresAt }),
    }
  })
  const warnings = [...unknownWarning(contracts), ...expiryWarnings(specs, facts), ...margins.warnings()]
  return { specs, rows: specs.map((spec, i) => rowOf(spec, contracts[i].terms.source)), warnings }
}

/** Margin tables of contracts that nobody knows: a cautious guess, said in a warning. */
const DEFAULT_BRACKET = { rate: '0.01', leverage: 20 } as const
const DEFAULT_LIQUIDATION_FEE = '0.0125'
/** Of generated contracts. */
const SYNTHETIC_BRACKET = { rate: '0.005', leverage: 50 } as const
/** Money has at least this many decimals, and quantities as many as the prices leave, at least two. */
const MONEY_SCALE = 8
const QTY_DECIMALS = 2
/** More decimals than any price has; a file with more holds remainders of binary floats. */
const PRICE_DECIMALS_MAX = 12

// ---- What the books say of a symbol --------------------------------------------------------------------------------------

interface Terms {
  readonly source: 'exchange-info' | 'built-in' | 'data' | 'synthetic'
  readonly base: string
  readonly quote: string
  readonly settle: string
  /** Undefined when no tick is known or none binds. */
  readonly tick: string | undefined
  readonly step: string | undefined
  readonly liquidationFee: string | undefined
  readonly listedAt: Micros | undefined
  /** As the exchange says it, also when it is a date far in the future. */
  readonly delivery: Micros | undefined
  /** The exchange's limits: they bind. */
  readonly limits: ExchangeSymbol | undefined
}

type Contract = SymbolFacts & { readonly terms: Terms }

const UNKNOWN = { liquidationFee: undefined, listedAt: undefined, delivery: undefined, limits: undefined } as const

function termsOf(symbol: string, { exchangeInfo, synthetic }: RuleBooks): Terms {
  const made = synthetic?.get(symbol)
  if (made !== undefined) return { ...UNKNOWN, source: 'synthetic', ...made, settle: made.quote }
  if (exchangeInfo !== undefined) return listedTerms(symbol, exchangeInfo)
  const known = builtInInstrument(symbol)
  if (known !== undefined) {
    const { base, quote, tick, step, liquidationFee } = known
    return { ...UNKNOWN, source: 'built-in', base, quote, settle: quote, tick, step, liquidationFee }
  }
  const { base, quote } = assetsOf(symbol)
  return { ...UNKNOWN, source: 'data', base, quote, settle: quote, tick: undefined, step: undefined }
}

function listedTerms(symbol: string, info: ExchangeInfo): Terms {
  const listed = info.symbols.find((each) => each.symbol === symbol)
  if (listed === undefined)
    throw new InputError(
      'symbol-not-in-exchange-info',
      `${symbol} is not in ${info.path}; near names there are ${nearNames(symbol, info)}`,
      {
        where: { symbol, file: info.path },
        next: 'Give a document of the time when the contract was listed, or leave --exchange-info out.',
      },
    )
  if (listed.contractType === 'SPOT')
    throw new InputError(
      'exchange-info-of-spot',
      `${info.path} describes the spot pair ${symbol}, but the bars are of the USD-M contract`,
      {
        where: { symbol, file: info.path },
        next: 'Use GET /fapi/v1/exchangeInfo of the USD-M exchange.',
      },
    )
  return {
    source: 'exchange-info',
    base: listed.base,
    quote: listed.quote,
    settle: listed.marginAsset,
    tick: positive(listed.tickSize),
    step: positive(listed.stepSize),
    liquidationFee: listed.liquidationFee,
    listedAt: listed.onboardMs === undefined ? undefined : fromMs(listed.onboardMs),
    delivery: listed.deliveryMs === undefined ? undefined : fromMs(listed.deliveryMs),
    limits: listed,
  }
}

/** The exchange writes 0 for a bound that does not bind. */
const positive = (text: string | undefined): string | undefined => (text === undefined || Number(text) === 0 ? undefined : text)

const NEAR_NAMES = 5

function nearNames(symbol: string, { symbols }: ExchangeInfo): string {
  const byDistance = symbols.map((each) => ({ name: each.symbol, distance: editDistance(symbol, each.symbol) }))
  return byDistance
    .toSorted((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
    .slice(0, NEAR_NAMES)
    .map(({ name }) => name)
    .join(', ')
}

const QUOTES = ['USDT', 'USDC', 'FDUSD', 'BUSD', 'TUSD', 'BTC', 'ETH', 'BNB'] as const

/** The parts of a name that no book knows. */
function assetsOf(symbol: string): { readonly base: string; readonly quote: string } {
  const pair = symbol.replace(DELIVERY, '')
  const quote = QUOTES.find((name) => pair.endsWith(name) && pair.length > name.length)
  return quote === undefined ? { base: pair, quote: 'USDT' } : { base: pair.slice(0, -quote.length), quote }
}

function oneSettlement(contracts: readonly Contract[]): string {
  const settle = contracts[0].terms.settle
  const other = contracts.find(({ terms }) => terms.settle !== settle)
  if (other === undefined) return settle
  throw new InputError(
    'many-settlement-assets',
    `${contracts[0].symbol} settles in ${settle} and ${other.symbol} in ${other.terms.settle}; a run has one account in one asset`,
    { where: { symbol: other.symbol }, next: 'Choose contracts of one settlement asset with --symbol.' },
  )
}

// ---- Scales, tick and step -----------------------------------------------------------------------------------------------

const decimalsOfText = (text: string | undefined): number => (text === undefined ? 0 : (parseDecimal(text)?.scale ?? 0))

/** The tick of the run is one price unit or a multiple of it. */
const priceScaleOf = ({ decimals, terms }: Contract): number => Math.max(decimals, decimalsOfText(terms.tick))

function scaleNeeded(contract: Contract): number {
  const priceScale = priceScaleOf(contract)
  if (priceScale > PRICE_DECIMALS_MAX)
    throw new InputError(
      'too-many-price-decimals',
      `the prices of ${contract.symbol} have ${priceScale} decimals, at most ${PRICE_DECIMALS_MAX} are held`,
      {
        where: { symbol: contract.symbol, value: priceScale },
        next: 'Round the prices of the file to the decimals of the exchange.',
      },
    )
  const { step, limits } = contract.terms
  const decimals = Math.max(QTY_DECIMALS, contract.qtyDecimals ?? 0)
  return (
    priceScale + [step, limits?.minQty, limits?.maxQty].reduce((most, text) => Math.max(most, decimalsOfText(text)), decimals)
  )
}

function rulesOf(contract: Contract, scale: number): TradingRules {
  const { symbol, decimals, from, terms } = contract
  const priceScale = priceScaleOf(contract)
  const units = (text: string, of: number, what: string): number => Number(unitsOf(text, of, `${what} of ${symbol}`))
  const shown = POW10[priceScale - decimals]
  const tick = terms.tick === undefined ? shown : Math.min(shown, units(terms.tick, priceScale, 'tick'))
  const qtyScale = scale - priceScale
  const step = terms.step === undefined ? 1 : units(terms.step, qtyScale, 'step')
  const rules = { from, tick: tick as Price, step: step as Qty, binding: terms.limits !== undefined }
  if (terms.limits === undefined) return rules
  // MARKET_LOT_SIZE does not hold without a book (D3), so it is not taken over; the bands are switched off there.
  const minQty = positive(terms.limits.minQty)
  const maxQty = positive(terms.limits.maxQty)
  const minNotional = positive(terms.limits.minNotional)
  const rate = (text: string | undefined, what: string): Rate | undefined =>
    text === undefined ? undefined : rateOf(text, `${what} of ${symbol}`)
  const { maxOrders } = terms.limits
  const priceUp = rate(positive(terms.limits.percentUp), 'upper price band')
  const priceDown = rate(positive(terms.limits.percentDown), 'lower price band')
  const triggerProtect = rate(positive(terms.limits.triggerProtect), 'trigger protection')
  return {
    ...rules,
    ...(minQty === undefined ? {} : { minQty: units(minQty, qtyScale, 'minimum quantity') as Qty }),
    ...(maxQty === undefined ? {} : { maxQty: units(maxQty, qtyScale, 'maximum quantity') as Qty }),
    ...(minNotional === undefined ? {} : { minNotional: unitsOf(minNotional, scale, `minimum notional of ${symbol}`) as Money }),
    ...(priceUp === undefined ? {} : { priceUp }),
    ...(priceDown === undefined ? {} : { priceDown }),
    ...(triggerProtect === undefined ? {} : { triggerProtect }),
    ...(maxOrders === undefined ? {} : { maxOrders }),
  }
}

function rowOf({ symbol, rules: [{ tick, step, from }], priceScale, settle }: InstrumentSpec, source: string): InstrumentRow {
  return {
    symbol,
    tickSize: formatUnits(tick, priceScale),
    stepSize: formatUnits(step, settle.scale - priceScale),
    fromMs: toMs(from),
    source,
  }
}

function unknownWarning(contracts: readonly Contract[]): readonly string[] {
  const unknown = contracts.filter(({ terms }) => terms.source === 'data').map(({ symbol }) => symbol)
  if (unknown.length === 0) return []
  return [
    `No trading rules are known for ${shortList(unknown)}: the decimals of the data serve as tick. Give --exchange-info for the exchange's rules.`,
  ]
}

// ---- Delivery ------------------------------------------------------------------------------------------------------------

const DELIVERY = /_(\d{2})(\d{2})(\d{2})$/
/** Dated contracts are delivered at 08:00 UTC. */
const DELIVERY_HOUR = 8

/** A dated contract's delivery; a perpetual's delisting when it lies inside the run. */
function expiryOf(symbol: string, { delivery }: Terms, from: Micros, to: Micros): Micros | undefined {
  const named = DELIVERY.exec(symbol)
  if (named === null) return delivery !== undefined && delivery > from && delivery < to ? delivery : undefined
  const [year, month, day] = named.slice(1).map(Number)
  return delivery ?? ((daysFromCivil(2000 + year, month, day) * DAY + DELIVERY_HOUR * HOUR) as Micros)
}

function expiryWarnings(specs: readonly InstrumentSpec[], facts: readonly SymbolFacts[]): readonly string[] {
  return specs.flatMap(({ symbol, kind, expiresAt }, i) => {
    if (expiresAt === undefined || expiresAt <= facts[i].from || expiresAt >= facts[i].to) return []
    const what = kind === 'dated' ? 'delivered' : 'taken off trading'
    return [`${symbol} was ${what} at ${formatTime(expiresAt)}, inside the run; its bars go on until ${formatTime(facts[i].to)}.`]
  })
}

// ---- Margin --------------------------------------------------------------------------------------------------------------

const firstOf = (facts: readonly SymbolFacts[]): Micros =>
  facts.reduce((first, { from }) => Math.min(first, from), Number.MAX_SAFE_INTEGER) as Micros

/** Finds each symbol's maintenance table and keeps what must be said about where it came from. */
class MarginTables {
  readonly #books: RuleBooks
  readonly #document: BracketDocument | undefined
  readonly #start: Micros
  readonly #scale: number
  readonly #missing: string[] = []
  readonly #firstOnly: string[] = []
  readonly #guessed: string[] = []

  constructor(books: RuleBooks, start: Micros, scale: number) {
    this.#books = books
    this.#document = documentAt(books.brackets, start)
    this.#start = start
    this.#scale = scale
  }

  of(symbol: string, leverage: number): readonly MarginBracket[] {
    const own = this.#document?.brackets.get(symbol)
    if (own !== undefined) {
      this.#requireLeverage(symbol, leverage, own[0].leverage, this.#document?.path ?? '')
      return own.map((bracket) => this.#bracket(symbol, bracket))
    }
    if (this.#books.synthetic?.has(symbol)) return [this.#only(symbol, SYNTHETIC_BRACKET.rate, SYNTHETIC_BRACKET.leverage)]
    if (this.#document !== undefined) this.#missing.push(symbol)
    const known = builtInInstrument(symbol)
    if (known === undefined) {
      this.#guessed.push(symbol)
      return [this.#only(symbol, DEFAULT_BRACKET.rate, DEFAULT_BRACKET.leverage)]
    }
    this.#requireLeverage(symbol, leverage, known.maxLeverage, 'the built-in table')
    if (leverage > 1) this.#firstOnly.push(symbol)
    return [this.#only(symbol, known.maintenanceRate, known.maxLeverage)]
  }

  warnings(): readonly string[] {
    const warnings = this.#document === undefined ? [] : datedWarning(this.#document, this.#start)
    for (const { path, date } of this.#books.brackets.filter((other) => other !== this.#document))
      if (date === undefined) warnings.push(`The leverage brackets of ${path} have no date, so they are not used beside others.`)
    if (this.#missing.length > 0)
      warnings.push(`${this.#document?.path} has no leverage brackets of ${shortList(this.#missing)}.`)
    if (this.#firstOnly.length > 0)
      warnings.push(
        `Margin of ${shortList(this.#firstOnly)}: the first bracket as of ${BUILT_IN_BRACKETS_DATE} is used for every notional, ` +
          `so large positions are liquidated later than they would be. Give --brackets for the whole table.`,
      )
    if (this.#guessed.length > 0)
      warnings.push(
        `The margin of ${shortList(this.#guessed)} is a default: maintenance rate ${DEFAULT_BRACKET.rate}, ` +
          `leverage up to ${DEFAULT_BRACKET.leverage}. Give --brackets for the exchange's table.`,
      )
    return warnings
  }

  /** Tables whose date lies inside the run, oldest first. */
  changesOf(symbol: string, to: Micros): readonly BracketChange[] {
    const later = this.#books.brackets
      .filter((document) => document !== this.#document && document.date !== undefined)
      .filter(({ date }) => Number(date) > this.#start && Number(date) < to)
      .toSorted((a, b) => Number(a.date) - Number(b.date))
    return later.flatMap(({ date, brackets }) => {
      const own = brackets.get(symbol)
      return own === undefined ? [] : [{ from: date as Micros, brackets: own.map((bracket) => this.#bracket(symbol, bracket)) }]
    })
  }

  #requireLeverage(symbol: string, leverage: number, most: number, where: string): void {
    if (leverage <= most) return
    throw new InputError('leverage-too-high', `--leverage is ${leverage}, but ${symbol} allows at most ${most} (${where})`, {
      where: { symbol, value: leverage },
      next: `Choose at most ${most}.`,
    })
  }

  #bracket(symbol: string, { floor, cap, leverage, rate, cum }: Bracket): MarginBracket {
    const money = (text: string, what: string): Money =>
      unitsOf(text, this.#scale, `${what} in the brackets of ${symbol}`) as Money
    return {
      floor: money(floor, 'floor'),
      cap: money(cap, 'cap'),
      maxLeverage: leverage,
      rate: rateOf(rate, `maintenance rate of ${symbol}`),
      cum: money(cum, 'cum'),
    }
  }

  /** One bracket for every notional. */
  #only(symbol: string, rate: string, maxLeverage: number): MarginBracket {
    return {
      floor: ZERO,
      cap: pow10Big(this.#scale + 18) as Money,
      maxLeverage,
      rate: rateOf(rate, `maintenance rate of ${symbol}`),
      cum: ZERO,
    }
  }
}

/** The newest table from before the run, else the oldest, else one without a date. */
function documentAt(documents: readonly BracketDocument[], start: Micros): BracketDocument | undefined {
  const dated = documents.filter(({ date }) => date !== undefined).toSorted((a, b) => Number(a.date) - Number(b.date))
  return dated.findLast(({ date }) => Number(date) <= start) ?? dated[0] ?? documents[0]
}

function datedWarning({ path, date }: BracketDocument, start: Micros): string[] {
  if (date === undefined) return [`The leverage brackets of ${path} have no date, so they may not be of the run's time.`]
  if (date <= start) return []
  return [
    `The leverage brackets of ${path} are of ${formatDate(date)} and not of the run's time, which begins on ${formatDate(start)}.`,
  ]
}

const NAMES_SHOWN = 10

/** Names for a message, the first ten and how many more. */
export function shortList(names: readonly string[]): string {
  const more = names.length - NAMES_SHOWN
  return names.slice(0, NAMES_SHOWN).join(', ') + (more > 0 ? ` and ${more} more` : '')
}
