import postgres from 'postgres'
import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { deploy } from '../../supabase/deploy.ts'
import { createPerson, createSite, foundCompany, hire, type Member } from '../support/company.ts'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

let database: TestDatabase
let boss: Member

beforeAll(async () => {
  database = await createTestDatabase('deploy')
  boss = await foundCompany(database, await createPerson(database, 'boss@alpha.test'), 'Alpha')
})
afterAll(() => database.close())

const outdated = (file: string) => database.db`update app_private.living_files set hash = 'older' where name = ${file}`
const isOutdated = async (file: string) =>
  (await database.db`select hash = 'older' as older from app_private.living_files where name = ${file}`)[0]!.older as boolean

describe('a deployment over a living database', () => {
  it('replaces a command whose arguments changed', async () => {
    const site = await createSite(boss, 'Lilas')
    await database.db.unsafe(`drop function effects.archive_site;
      create function effects.archive_site(ctx effects.context, id uuid, reason text default null) returns void language sql as 'select';
      select app_private.register_commands()`)
    await outdated('sql/effects/sites.sql')
    await deploy(database.address('postgres'))
    expect(await database.db`select parameters from app_private.commands where name = 'archive_site'`).toEqual([{ parameters: ['id'] }])
    expect(await boss.run('archive_site', { id: site })).toEqual({ status: 'applied' })
  })

  it('replaces a function that answers something else than before, or names its arguments otherwise', async () => {
    await database.db.unsafe(`drop function app.peek_invitation, kpi.easter;
      create function app.peek_invitation(token text) returns text language sql as $$ select '' $$;
      create function kpi.easter(annum integer) returns date language sql as $$ select null::date $$`)
    await outdated('sql/modules/people.sql')
    await outdated('sql/kpis/calendar.sql')
    await deploy(database.address('postgres'))
    expect(await boss.rows(null, 'select company_name from app.peek_invitation($1)', [randomUUID()])).toEqual([])
    expect(await boss.rows(null, 'select kpi.easter(year => 2026)::text as day')).toEqual([{ day: '2026-04-05' }])
  })

  it('that fails half way changes nothing, so the next one does it all', async () => {
    await database.db`delete from app_private.role_scopes where role = 'hse'`
    await database.db`alter table app.closures rename to hidden`
    await outdated('sql/kernel/rights.sql')
    await expect(deploy(database.address('postgres'))).rejects.toThrow()
    expect(await isOutdated('sql/kernel/rights.sql')).toBe(true)
    await database.db`alter table app.hidden rename to closures`
    await deploy(database.address('postgres'))
    expect(await isOutdated('sql/kernel/rights.sql')).toBe(false)
    expect(await database.db`select count(*)::int from app_private.role_scopes where role = 'hse'`).not.toEqual([{ count: 0 }])
  })
})

describe('a database that answers before its work is on the disk', () => {
  it.each(['database "NAME"', 'role authenticator in database "NAME"'])('is deployed to, with a regret: %s', async (whose) => {
    const setting = `alter ${whose.replace('NAME', database.name)}`
    const root = postgres(database.address('supabase_admin'), { max: 1, onnotice: () => undefined })
    await root.unsafe(`${setting} set synchronous_commit = off`)
    const lines: string[] = []
    await deploy(database.address('postgres'), (line) => void lines.push(line))
    await root.unsafe(`${setting} reset synchronous_commit`)
    await root.end()
    expect(lines).toContainEqual(expect.stringContaining('synchronous_commit is off'))
    await deploy(database.address('postgres'), (line) => void lines.splice(0, lines.length, line))
    expect(lines).not.toContainEqual(expect.stringContaining('synchronous_commit is off'))
  })
})

