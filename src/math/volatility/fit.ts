/**
 * Maximum likelihood fits of GARCH, GJR and EGARCH with normal or Student innovations.
 *
 * Returns are brought to unit deviation first. Starts come from a grid around the sample variance; the best goes through the simplex,
 * then all through BFGS with the exact gradient, in coordinates without bounds. An optimum that runs towards a bound is compared
 * with the fit on that bound (persistence 1: integrated; a shock coefficient of 0), which is taken when it is as good.
 *
 * Pure: numbers in, numbers out. Source: T. Bollerslev (1986, 1987); G. Fiorentini, G. Calzolari, L. Panattoni, Journal of Applied
 * Econometrics 11 (1996); B. D. McCullough, C. G. Renfro, Journal of Economic and Social Measurement 25 (1999), the benchmark.
 */
import { MathError } from '../error.ts'
import { finiteOr, refuseUnless, requireInteger, requireNumber, requirePositive, requireVector, type Vector } from '../guard.ts'
import { bfgs, nelderMead, type Optimum } from '../numerics/optimise.ts'
import { average, positiveDeviation, variance } from '../numerics/statistics.ts'
import { thetaCovariances, type Differences } from './errors.ts'
import { presampleVariance } from './filter.ts'
import { BETA, DOWN, logLikelihoodOf, MEAN, NU, OMEGA, SLOTS, UP, type LikelihoodTask } from './likelihood.ts'
import { requireVolatilityParameters, volatilityPersistence, type VolatilityModel, type VolatilityParameters } from './model.ts'
import { activeShares, NU_HIGHEST, NU_LOWEST, SHARE_SLOTS, shareOf, spaceOf, type Share, type SpaceOptions } from './space.ts'

export interface VolatilityFitOptions {
  readonly model: VolatilityModel
  /** Of the innovations; default normal. */
  readonly distribution?: 'normal' | 'student'
  /** A given mean, or `estimate` (default). */
  readonly mean?: number | 'estimate'
  /** Presample variance; default the mean of (r - mean)^2 at the current mean. */
  readonly backcast?: number
  /** `constrained` (default): alpha + gamma/2 + beta <= 1. `free`: it may exceed 1, as in R's fGarch. EGARCH keeps |beta| < 1. */
  readonly persistence?: 'constrained' | 'free'
  /** Parameters and mean of an earlier fit as one more start. */
  readonly start?: { readonly parameters: VolatilityParameters; readonly mean: number }
  /**
   * How the Hessian of the standard errors is computed: `exact` (default), by differences of the exact gradient; `optimhess`, as
   * fGarch has it from R (steps of 0.001 at unit deviation: about a hundredth off); `none`: no standard errors, faster.
   */
  readonly errors?: Differences | 'none'
  /** Steps of BFGS from each start; default 200. */
  readonly maxIterations?: number
}

/** A value for each parameter; `undefined` where it is given or lies on a bound. */
export interface ParameterErrors {
  readonly mean: number | undefined
  readonly omega: number | undefined
  readonly alpha: number | undefined
  readonly gamma: number | undefined
  readonly beta: number | undefined
  readonly nu: number | undefined
}

export interface VolatilityFit {
  readonly model: VolatilityModel
  readonly parameters: VolatilityParameters
  readonly mean: number
  /** With all constants, in the units of the returns given. */
  readonly logLikelihood: number
  /** The presample variance at the fitted mean: what a filter takes as `backcast`. */
  readonly presample: number
  readonly persistence: number
  /** The optimum lies on persistence 1: no unconditional variance. */
  readonly integrated: boolean
  /** No shock moves the variance, so that beta says nothing. */
  readonly betaUnidentified: boolean
  /** Parameters on the edge of their domain; `nu` there means normal innovations. */
  readonly atBound: readonly ('alpha' | 'alpha+gamma' | 'beta' | 'nu' | 'omega')[]
  /** The optimum of an `egarch` lies on a kink or an edge of its likelihood: its slope does not vanish, it has no standard errors. */
  readonly corner: boolean
  /** Largest slope of the mean log-likelihood along an unconstrained coordinate. */
  readonly gradientNorm: number
  readonly evaluations: number
  /** Starts that led to this optimum (within 0.01 of its log-likelihood when they were left), and all. */
  readonly agreeingStarts: number
  readonly starts: number
  /** From the inverse Hessian; `undefined` where it is not positive definite or they were not wanted. */
  readonly standardErrors: ParameterErrors | undefined
  /** Bollerslev and Wooldridge's, which hold when the innovations are not of the assumed distribution. */
  readonly robustErrors: ParameterErrors | undefined
}

