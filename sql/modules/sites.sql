-- The site the args name, seen by the caller and not archived. Refuses RIGHT, GHOST, FROZE. The lock makes archiving wait for all that is
-- written on the site, and nothing else: a stronger one that an edit then has to raise would have two edits wait for each other.
create or replace function app_private.require_site(ctx effects.context, permission text, site_id uuid) returns app.sites
language plpgsql set search_path = '' as $$
declare
  site app.sites;
begin
  perform app_private.require_right(permission, site_id);
  select * into site from app.sites as s where s.company_id = ctx.company_id and s.id = require_site.site_id for key share;
  perform app_private.require_visible(site.scope_ids, 'site');
  if site.archived_at is not null then perform effects.refuse('FROZE'); end if;
  return site;
end $$;

-- Refuses GHOST when a person that an edit names is not an active member.
create or replace function app_private.require_people(ctx effects.context, variadic people text[]) returns void
language plpgsql set search_path = '' as $$
begin
  if exists (select from unnest(people) as person where person is not null and not exists (
      select from app.memberships as m where m.company_id = ctx.company_id and m.id = person::uuid and m.state = 'active')) then
    perform effects.refuse('GHOST', 'member');
  end if;
end $$;

create or replace function app_private.check_create_site(ctx effects.context, args jsonb) returns void
language plpgsql set search_path = '' as $$
begin
  perform app_private.require_right('site.create');
  if args ->> 'budget' is not null then perform app_private.require_right('budget.edit'); end if;
  perform app_private.require_people(ctx, args ->> 'project_manager_id', args ->> 'site_manager_id');
  -- The next free code is read, then used: one at a time per company.
  perform pg_advisory_xact_lock(hashtextextended('site codes ' || ctx.company_id, 0));
end $$;

create or replace function app_private.check_update_site(ctx effects.context, args jsonb) returns void
language plpgsql set search_path = '' as $$
begin
  perform app_private.require_site(ctx, 'site.edit', (args ->> 'id')::uuid);
  if args -> 'changes' ?| '{project_manager_id,site_manager_id}' then
    perform app_private.require_right('site.staff', (args ->> 'id')::uuid);
    perform app_private.require_people(ctx, args -> 'changes' ->> 'project_manager_id', args -> 'changes' ->> 'site_manager_id');
  end if;
end $$;

create or replace function app_private.check_set_site_budget(ctx effects.context, args jsonb) returns void
language sql set search_path = '' as $$ select app_private.require_site(ctx, 'budget.edit', (args ->> 'id')::uuid); $$;

create or replace function app_private.check_archive_site(ctx effects.context, args jsonb) returns void
language plpgsql set search_path = '' as $$
begin
  perform app_private.require_right('site.archive');
  perform from app.sites as s where s.company_id = ctx.company_id and s.id = (args ->> 'id')::uuid for update;
  if not found then perform effects.refuse('GHOST', 'site'); end if;
end $$;

create or replace function app_private.check_assign_site_member(ctx effects.context, args jsonb) returns void
language plpgsql set search_path = '' as $$
begin
  perform app_private.require_site(ctx, 'site.staff', (args ->> 'site_id')::uuid);
  perform app_private.require_people(ctx, args ->> 'membership_id');
end $$;

create or replace function app_private.check_withdraw_site_member(ctx effects.context, args jsonb) returns void
language plpgsql set search_path = '' as $$
declare
  stint app.site_members;
begin
  select * into stint from app.site_members as m where m.company_id = ctx.company_id and m.id = (args ->> 'id')::uuid;
  perform app_private.require_right('site.staff', stint.site_id);
  perform app_private.require_visible(stint.scope_ids, 'site member');
  perform app_private.require_site(ctx, 'site.staff', stint.site_id);
end $$;
