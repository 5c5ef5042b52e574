import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { randomWalk } from '../../../test/twins/random-walk.ts'
import type { BacktestDocument } from '../../backtest/result.ts'
import { JournalReader } from '../../storage/journal/reader.ts'
import { JournalWriter } from '../../storage/journal/writer.ts'
import type { ReplayDocument } from './replay.ts'
import { type Ran, runCommand } from '../../../test/setup/command-line.ts'

const folder = mkdtempSync(join(tmpdir(), 'autotrading-replay-'))
afterAll(() => rmSync(folder, { recursive: true }))

const ROWS = 3_000
const SHA256 = /[0-9a-f]{64}/g

/** Long above the moving close, else short; `margin` makes it another strategy with the same name and parameters. */
const strategy = (margin: number): string => `export default {
  name: 'own', description: 'mine', parameters: {}, warmUp: () => 1, memory: () => 1,
  create: () => { const state = { level: 0 }
    return { state, onBar: (bar, view) => {
      state.level += ((bar.close - state.level) / 20)
      if (bar.close > state.level * ${margin} && !view.isLong) return { direction: 1, reason: 'above' }
      if (bar.close < state.level && !view.isShort) return { direction: -1, reason: 'below' }
      return undefined } } } }
`

beforeAll(async () => {
  const { openTimeMs, open, high, low, close, volume } = randomWalk(ROWS, 5)
  const rows = Array.from(openTimeMs, (time, i) =>
    [time, ...[open[i], high[i], low[i], close[i]].map((price) => price.toFixed(1)), volume[i]].join(','),
  )
  writeFileSync(join(folder, 'BTCUSDT-1m.csv'), ['open_time_ms,open,high,low,close,volume', ...rows].join('\n'))
  writeFileSync(join(folder, 'own.mjs'), strategy(1))
  await run(`${BACKTEST} --strategy ema-cross --param qty=0.01 --journal house.journal`)
  await run(`${BACKTEST} --strategy ./own.mjs --journal own.journal`)
})

const BACKTEST = 'backtest --data BTCUSDT-1m.csv --capital 100000 --participation none --quiet'

const run = (line: string): Promise<Ran> => runCommand(line.split(' '), { cwd: folder })

/** Node keeps a module that it has loaded: a changed file is seen by a fresh process. */
function fresh(line: string): { readonly code: number | null; readonly stdout: string } {
  const main = join(import.meta.dirname, '../main.ts')
  const { status, stdout } = spawnSync(process.execPath, [main, ...line.split(' ')], { cwd: folder, encoding: 'utf8' })
  return { code: status, stdout }
}

/** A copy of the journal and its neighbour, changed. */
function changed(name: string, change: (journal: string, runFile: string) => void, from = 'house.journal'): string {
  const [journal, runFile] = [join(folder, name), join(folder, `${name}.run.json`)]
  copyFileSync(join(folder, from), journal)
  copyFileSync(join(folder, `${from}.run.json`), runFile)
  change(journal, runFile)
  return name
}

const replaceIn = (file: string, old: string, text: string): void => {
  const before = readFileSync(file, 'utf8')
  expect(before).toContain(old)
  writeFileSync(file, before.replace(old, text))
}

