/** The commands on all pages but the first ones, which run with every change. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { FIRST_PAGES, hasCommands, preparePages, runCommandsOf, slugOf } from '../docs/commands.ts'
import { allPages } from '../docs/pages.ts'

const pages = allPages().filter((page) => hasCommands(page) && !FIRST_PAGES.includes(page.path))
const folder = mkdtempSync(join(tmpdir(), 'autotrading-pages-'))
beforeAll(() => preparePages(folder, pages))
afterAll(() => rmSync(folder, { recursive: true }))

it.each(pages.map((page) => [page.path, page] as const))('commands of %s do what it says', async (_path, page) => {
  await runCommandsOf(page, join(folder, slugOf(page)))
})

it('there are such pages', () => expect(pages.length).toBeGreaterThan(10))
