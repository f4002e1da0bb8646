--! Previous: sha1:aba86f89807e2896d07aa11973f13d83a5f23b45
--! Hash: sha1:20a421611a26363c69e584b3f72d074e94b00191

-- The order in which a person has the main screens: their addresses, the first ones first. Its id is their membership's.
create table app.menus (
  company_id uuid not null references app.companies (id),
  id uuid not null,
  hrefs text[] not null check (cardinality(hrefs) between 1 and 30),
  updated_at timestamptz not null default now(),
  scope_ids uuid[] not null generated always as (array[effects.scope_id(company_id, 'user', id)]) stored,
  primary key (company_id, id),
  foreign key (company_id, id) references app.memberships (company_id, id)
);

-- What a company says on its screens instead of the words they came with. key: the name of the sentence in the app's dictionary.
create table app.sentences (
  company_id uuid not null references app.companies (id),
  id uuid not null,
  locale text not null check (locale in ('fr', 'en', 'es', 'pt')),
  key text not null check (key ~ '^[a-z]\w*(\.\w+)+$' and length(key) <= 80),
  text text not null check (length(btrim(text)) between 1 and 500),
  updated_by uuid not null,
  updated_at timestamptz not null default now(),
  scope_ids uuid[] not null generated always as (array[effects.scope_id(company_id, 'company', company_id)]) stored,
  primary key (company_id, id),
  unique (company_id, locale, key),
  foreign key (company_id, updated_by) references app.memberships (company_id, id)
);
create index sentences_updated_by on app.sentences (company_id, updated_by);
