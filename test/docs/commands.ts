/**
 * The commands on the pages, executed as they stand there, in folders where a reader would work. Runs shells and the command
 * line in this process.
 */
import { execFile, execFileSync } from 'node:child_process'
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect } from 'vitest'
import { type Ran, runCommand } from '../setup/command-line.ts'
import { commandLines, root } from './pages.ts'
import type { Block, Page } from './pages.ts'

/** Whose commands are run with every change; the others have a stage of their own. */
export const FIRST_PAGES: readonly string[] = ['README.md', 'docs/first-strategy.md']

/** Run once, for all pages. */
const MAKE_BARS = 'node_modules/.bin/node examples/make-bars.ts made-up'

export const slugOf = ({ path }: Page): string => path.replace(/\W/g, '-')

/** A folder for each page below `folder`, with its files: no package.json, no types; and made-up bars for all of them. */
export function preparePages(folder: string, pages: readonly Page[]): void {
  const shared = join(folder, 'shared')
  for (const place of [shared, ...pages.map((page) => join(folder, slugOf(page)))]) {
    mkdirSync(place)
    for (const name of ['autotrading', 'examples', 'node_modules']) symlinkSync(join(root, name), join(place, name))
    if (place !== shared) symlinkSync(join(shared, 'made-up'), join(place, 'made-up'))
  }
  execFileSync('sh', ['-c', MAKE_BARS], { cwd: shared })
  for (const page of pages) writeBlocks(page, join(folder, slugOf(page)))
}

export function writeBlocks(page: Page, to: string): void {
  for (const block of page.blocks) {
    const name = fileNameOf(block)
    if (name === undefined) continue
    mkdirSync(dirname(join(to, name)), { recursive: true })
    writeFileSync(join(to, name), block.text)
  }
}

/** TypeScript without a name is a file of its own; other blocks are files only when they are named. */
export function fileNameOf({ language, info, line }: Block): string | undefined {
  if (language === 'ts') return info === '' ? `block-${line}.ts` : info
  return language === 'yaml' && info !== '' ? info : undefined
}

const shell = (line: string, cwd: string): Promise<Ran> =>
  new Promise((done) => {
    const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('AUTOTRADING_')))
    execFile('sh', ['-euc', line], { cwd, env, maxBuffer: 2 ** 26 }, (error, stdout, stderr) =>
      done({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1, stdout, stderr }),
    )
  })

/** A line that needs a shell gets one, and a process; the others do without, which is several times faster. */
function command(line: string, cwd: string): Promise<Ran> {
  const plain = /^\.\/autotrading ([^|<>;&$`'"\\*]+)$/.exec(line)
  return plain === null ? shell(line, cwd) : runCommand(plain[1].trim().split(/\s+/), { cwd })
}

const isShell = ({ language }: Block): boolean => language === 'sh'

export const hasCommands = ({ blocks }: Page): boolean => blocks.some(isShell)

/** Every command line of a page, one after the other; each must end as the page says. */
export async function runCommandsOf(page: Page, cwd: string): Promise<void> {
  for (const [i, block] of page.blocks.entries()) {
    if (!isShell(block) || block.info.startsWith('no-run: ') || block.text.trim() === MAKE_BARS) continue
    const expected = Number(/^exit=(\d+)$/.exec(block.info)?.[1] ?? 0)
    expect(block.info, `line ${block.line}: what is '${block.info}'?`).toBe(expected === 0 ? '' : `exit=${expected}`)
    const lines = commandLines(block)
    for (const [at, line] of lines.entries()) {
      const last = at === lines.length - 1
      const { code, stderr } = await command(line, cwd)
      expect(code, `line ${block.line}, ${line}: ${stderr}`).toBe(last ? expected : 0)
      const next = page.blocks.at(i + 1)
      if (last && expected !== 0 && next?.language === 'text')
        expect(stderr.replaceAll(`${cwd}/`, '')).toContain(next.text.trim())
    }
  }
}
