-- Helpers of every effect. Loaded on the server and in the phone's PGlite, so: plain SQL for Postgres 17 and 18.

-- Refuses the command: raises `code` (see errors.json) about `field`. The message starts with the code, because a worker drops SQLSTATEs.
create or replace function effects.refuse(code text, field text default null) returns void
language plpgsql as $$
begin
  raise exception using errcode = code, message = code || coalesce(': ' || field, ''), detail = coalesce(field, '');
end $$;

-- The trimmed text; refuses BLANK when it is empty and LIMIT when it is longer than `most` characters.
create or replace function effects.required_text(value text, field text, most integer default 160) returns text
language plpgsql as $$
begin
  if coalesce(value, '') ~ '^\s*$' then perform effects.refuse('BLANK', field); end if;
  return effects.optional_text(value, field, most);
end $$;

-- The trimmed text, null when empty; refuses LIMIT when it is longer than `most` characters.
create or replace function effects.optional_text(value text, field text, most integer default 160) returns text
language plpgsql as $$
begin
  if length(value) > most then perform effects.refuse('LIMIT', field); end if;
  return nullif(btrim(value), '');
end $$;

-- The value; refuses WRONG when it is not one of `allowed`.
create or replace function effects.one_of(value text, field text, variadic allowed text[]) returns text
language plpgsql as $$
begin
  if value is null or value <> all (allowed) then perform effects.refuse('WRONG', field); end if;
  return value;
end $$;

-- Refuses WRONG for a day outside the years 1900 to 2199 ('infinity' too): no calendar of a phone draws it. Null passes.
create or replace function effects.check_day(day date, field text) returns void
language plpgsql as $$
begin
  if day not between '1900-01-01' and '2199-12-31' then perform effects.refuse('WRONG', field); end if;
end $$;

-- A deterministic id for a row that a command makes beside the one it names: the same on both sides and at each replay.
create or replace function effects.derived_id(seed uuid, label text) returns uuid
language sql immutable parallel safe
return md5(seed::text || ' ' || label)::uuid;

-- True when the digits pass the Luhn check (SIREN, SIRET).
create or replace function effects.luhn(digits text) returns boolean
language sql immutable parallel safe strict
return digits ~ '^[0-9]+$' and (
  select sum(case when place % 2 = 0 then digit when digit > 4 then digit * 2 - 9 else digit * 2 end) % 10 = 0
  from (select substr(digits, length(digits) - place, 1)::integer as digit, place
        from generate_series(0, length(digits) - 1) as place) as places);

-- Merges an edit by column. `changes` = the new values, `was` = the values the author saw, `current` = the row now.
-- Returns the changes to write. A column changed meanwhile by someone else is a clash: the newer edit wins (or, for the columns
-- `first_wins`, the older one) and the losing value is kept in app.conflicts. Refuses WRONG for a column that is not `editable`.
create or replace function effects.merge(
  ctx effects.context, table_name text, row_id uuid, current jsonb, changes jsonb, was jsonb, editable text[],
  first_wins text[] default '{}'
) returns jsonb
language plpgsql as $$
declare
  key text;
  applied jsonb := '{}';
begin
  for key in select jsonb_object_keys(changes) loop
    if key <> all (editable) then perform effects.refuse('WRONG', key); end if;
    continue when current -> key = changes -> key;
    if was ? key and was -> key is distinct from current -> key then
      insert into app.conflicts (company_id, id, table_name, row_id, column_name, kept, lost, actor_id, at)
      select ctx.company_id, effects.derived_id(ctx.command_id, key), merge.table_name, merge.row_id, key,
             case when key = any (first_wins) then current -> key else changes -> key end,
             case when key = any (first_wins) then changes -> key else current -> key end,
             ctx.actor_id, ctx.at
      on conflict do nothing;
      continue when key = any (first_wins);
    end if;
    applied := applied || jsonb_build_object(key, changes -> key);
  end loop;
  return applied;
end $$;
