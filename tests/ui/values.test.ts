import { describe, expect, it } from 'vitest'
import { safeNext } from '../../app/features/account/next.ts'
import { grantable, newToken } from '../../app/features/people/rights.ts'
import { siteColumns, siteValues } from '../../app/features/sites/values.ts'
import { mendables, mended } from '../../app/features/sync/describe.ts'
import { changed } from '../../app/kernel/changes.ts'
import { matches } from '../../app/kernel/search.ts'
import { distance } from '../../app/kernel/ui/position.ts'

describe('an edit', () => {
  it('sends only what changed, with what it was', () => {
    expect(changed({ name: 'A', city: null, tags: ['x'] }, { name: 'B', city: null, tags: ['x'] })).toEqual({
      changes: { name: 'B' },
      was: { name: 'A' },
    })
    expect(changed({ city: 'Lunel' as string | null }, { city: null })).toEqual({ changes: { city: null }, was: { city: 'Lunel' } })
    expect(changed({ name: 'A' }, { name: 'A' })).toBeNull()
  })

  it('of a site turns what is typed into columns', () => {
    const columns = siteColumns({ ...siteValues(), name: ' Halle ', latitude: '43.5', longitude: 'x', tags: 'bois, , R+4 ', starts_on: '2026-03-01' })
    expect(columns).toMatchObject({
      name: 'Halle',
      latitude: 43.5,
      longitude: null,
      tags: ['bois', 'R+4'],
      starts_on: '2026-03-01',
      ends_on: null,
      client_name: null,
    })
  })
})

describe('a refused command', () => {
  const args = {
    id: 'i',
    site_id: 's',
    title: 'Fuite',
    description: null,
    due: 3,
    details: { item: 'Vis', quantity: '4' },
    tags: ['a'],
    latitude: 1.2,
  }

  it('shows what a person can mend, and nothing else', () => {
    expect(mendables(args).map((field) => field.path.join('.'))).toEqual(['title', 'description', 'due', 'details.item', 'details.quantity'])
  })

  it('keeps everything but what was mended', () => {
    const fields = mendables(args).map((field) => (field.path.at(-1) === 'item' ? { ...field, value: 'Vis 240' } : field))
    expect(mended(args, fields)).toEqual({ ...args, details: { item: 'Vis 240', quantity: '4' } })
    expect(args.details.item).toBe('Vis')
  })
})

describe('search', () => {
  it('finds every word, without accents or case', () => {
    expect(matches('ecole lunel', 'École Jean-Moulin', 'Lunel')).toBe(true)
    expect(matches('école paris', 'École Jean-Moulin', 'Lunel')).toBe(false)
    expect(matches('  ', 'x')).toBe(true)
    expect(matches('x', null, undefined)).toBe(false)
  })
})

describe('invitations', () => {
  it('carry a secret of 192 bits whose hash alone is sent', async () => {
    const { token, hash } = await newToken()
    expect(token).toMatch(/^[\w-]{32}$/)
    expect(hash).toMatch(/^[0-9a-f]{64}$/)
    expect((await newToken()).token).not.toBe(token)
  })

  it('offer only the roles that the server will accept', () => {
    expect(grantable(false)).toEqual(['site_manager', 'crew', 'design_office', 'buyer', 'customer_service', 'viewer', 'client'])
    expect(grantable(true)).toHaveLength(14)
  })
})

describe('after signing in', () => {
  it('goes only to an address of ours', () => {
    expect(safeNext('/sites/1?x=2')).toBe('/sites/1?x=2')
    for (const bad of [undefined, 'https://evil.example', '//evil.example', '/\\evil.example', 'javascript:alert(1)']) expect(safeNext(bad)).toBe('/')
  })
})

describe('distance', () => {
  it('is in metres, as the crow flies', () => {
    expect(distance({ latitude: 43.6195, longitude: 3.8777 }, { latitude: 43.4609, longitude: 3.4232 })).toBeCloseTo(40_700, -3)
    expect(distance({ latitude: 1, longitude: 2 }, { latitude: 1, longitude: 2 })).toBe(0)
  })
})
