/** One download at a time in one folder. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { lockFolder } from './folder-lock.ts'

let folder = ''
const path = (): string => join(folder, '.download/lock')
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'folder-lock-'))
  mkdirSync(join(folder, '.download'))
})
afterEach(() => rmSync(folder, { recursive: true }))

it('is held until it is released', async () => {
  const lock = await lockFolder(folder)
  await expect(lockFolder(folder)).rejects.toMatchObject({ code: 'download-locked', fault: 'outside' })
  await lock.release()
  expect(existsSync(path())).toBe(false)
  await (await lockFolder(folder)).release()
})

it('of many at once one gets it', async () => {
  const outcomes = await Promise.allSettled(Array.from({ length: 8 }, () => lockFolder(folder)))
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
})

it('is taken over from a process that is gone, and from a torn file', async () => {
  const { pid } = spawnSync('true')
  for (const text of [`${pid} ${hostname()}\n`, '', 'junk']) {
    writeFileSync(path(), text)
    await (await lockFolder(folder)).release()
  }
})

it('counts when it is of a living process or of another machine', async () => {
  for (const text of [`${process.ppid} ${hostname()}\n`, '1 elsewhere.example\n']) {
    writeFileSync(path(), text)
    await expect(lockFolder(folder)).rejects.toMatchObject({ code: 'download-locked' })
  }
})
