alter table app.memberships enable row level security;
alter table app.memberships force row level security;
drop policy if exists select_member on app.memberships;
create policy select_member on app.memberships for select to authenticated
  using (company_id = (select app_private.company()) and scope_ids && (select app_private.my_scopes()));
drop policy if exists all_commands on app.memberships;
create policy all_commands on app.memberships for all to app_commands
  using (company_id = (select app_private.command_company())) with check (company_id = (select app_private.command_company()));
revoke all on app.memberships from public, anon, authenticated, service_role;
grant select (company_id, id, full_name, email, phone, job, department, portrait, roles, state, created_at, updated_at, scope_ids)
  on app.memberships to authenticated;
grant select, insert, update, delete on app.memberships to app_commands;

alter table app.teams enable row level security;
alter table app.teams force row level security;
drop policy if exists select_member on app.teams;
create policy select_member on app.teams for select to authenticated
  using (company_id = (select app_private.company()) and scope_ids && (select app_private.my_scopes()));
drop policy if exists all_commands on app.teams;
create policy all_commands on app.teams for all to app_commands
  using (company_id = (select app_private.command_company())) with check (company_id = (select app_private.command_company()));
revoke all on app.teams from public, anon, authenticated, service_role;
grant select (company_id, id, name, parent_id, created_at, updated_at, scope_ids)
  on app.teams to authenticated;
grant select, insert, update, delete on app.teams to app_commands;

alter table app.team_members enable row level security;
alter table app.team_members force row level security;
drop policy if exists select_member on app.team_members;
create policy select_member on app.team_members for select to authenticated
  using (company_id = (select app_private.company()) and scope_ids && (select app_private.my_scopes()));
drop policy if exists all_commands on app.team_members;
create policy all_commands on app.team_members for all to app_commands
  using (company_id = (select app_private.command_company())) with check (company_id = (select app_private.command_company()));
revoke all on app.team_members from public, anon, authenticated, service_role;
grant select (company_id, id, team_id, membership_id, created_at, scope_ids)
  on app.team_members to authenticated;
grant select, insert, update, delete on app.team_members to app_commands;

alter table app.invitations enable row level security;
alter table app.invitations force row level security;
drop policy if exists select_member on app.invitations;
create policy select_member on app.invitations for select to authenticated
  using (company_id = (select app_private.company()) and scope_ids && (select app_private.my_scopes()));
drop policy if exists all_commands on app.invitations;
create policy all_commands on app.invitations for all to app_commands
  using (company_id = (select app_private.command_company())) with check (company_id = (select app_private.command_company()));
revoke all on app.invitations from public, anon, authenticated, service_role;
grant select (company_id, id, email, full_name, roles, site_ids, created_by, created_at, expires_at, revoked_at,
  accepted_at, accepted_by, mail_state, mail_asked_at, mailed_at, scope_ids)
  on app.invitations to authenticated;
grant select, insert, update, delete on app.invitations to app_commands;

-- The hashes of mailed links: nobody but the owner reads them.
alter table app_private.invitation_links enable row level security;
alter table app_private.invitation_links force row level security;
