/**
 * How questions about forecasting are put to our functions: one place for all files of the subject, because another split may carry
 * cases of several libraries. What differs between libraries is told by the inputs they have.
 */
import { forecasting, inference } from '../../src/math/index.ts'
import type { Answer, Inputs, Question, Shape } from './harness.ts'
import { byKey, callNumber, has, lengthOf, num, object, vector, wants } from './inputs.ts'

export function answerForecasting(question: Question): Answer | undefined {
  switch (question.model) {
    case 'holt_winters':
    case 'ses':
    case 'holt':
      return has(question, 'alpha') || question.library === 'stats' ? holtWintersOfR(question) : smoothing(question)
    case 'arima':
    case 'sarima':
    case 'arma':
      return arima(question)
    case 'auto_arima':
      return autoArima(question)
    case 'stl':
      return stl(question)
    case 'decompose':
      return decompose(question)
    case 'tests':
      return tests(question)
    case 'accuracy':
    case 'forecast_accuracy':
      return accuracy(question)
    case 'ar':
      return autoregression(question)
    case 'har_rv':
    case 'har':
      return har(question)
    case 'kalman':
    case 'local_level':
      return localLevel(question)
    case 'ets':
      return ets(question)
    case 'theta':
      return theta(question)
    default:
      return undefined
  }
}

/** `fitted_last5`, `smoothed_first3`, `fitted`: the end, the beginning, or all of a series. */
const part = (series: ArrayLike<number>, key: string): number[] => {
  const found = /_(first|last)_?(\d+)$/.exec(key)
  const values = Array.from(series)
  if (found === null) return values
  const count = Number(found[2])
  return found[1] === 'first' ? values.slice(0, count) : values.slice(-count)
}

const lowest = (question: Question, key: string): Pick<Answer, 'objective'> =>
  question.kind === 'fit' && wants(question, key) ? { objective: { key, best: 'lowest' } } : {}
const highest = (question: Question, key: string): Pick<Answer, 'objective'> =>
  question.kind === 'fit' && wants(question, key) ? { objective: { key, best: 'highest' } } : {}

/** A text option in any spelling: add, additive, A; mul, multiplicative, M. */
function componentOf(value: unknown): 'add' | 'mul' | undefined {
  if (typeof value !== 'string') return undefined
  if (/^a(dd|dditive)?$/i.test(value)) return 'add'
  return /^m(ul|ult|ultiplicative)?$/i.test(value) ? 'mul' : undefined
}

const numberOr = (inputs: Inputs, key: string): number | undefined => {
  const value = inputs[key]
  return typeof value === 'number' ? value : undefined
}

/** statsmodels' `ExponentialSmoothing`. */
function smoothing(question: Question): Answer | undefined {
  const { inputs } = question
  const y = vector(inputs, 'y')
  const options = has(question, 'options') ? object(inputs, 'options') : inputs
  const [trend, seasonal] = [componentOf(options['trend']), componentOf(options['seasonal'])]
  const period = numberOr(options, 'seasonal_periods') ?? numberOr(inputs, 'period')
  const model: forecasting.SmoothingModel = {
    ...(trend === undefined ? {} : { trend }),
    damped: options['damped_trend'] === true || options['damped'] === true,
    ...(seasonal === undefined ? {} : { seasonal, ...(period === undefined ? {} : { period }) }),
  }
  const start = has(question, 'initial') ? startOf(object(inputs, 'initial')) : undefined
  if (has(question, 'params')) {
    const parameters = parametersOf(object(inputs, 'params'))
    const run = forecasting.smooth(y, model, parameters, start ?? forecasting.smoothingStart(y, model).state)
    return smoothingAnswer(question, model, parameters, run)
  }
  const fit = forecasting.fitSmoothing(y, model, { region: 'statsmodels', ...(start === undefined ? {} : { start }) })
  return smoothingAnswer(question, model, fit.parameters, fit)
}

