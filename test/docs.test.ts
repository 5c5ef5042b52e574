/**
 * The documentation against the program: TypeScript on the pages is type-checked, strategies go through the conformance suite,
 * commands are executed as they stand there; links, files, flags, configuration keys and fields of the document exist.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join, posix } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { generated, keysOf } from '../docs/generate.ts'
import { commands } from '../src/cli/commands.ts'
import { CONFIGURATION } from '../src/cli/configuration.ts'
import type { StrategyDefinition } from '../src/strategy/strategy.ts'
import { decisionsOf, parameterSets, STRATEGY_CHECKS } from './conformance/strategy-conformance.ts'
import { runCommand } from './setup/command-line.ts'
import { FIRST_PAGES, fileNameOf, preparePages, runCommandsOf, slugOf, writeBlocks } from './docs/commands.ts'
import { allPages, anchorsOf, commandLines, inlineCode, linksOf, pageOf, root } from './docs/pages.ts'
import type { Block, Page } from './docs/pages.ts'

const pages = allPages()
const folder = mkdtempSync(join(tmpdir(), 'autotrading-docs-'))
afterAll(() => rmSync(folder, { recursive: true }))

const node = join(root, 'node_modules/.bin/node')
const shared = join(folder, 'shared')
const folderOf = (page: Page): string => join(folder, slugOf(page))
/** The same files once more, as modules for the compiler. */
const checked = join(folder, 'checked')
const checkedOf = (page: Page): string => join(checked, slugOf(page))
const located = ({ path }: Page, found: readonly string[]): readonly string[] => found.map((what) => `${path}: ${what}`)

beforeAll(() => {
  preparePages(folder, pages)
  for (const page of pages) writeBlocks(page, checkedOf(page))
  writeFileSync(join(checked, 'package.json'), '{ "type": "module" }')
})

const isStrategyText = (text: string): boolean => text.includes('export default defineStrategy(')
const isStrategy = ({ language, text }: Block): boolean => language === 'ts' && isStrategyText(text)

/** What a user imports by name. */
const ENTRIES = {
  autotrading: 'src/index.ts',
  'autotrading/math': 'src/math/index.ts',
  'autotrading/time': 'src/core/calendar/index.ts',
} as const

/** A program of its own, not a strategy and not a file of the project. */
const isProgram = (block: Block): boolean =>
  block.language === 'ts' && /from 'autotrading\/(math|time)'/.test(block.text) && !isStrategyText(block.text)

describe('TypeScript on the pages', () => {
  it('is type-checked', () => {
    const config = {
      extends: join(root, 'tsconfig.json'),
      compilerOptions: {
        paths: Object.fromEntries(Object.entries(ENTRIES).map(([name, path]) => [name, [join(root, path)]])),
        typeRoots: [join(root, 'node_modules/@types')],
        // A block that is named src/... is checked as if it lay there.
        rootDirs: [root, ...pages.map(checkedOf)],
      },
      include: [],
      files: [
        ...readdirSync(join(root, 'types')).map((name) => join(root, 'types', name)),
        ...pages.flatMap((page) =>
          page.blocks.filter(({ language }) => language === 'ts').map((block) => join(checkedOf(page), fileNameOf(block) ?? '')),
        ),
      ],
    }
    writeFileSync(join(checked, 'tsconfig.json'), JSON.stringify(config))
    expect(config.files.length).toBeGreaterThan(5)
    expect(ran(node, [join(root, 'node_modules/typescript7/bin/tsc'), '-p', join(checked, 'tsconfig.json')])).toBe('')
  })

  const programs = pages.flatMap((page) =>
    page.blocks.filter(isProgram).map((block) => join(checkedOf(page), fileNameOf(block) ?? '')),
  )

  it.each(programs.map((path) => [basename(path), path] as const))('%s runs', (_name, path) => {
    const said = ran(node, ['--import', join(root, 'src/cli/self-import.ts'), path])
    expect(said).not.toMatch(/Error|NaN|undefined/)
    expect(said).not.toBe('')
  })

  const strategies = [
    ...pages.flatMap((page) => page.blocks.filter(isStrategy).map((block) => join(checkedOf(page), fileNameOf(block) ?? ''))),
    ...readdirSync(join(root, 'examples'))
      .map((name) => join(root, 'examples', name))
      .filter((path) => isStrategyText(readFileSync(path, 'utf8'))),
  ]

  it.each(strategies.map((path) => [basename(path), path] as const))(
    'in %s is a strategy that decides and keeps what every strategy has to keep',
    async (_name, path) => {
      const { default: definition } = (await import(pathToFileURL(path).href)) as { readonly default: StrategyDefinition }
      const [defaults, ...others] = parameterSets(definition, 1).map((params) => ({ definition, params }))
      expect(decisionsOf(defaults)).toBeGreaterThan(5)
      for (const of of [defaults, ...others]) for (const check of Object.values(STRATEGY_CHECKS)) check(of)
    },
    120_000,
  )
})

