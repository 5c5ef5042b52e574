/** Golden vectors of `market_impact`. */
import type { Answer, GoldenMap, Inputs, Question, Shape } from './harness.ts'
import {
  calibrateImpact,
  calibrateImpactCoefficient,
  calibrateImpactRidge,
  type ImpactFills,
  powerLawImpact,
  squareRootImpact,
  toBasisPoints,
} from '../../src/math/execution/index.ts'
import { byKey, has, num, vector } from './inputs.ts'

const fillsOf = (inputs: Inputs): ImpactFills => ({
  quantity: vector(inputs, 'quantity'),
  volume: vector(inputs, 'volume'),
  volatility: vector(inputs, 'sigma'),
  impact: vector(inputs, 'impact_fraction'),
})

/** The exponent that a key names: `fixed_half_exponent`, `fixed_0.6_exponent`. */
const exponentOf = (word: string): number => (word === 'half' ? 0.5 : Number(word.replace('_', '.')))

function calibration(question: Question): Record<string, unknown> | undefined {
  const fills = fillsOf(question.inputs)
  return byKey(question, [
    [/^loglog_delta$/, () => calibrateImpact(fills).exponent],
    [/^loglog_Y$/, () => calibrateImpact(fills).coefficient],
    [/^loglog_(?:intercept|log_Y)$/, () => calibrateImpact(fills).logCoefficient],
    [/^loglog_(?:r2|r_squared)$/, () => calibrateImpact(fills).rSquared],
    [/^loglog_delta_(?:se|stderr)$/, () => calibrateImpact(fills).exponentError],
    [
      /^ridge_loglog_alpha_?([0-9._e-]+)$/,
      ([, alpha]) => {
        const { logCoefficient, exponent } = calibrateImpactRidge(fills, [Number(alpha.replace('_', '.'))])
        return [logCoefficient, exponent]
      },
    ],
    [
      /^fixed_(half|[0-9._]+)_exponent_Y(?:_(ols|median))?$/,
      ([, word, method]) =>
        calibrateImpactCoefficient(fills, { exponent: exponentOf(word), method: method === 'median' ? 'median' : 'ols' }),
    ],
  ])
}

/** `T_0.1` in full, and under `published…` its parts by name: `permanent`, `temporary_T_0.1_0.2_0.5`. */
function powerLaw(question: Question): Record<string, unknown> | undefined {
  const { inputs } = question
  const at = (days: number): Record<string, number> => {
    const found = powerLawImpact({
      quantity: num(inputs, 'X'),
      dailyVolume: num(inputs, 'V'),
      outstanding: num(inputs, 'Theta'),
      volatility: num(inputs, 'sigma_daily'),
      days,
    })
    return {
      permanent: toBasisPoints(found.permanent),
      temporary: toBasisPoints(found.temporary),
      realised: toBasisPoints(found.realised),
    }
  }
  const first = Array.isArray(inputs['T_days']) ? vector(inputs, 'T_days')[0] : num(inputs, 'T_days', 1)
  const under = (days: number): Record<string, number> =>
    Object.fromEntries(Object.entries(at(days)).map(([name, value]) => [`${name}_bp`, value]))
  const part = (key: string): unknown => {
    const [, name, times] = /^(permanent|temporary|realised)(?:_bp)?(?:_T_(.+))?$/.exec(key) ?? []
    if (name === undefined) return undefined
    return times === undefined ? at(first)[name] : listOrOne(times.split('_').map((days) => at(Number(days))[name]))
  }
  return byKey(question, [
    [/^T_([0-9.]+)$/, ([, days]) => under(Number(days))],
    [/^published/, (_, shape) => Object.fromEntries(Object.keys(keysOf(shape)).map((key) => [key, part(key)]))],
    [
      /^(?:permanent|temporary|realised)_bp$/,
      ([key], shape) => (Array.isArray(shape) ? vector(inputs, 'T_days').map((days) => under(days)[key]) : under(first)[key]),
    ],
  ])
}

const listOrOne = (values: readonly number[]): unknown => (values.length === 1 ? values[0] : values)
const keysOf = (shape: Shape): object => (typeof shape === 'object' ? shape : {})

function squareRoot(question: Question): Record<string, unknown> | undefined {
  const { inputs } = question
  const law = { coefficient: num(inputs, 'Y', 1), exponent: num(inputs, 'delta', 0.5) }
  const volatility = num(inputs, 'sigma_daily')
  const orders = (key: string): number[] => (Array.isArray(inputs[key]) ? vector(inputs, key) : [num(inputs, key)])
  const [quantities, volumes] = has(question, 'participation')
    ? [orders('participation'), [1]]
    : [orders(has(question, 'Q') ? 'Q' : 'quantity'), orders(has(question, 'V') ? 'V' : 'volume')]
  const impacts = quantities.map((quantity, i) =>
    squareRootImpact(quantity, volumes[Math.min(i, volumes.length - 1)], volatility, law),
  )
  const whole = (values: number[], shape: Shape): unknown => (Array.isArray(shape) ? values : values[0])
  return byKey(question, [
    [/^impact_bp$/, (_, shape) => whole(impacts.map(toBasisPoints), shape)],
    [/^impact(?:_fraction)?$/, (_, shape) => whole(impacts, shape)],
  ])
}

function answer(question: Question): Answer | undefined {
  const outputs = has(question, 'impact_fraction')
    ? calibration(question)
    : has(question, 'Theta')
      ? powerLaw(question)
      : has(question, 'sigma_daily')
        ? squareRoot(question)
        : undefined
  return outputs === undefined ? undefined : { outputs }
}

export const map: GoldenMap = { name: 'market_impact', answer }
