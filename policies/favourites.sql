alter table app.favourites enable row level security;
alter table app.favourites force row level security;
drop policy if exists select_member on app.favourites;
create policy select_member on app.favourites for select to authenticated
  using (company_id = (select app_private.company()) and scope_ids && (select app_private.my_scopes()));
drop policy if exists all_commands on app.favourites;
create policy all_commands on app.favourites for all to app_commands
  using (company_id = (select app_private.command_company())) with check (company_id = (select app_private.command_company()));
revoke all on app.favourites from public, anon, authenticated, service_role;
grant select (company_id, id, membership_id, href, label, place, updated_at, scope_ids) on app.favourites to authenticated;
grant select, insert, update, delete on app.favourites to app_commands;
