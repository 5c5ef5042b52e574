/** The project's files as the tidy rules read them: parsed, with what each imports. Reads the working tree. */
import { readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import ts from 'typescript'

export interface Source {
  /** From the root of the project, with slashes: `src/core/time.ts`. */
  readonly path: string
  readonly text: string
  readonly lines: readonly string[]
  readonly tree: ts.SourceFile
  readonly imports: readonly Import[]
}

export interface Import {
  /** The path of an own file, or the name of a package. */
  readonly to: string
  readonly own: boolean
  /** From 1. */
  readonly line: number
}

export function parse(path: string, text: string): Source {
  const tree = ts.createSourceFile(
    path,
    text,
    ts.ScriptTarget.Latest,
    true,
    path.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS,
  )
  return { path, text, lines: text.split('\n'), tree, imports: importsOf(path, tree) }
}

export const isTest = ({ path }: Source): boolean => /\.(test|e2e|bench)\.tsx?$/.test(path)

export const lineOf = (source: Source, node: ts.Node): number =>
  source.tree.getLineAndCharacterOfPosition(node.getStart(source.tree)).line + 1

export function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node)
  ts.forEachChild(node, (child) => walk(child, visit))
}

/** Static, type-only, dynamic and re-exporting imports, types written as `import('…')`, and files named by `new URL('…', import.meta.url)` (workers). */
function importsOf(path: string, tree: ts.SourceFile): readonly Import[] {
  const found: Import[] = []
  walk(tree, (node) => {
    const name = importedName(node)
    if (name === undefined) return
    const own = name.startsWith('.')
    const line = tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1
    found.push({ to: own ? posix.normalize(posix.join(posix.dirname(path), name)) : name, own, line })
  })
  return found
}

function importedName(node: ts.Node): string | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return literal(node.moduleSpecifier)
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) return literal(node.arguments[0])
  if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) return literal(node.argument.literal)
  if (ts.isNewExpression(node) && node.expression.getText() === 'URL' && node.arguments?.[1]?.getText() === 'import.meta.url') {
    const name = literal(node.arguments[0])
    return name !== undefined && /\.[jt]sx?$/.test(name) ? name : undefined
  }
  return undefined
}

const literal = (node: ts.Node | undefined): string | undefined =>
  node !== undefined && ts.isStringLiteralLike(node) ? node.text : undefined

const NOT_OURS = new Set(['node_modules', 'dist', 'coverage', '.git', 'results', '.autotrading', '.autotrading-set-up'])

/** All files of the project below `folder`, without what is generated or installed. */
export function filesBelow(root: string, folder = ''): readonly string[] {
  const found: string[] = []
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    if (NOT_OURS.has(entry.name)) continue
    const path = posix.join(folder, entry.name)
    if (entry.isDirectory()) found.push(...filesBelow(root, path))
    else if (entry.isFile()) found.push(path)
  }
  return found.sort()
}

export const parseFile = (root: string, path: string): Source => parse(path, readFileSync(join(root, path), 'utf8'))
