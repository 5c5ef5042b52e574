/**
 * Time zones: local clocks with their daylight saving, from the zone data of the runtime, which is pinned.
 *
 * Pure: asks for a zone by name, never for the machine's own.
 */
import { InputError } from '../errors.ts'
import { type Civil, DAY, daysFromCivil, HOUR, type Micros, MINUTE, SECOND } from '../time.ts'

/** What the clock on the wall shows. */
export interface LocalTime extends Civil {
  readonly hour: number
  readonly minute: number
  readonly second: number
}

/** Making one costs a hundred times as much as using it. A zone's rules never change while the program runs. */
const formats = new Map<string, Intl.DateTimeFormat>()

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone)
  if (known !== undefined) return known
  try {
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      calendar: 'gregory',
      hourCycle: 'h23',
      era: 'short',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    })
    formats.set(zone, format)
    return format
  } catch (cause) {
    throw new InputError('unknown-zone', `'${zone}' is no time zone`, {
      where: { value: zone },
      next: 'Use a name of the IANA data base, such as America/New_York or UTC.',
      cause,
    })
  }
}

/** Whether a name is one of the IANA data base. */
export function isZone(zone: string): boolean {
  try {
    formatOf(zone)
    return true
  } catch {
    return false
  }
}

/**
 * What the clocks of a zone show at a moment.
 * @throws InputError `unknown-zone`
 */
export function localTime(time: Micros, zone: string): LocalTime {
  const parts = new Map(
    formatOf(zone)
      .formatToParts(Math.floor(time / 1_000))
      .map(({ type, value }) => [type, value]),
  )
  const part = (name: Intl.DateTimeFormatPartTypes): number => Number(parts.get(name))
  const year = parts.get('era') === 'BC' ? 1 - part('year') : part('year')
  return { year, month: part('month'), day: part('day'), hour: part('hour'), minute: part('minute'), second: part('second') }
}

const asIfUtc = ({ year, month, day, hour, minute, second }: LocalTime): number =>
  daysFromCivil(year, month, day) * DAY + hour * HOUR + minute * MINUTE + second * SECOND

/**
 * How far a zone's clocks are ahead of UTC at a moment, in microseconds; negative west of Greenwich.
 * @throws InputError `unknown-zone`
 */
export const zoneOffset = (time: Micros, zone: string): number =>
  asIfUtc(localTime(time, zone)) - Math.floor(time / SECOND) * SECOND

/** What to do with a local time that occurs twice (clocks went back): take the `earlier` or the `later` moment. */
export type Ambiguity = 'earlier' | 'later'

/**
 * The moment at which a zone's clocks show a local time. A time that the clocks skip (they went forward) is moved on by the skipped
 * stretch, as most calendars do: 02:30 becomes 03:30.
 *
 * @param ambiguity for a time that occurs twice
 * @throws InputError `unknown-zone`
 */
export function fromLocal(
  local: Civil & Partial<Pick<LocalTime, 'hour' | 'minute' | 'second'>>,
  zone: string,
  ambiguity: Ambiguity = 'earlier',
): Micros {
  const wanted = asIfUtc({ hour: 0, minute: 0, second: 0, ...local })
  // Offsets on both sides of any change that could matter here.
  const before = zoneOffset((wanted - DAY) as Micros, zone)
  const after = zoneOffset((wanted + DAY) as Micros, zone)
  const fits = [wanted - before, wanted - after].filter((time) => asIfUtc(localTime(time as Micros, zone)) === wanted)
  if (fits.length === 0) return (wanted - before) as Micros
  return (ambiguity === 'earlier' ? Math.min(...fits) : Math.max(...fits)) as Micros
}

/** Local midnight of the day a moment falls on in a zone. Throws InputError `unknown-zone`. */
export function startOfDayIn(time: Micros, zone: string): Micros {
  const { year, month, day } = localTime(time, zone)
  return fromLocal({ year, month, day }, zone)
}

/** How long the local day of a moment is: 23, 24 or 25 hours as a rule. Throws InputError `unknown-zone`. */
export function lengthOfDayIn(time: Micros, zone: string): number {
  const { year, month, day } = localTime(time, zone)
  return fromLocal({ year, month, day: day + 1 }, zone) - fromLocal({ year, month, day }, zone)
}

/** Day of the week on the local calendar, 0 (Monday) to 6 (Sunday). Throws InputError `unknown-zone`. */
export function weekdayIn(time: Micros, zone: string): number {
  const { year, month, day } = localTime(time, zone)
  return (((daysFromCivil(year, month, day) + 3) % 7) + 7) % 7
}

/** Whether the zone's clocks are ahead of their standard time of that year. Throws InputError `unknown-zone`. */
export function isDaylightSaving(time: Micros, zone: string): boolean {
  const { year } = localTime(time, zone)
  const [winter, summer] = [1, 7].map((month) => zoneOffset((daysFromCivil(year, month, 1) * DAY) as Micros, zone))
  return zoneOffset(time, zone) > Math.min(winter, summer)
}

/** The first moment after `time` at which the zone's offset changes; `undefined` when it does not within two years. Throws InputError `unknown-zone`. */
export function nextZoneChange(time: Micros, zone: string): Micros | undefined {
  const from = zoneOffset(time, zone)
  for (let day = 1; day <= 732; day++) {
    const late = time + day * DAY
    if (zoneOffset(late as Micros, zone) === from) continue
    let [low, high] = [late - DAY, late]
    while (high - low > SECOND) {
      const middle = Math.floor((low + high) / 2 / SECOND) * SECOND
      if (middle <= low) break
      if (zoneOffset(middle as Micros, zone) === from) low = middle
      else high = middle
    }
    return (Math.ceil(high / SECOND) * SECOND) as Micros
  }
  return undefined
}

/** `2024-03-10 03:00 -05:00`: what the clocks show, and how far they are off UTC. Throws InputError `unknown-zone`. */
export function formatIn(time: Micros, zone: string): string {
  const local = localTime(time, zone)
  const pad = (value: number): string => String(value).padStart(2, '0')
  const offset = Math.round(zoneOffset(time, zone) / MINUTE)
  const [sign, minutes] = [offset < 0 ? '-' : '+', Math.abs(offset)]
  return `${String(local.year).padStart(4, '0')}-${pad(local.month)}-${pad(local.day)} ${pad(local.hour)}:${pad(local.minute)} ${sign}${pad(Math.floor(minutes / 60))}:${pad(minutes % 60)}`
}
