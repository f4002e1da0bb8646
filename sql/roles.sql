-- The role that runs commands: no login, no bypass of row-level security. Roles are cluster-wide, so it is made only where it is missing.
do $$
begin
  if not exists (select from pg_catalog.pg_roles where rolname = 'app_commands') then
    create role app_commands nologin noinherit;
    execute format('grant app_commands to %I with set true, inherit true', current_user);
  end if;
end $$;
