-- Per database: the schemas every hosted project starts with. auth, realtime and storage follow in files of their own.
-- Runs as superuser at every start, so each statement may meet its own work.

create schema if not exists extensions;
grant usage on schema extensions to anon, authenticated, service_role, supabase_auth_admin, supabase_storage_admin, supabase_realtime_admin;
grant all on schema extensions to postgres with grant option;

create extension if not exists pgcrypto with schema extensions;
create extension if not exists "uuid-ossp" with schema extensions;
create extension if not exists pg_stat_statements with schema extensions;
create extension if not exists pg_trgm with schema extensions;
create extension if not exists unaccent with schema extensions;
create extension if not exists btree_gist with schema extensions;
create extension if not exists citext with schema extensions;

revoke create on schema public from public;
grant usage on schema public to postgres, anon, authenticated, service_role;
grant create on schema public to postgres;

-- as on a hosted project, whatever is put in public is open to the API: the app keeps its objects elsewhere
alter default privileges for role postgres in schema public grant all on tables to anon, authenticated, service_role;
alter default privileges for role postgres in schema public grant all on functions to anon, authenticated, service_role;
alter default privileges for role postgres in schema public grant all on sequences to anon, authenticated, service_role;

do $$
begin
  if not exists (select from pg_publication where pubname = 'supabase_realtime') then
    create publication supabase_realtime;
  end if;
end $$;
alter publication supabase_realtime owner to postgres;

-- Nobody of ours keeps files inside the database, and a login of a person must not fill the disk with them. Hosted projects leave these open to
-- everybody, so nothing may rest on this alone (app_private.guard_analysts).
do $$
declare
  writer regprocedure;
begin
  for writer in
    select oid from pg_catalog.pg_proc where pronamespace = 'pg_catalog'::regnamespace
      and proname ~ '^(lo_(creat|create|from_bytea|import|put|truncate|truncate64|unlink)|lowrite)$'
  loop
    execute format('revoke execute on function %s from public', writer);
  end loop;
end $$;
