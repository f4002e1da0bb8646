alter table app.demos enable row level security;
alter table app.demos force row level security;
drop policy if exists select_member on app.demos;
create policy select_member on app.demos for select to authenticated
  using (company_id = (select app_private.company()) and scope_ids && (select app_private.my_scopes()));
revoke all on app.demos from public, anon, authenticated, service_role;
grant select (company_id, id, created_at, scope_ids) on app.demos to authenticated;
