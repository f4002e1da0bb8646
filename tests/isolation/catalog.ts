/** What there is to attack, read from the catalog. */
import type { Sql } from 'postgres'

export interface Relation {
  name: string
  kind: 'r' | 'p' | 'v' | 'S'
  columns: { name: string; type: string; generated: boolean }[]
}

export interface Routine {
  name: string
  args: { name: string; type: string }[]
  /** How many of the last arguments have a default. */
  defaults: number
  variadic: boolean
}

/** Schemas of ours and of the platform; the extensions' hold nobody's rows. */
const SCHEMAS = ['app', 'app_private', 'sync', 'audit', 'effects', 'kpi', 'analytics', 'auth', 'storage', 'realtime', 'graphile_migrate']

/** Tables, views and sequences of our schemas and the platform's. */
export async function relationsOf(superuser: Sql): Promise<Relation[]> {
  return await superuser<Relation[]>`
    select format('%I.%I', c.relnamespace::regnamespace, c.relname) as name, c.relkind::text as kind,
      array(select json_build_object('name', quote_ident(a.attname), 'type', a.atttypid::regtype::text, 'generated', a.attgenerated <> '' or a.attidentity = 'a') from pg_attribute as a
            where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped order by a.attnum) as columns
    from pg_class as c where c.relkind in ('r', 'p', 'v', 'S') and c.relnamespace::regnamespace::text = any (${SCHEMAS}) order by 1`
}

/** Functions of the same schemas, but those of triggers. */
export async function routinesOf(superuser: Sql): Promise<Routine[]> {
  return await superuser<Routine[]>`
    select format('%I.%I', p.pronamespace::regnamespace, p.proname) as name, p.pronargdefaults as defaults, p.provariadic <> 0 as variadic,
      array(select json_build_object('name', p.proargnames[place], 'type', format_type(t.oid, null))
            from unnest(p.proargtypes::oid[]) with ordinality as t (oid, place) order by place) as args
    from pg_proc as p
    where p.prokind = 'f' and p.prorettype <> 'trigger'::regtype and p.pronamespace::regnamespace::text = any (${SCHEMAS}) order by 1, p.oid`
}
