--! Previous: sha1:c1cc636769be8217f9bea3e72f063a7169a73cfa
--! Hash: sha1:688f96a96f38656bc3f428a6c052a127009689e2

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
