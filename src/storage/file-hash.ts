/** The SHA-256 of a file as it lies on disk. Reads it piece by piece. */
import { createHash } from 'node:crypto'
import type { Hash } from 'node:crypto'
import { createReadStream } from 'node:fs'

const PIECE = 1 << 18

/** Lower-case hex. `hash` goes on with what it holds, and stays usable; `onRead` hears of the bytes of every piece. */
export async function sha256OfFile(
  path: string,
  hash: Hash = createHash('sha256'),
  onRead: (bytes: number) => void = () => {},
): Promise<string> {
  for await (const chunk of createReadStream(path, { highWaterMark: PIECE }) as AsyncIterable<Uint8Array>) {
    hash.update(chunk)
    onRead(chunk.length)
  }
  return hash.copy().digest('hex')
}
