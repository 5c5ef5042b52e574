/** The rules that protect correctness, as ordinary code: over the whole project, and each of them over snippets that must fail. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { cycles, missing, orphans, upwardImports } from './tidy/floors.ts'
import { ambient, approvals, drawers, inexactMath, modes, unfinished, withoutDocComment, workplace } from './tidy/rules.ts'
import { filesBelow, parse, parseFile, type Source } from './tidy/source.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const paths = filesBelow(root)
const source = paths.filter((path) => /^src\/.*\.tsx?$/.test(path)).map((path) => parseFile(root, path))
const aside = paths.filter((path) => /^(bench|web|test)\/.*\.tsx?$/.test(path)).map((path) => parseFile(root, path))
const texts = paths
  .filter((path) => /\.(tsx?|mjs|json|ya?ml|md|sh|css|html|toml)$|^[^.]+$|^\.ci\/|\/[^./]+$/.test(path))
  .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))
/** These name what they look for. */
const isTidyItself = ({ path }: { readonly path: string }): boolean => path.startsWith('test/tidy')

/** Where the program begins: the command line, the public entries, and the browser part. */
const roots = [
  'src/cli/main.ts',
  'src/index.ts',
  'src/math/index.ts',
  'src/core/calendar/index.ts',
  ...aside.filter(({ path }) => path.startsWith('web/')).map(({ path }) => path),
]

describe('the project', () => {
  it('is read', () => {
    expect(source.length).toBeGreaterThan(20)
    expect(source.flatMap(({ imports }) => imports).length).toBeGreaterThan(20)
  })
  it('imports downwards only', () => expect(upwardImports(source)).toEqual([]))
  it('imports what exists', () => expect(missing([...source, ...aside], (path) => existsSync(join(root, path)))).toEqual([]))
  it('has no import cycles', () => expect(cycles([...source, ...aside])).toEqual([]))
  it('has no source file that nobody imports', () => expect(orphans([...source, ...aside], roots)).toEqual([]))
  it('keeps ambient time, chance, environment and waiting out of the pure floors', () => expect(ambient(source)).toEqual([]))
  it('keeps mathematics that differs between machines out of decisions', () => expect(inexactMath(source)).toEqual([]))
  it('makes an Approved in two places only', () => expect(approvals(source)).toEqual([]))
  it('asks nowhere outside cli which world it runs in', () => expect(modes(source)).toEqual([]))
  it('begins every file with a doc comment', () => expect(withoutDocComment([...source, ...aside])).toEqual([]))
  it('has no drawers', () => expect(drawers(paths)).toEqual([]))
  it('says nothing of the place it was written at', () =>
    expect(workplace(texts.filter((text) => !isTidyItself(text)))).toEqual([]))
  it('is finished', () =>
    expect(
      unfinished(texts.filter((text) => !isTidyItself(text) && !/^(CHANGELOG\.md|package-lock\.json)$/.test(text.path))),
    ).toEqual([]))
})

/** `path: code` pairs as parsed files. */
const project = (files: Readonly<Record<string, string>>): readonly Source[] =>
  Object.entries(files).map(([path, code]) => parse(path, code))
const kernelFile = (code: string): readonly Source[] => project({ 'src/kernel/x.ts': code })

describe('the rule of floors', () => {
  const upward = (path: string, code: string): number => upwardImports(project({ [path]: code })).length

  it('lets a folder see itself and lower floors', () => {
    expect(upward('src/kernel/a.ts', `import { x } from './b.ts'\nimport { y } from '../risk/y.ts'\nimport z from 'zod'`)).toBe(0)
    expect(upward('src/market/indicators/a.ts', `import { x } from '../bar.ts'\nimport { y } from '../../core/y.ts'`)).toBe(0)
  })
  it.each([
    ['a higher floor', 'src/risk/a.ts', `import { x } from '../kernel/b.ts'`],
    ['a type of a higher floor', 'src/risk/a.ts', `import type { X } from '../kernel/b.ts'`],
    ['a neighbour on the same floor', 'src/risk/a.ts', `import { x } from '../strategy/b.ts'`],
    ['a re-export', 'src/domain/a.ts', `export * from '../market/b.ts'`],
    ['a dynamic import', 'src/storage/a.ts', `const load = () => import('../backtest/b.ts')`],
    ['an import type', 'src/core/a.ts', `export type X = import('../domain/b.ts').X`],
    ['a worker', 'src/storage/a.ts', `new Worker(new URL('../research/worker.ts', import.meta.url))`],
    ['the public entry', 'src/strategy/a.ts', `import { x } from '../index.ts'`],
    ['a folder without a floor', 'src/cli/a.ts', `import { x } from '../extras/b.ts'`],
    ['test code', 'src/sim/a.ts', `import { x } from '../../test/twins/b.ts'`],
  ])('refuses %s', (_what, path, code) => expect(upward(path, code)).toBe(1))
  it('does not take text for an import', () =>
    expect(upward('src/core/a.ts', `// import '../cli/b.ts'\nexport const text = "import x from '../cli/b.ts'"`)).toBe(0))
})

