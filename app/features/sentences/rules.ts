// What a company may say on its screens, and the file in which translators say it.
import { clean } from '../../kernel/clean.ts'
import type { Locale } from '../../kernel/i18n/index.ts'
import { plain } from '../../kernel/search.ts'
import { uncell } from '../../kernel/ui/table/csv.ts'

/** Most characters of a text. */
export const MOST = 500
/** Most texts of a company in one language. */
export const MOST_TEXTS = 2_000
/** Most texts of one command. */
const BATCH = 500

export type Words = Record<string, string>
/** Why a text cannot be said, as the end of its sentence's key. */
export type Fault = 'unknown' | 'fixed' | 'long' | 'blanks' | 'twice'

/** On these a person's own account rests, whatever company they work for; the way into a company and out of it; and the way back to this setting. */
const FIXED = /^((account|session|door|demo|update|sentence|outside|invitation)\.|(company\.switch|field\.(password|email)$))/

/** Whether a company may say a sentence its own way. */
export const isOpen = (key: string): boolean => !FIXED.test(key)

/** The blanks of a sentence, `{{ name }}`, each once. */
export const blanksOf = (sentence: string): string[] =>
  [...new Set(Array.from(sentence.matchAll(/\{\{\s*(\w+)\s*\}\}/g), ([, name]) => `{{ ${name} }}`))].sort()

/** What is wrong with a text for a sentence, undefined when nothing is. */
export function faultOf(key: string, text: string, words: Words, language: Locale): Fault | undefined {
  if (!Object.hasOwn(words, key)) return 'unknown'
  if (!isOpen(key)) return 'fixed'
  if (text.length > MOST) return 'long'
  // a count may be left out, « Just one », unless the language says its singular of none, too
  const [had, has] = [blanksOf(words[key]!), blanksOf(text)]
  const owed = key.endsWith('.one') && new Intl.PluralRules(language).select(0) !== 'one' ? had.filter((blank) => blank !== '{{ count }}') : had
  return owed.every((blank) => has.includes(blank)) && has.every((blank) => had.includes(blank)) ? undefined : 'blanks'
}

/** The texts that may be said: those of sentences that are still there, with all their blanks. */
export const sayable = (texts: Words, words: Words, language: Locale): Words =>
  Object.fromEntries(Object.entries(texts).filter(([key, text]) => text && !faultOf(key, text, words, language)))

/** A line of somebody's file that is not taken. */
export interface Refused {
  /** Its place in the file, from 1. */
  line: number
  key: string
  fault: Fault
}

export interface Import {
  /** Key → text; null for the words that came with it. */
  texts: Record<string, string | null>
  /** Lines that change nothing. */
  same: number
  refused: Refused[]
}

/** The rows of a file for translators, under their names: key, French, the language when it is another one, the company's text. */
export const exportRows = (words: Words, french: Words | null, texts: Words): string[][] =>
  Object.keys(words)
    .filter(isOpen)
    .map((key) => [key, ...(french ? [french[key] ?? ''] : []), words[key]!, texts[key] ?? ''])

const TEXT = ['texte', 'text', 'texto', 'votre texte', 'your text', 'su texto', 'o seu texto']

/**
 * Reads such a file. The column of keys is the one that holds some, the texts' is the one of that name, else the last one.
 * @param words the words that came with the screens in the language of the file
 * @param texts what the company says now; a line without a text takes its own away
 * @returns null when no column holds keys
 */
export function readImport(rows: string[][], words: Words, texts: Words, language: Locale): Import | null {
  const width = Math.max(0, ...rows.map((row) => row.length))
  const keyAt = Array.from({ length: width }, (_, place) => place).find((place) =>
    rows.slice(0, 50).some((row) => Object.hasOwn(words, row[place] ?? '')),
  )
  if (keyAt === undefined) return null
  const headed = !Object.hasOwn(words, rows[0]![keyAt] ?? '') && !/\w\.\w/.test(rows[0]![keyAt] ?? '')
  const named = headed ? rows[0]!.findIndex((cell) => TEXT.includes(plain(cell.trim()))) : -1
  const textAt = named < 0 ? width - 1 : named
  const found: Import = { texts: {}, same: 0, refused: [] }
  if (textAt === keyAt) return null
  rows.slice(headed ? 1 : 0).forEach((row, place) => {
    const key = row[keyAt] ?? ''
    const text = clean(uncell(row[textAt] ?? '')).trim()
    const before = Object.hasOwn(texts, key) ? texts[key]! : null
    const wanted = text === '' || text === words[key] ? null : text
    const fault = Object.hasOwn(found.texts, key)
      ? 'twice'
      : wanted === null && Object.hasOwn(words, key)
        ? undefined
        : faultOf(key, text, words, language)
    if (fault) found.refused.push({ line: place + (headed ? 2 : 1), key: key.slice(0, 80), fault })
    else if (wanted === before) found.same++
    else found.texts[key] = wanted
  })
  return found
}

/** Whether a company that says `said` in a language would say more than it may after `texts`: then none of them is sent. */
export const tooMany = (said: Words, texts: Import['texts']): boolean =>
  Object.values({ ...said, ...texts }).filter((text) => text !== null).length > MOST_TEXTS

/** What is to be said, in as many parts as there are commands to send: what leaves goes first, and makes room. */
export function batches(texts: Import['texts']): Import['texts'][] {
  const all = Object.entries(texts).sort(([, a], [, b]) => Number(a !== null) - Number(b !== null))
  return Array.from({ length: Math.ceil(all.length / BATCH) }, (_, place) => Object.fromEntries(all.slice(place * BATCH, (place + 1) * BATCH)))
}
