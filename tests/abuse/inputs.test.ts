import { randomUUID } from 'node:crypto'
import { createContext, Script } from 'node:vm'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readSources } from '../architecture/rules.ts'
import { createPerson, createSite, foundCompany, hire, reportIncident, type Member } from '../support/company.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

const LENGTH = 100_000
/** No call may take longer, however it ends, ms. Most take one or two. */
const MOST_MS = 1_500

/** Texts that slow patterns down, fill lines, or read from the other end. */
const shapes: Record<string, string> = {
  letters: 'a'.repeat(LENGTH),
  'letters, and a sign that fits nothing': `${'a'.repeat(LENGTH)}!`,
  digits: `${'1'.repeat(LENGTH)}x`,
  spaces: `${' '.repeat(LENGTH)}x`,
  dots: 'a.'.repeat(LENGTH / 2),
  at: `${'a@'.repeat(LENGTH / 2)}`,
  hyphens: `${'-a'.repeat(LENGTH / 2)}-`,
  brackets: '('.repeat(LENGTH),
  'right to left': '\u202e\u05d0'.repeat(LENGTH / 2),
  'signs upon signs': `a${'\u0301'.repeat(LENGTH)}`,
  'line ends': '\r\n'.repeat(LENGTH / 2),
}

/** SQLSTATEs of a server in trouble: too slow, out of memory, broken. */
const TROUBLE = /^(57014|53|54|58|XX)/

interface Routine {
  name: string
  parameters: string[]
  types: string[]
  /** Columns that an edit may change. */
  editable: string[]
}

let database: TestDatabase
let boss: Member
let ids: Record<string, string>
let routines: Routine[]

beforeAll(async () => {
  database = await createTestDatabase('inputs')
  boss = await foundCompany(database, await createPerson(database, 'anne@inputs.test'), 'Bâtir')
  const site = await createSite(boss, 'Nord')
  const incident = await reportIncident(boss, site)
  const crew = await hire(database, boss, 'crew@inputs.test', ['crew'], [site])
  const [team, photo, closure] = [randomUUID(), randomUUID(), randomUUID()]
  await boss.run('create_team', { id: team, name: 'Équipe' })
  await boss.run('add_photo', { id: photo, site_id: site, sha256: 'a'.repeat(64), bytes: 10, width: 1, height: 1 })
  await boss.run('add_closure', { id: closure, day: '2026-12-24', label: 'Noël' })
  ids = { site, incident, team, photo, closure, membership: crew.id }
  // what the catalog says that people may call: a module that comes later is in it
  const rows = await database.db<{ name: string; parameters: string[]; types: string[]; effect: string | null }[]>`
    select p.oid::regproc::text as name, coalesce(p.proargnames[1:p.pronargs], '{}') as parameters,
      array(select format_type(t, null) from unnest(p.proargtypes) with ordinality as a (t, n) order by n) as types,
      (select pg_get_functiondef(e.oid) from pg_proc as e where e.pronamespace = 'effects'::regnamespace and e.proname = p.proname limit 1) as effect
    from pg_proc as p
    where p.pronamespace::regnamespace::text in ('app', 'kpi') and p.prokind = 'f' and p.prorettype <> 'trigger'::regtype
      and (has_function_privilege('authenticated', p.oid, 'execute') or has_function_privilege('anon', p.oid, 'execute'))
    order by 1`
  routines = rows.map(({ effect, ...row }) => ({
    ...row,
    editable: [...(effect ?? '').matchAll(/'\{([a-z_]+(?:,[a-z_]+)*)\}'/g)].flatMap(([, list]) => list!.split(',')),
  }))
})
afterAll(() => database?.close())

const TEXTS = new Set(['text', 'text[]', 'jsonb', 'character varying'])

/** An argument that is probably accepted, by its name and type; `row` is what `id` names. */
function ordinary(name: string, type: string, row: string): unknown {
  if (type === 'uuid') return name === 'id' ? row : (ids[name.replace(/_id$/, '')] ?? (name === 'assignee_id' ? ids['membership'] : randomUUID()))
  if (type === 'uuid[]') return []
  if (type === 'text[]') return name === 'roles' ? ['crew'] : []
  if (type === 'jsonb') return {}
  if (type === 'boolean') return false
  if (type === 'date') return '2026-12-01'
  if (type.startsWith('timestamp')) return '2026-12-01T10:00:00Z'
  if (type === 'text')
    return (
      (
        { type: 'technical', severity: 'low', role: 'crew', sha256: 'b'.repeat(64), state: 'active', position_source: 'none' } as Record<
          string,
          string
        >
      )[name] ?? 'x'
    )
  return 1
}

/** What each text argument of a routine is sent: the text itself, in a list, as an edit of each column. */
const hostile = (type: string, text: string, editable: string[]): unknown[] => {
  if (type === 'text[]') return [[text], Array(1000).fill('x')]
  if (type !== 'jsonb') return [text]
  return [{ [text]: 1 }, { a: text }, [text], ...editable.map((column) => ({ [column]: text }))]
}

