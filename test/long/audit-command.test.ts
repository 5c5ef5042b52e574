/** `audit` as a command line: what it says, its document, its exit codes. */
import { rmSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { AuditDocument } from '../../src/research/audit/verdict.ts'
import { cheater, marketFiles } from '../audit/audit-files.ts'
import { type Ran, runCommand } from '../setup/command-line.ts'

let folder: string
beforeAll(() => (folder = marketFiles(300)))
afterAll(() => rmSync(folder, { recursive: true }))

const run = (line: string): Promise<Ran> => runCommand(line.split(' '), { cwd: folder })

it('fails a strategy that forgets less than it says, in words and as a document', async () => {
  const { code, stdout, stderr } = await run(
    `audit --quick --json --strategy ${cheater('long-memory')} --data klines --symbol BTCUSDT`,
  )
  const document = JSON.parse(stdout) as AuditDocument
  expect(code).toBe(1)
  expect(document).toMatchObject({
    schema: 'autotrading.audit/1',
    verdict: 'fail',
    quick: true,
    strategy: { name: 'long-memory' },
    markets: [{ symbol: 'BTCUSDT', rows: 300 }],
    data: [{ rows: 300 }],
  })
  expect(document.parts.map(({ name }) => name)).toEqual([
    'inputs',
    'determinism',
    'truncation',
    'perturbation',
    'recursion',
    'jitter',
    'parameters',
  ])
  expect(stderr).toContain('recursion: memory')
  expect(stderr).toContain('FAIL: recursion.')
})

it('passes what is too short to be judged with warnings, and not when it is strict', async () => {
  const line = 'audit --quick --strategy trend-following --data klines --symbol ETHUSDT'
  const lenient = await run(line)
  expect(lenient).toMatchObject({ code: 0, stderr: '' })
  expect(lenient.stdout).toContain('PASS WITH WARNINGS')
  const strict = await run(`${line} --strict`)
  expect(strict.code).toBe(1)
  expect(strict.stdout).toContain('FAIL: warnings count as failures')
})

it.each([
  ['--tolerance 3', 'a share from 0 to 1'],
  ['--param slow=no', 'slow'],
  ['--symbol NOUSDT', 'NOUSDT'],
])('refuses %s', async (option, words) => {
  const { code, stderr } = await run(`audit --strategy ema-cross --data klines ${option}`)
  expect(code).toBe(2)
  expect(stderr).toContain(words)
})
