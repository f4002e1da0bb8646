-- Figures of sites and their incidents. They take the moment they speak of (`as_of`) and run on the server and on the phone alike.

-- Per site that the caller sees: its open incidents, those that nobody answered within their delay, the gravest severity of the open ones
-- (0 low … 3 critical; NULL when none), and the last activity.
create or replace function kpi.site_incidents(as_of timestamptz)
returns table (site_id uuid, open integer, overdue integer, gravest integer, resolved integer, last_activity timestamptz)
language sql stable set search_path = '' as $$
  select i.site_id,
    count(*) filter (where status not in ('resolved', 'closed'))::integer,
    count(c.incident_id)::integer,
    max(array_position('{low,medium,high,critical}'::text[], i.severity) - 1) filter (where status not in ('resolved', 'closed')),
    count(*) filter (where status in ('resolved', 'closed'))::integer,
    max(updated_at)
  from app.incidents as i
  left join (select incident_id from kpi.incident_clock(as_of, 'infinity') where answered_at is null and not in_time) as c on c.incident_id = i.id
  group by i.site_id;
$$;

-- Per site that is not archived: the share of its planned working days that has passed (0 to 1; NULL without both dates), the incidents
-- reported in the last four weeks (672 hours), and the share of them answered in time (0 to 1; NULL when none was due).
create or replace function kpi.site_pace(as_of timestamptz) returns table (site_id uuid, elapsed_share numeric, reported integer, in_time_share numeric)
language sql stable set search_path = '' as $$
  with planned as (
    select s.company_id, s.id, s.starts_on, s.ends_on + 1 as after, least(greatest((as_of at time zone c.time_zone)::date, s.starts_on), s.ends_on + 1) as today
    from app.sites as s join app.companies as c on c.id = s.company_id
    where s.archived_at is null
  ), days as materialized (
    select d.* from (select min(starts_on) as first, max(after) as last from planned where after - starts_on <= 3660) as span, kpi.calendar(span.first, span.last) as d
  ), asked as (
    select c.site_id, count(*)::integer as reported, round(avg(c.in_time::integer), 4) as in_time_share
    from kpi.incident_clock(as_of, as_of - interval '672 hours') as c where c.reported_at > as_of - interval '672 hours' group by c.site_id
  )
  select p.id, round((t.minutes_before - a.minutes_before)::numeric / nullif(z.minutes_before - a.minutes_before, 0), 4),
    coalesce(k.reported, 0), k.in_time_share
  from planned as p
  left join days as a on a.company_id = p.company_id and a.day = p.starts_on
  left join days as t on t.company_id = p.company_id and t.day = p.today
  left join days as z on z.company_id = p.company_id and z.day = p.after
  left join asked as k on k.site_id = p.id;
$$;
