/** Every cheater is caught, by its name, with the first decision that gave it away. */
import { rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { AuditDocument, Finding, PartName } from '../../src/research/audit/verdict.ts'
import { auditFiles, cheater, closeThreads, configFile, marketFiles, SYMBOLS } from '../audit/audit-files.ts'

let folder: string
const home = process.cwd()
beforeAll(() => {
  folder = marketFiles(500)
  process.env['AUDIT_DATA'] = folder
  process.chdir(folder)
})
afterAll(async () => {
  await closeThreads()
  delete process.env['AUDIT_DATA']
  process.chdir(home)
  rmSync(folder, { recursive: true })
})

const audited = (name: string, symbols?: readonly string[]): Promise<AuditDocument> =>
  auditFiles({ strategy: cheater(name), folder, ...(symbols === undefined ? {} : { symbols }) })

const part = (document: AuditDocument, name: PartName) => document.parts.find((each) => each.name === name)!
const kinds = (document: AuditDocument): readonly string[] =>
  document.parts.flatMap(({ name, findings }) => findings.map(({ kind }) => `${name}: ${kind}`))
const finding = (document: AuditDocument, name: PartName, kind: Finding['kind']): Finding => {
  const found = part(document, name).findings.find((each) => each.kind === kind)
  expect(kinds(document)).toContain(`${name}: ${kind}`)
  return found!
}

describe('a strategy that sees the future', () => {
  it('by one bar', async () => {
    const document = await audited('next-bar')
    expect(document.verdict).toBe('fail')
    expect(kinds(document)).toEqual(
      expect.arrayContaining(['inputs: reads-files', 'inputs: asks-environment', 'truncation: next-bar']),
    )
    const { decision, dependsOn } = finding(document, 'perturbation', 'next-bar')
    expect(dependsOn).toMatchObject({ symbol: 'BTCUSDT', stream: 'bars', nearest: 1, furthest: 1 })
    expect(decision?.symbol).toBe('BTCUSDT')
    expect(decision?.given).not.toBe(decision?.changed)
    expect(decision!.timeMs).toBe(dependsOn!.furthestTimeMs)
  })

  it('by half a centred window', async () => {
    const document = await audited('centred-window')
    expect(finding(document, 'perturbation', 'window-ahead').dependsOn).toMatchObject({ stream: 'bars', furthest: 3 })
    expect(finding(document, 'inputs', 'reads-files').text).toContain('klines/BTCUSDT-1h.csv')
  })

  it('by the mean of everything', async () => {
    const document = await audited('whole-series')
    expect(finding(document, 'perturbation', 'whole-series').dependsOn!.furthest).toBeGreaterThan(240)
    expect(part(document, 'truncation').status).toBe('fail')
  })

  it('by a bar of a longer interval that has not closed', async () => {
    const document = await audited('unfinished-interval')
    expect(finding(document, 'perturbation', 'unfinished-interval').text).toContain('4h')
  })

  it('by funding that has not been settled, and by the bar of another symbol', async () => {
    const early = await audited('funding-early', SYMBOLS)
    expect(finding(early, 'perturbation', 'funding-ahead').dependsOn?.stream).toBe('funding')
    const other = await audited('other-symbol', SYMBOLS)
    const { decision, dependsOn } = finding(other, 'perturbation', 'other-symbol')
    expect(dependsOn?.symbol).not.toBe(decision?.symbol)
    expect(finding(other, 'inputs', 'reads-files').text).toContain('readFileSync')
  })
})

describe('one strategy of several in an account that sees the future', () => {
  const honest = { name: 'trend-following', params: { fast: 8, slow: 30 } }
  const beside = (name: string): Promise<AuditDocument> =>
    auditFiles({ config: configFile(folder, [honest, { name: cheater(name) }]), folder })

  it('as a pair', async () => {
    const document = await beside('pair-ahead')
    const { decision, dependsOn } = finding(document, 'perturbation', 'next-bar')
    expect(dependsOn).toMatchObject({ symbol: 'BTCUSDT', stream: 'bars', nearest: 1 })
    expect(`${decision?.given} ${decision?.changed}`).toMatch(/it will( not|.*fall)/)
    expect(finding(document, 'inputs', 'reads-files').text).toContain('read-bars.ts')
    expect(part(document, 'regimes').status).toBe('pass')
  })
  it('by regimes of its own', async () => {
    const document = await beside('own-regimes')
    expect(finding(document, 'perturbation', 'whole-series').decision?.symbol).toBe('BTCUSDT')
    expect(finding(document, 'inputs', 'global-state').text).toContain('globalThis.regimes')
  })
})

describe('a strategy that does not decide alike twice', () => {
  it('because it draws its own chance', async () => {
    const document = await audited('own-chance')
    expect(finding(document, 'inputs', 'draws-chance').text).toMatch(/Math\.random\(\) at own-chance\.ts:\d+/)
    finding(document, 'determinism', 'not-deterministic')
  })
  it('because it asks the clock', async () => {
    const document = await audited('wall-clock')
    expect(finding(document, 'inputs', 'asks-clock').text).toContain('Date.now() at wall-clock.ts')
    expect(document.verdict).toBe('fail')
  })
  it('because the file, or the world, remembers an earlier run', async () => {
    const document = await audited('module-state')
    expect(finding(document, 'determinism', 'state-between-runs').decision).not.toBeNull()
    expect(part(document, 'perturbation').status).toBe('pass')
    const world = await audited('global-cache')
    expect(finding(world, 'inputs', 'global-state').text).toContain('globalThis.prices')
    expect(part(world, 'perturbation').status).toBe('pass')
  })
})

describe('a strategy that is broken', () => {
  it('by remembering more than it says', async () => {
    const document = await audited('long-memory')
    expect(kinds(document)).toEqual(['recursion: memory'])
    const { figures } = part(document, 'recursion')
    expect(figures['bars']).toBeGreaterThan(100)
    expect(figures['memory']).toBe(100)
  })
  it('by missing bars, or by stops on the wrong side', async () => {
    expect(finding(await audited('breaks-on-gaps'), 'jitter', 'crash').text).toContain('a bar is missing')
    expect(finding(await audited('wrong-side-stop'), 'jitter', 'absurd-order').text).toContain('beyond the market')
  })
})
