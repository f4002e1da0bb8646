-- Hooks that the Auth service calls. Their contract is GoTrue's, so hosted Auth runs the same functions (its password hook needs a paid plan).

-- Five wrong passwords in fifteen minutes lock the account until the first of them is fifteen minutes old. A right password that comes
-- while locked is refused too and changes nothing. event: {user_id, valid}; answers {decision: continue | reject, message}.
create or replace function app_private.hook_password_verification_attempt(event jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  target constant uuid := event ->> 'user_id';
  valid constant boolean := event ->> 'valid';
  span constant interval := '15 minutes';
  most constant integer := 5;
  recent timestamptz[];
begin
  -- the row's lock makes guesses sent at once count one by one
  insert into app_private.password_attempts as attempts (user_id) values (target)
    on conflict (user_id) do update set user_id = excluded.user_id
    returning attempts.failures into recent;
  recent := array(select failure from unnest(recent) as failure where failure > clock_timestamp() - span order by failure);

  if cardinality(recent) >= most then
    return jsonb_build_object('decision', 'reject', 'should_logout_user', false, 'message',
      'Trop d’essais : réessayez dans quinze minutes. Too many attempts: try again in fifteen minutes.');
  end if;
  if valid then
    delete from app_private.password_attempts where user_id = target;
    return jsonb_build_object('decision', 'continue');
  end if;

  update app_private.password_attempts set failures = recent || clock_timestamp(), updated_at = clock_timestamp() where user_id = target;
  delete from app_private.password_attempts where updated_at < clock_timestamp() - interval '1 day';
  if cardinality(recent) + 1 = most then
    insert into auth.audit_log_entries (instance_id, id, payload, created_at, ip_address)
    values ('00000000-0000-0000-0000-000000000000', gen_random_uuid(),
      json_build_object('action', 'login_locked', 'actor_id', target, 'actor_username', '', 'actor_via_sso', false, 'log_type', 'account'), now(), '');
  end if;
  return jsonb_build_object('decision', 'continue');
end $$;
