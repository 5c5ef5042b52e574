/** Answers on disk: whole or not there, of one version, and not too many. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { AnswerFiles } from './answer-files.ts'

const root = mkdtempSync(join(tmpdir(), 'answers-'))
afterAll(() => rmSync(root, { recursive: true }))
let folders = 0
const fresh = (): string => join(root, String((folders += 1)))
const bytes = (length: number): Uint8Array => new Uint8Array(length).fill(7)

it('gives what was put, to the same version alone', () => {
  const folder = fresh()
  const files = new AnswerFiles({ folder, version: 'a' })
  expect(files.get('k')).toBeUndefined()
  files.put('k', bytes(5))
  expect(Array.from(files.get('k') ?? [])).toEqual([7, 7, 7, 7, 7])
  expect(Array.from(new AnswerFiles({ folder, version: 'a' }).get('k') ?? [])).toHaveLength(5)
  expect(new AnswerFiles({ folder, version: 'b' }).get('k')).toBeUndefined()
  expect(readdirSync(join(folder, 'a'))).toEqual(['k.answer'])
})

it('does not believe a damaged, a cut or a renamed file, and writes it anew', () => {
  const folder = fresh()
  const files = new AnswerFiles({ folder, version: 'a' })
  const path = join(folder, 'a', 'k.answer')
  files.put('k', bytes(100))
  const whole = readFileSync(path)
  for (const place of [0, 31, 32, whole.length - 1]) {
    const damaged = Buffer.from(whole)
    damaged[place] ^= 1
    writeFileSync(path, damaged)
    expect(files.get('k')).toBeUndefined()
  }
  for (const length of [0, 10, 32, whole.length - 1]) {
    writeFileSync(path, whole.subarray(0, length))
    expect(files.get('k')).toBeUndefined()
  }
  writeFileSync(join(folder, 'a', 'other.answer'), whole)
  expect(files.get('other')).toBeUndefined()
  files.put('k', bytes(3))
  expect(files.get('k')).toHaveLength(3)
})

it('throws the oldest of all versions away', () => {
  const folder = fresh()
  new AnswerFiles({ folder, version: 'old' }).put('first', bytes(400))
  utimesSync(join(folder, 'old', 'first.answer'), 1, 1)
  const files = new AnswerFiles({ folder, version: 'new', mostBytes: 1_000 })
  files.put('second', bytes(400))
  utimesSync(join(folder, 'new', 'second.answer'), 2, 2)
  expect(readdirSync(join(folder, 'old'))).toEqual(['first.answer'])
  files.put('third', bytes(400))
  expect(readdirSync(join(folder, 'old'))).toEqual([])
  expect([files.get('second'), files.get('third')].map((each) => each?.length)).toEqual([undefined, 400])
})

it('fails no run where nothing can be written', () => {
  const folder = fresh()
  writeFileSync(folder, 'a file')
  const files = new AnswerFiles({ folder, version: 'a' })
  files.put('k', bytes(5))
  expect(files.get('k')).toBeUndefined()
})
