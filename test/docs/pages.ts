/** The pages of the documentation, taken apart: blocks of code, links, inline code, headings. Reads the README and docs/. */
import { readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('../..', import.meta.url))

export interface Block {
  readonly language: string
  /** What stands after the language: a file name, `no-run: reason`, `exit=2`. */
  readonly info: string
  readonly text: string
  /** Of the fence, from 1. */
  readonly line: number
}

export interface Page {
  /** From the root of the project. */
  readonly path: string
  readonly text: string
  readonly blocks: readonly Block[]
  /** Text outside of blocks. */
  readonly prose: string
}

const FENCE = /^```(\w*)[ \t]*([^\n]*)\n([\s\S]*?)^```$/gm

export function pageOf(path: string, text: string): Page {
  const blocks = [...text.matchAll(FENCE)].map((match): Block => {
    const [, language, info, code] = match
    return { language, info: info.trim(), text: code, line: text.slice(0, match.index).split('\n').length }
  })
  return { path, text, blocks, prose: text.replace(FENCE, '') }
}

export function allPages(): readonly Page[] {
  const docs = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
  const paths = docs.filter((path) => path.endsWith('.md')).map((path) => posix.join('docs', path.replaceAll('\\', '/')))
  return ['README.md', ...paths.sort()].map((path) => pageOf(path, readFileSync(join(root, path), 'utf8')))
}

/** Code between single backticks. */
export const inlineCode = ({ prose }: Page): readonly string[] => [...prose.matchAll(/`([^`\n]+)`/g)].map(([, code]) => code)

/** Targets of links and pictures. */
export const linksOf = ({ prose }: Page): readonly string[] => [...prose.matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target)

/** Anchors of the headings, as a forge makes them. */
export const anchorsOf = ({ prose }: Page): readonly string[] =>
  [...prose.matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
    title
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  )

/** The commands of a block of sh: lines with their continuations, comments dropped. */
export const commandLines = ({ text }: Block): readonly string[] =>
  text
    .replaceAll('\\\n', ' ')
    .split('\n')
    .map((line) => line.replace(/\s#.*$/, '').trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
