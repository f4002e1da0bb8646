-- Hooks that the Auth service calls. Their contract is GoTrue's, so hosted Auth runs the same functions (its password and second-factor
-- hooks need a paid plan).

-- Counts an attempt to prove who one is. Five wrong ones of a kind (password, code, recovery) in fifteen minutes lock it until the first of them is fifteen minutes
-- old; a right one that comes while locked is refused too and changes nothing. Answers fine, wrong, locking (the fifth) or locked.
create or replace function app_private.count_attempt(target uuid, proof text, valid boolean) returns text
language plpgsql security definer set search_path = '' as $$
declare
  span constant interval := '15 minutes';
  most constant integer := 5;
  recent timestamptz[];
begin
  -- the row's lock makes guesses sent at once count one by one
  insert into app_private.attempts as attempts (user_id, kind) values (target, proof)
    on conflict (user_id, kind) do update set user_id = excluded.user_id
    returning attempts.failures into recent;
  recent := array(select failure from unnest(recent) as failure where failure > clock_timestamp() - span order by failure);
  if cardinality(recent) >= most then return 'locked'; end if;
  if valid then
    delete from app_private.attempts as a where a.user_id = target and a.kind = proof;
    return 'fine';
  end if;
  update app_private.attempts as a set failures = recent || clock_timestamp(), updated_at = clock_timestamp()
  where a.user_id = target and a.kind = proof;
  delete from app_private.attempts where updated_at < clock_timestamp() - interval '1 day';
  if cardinality(recent) + 1 < most then return 'wrong'; end if;
  perform app_private.note_auth('login_locked', target, jsonb_build_object('proof', proof));
  return 'locking';
end $$;

-- Counts what a person may do `most` times in 24 hours at most; false, and nothing counted, when that is reached.
create or replace function app_private.may_again(target uuid, deed text, most integer) returns boolean
language plpgsql security definer set search_path = '' as $$
declare
  recent timestamptz[];
begin
  insert into app_private.attempts as attempts (user_id, kind) values (target, deed)
    on conflict (user_id, kind) do update set user_id = excluded.user_id
    returning attempts.failures into recent;
  recent := array(select moment from unnest(recent) as moment where moment > clock_timestamp() - interval '24 hours');
  if cardinality(recent) >= most then return false; end if;
  update app_private.attempts as a set failures = recent || clock_timestamp(), updated_at = clock_timestamp() where a.user_id = target and a.kind = deed;
  return true;
end $$;

-- Writes a line in the journal of the Auth service.
create or replace function app_private.note_auth(action text, actor uuid, traits jsonb) returns void
language sql security definer set search_path = '' as $$
  insert into auth.audit_log_entries (instance_id, id, payload, created_at, ip_address)
  values ('00000000-0000-0000-0000-000000000000', gen_random_uuid(),
    json_build_object('action', action, 'actor_id', actor, 'actor_username', '', 'actor_via_sso', false, 'log_type', 'account', 'traits', traits), now(), '');
$$;

-- GoTrue's answer to a hook. `locking` in it, which GoTrue ignores, tells our own gateway to warn the person by mail.
create or replace function app_private.hook_answer(outcome text) returns jsonb
language sql immutable set search_path = '' as $$
  select case outcome
    when 'locked' then jsonb_build_object('decision', 'reject', 'should_logout_user', false, 'message',
      'Trop d’essais : réessayez dans quinze minutes. Too many attempts: try again in fifteen minutes.')
    when 'expired' then jsonb_build_object('decision', 'reject', 'should_logout_user', false, 'message',
      'Mot de passe expiré : choisissez-en un nouveau par « Mot de passe oublié ». Password expired: choose a new one by “Forgotten password”.')
    when 'locking' then jsonb_build_object('decision', 'continue', 'locking', true)
    else jsonb_build_object('decision', 'continue') end;
$$;

-- After a password was compared. event: {user_id, valid}; answers {decision: continue | reject, message}. A right password that is older
-- than one of the person's companies allows is refused: a link by mail opens the way to a new one.
create or replace function app_private.hook_password_verification_attempt(event jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  target constant uuid := event ->> 'user_id';
  valid constant boolean := event ->> 'valid';
  outcome constant text := app_private.count_attempt(target, 'password', valid);
begin
  if outcome = 'fine' and app_private.password_expired(target) then
    perform app_private.note_auth('password_expired', target, '{}');
    return app_private.hook_answer('expired');
  end if;
  return app_private.hook_answer(outcome);
end $$;

-- After a code of a second factor was compared. event: {user_id, factor_id, factor_type, valid}; answers as above.
create or replace function app_private.hook_mfa_verification_attempt(event jsonb) returns jsonb
language sql security definer set search_path = '' as $$
  select app_private.hook_answer(app_private.count_attempt((event ->> 'user_id')::uuid, 'code', (event ->> 'valid')::boolean));
$$;

-- True when the person's password is older than the strictest of their companies allows. One that was set before passwords were remembered
-- is as old as its account; of an account that does not say how old it is, older than any company allows.
create or replace function app_private.password_expired(target uuid) returns boolean
language sql stable security definer set search_path = '' as $$
  select coalesce(
    (select coalesce(max(h.at), (select coalesce(u.created_at, '-infinity') from auth.users as u where u.id = target)) from app_private.password_hashes as h where h.user_id = target)
      < now() - make_interval(days => (
        select min(c.password_days) from app.memberships as m join app.companies as c on c.id = m.company_id
        where m.user_id = target and m.state = 'active')), false);
$$;

-- Keeps the hashes of a person's last five passwords: the Auth service refuses them as a new one.
create or replace function app_private.tg_users__password_hashes() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  insert into app_private.password_hashes (user_id, password_hash) values (new.id, new.encrypted_password) on conflict do nothing;
  delete from app_private.password_hashes as h
  where h.user_id = new.id and h.at not in (select k.at from app_private.password_hashes as k where k.user_id = new.id order by k.at desc limit 5);
  return null;
end $$;
create or replace trigger _100_password_hashes_insert after insert on auth.users
  for each row when (new.encrypted_password <> '') execute function app_private.tg_users__password_hashes();
create or replace trigger _100_password_hashes_update after update of encrypted_password on auth.users
  for each row when (new.encrypted_password <> '' and new.encrypted_password is distinct from old.encrypted_password)
  execute function app_private.tg_users__password_hashes();

-- The hashes that a new password of this person must not match, newest first.
create or replace function app_private.last_password_hashes(target uuid) returns setof text
language sql stable security definer set search_path = '' as $$
  select h.password_hash from app_private.password_hashes as h where h.user_id = target order by h.at desc limit 5;
$$;

-- True when the text is one of the caller's last five passwords, as far as the database can compare (hosted Auth's bcrypt). Each question
-- counts as a wrong password: a session in the wrong hands guesses no faster here than by signing in. Raises AUTHN, LIMIT.
create or replace function app.was_my_password(password text) returns boolean
language plpgsql security definer set search_path = '' as $$
begin
  if not app_private.session_alive() then perform effects.refuse('AUTHN'); end if;
  if app_private.count_attempt(app_private.user_id(), 'password', false) = 'locked' then perform effects.refuse('LIMIT', 'password'); end if;
  return exists (
    select from app_private.last_password_hashes(app_private.user_id()) as hash
    where hash like '$2_$%' and extensions.crypt(left(password, 128), hash) = hash);
end $$;
