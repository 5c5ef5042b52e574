/** Golden vectors of `hypothesis_tests`. */
import { createPrng } from '../../src/core/random.ts'
import {
  slopesFTest,
  cusumTest,
  breuschGodfrey,
  breuschPagan,
  whiteTest,
  adjustPValues,
  type Alternative,
  andersonDarling,
  bartlettTest,
  binomialTest,
  chiSquaredGoodnessOfFit,
  christoffersenTest,
  type Correction,
  engleGranger,
  halfLife,
  johansen,
  kendallTest,
  kolmogorovSmirnov,
  kruskalWallis,
  kupiecTest,
  leveneTest,
  mannWhitney,
  oneSampleTTest,
  oneWayAnova,
  pairedTTest,
  pearsonTest,
  realityCheck,
  shapiroWilk,
  spearmanTest,
  superiorPredictiveAbility,
  twoSampleKolmogorovSmirnov,
  twoSampleTTest,
  wilcoxonSignedRank,
  archLm,
  augmentedDickeyFuller,
  boxPierce,
  type CriticalValues,
  dfGls,
  dieboldMariano,
  durbinWatson,
  jarqueBera,
  kpss,
  ljungBox,
  phillipsPerron,
  powerLosses,
  runsTest,
  type TestResult,
  type Trend,
  type UnitRootResult,
  varianceRatio,
} from '../../src/math/inference/index.ts'
import { linearRegression } from '../../src/math/linear/index.ts'
import { autocorrelation, normalCdf, partialAutocorrelation } from '../../src/math/numerics/index.ts'
import { definedOr } from './defined.ts'
import type { Answer, GoldenMap, Question, Shape } from './harness.ts'
import { byKey, callNumber, has, lengthOf, matrix, num, text, vector } from './inputs.ts'

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
      /^phillips_perron_(?:(?:rho|tau)_)?(n|c|ct|ctt)_(?:(rho|tau)_)?(\w+?)(?:_(rho|tau))?$/,
      ([key, trend, first, lags, last]) =>
        unitRoot(
          phillipsPerron(y, {
            trend: trend as Trend,
            ...(isNumber(lags) ? { lags: Number(lags) } : {}),
            statistic: [first, last, lags].includes('rho') || key.includes('_rho') ? 'rho' : 'tau',
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
    [/^acf_(\d+)$/, ([, lags]) => autocorrelation(y, Number(lags))],
    [/^pacf_(\d+)$/, ([, lags]) => [1, ...partialAutocorrelation(y, Number(lags))]],
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
  const power = num(inputs, 'power', 2)
  const [first, second] = ['1', '2'].map((k) =>
    `loss${k}` in inputs ? vector(inputs, `loss${k}`) : powerLosses(vector(inputs, `errors${k}`), power),
  )
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

/** Samples named in a key: `_a_c`. */
const samplesOf = (question: Question, names: string): number[][] =>
  names
    .split('_')
    .filter((name) => name in question.inputs)
    .map((name) => vector(question.inputs, name))

const alternativeOf = (key: string): Alternative => (/_less/.test(key) ? 'less' : /_greater/.test(key) ? 'greater' : 'two-sided')
const methodOf = (key: string): 'exact' | 'asymptotic' | 'auto' =>
  /exact/.test(key) ? 'exact' : /asymp|approx/.test(key) ? 'asymptotic' : 'auto'

/** The samples a key names, else the first so many of the case. */
function samples(question: Question, key: string, count: number): number[][] {
  const named = samplesOf(question, key)
  if (named.length >= count) return named
  const single = Object.keys(question.inputs).filter((name) => /^[a-z]$/.test(name))
  return single.slice(0, count).map((name) => vector(question.inputs, name))
}

/** Of the small exact test the vectors name no samples: the heads of the first two, of 8 and 7 values. */
function rankSamples(question: Question, key: string): number[][] {
  if (/ties/.test(key)) return [vector(question.inputs, 'tied_x'), vector(question.inputs, 'tied_y')]
  const pair = samples(question, key, 2)
  return /small/.test(key) ? [pair[0].slice(0, 8), pair[1].slice(0, 7)] : pair
}

function classical(question: Question): Outputs | undefined {
  const { inputs } = question
  const pair = (key: string): [number[], number[]] => samples(question, key, 2) as [number[], number[]]
  const all = (key: string): number[][] => {
    const named = samplesOf(question, key)
    return named.length > 1 ? named : samples(question, '', Infinity)
  }
  return byKey(question, [
    [
      /^ttest_1samp_([a-z])_(-?\d+(?:\.\d+)?)(?:_.+)?$/,
      ([key, name, mean]) => named(oneSampleTTest(vector(inputs, name), { mean: Number(mean), alternative: alternativeOf(key) })),
    ],
    [
      /^ttest_(student|welch).*$/,
      ([key, kind]) => {
        const [a, b] = pair(key.replace(/^ttest_/, ''))
        const variances = kind === 'student' ? 'equal' : 'unequal'
        const found = twoSampleTTest(a, b, { variances, alternative: alternativeOf(key) })
        return { ...named(found), df: found.freedom }
      },
    ],
    [/^ttest_paired_(.+)$/, ([key, names]) => named(pairedTTest(...pair(names), { alternative: alternativeOf(key) }))],
    [
      /^mannwhitney_.*$/,
      ([key]) => {
        const [a, b] = rankSamples(question, key)
        return named(mannWhitney(a, b, { alternative: alternativeOf(key), method: methodOf(key) }))
      },
    ],
    [
      /^wilcoxon_(.+)$/,
      ([key, names]) => named(wilcoxonSignedRank(...pair(names), { alternative: alternativeOf(key), method: methodOf(key) })),
    ],
    [
      /^ks_2samp.*$/,
      ([key]) => named(twoSampleKolmogorovSmirnov(...pair(key), { alternative: alternativeOf(key), method: methodOf(key) })),
    ],
    [
      /^ks_normal_([a-z])(?:_.+)?$/,
      // These vectors were made with the limiting distribution.
      ([key, name]) =>
        named(
          kolmogorovSmirnov(vector(inputs, name), normalCdf, {
            alternative: alternativeOf(key),
            method: /exact/.test(key) ? 'exact' : 'asymptotic',
          }),
        ),
    ],
    [
      /^levene_(median|mean|trimmed).*$/,
      ([key, centre]) => named(leveneTest(pair(key), { centre: centre as 'median' | 'mean' | 'trimmed' })),
    ],
    [/^bartlett.*$/, ([key]) => named(bartlettTest(pair(key)))],
    [/^f_oneway.*$/, ([key]) => named(oneWayAnova(all(key)))],
    [/^kruskal.*$/, ([key]) => named(kruskalWallis(all(key)))],
    [/^pearson_(.+)$/, ([key, names]) => named(pearsonTest(...pair(names), { alternative: alternativeOf(key) }))],
    [/^spearman_(.+)$/, ([key, names]) => named(spearmanTest(...pair(names), { alternative: alternativeOf(key) }))],
    [
      /^kendall_(.+)$/,
      ([key, names]) => named(kendallTest(...pair(names), { alternative: alternativeOf(key), method: methodOf(key) })),
    ],
    // SciPy 1.10, which made these vectors, computes this one test in single precision.
    [/^shapiro_(\w+)$/, ([, name]) => named(shapiroWilk(vector(inputs, name), { precision: 'single' }))],
    [/^jarque_bera_(\w+)$/, ([, name]) => named(jarqueBera(vector(inputs, name)))],
    [/^anderson_normal_([a-z])_stat$/, ([, name]) => andersonDarling(vector(inputs, name)).statistic],
    [/^anderson_normal_([a-z])$/, ([, name]) => named(andersonDarling(vector(inputs, name)))],
    [/^chi2_gof$/, () => goodnessOfFit(question)],
    [
      /^binom_(two_sided|less|greater)_(\d+)_of_(\d+)_p_(\d+)_(\d+)$/,
      ([key, , successes, trials, whole, decimals]) =>
        binomialTest(Number(successes), Number(trials), {
          share: Number(`${whole}.${decimals}`),
          alternative: alternativeOf(key),
        }).pValue,
    ],
  ])
}

const COUNTS = ['observed', 'f_obs', 'counts']

function goodnessOfFit({ inputs }: Question): Outputs | undefined {
  const observed = COUNTS.find((key) => key in inputs)
  if (observed === undefined) return undefined
  const expected = ['expected', 'f_exp', 'probabilities'].find((key) => key in inputs)
  return named(
    chiSquaredGoodnessOfFit(vector(inputs, observed), expected === undefined ? {} : { expected: vector(inputs, expected) }),
  )
}

const CORRECTIONS: Readonly<Record<string, Correction>> = {
  bonferroni: 'bonferroni',
  sidak: 'sidak',
  holm: 'holm',
  'holm-sidak': 'holm-sidak',
  holm_sidak: 'holm-sidak',
  'simes-hochberg': 'hochberg',
  hochberg: 'hochberg',
  fdr_bh: 'benjamini-hochberg',
  fdr_by: 'benjamini-yekutieli',
}

function multiplicity({ inputs, wanted }: Question): Outputs | undefined {
  const outputs: Outputs = {}
  for (const key of Object.keys(wanted)) {
    if (!(key in CORRECTIONS)) return undefined
    const found = adjustPValues(vector(inputs, 'pvalues'), { method: CORRECTIONS[key], level: num(inputs, 'alpha', 0.05) })
    outputs[key] = { reject: found.rejected, adjusted: found.adjusted }
  }
  return outputs
}

function cointegrated({ inputs, call }: Question): Outputs {
  const [y, x] = [vector(inputs, 'y'), vector(inputs, 'x')]
  const autolag = /autolag\s*=\s*['"](\w[\w-]*)/.exec(call)?.[1]
  const maxLags = callNumber(call, 'maxlag', -1)
  const trend = (/coint\([^)]*trend\s*=\s*'(c|ct|ctt)'/.exec(call)?.[1] ?? 'c') as 'c' | 'ct' | 'ctt'
  const pair = engleGranger(y, x, {
    trend,
    lags: maxLags >= 0 && autolag === undefined ? maxLags : lagChoice(autolag?.toLowerCase() ?? 'aic'),
    ...(maxLags >= 0 ? { maxLags } : {}),
  })
  const order = callNumber(call, 'det_order', 0)
  const others = Object.keys(inputs).filter((name) => /^[a-z]\d*$/.test(name))
  const together = johansen(
    y.map((_, t) => others.map((name) => vector(inputs, name)[t])),
    { lags: callNumber(call, 'k_ar_diff', 1), trend: order < 0 ? 'n' : order > 0 ? 'ct' : 'c' },
  )
  const life = definedOr(undefined, () => halfLife(pair.spread))
  const { one, five, ten } = pair.critical
  return {
    engle_granger: { ...named(pair), crit: [one, five, ten] },
    hedge_ratio_slope_intercept: [pair.hedgeRatios[0], pair.intercept],
    johansen: {
      eigenvalues: together.eigenvalues,
      trace: together.trace,
      max_eig: together.maximumEigenvalue,
      trace_crit_90_95_99: together.traceCritical,
      max_eig_crit_90_95_99: together.maximumEigenvalueCritical,
    },
    half_life_ou_regression: life?.continuous,
    half_life_exact_ar1: life?.discrete,
  }
}

function snooping({ inputs }: Question): Outputs {
  const [benchmark, models] = [vector(inputs, 'benchmark_losses'), matrix(inputs, 'model_losses')]
  const options = { ...('block_size' in inputs ? { blockLength: num(inputs, 'block_size') } : {}), draws: 4_000 }
  // The library takes the standard errors for the choice of models only, not for the statistic.
  const found = superiorPredictiveAbility(benchmark, models, createPrng('spa'), { ...options, studentised: false })
  const white = realityCheck(benchmark, models, createPrng('spa'), options)
  return {
    pvalue_lower_consistent_upper: [found.lower, found.consistent, found.upper],
    pvalue_lower: found.lower,
    pvalue_consistent: found.consistent,
    pvalue_upper: found.upper,
    pvalue_white: white.pValue,
    white_statistic_max_sqrtT_mean: white.statistic,
    mean_loss_differences: found.meanDifferences,
  }
}

function exceedances({ inputs }: Question): Outputs {
  const found = christoffersenTest(vector(inputs, 'violations'), num(inputs, 'expected_rate'))
  return {
    n_violations: found.violations,
    kupiec_lr: found.coverage.statistic,
    kupiec_p: found.coverage.pValue,
    independence_lr: found.independence.statistic,
    independence_p: found.independence.pValue,
    conditional_coverage_lr: found.conditional.statistic,
    conditional_coverage_p: found.conditional.pValue,
  }
}

/** `const, x, z`: the columns of the regression; a constant comes first. */
function regression(question: Question): Outputs | undefined {
  const { inputs, call } = question
  const y = vector(inputs, 'y')
  const words = text(inputs, 'regressors', 'const, x')
    .split(',')
    .map((word) => word.trim())
  const intercept = words.some((word) => /^(const|intercept|1)$/.test(word))
  const columns = words.filter((word) => word in inputs).map((name) => vector(inputs, name))
  const slopes = y.map((_, t) => columns.map((column) => column[t]))
  const design = intercept ? slopes.map((row) => [1, ...row]) : slopes
  const fit = linearRegression(slopes, y, { intercept })
  const lags = Number(/breusch_godfrey\(\D*(\d+)/.exec(call)?.[1] ?? 1)
  const robust = (errors: 'hc0' | 'hc1' | 'hc2' | 'hc3'): unknown =>
    linearRegression(slopes, y, { intercept, errors }).standardErrors
  const pagan = (): Outputs => {
    const found = breuschPagan(fit.residuals, design)
    return { lm: found.statistic, p: found.pValue, f: found.fStatistic, f_p: found.fPValue }
  }
  const white = (): Outputs => {
    const found = whiteTest(fit.residuals, design)
    return { lm: found.statistic, p: found.pValue, f: found.fStatistic, f_p: found.fPValue }
  }
  const godfrey = (h: number): Outputs => {
    const found = breuschGodfrey(design, y, h)
    return { lm: found.statistic, p: found.pValue, f: found.fStatistic, f_p: found.fPValue }
  }
  return byKey(question, [
    [/^coef$/, () => fit.coefficients],
    [/^se$/, () => fit.standardErrors],
    [/^t$/, () => fit.tStatistics],
    [/^p$/, () => fit.pValues],
    [/^r2$/, () => fit.r2],
    [/^adj_r2$/, () => fit.adjustedR2],
    [/^f$/, () => slopesFTest(design, y).statistic],
    [/^f_p$/, () => slopesFTest(design, y).pValue],
    [/^loglik$/, () => fit.logLikelihood],
    [/^aic$/, () => fit.aic],
    [/^bic$/, () => fit.bic],
    [/^residuals$/, () => fit.residuals],
    [/^durbin_watson$/, () => fit.durbinWatson],
    [/^jarque_bera$/, () => named(jarqueBera(fit.residuals))],
    [/^se_hac_?(\d+)$/, ([, h]) => linearRegression(slopes, y, { intercept, errors: 'hac', lags: Number(h) }).standardErrors],
    [/^se_(hc[0-3])$/, ([, errors]) => robust(errors as 'hc0' | 'hc1' | 'hc2' | 'hc3')],
    [/^breusch_pagan_(lm|p|f|f_p)$/, ([, key]) => pagan()[key]],
    [/^white_(lm|p|f|f_p)$/, ([, key]) => white()[key]],
    [/^breusch_godfrey_(?:(\d+)_)?(lm|p|f|f_p)$/, ([, h, key]) => godfrey(Number(h ?? lags))[key]],
    [/^cusum$/, () => named(cusumTest(fit.residuals, design[0].length))],
  ])
}

/** The counts alone say nothing of independence. */
function coverage({ inputs }: Question): Outputs {
  const found = kupiecTest(num(inputs, 'n_violations'), num(inputs, 'n_obs'), num(inputs, 'expected_rate'))
  return { kupiec_lr: found.statistic, kupiec_p: found.pValue }
}

export const map: GoldenMap = {
  name: 'hypothesis_tests',
  answer(question): Answer | undefined {
    const outputs = ((): Outputs | undefined => {
      if (question.model === 'unit_root') return unitRoots(question)
      if (question.model === 'diagnostics') return diagnostics(question)
      if (has(question, 'pvalues')) return multiplicity(question)
      if (has(question, 'benchmark_losses', 'model_losses')) return snooping(question)
      if (has(question, 'violations', 'expected_rate')) return exceedances(question)
      if (has(question, 'n_violations', 'n_obs', 'expected_rate')) return coverage(question)
      if (question.model === 'ols') return regression(question)
      if (question.model === 'cointegration') return cointegrated(question)
      if (question.model === 'tests' && has(question, 'a')) return classical(question)
      if (has(question, 'loss1', 'loss2') || has(question, 'errors1', 'errors2')) return forecastComparison(question)
      return undefined
    })()
    if (outputs === undefined) return undefined
    // A test of counts whose counts are not in the file cannot be asked.
    const keys = question.model === 'tests' && !COUNTS.some((key) => has(question, key)) ? ['chi2_gof'] : []
    return { outputs, withoutInputs: { keys, because: 'the file gives no counts to test' } }
  },
}
