import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../support/database.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await createTestDatabase('schemas')
})
afterAll(() => database.close())

describe('the database of a test', () => {
  test('is a copy of its own', async () => {
    const other = await createTestDatabase('schemas')
    expect(other.name).not.toBe(database.name)
    await other.db`create table public.only_here ()`
    expect(await database.db`select to_regclass('public.only_here') as found`).toEqual([{ found: null }])
    await other.close()
    expect(await database.db`select from pg_database where datname = ${other.name}`).toHaveLength(0)
  })

  test('is dropped with the replication slots it holds', async () => {
    const other = await createTestDatabase('slots')
    await other.db`select pg_create_logical_replication_slot('left_behind', 'pgoutput')`
    await other.close()
    expect(await database.db`select from pg_replication_slots where slot_name = 'left_behind'`).toHaveLength(0)
  })
})

describe('callers', () => {
  const sub = '3f0d1c1e-6f1f-4b0a-9d0e-0b7c4f8f2a11'

  test('are known by their token and headers', async () => {
    const seen = await database.sqlAs({ sub, email: 'zoe@example.fr' }, { 'x-company': 'c1' }, async (sql) => {
      const [row] = await sql`
        select auth.uid() as uid, auth.role() as role, auth.email() as email, auth.jwt() ->> 'sub' as sub, current_user,
          current_setting('request.headers')::jsonb ->> 'x-company' as company`
      return row
    })
    expect(seen).toEqual({ uid: sub, role: 'authenticated', email: 'zoe@example.fr', sub, current_user: 'authenticated', company: 'c1' })
  })

  test.each(['anon', 'authenticated'] as const)('%s reads no table of auth', async (role) => {
    await expect(database.sqlAs({ role }, {}, (sql) => sql`select from auth.users`)).rejects.toMatchObject({ code: '42501' })
  })

  test.each(['anon', 'authenticated', 'service_role'] as const)('%s creates nothing in public', async (role) => {
    await expect(database.sqlAs({ role }, {}, (sql) => sql`create table public.mine ()`)).rejects.toMatchObject({ code: '42501' })
  })
})

describe('the owner', () => {
  test('reads the tables of auth', async () => {
    const tables = await database.db`
      select relname as name from pg_class where relnamespace = 'auth'::regnamespace and relkind = 'r' and has_table_privilege(oid, 'select')`
    expect(tables.map((row) => row.name).sort()).toEqual([
      'audit_log_entries',
      'flow_state',
      'identities',
      'mfa_amr_claims',
      'mfa_challenges',
      'mfa_factors',
      'one_time_tokens',
      'refresh_tokens',
      'sessions',
      'users',
    ])
  })

  test.each(['realtime.messages', 'storage.objects'])('writes policies on %s', async (table) => {
    await database.db.unsafe(`create policy everybody on ${table} for select to authenticated using (true)`)
    await database.db.unsafe(`drop policy everybody on ${table}`)
  })

  test.each(['pgcrypto', 'pg_trgm', 'unaccent', 'btree_gist', 'citext', 'pg_stat_statements'])('finds %s in extensions', async (name) => {
    const [row] = await database.db`select extnamespace::regnamespace::text as schema from pg_extension where extname = ${name}`
    expect(row).toEqual({ schema: 'extensions' })
  })

  test('works in UTF-8 with accents', async () => {
    const [row] = await database.db`select current_setting('server_encoding') as encoding, lower('ÉTÉ') as lower, unaccent('été') as plain`
    expect(row).toEqual({ encoding: 'UTF8', lower: 'été', plain: 'ete' })
  })
})

describe('realtime', () => {
  test('a broadcast from the database is a private message', async () => {
    await database.db`select realtime.send('{"a":1}', 'poke', 'c1:s1')`
    const [row] = await database.db`select topic, event, extension, private, payload from realtime.messages`
    expect(row).toMatchObject({ topic: 'c1:s1', event: 'poke', extension: 'broadcast', private: true, payload: { a: 1, id: expect.any(String) } })
  })

  test('a caller without a policy sends nothing and its transaction goes on', async () => {
    const [before] = await database.db`select count(*) from realtime.messages`
    const answer = await database.sqlAs({}, {}, async (sql) => {
      await sql`select realtime.send('{}', 'poke', 'c1:s2')`
      return await sql`select 1 as alive`
    })
    expect(answer).toEqual([{ alive: 1 }])
    expect(await database.db`select count(*) from realtime.messages`).toEqual([before])
  })

  test('a row trigger broadcasts what changed', async () => {
    await database.db.unsafe(`
      create table public.doors (id int, colour text);
      create function public.tell() returns trigger language plpgsql as $$
      begin
        perform realtime.broadcast_changes('doors', tg_op, tg_op, tg_table_name, tg_table_schema, new, old);
        return null;
      end $$;
      create trigger tell after insert or update or delete on public.doors for each row execute function public.tell();`)
    await database.db`insert into public.doors values (1, 'red')`
    const [row] = await database.db`select payload from realtime.messages where topic = 'doors'`
    expect(row?.payload).toMatchObject({ operation: 'INSERT', schema: 'public', table: 'doors', record: { id: 1, colour: 'red' }, old_record: null })
  })

  test('the publication follows the messages', async () => {
    const rows = await database.db`select schemaname, tablename from pg_publication_tables where pubname = 'supabase_realtime_messages_publication'`
    expect(rows).toEqual([{ schemaname: 'realtime', tablename: 'messages' }])
  })
})

describe('storage', () => {
  test('a path has folders, a file name and an extension', async () => {
    const [row] = await database.db`
      select storage.foldername('c1/s1/photo.jpg') as folders, storage.filename('c1/s1/photo.jpg') as file, storage.extension('c1/s1/photo.jpg') as ext`
    expect(row).toEqual({ folders: ['c1', 's1'], file: 'photo.jpg', ext: 'jpg' })
  })

  test('nobody reads a file without a policy', async () => {
    await database.db`insert into storage.buckets (id, name) values ('plans', 'plans')`
    await database.db`insert into storage.objects (bucket_id, name) values ('plans', 'c1/s1/plan.pdf')`
    expect(await database.sqlAs({}, {}, (sql) => sql`select name from storage.objects`)).toHaveLength(0)
  })
})