function startOf(initial: Inputs): forecasting.SmoothingState {
  const trend = numberOr(initial, 'initial_trend') ?? numberOr(initial, 'trend')
  const seasonal = ['initial_seasonal', 'initial_seasons', 'seasonal'].find((key) => key in initial)
  return {
    level: numberOr(initial, 'initial_level') ?? num(initial, 'level'),
    ...(trend === undefined ? {} : { trend }),
    ...(seasonal === undefined ? {} : { seasonal: vector(initial, seasonal) }),
  }
}

function parametersOf(params: Inputs): forecasting.SmoothingParameters {
  const beta = numberOr(params, 'smoothing_trend')
  const gamma = numberOr(params, 'smoothing_seasonal')
  const phi = numberOr(params, 'damping_trend')
  return {
    alpha: num(params, 'smoothing_level'),
    ...(beta === undefined ? {} : { beta }),
    ...(gamma === undefined ? {} : { gamma }),
    ...(phi === undefined ? {} : { phi }),
  }
}

function smoothingAnswer(
  question: Question,
  model: forecasting.SmoothingModel,
  parameters: forecasting.SmoothingParameters,
  run: forecasting.SmoothingRun,
): Answer | undefined {
  const { state } = run
  const outputs = byKey(question, [
    [/^sse$/i, () => run.sse],
    [/^mse$/, () => run.sse / run.fitted.length],
    [/^fitted/, ({ input }) => part(run.fitted, input)],
    [/^resid/, ({ input }) => part(run.residuals, input)],
    [/^forecast/, (_, shape) => forecasting.forecastSmoothing(model, parameters, state, lengthOf(shape))],
    [
      /^(final_)?coefficients$/,
      () => [state.level, ...(state.trend === undefined ? [] : [state.trend]), ...listOf(state.seasonal)],
    ],
    [/^(final_|last_)?level(_last)?$/, () => state.level],
    [/^(final_|last_)?trend(_last)?$/, () => state.trend],
    [/^(final_|last_)?season(al|s)?(_last)?$/, () => listOf(state.seasonal)],
    [
      /^params$/,
      () => ({
        smoothing_level: parameters.alpha,
        smoothing_trend: parameters.beta,
        smoothing_seasonal: parameters.gamma,
        damping_trend: parameters.phi,
      }),
    ],
    [/^(alpha|beta|gamma|phi)$/, ([name]) => parameters[name as 'alpha']],
    [/^smoothing_level$/, () => parameters.alpha],
    [/^smoothing_trend$/, () => parameters.beta],
    [/^smoothing_seasonal$/, () => parameters.gamma],
    [/^damping_trend$/, () => parameters.phi],
  ])
  if (outputs === undefined) return undefined
  const key = Object.keys(question.wanted).find((each) => /^sse$/i.test(each))
  return { outputs, ...(key === undefined ? {} : lowest(question, key)) }
}

const listOf = (values: ArrayLike<number> | undefined): number[] => (values === undefined ? [] : Array.from(values))

