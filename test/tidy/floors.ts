/** Which way imports may go. A folder may import from any lower floor; folders on one floor do not know each other. */
import { isTest, type Source } from './source.ts'

export const FLOORS: Readonly<Record<string, number>> = {
  core: 0,
  domain: 1,
  math: 1,
  market: 2,
  strategy: 3,
  portfolio: 3,
  execution: 3,
  risk: 3,
  kernel: 4,
  sim: 5,
  exchange: 5,
  storage: 5,
  backtest: 6,
  paper: 6,
  live: 6,
  dashboard: 6,
  data: 6,
  research: 7,
  cli: 8,
}

/** `src/index.ts`, the public entry: it sees everybody, and nobody sees it. */
const ENTRY = 'src/index.ts'

const folderOf = (path: string): string => path.split('/')[1]

/** Time, chance, environment and waiting are outside of these. */
export const isPure = ({ path }: Source): boolean =>
  path.startsWith('src/') && (FLOORS[folderOf(path)] <= 4 || folderOf(path) === 'sim')

export function upwardImports(files: readonly Source[]): readonly string[] {
  return files.flatMap((file) =>
    file.imports.filter(({ own }) => own).flatMap(({ to, line }) => upward(file, to, `${file.path}:${line}`)),
  )
}

function upward(file: Source, to: string, at: string): readonly string[] {
  if (!to.startsWith('src/')) {
    if (isTest(file)) return []
    return /^(test|bench)\//.test(to) ? [`${at} a source file imports ${to}`] : []
  }
  if (to === ENTRY) return [`${at} imports the public entry: import the file itself`]
  if (file.path === ENTRY) return []
  const [from, target] = [folderOf(file.path), folderOf(to)]
  if (!(from in FLOORS)) return [`${at} ${from} is no folder of the floors table`]
  if (!(target in FLOORS)) return [`${at} ${target} is no folder of the floors table`]
  if (from === target || FLOORS[target] < FLOORS[from]) return []
  return [`${at} ${from} (floor ${FLOORS[from]}) imports ${target} (floor ${FLOORS[target]})`]
}

/** Files that import each other in a ring, each ring once, types included. */
export function cycles(files: readonly Source[]): readonly string[] {
  const targets = new Map(files.map((file) => [file.path, file.imports.filter(({ own }) => own).map(({ to }) => to)]))
  const state = new Map<string, 'open' | 'closed'>()
  const found: string[] = []
  const visit = (path: string, trail: readonly string[]): void => {
    if (state.get(path) === 'closed' || !targets.has(path)) return
    if (state.get(path) === 'open') {
      found.push([...trail.slice(trail.indexOf(path)), path].join(' -> '))
      return
    }
    state.set(path, 'open')
    for (const target of targets.get(path) ?? []) visit(target, [...trail, path])
    state.set(path, 'closed')
  }
  for (const path of targets.keys()) visit(path, [])
  return found
}

/** Source files that no root leads to. Tests and benchmarks are no roots: what only they use, nobody uses. */
export function orphans(files: readonly Source[], roots: readonly string[]): readonly string[] {
  const byPath = new Map(files.map((file) => [file.path, file]))
  const reached = new Set<string>()
  const waiting = [...roots]
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    if (reached.has(path)) continue
    reached.add(path)
    for (const { to, own } of byPath.get(path)?.imports ?? []) if (own) waiting.push(to)
  }
  return files
    .filter((file) => file.path.startsWith('src/') && !isTest(file) && !reached.has(file.path))
    .map(({ path }) => `${path} is imported by nobody`)
}

/** Own imports that name no file. */
export function missing(files: readonly Source[], exists: (path: string) => boolean): readonly string[] {
  return files.flatMap((file) =>
    file.imports
      .filter(({ own, to }) => own && !exists(to))
      .map(({ to, line }) => `${file.path}:${line} imports ${to}, which does not exist`),
  )
}
