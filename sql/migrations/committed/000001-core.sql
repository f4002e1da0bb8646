--! Previous: -
--! Hash: sha1:8ddf1257adc56f4e6d7696c0c98def7d0e100a26

-- Nothing is executable by everybody unless a policy file grants it.
alter default privileges revoke execute on functions from public;

-- Schemas. `app` and `kpi` are exposed by the API; the others are not.
create extension if not exists btree_gist schema extensions;

create schema app;
create schema kpi;
create schema effects;
create schema app_private;
create schema sync;
create schema audit;

-- The phone computes the same scope ids by the same function: a generated column needs it before the tables.
create function effects.scope_id(company_id uuid, kind text, subject uuid) returns uuid
language sql immutable parallel safe
return md5(company_id::text || ' ' || kind || ' ' || subject::text)::uuid;

create type effects.context as (company_id uuid, actor_id uuid, command_id uuid, at timestamptz, device_at timestamptz);

-- A function that answers this domain answers its text as it is, not as JSON (a media type handler of PostgREST).
create domain app."text/csv" as text;

-- Reference data: the same for every company.
create table app.roles (
  key text primary key,
  external boolean not null default false,
  position smallint not null
);
create table app.role_permissions (
  role text not null references app.roles (key),
  module text not null,
  action text not null,
  scope text not null check (scope in ('company', 'site', 'own')),
  primary key (role, module, action)
);
create table app_private.role_scopes (
  role text not null references app.roles (key),
  kind text not null check (kind in ('company', 'company:admin', 'sites', 'sites:finance', 'sites:safety', 'site', 'site:finance', 'site:safety')),
  primary key (role, kind)
);

-- Companies and people.
create table app.companies (
  id uuid primary key,
  company_id uuid not null generated always as (id) stored,
  name text not null check (length(btrim(name)) between 1 and 120),
  siren text check (siren ~ '^[0-9]{9}$'),
  siret text check (siret ~ '^[0-9]{14}$'),
  locale text not null default 'fr' check (locale in ('fr', 'en', 'es', 'pt')),
  time_zone text not null default 'Europe/Paris',
  currency text not null default 'EUR' check (currency ~ '^[A-Z]{3}$'),
  holiday_region text not null default 'FR' check (holiday_region in ('FR', 'FR-ALSACE-MOSELLE', 'NONE')),
  working_days smallint[] not null default '{1,2,3,4,5}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  scope_ids uuid[] not null generated always as (array[effects.scope_id(id, 'company', id)]) stored
);

