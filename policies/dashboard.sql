alter table app.kpi_targets enable row level security;
alter table app.kpi_targets force row level security;
drop policy if exists select_member on app.kpi_targets;
create policy select_member on app.kpi_targets for select to authenticated
  using (company_id = (select app_private.company()) and scope_ids && (select app_private.my_scopes()));
drop policy if exists all_commands on app.kpi_targets;
create policy all_commands on app.kpi_targets for all to app_commands
  using (company_id = (select app_private.command_company())) with check (company_id = (select app_private.command_company()));
revoke all on app.kpi_targets from public, anon, authenticated, service_role;
grant select (company_id, id, kpi, target, alert, updated_at, scope_ids) on app.kpi_targets to authenticated;
grant select, insert, update, delete on app.kpi_targets to app_commands;
