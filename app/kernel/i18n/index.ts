import { translator } from '@solid-primitives/i18n'
import { batch, createSignal } from 'solid-js'
import type { sentence } from '../sentences.ts'
import type { fr } from './fr.ts'

export type Key = keyof typeof fr
export type Dictionary = Record<Key, string>
export type Locale = 'fr' | 'en' | 'es' | 'pt'
/** A key that has a form per plural category: `sites.count` for `sites.count.one` and `sites.count.other`. */
export type PluralKey = Key extends infer K ? (K extends `${infer Base}.other` ? Base : never) : never

/** Languages of the screens, named in themselves. */
export const locales: Record<Locale, string> = { fr: 'Français', en: 'English', es: 'Español', pt: 'Português' }

const STORED = 'aplomb.locale'
/** Each language comes in two parts, the words of the first screens and all the others: the build draws the line. */
const load: Record<Locale, [() => Promise<object>, () => Promise<object>]> = {
  fr: [async () => (await import('./fr/first.ts')).first, async () => (await import('./fr/rest.ts')).rest],
  en: [async () => (await import('./en/first.ts')).first, async () => (await import('./en/rest.ts')).rest],
  es: [async () => (await import('./es/first.ts')).first, async () => (await import('./es/rest.ts')).rest],
  pt: [async () => (await import('./pt/first.ts')).first, async () => (await import('./pt/rest.ts')).rest],
}

const [locale, setSignal] = createSignal<Locale>('fr')
const [dictionary, setDictionary] = createSignal({} as Dictionary)
/** The words that the screens came with, and what the company says instead. */
let builtIn = {} as Dictionary
let own: [Locale, object] | undefined
/** Says `words` on screens from now on, except where the company has its own for their language. */
const say = (words: Dictionary) => setDictionary({ ...(builtIn = words), ...(own?.[0] === locale() && own[1]) })

/** The language of the screens now. */
export { locale }

/** Fills `{{ name }}` of a sentence. */
function fill(sentence: string, values: Record<string, string | number | boolean> = {}): string {
  return sentence.replace(/\{\{\s*(\w+)\s*\}\}/g, (whole, name: string) => String(values[name] ?? whole))
}

/** The sentence of a key in the current language; `{{ name }}` is filled from the second argument. */
export const t = translator(dictionary, fill as never) as (key: Key, values?: Record<string, string | number>) => string

/** The sentence of a key that may not exist, as those of values that the server names; `other` when it does not. */
export const tOr = (key: string, other: string): string => (key in dictionary() ? t(key as Key) : other)

/** The sentence for a number, by the plural rules of the language; `{{ count }}` is filled. */
export function plural(key: PluralKey, count: number, values: Record<string, string | number> = {}): string {
  const category = new Intl.PluralRules(locale()).select(count) === 'one' ? 'one' : 'other'
  return t(`${key}.${category}` as Key, { count: count.toLocaleString(locale()), ...values })
}

/** French never leaves a mark alone at the start of a line, nor a guillemet away from its word. */
export const typeset = (text: string, language: Locale = locale()): string =>
  language === 'fr' ? text.replace(/« /g, '«\u00a0').replace(/ (?=[»:;?!%€])/g, '\u00a0') : text

const typesetAll = (words: object, language: Locale): Dictionary =>
  Object.fromEntries(Object.entries(words).map(([key, text]) => [key, typeset(text as string, language)])) as Dictionary

const [failureWords, setFailureWords] = createSignal<typeof sentence | null>(null)

/** Says a failure; null until all words are here. */
export { failureWords }

/** Whether all words of the current language are here. */
const whole = () => failureWords() !== null

/** Loads the words that the first screens do without; resolves when every screen may show. Rejects when they do not come. */
export async function allWords(): Promise<void> {
  const wanted = locale()
  if (whole()) return
  const [rest, failures] = await Promise.all([load[wanted][1](), import('../sentences.ts')])
  if (wanted !== locale() || whole()) return
  batch(() => {
    say({ ...builtIn, ...typesetAll(rest, wanted) })
    setFailureWords(() => failures.sentence)
  })
}

/** Every word that the screens came with in a language, as translators wrote them. Rejects when they do not come. */
export const wordsIn = async (language: Locale): Promise<Dictionary> =>
  Object.assign({}, ...(await Promise.all(load[language].map((part) => part())))) as Dictionary

/** Says the company's own words in a language instead of those that came with the screens; none: those again. */
export function setOwnWords(language: Locale, words: object): void {
  const none = Object.keys(words).length === 0
  if (none && !own) return // most companies: nothing on the screens is said anew
  own = none ? undefined : [language, typesetAll(words, language)]
  say(builtIn)
}

/** Changes the language of the screens, without a reload, and remembers it on this device. */
export async function setLocale(next: Locale, remember = true): Promise<void> {
  const [failures, words] = await Promise.all([import('../sentences.ts'), wordsIn(next)])
  batch(() => {
    setSignal(next)
    say(typesetAll(words, next))
    setFailureWords(() => failures.sentence)
  })
  document.documentElement.lang = next
  if (remember) localStorage.setItem(STORED, next)
}

/** Loads the first words of the language chosen on this device, else the browser's when the screens speak it, else French. */
export async function startLocale(): Promise<void> {
  const stored = localStorage.getItem(STORED)
  const known = [stored, navigator.language.slice(0, 2)].find((name) => name && name in locales)
  const wanted = (known ?? 'fr') as Locale
  const words = await load[wanted][0]()
  setSignal(wanted)
  say(typesetAll(words, wanted))
  document.documentElement.lang = wanted
}
