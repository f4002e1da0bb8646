-- True when who holds `granter` may give `roles`: only who holds member.rights gives roles that themselves invite, see finance everywhere
-- or administer.
create or replace function app_private.may_grant(granter text[], roles text[]) returns boolean
language sql stable security definer set search_path = '' as $$
  select exists (select from app.role_permissions as p where p.role = any (granter) and p.module = 'member' and p.action = 'rights')
    or (not roles && '{admin,executive,project_manager,hr,accountant,analyst,hse}'
        and exists (select from app.role_permissions as p where p.role = any (granter) and p.module = 'member' and p.action = 'invite'));
$$;

-- Refuses roles that do not exist (a null among them), that come twice, or that the caller may not give.
create or replace function app_private.require_may_grant(roles text[]) returns void
language plpgsql stable set search_path = '' as $$
begin
  if (select count(*) from app.roles as r where r.key = any (require_may_grant.roles)) <> cardinality(roles) then perform effects.refuse('WRONG', 'roles'); end if;
  if not app_private.may_grant((app_private.access()).roles, roles) then perform effects.refuse('RIGHT', 'roles'); end if;
end $$;

-- The membership the args name; refuses GHOST when there is none in this company.
create or replace function app_private.named_member(company_id uuid, membership_id uuid) returns app.memberships
language plpgsql stable set search_path = '' as $$
declare
  member app.memberships;
begin
  select * into member from app.memberships as m where m.company_id = named_member.company_id and m.id = named_member.membership_id;
  if not found then perform effects.refuse('GHOST', 'member'); end if;
  return member;
end $$;

create or replace function app_private.check_invite_person(ctx effects.context, args jsonb) returns void
language plpgsql set search_path = '' as $$
declare
  sites uuid[] := array(select jsonb_array_elements_text(coalesce(nullif(args -> 'site_ids', 'null'), '[]')));
begin
  perform app_private.require_right('member.invite');
  perform app_private.require_may_grant(array(select jsonb_array_elements_text(args -> 'roles')));
  if exists (select from unnest(sites) as wanted where not exists (
      select from app.sites as s where s.company_id = ctx.company_id and s.id = wanted)) then
    perform effects.refuse('GHOST', 'site_ids');
  end if;
end $$;

create or replace function app_private.check_resend_invitation(ctx effects.context, args jsonb) returns void
language plpgsql set search_path = '' as $$
declare
  invitation app.invitations;
begin
  perform app_private.require_right('member.invite');
  select * into invitation from app.invitations as i where i.company_id = ctx.company_id and i.id = (args ->> 'id')::uuid;
  if invitation.id is null then perform effects.refuse('GHOST', 'invitation'); end if;
  perform app_private.require_may_grant(invitation.roles);
end $$;

create or replace function app_private.check_revoke_invitation(ctx effects.context, args jsonb) returns void
language plpgsql set search_path = '' as $$
begin
  perform app_private.require_right('member.invite');
  if not exists (select from app.invitations as i where i.company_id = ctx.company_id and i.id = (args ->> 'id')::uuid) then
    perform effects.refuse('GHOST', 'invitation');
  end if;
end $$;

create or replace function app_private.check_update_member(ctx effects.context, args jsonb) returns void
language plpgsql set search_path = '' as $$
begin
  perform app_private.require_right('member.edit', null, (args ->> 'id')::uuid = ctx.actor_id);
  perform app_private.named_member(ctx.company_id, (args ->> 'id')::uuid);
end $$;

-- Refuses OWNER when the person is the last active administrator. The lock comes before the look: two administrators who leave at once wait
-- for each other, and so does who takes a role back that was given meanwhile.
create or replace function app_private.require_other_admin(company_id uuid, membership_id uuid) returns void
language plpgsql set search_path = '' as $$
begin
  perform pg_advisory_xact_lock(hashtextextended('admins ' || company_id, 0));
  if (select bool_and(m.id = membership_id) from app.memberships as m
      where m.company_id = require_other_admin.company_id and 'admin' = any (m.roles) and m.state = 'active') then
    perform effects.refuse('OWNER');
  end if;
