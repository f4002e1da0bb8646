-- The sync log and the three calls of the phone: sync_pull, sync_boot, sync_push. ARCHITECTURE.md describes the wire format.

-- Sends one change of a synced table to the log, the audit and the open devices. Argument: the table's number.
create or replace function sync.tg_changed() returns trigger
language plpgsql security definer set search_path = '' as $$
declare
  command jsonb := app_private.running_command();
  session_id uuid := app_private.claims() ->> 'session_id';
  hidden constant text[] := '{scope_ids,token_hash}'; -- no reader of the audit may learn a secret, nor its hash
  poked record;
begin
  if tg_op = 'INSERT' then
    insert into sync.log (scope_id, table_number, row_id, op)
    select scope_id, tg_argv[0]::smallint, n.id, 'P' from new_rows as n, unnest(n.scope_ids) as scope_id;
    insert into audit.log (device_at, actor_id, command_id, command, session_id, company_id, table_name, row_id, op, new, scope_ids)
    select (command ->> 'device_at')::timestamptz, (command ->> 'actor_id')::uuid, (command ->> 'id')::uuid, command ->> 'name', session_id,
           n.company_id, tg_table_name, n.id, 'I', to_jsonb(n) - hidden, n.scope_ids from new_rows as n;
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
           n.company_id, tg_table_name, n.id, 'U', to_jsonb(o) - hidden, to_jsonb(n) - hidden, n.scope_ids
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
           o.company_id, tg_table_name, o.id, 'D', to_jsonb(o) - hidden, o.scope_ids from old_rows as o;
    for poked in select distinct company_id, scope_id from old_rows, unnest(scope_ids) as scope_id loop
      perform app_private.poke(poked.company_id, poked.scope_id);
    end loop;
  end if;
  return null;
end $$;

