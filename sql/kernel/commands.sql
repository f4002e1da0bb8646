-- Commands: one door for every write. A command `verb_noun` is effects.verb_noun(ctx, …), run here and on the phone, and
-- app_private.check_verb_noun(ctx, args jsonb), run here alone: right, then existence. Deployment generates app.verb_noun from the two.

-- Opens the active company to the command role, whose policies let through the rows of this one company alone: each door calls it first.
-- Answers the caller's access. Raises AUTHN, PROOF, OUTER, and 55000 while a deployment changes the tables: a command that met the new tables
-- with the old functions would be answered a fault for good, and the phone tries 55000 again. The shared lock also lets a deployment wait
-- for the commands under way.
create or replace function app_private.enter_company() returns app_private.accesses
language plpgsql set search_path = '' as $$
declare
  access app_private.accesses;
begin
  if not pg_try_advisory_xact_lock_shared(hashtextextended('aplomb change', 0)) then
    raise exception using errcode = 'object_not_in_prerequisite_state', message = 'this server is being updated: try again';
  end if;
  access := app_private.require_access();
  perform set_config('app.company', access.company_id::text, true);
  perform app_private.note_session(access.company_id);
  return access;
end $$;

-- Remembers that the caller's session has acted in this company, once a session.
create or replace function app_private.note_session(company_id uuid) returns void
language plpgsql security definer set search_path = '' as $$
declare
  session constant uuid := app_private.claims() ->> 'session_id';
begin
  if exists (select from app_private.company_sessions as s where s.company_id = note_session.company_id and s.session_id = session) then return; end if;
  insert into app_private.company_sessions (company_id, session_id) values (note_session.company_id, session) on conflict do nothing;
end $$;

-- The company that the running command may touch: what enter_company checked, local to the transaction.
create or replace function app_private.command_company() returns uuid
language sql stable as $$
  select nullif(current_setting('app.company', true), '')::uuid;
$$;

-- A refusal's code from what Postgres raised; NULL when it is no refusal but a fault of the moment, to be tried again.
create or replace function app_private.refusal_code(state text) returns text
language sql immutable set search_path = '' as $$
  select case
    when state ~ '^[A-Z]{5}$' then state
    when state = '23505' then 'TAKEN'
    when state = '23P01' then 'CLASH'
    when state = '23503' then 'GHOST'
    when state = '23502' then 'BLANK'
    when state = '23514' or left(state, 2) = '22' then 'WRONG'
    when left(state, 2) in ('40', '53', '55', '57', '58') then null
    else 'FAULT' end;
$$;

-- The SQL that calls an effect with the arguments present in `args`; those absent are left to their default. $1 = context, $2 = args.
create or replace function app_private.effect_call(command app_private.commands, args jsonb) returns text
language plpgsql immutable set search_path = '' as $$
declare
  call text := '';
  parameter text;
  type text;
  place integer;
begin
  for parameter in select jsonb_object_keys(args) loop
    place := array_position(command.parameters, parameter);
    if place is null then perform effects.refuse('WRONG', parameter); end if;
    type := command.types[place];
    call := call || format(', %I => ', parameter) || case
      when type = 'jsonb' then format('$2 -> %L', parameter)
      when type like '%[]' then format(
        'case when jsonb_typeof($2 -> %1$L) = ''array'' then array(select jsonb_array_elements_text($2 -> %1$L))::%2$s end', parameter, type)
      else format('($2 ->> %L)::%s', parameter, type) end;
  end loop;
  for place in 1 .. command.required loop
    if not args ? command.parameters[place] then perform effects.refuse('BLANK', command.parameters[place]); end if;
  end loop;
  return format('select effects.%I($1%s)', command.name, call);
end $$;

-- Runs a command once. Answers {status: applied | refused, code, message, result}; the same id again answers the same without running.
-- `written` = the arguments as they were first written: what is compared, since an updated phone repeats a command in its new form.
-- Raises what must be tried again, AUTHN, PROOF and OUTER. Runs as app_commands: row-level security keeps it inside the active company.
create or replace function app_private.attempt_command(command_id uuid, name text, args jsonb, device_at timestamptz, written jsonb default null) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  access app_private.accesses := app_private.enter_company();
  ctx effects.context;
  command app_private.commands;
  logged app_private.command_log;
  digest text := md5(name || ' ' || coalesce(written, args)::text);
  refusal text;
  reason text;
