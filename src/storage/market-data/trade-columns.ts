/**
 * Which field of a trade file is what: our recordings, the exchange's archive with and without header, its REST answers.
 *
 * Pure.
 */
import { InputError } from '../../core/errors.ts'
import { beginsWithNumber, readHeader } from './columns.ts'
import type { ColumnRule, Columns } from './columns.ts'
import { fieldText, shownField } from './csv-scanner.ts'
import type { CsvRow } from './csv-scanner.ts'
import type { TradeKind } from './trade-table.ts'

export type TradeColumn = 'id' | 'price' | 'qty' | 'first' | 'last' | 'time' | 'maker' | 'received' | 'symbol'

const AGGREGATE_IDS = ['agg_trade_id', 'aggregate_trade_id', 'a']

const RULES: readonly ColumnRule<TradeColumn>[] = [
  { name: 'id', aliases: ['trade_id', 'id', ...AGGREGATE_IDS], required: true },
  { name: 'price', aliases: ['price', 'p'], required: true },
  { name: 'qty', aliases: ['quantity', 'qty', 'q'], required: true },
  { name: 'time', aliases: ['time_ms', 'time_us', 'time', 'transact_time', 't'], required: true },
  { name: 'maker', aliases: ['is_buyer_maker', 'isbuyermaker', 'm'], required: true },
  { name: 'first', aliases: ['first_trade_id', 'f'], required: false },
  { name: 'last', aliases: ['last_trade_id', 'l'], required: false },
  { name: 'received', aliases: ['recv_ms', 'recv_us', 'received'], required: false },
  { name: 'symbol', aliases: ['symbol'], required: false },
]
const IGNORED = ['quote_qty', 'quoteqty', 'is_best_match', 'isbestmatch']

/** The archive's files without header: their columns by number and, where that is not enough, by what stands in the sixth. */
const ARCHIVE_TRADES = ['id', 'price', 'qty', 'quote_qty', 'time', 'is_buyer_maker', 'is_best_match']
const ARCHIVE_AGGREGATES = [
  'agg_trade_id',
  'price',
  'quantity',
  'first_trade_id',
  'last_trade_id',
  'transact_time',
  'is_buyer_maker',
  'is_best_match',
]

export interface TradeColumns {
  readonly columns: Columns<TradeColumn>
  readonly kind: TradeKind
}

/** From the first row of a file, which is its header or, in files of the archive, already data. */
export function tradeColumns(file: string, row: CsvRow): TradeColumns {
  const columns = beginsWithNumber(row) ? archiveColumns(file, row) : readHeader(file, row, RULES, IGNORED)
  const aggregates = AGGREGATE_IDS.includes(columns.names[columns.index.get('id') ?? 0])
  return { columns, kind: aggregates ? 'aggTrades' : 'trades' }
}

/** What the columns of an archive's file without header are; undefined when it has another number of them. */
export function archiveTradeNames(count: number, sixth: string | undefined): readonly string[] | undefined {
  if (count < 6 || count > 8) return undefined
  const aggregates = count === 8 || (count === 7 && /^\d+$/.test(sixth ?? ''))
  return (aggregates ? ARCHIVE_AGGREGATES : ARCHIVE_TRADES).slice(0, count)
}

function archiveColumns(file: string, row: CsvRow): Columns<TradeColumn> {
  const names = archiveTradeNames(row.count, row.count > 5 ? fieldText(row, 5) : undefined)
  if (names === undefined)
    throw new InputError(
      'header-missing',
      `${file} begins with data and has no header; only the archive's files of 6 to 8 columns are read without one, this has ${row.count}`,
      {
        where: { file, [row.place]: row.line, value: shownField(row, 0) },
        next: 'Put the header trade_id,price,quantity,time_ms,is_buyer_maker on the first line, with the columns that are there.',
      },
    )
  const index = new Map<TradeColumn, number>()
  for (const [at, name] of names.entries()) {
    const rule = RULES.find(({ aliases }) => aliases.includes(name))
    if (rule !== undefined) index.set(rule.name, at)
  }
  return { index, count: row.count, names, unknown: [] }
}
