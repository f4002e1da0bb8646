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
