/** The detector on random markets: no look-ahead, no memory outside of its snapshot, words that tell unknown from stress. Pure. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createPrng } from '../../core/random.ts'
import { defaultsOf } from '../../core/setting.ts'
import { intervalOf, type Micros } from '../../core/time.ts'
import { REGIME_IDS, type RegimeState } from '../../domain/regime.ts'
import { Bar } from '../../market/bar.ts'
import { filterStates, smoothStates } from '../../math/hmm/index.ts'
import { digits, RegimeDetector, REGIME_MODELS, REGIME_SETTINGS, type RegimeValues } from './detector.ts'
import { ROW, type RegimeFitAnswer, type RegimeFitInputs } from './regime-fit.ts'
import { replayDetector } from './replay.ts'
import { TurbulenceFilter } from './turbulence-filter.ts'

const HOUR = intervalOf('1h')
/** Short memories, so that a few hundred bars hold several fits. */
const SHORT: RegimeValues = {
  ...defaultsOf(REGIME_SETTINGS),
  enabled: true,
  states: 2,
  refitDays: 5,
  window: 300,
  minimumSample: 240,
  delayBars: 3,
  percentileDays: 10,
  liquidityDays: 5,
  warmUpDays: 4,
}

type Row = readonly [open: number, high: number, low: number, close: number, volume: number]

/** Calm and wild stretches. */
function market(seed: number | string, bars: number): Row[] {
  const prng = createPrng(seed)
  let price = 100
  let deviation = 0.004
  return Array.from({ length: bars }, () => {
    if (prng.chance(0.02)) deviation = prng.chance(0.5) ? 0.003 : 0.015
    const open = price
    price *= 1 + deviation * prng.normal() + 0.0004
    const spread = deviation * price * prng.float()
    return [open, Math.max(open, price) + spread, Math.min(open, price) - spread, price, 50 + 100 * prng.float()]
  })
}

function* barsOf(rows: readonly Row[], from = 0): Generator<Bar> {
  const bar = new Bar(0, HOUR)
  for (let i = from; i < rows.length; i++) {
    bar.openTime = (i * HOUR.length) as Micros
    bar.endTime = ((i + 1) * HOUR.length) as Micros
    ;[bar.open, bar.high, bar.low, bar.close, bar.volume] = rows[i]
    yield bar
  }
}

const made = (settings = SHORT): RegimeDetector => new RegimeDetector({ instrument: 0, interval: HOUR, settings, seed: 7 })

/** Equal windows have equal fits: computed once. */
const fits = new Map<string, unknown>()
const models = {
  'regime-fit': (inputs: unknown): unknown => {
    const key = JSON.stringify(inputs)
    const known = fits.get(key) ?? REGIME_MODELS['regime-fit'](inputs)
    fits.set(key, known)
    return known
  },
}

function statesOf(rows: readonly Row[], settings = SHORT): RegimeState[] {
  const out: RegimeState[] = []
  replayDetector(made(settings), barsOf(rows), { models, onBar: (_, detector) => void out.push(detector.state) })
  return out
}

const ROWS = market('common', 700)
const STATES = statesOf(ROWS)

/** The first bar at which two histories differ; undefined when they do not. */
const leak = (one: readonly RegimeState[], other: readonly RegimeState[], bars: number): number | undefined => {
  for (let i = 0; i < bars; i++) if (JSON.stringify(one[i]) !== JSON.stringify(other[i])) return i
  return undefined
}

