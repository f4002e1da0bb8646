import { describe, expect, it } from 'vitest'
import { exportRows, faultOf, readImport, sayable, type Words } from '../../app/features/sentences/rules.ts'
import { parseCsv } from '../../app/kernel/table-file.ts'
import { csvOf } from '../../app/kernel/ui/table/csv.ts'
import { en } from '../../app/kernel/i18n/en.ts'
import { fr } from '../../app/kernel/i18n/fr.ts'

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
    expect(readImport(rows, english, own)).toEqual({ texts: {}, same: rows.length - 1, refused: [] })
    expect(readImport(rows, english, {})).toMatchObject({ texts: own, refused: [] })
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
    expect(readImport(rows, french, { 'nav.photos': 'Images' })).toEqual({
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
    expect(readImport([['a', 'b']], french, {})).toBeNull()
    expect(readImport([], french, {})).toBeNull()
    expect(readImport([['nav.sites', 'Opérations']], french, {})?.texts).toEqual({ 'nav.sites': 'Opérations' })
  })

  it('gives a sentence back its own words when it repeats them', () => {
    expect(readImport([['nav.sites', 'Chantiers']], french, { 'nav.sites': 'Opérations' })?.texts).toEqual({ 'nav.sites': null })
  })
})

describe('a text', () => {
  it('keeps the blanks of its sentence; a count may be left out of the singular alone', () => {
    expect(faultOf('table.rows.one', 'Une seule ligne', french)).toBeUndefined()
    expect(faultOf('table.rows.other', 'Des lignes', french)).toBe('blanks')
    expect(faultOf('today.hello', 'Bonjour {{name}}', french)).toBeUndefined()
    expect(faultOf('nav.sites', 'Chantiers {{ name }}', french)).toBe('blanks')
  })

  it('that came from an older version, or by another road, is left aside where it would say nonsense', () => {
    expect(
      sayable({ 'nav.sites': 'Opérations', 'today.hello': 'Bonjour', 'gone.away': 'x', 'account.signIn': 'x', constructor: 'x' }, french),
    ).toEqual({
      'nav.sites': 'Opérations',
    })
  })
})
