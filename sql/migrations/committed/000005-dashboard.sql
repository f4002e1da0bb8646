--! Previous: sha1:b40c1239f8a01a387649ae5da8365ff4ac9b639e
--! Hash: sha1:3767206010bf251cf524a95fde84f223472caefb

-- What a company aims at, figure by figure; the defaults stand in kpi.default_targets.
create table app.kpi_targets (
  company_id uuid not null references app.companies (id),
  id uuid not null,
  kpi text not null,
  target numeric not null check (target >= 0),
  alert numeric not null check (alert >= 0),
  updated_at timestamptz not null default now(),
  scope_ids uuid[] not null generated always as (array[effects.scope_id(company_id, 'company', company_id)]) stored,
  primary key (company_id, id),
  unique (company_id, kpi)
);
