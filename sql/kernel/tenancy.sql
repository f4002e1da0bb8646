-- Who is asking, in which company, and what they may see. Everything here answers NULL or false when in doubt.

-- The verified token, trusted only on the logins of the platform's services: a Postgres login of a person may set any setting.
-- This and the next are plain expressions, which Postgres inlines where they are used.
create or replace function app_private.claims() returns jsonb
language sql stable as $$
  select case when session_user in ('authenticator', 'supabase_realtime_admin', 'supabase_storage_admin', 'supabase_admin')
    then nullif(current_setting('request.jwt.claims', true), '')::jsonb end;
$$;

-- The user of the token, alive session or not.
create or replace function app_private.user_id() returns uuid
language sql stable as $$
  select (app_private.claims() ->> 'sub')::uuid;
$$;

-- The company that the request names: header x-company, else the first segment of the realtime topic. Not checked yet. No regular expression:
-- its automaton is built anew at each call, a third of what access() costs.
create or replace function app_private.wanted_company() returns uuid
language plpgsql stable as $$
declare
  named constant text := coalesce(nullif(current_setting('request.headers', true), '')::jsonb ->> 'x-company', split_part(current_setting('realtime.topic', true), ':', 1));
begin
  if translate(named, '123456789abcdef', '000000000000000') = '00000000-0000-0000-0000-000000000000' then return named; end if;
  return null;
end $$;

-- True when the token's session still exists: signing out, or an administrator, ends it.
create or replace function app_private.session_alive() returns boolean
language plpgsql stable security definer set search_path = '' as $$
declare
  claims jsonb := app_private.claims();
begin
  return exists (
    select from auth.sessions as s
    where s.id = (claims ->> 'session_id')::uuid and s.user_id = (claims ->> 'sub')::uuid and (s.not_after is null or s.not_after > now()));
end $$;

-- What a member's roles and teams give, computed from the tables. NULL company_id when the member is not active. Not in SQL alone, whose
-- functions are planned at each call.
create or replace function app_private.compute_access(company_id uuid, membership_id uuid) returns app_private.accesses
language plpgsql stable set search_path = '' as $$
declare
  access app_private.accesses;
begin
  with member as (
    select m.*, (now() at time zone c.time_zone)::date as today, c.time_zone, c.factor_grace_days
    from app.memberships as m join app.companies as c on c.id = m.company_id
    where m.company_id = compute_access.company_id and m.id = compute_access.membership_id and m.state = 'active' and m.user_id is not null
  ), stints as (
    select s.site_id, coalesce(s.starts_on, '-infinity') as starts_on, coalesce(s.ends_on, 'infinity') as ends_on, member.today, member.time_zone
    from app.site_members as s, member
    where s.company_id = member.company_id and s.membership_id = member.id and s.withdrawn_at is null
  ), sites as (
    select coalesce(array_agg(distinct site_id), '{}') as ids from stints where today between starts_on and ends_on
  ), scopes as (
    select effects.scope_id(member.company_id, kind, member.company_id) as id
    from member, app_private.role_scopes as r where r.role = any (member.roles) and kind not like 'site' and kind not like 'site:%'
    union
    select effects.scope_id(member.company_id, kind, site_id)
    from member, app_private.role_scopes as r, sites, unnest(sites.ids) as site_id
    where r.role = any (member.roles) and (kind like 'site' or kind like 'site:%')
    union
    select effects.scope_id(member.company_id, 'user', member.id) from member
  )
  select member.company_id, member.user_id, member.id, member.roles, sites.ids, array(select id from scopes order by id),
    coalesce((
      select min(day::timestamp at time zone time_zone)
      from stints, lateral (values (starts_on), (ends_on + 1)) as changes (day)
      where isfinite(day) and day > today), 'infinity'),
    app_private.factor_due(member.company_id, member.id, member.user_id, member.factor_grace_days),
    array(
      select e.session_id from app_private.company_sessions as e join auth.sessions as s on s.id = e.session_id
      where e.company_id = member.company_id and e.ended_at is not null and s.user_id = member.user_id order by e.session_id)
  into access from member, sites;
  return access;
end $$;

-- Keeps app_private.accesses for these members, and tells the devices of those whose access changed to look. The lock on the member comes
-- before the computation: else somebody suspended meanwhile would be given access again, and of two sites given at once one would be lost.
create or replace function app_private.refresh_accesses(members jsonb) returns void
language plpgsql security definer set search_path = '' as $$
declare
  member record;
  known app_private.accesses;
  access app_private.accesses;
begin
  for member in select distinct m.company_id, m.id from jsonb_to_recordset(members) as m (company_id uuid, id uuid) order by m.company_id, m.id loop
    perform from app.memberships as m where m.company_id = member.company_id and m.id = member.id for no key update;
    select * into known from app_private.accesses as a where a.company_id = member.company_id and a.membership_id = member.id;
    perform app_private.keep_factor_duty(member.company_id, member.id);
    access := app_private.compute_access(member.company_id, member.id);
    continue when access is not distinct from known;
    delete from app_private.accesses as a where a.company_id = member.company_id and a.membership_id = member.id;
    if access.company_id is not null then
      insert into app_private.accesses select access.*;
    end if;
    perform app_private.poke(member.company_id, effects.scope_id(member.company_id, 'user', member.id));
  end loop;
end $$;

-- Roles or state of members changed: so may what they see.
create or replace function app_private.tg_memberships__accesses() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  perform app_private.refresh_accesses((select jsonb_agg(jsonb_build_object('company_id', company_id, 'id', id)) from changed));
  return null;
end $$;