end $$;

create or replace function app_private.check_set_member_roles(ctx effects.context, args jsonb) returns void
language plpgsql set search_path = '' as $$
declare
  roles text[] := array(select jsonb_array_elements_text(args -> 'roles'));
begin
  perform app_private.require_right('member.rights');
  perform app_private.named_member(ctx.company_id, (args ->> 'id')::uuid);
  perform app_private.require_may_grant(roles);
  if 'admin' <> all (roles) then perform app_private.require_other_admin(ctx.company_id, (args ->> 'id')::uuid); end if;
end $$;

create or replace function app_private.check_set_member_state(ctx effects.context, args jsonb) returns void
language plpgsql set search_path = '' as $$
begin
  perform app_private.require_right('member.rights');
  perform app_private.named_member(ctx.company_id, (args ->> 'id')::uuid);
  if args ->> 'state' <> 'active' then perform app_private.require_other_admin(ctx.company_id, (args ->> 'id')::uuid); end if;
end $$;

create or replace function app_private.check_create_team(ctx effects.context, args jsonb) returns void
language sql set search_path = '' as $$ select app_private.require_right('team.edit'); $$;

-- Refuses RIGHT, then GHOST when the args name a team or person that this company does not have.
create or replace function app_private.check_team_edit(ctx effects.context, team_id uuid, membership_id uuid default null) returns void
language plpgsql set search_path = '' as $$
begin
  perform app_private.require_right('team.edit');
  if not exists (select from app.teams as t where t.company_id = ctx.company_id and t.id = check_team_edit.team_id) then
    perform effects.refuse('GHOST', 'team');
  end if;
  if membership_id is not null then perform app_private.named_member(ctx.company_id, membership_id); end if;
end $$;

create or replace function app_private.check_rename_team(ctx effects.context, args jsonb) returns void
language sql set search_path = '' as $$ select app_private.check_team_edit(ctx, (args ->> 'id')::uuid); $$;

create or replace function app_private.check_add_team_member(ctx effects.context, args jsonb) returns void
language sql set search_path = '' as $$
  select app_private.check_team_edit(ctx, (args ->> 'team_id')::uuid, (args ->> 'membership_id')::uuid);
$$;

create or replace function app_private.check_remove_team_member(ctx effects.context, args jsonb) returns void
language sql set search_path = '' as $$
  select app_private.check_team_edit(ctx, (args ->> 'team_id')::uuid, (args ->> 'membership_id')::uuid);
$$;

-- The invitation that `token` belongs to, open or not: the author's link, or one that was mailed.
create or replace function app_private.token_invitation(token text) returns app.invitations
language sql stable set search_path = '' as $$
  with digest as (select encode(sha256(convert_to(token_invitation.token, 'UTF8')), 'hex') as hash)
  select i.* from app.invitations as i, digest where i.token_hash = digest.hash
  union all
  select i.* from digest join app_private.invitation_links as l on l.token_hash = digest.hash
  join app.invitations as i on i.company_id = l.company_id and i.id = l.invitation_id
  limit 1;
$$;

-- The invitation that `token` opens, if it still does: its author must still be an active member who may give these roles, for the author
-- keeps the link and could come back by it.
create or replace function app_private.open_invitation(token text) returns app.invitations
language sql stable set search_path = '' as $$
  select i.* from app_private.token_invitation(token) as i
  join app.memberships as author on author.company_id = i.company_id and author.id = i.created_by
  where i.revoked_at is null and i.accepted_at is null and i.expires_at > now()
    and author.state = 'active' and app_private.may_grant(author.roles, i.roles);
$$;

