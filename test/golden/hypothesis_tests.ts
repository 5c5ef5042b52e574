/** Golden vectors of `hypothesis_tests`. */
import {
  archLm,
  augmentedDickeyFuller,
  autocorrelations,
  boxPierce,
  type CriticalValues,
  dfGls,
  dieboldMariano,
  durbinWatson,
  jarqueBera,
  kpss,
  ljungBox,
  partialAutocorrelations,
  phillipsPerron,
  runsTest,
  type TestResult,
  type Trend,
  type UnitRootResult,
  varianceRatio,
} from '../../src/math/inference/index.ts'
import type { Answer, GoldenMap, Question, Shape } from './harness.ts'
import { byKey, has, lengthOf, num, vector } from './inputs.ts'

type Outputs = Record<string, unknown>

const named = ({ statistic, pValue }: TestResult): { stat: number; pvalue: number } => ({ stat: statistic, pvalue: pValue })

const percents = ({ one, five, ten }: CriticalValues): Outputs => ({ crit_1: one, crit_5: five, crit_10: ten })

const unitRoot = (found: UnitRootResult): Outputs => ({
  ...named(found),
  usedlag: found.lags,
  lags: found.lags,
  nobs: found.observations,
  ...percents(found.critical),
})

/** `lag4`, `4`, `aic`, `bic`, `tstat`. */
const lagChoice = (word: string): number | 'aic' | 'bic' | 't-stat' => {
  const digits = /(\d+)$/.exec(word)?.[1]
  if (digits !== undefined) return Number(digits)
  return word === 'bic' ? 'bic' : word.startsWith('t') ? 't-stat' : 'aic'
}

const isNumber = (word: string): boolean => /^\d+$/.test(word)

function unitRoots(question: Question): Outputs | undefined {
  const y = vector(question.inputs, 'y')
  return byKey(question, [
    [
      /^adf_(n|c|ct|ctt)_(.+)$/,
      ([, trend, lags]) => unitRoot(augmentedDickeyFuller(y, { trend: trend as Trend, lags: lagChoice(lags) })),
    ],
    [
      /^kpss_(c|ct)_(\w+)$/,
      ([, trend, lags]) => {
        const found = kpss(y, {
          trend: trend as 'c' | 'ct',
          lags: isNumber(lags) ? Number(lags) : (lags as 'auto' | 'legacy' | 'short' | 'long'),
        })
        const [ten, five, , one] = found.critical
        return { ...named(found), lags: found.lags, ...percents({ one, five, ten }) }
      },
    ],
    [
      /^phillips_perron_(n|c|ct|ctt)_(?:(rho|tau)_)?(\w+?)(?:_(rho|tau))?$/,
      ([, trend, first, lags, last]) =>
        unitRoot(
          phillipsPerron(y, {
            trend: trend as Trend,
            ...(isNumber(lags) ? { lags: Number(lags) } : {}),
            statistic: [first, last, lags].includes('rho') ? 'rho' : 'tau',
          }),
        ),
    ],
    [/^dfgls_(c|ct)_(\w+)$/, ([, trend, lags]) => unitRoot(dfGls(y, { trend: trend as 'c' | 'ct', lags: lagChoice(lags) }))],
    [
      /^variance_ratio_(\d+)(.*)$/,
      ([, periods, how]) => {
        const found = varianceRatio(y, {
          periods: Number(periods),
          robust: !/homo|non_?robust|iid/.test(how),
          debiased: !/biased/.test(how) || /debiased/.test(how),
          overlap: !/non_?overlap/.test(how),
        })
        return { vr: found.ratio, ...named(found) }
      },
    ],
  ])
}

/** `lags=[1,5,10]` of a call, or of the inputs. */
function lagsOf({ inputs, call }: Question): number[] | undefined {
  if (Array.isArray(inputs['lags'])) return vector(inputs, 'lags')
  const list = /lags\s*=\s*\[([\d,\s]+)\]/.exec(call)?.[1]
  return list?.split(',').map(Number)
}

function portmanteaus(question: Question, y: readonly number[], shape: Shape): Outputs {
  const wanted = shape as { readonly lags?: Shape }
  const lags = lagsOf(question) ?? Array.from({ length: lengthOf(wanted.lags) }, (_, i) => i + 1)
  const [ljung, box] = [ljungBox, boxPierce].map((test) => lags.map((h) => test(y, { lags: h })))
  return {
    lags,
    stat: ljung.map(({ statistic }) => statistic),
    pvalue: ljung.map(({ pValue }) => pValue),
    bp_stat: box.map(({ statistic }) => statistic),
    bp_pvalue: box.map(({ pValue }) => pValue),
  }
}

function diagnostics(question: Question): Outputs | undefined {
  const y = vector(question.inputs, 'y')
  const squares = (): number[] => y.map((value) => value * value)
  return byKey(question, [
    [/^ljung_box$/, (_, shape) => portmanteaus(question, y, shape)],
    [/^ljung_box_squares_(\d+)$/, ([, lags]) => named(ljungBox(squares(), { lags: Number(lags) }))],
    [/^ljung_box_(\d+)$/, ([, lags]) => named(ljungBox(y, { lags: Number(lags) }))],
    [/^box_pierce_squares_(\d+)$/, ([, lags]) => named(boxPierce(squares(), { lags: Number(lags) }))],
    [/^box_pierce_(\d+)$/, ([, lags]) => named(boxPierce(y, { lags: Number(lags) }))],
    [
      /^jarque_bera$/,
      () => {
        const found = jarqueBera(y)
        return { ...named(found), skew: found.skewness, kurtosis: found.kurtosis }
      },
    ],
    [
      /^arch_lm_(\d+)$/,
      ([, lags]) => {
        const found = archLm(y, Number(lags))
        return { lm: found.statistic, lm_pvalue: found.pValue, f: found.fStatistic, f_pvalue: found.fPValue }
      },
    ],
    [/^durbin_watson$/, () => durbinWatson(y)],
    [/^acf_(\d+)$/, ([, lags]) => autocorrelations(y, Number(lags))],
    [/^pacf_(\d+)$/, ([, lags]) => partialAutocorrelations(y, { lags: Number(lags) })],
    [
      /^runs_test_(mean|median)$/,
      ([, cutoff]) => {
        const found = runsTest(y, { cutoff: cutoff as 'mean' | 'median' })
        return { z: found.statistic, ...named(found) }
      },
    ],
  ])
}

/** R's acf divides by n, the code these vectors were made with by n - k. */
function forecastComparison({ inputs, library }: Question): Outputs {
  const options = { horizon: num(inputs, 'horizon', 1), divisor: library.startsWith('R') ? 'biased' : 'adjusted' } as const
  const [first, second] = [vector(inputs, 'loss1'), vector(inputs, 'loss2')]
  const found = dieboldMariano(first, second, options)
  return {
    dm: found.uncorrected,
    dm_harvey: found.statistic,
    pvalue_two_sided_t: found.pValue,
    pvalue_less_t: dieboldMariano(first, second, { ...options, alternative: 'less' }).pValue,
    pvalue_greater_t: dieboldMariano(first, second, { ...options, alternative: 'greater' }).pValue,
    mean_difference: found.meanDifference,
  }
}

export const map: GoldenMap = {
  name: 'hypothesis_tests',
  answer(question): Answer | undefined {
    const outputs = ((): Outputs | undefined => {
      if (question.model === 'unit_root') return unitRoots(question)
      if (question.model === 'diagnostics') return diagnostics(question)
      if (has(question, 'loss1', 'loss2')) return forecastComparison(question)
      return undefined
    })()
    return outputs && { outputs }
  },
}