/** R's `HoltWinters`: the season is measured against the new level, and the start values use up the beginning of the series. */
function holtWintersOfR(question: Question): Answer | undefined {
  const { inputs, call } = question
  const y = vector(inputs, 'y')
  const [beta, gamma] = [numberOr(inputs, 'beta'), numberOr(inputs, 'gamma')]
  const fixed = has(question, 'alpha')
  const period = numberOr(inputs, 'period') ?? numberOr(inputs, 'frequency')
  const trended = fixed ? beta !== undefined || has(question, 'b_start') : !/beta\s*=\s*F/.test(call)
  const seasoned = fixed ? gamma !== undefined || has(question, 's_start') : !/gamma\s*=\s*F/.test(call) && period !== undefined
  const model: forecasting.SmoothingModel = {
    ...(trended ? { trend: 'add' } : {}),
    ...(seasoned ? { seasonal: /mult/.test(call) ? 'mul' : 'add', ...(period === undefined ? {} : { period }) } : {}),
    seasonalUpdate: 'new-level',
  }
  const found = forecasting.smoothingStart(y, model, 'decomposition')
  const trend = numberOr(inputs, 'b_start') ?? found.state.trend
  const seasonal = has(question, 's_start') ? vector(inputs, 's_start') : found.state.seasonal
  const start: forecasting.SmoothingState = {
    level: numberOr(inputs, 'l_start') ?? found.state.level,
    ...(trend === undefined ? {} : { trend }),
    ...(seasonal === undefined ? {} : { seasonal }),
  }
  const rest = y.slice(found.from)
  if (!fixed) {
    const fit = forecasting.fitSmoothing(rest, model, { start })
    return smoothingAnswer(question, model, fit.parameters, fit)
  }
  const parameters = {
    alpha: num(inputs, 'alpha'),
    ...(beta === undefined ? {} : { beta }),
    ...(gamma === undefined ? {} : { gamma }),
  }
  return smoothingAnswer(question, model, parameters, forecasting.smooth(rest, model, parameters, start))
}

/** `ar.L1`, `ar1`; `ma.S.L12`, `sma1`; `const`, `intercept`, `mean`; `x1`, `drift`: the names of two libraries for ours. */
function namedCoefficients(fit: forecasting.ArimaFit, values: { readonly [name: string]: number }): Record<string, number> {
  const period = fit.model.period ?? 1
  const out: Record<string, number> = { sigma2: fit.sigma2 }
  for (const [name, value] of Object.entries(values)) {
    out[name] = value
    const [, kind, lag] = /^(s?ar|s?ma)(\d+)$/.exec(name) ?? []
    if (kind !== undefined) out[kind.startsWith('s') ? `${kind.slice(1)}.S.L${Number(lag) * period}` : `${kind}.L${lag}`] = value
    if (name === 'mean') Object.assign(out, { const: value, intercept: value })
    if (name === 'drift') Object.assign(out, { x1: value, trend: value })
  }
  return out
}

function arima(question: Question): Answer | undefined {
  const { inputs, library, call } = question
  const y = vector(inputs, 'y')
  const listed = numbered(inputs, 'ar').length + numbered(inputs, 'ma').length > 0
  if (listed && has(question, 'sigma2')) return arimaAtParameters(question, y)
  if (!has(question, 'order')) return undefined
  const seasonal = has(question, 'seasonal_order') ? vector(inputs, 'seasonal_order') : undefined
  const order = vector(inputs, 'order')
  const trend = inputs['trend']
  const differenced = order[1] + (seasonal?.[1] ?? 0)
  const mean =
    differenced === 0 &&
    (typeof trend === 'string' ? trend.includes('c') : inputs['include_mean'] !== false && !/include\.mean\s*=\s*F/.test(call))
  const drift =
    (typeof trend === 'string' && trend.includes('t')) || inputs['include_drift'] === true || /include\.drift\s*=\s*T/.test(call)
  const period = seasonal?.[3] ?? numberOr(inputs, 'period') ?? numberOr(inputs, 'seasonal_periods')
  const fit = forecasting.fitArima(y, {
    order,
    ...(seasonal === undefined ? {} : { seasonalOrder: seasonal.slice(0, 3), ...(period === undefined ? {} : { period }) }),
    mean,
    drift,
  })
  return arimaAnswer(question, y, fit, library === 'forecast')
}

