/**
 * Reads leverage-bracket documents, the exchange's maintenance-margin tables: as `GET /fapi/v1/leverageBracket` answers
 * (a list, or one object), and as ccxt and freqtrade keep them (by ccxt symbol, the raw bracket under `info`).
 *
 * Reads files through `file-bytes.ts` only.
 */
import { basename } from 'node:path'
import { z } from 'zod'
import { InputError } from '../../core/errors.ts'
import { fromMs, parseTime } from '../../core/time.ts'
import type { Micros } from '../../core/time.ts'
import { readText } from './file-bytes.ts'
import { decimalText, parseJson, shaped, wholeNumber } from './json-document.ts'
import { isCoinMargined } from './symbol-and-interval.ts'

/** One step of the table. Decimals are texts as the document has them. */
export interface Bracket {
  /** Highest leverage for notionals in (floor, cap]. */
  readonly leverage: number
  readonly floor: string
  readonly cap: string
  /** Maintenance margin rate. */
  readonly rate: string
  /** Maintenance amount: maintenance margin = notional x rate - cum. */
  readonly cum: string
}

export interface BracketDocument {
  readonly path: string
  /** Of the file's bytes as they lie on disk. */
  readonly sha256: string
  /** When the table was taken, by a field or else the file name; undefined when neither tells. */
  readonly date: Micros | undefined
  readonly brackets: ReadonlyMap<string, readonly Bracket[]>
}

/** Reads a document, plain or `.gz`. Throws `InputError` when it is damaged or its brackets are not contiguous. */
export async function readBrackets(path: string): Promise<BracketDocument> {
  const { text, sha256 } = await readText(path)
  return { path, sha256, ...parseBrackets(text, path) }
}

export function parseBrackets(text: string, file: string): Pick<BracketDocument, 'date' | 'brackets'> {
  const document = parseJson(file, text)
  const lists = Array.isArray(document) || hasBrackets(document) ? rawLists(file, document) : ccxtLists(file, document)
  const brackets = new Map<string, readonly Bracket[]>()
  for (const [symbol, list] of lists) {
    if (isCoinMargined(symbol)) continue
    if (brackets.has(symbol))
      throw new InputError('symbol-doubled', `${file} lists ${symbol} twice`, {
        where: { file, symbol },
        next: 'Fetch it again.',
      })
    brackets.set(symbol, checked(file, symbol, list))
  }
  if (brackets.size === 0)
    throw new InputError('brackets-empty', `${file} lists no brackets of USD-M contracts`, {
      where: { file },
      next: 'Fetch it again.',
    })
  return { date: dateOf(document, file), brackets }
}

const rawBracket = z.object({
  initialLeverage: wholeNumber,
  notionalFloor: decimalText,
  notionalCap: decimalText,
  maintMarginRatio: decimalText,
  cum: decimalText,
})
const rawSymbol = z.object({ symbol: z.string().min(1), brackets: z.array(rawBracket) })
const ccxtDocument = z.record(z.string(), z.array(z.object({ info: rawBracket })))

type RawBracket = z.output<typeof rawBracket>

const hasBrackets = (document: unknown): boolean => typeof document === 'object' && document !== null && 'brackets' in document

function rawLists(file: string, document: unknown): (readonly [string, readonly RawBracket[]])[] {
  const list = Array.isArray(document) ? document : [document]
  return shaped(file, list, z.array(rawSymbol), 'a leverageBracket document').map(({ symbol, brackets }) => [symbol, brackets])
}

function ccxtLists(file: string, document: unknown): (readonly [string, readonly RawBracket[]])[] {
  const bySymbol = shaped(
    file,
    withoutDates(document),
    ccxtDocument,
    'a leverage-bracket document, neither of the exchange nor of ccxt',
  )
  return Object.entries(bySymbol).map(([name, tiers]) => [symbolOfCcxt(file, name), tiers.map(({ info }) => info)])
}

/** `BTC/USDT:USDT` is BTCUSDT, `BTC/USDT:USDT-241227` is BTCUSDT_241227, and what settles in its base is COIN-M. */
function symbolOfCcxt(file: string, name: string): string {
  const match = /^([^/:]+)\/([^/:]+):([^/:-]+)(?:-(\d{6}))?$/.exec(name)
  if (match === null)
    throw new InputError('symbol-unknown', `${file}: '${name}' is no contract in the notation of ccxt`, {
      where: { file, value: name },
      next: 'Names look like BTC/USDT:USDT.',
    })
  const [, base, quote, settle, expiry] = match
  if (settle !== quote) return `${base}${quote}_${expiry ?? 'PERP'}`
  return expiry === undefined ? `${base}${quote}` : `${base}${quote}_${expiry}`
}

/** From zero upwards without holes, the rate rising and the leverage falling; anything else is another table. */
function checked(file: string, symbol: string, raw: readonly RawBracket[]): readonly Bracket[] {
  const brackets = raw
    .toSorted((a, b) => Number(a.notionalFloor) - Number(b.notionalFloor))
    .map(({ initialLeverage, notionalFloor, notionalCap, maintMarginRatio, cum }) =>
      Object.freeze({ leverage: initialLeverage, floor: notionalFloor, cap: notionalCap, rate: maintMarginRatio, cum }),
    )
  for (const [at, bracket] of brackets.entries()) {
    const before = brackets[at - 1]
    const contiguous =
      Number(bracket.floor) === (before === undefined ? 0 : Number(before.cap)) && Number(bracket.cap) > Number(bracket.floor)
    const ordered = before === undefined || (Number(bracket.rate) >= Number(before.rate) && bracket.leverage <= before.leverage)
    if (contiguous && ordered && Number(bracket.rate) > 0 && bracket.leverage > 0) continue
    throw new InputError(
      'brackets-not-contiguous',
      `${file}: bracket ${at + 1} of ${symbol} (${bracket.floor} to ${bracket.cap}, rate ${bracket.rate}) does not go on from the one before`,
      {
        where: { file, symbol, field: `brackets.${at}` },
        next: 'Fetch it again from the exchange and keep it unchanged.',
      },
    )
  }
  if (brackets.length === 0)
    throw new InputError('brackets-empty', `${file} lists ${symbol} without brackets`, {
      where: { file, symbol },
      next: 'Fetch it again.',
    })
  return Object.freeze(brackets)
}

const DATE_FIELDS = ['updateTime', 'serverTime', 'timestamp', 'date'] as const

/** The ccxt document without the fields that date it. */
function withoutDates(document: unknown): unknown {
  if (typeof document !== 'object' || document === null) return document
  return Object.fromEntries(Object.entries(document).filter(([key]) => !(DATE_FIELDS as readonly string[]).includes(key)))
}

function dateOf(document: unknown, file: string): Micros | undefined {
  const first: unknown = Array.isArray(document) ? document[0] : document
  for (const field of DATE_FIELDS) {
    const value: unknown =
      typeof first === 'object' && first !== null && Object.hasOwn(first, field)
        ? (first as Record<string, unknown>)[field]
        : undefined
    if (typeof value !== 'string') continue
    if (/^\d{13}$/.test(value)) return fromMs(Number(value))
    if (/^\d{4}-\d{2}/.test(value)) return parseTime(value, `${field} of ${file}`)
  }
  const named = /(?<!\d)(\d{4}-\d{2}(?:-\d{2})?)(?!\d)/.exec(basename(file))
  return named === null ? undefined : parseTime(named[1], `the date in the name of ${file}`)
}