/** Fewer returns than this are no sample. */
const LEAST = 20
/** Of the mean log-likelihood. */
const TOLERANCE = 1e-9
const ROUGH_TOLERANCE = 1e-5
const AGREEING = 0.01
/** Of the log-likelihood: how far below the best another rough climb may end and still go on. */
const NEARLY = 0.3
/** Of a coefficient. */
const ELSEWHERE = 0.05
/** Of the log-likelihood: less is nothing. */
const CORNER_GAIN = 1e-6
const ACCEPTED_SLOPE = 1e-6
/** Shares below this are tried on the bound. */
const NEAR_BOUND = 0.01
/** Where a share is put that is tried inside again. */
const FREED = 0.05
const UNIDENTIFIED = 1e-4

/**
 * Maximum likelihood fit of r_t = mean + e_t, e_t = sqrt(h_t) z_t with the variance recursion of the model (see
 * `VolatilityModel`): parameters, mean, log-likelihood, bounds met, standard errors.
 * @throws MathError `too-short` below 20 returns, `not-finite`, `no-variance`, `out-of-domain`, `overflow`, `no-convergence`
 */
export function fitVolatility(returns: Vector, options: VolatilityFitOptions): VolatilityFit {
  const { model, mean = 'estimate', backcast, maxIterations = 200, errors = 'exact' } = options
  requireVector('returns', returns, LEAST)
  requireFitOptions(options)
  const scale = finiteOr('overflow', 1 / finiteOr('overflow', positiveDeviation(returns), 'the deviation'), 'the scale')
  const scaled = Float64Array.from({ length: returns.length }, (_, t) => returns[t] * scale)
  const task: LikelihoodTask = {
    returns: scaled,
    egarch: model === 'egarch',
    student: options.distribution === 'student',
    backcast: backcast === undefined ? Number.NaN : finiteOr('overflow', backcast * scale * scale, 'the scaled backcast'),
    centre: average(scaled),
    spread: variance(scaled, 'population'),
  }
  refuseUnless(Number.isNaN(task.backcast) || task.backcast > 0, 'overflow', 'the scaled backcast is 0')
  const space: SpaceOptions = {
    model,
    student: task.student,
    mean: mean === 'estimate' ? Number.NaN : finiteOr('overflow', mean * scale, 'the scaled mean'),
    free: options.persistence === 'free',
    pinned: [],
  }
  const counter = { evaluations: 0 }
  const starts = startsOf(task, space, counter)
  if (options.start !== undefined) starts.push(thetaOfStart(model, options.start, scale, task.student))
  // All starts roughly, then the best of them to the end.
  const rough = { tolerance: ROUGH_TOLERANCE, maxIterations, counter }
  const found = starts.map((theta, i) => climb(task, space, theta, { ...rough, simplex: i === 0 ? 0.3 : 0 }))
  const reached = found.filter((each) => each !== undefined)
  refuseUnless(reached.length > 0, 'no-convergence', 'no start has a finite likelihood')
  reached.sort((a, b) => b.value - a.value)
  const fine = { tolerance: TOLERANCE, maxIterations, counter, simplex: 0 }
  let inner = reached[0]
  for (const each of reached) {
    inner = climb(task, space, each.theta, fine) ?? each
    if (!settled(inner) && task.egarch) inner = cornered(task, space, inner, fine)
    if (settled(inner)) break
  }
  // A rough climb along a flat ridge says little: where another ended elsewhere and nearly as high, it goes to its end too.
  for (const each of reached) {
    if (each.value < reached[0].value - NEARLY || distance(each.theta, inner.theta) < ELSEWHERE) continue
    const other = climb(task, space, each.theta, fine)
    if (other !== undefined && settled(other) && (other.value > inner.value || !settled(inner))) inner = other
  }
  const best = freed(task, space, onBound(task, space, inner, fine), fine)
  if (!settled(best))
    throw new MathError(
      'no-convergence',
      `the likelihood still has a slope of ${best.gradientNorm.toExponential(2)} after ${counter.evaluations} evaluations`,
    )
  return resultOf(returns, options, task, best, {
    scale,
    errors,
    evaluations: counter.evaluations,
    starts: starts.length,
    agreeingStarts: reached.filter(({ value }) => value >= reached[0].value - AGREEING).length,
  })
}

