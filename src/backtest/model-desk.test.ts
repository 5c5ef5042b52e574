/** Answers are the same whoever computes them: here, a worker, another process, a cache; and whenever the run is cut. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { decodePlain, encodePlain } from '../core/plain.ts'
import { createPrng } from '../core/random.ts'
import { KERNEL_MODELS } from '../kernel/kernel-models.ts'
import { AnswerFiles } from '../storage/answer-files.ts'
import { REGIME_FIT } from '../strategy/regimes/regime-fit.ts'
import type { RegimeFitInputs } from '../strategy/regimes/regime-fit.ts'
import { AnswerCache, questionKey } from './answer-cache.ts'
import { ModelDesk } from './model-desk.ts'

const folder = mkdtempSync(join(tmpdir(), 'models-'))
const services: ModelDesk[] = []
afterAll(async () => {
  await Promise.all(services.map((service) => service.close()))
  rmSync(folder, { recursive: true })
})

function service(...given: ConstructorParameters<typeof ModelDesk>): ModelDesk {
  const made = new ModelDesk(...given)
  services.push(made)
  return made
}

const prng = createPrng(7)
const question = (asked: number): RegimeFitInputs => ({
  asked,
  states: 2,
  seed: `seed ${asked}`,
  rows: Float64Array.from({ length: 3 * 300 }, () => prng.normal()),
  previous: null,
  previousVariance: null,
})
const questions = [1, 2, 3, 4].map(question)
const plain = questions.map((inputs) => KERNEL_MODELS[REGIME_FIT](inputs))
/** All are begun before the first is taken, as fits of several symbols are. */
function answers(of: ModelDesk): readonly unknown[] {
  return questions.map((inputs) => of.begin(REGIME_FIT, inputs)).map((answer) => answer.take())
}

/** A worker that claims what it is asked, and does with it what `then` says. */
const workerThat = (then: string): URL =>
  new URL(
    `data:text/javascript,import { workerData } from 'node:worker_threads';
    let held;
    process.on('exit', () => { if (held) { Atomics.store(held, 0, 4); Atomics.notify(held, 0) } });
    workerData.port.on('message', ({ id, state }) => {
      if (Atomics.compareExchange(state, 0, 0, 2) !== 0) return;
      held = state;
      ${then}
    })`,
  )

/** Leaves a worker the time to claim it. */
function claimedByWorker(of: ModelDesk, inputs: unknown): { take(): unknown } {
  const answer = of.begin(REGIME_FIT, inputs) as { take(): unknown; readonly state: Int32Array }
  Atomics.wait(answer.state, 0, 0, 10_000)
  return answer
}

