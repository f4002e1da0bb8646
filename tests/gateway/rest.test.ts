import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Client, World } from '../support/world.ts'
import { createFixtureWorld, raw, tokenOf, until } from './support.ts'

let world: World
let ada: Client
let adaId: string
let bob: Client

beforeAll(async () => {
  world = await createFixtureWorld('rest')
  const [first, second] = await Promise.all([world.signUp('ada@example.com', 'correct horse'), world.signUp('bob@example.com', 'correct horse')])
  ada = first.client
  adaId = first.user.id
  bob = second.client
})
afterAll(() => world.close())

describe('calling functions', () => {
  test('arguments arrive with their types', async () => {
    const args = {
      a: 7,
      b: { deep: [1, { x: 'é"\\' }] },
      c: adaId,
      d: '2026-03-29T01:30:00+00:00',
      e: [1.5, 2],
      f: true,
      g: { x: 1, y: 2.5 },
    }
    const { data, error } = await ada.rpc('fixture_echo', args)
    expect(error).toBeNull()
    expect(data).toEqual(args)
  })

  test('a json argument may be anything, and null is null', async () => {
    for (const value of [[1, 2], 'text', 5, false, { a: null }]) expect((await ada.rpc('fixture_json', { value })).data).toEqual(value)
    expect((await ada.rpc('fixture_nothing')).data).toBeNull()
  })

  test('defaults apply to arguments that are left out', async () => {
    expect((await ada.rpc('fixture_sum', { a: 1 })).data).toBe(11)
    expect((await ada.rpc('fixture_sum', { a: 1, b: 2 })).data).toBe(3)
  })

  test.each([
    ['a set of scalars is an array', 'fixture_series', [1, 2]],
    [
      'a table is an array of objects',
      'fixture_table',
      [
        { k: 1, square: 1 },
        { k: 2, square: 4 },
      ],
    ],
    ['a table of one column too', 'fixture_single_column', [{ k: 1 }, { k: 2 }]],
    ['out parameters are one object', 'fixture_out', { half: 1, double: 4 }],
  ])('%s', async (_title, name, expected) => {
    const { data, error } = await ada.rpc(name, { n: 2 })
    expect(error).toBeNull()
    expect(data).toEqual(expected)
  })

  test('a function that returns a media type answers its text as it is', async () => {
    expect((await ada.rpc('fixture_lines', { n: 2 }).csv()).data).toBe('1\t"\\\n2\t"\\')
    const answer = await ada.rpc('fixture_lines', { n: 2 }).setHeader('Accept', 'application/json')
    expect([answer.status, answer.error?.code]).toEqual([406, 'PGRST107'])
  })

  test('void answers 204', async () => {
    const { data, status } = await bob.rpc('fixture_clear')
    expect([data, status]).toEqual([null, 204])
  })

  test('a stable function can be read by GET, and filtered', async () => {
    expect((await ada.rpc('fixture_sum', { a: 2, b: 3 }, { get: true })).data).toBe(5)
    const { data } = await ada.rpc('fixture_table', { n: 5 }, { get: true }).gt('square', 8).order('k', { ascending: false }).select('k').limit(2)
    expect(data).toEqual([{ k: 5 }, { k: 4 }])
  })

  test('a volatile function refuses GET', async () => {
    const { error, status } = await ada.rpc('fixture_clear', {}, { get: true })
    expect([status, error?.code]).toEqual([405, '25006'])
  })

  test('count and range of what it returns', async () => {
    const { data, count, status } = await ada.rpc('fixture_table', { n: 5 }, { count: 'exact' }).range(1, 2)
    expect([data, count, status]).toEqual([
      [
        { k: 2, square: 4 },
        { k: 3, square: 9 },
      ],
      5,
      206,
    ])
  })

  test('one object is asked for: none and several are refused, and nothing stays written', async () => {
    expect((await ada.rpc('fixture_table', { n: 1 }).single()).data).toEqual({ k: 1, square: 1 })
    const several = await ada.rpc('fixture_write_many', { titles: ['x', 'y'] }).single()
    expect([several.status, several.error?.code]).toEqual([406, 'PGRST116'])
    expect((await ada.rpc('fixture_all').eq('title', 'x')).data).toEqual([])
    const one = await ada.rpc('fixture_write_many', { titles: ['kept'] }).single()
    expect(one.data).toMatchObject({ title: 'kept' })
    expect((await ada.rpc('fixture_all').eq('title', 'kept')).data).toHaveLength(1)
    await ada.rpc('fixture_clear')
  })

  test('another schema is chosen by profile; others are not exposed', async () => {
    expect((await ada.schema('kpi').rpc('fixture_answer')).data).toBe(42)
    const { status, error } = await ada.schema('app_private').rpc('claims')
    expect([status, error?.code]).toEqual([406, 'PGRST106'])
  })

  test('an unknown function, or known with other arguments, is 404; two that fit equally are 300', async () => {
    const unknown = await ada.rpc('fixture_unknown', { a: 1 })
    expect([unknown.status, unknown.error?.code]).toEqual([404, 'PGRST202'])
    const other = await ada.rpc('fixture_sum', { a: 1, z: 2 })
    expect([other.status, other.error?.code]).toEqual([404, 'PGRST202'])
    const both = await ada.rpc('fixture_same', { a: 1 })
    expect([both.status, both.error?.code]).toEqual([300, 'PGRST203'])
  })

  test('the schema cache follows NOTIFY pgrst', async () => {
    expect((await ada.rpc('fixture_new')).status).toBe(404)
    await world.db.unsafe(`create function app.fixture_new() returns integer language sql immutable as 'select 1'; notify pgrst, 'reload schema'`)
    await world.db.unsafe('grant execute on function app.fixture_new to authenticated')
    await until(async () => (await ada.rpc('fixture_new')).data === 1)
  })

  test('a body that is not a JSON object is refused', async () => {
    const token = await tokenOf(ada)
    for (const body of ['{', '[1]', '"x"', '5']) {
      const response = await raw(world, '/rest/v1/rpc/fixture_sum', { method: 'POST', body, token, headers: { 'content-type': 'application/json' } })
      expect(response.status).toBe(400)
      expect(await response.json()).toMatchObject({ code: 'PGRST102' })
    }
  })

  test('a body beyond the limit is refused', async () => {
    const response = await raw(world, '/rest/v1/rpc/fixture_json', {
      method: 'POST',
      body: JSON.stringify({ value: 'x'.repeat(9 * 1024 * 1024) }),
      headers: { 'content-type': 'application/json' },
    }).catch(() => undefined) // the server may hang up before everything is sent
    expect(response?.status ?? 413).toBe(413)
  })
})

