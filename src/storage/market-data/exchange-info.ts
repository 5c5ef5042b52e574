/**
 * Reads the exchange's `exchangeInfo` document: the trading rules of every contract (USD-M) or pair (spot).
 *
 * Fields that we do not need are ignored, missing ones refused: a rule that is not known must not silently not hold.
 * Reads files through `file-bytes.ts` only.
 */
import { z } from 'zod'
import { InputError } from '../../core/errors.ts'
import { readText } from './file-bytes.ts'
import { decimalText, parseJson, shaped, wholeNumber } from './json-document.ts'

/** Decimals are texts as the document has them. What a spot pair does not have is undefined. */
export interface ExchangeSymbol {
  readonly symbol: string
  /** `PERPETUAL`, `CURRENT_QUARTER`, `NEXT_QUARTER`, `TRADIFI_PERPETUAL` ...; `SPOT` for pairs. */
  readonly contractType: string
  readonly status: string
  readonly base: string
  readonly quote: string
  readonly marginAsset: string
  /** Digits for display, not the tick. */
  readonly pricePrecision: number
  readonly quantityPrecision: number
  /** `0` means that the tick does not bind; the same holds for the bounds. */
  readonly tickSize: string
  readonly minPrice: string
  readonly maxPrice: string
  readonly stepSize: string
  readonly minQty: string
  readonly maxQty: string
  readonly marketStepSize: string | undefined
  readonly marketMinQty: string | undefined
  readonly marketMaxQty: string | undefined
  readonly minNotional: string | undefined
  /** PERCENT_PRICE: a buy may be at most mark x up, a sell at least mark x down. */
  readonly percentUp: string | undefined
  readonly percentDown: string | undefined
  readonly maxOrders: number | undefined
  readonly liquidationFee: string | undefined
  /** How far from the mark price a market order may fill. */
  readonly marketTakeBound: string | undefined
  /** How far mark and last price may differ when a stop with price protection triggers. */
  readonly triggerProtect: string | undefined
  readonly onboardMs: number | undefined
  /** Delivery, or delisting once it is announced; far in the future for other perpetuals. */
  readonly deliveryMs: number | undefined
}

export interface ExchangeInfo {
  readonly path: string
  /** Of the file's bytes as they lie on disk. */
  readonly sha256: string
  /** When the exchange made the document; undefined when it does not say. */
  readonly serverMs: number | undefined
  readonly symbols: readonly ExchangeSymbol[]
}

/** Reads a document, plain or `.gz`. Throws `InputError` when it is damaged or lacks what it must have. */
export async function readExchangeInfo(path: string): Promise<ExchangeInfo> {
  const { text, sha256 } = await readText(path)
  return { path, sha256, ...parseExchangeInfo(text, path) }
}

export function parseExchangeInfo(text: string, file: string): Pick<ExchangeInfo, 'serverMs' | 'symbols'> {
  const document = shaped(file, parseJson(file, text), documentShape, 'an exchangeInfo document')
  if (document.symbols.length === 0)
    throw new InputError('exchange-info-empty', `${file} lists no symbols`, { where: { file }, next: 'Fetch it again.' })
  const seen = new Set<string>()
  const symbols = document.symbols.map((raw, at) => {
    const { symbol } = shaped(file, raw, z.object({ symbol: z.string().min(1) }), `an exchangeInfo document (symbols.${at})`)
    if (seen.has(symbol))
      throw new InputError('symbol-doubled', `${file} lists ${symbol} twice`, {
        where: { file, symbol },
        next: 'Fetch it again.',
      })
    seen.add(symbol)
    return symbolOf(file, symbol, raw)
  })
  return { serverMs: document.serverTime, symbols }
}

const documentShape = z.object({ serverTime: wholeNumber.optional(), symbols: z.array(z.record(z.string(), z.unknown())) })

const filtersShape = z.array(z.looseObject({ filterType: z.string() }))
const priceFilter = z.object({ tickSize: decimalText, minPrice: decimalText, maxPrice: decimalText })
const lotFilter = z.object({ stepSize: decimalText, minQty: decimalText, maxQty: decimalText })
const percentFilter = z.object({ multiplierUp: decimalText, multiplierDown: decimalText })

const commonShape = z.object({ status: z.string(), baseAsset: z.string(), quoteAsset: z.string(), filters: filtersShape })

const contractShape = commonShape.extend({
  contractType: z.string(),
  marginAsset: z.string(),
  pricePrecision: wholeNumber,
  quantityPrecision: wholeNumber,
  liquidationFee: decimalText,
  marketTakeBound: decimalText,
  triggerProtect: decimalText,
  onboardDate: wholeNumber,
  deliveryDate: wholeNumber,
})

