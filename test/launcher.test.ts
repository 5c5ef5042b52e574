/** The launcher in real processes. Setting up from nothing is tried by `.ci/run`, the packed product by `test/pack/check.sh`. */
import { spawnSync, type SpawnSyncReturns } from 'node:child_process'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

const launcher = fileURLToPath(new URL('../autotrading', import.meta.url))
let folder: string
beforeAll(() => (folder = mkdtempSync(join(tmpdir(), 'autotrading launcher '))))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const run = (args: readonly string[], program = launcher): SpawnSyncReturns<string> =>
  spawnSync(program, args, { cwd: folder, encoding: 'utf8' })

describe('./autotrading', () => {
  it('runs from any folder, also through links of links, and says nothing of its own', () => {
    symlinkSync(launcher, join(folder, 'first'))
    symlinkSync('first', join(folder, 'second'))
    for (const program of [launcher, join(folder, 'second')]) {
      const { status, stdout, stderr } = run(['--help'], program)
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
      expect(stdout).toContain('doctor')
    }
  })

  it('runs under the pinned Node and keeps stdout to the document', () => {
    const { status, stdout } = run(['doctor', '--json'])
    expect(status).toBe(0)
    const { schema, checks } = JSON.parse(stdout) as { schema: string; checks: readonly { name: string; verdict: string }[] }
    expect(schema).toBe('autotrading.doctor/1')
    expect(checks.find(({ name }) => name === 'runtime')?.verdict).toBe('ok')
  })

  it('answers wrong usage with exit 2', () => {
    const { status, stdout, stderr } = run(['docter'])
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' })
    expect(stderr).toContain('Did you mean doctor?')
  })

  it('passes arguments on as they are', () => {
    expect(run(['doctor', '--strategy', 'a b  *.ts']).stdout).toContain(join(folder, 'a b  *.ts'))
  })

  it('ends quietly when nobody reads', () => {
    const { status, stderr } = spawnSync('sh', ['-c', '"$1" --help | true', 'sh', launcher], { encoding: 'utf8' })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  })

  it('lets strategy files of any folder import from autotrading, in their workers too', () => {
    writeFileSync(
      join(folder, 'worker.ts'),
      `import { InputError } from 'autotrading'\nif (typeof InputError !== 'function') process.exit(1)\n`,
    )
    writeFileSync(
      join(folder, 'mine.ts'),
      `import { once } from 'node:events'
      import { Worker } from 'node:worker_threads'
      import { assert, type Fault } from 'autotrading'
      const [code] = await once(new Worker(new URL('./worker.ts', import.meta.url)), 'exit')
      assert(code === 0, 'the worker imports it too')
      export const fault: Fault = 'input'\n`,
    )
    const { status, stdout, stderr } = run(['doctor', '--strategy', 'mine.ts'])
    expect(stdout).toContain('it exports fault')
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  })
})
