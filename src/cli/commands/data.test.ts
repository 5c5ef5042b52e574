/** `data import`, `list`, `show`, `export` as their user types them. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Ran, runCommand } from '../../../test/setup/command-line.ts'

const folder = mkdtempSync(join(tmpdir(), 'data-'))
afterAll(() => rmSync(folder, { recursive: true }))

const run = (line: string): Promise<Ran> => runCommand(line.split(' '), { cwd: folder })

const T = 1_704_067_200_000
const HEADER = 'open_time_ms,open,high,low,close,volume,quote_volume,trades,taker_buy_base'
const BARS = `${HEADER}\n${T},1.50,2,1,1.5,5,,,\n${T + 3_600_000},1.50,2,1,1.5,5,,,\n${T + 3 * 3_600_000},1.5,2,1,1.5,0,,,\n`

beforeAll(() => {
  mkdirSync(join(folder, 'in/depth'), { recursive: true })
  writeFileSync(join(folder, 'in/BTCUSDT-1h.csv'), BARS)
  writeFileSync(join(folder, 'in/depth/BTCUSDT-diff.csv'), 'x')
  writeFileSync(
    join(folder, 'in/ETHUSDT-trades-1.csv'),
    `trade_id,price,quantity,time_ms,is_buyer_maker\n1,2.50,1.5,${T},true\n2,2.75,1,${T + 1},false\n`,
  )
})

test('import, list, show, export, and again', async () => {
  const first = await run('data import in --json')
  expect([first.code, first.stderr]).toEqual([0, expect.stringContaining('5 new rows of 5')])
  expect(first.stderr).toContain('1 file was skipped, order books')
  expect(JSON.parse(first.stdout)).toMatchObject({ schema: 'autotrading.data-import/1', rows: 5, added: 5 })
  expect((await run('data import in')).stdout).toContain('Nothing new: all 5 rows')

  const list = JSON.parse((await run('data list --json')).stdout) as { series: unknown }
  expect(list.series).toEqual([
    expect.objectContaining({ kind: 'klines', symbol: 'BTCUSDT', interval: '1h', rows: 3, firstMs: T, gaps: 1, missing: 1 }),
    expect.objectContaining({ kind: 'trades', symbol: 'ETHUSDT', interval: null, rows: 2, gaps: null, missing: null }),
  ])
  expect((await run('data list --symbol btcusdt')).stdout).toMatch(/klines {2}BTCUSDT {2}1h {8}3 {5}2024-01-01 00:00/)

  const shown = JSON.parse((await run('data show --symbol BTCUSDT --json')).stdout) as Record<string, unknown>
  expect(shown).toMatchObject({
    gaps: [{ fromMs: T + 2 * 3_600_000, toMs: T + 3 * 3_600_000, bars: 1 }],
    statistics: { lowest: '1', highest: '2', withoutVolume: 1 },
  })
  expect((await run('data show --kind trades')).stdout).toMatch(/lowest: 2\.50[\s\S]*missingIds: 0/)

  expect((await run('data export --symbol BTCUSDT --out out.csv')).code).toBe(0)
  expect(readFileSync(join(folder, 'out.csv'), 'utf8')).toBe(BARS)
  expect((await run('data export --kind trades --bars 1h --out bars.csv')).code).toBe(0)
  expect(readFileSync(join(folder, 'bars.csv'), 'utf8')).toBe(`${HEADER}\n${T},2.5,2.75,2.5,2.75,2.5,6.5,2,1\n`)
})

test.each([
  ['data import nothing', 'does not exist'],
  ['data import in/depth/BTCUSDT-diff.csv', 'holds an order book'],
  ['data list --catalog elsewhere', 'there is no catalog'],
  ['data show', '2 series fit'],
  ['data show --symbol BTCUSD', 'Did you mean BTCUSDT'],
  ['data show --kind bars', 'must be one of klines'],
  ['data export --symbol BTCUSDT --out x.xlsx', 'ends in no format'],
  ['data export --symbol BTCUSDT --out none/x.csv', 'there is no folder'],
  ['data export --symbol BTCUSDT --out in/BTCUSDT-1h.csv', 'writes over nothing'],
  ['data export --symbol BTCUSDT --from 2025-01-01 --out x.csv', 'no rows in the period'],
  ['data export --symbol BTCUSDT --from 2025-01-01 --to 2024-01-01 --out x.csv', 'is not before'],
])('%s is refused', async (line, words) => {
  const { code, stderr } = await run(line)
  expect([code, stderr]).toEqual([2, expect.stringContaining(words)])
})