async function send({ name, parameters, types }: Routine, args: unknown[]): Promise<{ ms: number; code: string }> {
  let code = 'done'
  let ms = 0
  const undo = new Error('undo')
  await database
    .sqlAs(boss.claims, { 'x-company': boss.company }, async (sql) => {
      await sql`set local statement_timeout = '5s'`
      const began = performance.now()
      const values = args.map((value, place) => (types[place] === 'jsonb' ? sql.json(value as never) : value)) as never[]
      await sql
        .unsafe(`select * from ${name}(${parameters.map((parameter, place) => `${parameter} => $${place + 1}::${types[place]}`).join(', ')})`, values)
        .catch((error: { code: string }) => (code = error.code))
        .finally(() => (ms = performance.now() - began))
      throw undo
    })
    .catch((error: unknown) => {
      if (error !== undo) throw error
    })
  return { ms, code }
}

test('a hundred kilobytes in any text that people may send: each call ends soon, in work or in a refusal', async () => {
  const texts = routines.flatMap((routine) => routine.types.flatMap((type, place) => (TEXTS.has(type) ? [{ routine, place, type }] : [])))
  expect(texts.length).toBeGreaterThan(60)
  const slow: string[] = []
  const troubled: string[] = []
  const codes = new Map<string, number>()
  let calls = 0
  let most = 0
  for (const { routine, place, type } of texts) {
    // the row that `id` names: the first of each kind that is accepted with ordinary words decides
    const rows = routine.parameters.includes('id') ? [randomUUID(), ...Object.values(ids)] : ['']
    const fitting: string[] = []
    for (const row of rows) {
      const { code } = await send(
        routine,
        routine.parameters.map((name, n) => ordinary(name, routine.types[n]!, row)),
      )
      if (!['GHOST', 'RIGHT'].includes(code)) fitting.push(row)
    }
    for (const row of fitting.slice(0, 2).concat(fitting.length ? [] : [rows[0]!])) {
      const plain = routine.parameters.map((name, n) => ordinary(name, routine.types[n]!, row))
      for (const [shape, text] of Object.entries(shapes)) {
        for (const value of hostile(type, text, routine.editable)) {
          const { ms, code } = await send(routine, plain.with(place, value))
          calls++
          most = Math.max(most, ms)
          codes.set(code, (codes.get(code) ?? 0) + 1)
          const what = `${routine.name}(${routine.parameters[place]}) of ${shape}: ${code}, ${ms.toFixed(0)} ms`
          if (ms > MOST_MS) slow.push(what)
          if (TROUBLE.test(code)) troubled.push(what)
        }
      }
    }
  }
  console.log(
    `abuse: ${calls} calls of ${routines.length} functions with 100 kB, ${most.toFixed(0)} ms at most, ${[...codes].map(([code, n]) => `${code} ${n}`).join(', ')}`,
  )
  expect(slow).toEqual([])
  expect(troubled).toEqual([])
}, 240_000)

describe('every pattern of the code', () => {
  /** Regular expressions as they are written in a source: where a value may stand. */
  const PATTERN = /(?:[=(,:?&|!{};\n]|return|=>)\s*\/((?![*/])(?:[^/\\\n[]|\\.|\[(?:[^\]\\\n]|\\.)*\])+)\/([dgimsuvy]*)/g
  const found = [...readSources()].flatMap(([path, text]) =>
    /^(supabase\/local\/gateway|edge-functions|app)\/.*\.tsx?$/.test(path)
      ? [...text.matchAll(PATTERN)].flatMap(([, source, flags]) => {
          try {
            return [{ path, pattern: new RegExp(source!, flags) }]
          } catch {
            return [] // a division, not a pattern
          }
        })
      : [],
  )

  test('answers about a hundred kilobytes in a moment', () => {
    expect(found.length).toBeGreaterThan(80)
    const context = createContext({})
    const look = new Script('pattern.test(text)')
    const slow: string[] = []
    for (const { path, pattern } of found) {
      // signs of the pattern itself, repeated, and then one that ends every hope
      const own = [...new Set(pattern.source.replaceAll(/\\[a-zA-Z]/g, '').replaceAll(/[\\^$.*+?()[\]{}|]/g, ''))].slice(0, 8)
      const pumps = new Set([
        ...own,
        'a',
        '0',
        ' ',
        '.',
        '-',
        '\\',
        '(',
        '"',
        "'",
        'a.',
        ...own.flatMap((one, n) => (own[n + 1] ? [one + own[n + 1]] : [])),
      ])
      for (const pump of pumps) {
        for (const [start, end] of [
          ['', '\u0001'],
          ['a@', ' '],
          [pattern.source.replaceAll(/[^a-z]/g, '').slice(0, 8), '@!'],
        ]) {
          Object.assign(context, { pattern, text: `${start}${pump.repeat(LENGTH / pump.length)}${end}` })
          let least = Infinity
          // a machine that others use too is slow now and then, a slow pattern each time
          for (let looks = 0; looks < 3 && least > 150; looks++) {
            pattern.lastIndex = 0
            const began = performance.now()
            try {
              look.runInContext(context, { timeout: 2_000 })
            } catch {
              // given up: its time says so
            }
            least = Math.min(least, performance.now() - began)
          }
          if (least > 150) slow.push(`${path}: /${pattern.source}/ of ${JSON.stringify(pump)} takes ${least.toFixed(0)} ms`)
        }
      }
    }
    expect(slow).toEqual([])
  }, 240_000)
})
