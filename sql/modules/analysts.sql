-- Analysts connect straight to Postgres, each with a login of their own that is mapped to one company. The views are sql/analytics/*.sql.

-- The living login of this connection. A setting cannot forge it: session_user is who gave the password.
create or replace function app_private.analyst() returns app_private.analyst_logins
language sql stable security definer set search_path = '' as $$
  select l from app_private.analyst_logins as l where l.login = session_user and l.revoked_at is null;
$$;

-- The company whose rows this connection reads, or NULL.
create or replace function app_private.analyst_company() returns uuid
language plpgsql stable security definer set search_path = '' as $$
begin
  return (app_private.analyst()).company_id;
end $$;

-- The scopes whose rows this connection reads, or NULL.
create or replace function app_private.analyst_scopes() returns uuid[]
language plpgsql stable security definer set search_path = '' as $$
begin
  return (app_private.analyst()).access_scopes;
end $$;

-- What Postgres stores of a password (SCRAM-SHA-256, RFC 5803): no statement, log or statistic ever holds the password itself.
create or replace function app_private.scram_verifier(password text) returns text
language plpgsql set search_path = '' as $$
declare
  rounds constant integer := 4096;
  salt constant bytea := extensions.gen_random_bytes(16);
  secret constant bytea := convert_to(password, 'UTF8');
  step bytea := extensions.hmac(salt || '\x00000001'::bytea, secret, 'sha256');
  mixed bit(256) := ('x' || encode(step, 'hex'))::bit(256);
  salted bytea;
begin
  for round in 2 .. rounds loop
    step := extensions.hmac(step, secret, 'sha256');
    mixed := mixed # ('x' || encode(step, 'hex'))::bit(256);
  end loop;
  select decode(string_agg(lpad(to_hex(substring(mixed from word * 32 + 1 for 32)::bit(32)::bigint), 8, '0'), '' order by word), 'hex')
  into salted from generate_series(0, 7) as word;
  return format('SCRAM-SHA-256$%s:%s$%s:%s', rounds, encode(salt, 'base64'),
    encode(sha256(extensions.hmac('Client Key', salted, 'sha256')), 'base64'), encode(extensions.hmac('Server Key', salted, 'sha256'), 'base64'));
end $$;

-- A password nobody has ever typed: 192 random bits, safe in an address.
create or replace function app_private.new_password() returns text
language sql volatile set search_path = '' as $$
  select translate(encode(extensions.gen_random_bytes(24), 'base64'), '+/', '-_');
$$;

-- Takes from everybody what analysts must not have in this database: temporary tables.
create or replace function app_private.close_database() returns void
language plpgsql security definer set search_path = '' as $$
declare
  service text;
begin
  if not exists (select from pg_catalog.pg_database as d, pg_catalog.aclexplode(coalesce(d.datacl, pg_catalog.acldefault('d', d.datdba))) as g
                 where d.datname = current_database() and g.grantee = 0 and g.privilege_type = 'TEMPORARY') then
    return;
  end if;
  execute format('revoke temporary on database %I from public', current_database());
  for service in select rolname from pg_catalog.pg_roles where rolcanlogin and (rolname = 'authenticator' or rolname like 'supabase\_%') loop
    execute format('grant temporary on database %I to %I', current_database(), service);
  end loop;
end $$;

-- The administrator who asks; refuses AUTHN, OUTER, RIGHT.
create or replace function app_private.require_analyst_keeper() returns app_private.accesses
language plpgsql stable set search_path = '' as $$
declare
  access app_private.accesses := app_private.require_access();
begin
  perform app_private.require_right('analyst.manage');
  return access;
end $$;

-- Notes in the audit what happened to a login; those who administer read it.
create or replace function app_private.audit_analyst(access app_private.accesses, login app_private.analyst_logins, op "char") returns void
language sql set search_path = '' as $$
  insert into audit.log (actor_id, command, session_id, company_id, table_name, row_id, op, new, scope_ids)
  values (access.membership_id, case op when 'I' then 'create_analyst_login' when 'D' then 'revoke_analyst_login' else 'renew_analyst_login' end,
          (app_private.claims() ->> 'session_id')::uuid, login.company_id, 'analyst_logins', login.id, op,
          to_jsonb(login) - '{access_scopes}'::text[], array[effects.scope_id(login.company_id, 'company:admin', login.company_id)]);
$$;

-- What an analyst's program needs to connect: {login, password, host, port, database, tls}.
create or replace function app_private.analyst_connection(login text, password text) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object('login', analyst_connection.login || coalesce(d.suffix, ''), 'password', password, 'host', coalesce(d.host, '127.0.0.1'),
    'port', coalesce(d.port, current_setting('port')::integer), 'database', current_database(), 'tls', coalesce(d.tls, false))
  from (select) as always left join app_private.analyst_door as d on true;
$$;

-- Ends the open connections of a login; answers how many.
create or replace function app_private.end_analyst_sessions(login text) returns integer
language sql volatile set search_path = '' as $$
  select count(*)::integer from (select pg_terminate_backend(a.pid) from pg_catalog.pg_stat_activity as a where a.usename = login) as ended;
$$;

-- Makes a login that reads the views of the caller's company and nothing else, and answers how to connect: the password is told this once.
-- Not a command: a password in an outbox or a stored result would be one too many. The caller gives no more than they see themselves:
-- `finance` (budgets) and `safety` (safety incidents) ask for these scopes. label: who or what it is for, 1 to 120 characters.
-- Raises AUTHN, OUTER, RIGHT, BLANK, LIMIT (ten living logins), TAKEN (this id was used: its password is gone, renew it).
create or replace function app.create_analyst_login(id uuid, label text, finance boolean default false, safety boolean default false) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  access app_private.accesses := app_private.require_analyst_keeper();
  made app_private.analyst_logins;
  password constant text := app_private.new_password();
begin
  if id is null then perform effects.refuse('BLANK', 'id'); end if;
  perform from app.companies as c where c.id = access.company_id for no key update; -- two at once count each other
  if (select count(*) from app_private.analyst_logins as l where l.company_id = access.company_id and l.revoked_at is null) >= 10 then
    perform effects.refuse('LIMIT', 'analysts');
  end if;
  made.login := 'analyst_' || encode(extensions.gen_random_bytes(8), 'hex'); -- says nothing of the company: every login reads the list of roles
  made.access_scopes := array(
    select effects.scope_id(access.company_id, kind, access.company_id)
    from unnest(array['company', 'sites', case when finance then 'sites:finance' end, case when safety then 'sites:safety' end]) as kind
    where kind is not null);
  if not made.access_scopes <@ access.scope_ids then perform effects.refuse('RIGHT', 'analyst.manage'); end if;
  insert into app_private.analyst_logins (login, company_id, id, label, finance, safety, access_scopes, created_by)
  values (made.login, access.company_id, create_analyst_login.id, effects.required_text(label, 'label', 120), coalesce(finance, false),
          coalesce(safety, false), made.access_scopes, access.membership_id)
  on conflict do nothing returning * into made;
  if made.id is null then perform effects.refuse('TAKEN', 'id'); end if;

  perform app_private.close_database();
  execute format('create role %I login nosuperuser inherit nocreaterole nocreatedb noreplication nobypassrls connection limit 5 password %L',
    made.login, app_private.scram_verifier(password));
  execute format('grant app_analyst to %I with inherit true, set false', made.login);
  execute format('grant %I to current_user with inherit true, set false', made.login); -- to take back what it may come to own
  -- comfort, not security: a login may undo these
  execute format('alter role %I set default_transaction_read_only = on', made.login);
  execute format('alter role %I set statement_timeout = %L', made.login, '60s');
  execute format('alter role %I set idle_in_transaction_session_timeout = %L', made.login, '60s');
  execute format('alter role %I set lock_timeout = %L', made.login, '5s');
  execute format('alter role %I set search_path = analytics', made.login);
  perform app_private.audit_analyst(access, made, 'I');
  return app_private.analyst_connection(made.login, password);
end $$;

-- Gives a login a new password, told this once, and ends its connections. Raises AUTHN, OUTER, RIGHT, GHOST.
create or replace function app.renew_analyst_login(id uuid) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  access app_private.accesses := app_private.require_analyst_keeper();
  renewed app_private.analyst_logins;
  password constant text := app_private.new_password();
begin
  update app_private.analyst_logins as l set renewed_at = clock_timestamp()
  where l.company_id = access.company_id and l.id = renew_analyst_login.id and l.revoked_at is null returning * into renewed;
  if not found then perform effects.refuse('GHOST', 'analyst'); end if;
  if not renewed.access_scopes <@ access.scope_ids then perform effects.refuse('RIGHT', 'analyst.manage'); end if;
  execute format('alter role %I password %L', renewed.login, app_private.scram_verifier(password));
  perform app_private.end_analyst_sessions(renewed.login);
  perform app_private.audit_analyst(access, renewed, 'U');
  return app_private.analyst_connection(renewed.login, password);
end $$;

-- Takes a login away: closed, its connections ended, what it came to own dropped.
create or replace function app_private.close_analyst_login(login text) returns void
language plpgsql set search_path = '' as $$
begin
  update app_private.analyst_logins as l set revoked_at = now() where l.login = close_analyst_login.login and l.revoked_at is null;
  if exists (select from pg_catalog.pg_roles where rolname = login) then
    execute format('alter role %I nologin', login);
    perform app_private.end_analyst_sessions(login);
    begin
      execute format('drop owned by %I', login);
      execute format('drop role %I', login);
    exception when dependent_objects_still_exist or object_in_use then
      raise warning 'analyst login % is closed but could not be dropped: %', login, sqlerrm; -- it owns something in another database
    end;
  end if;
end $$;

-- Takes a login away at once: what it runs is ended, and it reads nothing more. False when it was gone already. Raises AUTHN, OUTER, RIGHT, GHOST.
create or replace function app.revoke_analyst_login(id uuid) returns boolean
language plpgsql security definer set search_path = '' as $$
declare
  access app_private.accesses := app_private.require_analyst_keeper();
  target app_private.analyst_logins;
begin
  select * into target from app_private.analyst_logins as l where l.company_id = access.company_id and l.id = revoke_analyst_login.id for update;
  if not found then perform effects.refuse('GHOST', 'analyst'); end if;
  if target.revoked_at is not null then return false; end if;
  perform app_private.close_analyst_login(target.login);
  perform app_private.audit_analyst(access, target, 'D');
  return true;
end $$;

-- The logins of the active company, newest first, and how many connections each has open. Raises AUTHN, OUTER, RIGHT.
create or replace function app.analyst_logins() returns table (
  id uuid, label text, login text, finance boolean, safety boolean, created_by uuid, created_at timestamptz, renewed_at timestamptz,
  revoked_at timestamptz, connections integer)
language plpgsql stable security definer set search_path = '' as $$
declare
  access app_private.accesses := app_private.require_analyst_keeper();
begin
  return query
  select l.id, l.label, l.login, l.finance, l.safety, l.created_by, l.created_at, l.renewed_at, l.revoked_at,
         (select count(*)::integer from pg_catalog.pg_stat_activity as a where a.usename = l.login)
  from app_private.analyst_logins as l where l.company_id = access.company_id
  order by l.revoked_at is not null, l.created_at desc limit 100;
end $$;

-- The watch over analysts, to be run every few seconds: a login can undo its own time limits, but not this. Cancels a query older than
-- `longest`, ends the connection when that is not enough; ends transactions left open, connections that hold advisory locks, and those of
-- logins that are no more or came by a password since renewed; closes a login that wrote a large object. Answers how many connections it touched.
create or replace function app_private.guard_analysts(longest interval default '60 seconds') returns integer
language plpgsql security definer set search_path = '' as $$
declare
  session record;
  writer text;
  touched integer := 0;
begin
  for session in
    select a.pid, clock_timestamp() - a.query_start as running, a.state,
      l.login is null
        or a.backend_start < l.renewed_at + interval '2 seconds' -- by the old password, good until the renewal was committed
        or clock_timestamp() - case when a.state = 'active' then a.query_start else a.state_change end > longest + interval '10 seconds' and a.state <> 'idle'
        or clock_timestamp() - a.xact_start > 5 * longest + interval '10 seconds'
        or exists (select from pg_catalog.pg_locks as k where k.pid = a.pid and k.locktype = 'advisory') as over
    from pg_catalog.pg_stat_activity as a
    left join app_private.analyst_logins as l on l.login = a.usename and l.revoked_at is null
    where a.backend_type = 'client backend' and a.usesysid is not null
      and (l.login is not null or a.datname = current_database() and (a.usename is null or a.usename ~ '^analyst_[0-9a-f]{16}$'))
  loop
    if session.over then
      perform pg_terminate_backend(session.pid);
      touched := touched + 1;
    elsif session.state = 'active' and session.running > longest then
      perform pg_cancel_backend(session.pid);
      touched := touched + 1;
    end if;
  end loop;
  for writer in
    select distinct l.login from pg_catalog.pg_largeobject_metadata as m join pg_catalog.pg_roles as r on r.oid = m.lomowner
    join app_private.analyst_logins as l on l.login = r.rolname and l.revoked_at is null
  loop
    perform app_private.close_analyst_login(writer);
    touched := touched + 1;
  end loop;
  return touched;
end $$;

-- Deployment's last word on the views: each belongs to app_analytics, which obeys row-level security, and is readable by analysts; so are
-- the figures behind them (app_private.analytics_*). What no file makes any more goes.
create or replace function app_private.publish_analytics(views text[]) returns void
language plpgsql set search_path = '' as $$
declare
  relation record;
begin
  for relation in select c.relname, c.relname <> all (views) as stale from pg_catalog.pg_class as c where c.relnamespace = 'analytics'::regnamespace and c.relkind = 'v' loop
    if relation.stale then
      execute format('drop view analytics.%I', relation.relname);
    else
      execute format('alter view analytics.%I owner to app_analytics', relation.relname);
      execute format('grant select on analytics.%I to app_analyst', relation.relname);
    end if;
  end loop;
  for relation in select p.oid::regprocedure as signature from pg_catalog.pg_proc as p where p.pronamespace = 'app_private'::regnamespace and p.proname like 'analytics\_%' loop
    execute format('alter function %s owner to app_analytics', relation.signature);
    execute format('grant execute on function %s to app_analyst', relation.signature);
  end loop;
end $$;
