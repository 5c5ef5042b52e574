/** What may not stand in a file. Each rule takes parsed files and returns its findings as `path:line what`. */
import ts from 'typescript'
import { isPure } from './floors.ts'
import { isTest, lineOf, walk, type Source } from './source.ts'

type Judge = (node: ts.Node) => string | undefined

/** Every node of the files that `judge` has something against, unless its line carries `// <mark>: reason`. */
function findings(files: readonly Source[], judge: Judge, mark?: string): readonly string[] {
  const excused = mark === undefined ? undefined : new RegExp(`// ${mark}: \\S`)
  const found = files.flatMap((file) => {
    const rows: string[] = []
    walk(file.tree, (node) => {
      const what = judge(node)
      if (what === undefined) return
      const line = lineOf(file, node)
      if (excused?.test(file.lines[line - 1]) !== true) rows.push(`${file.path}:${line} ${what}`)
    })
    return rows
  })
  return [...new Set(found)]
}

// ---- Ambient time, chance, environment, waiting --------------------------------------------------------------------------

const TIMERS = new Set(['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'])
const AMBIENT_OBJECTS = new Set(['process', 'performance', 'globalThis', 'navigator'])
const AMBIENT_MEMBERS = new Set([
  'Date.now',
  'Math.random',
  'crypto.randomUUID',
  'crypto.getRandomValues',
  'crypto.randomBytes',
  'crypto.randomInt',
])
const AMBIENT_NAMES = /^random(UUID|Bytes|Int|Fill|FillSync)$/
/** What of Node only computes. */
const PURE_MODULES = new Set(['node:buffer', 'node:crypto', 'node:assert', 'node:util'])

export const ambient = (files: readonly Source[]): readonly string[] =>
  findings(
    files.filter((file) => isPure(file) && !isTest(file)),
    ambientNode,
    'ambient-ok',
  )

function ambientNode(node: ts.Node): string | undefined {
  if (ts.isPropertyAccessExpression(node)) return ambientMember(node)
  if (ts.isIdentifier(node)) return ambientIdentifier(node)
  if (ts.isNewExpression(node) && node.expression.getText() === 'Date') return 'new Date'
  if (ts.isCallExpression(node) && node.expression.getText() === 'Date') return 'Date()'
  if (ts.isForInStatement(node)) return 'for..in: its order is nobody’s decision'
  if (ts.isAwaitExpression(node) || (ts.isForOfStatement(node) && node.awaitModifier !== undefined)) return 'await'
  if (node.kind === ts.SyntaxKind.AsyncKeyword) return 'async'
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) return 'import() waits'
  if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
    const { text } = node.moduleSpecifier
    if (text.startsWith('node:') && !PURE_MODULES.has(text) && node.importClause?.isTypeOnly !== true) return `imports ${text}`
  }
  return undefined
}

function ambientMember(node: ts.PropertyAccessExpression): string | undefined {
  const text = `${node.expression.getText()}.${node.name.text}`
  if (AMBIENT_MEMBERS.has(text)) return text
  if (/^toLocale|^localeCompare$/.test(node.name.text)) return `${node.name.text} depends on the machine's language`
  return undefined
}

function ambientIdentifier(node: ts.Identifier): string | undefined {
  if (isMemberName(node)) return undefined
  if (node.text === 'Promise' || TIMERS.has(node.text) || AMBIENT_OBJECTS.has(node.text) || AMBIENT_NAMES.test(node.text))
    return node.text
  return undefined
}

/** `x.process`, `{ process: 1 }` and declarations of members only share the name. */
function isMemberName(node: ts.Identifier): boolean {
  const { parent } = node
  if (ts.isPropertyAccessExpression(parent) || ts.isQualifiedName(parent))
    return (ts.isPropertyAccessExpression(parent) ? parent.name : parent.right) === node
  return (
    (ts.isPropertyAssignment(parent) ||
      ts.isPropertySignature(parent) ||
      ts.isPropertyDeclaration(parent) ||
      ts.isMethodDeclaration(parent) ||
      ts.isMethodSignature(parent)) &&
    parent.name === node
  )
}

// ---- Mathematics whose last digit depends on the machine -----------------------------------------------------------------

const INEXACT = /^(a?(sin|cos|tan)h?|atan2|exp|expm1|log|log1p|log2|log10|pow|cbrt|hypot)$/
/** Where such results are models and statistics, never decisions to the last digit. */
const FLOAT_PLACES = /^src\/(math|market\/indicators|core\/random)/

