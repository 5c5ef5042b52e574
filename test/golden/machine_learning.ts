/** Golden vectors of `machine_learning`. */
import {
  type BoostModel,
  boostFit,
  type BoostOptions,
  boostProbabilities,
  boostScores,
} from '../../src/math/learning/boosting.ts'
import {
  averagePrecision,
  brierScore,
  classificationReport,
  meanLogLoss,
  rocAuc,
} from '../../src/math/learning/classification-metrics.ts'
import { isotonicFit, isotonicPredict } from '../../src/math/learning/isotonic.ts'
import { kMeans, nearestNeighbourMean, silhouette } from '../../src/math/learning/neighbours.ts'
import { rangeScaler, robustScaler, scaleRows, standardScaler } from '../../src/math/learning/scalers.ts'
import { regressionTree, regressionTreePredict } from '../../src/math/learning/tree.ts'
import { principalComponents } from '../../src/math/numerics/principal-components.ts'
import type { Answer, GoldenMap, Question } from './harness.ts'
import { byKey, callNumber, matrix, num, vector, wants } from './inputs.ts'

export const map: GoldenMap = {
  name: 'machine_learning',
  answer(question) {
    switch (question.model) {
      case 'tree':
        return tree(question)
      case 'gbt':
        return boosted(question)
      case 'metrics_ml':
        return metrics(question)
      case 'calibration':
        return isotonic(question)
      case 'pca':
        return components(question)
      case 'kmeans':
        return clusters(question)
      case 'scalers':
        return scalers(question)
      case 'knn':
        return neighbours(question)
      default:
        return undefined
    }
  },
}

const outputsOf = (outputs: Record<string, unknown> | undefined): Answer | undefined => outputs && { outputs }

/** A parameter: an input, else in the text of the call, else the library's default. */
const setting = ({ inputs, call }: Question, key: string, fallback: number): number =>
  num(inputs, key, callNumber(call, key, fallback))

function tree(question: Question): Answer | undefined {
  const { inputs } = question
  const [x, y] = [matrix(inputs, 'X'), vector(inputs, 'y')]
  const model = regressionTree(x, y, {
    maxDepth: setting(question, 'max_depth', 64),
    minSamplesLeaf: setting(question, 'min_samples_leaf', 1),
    comparison: 'scikit-learn',
  })
  return outputsOf(
    byKey(question, [
      [/^root_feature$/, () => model.feature[0]],
      [/^root_threshold$/, () => model.threshold[0]],
      [/^n_leaves$/, () => model.leaves],
      [/^predict_test$/, () => regressionTreePredict(model, matrix(inputs, 'X_test'))],
      [/^predict_train$/, () => regressionTreePredict(model, x)],
      [/^train_mse$/, () => boostFitLoss(regressionTreePredict(model, x), y)],
      [/^feature_importance$/, () => model.importance],
    ]),
  )
}

/** Mean squared error, by the Brier formula, which is the same. */
const boostFitLoss = (predicted: ArrayLike<number>, y: readonly number[]): number =>
  y.reduce((total, value, i) => total + (value - predicted[i]) ** 2 / y.length, 0)

function boosted(question: Question): Answer | undefined {
  const { inputs, library } = question
  const isClassifier = /Classifier|binary:logistic/.test(question.call)
  const common: BoostOptions = { loss: isClassifier ? 'logistic' : 'squared' }
  const options: BoostOptions =
    library === 'xgboost'
      ? {
          ...common,
          order: 'second',
          trees: num(
            inputs,
            'n_rounds',
            Number(/(\d+) rounds/.exec(question.call)?.[1] ?? callNumber(question.call, 'num_boost_round', 10)),
          ),
          learningRate: setting(question, 'eta', setting(question, 'learning_rate', 0.3)),
          maxDepth: setting(question, 'max_depth', 6),
          lambda: setting(question, 'reg_lambda', setting(question, 'lambda', 1)),
          gamma: setting(question, 'gamma', 0),
          minChildWeight: setting(question, 'min_child_weight', 1),
          comparison: 'xgboost',
          ...baseOf(question, isClassifier),
        }
      : {
          ...common,
          trees: setting(question, 'n_estimators', 100),
          learningRate: setting(question, 'learning_rate', 0.1),
          maxDepth: setting(question, 'max_depth', 3),
          minSamplesLeaf: setting(question, 'min_samples_leaf', 1),
          comparison: 'scikit-learn',
        }
  const x = matrix(inputs, 'X')
  const model = boostFit(x, vector(inputs, isClassifier ? 'y_class' : 'y'), options)
  const test = matrix(inputs, 'X_test')
  const outputs = byKey(question, [
    [/^init(?:_log_odds)?$/, () => model.base],
    [
      /^(predict|decision|prob)_test(?:_final|_stage_(\d+))?$/,
      ([, kind, stage]) =>
        // Of classes xgboost predicts probabilities, and scikit-learn its decision function here.
        (kind === 'prob' || (kind === 'predict' && isClassifier && library === 'xgboost') ? boostProbabilities : boostScores)(
          model,
          test,
          stage === undefined ? {} : { trees: Number(stage) },
        ),
    ],
    [/^train_(?:mse|log_?loss)_stages_(.+)$/, ([, stages]) => stages.split('_').map((stage) => lossAt(model, stage))],
    [/^train_(?:mse|log_?loss)$/, () => lossAt(model, 'last')],
    [/^train_rmse$/, () => Math.sqrt(lossAt(model, 'last'))],
    [/^feature_importance$/, () => model.importance],
  ])
  if (outputs === undefined) return undefined
  // The notes: on a tie any of the tied variables is right, and the training error is compared within 2 %.
  const keys = Object.keys(question.wanted).filter((key) => /^train_(mse|rmse|log_?loss)/.test(key))
  return model.trees.some(({ ties }) => ties > 0) ? { outputs, tied: { keys, rel: 0.02 } } : { outputs }
}