/** What can be refused without a look at the returns. */
export function requireFitOptions({ model, mean = 'estimate', backcast, maxIterations = 200 }: VolatilityFitOptions): void {
  if (mean !== 'estimate') requireNumber('mean', mean)
  if (backcast !== undefined) requirePositive('backcast', backcast)
  requireInteger('maxIterations', maxIterations, 1)
  refuseUnless(model === 'garch' || model === 'gjr' || model === 'egarch', 'out-of-domain', () => `no model ${model as string}`)
}

interface Climbed {
  readonly theta: Float64Array
  /** The log-likelihood of the scaled returns. */
  readonly value: number
  readonly gradientNorm: number
  readonly converged: boolean
  /** An optimum without a vanishing gradient. */
  readonly corner: boolean
  readonly space: SpaceOptions
}

const settled = ({ converged, gradientNorm, corner }: Climbed): boolean => converged || corner || gradientNorm <= ACCEPTED_SLOPE

/**
 * The likelihood of `egarch` has a kink wherever the mean equals a return, and an edge where the recursion stops to forget. An
 * optimum there is recognised by simplexes that find nothing better.
 */
function cornered(task: LikelihoodTask, space: SpaceOptions, from: Climbed, climbing: ClimbOptions): Climbed {
  let at = from
  for (let round = 0; round < 5; round++) {
    const next = climb(task, space, at.theta, { ...climbing, simplex: 1e-3 })
    if (next === undefined) return at
    if (settled(next)) return next
    if (next.value < at.value + CORNER_GAIN) return { ...at, corner: true }
    at = next
  }
  return at
}

interface Counter {
  evaluations: number
}

/**
 * The best persistence of the grid for each size of shock, and one of hardly any shocks that drifts: five starts, the best first.
 * The drifting one finds the optima of short or calm samples near beta = 1, which the others pass by.
 */
function startsOf(task: LikelihoodTask, space: SpaceOptions, counter: Counter): Float64Array[] {
  const centre = Number.isNaN(space.mean) ? task.centre : space.mean
  const level = task.spread + (task.centre - centre) * (task.centre - centre)
  const grid: readonly (readonly [number, readonly number[]])[] = [
    ...[0.02, 0.05, 0.1, 0.2].map((shock) => [shock, [0.7, 0.9, 0.95, 0.98]] as const),
    [0.002, [0.999]],
  ]
  const rows = grid.map(([shock, persistences]) => {
    const candidates = persistences.map((persistence) => {
      const theta = new Float64Array(SLOTS)
      theta[MEAN] = centre
      if (task.egarch) {
        theta[OMEGA] = (1 - persistence) * Math.log(level)
        theta[UP] = 2 * shock
        theta[BETA] = persistence
      } else {
        theta[OMEGA] = level * (1 - persistence)
        theta[UP] = space.model === 'gjr' ? 0.6 * shock : shock
        theta[DOWN] = space.model === 'gjr' ? 1.4 * shock : shock
        theta[BETA] = persistence - shock
      }
      if (task.student) theta[NU] = 7
      counter.evaluations += 1
      return { theta, value: logLikelihoodOf(task, theta) }
    })
    return candidates.reduce((best, each) => (each.value > best.value ? each : best))
  })
  return rows.sort((a, b) => b.value - a.value).map(({ theta }) => theta)
}

