// Written by `npm run generate`. Do not edit: change the SQL and run it again.

/** Equal to sync.state.schema_hash of the server that this app was made for. */
export const schemaHash = 'c571155d23721f67';

/** Makes the phone's empty database. */
export const phoneSql = `
create schema app;
create schema effects;
create schema kpi;
create schema local;
create type effects.context as (company_id uuid, actor_id uuid, command_id uuid, at timestamp with time zone, device_at timestamp with time zone);
CREATE OR REPLACE FUNCTION effects.scope_id(company_id uuid, kind text, subject uuid)
 RETURNS uuid
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
RETURN (md5((((((company_id)::text || ' '::text) || kind) || ' '::text) || (subject)::text)))::uuid;
create table app.companies (
  id uuid not null,
  company_id uuid generated always as (id) stored not null,
  name text not null,
  siren text,
  siret text,
  locale text default 'fr'::text not null,
  time_zone text default 'Europe/Paris'::text not null,
  currency text default 'EUR'::text not null,
  holiday_region text default 'FR'::text not null,
  working_days smallint[] default '{1,2,3,4,5}'::smallint[] not null,
  created_at timestamp with time zone default now() not null,
  updated_at timestamp with time zone default now() not null,
  scope_ids uuid[] generated always as (ARRAY[effects.scope_id(id, 'company'::text, id)]) stored not null,
  factor_rules jsonb default '{"hr": "mandatory", "admin": "mandatory", "executive": "mandatory"}'::jsonb not null,
  factor_grace_days smallint default 7 not null,
  password_days smallint,
  accent text,
  logo text,
  primary key (id)
);
create table app.memberships (
  company_id uuid,
  id uuid not null,
  user_id uuid,
  full_name text not null,
  email text not null,
  phone text,
  job text,
  roles text[] not null,
  state text default 'active'::text not null,
  created_at timestamp with time zone default now() not null,
  updated_at timestamp with time zone default now() not null,
  scope_ids uuid[] generated always as (ARRAY[effects.scope_id(company_id, 'company'::text, company_id), effects.scope_id(company_id, 'user'::text, id)]) stored not null,
  department text,
  portrait text,
  primary key (company_id, id)
);
create table app.teams (
  company_id uuid,
  id uuid not null,
  name text not null,
  parent_id uuid,
  created_at timestamp with time zone default now() not null,
  updated_at timestamp with time zone default now() not null,
  scope_ids uuid[] generated always as (ARRAY[effects.scope_id(company_id, 'company'::text, company_id)]) stored not null,
  primary key (company_id, id)
);
create table app.team_members (
  company_id uuid,
  id uuid generated always as ((md5(((team_id)::text || (membership_id)::text)))::uuid) stored not null,
  team_id uuid not null,
  membership_id uuid not null,
  created_at timestamp with time zone default now() not null,
  scope_ids uuid[] generated always as (ARRAY[effects.scope_id(company_id, 'company'::text, company_id)]) stored not null,
  primary key (company_id, id)
);
create table app.closures (
  company_id uuid,
  id uuid not null,
  day date not null,
  label text not null,
  created_at timestamp with time zone default now() not null,
  scope_ids uuid[] generated always as (ARRAY[effects.scope_id(company_id, 'company'::text, company_id)]) stored not null,
  primary key (company_id, id)
);
create table app.invitations (
  company_id uuid,
  id uuid not null,
  token_hash text,
  email text,
  full_name text,
  roles text[] not null,
  site_ids uuid[] default '{}'::uuid[] not null,
  created_by uuid not null,
  created_at timestamp with time zone default now() not null,
  expires_at timestamp with time zone not null,
  revoked_at timestamp with time zone,
  accepted_at timestamp with time zone,
  accepted_by uuid,
  scope_ids uuid[] generated always as (ARRAY[effects.scope_id(company_id, 'company:admin'::text, company_id)]) stored not null,
  mail_state text,
  mail_asked_at timestamp with time zone,
  mailed_at timestamp with time zone,
  primary key (company_id, id)
);
create table app.sites (
  company_id uuid,
  id uuid not null,
  code text not null,
  name text not null,
  client_name text,
  address text,
  postal_code text,
  city text,
  latitude double precision,
  longitude double precision,
  project_manager_id uuid,
  site_manager_id uuid,
  architect text,
  starts_on date,
  ends_on date,
  status text default 'planned'::text not null,
  tags text[] default '{}'::text[] not null,
  custom jsonb default '{}'::jsonb not null,
  archived_at timestamp with time zone,
  created_by uuid not null,
  created_at timestamp with time zone default now() not null,
  updated_at timestamp with time zone default now() not null,
  scope_ids uuid[] generated always as (ARRAY[effects.scope_id(company_id, 'sites'::text, company_id), effects.scope_id(company_id, 'site'::text, id)]) stored not null,
  primary key (company_id, id)
);
create table app.site_budgets (
  company_id uuid,
  id uuid not null,
  amount numeric(14,2),
  updated_at timestamp with time zone default now() not null,
  scope_ids uuid[] generated always as (ARRAY[effects.scope_id(company_id, 'sites:finance'::text, company_id), effects.scope_id(company_id, 'site:finance'::text, id)]) stored not null,
  primary key (company_id, id)
);
create table app.site_members (
  company_id uuid,
  id uuid not null,
  site_id uuid not null,
  membership_id uuid not null,
  role text not null,
  starts_on date,
  ends_on date,
  withdrawn_at timestamp with time zone,
  created_at timestamp with time zone default now() not null,
  updated_at timestamp with time zone default now() not null,
  scope_ids uuid[] generated always as (ARRAY[effects.scope_id(company_id, 'sites'::text, company_id), effects.scope_id(company_id, 'site'::text, site_id)]) stored not null,
  primary key (company_id, id)
);
create table app.routing_rules (
  company_id uuid,
  id uuid not null,
  incident_type text not null,
  role text not null,
  delay_minutes integer not null,
  working_time boolean default true not null,
  updated_at timestamp with time zone default now() not null,
  scope_ids uuid[] generated always as (ARRAY[effects.scope_id(company_id, 'company'::text, company_id)]) stored not null,
  primary key (company_id, id)
);
create table app.incidents (
  company_id uuid,
  id uuid not null,
  site_id uuid not null,
  type text not null,
  severity text not null,
  title text not null,
  description text,
  zone text,
  latitude double precision,
  longitude double precision,
  accuracy_m double precision,
  details jsonb default '{}'::jsonb not null,
  status text default 'open'::text not null,
  routed_role text not null,
  due_minutes integer not null,
  reporter_id uuid not null,
  assignee_id uuid,
  occurred_at timestamp with time zone not null,
  reported_at timestamp with time zone not null,
  resolved_at timestamp with time zone,
  closed_at timestamp with time zone,
  updated_at timestamp with time zone default now() not null,
  scope_ids uuid[] generated always as (
CASE
    WHEN (type = 'safety'::text) THEN (ARRAY[effects.scope_id(company_id, 'sites:safety'::text, company_id), effects.scope_id(company_id, 'site:safety'::text, site_id), effects.scope_id(company_id, 'user'::text, reporter_id)] ||
    CASE
        WHEN ((assignee_id IS NULL) OR (assignee_id = reporter_id)) THEN '{}'::uuid[]
        ELSE ARRAY[effects.scope_id(company_id, 'user'::text, assignee_id)]
    END)
    ELSE ARRAY[effects.scope_id(company_id, 'sites'::text, company_id), effects.scope_id(company_id, 'site'::text, site_id)]
END) stored not null,
  primary key (company_id, id)
);
create table app.incident_events (
  company_id uuid,
  id uuid not null,
  incident_id uuid not null,
  kind text not null,
  body text,
  from_status text,
  to_status text not null,
  assignee_id uuid,
  actor_id uuid not null,
  at timestamp with time zone not null,
  device_at timestamp with time zone not null,
  scope_ids uuid[] default '{}'::uuid[] not null,
  primary key (company_id, id)
);
create table app.conflicts (
  company_id uuid,
  id uuid not null,
  table_name text not null,
  row_id uuid not null,
  column_name text not null,
  kept jsonb,
  lost jsonb,
  actor_id uuid not null,
  at timestamp with time zone not null,
  scope_ids uuid[] default '{}'::uuid[] not null,
  primary key (company_id, id)
);
create table app.kpi_targets (
  company_id uuid,
  id uuid not null,
  kpi text not null,
  target numeric not null,
  alert numeric not null,
  updated_at timestamp with time zone default now() not null,
  scope_ids uuid[] generated always as (ARRAY[effects.scope_id(company_id, 'company'::text, company_id)]) stored not null,
  primary key (company_id, id)
);
create table app.photos (
  company_id uuid,
  id uuid not null,
  site_id uuid not null,
  incident_id uuid,
  zone text,
  caption text,
  before_id uuid,
  author_id uuid not null,
  taken_at timestamp with time zone not null,
  added_at timestamp with time zone not null,
  latitude double precision,
  longitude double precision,
  accuracy_m double precision,
  position_source text not null,
  sha256 text not null,
  bytes integer not null,
  width integer not null,
  height integer not null,
  state text default 'announced'::text not null,
  refusal text,
  stored_at timestamp with time zone,
  verified_at timestamp with time zone,
  updated_at timestamp with time zone default now() not null,
  scope_ids uuid[] default '{}'::uuid[] not null,
  annotations jsonb default '[]'::jsonb not null,
  primary key (company_id, id)
);
create table app.demos (
  company_id uuid,
  id uuid generated always as (company_id) stored not null,
  created_by uuid,
  created_at timestamp with time zone default now() not null,
  scope_ids uuid[] generated always as (ARRAY[effects.scope_id(company_id, 'company'::text, company_id)]) stored not null,
  primary key (company_id, id)
);
create table app.favourites (
  company_id uuid,
  id uuid not null,
  membership_id uuid not null,
  href text not null,
  label text not null,
  place double precision not null,
  updated_at timestamp with time zone default now() not null,
  scope_ids uuid[] generated always as (ARRAY[effects.scope_id(company_id, 'user'::text, membership_id)]) stored not null,
  primary key (company_id, id)
);
create table app.menus (
  company_id uuid,
  id uuid not null,
  hrefs text[] not null,
  updated_at timestamp with time zone default now() not null,
  scope_ids uuid[] generated always as (ARRAY[effects.scope_id(company_id, 'user'::text, id)]) stored not null,
  primary key (company_id, id)
);
create table app.sentences (
  company_id uuid,
  id uuid not null,
  locale text not null,
  key text not null,
  text text not null,
  updated_by uuid not null,
  updated_at timestamp with time zone default now() not null,
  scope_ids uuid[] generated always as (ARRAY[effects.scope_id(company_id, 'company'::text, company_id)]) stored not null,
  primary key (company_id, id)
);
create or replace function effects.refuse(code text, field text default null) returns void
language plpgsql as $$
begin
  raise exception using errcode = code, message = code || coalesce(': ' || field, ''), detail = coalesce(field, '');
end $$;
create or replace function effects.required_text(value text, field text, most integer default 160) returns text
language plpgsql as $$
begin
  if coalesce(value, '') ~ '^\\s*$' then perform effects.refuse('BLANK', field); end if;
  return effects.optional_text(value, field, most);
end $$;
create or replace function effects.optional_text(value text, field text, most integer default 160) returns text
language plpgsql as $$
begin
  if length(value) > most then perform effects.refuse('LIMIT', field); end if;
  return nullif(btrim(value), '');
end $$;
create or replace function effects.one_of(value text, field text, variadic allowed text[]) returns text
language plpgsql as $$
begin
  if value is null or value <> all (allowed) then perform effects.refuse('WRONG', field); end if;
  return value;
end $$;
create or replace function effects.check_day(day date, field text) returns void
language plpgsql as $$
begin
  if day not between '1900-01-01' and '2199-12-31' then perform effects.refuse('WRONG', field); end if;
end $$;
create or replace function effects.derived_id(seed uuid, label text) returns uuid
language sql immutable parallel safe
return md5(seed::text || ' ' || label)::uuid;
create or replace function effects.luhn(digits text) returns boolean
language sql immutable parallel safe strict
return digits ~ '^[0-9]+$' and (
  select sum(case when place % 2 = 0 then digit when digit > 4 then digit * 2 - 9 else digit * 2 end) % 10 = 0
  from (select substr(digits, length(digits) - place, 1)::integer as digit, place
        from generate_series(0, length(digits) - 1) as place) as places);
create or replace function effects.merge(
  ctx effects.context, table_name text, row_id uuid, current jsonb, changes jsonb, was jsonb, editable text[],
  first_wins text[] default '{}'
) returns jsonb
language plpgsql as $$
declare
  key text;
  applied jsonb := '{}';
begin
  for key in select jsonb_object_keys(changes) loop
    if key <> all (editable) then perform effects.refuse('WRONG', key); end if;
    continue when current -> key = changes -> key;
    if was ? key and was -> key is distinct from current -> key then
      insert into app.conflicts (company_id, id, table_name, row_id, column_name, kept, lost, actor_id, at)
      select ctx.company_id, effects.derived_id(ctx.command_id, key), merge.table_name, merge.row_id, key,
             case when key = any (first_wins) then current -> key else changes -> key end,
             case when key = any (first_wins) then changes -> key else current -> key end,
             ctx.actor_id, ctx.at
      on conflict do nothing;
      continue when key = any (first_wins);
    end if;
    applied := applied || jsonb_build_object(key, changes -> key);
  end loop;
  return applied;
end $$;
create or replace function effects.check_registration(siren text, siret text) returns void
language plpgsql as $$
begin
  if siren is not null and (siren !~ '^[0-9]{9}$' or not effects.luhn(siren)) then perform effects.refuse('SIREN', 'siren'); end if;
  if siret is null then return; end if;
  if siret !~ '^[0-9]{14}$' or left(siret, 9) is distinct from coalesce(siren, left(siret, 9)) then perform effects.refuse('SIRET', 'siret'); end if;
  if effects.luhn(siret) then return; end if;
  if left(siret, 9) = '356000000'
     and (select sum(substr(siret, place, 1)::integer) % 5 = 0 from generate_series(1, 14) as place) then return; end if;
  perform effects.refuse('SIRET', 'siret');
end $$;
create or replace function effects.update_company(ctx effects.context, changes jsonb, was jsonb default '{}') returns void
language plpgsql as $$
declare
  company app.companies;
  applied jsonb;
begin
  select * into company from app.companies where id = ctx.company_id for no key update;
  applied := effects.merge(ctx, 'companies', company.id, to_jsonb(company), changes, was,
    '{name,siren,siret,locale,time_zone,currency,holiday_region,working_days,accent,logo}');
  company := jsonb_populate_record(company, applied);
  perform effects.check_registration(company.siren, company.siret);
  perform effects.one_of(company.locale, 'locale', 'fr', 'en', 'es', 'pt');
  perform effects.one_of(company.holiday_region, 'holiday_region', 'FR', 'FR-ALSACE-MOSELLE', 'NONE');
  if company.currency !~ '^[A-Z]{3}$' then perform effects.refuse('WRONG', 'currency'); end if;
  if not company.working_days <@ '{1,2,3,4,5,6,7}' or cardinality(company.working_days) not between 1 and 7 then
    perform effects.refuse('WRONG', 'working_days');
  end if;
  if company.accent !~ '^#[0-9a-f]{6}$' then perform effects.refuse('WRONG', 'accent'); end if;
  if company.logo !~ '^[0-9a-f]{64}$' then perform effects.refuse('WRONG', 'logo'); end if;
  if not exists (select from pg_catalog.pg_timezone_names where name = company.time_zone) then
    perform effects.refuse('WRONG', 'time_zone');
  end if;
  update app.companies set
    name = effects.required_text(company.name, 'name', 120), siren = company.siren, siret = company.siret, locale = company.locale,
    time_zone = company.time_zone, currency = company.currency, holiday_region = company.holiday_region,
    working_days = company.working_days, accent = company.accent, logo = company.logo, updated_at = ctx.at
  where id = ctx.company_id;
end $$;
create or replace function effects.set_security(ctx effects.context, factor_rules jsonb, factor_grace_days integer, password_days integer default null)
returns void
language plpgsql as $$
begin
  if factor_rules is null then perform effects.refuse('BLANK', 'factor_rules'); end if;
  if factor_grace_days is null then perform effects.refuse('BLANK', 'factor_grace_days'); end if;
  if jsonb_typeof(factor_rules) <> 'object'
     or exists (select from jsonb_each(factor_rules) where value not in ('"mandatory"', '"recommended"', '"off"')) then
    perform effects.refuse('WRONG', 'factor_rules');
  end if;
  if factor_grace_days not between 0 and 90 then perform effects.refuse('WRONG', 'factor_grace_days'); end if;
  if password_days not between 30 and 730 then perform effects.refuse('WRONG', 'password_days'); end if;
  update app.companies as c set factor_rules = set_security.factor_rules, factor_grace_days = set_security.factor_grace_days,
    password_days = set_security.password_days, updated_at = ctx.at
  where c.id = ctx.company_id;
end $$;
create or replace function effects.add_closure(ctx effects.context, id uuid, day date, label text) returns void
language plpgsql as $$
begin
  if day is null then perform effects.refuse('BLANK', 'day'); end if;
  perform effects.check_day(day, 'day');
  insert into app.closures (company_id, id, day, label, created_at)
  values (ctx.company_id, add_closure.id, add_closure.day, effects.required_text(label, 'label', 120), ctx.at);
end $$;
create or replace function effects.remove_closure(ctx effects.context, id uuid) returns void
language sql as $$
  delete from app.closures where company_id = ctx.company_id and closures.id = remove_closure.id;
$$;
create or replace function effects.invite_person(
  ctx effects.context, id uuid, token_hash text, roles text[], site_ids uuid[] default '{}', email text default null,
  full_name text default null, expires_at timestamptz default null, by_mail boolean default false
) returns void
language plpgsql as $$
begin
  if token_hash !~ '^[0-9a-f]{64}$' then perform effects.refuse('WRONG', 'token'); end if;
  if coalesce(cardinality(roles), 0) = 0 then perform effects.refuse('BLANK', 'roles'); end if;
  if cardinality(site_ids) > 500 then perform effects.refuse('LIMIT', 'site_ids'); end if;
  if email is not null and email !~ '^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$' then perform effects.refuse('WRONG', 'email'); end if;
  if by_mail and email is null then perform effects.refuse('BLANK', 'email'); end if;
  insert into app.invitations (company_id, id, token_hash, email, full_name, roles, site_ids, created_by, created_at, expires_at, mail_state, mail_asked_at)
  values (ctx.company_id, invite_person.id, invite_person.token_hash, lower(effects.optional_text(email, 'email', 254)),
          effects.optional_text(full_name, 'full_name', 120), roles, coalesce(site_ids, '{}'), ctx.actor_id, ctx.at,
          least(coalesce(expires_at, ctx.at + interval '7 days'), ctx.at + interval '30 days'),
          case when by_mail then 'waiting' end, case when by_mail then ctx.at end);
end $$;
create or replace function effects.resend_invitation(ctx effects.context, id uuid) returns void
language plpgsql as $$
declare
  invitation app.invitations;
begin
  select * into invitation from app.invitations as i where i.company_id = ctx.company_id and i.id = resend_invitation.id for no key update;
  if invitation.email is null then perform effects.refuse('BLANK', 'email'); end if;
  if coalesce(invitation.revoked_at, invitation.accepted_at) is not null then perform effects.refuse('STALE', 'invitation'); end if;
  update app.invitations as i set mail_state = 'waiting', mail_asked_at = ctx.at,
    expires_at = greatest(i.expires_at, ctx.at + interval '7 days')
  where i.company_id = ctx.company_id and i.id = resend_invitation.id and i.mail_state is distinct from 'waiting';
end $$;
create or replace function effects.revoke_invitation(ctx effects.context, id uuid) returns void
language sql as $$
  update app.invitations set revoked_at = ctx.at
  where company_id = ctx.company_id and invitations.id = revoke_invitation.id and revoked_at is null and accepted_at is null;
$$;
create or replace function effects.update_member(ctx effects.context, id uuid, changes jsonb, was jsonb default '{}') returns void
language plpgsql as $$
declare
  member app.memberships;
begin
  select * into member from app.memberships as m where m.company_id = ctx.company_id and m.id = update_member.id for no key update;
  member := jsonb_populate_record(member, effects.merge(ctx, 'memberships', id, to_jsonb(member), changes, was, '{full_name,phone,job,department,portrait}'));
  if member.portrait !~ '^[0-9a-f]{64}$' then perform effects.refuse('WRONG', 'portrait'); end if;
  update app.memberships as m set
    full_name = effects.required_text(member.full_name, 'full_name', 120), phone = effects.optional_text(member.phone, 'phone', 30),
    job = effects.optional_text(member.job, 'job', 120), department = effects.optional_text(member.department, 'department', 120),
    portrait = member.portrait, updated_at = ctx.at
  where m.company_id = ctx.company_id and m.id = update_member.id;
end $$;
create or replace function effects.set_member_roles(ctx effects.context, id uuid, roles text[]) returns void
language plpgsql as $$
begin
  if coalesce(cardinality(roles), 0) = 0 then perform effects.refuse('BLANK', 'roles'); end if;
  update app.memberships as m set roles = set_member_roles.roles, updated_at = ctx.at
  where m.company_id = ctx.company_id and m.id = set_member_roles.id;
  perform effects.hand_on_incidents(ctx);
end $$;
create or replace function effects.set_member_state(ctx effects.context, id uuid, state text) returns void
language plpgsql as $$
begin
  perform effects.one_of(state, 'state', 'active', 'inactive', 'suspended', 'archived');
  update app.memberships as m set state = set_member_state.state, updated_at = ctx.at
  where m.company_id = ctx.company_id and m.id = set_member_state.id;
  perform effects.hand_on_incidents(ctx);
end $$;
create or replace function effects.create_team(ctx effects.context, id uuid, name text, parent_id uuid default null) returns void
language sql as $$
  insert into app.teams (company_id, id, name, parent_id, created_at, updated_at)
  values (ctx.company_id, create_team.id, effects.required_text(name, 'name', 120), parent_id, ctx.at, ctx.at);
$$;
create or replace function effects.rename_team(ctx effects.context, id uuid, name text) returns void
language sql as $$
  update app.teams as t set name = effects.required_text(rename_team.name, 'name', 120), updated_at = ctx.at
  where t.company_id = ctx.company_id and t.id = rename_team.id;
$$;
create or replace function effects.add_team_member(ctx effects.context, team_id uuid, membership_id uuid) returns void
language sql as $$
  insert into app.team_members (company_id, team_id, membership_id, created_at)
  values (ctx.company_id, add_team_member.team_id, add_team_member.membership_id, ctx.at) on conflict do nothing;
$$;
create or replace function effects.remove_team_member(ctx effects.context, team_id uuid, membership_id uuid) returns void
language sql as $$
  delete from app.team_members as m
  where m.company_id = ctx.company_id and m.team_id = remove_team_member.team_id and m.membership_id = remove_team_member.membership_id;
$$;
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
create or replace function effects.set_site_budget(ctx effects.context, id uuid, amount numeric default null) returns void
language plpgsql as $$
begin
  if amount < 0 or amount >= 1e12 then perform effects.refuse('WRONG', 'budget'); end if;
  update app.site_budgets as b set amount = set_site_budget.amount, updated_at = ctx.at
  where b.company_id = ctx.company_id and b.id = set_site_budget.id;
end $$;
create or replace function effects.archive_site(ctx effects.context, id uuid) returns void
language sql as $$
  update app.sites as s set archived_at = ctx.at, updated_at = ctx.at
  where s.company_id = ctx.company_id and s.id = archive_site.id and archived_at is null;
$$;
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
create or replace function effects.withdraw_site_member(ctx effects.context, id uuid) returns void
language plpgsql as $$
begin
  update app.site_members as m set withdrawn_at = ctx.at, updated_at = ctx.at
  where m.company_id = ctx.company_id and m.id = withdraw_site_member.id and withdrawn_at is null;
  perform effects.hand_on_incidents(ctx);
end $$;
create or replace function effects.incident_required_fields(type text, severity text) returns text[]
language sql immutable parallel safe
return array['title']
  || case when severity in ('high', 'critical') then array['description'] else '{}' end
  || case when type = 'safety' and severity in ('high', 'critical') then array['injured'] else '{}' end
  || case when type = 'safety' and severity = 'critical' then array['measures'] else '{}' end
  || case when type = 'material' then array['item'] else '{}' end;
create or replace function effects.check_incident_fields(type text, severity text, title text, description text, details jsonb) returns void
language plpgsql as $$
declare
  field text;
begin
  foreach field in array effects.incident_required_fields(type, severity) loop
    perform effects.required_text(case field when 'title' then title when 'description' then description else details ->> field end, field, 10000);
  end loop;
end $$;
create or replace function effects.default_routing() returns table (incident_type text, role text, delay_minutes integer, working_time boolean)
language sql immutable parallel safe as $$
  values ('safety', 'executive', 0, false), ('technical', 'design_office', 120, true),
         ('material', 'buyer', 240, true), ('question', 'project_manager', 480, true);
$$;
create or replace function effects.set_routing_rule(
  ctx effects.context, id uuid, incident_type text, role text, delay_minutes integer, working_time boolean default true
) returns void
language plpgsql as $$
begin
  perform effects.one_of(incident_type, 'incident_type', 'safety', 'technical', 'material', 'question');
  if role is null then perform effects.refuse('BLANK', 'role'); end if;
  if delay_minutes is null or delay_minutes not between 0 and 60000 then perform effects.refuse('WRONG', 'delay_minutes'); end if;
  update app.routing_rules as r set role = set_routing_rule.role, delay_minutes = set_routing_rule.delay_minutes,
    working_time = coalesce(set_routing_rule.working_time, true), updated_at = ctx.at
  where r.company_id = ctx.company_id and r.incident_type = set_routing_rule.incident_type;
  if not found then
    insert into app.routing_rules (company_id, id, incident_type, role, delay_minutes, working_time, updated_at)
    values (ctx.company_id, set_routing_rule.id, set_routing_rule.incident_type, set_routing_rule.role, set_routing_rule.delay_minutes,
            coalesce(set_routing_rule.working_time, true), ctx.at);
  end if;
end $$;
create or replace function effects.role_reach(role text, type text) returns text
language sql immutable parallel safe
return case
  when role in ('analyst', 'client') then null
  when type = 'safety' then case when role in ('executive', 'hse') then 'company' end
  when role in ('site_manager', 'crew') then 'site'
  else 'company' end;
create or replace function effects.stand_in(ctx effects.context, site_id uuid, type text, role text) returns uuid
language plpgsql stable as $$
begin
  return (select person.id
  from app.companies as c
  cross join lateral (
    select m.id from app.memberships as m
    left join app.sites as s on s.company_id = m.company_id and s.id = stand_in.site_id and s.project_manager_id = m.id
    where m.company_id = c.id and m.state = 'active' and (s.id is not null or m.roles && '{executive,admin}')
    order by s.id is null, 'executive' <> all (m.roles), m.created_at, m.id limit 1) as person
  where c.id = ctx.company_id and not exists (
    select from app.memberships as m
    where m.company_id = c.id and m.state = 'active' and stand_in.role = any (m.roles)
      and case effects.role_reach(stand_in.role, stand_in.type)
        when 'company' then true
        when 'site' then exists (
          select from app.site_members as t
          where t.company_id = m.company_id and t.site_id = stand_in.site_id and t.membership_id = m.id and t.withdrawn_at is null
            and (ctx.at at time zone c.time_zone)::date between coalesce(t.starts_on, '-infinity') and coalesce(t.ends_on, 'infinity'))
        else false end));
end $$;
create or replace function effects.hand_on_incidents(ctx effects.context) returns void
language plpgsql as $$
declare
  incident app.incidents;
  heir uuid;
begin
  for incident in
    select i.* from app.incidents as i left join app.memberships as a on a.company_id = i.company_id and a.id = i.assignee_id
    where i.company_id = ctx.company_id and i.status in ('open', 'assigned', 'waiting', 'answered')
      and (a.state <> 'active' or i.assignee_id is null and i.status = 'open')
    order by i.id for no key update of i
  loop
    heir := effects.stand_in(ctx, incident.site_id, incident.type, case when incident.assignee_id is null then incident.routed_role end);
    continue when heir is null;
    insert into app.incident_events (company_id, id, incident_id, kind, from_status, to_status, assignee_id, actor_id, at, device_at)
    values (ctx.company_id, effects.derived_id(ctx.command_id, incident.id::text), incident.id, 'assign', incident.status, incident.status, heir,
            ctx.actor_id, ctx.at, ctx.device_at);
    update app.incidents as i set assignee_id = heir, updated_at = ctx.at where i.company_id = ctx.company_id and i.id = incident.id;
  end loop;
end $$;
create or replace function effects.add_incident_event(
  ctx effects.context, incident app.incidents, kind text, body text, to_status text, assignee_id uuid default null
) returns void
language sql as $$
  insert into app.incident_events (company_id, id, incident_id, kind, body, from_status, to_status, assignee_id, actor_id, at, device_at)
  values (ctx.company_id, effects.derived_id(ctx.command_id, 'event'), incident.id, kind, effects.optional_text(body, 'body', 10000),
          incident.status, to_status, assignee_id, ctx.actor_id, ctx.at, ctx.device_at);
$$;
create or replace function effects.check_details(details jsonb) returns void
language plpgsql as $$
begin
  if jsonb_typeof(details) <> 'object' then perform effects.refuse('WRONG', 'details'); end if;
  perform effects.optional_text(d.value, d.key, 4000) from jsonb_each_text(details) as d;
  if pg_column_size(details) > 20000 then perform effects.refuse('LIMIT', 'details'); end if;
end $$;
create or replace function effects.report_incident(
  ctx effects.context, id uuid, site_id uuid, type text, severity text, title text, description text default null,
  zone text default null, latitude double precision default null, longitude double precision default null,
  accuracy_m double precision default null, occurred_at timestamptz default null, details jsonb default '{}'
) returns void
language plpgsql as $$
declare
  incident app.incidents;
  rule record;
begin
  perform effects.one_of(type, 'type', 'safety', 'technical', 'material', 'question');
  perform effects.one_of(severity, 'severity', 'low', 'medium', 'high', 'critical');
  perform effects.check_incident_fields(type, severity, title, description, details);
  perform effects.check_details(coalesce(details, '{}'));
  if abs(latitude) > 90 or abs(longitude) > 180 or accuracy_m not between 0 and 1e8 then perform effects.refuse('WRONG', 'position'); end if;
  if not isfinite(occurred_at) then perform effects.refuse('WRONG', 'occurred_at'); end if;
  select r.role, r.delay_minutes into rule from (
    select 1 as rank, o.role, o.delay_minutes from app.routing_rules as o
    where o.company_id = ctx.company_id and o.incident_type = report_incident.type
    union all
    select 2, d.role, d.delay_minutes from effects.default_routing() as d where d.incident_type = report_incident.type
  ) as r order by r.rank limit 1;
  insert into app.incidents (company_id, id, site_id, type, severity, title, description, zone, latitude, longitude, accuracy_m, details,
    status, routed_role, due_minutes, reporter_id, assignee_id, occurred_at, reported_at, updated_at)
  values (ctx.company_id, report_incident.id, report_incident.site_id, report_incident.type, report_incident.severity,
    effects.required_text(title, 'title', 160), effects.optional_text(description, 'description', 10000),
    effects.optional_text(zone, 'zone', 120), report_incident.latitude, report_incident.longitude, report_incident.accuracy_m,
    coalesce(details, '{}'), 'open', rule.role, rule.delay_minutes, ctx.actor_id,
    effects.stand_in(ctx, site_id, type, rule.role), coalesce(occurred_at, ctx.device_at), ctx.at, ctx.at)
  returning * into incident;
  incident.status := null;
  perform effects.add_incident_event(ctx, incident, 'report', null, 'open');
end $$;
create or replace function effects.update_incident(ctx effects.context, id uuid, changes jsonb, was jsonb default '{}') returns void
language plpgsql as $$
declare
  incident app.incidents;
begin
  select * into incident from app.incidents as i where i.company_id = ctx.company_id and i.id = update_incident.id for no key update;
  incident := jsonb_populate_record(incident, effects.merge(ctx, 'incidents', id, to_jsonb(incident), changes, was,
    '{severity,title,description,zone,details}'));
  perform effects.one_of(incident.severity, 'severity', 'low', 'medium', 'high', 'critical');
  perform effects.check_details(incident.details);
  perform effects.check_incident_fields(incident.type, incident.severity, incident.title, incident.description, incident.details);
  update app.incidents as i set
    severity = incident.severity, title = effects.required_text(incident.title, 'title', 160),
    description = effects.optional_text(incident.description, 'description', 10000),
    zone = effects.optional_text(incident.zone, 'zone', 120), details = incident.details, updated_at = ctx.at
  where i.company_id = ctx.company_id and i.id = update_incident.id;
  perform effects.add_incident_event(ctx, incident, 'edit', null, incident.status);
end $$;
create or replace function effects.step_incident(
  ctx effects.context, id uuid, kind text, body text, from_statuses text[], to_status text, assignee_id uuid default null
) returns void
language plpgsql as $$
declare
  incident app.incidents;
begin
  select * into incident from app.incidents as i where i.company_id = ctx.company_id and i.id = step_incident.id for no key update;
  if not found then perform effects.refuse('GHOST', 'incident'); end if;
  if incident.status <> all (from_statuses) then perform effects.refuse('STATE', incident.status); end if;
  perform effects.add_incident_event(ctx, incident, kind, body, to_status, assignee_id);
  update app.incidents as i set
    status = to_status, assignee_id = coalesce(step_incident.assignee_id, i.assignee_id),
    resolved_at = case when to_status = 'resolved' then ctx.at when to_status = 'closed' then coalesce(i.resolved_at, ctx.at) end,
    closed_at = case when to_status = 'closed' then ctx.at end, updated_at = ctx.at
  where i.company_id = ctx.company_id and i.id = step_incident.id;
end $$;
create or replace function effects.assign_incident(ctx effects.context, id uuid, assignee_id uuid, body text default null) returns void
language plpgsql as $$
begin
  if assignee_id is null then perform effects.refuse('BLANK', 'assignee_id'); end if;
  perform effects.step_incident(ctx, id, 'assign', body, '{open,assigned,waiting,answered}', 'assigned', assignee_id);
end $$;
create or replace function effects.answer_incident(ctx effects.context, id uuid, body text) returns void
language plpgsql as $$
declare
  incident app.incidents;
  next text;
begin
  select * into incident from app.incidents as i where i.company_id = ctx.company_id and i.id = answer_incident.id for no key update;
  if not found then perform effects.refuse('GHOST', 'incident'); end if;
  next := case
    when incident.status in ('resolved', 'closed') then incident.status
    when ctx.actor_id <> incident.reporter_id then 'answered'
    when incident.status = 'waiting' then case when incident.assignee_id is null then 'open' else 'assigned' end
    else incident.status end;
  perform effects.add_incident_event(ctx, incident, 'answer', effects.required_text(body, 'body', 10000), next);
  update app.incidents as i set status = next, updated_at = ctx.at
  where i.company_id = ctx.company_id and i.id = answer_incident.id;
end $$;
create or replace function effects.ask_incident(ctx effects.context, id uuid, body text) returns void
language sql as $$
  select effects.step_incident(ctx, id, 'ask', effects.required_text(body, 'body', 10000), '{open,assigned,waiting,answered}', 'waiting');
$$;
create or replace function effects.resolve_incident(ctx effects.context, id uuid, body text default null) returns void
language sql as $$
  select effects.step_incident(ctx, id, 'resolve', body, '{open,assigned,waiting,answered}', 'resolved');
$$;
create or replace function effects.reopen_incident(ctx effects.context, id uuid, body text default null) returns void
language sql as $$
  select effects.step_incident(ctx, id, 'reopen', body, '{resolved,closed}', 'open');
$$;
create or replace function effects.close_incident(ctx effects.context, id uuid, body text default null) returns void
language sql as $$
  select effects.step_incident(ctx, id, 'close', body, '{open,assigned,waiting,answered,resolved}', 'closed');
$$;
create or replace function effects.check_photo_position(
  latitude double precision, longitude double precision, accuracy_m double precision
) returns void
language plpgsql as $$
begin
  if (latitude is null) <> (longitude is null) or abs(latitude) > 90 or abs(longitude) > 180 or accuracy_m not between 0 and 1e8 then
    perform effects.refuse('WRONG', 'position');
  end if;
end $$;
create or replace function effects.add_photo(
  ctx effects.context, id uuid, site_id uuid, sha256 text, bytes integer, width integer, height integer, taken_at timestamptz default null,
  incident_id uuid default null, zone text default null, caption text default null, latitude double precision default null,
  longitude double precision default null, accuracy_m double precision default null, position_source text default null,
  before_id uuid default null
) returns void
language plpgsql as $$
begin
  if sha256 is null or sha256 !~ '^[0-9a-f]{64}$' then perform effects.refuse('WRONG', 'sha256'); end if;
  if bytes is null or bytes not between 1 and 15728640 then perform effects.refuse('WRONG', 'bytes'); end if;
  if width is null or width not between 1 and 30000 or height is null or height not between 1 and 30000 then perform effects.refuse('WRONG', 'size'); end if;
  if taken_at not between '1900-01-01' and '2199-12-31' then perform effects.refuse('WRONG', 'taken_at'); end if;
  perform effects.check_photo_position(latitude, longitude, accuracy_m);
  if latitude is null then
    position_source := 'none';
  else
    perform effects.one_of(position_source, 'position_source', 'shutter', 'exif', 'manual');
  end if;
  insert into app.photos (company_id, id, site_id, incident_id, zone, caption, before_id, author_id, taken_at, added_at, latitude, longitude,
    accuracy_m, position_source, sha256, bytes, width, height, updated_at)
  values (ctx.company_id, add_photo.id, add_photo.site_id, add_photo.incident_id, effects.optional_text(zone, 'zone', 120),
    effects.optional_text(caption, 'caption', 1000), add_photo.before_id, ctx.actor_id, coalesce(add_photo.taken_at, ctx.device_at), ctx.at,
    add_photo.latitude, add_photo.longitude, case when add_photo.latitude is not null then add_photo.accuracy_m end,
    add_photo.position_source, add_photo.sha256, add_photo.bytes, add_photo.width, add_photo.height, ctx.at);
end $$;
create or replace function effects.update_photo(ctx effects.context, id uuid, changes jsonb, was jsonb default '{}') returns void
language plpgsql as $$
declare
  before app.photos;
  photo app.photos;
begin
  select * into before from app.photos as p where p.company_id = ctx.company_id and p.id = update_photo.id for no key update;
  photo := jsonb_populate_record(before, effects.merge(ctx, 'photos', id, to_jsonb(before), changes, was,
    '{caption,zone,latitude,longitude,before_id}'));
  perform effects.check_photo_position(photo.latitude, photo.longitude, null);
  if photo.before_id = photo.id then perform effects.refuse('WRONG', 'before_id'); end if;
  if (photo.latitude, photo.longitude) is distinct from (before.latitude, before.longitude) then
    photo.position_source := case when photo.latitude is null then 'none' else 'manual' end;
    photo.accuracy_m := null;
  end if;
  update app.photos as p set
    caption = effects.optional_text(photo.caption, 'caption', 1000), zone = effects.optional_text(photo.zone, 'zone', 120),
    latitude = photo.latitude, longitude = photo.longitude, accuracy_m = photo.accuracy_m, position_source = photo.position_source,
    before_id = photo.before_id, updated_at = ctx.at
  where p.company_id = ctx.company_id and p.id = update_photo.id;
end $$;
create or replace function effects.check_shapes(shapes jsonb) returns void
language plpgsql as $$
declare
  shape jsonb;
  size integer;
  total integer := 0;
begin
  if jsonb_typeof(shapes) is distinct from 'array' then perform effects.refuse('WRONG', 'annotations'); end if;
  if jsonb_array_length(shapes) > 200 then perform effects.refuse('LIMIT', 'annotations'); end if;
  for shape in select jsonb_array_elements(shapes) loop
    if jsonb_typeof(shape) <> 'object' or jsonb_typeof(shape -> 'points') is distinct from 'array' then
      perform effects.refuse('WRONG', 'annotations');
    end if;
    size := jsonb_array_length(shape -> 'points');
    total := total + size;
    if total > 4000 or length(shape ->> 'text') > 120 then perform effects.refuse('LIMIT', 'annotations'); end if;
    if shape - '{kind,colour,points,text}'::text[] <> '{}'
      or (case shape ->> 'kind' when 'line' then size not between 4 and 400 or size % 2 = 1 when 'text' then size <> 2
            when 'arrow' then size <> 4 when 'rectangle' then size <> 4 when 'ellipse' then size <> 4 else true end)
      or coalesce(shape ->> 'colour', '') not in ('red', 'yellow', 'blue', 'white')
      or (shape ->> 'kind' = 'text') <> (shape ? 'text')
      or shape ? 'text' and (jsonb_typeof(shape -> 'text') <> 'string' or btrim(shape ->> 'text') = '')
      or exists (
        select from jsonb_array_elements(shape -> 'points') as number
        where case when jsonb_typeof(number) = 'number' then number::numeric not between 0 and 1 or number::numeric <> round(number::numeric, 4)
              else true end)
    then
      perform effects.refuse('WRONG', 'annotations');
    end if;
  end loop;
end $$;
create or replace function effects.annotate_photo(ctx effects.context, id uuid, shapes jsonb, was jsonb default null) returns void
language plpgsql as $$
declare
  before app.photos;
  applied jsonb;
begin
  perform effects.check_shapes(shapes);
  select * into before from app.photos as p where p.company_id = ctx.company_id and p.id = annotate_photo.id for no key update;
  applied := effects.merge(ctx, 'photos', id, to_jsonb(before), jsonb_build_object('annotations', shapes),
    case when was is null then '{}' else jsonb_build_object('annotations', was) end, '{annotations}');
  update app.photos as p set annotations = applied -> 'annotations', updated_at = ctx.at
  where p.company_id = ctx.company_id and p.id = annotate_photo.id and applied ? 'annotations';
end $$;
create or replace function effects.attach_photo(ctx effects.context, id uuid, incident_id uuid) returns void
language plpgsql as $$
begin
  update app.photos as p set incident_id = attach_photo.incident_id, updated_at = ctx.at
  where p.company_id = ctx.company_id and p.id = attach_photo.id and (p.incident_id is null or p.incident_id = attach_photo.incident_id);
  if not found then perform effects.refuse('WRONG', 'incident_id'); end if;
end $$;
create or replace function effects.confirm_photo(ctx effects.context, id uuid) returns void
language sql as $$
  update app.photos as p set state = 'stored', refusal = null, stored_at = ctx.at, updated_at = ctx.at
  where p.company_id = ctx.company_id and p.id = confirm_photo.id and p.state in ('announced', 'refused');
$$;
create or replace function effects.set_kpi_target(ctx effects.context, id uuid, kpi text, target numeric, alert numeric) returns void
language plpgsql as $$
declare
  usual record;
begin
  select d.* into usual from kpi.default_targets() as d where d.kpi = set_kpi_target.kpi;
  if usual is null then perform effects.refuse('WRONG', 'kpi'); end if;
  if target is null or target < 0 or target >= 1e9 or (usual.target <= 1 and usual.alert < usual.target and target > 1) then
    perform effects.refuse('WRONG', 'target');
  end if;
  if alert is null or alert < 0 or alert >= 1e9 or (alert < target) <> (usual.alert < usual.target) then perform effects.refuse('WRONG', 'alert'); end if;
  update app.kpi_targets as t set target = set_kpi_target.target, alert = set_kpi_target.alert, updated_at = ctx.at
  where t.company_id = ctx.company_id and t.kpi = set_kpi_target.kpi;
  if not found then
    insert into app.kpi_targets (company_id, id, kpi, target, alert, updated_at)
    values (ctx.company_id, set_kpi_target.id, set_kpi_target.kpi, set_kpi_target.target, set_kpi_target.alert, ctx.at);
  end if;
end $$;
create or replace function effects.keep_favourite(ctx effects.context, id uuid, href text, label text) returns void
language plpgsql as $$
begin
  if href is null or href !~ '^/[a-z][^\\s\\\\]*$' or length(href) > 300 then perform effects.refuse('WRONG', 'href'); end if;
  if (select count(*) from app.favourites as f where f.company_id = ctx.company_id and f.membership_id = ctx.actor_id) >= 100 then
    perform effects.refuse('LIMIT', 'favourites');
  end if;
  insert into app.favourites (company_id, id, membership_id, href, label, place, updated_at)
  values (ctx.company_id, keep_favourite.id, ctx.actor_id, keep_favourite.href, effects.required_text(label, 'label', 120),
    (select coalesce(max(f.place), 0) + 1 from app.favourites as f where f.company_id = ctx.company_id and f.membership_id = ctx.actor_id), ctx.at)
  on conflict do nothing;
end $$;
create or replace function effects.drop_favourite(ctx effects.context, href text) returns void
language sql as $$
  delete from app.favourites as f
  where f.company_id = ctx.company_id and f.membership_id = ctx.actor_id and f.href = drop_favourite.href;
$$;
create or replace function effects.move_favourite(ctx effects.context, href text, place double precision) returns void
language plpgsql as $$
begin
  if place is null or abs(place) > 1e9 then perform effects.refuse('WRONG', 'place'); end if;
  update app.favourites as f set place = move_favourite.place, updated_at = ctx.at
  where f.company_id = ctx.company_id and f.membership_id = ctx.actor_id and f.href = move_favourite.href;
end $$;
create or replace function effects.arrange_menu(ctx effects.context, hrefs text[]) returns void
language plpgsql as $$
begin
  if coalesce(cardinality(hrefs), 0) = 0 then
    delete from app.menus as m where m.company_id = ctx.company_id and m.id = ctx.actor_id;
    return;
  end if;
  if cardinality(hrefs) > 30 or exists (select from unnest(hrefs) as h where h is null or h !~ '^/[a-z]{0,40}$')
     or cardinality(hrefs) <> (select count(distinct h) from unnest(hrefs) as h) then
    perform effects.refuse('WRONG', 'hrefs');
  end if;
  insert into app.menus as m (company_id, id, hrefs, updated_at) values (ctx.company_id, ctx.actor_id, arrange_menu.hrefs, ctx.at)
  on conflict (company_id, id) do update set hrefs = excluded.hrefs, updated_at = excluded.updated_at;
end $$;
create or replace function effects.set_sentences(ctx effects.context, locale text, texts jsonb) returns void
language plpgsql as $$
begin
  perform effects.one_of(locale, 'locale', 'fr', 'en', 'es', 'pt');
  if texts is null or jsonb_typeof(texts) <> 'object'
     or exists (select from jsonb_each(texts) as e
                where e.key !~ '^[a-z]\\w*(\\.\\w+)+$' or length(e.key) > 80 or jsonb_typeof(e.value) not in ('string', 'null')) then
    perform effects.refuse('WRONG', 'texts');
  end if;
  if (select count(*) from jsonb_each(texts)) > 500 then perform effects.refuse('LIMIT', 'texts'); end if;
  delete from app.sentences as s
  where s.company_id = ctx.company_id and s.locale = set_sentences.locale and s.key in (select e.key from jsonb_each(texts) as e where e.value = 'null');
  insert into app.sentences as s (company_id, id, locale, key, text, updated_by, updated_at)
  select ctx.company_id, md5(ctx.company_id::text || ' sentence ' || set_sentences.locale || ' ' || e.key)::uuid, set_sentences.locale, e.key,
         effects.required_text(e.value, 'text', 500), ctx.actor_id, ctx.at
  from jsonb_each_text(texts) as e where e.value is not null order by e.key
  on conflict (company_id, id) do update set text = excluded.text, updated_by = excluded.updated_by, updated_at = excluded.updated_at
  where s.text <> excluded.text;
  if (select count(*) from app.sentences as s where s.company_id = ctx.company_id and s.locale = set_sentences.locale) > 2000 then perform effects.refuse('LIMIT', 'sentences'); end if;
end $$;
create or replace function kpi.at_most(value integer, most integer, field text) returns integer
language plpgsql immutable parallel safe as $$
begin
  if value > most then perform effects.refuse('LIMIT', field); end if;
  return value;
end $$;
create or replace function kpi.easter(year integer) returns date
language plpgsql immutable strict parallel safe as $$
declare
  a integer := year % 19;
  b integer := year / 100;
  c integer := year % 100;
  h integer := (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
  l integer := (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
  m integer := (a + 11 * h + 22 * l) / 451;
begin
  return make_date(year, (h + l - 7 * m + 114) / 31, (h + l - 7 * m + 114) % 31 + 1);
end $$;
create or replace function kpi.holidays(year integer, region text default 'FR') returns table (day date, label text)
language sql immutable parallel safe as $$
  select h.day, h.label from (values
    (make_date(year, 1, 1), 'Jour de l’An', 'FR'), (kpi.easter(year) - 2, 'Vendredi saint', 'FR-ALSACE-MOSELLE'),
    (kpi.easter(year) + 1, 'Lundi de Pâques', 'FR'), (make_date(year, 5, 1), 'Fête du Travail', 'FR'),
    (make_date(year, 5, 8), 'Victoire 1945', 'FR'), (kpi.easter(year) + 39, 'Ascension', 'FR'),
    (kpi.easter(year) + 50, 'Lundi de Pentecôte', 'FR'), (make_date(year, 7, 14), 'Fête nationale', 'FR'),
    (make_date(year, 8, 15), 'Assomption', 'FR'), (make_date(year, 11, 1), 'Toussaint', 'FR'),
    (make_date(year, 11, 11), 'Armistice 1918', 'FR'), (make_date(year, 12, 25), 'Noël', 'FR'),
    (make_date(year, 12, 26), 'Saint-Étienne', 'FR-ALSACE-MOSELLE')) as h (day, label, since)
  where region <> 'NONE' and (h.since = 'FR' or h.since = region) order by h.day;
$$;
create or replace function kpi.is_business_day(company_id uuid, day date) returns boolean
language sql stable as $$
  select extract(isodow from day)::smallint = any (c.working_days)
     and not exists (select from kpi.holidays(extract(year from day)::integer, c.holiday_region) as h where h.day = is_business_day.day)
     and not exists (select from app.closures as x where x.company_id = is_business_day.company_id and x.day = is_business_day.day)
  from app.companies as c where c.id = is_business_day.company_id;
$$;
create or replace function kpi.business_days(company_id uuid, first date, last date) returns integer
language sql stable as $$
  select case when isfinite(first) and isfinite(last) and last - first <= 3660 then (
    select count(*)::integer from generate_series(first, last, interval '1 day') as d
    where kpi.is_business_day(company_id, d::date)) end;
$$;
create or replace function kpi.add_business_days(company_id uuid, start date, days integer) returns date
language sql stable as $$
  select case when days = 0 then start when isfinite(start) then (
    select d::date from generate_series(start + sign(days)::integer, start + sign(days)::integer * 3660, sign(days) * interval '1 day') as d
    where kpi.is_business_day(company_id, d::date) offset abs(days) - 1 limit 1) end;
$$;
create or replace function kpi.minutes_into_day(at time) returns integer
language sql immutable parallel safe
return least(greatest(floor(extract(epoch from at) / 60)::integer - 480, 0), 240) + least(greatest(floor(extract(epoch from at) / 60)::integer - 780, 0), 240);
create or replace function kpi.calendar(first date, last date) returns table (company_id uuid, day date, works boolean, minutes_before integer)
language sql stable set search_path = '' as $$
  select company_id, day, works, (480 * (count(*) filter (where works) over (partition by company_id order by day) - works::integer))::integer
  from (
    select c.id as company_id, first + place as day,
      extract(isodow from first + place)::smallint = any (c.working_days) and h.day is null and x.day is null as works
    from app.companies as c
    cross join generate_series(0, kpi.at_most(last - first, 36525, 'days')) as place
    left join (
      select c.id as company_id, h.day
      from app.companies as c cross join generate_series(extract(year from first)::integer, extract(year from last)::integer) as year,
           kpi.holidays(year, c.holiday_region) as h
    ) as h on h.company_id = c.id and h.day = first + place
    left join app.closures as x on x.company_id = c.id and x.day = first + place
  ) as days;
$$;
create or replace function kpi.weeks(as_of timestamptz, weeks integer) returns table (week date, starts_at timestamptz, ends_at timestamptz)
language sql stable set search_path = '' as $$
  select w.monday, w.monday::timestamp at time zone time_zone, least((w.monday + 7)::timestamp at time zone time_zone, as_of)
  from (select time_zone, date_trunc('week', as_of at time zone time_zone)::date as monday from app.companies limit 1) as now
  cross join lateral (select now.monday - 7 * back as monday from generate_series(kpi.at_most(weeks, 520, 'weeks') - 1, 0, -1) as back) as w;
$$;
create or replace function kpi.incident_clock(as_of timestamptz, since timestamptz default '-infinity')
returns table (incident_id uuid, site_id uuid, type text, severity text, reported_at timestamptz, answered_at timestamptz, ended_at timestamptz,
  minutes integer, in_time boolean)
language sql stable set search_path = '' as $$
  with cases as materialized (
    select i.company_id, i.id, i.site_id, i.type, i.severity, i.reported_at, i.ended_at, a.answered_at, greatest(i.due_minutes, 15) as due,
      coalesce(r.working_time, i.type <> 'safety') as working,
      i.reported_at at time zone c.time_zone as starts,
      coalesce(a.answered_at, as_of) at time zone c.time_zone as stops,
      case when a.answered_at is not null or i.ended_at is null then coalesce(a.answered_at, as_of) - i.reported_at end as elapsed
    from (
      select *, case when least(resolved_at, closed_at) <= as_of then least(resolved_at, closed_at) end as ended_at from app.incidents
      where app.incidents.reported_at <= as_of
    ) as i
    join app.companies as c on c.id = i.company_id
    left join app.routing_rules as r on r.company_id = i.company_id and r.incident_type = i.type
    cross join lateral (
      select min(e.at) as answered_at from app.incident_events as e
      where e.company_id = i.company_id and e.incident_id = i.id
        and e.kind in ('answer', 'ask', 'resolve', 'close') and e.actor_id <> i.reporter_id and e.at <= as_of
    ) as a
    where i.reported_at >= since or i.ended_at is null
  ), days as materialized ( -- one row with an array, whatever the planner guesses of sizes
    select d.company_id, span.first - 1 as before_first, array_agg(d.minutes_before order by d.day) as minutes_before, array_agg(d.works order by d.day) as works
    from (select min(starts)::date as first, max(stops)::date as last from cases) as span, kpi.calendar(span.first, span.last) as d
    group by d.company_id, span.first
  ), timed as (
    select c.*, case
      when c.elapsed is null then null
      when c.working then greatest(
        d.minutes_before[c.stops::date - d.before_first] + case when d.works[c.stops::date - d.before_first] then kpi.minutes_into_day(c.stops::time) else 0 end
        - d.minutes_before[c.starts::date - d.before_first] - case when d.works[c.starts::date - d.before_first] then kpi.minutes_into_day(c.starts::time) else 0 end, 0)
      else greatest(floor(extract(epoch from c.elapsed) / 60), 0)::integer end as minutes
    from cases as c join days as d on d.company_id = c.company_id
  )
  select id, site_id, type, severity, reported_at, answered_at, ended_at, minutes,
    case when answered_at is not null then minutes <= due when minutes > due then false end
  from timed;
$$;
create or replace function kpi.incident_weeks(as_of timestamptz, weeks integer default 12)
returns table (week date, reported integer, ended integer, open integer, mean_minutes numeric, in_time_share numeric)
language sql stable set search_path = '' as $$
  with spans as materialized (select * from kpi.weeks(as_of, weeks)),
  clock as materialized (select c.* from (select min(starts_at) as first from spans) as s, kpi.incident_clock(as_of, s.first) as c),
  cases as (
    select * from clock
    union all
    select i.id, i.site_id, i.type, i.severity, i.reported_at, null, least(i.resolved_at, i.closed_at), null, null
    from app.incidents as i, (select min(starts_at) as first from spans) as s
    where i.reported_at < s.first and least(i.resolved_at, i.closed_at) between s.first and as_of
  )
  select s.week,
    count(*) filter (where c.reported_at >= s.starts_at and c.reported_at < s.ends_at)::integer,
    count(*) filter (where c.ended_at >= s.starts_at and c.ended_at < s.ends_at)::integer,
    count(*) filter (where c.reported_at < s.ends_at and (c.ended_at is null or c.ended_at >= s.ends_at))::integer,
    round(avg(c.minutes) filter (where c.answered_at is not null and c.reported_at >= s.starts_at and c.reported_at < s.ends_at), 1),
    round(avg(c.in_time::integer) filter (where c.reported_at >= s.starts_at and c.reported_at < s.ends_at), 4)
  from spans as s left join cases as c on c.reported_at < s.ends_at and (c.ended_at is null or c.ended_at >= s.starts_at)
  group by s.week order by s.week;
$$;
create or replace function kpi.open_incidents(as_of timestamptz)
returns table (type text, day integer, two_days integer, week integer, older integer, total integer, overdue integer)
language sql stable set search_path = '' as $$
  select type,
    count(*) filter (where as_of - reported_at < interval '24 hours')::integer,
    count(*) filter (where as_of - reported_at >= interval '24 hours' and as_of - reported_at < interval '48 hours')::integer,
    count(*) filter (where as_of - reported_at >= interval '48 hours' and as_of - reported_at < interval '168 hours')::integer,
    count(*) filter (where as_of - reported_at >= interval '168 hours')::integer,
    count(*)::integer,
    count(*) filter (where answered_at is null and not in_time)::integer
  from kpi.incident_clock(as_of, 'infinity') group by type order by array_position('{safety,technical,material,question}'::text[], type);
$$;
create or replace function kpi.adoption_weeks(as_of timestamptz, weeks integer default 12) returns table (week date, active integer, people integer)
language sql stable set search_path = '' as $$
  select s.week, count(distinct d.actor_id)::integer, (select count(*)::integer from app.memberships where state = 'active')
  from kpi.weeks(as_of, weeks) as s
  left join (
    select actor_id, at from app.incident_events
    union all select created_by, created_at from app.sites
    union all select author_id, added_at from app.photos
  ) as d on d.at >= s.starts_at and d.at < s.ends_at
  group by s.week order by s.week;
$$;
create or replace function kpi.site_incidents(as_of timestamptz)
returns table (site_id uuid, open integer, overdue integer, gravest integer, resolved integer, last_activity timestamptz)
language sql stable set search_path = '' as $$
  select i.site_id,
    count(*) filter (where status not in ('resolved', 'closed'))::integer,
    count(c.incident_id)::integer,
    max(array_position('{low,medium,high,critical}'::text[], i.severity) - 1) filter (where status not in ('resolved', 'closed')),
    count(*) filter (where status in ('resolved', 'closed'))::integer,
    max(updated_at)
  from app.incidents as i
  left join (select incident_id from kpi.incident_clock(as_of, 'infinity') where answered_at is null and not in_time) as c on c.incident_id = i.id
  group by i.site_id;
$$;
create or replace function kpi.site_pace(as_of timestamptz) returns table (site_id uuid, elapsed_share numeric, reported integer, in_time_share numeric)
language sql stable set search_path = '' as $$
  with planned as (
    select s.company_id, s.id, s.starts_on, s.ends_on + 1 as after, least(greatest((as_of at time zone c.time_zone)::date, s.starts_on), s.ends_on + 1) as today
    from app.sites as s join app.companies as c on c.id = s.company_id
    where s.archived_at is null
  ), days as materialized (
    select d.* from (select min(starts_on) as first, max(after) as last from planned where after - starts_on <= 3660) as span, kpi.calendar(span.first, span.last) as d
  ), asked as (
    select c.site_id, count(*)::integer as reported, round(avg(c.in_time::integer), 4) as in_time_share
    from kpi.incident_clock(as_of, as_of - interval '672 hours') as c where c.reported_at > as_of - interval '672 hours' group by c.site_id
  )
  select p.id, round((t.minutes_before - a.minutes_before)::numeric / nullif(z.minutes_before - a.minutes_before, 0), 4),
    coalesce(k.reported, 0), k.in_time_share
  from planned as p
  left join days as a on a.company_id = p.company_id and a.day = p.starts_on
  left join days as t on t.company_id = p.company_id and t.day = p.today
  left join days as z on z.company_id = p.company_id and z.day = p.after
  left join asked as k on k.site_id = p.id;
$$;
create or replace function kpi.site_report(site_id uuid, as_of timestamptz) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'as_of', as_of,
    'company', jsonb_build_object('name', c.name, 'locale', c.locale, 'currency', c.currency, 'time_zone', c.time_zone, 'accent', c.accent, 'logo', c.logo),
    'site', jsonb_build_object('id', s.id, 'code', s.code, 'name', s.name, 'client_name', s.client_name,
      'address', nullif(concat_ws(', ', s.address, nullif(concat_ws(' ', s.postal_code, s.city), '')), ''),
      'starts_on', s.starts_on, 'ends_on', s.ends_on, 'project_manager', p.full_name, 'site_manager', m.full_name),
    'figures', jsonb_build_object('open', coalesce(k.open, 0), 'overdue', coalesce(k.overdue, 0), 'resolved', coalesce(k.resolved, 0),
      'elapsed_share', pace.elapsed_share, 'in_time_share', pace.in_time_share,
      'budget', (select b.amount from app.site_budgets as b where b.company_id = s.company_id and b.id = s.id)),
    'incidents', coalesce(listed.incidents, '[]'),
    'more', greatest((select count(*) from app.incidents as i where i.company_id = s.company_id and i.site_id = s.id) - 80, 0),
    'photos', coalesce(pictured.photos, '[]'))
  from app.sites as s
  join app.companies as c on c.id = s.company_id
  left join app.memberships as p on p.company_id = s.company_id and p.id = s.project_manager_id
  left join app.memberships as m on m.company_id = s.company_id and m.id = s.site_manager_id
  left join kpi.site_incidents(as_of) as k on k.site_id = s.id
  left join kpi.site_pace(as_of) as pace on pace.site_id = s.id
  cross join lateral (
    select jsonb_agg(jsonb_build_object('title', i.title, 'type', i.type, 'severity', i.severity, 'status', i.status, 'reported_at', i.reported_at)
      order by i.ended, i.reported_at desc, i.id) as incidents
    from (
      select *, status in ('resolved', 'closed') as ended from app.incidents
      where app.incidents.company_id = s.company_id and app.incidents.site_id = s.id
      order by status in ('resolved', 'closed'), reported_at desc, id limit 80
    ) as i
  ) as listed
  cross join lateral (
    select jsonb_agg(jsonb_build_object('sha256', f.sha256, 'path', s.company_id || '/' || s.id || '/' || f.sha256 || '.jpg', 'caption', f.caption,
      'taken_at', f.taken_at, 'width', f.width, 'height', f.height) order by f.taken_at desc, f.id) as photos
    from (
      select * from app.photos
      where app.photos.company_id = s.company_id and app.photos.site_id = s.id and state in ('stored', 'verified')
      order by taken_at desc, id limit 6
    ) as f
  ) as pictured
  where s.id = site_report.site_id;
$$;
create or replace function kpi.default_targets() returns table (kpi text, target numeric, alert numeric)
language sql immutable parallel safe as $$
  values ('overdue_incidents', 0, 3), ('response_minutes', 120, 240), ('in_time_share', 0.9, 0.75), ('treated_day_share', 0.8, 0.6),
         ('adoption_share', 0.8, 0.5);
$$;
create or replace function kpi.standing(value numeric, target numeric, alert numeric) returns text
language sql immutable parallel safe
return case
  when value is null or target is null or alert is null then null
  when target <= alert then case when value <= target then 'good' when value <= alert then 'watch' else 'alert' end
  else case when value >= target then 'good' when value >= alert then 'watch' else 'alert' end end;
create or replace function kpi.tiles(as_of timestamptz)
returns table (kpi text, value numeric, before numeric, target numeric, alert numeric, standing text, trend jsonb)
language sql stable set search_path = '' as $$
  with clock as materialized (select * from kpi.incident_clock(as_of, as_of - interval '1344 hours')),
  recent as (select * from clock where reported_at > as_of - interval '672 hours'),
  earlier as (select * from clock where reported_at <= as_of - interval '672 hours' and reported_at > as_of - interval '1344 hours'),
  weeks as materialized (select * from kpi.incident_weeks(as_of)),
  adoption as materialized (select * from kpi.adoption_weeks(as_of)),
  members as (select max(people) as people from adoption),
  active as (select count(*)::numeric as count from (
    select actor_id from app.incident_events where at > as_of - interval '168 hours' and at <= as_of
    union select created_by from app.sites where created_at > as_of - interval '168 hours' and created_at <= as_of
    union select author_id from app.photos where added_at > as_of - interval '168 hours' and added_at <= as_of) as people),
  sites as (select s.id from app.sites as s where s.archived_at is null and s.status in ('running', 'alert')),
  figures (kpi, value, before, trend) as (
    select 'active_sites', (select count(*) from sites)::numeric, null::numeric, null::jsonb
    union all
    select 'budget', sum(b.amount), null, null from app.site_budgets as b where b.id in (select id from sites) having count(*) > 0
    union all
    select 'open_incidents', (select count(*) from clock where ended_at is null),
      (select count(*) from app.incidents as i where i.reported_at <= as_of - interval '672 hours'
         and coalesce(least(i.resolved_at, i.closed_at), 'infinity') > as_of - interval '672 hours'),
      (select jsonb_agg(open order by week) from weeks)
    union all
    select 'overdue_incidents', (select count(*) from clock where ended_at is null and answered_at is null and not in_time), null, null
    union all
    select 'ended_incidents', (select count(*) from app.incidents as i where least(i.resolved_at, i.closed_at) > as_of - interval '672 hours' and least(i.resolved_at, i.closed_at) <= as_of),
      (select count(*) from app.incidents as i where least(i.resolved_at, i.closed_at) > as_of - interval '1344 hours' and least(i.resolved_at, i.closed_at) <= as_of - interval '672 hours'),
      (select jsonb_agg(ended order by week) from weeks)
    union all
    select 'response_minutes', (select round(avg(minutes), 1) from recent where answered_at is not null),
      (select round(avg(minutes), 1) from earlier where answered_at is not null), (select jsonb_agg(mean_minutes order by week) from weeks)
    union all
    select 'in_time_share', (select round(avg(in_time::integer), 4) from recent), (select round(avg(in_time::integer), 4) from earlier),
      (select jsonb_agg(in_time_share order by week) from weeks)
    union all
    select 'treated_day_share',
      (select round(avg((coalesce(ended_at, 'infinity') <= reported_at + interval '24 hours')::integer), 4) from recent where reported_at <= as_of - interval '24 hours'),
      (select round(avg((coalesce(ended_at, 'infinity') <= reported_at + interval '24 hours')::integer), 4) from earlier), null
    union all
    select 'adoption_share', round((select count from active) / nullif((select people from members), 0), 4), null,
      (select jsonb_agg(round(a.active::numeric / nullif(a.people, 0), 4) order by a.week) from adoption as a)
  )
  select f.kpi, f.value, f.before, coalesce(t.target, d.target), coalesce(t.alert, d.alert),
    kpi.standing(f.value, coalesce(t.target, d.target), coalesce(t.alert, d.alert)), f.trend
  from figures as f
  left join kpi.default_targets() as d on d.kpi = f.kpi
  left join app.kpi_targets as t on t.kpi = f.kpi;
$$;
`;
