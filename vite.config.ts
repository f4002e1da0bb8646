import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'
import { VitePWA } from 'vite-plugin-pwa'
import solid from 'vite-plugin-solid'

const pglite = fileURLToPath(new URL('../package.json', import.meta.resolve('@electric-sql/pglite')))
const { version } = JSON.parse(readFileSync(pglite, 'utf8')) as { version: string }

/** Chunks that only run behind the first paint carry this name; the service worker fetches them after the shell. */
const HEAVY = /node_modules\/(@supabase|@electric-sql|iceberg-js|workbox-window|uqr)\/|app\/kernel\/(remote|runtime|db\/|generated\/phone)/
/** What every screen needs, in one file: each of many small ones would cost its headers and compress worse. */
const SHELL = /node_modules\/(solid-js|@solidjs|@solid-primitives)\/|app\/kernel\/(ui\/(parts|fields|icons|Page|SyncPill|dialogs|Sheet|Shell|theme|empty-pages|form|drafts|Door)\.|i18n\/(index|format)\.|sync\/(idb|outbox|outbox-store|pending)\.|generated\/(errors|rights)\.|[a-z-]+\.ts$)/
/** What the Today screen adds to it: the rows and looks that other screens share with it. */
const TODAY = /app\/features\/(today\/|(incidents|sites|companies)\/(data|labels|public|rules|IncidentCard|StepSentence|ActivityList|GettingStarted)\.)/
const heavyName = (ids: string[]) => ids.some((id) => HEAVY.test(id))

export default defineConfig({
  define: { __PGLITE_VERSION__: JSON.stringify(version) },
  plugins: [
    solid(),
    VitePWA({
      strategies: 'injectManifest',
      srcDir: fileURLToPath(new URL('app', import.meta.url)),
      filename: 'service-worker.ts',
      registerType: 'prompt',
      injectRegister: false,
      manifest: {
        id: '/',
        name: 'Aplomb',
        short_name: 'Aplomb',
        description: 'Le chantier dans la poche : incidents, équipes et suivi, avec ou sans réseau.',
        lang: 'fr',
        start_url: '/',
        scope: '/',
        display: 'standalone',
        background_color: '#f6f5f2',
        theme_color: '#f6f5f2',
        icons: [
          { src: '/icon-192.png', sizes: '192x192', type: 'image/png' },
          { src: '/icon-512.png', sizes: '512x512', type: 'image/png' },
          { src: '/icon-maskable.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
        ],
      },
      injectManifest: {
        globPatterns: ['**/*.{js,mjs,css,html,svg,png,wasm,data,woff2,webmanifest}'],
        maximumFileSizeToCacheInBytes: 20 * 1024 * 1024,
        rollupFormat: 'es',
      },
    }),
  ],
  optimizeDeps: { exclude: ['@electric-sql/pglite'] },
  worker: { format: 'es', rollupOptions: { output: { entryFileNames: 'assets/heavy-[name]-[hash].js', chunkFileNames: 'assets/heavy-[name]-[hash].js' } } },
  build: {
    target: 'es2023',
    assetsInlineLimit: 0,
    rollupOptions: {
      output: {
        codeSplitting: { groups: [{ name: 'shell', test: (id) => SHELL.test(id) && !HEAVY.test(id) }, { name: 'today', test: TODAY }] },
        chunkFileNames: ({ moduleIds }) => `assets/${heavyName(moduleIds) ? 'heavy-' : ''}[name]-[hash].js`,
      },
    },
  },
})
