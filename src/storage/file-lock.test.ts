import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { lockFile } from './file-lock.ts'
import type { FileLock } from './file-lock.ts'

let folder = ''
const path = (): string => join(folder, '.lock')
const lock = (): Promise<FileLock> => lockFile(path(), ({ pid, host }) => new Error(`held by ${pid} on ${host}`))
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'file-lock-'))))
afterEach(() => rmSync(folder, { recursive: true }))

it('is held until it is released', async () => {
  const first = await lock()
  await expect(lock()).rejects.toThrow(`held by ${process.pid} on ${hostname()}`)
  await first.release()
  expect(existsSync(path())).toBe(false)
  await (await lock()).release()
})

it('of many at once one gets it', async () => {
  const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => lock()))
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
})

it('is taken over from a process that is gone, also one that had our number, and from a torn file', async () => {
  const { pid } = spawnSync('true')
  for (const text of [`${pid} ${hostname()}\n`, `${process.pid} ${hostname()}\n`, '', 'junk']) {
    writeFileSync(path(), text)
    await (await lock()).release()
  }
})

it('counts when it is of a living process or of another machine', async () => {
  for (const text of [`${process.ppid} ${hostname()}\n`, '1 elsewhere.example\n']) {
    writeFileSync(path(), text)
    await expect(lock()).rejects.toThrow('held by ')
  }
})
