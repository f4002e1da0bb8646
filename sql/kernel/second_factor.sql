-- The second factor. Who has a verified one enters a company by it alone (aal2); who must have one is let in without it for the days of
-- grace. app_private.accesses.factor_due carries both into the one lookup that every policy makes.

-- The strictest rule for these roles: mandatory, recommended or off. rules = {role: rule}.
create or replace function app_private.factor_rule(roles text[], rules jsonb) returns text
language sql immutable set search_path = '' as $$
  select coalesce(min(rules ->> role) filter (where rules ->> role in ('mandatory', 'recommended')), 'off') from unnest(roles) as role;
$$;

-- Notes since when the member's roles demand a second factor, or that they no longer do.
create or replace function app_private.keep_factor_duty(company_id uuid, membership_id uuid) returns void
language plpgsql set search_path = '' as $$
begin
  if exists (
    select from app.memberships as m join app.companies as c on c.id = m.company_id
    where m.company_id = keep_factor_duty.company_id and m.id = keep_factor_duty.membership_id
      and app_private.factor_rule(m.roles, c.factor_rules) = 'mandatory') then
    insert into app_private.factor_duties (company_id, membership_id) values (keep_factor_duty.company_id, keep_factor_duty.membership_id)
    on conflict do nothing;
  else
    delete from app_private.factor_duties as d where d.company_id = keep_factor_duty.company_id and d.membership_id = keep_factor_duty.membership_id;
  end if;
end $$;

-- From when on a second factor is needed: '-infinity' with a verified one, the end of the grace for who must have one, else 'infinity'.
create or replace function app_private.factor_due(company_id uuid, membership_id uuid, user_id uuid, grace_days integer) returns timestamptz
language plpgsql stable set search_path = '' as $$
begin
  return case
    when exists (select from auth.mfa_factors as f where f.user_id = factor_due.user_id and f.status = 'verified') then '-infinity'
    else coalesce((
      select d.since + make_interval(days => grace_days) from app_private.factor_duties as d
      where d.company_id = factor_due.company_id and d.membership_id = factor_due.membership_id), 'infinity') end;
end $$;

-- A factor was verified or removed: so may its owner's way in.
create or replace function app_private.tg_mfa_factors__accesses() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  perform app_private.refresh_accesses((
    select jsonb_agg(jsonb_build_object('company_id', m.company_id, 'id', m.id))
    from app.memberships as m where m.user_id in (select user_id from changed)));
  return null;
end $$;
create or replace trigger _100_accesses_insert after insert on auth.mfa_factors
  referencing new table as changed for each statement execute function app_private.tg_mfa_factors__accesses();
create or replace trigger _100_accesses_update after update on auth.mfa_factors
  referencing new table as changed for each statement execute function app_private.tg_mfa_factors__accesses();
create or replace trigger _100_accesses_delete after delete on auth.mfa_factors
  referencing old table as changed for each statement execute function app_private.tg_mfa_factors__accesses();

-- What an active member with a living session lacks in the company the request names: 'enter' a code, 'enrol' a factor, or NULL.
create or replace function app_private.missing_proof() returns text
language sql stable security definer set search_path = '' as $$
  select case when a.factor_due = '-infinity' then 'enter' else 'enrol' end
  from app_private.accesses as a
  where a.company_id = app_private.wanted_company() and a.user_id = app_private.user_id()
    and a.factor_due <= now() and not app_private.second_factor_given();
$$;

-- True when the session and its token both say that a second factor was given: a token from before it is worth less.
create or replace function app_private.second_factor_given() returns boolean
language sql stable security definer set search_path = '' as $$
  select exists (
    select from auth.sessions as s
    where s.id = (app_private.claims() ->> 'session_id')::uuid and s.user_id = app_private.user_id() and (s.not_after is null or s.not_after > now())
      and s.aal >= 'aal2' and app_private.claims() ->> 'aal' in ('aal2', 'aal3'));
$$;

-- Makes ten recovery codes, each good once, and forgets the earlier ones. They are shown this once: only hashes stay. Raises AUTHN, and
-- PROOF unless this session has given the second factor.
create or replace function app.make_recovery_codes() returns text[]
language plpgsql security definer set search_path = '' as $$
declare
  owner constant uuid := app_private.user_id();
  codes text[];
begin
  if owner is null or not app_private.session_alive() then perform effects.refuse('AUTHN'); end if;
  if not app_private.second_factor_given() then perform effects.refuse('PROOF', 'enter'); end if;
  -- 80 random bits each, in letters that nobody confuses
  codes := array(
    select string_agg(substr('0123456789abcdefghjkmnpqrstvwxyz', get_byte(bytes, place) % 32 + 1, 1) || case when place in (3, 7, 11) then '-' else '' end, '' order by place)
    from (select n, extensions.gen_random_bytes(16) as bytes from generate_series(1, 10) as n) as drawn, generate_series(0, 15) as place
    group by n order by n);
  delete from app_private.recovery_codes as r where r.user_id = owner;
  insert into app_private.recovery_codes (user_id, code_hash) select owner, app_private.recovery_hash(owner, code) from unnest(codes) as code;
  perform app_private.note_auth('recovery_codes_made', owner, '{}');
  return codes;
end $$;

-- The hash of a recovery code of one person, whatever its spaces, hyphens and capitals, and with o, i and l for the digits they look like.
create or replace function app_private.recovery_hash(owner uuid, code text) returns text
language sql immutable set search_path = '' as $$
  select encode(sha256(convert_to(owner::text || ' ' || translate(lower(regexp_replace(code, '[^[:alnum:]]', '', 'g')), 'oil', '011'), 'UTF8')), 'hex');
$$;

-- How many recovery codes the caller still has.
create or replace function app.recovery_codes_left() returns integer
language sql stable security definer set search_path = '' as $$
  select count(*)::integer from app_private.recovery_codes as r where r.user_id = app_private.user_id() and app_private.session_alive();
$$;

-- A person who lost their second factor, signed in by password, spends a code: their factors are removed and their other sessions end, so
-- that they can enrol a new one at once. No session is raised. Answers used, wrong or locked (five wrong ones in fifteen minutes); AUTHN.
create or replace function app.use_recovery_code(code text) returns text
language plpgsql security definer set search_path = '' as $$
declare
  owner constant uuid := app_private.user_id();
  hash constant text := app_private.recovery_hash(owner, left(code, 100));
  outcome text;
begin
  if owner is null or not app_private.session_alive() then perform effects.refuse('AUTHN'); end if;
  outcome := app_private.count_attempt(owner, 'recovery', exists (
    select from app_private.recovery_codes as r where r.user_id = owner and r.code_hash = hash));
  if outcome <> 'fine' then return case outcome when 'wrong' then 'wrong' else 'locked' end; end if;
  delete from app_private.recovery_codes as r where r.user_id = owner and r.code_hash = hash;
  if not found then return 'wrong'; end if; -- spent meanwhile
  delete from auth.mfa_factors as f where f.user_id = owner;
  delete from auth.sessions as s where s.user_id = owner and s.id <> (app_private.claims() ->> 'session_id')::uuid;
  perform app_private.note_auth('recovery_code_used', owner, '{}');
  return 'used';
end $$;