/** What a program says, on both streams, whether it succeeds or not. */
function ran(program: string, args: readonly string[]): string {
  try {
    return execFileSync(program, args, { encoding: 'utf8', stdio: 'pipe' })
  } catch (error) {
    const { stdout, stderr } = error as { readonly stdout: string; readonly stderr: string }
    return `${stdout}${stderr}`
  }
}

const isShell = ({ language }: Block): boolean => language === 'sh'

describe('commands on the pages', () => {
  it.each(FIRST_PAGES)(
    'of %s do what it says',
    async (path) => {
      const page = pages.find((each) => each.path === path) as Page
      await runCommandsOf(page, folderOf(page))
    },
    120_000,
  )
})

describe('what the pages name', () => {
  it('generated parts are current (node_modules/.bin/node docs/generate.ts writes them)', async () => {
    for (const { path, text } of await generated()) expect(pages.find((page) => page.path === path)?.text, path).toBe(text)
  })

  it('links lead somewhere', () => {
    const broken = pages.flatMap((page) =>
      located(
        page,
        linksOf(page)
          .filter((target) => !/^[a-z]+:/.test(target))
          .filter((target) => !leads(page, target)),
      ),
    )
    expect(broken).toEqual([])
  })

  it('files and folders exist', () => {
    const named = pages.flatMap((page) => {
      const own = new Set(page.blocks.map(({ info }) => info))
      const paths = inlineCode(page).filter((code) => /^(src|test|docs|bench|examples|\.ci)(\/[\w.-]+)*\/?$/.test(code))
      return located(
        page,
        paths.filter((path) => !own.has(path) && !existsSync(join(root, path)) && path !== 'docs/strategies/above-average.md'),
      )
    })
    expect(named).toEqual([])
  })

  it('every page is in the index', () => {
    const index = pages.find(({ path }) => path === 'docs/README.md') as Page
    const listed = linksOf(index).map((target) => posix.join('docs', target))
    expect(pages.map(({ path }) => path).filter((path) => path !== index.path && !listed.includes(path))).toEqual([])
  })

  it('configuration keys exist, and all are documented', () => {
    const keys = keysOf(CONFIGURATION).map(({ path }) => path)
    const sections = new Set(keys.flatMap((key) => key.split('.').map((_, i, parts) => parts.slice(0, i + 1).join('.'))))
    const tops = keys.map((key) => key.split('.')[0])
    const dotted = new RegExp(`^(${tops.join('|')})(\\.\\w+)+$`)
    const unknown = pages.flatMap((page) => {
      const set = [...page.text.matchAll(/--set ([\w.]+)=/g)].map(([, key]) => key).filter((key) => key !== 'path')
      return located(
        page,
        [...inlineCode(page).filter((code) => dotted.test(code)), ...set].filter((key) => !sections.has(key)),
      )
    })
    expect(unknown).toEqual([])
    const page = pages.find(({ path }) => path === 'docs/configuration.md')?.text ?? ''
    expect(keys.filter((key) => !page.includes(`\`${key}\``))).toEqual([])
  })
})

