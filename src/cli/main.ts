/**
 * The entry of the program. It only switches the compile cache on before anything else is loaded, and hands over the process.
 */
import './self-import.ts'
import { enableCompileCache } from 'node:module'

enableCompileCache()
const { runProcess } = await import('./process.ts')
await runProcess()
