-- Says who does what, for the triggers that write the audit; until the end of the transaction.
create or replace function app_private.note_command(id uuid, name text, actor_id uuid, device_at timestamptz default now()) returns void
language plpgsql set search_path = '' as $$
begin
  perform set_config('app.command', jsonb_build_object('id', id, 'name', name, 'actor_id', actor_id, 'device_at', device_at)::text, true);
end $$;

-- What note_command said, or NULL.
create or replace function app_private.running_command() returns jsonb
language plpgsql stable as $$
begin
  return nullif(current_setting('app.command', true), '')::jsonb;
end $$;

-- The audit of the active company, newest first, to those who may read it and see the rows: old and new values, both clocks, actor, command.
create or replace function app.audit_entries(row_id uuid default null, before bigint default null, page integer default 50)
returns table (id bigint, at timestamptz, device_at timestamptz, actor_id uuid, command text, table_name text, entry_row_id uuid, op text, old jsonb, new jsonb)
language plpgsql stable security definer set search_path = '' as $$
declare
  access app_private.accesses := app_private.require_access();
begin
  perform app_private.require_right('audit.view');
  return query
  select l.id, l.at, l.device_at, l.actor_id, l.command, l.table_name, l.row_id, l.op::text, l.old, l.new from audit.log as l
  where l.company_id = access.company_id and l.scope_ids && access.scope_ids
    and (audit_entries.row_id is null or l.row_id = audit_entries.row_id) and (before is null or l.id < before)
  order by l.id desc limit least(page, 500);
end $$;