-- The team of a site changed: so may what its people see.
create or replace function app_private.tg_site_members__accesses() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  perform app_private.refresh_accesses((select jsonb_agg(jsonb_build_object('company_id', company_id, 'id', membership_id)) from changed));
  return null;
end $$;

create or replace trigger _100_accesses_insert after insert on app.memberships
  referencing new table as changed for each statement execute function app_private.tg_memberships__accesses();
create or replace trigger _100_accesses_update after update on app.memberships
  referencing new table as changed for each statement execute function app_private.tg_memberships__accesses();
create or replace trigger _100_accesses_delete after delete on app.memberships
  referencing old table as changed for each statement execute function app_private.tg_memberships__accesses();
create or replace trigger _100_accesses_insert after insert on app.site_members
  referencing new table as changed for each statement execute function app_private.tg_site_members__accesses();
create or replace trigger _100_accesses_update after update on app.site_members
  referencing new table as changed for each statement execute function app_private.tg_site_members__accesses();
create or replace trigger _100_accesses_delete after delete on app.site_members
  referencing old table as changed for each statement execute function app_private.tg_site_members__accesses();

-- A company moved to another time zone: the days of its sites begin and end at other moments. Or it asks more, or less, of its people.
create or replace function app_private.tg_companies__accesses() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  perform app_private.refresh_accesses((
    select jsonb_agg(jsonb_build_object('company_id', m.company_id, 'id', m.id))
    from old_rows as o join new_rows as n using (id) join app.memberships as m on m.company_id = n.id
    where (o.time_zone, o.factor_rules, o.factor_grace_days) <> (n.time_zone, n.factor_rules, n.factor_grace_days)));
  return null;
end $$;
create or replace trigger _100_accesses_update after update on app.companies
  referencing old table as old_rows new table as new_rows for each statement execute function app_private.tg_companies__accesses();

-- The access of the caller in the company the request names, or a row of NULLs: one lookup in auth.sessions, one in accesses. Who owes a
-- second factor has none until session and token both say that it was given, and a session that the company ended has none any more.
-- Storage gives the company of an object's name instead.
create or replace function app_private.access(company uuid default app_private.wanted_company()) returns app_private.accesses
language plpgsql stable security definer set search_path = '' as $$
declare
  claims jsonb := app_private.claims();
  access app_private.accesses;
begin
  select a.* into access from app_private.accesses as a
  where a.company_id = company and a.user_id = (claims ->> 'sub')::uuid and exists (
    select from auth.sessions as s
    where s.id = (claims ->> 'session_id')::uuid and s.user_id = a.user_id and (s.not_after is null or s.not_after > now())
      and s.id <> all (a.ended_sessions)
      and (a.factor_due > now() or (s.aal >= 'aal2' and claims ->> 'aal' in ('aal2', 'aal3'))));
  if access.recheck_at <= now() then
    access := app_private.compute_access(access.company_id, access.membership_id);
  end if;
  return access;
end $$;

-- The active company of the request, or NULL.
create or replace function app_private.company() returns uuid
language plpgsql stable security definer set search_path = '' as $$
begin
  return (app_private.access()).company_id;
end $$;

-- The scopes the caller holds in the active company; NULL outside one.
create or replace function app_private.my_scopes() returns uuid[]
language plpgsql stable security definer set search_path = '' as $$
begin
  return (app_private.access()).scope_ids;
end $$;

-- True when one of the caller's roles gives `permission` ('incident.report') everywhere, or on this site, or because the thing is theirs.
create or replace function app_private.can(permission text, site_id uuid default null, own boolean default false) returns boolean
language plpgsql stable security definer set search_path = '' as $$
declare
  access app_private.accesses := app_private.access();
begin
  return exists (
    select from app.role_permissions as p
    where p.role = any (access.roles) and p.module = split_part(permission, '.', 1) and p.action = split_part(permission, '.', 2)
      and (p.scope = 'company' or (p.scope = 'site' and can.site_id = any (access.site_ids)) or (p.scope = 'own' and own)));
end $$;

-- Refuses RIGHT unless can().
create or replace function app_private.require_right(permission text, site_id uuid default null, own boolean default false) returns void
language plpgsql stable set search_path = '' as $$
begin
  if not app_private.can(permission, site_id, own) then perform effects.refuse('RIGHT', permission); end if;
end $$;

-- Refuses GHOST unless the caller sees a row with these scopes (NULL = no such row).
create or replace function app_private.require_visible(scope_ids uuid[], noun text) returns void
language plpgsql stable set search_path = '' as $$
begin
  if not coalesce(scope_ids && app_private.my_scopes(), false) then perform effects.refuse('GHOST', noun); end if;
end $$;

-- True when the company that the request names has ended this session for itself alone: signing in again opens it.
create or replace function app_private.session_ended_here() returns boolean
language sql stable security definer set search_path = '' as $$
  select exists (
    select from app_private.accesses as a
    where a.company_id = app_private.wanted_company() and a.user_id = app_private.user_id()
      and (app_private.claims() ->> 'session_id')::uuid = any (a.ended_sessions));
$$;

-- Refuses AUTHN when the session is over, here or everywhere, PROOF when it lacks the second factor that this company asks for (detail: enter a code, or
-- enrol), OUTER when the caller is not an active member of the company the request names.
create or replace function app_private.require_access() returns app_private.accesses
language plpgsql stable as $$
declare
  access app_private.accesses := app_private.access();
  missing text;
begin
  if access.company_id is null then
    if not app_private.session_alive() or app_private.session_ended_here() then perform effects.refuse('AUTHN'); end if;
    missing := app_private.missing_proof();
    if missing is not null then perform effects.refuse('PROOF', missing); end if;
    perform effects.refuse('OUTER');
  end if;
  return access;
end $$;
