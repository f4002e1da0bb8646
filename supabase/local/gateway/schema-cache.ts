import { Connection, type Row } from './wire.ts'

/** An argument of a function; `type` is safe to be put in SQL, as Postgres wrote it. */
export interface Argument {
  name: string
  type: string
  required: boolean
}

/** A function that the API can call. */
export interface Routine {
  schema: string
  name: string
  /** Quoted `"schema"."name"`. */
  sql: string
  args: Argument[]
  /** Volatile functions may write; the others run in a read-only transaction. */
  volatile: boolean
  set: boolean
  result: 'void' | 'scalar' | 'json' | 'row' | 'media'
  /** With result `media`: the media type of its text, which is the name of the domain it returns. */
  media: string
  /** Columns of the rows it returns, when it returns rows. */
  columns: string[]
}

/** A table or view that the API can read. */
export interface Relation {
  schema: string
  name: string
  /** Quoted `"schema"."name"`. */
  sql: string
  columns: string[]
}

export interface Schema {
  relations: Map<string, Relation>
  routines: Map<string, Routine[]>
  /** `statement_timeout` per role, which `set role` does not apply. */
  timeouts: Map<string, string>
}

const RELATIONS = `
  select n.nspname, c.relname, format('%I.%I', n.nspname, c.relname),
    json_agg(a.attname order by a.attnum)::text
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  where c.relkind in ('r', 'v', 'm', 'f', 'p') and n.nspname = any ($1::text[])
  group by n.nspname, c.relname, c.oid`

const ROUTINES = `
  select n.nspname, p.proname, format('%I.%I', n.nspname, p.proname), p.provolatile = 'v', p.proretset,
    case
      when t.typname = 'void' then 'void'
      when p.proargmodes && '{o,b,t}'::"char"[] then 'row'
      when t.typtype = 'c' or t.typname = 'record' then 'row'
      when t.typname in ('json', 'jsonb') then 'json'
      when t.typtype = 'd' and t.typname like '%/%' then 'media'
      else 'scalar'
    end,
    (select coalesce(json_agg(json_build_object(
        'name', coalesce(p.proargnames[arg.i], ''),
        'type', format_type(arg.type, null),
        'required', arg.nth <= p.pronargs - p.pronargdefaults) order by arg.i), '[]')
      from (
        select i, type, row_number() over (order by i) as nth
        from unnest(coalesce(p.proallargtypes, p.proargtypes::oid[])) with ordinality as u(type, i)
        where p.proargmodes is null or p.proargmodes[i] in ('i', 'b', 'v')
      ) arg)::text,
    coalesce(
      (select json_agg(a.attname order by a.attnum) from pg_catalog.pg_attribute a
        where a.attrelid = t.typrelid and t.typrelid <> 0 and a.attnum > 0 and not a.attisdropped),
      (select json_agg(p.proargnames[u.i] order by u.i) from unnest(p.proargmodes) with ordinality as u(mode, i)
        where u.mode in ('o', 'b', 't')),
      '[]')::text, t.typname
  from pg_catalog.pg_proc p
  join pg_catalog.pg_namespace n on n.oid = p.pronamespace
  join pg_catalog.pg_type t on t.oid = p.prorettype
  where p.prokind = 'f' and n.nspname = any ($1::text[]) and t.typname not in ('trigger', 'event_trigger')`

const TIMEOUTS = `
  select rolname, substring(setting from '^statement_timeout=(.*)$')
  from pg_catalog.pg_roles, unnest(rolconfig) as setting
  where setting like 'statement_timeout=%' and pg_has_role(current_user, oid, 'member')`

/**
 * What the API exposes, read from the catalogue and read again on `NOTIFY pgrst`.
 * While it cannot be read, `current` keeps the last one; before the first it is undefined.
 */
export class SchemaCache {
  current: Schema | undefined
  private connection: Connection | undefined
  private retry: NodeJS.Timeout | undefined
  private pause = 100
  private closed = false

  constructor(
    private readonly url: string,
    private readonly schemas: readonly string[],
  ) {}

  /** Connects, listens and reads. When the database cannot be reached it goes on trying by itself. */
  async start(): Promise<void> {
    try {
      // types outside pg_catalog get written with their schema
      const connection = await Connection.open(this.url, { application_name: 'gateway schema cache', search_path: '' })
      if (this.closed) return connection.close()
      this.connection = connection
      let reading: Promise<void> | undefined
      let again = false
      const reload = async () => {
        do {
          again = false
          this.current = await this.read(connection)
        } while (again)
        reading = undefined
      }
      connection.onClose = () => this.later()
      connection.onNotification = (_channel, payload) => {
        if (payload !== '' && payload !== 'reload schema' && payload !== 'reload config') return
        again = true
        reading ??= reload().catch(() => connection.close())
      }
      await connection.simple('listen pgrst')
      await reload()
      this.pause = 100
    } catch (error) {
      if (this.connection) this.connection.close()
      else this.later()
      this.connection = undefined
      if (!this.current) console.error(`[gateway] the schema cannot be read yet: ${(error as Error).message}`)
    }
  }

  close(): void {
    this.closed = true
    clearTimeout(this.retry)
    this.connection?.close()
  }

  private later(): void {
    if (this.closed) return
    this.connection = undefined
    clearTimeout(this.retry)
    this.retry = setTimeout(() => void this.start(), this.pause)
    this.pause = Math.min(this.pause * 2, 5_000)
  }

  private async read(connection: Connection): Promise<Schema> {
    const values = [`{${this.schemas.map((name) => JSON.stringify(name)).join(',')}}`]
    const [relations, routines, timeouts] = await connection.run([{ text: RELATIONS, values }, { text: ROUTINES, values }, { text: TIMEOUTS }])
    const schema: Schema = { relations: new Map(), routines: new Map(), timeouts: new Map() }
    for (const row of relations!) {
      const [space, name, sql, columns] = texts(row)
      schema.relations.set(`${space}.${name}`, { schema: space!, name: name!, sql: sql!, columns: JSON.parse(columns!) as string[] })
    }
    for (const row of routines!) {
      const [space, name, sql, volatile, set, result, args, columns, type] = texts(row)
      const key = `${space}.${name}`
      const routine: Routine = {
        schema: space!,
        name: name!,
        sql: sql!,
        volatile: volatile === 't',
        set: set === 't',
        result: result as Routine['result'],
        media: type!,
        args: JSON.parse(args!) as Argument[],
        columns: JSON.parse(columns!) as string[],
      }
      schema.routines.set(key, [...(schema.routines.get(key) ?? []), routine])
    }
    for (const row of timeouts!) {
      const [role, timeout] = texts(row)
      schema.timeouts.set(role!, timeout!)
    }
    return schema
  }
}

function texts(row: Row): string[] {
  return row.map((value) => value?.toString() ?? '')
}
