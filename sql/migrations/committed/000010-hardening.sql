--! Previous: sha1:a2fa2cc05b748728c80c4083f2e4f1e11d503c72
--! Hash: sha1:82ca8ad8e7fc13d707b42d16b808e536b4f16bdf

-- Where a session has acted: what an administrator may see of somebody who works elsewhere too. ended_at: since when it is refused there.
create table app_private.company_sessions (
  company_id uuid not null references app.companies (id),
  session_id uuid not null references auth.sessions (id) on delete cascade,
  seen_at timestamptz not null default now(),
  ended_at timestamptz,
  primary key (company_id, session_id)
);
create index company_sessions_session on app_private.company_sessions (session_id);

-- The sessions that a company refuses a member: in the one row that every policy reads.
alter table app_private.accesses add column ended_sessions uuid[] not null default '{}';

-- What a person may not do often, counted like wrong passwords.
alter table app_private.attempts drop constraint attempts_kind_check;
alter table app_private.attempts add constraint attempts_kind_check check (kind in ('password', 'code', 'recovery', 'demo'));

-- A job may outlive its company: the files of a removed demonstration go after it.
alter table app_private.jobs drop constraint jobs_company_id_fkey;
