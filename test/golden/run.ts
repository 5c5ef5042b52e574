/**
 * `npm run test:golden`: every case of every file of `GOLDEN_DIR` (default: `golden` in the folder of recorded data), a line a file,
 * what failed, and the plain line of counts. Ends with 1 when a case was not matched or not mapped.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readGoldenFolder, runFile } from './harness.ts'
import { MAPS } from './maps.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = process.env['GOLDEN_DIR'] || join(process.env['AUTOTRADING_SHARED'] || join(root, '../shared'), 'golden')
const only = process.argv.slice(2).filter((each) => !each.startsWith('-'))
const all = process.argv.includes('--all')

if (!existsSync(folder)) {
  console.error(`There is no folder ${folder}. Name a folder of golden vectors: GOLDEN_DIR=path npm run test:golden`)
  process.exit(2)
}
const files = readGoldenFolder(folder).filter(({ file }) => only.length === 0 || only.some((each) => file.includes(each)))
if (files.length === 0) {
  console.error(`No golden vectors in ${folder}`)
  process.exit(2)
}
let [passed, total] = [0, 0]
for (const { file, content } of files) {
  const { cases } = runFile(file, content, MAPS)
  const good = cases.filter((each) => each.passed)
  const numbers = cases.reduce((count, each) => count + each.compared, 0)
  passed += good.length
  total += cases.length
  console.log(
    `${good.length === cases.length ? 'ok  ' : 'FAIL'} ${file.padEnd(40)} ${good.length}/${cases.length}  ${numbers} numbers`,
  )
  for (const { id, setAside } of cases) if (setAside !== undefined) console.log(`     ${id}: set aside ${setAside}`)
  for (const each of cases.filter((one) => !one.passed)) {
    console.log(`     ${each.id}`)
    const shown = each.complaints.slice(0, all ? Infinity : 5)
    for (const complaint of shown) console.log(`       ${complaint}`)
    if (shown.length < each.complaints.length) console.log(`       and ${each.complaints.length - shown.length} more (--all)`)
  }
}
console.log(`${passed} passed, ${total - passed} failed`)
process.exitCode = passed === total ? 0 : 1
