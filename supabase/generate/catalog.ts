import type { Sql } from 'postgres'

export interface Column {
  name: string
  type: string
  notNull: boolean
  /** Expression of the default, or of a stored generated column. */
  expression: string | null
  generated: boolean
  /** True when the server sends the column to phones. */
  synced: boolean
}

export interface Table {
  name: string
  number: number
  /** Columns in the order of the COPY text that phones receive. */
  synced: string[]
  columns: Column[]
  primaryKey: string[]
  indexes: { name: string; definition: string }[]
}

export interface Command {
  name: string
  parameters: { name: string; type: string; optional: boolean; nullDefault: boolean }[]
}

export interface Rights {
  roles: { key: string; external: boolean }[]
  permissions: { role: string; module: string; action: string; scope: string }[]
  roleScopes: { role: string; kind: string }[]
}

/** A view of analysts, or one of its columns, explained in English and French. */
export interface Explained {
  name: string
  en: string
  fr: string
}

export interface View extends Explained {
  columns: (Explained & { type: string })[]
}

export interface Catalog {
  views: View[]
  tables: Table[]
  commands: Command[]
  rights: Rights
  /** Statements that make effects.context and effects.scope_id, which the tables need. */
  prelude: string[]
  schemaHash: string
  /** Of the app made with this database; see sql/kernel/versions.sql. */
  appVersion: number
}

/**
 * Reads what generated files are made of from a deployed database.
 * @param sql a connection that may read every schema of ours
 */
export async function readCatalog(sql: Sql): Promise<Catalog> {
  // nothing on the path: the catalog then writes every name of ours with its schema
  return sql.begin('isolation level repeatable read read only', async (reader) => {
    await reader`select set_config('search_path', '', true)`
    const sqlHere = reader as unknown as Sql
    return {
      views: await readViews(sqlHere),
      tables: await readTables(sqlHere),
      commands: await readCommands(sqlHere),
      rights: await readRights(sqlHere),
      prelude: await readPrelude(sqlHere),
      schemaHash: (await sqlHere<[{ hash: string }]>`select schema_hash as hash from sync.state`)[0].hash,
      appVersion: (await sqlHere<[{ version: number }]>`select sync.app_version() as version`)[0].version,
    }
  }) as Promise<Catalog>
}

function readTables(sql: Sql): Promise<Table[]> {
  return sql<Table[]>`
    select t.name, t.number, t.columns as synced,
      (select json_agg(json_build_object(
          'name', a.attname, 'type', format_type(a.atttypid, a.atttypmod), 'notNull', a.attnotnull,
          'expression', pg_get_expr(d.adbin, d.adrelid), 'generated', a.attgenerated = 's', 'synced', a.attname = any (t.columns)
        ) order by a.attnum)
       from pg_catalog.pg_attribute as a left join pg_catalog.pg_attrdef as d on d.adrelid = a.attrelid and d.adnum = a.attnum
       where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns,
      (select array_agg(a.attname::text order by key.place)
       from pg_catalog.pg_index as i, unnest(i.indkey::smallint[]) with ordinality as key (attnum, place), pg_catalog.pg_attribute as a
       where i.indrelid = c.oid and i.indisprimary and a.attrelid = c.oid and a.attnum = key.attnum) as "primaryKey",
      (select coalesce(json_agg(json_build_object('name', x.relname, 'definition', pg_get_indexdef(i.indexrelid)) order by x.relname), '[]')
       from pg_catalog.pg_index as i join pg_catalog.pg_class as x on x.oid = i.indexrelid join pg_catalog.pg_am as m on m.oid = x.relam
       where i.indrelid = c.oid and m.amname = 'btree' and not i.indisunique and i.indpred is null
         and not exists (
           select from pg_catalog.pg_attribute as a
           where a.attrelid = c.oid and a.attnum = any (i.indkey::smallint[]) and a.attname <> all (t.columns))
         and not exists (
           -- an index led by a person or a role keeps the server's foreign keys fast; on a phone it would only slow the first sync
           select from pg_catalog.pg_constraint as f
           where f.conrelid = c.oid and f.contype = 'f' and f.confrelid in ('app.memberships'::regclass, 'app.roles'::regclass)
             and f.conkey = (i.indkey::smallint[])[0:cardinality(f.conkey) - 1])) as indexes
    from sync.tables as t join pg_catalog.pg_class as c on c.oid = format('app.%I', t.name)::regclass
    order by t.number`
}

function readViews(sql: Sql): Promise<View[]> {
  return sql<View[]>`
    select c.relname as name, split_part(obj_description(c.oid, 'pg_class'), chr(10), 1) as en, split_part(obj_description(c.oid, 'pg_class'), chr(10), 2) as fr,
      (select json_agg(json_build_object(
          'name', a.attname, 'type', format_type(a.atttypid, a.atttypmod),
          'en', split_part(col_description(c.oid, a.attnum), chr(10), 1), 'fr', split_part(col_description(c.oid, a.attnum), chr(10), 2)) order by a.attnum)
       from pg_catalog.pg_attribute as a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns
    from pg_catalog.pg_class as c where c.relnamespace = 'analytics'::regnamespace and c.relkind = 'v' order by c.relname`
}

function readCommands(sql: Sql): Promise<Command[]> {
  return sql<Command[]>`
    select c.name,
      (select coalesce(json_agg(json_build_object(
          'name', p.name, 'type', p.type,
          'optional', p.place + 1 > f.pronargs - f.pronargdefaults,
          'nullDefault', coalesce(pg_get_function_arg_default(f.oid, p.place::integer + 1), '') ~ '^NULL(::|$)'
        ) order by p.place), '[]')
       from unnest(c.parameters, c.types) with ordinality as p (name, type, place)) as parameters
    from app_private.commands as c
    join pg_catalog.pg_proc as f on f.proname = c.name and f.pronamespace = 'effects'::regnamespace
    order by c.name`
}

async function readRights(sql: Sql): Promise<Rights> {
  return {
    roles: await sql<Rights['roles']>`select key, external from app.roles order by position, key`,
    permissions: await sql<Rights['permissions']>`
      select p.role, p.module, p.action, p.scope from app.role_permissions as p join app.roles as r on r.key = p.role
      order by p.module, p.action, r.position, p.scope`,
    roleScopes: await sql<Rights['roleScopes']>`
      select s.role, s.kind from app_private.role_scopes as s join app.roles as r on r.key = s.role order by r.position, s.kind`,
  }
}

async function readPrelude(sql: Sql): Promise<string[]> {
  const [row] = await sql<[{ context: string; scope: string }]>`
    select (
      select format('create type effects.context as (%s)', string_agg(format('%I %s', attname, format_type(atttypid, atttypmod)), ', ' order by attnum))
      from pg_catalog.pg_attribute where attrelid = 'effects.context'::regclass and attnum > 0 and not attisdropped
    ) as context, pg_get_functiondef('effects.scope_id'::regproc) as scope`
  return [row.context, row.scope.trim()]
}
