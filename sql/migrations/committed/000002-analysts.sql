--! Previous: sha1:8ddf1257adc56f4e6d7696c0c98def7d0e100a26
--! Hash: sha1:c1cc636769be8217f9bea3e72f063a7169a73cfa

-- Analysts: views of their own, and a Postgres login each.
create extension if not exists pgcrypto schema extensions;
create schema analytics;

-- A login belongs to one company and reads the rows of these scopes. Nothing here opens it: the password is kept by Postgres alone.
create table app_private.analyst_logins (
  login text primary key check (login ~ '^analyst_[0-9a-f]{16}$'),
  company_id uuid not null references app.companies (id),
  id uuid not null,
  label text not null check (length(btrim(label)) between 1 and 120),
  finance boolean not null,
  safety boolean not null,
  access_scopes uuid[] not null,
  created_by uuid not null,
  created_at timestamptz not null default now(),
  renewed_at timestamptz,
  revoked_at timestamptz,
  unique (company_id, id),
  foreign key (company_id, created_by) references app.memberships (company_id, id)
);
create index analyst_logins_created_by on app_private.analyst_logins (company_id, created_by);

-- Where analysts' programs find this database; deployment writes it down.
create table app_private.analyst_door (
  only_row boolean primary key default true check (only_row),
  host text not null,
  port integer not null,
  suffix text not null default '',
  tls boolean not null
);
