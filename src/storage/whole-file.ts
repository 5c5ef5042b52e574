/** A file that is there whole or not at all: written beside its place, then renamed. Writes files. */
import { renameSync, rmSync, writeFileSync } from 'node:fs'

/** What stood at `path` is replaced in one step. Throws what the system refuses, and leaves nothing behind then. */
export function writeWholeFile(path: string, content: string | Uint8Array): void {
  const temporary = `${path}.${process.pid}.tmp`
  try {
    writeFileSync(temporary, content)
    renameSync(temporary, path)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
}
