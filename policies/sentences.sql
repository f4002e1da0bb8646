alter table app.sentences enable row level security;
alter table app.sentences force row level security;
drop policy if exists select_member on app.sentences;
create policy select_member on app.sentences for select to authenticated
  using (company_id = (select app_private.company()) and scope_ids && (select app_private.my_scopes()));
drop policy if exists all_commands on app.sentences;
create policy all_commands on app.sentences for all to app_commands
  using (company_id = (select app_private.command_company())) with check (company_id = (select app_private.command_company()));
revoke all on app.sentences from public, anon, authenticated, service_role;
grant select (company_id, id, locale, key, text, updated_by, updated_at, scope_ids) on app.sentences to authenticated;
grant select, insert, update, delete on app.sentences to app_commands;
