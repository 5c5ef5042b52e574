/**
 * What a strategy may not touch, watched: files, network, clock, chance, environment, timers, other programs, native code.
 *
 * Patches the objects of this thread for good, so it belongs into a worker thread that does nothing else. A call counts when a
 * frame of the strategy's own files is on the stack; it then goes on, so that what comes of it can be seen: chance and clock with
 * a fixed answer, files with the contents of the future that is being tried.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { registerHooks, syncBuiltinESMExports } from 'node:module'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gunzipSync, gzipSync } from 'node:zlib'
import { changeCsv } from './csv-change.ts'
import type { Change } from './change.ts'

export type OffenceKind =
  | 'reads-files'
  | 'uses-network'
  | 'asks-clock'
  | 'draws-chance'
  | 'asks-environment'
  | 'waits'
  | 'starts-programs'
  | 'native-code'
  | 'global-state'

export interface Offence {
  readonly kind: OffenceKind
  /** What was called, with what: `readFileSync('prices.csv')`. */
  readonly what: string
  /** Where in the strategy's files: `strategy.ts:12`. */
  readonly at: string
}

const root = fileURLToPath(new URL('../../..', import.meta.url))
const OURS = [join(root, 'src/'), join(root, 'dist/'), join(root, 'node_modules/')]
/** Files of ours that are strategies are held to the same. */
const HOUSE = [join(root, 'src/strategy/strategies/'), join(root, 'dist/strategy/strategies/')]

/** Whether a path belongs to the strategy and not to this program, its libraries or Node. */
export function isOfStrategy(path: string): boolean {
  if (!path.startsWith('/') && !/^[A-Za-z]:[/\\]/.test(path)) return false
  if (HOUSE.some((folder) => path.startsWith(folder))) return true
  return !OURS.some((folder) => path.startsWith(folder)) && !/[/\\]node_modules[/\\](piscina|autotrading)[/\\]/.test(path)
}

/** Offences of one kind after which the next one is taken for another. */
const ENOUGH = 20

export class Guard {
  readonly #found = new Map<string, Offence>()
  readonly #counts = new Map<OffenceKind, number>()
  readonly #folder: string
  readonly #changed = new Map<string, string>()
  #change: Change | undefined
  #copies = 0
  #chance = 0
  #inside = false

  /** `folder`: where copies of files may be written. */
  constructor(folder: string) {
    this.#folder = folder
    this.#watchFiles()
    this.#watchNetworkAndPrograms()
    this.#watchClock()
    this.#watchChance()
    this.#watchEnvironment()
    this.#watchTimers()
    this.#watchModules()
    // Dozens of runs would each repeat what the strategy prints, and stdout belongs to the document.
    process.stdout.write = () => true
  }

  /** Begins a task. In its runs files have another future, or none. */
  begin(change: Change | undefined): void {
    this.#change = change
    this.#changed.clear()
    this.#found.clear()
    this.#counts.clear()
    this.resetChance()
  }

  resetChance(): void {
    this.#chance = 1
  }