describe('no look-ahead', () => {
  it('the state of a bar is the same when later bars are cut or others, refits included', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: ROWS.length - 1 }), fc.integer(), (cut, seed) => {
        const past = ROWS.slice(0, cut)
        expect(leak(statesOf(past), STATES, cut)).toBeUndefined()
        const others = [...past, ...market(seed, 60).map((row) => row.map((x) => 3 * x) as unknown as Row)]
        expect(leak(statesOf(others), STATES, cut)).toBeUndefined()
      }),
      { numRuns: 12 },
    )
  })

  it('a cheater with smoothed probabilities is caught by the same comparison', () => {
    const asked: RegimeFitInputs[] = []
    replayDetector(made(), barsOf(ROWS), {
      models: { 'regime-fit': (x) => (asked.push(x as RegimeFitInputs), models['regime-fit'](x)) },
    })
    const { states } = models['regime-fit'](asked[0]) as RegimeFitAnswer
    const model = states?.model
    if (model === undefined) return expect.fail('there is no model')
    const smoothed = (rows: readonly Row[]): RegimeState[] => {
      const observations = rows
        .slice(1)
        .map(([, high, low, close], i) => [Math.log(close / rows[i][3]) * 100, (high - low) / close, 0])
      return smoothStates(model, observations).smoothed.map((p) => ({ ...STATES[0], probabilities: Array.from(p) }))
    }
    expect(leak(smoothed(ROWS.slice(0, 400)), smoothed(ROWS), 399)).toBeDefined()
  })

  it('an answer changes nothing before it arrives', () => {
    const silent: RegimeState[] = []
    const detector = made()
    let asked = -1
    for (const bar of barsOf(ROWS)) {
      detector.onBar(bar)
      silent.push(detector.state)
      if (detector.takeRequests().length > 0 && asked < 0) asked = silent.length
    }
    expect(asked).toBeGreaterThan(SHORT.minimumSample)
    expect(leak(silent, STATES, asked + SHORT.delayBars)).toBeUndefined()
    expect(leak(silent, STATES, ROWS.length)).toBeGreaterThanOrEqual(asked + SHORT.delayBars)
  })
})

describe('the filter', () => {
  it('says what the filtered probabilities of the mathematics say', () => {
    const inputs: RegimeFitInputs[] = []
    replayDetector(made({ ...SHORT, states: 3, minimumSample: 460, window: 500 }), barsOf(ROWS), {
      models: { 'regime-fit': (x) => (inputs.push(x as RegimeFitInputs), models['regime-fit'](x)) },
    })
    const { states } = models['regime-fit'](inputs[0]) as RegimeFitAnswer
    if (states === null) return expect.fail('there is no model')
    const { model, centre, scale } = states
    const rows = inputs[0].rows
    const observations = Array.from({ length: rows.length / ROW }, (_, t) =>
      [0, 1, 2].map((j) => (rows[ROW * t + j] - centre[j]) / scale[j]),
    )
    const { filtered } = filterStates(model, observations)
    const half = 230
    const filter = new TurbulenceFilter({ ...states, filtered: Array.from(filtered[half]) })
    for (let t = half + 1; t < filtered.length; t++) {
      filter.update(rows, ROW * t)
      expect(filter.turbulent).toBeCloseTo(filtered[t][2], 9)
    }
  })
})

