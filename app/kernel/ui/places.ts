import { createSignal } from 'solid-js'
import { canForOthers } from '../me.ts'
import { session } from '../session.ts'
import type { Key } from '../i18n/index.ts'
import type { IconName } from './icons.tsx'

export interface Place {
  href: string
  label: Key
  icon: IconName
  /** After `g`, leads here. */
  key?: string
  /** Who sees it; everybody unless told. */
  allowed?: () => boolean
}

/** The main screens, in their usual order. */
export const places: Place[] = [
  { href: '/', label: 'nav.today', icon: 'today', key: 'a' },
  { href: '/dashboard', label: 'nav.dashboard', icon: 'chart', key: 'p', allowed: () => canForOthers('analytics.view') },
  { href: '/sites', label: 'nav.sites', icon: 'site', key: 'c' },
  { href: '/incidents', label: 'nav.incidents', icon: 'incident', key: 'i' },
  { href: '/photos', label: 'nav.photos', icon: 'camera', key: 'o' },
  { href: '/people', label: 'nav.people', icon: 'people', key: 'e' },
  { href: '/company', label: 'nav.company', icon: 'company', key: 'n' },
]

const [order, setOrder] = createSignal<readonly string[]>([])

/** Puts the main screens into a person's own order, by their addresses; none: the usual one. */
export { setOrder }

/** The main screens that this person sees, in their own order; one that it does not know comes last. */
export const seenPlaces = (): Place[] => {
  const rank = ({ href }: Place) => (order().indexOf(href) + 1 || 99) - 1
  return places.filter((place) => place.allowed?.() ?? true).sort((one, other) => rank(one) - rank(other))
}

/** Those in reach of the thumb on a phone: the first three of one's own order. */
export const nearPlaces = (): Place[] =>
  order().length ? seenPlaces().slice(0, 3) : places.filter(({ href }) => /^\/(sites|incidents)?$/.test(href))

export interface Creation extends Place {
  hint: Key
  allowed: () => boolean
}

/** What the + makes, and whether this person may. Sites decide at the form whether reporting is allowed on them. */
export const creations: Creation[] = [
  { href: '/photos/new', label: 'create.photo', hint: 'create.photoHint', icon: 'camera', allowed: () => session.can('photo.upload') },
  { href: '/incidents/new', label: 'create.incident', hint: 'create.incidentHint', icon: 'incident', allowed: () => session.can('incident.report') },
  { href: '/sites/new', label: 'create.site', hint: 'create.siteHint', icon: 'site', allowed: () => session.can('site.create') },
  { href: '/people/invite', label: 'create.person', hint: 'create.personHint', icon: 'person', allowed: () => session.can('member.invite') },
]
