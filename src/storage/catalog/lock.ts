/**
 * One writer at a time in one catalog.
 *
 * Reads and writes `.lock` in the catalog's folder.
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { OutsideError } from '../../core/errors.ts'
import { lockFile } from '../file-lock.ts'

/** Runs `work` while nobody else writes. Throws `OutsideError` `catalog-locked` when somebody does. */
export async function withLock<T>(folder: string, work: () => Promise<T>): Promise<T> {
  await mkdir(folder, { recursive: true })
  const path = join(folder, '.lock')
  const lock = await lockFile(
    path,
    ({ pid, host }) =>
      new OutsideError('catalog-locked', `another import into ${folder} is under way (process ${pid} on ${host})`, {
        where: { file: path },
        next: 'Wait until it has finished; if there is no such process, remove the file.',
        retryable: true,
      }),
  )
  try {
    return await work()
  } finally {
    await lock.release()
  }
}
