-- The next free code of a year, CH-2026-001. A phone knows only its own sites: its code is provisional until the server's row arrives.
-- Numbers far above the count of the year's codes are somebody's fancy and no place to go on from.
create or replace function effects.next_site_code(company_id uuid, year integer) returns text
language sql stable as $$
  with codes as (
    select s.code, substr(s.code, 9)::integer as number, count(*) over () as count
    from app.sites as s where s.company_id = next_site_code.company_id and s.code ~ ('^CH-' || year || '-[0-9]{1,6}$')
  ), last as (
    select coalesce(max(number) filter (where number <= 1000 + 10 * count), 0) as number, count(*)::integer as count from codes
  )
  select format('CH-%s-%s', year, case when free.number < 1000 then lpad(free.number::text, 3, '0') else free.number::text end) -- lpad also cuts
  from last, generate_series(last.number + 1, last.number + last.count + 1) as free (number)
  where free.number not in (select codes.number from codes) order by free.number limit 1;
$$;

-- Puts a person in the team of a site from today (local date), unless they are in it.
create or replace function effects.join_site(ctx effects.context, site_id uuid, membership_id uuid, role text) returns void
language sql as $$
  insert into app.site_members (company_id, id, site_id, membership_id, role, starts_on, created_at, updated_at)
  select ctx.company_id, effects.derived_id(ctx.command_id, membership_id::text), join_site.site_id, join_site.membership_id,
         join_site.role, today.day, ctx.at, ctx.at
  from (select (ctx.at at time zone c.time_zone)::date as day from app.companies as c where c.id = ctx.company_id) as today
  where join_site.membership_id is not null and not exists (
    select from app.site_members as m
    where m.company_id = ctx.company_id and m.site_id = join_site.site_id and m.membership_id = join_site.membership_id
      and m.withdrawn_at is null and coalesce(m.ends_on, 'infinity') >= today.day);
$$;

-- Refuses values that no site may have; returns the site with its texts trimmed.
create or replace function effects.valid_site(site app.sites) returns app.sites
language plpgsql as $$
begin
  site.code := effects.required_text(site.code, 'code', 40);
  site.name := effects.required_text(site.name, 'name', 160);
  site.client_name := effects.optional_text(site.client_name, 'client_name', 160);
  site.address := effects.optional_text(site.address, 'address', 300);
  site.postal_code := effects.optional_text(site.postal_code, 'postal_code', 20);
  site.city := effects.optional_text(site.city, 'city', 120);
  site.architect := effects.optional_text(site.architect, 'architect', 160);
  perform effects.one_of(site.status, 'status', 'planned', 'running', 'alert', 'finished');
  perform effects.check_day(site.starts_on, 'starts_on');
  perform effects.check_day(site.ends_on, 'ends_on');
  if site.ends_on < site.starts_on then perform effects.refuse('WRONG', 'ends_on'); end if;
  if abs(site.latitude) > 90 or abs(site.longitude) > 180 then perform effects.refuse('WRONG', 'position'); end if;
  if jsonb_typeof(site.custom) <> 'object' or pg_column_size(site.custom) > 20000 then perform effects.refuse('WRONG', 'custom'); end if;
  if cardinality(site.tags) > 50 or exists (select from unnest(site.tags) as tag where length(tag) > 60) then
    perform effects.refuse('LIMIT', 'tags');
  end if;
  if exists (select from unnest(site.tags) as tag where coalesce(btrim(tag), '') = '') then perform effects.refuse('WRONG', 'tags'); end if;
  return site;
end $$;

-- Creates a site and puts its managers in its team. `code` empty: the next free one. budget in the company's currency; position WGS84.
create or replace function effects.create_site(
  ctx effects.context, id uuid, name text, code text default null, client_name text default null, address text default null,
  postal_code text default null, city text default null, latitude double precision default null,
  longitude double precision default null, project_manager_id uuid default null, site_manager_id uuid default null,
  architect text default null, starts_on date default null, ends_on date default null, status text default 'planned',
  budget numeric default null, tags text[] default '{}', custom jsonb default '{}'
) returns void
language plpgsql as $$
declare
  site app.sites;
