/// <reference lib="webworker" />
import { clientsClaim } from 'workbox-core'
import { cleanupOutdatedCaches, createHandlerBoundToURL, precacheAndRoute } from 'workbox-precaching'
import { NavigationRoute, registerRoute } from 'workbox-routing'
import { CacheFirst } from 'workbox-strategies'
import type { SyncTag } from './kernel/background-sync.ts'
import { drainPhotos } from './kernel/photos/drain-photos.ts'
import { drainOutbox } from './kernel/sync/background.ts'

declare const self: ServiceWorkerGlobalScope

/** Background Sync is Chromium's; TypeScript does not know it. */
interface SyncEvent extends ExtendableEvent {
  tag: SyncTag
}

const HEAVY_CACHE = 'aplomb-heavy'
/** Addresses of the API: never the app's page. */
const API = [/^\/(rest|auth|realtime|storage|functions)\//, /^\/config\.json$/, /^\/mail(\/|$)/]
/** Files that only run behind the first paint. Everything else is the shell, and is there before the worker is installed. */
const HEAVY = /\.(wasm|data|ttf)$|assets\/heavy-/
/** Of these, what work without a network goes on without is fetched last. */
const LAST = /assets\/heavy-(plan|maplibre)/

const entries = self.__WB_MANIFEST.map((entry) => (typeof entry === 'string' ? { url: entry, revision: null } : entry))
const isHeavy = (url: string) => HEAVY.test(url)
const order = (url: string) => Number(LAST.test(url))
const heavy = new Set(
  entries
    .filter((entry) => isHeavy(entry.url))
    .sort((a, b) => order(a.url) - order(b.url))
    .map((entry) => new URL(entry.url, self.location.href).pathname),
)

precacheAndRoute(entries.filter((entry) => !isHeavy(entry.url)))
cleanupOutdatedCaches()
registerRoute(new NavigationRoute(createHandlerBoundToURL('/index.html'), { denylist: API }))
registerRoute(({ url }) => heavy.has(url.pathname), new CacheFirst({ cacheName: HEAVY_CACHE }))
clientsClaim()

/** Fetches the heavy files that are missing. One that fails is fetched when it is asked for. Answers whether all are there. */
async function warm(): Promise<boolean> {
  const cache = await caches.open(HEAVY_CACHE)
  let complete = true
  for (const path of heavy) {
    if (await cache.match(path)) continue
    await cache.add(path).catch(() => {
      complete = false
    })
  }
  return complete
}

/** Forgets the heavy files of other versions; while this one waits, its predecessor still serves them. */
async function forgetOthers(): Promise<void> {
  const cache = await caches.open(HEAVY_CACHE)
  for (const request of await cache.keys()) {
    if (!heavy.has(new URL(request.url).pathname)) await cache.delete(request)
  }
}

self.addEventListener('activate', (event) => event.waitUntil(forgetOthers()))

self.addEventListener('message', (event) => {
  const { type } = event.data as { type?: string }
  if (type === 'SKIP_WAITING') void self.skipWaiting()
  if (type === 'WARM') event.waitUntil(warm().then((complete) => event.ports[0]?.postMessage(complete)))
})

const drains: Record<SyncTag, () => Promise<void>> = {
  'aplomb-outbox': drainOutbox,
  // A file goes up once its command has; what is left brings the browser back later.
  async 'aplomb-photos'() {
    await drainOutbox()
    if (await drainPhotos()) throw new Error('photos wait')
  },
}

self.addEventListener('sync' as never, (event: SyncEvent) => {
  const drain = drains[event.tag] as (() => Promise<void>) | undefined
  if (drain) event.waitUntil(drain())
})