describe('the rule of cycles', () => {
  it('finds a ring of values and types, once', () => {
    const files = project({
      'src/core/a.ts': `import './b.ts'`,
      'src/core/b.ts': `import type { C } from './c.ts'`,
      'src/core/c.ts': `export { a } from './a.ts'`,
    })
    expect(cycles(files)).toEqual(['src/core/a.ts -> src/core/b.ts -> src/core/c.ts -> src/core/a.ts'])
  })
  it('accepts a diamond', () => {
    expect(
      cycles(
        project({
          'src/core/a.ts': `import './b.ts'\nimport './c.ts'`,
          'src/core/b.ts': `import './d.ts'`,
          'src/core/c.ts': `import './d.ts'`,
          'src/core/d.ts': '',
        }),
      ),
    ).toEqual([])
  })
})

describe('the rule of orphans', () => {
  it('finds what only a test imports, and islands that import each other', () => {
    const files = project({
      'src/cli/main.ts': `import '../core/used.ts'`,
      'src/core/used.ts': '',
      'src/core/tested.ts': `import './island.ts'`,
      'src/core/island.ts': '',
      'src/core/tested.test.ts': `import './tested.ts'`,
    })
    expect(orphans(files, ['src/cli/main.ts'])).toEqual([
      'src/core/tested.ts is imported by nobody',
      'src/core/island.ts is imported by nobody',
    ])
  })
  it('follows lazy commands and workers', () => {
    const files = project({
      'src/cli/main.ts': `const load = () => import('./x.ts')`,
      'src/cli/x.ts': `new Worker(new URL('./w.ts', import.meta.url))`,
      'src/cli/w.ts': '',
    })
    expect(orphans(files, ['src/cli/main.ts'])).toEqual([])
  })
  it('finds imports of files that are not there', () => {
    const files = project({ 'src/core/a.ts': `import './gone.ts'\nimport './b.ts'`, 'src/core/b.ts': '' })
    expect(missing(files, (path) => path === 'src/core/b.ts')).toEqual([
      'src/core/a.ts:1 imports src/core/gone.ts, which does not exist',
    ])
  })
})

describe('the rule of the ambient', () => {
  it.each([
    'const now = Date.now()',
    'const now = new Date()',
    'const now = new Date(0)',
    'const now = Date()',
    'const t = performance.now()',
    'const x = Math.random()',
    'const id = crypto.randomUUID()',
    `import { randomBytes } from 'node:crypto'`,
    `import { readFileSync } from 'node:fs'`,
    'const home = process.env.HOME',
    'const { env } = process',
    'setTimeout(() => 1, 5)',
    'queueMicrotask(f)',
    'const later = setImmediate',
    'async function f() {}',
    'const f = async () => 1',
    'await x',
    'let p: Promise<void>',
    'for (const key in object) f(key)',
    'for await (const x of xs) f(x)',
    'const t = globalThis.Date',
    `const load = import('./x.ts')`,
    'names.sort((a, b) => a.localeCompare(b))',
    'const x = Math.random() // ambient-ok:',
  ])('refuses %s', (code) => expect(ambient(kernelFile(code)).length).toBeGreaterThan(0))

  it.each([
    'const now = event.time // Date.now() would be wrong',
    `const text = 'Math.random() and process.env'`,
    'const day = Date.UTC(2024, 0, 1)',
    'for (const key of keys) f(key)',
    'const x = order.process + this.performance',
    'const table = { process: 1, setTimeout: 2 }',
    `import { createHash } from 'node:crypto'`,
    `import type { Writable } from 'node:stream'`,
    'const now = Date.now() // ambient-ok: the system clock',
  ])('accepts %s', (code) => expect(ambient(kernelFile(code))).toEqual([]))

  it('holds in the pure floors and sim, and not in tests or above', () => {
    const at = (path: string): number => ambient(project({ [path]: 'const now = Date.now()' })).length
    expect(['src/core/a.ts', 'src/market/a.ts', 'src/risk/limits/a.ts', 'src/sim/a.ts'].map(at)).toEqual([1, 1, 1, 1])
    expect(['src/core/a.test.ts', 'src/storage/a.ts', 'src/exchange/a.ts', 'src/cli/a.ts'].map(at)).toEqual([0, 0, 0, 0])
  })
})

