/** What is tried, made from the catalog: a table, column or function added later is tried without anybody writing a case. */
import type { Relation, Routine } from './catalog.ts'
import type { IsolationWorld } from './world.ts'
import { isHidden, mayRead, type ApiRole } from './declared.ts'

export interface Attempt {
  /** The object it is about, `schema.name`. */
  on: string
  technique: string
  sql: string
  /** `rows`: a query; `returning`: a change that answers rows; `run`: anything else. */
  mode: 'rows' | 'returning' | 'run'
  /** Run before, in the same subtransaction. */
  before?: string
  /** A query that calls what may write. */
  writes?: boolean
  /**
   * What must come of it, besides no leak and no change:
   * `denied` no privilege; `policy` no privilege or a policy's refusal; `nothing` either of them, or no row;
   * `refused` any error; `done` one row, `some` at least one, without an error; `any`.
   */
  expect: 'denied' | 'policy' | 'nothing' | 'refused' | 'done' | 'some' | 'any'
  /** False where the answer depends on estimates or on the clock, and says nothing of rows. */
  twin?: boolean
}

/**
 * Tables of the platform's services. Hosted Supabase grants the API's roles everything on them and protects rows by policies alone; no service
 * offers what is not about rows (TRUNCATE, LOCK, DDL).
 */
export const ofPlatform = (name: string): boolean => /^(?:realtime|storage)\./.test(name)

/** The company column of a relation, by which its rows belong to somebody. */
const companyColumn = ({ name, columns }: Relation) =>
  name === 'app.companies' ? 'id' : columns.some((column) => column.name === 'company_id') ? 'company_id' : null

/** The victim's ids that stand for a relation's rows. */
function idsOf(world: IsolationWorld, relation: string, n: number): string[] {
  const own = world.ids.get(relation.split('.')[1] ?? '') ?? []
  return (own.length > 0 ? own : [world.victim.company]).slice(0, n)
}

/** Who an attempt is made for: the role of the API, and whether they belong to the company that they name. */
export interface Who {
  role: ApiRole
  member: boolean
}

/** Reading a relation in every way SQL has, aiming at the victim. */
export function reads(world: IsolationWorld, relation: Relation, { role, member }: Who): Attempt[] {
  const { name, columns } = relation
  const victim = `'${world.victim.company}'`
  const company = companyColumn(relation)
  const exposed = mayRead(role, name)
  const platform = ofPlatform(name)
  // whoever is outside the company that they name sees nothing at all, but what belongs to nobody
  const expect = platform || (exposed && (member || !company)) ? ('any' as const) : exposed ? ('nothing' as const) : ('denied' as const)
  const aimed = exposed || platform ? ('nothing' as const) : ('denied' as const)
  const attempts: Attempt[] = []
  const read = (technique: string, sql: string, more: Partial<Attempt> = {}) =>
    attempts.push({ on: name, technique, sql, mode: 'rows', expect, ...more })

  if (relation.kind === 'S') {
    read('read a sequence', `select last_value from ${name}`)
    read('nextval', `select nextval('${name}')`, { writes: true })
    read('currval', `select currval('${name}')`)
    read('setval', `select setval('${name}', 999999)`, { writes: true })
    return attempts
  }
  const some = columns.slice(0, 2).map((column) => column.name)
  read('select', `select * from ${name}`)
  read('count', `select 1 from ${name} having count(*) > 0`)
  read('table sample', `select * from ${name} tablesample bernoulli (100)`, { expect: relation.kind === 'v' ? 'any' : expect })
  read('row', `select row_to_json(t) from ${name} as t`)
  read('system columns', `select ctid, xmin, tableoid from ${name}`)
  read('cursor', `select harness.walk('select ${some.join(', ')} from ${name}')`)
  read('row security off', `select ${some.join(', ')} from ${name}`, {
    before: 'set local row_security = off',
    expect: expect === 'denied' ? 'policy' : expect,
  })
  read('explain', `select harness.walk('explain verbose select * from ${name}')`, { twin: false, expect: exposed ? 'any' : expect })
  read(
    'explain analyze',
    `select harness.walk('explain (analyze, verbose, costs off, timing off, summary off, buffers off) select ${some[0]} from ${name}')`,
    {
      twin: false,
      expect: exposed ? 'any' : expect,
    },
  )
  for (const lock of ['update', 'no key update', 'share', 'key share'])
    read(`for ${lock}`, `select ${some[0]} from ${name} for ${lock}`, { mode: 'run', expect: platform ? 'nothing' : 'denied' })
  for (const column of columns) {
    read('a column', `select ${column.name} from ${name}`, isHidden(name, column.name) ? { expect: 'denied' } : {})
    read('extremes', `select min(${column.name}::text), max(${column.name}::text) from ${name}`, { expect: 'any' })
    read('an error that tells', `select 1 from ${name} where (${column.name}::text || 'x')::integer = 1`, { expect: 'any', twin: true })
    if (!company) continue
    read('a column of the victim', `select ${column.name} from ${name} where ${company} = ${victim}`, { expect: aimed })
    read(
      'a division that tells',
      `select 1 from ${name} where ${company} = ${victim} and 1 / length(coalesce(${column.name}::text, '') || 'x') > -1 and 1 / (length(coalesce(${column.name}::text, 'x')) - length(coalesce(${column.name}::text, 'x'))) = 1`,
      { expect: aimed },
    )
    read('a pattern', `select 1 from ${name} where ${company} = ${victim} and ${column.name}::text like '%'`, { expect: aimed })
  }
  if (!company) return attempts
  read('exists', `select 1 where exists (select from ${name} where ${company} = ${victim})`, { expect: aimed })
  read('not exists', `select 1 where (select count(*) from ${name} where ${company} = ${victim}) > 0`, { expect: aimed })
  read('a join', `select 1 from ${name} as a join ${name} as b using (${company}) where b.${company} = ${victim}`, { expect: aimed })
  read(
    'a lateral',
    `select 1 from (values (${victim}::uuid)) as v (id) cross join lateral (select from ${name} as t where t.${company} = v.id) as t`,
    { expect: aimed },
  )
  read(
    'an outer join',
    `select v.id from (values (${victim}::uuid)) as v (id) left join ${name} as t on t.${company} = v.id where t.${company} is not null`,
    { expect: aimed },
  )
  read('all the others', `select 1 from ${name} where ${company} <> '${world.ours.company}' and ${company}::text like 'b0b0b0b0-%'`, {
    expect: aimed,
  })
  for (const id of idsOf(world, name, 4)) {
    const where = columns.some((column) => column.name === 'id') ? `id = '${id}'` : `${company} = ${victim}`
    read('by key', `select ${some.join(', ')} from ${name} where ${where}`, { expect: aimed })
    read('by key, cursor', `select harness.walk($q$select ${some.join(', ')} from ${name} where ${where}$q$)`, { expect: aimed })
    read('by key, for share', `select ${some[0]} from ${name} where ${where} for share`, { mode: 'run', expect: platform ? 'nothing' : 'denied' })
    read('by key, row security off', `select ${some[0]} from ${name} where ${where}`, {
      before: 'set local row_security = off',
      expect: aimed === 'denied' ? 'policy' : aimed,
    })
  }
  return attempts
}

