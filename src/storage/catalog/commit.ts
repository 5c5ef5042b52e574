/**
 * Puts finished partitions and the new list into a catalog. What is to be done is written down first, so that a commit that was
 * interrupted is brought to its end by whoever opens the catalog for writing next.
 *
 * Renames and writes files below the catalog's folder.
 */
import { existsSync } from 'node:fs'
import { mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { manifestText, parseManifest, writeManifest } from './manifest.ts'
import type { Manifest } from './manifest.ts'

const STAGING = '.staging'
const PLAN = 'commit.json'

const PLAN_SHAPE = z.object({ moves: z.array(z.tuple([z.string(), z.string()])), manifest: z.string() })

export interface Move {
  /** Below the staging folder. */
  readonly from: string
  /** Below the catalog's folder. */
  readonly to: string
}

/** An empty folder for what is being made, after what an interrupted writer left has been finished or thrown away. */
export async function openStaging(folder: string): Promise<string> {
  const staging = join(folder, STAGING)
  if (existsSync(join(staging, PLAN))) await finish(folder)
  await rm(staging, { recursive: true, force: true })
  await mkdir(staging, { recursive: true })
  return staging
}

export async function closeStaging(folder: string): Promise<void> {
  await rm(join(folder, STAGING), { recursive: true, force: true })
}

export async function commit(folder: string, moves: readonly Move[], manifest: Manifest): Promise<void> {
  const plan = { moves: moves.map(({ from, to }) => [from, to]), manifest: manifestText(manifest) }
  for (const { from } of moves) await toDisk(join(folder, STAGING, from))
  const path = join(folder, STAGING, PLAN)
  await writeFile(`${path}.new`, JSON.stringify(plan), { flush: true })
  await rename(`${path}.new`, path)
  await finish(folder)
}

/** The list must not name bytes that a power failure can still take. */
async function toDisk(path: string): Promise<void> {
  const file = await open(path, 'r+')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Every step may have been done before: a file that is no longer there has been moved. */
async function finish(folder: string): Promise<void> {
  const path = join(folder, STAGING, PLAN)
  const { moves, manifest } = PLAN_SHAPE.parse(JSON.parse(await readFile(path, 'utf8')))
  parseManifest(path, manifest)
  for (const [from, to] of moves) {
    const source = join(folder, STAGING, from)
    if (!existsSync(source)) continue
    const target = join(folder, to)
    await mkdir(dirname(target), { recursive: true })
    await rename(source, target)
  }
  await writeManifest(folder, manifest)
  await rm(path)
}
