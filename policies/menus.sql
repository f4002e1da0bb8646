alter table app.menus enable row level security;
alter table app.menus force row level security;
drop policy if exists select_member on app.menus;
create policy select_member on app.menus for select to authenticated
  using (company_id = (select app_private.company()) and scope_ids && (select app_private.my_scopes()));
drop policy if exists all_commands on app.menus;
create policy all_commands on app.menus for all to app_commands
  using (company_id = (select app_private.command_company())) with check (company_id = (select app_private.command_company()));
revoke all on app.menus from public, anon, authenticated, service_role;
grant select (company_id, id, hrefs, updated_at, scope_ids) on app.menus to authenticated;
grant select, insert, update, delete on app.menus to app_commands;
