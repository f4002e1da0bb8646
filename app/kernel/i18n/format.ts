import { locale, plural, t } from './index.ts'

/** The language with the customs of the region: English is read in Europe here, with days before months and 24 hours. */
const tongue = () => (locale() === 'en' ? 'en-GB' : locale())
const zone = { current: undefined as string | undefined }

/** A maker of formatters that makes each once: making one takes a hundred times as long as using it. */
function once<O extends object, F>(make: (tongue: string, options: O) => F): (options: O) => F {
  const made = new Map<string, F>()
  return (options) => {
    const key = tongue() + JSON.stringify(options)
    let formatter = made.get(key)
    if (!formatter) made.set(key, (formatter = make(tongue(), options)))
    return formatter
  }
}
const dates = once((language, options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(language, options))
const numbers = once((language, options: Intl.NumberFormatOptions) => new Intl.NumberFormat(language, options))
const relatives = once((language, options: Intl.RelativeTimeFormatOptions) => new Intl.RelativeTimeFormat(language, options))
const lists = once((language, options: Intl.ListFormatOptions) => new Intl.ListFormat(language, options))

/** Shows times in the company's time zone from now on; undefined = the device's. */
export function setTimeZone(timeZone: string | undefined): void {
  zone.current = timeZone
}

const parse = (value: string): Date => (/^\d{4}-\d\d-\d\d$/.test(value) ? new Date(`${value}T12:00:00Z`) : new Date(value))

function show(value: string | number | null | undefined, options: Intl.DateTimeFormatOptions): string {
  if (value === null || value === undefined || value === '') return ''
  const timeZone = typeof value === 'string' && value.length === 10 ? 'UTC' : zone.current
  return dates({ timeZone, ...options }).format(typeof value === 'number' ? value : parse(value))
}

/** 12 mars 2026 */
export const date = (value: string | number | null | undefined) => show(value, { day: 'numeric', month: 'short', year: 'numeric' })
/** 14:05 */
export const time = (value: string | number | null | undefined) => show(value, { hour: '2-digit', minute: '2-digit' })
/** 12 mars, 14:05; with its year in another one: 12 mars 2008, 14:05. `now` is the present, in milliseconds. */
export function dateTime(value: string | number | null | undefined, now = Date.now()): string {
  const yearOf = (moment: string | number) => show(moment, { year: 'numeric' })
  const year = value === null || value === undefined || value === '' || yearOf(value) === yearOf(now) ? undefined : 'numeric'
  return show(value, { day: 'numeric', month: 'short', year, hour: '2-digit', minute: '2-digit' })
}
/** mardi 12 mars */
export const longDay = (value: string | number) => show(value, { weekday: 'long', day: 'numeric', month: 'long' })

/** The name of an ISO week day, 1 = Monday, to stand alone. */
export function weekday(iso: number): string {
  const name = dates({ weekday: 'long', timeZone: 'UTC' }).format(Date.UTC(2024, 0, iso))
  return name.charAt(0).toLocaleUpperCase(locale()) + name.slice(1)
}

/** « il y a 3 h », to the nearest unit; the second argument is the present, in milliseconds. */
export function ago(value: string | number, now = Date.now()): string {
  const seconds = ((typeof value === 'number' ? value : parse(value).getTime()) - now) / 1000
  const relative = relatives({ numeric: 'auto', style: 'short' })
  const units: [Intl.RelativeTimeFormatUnit, number][] = [
    ['day', 86400],
    ['hour', 3600],
    ['minute', 60],
  ]
  for (const [unit, size] of units) if (Math.abs(seconds) >= size) return relative.format(Math.trunc(seconds / size), unit)
  return t('state.now')
}

/** 12 500 €, cents only when there are some. */
export function money(amount: string | number, currency: string): string {
  const value = Number(amount)
  return numbers({ style: 'currency', currency, minimumFractionDigits: Number.isInteger(value) ? 0 : 2 }).format(value)
}

/** 1,5 Mo */
export function bytes(size: number): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const
  const rank = size < 1000 ? 0 : Math.min(3, Math.floor(Math.log10(size) / 3))
  return numbers({ style: 'unit', unit: units[rank], unitDisplay: 'short', maximumFractionDigits: rank > 1 ? 1 : 0 }).format(size / 1000 ** rank)
}

/** A delay in minutes as « 2 h », « 30 min » or « 1 jour » (of 8 hours when it counts working time, else of 24). */
export function delay(minutes: number, workingTime = true): string {
  const day = workingTime ? 480 : 1440
  if (minutes >= day && minutes % day === 0) return plural('delay.days', minutes / day)
  const unit = (value: number, name: 'hour' | 'minute') => numbers({ style: 'unit', unit: name, unitDisplay: 'short' }).format(value)
  if (minutes === 0) return t('delay.none')
  return minutes % 60 === 0 ? unit(minutes / 60, 'hour') : unit(minutes, 'minute')
}

/** The same in a sentence that does not say which time is counted: « 4 h ouvrées », « 2 jours ouvrés ». */
export function delayOf(minutes: number, workingTime: boolean): string {
  if (!workingTime || minutes === 0) return delay(minutes, workingTime)
  return minutes % 480 === 0 ? plural('delay.workingDays', minutes / 480) : t('delay.working', { delay: delay(minutes) })
}

/** 1 234 */
export const number = (value: number | undefined) => (value === undefined ? '' : numbers({}).format(value))

/** Names in a sentence: « Anne, Luc et Zoé ». */
export const list = (names: string[]) => lists({ type: 'conjunction' }).format(names)

/** Puts texts in the order of the language, numbers inside them by value. */
export const collate = (a: string, b: string) => a.localeCompare(b, locale(), { numeric: true, sensitivity: 'base' })
