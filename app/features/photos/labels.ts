import { dateTime } from '../../kernel/i18n/format.ts'
import { t } from '../../kernel/i18n/index.ts'
import { knownPhotos, photosHere, type QueuedPhoto } from '../../kernel/photos/view.ts'
import type { IconName } from '../../kernel/ui/icons.tsx'

import type { PhotoItem } from './data.ts'

/** What a picture is called where it cannot be seen. */
export const photoName = (photo: PhotoItem): string => photo.caption ?? t('photo.untitled', { site: photo.site_name, time: dateTime(photo.taken_at) })

export interface Look {
  icon: IconName
  tone: 'ok' | 'warn' | 'danger' | 'info' | ''
  label: string
}

/** How a state of a photo looks. */
export function stateLook(state: string): Look {
  switch (state) {
    case 'sending':
      return { icon: 'sync', tone: 'info', label: t('photo.state.sending') }
    case 'stored':
      return { icon: 'clock', tone: 'info', label: t('photo.state.stored') }
    case 'verified':
      return { icon: 'check', tone: 'ok', label: t('photo.state.verified') }
    case 'refused':
      return { icon: 'stop', tone: 'danger', label: t('photo.state.refused') }
    case 'announced':
      return { icon: 'clock', tone: '', label: t('photo.state.announced') }
    case 'known':
      return { icon: 'copy', tone: '', label: t('photo.line.known') }
    default:
      return { icon: 'device', tone: '', label: t('photo.state.queued') }
  }
}

/** The copy of a photo that this device keeps, when it does. */
export const hereOf = (id: string): QueuedPhoto | undefined => photosHere().find((photo) => photo.id === id)

/** The state to show: this device's own while it knows better than the row. */
export const shownState = (photo: { id: string; state: string }): string => {
  if (knownPhotos().has(photo.id)) return 'known'
  const here = hereOf(photo.id)
  return here && photo.state !== 'verified' ? here.state : photo.state
}

/** Where a position comes from, in a word. */
export const sourceLabel = (source: string): string =>
  source === 'shutter'
    ? t('photo.source.shutter')
    : source === 'exif'
      ? t('photo.source.exif')
      : source === 'manual'
        ? t('photo.source.manual')
        : t('photo.source.none')
