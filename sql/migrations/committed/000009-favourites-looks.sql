--! Previous: sha1:4b3ba1002300095eb616f7290dd8b5900588824d
--! Hash: sha1:a2fa2cc05b748728c80c4083f2e4f1e11d503c72

-- Screens that a person keeps at hand, in their own order. href: an address inside the app, its filters included.
create table app.favourites (
  company_id uuid not null references app.companies (id),
  id uuid not null,
  membership_id uuid not null,
  href text not null check (href ~ '^/[a-z][^\s\\]*$' and length(href) <= 300),
  label text not null check (length(btrim(label)) between 1 and 120),
  place double precision not null,
  updated_at timestamptz not null default now(),
  scope_ids uuid[] not null generated always as (array[effects.scope_id(company_id, 'user', membership_id)]) stored,
  primary key (company_id, id),
  unique (company_id, membership_id, href),
  foreign key (company_id, membership_id) references app.memberships (company_id, id)
);

-- How a company looks: its colour, and the hash of its logo in the bucket `pictures`.
alter table app.companies
  add accent text check (accent ~ '^#[0-9a-f]{6}$'),
  add logo text check (logo ~ '^[0-9a-f]{64}$');

-- A person's department, and the hash of their portrait in the bucket `pictures`.
alter table app.memberships
  add department text,
  add portrait text check (portrait ~ '^[0-9a-f]{64}$');

-- Its rows carry the looks from now on.
drop function if exists app.my_companies();
