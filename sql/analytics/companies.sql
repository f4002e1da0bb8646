-- The company and its calendar, as analysts read them.

-- The days of analytics.days; runs as app_analytics, so the policies choose the company.
create or replace function app_private.analytics_days() returns table (day date, is_business_day boolean)
language sql stable security definer set search_path = '' as $$
  select d::date, kpi.is_business_day(c.id, d::date)
  from app.companies as c, lateral (select (now() at time zone c.time_zone)::date as today) as t,
    generate_series(date_trunc('year', t.today) - interval '2 years', date_trunc('year', t.today) + interval '2 years' - interval '1 day', '1 day') as d;
$$;

create or replace view analytics.companies with (security_barrier) as
select
  c.id as company_id,
  c.name as name,
  c.siren as siren,
  c.siret as siret,
  c.currency as currency,
  c.time_zone as time_zone,
  c.working_days as working_days,
  c.created_at as created_at
from app.companies as c;
comment on view analytics.companies is e'The company of this login. Grain: one row.\nL’entreprise de cet accès. Grain : une ligne.';
comment on column analytics.companies.company_id is e'Identifier of the company.\nIdentifiant de l’entreprise.';
comment on column analytics.companies.name is e'Name.\nNom.';
comment on column analytics.companies.siren is e'SIREN number, 9 digits.\nNuméro SIREN, 9 chiffres.';
comment on column analytics.companies.siret is e'SIRET number, 14 digits.\nNuméro SIRET, 14 chiffres.';
comment on column analytics.companies.currency is e'Currency of every amount (ISO 4217).\nDevise de tous les montants (ISO 4217).';
comment on column analytics.companies.time_zone is e'Time zone in which days begin and end.\nFuseau horaire dans lequel commencent et finissent les jours.';
comment on column analytics.companies.working_days is e'Working days of the week, 1 = Monday.\nJours travaillés de la semaine, 1 = lundi.';
comment on column analytics.companies.created_at is e'When the company was founded here.\nDate de création dans Aplomb.';

create or replace view analytics.days with (security_barrier) as
select
  d.day as day,
  to_char(d.day, 'IYYY-"W"IW') as iso_week,
  to_char(d.day, 'YYYY-MM') as month,
  d.is_business_day as is_business_day
from app_private.analytics_days() as d;
comment on view analytics.days is e'The calendar. Grain: one row per day, from the first of January two years ago to the end of next year, in the company’s time zone.\nLe calendrier. Grain : une ligne par jour, du 1er janvier d’il y a deux ans à la fin de l’année prochaine, dans le fuseau de l’entreprise.';
comment on column analytics.days.day is e'Day.\nJour.';
comment on column analytics.days.iso_week is e'ISO week, 2026-W47.\nSemaine ISO, 2026-W47.';
comment on column analytics.days.month is e'Month, 2026-11.\nMois, 2026-11.';
comment on column analytics.days.is_business_day is e'True when the company works: a working day, no public holiday, no closure.\nVrai quand l’entreprise travaille : jour ouvré, ni férié, ni fermeture.';
