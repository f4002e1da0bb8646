-- Figures of sites and their incidents. They take the moment they speak of (`as_of`) and run on the server and on the phone alike.

-- Per site that the caller sees: its open incidents, those past their delay (minutes since the report, elapsed), the gravest severity
-- of the open ones (0 low … 3 critical; NULL when none), and the last activity.
create or replace function kpi.site_incidents(as_of timestamptz)
returns table (site_id uuid, open integer, overdue integer, gravest integer, resolved integer, last_activity timestamptz)
language sql stable as $$
  select i.site_id,
    count(*) filter (where status not in ('resolved', 'closed'))::integer,
    count(*) filter (where status not in ('resolved', 'closed') and reported_at + due_minutes * interval '1 minute' < as_of)::integer,
    max(array_position('{low,medium,high,critical}'::text[], severity) - 1) filter (where status not in ('resolved', 'closed')),
    count(*) filter (where status in ('resolved', 'closed'))::integer,
    max(updated_at)
  from app.incidents as i group by i.site_id;
$$;
