/**
 * The table of `docs/mathematics.md`: every function of the mathematics with the first sentence of its docstring, its source, and the
 * golden files by which it is checked. Read from the code itself, so that it cannot say anything else.
 *
 * Reads `src/math` and `test/golden`.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'

const root = fileURLToPath(new URL('..', import.meta.url))

export interface MathFunction {
  readonly subject: string
  readonly name: string
  /** From the root of the project. */
  readonly path: string
  readonly definition: string
  readonly source: string
  /** Names of golden files whose map calls it. */
  readonly golden: readonly string[]
}

/** What a subject is about: the doc comment of its index. */
export interface MathSubject {
  readonly name: string
  readonly about: string
  readonly functions: readonly MathFunction[]
}

const parse = (path: string): ts.SourceFile =>
  ts.createSourceFile(path, readFileSync(join(root, path), 'utf8'), ts.ScriptTarget.Latest, true)

/** The text of a doc comment as one line. */
const plain = (comment: string): string =>
  comment
    .replace(/^\/\*\*|\*\/$/g, '')
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, '').trim())
    .join(' ')
    .replace(/\s+/g, ' ')
    .trim()

/** The last doc comment before a node, whole. */
function docOf(node: ts.Node, file: ts.SourceFile): string {
  const ranges = ts.getLeadingCommentRanges(file.text, node.getFullStart()) ?? []
  const last = ranges.map(({ pos, end }) => file.text.slice(pos, end)).findLast((text) => text.startsWith('/**'))
  return last ?? ''
}

const headOf = (file: ts.SourceFile): string => /^\/\*\*[\s\S]*?\*\//.exec(file.text)?.[0] ?? ''

/** `Source: …` or `Sources: …` of a doc comment, up to its end, a tag or an empty line. */
function sourceIn(comment: string): string {
  const found = /Sources?:([\s\S]*?)(?=\n\s*\*\s*(?:@|$|\n)|\*\/|\n\s*\*\s*Throws)/.exec(comment.replace(/\r/g, ''))?.[1]
  return found === undefined ? '' : plain(found)
}

/** The first sentence: up to a full stop before a space and a capital, or a colon at the end of a line; tags and sources left out. */
export function firstSentence(comment: string): string {
  const text = plain(comment.replace(/\n\s*\*\s*@[\s\S]*$/, ''))
    .replace(/Sources?:.*$/, '')
    .replace(/Throws MathError.*$/, '')
    .trim()
  const end = /(?<!\b(?:e\.g|i\.e|vs|cf|resp|approx|et al|No|Eq|[A-Z]))\.(?=\s+[A-Z`@(\d]|$)/.exec(text)
  return (end === null ? text : text.slice(0, end.index)).replace(/[;:,.]$/, '')
}

interface Found {
  readonly name: string
  readonly node: ts.Node
}

/** Which functions and classes of a file are exported, with their nodes. */
function functionsOf(file: ts.SourceFile): readonly Found[] {
  return file.statements.flatMap((node): readonly Found[] => {
    const isExported =
      ts.canHaveModifiers(node) && ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)
    if (isExported !== true) return []
    if (ts.isFunctionDeclaration(node) || ts.isClassDeclaration(node))
      return node.name === undefined ? [] : [{ name: node.name.text, node }]
    if (!ts.isVariableStatement(node)) return []
    return node.declarationList.declarations.flatMap(({ name, initializer }) => {
      const isFunction = initializer !== undefined && (ts.isArrowFunction(initializer) || ts.isFunctionExpression(initializer))
      return isFunction && ts.isIdentifier(name) ? [{ name: name.text, node }] : []
    })
  })
}

/** What an index offers: file and, where named, the names. */
function offeredBy(index: ts.SourceFile): readonly { readonly path: string; readonly names: ReadonlySet<string> | undefined }[] {
  return index.statements.filter(ts.isExportDeclaration).flatMap(({ moduleSpecifier, exportClause }) => {
    if (moduleSpecifier === undefined || !ts.isStringLiteral(moduleSpecifier)) return []
    const path = relative(root, join(root, dirname(index.fileName), moduleSpecifier.text))
    const names =
      exportClause !== undefined && ts.isNamedExports(exportClause)
        ? new Set(exportClause.elements.filter(({ isTypeOnly }) => !isTypeOnly).map(({ name }) => name.text))
        : undefined
    return [{ path, names }]
  })
}

/** Names that the map of each golden file imports from `src`, itself or through a file it shares with another map. */
function goldenImports(): ReadonlyMap<string, readonly string[]> {
  const users = new Map<string, string[]>()
  const collect = (file: string, name: string): void => {
    for (const statement of parse(file).statements) {
      if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier)) continue
      const path = relative(root, join(root, dirname(file), statement.moduleSpecifier.text))
      const named = statement.importClause?.namedBindings
      // Taken by subject: `portfolio.hierarchicalRiskParity`.
      if (path === 'src/math/index.ts')
        for (const [, subject, function_] of readFileSync(join(root, file), 'utf8').matchAll(/\b([a-z]+)\.([a-zA-Z]\w*)\b/g)) {
          const key = `${subject}.${function_}`
          users.set(key, [...(users.get(key) ?? []), name])
        }
      if (path.startsWith('test/golden/') && !/(harness|inputs)\.ts$/.test(path)) collect(path, name)
      if (!path.startsWith('src/') || named === undefined || !ts.isNamedImports(named)) continue
      for (const { propertyName, name: local } of named.elements) {
        const wanted = (propertyName ?? local).text
        const key = path.endsWith('/index.ts') ? `${path.split('/')[2]}.${wanted}` : `${path}#${wanted}`
        users.set(key, [...(users.get(key) ?? []), name])
      }
    }
  }
  const maps = readdirSync(join(root, 'test/golden')).filter((file) => file.endsWith('.ts'))
  for (const file of maps.sort())
    if (/^export const map\b/m.test(readFileSync(join(root, 'test/golden', file), 'utf8')))
      collect(`test/golden/${file}`, file.replace('.ts', ''))
  return users
}

