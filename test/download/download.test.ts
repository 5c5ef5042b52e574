/** A download against the stand-in: which files come from where, what a second run does, and what whatever goes wrong leaves behind. */
import fc from 'fast-check'
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { AutoTradingError } from '../../src/core/errors.ts'
import { createPrng } from '../../src/core/random.ts'
import { intervalOf } from '../../src/core/time.ts'
import type { Fault } from '../standins/binance-archive.ts'
import { filesIn, openStage, pathsOf, run, statesOf, time } from './run-download.ts'
import type { Stage } from './run-download.ts'

const NOW = '2024-06-12T10:30Z'

let root = ''
let stage: Stage
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), 'download-'))
  stage = await openStage(join(root, 'data'), NOW)
})
afterEach(async () => {
  await stage.standIn.close()
  rmSync(root, { recursive: true })
})

const failure = async (work: Promise<unknown>): Promise<AutoTradingError> => {
  const error: unknown = await work.catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(AutoTradingError)
  return error as AutoTradingError
}

describe('where files come from', () => {
  it('months, then days, then REST; each archive has the bytes of the archive and its checksum', async () => {
    const result = await run(stage, { kinds: 'klines,mark,funding', from: '2024-04-29' })
    expect(pathsOf(result).filter((path) => path.startsWith('klines'))).toEqual([
      'klines/BTCUSDT-1h-2024-04-29.zip',
      'klines/BTCUSDT-1h-2024-04-30.zip',
      'klines/BTCUSDT-1h-2024-05.zip',
      ...Array.from({ length: 11 }, (_, i) => `klines/BTCUSDT-1h-2024-06-${String(i + 1).padStart(2, '0')}.zip`),
      'klines/BTCUSDT-1h-2024-06-12.csv',
    ])
    expect(pathsOf(result).filter((path) => path.startsWith('funding'))).toEqual([
      'fundingRate/BTCUSDT-fundingRate-2024-04.zip',
      'fundingRate/BTCUSDT-fundingRate-2024-05.zip',
      'fundingRate/BTCUSDT-fundingRate-2024-06.csv',
    ])
    const files = filesIn(stage.folder)
    const zip = stage.standIn.zip('data/futures/um/monthly/klines/BTCUSDT/1h/BTCUSDT-1h-2024-05.zip')
    expect(files.get('klines/BTCUSDT-1h-2024-05.zip')).toBe(zip?.toString('latin1'))
    expect(files.get('klines/BTCUSDT-1h-2024-05.zip.CHECKSUM')).toMatch(/^[0-9a-f]{64} {2}BTCUSDT-1h-2024-05\.zip\n$/)
    // Ten hours are over, the eleventh is not.
    expect(files.get('klines/BTCUSDT-1h-2024-06-12.csv')?.trim().split('\n')).toHaveLength(11)
    expect(files.get('markPriceKlines/BTCUSDT-1h-2024-06-12.csv')?.split('\n')[0]).toBe('open_time_ms,open,high,low,close')
    expect(result.series.flatMap(({ holes }) => holes)).toEqual([])
  })

  it('the archive alone, or REST alone', async () => {
    const archive = await run(stage, { from: '2024-06-09', source: 'archive' })
    expect(pathsOf(archive).every((path) => path.endsWith('.zip'))).toBe(true)
    expect(archive.series[0].holes).toEqual([
      { from: time('2024-06-12'), to: time('2024-06-13'), reason: 'not in the archive yet' },
    ])
    expect(stage.standIn.requests.some(({ path }) => path.startsWith('/fapi'))).toBe(false)

    const other = { ...stage, folder: join(root, 'rest') }
    const rest = await run(other, {
      from: '2024-05-01',
      source: 'rest',
      kinds: 'klines,index,premium,funding',
      intervals: '1h,1w',
    })
    expect(pathsOf(rest).every((path) => path.endsWith('.csv'))).toBe(true)
    const [header, ...rows] = (filesIn(other.folder).get('klines/BTCUSDT-1h-2024-05.csv') ?? '').trim().split('\n')
    expect(header).toBe('open_time_ms,open,high,low,close,volume,quote_volume,trades,taker_buy_base')
    const truth = stage.standIn.lines('klines', 'BTCUSDT', intervalOf('1h'), time('2024-05-01'), time('2024-06-01'))
    const columns = [0, 1, 2, 3, 4, 5, 7, 8, 9]
    expect(rows).toEqual(truth.map((line) => columns.map((i) => line.split(',')[i]).join(',')))
    // Weeks that open in June and are over: those of the 3rd; that of the 10th is not.
    expect(filesIn(other.folder).get('klines/BTCUSDT-1w-2024-06.csv')?.trim().split('\n')).toHaveLength(2)
  })

  it('a page is not the end: a month of minutes is 43,200 rows', async () => {
    const result = await run(stage, { from: '2024-05-01', to: '2024-06-01', source: 'rest', intervals: '1m' })
    const text = filesIn(stage.folder).get('klines/BTCUSDT-1m-2024-05.csv') ?? ''
    expect(text.trim().split('\n')).toHaveLength(31 * 1_440 + 1)
    expect(result.failures).toEqual([])
    expect(stage.standIn.requests.filter(({ path }) => path.includes('klines'))).toHaveLength(30)
  })

  it('what is not there is a named hole: before a listing, after a delisting, a day that was never published', async () => {
    stage.standIn.holes.add('data/futures/um/daily/metrics/BTCUSDT/BTCUSDT-metrics-2024-06-03.zip')
    const result = await run(stage, {
      symbols: ['NEWUSDT', 'GONEUSDT', 'BTCUSDT'],
      from: '2024-02-01',
      to: '2024-06-03',
    })
    const [gone] = result.series.filter(({ series }) => series.symbol === 'GONEUSDT')
    expect(gone.holes).toEqual([
      { from: time('2024-04-01'), to: time('2024-06-03'), reason: 'neither the archive nor the exchange has rows' },
    ])
    const [fresh] = result.series.filter(({ series }) => series.symbol === 'NEWUSDT')
    expect(fresh.holes.map(({ from, to }) => [from, to])).toEqual([[time('2024-02-01'), time('2024-03-01')]])
    const [metrics] = (await run(stage, { kinds: 'metrics', from: '2024-06-01', to: '2024-06-06' })).series
    expect(metrics.holes).toEqual([{ from: time('2024-06-03'), to: time('2024-06-04'), reason: 'not in the archive' }])
  })

  it('a month without its file is put together from days, and days without files come by REST', async () => {
    const day = (date: string) => `data/futures/um/daily/klines/BTCUSDT/1h/BTCUSDT-1h-${date}.zip`
    stage.standIn.holes.add('data/futures/um/monthly/klines/BTCUSDT/1h/BTCUSDT-1h-2024-04.zip')
    for (const date of ['2024-04-01', '2024-04-17']) stage.standIn.holes.add(day(date))
    const result = await run(stage, { from: '2024-04-01', to: '2024-05-01' })
    expect(pathsOf(result)).toHaveLength(30)
    expect(pathsOf(result).filter((path) => path.endsWith('.csv'))).toEqual([
      'klines/BTCUSDT-1h-2024-04-01.csv',
      'klines/BTCUSDT-1h-2024-04-17.csv',
    ])
    // Published late: the month takes the place of its days, and of no others.
    stage.standIn.holes.clear()
    await run(stage, { from: '2024-03-31', to: '2024-04-01' })
    const later = await run(stage, { from: '2024-04-01', to: '2024-05-01' })
    expect(later.superseded).toHaveLength(30)
    expect([...filesIn(stage.folder).keys()].filter((path) => !path.endsWith('.CHECKSUM'))).toEqual([
      'klines/BTCUSDT-1h-2024-03-31.zip',
      'klines/BTCUSDT-1h-2024-04.zip',
    ])
    // Days of a month that is there need nothing.
    const before = stage.standIn.requests.length
    expect(statesOf(await run(stage, { from: '2024-04-10', to: '2024-04-12' }))).toEqual(['present'])
    expect(stage.standIn.requests.length - before).toBe(1)
  })

  it('nothing of one symbol is a hole', async () => {
    const result = await run(stage, { symbols: ['NONEUSDT'], from: '2024-05-01', to: '2024-06-01', kinds: 'klines,funding' })
    expect(pathsOf(result)).toEqual([])
    expect(result.failures).toEqual([])
    expect(result.series.map(({ holes }) => holes.length)).toEqual([1, 1])
  })
})

