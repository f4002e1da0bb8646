import { describe, expect, it } from 'vitest'
import { AppError, fateOf, parseMessage, refusalOf } from '../../app/kernel/errors.ts'
import { errors as catalogue } from '../../app/kernel/generated/errors.ts'
import { elsewhere, sentence } from '../../app/kernel/sentences.ts'
import { newId } from '../../app/kernel/ids.ts'
import { remoteError } from '../../app/kernel/http.ts'
import { nextCursor, parseBootPage } from '../../app/kernel/sync/protocol.ts'

describe('a boot page', () => {
  it('is cut into its tables', () => {
    const head = JSON.stringify({
      tables: [
        ['sites', 2],
        ['incidents', 1],
      ],
      next: { t: 'incidents', id: 'i1' },
      total: 12,
    })
    expect(parseBootPage(`${head}\ns1\ta\ns2\tb\ni1\tc\n\\.`)).toEqual({
      rows: { sites: 's1\ta\ns2\tb', incidents: 'i1\tc' },
      count: 3,
      next: { t: 'incidents', id: 'i1' },
      total: 12,
    })
  })

  it('may be empty', () => {
    for (const end of ['', '\n']) {
      expect(parseBootPage(`{"tables":[],"next":null}\n\\.${end}`)).toEqual({ rows: {}, count: 0, next: null })
    }
  })

  it('is none when it was cut on its way, wherever', () => {
    const page = `{"tables":[["sites",2]],"next":null}\ns1\ta b\ns2\tc d\n\\.`
    for (let length = 0; length < page.length; length++) {
      expect(() => parseBootPage(page.slice(0, length))).toThrow(expect.objectContaining({ code: 'NETWORK' }))
    }
  })
})

describe('the cursor', () => {
  const cursor = { snap: '1', scopes: ['a', 'b', 'c'], schema: 's', db: 'd' }
  it('loses scopes by their place and gains others in order', () => {
    expect(nextCursor(cursor, { snap: '2', lost: [1], gained: ['aa'] })).toEqual({ snap: '2', scopes: ['a', 'aa', 'c'], schema: 's', db: 'd' })
  })
  it('starts anew after a reset', () => {
    expect(nextCursor(cursor, { snap: '2', reset: 'db', schema: 's', db: 'e', gained: ['z'] })).toEqual({
      snap: '2',
      scopes: ['z'],
      schema: 's',
      db: 'e',
    })
  })
})

describe('a failure', () => {
  it('has one of three fates', () => {
    for (const code of ['NETWORK', 'TIMEOUT', '503', '429', '40001', '53300', '55P03', '57014']) expect(fateOf(code)).toBe('retry')
    for (const code of ['AUTHN', 'PROOF', '401']) expect(fateOf(code)).toBe('pause')
    for (const code of ['RIGHT', 'BLANK', '23505', '42883', '400']) expect(fateOf(code)).toBe('refuse')
  })

  it('of the server is known by its message, its status, or its silence', () => {
    const code = (error: Parameters<typeof remoteError>[0]) => remoteError(error).code
    expect(remoteError({ status: 400, code: 'BLANK', message: 'BLANK: title', details: 'title' })).toMatchObject({ code: 'BLANK', field: 'title' })
    expect(code({ status: 0, message: 'TypeError: fetch failed' })).toBe('NETWORK')
    expect(code({ status: 0, message: 'TimeoutError: signal timed out' })).toBe('TIMEOUT')
    expect(code({ status: 401, code: 'PGRST301', message: 'JWT expired' })).toBe('AUTHN')
    expect(code({ status: 503, code: 'PGRST002', message: 'Could not query' })).toBe('503')
    expect(code({ status: 500, code: '40001', message: 'could not serialize' })).toBe('40001')
    expect(code({ status: 500, code: 'XX000', message: 'internal' })).toBe('500')
    expect(code({ status: 404, code: '42883', message: 'no function' })).toBe('42883')
  })

  it('of a local effect is a refusal only when the rule, not the phone, says no', () => {
    expect(parseMessage('error: STATE: closed')).toEqual({ code: 'STATE', field: 'closed' })
    expect(refusalOf({ message: 'BLANK: title' }, true)).toMatchObject({ code: 'BLANK', field: 'title' })
    expect(refusalOf({ message: 'GHOST: incident' }, false)).toBeNull()
    expect(refusalOf({ message: 'GHOST: incident' }, true)).toMatchObject({ code: 'GHOST' })
    expect(refusalOf({ message: 'duplicate key', code: '23505' }, true)).toMatchObject({ code: 'TAKEN' })
    expect(refusalOf({ message: 'TIMEOUT', code: 'TIMEOUT' }, true)).toBeNull()
    expect(refusalOf({ message: 'out of memory', code: '53200' }, true)).toBeNull()
  })

  it('has a sentence in the language of the screen', () => {
    expect(sentence(new AppError('BLANK', 'title'), 'fr', 'Titre')).toContain('Il manque une information obligatoire : Titre.')
    expect(sentence(new AppError('503'), 'en')).toMatch(/does not answer/)
    expect(sentence(new AppError('nobody knows'), 'fr')).toMatch(/erreur/)
  })

  it('says what happened, then what is safe or what to do', () => {
    const short = Object.entries({ ...catalogue, ...elsewhere })
      .filter(([code]) => code !== 'LEASE') // between the server and its own workers
      .flatMap(([code, says]) => Object.entries(says).map(([language, text]) => `${code} ${language}: ${text}`))
      .filter(
        (line) =>
          line
            .replace(/^\w+ \w\w: /, '')
            .split(/[.:;,?](?=\s|$)|\bet\b|\band\b/)
            .filter((part) => part.trim()).length < 2,
      )
    expect(short).toEqual([])
  })
})

it('makes ids that sort by time', () => {
  const ids = Array.from({ length: 5 }, (_, place) => newId(1_700_000_000_000 + place))
  expect([...ids].sort()).toEqual(ids)
  expect(ids[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
})
