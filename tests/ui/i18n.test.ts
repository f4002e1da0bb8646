import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { commands } from '../../app/kernel/generated/commands.ts'
import { roles } from '../../app/kernel/generated/rights.ts'
import { en } from '../../app/kernel/i18n/en.ts'
import { es } from '../../app/kernel/i18n/es.ts'
import { fr } from '../../app/kernel/i18n/fr.ts'
import { pt } from '../../app/kernel/i18n/pt.ts'
import { firstWords } from '../../vite.split.ts'
import { place, appSources, walk, type Node } from './source.ts'

const french: Record<string, string> = fr
const keys = Object.keys(french)
const placeholders = (sentence: string) => [...sentence.matchAll(/\{\{\s*(\w+)\s*\}\}/g)].map((found) => found[1]).toSorted()
const sources = appSources()
const screens = sources.filter((file) => /^features\/|\/ui\/|^routes/.test(file.path))

describe('dictionaries', () => {
  it.each([
    ['English', en],
    ['Spanish', es],
    ['Portuguese', pt],
  ])('%s has every key of French, and no other', (_, dictionary) => {
    expect(Object.keys(dictionary).toSorted()).toEqual(keys.toSorted())
  })

  it.each([
    ['en', en],
    ['es', es],
    ['pt', pt],
  ] as const)('%s fills the same blanks as French, and leaves no sentence empty', (_, dictionary) => {
    for (const [key, sentence] of Object.entries(dictionary)) {
      expect(french, key).toHaveProperty([key])
      expect(sentence.trim(), key).not.toBe('')
      expect(placeholders(sentence), key).toEqual(placeholders(french[key]!))
    }
  })

  it('plurals come in both forms', () => {
    const bases = keys.filter((key) => /\.(one|other)$/.test(key)).map((key) => key.replace(/\.(one|other)$/, ''))
    for (const base of bases) {
      expect(keys).toContain(`${base}.one`)
      expect(keys).toContain(`${base}.other`)
    }
  })

  it('names every role and every command', () => {
    for (const { key } of roles) expect(keys).toContain(`role.${key}`)
    for (const { key } of roles) expect(keys).toContain(`roleHint.${key}`)
    for (const name of Object.keys(commands)) expect(keys).toContain(`command.${name}`)
  })

  it('has no key that no screen uses', () => {
    const literals = new Set<string>()
    const prefixes: string[] = []
    for (const { program } of sources) {
      walk(program, (node) => {
        if (node.type === 'Literal' && typeof node['value'] === 'string') literals.add(node['value'])
        if (node.type !== 'TemplateLiteral') return
        const [start] = node['quasis'] as { value: { cooked: string } }[]
        if (/^[a-z]\w*\.([\w.]*\.)?$/.test(start?.value.cooked ?? '')) prefixes.push(start!.value.cooked)
      })
    }
    const unused = keys.filter(
      (key) => !literals.has(key) && !literals.has(key.replace(/\.(one|other)$/, '')) && !prefixes.some((prefix) => key.startsWith(prefix)),
    )
    expect(unused).toEqual([])
  })
})

describe('the first screens', () => {
  const paths = new Map(sources.map((file) => [file.path, file]))

  /** The files that come with a file, without what it imports later. */
  function closure(path: string, found = new Set<string>()): Set<string> {
    const file = paths.get(path)
    if (!file || found.has(path)) return found
    found.add(path)
    for (const statement of file.program['body'] as Node[]) {
      const from = (statement['source'] as { value: string } | null | undefined)?.value
      if (from?.startsWith('.') && statement['importKind'] !== 'type') closure(join(dirname(path), from), found)
    }
    return found
  }

  it('speak with the words that the build loads before them', () => {
    const first = firstWords()
    const later = Object.keys(fr).filter((key) => !first.has(key))
    expect(later.length).toBeGreaterThan(first.size)
    const missing: string[] = []
    const screens = ['main.tsx', 'routes.tsx', 'features/today/Today.tsx', 'features/account/SignIn.tsx', 'features/account/SignUp.tsx']
    const all = new Set(screens.flatMap((path) => [...closure(path)]))
    all.delete('kernel/ui/explain.ts') // speaks once all words are here
    expect(all.size).toBeGreaterThan(40)
    for (const path of all) {
      const file = paths.get(path)!
      walk(file.program, (node) => {
        const text = node.type === 'Literal' && typeof node['value'] === 'string' ? node['value'] : null
        if (text !== null && [text, `${text}.other`].some((key) => later.includes(key))) missing.push(`${place(file, node)} ${text}`)
        if (node.type !== 'TemplateLiteral') return
        const [start] = node['quasis'] as { value: { cooked: string } }[]
        const prefix = start?.value.cooked ?? ''
        if (/^[a-z]\w*\.([\w.]*\.)?$/.test(prefix) && later.some((key) => key.startsWith(prefix))) missing.push(`${place(file, node)} ${prefix}…`)
      })
    }
    expect(missing).toEqual([])
  })
})

describe('screens', () => {
  /** Attributes whose text a person reads or hears. */
  const SPOKEN = ['aria-label', 'aria-description', 'title', 'placeholder', 'alt', 'label', 'hint', 'summary', 'text', 'eyebrow']
  const BRAND = /^(· )?Aplomb$/
  const KEY = /^[a-z]+(\.\w+)+$/

  it('hold no sentence of their own: every word comes from a dictionary', () => {
    const found: string[] = []
    for (const file of screens) {
      walk(file.program, (node) => {
        const say = (text: string) => {
          if (/\p{L}{2}/u.test(text) && !BRAND.test(text.trim()) && !KEY.test(text)) found.push(`${place(file, node)} “${text.trim()}”`)
        }
        if (node.type === 'JSXText') say(String(node['value']))
        if (node.type === 'JSXAttribute') {
          const value = node['value'] as Node | null
          const name = (node['name'] as { name: string }).name
          if (SPOKEN.includes(name) && value?.type === 'Literal') say(String(value['value']))
        }
        if (node.type === 'Literal' && typeof node['value'] === 'string' && /[À-ÖØ-öø-ÿœŒ’«»]/.test(node['value'])) say(node['value'])
      })
    }
    expect(found).toEqual([])
  })

  it('never write a style that the content policy forbids, nor SQL outside data.ts', () => {
    const found: string[] = []
    for (const file of screens) {
      walk(file.program, (node) => {
        if (node.type === 'JSXAttribute' && (node['name'] as { name: string }).name === 'style') found.push(`${place(file, node)} style`)
        const text = node.type === 'TemplateElement' ? (node['value'] as { cooked: string }).cooked : node.type === 'Literal' ? node['value'] : ''
        if (typeof text === 'string' && /\bfrom app\.\w/.test(text) && !file.path.endsWith('/data.ts')) found.push(`${place(file, node)} SQL`)
        if (node.type === 'ImportDeclaration' && /supabase/.test(String((node['source'] as Node)['value'])))
          found.push(`${place(file, node)} supabase`)
      })
    }
    expect(found).toEqual([])
  })
})
