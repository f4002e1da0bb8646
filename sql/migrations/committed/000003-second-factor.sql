--! Previous: sha1:c1cc636769be8217f9bea3e72f063a7169a73cfa
--! Hash: sha1:f08f1e041e4029f946e9ff2f1cf5575bf9ac510a

-- Who must prove more than a password, and how long a password lasts: the company decides.
alter table app.companies add column factor_rules jsonb not null default '{"admin": "mandatory", "executive": "mandatory", "hr": "mandatory"}';
alter table app.companies add column factor_grace_days smallint not null default 7 check (factor_grace_days between 0 and 90);
alter table app.companies add column password_days smallint check (password_days between 30 and 730);

-- From this moment on the member is let in by a second factor only.
alter table app_private.accesses add column factor_due timestamptz not null default 'infinity';

-- Since when the roles of a member demand a second factor: the days of grace count from here.
create table app_private.factor_duties (
  company_id uuid not null references app.companies (id),
  membership_id uuid not null,
  since timestamptz not null default now(),
  primary key (company_id, membership_id),
  foreign key (company_id, membership_id) references app.memberships (company_id, id)
);

-- Codes that replace a lost second factor, once each.
create table app_private.recovery_codes (
  user_id uuid not null references auth.users (id) on delete cascade,
  code_hash text not null check (code_hash ~ '^[0-9a-f]{64}$'),
  primary key (user_id, code_hash)
);

-- The last hashes of a person's passwords, the present one among them.
create table app_private.password_hashes (
  user_id uuid not null references auth.users (id) on delete cascade,
  at timestamptz not null default clock_timestamp(),
  password_hash text not null,
  primary key (user_id, at)
);

-- The last wrong passwords, codes or recovery codes of an account, or of an address that has none: both lock alike, so a lock tells nothing.
drop table app_private.password_attempts;
create table app_private.attempts (
  user_id uuid not null,
  kind text not null check (kind in ('password', 'code', 'recovery')),
  failures timestamptz[] not null default '{}',
  updated_at timestamptz not null default now(),
  primary key (user_id, kind)
);
create index attempts_updated_at on app_private.attempts (updated_at);
