import { describe, expect, it } from 'vitest'
import { readdirSync, readFileSync } from 'node:fs'
import { batches, exportRows, faultOf, isOpen, readImport, sayable, tooMany, type Words } from '../../app/features/sentences/rules.ts'
import { parseCsv } from '../../app/kernel/table-file.ts'
import { csvOf } from '../../app/kernel/ui/table/csv.ts'
import { en } from '../../app/kernel/i18n/en.ts'
import { es } from '../../app/kernel/i18n/es.ts'
import { fr } from '../../app/kernel/i18n/fr.ts'
import { pt } from '../../app/kernel/i18n/pt.ts'

const french: Words = fr
const english: Words = en
const head = ['Clé', 'Français', 'English', 'Votre texte']

describe('a translator’s file', () => {
  it('comes back as it went, with every sentence that may be replaced', () => {
    const own = { 'nav.sites': 'Projects', 'today.hello': '=Hello {{ name }}; "you"' }
    const rows = parseCsv(csvOf(head, exportRows(english, french, own)))
    expect(rows.length).toBeGreaterThan(900)
    expect(rows.find(([key]) => key === 'nav.sites')).toEqual(['nav.sites', 'Chantiers', 'Sites', 'Projects'])
    // never a formula to the spreadsheet that opens it
    expect(rows.find(([key]) => key === 'today.hello')![3]).toBe('\'=Hello {{ name }}; "you"')
    expect(readImport(rows, english, own, 'en')).toEqual({ texts: {}, same: rows.length - 1, refused: [] })
    expect(readImport(rows, english, {}, 'en')).toMatchObject({ texts: own, refused: [] })
  })

  it('says of each line that is not taken which one it is, and why', () => {
    const rows = [
      ['key', 'fr', 'text'],
      ['nav.sites', 'Chantiers', 'Opérations'],
      ['nav.nowhere', '', 'Perdu'],
      ['today.hello', '', 'Bonjour'],
      ['today.hello', '', 'Salut {{ name }} {{ password }}'],
      ['nav.sites', '', 'Ouvrages'],
      ['nav.people', '', 'x'.repeat(501)],
      ['account.signIn', '', 'Donnez votre mot de passe'],
      ['nav.photos', '', ''],
      ['__proto__', '', 'x'],
    ]
    expect(readImport(rows, french, { 'nav.photos': 'Images' }, 'fr')).toEqual({
      texts: { 'nav.sites': 'Opérations', 'nav.photos': null },
      same: 0,
      refused: [
        { line: 3, key: 'nav.nowhere', fault: 'unknown' },
        { line: 4, key: 'today.hello', fault: 'blanks' },
        { line: 5, key: 'today.hello', fault: 'blanks' },
        { line: 6, key: 'nav.sites', fault: 'twice' },
        { line: 7, key: 'nav.people', fault: 'long' },
        { line: 8, key: 'account.signIn', fault: 'fixed' },
        { line: 10, key: '__proto__', fault: 'unknown' },
      ],
    })
  })

  it('is no file for translators without keys, and needs no line of names', () => {
    expect(readImport([['a', 'b']], french, {}, 'fr')).toBeNull()
    expect(readImport([], french, {}, 'fr')).toBeNull()
    expect(readImport([['nav.sites', 'Opérations']], french, {}, 'fr')?.texts).toEqual({ 'nav.sites': 'Opérations' })
  })

  it('gives a sentence back its own words when it repeats them', () => {
    expect(readImport([['nav.sites', 'Chantiers']], french, { 'nav.sites': 'Opérations' }, 'fr')?.texts).toEqual({ 'nav.sites': null })
  })
})

describe('a text', () => {
  it('keeps the blanks of its sentence', () => {
    expect(faultOf('table.rows.other', 'Des lignes', french, 'fr')).toBe('blanks')
    expect(faultOf('today.hello', 'Bonjour {{name}}', french, 'fr')).toBeUndefined()
    expect(faultOf('nav.sites', 'Chantiers {{ name }}', french, 'fr')).toBe('blanks')
  })

  it.each([
    ['fr', french, 'blanks'],
    ['pt', pt, 'blanks'],
    ['en', english, undefined],
    ['es', es, undefined],
  ] as const)('in %s leaves the count out of the singular only where none at all is no singular', (language, words, fault) => {
    expect(faultOf('table.rows.one', 'Just a row', words, language)).toBe(fault)
    expect(faultOf('table.rows.other', 'Rows', words, language)).toBe('blanks')
  })

  it('about a person’s own account is nobody’s to replace, nor what stands on the way to it', () => {
    const open = new Set<string>()
    for (const file of readdirSync('app/features/account').filter((name) => name.endsWith('.tsx'))) {
      const source = readFileSync(`app/features/account/${file}`, 'utf8')
      for (const [, quote, start] of source.matchAll(/(['`])([a-z]\w*\.[\w.]*)/g))
        for (const key of Object.keys(fr))
          if (isOpen(key) && (quote === '`' ? key.startsWith(start!) : key === start || key.replace(/\.(one|other)$/, '') === start)) open.add(key)
    }
    // these ask for no secret and send nobody anywhere else: names of places and roles, and of common buttons
    const harmless =
      /^(action\.(back|continue|retry)|field\.full_name|menu\.arrange|nav\.(account|menu)|person\.editCard|role\.\w+|state\.loading|sync\.title)$/
    expect([...open].filter((key) => !harmless.test(key))).toEqual([])
    for (const key of ['field.password', 'field.email', 'company.switch', 'outside.client', 'invitation.title']) expect(isOpen(key), key).toBe(false)
  })

  it('is one of two thousand of its language at most: a file that would say more is not begun', () => {
    const texts = (from: number, count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`many.k${from + n}`, 'x']))
    expect(tooMany(texts(0, 1_500), texts(1_000, 1_000))).toBe(false)
    expect(tooMany(texts(0, 1_500), texts(1_000, 1_001))).toBe(true)
    expect(tooMany(texts(0, 2_000), { 'one.more': 'x', 'many.k0': null })).toBe(false)
    // what leaves goes first, or the first part would be one too many
    expect(Object.values(batches({ ...texts(0, 500), 'one.less': null })[0]!)[0]).toBeNull()
  })

  it('that came from an older version, or by another road, is left aside where it would say nonsense', () => {
    expect(
      sayable({ 'nav.sites': 'Opérations', 'today.hello': 'Bonjour', 'gone.away': 'x', 'account.signIn': 'x', constructor: 'x' }, french, 'fr'),
    ).toEqual({
      'nav.sites': 'Opérations',
    })
  })
})
