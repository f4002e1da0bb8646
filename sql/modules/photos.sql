-- A photo is seen by who sees its site; in an incident, by who sees the incident: confidential pictures stay so. The lock makes an incident
-- that goes to somebody else meanwhile wait, or this wait for it: else the picture would stay with who no longer sees the incident.
create or replace function app_private.tg_photos__scopes() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if new.incident_id is null then
    new.scope_ids := array[effects.scope_id(new.company_id, 'sites', new.company_id), effects.scope_id(new.company_id, 'site', new.site_id)];
  else
    select i.scope_ids into new.scope_ids from app.incidents as i where i.company_id = new.company_id and i.id = new.incident_id for no key update;
  end if;
  return new;
end $$;
create or replace trigger _100_scopes before insert or update of incident_id on app.photos
  for each row execute function app_private.tg_photos__scopes();

-- When the scopes of an incident change (it is assigned), its photos follow.
create or replace function app_private.tg_incidents__pass_scopes_to_photos() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  update app.photos as p set scope_ids = n.scope_ids
  from old_rows as o join new_rows as n using (company_id, id)
  where o.scope_ids <> n.scope_ids and p.company_id = n.company_id and p.incident_id = n.id;
  return null;
end $$;
create or replace trigger _110_pass_scopes_to_photos after update on app.incidents
  referencing old table as old_rows new table as new_rows for each statement execute function app_private.tg_incidents__pass_scopes_to_photos();

-- When the scopes of a photo change, the clashes about it follow.
create or replace function app_private.tg_photos__pass_scopes() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  update app.conflicts as c set scope_ids = n.scope_ids
  from old_rows as o join new_rows as n using (company_id, id)
  where o.scope_ids <> n.scope_ids and c.company_id = n.company_id and c.table_name = 'photos' and c.row_id = n.id;
  return null;
end $$;
create or replace trigger _110_pass_scopes after update on app.photos
  referencing old table as old_rows new table as new_rows for each statement execute function app_private.tg_photos__pass_scopes();

-- A photo is evidence: it stays while its site lives and ten years after; that of a demo company goes with it. Raises KEEPS.
create or replace function app_private.tg_photos__keep() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if exists (
    select from old_rows as o
    where not exists (
      select from app.sites as s
      where s.company_id = o.company_id and s.id = o.site_id and s.archived_at < now() - interval '10 years')
      and not exists (select from app.demos as d where d.company_id = o.company_id)) then
    perform effects.refuse('KEEPS');
  end if;
  return null;
end $$;
create or replace trigger _050_keep after delete on app.photos
  referencing old table as old_rows for each statement execute function app_private.tg_photos__keep();

-- Refuses GHOST unless the caller sees the incident and it is on this site.
create or replace function app_private.require_incident_on(ctx effects.context, incident_id uuid, site_id uuid) returns void
language plpgsql set search_path = '' as $$
declare
  incident app.incidents;
begin
  select * into incident from app.incidents as i
  where i.company_id = ctx.company_id and i.id = incident_id and i.site_id = require_incident_on.site_id;
  perform app_private.require_visible(incident.scope_ids, 'incident');
end $$;

-- Refuses GHOST unless the caller sees the photo and it is on this site.
create or replace function app_private.require_photo_on(ctx effects.context, photo_id uuid, site_id uuid) returns void
language plpgsql set search_path = '' as $$
declare
  photo app.photos;
begin
  select * into photo from app.photos as p
  where p.company_id = ctx.company_id and p.id = photo_id and p.site_id = require_photo_on.site_id;
  perform app_private.require_visible(photo.scope_ids, 'photo');
end $$;

-- True when it is the caller's own incident, on this site: who reports one may show it, whatever their role.
create or replace function app_private.has_reported(ctx effects.context, incident_id uuid, site_id uuid) returns boolean
language plpgsql stable set search_path = '' as $$
begin
  return exists (
    select from app.incidents as i where i.company_id = ctx.company_id and i.id = has_reported.incident_id and i.site_id = has_reported.site_id
      and i.reporter_id = ctx.actor_id);
end $$;

create or replace function app_private.check_add_photo(ctx effects.context, args jsonb) returns void
language plpgsql set search_path = '' as $$
declare
  site_id constant uuid := args ->> 'site_id';
  incident_id constant uuid := args ->> 'incident_id';
begin
  if app_private.has_reported(ctx, incident_id, site_id) then
    perform from app.sites as s where s.company_id = ctx.company_id and s.id = site_id and s.archived_at is null for key share;
    if not found then perform effects.refuse('FROZE'); end if;
  else
    perform app_private.require_site(ctx, 'photo.upload', site_id);
  end if;
  if incident_id is not null then perform app_private.require_incident_on(ctx, incident_id, site_id); end if;
  if args ->> 'before_id' is not null then perform app_private.require_photo_on(ctx, (args ->> 'before_id')::uuid, site_id); end if;
end $$;

-- The photo that the args name, which the caller may change: their own, or by `permission`. Refuses RIGHT, GHOST, FROZE.
create or replace function app_private.require_photo(ctx effects.context, permission text, photo_id uuid) returns app.photos
language plpgsql set search_path = '' as $$
declare
  photo app.photos;
begin
  select * into photo from app.photos as p where p.company_id = ctx.company_id and p.id = photo_id;
  if photo.author_id is distinct from ctx.actor_id then perform app_private.require_right(permission, photo.site_id); end if;
  perform app_private.require_visible(photo.scope_ids, 'photo');
  perform from app.sites as s where s.company_id = ctx.company_id and s.id = photo.site_id and s.archived_at is null for key share;
  if not found then perform effects.refuse('FROZE'); end if;
  return photo;