describe('backtest --journal', () => {
  it('changes nothing in the run, and records its digest and hashes', async () => {
    const args = `${BACKTEST} --strategy ema-cross --param qty=0.01 --json`
    const plain = JSON.parse((await run(args)).stdout) as BacktestDocument
    const journalled = JSON.parse((await run(`${args} --journal again.journal`)).stdout) as BacktestDocument
    expect(journalled).toEqual(plain)
    expect(plain.summary.trades).toBeGreaterThan(10)
    expect(JSON.parse(readFileSync(join(folder, 'again.journal.run.json'), 'utf8'))).toMatchObject({
      schema: 'autotrading.journal/2',
      journal: 'again.journal',
      code: { version: '0.0.0', sha256: plain.manifest.code.sha256 },
      digest: plain.digest,
      strategyFiles: [null],
      configuration: { seed: 1, strategies: [{ name: 'ema-cross', interval: '1m', sha256: null, params: { qty: '0.01' } }] },
    })
    expect(readFileSync(join(folder, 'again.journal'))).toEqual(readFileSync(join(folder, 'house.journal')))
  })

  it('writes no journal unless asked', async () => {
    expect((await run(`${BACKTEST} --strategy ema-cross --out results`)).code).toBe(0)
    expect(existsSync(join(folder, 'results', 'report.json'))).toBe(true)
    expect(existsSync(join(folder, 'results', 'journal'))).toBe(false)
  })

  it('writes over nothing, and says so before the work', async () => {
    const before = readFileSync(join(folder, 'house.journal'))
    const { code, stderr } = await run('backtest --strategy ema-cross --data nowhere --journal house.journal')
    expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringContaining('a journal is never written over') as string })
    expect(readFileSync(join(folder, 'house.journal'))).toEqual(before)
    expect((await run('backtest --strategy ema-cross --data nowhere --journal gone/x.journal')).stderr).toContain(
      'there is no folder',
    )
  })

  it('leaves nothing behind when capital or data make no run', async () => {
    expect((await run(`${BACKTEST} --capital 0.0000000001 --strategy ema-cross --journal none.journal`)).code).toBe(2)
    expect(existsSync(join(folder, 'none.journal'))).toBe(false)
  })

  it('leaves whole blocks and no digest when the strategy breaks off the run', async () => {
    writeFileSync(
      join(folder, 'breaks.mjs'),
      strategy(1).replace(
        'state.level +=',
        'if (bar.close > 0 && (state.count = (state.count ?? 0) + 1) > 500) throw new Error("no luck")\nstate.level +=',
      ),
    )
    expect((await run(`${BACKTEST} --strategy ./breaks.mjs --journal breaks.journal`)).code).toBe(70)
    const { code, stdout } = await run('replay breaks.journal')
    expect(code).toBe(1)
    expect(stdout).toContain('Nothing to compare with')
    expect(stdout).toContain('no luck')
  })
})