  offences(): readonly Offence[] {
    return [...this.#found.values()]
  }

  /** Notes what was called if the strategy is who called it; says so. */
  note(kind: OffenceKind, what: string): boolean {
    const count = this.#counts.get(kind) ?? 0
    // Nobody else here draws or asks that often, and looking at the stack each time is slow.
    if (count > ENOUGH && (kind === 'draws-chance' || kind === 'asks-clock')) return true
    const at = frameOfStrategy(kind)
    if (at === undefined) return false
    this.#counts.set(kind, count + 1)
    const key = `${kind} ${what} ${at}`
    if (this.#found.size < 50 && !this.#found.has(key)) this.#found.set(key, { kind, what, at })
    return true
  }

  /** New names on `globalThis`: memory that no snapshot has. They are taken away, so that the next run does not find them. */
  clearGlobals(known: ReadonlySet<PropertyKey>, where: string): void {
    for (const key of Reflect.ownKeys(globalThis)) {
      if (known.has(key)) continue
      const what = `globalThis.${String(key)}`
      this.#found.set(what, { kind: 'global-state', what, at: where })
      Reflect.deleteProperty(globalThis, key)
    }
  }

  #watchFiles(): void {
    for (const name of ['fs', 'fs/promises'] as const) {
      const module = builtin(name)
      for (const key of Object.keys(module)) this.#watch(module, key, 'reads-files', (args) => this.#redirected(key, args))
    }
    this.#watchClass(builtin('sqlite'), 'DatabaseSync', 'reads-files')
    syncBuiltinESMExports()
  }

  #watchNetworkAndPrograms(): void {
    const calls: readonly (readonly [string, OffenceKind, readonly string[]])[] = [
      ['net', 'uses-network', ['connect', 'createConnection', 'createServer']],
      ['tls', 'uses-network', ['connect']],
      ['http', 'uses-network', ['request', 'get', 'createServer']],
      ['https', 'uses-network', ['request', 'get']],
      ['http2', 'uses-network', ['connect']],
      ['dgram', 'uses-network', ['createSocket']],
      ['dns', 'uses-network', ['lookup', 'resolve', 'resolve4', 'resolve6']],
      ['child_process', 'starts-programs', ['spawn', 'spawnSync', 'exec', 'execSync', 'execFile', 'execFileSync', 'fork']],
    ]
    for (const [name, kind, keys] of calls) {
      const module = builtin(name)
      for (const key of keys) this.#watch(module, key, kind)
    }
    this.#watchClass(builtin('worker_threads'), 'Worker', 'starts-programs')
    this.#watchClass(builtin('net'), 'Socket', 'uses-network')
    const world = globalThis as unknown as Record<string, unknown>
    this.#watch(world, 'fetch', 'uses-network')
    for (const name of ['WebSocket', 'EventSource']) this.#watchClass(world, name, 'uses-network')
    this.#watch(process as unknown as Record<string, unknown>, 'dlopen', 'native-code')
    this.#watch(process as unknown as Record<string, unknown>, 'binding', 'native-code')
    syncBuiltinESMExports()
  }