const pairShape = commonShape.extend({ baseAssetPrecision: wholeNumber, quoteAssetPrecision: wholeNumber })

function symbolOf(file: string, symbol: string, raw: Readonly<Record<string, unknown>>): ExchangeSymbol {
  if ('contractSize' in raw)
    throw new InputError(
      'coin-margined',
      `${file} is of the COIN-M exchange (${symbol} has a contractSize), whose contracts are not traded here`,
      {
        where: { file, symbol },
        next: 'Use GET /fapi/v1/exchangeInfo of the USD-M exchange.',
      },
    )
  return 'contractType' in raw ? contractOf(file, symbol, raw) : pairOf(file, symbol, raw)
}

function contractOf(file: string, symbol: string, raw: Readonly<Record<string, unknown>>): ExchangeSymbol {
  const contract = shaped(file, raw, contractShape, `complete (${symbol})`)
  const filter = filterReader(file, symbol, contract.filters)
  const market = filter('MARKET_LOT_SIZE', lotFilter)
  const percent = filter('PERCENT_PRICE', percentFilter)
  return {
    ...sharedOf(symbol, contract, filter),
    contractType: contract.contractType,
    marginAsset: contract.marginAsset,
    pricePrecision: contract.pricePrecision,
    quantityPrecision: contract.quantityPrecision,
    marketStepSize: market.stepSize,
    marketMinQty: market.minQty,
    marketMaxQty: market.maxQty,
    minNotional: filter('MIN_NOTIONAL', z.object({ notional: decimalText })).notional,
    percentUp: percent.multiplierUp,
    percentDown: percent.multiplierDown,
    maxOrders: filter('MAX_NUM_ORDERS', z.object({ limit: wholeNumber })).limit,
    liquidationFee: contract.liquidationFee,
    marketTakeBound: contract.marketTakeBound,
    triggerProtect: contract.triggerProtect,
    onboardMs: contract.onboardDate,
    deliveryMs: contract.deliveryDate,
  }
}

function pairOf(file: string, symbol: string, raw: Readonly<Record<string, unknown>>): ExchangeSymbol {
  const pair = shaped(file, raw, pairShape, `complete (${symbol})`)
  const filter = filterReader(file, symbol, pair.filters)
  const has = (type: string): boolean => pair.filters.some(({ filterType }) => filterType === type)
  const market = has('MARKET_LOT_SIZE') ? filter('MARKET_LOT_SIZE', lotFilter) : undefined
  // The pairs were moved from MIN_NOTIONAL to NOTIONAL one by one.
  const notional = ['NOTIONAL', 'MIN_NOTIONAL'].find(has)
  return {
    ...sharedOf(symbol, pair, filter),
    contractType: 'SPOT',
    marginAsset: pair.quoteAsset,
    pricePrecision: pair.quoteAssetPrecision,
    quantityPrecision: pair.baseAssetPrecision,
    marketStepSize: market?.stepSize,
    marketMinQty: market?.minQty,
    marketMaxQty: market?.maxQty,
    minNotional: notional === undefined ? undefined : filter(notional, z.object({ minNotional: decimalText })).minNotional,
    percentUp: undefined,
    percentDown: undefined,
    maxOrders: undefined,
    liquidationFee: undefined,
    marketTakeBound: undefined,
    triggerProtect: undefined,
    onboardMs: undefined,
    deliveryMs: undefined,
  }
}

type FilterReader = <Shape extends z.ZodType>(type: string, shape: Shape) => z.output<Shape>

function filterReader(file: string, symbol: string, filters: z.output<typeof filtersShape>): FilterReader {
  return (type, shape) => {
    const found = filters.find(({ filterType }) => filterType === type)
    if (found !== undefined) return shaped(file, found, shape, `complete (${symbol}, filter ${type})`)
    throw new InputError('filter-missing', `${file}: ${symbol} has no ${type} filter`, {
      where: { file, symbol, field: type },
      next: 'Fetch it again from the exchange and keep it unchanged.',
    })
  }
}

function sharedOf(symbol: string, of: z.output<typeof commonShape>, filter: FilterReader) {
  const price = filter('PRICE_FILTER', priceFilter)
  const lot = filter('LOT_SIZE', lotFilter)
  return {
    symbol,
    status: of.status,
    base: of.baseAsset,
    quote: of.quoteAsset,
    tickSize: price.tickSize,
    minPrice: price.minPrice,
    maxPrice: price.maxPrice,
    stepSize: lot.stepSize,
    minQty: lot.minQty,
    maxQty: lot.maxQty,
  }
}