describe('a second run', () => {
  const wish = { kinds: 'klines,funding', from: '2024-04-29' }

  it('asks for what is new only', async () => {
    await run(stage, wish)
    const before = filesIn(stage.folder)
    const requests = stage.standIn.requests.length
    expect(statesOf(await run(stage, wish))).toEqual(['present'])
    expect(filesIn(stage.folder)).toEqual(before)
    // The time, the day that is not over, the month of funding that is not over.
    expect(stage.standIn.requests.length - requests).toBe(3)

    stage.clock.set(time('2024-06-12T12:00Z'))
    const grown = await run(stage, wish)
    expect(statesOf(grown).toSorted()).toEqual(['grown', 'present'])
    expect(filesIn(stage.folder).get('klines/BTCUSDT-1h-2024-06-12.csv')?.trim().split('\n')).toHaveLength(13)

    stage.clock.set(time('2024-06-14T12:00Z'))
    const later = await run(stage, wish)
    expect(later.superseded).toEqual(['klines/BTCUSDT-1h-2024-06-12.csv'])
    expect(filesIn(stage.folder).has('klines/BTCUSDT-1h-2024-06-12.zip')).toBe(true)

    const scratch = { ...stage, folder: join(root, 'scratch') }
    await run(scratch, wish)
    expect(filesIn(stage.folder)).toEqual(filesIn(scratch.folder))
  })

  it('finds files again whose manifest is lost or damaged, without their bytes', async () => {
    await run(stage, wish)
    const before = filesIn(stage.folder)
    for (const damage of [undefined, '{"schema": "autotr', '{"schema":"other"}']) {
      const manifest = join(stage.folder, '.download/manifest.json')
      if (damage === undefined) rmSync(manifest)
      else writeFileSync(manifest, damage)
      stage.standIn.requests.length = 0
      expect(statesOf(await run(stage, wish))).toEqual(['present'])
      expect(filesIn(stage.folder)).toEqual(before)
      expect(stage.standIn.requests.filter(({ path }) => path.endsWith('.zip'))).toEqual([])
    }
    expect(stage.warnings).toHaveLength(2)
  })

  it('does not believe a file that has changed its size, and with --verify no byte', async () => {
    await run(stage, wish)
    const before = filesIn(stage.folder)
    const month = join(stage.folder, 'klines/BTCUSDT-1h-2024-05.zip')
    appendFileSync(month, 'x')
    expect(statesOf(await run(stage, wish)).toSorted()).toEqual(['present', 'repaired'])
    const bytes = readFileSync(month)
    bytes[100] ^= 1
    writeFileSync(month, bytes)
    const day = join(stage.folder, 'klines/BTCUSDT-1h-2024-06-12.csv')
    writeFileSync(day, readFileSync(day, 'utf8').replace(/\d\n$/, '7\n'))
    expect(statesOf(await run(stage, { ...wish, verify: true })).toSorted()).toEqual(['present', 'repaired'])
    expect(filesIn(stage.folder)).toEqual(before)
  })

  it('with --verify fetches what the archive has replaced', async () => {
    const path = 'data/futures/um/monthly/klines/BTCUSDT/1h/BTCUSDT-1h-2024-05.zip'
    await run(stage, wish)
    stage.standIn.replaced.set(path, 1)
    expect(statesOf(await run(stage, wish))).toEqual(['present'])
    expect(statesOf(await run(stage, { ...wish, verify: true })).toSorted()).toEqual(['present', 'replaced'])
    expect(filesIn(stage.folder).get('klines/BTCUSDT-1h-2024-05.zip')).toBe(stage.standIn.zip(path)?.toString('latin1'))
    expect(statesOf(await run(stage, { ...wish, verify: true }))).toEqual(['present'])
  })

  it('leaves alone what it did not bring', async () => {
    mkdirSync(join(stage.folder, 'klines'), { recursive: true })
    writeFileSync(join(stage.folder, 'klines/BTCUSDT-1h-2024-05.zip'), 'mine')
    writeFileSync(
      join(stage.folder, 'klines/BTCUSDT-1h-2024-06-12.csv'),
      'open_time_ms,open,high,low,close,volume\n1,2,3,4,5,6\n',
    )
    const result = await run(stage, { from: '2024-05-01' })
    expect(result.failures.map(({ error }) => error.code)).toEqual(['file-not-ours', 'file-not-ours'])
    expect(filesIn(stage.folder).get('klines/BTCUSDT-1h-2024-05.zip')).toBe('mine')
    expect(filesIn(stage.folder).get('klines/BTCUSDT-1h-2024-06-12.csv')).toContain('1,2,3,4,5,6')
  })
})

