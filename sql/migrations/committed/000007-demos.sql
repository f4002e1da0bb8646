--! Previous: sha1:70eded69990ae6b2820d1e564a5becdd96bdf122
--! Hash: sha1:aca596054789a00a1e744d75621da736dbe3c21e

-- The companies that are demonstrations: the only ones that can be removed.
create table app.demos (
  company_id uuid not null references app.companies (id),
  id uuid not null generated always as (company_id) stored,
  created_by uuid not null,
  created_at timestamptz not null default now(),
  scope_ids uuid[] not null generated always as (array[effects.scope_id(company_id, 'company', company_id)]) stored,
  primary key (company_id, id),
  foreign key (company_id, created_by) references app.memberships (company_id, id)
);
create index demos_created_by on app.demos (company_id, created_by);

-- A person of the directory may have no account: they can be named, and see nothing.
alter table app.memberships alter column user_id drop not null;