/** The functions that an index offers, in its order; `subject` is the name of its folder. */
function functionsOffered(path: string, golden: ReadonlyMap<string, readonly string[]>): readonly MathFunction[] {
  return offeredBy(parse(path)).flatMap(({ path: file, names }) => {
    const source = parse(file)
    return functionsOf(source)
      .filter(({ name }) => names === undefined || names.has(name))
      .map(({ name, node }): MathFunction => {
        const comment = docOf(node, source)
        return {
          subject: path.split('/')[2],
          name,
          path: file,
          definition: firstSentence(comment),
          source: sourceIn(comment) || sourceIn(headOf(source)),
          golden: [
            ...new Set([...(golden.get(`${file}#${name}`) ?? []), ...(golden.get(`${path.split('/')[2]}.${name}`) ?? [])]),
          ],
        }
      })
  })
}

export function mathSubjects(): readonly MathSubject[] {
  const golden = goldenImports()
  return offeredBy(parse('src/math/index.ts'))
    .filter(({ path }) => path.endsWith('/index.ts'))
    .map(({ path }) => ({
      name: path.split('/')[2],
      about: plain(headOf(parse(path))),
      functions: functionsOffered(path, golden),
    }))
}

/** The functions of time and calendar. */
export const timeFunctions = (): readonly MathFunction[] => functionsOffered('src/core/calendar/index.ts', new Map())

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;')

/** One table a subject; a source that is the same as in the row above is a ditto mark. */
export function mathematicsTables(): string {
  return mathSubjects()
    .map(({ name, about, functions }) => {
      const rows = functions.map(({ name: title, path, definition, source, golden }, i) => {
        const said = i > 0 && functions[i - 1].source === source ? '″' : cell(source)
        return `| [\`${title}\`](../${path}) | ${cell(definition)} | ${said} | ${golden.map((each) => `\`${each}\``).join(' ')} |`
      })
      return [`## ${name}`, '', about, '', '| function | definition | source | golden file |', '|---|---|---|---|', ...rows].join(
        '\n',
      )
    })
    .join('\n\n')
}

/** One table for all of time and calendar, a heading a file. */
export function timeTables(): string {
  const functions = timeFunctions()
  return [...new Set(functions.map(({ path }) => path))]
    .map((path) => {
      const rows = functions
        .filter((each) => each.path === path)
        .map(({ name, definition }) => `| [\`${name}\`](../${path}) | ${cell(definition)} |`)
      return ['| function | what it answers |', '|---|---|', ...rows].join('\n')
    })
    .join('\n\n')
}
