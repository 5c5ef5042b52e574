/**
 * A file of market data with another future: what a strategy gets that reads files by itself.
 *
 * Pure: text in, text out. Understands rows with a time, whatever the columns are called; anything else is left alone.
 */
import { instrumentLabel } from '../../domain/instrument.ts'
import { commonSpacing, readFileName } from '../../storage/market-data/symbol-and-interval.ts'
import { changedPrice, changedRate, changedVolume, concerns, FIELDS, rowChance } from './change.ts'
import type { Change, Field, Stream } from './change.ts'

type Role = 'price' | 'high' | 'low' | 'open' | 'close' | 'amount' | 'rate'

const ROLES: Readonly<Record<string, Role>> = {
  open: 'open',
  high: 'high',
  low: 'low',
  close: 'close',
  mark_price: 'price',
  markprice: 'price',
  price: 'price',
  rate: 'rate',
  funding_rate: 'rate',
  fundingrate: 'rate',
  last_funding_rate: 'rate',
  volume: 'amount',
  quote_volume: 'amount',
  trades: 'amount',
  count: 'amount',
  taker_buy_base: 'amount',
  taker_buy_volume: 'amount',
  taker_buy_quote_volume: 'amount',
}
/** The archive's order of a file without a header. */
const BARE: readonly (Role | undefined)[] = [
  undefined,
  'open',
  'high',
  'low',
  'close',
  'amount',
  undefined,
  'amount',
  'amount',
  'amount',
  'amount',
]

/** The changed text; undefined when these are no rows with a time, or the change does not concern them. */
export function changeCsv(text: string, path: string, change: Change): string | undefined {
  const name = path.split(/[/\\]/).at(-1) ?? ''
  const lines = text.split('\n')
  const header = /^\s*[-+\d.]/.test(lines[0]) ? undefined : lines[0].trim().toLowerCase().split(',')
  const roles = header === undefined ? BARE : header.map((column) => ROLES[column])
  const timeAt =
    header === undefined
      ? 0
      : Math.max(
          0,
          header.findIndex((column) => /time|date/.test(column)),
        )
  const start = header === undefined ? 0 : 1
  const rows = lines.slice(start).map((line) => line.split(','))
  const times = rows.map((cells) => microsOf(cells[timeAt]))
  const known = Float64Array.from(times.filter((time) => !Number.isNaN(time)))
  if (known.length < 2 || known.length < rows.length / 2) return undefined
  const { symbol: bare, market, interval } = readFileName(name)
  const symbol = market === 'spot' && bare !== undefined ? instrumentLabel({ kind: 'spot', symbol: bare }) : bare
  const stream: Stream = roles.includes('rate') ? 'funding' : roles.includes('amount') || header === undefined ? 'bars' : 'mark'
  if (!concerns(change, symbol, stream)) return undefined
  const length = stream === 'funding' ? 0 : (interval?.length ?? commonSpacing(known)?.spacing ?? 0)
  const closeAt = Math.max(roles.indexOf('close'), roles.indexOf('price'))
  const first = times.findIndex((time) => time >= change.from)
  const last = Math.max(0, (first < 0 ? rows.length : first) - 1)
  // The last price that is known: of a row that has only begun it is the open.
  const anchorAt = times[last] + length > change.from ? Math.max(roles.indexOf('open'), 0) : closeAt
  const anchor = Number(rows[last]?.[anchorAt] ?? 0)

  const changed = rows.flatMap((cells, row) => {
    const time = times[row]
    const touched = time >= change.until || time + length <= change.from || Number.isNaN(time)
    if (touched && !(length === 0 && time === change.from)) return [cells.join(',')]
    const begun = time < change.from
    if (change.how === 'cut' && !begun) return []
    return [changeRow(cells, { roles, begun, anchor, chance: rowChance(change, symbol ?? '', time), change }).join(',')]
  })
  return [...lines.slice(0, start), ...changed].join('\n')
}

interface RowChange {
  readonly roles: readonly (Role | undefined)[]
  /** Its open is known when the change begins. */
  readonly begun: boolean
  readonly anchor: number
  readonly chance: number
  readonly change: Change
}

function changeRow(cells: readonly string[], { roles, begun, anchor, chance, change }: RowChange): readonly string[] {
  const openAt = roles.indexOf('open')
  const price = (at: number): number => {
    if (begun && (at === openAt || change.how === 'cut')) return Number(cells[openAt])
    const role = roles[at]
    const field = role !== undefined && isField(role) ? role : 'close'
    return changedPrice(change, Number(cells[at]), anchor, chance, field)
  }
  const all = roles.flatMap((role, at) => (role !== undefined && isField(role) ? [price(at)] : []))
  return cells.map((cell, at) => {
    const role = roles[at]
    if (role === undefined || cell.trim() === '' || Number.isNaN(Number(cell))) return cell
    if (role === 'amount') return begun ? cell : shown(changedVolume(change, Number(cell), chance), cell)
    if (role === 'rate') return shown(changedRate(change, Number(cell), chance), cell, 8)
    return shown(role === 'high' ? Math.max(...all) : role === 'low' ? Math.min(...all) : price(at), cell)
  })
}

const isField = (role: Role): role is Field => (FIELDS as readonly string[]).includes(role)

/** With as many decimals as the file writes. */
function shown(value: number, like: string, least = 0): string {
  const decimals = Math.max(least, like.trim().split('.')[1]?.length ?? 0)
  return value.toFixed(Math.min(20, decimals))
}

/** Seconds, milliseconds, microseconds or nanoseconds by their size, or a written time. */
function microsOf(cell: string | undefined): number {
  const text = cell?.trim() ?? ''
  if (text === '') return Number.NaN
  const value = Number(text)
  if (Number.isNaN(value)) return Date.parse(/[zZ]|[+-]\d\d:?\d\d$/.test(text) ? text : `${text}Z`) * 1_000
  if (value < 1e8) return Number.NaN
  if (value < 1e11) return value * 1e6
  if (value < 1e14) return value * 1e3
  return value < 1e17 ? value : value / 1e3
}
