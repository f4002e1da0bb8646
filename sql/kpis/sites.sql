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

-- What a site's report says at `as_of`: facts, figures, incidents (the open ones first, 80 at most) and the six newest photos, of what the caller
-- sees. NULL when the caller sees no such site. The Edge Function and the phone write the same PDF from it.
create or replace function kpi.site_report(site_id uuid, as_of timestamptz) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'as_of', as_of,
    'company', jsonb_build_object('name', c.name, 'locale', c.locale, 'currency', c.currency, 'time_zone', c.time_zone, 'accent', c.accent, 'logo', c.logo),
    'site', jsonb_build_object('id', s.id, 'code', s.code, 'name', s.name, 'client_name', s.client_name,
      'address', nullif(concat_ws(', ', s.address, nullif(concat_ws(' ', s.postal_code, s.city), '')), ''),
      'starts_on', s.starts_on, 'ends_on', s.ends_on, 'project_manager', p.full_name, 'site_manager', m.full_name),
    'figures', jsonb_build_object('open', coalesce(k.open, 0), 'overdue', coalesce(k.overdue, 0), 'resolved', coalesce(k.resolved, 0),
      'elapsed_share', pace.elapsed_share, 'in_time_share', pace.in_time_share,
      'budget', (select b.amount from app.site_budgets as b where b.company_id = s.company_id and b.id = s.id)),
    'incidents', coalesce(listed.incidents, '[]'),
    'more', greatest((select count(*) from app.incidents as i where i.company_id = s.company_id and i.site_id = s.id) - 80, 0),
    'photos', coalesce(pictured.photos, '[]'))
  from app.sites as s
  join app.companies as c on c.id = s.company_id
  left join app.memberships as p on p.company_id = s.company_id and p.id = s.project_manager_id
  left join app.memberships as m on m.company_id = s.company_id and m.id = s.site_manager_id
  left join kpi.site_incidents(as_of) as k on k.site_id = s.id
  left join kpi.site_pace(as_of) as pace on pace.site_id = s.id
  cross join lateral (
    select jsonb_agg(jsonb_build_object('title', i.title, 'type', i.type, 'severity', i.severity, 'status', i.status, 'reported_at', i.reported_at)
      order by i.ended, i.reported_at desc, i.id) as incidents
    from (
      select *, status in ('resolved', 'closed') as ended from app.incidents
      where app.incidents.company_id = s.company_id and app.incidents.site_id = s.id
      order by status in ('resolved', 'closed'), reported_at desc, id limit 80
    ) as i
  ) as listed
  cross join lateral (
    select jsonb_agg(jsonb_build_object('sha256', f.sha256, 'path', s.company_id || '/' || s.id || '/' || f.sha256 || '.jpg', 'caption', f.caption,
      'taken_at', f.taken_at, 'width', f.width, 'height', f.height) order by f.taken_at desc, f.id) as photos
    from (
      select * from app.photos
      where app.photos.company_id = s.company_id and app.photos.site_id = s.id and state in ('stored', 'verified')
      order by taken_at desc, id limit 6
    ) as f
  ) as pictured
  where s.id = site_report.site_id;
$$;
