-- The sync log and the three calls of the phone: sync_pull, sync_boot, sync_push. ARCHITECTURE.md describes the wire format.

-- Sends one change of a synced table to the log, the audit and the open devices. Argument: the table's number.
create or replace function sync.tg_changed() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  command jsonb := app_private.running_command();
  session_id uuid := app_private.claims() ->> 'session_id';
  poked record;
begin
  if tg_op = 'INSERT' then
    insert into sync.log (scope_id, table_number, row_id, op)
    select scope_id, tg_argv[0]::smallint, n.id, 'P' from new_rows as n, unnest(n.scope_ids) as scope_id;
    insert into audit.log (device_at, actor_id, command_id, command, session_id, company_id, table_name, row_id, op, new, scope_ids)
    select (command ->> 'device_at')::timestamptz, (command ->> 'actor_id')::uuid, (command ->> 'id')::uuid, command ->> 'name', session_id,
           n.company_id, tg_table_name, n.id, 'I', to_jsonb(n) - 'scope_ids', n.scope_ids from new_rows as n;
    for poked in select distinct company_id, scope_id from new_rows, unnest(scope_ids) as scope_id loop
      perform app_private.poke(poked.company_id, poked.scope_id);
    end loop;
  elsif tg_op = 'UPDATE' then
    insert into sync.log (scope_id, table_number, row_id, op)
    select scope_id, tg_argv[0]::smallint, o.id, 'D'
    from old_rows as o join new_rows as n using (company_id, id), unnest(o.scope_ids) as scope_id where scope_id <> all (n.scope_ids)
    union all
    select scope_id, tg_argv[0]::smallint, n.id, 'P' from new_rows as n, unnest(n.scope_ids) as scope_id;
    insert into audit.log (device_at, actor_id, command_id, command, session_id, company_id, table_name, row_id, op, old, new, scope_ids)
    select (command ->> 'device_at')::timestamptz, (command ->> 'actor_id')::uuid, (command ->> 'id')::uuid, command ->> 'name', session_id,
           n.company_id, tg_table_name, n.id, 'U', to_jsonb(o) - 'scope_ids', to_jsonb(n) - 'scope_ids', n.scope_ids
    from old_rows as o join new_rows as n using (company_id, id);
    for poked in
      select company_id, scope_id from old_rows, unnest(scope_ids) as scope_id
      union select company_id, scope_id from new_rows, unnest(scope_ids) as scope_id
    loop
      perform app_private.poke(poked.company_id, poked.scope_id);
    end loop;
  else
    insert into sync.log (scope_id, table_number, row_id, op)
    select scope_id, tg_argv[0]::smallint, o.id, 'D' from old_rows as o, unnest(o.scope_ids) as scope_id;
    insert into audit.log (device_at, actor_id, command_id, command, session_id, company_id, table_name, row_id, op, old, scope_ids)
    select (command ->> 'device_at')::timestamptz, (command ->> 'actor_id')::uuid, (command ->> 'id')::uuid, command ->> 'name', session_id,
           o.company_id, tg_table_name, o.id, 'D', to_jsonb(o) - 'scope_ids', o.scope_ids from old_rows as o;
    for poked in select distinct company_id, scope_id from old_rows, unnest(scope_ids) as scope_id loop
      perform app_private.poke(poked.company_id, poked.scope_id);
    end loop;
  end if;
  return null;
end $$;

-- Puts a table under sync: its triggers, and the two selects that read it for a phone, with the columns that `authenticated` may read.
-- `table_number` never changes: it stands in logs and cursors.
create or replace function sync.watch(table_number smallint, table_name text) returns void
language plpgsql set search_path = '' as $$
declare
  relation regclass := format('app.%I', table_name);
  columns text[];
  line text;
