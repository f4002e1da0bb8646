import { A } from '@solidjs/router'
import { photosWaiting } from '../photos/waiting.ts'
import { sync } from '../status.ts'
import { plural, t } from '../i18n/index.ts'
import { Icon, type IconName } from './icons.tsx'

interface Look {
  icon: IconName
  tone: string
  text: string
  /** For the pill, when the whole sentence has no room. */
  short?: string
}

/** The state of this device against the server, in words: what the pill and the sync page say. */
export function syncLook(): Look {
  // Each photo has a command of its own: the larger number says what is still here.
  const refused = Math.max(sync.refused(), photosWaiting().refused)
  const pending = Math.max(sync.pending(), photosWaiting().waiting)
  const phase = sync.phase()
  if (refused > 0) return { icon: 'stop', tone: 'danger', text: plural('sync.refused', refused) }
  if (phase === 'paused') return { icon: 'lock', tone: 'warn', text: t(sync.code() === 'PROOF' ? 'sync.proof' : 'sync.paused') }
  if (phase === 'offline')
    return {
      icon: 'offline',
      tone: 'warn',
      text: pending ? plural('sync.offlinePending', pending) : t('sync.offline'),
      short: pending ? t('sync.offlineShort', { count: pending }) : undefined,
    }
  if (phase === 'error') return { icon: 'alert', tone: 'warn', text: t('sync.error') }
  if (pending > 0) return { icon: 'sync', tone: 'info', text: plural('sync.pending', pending) }
  // A poll every minute is no news: only the first exchange shows, and the first after an absence.
  if (phase === 'starting' || (phase === 'syncing' && !sync.current()))
    return { icon: 'sync', tone: '', text: t(phase === 'starting' ? 'sync.starting' : 'sync.syncing') }
  return { icon: 'synced', tone: 'ok', text: t('sync.idle') }
}

/** Always in sight: is my work safe? Opens the sync page. */
export function SyncPill(props: { class?: string }) {
  const look = () => syncLook()
  return (
    <A class={`sync-pill ${look().tone} ${props.class ?? ''}`} href="/sync" aria-label={t('sync.pill', { state: look().text })}>
      <Icon name={look().icon} class={look().icon === 'sync' ? 'turning' : ''} />
      <span>{look().short ?? look().text}</span>
    </A>
  )
}