function thetaOfStart(
  model: VolatilityModel,
  start: { readonly parameters: VolatilityParameters; readonly mean: number },
  scale: number,
  student: boolean,
): Float64Array {
  requireVolatilityParameters(model, start.parameters)
  requireNumber('the mean of the start', start.mean)
  const { omega, alpha, gamma = 0, beta, nu = 8 } = start.parameters
  const theta = new Float64Array(SLOTS)
  theta[MEAN] = start.mean * scale
  theta[OMEGA] = model === 'egarch' ? omega + 2 * Math.log(scale) * (1 - beta) : omega * scale * scale
  theta[UP] = alpha
  theta[DOWN] = model === 'egarch' ? gamma : alpha + gamma
  theta[BETA] = beta
  if (student) theta[NU] = Math.min(NU_HIGHEST - 1, Math.max(NU_LOWEST + 0.01, nu))
  return theta
}

interface ClimbOptions {
  readonly tolerance: number
  readonly maxIterations: number
  readonly counter: Counter
  /** Size of a simplex that goes first; 0: none. */
  readonly simplex: number
}

/** Uphill from one start. `undefined` where its likelihood is not finite. */
function climb(
  task: LikelihoodTask,
  options: SpaceOptions,
  start: Float64Array,
  { tolerance, maxIterations, counter, simplex }: ClimbOptions,
): Climbed | undefined {
  const space = spaceOf(options)
  const n = task.returns.length
  const theta = new Float64Array(SLOTS)
  const slopes = new Float64Array(SLOTS)
  const cost = (x: Float64Array): number => {
    space.toTheta(x, theta)
    counter.evaluations += 1
    return -logLikelihoodOf(task, theta) / n
  }
  // BFGS asks for the gradient where it has just asked for the value: one pass gives both.
  let sloped: Float64Array | undefined
  const costWithSlopes = (x: Float64Array): number => {
    space.toTheta(x, theta)
    counter.evaluations += 1
    sloped = x
    return -logLikelihoodOf(task, theta, slopes) / n
  }
  const gradient = (x: Float64Array): Float64Array => {
    const finite = x === sloped || Number.isFinite(costWithSlopes(x))
    const out = new Float64Array(space.dimension)
    if (!finite) return out.fill(Number.NaN)
    space.pull(theta, slopes, out)
    for (let i = 0; i < out.length; i++) out[i] = -out[i] / n
    return out
  }
  let from: Float64Array = space.fromTheta(start)
  if (!gradient(from).every(Number.isFinite)) return undefined
  if (simplex > 0) {
    // A small simplex looks closely.
    const [tolerance, rounds] = simplex > 0.1 ? [1e-6, 15] : [1e-14, 60]
    from = nelderMead(cost, from, { step: simplex, tolerance, maxEvaluations: rounds * space.dimension }).x
  }
  const optimum: Optimum = bfgs(costWithSlopes, from, { gradient, tolerance, maxIterations })
  space.toTheta(optimum.x, theta)
  return {
    theta: Float64Array.from(theta),
    value: -optimum.value * n,
    gradientNorm: optimum.gradientNorm ?? Infinity,
    converged: optimum.converged,
    corner: false,
    space: options,
  }
}

/** Without shocks the variance fades from the presample to a lasting one: that with other speeds. */
function fading(start: Float64Array): Float64Array[] {
  if (start[UP] !== 0 || start[DOWN] !== 0) return []
  return [0.9, 0.99].map((beta) => {
    const other = Float64Array.from(start)
    other[OMEGA] = (start[OMEGA] / Math.max(1 - start[BETA], 1e-3)) * (1 - beta)
    other[BETA] = beta
    return other
  })
}

