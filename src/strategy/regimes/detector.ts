/**
 * The regime of one instrument, bar by bar, from closed bars alone.
 *
 * Rules decide stress, squeeze and the class of the trend; a hidden Markov model says how likely the turbulent states are, by filtered
 * probabilities only, and before its first fit the percentile of the volatility does. Trend and volatility class each change when the
 * other class has been likely enough for some bars in a row; stress holds at once. Models are fitted elsewhere: the detector asks, goes
 * on with what it has, and puts the answer to use when it arrives.
 *
 * Pure; a bar allocates nothing unless the state changes. Source: J. D. Hamilton, Econometrica 57 (1989); A. Ang, A. Timmermann (2012);
 * P. Nystrup et al. (2018).
 */
import { assert } from '../../core/errors.ts'
import type { Interval, Micros } from '../../core/time.ts'
import { formatDate } from '../../core/time.ts'
import { REGIME_IDS, type RegimeState } from '../../domain/regime.ts'
import type { Bar } from '../../market/bar.ts'
import type { ComputeRequest } from '../strategy-runner.ts'
import { featuresIn, reasonsOf } from './classifier.ts'
import { ClassSwitch } from './class-switch.ts'
import { BarFeatures, barsIn, LEAST_VARIANCE, type FeaturesState } from './features.ts'
import { refitWindow, type RefitSchedule } from './refit-schedule.ts'
import { REGIME_FIT, ROW, type FittedStates, type FittedVariance, type RegimeFitAnswer } from './regime-fit.ts'
import { regimeOf } from './regimes.ts'
import { RegimeRules, VPIN } from './rules.ts'
import { thresholdsIn, type RegimeValues } from './settings.ts'
import { TurbulenceFilter } from './turbulence-filter.ts'

export { REGIME_FIT, REGIME_MODELS } from './regime-fit.ts'
export { REGIME_SETTINGS, type RegimeValues } from './settings.ts'

const COUNT = REGIME_IDS.length
const STRESS = REGIME_IDS.indexOf('R7')
const SQUEEZE = REGIME_IDS.indexOf('R8')
/** Regime with low volatility by class of trend (down, none, up); the next one is the same with high volatility. */
const CALM = [REGIME_IDS.indexOf('R3'), REGIME_IDS.indexOf('R5'), REGIME_IDS.indexOf('R1')]
/** Rows kept beyond the window of a fit, so that an answer can be brought up to the present. */
const SLACK = 256

export interface DetectorOptions {
  /** Index of the instrument. */
  readonly instrument: number
  readonly interval: Interval
  readonly settings: RegimeValues
  readonly seed: number | string
}

export class RegimeDetector {
  readonly #interval: Interval
  readonly #settings: RegimeValues
  readonly #seed: string
  readonly #schedule: RefitSchedule
  readonly #features: BarFeatures
  readonly #rules: RegimeRules
  /** Down, none, up. */
  readonly #trend: ClassSwitch
  /** Low, high. */
  readonly #volatility: ClassSwitch
  readonly #squeeze: ClassSwitch
  /** The newest rows of the models' features, as a ring. */
  readonly #history: Float64Array
  readonly #probabilities = new Float64Array(REGIME_IDS.length)
  readonly #published = new Float64Array(REGIME_IDS.length)
  readonly #capacity: number
  /** Rows taken, and where in the ring the next one goes: their remainder, kept because dividing costs. */
  #rows = 0
  #place = 0
  #filter: TurbulenceFilter | undefined
  #variance: FittedVariance | undefined
  /** GARCH's, of the coming bar. */
  #nextVariance = Number.NaN
  /** The exponentially weighted one that was known before the newest bar. */
  #ewmaBefore = Number.NaN
  #absoluteZ = Number.NaN
  /** Of the last bar with a sign of stress: which. */
  #signs = 0
  #askedAt: Micros = 0 as Micros
  #asked = 0
  /** Rows at which the next fit is due. */
  #nextFit: number
  #note = ''
  /** What the words of the state were made from, as a number. */
  #words = -1
  #noteSaid = ''
  #state: RegimeState
  #requests: ComputeRequest[] = []

