alter table app.companies enable row level security;
alter table app.companies force row level security;
drop policy if exists select_member on app.companies;
create policy select_member on app.companies for select to authenticated
  using (company_id = (select app_private.company()) and scope_ids && (select app_private.my_scopes()));
drop policy if exists all_commands on app.companies;
create policy all_commands on app.companies for all to app_commands
  using (company_id = (select app_private.command_company())) with check (company_id = (select app_private.command_company()));
revoke all on app.companies from public, anon, authenticated, service_role;
grant select (id, company_id, name, siren, siret, locale, time_zone, currency, holiday_region, working_days, factor_rules,
  factor_grace_days, password_days, accent, logo, created_at, updated_at, scope_ids)
  on app.companies to authenticated;
grant select, insert, update, delete on app.companies to app_commands;

alter table app.closures enable row level security;
alter table app.closures force row level security;
drop policy if exists select_member on app.closures;
create policy select_member on app.closures for select to authenticated
  using (company_id = (select app_private.company()) and scope_ids && (select app_private.my_scopes()));
drop policy if exists all_commands on app.closures;
create policy all_commands on app.closures for all to app_commands
  using (company_id = (select app_private.command_company())) with check (company_id = (select app_private.command_company()));
revoke all on app.closures from public, anon, authenticated, service_role;
grant select (company_id, id, day, label, created_at, scope_ids)
  on app.closures to authenticated;
grant select, insert, update, delete on app.closures to app_commands;
