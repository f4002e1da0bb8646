import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { commands } from '../../app/kernel/generated/commands.ts'
import { roles } from '../../app/kernel/generated/rights.ts'
import { en } from '../../app/kernel/i18n/en.ts'
import { es } from '../../app/kernel/i18n/es.ts'
import { fr } from '../../app/kernel/i18n/fr.ts'
import { typeset } from '../../app/kernel/i18n/index.ts'
import { pt } from '../../app/kernel/i18n/pt.ts'
import { firstWords } from '../../vite.split.ts'
import { place, appSources, parseSource, walk, type Node, type SourceFile } from './source.ts'
import { brokenPlurals, hardCoded, missingKeys, unagreed, untranslated, type Words } from './words.ts'

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

  it.each([
    ['fr', fr],
    ['en', en],
    ['es', es],
    ['pt', pt],
  ] as [string, Words][])('%s counts in both forms, and agrees with what it counts', (_, dictionary) => {
    expect(brokenPlurals(dictionary)).toEqual([])
    expect(unagreed(dictionary)).toEqual([])
  })

  it.each([
    ['en', en],
    ['es', es],
    ['pt', pt],
  ] as [string, Words][])('%s has no sentence left in French or in another language', (name, dictionary) => {
    expect(untranslated(dictionary, french)).toEqual([])
    if (name !== 'en') expect(untranslated(dictionary, en)).toEqual([])
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
  it('hold no sentence of their own: every word comes from a dictionary', () => expect(hardCoded(screens)).toEqual([]))

  it('ask for no key that the dictionary has not', () => expect(missingKeys(sources, french)).toEqual([]))

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

it('French keeps its marks and guillemets with their words', () => {
  expect(typeset('Remplissez « Nom » : lequel ?', 'fr')).toBe('Remplissez «\u00a0Nom\u00a0»\u00a0: lequel\u00a0?')
  expect(typeset('Fill in “Name”: which?', 'en')).toBe('Fill in “Name”: which?')
})

describe('the checks above can fail', () => {
  const planted = (text: string): SourceFile[] => [parseSource('features/defect.tsx', text)]

  it.each([
    ['a text between tags', '<p>Nothing here</p>', 'Nothing here'],
    ['a spoken attribute', '<button aria-label="Close it" />', 'Close it'],
    ['a spoken attribute in braces', "<Page title={'Sites'} />", 'Sites'],
    ['a sentence in an expression', "<p>{open() ? 'Tout va bien ici' : ''}</p>", 'Tout va bien ici'],
    ['a sentence around a value', '<p>{`Bonjour à tous, ${name()}`}</p>', 'Bonjour à tous,'],
    ['a message', "announce('Saved')", 'Saved'],
    ['an accent', "const label = 'fermé'", 'fermé'],
  ])('on %s', (_, text, sentence) => {
    expect(hardCoded(planted(text))).toEqual([`features/defect.tsx:1 “${sentence}”`])
  })

  it.each([
    ["t('shell.nowhere')", 'shell.nowhere'],
    ["t(open() ? 'action.save' : 'action.nowhere')", 'action.nowhere'],
    ["plural('action.save', 2)", 'action.save.one'],
    ['t(`nowhere.${type}` as Key)', 'nowhere.…'],
  ])('on the missing key of %s', (text, key) => {
    expect(missingKeys(planted(text), french)[0]).toBe(`features/defect.tsx:1 ${key}`)
  })

  it('on plurals and on sentences that nobody translated', () => {
    expect(brokenPlurals({ 'a.one': 'un' })).toEqual(['a.other'])
    expect(brokenPlurals({ 'a.one': '{{ count }} mot', 'a.other': 'des mots' })).toEqual(['a.other'])
    expect(unagreed({ 'a.waiting': 'Vos {{ count }} saisies attendent.' })).toHaveLength(1)
    expect(untranslated({ a: 'Votre brouillon est repris.' }, { a: 'Votre brouillon est repris.' })).toEqual(['a'])
  })
})
