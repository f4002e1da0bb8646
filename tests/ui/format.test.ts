import { beforeAll, expect, test } from 'vitest'
import { dateTime, setTimeZone } from '../../app/kernel/i18n/format.ts'

const now = Date.parse('2026-01-01T08:00:00Z')

beforeAll(() => setTimeZone('Europe/Paris'))

test('a moment of another year says its year, by the calendar of the company', () => {
  expect(dateTime('2026-03-12T13:05:00Z', now)).toBe('12 mars, 14:05')
  expect(dateTime('2008-10-22T15:00:00Z', now)).toBe('22 oct. 2008, 17:00')
  // New Year comes to Paris an hour before it comes to Greenwich.
  expect(dateTime('2025-12-31T23:30:00Z', now)).toBe('1 janv., 00:30')
  expect(dateTime(null, now)).toBe('')
})