begin
  site.id := id; site.name := name; site.client_name := client_name; site.address := address; site.postal_code := postal_code;
  site.city := city; site.latitude := latitude; site.longitude := longitude; site.architect := architect; site.status := status;
  site.starts_on := starts_on; site.ends_on := ends_on; site.tags := coalesce(tags, '{}'); site.custom := coalesce(custom, '{}');
  site.code := coalesce(nullif(btrim(code), ''), effects.next_site_code(ctx.company_id, extract(year from ctx.at)::integer));
  site := effects.valid_site(site);
  if budget < 0 or budget >= 1e12 then perform effects.refuse('WRONG', 'budget'); end if;
  insert into app.sites (company_id, id, code, name, client_name, address, postal_code, city, latitude, longitude, project_manager_id,
    site_manager_id, architect, starts_on, ends_on, status, tags, custom, created_by, created_at, updated_at)
  values (ctx.company_id, site.id, site.code, site.name, site.client_name, site.address, site.postal_code, site.city, site.latitude,
    site.longitude, create_site.project_manager_id, create_site.site_manager_id, site.architect, site.starts_on, site.ends_on,
    site.status, site.tags, site.custom, ctx.actor_id, ctx.at, ctx.at);
  insert into app.site_budgets (company_id, id, amount, updated_at) values (ctx.company_id, site.id, budget, ctx.at);
  perform effects.join_site(ctx, site.id, create_site.project_manager_id, 'project_manager');
  perform effects.join_site(ctx, site.id, create_site.site_manager_id, 'site_manager');
end $$;

-- Edits a site by column; `was` = the values the author saw. New managers join the team; one who left it does not come back by another edit.
create or replace function effects.update_site(ctx effects.context, id uuid, changes jsonb, was jsonb default '{}') returns void
language plpgsql as $$
declare
  before app.sites;
  site app.sites;
begin
  select * into before from app.sites as s where s.company_id = ctx.company_id and s.id = update_site.id for no key update;
  site := jsonb_populate_record(before, effects.merge(ctx, 'sites', id, to_jsonb(before), changes, was,
    '{code,name,client_name,address,postal_code,city,latitude,longitude,project_manager_id,site_manager_id,architect,starts_on,ends_on,status,tags,custom}'));
  site := effects.valid_site(site);
  update app.sites as s set
    code = site.code, name = site.name, client_name = site.client_name, address = site.address, postal_code = site.postal_code,
    city = site.city, latitude = site.latitude, longitude = site.longitude, project_manager_id = site.project_manager_id,
    site_manager_id = site.site_manager_id, architect = site.architect, starts_on = site.starts_on, ends_on = site.ends_on,
    status = site.status, tags = site.tags, custom = site.custom, updated_at = ctx.at
  where s.company_id = ctx.company_id and s.id = update_site.id;
  if site.project_manager_id is distinct from before.project_manager_id then
    perform effects.join_site(ctx, id, site.project_manager_id, 'project_manager');
  end if;
  if site.site_manager_id is distinct from before.site_manager_id then
    perform effects.join_site(ctx, id, site.site_manager_id, 'site_manager');
  end if;
end $$;

-- Sets the site's budget, in the company's currency; null = not known yet.
create or replace function effects.set_site_budget(ctx effects.context, id uuid, amount numeric default null) returns void
language plpgsql as $$
begin
  if amount < 0 or amount >= 1e12 then perform effects.refuse('WRONG', 'budget'); end if;
  update app.site_budgets as b set amount = set_site_budget.amount, updated_at = ctx.at
  where b.company_id = ctx.company_id and b.id = set_site_budget.id;
end $$;

-- Freezes a site: everything stays readable, nothing on it changes any more.
create or replace function effects.archive_site(ctx effects.context, id uuid) returns void
language sql as $$
  update app.sites as s set archived_at = ctx.at, updated_at = ctx.at
  where s.company_id = ctx.company_id and s.id = archive_site.id and archived_at is null;
$$;

-- Puts a person in the team of a site, from one date to another (local dates, both included; null = open).
create or replace function effects.assign_site_member(
  ctx effects.context, id uuid, site_id uuid, membership_id uuid, role text, starts_on date default null, ends_on date default null
) returns void
language plpgsql as $$
begin
  perform effects.check_day(starts_on, 'starts_on');
  perform effects.check_day(ends_on, 'ends_on');
  if ends_on < starts_on then perform effects.refuse('WRONG', 'ends_on'); end if;
  if role is null then perform effects.refuse('BLANK', 'role'); end if;
  insert into app.site_members (company_id, id, site_id, membership_id, role, starts_on, ends_on, created_at, updated_at)
  values (ctx.company_id, assign_site_member.id, assign_site_member.site_id, assign_site_member.membership_id,
          assign_site_member.role, assign_site_member.starts_on, assign_site_member.ends_on, ctx.at, ctx.at);
end $$;

-- Takes a person out of the team of a site: access goes at once, the history stays.
create or replace function effects.withdraw_site_member(ctx effects.context, id uuid) returns void
language plpgsql as $$
begin
  update app.site_members as m set withdrawn_at = ctx.at, updated_at = ctx.at
  where m.company_id = ctx.company_id and m.id = withdraw_site_member.id and withdrawn_at is null;
  perform effects.hand_on_incidents(ctx);
end $$;
