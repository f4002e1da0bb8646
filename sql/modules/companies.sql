-- A person founds a company and becomes its first member. Acts outside any company, so it is written by hand: only a signed-in person,
-- only for a company id that does not exist. Called again by the same founder it changes nothing. Raises AUTHN, TAKEN, SIREN, SIRET, BLANK, LIMIT.
create or replace function app.found_company(
  id uuid, name text, full_name text, siren text default null, siret text default null, locale text default 'fr', time_zone text default 'Europe/Paris'
) returns uuid
language plpgsql security definer set search_path = '' as $$
declare
  founder constant uuid := app_private.user_id();
  founder_email text := (select u.email from auth.users as u where u.id = founder);
  membership_id constant uuid := gen_random_uuid();
begin
  if founder is null or not app_private.session_alive() then perform effects.refuse('AUTHN'); end if;
  if exists (select from app.memberships as m where m.company_id = found_company.id and m.user_id = founder) then return id; end if;
  siren := nullif(regexp_replace(siren, '\s', '', 'g'), '');
  siret := nullif(regexp_replace(siret, '\s', '', 'g'), '');
  perform effects.check_registration(siren, siret);
  perform effects.one_of(locale, 'locale', 'fr', 'en', 'es', 'pt');
  if not exists (select from pg_catalog.pg_timezone_names as z where z.name = found_company.time_zone) then
    perform effects.refuse('WRONG', 'time_zone');
  end if;
  perform app_private.note_command(found_company.id, 'found_company', membership_id);
  insert into app.companies (id, name, siren, siret, locale, time_zone)
  values (found_company.id, effects.required_text(name, 'name', 120), coalesce(siren, left(siret, 9)), siret, locale, found_company.time_zone)
  on conflict do nothing;
  if not found then -- or by this founder, by a call that ran meanwhile
    if exists (select from app.memberships as m where m.company_id = found_company.id and m.user_id = founder) then return id; end if;
    perform effects.refuse('TAKEN', 'id');
  end if;
  insert into app.memberships (company_id, id, user_id, full_name, email, roles)
  values (found_company.id, membership_id, founder, effects.required_text(full_name, 'full_name', 120), founder_email,
          '{admin,executive,project_manager}');
  insert into app.routing_rules (company_id, id, incident_type, role, delay_minutes, working_time)
  select found_company.id, gen_random_uuid(), r.incident_type, r.role, r.delay_minutes, r.working_time from effects.default_routing() as r;
  return found_company.id;
end $$;

-- The companies in which the caller is an active member: id, name, their membership and roles there, and the settings screens need. It is
-- the caller's own card, so it needs no second factor. factor_due: until when they may do without the one that their roles demand.
create or replace function app.my_companies() returns table (
  company_id uuid, company_name text, membership_id uuid, full_name text, roles text[], site_ids uuid[], locale text, time_zone text, currency text,
  factor_rule text, factor_due timestamptz, accent text, logo text)
language sql stable security definer set search_path = '' as $$
  select c.id, c.name, m.id, m.full_name, m.roles,
         case when a.recheck_at <= now() then (app_private.compute_access(a.company_id, a.membership_id)).site_ids else a.site_ids end,
         c.locale, c.time_zone, c.currency, app_private.factor_rule(m.roles, c.factor_rules),
         case when isfinite(a.factor_due) then a.factor_due end, c.accent, c.logo
  from app_private.accesses as a
  join app.memberships as m on m.company_id = a.company_id and m.id = a.membership_id
  join app.companies as c on c.id = a.company_id
  where a.user_id = app_private.user_id() and app_private.session_alive() order by c.name;
$$;

-- The caller's living sessions: device, address, last use; `current` marks this one.
create or replace function app.my_sessions() returns table (
  id uuid, created_at timestamptz, refreshed_at timestamptz, user_agent text, ip text, current boolean)
language sql stable security definer set search_path = '' as $$
  select s.id, s.created_at, coalesce(s.refreshed_at at time zone 'UTC', s.created_at), s.user_agent, host(s.ip),
         s.id = (app_private.claims() ->> 'session_id')::uuid
  from auth.sessions as s
  where s.user_id = app_private.user_id() and app_private.session_alive() and (s.not_after is null or s.not_after > now())
  order by 3 desc;
$$;

-- Ends one of the caller's sessions: its next request is refused. True when there was one.
create or replace function app.end_session(id uuid) returns boolean
language plpgsql security definer set search_path = '' as $$
begin
  if not app_private.session_alive() then perform effects.refuse('AUTHN'); end if;
  delete from auth.sessions as s where s.id = end_session.id and s.user_id = app_private.user_id();
  return found;
end $$;

-- The living sessions of a member, to who may end them; of somebody who works in other companies too, those alone that have acted in this
-- one: the rest is none of its business. Raises AUTHN, PROOF, OUTER, RIGHT, GHOST.
create or replace function app.member_sessions(id uuid) returns table (
  session_id uuid, created_at timestamptz, refreshed_at timestamptz, user_agent text, ip text)
language plpgsql stable security definer set search_path = '' as $$
declare
  member constant app.memberships := app_private.require_rights_over(member_sessions.id);
  shared constant boolean := app_private.works_elsewhere(member);
