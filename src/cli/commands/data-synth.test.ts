/** The command line of `data synth`: its document, and what it says when something cannot be meant. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { type Ran, runCommand } from '../../../test/setup/command-line.ts'

const cwd = mkdtempSync(join(tmpdir(), 'autotrading-data-synth-'))
afterAll(() => rmSync(cwd, { recursive: true }))

const run = (line: string): Promise<Ran> => runCommand(['data', 'synth', ...line.split(' ')], { cwd })

describe('data synth', () => {
  it('writes, prints a table, and gives one document', async () => {
    const { code, stdout } = await run(
      '--kind bars --seed 5 --from 2024-01-01 --to 2024-01-02 --symbol ethusdt,newusdt --funding-hours NEWUSDT=1 --out made --json',
    )
    expect(code).toBe(0)
    const document = JSON.parse(stdout) as Record<string, never>
    expect(document).toMatchObject({
      schema: 'autotrading.data-synth/1',
      synthetic: true,
      kind: 'bars',
      seed: 5,
      fromMs: 1_704_067_200_000,
      toMs: 1_704_153_600_000,
      interval: '1m',
      format: 'csv.gz',
      symbols: [{ symbol: 'ETHUSDT', tickSize: '0.01', stepSize: '0.001' }, { symbol: 'NEWUSDT' }],
      correlations: [{ symbols: ['ETHUSDT', 'NEWUSDT'] }],
      compared: null,
    })
    const files = document['files'] as readonly { readonly path: string; readonly rows: number }[]
    expect(files).toHaveLength(6)
    expect(files.find(({ path }) => path === 'funding/ETHUSDT.csv.gz')?.rows).toBe(2)
    expect(files.find(({ path }) => path === 'funding/NEWUSDT.csv.gz')?.rows).toBe(23)
    const again = await run(
      '--kind bars --seed 6 --from 2024-01-01 --to 2024-01-01T02:00 --interval 1h --out made --compare made/klines',
    )
    expect(again.stdout).toContain('| 1m: annualised volatility')
    expect(again.stdout).toContain('real: least')
    expect(readFileSync(join(cwd, 'made/SYNTHETIC.CHECKSUM'), 'utf8')).toContain('klines/SYNAUSDT-1h.csv.gz')
  })

  it.each([
    [
      '--kind candles --from 2024-01-01 --to 2024-01-02 --out x',
      "--kind is 'candles', which is not known. Known here: bars, ticks, depth.",
    ],
    ['--kind bars --from 2024-01-02 --to 2024-01-01 --out x', '--from 2024-01-02 is not before --to 2024-01-01'],
    ['--kind bars --from yesterday --to 2024-01-01 --out x', "--from is 'yesterday', which is no ISO 8601 time"],
    ['--kind bars --from 2024-01-01 --to 2024-01-02 --origin 2024-01-03 --out x', '--origin 2024-01-03 is after --from'],
    ['--kind ticks --from 2024-01-01 --to 2024-01-02 --interval 1h --out x', '--interval 1h is of bars, and --kind is ticks'],
    ['--kind bars --from 2024-01-01 --to 2024-01-02 --interval 1s --out x', '--interval 1s is shorter than a minute'],
    [
      '--kind bars --from 2024-01-01 --to 2024-01-02 --format xml --out x',
      "--format is 'xml', which is not known. Known here: csv.gz, parquet, jsonl.",
    ],
    ['--kind depth --from 2024-01-01 --to 2024-01-02 --format parquet --out x', '--kind depth is always jsonl.gz'],
    [
      '--kind bars --from 2024-01-01 --to 2024-01-02 --funding-hours 3 --out x',
      "--funding-hours is '3', it must be one of 8, 4, 1",
    ],
    [
      '--kind bars --from 2024-01-01 --to 2024-01-02 --funding-hours 4,SYNXUSDT=1 --out x',
      'SYNXUSDT is not among the symbols. Did you mean',
    ],
    ['--kind bars --from 2024-01-01 --to 2024-01-02 --symbol ../up --out x', "--symbol '../UP' is no name of a contract"],
    ['--kind bars --from 2024-01-01 --to 2024-01-02 --out x --compare nowhere', 'nowhere does not exist. Check the path.'],
    ['--kind bars --from 2024-01-01 --out x', "required option '--to <ISO>' not specified"],
  ])('%s is refused', async (line, message) => {
    const { code, stderr } = await run(line)
    expect(stderr).toContain(message)
    expect(code).toBe(2)
  })
})
