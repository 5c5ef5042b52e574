import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { manualClock } from './clock.ts'
import { createLogger, LOG_LEVELS, type Logger, type LogLevel } from './log.ts'
import { registerSecret } from './redact.ts'
import { fromMs } from './time.ts'

function recorder(
  level: LogLevel = 'debug',
  options: { pretty?: boolean; isTTY?: boolean } = {},
): { log: Logger; lines: string[] } {
  const lines: string[] = []
  const destination = { write: (line: string) => lines.push(line), isTTY: options.isTTY ?? false }
  const log = createLogger({ level, clock: manualClock(fromMs(1_700_000_000_123)), destination, pretty: options.pretty ?? false })
  return { log, lines }
}

describe('createLogger', () => {
  it('writes one line of JSON a record, with the time of its clock', () => {
    const { log, lines } = recorder()
    log.trade('filled', { symbol: 'BTCUSDT', qty: '0.5' })
    expect(lines).toHaveLength(1)
    expect(lines[0]).toMatch(/^\{.*\}\n$/)
    expect(JSON.parse(lines[0])).toEqual({
      level: 'trade',
      time: 1_700_000_000_123,
      symbol: 'BTCUSDT',
      qty: '0.5',
      msg: 'filled',
    })
  })

  it.each(LOG_LEVELS.map((level, index) => [level, index] as const))(
    'at level %s shows that and all behind it',
    (level, index) => {
      const { log, lines } = recorder(level)
      for (const each of LOG_LEVELS) log[each](each)
      expect(lines.map((line) => (JSON.parse(line) as { level: string }).level)).toEqual(LOG_LEVELS.slice(index))
      expect(LOG_LEVELS.filter((each) => log.shows(each))).toEqual(LOG_LEVELS.slice(index))
    },
  )

  it('children carry their component and correlation id, the nearest wins', () => {
    const { log, lines } = recorder()
    const child = log.child({ component: 'router' }).child({ correlationId: 'tick-7' })
    child.info('a')
    child.child({ component: 'risk' }).info('b', { correlationId: 'tick-8' })
    log.info('c')
    const records = lines.map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(records[0]).toMatchObject({ component: 'router', correlationId: 'tick-7' })
    expect(records[1]).toMatchObject({ component: 'risk', correlationId: 'tick-8' })
    expect(records[2]).not.toHaveProperty('component')
  })

  it('does not let fields overwrite what it writes itself, nor odd arguments break it', () => {
    const { log, lines } = recorder()
    log.info('m %s %d', { level: 'x', time: 1, msg: 'y' })
    log.error('e', new Error('boom') as never)
    log.info('l', [1] as never)
    expect(JSON.parse(lines[0])).toEqual({
      level: 'info',
      time: 1_700_000_000_123,
      level_: 'x',
      time_: 1,
      msg_: 'y',
      msg: 'm %s %d',
    })
    expect(JSON.parse(lines[1])).toMatchObject({ name: 'Error', message: 'boom', msg: 'e' })
    expect(JSON.parse(lines[2])).toMatchObject({ value: [1] })
  })

  it('is readable on a terminal only', () => {
    const terminal = recorder('debug', { pretty: true, isTTY: true })
    terminal.log.child({ component: 'risk-door' }).risk('refused', { rule: 'max-leverage' })
    expect(terminal.lines.join('')).toMatch(/22:13:20\.123.*RISK.*risk-door: refused/s)
    expect(terminal.lines.join('')).toContain('max-leverage')
    terminal.log.info('odd', { valueOf: 'x', toString: 'y' })
    expect(terminal.lines.at(-1)).toContain('odd')
    const pipe = recorder('debug', { pretty: true, isTTY: false })
    pipe.log.info('x')
    expect(JSON.parse(pipe.lines[0])).toMatchObject({ msg: 'x' })
  })

  it('writes to the standard error stream unless told otherwise, before the process ends', () => {
    const script = `import { createLogger } from './log.ts'; import { systemClock } from './clock.ts'
      createLogger({ level: 'info', clock: systemClock }).fatal('last words'); process.exit(3)`
    const run = spawnSync(process.execPath, ['--input-type=module', '-e', script], { cwd: import.meta.dirname, encoding: 'utf8' })
    expect(run.status).toBe(3)
    expect(run.stdout).toBe('')
    expect(JSON.parse(run.stderr)).toMatchObject({ level: 'fatal', msg: 'last words' })
  })
})

describe('secrets', () => {
  const SECRET = 'zQ7canary9vX+/=k'
  registerSecret(SECRET)
  const spelled = fc.constantFrom(
    SECRET,
    encodeURIComponent(SECRET),
    Buffer.from(SECRET).toString('base64'),
    Buffer.from(SECRET).toString('hex'),
    Buffer.from(`u:${SECRET}`).toString('base64'),
  )
  const around = fc.tuple(fc.string(), spelled, fc.string()).map(([a, secret, b]) => a + secret + b)
  const { node } = fc.letrec<{ node: unknown }>((tie) => ({
    node: fc.oneof(
      { depthSize: 'small', maxDepth: 5 },
      around,
      fc.anything({ maxDepth: 2 }),
      fc.dictionary(fc.oneof(fc.string(), around), tie('node')),
      fc.array(tie('node')),
      fc.array(fc.tuple(fc.oneof(fc.string(), around, tie('node')), tie('node'))).map((entries) => new Map(entries)),
      fc.array(tie('node')).map((items) => new Set(items)),
      fc.tuple(around, tie('node')).map(([message, cause]) => Object.assign(new Error(message, { cause }), { detail: cause })),
      tie('node').map((inner) => ({ toJSON: () => inner })),
    ),
  }))

  it('never reach a line, whatever object they hide in', () => {
    const known = [
      SECRET,
      SECRET.slice(0, 12),
      encodeURIComponent(SECRET),
      Buffer.from(SECRET).toString('base64').slice(0, 16),
      Buffer.from(SECRET).toString('hex'),
    ]
    fc.assert(
      fc.property(node, around, fc.constantFrom(...LOG_LEVELS), fc.boolean(), (value, message, level, pretty) => {
        const { log, lines } = recorder('debug', { pretty, isTTY: true })
        const child = log.child({ component: message, context: value })
        child[level](message, { value })
        child[level](message, value as never)
        const text = lines.join('')
        expect(lines.length).toBe(2)
        for (const form of known) expect(text).not.toContain(form)
        expect(text).toContain('[redacted]')
      }),
      { numRuns: 200 },
    )
  })
})
