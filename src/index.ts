/** What a strategy file may `import … from 'autotrading'`: the public interface of the package. */
export { AutoTradingError, ImpossibleError, InputError, OutsideError, assert, unreachable, type ErrorDetails, type Fault } from './core/errors.ts'