begin
  select array_agg(a.attname::text order by a.attnum),
         string_agg(case
           when a.atttypid = 'text'::regtype or a.atttypid = 'jsonb'::regtype or a.attndims > 0 then
             format('coalesce(replace(replace(replace(replace(r.%I::text, ''\'', ''\\''), e''\t'', ''\t''), e''\n'', ''\n''), e''\r'', ''\r''), ''\N'')', a.attname)
           when a.attnotnull then format('r.%I::text', a.attname)
           else format('coalesce(r.%I::text, ''\N'')', a.attname) end, ', ' order by a.attnum)
  into columns, line
  from pg_catalog.pg_attribute as a
  where a.attrelid = relation and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' and a.attname <> 'scope_ids'
    and has_column_privilege('authenticated', relation, a.attnum, 'select');
  insert into sync.tables (number, name, columns) values (table_number, table_name, columns)
  on conflict (number) do update set name = excluded.name, columns = excluded.columns;

  execute format('create or replace trigger _500_changed_insert after insert on %s referencing new table as new_rows
    for each statement execute function sync.tg_changed(%s)', relation, table_number);
  execute format('create or replace trigger _500_changed_update after update on %s referencing old table as old_rows new table as new_rows
    for each statement execute function sync.tg_changed(%s)', relation, table_number);
  execute format('create or replace trigger _500_changed_delete after delete on %s referencing old table as old_rows
    for each statement execute function sync.tg_changed(%s)', relation, table_number);

  execute format($body$
    create or replace function sync.changed_%1$s(ids uuid[], out rows text, out gone uuid[]) language sql stable set search_path = '' as $f$
      with seen as materialized (
        select r.id, concat_ws(e'\t', %2$s) as line from app.%1$I as r
        where r.company_id = (select app_private.company()) and r.id = any (ids))
      select (select string_agg(line, e'\n') from seen), array(select unnest(ids) except select id from seen);
    $f$ $body$, table_name, line);
  execute format($body$
    create or replace function sync.boot_%1$s(scopes uuid[], after uuid, page integer, out rows text, out last uuid, out count bigint)
    language sql stable set search_path = '' as $f$
      with seen as (
        select r.id, concat_ws(e'\t', %2$s) as line from app.%1$I as r
        where r.company_id = (select app_private.company()) and r.scope_ids && scopes and (after is null or r.id > after)
        order by r.id limit page)
      select string_agg(line, e'\n'), (array_agg(id order by id desc))[1], count(*) from seen;
    $f$ $body$, table_name, line);
  execute format('grant execute on function sync.changed_%1$s, sync.boot_%1$s to authenticated', table_name);
end $$;

-- Tells this database from a restored copy of itself: the cluster's identifier and timeline, and a stamp that a restore renews.
create or replace function sync.database_identity() returns text
language sql stable security definer set search_path = '' as $$
  select md5(system_identifier || ' ' || timeline_id || ' ' || restore_stamp)
  from pg_control_system(), pg_control_checkpoint(), sync.state;
$$;

-- The rows changed for the caller in `scopes` since `snapshot`, at most `most` of them: table number and row id, never more.
create or replace function sync.changes(scopes uuid[], snapshot pg_snapshot, most integer) returns table (table_number smallint, row_id uuid)
language sql stable security definer set search_path = '' as $$
  select distinct l.table_number, l.row_id
  from unnest(array(select unnest(scopes) intersect select unnest(app_private.my_scopes()))) as scope_id
  cross join lateral (
    select l.table_number, l.row_id from sync.log as l
    where l.scope_id = scope_id.scope_id and l.xid >= pg_snapshot_xmin(snapshot) and not pg_visible_in_snapshot(l.xid, snapshot)
  ) as l
  limit most;
$$;

-- What the caller's phone must change since its cursor: {snap, schema?, db?, reset?, gained?, lost?, rows?, gone?}.
-- `lost` = places (from 0) in the cursor's scopes. One snapshot for the cursor and every row, because the function is STABLE. Raises AUTHN, OUTER.
create or replace function app.sync_pull(cursor jsonb default null) returns jsonb
language plpgsql stable set search_path = '' as $$
declare
  most constant integer := 20000;
  mine uuid[] := (app_private.require_access()).scope_ids;
  theirs uuid[] := array(select jsonb_array_elements_text(cursor -> 'scopes'));
  state record;
  reset text;
  total integer := 0;
  rows jsonb := '{}';
  gone jsonb := '{}';
  changed record;
  part record;
begin
  select * into state from sync.current_state();
  reset := case
    when cursor is null then 'new'
    when cursor ->> 'schema' is distinct from state.schema_hash then 'schema'
    when cursor ->> 'db' is distinct from state.identity
      or pg_snapshot_xmax((cursor ->> 'snap')::pg_snapshot) > pg_snapshot_xmax(pg_current_snapshot()) then 'db'
    when pg_snapshot_xmin((cursor ->> 'snap')::pg_snapshot) < state.pruned_before then 'retention' end;
  if reset is null then
    for changed in
      select t.name, array_agg(c.row_id) as ids
      from sync.changes(theirs, (cursor ->> 'snap')::pg_snapshot, most) as c join sync.table_names() as t on t.number = c.table_number
      group by t.number, t.name order by t.number
    loop
      total := total + cardinality(changed.ids);
      execute format('select rows, gone from sync.changed_%s($1)', changed.name) into part using changed.ids;
      if part.rows is not null then rows := rows || jsonb_build_object(changed.name, part.rows); end if;
      if part.gone <> '{}' then gone := gone || jsonb_build_object(changed.name, part.gone); end if;
    end loop;
    if total >= most then reset := 'volume'; end if;
  end if;
  if reset is not null then
    return jsonb_strip_nulls(jsonb_build_object('snap', pg_current_snapshot()::text, 'schema', state.schema_hash, 'db', state.identity,
      'reset', reset, 'gained', mine));
  end if;
  return jsonb_strip_nulls(jsonb_build_object('snap', pg_current_snapshot()::text,
    'gained', (select jsonb_agg(id) from (select unnest(mine) as id except select unnest(theirs)) as s),
    'lost', (select jsonb_agg(place - 1) from unnest(theirs) with ordinality as s (id, place) where id <> all (mine)),
    'rows', nullif(rows, '{}'), 'gone', nullif(gone, '{}')));
end $$;

-- The names of the synced tables, for sync_pull and sync_boot, which run as the caller.
create or replace function sync.table_names() returns table (number smallint, name text)
language sql stable security definer set search_path = '' as $$
  select number, name from sync.tables order by number;
$$;

-- What a cursor is compared with, for sync_pull, which runs as the caller.
create or replace function sync.current_state() returns table (schema_hash text, identity text, pruned_before xid8)
language sql stable security definer set search_path = '' as $$
  select schema_hash, sync.database_identity(), pruned_before from sync.state;
$$;

-- A page of at most n rows of `scopes`, after the row {t, id}: {rows: {table: COPY text}, next: {t, id} | null}. Raises AUTHN, OUTER.
create or replace function app.sync_boot(scopes uuid[], after jsonb default null, n integer default 5000) returns jsonb
language plpgsql stable set search_path = '' as $$
declare
  access app_private.accesses := app_private.require_access();
  room integer := least(greatest(n, 1), 20000);
  rows jsonb := '{}';
  next jsonb;
  synced record;
  part record;
begin
  for synced in select t.number, t.name from sync.table_names() as t
                where t.number >= coalesce((select number from sync.table_names() where name = after ->> 't'), 0) order by t.number loop
    if room <= 0 then
      next := jsonb_build_object('t', synced.name, 'id', null);
      exit;
    end if;
    execute format('select rows, last, count from sync.boot_%s($1, $2, $3)', synced.name) into part
      using scopes, case when after ->> 't' = synced.name then (after ->> 'id')::uuid end, room;
    if part.count > 0 then rows := rows || jsonb_build_object(synced.name, part.rows); end if;
    if part.count = room then
      next := jsonb_build_object('t', synced.name, 'id', part.last);
      exit;
    end if;
    room := room - part.count;
  end loop;
  return jsonb_build_object('rows', rows, 'next', next);
end $$;

-- Runs a phone's commands in order, each once: {results: [{seq, id, status, code?, message?, result?}], expect}. A batch that starts
-- beyond `expect` runs nothing. Raises AUTHN, OUTER, LIMIT (over 200 commands) and what must be tried again.
create or replace function app.sync_push(batch jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  access app_private.accesses := app_private.require_access();
  client sync.clients;
  command record;
  results jsonb := '[]';
begin
  if jsonb_array_length(batch -> 'commands') > 200 then perform effects.refuse('LIMIT', 'commands'); end if;
  insert into sync.clients (company_id, id, membership_id) values (access.company_id, (batch ->> 'client')::uuid, access.membership_id)
  on conflict (company_id, id) do update set seen_at = now() returning * into client;
  if client.membership_id <> access.membership_id then perform effects.refuse('RIGHT', 'client'); end if;
  for command in
    select c.seq, c.id, c.name, coalesce(c.args, '{}') as args, coalesce(c.at, now()) as at
    from jsonb_to_recordset(batch -> 'commands') as c (seq bigint, id uuid, name text, args jsonb, at timestamptz) order by c.seq
  loop
    exit when command.seq > client.last_seq + 1;
    results := results || (jsonb_build_object('seq', command.seq, 'id', command.id)
      || app_private.attempt_command(command.id, command.name, command.args, command.at));
    client.last_seq := greatest(client.last_seq, command.seq);
  end loop;
  update sync.clients as c set last_seq = client.last_seq, seen_at = now()
  where c.company_id = client.company_id and c.id = client.id and c.last_seq <> client.last_seq;
  return jsonb_build_object('results', results, 'expect', client.last_seq + 1);
end $$;

-- Forgets log rows older than `keep`: phones away for longer start again from `gained`. Run it daily.
create or replace function sync.prune(keep interval default '90 days') returns bigint
language plpgsql set search_path = '' as $$
declare
  limit_xid xid8;
  removed bigint;
begin
  select max(xid) into limit_xid from sync.marks where at < now() - keep;
  insert into sync.marks default values on conflict do nothing;
  if limit_xid is null then return 0; end if;
  delete from sync.log where xid < limit_xid;
  get diagnostics removed = row_count;
  delete from sync.marks where xid < limit_xid;
  update sync.state set pruned_before = greatest(pruned_before, limit_xid);
  return removed;
end $$;
