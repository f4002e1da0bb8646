-- The rights of each role, as data: `<module>.<action>.<scope>`. scope: company = everywhere, site = on the sites whose team the person
-- is in, own = on what is theirs. The rows of the source matrix (ACC-9) that have no screens yet are here too.
create temporary table wanted_roles (key text, external boolean, position smallint, kinds text[]) on commit drop;
insert into wanted_roles values
  ('admin', false, 1, '{company,company:admin,sites}'),
  ('executive', false, 2, '{company,company:admin,sites,sites:finance,sites:safety}'),
  ('project_manager', false, 3, '{company,company:admin,sites,sites:finance}'),
  ('site_manager', false, 4, '{company,site,site:finance}'),
  ('crew', false, 5, '{company,site}'),
  ('design_office', false, 6, '{company,sites}'),
  ('buyer', false, 7, '{company,sites}'),
  ('hr', false, 8, '{company,company:admin,sites}'),
  ('hse', false, 9, '{company,sites,sites:safety}'),
  ('customer_service', false, 10, '{company,sites}'),
  ('accountant', false, 11, '{company,sites,sites:finance}'),
  ('viewer', false, 12, '{company,sites}'),
  ('analyst', false, 13, '{}'),
  ('client', true, 14, '{}');

create temporary table wanted_permissions (permission text, roles text[]) on commit drop;
insert into wanted_permissions values
  ('company.edit.company', '{admin,executive}'),
  ('company.secure.company', '{admin}'),
  ('calendar.edit.company', '{admin,executive,hr}'),
  ('routing.edit.company', '{admin,executive}'),
  ('target.edit.company', '{admin,executive}'),
  ('member.invite.company', '{admin,executive,project_manager,hr}'),
  ('member.edit.company', '{admin,hr}'),
  ('member.edit.own', '{executive,project_manager,site_manager,crew,design_office,buyer,hse,customer_service,accountant,viewer,analyst,client}'),
  ('member.rights.company', '{admin}'),
  ('team.edit.company', '{admin,hr,project_manager}'),
  ('site.create.company', '{admin,executive,project_manager}'),
  ('site.edit.company', '{admin,executive,project_manager}'),
  ('site.edit.site', '{site_manager}'),
  ('site.archive.company', '{admin,executive}'),
  ('site.staff.company', '{admin,executive,project_manager,hr}'),
  ('site.staff.site', '{site_manager}'),
  ('budget.view.company', '{executive,project_manager,accountant}'),
  ('budget.view.site', '{site_manager}'),
  ('budget.edit.company', '{executive,project_manager}'),
  ('incident.report.company', '{project_manager,hse}'),
  ('incident.report.site', '{site_manager,crew}'),
  ('incident.handle.company', '{executive,project_manager,design_office,buyer,hse,customer_service}'),
  ('incident.close.company', '{executive,project_manager,hse}'),
  ('incident.close.own', '{site_manager,crew}'),
  ('audit.view.company', '{admin,executive}'),
  ('report.create.company', '{project_manager}'),
  ('report.create.site', '{site_manager}'),
  ('photo.upload.company', '{project_manager,design_office}'),
  ('photo.upload.site', '{site_manager,crew}'),
  ('photo.edit.company', '{executive,project_manager}'),
  ('photo.edit.site', '{site_manager}'),
  ('order.create.company', '{project_manager}'),
  ('order.create.site', '{site_manager}'),
  ('order.approve.company', '{project_manager,executive}'),
  ('analyst.manage.company', '{admin}'),
  ('analytics.view.company', '{project_manager,executive,accountant}'),
  ('analytics.view.site', '{site_manager,design_office}'),
  ('plan.edit.company', '{design_office}'),
  ('plan.approve.company', '{project_manager,design_office,executive}');

insert into app.roles (key, external, position) select key, external, position from wanted_roles
on conflict (key) do update set external = excluded.external, position = excluded.position;

delete from app_private.role_scopes;
insert into app_private.role_scopes (role, kind) select key, unnest(kinds) from wanted_roles;

delete from app.role_permissions;
insert into app.role_permissions (role, module, action, scope)
select unnest(roles), split_part(permission, '.', 1), split_part(permission, '.', 2), split_part(permission, '.', 3) from wanted_permissions;
