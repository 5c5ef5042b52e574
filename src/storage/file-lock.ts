/**
 * One at a time: a file that names the process which holds something. Left behind by a process that is gone, it is taken over.
 *
 * Reads and writes that file; asks the system whether a process is there.
 */
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'

export interface FileLock {
  release(): Promise<void>
}

export interface LockHolder {
  readonly pid: string
  readonly host: string
}

/**
 * Makes the file at `path`, whose folder is there.
 * @throws what `held` makes when somebody else holds it, and what the disk refuses.
 */
export async function lockFile(path: string, held: (holder: LockHolder) => Error): Promise<FileLock> {
  const own = `${process.pid} ${hostname()}\n`
  if (HELD.has(path)) throw held(holderOf(own))
  HELD.add(path)
  try {
    await acquire(path, own, held)
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

/** Locks of this process itself, whose number says nothing about them. */
const HELD = new Set<string>()

async function acquire(path: string, own: string, held: (holder: LockHolder) => Error): Promise<void> {
  while (!(await create(path, own))) {
    const text = await readFile(path, 'utf8').catch(() => undefined)
    if (text === undefined) continue // released between two looks
    if (isAlive(holderOf(text))) throw held(holderOf(text))
    await clear(path, text)
  }
}

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
async function clear(path: string, text: string): Promise<void> {
  const aside = `${path}.${process.pid}`
  try {
    await rename(path, aside)
  } catch {
    return // another one was quicker
  }
  const taken = await readFile(aside, 'utf8').catch(() => '')
  if (taken !== text) await link(aside, path).catch(() => undefined)
  await rm(aside, { force: true })
}

function holderOf(text: string): LockHolder {
  const [pid, host = ''] = text.trim().split(' ')
  return { pid, host }
}

/** A lock of another machine cannot be asked after, and counts; one with our own number is of a process before us. */
function isAlive({ pid, host }: LockHolder): boolean {
  if (!/^\d+$/.test(pid) || host === '') return false
  if (host !== hostname()) return true
  if (Number(pid) === process.pid) return false
  try {
    process.kill(Number(pid), 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