describe('the state', () => {
  it('has probabilities that add up to 1, and another object exactly when onBar says so', () => {
    const detector = made()
    let last = detector.state
    replayDetector(detector, barsOf(ROWS), {
      models,
      onBar: (_, { state }, changed) => {
        if (changed !== (state !== last)) expect(changed).toBe(state !== last)
        if (state.label !== last.label) expect(state.since).toBeGreaterThan(last.since)
        last = state
        const sum = state.probabilities.reduce((a, b) => a + b, 0)
        if (Math.abs(sum - 1) > 1e-12 || state.probabilities.length !== REGIME_IDS.length) expect(sum).toBe(1)
      },
    })
    expect(new Set(STATES.map(({ label }) => label)).size).toBeGreaterThan(3)
  })

  it('takes no new risk before it knows, and does not call that stress', () => {
    const warm = STATES.slice(0, 90)
    expect(warm.every(({ label, newRisk }) => label === 'R7' && !newRisk)).toBe(true)
    expect(warm.every(({ reasons }) => reasons.some((text) => text.includes('warming up')))).toBe(true)
    expect(warm.some(({ reasons }) => reasons.some((text) => text.includes('stress')))).toBe(false)
  })

  it('calls a crash stress at its own bar, and for 24 bars', () => {
    const at = 600
    const [open, , , , volume] = ROWS[at]
    const rows: Row[] = [...ROWS.slice(0, at), [open, open, open * 0.7, open * 0.72, volume]]
    for (let i = 0; i < 40; i++) rows.push([open * 0.72, open * 0.721, open * 0.719, open * 0.72, volume])
    const after = statesOf(rows)
    expect(after[at].label).toBe('R7')
    expect(after[at].reasons[0]).toMatch(/^stress: beyond 5 deviations: \|z\| \d/)
    expect(after.slice(at, at + 24).every(({ newRisk }) => !newRisk)).toBe(true)
  })

  it('says that bars are missing, and knows again soon after', () => {
    const out: RegimeState[] = []
    const detector = made()
    const rows = ROWS.map((row, i) => (i >= 500 ? (ROWS[i] satisfies Row) : row))
    replayDetector(detector, barsOf(rows.slice(0, 500)), { models })
    replayDetector(detector, barsOf(rows, 503), { models, onBar: (_, { state }) => void out.push(state) })
    expect(out[0].reasons[0]).toContain('3 bars are missing')
    expect(out[0].newRisk).toBe(false)
    expect(out[1].reasons[0]).not.toContain('not known')
  })

  it('takes no bar without prices', () => {
    const detector = made()
    replayDetector(detector, barsOf(ROWS.slice(0, 500)), { models })
    replayDetector(detector, barsOf([...ROWS.slice(0, 500), [0, 0, 0, Number.NaN, 0]], 500))
    expect(detector.state).toMatchObject({ label: 'R7', newRisk: false, reasons: ['not known: the bar holds no prices'] })
  })

  it('keeps the old parameters when a fit fails, and says so', () => {
    const failing = {
      'regime-fit': (x: unknown) => ({
        ...(models['regime-fit'](x) as RegimeFitAnswer),
        states: null,
        statesOutcome: 'fit-failed',
      }),
    }
    const detector = made()
    replayDetector(detector, barsOf(ROWS), { models: failing })
    expect(detector.state.reasons.at(-1)).toMatch(/^hidden Markov model: the fit of 1970-01-\d\d failed/)
  })
})

describe('a snapshot', () => {
  it('taken anywhere goes on as if nothing had happened', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: ROWS.length - 1 }), (cut) => {
        const first = made()
        const second = made()
        const pending: [number, unknown][] = []
        const step = (detector: RegimeDetector, bar: Bar, own: [number, unknown][]): void => {
          for (const [due, answer] of own) if (due < bar.endTime && due >= bar.endTime - HOUR.length) detector.onAnswer(answer)
          detector.onBar(bar)
          for (const { inputs, delay } of detector.takeRequests()) own.push([bar.endTime + delay, models['regime-fit'](inputs)])
        }
        for (const bar of barsOf(ROWS.slice(0, cut))) step(first, bar, pending)
        second.restore(structuredClone(first.snapshot()))
        const out: RegimeState[] = []
        for (const bar of barsOf(ROWS, cut)) {
          step(second, bar, pending)
          out.push(second.state)
        }
        expect(out).toEqual(STATES.slice(cut))
      }),
      { numRuns: 6 },
    )
  })
})

it('numbers in words are those of the language, rounded to thousandths', () => {
  const expected = (value: number): string => String(Math.round(value * 1000) / 1000)
  for (const value of [0, -0, -0.0004, 0.001, -0.01, 0.1, 12, -7, 1.5, 20.25, 999_999.999, 1e6, -1e12, 1e24, Infinity])
    expect(digits(value)).toBe(expected(value))
  expect(digits(Number.NaN)).toBe('not known')
  fc.assert(fc.property(fc.double({ min: -2e6, max: 2e6, noNaN: true }), (value) => digits(value) === expected(value)))
})
