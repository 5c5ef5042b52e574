/**
 * One writer at a time: a file in the catalog's folder with the writer's process id, made by whoever comes first. The lock of a
 * process that is gone is taken over.
 *
 * Writes that file, and asks the system whether a process lives.
 */
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { OutsideError } from '../../core/errors.ts'

const LOCK = '.lock'
const ATTEMPTS = 5

/** Runs `work` while nobody else writes. Throws `OutsideError` `catalog-locked` when somebody does. */
export async function withLock<T>(folder: string, work: () => Promise<T>): Promise<T> {
  await mkdir(folder, { recursive: true })
  const path = join(folder, LOCK)
  await take(path)
  try {
    return await work()
  } finally {
    await rm(path, { force: true })
  }
}

async function take(path: string): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    try {
      await writeFile(path, `${process.pid}\n`, { flag: 'wx' })
      return
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    const holder = await readFile(path, 'latin1').catch(() => undefined)
    if (holder === undefined) continue
    const pid = Number.parseInt(holder, 10)
    if (lives(pid)) throw locked(path, pid)
    await removeOf(path, holder)
  }
  throw locked(path, undefined)
}

/** Takes the lock of a dead process away, but not one that somebody else has put there meanwhile. */
async function removeOf(path: string, holder: string): Promise<void> {
  const aside = `${path}.${process.pid}`
  await rename(path, aside).catch(() => undefined)
  const moved = await readFile(aside, 'latin1').catch(() => undefined)
  if (moved === undefined || moved === holder) return rm(aside, { force: true })
  await writeFile(path, moved, { flag: 'wx' }).catch(() => undefined)
  await rm(aside, { force: true })
}

function lives(pid: number): boolean {
  // A lock that names nobody is one that is being written this very moment.
  if (!Number.isSafeInteger(pid) || pid <= 0) return true
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

const locked = (path: string, pid: number | undefined): OutsideError =>
  new OutsideError(
    'catalog-locked',
    `another process${pid === undefined || Number.isNaN(pid) ? '' : ` (${pid})`} is writing to this catalog, says ${path}`,
    {
      where: { file: path },
      next: 'Wait until it has finished; if there is no such process, remove the file.',
      retryable: true,
    },
  )
