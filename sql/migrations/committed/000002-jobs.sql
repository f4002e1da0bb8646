--! Previous: sha1:8ddf1257adc56f4e6d7696c0c98def7d0e100a26
--! Hash: sha1:6f38f2a949afb4ba391bf6394f525d2b7f22cfce

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
