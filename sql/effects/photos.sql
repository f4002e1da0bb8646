-- Refuses WRONG for a position off the globe, half a position, or a measure of accuracy that no device gives.
create or replace function effects.check_photo_position(
  latitude double precision, longitude double precision, accuracy_m double precision
) returns void
language plpgsql as $$
begin
  if (latitude is null) <> (longitude is null) or abs(latitude) > 90 or abs(longitude) > 180 or accuracy_m not between 0 and 1e8 then
    perform effects.refuse('WRONG', 'position');
  end if;
end $$;

-- Announces a photo whose file follows. sha256: of the file, 64 hex digits; bytes (15 MiB at most: what storage takes), width, height: of the file; taken_at: the device's clock;
-- position WGS84, accuracy in metres, position_source: shutter, exif, manual, none; before_id: the photo that shows the place before.
create or replace function effects.add_photo(
  ctx effects.context, id uuid, site_id uuid, sha256 text, bytes integer, width integer, height integer, taken_at timestamptz default null,
  incident_id uuid default null, zone text default null, caption text default null, latitude double precision default null,
  longitude double precision default null, accuracy_m double precision default null, position_source text default null,
  before_id uuid default null
) returns void
language plpgsql as $$
begin
  if sha256 is null or sha256 !~ '^[0-9a-f]{64}$' then perform effects.refuse('WRONG', 'sha256'); end if;
  if bytes is null or bytes not between 1 and 15728640 then perform effects.refuse('WRONG', 'bytes'); end if;
  if width is null or width not between 1 and 30000 or height is null or height not between 1 and 30000 then perform effects.refuse('WRONG', 'size'); end if;
  if taken_at not between '1900-01-01' and '2199-12-31' then perform effects.refuse('WRONG', 'taken_at'); end if;
  perform effects.check_photo_position(latitude, longitude, accuracy_m);
  if latitude is null then
    position_source := 'none';
  else
    perform effects.one_of(position_source, 'position_source', 'shutter', 'exif', 'manual');
  end if;
  insert into app.photos (company_id, id, site_id, incident_id, zone, caption, before_id, author_id, taken_at, added_at, latitude, longitude,
    accuracy_m, position_source, sha256, bytes, width, height, updated_at)
  values (ctx.company_id, add_photo.id, add_photo.site_id, add_photo.incident_id, effects.optional_text(zone, 'zone', 120),
    effects.optional_text(caption, 'caption', 1000), add_photo.before_id, ctx.actor_id, coalesce(add_photo.taken_at, ctx.device_at), ctx.at,
    add_photo.latitude, add_photo.longitude, case when add_photo.latitude is not null then add_photo.accuracy_m end,
    add_photo.position_source, add_photo.sha256, add_photo.bytes, add_photo.width, add_photo.height, ctx.at);
end $$;

-- Edits what is said about a photo, never the picture, its time or its author. changes/was: caption, zone, latitude, longitude, before_id.
-- A position set here is `manual`; its accuracy is the person's word.
create or replace function effects.update_photo(ctx effects.context, id uuid, changes jsonb, was jsonb default '{}') returns void
language plpgsql as $$
declare
  before app.photos;
  photo app.photos;
begin
  select * into before from app.photos as p where p.company_id = ctx.company_id and p.id = update_photo.id for no key update;
  photo := jsonb_populate_record(before, effects.merge(ctx, 'photos', id, to_jsonb(before), changes, was,
    '{caption,zone,latitude,longitude,before_id}'));
  perform effects.check_photo_position(photo.latitude, photo.longitude, null);
  if photo.before_id = photo.id then perform effects.refuse('WRONG', 'before_id'); end if;
  if (photo.latitude, photo.longitude) is distinct from (before.latitude, before.longitude) then
    photo.position_source := case when photo.latitude is null then 'none' else 'manual' end;
    photo.accuracy_m := null;
  end if;
  update app.photos as p set
    caption = effects.optional_text(photo.caption, 'caption', 1000), zone = effects.optional_text(photo.zone, 'zone', 120),
    latitude = photo.latitude, longitude = photo.longitude, accuracy_m = photo.accuracy_m, position_source = photo.position_source,
    before_id = photo.before_id, updated_at = ctx.at
  where p.company_id = ctx.company_id and p.id = update_photo.id;