describe('errors raised in SQL', () => {
  test.each([
    ['RIGHT', 400],
    ['GHOST', 400],
    ['AUTHN', 401],
    ['P0001', 400],
    ['PT418', 418],
    ['23505', 409],
    ['23503', 409],
    ['23502', 400],
    ['42501', 403],
    ['40001', 500],
    ['53300', 503],
    ['55P03', 500],
    ['22P02', 400],
  ])('%s answers %i with code, message, details and hint', async (state, status) => {
    const answer = await ada.rpc('fixture_fail', { state, message: 'the message' })
    expect(answer.status).toBe(status)
    expect(answer.error).toMatchObject({ code: state, message: 'the message', details: 'the detail', hint: 'the hint' })
  })

  test('a forbidden function is 403 to a user and 401 to nobody', async () => {
    expect((await ada.rpc('fixture_owner_only')).status).toBe(403)
    expect((await world.client().rpc('fixture_owner_only')).status).toBe(401)
  })

  test('an argument of the wrong type is 400', async () => {
    const { status, error } = await ada.rpc('fixture_sum', { a: 'not a number' })
    expect([status, error?.code]).toEqual([400, '22P02'])
  })
})

describe('reading tables and views', () => {
  beforeEach(async () => {
    await Promise.all([ada.rpc('fixture_clear'), bob.rpc('fixture_clear')])
    await ada.rpc('fixture_write', { title: 'alpha', tags: ['a', 'b'], details: { level: 1 }, due: '2026-01-31' })
    await ada.rpc('fixture_write', { title: 'beta, "the second"', tags: ['b'], details: { level: 2 } })
    await ada.rpc('fixture_write', { title: 'gamma', due: '2026-03-01' })
    await bob.rpc('fixture_write', { title: 'hidden' })
  })

  const notes = () => ada.from('fixture_notes').select('title').order('id')
  const titles = ({ data, error }: { data: unknown; error: unknown }) => {
    expect(error).toBeNull()
    return (data as { title: string }[]).map(({ title }) => title[0]).join('')
  }

  test('an answer has ten thousand rows at most; the next ones are asked for', async () => {
    await world.db`insert into app.fixture_notes (owner, title) select ${adaId}, 'many' from generate_series(1, 10050)`
    const many = () => ada.from('fixture_notes').select('id').eq('title', 'many').order('id')
    expect((await many()).data).toHaveLength(10_000)
    expect((await many().limit(20_000)).data).toHaveLength(10_000)
    expect((await many().range(10_000, 29_999)).data).toHaveLength(50)
    expect((await ada.rpc('fixture_all')).data).toHaveLength(10_000)
    expect((await ada.rpc('fixture_series', { n: 10_050 })).data).toHaveLength(10_000)
  })

  test('a column may be asked for again and again, but not without end; a name holds no zero byte', async () => {
    const select = (list: string) => ada.from('fixture_notes').select(list)
    expect((await select(Array(100).fill('*').join(','))).status).toBe(200)
    for (const list of [Array(101).fill('*').join(','), '\0:id', '"a\0b":id']) {
      const { status, error } = await select(list)
      expect([status, error?.code]).toEqual([400, 'PGRST100'])
    }
  })

  test('row-level security decides with the claims of each request', async () => {
    expect(titles(await notes())).toBe('abg')
    expect(titles(await bob.from('fixture_notes').select('title'))).toBe('h')
    const nobody = await world.client().from('fixture_notes').select('title')
    expect([nobody.status, nobody.error?.code]).toEqual([401, '42501'])
    expect((await ada.from('fixture_secrets').select()).status).toBe(403)
  })

  test('filters', async () => {
    expect(titles(await notes().eq('title', 'alpha'))).toBe('a')
    expect(titles(await notes().neq('title', 'alpha'))).toBe('bg')
    expect(titles(await notes().gt('due', '2026-01-31'))).toBe('g')
    expect(titles(await notes().gte('due', '2026-01-31').lt('due', '2026-02-15'))).toBe('a')
    expect(titles(await notes().lte('due', '2026-12-31'))).toBe('ag')
    expect(titles(await notes().like('title', '%a%m%'))).toBe('g')
    expect(titles(await notes().ilike('title', 'ALPHA'))).toBe('a')
    expect(titles(await notes().is('due', null))).toBe('b')
    expect(titles(await notes().is('done', false))).toBe('abg')
    expect(titles(await notes().in('title', ['alpha', 'beta, "the second"', 'none']))).toBe('ab')
    expect(titles(await notes().in('title', []))).toBe('')
    expect(titles(await notes().contains('tags', ['b']))).toBe('ab')
    expect(titles(await notes().containedBy('tags', ['b', 'c']))).toBe('bg')
    expect(titles(await notes().overlaps('tags', ['a', 'z']))).toBe('a')
    expect(titles(await notes().contains('details', { level: 2 }))).toBe('b')
    expect(titles(await notes().not('due', 'is', null))).toBe('ag')
    expect(titles(await notes().not('title', 'in', '(alpha,gamma)'))).toBe('b')
    expect(titles(await notes().eq('done', false).match({ title: 'gamma' }))).toBe('g')
  })

  test('and / or trees', async () => {
    expect(titles(await notes().or('title.eq.alpha,due.is.null'))).toBe('ab')
    expect(titles(await notes().or('and(title.eq.alpha,due.is.null),title.eq.gamma'))).toBe('g')
    expect(titles(await notes().or('title.in.(alpha,gamma),tags.cs.{zz,yy}'))).toBe('ag')
    expect(titles(await notes().or('title.eq."beta, \\"the second\\"",title.not.like.*a'))).toBe('b')
    const negated = await raw(world, '/rest/v1/fixture_notes?select=title&not.or=(title.eq.alpha,not.and(title.eq.gamma,done.is.false))', {
      token: await tokenOf(ada),
    })
    expect(await negated.json()).toEqual([{ title: 'gamma' }])
  })

  test('columns, alias, order, limit, offset, range and count', async () => {
    const { data } = await ada.from('fixture_notes').select('name:title, due').order('due', { ascending: false, nullsFirst: true }).limit(2)
    expect(data).toEqual([
      { name: 'beta, "the second"', due: null },
      { name: 'gamma', due: '2026-03-01' },
    ])
    const page = await ada.from('fixture_titles').select('*', { count: 'exact' }).order('id').range(1, 1)
    expect([titles(page), page.count, page.status]).toEqual(['b', 3, 206])
    const head = await ada.from('fixture_notes').select('*', { count: 'exact', head: true })
    expect([head.data, head.count, head.status]).toEqual([null, 3, 200])
    const far = await ada.from('fixture_notes').select('*', { count: 'exact' }).range(100, 110)
    expect([far.status, far.error?.code]).toEqual([416, 'PGRST103'])
  })

  test('one object', async () => {
    expect((await notes().eq('title', 'alpha').single()).data).toEqual({ title: 'alpha' })
    expect((await notes().eq('title', 'none').maybeSingle()).data).toBeNull()
    const several = await notes().single()
    expect([several.status, several.error?.code, several.error?.details]).toEqual([406, 'PGRST116', 'The result contains 3 rows'])
  })

  test('unknown tables and columns are named in the error', async () => {
    const table = await ada.from('fixture_absent').select()
    expect([table.status, table.error?.code]).toEqual([404, 'PGRST205'])
    const column = await ada.from('fixture_notes').select('nope')
    expect([column.status, column.error?.code]).toEqual([400, '42703'])
    const filter = await ada.from('fixture_notes').select().filter('title', 'bogus', 'x')
    expect([filter.status, filter.error?.code]).toEqual([400, 'PGRST100'])
  })

  test('what lies outside the subset says so instead of answering something else', async () => {
    const answers = await Promise.all([
      ada.from('fixture_notes').insert({ title: 'x' }),
      ada.from('fixture_notes').update({ title: 'x' }).eq('id', 1),
      ada.from('fixture_notes').delete().eq('id', 1),
      ada.from('fixture_notes').select('title, fixture_secrets(*)'),
      ada.from('fixture_notes').select('details->level'),
      ada.from('fixture_notes').select('id::text'),
      ada.from('fixture_notes').select().textSearch('title', 'alpha'),
      ada.from('fixture_notes').select('*', { count: 'planned' }),
      ada.from('fixture_notes').select().csv(),
    ])
    for (const { status, error } of answers) expect([status, error?.code, error?.message]).toEqual([501, 'UNSUPPORTED', expect.stringMatching(/\.$/)])
  })

  test('nothing that a client sends becomes SQL', async () => {
    const evil = `x') or true; drop table app.fixture_notes; --`
    for (const operator of ['eq', 'neq', 'like', 'ilike', 'cs'] as const)
      await ada
        .from('fixture_notes')
        .select()
        .filter(operator === 'cs' ? 'tags' : 'title', operator, evil)
    await notes().in('title', [evil, `"}'`, '\\'])
    expect(titles(await notes().in('title', ['alpha', evil]))).toBe('a')
    expect(titles(await notes().or(`title.eq."${evil}",title.eq.alpha`))).toBe('a')
    for (const name of ['title" = title or "title', `title)=title--`, "title'", 'fixture_notes.title; drop', 'pg_sleep(1)']) {
      for (const query of [
        ada.from('fixture_notes').select().filter(name, 'eq', 'x'),
        ada.from('fixture_notes').select().order(name),
        ada.from('fixture_notes').select(`"${name}"`),
      ]) {
        expect((await query).status).toBeGreaterThanOrEqual(400)
      }
    }
    expect((await ada.from(`fixture_notes" where true--`).select()).status).toBe(404)
    expect((await ada.rpc('fixture_sum', { 'a" := 1) --': 1 })).status).toBe(404)
    expect((await raw(world, '/rest/v1/fixture_notes?limit=1;drop', { token: await tokenOf(ada) })).status).toBe(400)
    expect((await ada.from('fixture_notes').select('"odd ""name"""')).status).toBe(400)
    expect((await ada.from('fixture_notes').select('"odd \\"name\\""')).data).toHaveLength(3)
    expect(titles(await notes())).toBe('abg')
  })
})
