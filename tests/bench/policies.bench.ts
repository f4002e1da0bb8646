import postgres, { type Sql, type TransactionSql } from 'postgres'
import { syncedTables } from '../../supabase/deploy.ts'
import { withDeployedDatabase } from '../../supabase/local/database.ts'
import type { Measure } from './run.ts'
import { actAs, buffersOf, fillTenants } from './tenants.ts'

const UNDONE = Symbol('undone')

/** Runs work in a transaction that is always rolled back. */
async function undone<T>(superuser: Sql, work: (sql: TransactionSql) => Promise<T>): Promise<T> {
  let result: T
  await superuser
    .begin(async (sql) => {
      result = await work(sql)
      throw UNDONE
    })
    .catch((error) => {
      if (error !== UNDONE) throw error
    })
  return result!
}

/** The statements of one table for company 1: what runs under row-level security and the same with its filters written out. */
function statements(
  table: string,
  columns: string,
  company: string,
  scopes: string,
  key: string,
): Record<string, [secured: string, explicit: string]> {
  const seen = `company_id = '${company}' and scope_ids && '${scopes}'`
  const own = `company_id = '${company}'`
  const touched = table === 'companies' ? 'name = name' : 'company_id = company_id'
  return {
    'select key': [`select id from app.${table} where id = '${key}'`, `select id from app.${table} where ${seen} and id = '${key}'`],
    'select all': [`select id from app.${table}`, `select id from app.${table} where ${seen}`],
    update: [`update app.${table} set ${touched} where id = '${key}'`, `update app.${table} set ${touched} where ${own} and id = '${key}'`],
    delete: [`delete from app.${table} where id = '${key}'`, `delete from app.${table} where ${own} and id = '${key}'`],
    insert: [
      `insert into app.${table} (${columns}) select ${columns} from pg_temp.kept`,
      `insert into app.${table} (${columns}) select ${columns} from pg_temp.kept where ${own}`,
    ],
  }
}

/** Buffers per `table verb` for person 1 of company 1, secured and explicit. */
async function measureAll(superuser: Sql): Promise<Map<string, [number, number]>> {
  const figures = new Map<string, [number, number]>()
  const [{ company, scopes }] = await superuser<[{ company: string; scopes: string }]>`
    select company_id as company, scope_ids::text as scopes from app_private.accesses where user_id = md5('user 1 1')::uuid`
  for (const { name } of syncedTables()) {
    const [{ id }] = await superuser<
      [{ id: string }]
    >`select id from app.${superuser(name)} where company_id = ${company} and scope_ids && ${scopes} limit 1`
    const [{ columns }] = await superuser<[{ columns: string }]>`
      select string_agg(quote_ident(attname), ', ') as columns from pg_attribute
      where attrelid = ${`app.${name}`}::regclass and attnum > 0 and not attisdropped and attgenerated = ''`
    for (const [verb, [secured, explicit]] of Object.entries(statements(name, columns, company, scopes, id))) {
      const writes = !verb.startsWith('select')
      // What no command may do has no cost.
      const [{ granted }] = await superuser<[{ granted: boolean }]>`
        select ${!writes} or has_table_privilege('app_commands', ${`app.${name}`}, ${writes ? verb : 'select'}) as granted`
      if (!granted) continue
      const run = (statement: string, role?: string) =>
        undone(superuser, async (sql) => {
          // deleting a parent row is measured without its children and triggers: what counts is how the row is found
          if (writes) await sql`set local session_replication_role = replica`
          if (verb === 'insert') {
            // the same row once more, so that no key stands in its way
            await sql.unsafe(`create temporary table kept on commit drop as select * from app.${name} where company_id = '${company}' and id = '${id}';
            delete from app.${name} where company_id = '${company}' and id = '${id}'; grant select on kept to app_commands`)
          }
          if (role) await actAs(sql, 1, 1, role)
          return buffersOf(sql, statement)
        })
      figures.set(`${name} ${verb}`, [await run(secured, writes ? 'app_commands' : 'authenticated'), await run(explicit)])
    }
  }
  return figures
}

/** Buffers of reading a company's incidents under the policy, and under one that asks per row. */
async function naive(superuser: Sql): Promise<number> {
  await superuser.unsafe(`
    create table app.naive_incidents as select * from app.incidents;
    alter table app.naive_incidents add primary key (company_id, id);
    create index on app.naive_incidents using gin (scope_ids);
    alter table app.naive_incidents enable row level security;
    grant select on app.naive_incidents to authenticated;
    create function app.naive_sees(company uuid, scopes uuid[]) returns boolean language sql stable security definer set search_path = '' as
      'select exists (select from app_private.accesses as a where a.company_id = company and a.user_id = app_private.user_id() and a.scope_ids && scopes)';
    grant execute on function app.naive_sees to authenticated;
    create policy naive on app.naive_incidents for select to authenticated using (app.naive_sees(company_id, scope_ids));
    analyze app.naive_incidents`)
  const read = (table: string) =>
    undone(superuser, async (sql) => {
      await actAs(sql, 1, 1)
      return buffersOf(sql, `select id from app.${table}`)
    })
  return (await read('naive_incidents')) / (await read('incidents'))
}

/** Buffers under row-level security beside the same filters written out, for 1 and 1,000 companies. */
export async function* run(): AsyncGenerator<Measure> {
  const measures: Measure[] = []
  await withDeployedDatabase(async (_owner, address) => {
    const superuser = postgres(address('supabase_admin'), { max: 1, onnotice: () => undefined })
    try {
      await fillTenants(superuser, 1, 1)
      const alone = await measureAll(superuser)
      await fillTenants(superuser, 2, 1000)
      const among = await measureAll(superuser)
      const worst = (values: [string, number][]) => values.toSorted((a, b) => b[1] - a[1])[0]!
      const report = (name: string, values: [string, number][], unit: string, goal: string) => {
        const [where, value] = worst(values)
        measures.push({ name: `${name} (worst of ${values.length}: ${where})`, value, unit, goal })
      }
      const cells = [...among]
      report(
        'extra buffers under RLS, 1,000 companies',
        cells.filter(([, [, plain]]) => plain <= 1000).map(([cell, [secured, plain]]) => [cell, secured - plain]),
        'buffers',
        '<= 12',
      )
      const large = cells.filter(([, [, plain]]) => plain > 1000)
      if (large.length > 0)
        report(
          'buffers under RLS / explicit, above 1,000',
          large.map(([cell, [secured, plain]]) => [cell, secured / plain]),
          'ratio',
          '<= 1.1',
        )
      report(
        'growth of extra buffers from 1 to 1,000 companies',
        cells.map(([cell, [secured, plain]]) => {
          const [securedAlone, plainAlone] = alone.get(cell)!
          return [cell, secured - plain - (securedAlone - plainAlone)]
        }),
        'buffers',
        '<= 8',
      )
      measures.push({
        name: 'naive per-row policy / ours, reading a company’s incidents',
        value: await naive(superuser),
        unit: 'ratio',
        goal: '>= 40',
      })
      if (process.env.BENCH_DETAIL) for (const [cell, figures] of cells) console.error(cell, ...figures, 'alone', ...alone.get(cell)!)
    } finally {
      await superuser.end()
    }
  })
  yield* measures
}