describe('a model desk', () => {
  it('gives what the model gives: here, from a worker, from the cache', () => {
    const cache = new AnswerCache()
    const threaded = service({ threads: 1, cache })
    expect(answers(service({ threads: 0 }))).toEqual(plain)
    expect(answers(threaded)).toEqual(plain)
    expect(answers(threaded)).toEqual(plain)
    expect(threaded.counts).toMatchObject({ asked: 8, cached: 4 })
    expect(threaded.counts.ms).toBeGreaterThan(0)
  })

  it('is answered by its worker, which has the models of the kernel', () => {
    const threaded = service({ threads: 1, models: {} })
    const answer = threaded.begin(REGIME_FIT, questions[0]) as { take(): unknown; readonly state: Int32Array }
    Atomics.wait(answer.state, 0, 0, 20_000)
    expect(answer.take()).toEqual(plain[0])
    expect(threaded.counts).toMatchObject({ asked: 1, cached: 0, byWorkers: 1 })
  }, 30_000)

  it('throws what the model throws, with its class, when the answer is taken', () => {
    const bad = { ...question(9), rows: null }
    const messages = [service({ threads: 0 }), service({ threads: 1 })].map((each) => {
      const answer = each.begin(REGIME_FIT, bad)
      try {
        return answer.take()
      } catch (error) {
        return [error instanceof TypeError, String(error)]
      }
    })
    expect(messages[0]).toEqual([true, expect.stringContaining('TypeError')])
    expect(messages[1]).toEqual(messages[0])
  })

  it('computes what a worker says has failed', () => {
    const failing = service({
      threads: 1,
      worker: workerThat(
        `workerData.port.postMessage({ id, answer: undefined, failed: true, ms: 1 }); Atomics.store(state, 0, 3); Atomics.notify(state, 0)`,
      ),
    })
    expect(claimedByWorker(failing, questions[0]).take()).toEqual(plain[0])
    expect(failing.counts.byWorkers).toBe(0)
  })

  it('names the model whose thread died', () => {
    const dying = service({ threads: 1, worker: workerThat('process.exit(1)') })
    const answer = claimedByWorker(dying, questions[0])
    expect(() => answer.take()).toThrow(/model 'regime-fit' died/)
    expect(() => answer.take()).toThrow(expect.objectContaining({ code: 'model-worker', where: { model: 'regime-fit' } }))
  })

  it('does without a thread that cannot be loaded', () => {
    const broken = service({ threads: 2, worker: new URL('data:text/javascript,throw new Error("broken")') })
    expect(answers(broken)).toEqual(plain)
  })

  it('finds in files what another process computed, and lets that process end', () => {
    const address = (path: string): string => new URL(path, import.meta.url).href
    const program = `
      import { ModelDesk } from '${address('./model-desk.ts')}'
      import { AnswerCache } from '${address('./answer-cache.ts')}'
      import { AnswerFiles } from '${address('../storage/answer-files.ts')}'
      import { decodePlain, encodePlain } from '${address('../core/plain.ts')}'
      const inputs = decodePlain(process.argv[2])
      const cache = new AnswerCache(new AnswerFiles({ folder: process.argv[3], version: 'v' }))
      const service = new ModelDesk({ threads: 1, cache })
      const answer = service.begin('regime-fit', inputs)
      console.log(encodePlain(answer.take()))`
    const file = join(folder, 'program.mjs')
    writeFileSync(file, program)
    const inputs = { ...questions[0], rows: questions[0].rows.slice(0, 3 * 250) }
    const told = execFileSync(process.execPath, [file, encodePlain(inputs), join(folder, 'files')], {
      encoding: 'utf8',
      timeout: 60_000,
    })
    const here = service({ threads: 0, cache: new AnswerCache(new AnswerFiles({ folder: join(folder, 'files'), version: 'v' })) })
    const answer = here.begin(REGIME_FIT, inputs).take()
    expect(here.counts).toMatchObject({ asked: 1, cached: 1 })
    expect(answer).toEqual(KERNEL_MODELS[REGIME_FIT](inputs))
    expect(decodePlain(told)).toEqual(answer)
    expect(readdirSync(join(folder, 'files', 'v'))).toEqual([`${questionKey(REGIME_FIT, inputs)}.answer`])
  }, 60_000)
})

describe('a cache of answers', () => {
  it('gives copies, and what it was given with everything that JSON has no word for', () => {
    const cache = new AnswerCache()
    const answer = { a: -0, b: Number.NaN, c: Float64Array.of(1, -0), d: undefined, e: [Infinity] }
    cache.put('k', answer)
    const given = cache.get('k')?.answer
    expect(given).toStrictEqual(answer)
    ;(given as typeof answer).c[0] = 5
    expect(cache.get('k')?.answer).toStrictEqual(answer)
    expect(cache.get('other')).toBeUndefined()
  })

  it('forgets what was longest unused', () => {
    const one = new Float64Array(100)
    const cache = new AnswerCache(undefined, 2_000)
    cache.put('a', one)
    cache.put('b', one)
    cache.get('a')
    cache.put('c', one)
    expect(['a', 'b', 'c'].map((key) => cache.get(key) !== undefined)).toEqual([true, false, true])
  })
})