-- What the holder of an invitation link may know before accepting it. No row when it is used, revoked, expired or unknown.
create or replace function app.peek_invitation(token text) returns table (
  company_name text, inviter_name text, full_name text, email text, roles text[], site_names text[], expires_at timestamptz)
language sql stable security definer set search_path = '' as $$
  select c.name, m.full_name, i.full_name, i.email, i.roles,
         array(select s.name from app.sites as s where s.company_id = i.company_id and s.id = any (i.site_ids) order by s.name), i.expires_at
  from app_private.open_invitation(token) as i
  join app.companies as c on c.id = i.company_id
  join app.memberships as m on m.company_id = i.company_id and m.id = i.created_by;
$$;

-- The signed-in person joins the company that `token` opens, with its roles and sites; the link is spent. A person who is already a member
-- keeps their roles and gains the invitation's. Answers the company's id. Raises AUTHN, STALE, OUTER (a suspended member), RIGHT (the author), BLANK.
create or replace function app.accept_invitation(token text, full_name text) returns uuid
language plpgsql security definer set search_path = '' as $$
declare
  caller constant uuid := app_private.user_id();
  invitation app.invitations;
  member app.memberships;
  joined boolean := false;
begin
  if caller is null or not app_private.session_alive() then perform effects.refuse('AUTHN'); end if;
  select i.* into invitation from app_private.token_invitation(token) as i;
  if exists (select from app.memberships as m where m.company_id = invitation.company_id and m.id = invitation.accepted_by and m.user_id = caller) then
    return invitation.company_id;
  end if;
  perform from app.invitations as i where i.company_id = invitation.company_id and i.id = invitation.id for update;
  select i.* into invitation from app_private.open_invitation(token) as i;
  if invitation.id is null then perform effects.refuse('STALE', 'token'); end if;
  select m.* into member from app.memberships as m where m.company_id = invitation.company_id and m.user_id = caller for no key update;
  if not found then
    member.id := gen_random_uuid();
    perform app_private.note_command(invitation.id, 'accept_invitation', member.id);
    insert into app.memberships (company_id, id, user_id, full_name, email, roles)
    values (invitation.company_id, member.id, caller, effects.required_text(full_name, 'full_name', 120),
            (select u.email from auth.users as u where u.id = caller), invitation.roles)
    on conflict do nothing;
    joined := found;
    if not joined then -- by another invitation, accepted meanwhile
      select m.* into strict member from app.memberships as m where m.company_id = invitation.company_id and m.user_id = caller for no key update;
    end if;
  end if;
  if not joined then
    if member.state <> 'active' then perform effects.refuse('OUTER'); end if;
    if member.id = invitation.created_by then perform effects.refuse('RIGHT', 'token'); end if;
    perform app_private.note_command(invitation.id, 'accept_invitation', member.id);
    update app.memberships as m set roles = array(select unnest(m.roles) union select unnest(invitation.roles)), updated_at = now()
    where m.company_id = invitation.company_id and m.id = member.id;
  end if;
  insert into app.site_members (company_id, id, site_id, membership_id, role, starts_on)
  select invitation.company_id, gen_random_uuid(), wanted.id, member.id, invitation.roles[1], today.day
  from (select distinct id from unnest(invitation.site_ids) as id) as wanted,
       (select (now() at time zone c.time_zone)::date as day from app.companies as c where c.id = invitation.company_id) as today
  where not exists (
    select from app.site_members as s
    where s.company_id = invitation.company_id and s.site_id = wanted.id and s.membership_id = member.id and s.withdrawn_at is null
      and coalesce(s.ends_on, 'infinity') >= today.day);
  update app.invitations as i set accepted_at = now(), accepted_by = member.id
  where i.company_id = invitation.company_id and i.id = invitation.id;
  return invitation.company_id;
end $$;

