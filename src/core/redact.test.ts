import { inspect } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isSecretName, MASK, redact, redactText, Secrets } from './redact.ts'

const SECRET_NAMES = [
  'apiKey',
  'api_key',
  'API-KEY',
  'secret',
  'apiSecret',
  'secretKey',
  'password',
  'passphrase',
  'token',
  'accessToken',
  'refresh_token',
  'signature',
  'Authorization',
  'cookie',
  'Set-Cookie',
  'privateKey',
  'private_key',
  'listenKey',
  'totp',
  'totpSeed',
  'X-MBX-APIKEY',
  'webhookUrl',
  'jwt',
  'clientSecret',
  'botToken',
]
/** Long enough that chance does not write it elsewhere. */
const CANARY = 'zQ7canary9vX'
const show = (value: unknown): string => JSON.stringify(redact(value)) ?? 'undefined'

describe('by name', () => {
  it('knows the names of secrets in every spelling, and lets ordinary names be', () => {
    for (const name of SECRET_NAMES) expect(isSecretName(name), name).toBe(true)
    for (const name of [
      'symbol',
      'price',
      'qty',
      'orderId',
      'keys',
      'monkey',
      'tokenBucketSize',
      'passed',
      'author',
      'component',
      'pinned',
      'signal',
      'design',
      'run',
      'keyframe',
    ])
      expect(isSecretName(name), name).toBe(false)
  })

  it('masks what stands under such a name however deep, in whatever holds it', () => {
    const name = fc.constantFrom(...SECRET_NAMES)
    const wrap = fc.constantFrom<(inner: unknown) => unknown>(
      (inner) => ({ inner }),
      (inner) => [1, inner],
      (inner) => new Map([['k', inner]]),
      (inner) => new Map([[inner, 'v']]),
      (inner) => new Set([inner]),
      (inner) => new Error('failed', { cause: inner }),
      (inner) => Object.assign(new Error('failed'), { config: inner }),
      (inner) => new AggregateError([inner], 'several'),
      (inner) => ({ toJSON: () => inner }),
      (inner) => Object.defineProperty({}, 'lazy', { enumerable: true, get: () => inner }),
      (inner) => ({
        inner,
        get broken() {
          throw new Error(CANARY)
        },
      }),
      (inner) => {
        const circle: Record<string, unknown> = { inner }
        circle['self'] = circle
        return circle
      },
      (inner) =>
        new (class Holder {
          held = inner
        })(),
      (inner) => Object.assign(Object.create(null) as object, { inner }),
    )
    const holder = fc.constantFrom<(key: string, secret: unknown) => unknown>(
      (key, secret) => ({ [key]: secret }),
      (key, secret) => new Map([[key, secret]]),
      (key, secret) => [[key, secret]],
      (key, secret) => ['Accept', '*/*', key, secret],
      (key, secret) => ({ name: key, value: secret }),
      (key, secret) => Object.assign(new Error('x'), { [key]: secret }),
    )
    const hidden = fc.constantFrom<unknown>(
      CANARY,
      [CANARY],
      { a: { b: CANARY } },
      new Set([CANARY]),
      Buffer.from(CANARY),
      new Error(CANARY),
    )
    fc.assert(
      fc.property(name, holder, hidden, fc.array(wrap, { maxLength: 8 }), (key, hold, secret, wraps) => {
        const value = wraps.reduce((inner, wrapper) => wrapper(inner), hold(key, secret))
        const text = show(value)
        expect(text).not.toContain(CANARY)
        expect(text).toContain(MASK)
      }),
      { numRuns: 2_000 },
    )
  })

  it('still says whether a secret is set', () => {
    expect(redact({ apiKey: '', secret: null, token: false, password: 1234 })).toEqual({
      apiKey: '',
      secret: null,
      token: false,
      password: MASK,
    })
  })
})