create table app.memberships (
  company_id uuid not null references app.companies (id),
  id uuid not null,
  user_id uuid not null references auth.users (id),
  full_name text not null check (length(btrim(full_name)) between 1 and 120),
  email text not null,
  phone text,
  job text,
  roles text[] not null check (cardinality(roles) >= 1),
  state text not null default 'active' check (state in ('active', 'inactive', 'suspended', 'archived')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  scope_ids uuid[] not null generated always as (array[
    effects.scope_id(company_id, 'company', company_id),
    effects.scope_id(company_id, 'user', id)]) stored,
  primary key (company_id, id),
  unique (company_id, user_id)
);
create index memberships_user on app.memberships (user_id);

create table app.teams (
  company_id uuid not null references app.companies (id),
  id uuid not null,
  name text not null check (length(btrim(name)) between 1 and 120),
  parent_id uuid,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  scope_ids uuid[] not null generated always as (array[effects.scope_id(company_id, 'company', company_id)]) stored,
  primary key (company_id, id),
  foreign key (company_id, parent_id) references app.teams (company_id, id)
);
create index teams_parent on app.teams (company_id, parent_id);

create table app.team_members (
  company_id uuid not null references app.companies (id),
  id uuid not null generated always as (md5(team_id::text || membership_id::text)::uuid) stored,
  team_id uuid not null,
  membership_id uuid not null,
  created_at timestamptz not null default now(),
  scope_ids uuid[] not null generated always as (array[effects.scope_id(company_id, 'company', company_id)]) stored,
  primary key (company_id, id),
  foreign key (company_id, team_id) references app.teams (company_id, id),
  foreign key (company_id, membership_id) references app.memberships (company_id, id)
);
create index team_members_team on app.team_members (company_id, team_id);
create index team_members_membership on app.team_members (company_id, membership_id);

create table app.closures (
  company_id uuid not null references app.companies (id),
  id uuid not null,
  day date not null,
  label text not null,
  created_at timestamptz not null default now(),
  scope_ids uuid[] not null generated always as (array[effects.scope_id(company_id, 'company', company_id)]) stored,
  primary key (company_id, id),
  unique (company_id, day)
);

create table app.invitations (
  company_id uuid not null references app.companies (id),
  id uuid not null,
  token_hash text not null check (token_hash ~ '^[0-9a-f]{64}$'),
  email text,
  full_name text,
  roles text[] not null check (cardinality(roles) >= 1),
  site_ids uuid[] not null default '{}',
  created_by uuid not null,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  revoked_at timestamptz,
  accepted_at timestamptz,
  accepted_by uuid,
  scope_ids uuid[] not null generated always as (array[effects.scope_id(company_id, 'company:admin', company_id)]) stored,
  primary key (company_id, id),
  foreign key (company_id, created_by) references app.memberships (company_id, id),
  foreign key (company_id, accepted_by) references app.memberships (company_id, id)
);
create unique index invitations_token on app.invitations (token_hash);
create index invitations_created_by on app.invitations (company_id, created_by);
create index invitations_accepted_by on app.invitations (company_id, accepted_by);

-- Sites.
create table app.sites (
  company_id uuid not null references app.companies (id),
  id uuid not null,
  code text not null,
  name text not null check (length(btrim(name)) between 1 and 160),
  client_name text,
  address text,
  postal_code text,
  city text,
  latitude double precision check (latitude between -90 and 90),
  longitude double precision check (longitude between -180 and 180),
  project_manager_id uuid,
  site_manager_id uuid,
  architect text,
  starts_on date,
  ends_on date,
  status text not null default 'planned' check (status in ('planned', 'running', 'alert', 'finished')),
  tags text[] not null default '{}',
  custom jsonb not null default '{}',
  archived_at timestamptz,
  created_by uuid not null,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  scope_ids uuid[] not null generated always as (array[
    effects.scope_id(company_id, 'sites', company_id),
    effects.scope_id(company_id, 'site', id)]) stored,
  primary key (company_id, id),
  unique (company_id, code),
  check (ends_on >= starts_on),
  foreign key (company_id, project_manager_id) references app.memberships (company_id, id),
  foreign key (company_id, site_manager_id) references app.memberships (company_id, id),
  foreign key (company_id, created_by) references app.memberships (company_id, id)
);
create index sites_project_manager on app.sites (company_id, project_manager_id);
create index sites_site_manager on app.sites (company_id, site_manager_id);
create index sites_created_by on app.sites (company_id, created_by);

-- The budget is another row: other people see it.
create table app.site_budgets (
  company_id uuid not null references app.companies (id),
  id uuid not null,
  amount numeric(14, 2) check (amount >= 0),
  updated_at timestamptz not null default now(),
  scope_ids uuid[] not null generated always as (array[
    effects.scope_id(company_id, 'sites:finance', company_id),
    effects.scope_id(company_id, 'site:finance', id)]) stored,
  primary key (company_id, id),
  foreign key (company_id, id) references app.sites (company_id, id)
);

create table app.site_members (
  company_id uuid not null references app.companies (id),
  id uuid not null,
  site_id uuid not null,
  membership_id uuid not null,
  role text not null references app.roles (key),
  starts_on date,
  ends_on date,
  withdrawn_at timestamptz,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  scope_ids uuid[] not null generated always as (array[
    effects.scope_id(company_id, 'sites', company_id),
    effects.scope_id(company_id, 'site', site_id)]) stored,
  primary key (company_id, id),
  check (ends_on >= starts_on),
  exclude using gist (company_id with =, site_id with =, membership_id with =,
    daterange(starts_on, ends_on, '[]') with &&) where (withdrawn_at is null),
  foreign key (company_id, site_id) references app.sites (company_id, id),
  foreign key (company_id, membership_id) references app.memberships (company_id, id)
);
create index site_members_site on app.site_members (company_id, site_id);
create index site_members_membership on app.site_members (company_id, membership_id);
create index site_members_role on app.site_members (role);

-- Incidents: a case and the ledger of its steps.
create table app.routing_rules (
  company_id uuid not null references app.companies (id),
  id uuid not null,
  incident_type text not null check (incident_type in ('safety', 'technical', 'material', 'question')),
  role text not null references app.roles (key),
  delay_minutes integer not null check (delay_minutes >= 0),
  working_time boolean not null default true,
  updated_at timestamptz not null default now(),
  scope_ids uuid[] not null generated always as (array[effects.scope_id(company_id, 'company', company_id)]) stored,
  primary key (company_id, id),
  unique (company_id, incident_type)
);
create index routing_rules_role on app.routing_rules (role);

create table app.incidents (
  company_id uuid not null references app.companies (id),
  id uuid not null,
  site_id uuid not null,
  type text not null check (type in ('safety', 'technical', 'material', 'question')),
  severity text not null check (severity in ('low', 'medium', 'high', 'critical')),
  title text not null check (length(btrim(title)) between 1 and 160),
  description text,
  zone text,
  latitude double precision check (latitude between -90 and 90),
  longitude double precision check (longitude between -180 and 180),
  accuracy_m double precision check (accuracy_m >= 0),
  details jsonb not null default '{}',
  status text not null default 'open' check (status in ('open', 'assigned', 'waiting', 'answered', 'resolved', 'closed')),
  routed_role text not null references app.roles (key),
  due_minutes integer not null,
  reporter_id uuid not null,
  assignee_id uuid,
  occurred_at timestamptz not null,
  reported_at timestamptz not null,
  resolved_at timestamptz,
  closed_at timestamptz,
  updated_at timestamptz not null default now(),
  scope_ids uuid[] not null generated always as (
    case when type = 'safety' then
      array[effects.scope_id(company_id, 'sites:safety', company_id), effects.scope_id(company_id, 'site:safety', site_id),
            effects.scope_id(company_id, 'user', reporter_id)]
      || case when assignee_id is null or assignee_id = reporter_id then '{}'::uuid[]
              else array[effects.scope_id(company_id, 'user', assignee_id)] end
    else
      array[effects.scope_id(company_id, 'sites', company_id), effects.scope_id(company_id, 'site', site_id)]
    end) stored,
  primary key (company_id, id),
  foreign key (company_id, site_id) references app.sites (company_id, id),
  foreign key (company_id, reporter_id) references app.memberships (company_id, id),
  foreign key (company_id, assignee_id) references app.memberships (company_id, id)
);
create index incidents_site on app.incidents (company_id, site_id, reported_at desc);
create index incidents_reporter on app.incidents (company_id, reporter_id);
create index incidents_assignee on app.incidents (company_id, assignee_id);
create index incidents_role on app.incidents (routed_role);
create index incidents_scopes on app.incidents using gin (scope_ids) with (fastupdate = off);

create table app.incident_events (
  company_id uuid not null references app.companies (id),
  id uuid not null,
  incident_id uuid not null,
  kind text not null check (kind in ('report', 'assign', 'answer', 'ask', 'resolve', 'reopen', 'close', 'edit')),
  body text,
  from_status text,
  to_status text not null,
  assignee_id uuid,
  actor_id uuid not null,
  at timestamptz not null,
  device_at timestamptz not null,
  scope_ids uuid[] not null default '{}',
  primary key (company_id, id),
  foreign key (company_id, incident_id) references app.incidents (company_id, id),
  foreign key (company_id, assignee_id) references app.memberships (company_id, id),
  foreign key (company_id, actor_id) references app.memberships (company_id, id)
);
create index incident_events_incident on app.incident_events (company_id, incident_id, at);
create index incident_events_assignee on app.incident_events (company_id, assignee_id);
create index incident_events_actor on app.incident_events (company_id, actor_id);
create index incident_events_scopes on app.incident_events using gin (scope_ids) with (fastupdate = off);

-- Values that lost a clash between two edits of the same column.
create table app.conflicts (
  company_id uuid not null references app.companies (id),
  id uuid not null,
  table_name text not null,
  row_id uuid not null,
  column_name text not null,
  kept jsonb,
  lost jsonb,
  actor_id uuid not null,
  at timestamptz not null,
  scope_ids uuid[] not null default '{}',
  primary key (company_id, id),
  foreign key (company_id, actor_id) references app.memberships (company_id, id)
);
create index conflicts_row on app.conflicts (company_id, row_id);
create index conflicts_actor on app.conflicts (company_id, actor_id);

-- One row per active member: what the policies need in one lookup. Kept by triggers.
create table app_private.accesses (
  company_id uuid not null references app.companies (id),
  user_id uuid not null references auth.users (id),
  membership_id uuid not null,
  roles text[] not null,
  site_ids uuid[] not null,
  scope_ids uuid[] not null,
  recheck_at timestamptz not null default 'infinity',
  primary key (company_id, user_id),
  foreign key (company_id, membership_id) references app.memberships (company_id, id)
);
create unique index accesses_membership on app_private.accesses (company_id, membership_id);
create index accesses_user on app_private.accesses (user_id);

-- Commands: the registry is filled by deployment, the log by the commands themselves.
create table app_private.commands (
  name text primary key,
  parameters text[] not null,
  types text[] not null,
  required integer not null
);
create table app_private.command_log (
  company_id uuid not null references app.companies (id),
  id uuid not null,
  actor_id uuid not null,
  name text not null,
  content text not null,
  status text not null check (status in ('applied', 'refused')),
  code text,
  message text,
  result jsonb,
  at timestamptz not null default now(),
  device_at timestamptz not null,
  primary key (company_id, id),
  foreign key (company_id, actor_id) references app.memberships (company_id, id)
);
create index command_log_actor on app_private.command_log (company_id, actor_id, at);

-- Sync.
create table sync.tables (
  number smallint primary key,
  name text not null unique,
  columns text[] not null
);
create table sync.log (
  scope_id uuid not null,
  xid xid8 not null default pg_current_xact_id(),
  seq bigint generated always as identity,
  table_number smallint not null,
  row_id uuid not null,
  op "char" not null
);
create index log_scope on sync.log (scope_id, xid) include (table_number, row_id, op, seq);
create table sync.clients (
  company_id uuid not null references app.companies (id),
  id uuid not null,
  membership_id uuid not null,
  last_seq bigint not null default 0,
  seen_at timestamptz not null default now(),
  primary key (company_id, id),
  foreign key (company_id, membership_id) references app.memberships (company_id, id)
);
create index clients_membership on sync.clients (company_id, membership_id);
create table sync.marks (
  at timestamptz primary key default now(),
  xid xid8 not null default pg_snapshot_xmin(pg_current_snapshot())
);
create table sync.state (
  only_row boolean primary key default true check (only_row),
  restore_stamp uuid not null default gen_random_uuid(),
  identity text,
  started_at timestamptz,
  schema_hash text not null default '',
  pruned_before xid8 not null default '0'
);
insert into sync.state default values;

-- Audit: append-only; a later seal chains the rows by (company_id, id).
create table audit.log (
  company_id uuid not null,
  id bigint generated always as identity,
  at timestamptz not null default now(),
  device_at timestamptz,
  actor_id uuid,
  command_id uuid,
  command text,
  session_id uuid,
  table_name text not null,
  row_id uuid not null,
  op "char" not null,
  old jsonb,
  new jsonb,
  scope_ids uuid[] not null,
  primary key (company_id, id)
);
create index log_row on audit.log (company_id, row_id, id);

-- Deployment: which living file was applied with which content.
create table app_private.living_files (
  name text primary key,
  hash text not null,
  applied_at timestamptz not null default now()
);

-- The last wrong passwords of an account, or of an address that has none: both lock alike, so a lock tells nothing.
create table app_private.password_attempts (
  user_id uuid primary key,
  failures timestamptz[] not null default '{}',
  updated_at timestamptz not null default now()
);
create index password_attempts_updated_at on app_private.password_attempts (updated_at);
