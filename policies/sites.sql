alter table app.sites enable row level security;
alter table app.sites force row level security;
drop policy if exists select_member on app.sites;
create policy select_member on app.sites for select to authenticated
  using (company_id = (select app_private.company()) and scope_ids && (select app_private.my_scopes()));
drop policy if exists all_commands on app.sites;
create policy all_commands on app.sites for all to app_commands
  using (company_id = (select app_private.command_company())) with check (company_id = (select app_private.command_company()));
revoke all on app.sites from public, anon, authenticated, service_role;
grant select (company_id, id, code, name, client_name, address, postal_code, city, latitude, longitude, project_manager_id,
  site_manager_id, architect, starts_on, ends_on, status, tags, custom, archived_at, created_by, created_at, updated_at,
  scope_ids)
  on app.sites to authenticated;
grant select, insert, update, delete on app.sites to app_commands;

alter table app.site_budgets enable row level security;
alter table app.site_budgets force row level security;
drop policy if exists select_member on app.site_budgets;
create policy select_member on app.site_budgets for select to authenticated
  using (company_id = (select app_private.company()) and scope_ids && (select app_private.my_scopes()));
drop policy if exists all_commands on app.site_budgets;
create policy all_commands on app.site_budgets for all to app_commands
  using (company_id = (select app_private.command_company())) with check (company_id = (select app_private.command_company()));
revoke all on app.site_budgets from public, anon, authenticated, service_role;
grant select (company_id, id, amount, updated_at, scope_ids)
  on app.site_budgets to authenticated;
grant select, insert, update, delete on app.site_budgets to app_commands;

alter table app.site_members enable row level security;
alter table app.site_members force row level security;
drop policy if exists select_member on app.site_members;
create policy select_member on app.site_members for select to authenticated
  using (company_id = (select app_private.company()) and scope_ids && (select app_private.my_scopes()));
drop policy if exists all_commands on app.site_members;
create policy all_commands on app.site_members for all to app_commands
  using (company_id = (select app_private.command_company())) with check (company_id = (select app_private.command_company()));
revoke all on app.site_members from public, anon, authenticated, service_role;
grant select (company_id, id, site_id, membership_id, role, starts_on, ends_on, withdrawn_at, created_at, updated_at,
  scope_ids)
  on app.site_members to authenticated;
grant select, insert, update, delete on app.site_members to app_commands;
