// What the checks of tests/ui/i18n.test.ts look for, as functions: each is also tried on a planted defect.
import { place, walk, type Node, type SourceFile } from './source.ts'

export type Words = Record<string, string>

/** Attributes whose text a person reads or hears. */
const SPOKEN = ['aria-label', 'aria-description', 'title', 'placeholder', 'alt', 'label', 'hint', 'summary', 'text', 'eyebrow']
/** Names of things that no language changes. */
const BRAND = /^(· )?(Aplomb|Samsung Internet)$/
const KEY = /^[a-z]+(\.\w+)+$/
/** Two words with a space between, beginning as a sentence does: no class list, no selector. */
const SENTENCE = /^\s*\p{Lu}\p{Ll}*[ ’'\u00a0]\p{L}.*\p{Ll}{2}/u
/** Calls that say something to a person. */
const SAYING = ['announce', 'confirm', 'alert', 'prompt']

/** Sentences that a screen holds itself, instead of a dictionary. */
export function hardCoded(screens: SourceFile[]): string[] {
  const found: string[] = []
  for (const file of screens.filter(({ path }) => !path.endsWith('/data.ts'))) {
    const say = (node: Node, text: string) => {
      if (/\p{L}{2}/u.test(text) && !BRAND.test(text.trim()) && !KEY.test(text)) found.push(`${place(file, node)} “${text.trim()}”`)
    }
    const literal = (node: Node | null | undefined): boolean => node?.type === 'Literal' && typeof node['value'] === 'string'
    walk(file.program, (node) => {
      if (node.type === 'JSXText') say(node, String(node['value']))
      if (node.type === 'JSXAttribute') {
        const value = node['value'] as Node | null
        const spoken = value?.type === 'JSXExpressionContainer' ? (value['expression'] as Node) : value
        if (SPOKEN.includes((node['name'] as { name: string }).name) && literal(spoken)) say(node, String(spoken!['value']))
      }
      if (node.type === 'CallExpression' && SAYING.includes(String((node['callee'] as { name?: string }).name))) {
        const [first] = node['arguments'] as Node[]
        if (literal(first)) say(node, String(first!['value']))
      }
      const text = literal(node) ? String(node['value']) : node.type === 'TemplateElement' ? String((node['value'] as { cooked: string }).cooked) : ''
      if (/[À-ÖØ-öø-ÿœŒ’«»]/.test(text) || SENTENCE.test(text)) say(node, text)
    })
  }
  return [...new Set(found)]
}

/** Keys that screens ask for and the dictionary has not: of t(), of plural(), and beginnings of built ones. */
export function missingKeys(sources: SourceFile[], dictionary: Words): string[] {
  const keys = Object.keys(dictionary)
  const missing: string[] = []
  for (const file of sources) {
    walk(file.program, (node) => {
      const name = node.type === 'CallExpression' ? (node['callee'] as { name?: string }).name : undefined
      if (name !== 't' && name !== 'plural') return
      const wanted = (argument: Node | undefined): void => {
        if (argument?.type === 'ConditionalExpression') return [argument['consequent'], argument['alternate']].forEach((each) => wanted(each as Node))
        if (argument?.type === 'TSAsExpression') return wanted(argument['expression'] as Node)
        if (argument?.type === 'Literal' && typeof argument['value'] === 'string') {
          for (const key of name === 'plural' ? [`${argument['value']}.one`, `${argument['value']}.other`] : [argument['value']])
            if (!(key in dictionary)) missing.push(`${place(file, node)} ${key}`)
        }
        if (argument?.type === 'TemplateLiteral') {
          const start = (argument['quasis'] as { value: { cooked: string } }[])[0]!.value.cooked
          if (start && !keys.some((key) => key.startsWith(start))) missing.push(`${place(file, node)} ${start}…`)
        }
      }
      wanted((node['arguments'] as Node[])[0])
    })
  }
  return missing
}

/** Sentences that count things and have one form alone: « 1 saisies ». A count after a colon agrees with nothing. */
export function unagreed(dictionary: Words): string[] {
  return Object.entries(dictionary)
    .filter(
      ([key, sentence]) => !/\.(one|other)$/.test(key) && /(?<!: )\{\{ (count|done|reported|ended|people|devices) \}\} \p{Ll}{3,}s\b/u.test(sentence),
    )
    .map(([key, sentence]) => `${key}: ${sentence}`)
}

/** Plural keys of which a form is missing, and pairs in which the count of several is not said. */
export function brokenPlurals(dictionary: Words): string[] {
  return Object.keys(dictionary).flatMap((key) => {
    const [, base, form] = /^(.*)\.(one|other)$/.exec(key) ?? []
    if (!base) return []
    const other = `${base}.${form === 'one' ? 'other' : 'one'}`
    if (!(other in dictionary)) return [other]
    return form === 'other' && !dictionary[key]!.includes('{{ count }}') && dictionary[other]!.includes('{{ count }}') ? [key] : []
  })
}

/** Sentences of three words or more that are the same as in another language: nobody has translated them. */
export function untranslated(dictionary: Words, from: Words): string[] {
  return Object.entries(dictionary)
    .filter(([key]) => !key.startsWith('company.region.'))
    .filter(([key, sentence]) => sentence === from[key] && (sentence.replaceAll(/\{\{.*?\}\}/g, '').match(/\p{L}{3,}/gu)?.length ?? 0) > 2)
    .map(([key]) => key)
}
