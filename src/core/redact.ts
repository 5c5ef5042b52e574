/**
 * Takes secrets out of values on their way to people and files: by the name they stand under, by their value once they
 * are registered, and by how they look. What comes out is plain JSON data and shares nothing with what went in.
 *
 * Errs on the side of hiding. Pure but for the list of registered secrets.
 */
import { Buffer } from 'node:buffer'
import { InputError } from './errors.ts'

// Every repetition that could meet itself has a bound: a hostile text must not stop the program.

export const MASK = '[redacted]'

/** Secrets shorter than this cannot be found in texts without masking ordinary words. */
export const SECRET_LENGTH_MIN = 4
const DEPTH_MAX = 24
const ITEMS_MAX = 1_000

// ---- by name

/** Names are compared without case and separators: `X-MBX-APIKEY`, `api_key` and `apiKey` all contain `apikey`. */
const NAME_PARTS = [
  'secret',
  'apikey',
  'accesskey',
  'privatekey',
  'signingkey',
  'encryptionkey',
  'hmackey',
  'listenkey',
  'masterkey',
  'password',
  'passwd',
  'passphrase',
  'signature',
  'authorization',
  'cookie',
  'credential',
  'mnemonic',
  'seedphrase',
  'totp',
  'webhook',
  'sessionid',
  'connectionstring',
  'dsn',
]
const NAME_ENDS = ['token', 'tokens', 'jwt', 'otp', 'otpauth', 'pwd']
const NAMES = new Set(['auth', 'bearer', 'pin', 'pem', 'pass', 'key', 'hmac', 'sig'])

/** Whether what stands under this name is a secret. */
export function isSecretName(name: string): boolean {
  const plain = name.toLowerCase().replace(/[^a-z0-9]/g, '')
  return NAMES.has(plain) || NAME_PARTS.some((part) => plain.includes(part)) || NAME_ENDS.some((end) => plain.endsWith(end))
}

// ---- by look

