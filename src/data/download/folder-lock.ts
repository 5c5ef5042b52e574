/**
 * One download at a time in one folder.
 *
 * Reads and writes `.download/lock`.
 */
import { join } from 'node:path'
import { OutsideError } from '../../core/errors.ts'
import { lockFile } from '../../storage/file-lock.ts'
import type { FileLock } from '../../storage/file-lock.ts'
import { makeFolderOf, onDisk, STATE_FOLDER } from './disk.ts'

/** @throws OutsideError when another download holds it, or the folder cannot be written. */
export async function lockFolder(folder: string): Promise<FileLock> {
  const path = join(folder, STATE_FOLDER, 'lock')
  await makeFolderOf(path)
  return onDisk(path, () =>
    lockFile(
      path,
      ({ pid, host }) =>
        new OutsideError('download-locked', `another download into ${folder} is under way (process ${pid} on ${host})`, {
          where: { file: path },
          next: 'Wait for it to end, or name another folder with --out; if there is no such download, remove the file.',
          retryable: true,
        }),
    ),
  )
}