  #watchClock(): void {
    const real = Date
    /** Within the life of any data; what matters is that it is always the same. */
    const fixed = real.UTC(2020, 0, 1)
    const asked = (what: string): boolean => this.note('asks-clock', what)
    globalThis.Date = new Proxy(real, {
      construct: (target, args: [], newTarget) =>
        Reflect.construct(target, args.length === 0 && asked('new Date()') ? [fixed] : args, newTarget) as object, // ambient-ok: the real clock, for everybody but the strategy
      apply: (target) => (asked('Date()') ? new real(fixed).toString() : target()),
      get: (target, key, receiver): unknown =>
        key === 'now' ? () => (asked('Date.now()') ? fixed : real.now()) : Reflect.get(target, key, receiver), // ambient-ok: the real clock, for everybody but the strategy
    })
    real.prototype.constructor = globalThis.Date
    const now = performance.now.bind(performance)
    performance.now = () => (asked('performance.now()') ? 0 : now()) // ambient-ok: the real clock, for everybody but the strategy
    const { hrtime } = process
    const watched = ((time?: [number, number]) => (asked('process.hrtime()') ? [0, 0] : hrtime(time))) as typeof hrtime
    watched.bigint = () => (asked('process.hrtime.bigint()') ? 0n : hrtime.bigint())
    process.hrtime = watched
    this.#watch(process as unknown as Record<string, unknown>, 'uptime', 'asks-clock')
  }

  #watchChance(): void {
    const random = Math.random
    Math.random = () => {
      if (!this.note('draws-chance', 'Math.random()')) return random() // ambient-ok: real chance, for everybody but the strategy
      this.#chance = (Math.imul(this.#chance, 1_103_515_245) + 12_345) & 0x7fff_ffff
      return this.#chance / 0x8000_0000
    }
    const module = builtin('crypto')
    for (const key of ['randomBytes', 'randomInt', 'randomUUID', 'randomFill', 'randomFillSync', 'getRandomValues'])
      this.#watch(module, key, 'draws-chance')
    const web = crypto as unknown as Record<string, unknown>
    for (const key of ['randomUUID', 'getRandomValues']) this.#watch(web, key, 'draws-chance')
    syncBuiltinESMExports()
  }

  #watchEnvironment(): void {
    const ask = (key: PropertyKey): boolean => this.note('asks-environment', `process.env.${String(key)}`)
    process.env = new Proxy(process.env, {
      get: (target, key): unknown => (ask(key), Reflect.get(target, key)),
      has: (target, key) => (ask(key), Reflect.has(target, key)),
      set: (target, key, value) => (ask(key), Reflect.set(target, key, value)),
      ownKeys: (target) => (ask('*'), Reflect.ownKeys(target)),
    })
  }

  #watchTimers(): void {
    const worlds = [globalThis as unknown as Record<string, unknown>, builtin('timers'), builtin('timers/promises')]
    for (const world of worlds)
      for (const key of ['setTimeout', 'setInterval', 'setImmediate'])
        if (typeof world[key] === 'function') this.#watch(world, key, 'waits')
    syncBuiltinESMExports()
  }

  /**
   * Files that the strategy imports share its query, so that another query is another instance of all of them; what is no code is
   * noted.
   */
  #watchModules(): void {
    registerHooks({
      resolve: (specifier, context, next) => {
        const resolved = next(specifier, context)
        const query = /\?run=\d+$/.exec(context.parentURL ?? '')?.[0]
        const own = resolved.url.startsWith('file:') && isOfStrategy(fileURLToPath(resolved.url))
        if (query === undefined || !own || resolved.url.includes('?') || !/\.([mc]?[jt]s|json)$/.test(resolved.url))
          return resolved
        return /[/\\]node_modules[/\\]|\.c[jt]s$/.test(resolved.url) ? resolved : { ...resolved, url: resolved.url + query }
      },
      load: (url, context, next) => {
        if (url.startsWith('file:') && isOfStrategy(fileURLToPath(url)) && /\.(json|wasm|node|txt|csv)(\?|$)/.test(url)) {
          const path = fileURLToPath(url)
          const kind = path.endsWith('.node') ? 'native-code' : 'reads-files'
          this.#found.set(url, { kind, what: `import '${basename(path)}'`, at: 'an import' })
        }
        return next(url, context)
      },
    })
  }

  #watch(owner: Record<string, unknown>, key: string, kind: OffenceKind, redirect = (args: unknown[]) => args): void {
    const real = owner[key]
    if (typeof real !== 'function' || /^[A-Z_]/.test(key)) return
    const apply = (target: typeof real, self: unknown, args: unknown[]): unknown => {
      if (this.#inside) return Reflect.apply(target, self, args)
      // What Node itself calls to answer the call is not another one.
      this.#inside = true
      try {
        const noted = this.note(kind, `${key}(${shownArgument(args[0])})`)
        return Reflect.apply(target, self, noted ? redirect(args) : args)
      } finally {
        this.#inside = false
      }
    }
    // One that cannot be replaced stays as it is.
    Reflect.defineProperty(owner, key, {
      value: new Proxy(real, { apply }),
      writable: true,
      configurable: true,
      enumerable: true,
    })
  }

  #watchClass(owner: Record<string, unknown>, key: string, kind: OffenceKind): void {
    const real = owner[key]
    if (typeof real !== 'function') return
    const construct = (target: object, args: unknown[], newTarget: object): object => {
      this.note(kind, `new ${key}(${shownArgument(args[0])})`)
      return Reflect.construct(target as new () => object, args, newTarget as new () => object) as object
    }
    const value = new Proxy(real, { construct })
    Object.defineProperty(owner, key, { value, writable: true, configurable: true, enumerable: false })
  }

  /** The arguments with the path of a copy whose future is the one that is being tried. */
  #redirected(key: string, args: unknown[]): unknown[] {
    if (this.#change === undefined || !/^(readFile|open|createReadStream|copyFile|cp)/.test(key)) return args
    const [path, ...rest] = args
    const file = typeof path === 'string' ? path : path instanceof URL ? fileURLToPath(path) : undefined
    const copy = file === undefined ? undefined : this.#copyOf(file, this.#change)
    return copy === undefined ? args : [copy, ...rest]
  }

  #copyOf(file: string, change: Change): string | undefined {
    const known = this.#changed.get(file)
    if (known !== undefined) return known
    let bytes: Uint8Array
    try {
      bytes = readFileSync(file)
    } catch {
      return undefined
    }
    const packed = bytes[0] === 0x1f && bytes[1] === 0x8b
    const text = changeCsv((packed ? gunzipSync(bytes) : Buffer.from(bytes)).toString('utf8'), file, change)
    if (text === undefined) return undefined
    const copy = join(this.#folder, `${this.#copies++ % 64}-${basename(file)}`)
    writeFileSync(copy, packed ? gzipSync(text, { level: 1 }) : text)
    this.#changed.set(file, copy)
    return copy
  }
}

