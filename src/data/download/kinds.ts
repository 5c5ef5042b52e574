/**
 * What can be downloaded: for each kind of data its folder in the public archive (and here), how the archive cuts it, and the
 * endpoint that has the same by REST.
 *
 * Pure. Source: Binance's public data archive and the market-data endpoints of the USD-M API.
 */
import { hint } from '../../core/did-you-mean.ts'
import { InputError } from '../../core/errors.ts'

export interface RestRules {
  readonly path: string
  /** Index klines are of a pair, all others of a symbol. */
  readonly parameter: 'symbol' | 'pair'
  /** The most rows of one answer. */
  readonly limit: number
  readonly rows: 'bars' | 'prices' | 'funding'
}

export interface KindRules {
  readonly name: string
  /** In the archive, and the one in which the files lie here: `--data` knows the kind by it. */
  readonly folder: string
  readonly perInterval: boolean
  readonly archive: { readonly monthly: boolean; readonly daily: boolean }
  readonly rest: RestRules | undefined
}

const BOTH = { monthly: true, daily: true }
const DAILY = { monthly: false, daily: true }

const klines = (name: string, folder: string, parameter: RestRules['parameter'], rows: RestRules['rows']): KindRules => ({
  name,
  folder,
  perInterval: true,
  archive: BOTH,
  rest: { path: `/fapi/v1/${folder}`, parameter, limit: 1_500, rows },
})

const ofTrading = (name: string, archive: KindRules['archive']): KindRules => ({
  name,
  folder: name,
  perInterval: false,
  archive,
  rest: undefined,
})

export const KINDS: readonly KindRules[] = [
  klines('klines', 'klines', 'symbol', 'bars'),
  klines('mark', 'markPriceKlines', 'symbol', 'prices'),
  klines('index', 'indexPriceKlines', 'pair', 'prices'),
  klines('premium', 'premiumIndexKlines', 'symbol', 'prices'),
  {
    name: 'funding',
    folder: 'fundingRate',
    perInterval: false,
    archive: { monthly: true, daily: false },
    rest: { path: '/fapi/v1/fundingRate', parameter: 'symbol', limit: 1_000, rows: 'funding' },
  },
  ofTrading('aggTrades', BOTH),
  ofTrading('trades', BOTH),
  ofTrading('bookTicker', BOTH),
  ofTrading('bookDepth', DAILY),
  ofTrading('metrics', DAILY),
]

/** By its name or by its folder's. @throws InputError */
export function kindOf(name: string): KindRules {
  const found = KINDS.find((kind) => kind.name === name || kind.folder === name)
  if (found !== undefined) return found
  const names = KINDS.map((kind) => kind.name)
  throw new InputError('kind-unknown', `--kinds names '${name}', which cannot be downloaded`, {
    where: { value: name },
    next: hint(name, names),
  })
}

/** What a request for klines costs. Source: the table of request weights of the API. */
export function klinesWeight(limit: number): number {
  if (limit < 100) return 1
  if (limit < 500) return 2
  return limit <= 1_000 ? 5 : 10
}