describe('by value', () => {
  const secretText = fc.oneof(
    fc.constantFrom(
      'p4ss/w0rd+é&=?',
      'line one\nline two "quoted"',
      'abcdefghijklmnopqrstuvwxyz012345',
      'with space\tand tab',
      '日本語の秘密',
      'back\\slash\\n',
    ),
    fc
      .string({ unit: 'grapheme-ascii', minLength: 8, maxLength: 64 })
      .filter((text) => text.trim().length >= 8 && !MASK.includes(text) && !/^(.)\1*$/.test(text.trim())),
  )
  const padding = fc.string({ maxLength: 7 })
  const forms: Readonly<Record<string, (secret: string, a: string, b: string) => string>> = {
    plain: (secret) => secret,
    base64: (secret) => Buffer.from(secret).toString('base64'),
    base64url: (secret) => Buffer.from(secret).toString('base64url'),
    basicAuth: (secret, a, b) => Buffer.from(`${a}:${secret}${b}`).toString('base64'),
    hex: (secret) => Buffer.from(secret).toString('hex'),
    HEX: (secret) => Buffer.from(secret).toString('hex').toUpperCase(),
    url: (secret) => encodeURIComponent(secret),
    form: (secret) => new URLSearchParams({ q: secret }).toString().slice(2),
    urlTwice: (secret) => encodeURIComponent(encodeURIComponent(secret)),
    json: (secret) => JSON.stringify(secret).slice(1, -1),
    inspected: (secret) => inspect(Buffer.from(secret), { maxArrayLength: 1_000 }),
  }

  it.each(Object.keys(forms))('finds a registered secret as %s anywhere in a value', (form) => {
    const place = fc.constantFrom<(text: string) => unknown>(
      (text) => text,
      (text) => ({ [text]: 1 }),
      (text) => ({ url: `https://x.y/z?q=${text}&r=1` }),
      (text) => new Error(`request failed: ${text}`),
      (text) => ({ error: new Error('x', { cause: text }) }),
      (text) => new Map([[text, [text]]]),
      (text) => [new Set([`<${text}>`])],
      (text) => Symbol(text),
      (text) => new String(text),
      (text) => ({ toJSON: () => text }),
    )
    fc.assert(
      fc.property(secretText, padding, padding, place, (secret, a, b, put) => {
        const secrets = new Secrets()
        secrets.add(secret)
        const encoded = forms[form](secret, a, b)
        const text = JSON.stringify(redact(put(encoded), secrets))
        // Compared with the text as JSON writes it, since that is what reaches the log.
        expect(text).not.toContain(JSON.stringify(encoded).slice(1, -1))
        expect(text).toContain(MASK)
      }),
      { numRuns: 300 },
    )
  })

  it('finds it as a list of bytes and as a number', () => {
    const secrets = new Secrets()
    secrets.add('84017733')
    expect(redact({ code: 84017733, id: 5 }, secrets)).toEqual({ code: MASK, id: 5 })
    expect(redact({ bytes: [...Buffer.from('84017733')] }, secrets)).toEqual({ bytes: MASK })
    expect(redact(84017733n, secrets)).toBe(MASK)
  })

  it('keeps two keys apart that become alike', () => {
    const secrets = new Secrets()
    secrets.add('hunter22')
    expect(redact({ hunter22: 1, '[redacted]': 3, hunter22hunter22: 2 }, secrets)).toEqual({ [MASK]: 3, [`${MASK}${MASK}`]: 2 })
    expect(redact({ 'a hunter22': 1, 'a%20hunter22': 2 }, secrets)).toEqual({ [`a ${MASK}`]: 1, [`a%20${MASK}`]: 2 })
  })

  it('refuses secrets that are too short to be found', () => {
    expect(() => new Secrets().add('abc')).toThrow(/at least|below 4/)
    expect(() => new Secrets().add('')).toThrow(/cannot be kept out/)
  })
})