/** The fit on a bound, where the optimum lies near one and nothing is lost. */
function onBound(task: LikelihoodTask, options: SpaceOptions, inner: Climbed, climbing: ClimbOptions): Climbed {
  const near = activeShares(options).filter((share) => shareOf(inner.theta, share) < NEAR_BOUND)
  const faces: readonly (readonly Share[])[] =
    near.length > 1 ? [...near.map((share) => [share]), near] : near.map((share) => [share])
  let best = inner
  for (const pinned of faces) {
    if (activeShares({ ...options, pinned }).length === 0) continue
    const start = Float64Array.from(inner.theta)
    for (const share of pinned) for (const [slot] of SHARE_SLOTS[share]) start[slot] = 0
    for (const from of pinned.includes('beta') ? [start] : [start, ...fading(start)]) {
      const face = climb(task, { ...options, pinned }, from, climbing)
      // A face has fewer parameters: as good is better.
      if (face !== undefined && face.value >= best.value - 1e-6) best = face
    }
  }
  return best
}

/**
 * A share near zero hardly feels its slope. Those of an optimum on or near bounds are set inside once more, and what is higher is
 * taken.
 */
function freed(task: LikelihoodTask, options: SpaceOptions, from: Climbed, climbing: ClimbOptions): Climbed {
  let best = from
  for (let round = 0; round < 3; round++) {
    const near = activeShares(options).filter((share) => share !== 'slack' && shareOf(best.theta, share) < NEAR_BOUND)
    let higher: Climbed | undefined
    for (const share of near) {
      const start = best.theta.map((value, slot) => (slot === UP || slot === DOWN || slot === BETA ? value * (1 - FREED) : value))
      for (const [slot, factor] of SHARE_SLOTS[share]) start[slot] += factor * FREED
      const found = climb(task, options, start, climbing)
      if (found !== undefined && settled(found) && found.value > (higher ?? best).value + CORNER_GAIN) higher = found
    }
    if (higher === undefined) return best
    best = onBound(task, options, higher, climbing)
  }
  return best
}

/** Largest difference of a coefficient. */
const distance = (a: Float64Array, b: Float64Array): number =>
  Math.max(...[UP, DOWN, BETA].map((slot) => Math.abs(a[slot] - b[slot])))

interface Finding {
  readonly scale: number
  readonly errors: Differences | 'none'
  readonly evaluations: number
  readonly starts: number
  readonly agreeingStarts: number
}

function resultOf(
  returns: Vector,
  options: VolatilityFitOptions,
  task: LikelihoodTask,
  best: Climbed,
  { scale, errors, evaluations, starts, agreeingStarts }: Finding,
): VolatilityFit {
  const { model } = options
  const { theta, space, value } = best
  const mean = typeof options.mean === 'number' ? options.mean : theta[MEAN] / scale
  const egarch = model === 'egarch'
  const integrated = space.pinned.includes('slack') || (egarch && Math.abs(theta[BETA]) > 1 - 1e-7)
  const betaUnidentified = Math.abs(theta[UP]) + Math.abs(theta[DOWN]) < UNIDENTIFIED
  const normal = task.student && theta[NU] > 0.99 * NU_HIGHEST
  const parameters: VolatilityParameters = {
    omega: egarch ? theta[OMEGA] - 2 * Math.log(scale) * (1 - theta[BETA]) : theta[OMEGA] / scale / scale,
    alpha: theta[UP],
    ...(model === 'garch' ? {} : { gamma: egarch ? theta[DOWN] : theta[DOWN] - theta[UP] }),
    beta: theta[BETA],
    ...(task.student ? { nu: theta[NU] } : {}),
  }
  if (!egarch) requirePositive('omega in the units of the returns', parameters.omega)
  const atBound: ('alpha' | 'alpha+gamma' | 'beta' | 'nu' | 'omega')[] = []
  if (!egarch && theta[UP] === 0) atBound.push('alpha')
  if (model === 'gjr' && theta[DOWN] === 0) atBound.push('alpha+gamma')
  if (!egarch && theta[BETA] === 0) atBound.push('beta')
  if (task.student && (normal || theta[NU] < NU_LOWEST + 0.001)) atBound.push('nu')
  if (!egarch && theta[OMEGA] < 1e-10) atBound.push('omega')
  const covariances =
    errors === 'none' || best.corner
      ? undefined
      : thetaCovariances(
          task,
          theta,
          directionsOf(task, space, {
            beta: betaUnidentified,
            nu: atBound.includes('nu'),
            omega: atBound.includes('omega'),
          }),
          errors,
        )
  const named = (covariance: readonly Float64Array[]): ParameterErrors => errorsOf(model, covariance, scale)
  return {
    model,
    parameters,
    mean,
    logLikelihood: finiteOr('overflow', value + returns.length * Math.log(scale), 'the log-likelihood'),
    presample: presampleVariance(returns, mean, options.backcast),
    persistence: volatilityPersistence(model, parameters),
    integrated,
    betaUnidentified,
    atBound,
    corner: best.corner,
    gradientNorm: best.gradientNorm,
    evaluations,
    agreeingStarts,
    starts,
    standardErrors: covariances === undefined ? undefined : named(covariances.hessian),
    robustErrors: covariances === undefined ? undefined : named(covariances.sandwich),
  }
}

