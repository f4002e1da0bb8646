-- What a site's report says at `as_of`: facts, figures, incidents (the open ones first, 80 at most) and the six newest photos, of what the caller
-- sees. NULL when the caller sees no such site. The Edge Function and the phone write the same PDF from it.
create or replace function kpi.site_report(site_id uuid, as_of timestamptz) returns jsonb
language sql stable set search_path = '' as $$
  select jsonb_build_object(
    'as_of', as_of,
    'company', jsonb_build_object('name', c.name, 'locale', c.locale, 'currency', c.currency, 'time_zone', c.time_zone),
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
