/** Every function of the mathematics says the same in a worker, and whatever was asked before it: none keeps anything between calls. */
import { fileURLToPath } from 'node:url'
import { Piscina } from 'piscina'
import { expect, it } from 'vitest'
import { answers } from './answers.ts'

it('answers alike in a worker, in the opposite order', async () => {
  const pool = new Piscina({
    filename: fileURLToPath(new URL('answers.ts', import.meta.url)),
    minThreads: 1,
    maxThreads: 1,
    atomics: 'disabled',
  })
  const theirs = (await pool.run(undefined)) as readonly string[]
  await pool.destroy()
  const ours = answers('forwards')
  expect(ours.length).toBeGreaterThan(100)
  expect(theirs).toEqual(ours)
})
