-- How many people use the product, of what the caller sees.

-- Per week: the people who reported, took a step, added a photo or created a site, and the active members at `as_of`.
create or replace function kpi.adoption_weeks(as_of timestamptz, weeks integer default 12) returns table (week date, active integer, people integer)
language sql stable set search_path = '' as $$
  select s.week, count(distinct d.actor_id)::integer, (select count(*)::integer from app.memberships where state = 'active')
  from kpi.weeks(as_of, weeks) as s
  left join (
    select actor_id, at from app.incident_events
    union all select created_by, created_at from app.sites
    union all select author_id, added_at from app.photos
  ) as d on d.at >= s.starts_at and d.at < s.ends_at
  group by s.week order by s.week;
$$;
