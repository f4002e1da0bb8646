--! Previous: sha1:c1cc636769be8217f9bea3e72f063a7169a73cfa
--! Hash: sha1:5416d3102a260a8a9bb90a796f608f224c995314

-- Work that leaves the database, done by workers that may be killed at any moment. `run_after` is when a worker may take the job: the start
-- asked for, the end of a pause after a failure, or the end of the lease of the worker that has it.
create table app_private.jobs (
  company_id uuid not null references app.companies (id),
  id uuid not null default gen_random_uuid(),
  kind text not null check (kind ~ '^[a-z]+(_[a-z]+)*$'),
  key text not null,
  payload jsonb not null default '{}',
  state text not null default 'waiting' check (state in ('waiting', 'running', 'done', 'dead', 'cancelled')),
  run_after timestamptz not null default now(),
  attempts integer not null default 0,
  worker text,
  error text,
  result jsonb,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  ended_at timestamptz,
  primary key (company_id, id),
  unique (company_id, kind, key)
);
create unique index jobs_id on app_private.jobs (id);
create index jobs_due on app_private.jobs (run_after) where state in ('waiting', 'running');
create index jobs_ended on app_private.jobs (ended_at) where ended_at is not null;