function arimaAnswer(question: Question, y: readonly number[], fit: forecasting.ArimaFit, adjusted: boolean): Answer | undefined {
  const forecast = (shape: Shape): forecasting.ArimaForecast => forecasting.forecastArima(y, fit.model, lengthOf(shape))
  const likelihood = (): forecasting.ArimaLikelihood => forecasting.arimaLikelihood(y, fit.model)
  const errors = (shape: Shape): unknown =>
    fit.standardErrors === undefined
      ? undefined
      : Array.isArray(shape)
        ? Object.values(fit.standardErrors)
        : namedCoefficients(fit, fit.standardErrors)
  const outputs = byKey(question, [
    [/^(params|coef|coefficients)$/, () => namedCoefficients(fit, fit.coefficients)],
    [/^(se|bse|std_errors?|standard_errors?)$/, (_, shape) => errors(shape)],
    [/^sigma2$/, () => (adjusted ? fit.sigma2Adjusted : fit.sigma2)],
    [/^(loglik|llf|log_likelihood)$/, () => fit.logLikelihood],
    [/^aic$/, () => fit.aic],
    [/^aicc$/, () => fit.aicc],
    [/^bic$/, () => fit.bic],
    [/^forecast_se/, (_, shape) => forecast(shape).standardErrors],
    [/^forecast/, (_, shape) => forecast(shape).mean],
    [/^(innovations|resid(uals)?)/, ({ input }) => part(likelihood().innovations, input)],
  ])
  return outputs === undefined ? undefined : { outputs, ...highest(question, 'loglik') }
}

/** `ar1`, `ar2`, ...; or a list under `ar`. */
function numbered(inputs: Inputs, name: string): number[] {
  if (Array.isArray(inputs[name])) return vector(inputs, name)
  const out: number[] = []
  for (let i = 1; typeof inputs[`${name}${i}`] === 'number'; i++) out.push(num(inputs, `${name}${i}`))
  return out
}

function arimaAtParameters(question: Question, y: readonly number[]): Answer | undefined {
  const { inputs } = question
  const order = has(question, 'order') ? vector(inputs, 'order') : [0, 0, 0]
  const period = numberOr(inputs, 'period')
  const model: forecasting.ArimaModel = {
    ar: numbered(inputs, 'ar'),
    ma: numbered(inputs, 'ma'),
    seasonalAr: numbered(inputs, 'sar'),
    seasonalMa: numbered(inputs, 'sma'),
    differences: order[1],
    ...(has(question, 'seasonal_order') ? { seasonalDifferences: vector(inputs, 'seasonal_order')[1] } : {}),
    ...(period === undefined ? {} : { period }),
    mean: numberOr(inputs, 'mean') ?? numberOr(inputs, 'const') ?? numberOr(inputs, 'intercept') ?? 0,
    drift: numberOr(inputs, 'drift') ?? 0,
    sigma2: num(inputs, 'sigma2'),
  }
  const likelihood = forecasting.arimaLikelihood(y, model)
  const outputs = byKey(question, [
    [/^(loglik|llf)$/, () => likelihood.logLikelihood],
    [/^(innovations|resid(uals)?)/, ({ input }) => part(likelihood.innovations, input)],
    [/^(innovation_)?variances?/, ({ input }) => part(likelihood.variances, input)],
    [/^forecast_se/, (_, shape) => forecasting.forecastArima(y, model, lengthOf(shape)).standardErrors],
    [/^forecast/, (_, shape) => forecasting.forecastArima(y, model, lengthOf(shape)).mean],
  ])
  return outputs === undefined ? undefined : { outputs }
}

