/**
 * What program computed a result: its version and one hash over its source files, wherever it runs from.
 *
 * Reads the folder that this file lies in.
 */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Manifest } from '../backtest/result.ts'

/** The hash covers path and content of every source file that runs, in the order of their paths. */
export function codeIdentity(version: string): Manifest['code'] {
  const root = fileURLToPath(new URL('..', import.meta.url))
  const hash = createHash('sha256')
  for (const path of sourcesBelow(root))
    hash
      .update(`${path}\n`)
      .update(readFileSync(join(root, path)))
      .update('\n')
  return { version, sha256: hash.digest('hex') }
}

const runs = (name: string): boolean => /\.[jt]s$/.test(name) && !/\.(test|d)\.ts$/.test(name)

function sourcesBelow(root: string): readonly string[] {
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter(runs)
    .sort()
}

export const runtimeName = (): string => `node ${process.version} ${process.platform}-${process.arch}`

/** What answers of slow mathematics depend on besides their questions: the source files, and the machine code made of them. */
export const computingVersion = (): string => `${codeIdentity('').sha256.slice(0, 16)}-${process.version}-${process.arch}`