describe('what goes wrong', () => {
  it('a wrong checksum is tried again, then refused and named, and the bytes are kept aside', async () => {
    const path = 'data/futures/um/monthly/klines/BTCUSDT/1h/BTCUSDT-1h-2024-04.zip'
    stage.standIn.wrongChecksums.add(path)
    const wish = { from: '2024-04-01', to: '2024-06-01' }
    const result = await run(stage, wish)
    expect(result.failures.map(({ path: file, error }) => [file, error.code])).toEqual([
      ['klines/BTCUSDT-1h-2024-04.zip', 'checksum-mismatch'],
    ])
    expect(stage.standIn.requests.filter((request) => request.path === `/${path}`)).toHaveLength(3)
    expect(pathsOf(result)).toEqual(['klines/BTCUSDT-1h-2024-05.zip'])
    expect(readFileSync(join(stage.folder, '.download/refused/BTCUSDT-1h-2024-04.zip'), 'latin1')).toBe(
      stage.standIn.zip(path)?.toString('latin1'),
    )
    stage.standIn.wrongChecksums.clear()
    expect(statesOf(await run(stage, wish)).toSorted()).toEqual(['downloaded', 'present'])
  })

  it('goes on in the middle of a file, also in a later run, and with another version from its start', async () => {
    const path = '/data/futures/um/monthly/klines/BTCUSDT/1m/BTCUSDT-1m-2024-05.zip'
    const wish = { from: '2024-05-01', to: '2024-06-01', intervals: '1m', source: 'archive' as const }
    const whole = stage.standIn.zip(path.slice(1))?.length ?? 0
    stage.standIn.fault = (asked, count) =>
      asked === path && count === 1
        ? { kind: 'reset', bytes: 300_000 }
        : asked === path
          ? { kind: 'status', status: 503 }
          : undefined
    const broken = await run(stage, wish)
    expect(broken.failures.map(({ error }) => error.code)).toEqual(['archive-refuses'])
    stage.standIn.fault = undefined
    stage.standIn.requests.length = 0
    await run(stage, wish)
    const [request] = stage.standIn.requests.filter((asked) => asked.path === path)
    const resumed = Number(/^bytes=(\d+)-$/.exec(request.range ?? '')?.[1])
    expect(request.status).toBe(206)
    expect(resumed).toBeGreaterThan(0)
    expect(resumed).toBeLessThan(whole)
    expect(filesIn(stage.folder).get('klines/BTCUSDT-1m-2024-05.zip')).toBe(stage.standIn.zip(path.slice(1))?.toString('latin1'))
  })

  it('stays within the weight of a minute, also when others use the same address', async () => {
    // 30 requests of weight 10, where 250 are left of each minute.
    stage.standIn.usedByOthers = 2_050
    const result = await run(stage, { from: '2024-05-01', to: '2024-06-01', source: 'rest', intervals: '1m' })
    expect(result.failures).toEqual([])
    expect(stage.standIn.requests.some(({ status }) => status !== 200)).toBe(false)
    expect(stage.waits.map(({ reason }) => reason)).toContain('the limit of 2300 request weight a minute is used up')
  })

  it('honours Retry-After, and a ban until its end; a ban of hours ends the run', async () => {
    stage.standIn.fault = (_path, count) => (count === 1 ? { kind: 'status', status: 429, retryAfter: 17 } : undefined)
    await run(stage, { from: '2024-06-12' })
    expect(stage.waits.map(({ ms }) => ms)).toContain(17_000)

    stage.waits.length = 0
    stage.standIn.requests.length = 0
    stage.standIn.fault = (_path, count) => (count === 0 ? { kind: 'status', status: 418, retryAfter: 90_000 } : undefined)
    const error = await failure(run(stage, { from: '2024-06-12', source: 'rest' }))
    expect(error).toMatchObject({ code: 'rest-limit', fault: 'outside' })
    expect(error.next).toContain('after 2024-06-13T11:')
  })

  it('without the exchange the archive is still fetched, and what is lacking said', async () => {
    stage.standIn.fault = (path) => (path.startsWith('/fapi') ? { kind: 'status', status: 451 } : undefined)
    const result = await run(stage, { from: '2024-06-10' })
    expect(pathsOf(result)).toEqual(['klines/BTCUSDT-1h-2024-06-10.zip', 'klines/BTCUSDT-1h-2024-06-11.zip'])
    expect(result.failures.map(({ error }) => error.next)).toEqual([expect.stringContaining('--source archive')])
  })

  it('a place where nothing can be written ends the run at once, with what to do', async () => {
    writeFileSync(join(root, 'file'), '')
    const error = await failure(run({ ...stage, folder: join(root, 'file') }, { from: '2024-06-10' }))
    expect(error).toMatchObject({ code: 'disk-refuses', fault: 'outside' })
    expect(error.next).toContain('--out')
  })

  it('a connection over which nothing comes is given up', async () => {
    stage.standIn.fault = (_path, count) => (count === 2 ? { kind: 'stall', bytes: 50 } : undefined)
    expect((await run({ ...stage, idleMs: 200 }, { from: '2024-05-01', to: '2024-06-01' })).failures).toEqual([])
    expect(stage.waits.map(({ reason }) => reason)).toEqual([expect.stringContaining('nothing came for 0.2 s')])
  })

  it('an interrupt keeps what is there', async () => {
    const stop = new AbortController()
    stage.standIn.fault = (_path, count) => {
      if (count === 12) stop.abort()
      return undefined
    }
    await expect(run(stage, { from: '2024-01-01' }, stop.signal)).rejects.toMatchObject({ name: 'AbortError' })
    const kept = [...filesIn(stage.folder).keys()].filter((path) => path.endsWith('.zip'))
    expect(kept.length).toBeGreaterThan(0)
    stage.standIn.fault = undefined
    stage.standIn.requests.length = 0
    await run(stage, { from: '2024-01-01' })
    for (const path of kept)
      expect(stage.standIn.requests.some((request) => request.path.endsWith(path.split('/')[1]))).toBe(false)
    expect(existsSync(join(stage.folder, '.download/lock'))).toBe(false)
  })

  it('whatever the faults: the truth byte for byte, or an error, and a later run completes', async () => {
    const wish = { kinds: 'klines,mark,funding', intervals: '15m', from: '2024-04-30', to: '2024-06-04' }
    // By REST: a month, and a day.
    stage.standIn.holes.add('data/futures/um/daily/klines/BTCUSDT/15m/BTCUSDT-15m-2024-06-03.zip')
    for (const path of [
      'monthly/klines/BTCUSDT/15m/BTCUSDT-15m-2024-05.zip',
      ...['01', '31'].map((day) => `daily/klines/BTCUSDT/15m/BTCUSDT-15m-2024-05-${day}.zip`),
    ])
      stage.standIn.holes.add(`data/futures/um/${path}`)
    const truth = { ...stage, folder: join(root, 'truth') }
    await run(truth, wish)
    const expected = filesIn(truth.folder)
    let round = 0
    await fc.assert(
      fc.asyncProperty(
        fc.integer(),
        fc.double({ min: 0.05, max: 0.6, noNaN: true }),
        fc.constantFrom('auto' as const, 'rest' as const),
        async (seed, share, source) => {
          const prng = createPrng(seed)
          const folder = join(root, `round-${(round += 1)}`)
          const own = { ...stage, folder, waits: [], warnings: [] }
          stage.standIn.fault = (path) => {
            const fault = prng.chance(share) ? drawFault(prng.int(0, 7), prng.int(0, 3_000)) : undefined
            // Answers by REST have no checksum: that their bits arrive is up to TLS.
            return fault?.kind === 'flip' && path.startsWith('/fapi') ? undefined : fault
          }
          const both = { ...wish, source }
          const first = await run(own, both, undefined, seed).catch((error: unknown) => error)
          if (first instanceof Error) expect(first).toBeInstanceOf(AutoTradingError)
          // What has its place is right, even when not all of it came.
          if (source === 'auto')
            for (const [path, bytes] of filesIn(folder)) if (path.endsWith('.zip')) expect(bytes, path).toBe(expected.get(path))
          stage.standIn.fault = undefined
          const last = await run(own, both, undefined, seed)
          expect(last.failures).toEqual([])
          if (source === 'auto') expect(filesIn(folder)).toEqual(expected)
          else for (const { files, holes } of last.series) expect([files.length > 0, holes]).toEqual([true, []])
          expect(
            readdirSync(join(folder, '.download/parts'), { recursive: true }).filter((name) => String(name).includes('.part')),
          ).toEqual([])
          rmSync(folder, { recursive: true })
        },
      ),
      { numRuns: 12 },
    )
  })
})

function drawFault(kind: number, at: number): Fault {
  switch (kind) {
    case 0:
      return { kind: 'status', status: 503 }
    case 1:
      return { kind: 'status', status: 429, retryAfter: at % 30 }
    case 2:
      return { kind: 'reset', bytes: at }
    case 3:
      return { kind: 'cut', bytes: at }
    case 4:
      return { kind: 'flip', at }
    case 5:
      return { kind: 'noRange' }
    case 6:
      return { kind: 'garbage' }
    default:
      return { kind: 'status', status: 500 }
  }
}
