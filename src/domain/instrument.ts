/**
 * What can be traded, and the rules of trading it with the dates on which they hold.
 *
 * Only an `Instrument` converts between texts, floats and the integer `Price` and `Qty`; always with a stated direction.
 */
import { formatUnits, POW10, unitsOf } from '../core/exact.ts'
import type { Money, Price, Qty, Rate } from '../core/exact.ts'
import { assert, InputError } from '../core/errors.ts'
import type { Micros } from '../core/time.ts'

export type InstrumentKind = 'perp' | 'dated' | 'spot'

/** An asset's smallest booked unit is 10^-scale. */
export interface Asset {
  readonly name: string
  readonly scale: number
}

/** One step of the maintenance table: holds for notionals above `floor` up to `cap`. */
export interface MarginBracket {
  readonly floor: Money
  readonly cap: Money
  readonly maxLeverage: number
  /** Maintenance margin rate. */
  readonly rate: Rate
  /** Maintenance amount: maintenance margin = notional x rate - cum. */
  readonly cum: Money
}

/** The rules that hold from a moment on. An absent limit does not bind. */
export interface TradingRules {
  readonly from: Micros
  readonly tick: Price
  readonly step: Qty
  /** Whether step, minima and maxima are the venue's own for that time, and so refuse orders; else they only guide sizing. */
  readonly binding: boolean
  readonly minQty?: Qty
  readonly maxQty?: Qty
  readonly marketMaxQty?: Qty
  readonly minPrice?: Price
  readonly maxPrice?: Price
  readonly minNotional?: Money
  /** Price band of limit orders around the mark: a buy at most mark x up, a sell at least mark x down. */
  readonly priceUp?: Rate
  readonly priceDown?: Rate
  /** How far apart mark and last price may be when a protected conditional order fires. */
  readonly triggerProtect?: Rate
  /** Open orders of an account in the instrument. */
  readonly maxOrders?: number
}

/** A maintenance table that holds from a moment on. */
export interface BracketChange {
  readonly from: Micros
  readonly brackets: readonly MarginBracket[]
}

export interface InstrumentSpec {
  readonly venue: string
  readonly kind: InstrumentKind
  readonly symbol: string
  readonly base: Asset
  readonly quote: Asset
  /** The asset in which margin, profit and funding are booked. */
  readonly settle: Asset
  readonly priceScale: number
  readonly rules: readonly TradingRules[]
  readonly brackets: readonly MarginBracket[]
  /** Later tables, oldest first; undefined when one holds always. */
  readonly bracketChanges?: readonly BracketChange[]
  /** Share of the liquidated notional that goes to the insurance fund. */
  readonly liquidationFee: Rate
  /** Listing; undefined when unknown. */
  readonly listedAt?: Micros
  /** Delivery of a dated contract, or delisting. */
  readonly expiresAt?: Micros
}

export type Rounding = 'down' | 'up' | 'nearest'

/** A quotient this near to a whole tick or step is whole: what a float such as 0.1 + 0.2 leaves behind. */
const WHOLE = 1e-9

function roundQuotient(quotient: number, direction: Rounding): number {
  const nearest = Math.round(quotient)
  if (direction === 'nearest' || Math.abs(quotient - nearest) <= WHOLE) return nearest
  return direction === 'down' ? Math.floor(quotient) : Math.ceil(quotient)
}

/** Beyond 2^53 units a number would no longer be exact. */
function safe(units: bigint, text: string): number {
  const value = Number(units)
  if (!Number.isSafeInteger(value))
    throw new InputError('too-large', `${text} is too large to be counted exactly in units of this instrument`, {
      where: { value: text },
      next: 'Use a smaller one.',
    })
  return value
}

export class Instrument {
  /** Slot in the kernel's and the venue's tables; given once, in the order of ids. */
  readonly index: number
  /** venue:kind:symbol, the identity everywhere. */
  readonly id: string
  readonly venue: string
  readonly kind: InstrumentKind
  readonly symbol: string
  readonly base: Asset
  readonly quote: Asset
  readonly settle: Asset
  /** Price unit = 10^-priceScale. Never changes in an instrument's life. */
  readonly priceScale: number
  /**
   * Quantity unit = 10^-qtyScale, chosen so that priceScale + qtyScale is the scale of the settlement asset:
   * then price x qty is money, exactly and without any factor.
   */
  readonly qtyScale: number
  readonly pricePerUnit: number
  readonly brackets: readonly MarginBracket[]
  readonly bracketChanges: readonly BracketChange[]
  readonly liquidationFee: Rate
  readonly listedAt: Micros | undefined
  readonly expiresAt: Micros | undefined
  readonly #rules: TradingRules[]

