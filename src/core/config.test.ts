import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { ConfigError, decimal, loadConfig, showConfig, type ConfigFlag } from './config.ts'
import { AutoTradingError, describe as paragraph } from './errors.ts'
import { redactText } from './redact.ts'

const schema = z.strictObject({
  risk: z.strictObject({
    maxLeverage: z.number().min(1).max(20).meta({ unit: 'x', description: 'Largest leverage of the account.' }).default(3),
    drawdown: z.strictObject({
      enabled: z.boolean().default(true),
      severe: z.number().gt(0).lt(1).default(0.2).meta({ unit: 'share' }),
    }),
  }),
  symbols: z.array(z.string()).default(['BTCUSDT']),
  windows: z.array(z.number()).default([]),
  capital: decimal().default('10000'),
  mode: z.enum(['passive', 'aggressive']).default('passive'),
  participation: z.union([z.number().min(0).max(1), z.literal('none')]).default(0.1),
  stop: z.number().nullable().default(null),
  label: z.string().optional(),
  venue: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('paper'), port: z.int().default(0) }),
      z.strictObject({
        kind: z.literal('live'),
        apiKey: z.string().meta({ secret: true }),
        apiSecret: z.string().meta({ secret: true }),
      }),
    ])
    .default({ kind: 'paper', port: 0 }),
  strategies: z
    .record(z.string(), z.strictObject({ weight: z.number().default(1), fastLength: z.int().default(20) }))
    .default({}),
})

interface Given {
  readonly text?: string
  readonly env?: Readonly<Record<string, string>>
  readonly sets?: readonly string[]
  readonly flags?: readonly ConfigFlag[]
}
const load = ({ text, env = {}, sets = [], flags = [] }: Given) =>
  loadConfig({ schema, ...(text === undefined ? {} : { file: { path: 'config/live.yaml', text } }), env, sets, flags })

function refusal(given: Given): AutoTradingError {
  try {
    load(given)
  } catch (error) {
    if (error instanceof AutoTradingError) return error
    throw error
  }
  return expect.fail(`accepted: ${JSON.stringify(given)}`)
}

