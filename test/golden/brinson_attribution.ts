/** Golden vectors of `brinson_attribution`: one period (lists), several periods (rows) linked or geometric. */
import { portfolio } from '../../src/math/index.ts'
import type { GoldenMap, Inputs, Json, Question } from './harness.ts'
import { byKey, has, matrix, vector, wants } from './inputs.ts'

const KEYS = ['portfolio_weights', 'benchmark_weights', 'portfolio_returns', 'benchmark_returns'] as const

const isRows = (value: Json | undefined): boolean => Array.isArray(value) && Array.isArray((value as readonly Json[])[0])

const periodOf = (inputs: Inputs): portfolio.AttributionPeriod => ({
  portfolioWeights: vector(inputs, 'portfolio_weights'),
  benchmarkWeights: vector(inputs, 'benchmark_weights'),
  portfolioReturns: vector(inputs, 'portfolio_returns'),
  benchmarkReturns: vector(inputs, 'benchmark_returns'),
})

const periodsOf = (inputs: Inputs): portfolio.AttributionPeriods => ({
  portfolioWeights: matrix(inputs, 'portfolio_weights'),
  benchmarkWeights: matrix(inputs, 'benchmark_weights'),
  portfolioReturns: matrix(inputs, 'portfolio_returns'),
  benchmarkReturns: matrix(inputs, 'benchmark_returns'),
})

/** The case's own call before its inputs, which may be another case's. */
function linkingOf(question: Question): portfolio.LinkingMethod {
  const namedIn = (words: string): portfolio.LinkingMethod | undefined =>
    (['carino', 'menchero', 'grap', 'frongello'] as const).find((each) => words.toLowerCase().includes(each))
  return namedIn(question.call) ?? namedIn(String(question.inputs['linking'])) ?? 'carino'
}

export const map: GoldenMap = {
  name: 'brinson_attribution',
  answer(question) {
    if (!has(question, ...KEYS)) return undefined
    const isGeometric = /geometric/i.test(
      `${String(question.inputs['linking'])} ${question.call} ${Object.keys(question.wanted).join(' ')}`,
    )
    const outputs = !isRows(question.inputs['portfolio_weights'])
      ? single(question, isGeometric)
      : isGeometric || wants(question, 'linked_allocation')
        ? geometric(question)
        : linked(question)
    return outputs && { outputs }
  },
}

/** Words about both kinds, such as `geometric_excess` beside `allocation_bf`, leave plain names to the arithmetic kind. */
function single(question: Question, isGeometric: boolean): Record<string, unknown> | undefined {
  const period = periodOf(question.inputs)
  const bf = portfolio.brinsonAttribution(period)
  const bhb = portfolio.brinsonAttribution(period, { model: 'brinson-hood-beebower' })
  const geometricOf = (): portfolio.GeometricAttribution => portfolio.geometricAttribution(period)
  const plainIsGeometric = isGeometric && /geometric/i.test(question.call)
  return byKey(question, [
    ...(plainIsGeometric
      ? ([
          [/^allocation$/, () => geometricOf().allocation],
          [/^selection$/, () => geometricOf().selection],
          [/^total_allocation$/, () => geometricOf().totalAllocation],
          [/^total_selection$/, () => geometricOf().totalSelection],
        ] as const)
      : []),
    [/^portfolio_return$/, () => bf.portfolioReturn],
    [/^benchmark_return$/, () => bf.benchmarkReturn],
    [/^(total_)?excess$/, () => bf.excess],
    [/^allocation(_bf)?$/, () => bf.allocation],
    [/^allocation_bhb$/, () => bhb.allocation],
    [/^selection$/, () => bf.selection],
    [/^interaction$/, () => bf.interaction],
    [/^total_allocation(_bf)?$/, () => bf.totalAllocation],
    [/^total_allocation_bhb$/, () => bhb.totalAllocation],
    [/^total_selection$/, () => bf.totalSelection],
    [/^total_interaction$/, () => bf.totalInteraction],
    [/^selection_plus_interaction$/, () => bf.selectionWithInteraction],
    [/^geometric_excess$/, () => geometricOf().excess],
    [/^geometric_allocation$/, () => geometricOf().allocation],
    [/^geometric_selection$/, () => geometricOf().selection],
  ])
}

function linked(question: Question): Record<string, unknown> | undefined {
  const periods = periodsOf(question.inputs)
  const linking = linkingOf(question)
  const bf = portfolio.linkedAttribution(periods, { linking })
  const bhb = (): portfolio.LinkedAttribution => portfolio.linkedAttribution(periods, { linking, model: 'brinson-hood-beebower' })
  const each = (key: 'allocation' | 'selection' | 'interaction'): readonly Float64Array[] => bf.periods.map((one) => one[key])
  return byKey(question, [
    [/^portfolio_return_per_period$/, () => bf.portfolioReturns],
    [/^benchmark_return_per_period$/, () => bf.benchmarkReturns],
    [/^cumulative_portfolio$/, () => bf.cumulativePortfolio],
    [/^cumulative_benchmark$/, () => bf.cumulativeBenchmark],
    [/^cumulative_excess$/, () => bf.cumulativeExcess],
    [/^allocation(_bf)?_linked$/, () => bf.allocation],
    [/^selection_linked$/, () => bf.selection],
    [/^interaction_linked$/, () => bf.interaction],
    [/^allocation_bhb_linked$/, () => bhb().allocation],
    [/^total_allocation(_bf)?$/, () => bf.totalAllocation],
    [/^total_selection$/, () => bf.totalSelection],
    [/^total_interaction$/, () => bf.totalInteraction],
    [/^total_allocation_bhb$/, () => bhb().totalAllocation],
    [/^allocation(_bf)?(_per_period)?$/, () => each('allocation')],
    [/^selection(_per_period)?$/, () => each('selection')],
    [/^interaction(_per_period)?$/, () => each('interaction')],
    [/^allocation_bhb(_per_period)?$/, () => bhb().periods.map((one) => one.allocation)],
    [
      /^(linking_|carino_|menchero_|grap_)?(factors|coefficients)$/,
      () => (linking === 'frongello' ? undefined : portfolio.linkingFactors(bf.portfolioReturns, bf.benchmarkReturns, linking)),
    ],
  ])
}

function geometric(question: Question): Record<string, unknown> | undefined {
  const found = portfolio.linkedGeometricAttribution(periodsOf(question.inputs))
  return byKey(question, [
    [/^allocation$/, () => found.periods.map((one) => one.allocation)],
    [/^selection$/, () => found.periods.map((one) => one.selection)],
    [/^linked_allocation$/, () => found.allocation],
    [/^linked_selection$/, () => found.selection],
    [/^geometric_excess$/, () => found.excess],
    [/^total_allocation$/, () => found.periods.map((one) => one.totalAllocation)],
    [/^total_selection$/, () => found.periods.map((one) => one.totalSelection)],
    [/^geometric_excess_per_period$/, () => found.periods.map((one) => one.excess)],
  ])
}