export const inexactMath = (files: readonly Source[]): readonly string[] =>
  findings(
    files.filter((file) => isPure(file) && !isTest(file) && !FLOAT_PLACES.test(file.path)),
    inexactNode,
    'float-ok',
  )

function inexactNode(node: ts.Node): string | undefined {
  if (ts.isPropertyAccessExpression(node) && node.expression.getText() === 'Math' && INEXACT.test(node.name.text))
    return `Math.${node.name.text}`
  if (!ts.isBinaryExpression(node)) return undefined
  const { kind } = node.operatorToken
  if (kind !== ts.SyntaxKind.AsteriskAsteriskToken && kind !== ts.SyntaxKind.AsteriskAsteriskEqualsToken) return undefined
  // Literals are computed once by the parser; a bigint power is exact.
  const exact = (isNumber(node.left) && isNumber(node.right)) || ts.isBigIntLiteral(node.left)
  return exact ? undefined : '** on a variable'
}

const isNumber = (node: ts.Node): boolean =>
  ts.isNumericLiteral(node) || (ts.isPrefixUnaryExpression(node) && ts.isNumericLiteral(node.operand))

// ---- Doors and modes -----------------------------------------------------------------------------------------------------

const DOORS = new Set(['src/risk/risk-controller.ts', 'src/risk/reduce-only-door.ts'])

/** Who makes an `Approved`: the two doors, and tests that stand in for them. */
export const approvals = (files: readonly Source[]): readonly string[] =>
  findings(
    files.filter((file) => file.path.startsWith('src/') && !isTest(file) && !DOORS.has(file.path)),
    (node) =>
      (ts.isAsExpression(node) || ts.isTypeAssertionExpression(node)) && /\bApproved\b/.test(node.type.getText())
        ? 'as Approved, outside the two doors'
        : undefined,
  )

export const modes = (files: readonly Source[]): readonly string[] =>
  findings(
    files.filter((file) => file.path.startsWith('src/') && !file.path.startsWith('src/cli/') && !isTest(file)),
    modeNode,
  )

const COMPARISONS = new Set([
  ts.SyntaxKind.EqualsEqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsEqualsToken,
  ts.SyntaxKind.EqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsToken,
])

function modeNode(node: ts.Node): string | undefined {
  if (ts.isIdentifier(node) && /^is(Live|Paper|Backtest|Backtesting|Replay)(Mode)?$/.test(node.text))
    return `${node.text}: nobody outside cli asks which world this is`
  const asked =
    (ts.isBinaryExpression(node) && COMPARISONS.has(node.operatorToken.kind) && (isMode(node.left) || isMode(node.right))) ||
    (ts.isSwitchStatement(node) && isMode(node.expression))
  return asked ? 'asks for a mode' : undefined
}

const isMode = (node: ts.Node): boolean => /^(.*\.)?#?mode$/.test(node.getText())

// ---- Files, names, words -------------------------------------------------------------------------------------------------

export const withoutDocComment = (files: readonly Source[]): readonly string[] =>
  files
    .filter((file) => !isTest(file) && !/^(#!.*\n)?\/\*\*/.test(file.text))
    .map(({ path }) => `${path} does not begin with a doc comment`)

const DRAWER = /^(.+-)?(utils?|helpers?|services?|managers|common|misc)$/

export const drawers = (paths: readonly string[]): readonly string[] =>
  paths
    .filter((path) => path.split('/').some((part) => DRAWER.test(part.replace(/\..*$/, ''))))
    .map((path) => `${path} is a drawer: name it after what it holds`)

export interface Text {
  readonly path: string
  readonly text: string
}

/** Folders of one machine, hosts of package registries, numbers of tickets: they mean nothing to a reader elsewhere. */
const WORKPLACE = /(^|[^\w.~-])\/(work|farm)\/[\w.]|\bregistry\.[a-z]+\.[a-z]+|\bdeb\.[a-z]+\.org|\bissue #?\d+/i

const UNFINISHED =
  /\b(it|test|describe)\.(skip|only|todo|fails)\b|\b(TODO|FIXME|XXX)\b|@ts-(ignore|nocheck)|(eslint|oxlint|biome)-(disable|ignore)/

export const workplace = (texts: readonly Text[]): readonly string[] => matching(texts, WORKPLACE)
export const unfinished = (texts: readonly Text[]): readonly string[] => matching(texts, UNFINISHED)

const matching = (texts: readonly Text[], pattern: RegExp): readonly string[] =>
  texts.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, i) => (pattern.test(line) ? [`${path}:${i + 1} ${line.trim().slice(0, 100)}`] : [])),
  )