/** A relative link, with or without an anchor. */
function leads(page: Page, link: string): boolean {
  const [path, anchor] = link.split('#')
  const target = path === '' ? page.path : posix.join(posix.dirname(page.path), path)
  if (!existsSync(join(root, target))) return false
  return anchor === undefined || anchorsOf(pageOf(target, readFileSync(join(root, target), 'utf8'))).includes(anchor)
}

const flagsIn = (text: string): readonly string[] => text.match(/(?<![\w-])--[a-z][a-z-]*[a-z]/g) ?? []
/** Of Node and of other programs. */
const OTHER_FLAGS = new Set(['--import', '--max-inlined-bytecode-size', '--max-inlined-bytecode-size-cumulative'])

describe('flags', () => {
  const help = new Map<string, readonly string[]>()
  beforeAll(async () => {
    for (const { name } of commands)
      help.set(name, flagsIn((await runCommand([...name.split(' '), '--help'], { cwd: root })).stdout))
  })

  it('exist', () => {
    const known = new Set([...help.values()].flat())
    const unknown = pages.flatMap((page) =>
      located(
        page,
        inlineCode(page)
          .flatMap(flagsIn)
          .filter((flag) => !known.has(flag) && !OTHER_FLAGS.has(flag)),
      ),
    )
    expect(unknown).toEqual([])
  })

  it('belong to the command they are given to', () => {
    const wrong = pages.flatMap((page) =>
      page.blocks.filter(isShell).flatMap((block) => commandLines(block).flatMap((line) => located(page, wrongFlags(line)))),
    )
    expect(wrong).toEqual([])
  })

  it('of backtest are all documented', () => {
    const page = pages.find(({ path }) => path === 'docs/backtest.md')?.text ?? ''
    expect(help.get('backtest')?.filter((flag) => flag !== '--help' && !page.includes(flag))).toEqual([])
  })

  function wrongFlags(line: string): readonly string[] {
    const given = /\.\/autotrading ([a-z]+)( [a-z]+)?(?= |$)(.*)/.exec(line)
    if (given === null) return []
    const [, first, second = '', rest] = given
    const own = help.get(first + second) ?? help.get(first)
    return own === undefined ? [`no command in: ${line}`] : flagsIn(rest).filter((flag) => !own.includes(flag))
  }
})

describe('the document of a backtest', () => {
  it('has exactly the fields that docs/backtest.md describes', async () => {
    const file = join(shared, 'fields.json')
    const argv = 'backtest --strategy ema-cross --param mult=900 --capital 10000000 --data made-up --interval 1h --quiet --json'
    const { code } = await runCommand([...argv.split(' '), file], { cwd: shared })
    expect(code).toBe(0)
    const found = fieldsOf(JSON.parse(readFileSync(file, 'utf8')) as Json)
    const page = pages.find(({ path }) => path === 'docs/backtest.md') as Page
    const described = new Set(inlineCode(page))
    expect(found.filter((path) => !described.has(path))).toEqual([])
    const tops = [...new Set(found.map((path) => path.split(/[.[]/)[0]))].join('|')
    const claimed = [...described].filter((code) => new RegExp(`^(${tops})(\\[\\])?\\.(?!json$)`).test(code))
    expect(claimed.filter((path) => !found.includes(path))).toEqual([])
  })
})

type Json = { readonly [name: string]: Json } | readonly Json[] | string | number | boolean | null

/** What is free, or has a page of its own. */
const FREE: ReadonlySet<string> = new Set([
  'manifest.config',
  'manifest.strategy.params',
  'manifest.strategies',
  'attribution',
  'regimes',
  'sizing',
  'exposureByStrategy',
  'comparisons',
])

/** `manifest.data[].path` for each value. */
function fieldsOf(value: Json, path = ''): readonly string[] {
  if (typeof value !== 'object' || value === null || FREE.has(path)) return [path]
  if (!isList(value))
    return Object.entries(value).flatMap(([name, inner]) => fieldsOf(inner, path === '' ? name : `${path}.${name}`))
  const [first] = value
  return typeof first === 'object' && first !== null && !isList(first) ? fieldsOf(first, `${path}[]`) : [path]
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value)