describe('loadConfig', () => {
  it('is all defaults when nothing is given, and frozen to the bottom', () => {
    const { value, origin } = load({})
    expect(value.risk).toEqual({ maxLeverage: 3, drawdown: { enabled: true, severe: 0.2 } })
    expect([...new Set(origin.values())]).toEqual(['default'])
    expect(Object.isFrozen(value) && Object.isFrozen(value.risk.drawdown) && Object.isFrozen(value.symbols)).toBe(true)
  })

  it('knows where each value came from', () => {
    const { value, origin } = load({
      text: '# comment\nrisk:\n  maxLeverage: 5\n  drawdown:\n    severe: 0.3\nsymbols:\n  - ETHUSDT\n  - BTCUSDT\n',
      env: {
        AUTOTRADING_RISK__DRAWDOWN__ENABLED: 'off',
        AUTOTRADING_HOME: '/x',
        AUTOTRADING_SHARED: '/y',
        PATH: '/bin',
        AUTOTRADING_LABEL: '',
      },
      sets: ['mode=aggressive'],
      flags: [
        { flag: '--capital', path: 'capital', value: '500' },
        { flag: '--label', path: 'label', value: undefined },
      ],
    })
    expect(value).toMatchObject({
      risk: { maxLeverage: 5, drawdown: { enabled: false, severe: 0.3 } },
      symbols: ['ETHUSDT', 'BTCUSDT'],
      mode: 'aggressive',
      capital: '500',
    })
    expect(Object.fromEntries(origin)).toMatchObject({
      'risk.maxLeverage': 'file config/live.yaml:3',
      'risk.drawdown.severe': 'file config/live.yaml:5',
      symbols: 'file config/live.yaml:6',
      'risk.drawdown.enabled': 'env AUTOTRADING_RISK__DRAWDOWN__ENABLED',
      mode: '--set',
      capital: 'flag --capital',
      windows: 'default',
    })
    expect(origin.has('label')).toBe(false)
  })

  it('flags win over --set over environment over file over defaults, key by key', () => {
    const given = fc.record({ file: fc.boolean(), env: fc.boolean(), set: fc.boolean(), flag: fc.boolean() })
    fc.assert(
      fc.property(given, given, (leverage, severe) => {
        const rows: string[] = []
        if (leverage.file) rows.push('  maxLeverage: 4')
        if (severe.file) rows.push('  drawdown: { severe: 0.4 }')
        const { value, origin } = load({
          text: rows.length === 0 ? '' : ['risk:', ...rows].join('\n'),
          env: {
            ...(leverage.env ? { autotrading_risk__max_leverage: '5' } : {}),
            ...(severe.env ? { AUTOTRADING_RISK__DRAWDOWN__SEVERE: '0.5' } : {}),
          },
          sets: [...(leverage.set ? ['risk.maxLeverage=6'] : []), ...(severe.set ? ['risk.drawdown.severe=0.6'] : [])],
          flags: [
            { flag: '--leverage', path: 'risk.maxLeverage', value: leverage.flag ? 7 : undefined },
            { flag: '--severe', path: 'risk.drawdown.severe', value: severe.flag ? '0.7' : undefined },
          ],
        })
        const rank = ({ file, env, set, flag }: typeof leverage): number => (flag ? 7 : set ? 6 : env ? 5 : file ? 4 : 0)
        const kind = ['default', '', '', '', 'file', 'env', '--set', 'flag']
        expect(value.risk.maxLeverage).toBe(rank(leverage) || 3)
        expect(value.risk.drawdown.severe).toBe(rank(severe) / 10 || 0.2)
        expect(origin.get('risk.maxLeverage')?.split(' ')[0]).toBe(kind[rank(leverage)])
        expect(origin.get('risk.drawdown.severe')?.split(' ')[0]).toBe(kind[rank(severe)])
      }),
    )
  })

  it('reads texts as the schema means them', () => {
    const set = (...sets: string[]) => load({ sets }).value
    expect(set('symbols=BTCUSDT, ETHUSDT').symbols).toEqual(['BTCUSDT', 'ETHUSDT'])
    expect(set('symbols=["A,B"]').symbols).toEqual(['A,B'])
    expect(set('symbols=').symbols).toEqual([])
    expect(set('windows=1,2.5').windows).toEqual([1, 2.5])
    expect(set('participation=none').participation).toBe('none')
    expect(set('participation=0.2').participation).toBe(0.2)
    expect(set('stop=null').stop).toBeNull()
    expect(set('stop=-1e-3').stop).toBe(-0.001)
    expect(set('label=5').label).toBe('5')
    expect(set('label=a=b').label).toBe('a=b')
    expect(set('capital=0.10').capital).toBe('0.10')
    expect(load({ text: 'capital: 250.5' }).value.capital).toBe('250.5')
    for (const [word, meant] of [
      ['true', true],
      ['on', true],
      ['YES', true],
      ['1', true],
      ['no', false],
      ['off', false],
      ['0', false],
    ] as const)
      expect(set(`risk.drawdown.enabled=${word}`).risk.drawdown.enabled).toBe(meant)
    expect(set('risk={"maxLeverage":4}', 'risk.drawdown.severe=0.5').risk).toMatchObject({
      maxLeverage: 4,
      drawdown: { severe: 0.5 },
    })
  })

  it('free names come from the file, the environment finds them again', () => {
    const text = 'strategies:\n  ema-cross:\n    weight: 2\n'
    const { value, origin } = load({
      text,
      env: { AUTOTRADING_STRATEGIES__EMA_CROSS__FAST_LENGTH: '10', AUTOTRADING_STRATEGIES__MEAN_REVERSION__WEIGHT: '3' },
    })
    expect(value.strategies).toEqual({ 'ema-cross': { weight: 2, fastLength: 10 }, meanReversion: { weight: 3, fastLength: 20 } })
    expect(origin.get('strategies.ema-cross.weight')).toBe('file config/live.yaml:3')
    expect(origin.get('strategies.meanReversion.fastLength')).toBe('default')
  })

  it('takes empty files, empty sections, anchors', () => {
    for (const text of ['', '# nothing\n', 'risk:\n', 'risk: {}\n', '---\n'])
      expect(load({ text }).value.risk.maxLeverage).toBe(3)
    expect(load({ text: 'strategies:\n  a: &a { weight: 2 }\n  b: *a\n' }).value.strategies).toMatchObject({
      a: { weight: 2 },
      b: { weight: 2 },
    })
  })
})