describe('the rule of inexact mathematics', () => {
  it.each([
    'Math.exp(x)',
    'Math.log1p(x)',
    'Math.pow(x, 2)',
    'Math.sin(x)',
    'const f = Math.tanh',
    'x ** 2',
    '10 ** scale',
    'x **= 2',
  ])('refuses %s', (code) => expect(inexactMath(kernelFile(code))).toHaveLength(1))
  it.each([
    'Math.sqrt(x)',
    'Math.round(x)',
    '2 ** 53',
    '10 ** -8',
    '10n ** scale',
    'Math.log(x) // float-ok: shown to people only',
  ])('accepts %s', (code) => expect(inexactMath(kernelFile(code))).toEqual([]))
  it('leaves models and statistics alone', () => {
    const at = (path: string): number => inexactMath(project({ [path]: 'Math.exp(x)' })).length
    expect(['src/math/garch.ts', 'src/market/indicators/ema.ts', 'src/core/random.ts', 'src/storage/a.ts'].map(at)).toEqual([
      0, 0, 0, 0,
    ])
    const exact = ['src/market/impact.ts', 'src/core/exact.ts', 'src/sim/venue.ts', 'src/sim/synthetic/weather.ts']
    expect(exact.map(at)).toEqual([1, 1, 1, 1])
  })
})

describe('the rule of the doors', () => {
  it.each([
    'order as Approved<NewOrder>',
    'order as unknown as Approved<NewOrder>',
    '<Approved<NewOrder>>order',
    'orders as readonly Approved<NewOrder>[]',
  ])('refuses %s', (code) => expect(approvals(kernelFile(`const x = ${code}`)).length).toBeGreaterThan(0))
  it('lets the doors and tests do it, and everybody name the type', () => {
    expect(
      approvals(
        project({
          'src/risk/risk-controller.ts': 'x as Approved<A>',
          'src/risk/reduce-only-door.ts': 'x as Approved<A>',
          'src/sim/a.test.ts': 'x as Approved<A>',
        }),
      ),
    ).toEqual([])
    expect(approvals(kernelFile('const f = (x: Approved<A>): Approved<A> => x'))).toEqual([])
  })
})

describe('the rule of modes', () => {
  it.each([
    'if (isLive) f()',
    'if (config.isBacktest) f()',
    `if (mode === 'live') f()`,
    `x = context.mode !== 'paper'`,
    `switch (this.#mode) { case 'live': f() }`,
  ])('refuses %s', (code) => expect(modes(kernelFile(code)).length).toBeGreaterThan(0))
  it.each(['// isLive is forbidden', `if (positionMode === 'hedge') f()`, 'const live = isAlive(x)'])('accepts %s', (code) =>
    expect(modes(kernelFile(code))).toEqual([]),
  )
  it('lets cli know', () => expect(modes(project({ 'src/cli/start.ts': 'if (isLive) f()' }))).toEqual([]))
})

describe('the rules of files and words', () => {
  it('wants a doc comment first', () => {
    expect(
      withoutDocComment(
        project({
          'src/a.ts': '/** What it is. */\nexport {}',
          'src/b.ts': '#!/usr/bin/env node\n/** What. */',
          'src/c.test.ts': 'it()',
        }),
      ),
    ).toEqual([])
    expect(
      withoutDocComment(project({ 'src/a.ts': `import './b.ts'\n/** Late. */`, 'src/b.ts': '// What it is.' })),
    ).toHaveLength(2)
  })
  it('knows a drawer by its name', () => {
    expect(
      drawers([
        'src/core/utils/a.ts',
        'src/core/helpers.ts',
        'src/risk/misc.test.ts',
        'web/common/a.tsx',
        'src/date-utils.ts',
        'src/services/a.ts',
      ]),
    ).toHaveLength(6)
    expect(
      drawers(['src/kernel/order-manager.ts', 'src/strategy/strategy-manager.ts', 'ops/systemd/autotrading.service']),
    ).toEqual([])
  })
  it('knows the words of a workplace', () => {
    const at = (text: string): number => workplace([{ path: 'a.md', text }]).length
    // Spelled with a gap, which is closed here: the words themselves may not stand in any file.
    expect(
      ['see /wo_rk/main/src', '"/fa_rm/x"', 'https://regis_try.example.org/x', 'deb.exa_mple.org', 'Fixes iss_ue #12']
        .map((text) => text.replace('_', ''))
        .map(at),
    ).toEqual([1, 1, 1, 1, 1])
    expect(['it will not work/run', 'data/works/a.csv', 'the registry is a class', 'an issue of 12 bonds'].map(at)).toEqual([
      0, 0, 0, 0,
    ])
  })
  it('knows what is unfinished', () => {
    const at = (text: string): number => unfinished([{ path: 'a.ts', text }]).length
    expect(
      [`it.skip('x')`, `describe.only('x')`, '// TODO later', '// @ts-ignore', '// oxlint-disable-next-line'].map(at),
    ).toEqual([1, 1, 1, 1, 1])
    expect([`it.skipIf(!shared)('x')`, '// @ts-expect-error a plain order is refused', 'method'].map(at)).toEqual([0, 0, 0])
  })
})
