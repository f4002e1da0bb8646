-- Incidents and their steps, as analysts read them. Row-level security leaves out safety incidents where the login has no access to them.

-- The clocks of analytics.incident_times, by the very function of the screens; runs as app_analytics, so the policies choose the rows.
create or replace function app_private.analytics_incident_times()
returns table (incident_id uuid, answered_at timestamptz, ended_at timestamptz, minutes integer, in_time boolean)
language sql stable security definer set search_path = '' as $$
  select incident_id, answered_at, ended_at, minutes, in_time from kpi.incident_clock(now());
$$;

-- The weeks of analytics.incident_weeks, likewise.
create or replace function app_private.analytics_incident_weeks()
returns table (week date, reported integer, ended integer, open integer, mean_minutes numeric, in_time_share numeric)
language sql stable security definer set search_path = '' as $$
  select * from kpi.incident_weeks(now(), 52);
$$;

create or replace view analytics.incidents with (security_barrier) as
select
  i.id as incident_id,
  i.site_id as site_id,
  i.type as type,
  i.severity as severity,
  i.title as title,
  i.zone as zone,
  i.status as status,
  i.routed_role as routed_role,
  i.reporter_id as reporter_id,
  i.assignee_id as assignee_id,
  i.occurred_at as occurred_at,
  i.reported_at as reported_at,
  i.resolved_at as resolved_at,
  i.closed_at as closed_at,
  i.due_minutes as delay_minutes,
  round(extract(epoch from coalesce(i.resolved_at, i.closed_at) - i.reported_at) / 3600, 2) as resolution_hours
from app.incidents as i;
comment on view analytics.incidents is e'Incidents. Grain: one row per incident. Safety incidents only for logins that have access to them.\nLes incidents. Grain : une ligne par incident. Ceux de sécurité seulement pour les accès qui les comprennent.';
comment on column analytics.incidents.incident_id is e'Identifier of the incident.\nIdentifiant de l’incident.';
comment on column analytics.incidents.site_id is e'Site (sites.site_id).\nChantier (sites.site_id).';
comment on column analytics.incidents.type is e'safety, technical, material or question.\nsafety (sécurité), technical, material (matériel) ou question.';
comment on column analytics.incidents.severity is e'low, medium, high or critical.\nlow (faible), medium (moyenne), high (forte) ou critical (critique).';
comment on column analytics.incidents.title is e'Title.\nTitre.';
comment on column analytics.incidents.zone is e'Place on the site.\nZone du chantier.';
comment on column analytics.incidents.status is e'open, assigned, waiting, answered, resolved or closed.\nopen (ouvert), assigned (affecté), waiting (en attente), answered (répondu), resolved (résolu) ou closed (clos).';
comment on column analytics.incidents.routed_role is e'Role it was routed to.\nRôle vers lequel il a été aiguillé.';
comment on column analytics.incidents.reporter_id is e'Who reported it (people.person_id).\nDéclarant (people.person_id).';
comment on column analytics.incidents.assignee_id is e'Who handles it (people.person_id).\nResponsable du traitement (people.person_id).';
comment on column analytics.incidents.occurred_at is e'When it happened, by the clock of the device.\nMoment de l’incident, à l’heure de l’appareil.';
comment on column analytics.incidents.reported_at is e'When the server received it.\nMoment de réception par le serveur.';
comment on column analytics.incidents.resolved_at is e'When it was resolved.\nMoment de résolution.';
comment on column analytics.incidents.closed_at is e'When it was closed.\nMoment de clôture.';
comment on column analytics.incidents.delay_minutes is e'Delay given to its treatment, in minutes.\nDélai de traitement accordé, en minutes.';
comment on column analytics.incidents.resolution_hours is e'Elapsed hours from report to resolution (or closure without one); two decimals.\nHeures écoulées du signalement à la résolution (ou à la clôture, faute de résolution) ; deux décimales.';

create or replace view analytics.incident_steps with (security_barrier) as
select
  e.id as step_id,
  e.incident_id as incident_id,
  e.kind as kind,
  e.from_status as from_status,
  e.to_status as to_status,
  e.actor_id as actor_id,
  e.assignee_id as assignee_id,
  e.at as at,
  e.device_at as device_at
