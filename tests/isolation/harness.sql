-- The attacker's bench, in databases of tests only. It tries statements as whoever calls it, each in a subtransaction that is undone.
create schema harness;
grant usage on schema harness to public;

-- What the victim owns: filled by world.ts.
create table harness.victim (company_id uuid primary key, canary text not null, id_prefix text not null, scope_ids uuid[] not null);

-- One number over every row of the victim, with the owner's eyes.
create function harness.fingerprint() returns text
language plpgsql stable security definer set search_path = '' as $$
declare
  victim harness.victim;
  part text;
  answer text := '';
  relation record;
begin
  select * into victim from harness.victim;
  for relation in
    select c.oid::regclass as name from pg_catalog.pg_class as c join pg_catalog.pg_attribute as a on a.attrelid = c.oid and a.attname = 'company_id'
    where c.relkind in ('r', 'p') and c.relnamespace::regnamespace::text <> 'harness' order by 1
  loop
    execute format('select md5(string_agg(t::text, '','' order by t::text)) from %s as t where company_id = $1', relation.name) into part using victim.company_id;
    answer := answer || coalesce(part, '-');
  end loop;
  select answer || count(*) || coalesce(md5(string_agg(l::text, ',' order by l::text)), '') into answer from sync.log as l where l.scope_id = any (victim.scope_ids);
  select answer || count(*) into answer from realtime.messages as m where starts_with(m.topic, victim.company_id::text);
  select answer || coalesce(md5(string_agg(u.id::text || u.email, ',' order by u.id)), '') into answer from auth.users as u where strpos(u.email, victim.canary) > 0;
  select answer || coalesce(md5(string_agg(o::text, ',' order by o.id)), '') into answer from storage.objects as o where starts_with(o.name, victim.company_id::text);
  return md5(answer);
end $$;

create function harness.the_victim() returns harness.victim
language sql stable security definer set search_path = '' as 'select * from harness.victim';

-- Reads a query through a cursor.
create function harness.walk(query text) returns setof text
language plpgsql as $$
declare
  walker refcursor;
  line record;
begin
  open walker for execute query;
  loop
    fetch walker into line;
    exit when not found;
    return next line::text;
  end loop;
end $$;

-- Tries [{sql, mode, before?, writes?}] one after the other. mode: `rows` a query (`writes` if it calls something that may), `returning` a change
-- that answers rows, `run` anything else.
-- state: `ok` or the SQLSTATE; answer: what came back or the whole error, what changes from run to run blotted out; trouble: `leak` or `changed`.
-- `sent` is what the caller says of themselves: an id in it is no news to them.
create function harness.attempt(attempts jsonb, sent text) returns table (state text, message text, count bigint, answer text, trouble text)
language plpgsql as $$
declare
  attempt record;
  victim harness.victim := harness.the_victim();
  fingerprint text := harness.fingerprint();
  detail text;
  hint text;
  context text;
begin
  for attempt in select value ->> 'sql' as sql, value ->> 'mode' as mode, value ->> 'before' as before, coalesce((value ->> 'writes')::boolean, false) as writes from jsonb_array_elements(attempts) loop
    state := 'ok'; message := ''; count := 0; answer := ''; trouble := '';
    begin
      if attempt.before is not null then execute attempt.before; end if;
      if attempt.mode = 'rows' then
        execute format('select count(*), coalesce(string_agg(r::text, e''\n'' order by r::text), '''') from (%s) as r', attempt.sql) into count, answer;
      elsif attempt.mode = 'returning' then
        execute format('with r as (%s) select count(*), coalesce(string_agg(r::text, e''\n'' order by r::text), '''') from r', attempt.sql) into count, answer;
      else
        execute attempt.sql;
        get diagnostics count = row_count;
      end if;
      if attempt.mode <> 'rows' or attempt.writes then
        set constraints all immediate;
        if harness.fingerprint() <> fingerprint then trouble := 'changed'; end if;
      end if;
      raise exception sqlstate 'HARNS';
    exception
      when sqlstate 'HARNS' then null;
      when others or query_canceled or assert_failure then
        get stacked diagnostics state = returned_sqlstate, message = message_text, detail = pg_exception_detail, hint = pg_exception_hint, context = pg_exception_context;
        answer := concat_ws(e'\n', message, detail, hint, context);
    end;
    if strpos(answer, victim.canary) > 0 or exists (
      select from regexp_matches(answer, '(' || victim.id_prefix || '[0-9a-f-]{27})', 'g') as m (hit)
      where strpos(concat(attempt.sql, attempt.before, sent), m.hit[1]) = 0)
    then trouble := 'leak';
    end if;
    return next;
  end loop;
end $$;

-- The same by the role that owns the commands, inside the caller's company: what a faulty command could do.
create function harness.attempt_as_command(attempts jsonb, sent text) returns table (state text, message text, count bigint, answer text, trouble text)
language plpgsql security definer set search_path = '' as $$
begin
  perform app_private.enter_company();
  return query select * from harness.attempt(attempts, sent);
end $$;
alter function harness.attempt_as_command owner to app_commands;

-- The same by the role that owns the analysts' views, for the login that asks: what a careless view could show.
create function harness.attempt_as_analytics(attempts jsonb, sent text) returns table (state text, message text, count bigint, answer text, trouble text)
language plpgsql security definer set search_path = '' as $$
begin
  return query select * from harness.attempt(attempts, sent);
end $$;
alter function harness.attempt_as_analytics owner to app_analytics;
