-- The steps of an incident are seen by who sees the incident: a row of the ledger inherits the scopes of its incident.
create or replace function app_private.tg_incident_events__inherit_scopes() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  select i.scope_ids into new.scope_ids from app.incidents as i where i.company_id = new.company_id and i.id = new.incident_id;
  return new;
end $$;
create or replace trigger _100_inherit_scopes before insert on app.incident_events
  for each row execute function app_private.tg_incident_events__inherit_scopes();

-- When the scopes of an incident change (it is assigned), its steps and clashes follow.
create or replace function app_private.tg_incidents__pass_scopes() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  update app.incident_events as e set scope_ids = n.scope_ids
  from old_rows as o join new_rows as n using (company_id, id)
  where o.scope_ids <> n.scope_ids and e.company_id = n.company_id and e.incident_id = n.id;
  update app.conflicts as c set scope_ids = n.scope_ids
  from old_rows as o join new_rows as n using (company_id, id)
  where o.scope_ids <> n.scope_ids and c.company_id = n.company_id and c.table_name = 'incidents' and c.row_id = n.id;
  return null;
end $$;
create or replace trigger _100_pass_scopes after update on app.incidents
  referencing old table as old_rows new table as new_rows for each statement execute function app_private.tg_incidents__pass_scopes();

-- A clash is seen by who sees the row it is about.
create or replace function app_private.tg_conflicts__inherit_scopes() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  execute format('select r.scope_ids from app.%I as r where r.company_id = $1 and r.id = $2', new.table_name)
    into new.scope_ids using new.company_id, new.row_id;
  return new;
end $$;
create or replace trigger _100_inherit_scopes before insert on app.conflicts
  for each row execute function app_private.tg_conflicts__inherit_scopes();

create or replace function app_private.check_set_routing_rule(ctx effects.context, args jsonb) returns void
language plpgsql set search_path = '' as $$
begin
  perform app_private.require_right('routing.edit');
  if not exists (select from app.roles where key = args ->> 'role' and not external) then perform effects.refuse('WRONG', 'role'); end if;
end $$;

create or replace function app_private.check_report_incident(ctx effects.context, args jsonb) returns void
language sql set search_path = '' as $$
  select app_private.require_site(ctx, 'incident.report', (args ->> 'site_id')::uuid);
$$;

-- Lets through who holds `permission` or whose incident it is (its reporter or assignee, as `as_reporter`, `as_assignee` say), if they see it
-- and its site is not archived. Refuses RIGHT, GHOST, FROZE.
create or replace function app_private.check_incident_step(
  ctx effects.context, args jsonb, permission text, as_reporter boolean, as_assignee boolean
) returns void
language plpgsql set search_path = '' as $$
declare
  incident app.incidents;
begin
  select * into incident from app.incidents as i where i.company_id = ctx.company_id and i.id = (args ->> 'id')::uuid;
  if not coalesce((as_reporter and incident.reporter_id = ctx.actor_id) or (as_assignee and incident.assignee_id = ctx.actor_id), false) then
    perform app_private.require_right(permission);
  end if;
  perform app_private.require_visible(incident.scope_ids, 'incident');
  perform from app.sites as s where s.company_id = ctx.company_id and s.id = incident.site_id and s.archived_at is null for key share;
  if not found then perform effects.refuse('FROZE'); end if;
end $$;

create or replace function app_private.check_update_incident(ctx effects.context, args jsonb) returns void
language sql set search_path = '' as $$ select app_private.check_incident_step(ctx, args, 'incident.handle', true, true); $$;

create or replace function app_private.check_assign_incident(ctx effects.context, args jsonb) returns void
language plpgsql set search_path = '' as $$
begin
  perform app_private.check_incident_step(ctx, args, 'incident.handle', false, true);
  perform app_private.require_people(ctx, args ->> 'assignee_id');
end $$;

create or replace function app_private.check_answer_incident(ctx effects.context, args jsonb) returns void
language sql set search_path = '' as $$ select app_private.check_incident_step(ctx, args, 'incident.handle', true, true); $$;

create or replace function app_private.check_ask_incident(ctx effects.context, args jsonb) returns void
language sql set search_path = '' as $$ select app_private.check_incident_step(ctx, args, 'incident.handle', false, true); $$;

create or replace function app_private.check_resolve_incident(ctx effects.context, args jsonb) returns void
language sql set search_path = '' as $$ select app_private.check_incident_step(ctx, args, 'incident.handle', false, true); $$;

create or replace function app_private.check_reopen_incident(ctx effects.context, args jsonb) returns void
language sql set search_path = '' as $$ select app_private.check_incident_step(ctx, args, 'incident.handle', true, true); $$;

create or replace function app_private.check_close_incident(ctx effects.context, args jsonb) returns void
language sql set search_path = '' as $$ select app_private.check_incident_step(ctx, args, 'incident.close', true, false); $$;