/** The ways in which theta can move, without bounds; on persistence 1 beta gives what a shock coefficient takes. */
function directionsOf(
  task: LikelihoodTask,
  space: SpaceOptions,
  held: { readonly beta: boolean; readonly nu: boolean; readonly omega: boolean },
): Float64Array[] {
  const along = (...moves: readonly (readonly [number, number])[]): Float64Array => {
    const direction = new Float64Array(SLOTS)
    for (const [slot, by] of moves) direction[slot] += by
    return direction
  }
  const out: Float64Array[] = []
  if (Number.isNaN(space.mean)) out.push(along([MEAN, 1]))
  if (!held.omega) out.push(along([OMEGA, 1]))
  if (space.model === 'egarch') {
    out.push(along([UP, 1]), along([DOWN, 1]))
    if (!held.beta) out.push(along([BETA, 1]))
  } else {
    const integrated = space.pinned.includes('slack')
    const shares = activeShares(space).filter((share) => share !== 'slack')
    const giver = integrated ? (shares.includes('beta') ? 'beta' : shares[0]) : undefined
    for (const share of shares) {
      if (share === giver || (share === 'beta' && held.beta)) continue
      const back = giver === undefined ? [] : SHARE_SLOTS[giver].map(([slot, by]) => [slot, -by] as const)
      out.push(along(...SHARE_SLOTS[share], ...back))
    }
  }
  if (task.student && !held.nu) out.push(along([NU, 1]))
  return out
}

/** Square roots of the variances of the parameters as they are told, from the covariance of the scaled theta. */
function errorsOf(model: VolatilityModel, covariance: readonly Float64Array[], scale: number): ParameterErrors {
  const told = (moves: readonly (readonly [number, number])[]): number | undefined => {
    let total = 0
    for (const [a, x] of moves) for (const [b, y] of moves) total += x * y * covariance[a][b]
    return total > 0 && Number.isFinite(total) ? Math.sqrt(total) : undefined
  }
  const egarch = model === 'egarch'
  return {
    mean: told([[MEAN, 1 / scale]]),
    omega: egarch
      ? told([
          [OMEGA, 1],
          [BETA, 2 * Math.log(scale)],
        ])
      : told([[OMEGA, 1 / scale / scale]]),
    alpha: told([[UP, 1]]),
    gamma:
      model === 'garch'
        ? undefined
        : told([
            [DOWN, 1],
            [UP, egarch ? 0 : -1],
          ]),
    beta: told([[BETA, 1]]),
    nu: told([[NU, 1]]),
  }
}
