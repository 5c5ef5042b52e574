/**
 * Time and calendar, as the package offers them: `import { nextFunding, everyHours } from 'autotrading/time'`. Inside the project the
 * files themselves are imported.
 */
export * from '../time.ts'
export * from './bars.ts'
export * from './business-days.ts'
export * from './civil.ts'
export * from './cme.ts'
export * from './expiries.ts'
export * from './funding.ts'
export * from './schedules.ts'
export * from './sessions.ts'
export * from './zones.ts'
