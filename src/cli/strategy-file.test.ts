import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { findStrategy, withParameters } from './strategy-file.ts'

const folder = mkdtempSync(join(tmpdir(), 'autotrading-strategy-'))
afterAll(() => rmSync(folder, { recursive: true }))

let files = 0
/** Each under its own name: a module is loaded once. */
function file(text: string, ending = 'mjs'): string {
  files += 1
  writeFileSync(join(folder, `own-${files}.${ending}`), text)
  return `./own-${files}.${ending}`
}

const PARTS = {
  name: "'own'",
  description: "'mine'",
  parameters: "{ length: { kind: 'integer', default: 3, min: 1, max: 9, description: 'bars' } }",
  warmUp: '() => 1',
  memory: '() => 2',
  create: '() => ({ state: {}, onBar: () => undefined })',
}
const definition = (changes: Partial<Record<keyof typeof PARTS, string>> = {}): string =>
  `export default { ${Object.entries({ ...PARTS, ...changes })
    .map(([key, text]) => `${key}: ${text}`)
    .join(', ')} }\n`

describe('findStrategy', () => {
  it('finds those of the house by name, and says which there are', async () => {
    expect(await findStrategy('ema-cross', folder)).toMatchObject({ definition: { name: 'ema-cross' }, sha256: null })
    await expect(findStrategy('trend-folowing', folder)).rejects.toMatchObject({
      code: 'unknown-strategy',
      next: expect.stringContaining('trend-following') as string,
    })
  })

  it("loads a user's file and knows its hash", async () => {
    const text = definition()
    const found = await findStrategy(file(text), folder)
    expect(found).toMatchObject({ definition: { name: 'own' }, sha256: createHash('sha256').update(text).digest('hex') })
    expect(withParameters(found, ['length=7']).params).toEqual({ length: 7 })
    expect(() => withParameters(found, ['length=10'])).toThrow('the allowed range is 1 to 9')
  })

  it.each([
    ['no default export', 'export const strategy = {}', 'its default export is no strategy'],
    ['a name that is none', definition({ name: "'My Own'" }), 'lower case'],
    ['no description', definition({ description: 'undefined' }), 'no description'],
    ['no warm-up', definition({ warmUp: '7' }), "no function 'warmUp'"],
    ['no create', definition({ create: 'undefined' }), "no function 'create'"],
    ['no parameters', definition({ parameters: 'undefined' }), "no 'parameters'"],
    ['a parameter of no kind', definition({ parameters: '{ length: 20 }' }), "parameter 'length' must be made by"],
  ])('refuses a file with %s', async (_, text, message) => {
    await expect(findStrategy(file(text), folder)).rejects.toMatchObject({
      code: 'strategy-file-shape',
      message: expect.stringContaining(message) as string,
    })
  })

  it('refuses files that are missing, or break while they are loaded', async () => {
    await expect(findStrategy('./nothing.ts', folder)).rejects.toMatchObject({ code: 'strategy-file-missing' })
    await expect(findStrategy(file('throw new Error("no luck")'), folder)).rejects.toMatchObject({
      code: 'strategy-file-broken',
      message: expect.stringContaining('no luck') as string,
    })
  })

  it("lets a file anywhere import from 'autotrading', in a process that the launcher started", () => {
    const path = file(
      "import { defineStrategy, ema, integer, type Bar } from 'autotrading'\nconst length: number = 5\nexport default defineStrategy({ name: 'typed', description: '', parameters: { n: integer(length, 'bars') }, warmUp: () => 0, memory: () => 0, create: ({ use }, p) => { const e = use(ema(p.n)); return { state: {}, onBar: (bar: Bar) => { e.update(bar.close); return undefined } } } })\n",
      'ts',
    )
    const script = `import { findStrategy } from ${JSON.stringify(join(import.meta.dirname, 'strategy-file.ts'))}
      console.log((await findStrategy(${JSON.stringify(path)}, ${JSON.stringify(folder)})).definition.name)`
    const options = [
      '--disable-warning=ExperimentalWarning',
      '--disable-warning=MODULE_TYPELESS_PACKAGE_JSON',
      '--require',
      join(import.meta.dirname, 'self-import.ts'),
    ]
    expect(execFileSync(process.execPath, [...options, '--input-type=module', '-e', script], { encoding: 'utf8' }).trim()).toBe(
      'typed',
    )
  })
})
