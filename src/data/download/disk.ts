/**
 * Writing into the folder of a download: whole files only (a neighbour is renamed into place), and what the disk refuses said in words.
 *
 * Reads and writes files.
 */
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { OutsideError } from '../../core/errors.ts'

/** The folder of our own things inside a download; readers of market data skip names that begin with a dot. */
export const STATE_FOLDER = '.download'

/** Runs `work`; what the operating system refuses becomes an error that says what to do. */
export async function onDisk<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw diskError(path, error)
  }
}

const NEXT: Readonly<Record<string, string>> = {
  ENOSPC: 'Free some space or name another folder with --out; the same command goes on where it stopped.',
  EDQUOT: 'Free some of your quota or name another folder with --out; the same command goes on where it stopped.',
  EACCES: 'Change the permissions or name another folder with --out.',
  EPERM: 'Change the permissions or name another folder with --out.',
  EROFS: 'The disk is read-only: name another folder with --out.',
  ENOENT: 'Name another folder with --out.',
  ENOTDIR: 'A file stands where a folder is needed: move it away or name another folder with --out.',
  EEXIST: 'A file stands where a folder is needed: move it away or name another folder with --out.',
  EISDIR: 'A folder stands where a file is needed: move it away or name another folder with --out.',
}

function diskError(path: string, error: unknown): unknown {
  if (!(error instanceof Error) || !('syscall' in error) || !('code' in error)) return error
  const code = String(error.code)
  const full = code === 'ENOSPC' || code === 'EDQUOT'
  return new OutsideError(
    full ? 'disk-full' : 'disk-refuses',
    `${path} cannot be written: ${full ? 'the disk is full' : error.message}`,
    {
      where: { file: path },
      next: NEXT[code] ?? 'Check the disk; the same command goes on where it stopped.',
      cause: error,
      retryable: false,
    },
  )
}

/** Whether an error is of the disk and so concerns every file that would follow. */
export const isDiskError = (error: unknown): boolean =>
  error instanceof OutsideError && (error.code === 'disk-full' || error.code === 'disk-refuses')

export const makeFolderOf = (path: string): Promise<void> => onDisk(path, () => makeFolder(dirname(path)))

/** Step by step: the recursive `mkdir` of Node does not come back from places like /proc, where nothing can be made. */
async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder)
  } catch (error) {
    if (codeOf(error) === 'ENOENT' && dirname(folder) !== folder) {
      await makeFolder(dirname(folder))
      await mkdir(folder).catch((again: unknown) => refuseUnlessFolder(folder, again))
    } else await refuseUnlessFolder(folder, error)
  }
}

async function refuseUnlessFolder(folder: string, error: unknown): Promise<void> {
  if (codeOf(error) !== 'EEXIST' || !(await stat(folder)).isDirectory()) throw error
}

const codeOf = (error: unknown): unknown => (error instanceof Error && 'code' in error ? error.code : undefined)

/** Bytes of the file at `path`; undefined when there is none. */
export async function sizeOf(path: string): Promise<number | undefined> {
  const entry = await stat(path).catch(() => undefined)
  return entry?.isFile() === true ? entry.size : undefined
}

/** The text at `path`; undefined when it cannot be read. */
export const textOf = (path: string): Promise<string | undefined> => readFile(path, 'utf8').catch(() => undefined)

/** Moves a finished file to its place. What stood there is replaced in one step. */
export async function place(part: string, target: string): Promise<void> {
  await makeFolderOf(target)
  await onDisk(target, async () => {
    await flush(part)
    await rename(part, target)
  })
}

/** A small text, whole or not at all; until it is whole it lies at `neighbour`. */
export async function writeWhole(path: string, text: string, neighbour = `${path}.tmp`): Promise<void> {
  await makeFolderOf(path)
  await makeFolderOf(neighbour)
  await onDisk(path, async () => {
    const file = await open(neighbour, 'w')
    try {
      await file.writeFile(text)
      await file.sync()
    } finally {
      await file.close()
    }
    await rename(neighbour, path)
  })
}

/** To the disk itself: a name must not appear before its bytes, even when the power fails. */
async function flush(path: string): Promise<void> {
  const file = await open(path, 'r+')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}

export const remove = (path: string): Promise<void> => onDisk(path, () => rm(path, { force: true }))