describe('refusals', () => {
  it('say value, range and line', () => {
    const error = refusal({ text: 'mode: passive\nrisk:\n  maxLeverage: 30\n' })
    expect(error.message).toBe('risk.maxLeverage is 30, the allowed range is 1 to 20 (config/live.yaml, line 3)')
    expect(error.where).toEqual({ path: 'risk.maxLeverage', origin: 'config/live.yaml, line 3' })
    expect(paragraph(error)).toBe(
      'risk.maxLeverage is 30, the allowed range is 1 to 20 (config/live.yaml, line 3). Choose a value in that range; its unit is x.',
    )
  })

  const cases: readonly (readonly [string, Given, string, string, RegExp, RegExp])[] = [
    [
      'unknown key in the file',
      { text: 'risk:\n  maxLevrage: 3' },
      'risk.maxLevrage',
      'config/live.yaml, line 2',
      /is no configuration key/,
      /Did you mean maxLeverage\?/,
    ],
    [
      'unknown section',
      { text: 'a: 1\nrsik:\n  maxLeverage: 3'.slice(5) },
      'rsik',
      'config/live.yaml, line 2',
      /is no configuration key/,
      /Did you mean risk\?/,
    ],
    [
      'key in the wrong section',
      { text: 'maxLeverage: 3' },
      'maxLeverage',
      'config/live.yaml, line 1',
      /is no configuration key/,
      /Did you mean risk\.maxLeverage\?/,
    ],
    [
      'unknown --set',
      { sets: ['risk.drawdown.sever=0.1'] },
      'risk.drawdown.sever',
      '--set',
      /is no configuration key/,
      /Did you mean severe\?/,
    ],
    [
      'unknown variable',
      { env: { AUTOTRADING_RISK__MAX_LEVRAGE: '3' } },
      'risk.maxLevrage',
      'env AUTOTRADING_RISK__MAX_LEVRAGE',
      /is no configuration key/,
      /Did you mean AUTOTRADING_RISK__MAX_LEVERAGE\?/,
    ],
    [
      'variable below a leaf',
      { env: { AUTOTRADING_MODE__X: '3' } },
      'mode.x',
      'env AUTOTRADING_MODE__X',
      /is no configuration key/,
      /Unset it/,
    ],
    [
      'unknown flag path',
      { flags: [{ flag: '--x', path: 'nowhere', value: 1 }] },
      'nowhere',
      'flag --x',
      /is no configuration key/,
      /Known here/,
    ],
    [
      'key of another form',
      { text: 'venue:\n  kind: live\n  port: 1' },
      'venue.port',
      'config/live.yaml, line 3',
      /is no configuration key/,
      /Known here: kind, apiKey, apiSecret/,
    ],
    [
      '__proto__',
      { text: '__proto__:\n  x: 1' },
      '__proto__',
      'config/live.yaml, line 2',
      /is no configuration key/,
      /Known here/,
    ],
    [
      'constructor by --set',
      { sets: ['constructor.prototype.x=1'] },
      'constructor',
      '--set',
      /is no configuration key/,
      /Known here/,
    ],
    [
      'not a number',
      { env: { AUTOTRADING_RISK__MAX_LEVERAGE: 'three' } },
      'risk.maxLeverage',
      'env AUTOTRADING_RISK__MAX_LEVERAGE',
      /is 'three', which is not a number/,
      /1 to 20/,
    ],
    [
      'open range',
      { sets: ['risk.drawdown.severe=1'] },
      'risk.drawdown.severe',
      '--set',
      /is 1, the allowed range is above 0 and below 1/,
      /range; its unit is share/,
    ],
    [
      'enum',
      { sets: ['mode=agressive'] },
      'mode',
      '--set',
      /is 'agressive', allowed are passive, aggressive/,
      /Did you mean aggressive\?/,
    ],
    ['union', { sets: ['participation=some'] }, 'participation', '--set', /fits none of the forms/, /one of these forms/],
    [
      'decimal',
      { text: 'capital: much' },
      'capital',
      'config/live.yaml, line 1',
      /is 'much', which is not|which is not a decimal number|not a decimal/,
      /Change it/,
    ],
    [
      'list item',
      { text: 'windows:\n  - 1\n  - x' },
      'windows.1',
      'config/live.yaml, line 1',
      /is 'x', which is not a number/,
      /Give a number/,
    ],
    [
      'section for a value',
      { text: 'mode:\n  a: 1' },
      'mode',
      'config/live.yaml, line 2',
      /is a section, allowed are/,
      /Known here/,
    ],
    [
      'value for a section',
      { text: 'risk: 5' },
      'risk',
      'config/live.yaml, line 1',
      /is 5, which is not an object/,
      /Give an object/,
    ],
    [
      'missing',
      { text: 'venue:\n  kind: live\n  apiKey: abcdefgh' },
      'venue.apiSecret',
      'config/live.yaml, line 2',
      /is missing/,
      /Set venue\.apiSecret/,
    ],
    ['discriminator', { text: 'venue: { kind: real }' }, 'venue.kind', 'config/live.yaml, line 1', /is 'real'/, /./],
    [
      'short secret',
      { text: 'venue: { kind: live, apiKey: abc, apiSecret: abcdefgh }' },
      'venue.apiKey',
      'config/live.yaml, line 1',
      /shorter than 4 characters/,
      /longer secret/,
    ],
    [
      'given twice',
      { env: { AUTOTRADING_MODE: 'passive', autotrading_mode: 'passive' } },
      'mode',
      'env autotrading_mode',
      /set by both AUTOTRADING_MODE and autotrading_mode/,
      /Unset/,
    ],
    ['no =', { sets: ['mode'] }, 'mode', '--set', /is not path=value/, /--set risk\.leverage\.max=3/],
    [
      'duplicate key',
      { text: 'mode: passive\nsymbols: [A]\nmode: passive\n' },
      'config/live.yaml',
      'config/live.yaml, line 3',
      /A key stands twice/,
      /Correct the file/,
    ],
    [
      'broken YAML',
      { text: 'mode: passive\nrisk: [1\nx: 2' },
      'config/live.yaml',
      'config/live.yaml, line',
      /not valid YAML/,
      /Correct the file/,
    ],
    ['a list for a file', { text: '- a' }, 'config/live.yaml', 'config/live.yaml, line 1', /not a list of/, /Correct the file/],
    [
      'unknown tag',
      { text: 'mode: !!js/function x' },
      'config/live.yaml',
      'config/live.yaml, line 1',
      /not valid YAML/,
      /Correct the file/,
    ],
  ]

  it.each(cases)('%s', (_, given, path, origin, message, next) => {
    const error = refusal(given)
    expect(error.fault).toBe('input')
    expect(error.message).toMatch(message)
    expect(error.message).toContain(String(error.where['origin']))
    expect(error.where['path']).toBe(path)
    expect(error.where['origin']).toContain(origin)
    expect(error.next).toMatch(next)
  })

  it('tell all problems of the values at once', () => {
    const error = refusal({ text: 'risk:\n  maxLeverage: 0\nmode: x\n' })
    expect(error).toBeInstanceOf(ConfigError)
    expect((error as ConfigError).problems.map(({ path }) => path)).toEqual(['risk.maxLeverage', 'mode'])
    expect(error.message).toContain('; mode is ')
  })

  it('always have path, origin and next, and never crash otherwise', () => {
    const name = fc.oneof(
      fc.constantFrom(
        'risk',
        'maxLeverage',
        'drawdown',
        'severe',
        'symbols',
        'venue',
        'kind',
        'strategies',
        'mode',
        '__proto__',
        'constructor',
      ),
      fc.string({ maxLength: 6 }),
    )
    const path = fc.array(name, { minLength: 1, maxLength: 3 })
    const text = fc.oneof(
      fc.string(),
      fc.double().map(String),
      fc.json(),
      fc.constantFrom('true', '[]', '{}', '3', 'live', 'paper', 'null'),
    )
    const given = fc.record(
      {
        text: fc.oneof(
          fc.json(),
          fc.string(),
          fc.tuple(path, text).map(([keys, value]) => keys.map((key, i) => `${'  '.repeat(i)}${key}:`).join('\n') + ` ${value}`),
        ),
        sets: fc.array(
          fc.tuple(path, text).map(([keys, value]) => `${keys.join('.')}=${value}`),
          { maxLength: 3 },
        ),
        env: fc
          .array(fc.tuple(path, text), { maxLength: 2 })
          .map((list) => Object.fromEntries(list.map(([keys, value]) => [`AUTOTRADING_${keys.join('__')}`, value]))),
      },
      { requiredKeys: [] },
    )
    fc.assert(
      fc.property(given, (input) => {
        try {
          load(input)
        } catch (error) {
          if (!(error instanceof AutoTradingError)) throw error
          expect(error.fault).toBe('input')
          expect(String(error.where['path']).length).toBeGreaterThan(0)
          expect(String(error.where['origin']).length).toBeGreaterThan(0)
          expect(error.next?.length).toBeGreaterThan(0)
        }
      }),
      { numRuns: 500 },
    )
    expect(({} as Record<string, unknown>)['x']).toBeUndefined()
  })

  it('do not quote secrets', () => {
    const error = refusal({ text: 'venue:\n  kind: live\n  apiKey: [zQ7canary9vX]\n  apiSecret: 5551234567\n' })
    expect(paragraph(error, { verbose: true })).not.toMatch(/zQ7canary9vX|5551234567/)
    expect(error.message).toContain('venue.apiKey is [redacted]')
  })
})

