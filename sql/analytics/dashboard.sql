-- The headline figures of the dashboard, as analysts read them.

-- The figures of analytics.headline_figures, by the very function of the screens; runs as app_analytics, so the policies choose the rows.
create or replace function app_private.analytics_headline_figures()
returns table (kpi text, value numeric, before numeric, target numeric, alert numeric, standing text)
language sql stable security definer set search_path = '' as $$
  select kpi, value, before, target, alert, standing from kpi.tiles(now());
$$;

create or replace view analytics.headline_figures with (security_barrier) as
select
  f.kpi as figure,
  f.value as value,
  f.before as four_weeks_before,
  f.target as target,
  f.alert as alert,
  f.standing as standing
from app_private.analytics_headline_figures() as f;
comment on view analytics.headline_figures is e'The headline figures of the dashboard, now. Grain: one row per figure; one that the login may not see is absent.\nLes chiffres clés du tableau de bord, à cet instant. Grain : une ligne par chiffre ; ceux que l’accès ne comprend pas sont absents.';
comment on column analytics.headline_figures.figure is e'Name of the figure: active_sites, budget, open_incidents …\nNom du chiffre : active_sites, budget, open_incidents…';
comment on column analytics.headline_figures.value is e'Counts are of now; means and shares (0 to 1) of the last four weeks; minutes of working time; the budget in the company’s currency.\nLes nombres sont de maintenant ; moyennes et parts (0 à 1) des quatre dernières semaines ; minutes de temps ouvré ; budget dans la devise de l’entreprise.';
comment on column analytics.headline_figures.four_weeks_before is e'The same, four weeks earlier.\nLe même, quatre semaines plus tôt.';
comment on column analytics.headline_figures.target is e'What the company aims at.\nObjectif de l’entreprise.';
comment on column analytics.headline_figures.alert is e'From where it alarms.\nSeuil d’alerte.';
comment on column analytics.headline_figures.standing is e'How it stands against both.\nOù il en est par rapport aux deux.';
