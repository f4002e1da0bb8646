-- People, as analysts read them.

create or replace view analytics.people with (security_barrier) as
select
  m.id as person_id,
  m.full_name as full_name,
  m.job as job,
  m.roles as roles,
  m.state as state,
  m.created_at as joined_at
from app.memberships as m;
comment on view analytics.people is e'The people of the company. Grain: one row per membership. E-mail addresses and telephone numbers are left out.\nLes personnes de l’entreprise. Grain : une ligne par membre. Sans adresses électroniques ni téléphones.';
comment on column analytics.people.person_id is e'Identifier of the person in this company; other views refer to it.\nIdentifiant de la personne dans cette entreprise ; les autres vues y renvoient.';
comment on column analytics.people.full_name is e'First and last name.\nPrénom et nom.';
comment on column analytics.people.job is e'Job.\nFonction.';
comment on column analytics.people.roles is e'Roles: admin, executive, project_manager, site_manager, crew …\nRôles : admin, executive, project_manager, site_manager, crew…';
comment on column analytics.people.state is e'active, inactive, suspended or archived.\nactive (actif), inactive, suspended (suspendu) ou archived (archivé).';
comment on column analytics.people.joined_at is e'When the person joined.\nDate d’arrivée.';