begin
  return query
  select s.id, s.created_at, coalesce(s.refreshed_at at time zone 'UTC', s.created_at), s.user_agent, host(s.ip)
  from auth.sessions as s left join app_private.company_sessions as here on here.company_id = member.company_id and here.session_id = s.id
  where s.user_id = member.user_id and (s.not_after is null or s.not_after > now())
    and here.ended_at is null and (not shared or here.session_id is not null)
  order by 3 desc;
end $$;

-- Ends one session of a member, or all of them; their next request is refused. Of somebody who works in other companies too, for this company
-- alone: there they sign in again, elsewhere the session goes on. Answers how many of those that member_sessions lists, and so does the audit:
-- counting the others would tell of sessions in other companies. Raises as member_sessions.
create or replace function app.end_member_sessions(id uuid, session_id uuid default null) returns integer
language plpgsql security definer set search_path = '' as $$
declare
  member constant app.memberships := app_private.require_rights_over(end_member_sessions.id);
  ended constant integer := (
    select count(*) from app.member_sessions(end_member_sessions.id) as s
    where s.session_id = coalesce(end_member_sessions.session_id, s.session_id));
begin
  if app_private.works_elsewhere(member) then
    insert into app_private.company_sessions as here (company_id, session_id, ended_at)
    select member.company_id, s.id, now() from auth.sessions as s
    where s.user_id = member.user_id and s.id = coalesce(end_member_sessions.session_id, s.id)
    on conflict on constraint company_sessions_pkey do update set ended_at = excluded.ended_at where here.ended_at is null;
    perform app_private.refresh_accesses(jsonb_build_array(jsonb_build_object('company_id', member.company_id, 'id', member.id)));
  else
    delete from auth.sessions as s where s.user_id = member.user_id and s.id = coalesce(end_member_sessions.session_id, s.id);
  end if;
  insert into audit.log (device_at, actor_id, command, session_id, company_id, table_name, row_id, op, old, scope_ids)
  values (now(), (app_private.access()).membership_id, 'end_member_sessions', (app_private.claims() ->> 'session_id')::uuid, member.company_id,
          'sessions', member.id, 'D', jsonb_build_object('ended', ended), array[effects.scope_id(member.company_id, 'company:admin', member.company_id)]);
  return ended;
end $$;

-- True when the member is an active member of another company too.
create or replace function app_private.works_elsewhere(member app.memberships) returns boolean
language sql stable security definer set search_path = '' as $$
  select exists (
    select from app.memberships as m where m.user_id = member.user_id and m.company_id <> member.company_id and m.state = 'active');
$$;

-- The member of the active company that `id` names, when the caller decides on members' rights.
create or replace function app_private.require_rights_over(id uuid) returns app.memberships
language plpgsql stable set search_path = '' as $$
declare
  access constant app_private.accesses := app_private.require_access();
begin
  perform app_private.require_right('member.rights');
  return app_private.named_member(access.company_id, id);
end $$;

create or replace function app_private.check_update_company(ctx effects.context, args jsonb) returns void
language sql set search_path = '' as $$ select app_private.require_right('company.edit'); $$;

create or replace function app_private.check_add_closure(ctx effects.context, args jsonb) returns void
language sql set search_path = '' as $$ select app_private.require_right('calendar.edit'); $$;

create or replace function app_private.check_remove_closure(ctx effects.context, args jsonb) returns void
language sql set search_path = '' as $$ select app_private.require_right('calendar.edit'); $$;

create or replace function app_private.check_set_security(ctx effects.context, args jsonb) returns void
language plpgsql set search_path = '' as $$
begin
  perform app_private.require_right('company.secure');
  if jsonb_typeof(args -> 'factor_rules') = 'object' and not args -> 'factor_rules' <@ (select jsonb_object_agg(r.key, args -> 'factor_rules' -> r.key) from app.roles as r) then
    perform effects.refuse('WRONG', 'factor_rules');
  end if;
end $$;

-- True when the caller may put this file in the bucket `pictures`: `<company>/logo/<sha256>.png` by who edits the company, and
-- `<company>/people/<sha256>.jpg` by everybody of the house.
create or replace function app_private.may_store_picture(object_name text) returns boolean
language plpgsql stable security definer set search_path = '' as $$
declare
  access constant app_private.accesses := app_private.access(app_private.object_company(object_name));
begin
  return case
    when object_name ~ '^[^/]+/logo/[0-9a-f]{64}\.png$' then exists (
      select from app.role_permissions as p
      where p.role = any (access.roles) and p.module = 'company' and p.action = 'edit' and p.scope = 'company')
    when object_name ~ '^[^/]+/people/[0-9a-f]{64}\.jpg$' then
      coalesce(effects.scope_id(access.company_id, 'company', access.company_id) = any (access.scope_ids), false)
    else false end;
end $$;

-- True when the caller may read this file: the logo, by every member; portraits, by those who see the directory.
create or replace function app_private.may_read_picture(object_name text) returns boolean
language plpgsql stable security definer set search_path = '' as $$
declare
  access constant app_private.accesses := app_private.access(app_private.object_company(object_name));
begin
  return case split_part(object_name, '/', 2)
    when 'logo' then access.company_id is not null
    when 'people' then coalesce(effects.scope_id(access.company_id, 'company', access.company_id) = any (access.scope_ids), false)
    else false end;
end $$;
