import { locale, t } from '../../kernel/i18n/index.ts'
import { number } from '../../kernel/i18n/format.ts'
import { session } from '../../kernel/session.ts'
import type { Tile, TileName } from './data.ts'

/** « 2 h 45 », « 35 min »: minutes of working time, to the nearest one. */
export function duration(minutes: number): string {
  const whole = Math.round(minutes)
  const hours = Math.floor(whole / 60)
  const rest = whole % 60
  if (hours === 0) return t('dashboard.minutes', { minutes: rest })
  return rest === 0
    ? t('dashboard.hours', { hours: number(hours) })
    : t('dashboard.hoursMinutes', { hours: number(hours), minutes: String(rest).padStart(2, '0') })
}

/** 83 %, from a share between 0 and 1. */
export const percent = (share: number) => new Intl.NumberFormat(locale(), { style: 'percent', maximumFractionDigits: 0 }).format(share)

/** 2,45 M€: an amount at a glance, in the company's currency. */
export const shortMoney = (amount: number) =>
  new Intl.NumberFormat(locale(), {
    style: 'currency',
    currency: session.company()?.currency ?? 'EUR',
    notation: 'compact',
    maximumSignificantDigits: 3,
  }).format(amount)

const shares: TileName[] = ['in_time_share', 'treated_day_share', 'adoption_share']

/** How a figure reads, in its unit; a dash while it is unknown. */
export function figure(kpi: TileName, value: number | null): string {
  if (value === null) return '–'
  if (kpi === 'budget') return shortMoney(value)
  if (kpi === 'response_minutes') return duration(value)
  return shares.includes(kpi) ? percent(value) : number(value)
}

/** Where a figure leads: the list of what it counts, or of what a mean or a share was made of. */
export const tileLinks: Record<TileName, string> = {
  active_sites: '/sites?status=active',
  budget: '/dashboard?view=sites',
  open_incidents: '/incidents',
  overdue_incidents: '/incidents?late=1',
  ended_incidents: '/incidents?of=ended',
  response_minutes: '/incidents?of=answered',
  in_time_share: '/incidents?of=due',
  treated_day_share: '/incidents?of=day',
  adoption_share: '/people?active=week',
}

/** The target with its side: « Objectif : 2 h au plus »; nothing when there is none. */
export function targetOf(tile: Tile): string {
  if (tile.target === null || tile.alert === null) return ''
  const target = Number(tile.target)
  return t(target <= Number(tile.alert) ? 'dashboard.atMost' : 'dashboard.atLeast', { target: figure(tile.kpi, target) })
}

/** How a figure moved over four weeks, as a percentage or in points; null when there is nothing to compare. */
export function change(tile: Tile): { text: string; sign: -1 | 0 | 1 } | null {
  if (tile.value === null || tile.before === null) return null
  const [now, before] = [Number(tile.value), Number(tile.before)]
  const share = shares.includes(tile.kpi)
  const moved = share ? Math.round((now - before) * 100) : before === 0 ? null : Math.round(((now - before) / before) * 100)
  if (moved === null) return null
  const sign = Math.sign(moved) as -1 | 0 | 1
  const amount = `${sign > 0 ? '+' : sign < 0 ? '−' : ''}${number(Math.abs(moved))}`
  return { text: sign === 0 ? t('dashboard.same') : t(share ? 'dashboard.points' : 'dashboard.percent', { amount }), sign }
}
