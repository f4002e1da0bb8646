-- Figures of incidents, of those the caller sees. They take the moment they speak of (`as_of`). Spans are counted in hours, never in
-- days, whose length depends on who asks.

-- The clock of each incident reported since `since`, or still live: when somebody other than its reporter first answered (answer, question,
-- solution or closing), and how many minutes that took, until `as_of` when nobody has; NULL when its reporter ended it alone. Minutes are
-- working time, or elapsed where the company's rule of its type says so. In time = within its delay, at least a quarter of an hour; NULL while
-- that is still open. ended_at: since when it is resolved or closed.
create or replace function kpi.incident_clock(as_of timestamptz, since timestamptz default '-infinity')
returns table (incident_id uuid, site_id uuid, type text, severity text, reported_at timestamptz, answered_at timestamptz, ended_at timestamptz,
  minutes integer, in_time boolean)
language sql stable set search_path = '' as $$
  with cases as materialized (
    select i.company_id, i.id, i.site_id, i.type, i.severity, i.reported_at, i.ended_at, a.answered_at, greatest(i.due_minutes, 15) as due,
      coalesce(r.working_time, i.type <> 'safety') as working,
      i.reported_at at time zone c.time_zone as starts,
      coalesce(a.answered_at, as_of) at time zone c.time_zone as stops,
      case when a.answered_at is not null or i.ended_at is null then coalesce(a.answered_at, as_of) - i.reported_at end as elapsed
    from (
      select *, case when least(resolved_at, closed_at) <= as_of then least(resolved_at, closed_at) end as ended_at from app.incidents
      where app.incidents.reported_at <= as_of
    ) as i
    join app.companies as c on c.id = i.company_id
    left join app.routing_rules as r on r.company_id = i.company_id and r.incident_type = i.type
    cross join lateral (
      select min(e.at) as answered_at from app.incident_events as e
      where e.company_id = i.company_id and e.incident_id = i.id
        and e.kind in ('answer', 'ask', 'resolve', 'close') and e.actor_id <> i.reporter_id and e.at <= as_of
    ) as a
    where i.reported_at >= since or i.ended_at is null
  ), days as materialized ( -- one row with an array, whatever the planner guesses of sizes
    select d.company_id, span.first - 1 as before_first, array_agg(d.minutes_before order by d.day) as minutes_before, array_agg(d.works order by d.day) as works
    from (select min(starts)::date as first, max(stops)::date as last from cases) as span, kpi.calendar(span.first, span.last) as d
    group by d.company_id, span.first
  ), timed as (
    select c.*, case
      when c.elapsed is null then null
      when c.working then greatest(
        d.minutes_before[c.stops::date - d.before_first] + case when d.works[c.stops::date - d.before_first] then kpi.minutes_into_day(c.stops::time) else 0 end
        - d.minutes_before[c.starts::date - d.before_first] - case when d.works[c.starts::date - d.before_first] then kpi.minutes_into_day(c.starts::time) else 0 end, 0)
      else greatest(floor(extract(epoch from c.elapsed) / 60), 0)::integer end as minutes
    from cases as c join days as d on d.company_id = c.company_id
  )
  select id, site_id, type, severity, reported_at, answered_at, ended_at, minutes,
    case when answered_at is not null then minutes <= due when minutes > due then false end
  from timed;
$$;

-- The incidents of the last `weeks` weeks, a row each: reported and ended in it, open at its end; of those reported in it, the mean minutes
-- to the first answer and the share answered in time (0 to 1; NULL when none was due).
create or replace function kpi.incident_weeks(as_of timestamptz, weeks integer default 12)
returns table (week date, reported integer, ended integer, open integer, mean_minutes numeric, in_time_share numeric)
language sql stable set search_path = '' as $$
  with spans as materialized (select * from kpi.weeks(as_of, weeks)),
  clock as materialized (select c.* from (select min(starts_at) as first from spans) as s, kpi.incident_clock(as_of, s.first) as c),
  -- what ended before the first week was reported before it too, unless it ended since
  cases as (
    select * from clock
    union all
    select i.id, i.site_id, i.type, i.severity, i.reported_at, null, least(i.resolved_at, i.closed_at), null, null
    from app.incidents as i, (select min(starts_at) as first from spans) as s
    where i.reported_at < s.first and least(i.resolved_at, i.closed_at) between s.first and as_of
  )
  select s.week,
    count(*) filter (where c.reported_at >= s.starts_at and c.reported_at < s.ends_at)::integer,
    count(*) filter (where c.ended_at >= s.starts_at and c.ended_at < s.ends_at)::integer,
    count(*) filter (where c.reported_at < s.ends_at and (c.ended_at is null or c.ended_at >= s.ends_at))::integer,
    round(avg(c.minutes) filter (where c.answered_at is not null and c.reported_at >= s.starts_at and c.reported_at < s.ends_at), 1),
    round(avg(c.in_time::integer) filter (where c.reported_at >= s.starts_at and c.reported_at < s.ends_at), 4)
  from spans as s left join cases as c on c.reported_at < s.ends_at and (c.ended_at is null or c.ended_at >= s.starts_at)
  group by s.week order by s.week;
$$;

-- The open incidents by type and age since the report: under 24 hours, 48 hours, a week (168 hours), and older; how many wait beyond their delay.
create or replace function kpi.open_incidents(as_of timestamptz)
returns table (type text, day integer, two_days integer, week integer, older integer, total integer, overdue integer)
language sql stable set search_path = '' as $$
  select type,
    count(*) filter (where as_of - reported_at < interval '24 hours')::integer,
    count(*) filter (where as_of - reported_at >= interval '24 hours' and as_of - reported_at < interval '48 hours')::integer,
    count(*) filter (where as_of - reported_at >= interval '48 hours' and as_of - reported_at < interval '168 hours')::integer,
    count(*) filter (where as_of - reported_at >= interval '168 hours')::integer,
    count(*)::integer,
    count(*) filter (where answered_at is null and not in_time)::integer
  from kpi.incident_clock(as_of, 'infinity') group by type order by array_position('{safety,technical,material,question}'::text[], type);
$$;