/** `name=value`, `name: value`, `"name":"value"`, also escaped once more inside a text. */
const SECRET_WORDS = [
  '(?:x-mbx-)?api[-_ ]?key',
  'api[-_ ]?secret',
  'secret[-_ ]?key',
  '(?:client|app)?[-_]?secret',
  'pass(?:word|wd|phrase)',
  'signature',
  '(?:proxy-)?authorization',
  '(?:set-)?cookie',
  'private[-_ ]?key',
  'listen[-_ ]?key',
  '(?:access|refresh|id|auth|bot|session)?[-_]?token',
  'totp',
]
const ASSIGNED = /\\{0,9}["']?\s{0,9}[:=]\s{0,9}/
const QUOTED = /"(?:[^"\\]|\\[\s\S])*"?|'(?:[^'\\]|\\[\s\S])*'?|\\{1,9}"[^"]*"?|\\{1,9}'[^']*'?/
const BARE = /(?:(?:bearer|basic|digest)\s+)?(?:\[redacted\]|[^\s&,;"'}\])]+)/
const NAMED_VALUE = new RegExp(`(${SECRET_WORDS.join('|')})(${ASSIGNED.source})(?:${QUOTED.source}|${BARE.source})`, 'gi')

const LOOKS: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN ([A-Z0-9 ]*)PRIVATE KEY( BLOCK)?-----[\s\S]*?(?:-----END [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----|$)/g, MASK],
  [/\b(cookie\s*:\s*)[^\r\n"']+/gi, `$1${MASK}`],
  [/\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}/gi, `$1 ${MASK}`],
  [NAMED_VALUE, `$1$2${MASK}`],
  [/(:\/\/)[^\s/?#"'<>]*@/g, `$1${MASK}@`],
  [/(hooks\.slack\.com\/services\/|discord(?:app)?\.com\/api\/webhooks\/)[^\s"'<>]+/gi, `$1${MASK}`],
  [/(\/bot)\d+:[A-Za-z0-9_-]+/g, `$1${MASK}`],
  [/\beyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]*/g, MASK],
  [/\bAGE-SECRET-KEY-1[A-Z0-9]+/gi, MASK],
]

// ---- by value

interface Patterns {
  readonly exact: readonly RegExp[]
  readonly base64: readonly RegExp[]
}

/** The patterns that find a set of secrets in any of the forms in which texts carry them. */
export class Secrets {
  readonly #patterns = new Map<string, Patterns>()

  /** @throws InputError `secret-too-short` below four characters. */
  add(secret: string): void {
    for (const text of new Set([secret, secret.trim()])) {
      if (text.length < SECRET_LENGTH_MIN)
        throw new InputError(
          'secret-too-short',
          `A secret has ${text.length} characters; below ${SECRET_LENGTH_MIN} it cannot be kept out of the logs`,
          {
            next: `Use a secret of at least ${SECRET_LENGTH_MIN} characters.`,
          },
        )
      if (!this.#patterns.has(text)) this.#patterns.set(text, patternsOf(text))
    }
  }

  mask(text: string): string {
    if (text.length < SECRET_LENGTH_MIN) return text
    let masked = text
    for (const { exact, base64 } of this.#patterns.values()) {
      for (const pattern of exact) masked = masked.replace(pattern, MASK)
      for (const pattern of base64) masked = maskRuns(masked, pattern)
    }
    return masked
  }
}

/** The secrets of this process. */
const registered = new Secrets()

/** From now on this text, and its base64, hex, URL-encoded and escaped forms, are masked wherever they stand. */
export const registerSecret = (secret: string): void => registered.add(secret)

const quoted = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
/** Upper and lower case of hexadecimal digits. */
const anyCase = (hex: string): string => hex.replace(/[a-f]/g, (digit) => `[${digit}${digit.toUpperCase()}]`)

function patternsOf(secret: string): Patterns {
  const bytes = Buffer.from(secret, 'utf8')
  const hex = [...bytes].map((byte) => anyCase(byte.toString(16).padStart(2, '0')))
  const decimal = [...bytes].map(String)
  const exact = [Array.from(secret, spellings).join(''), hex.join('[\\s:,]?'), `(?<!\\d)${decimal.join('\\s*,\\s*')}(?!\\d)`]
  const global = (source: string): RegExp => new RegExp(source, 'g')
  return { exact: exact.map(global), base64: base64Forms(bytes).map(global) }
}

const BASE64_DIGIT = /[A-Za-z0-9+/_=-]/

/**
 * Masks each match with the base64 digits around it, which hold the secret's first and last bits. By hand: an
 * expression that begins with any number of digits takes quadratic time on long texts.
 */
function maskRuns(text: string, pattern: RegExp): string {
  let masked = ''
  let done = 0
  for (const match of text.matchAll(pattern)) {
    let from = match.index
    let to = from + match[0].length
    if (from < done) continue
    while (from > done && BASE64_DIGIT.test(text[from - 1])) from -= 1
    while (to < text.length && BASE64_DIGIT.test(text[to])) to += 1
    masked += text.slice(done, from) + MASK
    done = to
  }
  return masked + text.slice(done)
}

/** All ways in which texts write one character: itself, percent-encoded (also twice), escaped as in JSON. */
function spellings(character: string): string {
  const percent = [...Buffer.from(character, 'utf8')]
    .map((byte) => `%(?:25){0,9}${anyCase(byte.toString(16).padStart(2, '0'))}`)
    .join('')
  const units = Array.from(
    { length: character.length },
    (_, i) => `\\\\{1,9}u${anyCase(character.charCodeAt(i).toString(16).padStart(4, '0'))}`,
  ).join('')
  const escaped = JSON.stringify(character).slice(1, -1)
  const forms = [quoted(character), percent, units]
  if (escaped !== character) forms.push(`\\\\{1,9}${quoted(escaped.slice(1))}`)
  if (character === ' ') forms.push('\\+')
  if (character === '/') forms.push('\\\\{1,9}/')
  return `(?:${forms.join('|')})`
}

/**
 * The part of a base64 text that depends on the secret alone, for the three ways in which it can lie between other
 * bytes: `user:secret` encoded as one is found too.
 */
function base64Forms(bytes: Buffer): readonly string[] {
  const forms: string[] = []
  for (const before of [0, 1, 2]) {
    const text = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replace(/=+$/, '')
    const from = Math.ceil((before * 8) / 6)
    const to = Math.floor(((before + bytes.length) * 8) / 6)
    const own = text.slice(from, to)
    if (own.length >= SECRET_LENGTH_MIN) forms.push(own.replace(/[+/]/g, (digit) => (digit === '+' ? '[+-]' : '[/_]')))
  }
  return forms
}

// ---- the walk

/** A text with everything masked that is registered or looks like a secret. */
export function redactText(text: string, secrets: Secrets = registered): string {
  let masked = secrets.mask(text)
  for (const [look, replacement] of LOOKS) masked = masked.replace(look, replacement)
  return masked
}

/**
 * Any value as plain JSON data without secrets. Never throws, whatever getters, proxies and `toJSON` do; circles, depths
 * and lengths are cut with a word; functions and bytes are named, not shown.
 */
export function redact(value: unknown, secrets: Secrets = registered): unknown {
  return new Walk(secrets).value(value, 0)
}

/** What cannot be a secret is shown also under a secret's name: whether a key is set at all is worth knowing. */
const tellsNothing = (value: unknown): boolean =>
  value === undefined || value === null || value === '' || typeof value === 'boolean'

class Walk {
  readonly #secrets: Secrets
  readonly #above: object[] = []

  constructor(secrets: Secrets) {
    this.#secrets = secrets
  }

  value(value: unknown, depth: number): unknown {
    switch (typeof value) {
      case 'string':
        return redactText(value, this.#secrets)
      case 'number':
        return this.#number(value)
      case 'bigint':
        return redactText(String(value), this.#secrets)
      case 'boolean':
      case 'undefined':
        return value
      case 'symbol':
        return redactText(`[${String(value)}]`, this.#secrets)
      case 'function':
        return '[function]'
      case 'object':
        return value === null ? null : this.#object(value, depth)
    }
  }

  #number(value: number): unknown {
    const text = String(value)
    if (!Number.isFinite(value)) return text
    return this.#secrets.mask(text) === text ? value : MASK
  }

  #object(object: object, depth: number): unknown {
    if (this.#above.includes(object)) return '[circular]'
    if (depth >= DEPTH_MAX) return '[too deep]'
    this.#above.push(object)
    try {
      return this.#contents(object, depth + 1)
    } catch {
      return '[unreadable]' // the reason might quote what it failed on
    } finally {
      this.#above.pop()
    }
  }

  #contents(object: object, depth: number): unknown {
    if (ArrayBuffer.isView(object) || object instanceof ArrayBuffer || object instanceof SharedArrayBuffer)
      return `[${object.byteLength} bytes]`
    if (object instanceof String || object instanceof Number || object instanceof Boolean)
      return this.value(object.valueOf(), depth)
    if (Array.isArray(object)) return this.#list(object, depth)
    if (object instanceof Map) return this.#entries([...object], depth)
    if (object instanceof Set) return this.#list([...object], depth)
    if (object instanceof Error) return this.#error(object, depth)
    if (object instanceof URLSearchParams || object instanceof Headers) return this.#entries([...object], depth)
    if (object instanceof RegExp) return redactText(String(object), this.#secrets)
    const toJson: unknown = (object as { readonly toJSON?: unknown }).toJSON
    if (typeof toJson === 'function') {
      const plain: unknown = toJson.call(object, '')
      // Its own answer would be asked forever; then what it holds is shown.
      if (plain !== object) return this.value(plain, depth)
    }
    return this.#fields(object, Object.keys(object), depth)
  }

  #list(items: readonly unknown[], depth: number): unknown {
    if (items.length >= SECRET_LENGTH_MIN && items.every(isByte) && this.#secrets.mask(items.join(',')) !== items.join(','))
      return MASK
    const shown: unknown[] = []
    for (let i = 0; i < items.length && i < ITEMS_MAX; i += 1) {
      const before = items[i - 1]
      // Raw headers and entries: a name, then its value.
      const hidden = i > 0 && typeof before === 'string' && before.length < 64 && isSecretName(before) && !tellsNothing(items[i])
      shown.push(hidden ? MASK : (this.value(items[i], depth) ?? null))
    }
    if (items.length > ITEMS_MAX) shown.push(`[${items.length - ITEMS_MAX} more]`)
    return shown
  }

  #entries(entries: readonly (readonly [unknown, unknown])[], depth: number): unknown {
    const out: [string, unknown][] = []
    for (const [key, item] of entries.slice(0, ITEMS_MAX)) {
      const shown = this.value(key, depth)
      const name = typeof key === 'string' ? key : typeof shown === 'string' ? shown : (JSON.stringify(shown) ?? '')
      this.#field(out, name, () => item, depth)
    }
    if (entries.length > ITEMS_MAX) out.push(['[more]', entries.length - ITEMS_MAX])
    return Object.fromEntries(out)
  }

  #error(error: Error, depth: number): unknown {
    // These are not enumerable and so not among the keys.
    const hidden = ['name', 'message', 'stack', 'cause', 'errors'].filter((key) => key in error)
    return this.#fields(error, [...new Set([...hidden, ...Object.keys(error)])], depth)
  }

  #fields(object: object, keys: readonly string[], depth: number): unknown {
    const out: [string, unknown][] = []
    // { name: 'X-MBX-APIKEY', value: '...' }: the secret's name is a value here.
    const named =
      keys.includes('value') &&
      ['name', 'key', 'header', 'field'].some((key) => keys.includes(key) && this.#namesSecret(object, key))
    for (const key of keys.slice(0, ITEMS_MAX)) {
      if (named && key === 'value') out.push([key, MASK])
      // `key` and `name` beside a `value` tell which header or setting it is.
      else this.#field(out, key, () => (object as Readonly<Record<string, unknown>>)[key], depth)
    }
    if (keys.length > ITEMS_MAX) out.push(['[more]', keys.length - ITEMS_MAX])
    return Object.fromEntries(out)
  }

  #namesSecret(object: object, key: string): boolean {
    try {
      const name = (object as Readonly<Record<string, unknown>>)[key]
      return typeof name === 'string' && isSecretName(name)
    } catch {
      return false
    }
  }

  #field(out: [string, unknown][], key: string, read: () => unknown, depth: number): void {
    let item: unknown
    try {
      item = read()
    } catch {
      item = '[unreadable]'
    }
    const shown = isSecretName(key) && !tellsNothing(item) ? MASK : this.value(item, depth)
    if (shown === undefined) return
    const name = redactText(key, this.#secrets)
    const taken = new Set(out.map(([known]) => known))
    let free = name
    // A masked name may meet another; one that was not masked is the only one of its kind.
    if (name !== key) for (let n = 2; taken.has(free); n += 1) free = `${name} ${n}`
    out.push([free, shown])
  }
}

const isByte = (value: unknown): boolean => typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 255
