/**
 * What is measured of one routine of the mathematics: its time at three sizes in turn, the exponent of its size law, and the ratio to
 * twins whose results are the same. Runs what it is given; reads the clock of this thread.
 */
import type { Result } from '../bench.ts'
import { inTurn, type Timed } from '../in-turn.ts'

/** Does the work and gives the numbers that came out of it. */
export type Work = () => ArrayLike<number>

export interface Twin {
  readonly name: string
  /** Undefined where it cannot be asked. */
  work(size: number): Work
  /** Largest difference to ours, as a share of the larger of 1 and the value. */
  readonly tolerance: number
}

export interface Task {
  readonly name: string
  /** The largest of the sizes measured in the short form and the one with the goal; the others are a half and a quarter of it. */
  readonly size: number
  /** What the size counts: `returns`, `assets`. */
  readonly of: string
  /** Milliseconds at `size`. */
  readonly goal?: number
  work(size: number): Work
  readonly twins?: readonly Twin[]
  /** What one call does at `size`, for a rate. */
  readonly counted?: { readonly unit: string; readonly count: number; readonly goal?: number }
  readonly remark?: string
}

/** The clock of a thread may tick every 4 ms: what is quick is repeated until it takes so long. */
const LEAST_MS = { short: 32, long: 80 }
/** Above this a piece of work is measured fewer times. */
const SLOW_MS = 150

export function measureTask(task: Task, short: boolean): readonly Result[] {
  const { size, twins = [] } = task
  const sizes = short ? [size / 4, size / 2, size] : [size / 2, size, size * 2]
  const named = sizes.map((each) => ({ name: `${each}`, work: task.work(Math.round(each)) }))
  const others = twins.map(({ name, work }) => ({ name, work: work(size) }))
  if (twins.length > 0) compare(task, task.work(size), others)
  const all = [...named, ...others].map((each) => calibrated(each, short ? LEAST_MS.short : LEAST_MS.long))
  const slow = all.some(({ once }) => once > SLOW_MS)
  const rounds = short ? (slow ? 1 : 3) : slow ? 3 : 5
  const medians = inTurn(all, { rounds, warmUp: 0, collect: false })
  const ms = (name: string): number => (medians.get(name) ?? Number.NaN) / (all.find((each) => each.name === name)?.repeats ?? 1)
  const exponent = exponentOf(
    sizes,
    sizes.map((each) => ms(`${each}`)),
  )
  const ours = ms(`${size}`)
  return [resultOf(task, ours, exponent, twins[0], ms), ...twins.slice(1).map((twin) => besides(task, ours, twin, ms))]
}

function resultOf(task: Task, ours: number, exponent: number, twin: Twin | undefined, ms: (name: string) => number): Result {
  const { name, size, of, goal, counted, remark } = task
  const perSecond = counted === undefined ? undefined : (counted.count / ours) * 1_000
  const rateGoal =
    counted?.goal === undefined
      ? undefined
      : `goal >= ${counted.goal / 1e6} M ${counted.unit}/s: ${(perSecond ?? 0) >= counted.goal ? 'met' : 'MISSED'}`
  const timeGoal = goal === undefined ? undefined : `goal < ${goal} ms: ${ours < goal ? 'met' : 'MISSED'}`
  return {
    name: `${name}, ${size.toLocaleString('en')} ${of}`,
    medianMs: ours,
    ...(counted === undefined || perSecond === undefined ? {} : { unit: counted.unit, perSecond }),
    ...(twin === undefined ? {} : { ratioToTwin: ours / ms(twin.name), twin: twin.name }),
    note: [`n^${exponent.toFixed(2)}`, timeGoal, rateGoal, remark].filter((part) => part !== undefined).join('; '),
  }
}

/** A further twin has a line of its own: its time, and ours over it. */
function besides({ name }: Task, ours: number, twin: Twin, ms: (name: string) => number): Result {
  return {
    name: `${name}, beside ${twin.name}`,
    medianMs: ours,
    ratioToTwin: ours / ms(twin.name),
    twin: twin.name,
    note: `the twin takes ${ms(twin.name).toPrecision(3)} ms`,
  }
}

/** @throws Error when a twin says something else: then nothing is worth timing */
function compare(task: Task, work: Work, others: readonly { readonly name: string; readonly work: Work }[]): void {
  const ours = work()
  others.forEach((other, k) => {
    const theirs = other.work()
    const tolerance = task.twins?.[k].tolerance ?? 0
    if (theirs.length !== ours.length)
      throw new Error(`${task.name}: ${other.name} gives ${theirs.length} numbers, not ${ours.length}`)
    for (let i = 0; i < ours.length; i++)
      if (!(Math.abs(ours[i] - theirs[i]) <= tolerance * Math.max(1, Math.abs(theirs[i]))))
        throw new Error(`${task.name}: result ${i} is ${ours[i]}, of ${other.name} ${theirs[i]}`)
  })
}

interface Calibrated extends Timed {
  readonly repeats: number
  /** Milliseconds of one call. */
  readonly once: number
}

/** Twice as many repeats again and again until they take long enough; then it is warm, too. */
function calibrated({ name, work }: { readonly name: string; readonly work: Work }, least: number): Calibrated {
  let repeats = 1
  let ms = timeOf(work, repeats)
  while (ms < least) {
    repeats *= 2
    ms = timeOf(work, repeats)
  }
  return {
    name,
    repeats,
    once: ms / repeats,
    work: () => {
      for (let i = 0; i < repeats; i++) work()
    },
  }
}

function timeOf(work: Work, repeats: number): number {
  const before = process.threadCpuUsage()
  for (let i = 0; i < repeats; i++) work()
  const { user, system } = process.threadCpuUsage(before)
  return (user + system) / 1_000
}

/** Slope of the line of least squares through the logarithms. */
function exponentOf(sizes: readonly number[], times: readonly number[]): number {
  const [x, y] = [sizes, times].map((values) => values.map(Math.log))
  const [mx, my] = [x, y].map((values) => values.reduce((a, b) => a + b, 0) / values.length)
  const across = x.reduce((total, each, i) => total + (each - mx) * (y[i] - my), 0)
  return across / x.reduce((total, each) => total + (each - mx) ** 2, 0)
}