begin
  insert into app_private.command_log (company_id, id, actor_id, name, content, status, device_at)
  values (access.company_id, command_id, access.membership_id, left(name, 63), digest, 'applied', device_at)
  on conflict do nothing;
  if not found then
    select * into logged from app_private.command_log as l where l.company_id = access.company_id and l.id = command_id;
    if logged.actor_id <> access.membership_id or logged.content <> digest then
      return jsonb_build_object('status', 'refused', 'code', 'TWICE', 'message', 'TWICE');
    end if;
    return jsonb_strip_nulls(jsonb_build_object('status', logged.status, 'code', logged.code, 'message', logged.message, 'result', logged.result));
  end if;
  begin
    select * into command from app_private.commands as c where c.name = attempt_command.name;
    if command.name is null then perform effects.refuse('WRONG', 'command'); end if;
    ctx := row (access.company_id, access.membership_id, command_id, clock_timestamp(), device_at); -- now() would be one moment for a whole push
    perform app_private.note_command(command_id, command.name, access.membership_id, device_at);
    execute format('select app_private.%I($1, $2)', 'check_' || command.name) using ctx, args;
    execute app_private.effect_call(command, args) using ctx, args;
  exception when others then
    refusal := app_private.refusal_code(sqlstate);
    if refusal is null or refusal in ('AUTHN', 'PROOF', 'OUTER') then raise; end if;
    get stacked diagnostics reason = message_text;
    if refusal = 'FAULT' then raise warning 'command % failed: % (%)', name, reason, sqlstate; end if;
    if sqlstate <> refusal then
      get stacked diagnostics reason = constraint_name;
      reason := refusal || coalesce(': ' || nullif(reason, ''), '');
    end if;
    reason := left(reason, 300); -- it may quote what was sent
    update app_private.command_log as l set status = 'refused', code = refusal, message = reason
    where l.company_id = access.company_id and l.id = command_id;
  end;
  return jsonb_strip_nulls(jsonb_build_object('status', case when refusal is null then 'applied' else 'refused' end, 'code', refusal, 'message', reason));
end $$;

-- The body of every generated app.<command>: as attempt_command, but a refusal is raised and leaves no trace.
create or replace function app_private.run_command(command_id uuid, name text, args jsonb) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  answer jsonb := app_private.attempt_command(command_id, name, args, now());
begin
  if answer ->> 'status' = 'refused' then
    raise exception using errcode = answer ->> 'code', message = answer ->> 'message',
      detail = coalesce(substring(answer ->> 'message' from '^[A-Z]{5}: (.*)$'), '');
  end if;
  return answer;
end $$;

-- The object without its null members: an argument not given. Nulls deeper inside are values and stay.
create or replace function app_private.present(object jsonb) returns jsonb
language sql immutable set search_path = '' as $$
  select object - array(select key from jsonb_each(object) where value = 'null');
$$;

-- Fills the registry from the signatures in `effects` that have a check, and generates app.<command>(command_id, …) for each.
create or replace function app_private.register_commands() returns void
language plpgsql set search_path = '' as $$
declare
  effect record;
  signature text;
begin
  delete from app_private.commands;
  for effect in
    select p.oid, p.proname::text as name, p.pronargs, p.pronargdefaults, p.proargnames[2:] as parameters,
           array(select format_type(t, null) from unnest(p.proargtypes[1:]) with ordinality as a (t, place) order by place) as types
    from pg_catalog.pg_proc as p
    where p.pronamespace = 'effects'::regnamespace and to_regproc('app_private.check_' || p.proname) is not null
    order by p.proname
  loop
    insert into app_private.commands (name, parameters, types, required)
    values (effect.name, effect.parameters, effect.types, effect.pronargs - effect.pronargdefaults - 1);
    signature := (select string_agg(format('%I %s%s', parameter, type,
        case when place > effect.pronargs - effect.pronargdefaults - 1 then ' default null' end), ', ' order by place)
      from unnest(effect.parameters, effect.types) with ordinality as a (parameter, type, place));
    execute format('drop function if exists app.%I', effect.name);
    execute format(
      'create function app.%1$I(command_id uuid, %2$s) returns jsonb language sql security definer set search_path = '''' as $body$
         select app_private.run_command(command_id, %3$L, app_private.present(jsonb_build_object(%4$s)));
       $body$',
      effect.name, signature, effect.name,
      (select string_agg(format('%L, %I', parameter, parameter), ', ') from unnest(effect.parameters) as parameter));
    execute format('comment on function app.%I is %L', effect.name, 'Command: see effects.' || effect.name);
    execute format('alter function app.%I owner to app_commands', effect.name);
    execute format('grant execute on function app.%I to authenticated', effect.name);
  end loop;
end $$;
