import { beforeAll, expect, test, vi } from 'vitest'
import { dateTime, delayOf, setTimeZone } from '../../app/kernel/i18n/format.ts'
import { setLocale } from '../../app/kernel/i18n/index.ts'

const now = Date.parse('2026-01-01T08:00:00Z')

beforeAll(async () => {
  setTimeZone('Europe/Paris')
  vi.stubGlobal('document', { documentElement: {} }) // a language names itself there
  await setLocale('fr', false)
})

test('a moment of another year says its year, by the calendar of the company', () => {
  expect(dateTime('2026-03-12T13:05:00Z', now)).toBe('12 mars, 14:05')
  expect(dateTime('2008-10-22T15:00:00Z', now)).toBe('22 oct. 2008, 17:00')
  // New Year comes to Paris an hour before it comes to Greenwich.
  expect(dateTime('2025-12-31T23:30:00Z', now)).toBe('1 janv., 00:30')
  expect(dateTime(null, now)).toBe('')
})

test('a delay says that it counts working time, and not when it counts the clock', () => {
  const plain = (text: string) => text.replace(/\s/g, ' ')
  expect(plain(delayOf(240, true))).toBe('4 h ouvrées')
  expect(plain(delayOf(480, true))).toBe('1 jour ouvré')
  expect(plain(delayOf(960, true))).toBe('2 jours ouvrés')
  expect(plain(delayOf(30, false))).toBe('30 min')
  expect(plain(delayOf(1440, false))).toBe('1 jour')
  expect(plain(delayOf(0, true))).toBe('tout de suite')
})