/** The object that all ways to a module of Node lead to. */
function builtin(name: string): Record<string, unknown> {
  return process.getBuiltinModule(`node:${name}`) as unknown as Record<string, unknown>
}

function shownArgument(value: unknown): string {
  if (typeof value === 'string') return `'${value.length > 80 ? `…${value.slice(-79)}` : value}'`
  if (value instanceof URL) return `'${value.pathname}'`
  return value === undefined ? '' : typeof value === 'number' ? String(value) : '…'
}

const PLACE = /file:\/\/|node:|(?<=[( ])\/|(?<=[( ])[A-Za-z]:[/\\]/
const POSITION = /(?:\?[^:]*)?:(\d+):\d+\)?$/
const OWN = fileURLToPath(import.meta.url)

/** `at f (file:///a/b.ts?run=1:12:5)` to the path and the line. */
function placeOf(line: string): { readonly path: string; readonly row: string } | undefined {
  const start = line.search(PLACE)
  const position = POSITION.exec(line)
  if (start < 0 || position === null) return undefined
  const where = line.slice(start, position.index)
  return { path: where.startsWith('file:') ? fileURLToPath(where) : where, row: position[1] }
}

const ASKED_BY_NODE: ReadonlySet<OffenceKind> = new Set(['asks-clock', 'draws-chance', 'asks-environment', 'waits'])

/** The nearest frame of the strategy's files as `file.ts:12`; undefined when it is not on the stack, or Node only loads its modules. */
function frameOfStrategy(kind: OffenceKind): string | undefined {
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = 60
  const stack = new Error('stack').stack ?? ''
  Error.stackTraceLimit = limit
  let nearest: string | undefined
  for (const line of stack.split('\n').slice(1)) {
    const place = placeOf(line)
    if (place === undefined || place.path === OWN) continue
    nearest ??= place.path
    if (!isOfStrategy(place.path)) continue
    // Node reads the modules that the strategy imports, and looks at clock and environment for purposes of its own.
    if (/^node:internal\/(modules|process\/esm)/.test(nearest)) return undefined
    if (ASKED_BY_NODE.has(kind) && nearest.startsWith('node:')) return undefined
    // Libraries look at their surroundings when they are loaded.
    if (kind === 'asks-environment' && /[/\\]node_modules[/\\]/.test(place.path)) return undefined
    return `${basename(place.path)}:${place.row}`
  }
  return undefined
}
