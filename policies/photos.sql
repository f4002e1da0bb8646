alter table app.photos enable row level security;
alter table app.photos force row level security;
drop policy if exists select_member on app.photos;
create policy select_member on app.photos for select to authenticated
  using (company_id = (select app_private.company()) and scope_ids && (select app_private.my_scopes()));
drop policy if exists all_commands on app.photos;
create policy all_commands on app.photos for all to app_commands
  using (company_id = (select app_private.command_company())) with check (company_id = (select app_private.command_company()));
revoke all on app.photos from public, anon, authenticated, service_role, app_commands;
grant select (company_id, id, site_id, incident_id, zone, caption, before_id, author_id, taken_at, added_at, latitude, longitude, accuracy_m,
  position_source, sha256, bytes, width, height, state, refusal, stored_at, verified_at, updated_at, scope_ids,
  annotations)
  on app.photos to authenticated;
-- No delete: no command can take evidence away.
grant select, insert, update on app.photos to app_commands;