-- Invitations that are to be mailed become jobs; what nobody needs any more is called off.
create or replace function app_private.tg_invitations__mail() returns trigger
language plpgsql security definer set search_path = '' as $$
begin
  if tg_op = 'INSERT' then
    perform app_private.ask_invitation_mail(n) from new_rows as n where n.mail_state = 'waiting';
  else
    perform app_private.cancel_job(o.company_id, 'send_invitation', o.id || ' ' || extract(epoch from o.mail_asked_at))
    from old_rows as o join new_rows as n using (company_id, id)
    where o.mail_state = 'waiting' and coalesce(n.revoked_at, n.accepted_at) is not null;
    perform app_private.ask_invitation_mail(n) from old_rows as o join new_rows as n using (company_id, id)
    where n.mail_state = 'waiting' and n.mail_asked_at is distinct from o.mail_asked_at;
  end if;
  return null;
end $$;
create or replace trigger _600_mail_insert after insert on app.invitations
  referencing new table as new_rows for each statement execute function app_private.tg_invitations__mail();
create or replace trigger _600_mail_update after update on app.invitations
  referencing old table as old_rows new table as new_rows for each statement execute function app_private.tg_invitations__mail();

-- The job that sends an invitation: one for each time that somebody asks.
create or replace function app_private.ask_invitation_mail(invitation app.invitations) returns void
language sql security definer set search_path = '' as $$
  select app_private.enqueue_job(invitation.company_id, 'send_invitation', jsonb_build_object('invitation_id', invitation.id),
    invitation.id || ' ' || extract(epoch from invitation.mail_asked_at));
$$;

-- What the mail of an invitation says, with a new secret of which only the hash stays here. NULL when the invitation opens nothing any more.
create or replace function app_private.payload_send_invitation(job app_private.jobs) returns jsonb
language plpgsql security definer set search_path = '' as $$
declare
  token constant text := encode(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()), 'hex'); -- 244 random bits
  invitation app.invitations;
begin
  select * into invitation from app.invitations as i
  where i.company_id = job.company_id and i.id = (job.payload ->> 'invitation_id')::uuid for no key update;
  insert into app_private.invitation_links (company_id, token_hash, invitation_id)
  values (job.company_id, encode(sha256(convert_to(token, 'UTF8')), 'hex'), invitation.id);
  if (app_private.open_invitation(token)).id is null then
    delete from app_private.invitation_links as l where l.company_id = job.company_id and l.token_hash = encode(sha256(convert_to(token, 'UTF8')), 'hex');
    update app.invitations as i set mail_state = 'failed'
    where i.company_id = job.company_id and i.id = invitation.id and i.revoked_at is null and i.accepted_at is null;
    return null;
  end if;
  return (
    select jsonb_build_object('to', invitation.email, 'token', token, 'locale', c.locale, 'time_zone', c.time_zone, 'company', c.name,
      'accent', c.accent, 'logo_file', c.id || '/logo/' || c.logo || '.png',
      'inviter', m.full_name, 'name', invitation.full_name, 'roles', invitation.roles, 'expires_at', invitation.expires_at,
      'sites', array(select s.name from app.sites as s where s.company_id = job.company_id and s.id = any (invitation.site_ids) order by s.name))
    from app.companies as c join app.memberships as m on m.company_id = c.id and m.id = invitation.created_by where c.id = job.company_id);
end $$;

-- The mail of an invitation has left.
create or replace function app_private.finish_send_invitation(job app_private.jobs, result jsonb) returns void
language sql security definer set search_path = '' as $$
  update app.invitations as i set mail_state = 'sent', mailed_at = now()
  where i.company_id = job.company_id and i.id = (job.payload ->> 'invitation_id')::uuid;
$$;

-- The mail of an invitation could not be sent: its author sees it on the list, and sends the link otherwise or again.
create or replace function app_private.bury_send_invitation(job app_private.jobs) returns void
language sql security definer set search_path = '' as $$
  update app.invitations as i set mail_state = 'failed'
  where i.company_id = job.company_id and i.id = (job.payload ->> 'invitation_id')::uuid;
$$;
