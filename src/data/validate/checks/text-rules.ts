/** What the readers themselves find while they take a file apart: damage of bytes, lines, fields, headers. */
import type { Check } from '../batch.ts'
import { rule } from '../rule.ts'

export const unreadable = rule('unreadable', 'fatal', 'files that cannot be read to their end')
export const noData = rule('no-data', 'total', 'files in which there is nothing to judge')
export const checksum = rule('checksum', 'fatal', 'files that differ from their .CHECKSUM')
export const damagedLine = rule('damaged-line', 'critical', 'lines that are damaged')
export const truncated = rule('truncated', 'major', 'files that may have been cut off')
export const notNumber = rule('not-a-number', 'critical', 'fields that are no number')
export const emptyField = rule('empty-field', 'major', 'empty fields')
export const timeUnit = rule('time-unit', 'major', 'times in another unit')
export const schema = rule('schema', 'critical', 'columns that are missing or there twice')
export const header = rule('header', 'major', 'headers that are missing or repeated')
export const unknownColumn = rule('unknown-column', 'minor', 'columns that nobody knows')
export const encoding = rule('encoding', 'minor', 'bytes that do not belong: byte order marks, mixed line ends, blank lines')
export const notation = rule('notation', 'minor', 'numbers written in an unusual way')
export const precision = rule('precision', 'minor', 'more decimals than the series has')
export const symbolRule = rule('symbol', 'critical', 'rows of another symbol')
export const symbolOrder = rule('symbol-order', 'minor', 'files of many symbols that are not sorted by symbol')
export const intervalName = rule('interval-name', 'critical', 'intervals that contradict the name of the file')

export const text: Check = {
  rules: [
    unreadable,
    noData,
    checksum,
    damagedLine,
    truncated,
    notNumber,
    emptyField,
    timeUnit,
    schema,
    header,
    unknownColumn,
    encoding,
    notation,
    precision,
    symbolRule,
    symbolOrder,
    intervalName,
  ],
}