  constructor({ instrument, interval, settings, seed }: DetectorOptions) {
    this.#interval = interval
    this.#settings = settings
    this.#seed = `${seed} regimes ${instrument}`
    this.#schedule = {
      every: barsIn(settings.refitDays, interval),
      minimumSample: settings.minimumSample,
      window: Math.max(settings.window, settings.minimumSample),
    }
    this.#nextFit = this.#schedule.minimumSample
    this.#features = new BarFeatures(interval, settings)
    this.#rules = new RegimeRules(thresholdsIn(settings), VPIN)
    this.#trend = new ClassSwitch(settings.confirmBars)
    this.#volatility = new ClassSwitch(settings.confirmBars)
    this.#squeeze = new ClassSwitch(settings.confirmBars)
    this.#capacity = Math.max(settings.window, settings.minimumSample) + SLACK
    this.#history = new Float64Array(ROW * this.#capacity)
    this.#state = {
      label: 'R7',
      probabilities: oneHot(STRESS),
      since: 0 as Micros,
      newRisk: false,
      reasons: ['not known yet: no bar has closed'],
    }
  }

  /** Of the newest closed bar. Another object whenever label, words, or a probability beyond the step have changed. */
  get state(): RegimeState {
    return this.#state
  }

  /** Takes a closed bar of the interval; true when `state` is another object than before. */
  onBar(bar: Bar): boolean {
    const features = this.#features
    const taken = features.update(bar)
    const returned = taken && features.gap === 0 && features.bars > 1
    if (returned) this.#takeReturn()
    else this.#absoluteZ = Number.NaN
    this.#judge(taken)
    this.#combine()
    const label = this.#label()
    if (returned) this.#askWhenDue(bar.endTime)
    if (!this.#isNews(label)) return false
    this.#publish(label, bar.endTime, taken)
    return true
  }

  /** The models take the bar in, each by one step. */
  #takeReturn(): void {
    const features = this.#features
    const change = features.logReturn
    const before = this.#variance === undefined ? this.#ewmaBefore : this.#nextVariance
    this.#absoluteZ = Math.abs(change) / Math.sqrt(before)
    this.#ewmaBefore = features.variance
    if (this.#variance !== undefined) this.#stepVariance(change)
    features.rankVariance(this.#variance === undefined ? features.variance : this.#nextVariance)
    // The first returns have no volatility yet, and make no row.
    if (Number.isNaN(features.logVolatility)) return
    const at = ROW * this.#place
    this.#history[at] = change
    this.#history[at + 1] = features.logRange
    this.#history[at + 2] = features.logVolatility
    this.#rows += 1
    this.#place = this.#place + 1 === this.#capacity ? 0 : this.#place + 1
    if (this.#filter !== undefined) this.#filter.update(this.#history, at)
  }

  #stepVariance(change: number): void {
    const { parameters, mean } = this.#variance as FittedVariance
    const e = change - mean
    const next = parameters.omega + parameters.alpha * e * e + parameters.beta * this.#nextVariance
    this.#nextVariance = next > LEAST_VARIANCE ? next : LEAST_VARIANCE
  }

  #judge(taken: boolean): void {
    const f = this.#features
    const rules = this.#rules
    const x = rules.features
    if (!taken) {
      x.fill(Number.NaN)
      rules.update()
      return
    }
    const { adx, efficiency } = rules.thresholds
    // The score decides nothing where no trend is strong, and it is what costs.
    x[0] = f.adx <= adx && f.efficiency <= efficiency ? Number.NaN : f.trend
    x[1] = f.adx
    x[2] = f.efficiency
    x[3] = f.volatilityPercentile
    x[4] = f.liquidityPercentile
    x[5] = f.drawdown
    x[6] = this.#absoluteZ
    x[7] = Number.NaN
    x[8] = f.widthPercentile
    rules.update()
    if (rules.met !== 0) this.#signs = rules.met
  }

  /** Probabilities over the regimes. */
  #combine(): void {
    const p = this.#probabilities
    const rules = this.#rules
    for (let i = 0; i < COUNT; i++) p[i] = 0
    if (rules.regime === STRESS) p[STRESS] = 1
    else if (rules.squeezed) p[SQUEEZE] = 1
    else {
      const calm = CALM[rules.trend + 1]
      const high = this.#high()
      p[calm] = 1 - high
      p[calm + 1] = high
    }
  }

  /** P(volatility is high): of the turbulent states, or all or nothing by the percentile before there is a model. */
  #high(): number {
    return this.#filter !== undefined ? this.#filter.turbulent : this.#rules.volatile ? 1 : 0
  }

  /** The regime in force: stress at once, everything else when it has been likely for some bars. */
  #label(): number {
    const rules = this.#rules
    const high = this.#high()
    const sure = this.#settings.probability
    if (rules.trend !== 2) this.#trend.update(rules.trend + 1)
    this.#volatility.update(high > sure ? 1 : 1 - high > sure ? 0 : -1)
    this.#squeeze.update(rules.squeezed ? 1 : 0)
    if (rules.regime === STRESS) return STRESS
    if (this.#squeeze.state === 1) return SQUEEZE
    const volatility = this.#volatility.state === -1 ? (high > 0.5 ? 1 : 0) : this.#volatility.state
    return CALM[this.#trend.state] + volatility
  }

  /** What the words depend on besides the note: the label, and in R7 what is met, past or missing. */
  #wordsFor(label: number): number {
    if (label !== STRESS) return label
    const { met, missing } = this.#rules
    if (met === 0 && missing !== 0) return 16 + 2 * missing + 1
    return 16 + 2 * (met === 0 ? this.#signs : met)
  }

  #isNews(label: number): boolean {
    if (this.#wordsFor(label) !== this.#words || this.#note !== this.#noteSaid) return true
    const step = this.#settings.step
    const now = this.#probabilities
    const before = this.#published
    for (let i = 0; i < COUNT; i++) if (Math.abs(now[i] - before[i]) > step) return true
    return false
  }

  #publish(label: number, time: Micros, taken: boolean): void {
    const id = REGIME_IDS[label]
    const words = this.#wordsFor(label)
    const same = words === this.#words && this.#note === this.#noteSaid
    this.#state = {
      label: id,
      probabilities: this.#copy(),
      since: id === this.#state.label && this.#state.since > 0 ? this.#state.since : time,
      newRisk: regimeOf(id).newRisk,
      reasons: same ? this.#state.reasons : this.#reasons(label, taken),
    }
    this.#published.set(this.#probabilities)
    this.#words = words
    this.#noteSaid = this.#note
  }

  #copy(): readonly number[] {
    const p = this.#probabilities
    return [p[0], p[1], p[2], p[3], p[4], p[5], p[6], p[7]]
  }

  #reasons(label: number, taken: boolean): readonly string[] {
    const note = this.#note === '' ? [] : [this.#note]
    return [...(label === STRESS ? this.#whyNoRisk(taken) : this.#whyLabel(label)), ...note]
  }

  /** Stress, and what is not known, are both R7; the words tell them apart. */
  #whyNoRisk(taken: boolean): readonly string[] {
    const { stressLeft, met, missing, thresholds } = this.#rules
    const { bars, warmUp, gap } = this.#features
    if (met !== 0)
      return [`stress: ${this.#told().join(', ')}`, `left after ${thresholds.stressCleanBars} bars without such a sign`]
    if (missing === 0) return [`stress: ${featuresIn(this.#signs).join(', ')} not long enough ago`]
    if (!taken) return ['not known: the bar holds no prices']
    const before = stressLeft > 0 ? [`stress before: ${featuresIn(this.#signs).join(', ')}`] : []
    const names = featuresIn(missing).join(', ')
    if (gap > 0) return [`not known: ${gap} bars are missing before this one (${names})`, ...before]
    if (bars <= warmUp) return [`not known yet: ${names}`, `warming up: ${bars} of ${warmUp} bars`, ...before]
    return [`not known: ${names}`, ...before]
  }

  #told(): readonly string[] {
    const f = this.#features
    return reasonsOf(this.#rules, {
      trend: f.trend,
      adx: f.adx,
      efficiency: f.efficiency,
      volatilityPercentile: f.volatilityPercentile,
      liquidityPercentile: f.liquidityPercentile,
      drawdown: f.drawdown,
      absoluteZ: this.#absoluteZ,
      vpin: undefined,
      widthPercentile: f.widthPercentile,
    })
  }

  #whyLabel(label: number): readonly string[] {
    const f = this.#features
    const percentile = `volatility percentile ${digits(f.volatilityPercentile)}`
    if (label === SQUEEZE)
      return [
        `no trend, ${percentile}`,
        `band width percentile ${digits(f.widthPercentile)}, narrow for ${this.#rules.narrowBars} bars`,
      ]
    const { definition } = regimeOf(REGIME_IDS[label])
    const trend = `trend score ${digits(f.trend)}, ADX ${digits(f.adx)}, efficiency ${digits(f.efficiency)}`
    const volatility = this.#filter === undefined ? percentile : `P(turbulent) ${digits(this.#filter.turbulent)}, ${percentile}`
    return [definition, trend, volatility]
  }

  // ---- the models ------------------------------------------------------------------------------------------------

  #askWhenDue(time: Micros): void {
    const rows = this.#rows
    if (rows < this.#nextFit || rows === this.#asked) return
    this.#nextFit = rows + this.#schedule.every
    const past = refitWindow(this.#schedule, rows - 1)
    assert(past !== undefined, 'the schedule of the refits contradicts itself')
    this.#asked = rows
    this.#askedAt = time
    this.#requests.push({
      model: REGIME_FIT,
      inputs: {
        asked: rows,
        states: this.#settings.states,
        seed: `${this.#seed} ${rows}`,
        rows: this.#rowsBetween(past.from, past.to),
        previous: this.#filter?.fitted ?? null,
        previousVariance: this.#variance ?? null,
      },
      delay: this.#settings.delayBars * this.#interval.length,
    })
  }

  #rowsBetween(from: number, to: number): Float64Array {
    const capacity = this.#capacity
    const out = new Float64Array(ROW * (to - from))
    for (let i = from; i < to; i++)
      for (let j = 0; j < ROW; j++) out[ROW * (i - from) + j] = this.#history[ROW * (i % capacity) + j]
    return out
  }

  /** Fits that are due, to be computed and answered by `onAnswer`; each is given out once. */
  takeRequests(): readonly ComputeRequest[] {
    if (this.#requests.length === 0) return this.#requests
    const requests = this.#requests
    this.#requests = []
    return requests
  }

  /** The answer to a request; it holds from the next bar on. Answers to older questions are left out. */
  onAnswer(given: unknown): void {
    const answer = given as RegimeFitAnswer
    if (answer.asked !== this.#asked) return
    if (answer.states !== null) this.#putStates(answer.states, answer.asked)
    if (answer.variance !== null) this.#putVariance(answer.variance, answer.asked)
    this.#note = noteOn(answer, this.#askedAt)
  }

  #putStates(states: FittedStates, asked: number): void {
    const filter = new TurbulenceFilter(states)
    const capacity = this.#capacity
    for (let i = Math.max(asked, this.#rows - capacity); i < this.#rows; i++) filter.update(this.#history, ROW * (i % capacity))
    this.#filter = filter
  }

  #putVariance(variance: FittedVariance, asked: number): void {
    this.#variance = variance
    this.#nextVariance = variance.variance
    const capacity = this.#capacity
    for (let i = Math.max(asked, this.#rows - capacity); i < this.#rows; i++)
      this.#stepVariance(this.#history[ROW * (i % capacity)])
  }

  /** Taken between `takeRequests` and the next bar: requests are the caller's by then. */
  snapshot(): DetectorState {
    return {
      features: this.#features.snapshot(),
      rules: this.#rules.snapshot(),
      switches: [this.#trend.snapshot(), this.#volatility.snapshot(), this.#squeeze.snapshot()],
      history: this.#history.slice(),
      rows: this.#rows,
      states: this.#filter?.fitted ?? null,
      filter: this.#filter?.snapshot() ?? null,
      variance: this.#variance ?? null,
      numbers: [
        this.#nextVariance,
        this.#absoluteZ,
        this.#ewmaBefore,
        this.#signs,
        this.#asked,
        this.#askedAt,
        this.#words,
        this.#nextFit,
      ],
      notes: [this.#note, this.#noteSaid],
      published: Array.from(this.#published),
      state: this.#state,
    }
  }

  restore(saved: DetectorState): void {
    assert(saved.history.length === this.#history.length, 'the memory of a regime detector with another window')
    this.#features.restore(saved.features)
    this.#rules.restore(saved.rules)
    this.#trend.restore(saved.switches[0])
    this.#volatility.restore(saved.switches[1])
    this.#squeeze.restore(saved.switches[2])
    this.#history.set(saved.history)
    this.#rows = saved.rows
    this.#place = saved.rows % this.#capacity
    this.#filter = saved.states === null ? undefined : new TurbulenceFilter(saved.states)
    if (saved.filter !== null) this.#filter?.restore(saved.filter)
    this.#variance = saved.variance ?? undefined
    this.#nextVariance = saved.numbers[0]
    this.#absoluteZ = saved.numbers[1]
    this.#ewmaBefore = saved.numbers[2]
    this.#signs = saved.numbers[3]
    this.#asked = saved.numbers[4]
    this.#askedAt = saved.numbers[5] as Micros
    this.#words = saved.numbers[6]
    this.#nextFit = saved.numbers[7]
    this.#note = saved.notes[0]
    this.#noteSaid = saved.notes[1]
    this.#published.set(saved.published)
    this.#state = saved.state
    this.#requests = []
  }
}

export interface DetectorState {
  readonly features: FeaturesState
  readonly rules: readonly number[]
  readonly switches: readonly (readonly number[])[]
  readonly history: Float64Array
  readonly rows: number
  readonly states: FittedStates | null
  readonly filter: readonly number[] | null
  readonly variance: FittedVariance | null
  readonly numbers: readonly number[]
  readonly notes: readonly string[]
  readonly published: readonly number[]
  readonly state: RegimeState
}

const oneHot = (index: number): readonly number[] => REGIME_IDS.map((_, i) => (i === index ? 1 : 0))

/** Whole numbers become text several times faster than fractions do, and a state can be new at every bar. */
export function digits(value: number): string {
  if (Number.isNaN(value)) return 'not known'
  const thousandths = Math.round(value * 1000)
  const size = Math.abs(thousandths)
  if (!(size < 1e9)) return String(thousandths / 1000)
  const whole = Math.trunc(size / 1000)
  const rest = size - whole * 1000
  const sign = thousandths < 0 ? '-' : ''
  if (rest === 0) return `${sign}${whole}`
  const padded = rest < 10 ? `00${rest}` : rest < 100 ? `0${rest}` : `${rest}`
  return `${sign}${whole}.${rest % 100 === 0 ? padded.slice(0, 1) : rest % 10 === 0 ? padded.slice(0, 2) : padded}`
}

/** What is to be said of a fit that was not taken. */
function noteOn({ statesOutcome, varianceOutcome }: RegimeFitAnswer, asked: Micros): string {
  const told = [
    ['hidden Markov model', statesOutcome],
    ['GARCH', varianceOutcome],
  ].flatMap(([name, outcome]) =>
    outcome === 'fit-failed'
      ? [`${name}: the fit of ${formatDate(asked)} failed, the parameters before it stay`]
      : outcome === 'likelihood-dropped'
        ? [`${name}: the fit of ${formatDate(asked)} was worse, the parameters before it stay`]
        : [],
  )
  return told.join('; ')
}
