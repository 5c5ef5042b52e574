/**
 * A setting as its owner declares it: default, bounds, unit, words. `cli` builds the one configuration schema from
 * these, so that a limit or a model brings its settings along in its own file.
 */
export interface NumberSetting {
  readonly default: number
  readonly min: number
  readonly max: number
  readonly unit: string
  readonly description: string
}

export interface FlagSetting {
  readonly default: boolean
  readonly description: string
}

export type Setting = NumberSetting | FlagSetting
export type Settings = Readonly<Record<string, Setting>>
/** The value of one setting; of a union of settings, the union of their values. */
type ValueOf<T extends Setting> = T extends NumberSetting ? number : boolean
export type ValuesOf<S extends Settings> = { readonly [K in keyof S]: ValueOf<S[K]> }

export function defaultsOf<S extends Settings>(settings: S): ValuesOf<S> {
  return Object.freeze(
    Object.fromEntries(Object.entries(settings).map(([name, setting]) => [name, setting.default])),
  ) as ValuesOf<S>
}
