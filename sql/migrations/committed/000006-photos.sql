--! Previous: sha1:3767206010bf251cf524a95fde84f223472caefb
--! Hash: sha1:70eded69990ae6b2820d1e564a5becdd96bdf122

-- One photograph of a site. The file itself stands in the bucket `photos` as <company>/<site>/<sha256>.jpg.
create table app.photos (
  company_id uuid not null references app.companies (id),
  id uuid not null,
  site_id uuid not null,
  incident_id uuid,
  zone text,
  caption text,
  before_id uuid,
  author_id uuid not null,
  taken_at timestamptz not null,
  added_at timestamptz not null,
  latitude double precision check (latitude between -90 and 90),
  longitude double precision check (longitude between -180 and 180),
  accuracy_m double precision check (accuracy_m >= 0),
  position_source text not null check (position_source in ('shutter', 'exif', 'manual', 'none')),
  sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  bytes integer not null check (bytes > 0),
  width integer not null check (width between 1 and 30000),
  height integer not null check (height between 1 and 30000),
  state text not null default 'announced' check (state in ('announced', 'stored', 'verified', 'refused')),
  refusal text check (refusal in ('missing', 'hash', 'unread')),
  stored_at timestamptz,
  verified_at timestamptz,
  updated_at timestamptz not null default now(),
  scope_ids uuid[] not null default '{}',
  primary key (company_id, id),
  check ((latitude is null) = (longitude is null) and (position_source = 'none') = (latitude is null)),
  check ((state = 'refused') = (refusal is not null)),
  foreign key (company_id, site_id) references app.sites (company_id, id),
  foreign key (company_id, incident_id) references app.incidents (company_id, id),
  foreign key (company_id, before_id) references app.photos (company_id, id),
  foreign key (company_id, author_id) references app.memberships (company_id, id)
);
-- The same picture is on a site once, and once in an incident; storage looks a file up by its hash.
create unique index photos_file on app.photos (company_id, sha256, site_id, incident_id) nulls not distinct;
create index photos_site on app.photos (company_id, site_id, taken_at desc);
create index photos_incident on app.photos (company_id, incident_id);
create index photos_before on app.photos (company_id, before_id);
create index photos_author on app.photos (company_id, author_id);
create index photos_scopes on app.photos using gin (scope_ids) with (fastupdate = off);
