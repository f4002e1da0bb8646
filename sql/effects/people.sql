-- Invites a person by a link whose secret stays with the author: `token_hash` = SHA-256 of the token, in hex. Expires 30 days ahead at most.
-- by_mail: the server also sends a link to `email`.
create or replace function effects.invite_person(
  ctx effects.context, id uuid, token_hash text, roles text[], site_ids uuid[] default '{}', email text default null,
  full_name text default null, expires_at timestamptz default null, by_mail boolean default false
) returns void
language plpgsql as $$
begin
  if token_hash !~ '^[0-9a-f]{64}$' then perform effects.refuse('WRONG', 'token'); end if;
  if coalesce(cardinality(roles), 0) = 0 then perform effects.refuse('BLANK', 'roles'); end if;
  if cardinality(site_ids) > 500 then perform effects.refuse('LIMIT', 'site_ids'); end if;
  if email is not null and email !~ '^[^@\s]+@[^@\s]+\.[^@\s]+$' then perform effects.refuse('WRONG', 'email'); end if;
  if by_mail and email is null then perform effects.refuse('BLANK', 'email'); end if;
  insert into app.invitations (company_id, id, token_hash, email, full_name, roles, site_ids, created_by, created_at, expires_at, mail_state, mail_asked_at)
  values (ctx.company_id, invite_person.id, invite_person.token_hash, lower(effects.optional_text(email, 'email', 254)),
          effects.optional_text(full_name, 'full_name', 120), roles, coalesce(site_ids, '{}'), ctx.actor_id, ctx.at,
          least(coalesce(expires_at, ctx.at + interval '7 days'), ctx.at + interval '30 days'),
          case when by_mail then 'waiting' end, case when by_mail then ctx.at end);
end $$;

-- Sends an invitation to its address, again or for the first time; it is good for seven more days. One that waits to be sent already changes nothing.
create or replace function effects.resend_invitation(ctx effects.context, id uuid) returns void
language plpgsql as $$
declare
  invitation app.invitations;
begin
  select * into invitation from app.invitations as i where i.company_id = ctx.company_id and i.id = resend_invitation.id for no key update;
  if invitation.email is null then perform effects.refuse('BLANK', 'email'); end if;
  if coalesce(invitation.revoked_at, invitation.accepted_at) is not null then perform effects.refuse('STALE', 'invitation'); end if;
  update app.invitations as i set mail_state = 'waiting', mail_asked_at = ctx.at,
    expires_at = greatest(i.expires_at, ctx.at + interval '7 days')
  where i.company_id = ctx.company_id and i.id = resend_invitation.id and i.mail_state is distinct from 'waiting';
end $$;

-- Makes an invitation that nobody has used yet worthless.
create or replace function effects.revoke_invitation(ctx effects.context, id uuid) returns void
language sql as $$
  update app.invitations set revoked_at = ctx.at
  where company_id = ctx.company_id and invitations.id = revoke_invitation.id and revoked_at is null and accepted_at is null;
$$;

-- Edits a person's card. changes/was: full_name, phone, job.
create or replace function effects.update_member(ctx effects.context, id uuid, changes jsonb, was jsonb default '{}') returns void
language plpgsql as $$
declare
  member app.memberships;
begin
  select * into member from app.memberships as m where m.company_id = ctx.company_id and m.id = update_member.id for no key update;
  member := jsonb_populate_record(member, effects.merge(ctx, 'memberships', id, to_jsonb(member), changes, was, '{full_name,phone,job,department,portrait}'));
  if member.portrait !~ '^[0-9a-f]{64}$' then perform effects.refuse('WRONG', 'portrait'); end if;
  update app.memberships as m set
    full_name = effects.required_text(member.full_name, 'full_name', 120), phone = effects.optional_text(member.phone, 'phone', 30),
    job = effects.optional_text(member.job, 'job', 120), department = effects.optional_text(member.department, 'department', 120),
    portrait = member.portrait, updated_at = ctx.at
  where m.company_id = ctx.company_id and m.id = update_member.id;
end $$;

-- Gives a person these roles instead of those they had.
create or replace function effects.set_member_roles(ctx effects.context, id uuid, roles text[]) returns void
language plpgsql as $$
begin
  if coalesce(cardinality(roles), 0) = 0 then perform effects.refuse('BLANK', 'roles'); end if;
  update app.memberships as m set roles = set_member_roles.roles, updated_at = ctx.at
  where m.company_id = ctx.company_id and m.id = set_member_roles.id;
  perform effects.hand_on_incidents(ctx);
end $$;

-- state: active, inactive, suspended, archived. Only an active member has access.
create or replace function effects.set_member_state(ctx effects.context, id uuid, state text) returns void
language plpgsql as $$
begin
  perform effects.one_of(state, 'state', 'active', 'inactive', 'suspended', 'archived');
  update app.memberships as m set state = set_member_state.state, updated_at = ctx.at
  where m.company_id = ctx.company_id and m.id = set_member_state.id;
  perform effects.hand_on_incidents(ctx);
end $$;

-- Creates a team, within another one or not.
create or replace function effects.create_team(ctx effects.context, id uuid, name text, parent_id uuid default null) returns void
language sql as $$
  insert into app.teams (company_id, id, name, parent_id, created_at, updated_at)
  values (ctx.company_id, create_team.id, effects.required_text(name, 'name', 120), parent_id, ctx.at, ctx.at);
$$;

-- Gives a team another name.
create or replace function effects.rename_team(ctx effects.context, id uuid, name text) returns void
language sql as $$
  update app.teams as t set name = effects.required_text(rename_team.name, 'name', 120), updated_at = ctx.at
  where t.company_id = ctx.company_id and t.id = rename_team.id;
$$;

-- Puts a person in a team; doing it again changes nothing.
create or replace function effects.add_team_member(ctx effects.context, team_id uuid, membership_id uuid) returns void
language sql as $$
  insert into app.team_members (company_id, team_id, membership_id, created_at)
  values (ctx.company_id, add_team_member.team_id, add_team_member.membership_id, ctx.at) on conflict do nothing;
$$;

-- Takes a person out of a team; doing it again changes nothing.
create or replace function effects.remove_team_member(ctx effects.context, team_id uuid, membership_id uuid) returns void
language sql as $$
  delete from app.team_members as m
  where m.company_id = ctx.company_id and m.team_id = remove_team_member.team_id and m.membership_id = remove_team_member.membership_id;
$$;