describe('by look', () => {
  it.each([
    'GET /fapi/v1/order?symbol=BTCUSDT&timestamp=1&signature=zQ7canary9vX',
    'X-MBX-APIKEY: zQ7canary9vX',
    'Authorization: Bearer zQ7canary9vX',
    'authorization: Basic zQ7canary9vX==',
    'sent Bearer zQ7canary9vX.abc',
    'postgres://trader:zQ7canary9vX@db:5432/x',
    'redis://:zQ7canary9vX@cache',
    'https://zQ7canary9vX@sentry.example/1',
    'https://user:p@ss:zQ7canary9vX@host/',
    'Cookie: session=zQ7canary9vX; other=zQ7canary9vX',
    'Set-Cookie: sid=zQ7canary9vX; HttpOnly',
    '{"apiKey":"zQ7canary9vX","x":1}',
    '{\\"apiSecret\\":\\"zQ7canary9vX\\"}',
    '{"password":"ab\\"zQ7canary9vX"}',
    '{"apiKey":"zQ7canary9vX',
    "{ secret: 'zQ7canary9vX' }",
    'password = zQ7canary9vX',
    'wss://host/private/ws?listenKey=zQ7canary9vX',
    'https://hooks.slack.com/services/T0/B0/zQ7canary9vX',
    'https://discord.com/api/webhooks/1/zQ7canary9vX',
    'https://api.telegram.org/bot123456:zQ7canary9vX/sendMessage',
    '-----BEGIN PRIVATE KEY-----\nzQ7canary9vX\n-----END PRIVATE KEY-----',
    '-----BEGIN RSA PRIVATE KEY-----\\nzQ7canary9vX',
    'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0zQ7canary9vX.zQ7canary9vX',
  ])('masks %s', (text) => {
    expect(redactText(text)).not.toContain(CANARY)
    expect(redactText(redactText(text))).toBe(redactText(text))
    expect(show(new Error(text))).not.toContain(CANARY)
  })

  it('leaves ordinary texts alone', () => {
    for (const text of [
      'risk.maxLeverage is 30',
      'https://fapi.binance.com/fapi/v1/time?symbol=BTCUSDT',
      'order at4oymiquy:ema-cross:z filled',
      'mail ops@example.org',
      '2024-02-29T13:05:00.000Z',
    ])
      expect(redactText(text)).toBe(text)
  })
})

describe('redact', () => {
  it('takes linear time on long texts', () => {
    const secrets = new Secrets()
    secrets.add('zQ7canary9vX')
    for (const unit of [
      'a',
      'A1',
      'eyJ',
      '://',
      'token',
      '%25',
      '\\\\',
      'bearer ',
      '"',
      ' ',
      '-----BEGIN PRIVATE KEY',
      'zQ7canary9v',
    ]) {
      const text = unit.repeat(Math.ceil(200_000 / unit.length))
      const before = performance.now()
      redactText(text, secrets)
      expect(performance.now() - before, JSON.stringify(unit)).toBeLessThan(3_000)
    }
  })

  it('keeps plain JSON data as it is and never throws', () => {
    const plain = { symbol: 'BTCUSDT', qty: '0.5', n: 1.5, ok: true, none: null, list: [1, 'a', { b: [] }] }
    expect(redact(plain)).toEqual(plain)
    fc.assert(
      fc.property(
        fc.anything({
          withBigInt: true,
          withDate: true,
          withMap: true,
          withSet: true,
          withTypedArray: true,
          withSparseArray: true,
          withNullPrototype: true,
        }),
        (value) => {
          const once = redact(value)
          const text = JSON.stringify(once)
          if (text !== undefined) expect(redact(JSON.parse(text))).toEqual(JSON.parse(text))
        },
      ),
    )
  })

  it('survives what objects can do to it', () => {
    const hostile = new Proxy(
      {},
      {
        ownKeys() {
          throw new Error(CANARY)
        },
        get() {
          throw new Error(CANARY)
        },
      },
    )
    const revoked = Proxy.revocable({}, {})
    revoked.revoke()
    expect(redact({ hostile, bad: revoked.proxy, date: new Date(0), url: new URL('https://a:b@c/'), f: () => CANARY })).toEqual({
      hostile: '[unreadable]',
      bad: '[unreadable]',
      date: '1970-01-01T00:00:00.000Z',
      url: `https://${MASK}@c/`,
      f: '[function]',
    })
    let deep: unknown = CANARY
    for (let i = 0; i < 10_000; i += 1) deep = [deep]
    expect(show(deep)).toContain('[too deep]')
    expect(redact(Array.from({ length: 1_002 }, () => 0))).toHaveLength(1_001)
    expect(redact(new Headers({ 'X-MBX-APIKEY': CANARY, accept: 'a' }))).toEqual({ accept: 'a', 'x-mbx-apikey': MASK })
    expect(redact(Buffer.from(CANARY))).toBe(`[${CANARY.length} bytes]`)
    const self = {
      a: 1,
      toJSON() {
        return this
      },
    }
    expect(redact(self)).toEqual({ a: 1, toJSON: '[function]' })
  })
})
