--! Previous: sha1:f08f1e041e4029f946e9ff2f1cf5575bf9ac510a
--! Hash: sha1:b40c1239f8a01a387649ae5da8365ff4ac9b639e

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