describe('what the files say no more', () => {
  const known = (signature: string) =>
    database.db`select to_regprocedure(${signature}) is not null as known`.then((rows) => rows[0]!.known as boolean)

  it('goes with the next deployment: a command with its door, a policy, the right to call a function', async () => {
    await database.db.unsafe(`
      create function effects.burn_site(ctx effects.context, id uuid) returns void language sql as 'delete from app.sites';
      create function app_private.check_burn_site(ctx effects.context, args jsonb) returns void language sql as '';
      select app_private.register_commands();
      create policy select_everybody on app.closures for select to anon using (true);
      grant execute on function app_private.refresh_accesses to authenticated`)
    expect(await known('app.burn_site(uuid, uuid)')).toBe(true)
    await outdated('sql/effects/sites.sql')
    await deploy(database.address('postgres'))
    for (const signature of [
      'app.burn_site(uuid, uuid)',
      'effects.burn_site(effects.context, uuid)',
      'app_private.check_burn_site(effects.context, jsonb)',
    ]) {
      expect(await known(signature), signature).toBe(false)
    }
    expect(await database.db`select polname from pg_policy where polname = 'select_everybody'`).toEqual([])
    await expect(boss.see(`select app_private.refresh_accesses('[]')`)).rejects.toMatchObject({ code: '42501' })
    expect(await boss.see(`select count(*)::int from app.sites`)).toEqual([{ count: 1 }])
  })
})

describe('a deployment that changes what a role sees', () => {
  it('reaches every member, also when it was interrupted on the way', async () => {
    const hse = await hire(database, boss, 'hse@alpha.test', ['hse'])
    await database.db`delete from app_private.role_scopes where role = 'hse'`
    await database.db`select app_private.refresh_accesses(${[{ company_id: boss.company, id: hse.id }] as never}::jsonb)`
    expect(await hse.see('select id from app.sites')).toEqual([])
    await outdated('accesses') // the files are in place, this step is not
    await database.db`insert into app_private.role_scopes values ('hse', 'sites'), ('hse', 'company')`
    await deploy(database.address('postgres'))
    expect(await hse.see('select id from app.sites')).toHaveLength(1)
  })

  it('holds nobody up while it does so', async () => {
    const { db } = database
    await outdated('sql/kernel/rights.sql')
    await outdated('accesses')
    let finished = false
    let deployed = Promise.resolve()
    await db.begin(async (sql) => {
      await sql`select from app.memberships where id = ${boss.id} for update` // where the deployment will wait
      deployed = deploy(database.address('postgres')).then(() => {
        finished = true
      })
      await expect
        .poll(
          async () =>
            (await db`select count(*)::int from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`)[0]!.count,
        )
        .toBe(1)
      const seen = await database.sqlAs(boss.claims, { 'x-company': boss.company }, async (reader) => {
        await reader`set local lock_timeout = '500ms'`
        return reader`select count(*)::int from app.sites`
      })
      expect(seen).toEqual([{ count: 1 }])
      expect(finished).toBe(false)
    })
    await deployed
  })
})

describe('while a deployment changes the tables', () => {
  it('a push is told to try again, and nothing of it is refused for good', async () => {
    const { db } = database
    const client = randomUUID()
    const id = randomUUID()
    const commands = [{ seq: 1, id, name: 'create_site', args: { id: randomUUID(), name: 'Entre deux' }, at: new Date().toISOString() }]
    const push = () => boss.call<{ results: object[] }>(boss.company, 'sync_push', { batch: { client, commands } })
    let deployed = Promise.resolve()
    await db.begin(async (sql) => {
      await sql`lock table app_private.living_files` // where the deployment will wait: its tables are migrated, its functions are the old ones
      deployed = deploy(database.address('postgres'))
      await expect
        .poll(async () => (await db`select from pg_stat_activity where application_name = 'aplomb deploy' and wait_event_type = 'Lock'`).length)
        .toBe(1)
      await db`alter table app.sites rename column name to title` // what such a migration does to the old functions
      await expect(push()).rejects.toMatchObject({ code: '55000' })
      await db`alter table app.sites rename column title to name`
    })
    await deployed
    expect((await push()).results).toEqual([{ seq: 1, id, status: 'applied' }])
  })
})