end $$;

-- Refuses what cannot be drawn over a picture. At most 200 shapes with 4000 numbers in all (LIMIT); a shape is {kind, colour, points, text}, no more:
-- arrow (from, to), rectangle and ellipse (two corners): 4 numbers; line: 2 to 200 points; text: 1 point, and 1 to 120 characters.
-- Numbers are shares of width and height, 0 to 1 with four decimals: finer than any screen, and no number can be long.
create or replace function effects.check_shapes(shapes jsonb) returns void
language plpgsql as $$
declare
  shape jsonb;
  size integer;
  total integer := 0;
begin
  if jsonb_typeof(shapes) is distinct from 'array' then perform effects.refuse('WRONG', 'annotations'); end if;
  if jsonb_array_length(shapes) > 200 then perform effects.refuse('LIMIT', 'annotations'); end if;
  for shape in select jsonb_array_elements(shapes) loop
    if jsonb_typeof(shape) <> 'object' or jsonb_typeof(shape -> 'points') is distinct from 'array' then
      perform effects.refuse('WRONG', 'annotations');
    end if;
    size := jsonb_array_length(shape -> 'points');
    total := total + size;
    if total > 4000 or length(shape ->> 'text') > 120 then perform effects.refuse('LIMIT', 'annotations'); end if;
    if shape - '{kind,colour,points,text}'::text[] <> '{}'
      or (case shape ->> 'kind' when 'line' then size not between 4 and 400 or size % 2 = 1 when 'text' then size <> 2
            when 'arrow' then size <> 4 when 'rectangle' then size <> 4 when 'ellipse' then size <> 4 else true end)
      or coalesce(shape ->> 'colour', '') not in ('red', 'yellow', 'blue', 'white')
      or (shape ->> 'kind' = 'text') <> (shape ? 'text')
      or shape ? 'text' and (jsonb_typeof(shape -> 'text') <> 'string' or btrim(shape ->> 'text') = '')
      or exists (
        select from jsonb_array_elements(shape -> 'points') as number
        where case when jsonb_typeof(number) = 'number' then number::numeric not between 0 and 1 or number::numeric <> round(number::numeric, 4)
              else true end)
    then
      perform effects.refuse('WRONG', 'annotations');
    end if;
  end loop;
end $$;

-- Draws over a photo: `shapes` replace all that were there (see check_shapes); the picture stays as it is. was: the shapes that the author saw; drawn
-- over meanwhile by someone else, the newer drawing wins and the other is kept in app.conflicts.
create or replace function effects.annotate_photo(ctx effects.context, id uuid, shapes jsonb, was jsonb default null) returns void
language plpgsql as $$
declare
  before app.photos;
  applied jsonb;
begin
  perform effects.check_shapes(shapes);
  select * into before from app.photos as p where p.company_id = ctx.company_id and p.id = annotate_photo.id for no key update;
  applied := effects.merge(ctx, 'photos', id, to_jsonb(before), jsonb_build_object('annotations', shapes),
    case when was is null then '{}' else jsonb_build_object('annotations', was) end, '{annotations}');
  update app.photos as p set annotations = applied -> 'annotations', updated_at = ctx.at
  where p.company_id = ctx.company_id and p.id = annotate_photo.id and applied ? 'annotations';
end $$;

-- Puts a photo of the site into an incident of the site. It stays there: refuses WRONG when it is in another one.
create or replace function effects.attach_photo(ctx effects.context, id uuid, incident_id uuid) returns void
language plpgsql as $$
begin
  update app.photos as p set incident_id = attach_photo.incident_id, updated_at = ctx.at
  where p.company_id = ctx.company_id and p.id = attach_photo.id and (p.incident_id is null or p.incident_id = attach_photo.incident_id);
  if not found then perform effects.refuse('WRONG', 'incident_id'); end if;
end $$;

-- Says that the file has arrived; the server then compares its hash. Saying it again changes nothing, unless the file had been refused.
create or replace function effects.confirm_photo(ctx effects.context, id uuid) returns void
language sql as $$
  update app.photos as p set state = 'stored', refusal = null, stored_at = ctx.at, updated_at = ctx.at
  where p.company_id = ctx.company_id and p.id = confirm_photo.id and p.state in ('announced', 'refused');
$$;
