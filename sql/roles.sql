-- Roles without a login, none of which bypasses row-level security. Roles are cluster-wide, so each is made only where it is missing.
-- app_commands runs commands; app_analytics owns the views of analysts; every analyst's login belongs to app_analyst.
do $$
declare
  name text;
begin
  foreach name in array '{app_commands,app_analytics,app_analyst}'::text[] loop
    continue when exists (select from pg_catalog.pg_roles where rolname = name);
    execute format('create role %I nologin noinherit', name);
    execute format('grant %I to %I with set true, inherit true', name, current_user);
  end loop;
end $$;
