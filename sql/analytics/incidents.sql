-- Incidents and their steps, as analysts read them. Row-level security leaves out safety incidents where the login has no access to them.

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
