import { createSignal } from 'solid-js'

const [waiting, setWaiting] = createSignal<(() => void) | null>(null)

/** When a newer version of the app is ready: call it to reload into that version. Null otherwise. */
export const update = waiting

let lookForUpdate = () => {}

/** Looks for a newer version now, for example when the server says OLDER. */
export const checkForUpdate = () => lookForUpdate()

/**
 * Installs the service worker, then lets it fetch the heavy files (database, server library) behind the first paint, so that the next
 * start needs no network. Does nothing where there is no service worker, and in development.
 */
export async function registerApp(): Promise<void> {
  if (!('serviceWorker' in navigator) || import.meta.env.DEV) return
  const { Workbox } = await import('workbox-window')
  const workbox = new Workbox('/service-worker.js', { type: 'module' })
  workbox.addEventListener('waiting', () =>
    setWaiting(() => () => {
      workbox.addEventListener('controlling', () => location.reload())
      workbox.messageSkipWaiting()
    }),
  )
  lookForUpdate = () => void workbox.update().catch(() => undefined)
  await workbox.register()
  await navigator.serviceWorker.ready
  const worker = await workbox.getSW()
  worker.postMessage({ type: 'WARM' })
  // Phones keep the app open for days.
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') lookForUpdate()
  })
}
