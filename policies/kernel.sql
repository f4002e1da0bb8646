-- What is shared by every module. API roles reach `app` and `kpi`; the other schemas are open to them only for the functions named here.
grant usage on schema app, kpi to anon, authenticated;
grant usage on schema app_private, sync, effects to anon, authenticated;
grant usage on schema app, app_private, effects, kpi to app_commands;
grant create on schema app, app_private to app_commands;

-- Reference data, the same for every company.
alter table app.roles enable row level security;
alter table app.roles force row level security;
drop policy if exists select_all on app.roles;
create policy select_all on app.roles for select to authenticated, app_commands using (true);
revoke all on app.roles from public, anon, authenticated, service_role;
grant select (key, external, position) on app.roles to authenticated;
grant select on app.roles to app_commands;

alter table app.role_permissions enable row level security;
alter table app.role_permissions force row level security;
drop policy if exists select_all on app.role_permissions;
create policy select_all on app.role_permissions for select to authenticated using (true);
revoke all on app.role_permissions from public, anon, authenticated, service_role;
grant select (role, module, action, scope) on app.role_permissions to authenticated;

-- The command log and the phones' counters: the command role alone, inside the active company.
alter table app_private.command_log enable row level security;
alter table app_private.command_log force row level security;
drop policy if exists all_commands on app_private.command_log;
create policy all_commands on app_private.command_log for all to app_commands
  using (company_id = (select app_private.command_company())) with check (company_id = (select app_private.command_company()));
grant select, insert, update on app_private.command_log to app_commands;

alter table sync.clients enable row level security;
alter table sync.clients force row level security;
drop policy if exists all_commands on sync.clients;
create policy all_commands on sync.clients for all to app_commands
  using (company_id = (select app_private.command_company())) with check (company_id = (select app_private.command_company()));
grant usage on schema sync to app_commands;
grant select, insert, update on sync.clients to app_commands;
grant execute on function sync.keep_identity, sync.moment, sync.app_version, sync.least_version, sync.require_readable to app_commands;
grant select on app_private.commands to app_commands;

-- Private tables without a policy: nobody but the owner reads them.
alter table app_private.accesses enable row level security;
alter table app_private.accesses force row level security;
alter table app_private.role_scopes enable row level security;
alter table app_private.role_scopes force row level security;
alter table app_private.commands enable row level security;
alter table app_private.commands force row level security;
drop policy if exists select_commands on app_private.commands;
create policy select_commands on app_private.commands for select to app_commands using (true);
alter table app_private.jobs enable row level security;
alter table app_private.jobs force row level security;
alter table app_private.company_sessions enable row level security;
alter table app_private.company_sessions force row level security;
alter table app_private.attempts enable row level security;
alter table app_private.attempts force row level security;
alter table app_private.factor_duties enable row level security;
alter table app_private.factor_duties force row level security;
alter table app_private.password_hashes enable row level security;
alter table app_private.password_hashes force row level security;
alter table app_private.recovery_codes enable row level security;
alter table app_private.recovery_codes force row level security;
alter table app_private.living_files enable row level security;
alter table app_private.living_files force row level security;
alter table sync.tables enable row level security;
alter table sync.tables force row level security;
alter table sync.log enable row level security;
alter table sync.log force row level security;
alter table sync.marks enable row level security;
alter table sync.marks force row level security;
alter table sync.state enable row level security;
alter table sync.state force row level security;
alter table audit.log enable row level security;
alter table audit.log force row level security;

-- Functions: nobody runs any but those named below, and the doors and reads that deployment makes.
revoke execute on all functions in schema app, kpi, effects, app_private, sync, audit from public, anon, authenticated, service_role;

-- What the policies and the sync calls run as the caller.
grant execute on function app_private.claims, app_private.user_id, app_private.wanted_company, app_private.object_company, app_private.session_alive, app_private.missing_proof,
  app_private.access, app_private.company, app_private.my_scopes, app_private.require_access, effects.refuse, sync.look, sync.copy_text, sync.table_names,
  app_private.may_store_photo, app_private.may_read_photo, app_private.company_folders, app_private.may_store_picture, app_private.may_read_picture to authenticated;
grant execute on function app.sync_pull, app.sync_boot, app.sync_push, app.audit_entries, app.my_companies, app.my_sessions, app.end_session,
  app.member_sessions, app.end_member_sessions, app.found_company, app.create_demo, app.remove_demo, app.accept_invitation, app.make_recovery_codes, app.recovery_codes_left,
  app.use_recovery_code, app.was_my_password to authenticated;
grant execute on function app.create_analyst_login, app.renew_analyst_login, app.revoke_analyst_login, app.analyst_logins to authenticated;
grant execute on function app.peek_invitation to anon, authenticated;
grant execute on all functions in schema kpi to authenticated, app_commands;

-- The command role runs effects and checks, and owns the doors to them.
grant execute on all functions in schema effects, app_private to app_commands;
alter function app_private.attempt_command owner to app_commands;
alter function app_private.run_command owner to app_commands;
alter function app.sync_push owner to app_commands;

-- Workers take jobs and end them: the secret key, which stands above row-level security, opens these functions and no table.
grant usage on schema app to service_role;
grant execute on function app.claim_jobs, app.job_payload, app.finish_job, app.fail_job, app.next_job_at to service_role;

-- The hooks of the Auth service.
grant usage on schema app_private to supabase_auth_admin;
grant execute on function app_private.hook_password_verification_attempt, app_private.hook_mfa_verification_attempt,
  app_private.last_password_hashes to supabase_auth_admin;