describe('showConfig', () => {
  it('lists every key with value, origin, unit and description; secrets masked, in logs too', () => {
    const config = load({
      text: 'venue:\n  kind: live\n  apiKey: shownNowhere-1\n  apiSecret: shownNowhere-2\n',
      sets: ['risk.maxLeverage=4'],
    })
    const rows = showConfig(schema, config)
    expect(rows.find(({ path }) => path === 'risk.maxLeverage')).toEqual({
      path: 'risk.maxLeverage',
      value: 4,
      origin: '--set',
      unit: 'x',
      description: 'Largest leverage of the account.',
    })
    expect(rows.find(({ path }) => path === 'risk.drawdown.severe')).toMatchObject({
      value: 0.2,
      origin: 'default',
      unit: 'share',
    })
    expect(rows.find(({ path }) => path === 'venue.apiKey')).toMatchObject({
      value: '[redacted]',
      origin: 'file config/live.yaml:3',
    })
    expect(rows.find(({ path }) => path === 'label')).toMatchObject({ value: undefined, origin: 'default' })
    expect(JSON.stringify(rows)).not.toContain('shownNowhere')
    expect(config.value.venue).toMatchObject({ apiKey: 'shownNowhere-1' })
    expect(redactText('sent shownNowhere-2 away')).toBe('sent [redacted] away')
    expect(rows.map(({ path }) => path)).toContain('strategies')
  })
})
