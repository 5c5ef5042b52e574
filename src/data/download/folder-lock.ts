/**
 * One download at a time in one folder: a file that names the process. Left behind by a process that is gone, it is taken over.
 *
 * Reads and writes `.download/lock`; asks the system whether a process is there.
 */
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { OutsideError } from '../../core/errors.ts'
import { makeFolderOf, onDisk, STATE_FOLDER } from './disk.ts'

export interface FolderLock {
  release(): Promise<void>
}

/** @throws OutsideError when another download holds it, or the folder cannot be written. */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const path = join(folder, STATE_FOLDER, 'lock')
  const own = `${process.pid} ${hostname()}\n`
  if (HELD.has(path)) throw held(folder, path, own)
  HELD.add(path)
  try {
    await acquire(folder, path, own)
  } catch (error) {
    HELD.delete(path)
    throw error
  }
  const release = async (): Promise<void> => {
    await rm(path, { force: true })
    HELD.delete(path)
  }
  return { release }
}

async function acquire(folder: string, path: string, own: string): Promise<void> {
  await makeFolderOf(path)
  while (!(await onDisk(path, () => create(path, own)))) {
    const holder = await readFile(path, 'utf8').catch(() => undefined)
    if (holder === undefined) continue // released between two looks
    if (isAlive(holder)) throw held(folder, path, holder)
    await onDisk(path, () => clear(path, holder))
  }
}

/** Locks of this process itself, whose number says nothing about them. */
const HELD = new Set<string>()

/** Read back, because who finds a lock still empty may take it away. */
async function create(path: string, text: string): Promise<boolean> {
  try {
    await writeFile(path, text, { flag: 'wx' })
    return (await readFile(path, 'utf8').catch(() => '')) === text
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

/** Takes away the lock of a process that is gone; puts it back when in between it has become that of a living one. */
async function clear(path: string, holder: string): Promise<void> {
  const aside = `${path}.${process.pid}`
  try {
    await rename(path, aside)
  } catch {
    return // another one was quicker
  }
  const taken = await readFile(aside, 'utf8').catch(() => '')
  if (taken !== holder) await link(aside, path).catch(() => undefined)
  await rm(aside, { force: true })
}

/** A lock of another machine cannot be asked after, and counts; one with our own number is of a process before us. */
function isAlive(holder: string): boolean {
  const [pid, host] = holder.trim().split(' ')
  if (!/^\d+$/.test(pid) || host === undefined) return false
  if (host !== hostname()) return true
  if (Number(pid) === process.pid) return false
  try {
    process.kill(Number(pid), 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}

function held(folder: string, path: string, holder: string): OutsideError {
  const [pid, host] = holder.trim().split(' ')
  return new OutsideError(
    'download-locked',
    `another download into ${folder} is under way (process ${pid} on ${host ?? hostname()})`,
    {
      where: { file: path },
      next: 'Wait for it to end, or name another folder with --out; if there is no such download, remove the file.',
      retryable: true,
    },
  )
}