-- A value as COPY writes it.
create or replace function sync.copy_text(value text) returns text
language sql immutable parallel safe
return replace(replace(replace(replace(value, '\', '\\'), e'\t', '\t'), e'\n', '\n'), e'\r', '\r');

-- Puts a table under sync: its triggers, and the selects that read it for a phone, with the columns that `authenticated` may read.
-- Scope lists that a trigger fills travel with the row: the phone drops the rows of a lost scope by them.
-- Boot pages walk the primary key: a sort would read the rest of the company for each page, and so would an expression around `after`, which
-- a policy keeps out of the index. The policies alone say the company, which costs a look-up each; `scopes` NULL = all that the caller sees. A line is COPY text. Most lines hold nothing to escape: one look at their texts says so (JSON escapes its own
-- control characters, so only its backslashes are doubled). company_id is left out: a phone knows it.
-- `table_number` never changes: it stands in logs and cursors.
create or replace function sync.watch(table_number smallint, table_name text) returns void
language plpgsql set search_path = '' as $$
declare
  relation regclass := format('app.%I', table_name);
  columns text[];
  texts text;
  plain text;
  escaped text;
begin
  select array_agg(c.name order by c.place),
         coalesce(string_agg(c.value, ', ') filter (where c.free), 'null'),
         string_agg(c.plain, ', ' order by c.place),
         string_agg(case when c.free then format('coalesce(sync.copy_text(%s::text), ''\N'')', c.value) else c.plain end, ', ' order by c.place)
  into columns, texts, plain, escaped
  from (
    select a.attname::text as name, a.attnum as place, format('r.%I', a.attname) as value,
           case when t.oid = 'jsonb'::regtype then format('coalesce(replace(r.%I::text, ''\'', ''\\''), ''\N'')', a.attname)
                when a.attnotnull then format('r.%I', a.attname) else format('coalesce(r.%I::text, ''\N'')', a.attname) end as plain,
           t.typcategory in ('S', 'A') and not exists (
             select from pg_catalog.pg_constraint as k
             where k.conrelid = relation and a.attnum = any (k.conkey)
               and (k.contype = 'f' or pg_get_constraintdef(k.oid) like '%= ANY (ARRAY[%')) as free -- one of a list: nothing to escape
    from pg_catalog.pg_attribute as a join pg_catalog.pg_type as t on t.oid = a.atttypid
    where a.attrelid = relation and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' and a.attname <> 'company_id'
      and has_column_privilege('authenticated', relation, a.attnum, 'select')
  ) as c;
  insert into sync.tables (number, name, columns) values (table_number, table_name, columns)
  on conflict (number) do update set name = excluded.name, columns = excluded.columns;

  execute format('create or replace trigger _500_changed_insert after insert on %s referencing new table as new_rows
    for each statement execute function sync.tg_changed(%s)', relation, table_number);
  execute format('create or replace trigger _500_changed_update after update on %s referencing old table as old_rows new table as new_rows
    for each statement execute function sync.tg_changed(%s)', relation, table_number);
  execute format('create or replace trigger _500_changed_delete after delete on %s referencing old table as old_rows
    for each statement execute function sync.tg_changed(%s)', relation, table_number);

  -- plpgsql keeps the plans of a session; a function in SQL would plan its query again at each of the calls that a page makes.
  execute format($body$
    create or replace function sync.changed_%1$s(ids uuid[], out rows text, out gone uuid[])
    language plpgsql stable set search_path = '' set plan_cache_mode = force_generic_plan as $f$
    begin
      with seen as materialized (
        select r.id, concat_ws(e'\t', %2$s) as line from app.%1$I as r
        where r.id = any (ids))
      select (select string_agg(line, e'\n') from seen), array(select unnest(ids) except select id from seen) into rows, gone;
    end $f$ $body$, table_name, escaped);
  execute format($body$
    create or replace function sync.boot_%1$s(scopes uuid[], after uuid, page integer, out rows text, out last uuid, out count bigint)
    language plpgsql stable set search_path = '' set enable_sort = off set plan_cache_mode = force_generic_plan as $f$
    begin
      select string_agg(case when strpos(texts, '\') = 0 and strpos(texts, e'\t') = 0 and strpos(texts, e'\n') = 0 and strpos(texts, e'\r') = 0
               then line
               else (select concat_ws(e'\t', %3$s) from app.%1$I as r where r.company_id = (select app_private.company()) and r.id = part.id) end, e'\n'),
             (array_agg(id))[count(*)], count(*)
      into rows, last, count
      from (
        select r.id, concat_ws(e'\t', %2$s) as line, concat(%4$s) as texts
        from app.%1$I as r
        where (scopes is null or r.scope_ids && scopes) and r.id > after
        order by r.id limit page) as part;
    end $f$ $body$, table_name, plain, escaped, texts);
  execute format($body$
    create or replace function sync.count_%1$s(scopes uuid[]) returns bigint
    language plpgsql stable set search_path = '' set plan_cache_mode = force_generic_plan as $f$
    begin
      return (select count(*) from app.%1$I as r where r.scope_ids && scopes);
    end $f$ $body$, table_name);
  execute format('grant execute on function sync.changed_%1$s, sync.boot_%1$s, sync.count_%1$s to authenticated', table_name);
end $$;

-- Tells this database from a restored copy of itself: the cluster's identifier and timeline, and a stamp that a restore renews.
create or replace function sync.database_identity() returns text
language plpgsql stable as $$
begin
  return (select md5(c.system_identifier::text || p.timeline_id || s.restore_stamp)
    from pg_control_system() as c, pg_control_checkpoint() as p, sync.state as s);
end $$;

-- Keeps the identity beside the server's start time: reading the control file at each pull costs as much as the pull. A dump restored into
-- another cluster remembers transactions that are still to come there: no cursor would ever have seen them, so they go.
create or replace function sync.keep_identity() returns void
language plpgsql security definer set search_path = '' as $$
declare
  here constant text := sync.database_identity();
  state sync.state;
begin
  select * into state from sync.state;
  if state.identity = here and state.started_at = pg_postmaster_start_time() then return; end if;
  select * into state from sync.state for update;
  if state.identity is distinct from here then
    delete from sync.log where xid >= pg_snapshot_xmax(pg_current_snapshot());
    delete from sync.marks where xid > pg_snapshot_xmax(pg_current_snapshot());
  end if;
  update sync.state as s set identity = here, started_at = pg_postmaster_start_time(),
    pruned_before = least(s.pruned_before, pg_snapshot_xmin(pg_current_snapshot()));
end $$;

-- The running statement's snapshot, ended before the number `bound`: transactions from there on count as still to come.
create or replace function sync.snapshot_before(bound xid8) returns pg_snapshot
language sql stable set search_path = '' as $$
  select case when bound >= pg_snapshot_xmax(here) then here
              else concat(least(pg_snapshot_xmin(here), bound), ':', bound, ':',
                     (select string_agg(xid::text, ',' order by xid) from pg_snapshot_xip(here) as xid where xid < bound))::pg_snapshot end
  from (select pg_current_snapshot() as here) as s;
$$;

-- What sync_pull must know, with the owner's eyes: whether anything is new (`idle`), the caller's scopes, whether their cursor still serves
-- (`reset` says why not), and the ids changed in the scopes of both, {table: [id]}. Never rows. Most pulls find nothing: they end after
-- one look at each scope's place in the log (by its index, whatever the planner guesses of sizes). Raises AUTHN, PROOF, OUTER.
--
-- `snap` is the next cursor's; null = as the cursor asked with. It calls no transaction over that a crash could take back: one that left
-- nothing on the disk never was, after the crash, and its number is given to another one, whose rows the cursor would take for seen. So it is
-- this moment's when all of the server's log is on the disk. Else it ends after the newest change that this caller may know: a change is
-- visible when it is on the disk, and no number before its own is given away again.
create or replace function sync.look(
  cursor jsonb, out idle boolean, out mine uuid[], out schema_hash text, out identity text, out reset text, out changed jsonb, out snap pg_snapshot)
language plpgsql stable security definer set search_path = '' set plan_cache_mode = force_generic_plan set enable_seqscan = off set enable_bitmapscan = off as $$
declare
  most constant bigint := 20000;
  theirs uuid[];
  since pg_snapshot;
  total bigint;
begin
  mine := (app_private.require_access()).scope_ids;
  select s.schema_hash, i.identity, c.since, c.scopes,
         case when c.since is null then 'new'
              when c.schema is distinct from s.schema_hash then 'schema'
              when c.db is distinct from i.identity or pg_snapshot_xmax(c.since) > pg_snapshot_xmax(pg_current_snapshot()) then 'db'
              when pg_snapshot_xmin(c.since) < s.pruned_before then 'retention' end,
         c.scopes = mine and not exists (
           select from unnest(c.scopes) as scope_id cross join lateral (
             select from sync.log as l
             where l.scope_id = scope_id.scope_id and l.xid >= pg_snapshot_xmin(c.since) and not pg_visible_in_snapshot(l.xid, c.since) limit 1) as l),
         case when pg_is_in_recovery() then null when pg_current_wal_flush_lsn() >= pg_current_wal_insert_lsn() then pg_current_snapshot() end
  into schema_hash, identity, since, theirs, reset, idle, snap
  from sync.state as s
  cross join lateral (
    select case when s.started_at = pg_postmaster_start_time() then s.identity else sync.database_identity() end as identity) as i
  cross join (select (cursor ->> 'snap')::pg_snapshot as since, cursor ->> 'schema' as schema, cursor ->> 'db' as db,
                     translate(cursor ->> 'scopes', '[]" ', '{}')::uuid[] as scopes) as c;
  if idle and reset is null then return; end if;
  if reset is null then
    select json_object_agg(n.name, n.ids), sum(n.count) into changed, total -- not jsonb_object_agg: its time grows with the square of a list
    from (
      select t.name, json_agg(distinct l.row_id) as ids, count(*) as count
      from (select unnest(theirs) intersect select unnest(mine)) as held (scope_id)
      cross join lateral (
        select l.table_number, l.row_id from sync.log as l
        where l.scope_id = held.scope_id and l.xid >= pg_snapshot_xmin(since) and not pg_visible_in_snapshot(l.xid, since)
        limit most
      ) as l join sync.tables as t on t.number = l.table_number
      group by t.name
    ) as n;
    if total >= most then reset := 'volume'; end if;
  end if;
  if pg_is_in_recovery() then
    snap := sync.snapshot_before(pg_snapshot_xmin(pg_current_snapshot())); -- a replica does not tell who is under way
  elsif snap is null then
    snap := sync.snapshot_before(greatest(
      '3', case when reset is null then pg_snapshot_xmax(since) else (select s.pruned_before from sync.state as s) end,
      (select max((l.xid::text::numeric + 1)::text::xid8) from unnest(mine) as scope_id (id) cross join lateral (
         select l.xid from sync.log as l where l.scope_id = scope_id.id order by l.xid desc limit 1) as l)));
  end if;
end $$;

-- What the caller's phone must change since its cursor: {snap, schema?, db?, reset?, gained?, lost?, rows?, gone?}.
-- `lost` = places (from 0) in the cursor's scopes. One snapshot for the cursor and every row, because the function is STABLE. Raises AUTHN, PROOF, OUTER.
create or replace function app.sync_pull(cursor jsonb default null) returns jsonb
language plpgsql stable set search_path = '' as $$
declare
  look record := sync.look(cursor);
  theirs uuid[];
  rows jsonb := '{}';
  gone jsonb := '{}';
  changed record;
  part record;
begin
  if look.reset is not null then
    return jsonb_build_object('snap', look.snap::text, 'schema', look.schema_hash, 'db', look.identity, 'reset', look.reset, 'gained', look.mine);
  elsif look.idle then
    return jsonb_build_object('snap', coalesce(look.snap::text, cursor ->> 'snap'));
  end if;
  theirs := translate(cursor ->> 'scopes', '[]" ', '{}');
  for changed in select key as name, array(select jsonb_array_elements_text(value))::uuid[] as ids from jsonb_each(look.changed) loop
    execute format('select rows, gone from sync.changed_%s($1)', changed.name) into part using changed.ids;
    if part.rows is not null then rows := rows || jsonb_build_object(changed.name, part.rows); end if;
    if part.gone <> '{}' then gone := gone || jsonb_build_object(changed.name, part.gone); end if;
  end loop;
  return jsonb_strip_nulls(jsonb_build_object('snap', look.snap::text,
    'gained', (select jsonb_agg(id) from (select unnest(look.mine) as id except select unnest(theirs)) as s),
    'lost', (select jsonb_agg(place - 1) from unnest(theirs) with ordinality as s (id, place) where id <> all (look.mine)),
    'rows', nullif(rows, '{}'), 'gone', nullif(gone, '{}')));
end $$;

-- The names of the synced tables, for sync_boot, which runs as the caller.
create or replace function sync.table_names() returns table (number smallint, name text)
language sql stable security definer set search_path = '' as $$
  select number, name from sync.tables order by number;
$$;

-- A page of at most n rows of `scopes`, after the row {t, id}. The first line is JSON: {tables: [[name, lines]], next: {t, id} | null, total?};
-- the COPY lines of these tables follow, then `\.`: without it the page was cut on its way. `total` rows are there in all: counted for the
-- first page alone, and only when more follow.
-- Not JSON throughout: escaping a page costs as much as reading it, here and on the phone. Raises AUTHN, PROOF, OUTER.
create or replace function app.sync_boot(scopes uuid[], after jsonb default null, n integer default 5000) returns app."text/csv"
language plpgsql stable set search_path = '' as $$
declare
  mine constant uuid[] := (app_private.require_access()).scope_ids;
  held uuid[] := case when scopes @> mine then mine else array(select unnest(scopes) intersect select unnest(mine)) end;
  room integer := least(greatest(n, 1), 20000);
  tables jsonb := '[]';
  lines text := '';
  next jsonb;
  synced record;
  part record;
  total bigint;
begin
  for synced in select t.number, t.name from sync.table_names() as t
                where t.number >= coalesce((select number from sync.table_names() where name = after ->> 't'), 0) order by t.number loop
    if room <= 0 then
      next := jsonb_build_object('t', synced.name, 'id', null);
      exit;
    end if;
    execute format('select rows, last, count from sync.boot_%s($1, $2, $3)', synced.name) into part
      using nullif(held, mine), coalesce(case when after ->> 't' = synced.name then (after ->> 'id')::uuid end, '00000000-0000-0000-0000-000000000000'), room;
    if part.count > 0 then
      tables := tables || jsonb_build_array(jsonb_build_array(synced.name, part.count));
      lines := concat(lines, e'\n', part.rows);
    end if;
    if part.count = room then
      next := jsonb_build_object('t', synced.name, 'id', part.last);
      exit;
    end if;
    room := room - part.count;
  end loop;
  if after is null and next is not null then
    total := 0;
    for synced in select t.name from sync.table_names() as t loop
      execute format('select sync.count_%s($1) as count', synced.name) into part using held;
      total := total + part.count;
    end loop;
  end if;
  return concat(jsonb_strip_nulls(jsonb_build_object('tables', tables, 'total', total)) || jsonb_build_object('next', next), lines, e'\n\\.');
end $$;

-- The moment that a phone's clock gives, or now when it gives none that can be: a broken clock must not hold work up.
create or replace function sync.moment(value text) returns timestamptz
language plpgsql stable set search_path = '' as $$
begin
  if value ~ '^[0-9]{4}-' and pg_input_is_valid(value, 'timestamptz') then return value; end if;
  return now();
end $$;

-- Runs a phone's commands in order, each once: {results: [{seq, id, status, code?, message?, result?}], expect}. A batch that starts
-- beyond `expect` runs nothing. It stops early at half of the statement's time, and where a command ended its author's membership: the
-- phone sends the rest from `expect`. `written` = the arguments as an older app wrote them, when this one put them in its own form.
-- Raises AUTHN, PROOF, OUTER, OLDER (update the app first; nothing ran), LIMIT (over 200 commands) and what must be tried again.
create or replace function app.sync_push(batch jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  access app_private.accesses := app_private.enter_company();
  enough timestamptz := statement_timestamp() + nullif(current_setting('statement_timeout')::interval, '0') / 2;
  client sync.clients;
  command record;
  results jsonb := '[]';
begin
  if jsonb_array_length(batch -> 'commands') > 200 then perform effects.refuse('LIMIT', 'commands'); end if;
  perform sync.require_readable((batch ->> 'version')::integer, batch -> 'commands');
  insert into sync.clients (company_id, id, membership_id) values (access.company_id, (batch ->> 'client')::uuid, access.membership_id)
  on conflict (company_id, id) do update set seen_at = now() returning * into client;
  perform sync.keep_identity();
  if client.membership_id <> access.membership_id then perform effects.refuse('RIGHT', 'client'); end if;
  for command in
    select c.seq, c.id, coalesce(c.name, '') as name, coalesce(c.args, '{}') as args, c.written, sync.moment(c.at) as at
    from jsonb_to_recordset(batch -> 'commands') as c (seq bigint, id text, name text, args jsonb, written jsonb, at text) order by c.seq
  loop
    exit when command.seq > client.last_seq + 1 or results <> '[]' and (clock_timestamp() > enough or app_private.company() is null);
    results := results || (jsonb_build_object('seq', command.seq, 'id', command.id) || case
      when pg_input_is_valid(command.id, 'uuid') then app_private.attempt_command(command.id::uuid, command.name, command.args, command.at, command.written)
      else '{"status": "refused", "code": "WRONG", "message": "WRONG: id"}' end);
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
