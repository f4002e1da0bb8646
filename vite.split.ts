import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'vite'
import { en } from './app/kernel/i18n/en.ts'
import { es } from './app/kernel/i18n/es.ts'
import { fr } from './app/kernel/i18n/fr.ts'
import { pt } from './app/kernel/i18n/pt.ts'

/** Code of every first screen, in one file: each file of its own costs a header and a dictionary of its compression. */
const SHELL =
  /node_modules\/(solid-js\/(dist|web)|@solidjs\/router|@solid-primitives)\/|app\/features\/demos\/|app\/kernel\/(photos\/waiting|(errors|session|data|status|active|bus|locks|durable|background-sync|clean|ids|me|local-store|first-screen)|sync\/(idb|outbox|outbox-store|pending|upgrades)|generated\/(rights|version|icons)|i18n\/(index|format)|ui\/(icons|parts|Page|Shell|Sheet|SyncPill|dialogs|theme|screen|explain|empty-pages|drafts|keys|places|part|slots|font))\.tsx?$/
/** Code of the screen of who has signed in. */
const TODAY =
  /app\/features\/(today\/Today|incidents\/(data|labels|rules|public|IncidentCard|ActivityList|StepSentence)\.|sites\/(data|labels|public)\.|sync\/(drafts|public)\.|companies\/(data|public|GettingStarted)\.)/
/** Code of the screen of who has not. */
const DOOR = /node_modules\/solid-js\/store\/|app\/features\/account\/(SignIn|next)\.|app\/kernel\/ui\/(Door|fields|form)\.tsx?$/
/** Where else the words of these screens are said. */
const SPOKEN = /app\/(main|routes)\.tsx?$|app\/features\/account\/SignUp\.tsx$|app\/kernel\/(pwa|password|ui\/Steps)\.tsx?$/

/** How the code of the first screens is put into files. */
export const groups = [
  { name: 'first', test: SHELL },
  { name: 'today', test: TODAY },
  { name: 'door', test: DOOR },
]

/** Does a file of the app speak on a first screen? What only explains a failure comes with the sentences of failures. */
export const speaksFirst = (path: string): boolean =>
  [SHELL, TODAY, DOOR, SPOKEN].some((files) => files.test(path)) && !/kernel\/(ui\/explain|i18n\/index)\.ts$/.test(path)

/** The keys among `keys` that sources name: as they are, by the base of a plural, or by the start of a template. */
export function wordsOf(sources: string[], keys: string[]): Set<string> {
  const text = sources.join('\n')
  const literals = new Set(Array.from(text.matchAll(/'([a-z]\w*(?:\.\w+)+)'/g), ([, key]) => key!))
  const prefixes = Array.from(text.matchAll(/`([a-z]\w*\.(?:\w+\.)*)\$\{/g), ([, prefix]) => prefix!)
  return new Set(
    keys.filter((key) => literals.has(key) || literals.has(key.replace(/\.(one|other)$/, '')) || prefixes.some((prefix) => key.startsWith(prefix))),
  )
}

/** The keys of the words that the first screens say. */
export function firstWords(): Set<string> {
  const app = fileURLToPath(new URL('app/', import.meta.url))
  const files = readdirSync(app, { recursive: true, encoding: 'utf8' }).filter((name) => speaksFirst(`app/${name}`))
  return wordsOf(
    files.filter((name) => /\.tsx?$/.test(name)).map((name) => readFileSync(app + name, 'utf8')),
    Object.keys(fr),
  )
}

/** In the built app, `first.ts` of each language holds the words of the first screens alone, and `rest.ts` all others. */
export function splitWords(): Plugin {
  const dictionaries: Record<string, Record<string, string>> = { fr, en, es, pt }
  let wanted: Set<string>
  return {
    name: 'split-words',
    apply: 'build',
    buildStart() {
      wanted = firstWords()
    },
    transform(_code, id) {
      const [, language, part] = /app\/kernel\/i18n\/(\w\w)\/(first|rest)\.ts$/.exec(id) ?? []
      if (!language) return undefined
      const words = Object.entries(dictionaries[language]!).filter(([key]) => wanted.has(key) === (part === 'first'))
      return { code: `export const ${part} = ${JSON.stringify(Object.fromEntries(words))}`, map: null }
    },
  }
}