/** Changing a relation directly, which no role of the API may. */
export function writes(world: IsolationWorld, relation: Relation): Attempt[] {
  const { name, columns, kind } = relation
  if (kind === 'S') return []
  const victim = `'${world.victim.company}'`
  const ours = `'${world.ours.company}'`
  const company = companyColumn(relation)
  const attempts: Attempt[] = []
  const platform = ofPlatform(name)
  const write = (technique: string, sql: string, more: Partial<Attempt> = {}) =>
    attempts.push({ on: name, technique, sql, mode: 'run', expect: platform ? 'nothing' : 'denied', ...more })
  const own = columns.filter((column) => !column.generated).map((column) => column.name)
  const [first] = own
  write('insert select', `insert into ${name} (${own.join(', ')}) select ${own.join(', ')} from ${name}`)
  write('delete all', `delete from ${name}`)
  write('delete returning', `delete from ${name} returning *`, { mode: 'returning' })
  write('merge', `merge into ${name} as t using (values (1)) as v (x) on true when matched then delete`)
  for (const column of own) write('update', `update ${name} set ${column} = ${column}`)
  if (!platform) {
    write('insert defaults', `insert into ${name} default values`)
    write('truncate', `truncate ${name} cascade`)
    write('lock', `lock table ${name} in share mode`)
    write('trigger', `create trigger t before insert on ${name} for each row execute function pg_catalog.suppress_redundant_updates_trigger()`)
    write('reference', `create table public.t (x uuid references ${name})`, { expect: 'any' })
  }
  for (const ddl of ['disable row level security', 'no force row level security', 'owner to authenticated', 'add column x text'])
    write('alter', `alter table ${name} ${ddl}`, { expect: 'denied' })
  write('policy', `create policy mine on ${name} using (true)`, { expect: 'denied' })
  write('grant', `grant all on ${name} to authenticated`, { expect: 'any' })
  write('drop', `drop table ${name} cascade`, { expect: kind === 'v' ? 'any' : 'denied' })
  if (!company) return attempts
  write('insert', `insert into ${name} (${company}) values (${victim})`)
  write('insert, on conflict do nothing', `insert into ${name} (${company}) values (${victim}) on conflict do nothing`)
  write('move to the victim', `update ${name} set ${company} = ${victim}`)
  write('take from the victim', `update ${name} set ${company} = ${ours} where ${company} = ${victim}`)
  write('update returning', `update ${name} set ${first} = ${first} where ${company} = ${victim} returning *`, { mode: 'returning' })
  write('delete from the victim', `delete from ${name} where ${company} = ${victim}`)
  for (const column of own) write('update of the victim', `update ${name} set ${column} = ${column} where ${company} = ${victim}`)
  return attempts
}

