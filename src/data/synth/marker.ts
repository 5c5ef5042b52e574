/**
 * `SYNTHETIC.CHECKSUM` beside generated files: says that they are made up, and which ones they are. Only files that stand there are ever
 * replaced.
 *
 * Reads and writes that file.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { InputError, OutsideError } from '../../core/errors.ts'
import { sha256OfFile } from '../../storage/file-hash.ts'
import { writeWholeFile } from '../../storage/whole-file.ts'

const NAME = 'SYNTHETIC.CHECKSUM'
const HEAD = `# SYNTHETIC DATA made by 'autotrading data synth'. Nothing in these files ever happened: they say nothing about any real market.
# The lines below can be checked with sha256sum -c.
`

export class Marker {
  readonly #folder: string
  /** SHA-256 by path relative to the folder. */
  readonly #files = new Map<string, string>()

  constructor(folder: string) {
    this.#folder = folder
    const path = join(folder, NAME)
    if (!existsSync(path)) return
    for (const line of readFileSync(path, 'utf8').split('\n')) {
      const match = /^([0-9a-f]{64}) {2}(\S.*)$/.exec(line)
      if (match !== null) this.#files.set(match[2], match[1])
    }
  }

  /** @throws InputError when one of the files is there and not ours. */
  check(files: readonly string[]): void {
    const found = files.find((file) => existsSync(join(this.#folder, file)) && !this.#files.has(file))
    if (found === undefined) return
    throw new InputError(
      'file-not-ours',
      `${join(this.#folder, found)} exists and was not made by this command, so it is not replaced`,
      {
        where: { file: join(this.#folder, found) },
        next: 'Name another --out folder, or remove the file yourself.',
      },
    )
  }

  /** Notes a file that is complete. Returns its SHA-256. */
  async add(file: string): Promise<string> {
    const sha256 = await sha256OfFile(join(this.#folder, file))
    this.#files.set(file, sha256)
    const lines = [...this.#files].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, sum]) => `${sum}  ${name}\n`)
    const path = join(this.#folder, NAME)
    try {
      writeWholeFile(path, HEAD + lines.join(''))
    } catch (cause) {
      throw new OutsideError('file-not-written', `${path} could not be written`, {
        where: { file: path },
        next: 'Look at free space and rights of the disk.',
        cause,
        retryable: false,
      })
    }
    return sha256
  }
}
