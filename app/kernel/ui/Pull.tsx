import './pull.css'
import { createEffect, createSignal, on, onCleanup, onMount, Show } from 'solid-js'
import { t } from '../i18n/index.ts'
import { sync } from '../status.ts'
import { keepStyle } from './css.ts'
import { announce } from './dialogs.tsx'
import { Icon } from './icons.tsx'

/** How far the finger goes for the mark to be whole, and how far it may go, in px. */
const FAR = 150
const MOST = 220
/** What moves by itself under a finger. */
const OWN_MOVES = 'dialog, textarea, input, select, [data-own-touch], .chips, .tabs'

/** On a phone, a pull at the top of a screen asks the server for news, and says what came of it. */
export default function Pull() {
  const [pulled, setPulled] = createSignal(0)
  const [asked, setAsked] = createSignal<number | null>(null)
  const far = () => pulled() >= FAR
  let from: { x: number; y: number } | null = null

  const end = (said: string) => {
    setAsked(null)
    announce(said, sync.phase() === 'offline' ? 'offline' : undefined)
  }
  const ask = () => {
    if (sync.phase() === 'offline') return end(t('pull.offline'))
    setAsked(Date.now())
    sync.retryNow()
  }
  createEffect(
    on([sync.lastSyncAt, sync.phase], ([last, phase]) => {
      const since = asked()
      if (since === null) return
      if (last !== null && last >= since) end(t('pull.done'))
      else if (phase === 'offline') end(t('pull.offline'))
      else if (phase === 'error' || phase === 'paused') setAsked(null) // the pill says why
    }),
  )

  const start = (event: TouchEvent) => {
    const touch = event.touches[0]
    const target = event.target as HTMLElement
    from = touch && event.touches.length === 1 && scrollY <= 0 && !target.closest(OWN_MOVES) ? { x: touch.clientX, y: touch.clientY } : null
  }
  const move = (event: TouchEvent) => {
    const touch = event.touches[0]
    if (!from || !touch) return
    const down = touch.clientY - from.y
    if (pulled() === 0 && (down < 8 || Math.abs(touch.clientX - from.x) > down)) {
      if (Math.abs(down) > 8 || Math.abs(touch.clientX - from.x) > 8) from = null
      return
    }
    if (event.cancelable) event.preventDefault()
    setPulled(Math.max(1, Math.min(down, MOST)))
  }
  const stop = () => {
    if (from && far()) ask()
    from = null
    setPulled(0)
  }
  onMount(() => {
    document.addEventListener('touchstart', start, { passive: true })
    document.addEventListener('touchmove', move, { passive: false })
    for (const name of ['touchend', 'touchcancel'] as const) document.addEventListener(name, stop)
    onCleanup(() => {
      document.removeEventListener('touchstart', start)
      document.removeEventListener('touchmove', move)
      for (const name of ['touchend', 'touchcancel'] as const) document.removeEventListener(name, stop)
    })
  })
  return (
    <Show when={pulled() > 0 || asked() !== null}>
      <div
        class="pull only-phone"
        classList={{ far: far(), letting: asked() !== null }}
        aria-hidden="true"
        ref={(element) => keepStyle(element, () => ({ '--pulled': `${asked() === null ? (pulled() / FAR) * 64 : 64}px` }))}
      >
        <span>
          <Icon name="sync" class={asked() === null ? '' : 'turning'} />
          {t(asked() !== null ? 'pull.asking' : far() ? 'pull.release' : 'pull.pull')}
        </span>
      </div>
    </Show>
  )
}