/** Values of a type that mean something to the victim, in the order of `pick`. */
function values(world: IsolationWorld, arg: { name: string | null; type: string }): string[] {
  const { victim, ids, ours } = world
  const table = `${(arg.name ?? '').replace(/_id$/, '')}s`
  const named =
    ids.get(table) ??
    ids.get({ assignee_id: 'memberships', project_manager_id: 'memberships', site_manager_id: 'memberships' }[arg.name ?? ''] ?? '') ??
    []
  const all = [...ids.values()].flatMap((list) => list.slice(0, 2))
  const uuids = [...named.slice(0, 3), ...all, victim.company, ours.company, '00000000-0000-4000-8000-000000000000']
  const quoted = (list: string[]) => list.map((value) => `'${value.replaceAll("'", "''")}'::${arg.type}`)
  const scopes = `(harness.the_victim()).scope_ids`
  switch (arg.type) {
    case 'uuid':
      return quoted(uuids)
    case 'uuid[]':
      return [scopes, `array['${victim.company}', '${uuids[0]}']::uuid[]`, `'{}'::uuid[]`]
    case 'text':
      return quoted([
        'crew',
        victim.company,
        'sites',
        'incident.report',
        'technical',
        `${victim.company}:${uuids[0]}`,
        `${victim.company}/x.jpg`,
        'directeur@x.test',
        "' or true --",
        '',
      ])
    case 'text[]':
      return [`'{admin}'::text[]`, `'{}'::text[]`]
    case 'jsonb':
      return [
        `'{}'`,
        `jsonb_build_object('company_id', '${victim.company}', 'id', '${uuids[0]}', 'scopes', to_jsonb(${scopes}), 'snap', '1:1:')`,
        `jsonb_build_array(jsonb_build_object('company_id', '${victim.company}', 'id', '${uuids[0]}'))`,
        `jsonb_build_object('client', '${uuids[0]}', 'commands', jsonb_build_array(jsonb_build_object('seq', 1, 'id', '${uuids.at(-1)}', 'name', 'update_site', 'args', jsonb_build_object('id', '${uuids[0]}', 'changes', '{"name": "pris"}'::jsonb), 'at', '2026-01-01T00:00:00Z')))`,
        `'{"name": "pris", "state": "archived"}'`,
      ].map((value) => `${value}::jsonb`)
    case 'effects.context':
      return [`row('${victim.company}', '${(ids.get('memberships') ?? [''])[0]}', '${uuids.at(-1)}', now(), now())::effects.context`]
    case 'boolean':
      return ['true', 'false']
    case 'date':
      return [`'2026-08-03'::date`]
    case 'timestamp with time zone':
      return [`'2026-08-03T10:00Z'::timestamptz`]
    case 'interval':
      return [`'1 day'::interval`]
    case 'integer':
    case 'bigint':
    case 'smallint':
    case 'numeric':
    case 'double precision':
      return [`1::${arg.type}`, `0::${arg.type}`, `2026::${arg.type}`]
    case 'pg_snapshot':
      return [`'1:1:'::pg_snapshot`]
    case 'regclass':
      return [`'app.sites'::regclass`]
    default:
      return [`null::${arg.type}`]
  }
}

/** Functions whose answer is random by design. */
const RANDOM = new Set(['app.create_analyst_login', 'app.renew_analyst_login', 'app.make_recovery_codes', 'app.claim_jobs'])

/** Calls of a function with the victim's ids; `tries` different choices of arguments. */
export function calls(world: IsolationWorld, routine: Routine, random: () => number, tries: number, callable: boolean): Attempt[] {
  const attempts = new Map<string, Attempt>()
  const pools = routine.args.map((arg) => values(world, arg))
  for (let n = 0; n < tries; n++) {
    const left = routine.args.length - (n % 2 === 0 || !callable ? 0 : Math.floor(random() * (routine.defaults + 1)))
    const list = routine.args.slice(0, left).map((arg, place) => {
      if (arg.name === 'command_id') return `'00000000-0000-4000-9000-${String(n).padStart(12, '0')}'::uuid`
      const pool = pools[place]!
      const value = pool[n < 2 ? n % pool.length : Math.floor(random() * pool.length)]
      return routine.variadic && place === routine.args.length - 1 ? `variadic ${value}` : value
    })
    const sql = `select * from ${routine.name}(${list.join(', ')})`
    attempts.set(sql, {
      on: `${routine.name}()`,
      technique: 'call',
      sql,
      mode: 'rows',
      writes: true,
      expect: callable ? 'any' : 'denied',
      twin: !RANDOM.has(routine.name),
    })
  }
  return [...attempts.values()]
}
