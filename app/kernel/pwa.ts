import { createSignal } from 'solid-js'
import { allDurable } from './durable.ts'

/** Where a newer version stands: ready to be taken, on its way (saving, fetching), or not to be had without a network. */
export type UpdateStep = 'ready' | 'busy' | 'away'

const [step, setStep] = createSignal<UpdateStep | null>(null)

/** Null while there is no newer version. */
export const updateStep = step

let lookForUpdate = () => {}
let takeUpdate = async () => {}

/** Looks for a newer version now, for example when the server says OLDER. */
export const checkForUpdate = () => lookForUpdate()

/** Reloads every tab into the newer version, once it is whole on this device and what was typed is saved. */
export const applyUpdate = (): Promise<void> => takeUpdate()

/** Leaves this page for itself, when nothing typed would be lost. */
export const reloadSafely = (): Promise<void> => allDurable().then(() => location.reload())

/**
 * Installs the service worker, then lets it fetch the heavy files (database, server library) behind the first paint, so that the next
 * start needs no network. Does nothing where there is no service worker, and in development.
 */
export async function registerApp(): Promise<void> {
  if (!('serviceWorker' in navigator) || import.meta.env.DEV) return
  const { Workbox, messageSW } = await import('workbox-window')
  const workbox = new Workbox('/service-worker.js', { type: 'module' })
  // A first worker that takes the page over is no newer version.
  let controlled = navigator.serviceWorker.controller !== null
  navigator.serviceWorker.addEventListener('controllerchange', () => {
    if (controlled) void reloadSafely()
    controlled = true
  })
  workbox.addEventListener('waiting', () => setStep('ready'))
  lookForUpdate = () => void workbox.update().catch(() => undefined)
  const registration = await workbox.register()
  takeUpdate = async () => {
    const waiting = registration?.waiting
    if (!waiting) return reloadSafely()
    setStep('busy')
    // The database of the new version must be here before the old one goes: the next start may have no network.
    if (!(await messageSW(waiting, { type: 'WARM' }))) return void setStep('away')
    await allDurable()
    void messageSW(waiting, { type: 'SKIP_WAITING' })
  }
  const { active } = await navigator.serviceWorker.ready
  active?.postMessage({ type: 'WARM' })
  // Phones keep the app open for days.
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') lookForUpdate()
  })
}
