-- Sites, their teams and the figures of their incidents, as analysts read them.

-- The figures of analytics.site_incidents, by the very function of the screens; runs as app_analytics, so the policies choose the rows.
create or replace function app_private.analytics_site_incidents()
returns table (site_id uuid, open integer, overdue integer, gravest integer, resolved integer, last_activity timestamptz)
language sql stable security definer set search_path = '' as $$
  select * from kpi.site_incidents(now());
$$;

-- The figures of analytics.site_pace, likewise.
create or replace function app_private.analytics_site_pace() returns table (site_id uuid, elapsed_share numeric, reported integer, in_time_share numeric)
language sql stable security definer set search_path = '' as $$
  select * from kpi.site_pace(now());
$$;

create or replace view analytics.sites with (security_barrier) as
select
  s.id as site_id,
  s.code as code,
  s.name as name,
  s.client_name as client_name,
  s.postal_code as postal_code,
  s.city as city,
  s.latitude as latitude,
  s.longitude as longitude,
  s.project_manager_id as project_manager_id,
  s.site_manager_id as site_manager_id,
  s.status as status,
  s.starts_on as starts_on,
  s.ends_on as ends_on,
  s.ends_on - s.starts_on + 1 as planned_days,
  b.amount as budget,
  s.tags as tags,
  s.created_at as created_at,
  s.archived_at as archived_at
from app.sites as s left join app.site_budgets as b on b.company_id = s.company_id and b.id = s.id;
comment on view analytics.sites is e'Construction sites, archived ones too. Grain: one row per site.\nLes chantiers, archivés compris. Grain : une ligne par chantier.';
comment on column analytics.sites.site_id is e'Identifier of the site.\nIdentifiant du chantier.';
comment on column analytics.sites.code is e'Code, CH-2026-001.\nCode, CH-2026-001.';
comment on column analytics.sites.name is e'Name.\nNom.';
comment on column analytics.sites.client_name is e'Client.\nClient.';
comment on column analytics.sites.postal_code is e'Postal code.\nCode postal.';
comment on column analytics.sites.city is e'Town.\nVille.';
comment on column analytics.sites.latitude is e'Degrees north (WGS 84).\nDegrés nord (WGS 84).';
comment on column analytics.sites.longitude is e'Degrees east (WGS 84).\nDegrés est (WGS 84).';
comment on column analytics.sites.project_manager_id is e'Project manager (people.person_id).\nResponsable d’affaires (people.person_id).';
comment on column analytics.sites.site_manager_id is e'Site manager (people.person_id).\nChef de chantier (people.person_id).';
comment on column analytics.sites.status is e'planned, running, alert or finished.\nplanned (prévu), running (en cours), alert (en alerte) ou finished (terminé).';
comment on column analytics.sites.starts_on is e'First planned day.\nPremier jour prévu.';
comment on column analytics.sites.ends_on is e'Last planned day.\nDernier jour prévu.';
comment on column analytics.sites.planned_days is e'Planned duration in calendar days, both ends included.\nDurée prévue en jours calendaires, bornes comprises.';
comment on column analytics.sites.budget is e'Budget, in the company’s currency, without tax. NULL when none is known or the login has no access to budgets.\nBudget, dans la devise de l’entreprise, hors taxes. NULL s’il est inconnu ou si l’accès ne comprend pas les budgets.';
comment on column analytics.sites.tags is e'Labels.\nÉtiquettes.';
comment on column analytics.sites.created_at is e'When the site was created.\nDate de création.';
comment on column analytics.sites.archived_at is e'When the site was archived.\nDate d’archivage.';

create or replace view analytics.site_teams with (security_barrier) as
select
  t.id as site_team_id,
  t.site_id as site_id,
  t.membership_id as person_id,
  t.role as role,
  t.starts_on as starts_on,
  t.ends_on as ends_on,
  t.withdrawn_at as withdrawn_at
from app.site_members as t;
comment on view analytics.site_teams is e'Who works on which site. Grain: one row per stay of a person on a site.\nQui travaille sur quel chantier. Grain : une ligne par affectation.';
comment on column analytics.site_teams.site_team_id is e'Identifier of the stay.\nIdentifiant de l’affectation.';
comment on column analytics.site_teams.site_id is e'Site (sites.site_id).\nChantier (sites.site_id).';
comment on column analytics.site_teams.person_id is e'Person (people.person_id).\nPersonne (people.person_id).';
comment on column analytics.site_teams.role is e'Role on this site.\nRôle sur ce chantier.';
comment on column analytics.site_teams.starts_on is e'First day; NULL: since ever.\nPremier jour ; NULL : depuis toujours.';
comment on column analytics.site_teams.ends_on is e'Last day; NULL: open.\nDernier jour ; NULL : sans fin.';
comment on column analytics.site_teams.withdrawn_at is e'When the stay was withdrawn before its end.\nDate de retrait avant terme.';

create or replace view analytics.site_incidents with (security_barrier) as
select
  f.site_id as site_id,
  f.open as open_count,
  f.overdue as overdue_count,
  f.gravest as gravest,
  f.resolved as resolved_count,
  f.last_activity as last_activity_at
from app_private.analytics_site_incidents() as f;
comment on view analytics.site_incidents is e'Incidents of each site, now: the figures of the screens. Grain: one row per site that has incidents.\nLes incidents de chaque chantier, à cet instant : les chiffres des écrans. Grain : une ligne par chantier qui en a.';
comment on column analytics.site_incidents.site_id is e'Site (sites.site_id).\nChantier (sites.site_id).';
comment on column analytics.site_incidents.open_count is e'Incidents neither resolved nor closed.\nIncidents ni résolus ni clos.';
comment on column analytics.site_incidents.overdue_count is e'Open incidents past their delay.\nIncidents ouverts hors délai.';
comment on column analytics.site_incidents.gravest is e'Gravest severity of the open ones: 0 low, 1 medium, 2 high, 3 critical.\nGravité la plus forte des ouverts : 0 faible, 1 moyenne, 2 forte, 3 critique.';
comment on column analytics.site_incidents.resolved_count is e'Incidents resolved or closed.\nIncidents résolus ou clos.';
comment on column analytics.site_incidents.last_activity_at is e'Last change of one of them.\nDernier changement de l’un d’eux.';

create or replace view analytics.site_pace with (security_barrier) as
select
  f.site_id as site_id,
  f.elapsed_share as elapsed_share,
  f.reported as reported_count,
  f.in_time_share as in_time_share
from app_private.analytics_site_pace() as f;
comment on view analytics.site_pace is e'How each living site advances, now. Grain: one row per site that is not archived.\nL’avancement de chaque chantier en vie, à cet instant. Grain : une ligne par chantier non archivé.';
comment on column analytics.site_pace.site_id is e'Site (sites.site_id).\nChantier (sites.site_id).';
comment on column analytics.site_pace.elapsed_share is e'Share of the planned working days that has passed, 0 to 1; NULL without both dates.\nPart écoulée des jours ouvrés prévus, de 0 à 1 ; NULL sans les deux dates.';
comment on column analytics.site_pace.reported_count is e'Incidents reported in the last four weeks.\nIncidents signalés ces quatre dernières semaines.';
comment on column analytics.site_pace.in_time_share is e'Share of them answered in time, 0 to 1; NULL when none was due.\nPart d’entre eux traitée à temps, de 0 à 1 ; NULL si aucun n’était dû.';
