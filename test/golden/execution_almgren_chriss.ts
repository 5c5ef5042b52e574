/** Golden vectors of `execution_almgren_chriss`. */
import type { Answer, GoldenMap, Inputs, Question } from './harness.ts'
import {
  type AlmgrenChrissTask,
  type ExecutionTrajectory,
  executionFrontier,
  liquidityAdjustedVar,
  optimalTrajectory,
  portfolioTrajectory,
} from '../../src/math/execution/index.ts'
import { has, matrix, num, text, vector, wants } from './inputs.ts'

const taskOf = (inputs: Inputs): AlmgrenChrissTask => ({
  quantity: num(inputs, 'X'),
  horizon: num(inputs, 'T'),
  steps: num(inputs, 'N'),
  volatility: num(inputs, 'sigma'),
  temporaryImpact: num(inputs, 'eta'),
  permanentImpact: num(inputs, 'gamma', 0),
  fixedCost: num(inputs, 'epsilon', 0),
  riskAversion: num(inputs, 'lambda', 0),
  drift: num(inputs, 'alpha', 0),
})

/** The task of a case that may build on another. */
const taskOn = (question: Question): AlmgrenChrissTask =>
  taskOf(
    has(question, 'base_case')
      ? { ...question.inputsOf(text(question.inputs, 'base_case')), ...question.inputs }
      : question.inputs,
  )

const namesOf = (found: ExecutionTrajectory): Record<string, unknown> => ({
  kappa_tilde_squared: found.kappaTildeSquared,
  kappa: found.kappa,
  half_life: found.halfLife,
  eta_tilde: found.etaTilde,
  times: found.times,
  holdings: found.holdings,
  trades: found.trades,
  expected_cost: found.expectedCost,
  variance: found.variance,
  utility: found.utility,
})

/** `kappa_lambda_1e-6_per_day`, `expected_cost_naive`: a number of the case among several whose lambda is named. */
function fromCases(question: Question): Answer | undefined {
  const listed = question.inputs['from_cases']
  const ids = (Array.isArray(listed) ? listed : [listed]) as readonly string[]
  const tasks = ids.map((id) => taskOf(question.inputsOf(id)))
  const outputs: Record<string, unknown> = {}
  for (const key of Object.keys(question.wanted)) {
    const found =
      /^(.+?)(?:_per_day|_days|_in_days)?_(?:lambda_(minus_)?(-?[0-9.]+(?:e[+-]?[0-9]+)?)|naive)(?:_per_day|_days)?$/.exec(key)
    if (found === null) {
      const [only, ...others] = tasks
      if (others.length > 0) return undefined
      outputs[key] = namesOf(optimalTrajectory(only))[key]
      continue
    }
    const lambda = found[3] === undefined ? 0 : Number(found[3]) * (found[2] === undefined ? 1 : -1)
    const task = tasks.find((each) => Math.abs(each.riskAversion - lambda) <= 1e-9 * Math.abs(lambda))
    if (task === undefined) return undefined
    outputs[key] = namesOf(optimalTrajectory(task))[found[1]]
  }
  return { outputs }
}

function answer(question: Question): Answer | undefined {
  const { inputs } = question
  if (has(question, 'from_cases')) return fromCases(question)
  if (has(question, 'covariance')) {
    const found = portfolioTrajectory({
      quantities: vector(inputs, 'X'),
      horizon: num(inputs, 'T'),
      steps: num(inputs, 'N'),
      covariance: matrix(inputs, 'covariance'),
      temporaryImpact: impactOf(inputs, 'eta'),
      permanentImpact: impactOf(inputs, 'gamma'),
      ...(has(question, 'epsilon') ? { fixedCosts: vector(inputs, 'epsilon') } : {}),
      riskAversion: num(inputs, 'lambda'),
    })
    const { holdings, trades, expectedCost, variance, utility } = found
    return { outputs: { holdings, trades, expected_cost: expectedCost, variance, utility } }
  }
  if (has(question, 'lambdas')) {
    const points = executionFrontier(taskOn(question), vector(inputs, 'lambdas'))
    const column = (key: 'expectedCost' | 'variance' | 'utility'): number[] => points.map((point) => point[key])
    const paths = vector(inputs, 'lambdas').map((riskAversion) => optimalTrajectory({ ...taskOn(question), riskAversion }))
    return {
      outputs: {
        expected_cost: column('expectedCost'),
        variance: column('variance'),
        utility: column('utility'),
        kappa: paths.map(({ kappa }) => kappa),
        half_life: paths.map(({ halfLife }) => halfLife),
        holdings: paths.map(({ holdings }) => holdings),
        trades: paths.map(({ trades }) => trades),
      },
    }
  }
  const confidence = ['confidence', 'level', 'p'].find((key) => has(question, key))
  if (confidence !== undefined || wants(question, 'lvar')) {
    const found = liquidityAdjustedVar(taskOn(question), num(inputs, confidence ?? 'confidence', 0.95))
    return {
      outputs: {
        lambda_at_minimum: found.riskAversion,
        lvar: found.lvar,
        expected_cost: found.expectedCost,
        variance: found.variance,
      },
      objective: { key: 'lvar', best: 'lowest' },
    }
  }
  return { outputs: namesOf(optimalTrajectory(taskOn(question))) }
}

/** Values of one asset each, or a matrix with cross impact. */
function impactOf(inputs: Inputs, key: string): number[] | number[][] {
  const value = inputs[key]
  return Array.isArray(value) && Array.isArray(value[0]) ? matrix(inputs, key) : vector(inputs, key)
}

export const map: GoldenMap = { name: 'execution_almgren_chriss', answer }
