/// <reference types="vite/client" />
/** Version of PGlite, which names the local database: files of one version are not read by another. Set by vite.config.ts. */
declare const __PGLITE_VERSION__: string