from app.incident_events as e;
comment on view analytics.incident_steps is e'The life of each incident. Grain: one row per step.\nLa vie de chaque incident. Grain : une ligne par étape.';
comment on column analytics.incident_steps.step_id is e'Identifier of the step.\nIdentifiant de l’étape.';
comment on column analytics.incident_steps.incident_id is e'Incident (incidents.incident_id).\nIncident (incidents.incident_id).';
comment on column analytics.incident_steps.kind is e'report, assign, answer, ask, resolve, reopen, close or edit.\nreport (signalement), assign (affectation), answer (réponse), ask (question), resolve (résolution), reopen (réouverture), close (clôture) ou edit (modification).';
comment on column analytics.incident_steps.from_status is e'Status before.\nÉtat avant.';
comment on column analytics.incident_steps.to_status is e'Status after.\nÉtat après.';
comment on column analytics.incident_steps.actor_id is e'Who did it (people.person_id).\nAuteur (people.person_id).';
comment on column analytics.incident_steps.assignee_id is e'To whom it was assigned (people.person_id).\nPersonne désignée (people.person_id).';
comment on column analytics.incident_steps.at is e'When the server received it.\nMoment de réception par le serveur.';
comment on column analytics.incident_steps.device_at is e'When it was done, by the clock of the device.\nMoment de l’action, à l’heure de l’appareil.';

create or replace view analytics.incident_times with (security_barrier) as
select
  f.incident_id as incident_id,
  f.answered_at as answered_at,
  f.ended_at as ended_at,
  f.minutes as minutes_to_answer,
  f.in_time as in_time
from app_private.analytics_incident_times() as f;
comment on view analytics.incident_times is e'The clock of each incident, now. Grain: one row per incident.\nL’horloge de chaque incident, à cet instant. Grain : une ligne par incident.';
comment on column analytics.incident_times.incident_id is e'Incident (incidents.incident_id).\nIncident (incidents.incident_id).';
comment on column analytics.incident_times.answered_at is e'When somebody other than its reporter first answered.\nPremière réponse de quelqu’un d’autre que le déclarant.';
comment on column analytics.incident_times.ended_at is e'Since when it is resolved or closed.\nDepuis quand il est résolu ou clos.';
comment on column analytics.incident_times.minutes_to_answer is e'Minutes to the first answer, or until now without one: working time, or elapsed where the company counts so.\nMinutes jusqu’à la première réponse, ou jusqu’à maintenant : temps ouvré, ou écoulé si l’entreprise compte ainsi.';
comment on column analytics.incident_times.in_time is e'Answered within its delay; NULL while that is open.\nTraité dans son délai ; NULL tant que la question est ouverte.';

create or replace view analytics.incident_weeks with (security_barrier) as
select
  f.week as week,
  f.reported as reported_count,
  f.ended as ended_count,
  f.open as open_count,
  f.mean_minutes as mean_minutes_to_answer,
  f.in_time_share as in_time_share
from app_private.analytics_incident_weeks() as f;
comment on view analytics.incident_weeks is e'Incidents week by week. Grain: one row per week, the last 52, Monday to Sunday in the company’s time zone.\nLes incidents semaine par semaine. Grain : une ligne par semaine, les 52 dernières, du lundi au dimanche dans le fuseau de l’entreprise.';
comment on column analytics.incident_weeks.week is e'Monday of the week.\nLundi de la semaine.';
comment on column analytics.incident_weeks.reported_count is e'Incidents reported in the week.\nIncidents signalés dans la semaine.';
comment on column analytics.incident_weeks.ended_count is e'Incidents resolved or closed in the week.\nIncidents résolus ou clos dans la semaine.';
comment on column analytics.incident_weeks.open_count is e'Incidents open at its end.\nIncidents ouverts à sa fin.';
comment on column analytics.incident_weeks.mean_minutes_to_answer is e'Of those reported in it, mean minutes to the first answer.\nDe ceux qui y furent signalés, minutes moyennes jusqu’à la première réponse.';
comment on column analytics.incident_weeks.in_time_share is e'Of those reported in it, share answered in time, 0 to 1; NULL when none was due.\nDe ceux qui y furent signalés, part traitée à temps, de 0 à 1 ; NULL si aucun n’était dû.';
