/** Which files the paths of a command line stand for. Lists folders. */
import { readdir, realpath, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { InputError } from '../../core/errors.ts'
import { namedFile } from './file-name.ts'
import type { NamedFile } from './file-name.ts'

export interface FoundFile {
  readonly file: NamedFile
  /** On disk. */
  readonly bytes: number
}

export interface FoundFiles {
  /** In the order of the paths, folders sorted by name; each file once. */
  readonly files: readonly FoundFile[]
  readonly skipped: readonly { readonly path: string; readonly reason: string }[]
}

const DEPTH_MAX = 16

/** Throws `InputError` when a path is missing, or a file named outright is of no format that is read. */
export async function findFiles(paths: readonly string[]): Promise<FoundFiles> {
  const files = new Map<string, FoundFile>()
  const skipped: { path: string; reason: string }[] = []
  const add = async (path: string, bytes: number, named: boolean): Promise<void> => {
    const file = namedFile(path)
    if (file !== undefined && !path.endsWith('.repairs.json')) {
      const real = await realpath(path)
      if (!files.has(real)) files.set(real, { file, bytes })
    } else if (named)
      throw new InputError('format-unknown', `${path} has a format that is not read`, {
        where: { file: path },
        next: 'Read are .csv, .json, .jsonl (each also with .gz), .zip and .parquet.',
      })
    else skipped.push({ path, reason: 'no market data by its name' })
  }
  const walk = async (folder: string, depth: number): Promise<void> => {
    if (depth > DEPTH_MAX)
      throw new InputError('folder-too-deep', `${folder} lies more than ${DEPTH_MAX} folders deep`, {
        where: { path: folder },
        next: 'Name a folder nearer to the files; a link may lead back into its own parent.',
      })
    for (const name of (await readdir(folder)).toSorted()) {
      if (name.startsWith('.') || name.endsWith('.CHECKSUM')) continue
      const path = join(folder, name)
      const entry = await stat(path).catch(() => undefined)
      if (entry?.isDirectory() === true) await walk(path, depth + 1)
      else if (entry?.isFile() === true) await add(path, entry.size, false)
      else skipped.push({ path, reason: 'not readable' })
    }
  }
  for (const path of paths) {
    const entry = await stat(path).catch(() => undefined)
    if (entry?.isFile() === true) await add(path, entry.size, true)
    else if (entry?.isDirectory() === true) await walk(path, 0)
    else
      throw new InputError(
        'path-not-found',
        `${path} ${entry === undefined ? 'does not exist' : 'is neither a file nor a folder'}`,
        {
          where: { path },
          next: 'Check the path.',
        },
      )
  }
  return { files: [...files.values()], skipped }
}
