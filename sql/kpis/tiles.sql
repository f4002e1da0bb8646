-- The headline figures of a dashboard.

-- One row per figure: now, four weeks (672 hours) earlier, what the company aims at, how it stands, and its last twelve weeks. Counts are
-- of the moment; means and shares (0 to 1) of the last four weeks; minutes of working time. A figure the caller may not see is absent.
create or replace function kpi.tiles(as_of timestamptz)
returns table (kpi text, value numeric, before numeric, target numeric, alert numeric, standing text, trend jsonb)
language sql stable set search_path = '' as $$
  with clock as materialized (select * from kpi.incident_clock(as_of, as_of - interval '1344 hours')),
  recent as (select * from clock where reported_at > as_of - interval '672 hours'),
  earlier as (select * from clock where reported_at <= as_of - interval '672 hours' and reported_at > as_of - interval '1344 hours'),
  weeks as materialized (select * from kpi.incident_weeks(as_of)),
  adoption as materialized (select * from kpi.adoption_weeks(as_of)),
  members as (select max(people) as people from adoption),
  active as (select count(*)::numeric as count from (
    select actor_id from app.incident_events where at > as_of - interval '168 hours' and at <= as_of
    union select created_by from app.sites where created_at > as_of - interval '168 hours' and created_at <= as_of
    union select author_id from app.photos where added_at > as_of - interval '168 hours' and added_at <= as_of) as people),
  sites as (select s.id from app.sites as s where s.archived_at is null and s.status in ('running', 'alert')),
  figures (kpi, value, before, trend) as (
    select 'active_sites', (select count(*) from sites)::numeric, null::numeric, null::jsonb
    union all
    select 'budget', sum(b.amount), null, null from app.site_budgets as b where b.id in (select id from sites) having count(*) > 0
    union all
    select 'open_incidents', (select count(*) from clock where ended_at is null),
      (select count(*) from app.incidents as i where i.reported_at <= as_of - interval '672 hours'
         and coalesce(least(i.resolved_at, i.closed_at), 'infinity') > as_of - interval '672 hours'),
      (select jsonb_agg(open order by week) from weeks)
    union all
    select 'overdue_incidents', (select count(*) from clock where ended_at is null and answered_at is null and not in_time), null, null
    union all
    select 'ended_incidents', (select count(*) from app.incidents as i where least(i.resolved_at, i.closed_at) > as_of - interval '672 hours' and least(i.resolved_at, i.closed_at) <= as_of),
      (select count(*) from app.incidents as i where least(i.resolved_at, i.closed_at) > as_of - interval '1344 hours' and least(i.resolved_at, i.closed_at) <= as_of - interval '672 hours'),
      (select jsonb_agg(ended order by week) from weeks)
    union all
    select 'response_minutes', (select round(avg(minutes), 1) from recent where answered_at is not null),
      (select round(avg(minutes), 1) from earlier where answered_at is not null), (select jsonb_agg(mean_minutes order by week) from weeks)
    union all
    select 'in_time_share', (select round(avg(in_time::integer), 4) from recent), (select round(avg(in_time::integer), 4) from earlier),
      (select jsonb_agg(in_time_share order by week) from weeks)
    union all
    select 'treated_day_share',
      (select round(avg((coalesce(ended_at, 'infinity') <= reported_at + interval '24 hours')::integer), 4) from recent where reported_at <= as_of - interval '24 hours'),
      (select round(avg((coalesce(ended_at, 'infinity') <= reported_at + interval '24 hours')::integer), 4) from earlier), null
    union all
    select 'adoption_share', round((select count from active) / nullif((select people from members), 0), 4), null,
      (select jsonb_agg(round(a.active::numeric / nullif(a.people, 0), 4) order by a.week) from adoption as a)
  )
  select f.kpi, f.value, f.before, coalesce(t.target, d.target), coalesce(t.alert, d.alert),
    kpi.standing(f.value, coalesce(t.target, d.target), coalesce(t.alert, d.alert)), f.trend
  from figures as f
  left join kpi.default_targets() as d on d.kpi = f.kpi
  left join app.kpi_targets as t on t.kpi = f.kpi;
$$;
