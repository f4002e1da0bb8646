-- Cluster-wide: the roles of hosted Supabase with its attributes. Passwords are set by platform.ts. Runs at every start.

do $$
declare
  role_name text;
begin
  foreach role_name in array array[
    'postgres', 'anon', 'authenticated', 'service_role', 'authenticator',
    'supabase_auth_admin', 'supabase_storage_admin', 'supabase_realtime_admin',
    'supabase_replication_admin', 'app_commands', 'app_analytics', 'app_analyst'
  ] loop
    if not exists (select from pg_roles where rolname = role_name) then
      execute format('create role %I', role_name);
    end if;
  end loop;
end $$;

-- the owner of our databases: not a superuser, exactly what a hosted project gives its developer
alter role postgres login nosuperuser inherit createrole createdb replication bypassrls;

-- who a request is
alter role anon nologin nosuperuser noinherit nocreaterole nocreatedb noreplication nobypassrls;
alter role authenticated nologin nosuperuser noinherit nocreaterole nocreatedb noreplication nobypassrls;
alter role service_role nologin nosuperuser noinherit nocreaterole nocreatedb noreplication bypassrls;

-- the services
alter role authenticator login nosuperuser noinherit nocreaterole nocreatedb noreplication nobypassrls;
alter role supabase_auth_admin login nosuperuser noinherit createrole nocreatedb noreplication nobypassrls;
alter role supabase_storage_admin login nosuperuser noinherit createrole nocreatedb noreplication nobypassrls;
alter role supabase_realtime_admin login nosuperuser noinherit nocreaterole nocreatedb noreplication nobypassrls;
alter role supabase_replication_admin login nosuperuser noinherit nocreaterole nocreatedb replication nobypassrls;

-- the roles of sql/roles.sql; made here too because parallel test databases must not create roles
alter role app_commands nologin nosuperuser noinherit nocreaterole nocreatedb noreplication nobypassrls;
alter role app_analytics nologin nosuperuser noinherit nocreaterole nocreatedb noreplication nobypassrls;
alter role app_analyst nologin nosuperuser noinherit nocreaterole nocreatedb noreplication nobypassrls;

grant anon, authenticated, service_role to authenticator, supabase_storage_admin, supabase_realtime_admin with inherit false, set true;
grant anon, authenticated, service_role to postgres with admin true, inherit true, set true;
grant app_commands, app_analytics, app_analyst to postgres with admin true, inherit true, set true;
grant pg_monitor, pg_read_all_data, pg_signal_backend, pg_create_subscription to postgres;

-- hosted lets postgres write policies on these services' tables through an extension; owning them has the same effect
grant supabase_storage_admin, supabase_realtime_admin to postgres with admin false, inherit true, set true;

alter role postgres set search_path = "$user", public, extensions;
alter role supabase_admin set search_path = "$user", public, auth, extensions;
alter role supabase_auth_admin set search_path = auth;
alter role supabase_auth_admin set idle_in_transaction_session_timeout = 60000;
alter role supabase_storage_admin set search_path = storage;
alter role authenticator set statement_timeout = '8s';
alter role authenticator set lock_timeout = '8s';
alter role authenticated set statement_timeout = '8s';
alter role anon set statement_timeout = '3s';
