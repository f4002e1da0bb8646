-- What analysts see: the rows of their login's company and scopes, through the views of `analytics`. The views belong to app_analytics, which
-- obeys these policies and nobody becomes; an analyst's login holds no right on any table. A figure (kpi.*) that a view shows may read any
-- column, so the grants are of whole tables: the views choose the columns.
grant usage on schema analytics to app_analyst;
grant create, usage on schema analytics to app_analytics;
grant create on schema app_private to app_analytics; -- owns the figures behind the views
grant usage on schema app, kpi, effects, app_private to app_analytics;
grant execute on all functions in schema kpi to app_analytics;
grant execute on function app_private.analyst_company, app_private.analyst_scopes to app_analytics, app_analyst;

alter table app_private.analyst_logins enable row level security;
alter table app_private.analyst_logins force row level security;
alter table app_private.analyst_door enable row level security;
alter table app_private.analyst_door force row level security;

drop policy if exists select_analytics on app.companies;
create policy select_analytics on app.companies for select to app_analytics
  using (company_id = (select app_private.analyst_company()) and scope_ids && (select app_private.analyst_scopes()));
revoke all on app.companies from app_analytics;
grant select on app.companies to app_analytics;

drop policy if exists select_analytics on app.closures;
create policy select_analytics on app.closures for select to app_analytics
  using (company_id = (select app_private.analyst_company()) and scope_ids && (select app_private.analyst_scopes()));
revoke all on app.closures from app_analytics;
grant select on app.closures to app_analytics;

drop policy if exists select_analytics on app.memberships;
create policy select_analytics on app.memberships for select to app_analytics
  using (company_id = (select app_private.analyst_company()) and scope_ids && (select app_private.analyst_scopes()));
revoke all on app.memberships from app_analytics;
grant select on app.memberships to app_analytics;

drop policy if exists select_analytics on app.sites;
create policy select_analytics on app.sites for select to app_analytics
  using (company_id = (select app_private.analyst_company()) and scope_ids && (select app_private.analyst_scopes()));
revoke all on app.sites from app_analytics;
grant select on app.sites to app_analytics;

drop policy if exists select_analytics on app.site_budgets;
create policy select_analytics on app.site_budgets for select to app_analytics
  using (company_id = (select app_private.analyst_company()) and scope_ids && (select app_private.analyst_scopes()));
revoke all on app.site_budgets from app_analytics;
grant select on app.site_budgets to app_analytics;

drop policy if exists select_analytics on app.site_members;
create policy select_analytics on app.site_members for select to app_analytics
  using (company_id = (select app_private.analyst_company()) and scope_ids && (select app_private.analyst_scopes()));
revoke all on app.site_members from app_analytics;
grant select on app.site_members to app_analytics;

drop policy if exists select_analytics on app.routing_rules;
create policy select_analytics on app.routing_rules for select to app_analytics
  using (company_id = (select app_private.analyst_company()) and scope_ids && (select app_private.analyst_scopes()));
revoke all on app.routing_rules from app_analytics;
grant select on app.routing_rules to app_analytics;

drop policy if exists select_analytics on app.incidents;
create policy select_analytics on app.incidents for select to app_analytics
  using (company_id = (select app_private.analyst_company()) and scope_ids && (select app_private.analyst_scopes()));
revoke all on app.incidents from app_analytics;
grant select on app.incidents to app_analytics;

drop policy if exists select_analytics on app.incident_events;
create policy select_analytics on app.incident_events for select to app_analytics
  using (company_id = (select app_private.analyst_company()) and scope_ids && (select app_private.analyst_scopes()));
revoke all on app.incident_events from app_analytics;
grant select on app.incident_events to app_analytics;

drop policy if exists select_analytics on app.kpi_targets;
create policy select_analytics on app.kpi_targets for select to app_analytics
  using (company_id = (select app_private.analyst_company()) and scope_ids && (select app_private.analyst_scopes()));
revoke all on app.kpi_targets from app_analytics;
grant select on app.kpi_targets to app_analytics;

drop policy if exists select_analytics on app.photos;
create policy select_analytics on app.photos for select to app_analytics
  using (company_id = (select app_private.analyst_company()) and scope_ids && (select app_private.analyst_scopes()));
revoke all on app.photos from app_analytics;
grant select on app.photos to app_analytics;
