/** What the service worker does once the network is back, also without a tab. */
export type SyncTag = 'aplomb-outbox' | 'aplomb-photos'

interface SyncRegistration extends ServiceWorkerRegistration {
  sync?: { register: (tag: SyncTag) => Promise<void> }
}

/** Asks the browser to wake the service worker for this work. A bonus that Chromium gives: Safari and Firefox know nothing of it. */
export function askBackgroundSync(tag: SyncTag): void {
  void navigator.serviceWorker?.ready.then((registration) => (registration as SyncRegistration).sync?.register(tag)).catch(() => undefined)
}
