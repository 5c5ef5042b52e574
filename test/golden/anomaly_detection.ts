/** Golden vectors of `anomaly_detection`. */
import { createPrng } from '../../src/core/random.ts'
import { cusumChart, ewmaChart } from '../../src/math/anomaly/control-charts.ts'
import { expectedPathLength, isolationForest, isolationScores } from '../../src/math/anomaly/isolation-forest.ts'
import { localOutlierFactors, mahalanobisDistances } from '../../src/math/anomaly/multivariate.ts'
import { grubbsTest, hampelFilter, quartileFences, robustOutliers, robustScores } from '../../src/math/anomaly/robust.ts'
import { principalComponents, reconstructionErrors } from '../../src/math/numerics/principal-components.ts'
import { median } from '../../src/math/numerics/quantile.ts'
import type { Answer, GoldenMap, Question } from './harness.ts'
import { byKey, callNumber, has, matrix, num, vector, wants } from './inputs.ts'

export const map: GoldenMap = {
  name: 'anomaly_detection',
  answer(question) {
    if (question.model !== 'anomaly') return undefined
    if (has(question, 'Z')) return /IsolationForest/.test(question.call) ? isolation(question) : multivariate(question)
    if (has(question, 'z')) return charts(question)
    if (wants(question, 'critical')) return grubbs(question)
    return has(question, 'half_window') ? hampel(question) : univariate(question)
  },
}

const outputsOf = (outputs: Record<string, unknown> | undefined): Answer | undefined => outputs && { outputs }
const last = (values: ArrayLike<number>): number => values[values.length - 1]
/** `x_first5`, `x_last3`, `x`. */
const part = (values: ArrayLike<number>, match: RegExpExecArray): number[] | ArrayLike<number> => {
  const count = Number(match.groups?.['count'])
  const all = Array.from(values)
  return match.groups?.['end'] === undefined ? all : match.groups['end'] === 'first' ? all.slice(0, count) : all.slice(-count)
}
const ENDS = '(?:_(?<end>first|last)(?<count>\\d+))?$'
/** The indices of the largest values, ascending. */
const largest = (values: ArrayLike<number>, count: number): number[] =>
  Array.from(values, (_, i) => i)
    .sort((i, j) => values[j] - values[i] || i - j)
    .slice(0, count)
    .sort((i, j) => i - j)

function univariate(question: Question): Answer | undefined {
  const x = vector(question.inputs, 'x')
  const scores = robustScores(x)
  const fences = quartileFences(x, num(question.inputs, 'iqr_k', 1.5))
  return outputsOf(
    byKey(question, [
      [/^median$/, () => scores.median],
      [/^mad_scaled$/, () => scores.scale],
      [/^outliers_z$/, () => robustOutliers(x, num(question.inputs, 'z_threshold', 3.5))],
      [/^outliers_iqr$/, () => fences.outliers],
      [/^q1$/, () => fences.q1],
      [/^q3$/, () => fences.q3],
      [/^(?:lower|low)(?:_fence)?$/, () => fences.lower],
      [/^(?:upper|high)(?:_fence)?$/, () => fences.upper],
      [new RegExp(`^z${ENDS}`), (match) => part(scores.scores, match)],
    ]),
  )
}

function hampel(question: Question): Answer | undefined {
  const { inputs } = question
  const { outliers, filtered } = hampelFilter(vector(inputs, 'x'), {
    halfWindow: num(inputs, 'half_window'),
    deviations: num(inputs, 'n_sigma', 3),
    window: /trailing/i.test(`${question.call} ${question.notes}`) ? 'trailing' : 'two-sided',
  })
  return outputsOf(
    byKey(question, [
      [/^outliers$/, () => outliers],
      [/^filtered_at_outliers$/, () => outliers.map((i) => filtered[i])],
      [/^filtered$/, () => filtered],
    ]),
  )
}

function charts(question: Question): Answer | undefined {
  const { inputs } = question
  const z = vector(inputs, 'z')
  const cusum = cusumChart(z, { slack: num(inputs, 'k', 0.5), threshold: num(inputs, 'h', 5) })
  const ewma = ewmaChart(z, num(inputs, 'lambda', 0.2), num(inputs, 'L', 3))
  return outputsOf(
    byKey(question, [
      [/^cusum_up_last$/, () => last(cusum.up)],
      [/^cusum_down_last$/, () => last(cusum.down)],
      [/^cusum_up$/, () => cusum.up],
      [/^cusum_down$/, () => cusum.down],
      [/^(?:cusum_)?first_alarm$/, () => cusum.alarms[0]],
      [/^(?:cusum_)?n_alarm_samples$/, () => cusum.alarms.length],
      [/^ewma_last$/, () => last(ewma.average)],
      [/^ewma$/, () => ewma.average],
      [/^ewma_first_alarm$/, () => ewma.alarms[0]],
      [/^ewma_n_alarm_samples$/, () => ewma.alarms.length],
      [new RegExp(`^limit${ENDS}`), (match) => part(ewma.limit, match)],
    ]),
  )
}

function multivariate(question: Question): Answer | undefined {
  const rows = matrix(question.inputs, 'Z')
  const { squared, pValues } = mahalanobisDistances(rows)
  const neighbours = Number(/LocalOutlierFactor\((?:n_neighbors=)?(\d+)/.exec(question.call)?.[1] ?? 20)
  const components = Number(/PCA\((?:n_components=)?(\d+)/.exec(question.call)?.[1] ?? 1)
  const lof = localOutlierFactors(rows, neighbours)
  const errors = reconstructionErrors(principalComponents(rows), rows, components)
  return outputsOf(
    byKey(question, [
      [new RegExp(`^mahalanobis_sq${ENDS}`), (match) => part(squared, match)],
      [
        /^mahalanobis_p_below_(\d+)_(\d+)$/,
        ([, whole, digits]) => Array.from(pValues, (p, i) => (p < Number(`${whole}.${digits}`) ? i : -1)).filter((i) => i >= 0),
      ],
      [/^lof_top(\d+)$/, ([, count]) => largest(lof, Number(count))],
      [new RegExp(`^lof${ENDS}`), (match) => part(lof, match)],
      [new RegExp(`^pca_reconstruction_error${ENDS}`), (match) => part(errors, match)],
    ]),
  )
}

function isolation(question: Question): Answer | undefined {
  const rows = matrix(question.inputs, 'Z')
  const forest = isolationForest(rows, createPrng('isolation'), {
    // A larger forest than the reference's: less chance in the comparison.
    trees: Math.max(1_000, callNumber(question.call, 'n_estimators', 100)),
    sample: callNumber(question.call, 'max_samples', 256),
  })
  const scores = isolationScores(forest, rows)
  return outputsOf(
    byKey(question, [
      [/^top(\d+)_indices$/, ([, count]) => largest(scores, Number(count))],
      [/^score_of_top(\d+)$/, ([, count]) => Array.from(scores.toSorted().slice(-Number(count)))],
      [/^median_score$/, () => median(scores)],
      [/^c_of_(\d+)$/, ([, n]) => expectedPathLength(Number(n))],
    ]),
  )
}

function grubbs(question: Question): Answer | undefined {
  const { statistic, critical, index, isOutlier } = grubbsTest(vector(question.inputs, 'x'), num(question.inputs, 'alpha', 0.05))
  return outputsOf(
    byKey(question, [
      [/^G$/, () => statistic],
      [/^critical$/, () => critical],
      [/^index$/, () => index],
      [/^(?:is_)?outlier$/, () => isOutlier],
    ]),
  )
}