/** Where xgboost begins: a probability for classes; the mean where the call says so; 0.5 where nothing is said. */
function baseOf({ inputs, call }: Question, isClassifier: boolean): { readonly base?: number } {
  const said = 'base_score' in inputs ? num(inputs, 'base_score') : callNumber(call, 'base_score', Number.NaN)
  if (Number.isNaN(said)) return /base_score\s*=\s*mean/.test(call) ? {} : { base: isClassifier ? 0 : 0.5 }
  return { base: isClassifier ? Math.log(said / (1 - said)) : said }
}

const lossAt = ({ trainingLoss }: BoostModel, stage: string): number =>
  trainingLoss[stage === 'last' ? trainingLoss.length - 1 : Number(stage) - 1]

function metrics(question: Question): Answer | undefined {
  const { inputs } = question
  const [truth, p] = [vector(inputs, 'y_true'), vector(inputs, 'prob')]
  const report = classificationReport(truth, p, num(inputs, 'threshold', 0.5), { zeroDivision: 'zero' })
  return outputsOf(
    byKey(question, [
      [/^roc_auc$/, () => rocAuc(truth, p)],
      [/^average_precision$/, () => averagePrecision(truth, p)],
      [/^log_loss$/, () => meanLogLoss(truth, p)],
      [/^brier$/, () => brierScore(truth, p)],
      [/^accuracy$/, () => report.accuracy],
      [/^precision$/, () => report.precision],
      [/^recall$/, () => report.recall],
      [/^f1$/, () => report.f1],
      [/^mcc$/, () => report.mcc],
      [/^cohen_kappa$/, () => report.kappa],
      [/^confusion$/, () => report.confusion],
      [/^balanced_accuracy$/, () => report.balancedAccuracy],
    ]),
  )
}

function isotonic(question: Question): Answer | undefined {
  const { inputs } = question
  const [x, y] = 'x' in inputs ? [vector(inputs, 'x'), vector(inputs, 'y')] : [vector(inputs, 'prob'), vector(inputs, 'y_true')]
  const model = isotonicFit(x, y)
  return outputsOf(
    byKey(question, [
      [
        /^fitted_sorted_by_x(?:_first(\d+))?$/,
        ([, count]) =>
          Array.from(
            isotonicPredict(
              model,
              x.toSorted((a, b) => a - b),
            ),
          ).slice(0, count === undefined ? undefined : Number(count)),
      ],
      [/^predict$/, () => isotonicPredict(model, vector(inputs, 'x_query'))],
    ]),
  )
}

function components(question: Question): Answer | undefined {
  const { variances, shares, components: vectors } = principalComponents(matrix(question.inputs, 'X'))
  return outputsOf(
    byKey(question, [
      [/^explained_variance$/, (_, shape) => Array.from(variances).slice(0, shape.length as number)],
      [/^explained_variance_ratio$/, (_, shape) => Array.from(shares).slice(0, shape.length as number)],
      [/^components_sign_normalised$/, (_, shape) => vectors.slice(0, shape.length as number)],
    ]),
  )
}

function clusters(question: Question): Answer | undefined {
  const x = matrix(question.inputs, 'X')
  const found = kMeans(
    x,
    vector(question.inputs, 'start_rows').map((i) => x[i]),
  )
  return outputsOf(
    byKey(question, [
      [/^centers$/, () => found.centres],
      [/^inertia$/, () => found.inertia],
      [/^labels$/, () => found.labels],
      [/^silhouette$/, () => silhouette(x, found.labels)],
    ]),
  )
}

function scalers(question: Question): Answer | undefined {
  const x = matrix(question.inputs, 'X')
  const test = { ...question.related, ...question.inputs }
  const row = (index: string): number[][] => [matrix(test, 'X_test')[Number(index)]]
  const unit = { constant: 'unit' } as const
  const [standard, robust, range] = [standardScaler(x, unit), robustScaler(x, unit), rangeScaler(x, unit)]
  return outputsOf(
    byKey(question, [
      [/^mean$/, () => standard.centre],
      [/^scale$/, () => standard.scale],
      [/^median$/, () => robust.centre],
      [/^iqr$/, () => robust.scale],
      [/^min$/, () => range.centre],
      [/^max$/, () => range.centre.map((_, j) => Math.max(...x.map((each) => each[j])))],
      [/^standard_test_row(\d+)$/, ([, index]) => scaleRows(standard, row(index))[0]],
      [/^robust_test_row(\d+)$/, ([, index]) => scaleRows(robust, row(index))[0]],
      [/^min_?max_test_row(\d+)$/, ([, index]) => scaleRows(range, row(index))[0]],
    ]),
  )
}

function neighbours(question: Question): Answer | undefined {
  const { inputs, call } = question
  const key = ['prob_test', 'predict_test'].find((name) => wants(question, name))
  if (key === undefined) return undefined
  const targets = /KNeighborsRegressor/.test(call) ? 'y' : 'y_class'
  const k = Number(/KNeighbors\w+\((?:n_neighbors=)?(\d+)/.exec(call)?.[1] ?? num(inputs, 'n_neighbors', num(inputs, 'k', 5)))
  return {
    outputs: { [key]: nearestNeighbourMean(matrix(inputs, 'X'), vector(inputs, targets), matrix(inputs, 'X_test'), k) },
  }
}