end $$;

create or replace function app_private.check_update_photo(ctx effects.context, args jsonb) returns void
language plpgsql set search_path = '' as $$
declare
  photo constant app.photos := app_private.require_photo(ctx, 'photo.edit', (args ->> 'id')::uuid);
begin
  if args -> 'changes' ->> 'before_id' is not null then
    perform app_private.require_photo_on(ctx, (args -> 'changes' ->> 'before_id')::uuid, photo.site_id);
  end if;
end $$;

create or replace function app_private.check_annotate_photo(ctx effects.context, args jsonb) returns void
language sql set search_path = '' as $$
  select app_private.require_photo(ctx, 'photo.edit', (args ->> 'id')::uuid);
$$;

create or replace function app_private.check_attach_photo(ctx effects.context, args jsonb) returns void
language plpgsql set search_path = '' as $$
declare
  photo constant app.photos := app_private.require_photo(ctx, 'photo.edit', (args ->> 'id')::uuid);
begin
  perform app_private.require_incident_on(ctx, (args ->> 'incident_id')::uuid, photo.site_id);
end $$;

-- A file that arrived before its site was archived is confirmed after, too: the picture is evidence.
create or replace function app_private.check_confirm_photo(ctx effects.context, args jsonb) returns void
language plpgsql set search_path = '' as $$
declare
  photo app.photos;
begin
  select * into photo from app.photos as p where p.company_id = ctx.company_id and p.id = (args ->> 'id')::uuid;
  if photo.author_id = ctx.actor_id then return; end if; -- also when the incident has gone to others meanwhile
  perform app_private.require_right('photo.edit', photo.site_id);
  perform app_private.require_visible(photo.scope_ids, 'photo');
end $$;

-- True when `object_name` (<company>/<site>/<sha256>.jpg) is the file that the caller has announced and storage has not got: only then it is taken.
create or replace function app_private.may_store_photo(object_name text) returns boolean
language plpgsql stable security definer set search_path = '' as $$
declare
  access constant app_private.accesses := app_private.access(app_private.object_company(object_name));
begin
  return exists (
    select from app.photos as p
    where p.company_id = access.company_id and p.author_id = access.membership_id
      and p.sha256 = substring(object_name from '/([0-9a-f]{64})\.jpg$') and p.state <> 'verified'
      and object_name = concat(p.company_id, '/', p.site_id, '/', p.sha256, '.jpg'));
end $$;

-- True when the caller sees a photo whose file this is.
create or replace function app_private.may_read_photo(object_name text) returns boolean
language plpgsql stable security definer set search_path = '' as $$
declare
  access constant app_private.accesses := app_private.access(app_private.object_company(object_name));
begin
  return exists (
    select from app.photos as p
    where p.company_id = access.company_id and p.scope_ids && access.scope_ids
      and p.sha256 = substring(object_name from '/([0-9a-f]{64})\.jpg$')
      and object_name = concat(p.company_id, '/', p.site_id, '/', p.sha256, '.jpg'));
end $$;

-- A file that has arrived is read again by a worker: each confirmation asks for one check.
create or replace function app_private.tg_photos__verify() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  perform app_private.enqueue_job(n.company_id, 'verify_photo', jsonb_build_object('photo_id', n.id, 'stored_at', n.stored_at),
    concat(n.id, ' ', n.stored_at))
  from new_rows as n join old_rows as o using (company_id, id)
  where n.state = 'stored' and o.state <> 'stored';
  return null;
end $$;
create or replace trigger _600_verify after update on app.photos
  referencing old table as old_rows new table as new_rows for each statement execute function app_private.tg_photos__verify();

-- The photo that a job checks, as it was confirmed then; no row when it has been settled, or confirmed anew, since.
create or replace function app_private.photo_to_verify(job app_private.jobs) returns setof app.photos
language sql stable set search_path = '' as $$
  select * from app.photos as p
  where p.company_id = job.company_id and p.id = (job.payload ->> 'photo_id')::uuid and p.state = 'stored'
    and p.stored_at = (job.payload ->> 'stored_at')::timestamptz;
$$;

-- What the worker reads: {bucket, name, sha256, bytes}.
create or replace function app_private.payload_verify_photo(job app_private.jobs) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object('bucket', 'photos', 'name', concat(p.company_id, '/', p.site_id, '/', p.sha256, '.jpg'), 'sha256', p.sha256, 'bytes', p.bytes)
  from app_private.photo_to_verify(job) as p;
$$;

-- What the worker found: {sha256} of the bytes that storage holds, null when it holds none. Only the right hash makes the photo verified;
-- another one, or none, refuses it, and its device sends it again.
create or replace function app_private.finish_verify_photo(job app_private.jobs, result jsonb) returns void
language sql set search_path = '' as $$
  update app.photos as p set
    state = case when p.sha256 = result ->> 'sha256' then 'verified' else 'refused' end,
    refusal = case when result ->> 'sha256' is null then 'missing' when p.sha256 <> result ->> 'sha256' then 'hash' end,
    verified_at = case when p.sha256 = result ->> 'sha256' then now() end,
    updated_at = now()
  from app_private.photo_to_verify(job) as wanted
  where p.company_id = wanted.company_id and p.id = wanted.id;
$$;

-- Nobody could read the file for hours: the device that still has it confirms it again.
create or replace function app_private.bury_verify_photo(job app_private.jobs) returns void
language sql set search_path = '' as $$
  update app.photos as p set state = 'refused', refusal = 'unread', updated_at = now()
  from app_private.photo_to_verify(job) as wanted
  where p.company_id = wanted.company_id and p.id = wanted.id;
$$;
