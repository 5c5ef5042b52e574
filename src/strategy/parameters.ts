/**
 * Declared parameters of a strategy: a default, bounds, and words. Texts from the command line are read against them.
 */
import { InputError } from '../core/errors.ts'
import { parseDecimal } from '../core/exact.ts'

export type ParameterValue = number | string | boolean

export interface Parameter<T extends ParameterValue = ParameterValue> {
  readonly kind: 'integer' | 'number' | 'quantity' | 'flag'
  readonly default: T
  readonly min?: number
  readonly max?: number
  readonly description: string
}

export type Parameters = Readonly<Record<string, Parameter>>
/** The values a strategy gets: numbers, booleans, and quantities as decimal texts. */
export type ParametersOf<P extends Parameters> = { readonly [K in keyof P]: P[K] extends Parameter<infer T> ? T : never }

interface Bounds {
  readonly min?: number
  readonly max?: number
}

export const integer = (value: number, description: string, bounds: Bounds = {}): Parameter<number> =>
  Object.freeze({ kind: 'integer', default: value, description, ...bounds })
export const number = (value: number, description: string, bounds: Bounds = {}): Parameter<number> =>
  Object.freeze({ kind: 'number', default: value, description, ...bounds })
/** An exact amount of the base asset. It stays a decimal text until an instrument turns it into a `Qty`. */
export const quantity = (value: string, description: string): Parameter<string> =>
  Object.freeze({ kind: 'quantity', default: value, min: 0, description })
export const flag = (value: boolean, description: string): Parameter<boolean> =>
  Object.freeze({ kind: 'flag', default: value, description })

/** Reads given texts over the defaults; unknown names and values out of bounds are refused. */
export function readParameters<P extends Parameters>(
  strategy: string,
  parameters: P,
  given: Readonly<Record<string, string>>,
): ParametersOf<P> {
  const values: Record<string, ParameterValue> = {}
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(parameters, name))
      throw new InputError('unknown-parameter', `${strategy} has no parameter '${name}'`, {
        next: `It has: ${Object.keys(parameters).join(', ') || 'none'}.`,
        where: { parameter: name },
      })
  }
  for (const [name, parameter] of Object.entries(parameters))
    values[name] = Object.hasOwn(given, name) ? readValue(strategy, name, parameter, given[name]) : parameter.default
  return Object.freeze(values) as ParametersOf<P>
}

function readValue(strategy: string, name: string, parameter: Parameter, text: string): ParameterValue {
  const refuse = (why: string): never => {
    throw new InputError('bad-parameter', `parameter ${name} of ${strategy} is '${text}', ${why}`, {
      where: { parameter: name, value: text },
      next: `${name}: ${parameter.description} (default ${String(parameter.default)}).`,
    })
  }
  if (parameter.kind === 'flag') {
    if (text !== 'true' && text !== 'false') return refuse('it must be true or false')
    return text === 'true'
  }
  const value = Number(text)
  if (parseDecimal(text) === undefined || !Number.isFinite(value)) return refuse('which is no number')
  if (parameter.kind === 'integer' && !Number.isSafeInteger(value)) return refuse('it must be a whole number')
  if (parameter.kind === 'quantity') return value > 0 ? text.trim() : refuse('it must be greater than 0')
  const { min = -Infinity, max = Infinity } = parameter
  if (value < min || value > max) return refuse(`the allowed range is ${min} to ${max}`)
  return value
}
