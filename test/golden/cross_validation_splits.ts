/** Golden vectors of `cross_validation_splits`. */
import {
  averageUniqueness,
  combinatorialPurgedSplits,
  exponentialVolatility,
  fractionalDifference,
  labelConcurrency,
  tripleBarrierLabels,
  walkForward,
} from '../../src/math/inference/index.ts'
import type { GoldenMap, Question } from './harness.ts'
import { callNumber, has, lengthOf, num, vector } from './inputs.ts'

type Outputs = Record<string, unknown>

function purged({ inputs }: Question): Outputs {
  const { splits, paths, splitOfGroup } = combinatorialPurgedSplits(vector(inputs, 't1'), {
    groups: num(inputs, ['n_groups', 'n_splits', 'n_folds', 'k'].find((key) => key in inputs) ?? 'n_groups'),
    testGroups: num(inputs, 'n_test_groups', 1),
    embargo: num(inputs, 'embargo', 0),
  })
  return {
    n_splits: splits.length,
    n_paths: paths,
    test_groups: splits.map(({ testGroups }) => testGroups),
    train_indices: splits.map(({ train }) => train),
    test_indices: splits.map(({ test }) => test),
    path_split_of_group: splitOfGroup,
  }
}

function forward({ inputs, call, wanted }: Question): Outputs {
  const optional = (key: string, option: string): Outputs => {
    if (key in inputs) return inputs[key] === null ? {} : { [option]: num(inputs, key) }
    const called = callNumber(call, key, 0)
    return called > 0 ? { [option]: called } : {}
  }
  const splits = walkForward(num(inputs, 'n_samples'), {
    splits: num(inputs, 'n_splits', callNumber(call, 'n_splits', 5)),
    gap: num(inputs, 'gap', callNumber(call, 'gap', 0)),
    ...optional('test_size', 'testSize'),
    ...optional('max_train_size', 'trainSize'),
    ...optional('train_size', 'trainSize'),
  })
  const range = ({ first, last }: { readonly first: number; readonly last: number }): number[] =>
    Array.from({ length: last - first + 1 }, (_, i) => first + i)
  return {
    n_splits: splits.length,
    train_first_last: splits.map(({ train }) => [train.first, train.last]),
    test_first_last: splits.map(({ test }) => [test.first, test.last]),
    ...('train_indices' in wanted ? { train_indices: splits.map(({ train }) => range(train)) } : {}),
    ...('test_indices' in wanted ? { test_indices: splits.map(({ test }) => range(test)) } : {}),
  }
}

/** `first5` and `last5` say how many of the values are wanted. */
function differenced({ inputs, wanted }: Question): Outputs {
  const { weights, values } = fractionalDifference(vector(inputs, 'x'), {
    order: num(inputs, 'd'),
    threshold: num(inputs, 'weight_threshold'),
  })
  const outputs: Outputs = { weights, n_defined: values.length, ffd: values, ffd_defined: values }
  for (const [key, shape] of Object.entries(wanted)) {
    if (/^ffd_first\d+/.test(key)) outputs[key] = values.slice(0, lengthOf(shape))
    else if (/^ffd_last\d+/.test(key)) outputs[key] = values.slice(-lengthOf(shape))
    // A list as long as the series has nothing where the window is not full.
    else if (key === 'ffd' && lengthOf(shape) > values.length)
      outputs[key] = [...Array.from({ length: weights.length - 1 }, () => null), ...values]
  }
  return outputs
}

function labelled({ inputs }: Question): Outputs {
  const close = vector(inputs, 'close')
  const events = vector(inputs, 'events')
  const all = exponentialVolatility(close, num(inputs, 'vol_span'))
  // 0 and null are a barrier that is not there.
  const barrier = (key: string, option: string): Outputs => ((inputs[key] ?? 0) === 0 ? {} : { [option]: num(inputs, key) })
  const volatility = events.map((event) => all[event] ?? Number.NaN)
  const labels = tripleBarrierLabels(close, events, volatility, {
    ...barrier('profit_multiple', 'profitMultiple'),
    ...barrier('loss_multiple', 'lossMultiple'),
    maxBars: num(inputs, 'max_bars'),
  })
  return {
    volatility_at_events: volatility,
    labels_i_exit_side_return: labels.map((label) => [label.event, label.exit, label.side, label.return]),
  }
}

export const map: GoldenMap = {
  name: 'cross_validation_splits',
  answer(question) {
    const { inputs } = question
    const outputs = ((): Outputs | undefined => {
      if (has(question, 't1') && !has(question, 't0')) return purged(question)
      if (has(question, 'n_samples')) return forward(question)
      if (has(question, 't0', 't1')) {
        const [starts, ends] = [vector(inputs, 't0'), vector(inputs, 't1')]
        const bars =
          'n_bars' in inputs
            ? num(inputs, 'n_bars')
            : 'concurrency' in question.wanted
              ? lengthOf(question.wanted['concurrency'])
              : undefined
        return { concurrency: labelConcurrency(starts, ends, bars), average_uniqueness: averageUniqueness(starts, ends) }
      }
      if (has(question, 'x', 'd')) return differenced(question)
      if (has(question, 'close', 'events')) return labelled(question)
      return undefined
    })()
    return outputs && { outputs }
  },
}
