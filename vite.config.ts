import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'
import { VitePWA } from 'vite-plugin-pwa'
import solid from 'vite-plugin-solid'
import { groups, splitWords } from './vite.split.ts'

const pglite = fileURLToPath(new URL('../package.json', import.meta.resolve('@electric-sql/pglite')))
const { version } = JSON.parse(readFileSync(pglite, 'utf8')) as { version: string }

/** Chunks that only run behind the first paint carry this name; the service worker fetches them after the shell. */
const HEAVY =
  /node_modules\/(@supabase|@electric-sql|iceberg-js|workbox-window|uqr|jspdf|maplibre-gl|fast-png|fflate|iobuffer|read-excel-file|tus-js-client|exifr|browser-image-compression|js-base64|url-parse)\/|edge-functions\/|app\/kernel\/(remote|runtime|token|http|sync\/(engine|push)|photos\/(drain-photos|server|exif)|db\/|generated\/phone)/
const heavyName = (ids: string[]) => ids.some((id) => HEAVY.test(id))

export default defineConfig({
  define: { __PGLITE_VERSION__: JSON.stringify(version) },
  plugins: [
    solid(),
    splitWords(),
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
        globPatterns: ['**/*.{js,mjs,css,html,svg,png,wasm,data,woff2,webmanifest,ttf}'],
        maximumFileSizeToCacheInBytes: 20 * 1024 * 1024,
        rollupFormat: 'es',
      },
    }),
  ],
  optimizeDeps: { exclude: ['@electric-sql/pglite'] },
  worker: {
    format: 'es',
    rollupOptions: { output: { entryFileNames: 'assets/heavy-[name]-[hash].js', chunkFileNames: 'assets/heavy-[name]-[hash].js' } },
  },
  build: {
    target: 'es2023',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: {
      external: ['html2canvas', 'canvg', 'dompurify'], // what jsPDF would load to draw HTML and SVG, which no report does
      output: {
        codeSplitting: { groups },
        assetFileNames: ({ names }) => `assets/${names.some((name) => name.startsWith('maplibre')) ? 'heavy-' : ''}[name]-[hash][extname]`,
        chunkFileNames: ({ moduleIds }) => `assets/${heavyName(moduleIds) ? 'heavy-' : ''}[name]-[hash].js`,
      },
    },
  },
})
