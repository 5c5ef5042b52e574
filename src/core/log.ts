/**
 * The log: one line of JSON a record, or readable lines on a terminal. Everything passes through `redact`: there is no
 * way from here to a destination that does not.
 *
 * Writes to the standard error stream; imports pino, clock and redact.
 */
import { pino } from 'pino'
import { prettyFactory } from 'pino-pretty'
import { type Clock } from './clock.ts'
import { redact, redactText } from './redact.ts'
import { toMs } from './time.ts'

/** From chatter to the end; a level shows itself and all behind it. */
export const LOG_LEVELS = ['debug', 'info', 'trade', 'audit', 'risk', 'warn', 'error', 'fatal'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

const LEVEL_NUMBERS: Readonly<Record<LogLevel, number>> = {
  debug: 20,
  info: 30,
  trade: 32,
  audit: 34,
  risk: 36,
  warn: 40,
  error: 50,
  fatal: 60,
}
const LEVEL_COLORS = 'debug:gray,info:green,trade:cyan,audit:blue,risk:magenta,warn:yellow,error:red,fatal:bgRed'

export type LogFields = Readonly<Record<string, unknown>>
type Write = (message: string, fields?: LogFields) => void

export interface Logger extends Readonly<Record<LogLevel, Write>> {
  /** A logger that adds these fields to each of its records. */
  child(fields: LogContext): Logger
  /** Whether records of this level are written: for callers whose fields are costly. */
  shows(level: LogLevel): boolean
}

export interface LogContext {
  /** Which part of the program speaks. */
  readonly component?: string
  /** Joins all records from a tick to the fill that it caused. */
  readonly correlationId?: string
  readonly [field: string]: unknown
}

/** Where lines go; each ends with a line feed. */
export interface LogDestination {
  write(line: string): unknown
  readonly isTTY?: boolean
}

export interface LoggerOptions {
  readonly level: LogLevel
  readonly clock: Clock
  /** The standard error stream unless given. */
  readonly destination?: LogDestination
  /** Readable lines; only on a terminal, files and pipes always get JSON. */
  readonly pretty?: boolean
}

/** Names that pino writes itself. */
const RESERVED: ReadonlySet<string> = new Set(['level', 'time', 'msg'])

export function createLogger({ level, clock, destination = standardError(), pretty = false }: LoggerOptions): Logger {
  const target = pretty && destination.isTTY === true ? prettyDestination(destination) : destination
  const sink = pino<LogLevel>(
    {
      level,
      customLevels: LEVEL_NUMBERS,
      useOnlyCustomLevels: true,
      base: null,
      timestamp: () => `,"time":${toMs(clock.now())}`,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: (line: string) => void target.write(line) },
  )
  return loggerOver(sink, {})
}

function loggerOver(sink: pino.Logger<LogLevel>, context: LogFields): Logger {
  const writeAt = (level: LogLevel): Write => {
    return (message, fields = {}) => {
      if (!sink.isLevelEnabled(level)) return
      sink[level]({ ...context, ...safeFields(fields) }, redactText(message))
    }
  }
  const writes = Object.fromEntries(LOG_LEVELS.map((level) => [level, writeAt(level)])) as Record<LogLevel, Write>
  return {
    ...writes,
    child: (fields) => loggerOver(sink, { ...context, ...safeFields(fields) }),
    shows: (level) => sink.isLevelEnabled(level),
  }
}

function safeFields(fields: LogFields): LogFields {
  const safe = redact(fields)
  // Whatever is passed past the compiler: an Error, a list, a text.
  if (typeof safe !== 'object' || safe === null || Array.isArray(safe)) return { value: safe }
  return Object.fromEntries(Object.entries(safe).map(([name, value]) => [RESERVED.has(name) ? `${name}_` : name, value]))
}

function prettyDestination(destination: LogDestination): LogDestination {
  const format = prettyFactory({
    colorize: true,
    customLevels: Object.entries(LEVEL_NUMBERS)
      .map(([name, number]) => `${name}:${number}`)
      .join(','),
    customColors: LEVEL_COLORS,
    translateTime: 'UTC:HH:MM:ss.l',
    messageFormat: (record, messageKey) =>
      [record['component'], record[messageKey]].filter((part) => part !== undefined).join(': '),
    ignore: 'component',
  })
  const readable = (line: string): string => {
    try {
      return format(line) ?? line
    } catch {
      return line // pino-pretty 13 fails on fields named like a method of all objects (`valueOf`)
    }
  }
  return { write: (line) => destination.write(readable(line)) }
}

/** Synchronous: the last words of a crash must not wait in a buffer. */
function standardError(): LogDestination {
  const stream = pino.destination({ fd: 2, sync: true })
  return { write: (line) => stream.write(line), isTTY: process.stderr.isTTY } // ambient-ok: whether a person reads the log
}