function autoregression(question: Question): Answer | undefined {
  const { inputs, wanted, call } = question
  const y = vector(inputs, 'y')
  const lengthWanted = (key: string): number | undefined => (Array.isArray(wanted[key]) ? lengthOf(wanted[key]) : undefined)
  const lags =
    numberOr(inputs, 'lags') ??
    numberOr(inputs, 'order') ??
    lengthWanted('yule_walker_ar') ??
    (lengthWanted('ols_const_and_ar') ?? Number.NaN) - 1
  const order = Number.isNaN(lags) ? callNumber(call, 'lags', callNumber(call, 'order', 1)) : lags
  const fit = (): forecasting.AutoregressionFit => forecasting.fitAutoregression(y, order)
  const byEquations = (): forecasting.Autoregression =>
    forecasting.yuleWalker(y, order, { divisor: /method=['"]adjusted/.test(call) ? 'adjusted' : 'n' })
  const outputs = byKey(question, [
    [/^ols_const_and_ar$/, () => [fit().constant, ...fit().ar]],
    [/^ols_const$/, () => fit().constant],
    [/^ols_ar$/, () => fit().ar],
    [/^ols_sigma2$/, () => fit().sigma2],
    [/^ols_(se|bse)$/, () => fit().standardErrors],
    [/^ols_sigma$/, () => Math.sqrt(fit().sigma2)],
    [/^forecast/, (_, shape) => forecasting.forecastAutoregression(y, fit(), lengthOf(shape))],
    [/^resid(uals)?/, ({ input }) => part(fit().residuals, input)],
    [/^yule_walker_ar$/, () => byEquations().ar],
    [/^yule_walker_sigma$/, () => Math.sqrt(byEquations().sigma2)],
    [/^yule_walker_sigma2$/, () => byEquations().sigma2],
  ])
  return outputs === undefined ? undefined : { outputs }
}

/** `h5`, `log_h1`: a block of results for a horizon, in levels or logarithms. */
function har(question: Question): Answer | undefined {
  const { inputs } = question
  const rv = vector(inputs, 'rv')
  const windows = has(question, 'windows') ? { windows: vector(inputs, 'windows') } : {}
  const block = (horizon: number, scale: 'level' | 'log', shape: Shape): Record<string, unknown> => {
    const keys = typeof shape === 'object' && !Array.isArray(shape) ? Object.keys(shape) : []
    const fit = forecasting.fitHar(rv, Object.assign({ horizon, scale }, windows))
    const next = forecasting.forecastHar(rv, fit.model)
    const out: Record<string, unknown> = {}
    for (const key of keys) {
      const lags = /^se_(?:newey_west|hac|nw)_(\d+)$/.exec(key)?.[1]
      if (lags !== undefined)
        out[key] = forecasting.fitHar(rv, Object.assign({ horizon, scale, lags: Number(lags) }, windows)).standardErrors
      else if (key.startsWith('coef')) out[key] = fit.model.coefficients
      else if (key === 'r2') out[key] = fit.r2
      else if (key === 'nobs') out[key] = fit.observations
      else if (/^sigma2|^resid_var/.test(key)) out[key] = fit.model.sigma2
      else if (/log_forecast/.test(key)) out[key] = next.equation
      else if (/forecast/.test(key)) out[key] = next.variance
    }
    return out
  }
  const outputs = byKey(question, [
    [/^(log_)?h(\d+)$/, ([, log, digits], shape) => block(Number(digits), log === undefined ? 'level' : 'log', shape)],
  ])
  if (outputs !== undefined) return { outputs }
  const horizon = numberOr(inputs, 'horizon') ?? numberOr(inputs, 'h') ?? 1
  return { outputs: block(horizon, inputs['log'] === true ? 'log' : 'level', question.wanted) }
}

function localLevel(question: Question): Answer | undefined {
  const { inputs } = question
  const y = vector(inputs, 'y')
  const given = has(question, 'sigma2_irregular', 'sigma2_level')
  const fit = given ? undefined : forecasting.fitLocalLevel(y)
  const variances = fit?.variances ?? { irregular: num(inputs, 'sigma2_irregular'), level: num(inputs, 'sigma2_level') }
  const run = fit ?? forecasting.localLevel(y, variances)
  const outputs = byKey(question, [
    [/^filtered_(var|variance)/, ({ input }) => part(run.filteredVariance, input)],
    [/^smoothed_(var|variance)/, ({ input }) => part(run.smoothedVariance, input)],
    [/^filtered/, ({ input }) => part(run.filtered, input)],
    [/^smoothed/, ({ input }) => part(run.smoothed, input)],
    [/^predicted/, ({ input }) => part(run.predicted, input)],
    [/^(loglik|llf)$/, () => run.logLikelihood],
    [/^(sigma2_irregular|sigma2\.irregular)$/, () => variances.irregular],
    [/^(sigma2_level|sigma2\.level)$/, () => variances.level],
    [
      /^params$/,
      (_, shape) =>
        Array.isArray(shape)
          ? [variances.irregular, variances.level]
          : {
              'sigma2.irregular': variances.irregular,
              'sigma2.level': variances.level,
              sigma2_irregular: variances.irregular,
              sigma2_level: variances.level,
            },
    ],
    [/^forecast/, (_, shape) => new Array<number>(lengthOf(shape)).fill(run.filtered[run.filtered.length - 1])],
  ])
  return outputs === undefined ? undefined : { outputs, ...highest(question, 'loglik') }
}

/** `ets(y, model='AAdM')`: the letters of error, trend and season, the season's length from the inputs. */
function ets(question: Question): Answer | undefined {
  const { inputs, call } = question
  const y = vector(inputs, 'y')
  const period = numberOr(inputs, 'period') ?? numberOr(inputs, 'frequency')
  const named = typeof inputs['model'] === 'string' ? inputs['model'] : /model\s*=\s*['"](\w+)['"]/.exec(call)?.[1]
  const [, error, trend, d, season] = /^([AMZ])([NAMZ])(d?)([NAMZ])$/.exec(named ?? 'ZZZ') ?? []
  if (error === undefined || trend === 'M') return undefined
  const damped = d === 'd' || inputs['damped'] === true || /damped\s*=\s*T/.test(call)
  const fit =
    [error, trend, season].includes('Z') || named === undefined
      ? forecasting.selectEts(y, period === undefined ? {} : { period })
      : forecasting.fitEts(y, {
          error: error === 'M' ? 'mul' : 'add',
          ...(trend === 'A' ? { trend: 'add', damped } : {}),
          ...(season === 'N' ? {} : { seasonal: season === 'M' ? 'mul' : 'add', ...(period === undefined ? {} : { period }) }),
        })
  const { alpha, beta, gamma, phi } = fit.parameters
  const outputs = byKey(question, [
    [/^loglik$/, () => fit.logLikelihood],
    [/^aic$/, () => fit.aic],
    [/^aicc$/, () => fit.aicc],
    [/^bic$/, () => fit.bic],
    [/^mse$/, () => fit.mse],
    [/^sse$/, () => fit.sse],
    [/^sigma2$/, () => fit.sigma2],
    [/^forecast_se/, (_, shape) => forecasting.forecastEts(fit, lengthOf(shape)).standardErrors],
    [/^forecast/, (_, shape) => forecasting.forecastEts(fit, lengthOf(shape)).mean],
    [/^fitted/, ({ input }) => part(fit.fitted, input)],
    [/^alpha$/, () => alpha],
    [/^beta$/, () => fit.trendGain],
    [/^gamma$/, () => gamma],
    [/^phi$/, () => phi],
    [/^par(ams|ameters)?$/, () => ({ alpha, beta: fit.trendGain, gamma, phi, beta_star: beta })],
  ])
  if (outputs === undefined) return undefined
  // With errors that add, the likelihood is a function of the mean squared error, and a hundredth of it is worth more.
  return { outputs, ...(error === 'A' && wants(question, 'mse') ? lowest(question, 'mse') : highest(question, 'loglik')) }
}

function theta(question: Question): Answer | undefined {
  const y = vector(question.inputs, 'y')
  const period = numberOr(question.inputs, 'period') ?? numberOr(question.inputs, 'frequency') ?? 1
  const outputs = byKey(question, [
    [/^forecast/, (_, shape) => forecasting.forecastTheta(y, lengthOf(shape), { period }).mean],
    [/^alpha$/, () => forecasting.forecastTheta(y, 1, { period }).alpha],
    [/^drift$/, () => forecasting.forecastTheta(y, 1, { period }).drift],
  ])
  return outputs === undefined ? undefined : { outputs }
}

/** `auto.arima`: differences by KPSS at 5%, orders by AICc, with and without a constant. */
function autoArima(question: Question): Answer | undefined {
  const { inputs, call } = question
  const y = vector(inputs, 'y')
  const differences = numberOr(inputs, 'd')
  const fit = forecasting.selectArima(y, {
    ...(differences === undefined ? {} : { differences }),
    highestP: numberOr(inputs, 'max_p') ?? callNumber(call, 'max.p', 3),
    highestQ: numberOr(inputs, 'max_q') ?? callNumber(call, 'max.q', 3),
    constant: 'either',
  })
  if (!wants(question, 'order')) return arimaAnswer(question, y, fit, true)
  const { order, d, ...rest } = question.wanted
  const own = { order: fit.order, ...(d === undefined ? {} : { d: fit.order[1] }) }
  const answer = Object.keys(rest).length === 0 ? { outputs: {} } : arimaAnswer({ ...question, wanted: rest }, y, fit, true)
  if (answer === undefined || order === undefined) return undefined
  return { ...answer, outputs: Object.assign({}, answer.outputs, own) }
}

/** Tests of a series and of the errors of two forecasts, the numbers of lags in the names of what is wanted. */
function tests(question: Question): Answer | undefined {
  const { inputs, call } = question
  const y = vector(inputs, 'y')
  const window = /long/.test(call) && !/lshort/.test(call) ? 'long' : 'short'
  const kpss = (trend: string | undefined): inference.KpssResult =>
    inference.kpss(y, { trend: trend === 'trend' || trend === 'ct' ? 'ct' : 'c', lags: window })
  const adf = (trend: string | undefined, lags: string | undefined): inference.UnitRootResult =>
    inference.augmentedDickeyFuller(y, {
      trend: trend === 'n' || trend === 'c' || trend === 'ctt' ? trend : 'ct',
      lags: lags === undefined ? callNumber(call, 'k') : Number(lags),
    })
  const horizon = callNumber(call.replace(/^.*dm\.test/, ''), 'h', 1)
  const losses = (key: string): Float64Array => inference.powerLosses(vector(inputs, key), callNumber(call, 'power', 2))
  const dm = (): inference.TestResult => inference.dieboldMariano(losses('residuals1'), losses('residuals2'), { horizon })
  const box = (name: string, lags: string): inference.TestResult =>
    (name.startsWith('box') ? inference.boxPierce : inference.ljungBox)(y, { lags: Number(lags) })
  const outputs = byKey(question, [
    [/^adf(?:_(n|c|ct|ctt))?(?:_lag(\d+))?(?:_stat)?$/, ([, trend, lags]) => adf(trend, lags).statistic],
    [/^kpss(?:_(level|trend|c|ct))?_stat$/, ([, trend]) => kpss(trend).statistic],
    [/^kpss(?:_(level|trend|c|ct))?_(?:p|pvalue)$/, ([, trend]) => kpss(trend).pValue],
    [/^kpss(?:_(level|trend|c|ct))?_lags?$/, ([, trend]) => kpss(trend).lags],
    [/^(ljung_box|box_pierce)_(\d+)$/, ([, name, lags]) => box(name, lags).statistic],
    [/^(ljung_box|box_pierce)_(\d+)_p(?:value)?$/, ([, name, lags]) => box(name, lags).pValue],
    [/^jarque_bera$/, () => inference.jarqueBera(y).statistic],
    [/^jarque_bera_p(?:value)?$/, () => inference.jarqueBera(y).pValue],
    [/^dm(?:_stat)?$/, () => dm().statistic],
    [/^dm_p(?:value)?$/, () => dm().pValue],
  ])
  return outputs === undefined ? undefined : { outputs }
}

/** `stl` of R, or statsmodels' `STL`, whose regressions are lines and computed at all points. */
function stl(question: Question): Answer | undefined {
  const { inputs, call, library } = question
  const y = vector(inputs, 'y')
  const numbered = (...names: readonly string[]): number | undefined => {
    for (const name of names) {
      const value = numberOr(inputs, name) ?? callNumber(call, name.replace('.', '\\.'), Number.NaN)
      if (!Number.isNaN(value)) return value
    }
    return undefined
  }
  const period = numbered('period', 'frequency') ?? 12
  const python = library === 'statsmodels'
  const seasonalWindow = numbered('s.window', 's_window', 'seasonal_window', 'seasonal') ?? (python ? 7 : undefined)
  const trendWindow = numbered('t.window', 't_window', 'trend_window')
  const robust = inputs['robust'] === true || /robust\s*=\s*T/.test(call)
  const [degree, trendDegree] = [numbered('s.degree', 's_degree', 'seasonal_deg'), numbered('t.degree', 't_degree', 'trend_deg')]
  const degreeOf = (value: number): 0 | 1 => (value === 0 ? 0 : 1)
  const parts = forecasting.stl(y, period, {
    robust,
    ...(seasonalWindow === undefined ? {} : { seasonalWindow }),
    ...(trendWindow === undefined ? {} : { trendWindow }),
    ...(python ? { jumps: 'none', seasonalDegree: 1, inner: robust ? 2 : 5 } : {}),
    ...(degree === undefined ? {} : { seasonalDegree: degreeOf(degree) }),
    ...(trendDegree === undefined ? {} : { trendDegree: degreeOf(trendDegree) }),
  })
  const outputs = byKey(question, [
    [/^seasonal/, ({ input }) => part(parts.seasonal, input)],
    [/^trend/, ({ input }) => part(parts.trend, input)],
    [/^(remainder|resid)/, ({ input }) => part(parts.remainder, input)],
    [/^weights/, ({ input }) => part(parts.weights, input)],
  ])
  return outputs === undefined ? undefined : { outputs }
}

function decompose(question: Question): Answer | undefined {
  const { inputs, call } = question
  const kind = /mul/.test(call) || componentOf(inputs['type']) === 'mul' ? 'mul' : 'add'
  const parts = forecasting.decompose(vector(inputs, 'y'), numberOr(inputs, 'period') ?? num(inputs, 'frequency'), kind)
  const outputs = byKey(question, [
    [/^figure$/, () => parts.figure],
    [/^seasonal/, ({ input }) => part(parts.seasonal, input)],
    [/^adjusted/, ({ input }) => part(parts.adjusted, input)],
  ])
  return outputs === undefined ? undefined : { outputs }
}

function accuracy(question: Question): Answer | undefined {
  const { inputs } = question
  const actual = vector(inputs, has(question, 'actual') ? 'actual' : 'y')
  const forecast = vector(inputs, 'forecast')
  const outputs = byKey(question, [
    [/^mae$/i, () => forecasting.meanAbsoluteError(actual, forecast)],
    [/^rmse$/i, () => forecasting.rootMeanSquaredError(actual, forecast)],
    [/^me$/i, () => forecasting.meanError(actual, forecast)],
    [/^smape$/i, () => forecasting.symmetricPercentageError(actual, forecast)],
    [
      /^mase$/i,
      () =>
        forecasting.meanAbsoluteScaledError(
          actual,
          forecast,
          vector(inputs, has(question, 'training') ? 'training' : 'train'),
          numberOr(inputs, 'period') ?? 1,
        ),
    ],
    [/^qlike$/i, () => forecasting.qlike(actual, forecast)],
  ])
  return outputs === undefined ? undefined : { outputs }
}
