import { describe, expect, it } from 'vitest'
import { digitsOf, grouped, identifierIssue, isSiren, isSiret, luhn, readIdentifier } from '../../app/features/companies/identifiers.ts'
import { garrigue } from '../../supabase/local/demo-garrigue.ts'
import { vercors } from '../../supabase/local/demo-vercors.ts'

describe('SIREN and SIRET', () => {
  it('pass the Luhn check or do not', () => {
    expect(isSiren('732829320')).toBe(true)
    expect(isSiren('732829321')).toBe(false)
    expect(isSiret('73282932000074')).toBe(true)
    expect(isSiret('73282932000075')).toBe(false)
    expect(luhn('')).toBe(false)
    expect(luhn('73x')).toBe(false)
  })

  it('lets La Poste’s establishments through', () => {
    expect(isSiret('35600000000048')).toBe(true)
    expect(isSiret('35600000049837')).toBe(true)
    expect(isSiret('35600000049838')).toBe(false)
  })

  it('says while one types what the number is', () => {
    expect(readIdentifier('').kind).toBe('empty')
    expect(readIdentifier('732 829').kind).toBe('typing')
    expect(readIdentifier('732 829 320')).toEqual({ kind: 'siren', digits: '732829320' })
    expect(readIdentifier('732 829 321').kind).toBe('wrong')
    expect(readIdentifier('732 829 320 000').kind).toBe('typing')
    expect(readIdentifier('732 829 321 000').kind).toBe('wrong')
    expect(readIdentifier('732.829.320.00074')).toEqual({ kind: 'siret', digits: '73282932000074' })
    expect(readIdentifier('73282932000074 9').kind).toBe('wrong')
    expect(readIdentifier('73282932a').kind).toBe('wrong')
  })

  it('tells letters, missing digits, too many and a slip apart', () => {
    const issue = (text: string) => identifierIssue(readIdentifier(text))
    expect(['732 829 32a', '732', '73282932000074 9', '732 829 321', '732 829 320', ''].map(issue)).toEqual([
      'lettersInIdentifier',
      'shortIdentifier',
      'longIdentifier',
      'badIdentifier',
      undefined,
      undefined,
    ])
  })

  it('is shown in groups that read back as the same digits', () => {
    expect(grouped('732829320').split('\u00a0')).toEqual(['732', '829', '320'])
    expect(grouped('73282932000074').split('\u00a0')).toEqual(['732', '829', '320', '00074'])
    expect(digitsOf(grouped('73282932000074'))).toBe('73282932000074')
  })

  it('of the demo companies are valid', () => {
    for (const { siren, siret } of [garrigue, vercors]) {
      expect(isSiren(siren)).toBe(true)
      expect(isSiret(siret)).toBe(true)
      expect(siret.startsWith(siren)).toBe(true)
    }
  })
})
