/** Columns through Parquet and back, against an independent reader, and files that are none. */
import fc from 'fast-check'
import { parquetReadObjects } from 'hyparquet'
import { compressors } from 'hyparquet-compressors'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { InputError } from '../../core/errors.ts'
import { sqlPath, withReader } from './duck-db.ts'
import { parquetInfo, readParquet } from './read-parquet.ts'
import type { ColumnForm } from './read-parquet.ts'
import { writeParquet } from './write-parquet.ts'
import type { WriteColumn } from './write-parquet.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'parquet-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

async function numbersOf(path: string, name: string): Promise<number[]> {
  const values: number[] = []
  await readParquet(path, [{ name, form: 'number' }], (chunk) => void values.push(...chunk.numbers(0).subarray(0, chunk.rows)))
  return values
}
async function textsOf(path: string, name: string): Promise<(string | undefined)[]> {
  const values: (string | undefined)[] = []
  await readParquet(path, [{ name, form: 'text' }], (chunk) => void values.push(...chunk.texts(0)))
  return values
}
const made = async (name: string, select: string): Promise<string> => {
  const path = join(folder, name)
  await withReader((connection) => connection.run(`COPY (${select}) TO ${sqlPath(path)} (FORMAT parquet)`))
  return path
}

const COLUMNS: readonly WriteColumn[] = [
  { name: 'd', type: 'double' },
  { name: 'i', type: 'integer' },
  { name: 't', type: 'micros' },
  { name: 'b', type: 'boolean' },
  { name: 's', type: 'text' },
]

describe('writing', () => {
  test('what is written comes back, here and in an independent reader', async () => {
    const path = join(folder, 'all.parquet')
    const rows = 5_000
    const d = Float64Array.from({ length: rows }, (_, row) => (row % 7 === 0 ? Number.NaN : row / 3))
    const i = Float64Array.from({ length: rows }, (_, row) => (row % 2 === 0 ? row * 2 ** 33 + row : -row))
    const t = Float64Array.from({ length: rows }, (_, row) => 1_704_067_200_000_000 + row)
    const b = Uint8Array.from({ length: rows }, (_, row) => (row % 3) & 1)
    const s = Array.from({ length: rows }, (_, row) => (row % 5 === 0 ? undefined : `row ${row} é`))
    await writeParquet(path, COLUMNS, (append) => append([d, i, t, b, s], rows))
    expect(await parquetInfo(path)).toMatchObject({
      rows,
      columns: [{ type: 'double' }, { type: 'integer' }, { type: 'timestamp' }, { type: 'boolean' }, { type: 'text' }],
    })
    expect(await numbersOf(path, 'd')).toEqual([...d])
    expect(await numbersOf(path, 'i')).toEqual([...i])
    expect(await numbersOf(path, 't')).toEqual([...t])
    expect(await numbersOf(path, 'b')).toEqual([...b])
    expect(await textsOf(path, 's')).toEqual(s)
    const bytes = readFileSync(path)
    const objects = await parquetReadObjects({
      file: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length),
      compressors,
    })
    expect(objects[4_001]).toEqual({ d: 4_001 / 3, i: -4_001n, t: new Date(1_704_067_200_004), b: false, s: 'row 4001 é' })
  })

  test('a receiver that fails leaves nothing behind', async () => {
    const path = join(folder, 'failed.parquet')
    await expect(
      writeParquet(path, COLUMNS, () => {
        throw new RangeError('stop')
      }),
    ).rejects.toThrow(RangeError)
    expect(existsSync(path)).toBe(false)
    expect(readdirSync(folder).filter((name) => name.includes('.tmp'))).toEqual([])
  })
})

describe('numbers', () => {
  const TYPES = ['DECIMAL(4,2)', 'DECIMAL(9,2)', 'DECIMAL(18,2)', 'DECIMAL(38,2)', 'DOUBLE', 'VARCHAR', 'FLOAT']

  test.each(TYPES)('%s arrives as the nearest double', async (type) => {
    const path = await made(
      `${type}.parquet`,
      `SELECT CAST(v AS ${type}) AS v FROM (VALUES ('12.34'), (NULL), ('0.07'), ('-3.5')) AS x(v)`,
    )
    expect(await numbersOf(path, 'v')).toEqual([12.34, Number.NaN, 0.07, -3.5])
  })

  test('decimals of any size are rounded as their text is', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.bigInt({ min: -(10n ** 27n), max: 10n ** 27n }), { minLength: 1, maxLength: 30 }),
        fc.constantFrom(0, 1, 8, 10),
        async (units, scale) => {
          const rows = units.map(
            (unit) => `(CAST(${unit} AS DECIMAL(38,0)) * CAST('1e-${scale}' AS DECIMAL(${scale + 1},${scale})))`,
          )
          const path = await made(
            'decimals.parquet',
            `SELECT CAST(v AS DECIMAL(38,${scale})) AS v FROM (VALUES (${rows.join('),(')})) AS x(v)`,
          )
          expect(await numbersOf(path, 'v')).toEqual(units.map((unit) => Number(`${unit}e-${scale}`) + 0))
        },
      ),
      { numRuns: 10 },
    )
  })

  test('integers beyond 2^53 are rounded once', async () => {
    const path = await made(
      'big.parquet',
      `SELECT v::BIGINT AS v FROM (VALUES (9007199254740993), (-9007199254740995), (9223372036854775807)) AS x(v)`,
    )
    expect(await numbersOf(path, 'v')).toEqual(['9007199254740993', '-9007199254740995', '9223372036854775807'].map(Number))
  })

  test('lists of numbers', async () => {
    const path = await made('lists.parquet', 'SELECT * FROM (VALUES ([1.5, 2.25]), (NULL), ([])) AS x(v)')
    const lists: (number[] | undefined)[] = []
    await readParquet(
      path,
      [{ name: 'v', form: 'lists' }],
      (chunk) => void lists.push(...chunk.lists(0).map((list) => list && [...list])),
    )
    expect(lists).toEqual([[1.5, 2.25], undefined, []])
  })
})

describe('files that are none', () => {
  const code = async (path: string, name = 'v', form: ColumnForm = 'number'): Promise<string> => {
    const error: unknown = await readParquet(path, [{ name, form }], () => undefined).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(InputError)
    expect((error as InputError).message).toContain(path)
    return (error as InputError).code
  }

  test('missing, text, empty, cut off', async () => {
    expect(await code(join(folder, 'none.parquet'))).toBe('path-not-found')
    const text = join(folder, 'text.parquet')
    writeFileSync(text, 'open_time_ms,open\n1,2\n')
    expect(await code(text)).toBe('parquet-damaged')
    writeFileSync(text, '')
    expect(await code(text)).toBe('parquet-damaged')
    const cut = await made('cut.parquet', 'SELECT range AS v FROM range(10000)')
    truncateSync(cut, 5_000)
    expect(await code(cut)).toBe('parquet-damaged')
  })

  test('a column that is missing or of another type', async () => {
    const path = await made('types.parquet', "SELECT 1 AS v, [1] AS l, {'a': 1} AS s")
    expect(await code(path, 'w')).toBe('parquet-missing-column')
    expect(await code(path, 'l')).toBe('parquet-column-type')
    expect(await code(path, 's')).toBe('parquet-column-type')
  })

  test('names with signs that the engine takes for patterns', async () => {
    const path = join(folder, "it's [1]*.parquet")
    await writeParquet(path, [{ name: 'v', type: 'double' }], (append) => append([[1]], 1))
    expect(await numbersOf(path, 'v')).toEqual([1])
  })
})
