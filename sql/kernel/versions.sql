-- Which apps this server can read. A version is a whole number that the app carries (app/kernel/generated/version.ts) and sends with each push.

-- The version of the app of this checkout. Raise it when the arguments of a command come to mean something else; say in least_version from
-- which version on the new meaning is written, and in app/kernel/sync/upgrades.ts how what older apps wrote becomes it.
create or replace function sync.app_version() returns integer
language sql immutable set search_path = '' as $$
  select 1;
$$;

-- The least version of the app whose writing of `command` this server reads as it was meant.
create or replace function sync.least_version(command text) returns integer
language sql immutable set search_path = '' as $$
  select coalesce(('{}'::jsonb ->> command)::integer, 1);
$$;

-- Lets a push through when this server reads its commands as they were meant. `version` is absent in the pushes of the first apps.
-- Raises OLDER (the app must be updated first; nothing ran), and 55000 where the server is the older one: it will be deployed soon.
create or replace function sync.require_readable(version integer, commands jsonb) returns void
language plpgsql stable set search_path = '' as $$
begin
  if version > sync.app_version() then
    raise exception using errcode = 'object_not_in_prerequisite_state', message = 'this server is older than the app';
  end if;
  if exists (select from jsonb_to_recordset(commands) as c (name text) where sync.least_version(c.name) > coalesce(version, 1)) then
    perform effects.refuse('OLDER', 'commands');
  end if;
end $$;
