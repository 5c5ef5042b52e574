/** `data download` on the command line: what is refused before anything is asked, and what is said of what was found. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { BinanceStandIn } from '../../../test/standins/binance-archive.ts'
import { parseTime, toMs } from '../../core/time.ts'
import { runCommand } from '../../../test/setup/command-line.ts'

const NOW = toMs(parseTime('2024-06-05T10:30Z'))

let folder = ''
let standIn: BinanceStandIn
let url = ''
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'data-download-'))
  standIn = new BinanceStandIn({
    nowMs: () => NOW,
    listed: { BTCUSDT: [parseTime('2019-09-08T17:00Z'), parseTime('2100-01-01')] },
  })
  url = await standIn.listen()
})
afterEach(async () => {
  await standIn.close()
  rmSync(folder, { recursive: true })
})

async function run(
  line: string,
  env: Readonly<Record<string, string>> = { AUTOTRADING_DOWNLOAD__ARCHIVE_URL: url, AUTOTRADING_DOWNLOAD__REST_URL: `${url}/` },
) {
  return runCommand(['data', 'download', ...line.split(' ')], { cwd: folder, env })
}

it.each([
  ['BTCUSDT --interval 1h', '--from'],
  ['BTCUSDT --from 2024-06-01', '--interval is missing, and klines and mark come in intervals'],
  ['BTCUSDT --interval 7h --from 2024-06-01', "'7h' is no bar interval"],
  ['BTCUSDT --interval 1s --from 2024-06-01', 'no futures bars of 1s'],
  ['BTCUSDT --interval 1h --from 2024-06-01 --kinds klins', 'Did you mean klines?'],
  ['BTCUSDT --interval 1h --from 2024-06-01 --source web', "--source is 'web', allowed are auto, archive, rest"],
  ['BTCUSDT --interval 1h --from 2024-06-02 --to 2024-06-01', 'is not before --to'],
  ['BTCUSDT --interval 1h --from 2094-06-02', 'lies in the future'],
  ['BTCUSD_PERP --interval 1h --from 2024-06-01', 'COIN-M'],
  ['../BTCUSDT --interval 1h --from 2024-06-01', 'is no name of a contract'],
  ['BTCUSDT --interval 1h --from 2024-06-01 --archive-url ftp://host', 'download.archiveUrl'],
  [
    'NONEUSDT --interval 1h --from 2024-06-01 --to 2024-06-02',
    'nothing was found of NONEUSDT in this period: neither the archive nor',
  ],
])('refuses: %s', async (line, words) => {
  const { code, stderr, stdout } = await run(line)
  expect(code).toBe(2)
  expect(stderr).toContain(words)
  expect(stdout).toBe('')
})

it('says what came from where, what is not there, and how to go on', async () => {
  standIn.holes.add('data/futures/um/daily/metrics/BTCUSDT/BTCUSDT-metrics-2024-06-02.zip')
  const line = 'BTCUSDT --interval 1h --from 2024-05-01 --kinds klines,funding,metrics --out my.data'
  const first = await run(line)
  expect(first.code, first.stderr).toBe(0)
  const text = first.stdout.replaceAll(folder, '.')
  expect(text.split('\n')).toEqual([
    'BTCUSDT klines 1h: 6 files (5 from the archive, 1 by REST), 2024-05-01 00:00 to 2024-06-05 10:30',
    'BTCUSDT funding: 2 files (1 from the archive, 1 by REST), 2024-05-01 00:00 to 2024-06-05 10:30',
    'BTCUSDT metrics: 34 files (34 from the archive), 2024-05-01 00:00 to 2024-06-05 00:00',
    '  hole from 2024-06-02 00:00 to 2024-06-03 00:00: not in the archive',
    '  hole from 2024-06-05 00:00 to 2024-06-06 00:00: not in the archive yet',
    expect.stringMatching(/^42 files, 0\.\d\d MB downloaded to \.\/my\.data\.$/),
    'Use:  autotrading backtest --strategy trend-following --data my.data --interval 1h --symbol BTCUSDT --from 2024-05-01',
    'Check:  autotrading data validate my.data',
    '',
  ])
  const second = await run(line)
  expect(second.stdout).toContain('\nNothing to do: 42 files were there already.\n')
})

it('a failure of one file is told after what was done, with exit code 3', async () => {
  standIn.wrongChecksums.add('data/futures/um/monthly/klines/BTCUSDT/1d/BTCUSDT-1d-2024-04.zip')
  const { code, stdout, stderr } = await run('BTCUSDT --interval 1d --from 2024-04-01 --to 2024-06-01 --kinds klines')
  expect(code).toBe(3)
  expect(stdout).toContain('1 file, 0.00 MB downloaded')
  expect(stderr).toMatch(/^error: http.*BTCUSDT-1d-2024-04\.zip has the SHA-256 [0-9a-f]{64}, but its \.CHECKSUM says/)
})
