/** Every golden case of the folder of recorded data, as `npm run test:golden` runs them. Skipped where there is none. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { readGoldenFolder, runFile } from './harness.ts'
import { MAPS } from './maps.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = join(process.env['AUTOTRADING_SHARED'] || join(root, '../shared'), 'golden')
const files = existsSync(folder) ? readGoldenFolder(folder) : []

describe('golden vectors', () => {
  it.skipIf(files.length === 0)('there are some (needs the shared folder)', () => expect(files.length).toBeGreaterThan(0))
  it.each(files.map(({ file, content }) => [file, content] as const))('%s', (file, content) => {
    const { cases } = runFile(file, content, MAPS)
    expect(cases.length).toBeGreaterThan(0)
    expect(cases.filter(({ passed }) => !passed).map(({ id, complaints }) => `${id}: ${complaints.join('; ')}`)).toEqual([])
  })
})
