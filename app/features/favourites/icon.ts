import type { IconName } from '../../kernel/ui/icons.tsx'
import { places } from '../../kernel/ui/places.ts'

/** The icon of the place that an address belongs to. */
export function iconOf(href: string): IconName {
  const start = `/${href.split(/[/?]/)[1]}`
  if (/^\/people\/[0-9a-f]/.test(href)) return 'person'
  return places.find((place) => place.href === start)?.icon ?? 'star'
}