describe('replay', () => {
  it.each([
    ['a strategy of the house', 'house.journal', 'ema-cross'],
    ["a user's file", 'own.journal', 'own'],
  ])('decides alike: %s', async (_what, journal, name) => {
    const { code, stdout, stderr } = await run(`replay ${journal}`)
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(
      new RegExp(`^Same decisions: ${journal} \\(${name} on BTCUSDT, \\d+ events\\), digest [0-9a-f]{64}\\.\\n$`),
    )
  })

  it('answers programs with one document', async () => {
    const { code, stdout } = await run('replay house.journal --json')
    expect(code).toBe(0)
    const document = JSON.parse(stdout) as ReplayDocument
    expect(document).toMatchObject({
      schema: 'autotrading.replay/1',
      journal: 'house.journal',
      same: true,
      stopped: null,
      code: { same: true },
      strategy: { name: 'ema-cross', file: null, recorded: null, running: null, same: true },
      configuration: { seed: 1, symbols: ['BTCUSDT'], same: true },
      closed: true,
      torn: null,
    })
    expect(document.events).toBeGreaterThan(ROWS)
    expect(document.events).toBe(document.eventsRecorded)
    expect(document.digest.replayed).toBe(document.digest.recorded)
  })

  it('refuses a journal of which a byte was changed', async () => {
    const name = changed('byte.journal', (file) => {
      const bytes = readFileSync(file)
      bytes[Math.floor(bytes.length / 2)] ^= 1
      writeFileSync(file, bytes)
    })
    const { code, stdout, stderr } = await run(`replay ${name}`)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/is damaged in block \d+ at byte \d+/)
  })

  it('reports a torn tail and compares nothing', async () => {
    const name = changed('torn.journal', (file) => truncateSync(file, readFileSync(file).length - 100))
    const { code, stdout } = await run(`replay ${name} --json`)
    const document = JSON.parse(stdout) as ReplayDocument
    expect(code).toBe(1)
    expect(document.same).toBe(false)
    expect(document.torn?.bytes).toBeGreaterThan(0)
    expect(document.events).toBeLessThan(document.eventsRecorded ?? 0)
    expect((await run(`replay ${name}`)).stdout).toMatch(/^Cannot be compared.*\n {2}The journal is torn at byte \d+/)
  })

  it('refuses another configuration, and one of another run', async () => {
    const edited = changed('edited.journal', (_, runFile) => replaceIn(runFile, '"seed":1', '"seed":2'))
    expect(await run(`replay ${edited}`)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('was changed: its configuration') as string,
    })
    const stranger = changed('stranger.journal', (_, runFile) => copyFileSync(join(folder, 'own.journal.run.json'), runFile))
    expect(await run(`replay ${stranger}`)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('different runs') as string,
    })
    const alone = changed('alone.journal', (_, runFile) => rmSync(runFile))
    expect(await run(`replay ${alone}`)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('alone.journal.run.json is missing') as string,
    })
    expect(await run('replay nowhere.journal')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('there is no journal') as string,
    })
    expect(await run('replay BTCUSDT-1m.csv')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('does not begin like a journal') as string,
    })
  })

  it('finds a digest that is not that of the events', async () => {
    const name = changed('digest.journal', (_, runFile) => replaceIn(runFile, '"digest":"', '"digest":"f'))
    const { code, stdout } = await run(`replay ${name}`)
    expect(code).toBe(1)
    expect(stdout).toMatch(/^Other decisions.*\n {2}Digest: recorded f[0-9a-f]{64}, replayed [0-9a-f]{64}\./)
  })

  it('names a changed strategy file first, with both hashes', async () => {
    const own = join(folder, 'own.mjs')
    try {
      writeFileSync(own, strategy(1.001))
      const { code, stdout } = fresh('replay own.journal')
      expect(code).toBe(1)
      const [answer, first] = stdout.split('\n')
      expect(answer).toMatch(/^Other decisions: own\.journal \(own on BTCUSDT, \d+ events\)\.$/)
      expect(first).toContain('The strategy file own.mjs is not the one that decided')
      expect(new Set(first.match(SHA256)).size).toBe(2)
    } finally {
      writeFileSync(own, strategy(1))
    }
  })

  it('says that the file is another when it decides alike all the same', async () => {
    writeFileSync(join(folder, 'commented.mjs'), `// the same\n${strategy(1)}`)
    const { code, stdout } = await run('replay own.journal --strategy ./commented.mjs --json')
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ same: true, strategy: { same: false } })
    expect((await run('replay house.journal --strategy ./commented.mjs')).code).toBe(2)
  })

  it('says where a strategy that fails stopped', async () => {
    writeFileSync(
      join(folder, 'fails.mjs'),
      strategy(1).replace('state.level +=', 'if (bar.close > 0) throw new Error("no luck")\nstate.level +='),
    )
    const { code, stdout } = await run('replay own.journal --strategy ./fails.mjs')
    expect(code).toBe(1)
    expect(stdout).toMatch(/^Other decisions.*\n {2}The strategy file .*\n {2}The replay stopped at event \d+: no luck\./)
  })

  it('asks for a strategy file that has gone', async () => {
    const name = changed(
      'moved.journal',
      (_, runFile) => replaceIn(runFile, '"strategyFiles":["own.mjs"]', '"strategyFiles":["gone.mjs"]'),
      'own.journal',
    )
    expect(await run(`replay ${name}`)).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--strategy FILE where it lies now') as string,
    })
    expect((await run(`replay ${name} --strategy own.mjs`)).code).toBe(0)
  })

  it('names other code', async () => {
    const name = changed('code.journal', (file) => {
      rmSync(file)
      const reader = new JournalReader(join(folder, 'house.journal'))
      const writer = new JournalWriter({ ...reader.header, file, sync: 'buffered', codeHash: 'c0de' })
      reader.each((event) => writer.append(event))
      writer.close()
    })
    const { code, stdout } = await run(`replay ${name}`)
    expect(code).toBe(0)
    expect(stdout).toMatch(
      /^Same decisions.*\n {2}The program is not the one that decided: recorded c0de, running [0-9a-f]{64}\.\n$/,
    )
  })
})