  constructor(spec: InstrumentSpec, index: number) {
    const { priceScale, settle } = spec
    if (priceScale > settle.scale)
      throw new InputError(
        'asset-scale-too-small',
        `${spec.symbol} has prices of ${priceScale} decimals but ${settle.name} is booked with ${settle.scale}`,
        {
          where: { symbol: spec.symbol },
          next: `Give ${settle.name} a scale of at least ${priceScale}.`,
        },
      )
    assert(spec.rules.length > 0, `${spec.symbol} has no trading rules`)
    assert(
      spec.rules.every((rule, i) => rule.tick > 0 && rule.step > 0 && (i === 0 || rule.from > spec.rules[i - 1].from)),
      `the rules of ${spec.symbol} are out of order or have no tick`,
    )
    this.index = index
    this.id = instrumentId(spec)
    this.venue = spec.venue
    this.kind = spec.kind
    this.symbol = spec.symbol
    this.base = spec.base
    this.quote = spec.quote
    this.settle = settle
    this.priceScale = priceScale
    this.qtyScale = settle.scale - priceScale
    this.pricePerUnit = POW10[priceScale]
    this.brackets = spec.brackets
    this.bracketChanges = spec.bracketChanges ?? NONE
    this.liquidationFee = spec.liquidationFee
    this.listedAt = spec.listedAt
    this.expiresAt = spec.expiresAt
    this.#rules = [...spec.rules]
  }

  /** How people tell it from the contract of the same symbol: as files of spot data are named. */
  get label(): string {
    return instrumentLabel(this)
  }

  /** Oldest first. */
  get rules(): readonly TradingRules[] {
    return this.#rules
  }

  /** The rules in force; before the first dated ones, the first. */
  rulesAt(time: Micros): TradingRules {
    let current = this.#rules[0]
    for (let i = 1; i < this.#rules.length && this.#rules[i].from <= time; i++) current = this.#rules[i]
    return current
  }

  /** The venue announced rules that hold from a later moment on. Ticks may change, the scales never do. */
  changeRules(rules: TradingRules): void {
    assert(rules.from > this.#rules[this.#rules.length - 1].from, `new rules of ${this.symbol} begin before the ones known`)
    this.#rules.push(rules)
  }

  /** The only way from a model's float to a price: rounded to the tick in force. */
  roundPrice(value: number, direction: Rounding, time: Micros): Price {
    const { tick } = this.rulesAt(time)
    return (roundQuotient((value * this.pricePerUnit) / tick, direction) * tick) as Price
  }

  roundQty(value: number, direction: Rounding, time: Micros): Qty {
    const { step } = this.rulesAt(time)
    return (roundQuotient((value * POW10[this.qtyScale]) / step, direction) * step) as Qty
  }

  /** A float that is exactly a decimal of this scale (file data) to a price; no rounding to the tick. */
  priceOf(value: number): Price {
    return Math.round(value * this.pricePerUnit) as Price
  }

  priceFromText(text: string): Price {
    return safe(unitsOf(text, this.priceScale, `${this.symbol} price`), text) as Price
  }

  /** Refuses more decimals than the quantity unit has: a quantity is never rounded silently. */
  qtyFromText(text: string): Qty {
    return safe(unitsOf(text, this.qtyScale, `${this.symbol} quantity`), text) as Qty
  }

  /** The double nearest to the decimal price: for indicators, messages and charts. */
  priceToFloat(price: Price): number {
    return price / this.pricePerUnit
  }

  qtyToFloat(qty: Qty): number {
    return qty / POW10[this.qtyScale]
  }

  formatPrice(price: Price): string {
    return formatUnits(price, this.priceScale)
  }

  formatQty(qty: Qty): string {
    return formatUnits(qty, this.qtyScale)
  }

  formatMoney(amount: Money): string {
    return formatUnits(amount, this.settle.scale)
  }
}

const NONE: readonly BracketChange[] = Object.freeze([])

/** How people tell a spot pair from the contract of the same symbol: as files of spot data are named. */
export const instrumentLabel = ({ kind, symbol }: Pick<InstrumentSpec, 'kind' | 'symbol'>): string =>
  kind === 'spot' ? `SPOT-${symbol}` : symbol

export function instrumentId(of: { readonly venue: string; readonly kind: InstrumentKind; readonly symbol: string }): string {
  return `${of.venue}:${of.kind}:${of.symbol}`
}

/** The maintenance bracket of a notional: the last whose floor lies below it. */
export function bracketOf(brackets: readonly MarginBracket[], amount: Money): MarginBracket {
  let found = brackets[0]
  for (const bracket of brackets) if (amount > bracket.floor) found = bracket
  return found
}
