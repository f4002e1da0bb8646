alter table app.routing_rules enable row level security;
alter table app.routing_rules force row level security;
drop policy if exists select_member on app.routing_rules;
create policy select_member on app.routing_rules for select to authenticated
  using (company_id = (select app_private.company()) and scope_ids && (select app_private.my_scopes()));
drop policy if exists all_commands on app.routing_rules;
create policy all_commands on app.routing_rules for all to app_commands
  using (company_id = (select app_private.command_company())) with check (company_id = (select app_private.command_company()));
revoke all on app.routing_rules from public, anon, authenticated, service_role;
grant select (company_id, id, incident_type, role, delay_minutes, working_time, updated_at, scope_ids)
  on app.routing_rules to authenticated;
grant select, insert, update, delete on app.routing_rules to app_commands;

alter table app.incidents enable row level security;
alter table app.incidents force row level security;
drop policy if exists select_member on app.incidents;
create policy select_member on app.incidents for select to authenticated
  using (company_id = (select app_private.company()) and scope_ids && (select app_private.my_scopes()));
drop policy if exists all_commands on app.incidents;
create policy all_commands on app.incidents for all to app_commands
  using (company_id = (select app_private.command_company())) with check (company_id = (select app_private.command_company()));
revoke all on app.incidents from public, anon, authenticated, service_role;
grant select (company_id, id, site_id, type, severity, title, description, zone, latitude, longitude, accuracy_m, details,
  status, routed_role, due_minutes, reporter_id, assignee_id, occurred_at, reported_at, resolved_at, closed_at, updated_at,
  scope_ids)
  on app.incidents to authenticated;
grant select, insert, update, delete on app.incidents to app_commands;

alter table app.incident_events enable row level security;
alter table app.incident_events force row level security;
drop policy if exists select_member on app.incident_events;
create policy select_member on app.incident_events for select to authenticated
  using (company_id = (select app_private.company()) and scope_ids && (select app_private.my_scopes()));
drop policy if exists all_commands on app.incident_events;
create policy all_commands on app.incident_events for all to app_commands
  using (company_id = (select app_private.command_company())) with check (company_id = (select app_private.command_company()));
revoke all on app.incident_events from public, anon, authenticated, service_role;
grant select (company_id, id, incident_id, kind, body, from_status, to_status, assignee_id, actor_id, at, device_at,
  scope_ids)
  on app.incident_events to authenticated;
grant select, insert, update, delete on app.incident_events to app_commands;

alter table app.conflicts enable row level security;
alter table app.conflicts force row level security;
drop policy if exists select_member on app.conflicts;
create policy select_member on app.conflicts for select to authenticated
  using (company_id = (select app_private.company()) and scope_ids && (select app_private.my_scopes()));
drop policy if exists all_commands on app.conflicts;
create policy all_commands on app.conflicts for all to app_commands
  using (company_id = (select app_private.command_company())) with check (company_id = (select app_private.command_company()));
revoke all on app.conflicts from public, anon, authenticated, service_role;
grant select (company_id, id, table_name, row_id, column_name, kept, lost, actor_id, at, scope_ids)
  on app.conflicts to authenticated;
grant select, insert, update, delete on app.conflicts to app_commands;
