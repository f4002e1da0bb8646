-- The fields that a report must carry, by type and severity; the form asks for the same ones.
create or replace function effects.incident_required_fields(type text, severity text) returns text[]
language sql immutable parallel safe
return array['title']
  || case when severity in ('high', 'critical') then array['description'] else '{}' end
  || case when type = 'safety' and severity in ('high', 'critical') then array['injured'] else '{}' end
  || case when type = 'safety' and severity = 'critical' then array['measures'] else '{}' end
  || case when type = 'material' then array['item'] else '{}' end;

-- Refuses BLANK when a field that its gravity asks for is empty; LIMIT when it is beyond measure.
create or replace function effects.check_incident_fields(type text, severity text, title text, description text, details jsonb) returns void
language plpgsql as $$
declare
  field text;
begin
  foreach field in array effects.incident_required_fields(type, severity) loop
    perform effects.required_text(case field when 'title' then title when 'description' then description else details ->> field end, field, 10000);
  end loop;
end $$;

-- Where a type of incident goes and within how many minutes, when the company has no rule of its own.
create or replace function effects.default_routing() returns table (incident_type text, role text, delay_minutes integer, working_time boolean)
language sql immutable parallel safe as $$
  values ('safety', 'executive', 0, false), ('technical', 'design_office', 120, true),
         ('material', 'buyer', 240, true), ('question', 'project_manager', 480, true);
$$;

-- Sets where a type of incident goes: role, delay in minutes (0 = at once), on working or elapsed time.
create or replace function effects.set_routing_rule(
  ctx effects.context, id uuid, incident_type text, role text, delay_minutes integer, working_time boolean default true
) returns void
language plpgsql as $$
begin
  perform effects.one_of(incident_type, 'incident_type', 'safety', 'technical', 'material', 'question');
  if role is null then perform effects.refuse('BLANK', 'role'); end if;
  if delay_minutes is null or delay_minutes not between 0 and 60000 then perform effects.refuse('WRONG', 'delay_minutes'); end if;
  update app.routing_rules as r set role = set_routing_rule.role, delay_minutes = set_routing_rule.delay_minutes,
    working_time = coalesce(set_routing_rule.working_time, true), updated_at = ctx.at
  where r.company_id = ctx.company_id and r.incident_type = set_routing_rule.incident_type;
  if not found then
    insert into app.routing_rules (company_id, id, incident_type, role, delay_minutes, working_time, updated_at)
    values (ctx.company_id, set_routing_rule.id, set_routing_rule.incident_type, set_routing_rule.role, set_routing_rule.delay_minutes,
            coalesce(set_routing_rule.working_time, true), ctx.at);
  end if;
end $$;

-- Where who holds `role` sees incidents of `type`: 'company' (on every site), 'site' (in whose team they are) or NULL (nowhere).
-- The same as app_private.role_scopes, which a phone does not have.
create or replace function effects.role_reach(role text, type text) returns text
language sql immutable parallel safe
return case
  when role in ('analyst', 'client') then null
  when type = 'safety' then case when role in ('executive', 'hse') then 'company' end
  when role in ('site_manager', 'crew') then 'site'
  else 'company' end;

-- The person to whom an open incident goes when no active member who sees it holds `role`: the site's project manager, else an executive,
-- else an administrator, of several the one who is there longest. NULL when somebody holds the role.
create or replace function effects.stand_in(ctx effects.context, site_id uuid, type text, role text) returns uuid
language plpgsql stable as $$
begin
  return (select person.id
  from app.companies as c
  cross join lateral (
    select m.id from app.memberships as m
    left join app.sites as s on s.company_id = m.company_id and s.id = stand_in.site_id and s.project_manager_id = m.id
    where m.company_id = c.id and m.state = 'active' and (s.id is not null or m.roles && '{executive,admin}')
    order by s.id is null, 'executive' <> all (m.roles), m.created_at, m.id limit 1) as person
  where c.id = ctx.company_id and not exists (
    select from app.memberships as m
    where m.company_id = c.id and m.state = 'active' and stand_in.role = any (m.roles)
      and case effects.role_reach(stand_in.role, stand_in.type)
        when 'company' then true
        when 'site' then exists (
          select from app.site_members as t
          where t.company_id = m.company_id and t.site_id = stand_in.site_id and t.membership_id = m.id and t.withdrawn_at is null
            and (ctx.at at time zone c.time_zone)::date between coalesce(t.starts_on, '-infinity') and coalesce(t.ends_on, 'infinity'))
        else false end));
end $$;

-- Gives to somebody every incident that the change just made leaves to nobody: its role is held no more, or its assignee is gone.
create or replace function effects.hand_on_incidents(ctx effects.context) returns void
language plpgsql as $$
declare
  incident app.incidents;
  heir uuid;
begin
  for incident in
    select i.* from app.incidents as i left join app.memberships as a on a.company_id = i.company_id and a.id = i.assignee_id
    where i.company_id = ctx.company_id and i.status in ('open', 'assigned', 'waiting', 'answered')
      and (a.state <> 'active' or i.assignee_id is null and i.status = 'open')
    order by i.id for no key update of i
  loop
    -- what a person held goes to whom no role is asked for: they can give it to the right one
    heir := effects.stand_in(ctx, incident.site_id, incident.type, case when incident.assignee_id is null then incident.routed_role end);
    continue when heir is null;
    insert into app.incident_events (company_id, id, incident_id, kind, from_status, to_status, assignee_id, actor_id, at, device_at)
    values (ctx.company_id, effects.derived_id(ctx.command_id, incident.id::text), incident.id, 'assign', incident.status, incident.status, heir,
            ctx.actor_id, ctx.at, ctx.device_at);
    update app.incidents as i set assignee_id = heir, updated_at = ctx.at where i.company_id = ctx.company_id and i.id = incident.id;
  end loop;
end $$;

-- Adds one step to the ledger of an incident. The id derives from the command: a replay writes it once.
create or replace function effects.add_incident_event(
  ctx effects.context, incident app.incidents, kind text, body text, to_status text, assignee_id uuid default null
) returns void
language sql as $$
  insert into app.incident_events (company_id, id, incident_id, kind, body, from_status, to_status, assignee_id, actor_id, at, device_at)
  values (ctx.company_id, effects.derived_id(ctx.command_id, 'event'), incident.id, kind, effects.optional_text(body, 'body', 10000),
          incident.status, to_status, assignee_id, ctx.actor_id, ctx.at, ctx.device_at);
$$;

-- Refuses details that are no object (WRONG), a text of over 4,000 characters by the name of its field, or 20 kB in all (LIMIT).
create or replace function effects.check_details(details jsonb) returns void
language plpgsql as $$
begin
  if jsonb_typeof(details) <> 'object' then perform effects.refuse('WRONG', 'details'); end if;
  perform effects.optional_text(d.value, d.key, 4000) from jsonb_each_text(details) as d;
  if pg_column_size(details) > 20000 then perform effects.refuse('LIMIT', 'details'); end if;
end $$;

-- Reports an incident: it waits for the role of its rule, or for a stand-in when nobody holds that. severity: low, medium, high, critical; position WGS84, accuracy in metres; occurred_at = the device's time;
-- details by type: injured, measures (safety), item, quantity, needed_by (material), plan (question).
create or replace function effects.report_incident(
  ctx effects.context, id uuid, site_id uuid, type text, severity text, title text, description text default null,
  zone text default null, latitude double precision default null, longitude double precision default null,
  accuracy_m double precision default null, occurred_at timestamptz default null, details jsonb default '{}'
) returns void
language plpgsql as $$
declare
  incident app.incidents;
  rule record;
begin
  perform effects.one_of(type, 'type', 'safety', 'technical', 'material', 'question');
  perform effects.one_of(severity, 'severity', 'low', 'medium', 'high', 'critical');
  perform effects.check_incident_fields(type, severity, title, description, details);
  perform effects.check_details(coalesce(details, '{}'));
  if abs(latitude) > 90 or abs(longitude) > 180 or accuracy_m not between 0 and 1e8 then perform effects.refuse('WRONG', 'position'); end if;
  if not isfinite(occurred_at) then perform effects.refuse('WRONG', 'occurred_at'); end if;
  select r.role, r.delay_minutes into rule from (
    select 1 as rank, o.role, o.delay_minutes from app.routing_rules as o
    where o.company_id = ctx.company_id and o.incident_type = report_incident.type
    union all
    select 2, d.role, d.delay_minutes from effects.default_routing() as d where d.incident_type = report_incident.type
  ) as r order by r.rank limit 1;
  insert into app.incidents (company_id, id, site_id, type, severity, title, description, zone, latitude, longitude, accuracy_m, details,
    status, routed_role, due_minutes, reporter_id, assignee_id, occurred_at, reported_at, updated_at)
  values (ctx.company_id, report_incident.id, report_incident.site_id, report_incident.type, report_incident.severity,
    effects.required_text(title, 'title', 160), effects.optional_text(description, 'description', 10000),
    effects.optional_text(zone, 'zone', 120), report_incident.latitude, report_incident.longitude, report_incident.accuracy_m,
    coalesce(details, '{}'), 'open', rule.role, rule.delay_minutes, ctx.actor_id,
    effects.stand_in(ctx, site_id, type, rule.role), coalesce(occurred_at, ctx.device_at), ctx.at, ctx.at)
  returning * into incident;
  incident.status := null;
  perform effects.add_incident_event(ctx, incident, 'report', null, 'open');
end $$;

-- Edits what the report said; it goes on carrying what its gravity asks for. changes/was: severity, title, description, zone, details.
create or replace function effects.update_incident(ctx effects.context, id uuid, changes jsonb, was jsonb default '{}') returns void
language plpgsql as $$
declare
  incident app.incidents;
begin
  select * into incident from app.incidents as i where i.company_id = ctx.company_id and i.id = update_incident.id for no key update;
  incident := jsonb_populate_record(incident, effects.merge(ctx, 'incidents', id, to_jsonb(incident), changes, was,
    '{severity,title,description,zone,details}'));
  perform effects.one_of(incident.severity, 'severity', 'low', 'medium', 'high', 'critical');
  perform effects.check_details(incident.details);
  perform effects.check_incident_fields(incident.type, incident.severity, incident.title, incident.description, incident.details);
  update app.incidents as i set
    severity = incident.severity, title = effects.required_text(incident.title, 'title', 160),
    description = effects.optional_text(incident.description, 'description', 10000),
    zone = effects.optional_text(incident.zone, 'zone', 120), details = incident.details, updated_at = ctx.at
  where i.company_id = ctx.company_id and i.id = update_incident.id;
  perform effects.add_incident_event(ctx, incident, 'edit', null, incident.status);
end $$;

-- Takes one step of an incident: checks that the status allows it (STATE), moves it, and writes the ledger.
create or replace function effects.step_incident(
  ctx effects.context, id uuid, kind text, body text, from_statuses text[], to_status text, assignee_id uuid default null
) returns void
language plpgsql as $$
declare
  incident app.incidents;
begin
  select * into incident from app.incidents as i where i.company_id = ctx.company_id and i.id = step_incident.id for no key update;
  if not found then perform effects.refuse('GHOST', 'incident'); end if;
  if incident.status <> all (from_statuses) then perform effects.refuse('STATE', incident.status); end if;
  perform effects.add_incident_event(ctx, incident, kind, body, to_status, assignee_id);
  update app.incidents as i set
    status = to_status, assignee_id = coalesce(step_incident.assignee_id, i.assignee_id),
    resolved_at = case when to_status = 'resolved' then ctx.at when to_status = 'closed' then coalesce(i.resolved_at, ctx.at) end,
    closed_at = case when to_status = 'closed' then ctx.at end, updated_at = ctx.at
  where i.company_id = ctx.company_id and i.id = step_incident.id;
end $$;

-- Gives the incident to a person, or hands it on.
create or replace function effects.assign_incident(ctx effects.context, id uuid, assignee_id uuid, body text default null) returns void
language plpgsql as $$
begin
  if assignee_id is null then perform effects.refuse('BLANK', 'assignee_id'); end if;
  perform effects.step_incident(ctx, id, 'assign', body, '{open,assigned,waiting,answered}', 'assigned', assignee_id);
end $$;

-- Answers. The reporter's answer to a question puts the incident back to work; anybody else's answer marks it answered.
-- An answer is never refused for its status: words written offline must arrive.
create or replace function effects.answer_incident(ctx effects.context, id uuid, body text) returns void
language plpgsql as $$
declare
  incident app.incidents;
  next text;
begin
  select * into incident from app.incidents as i where i.company_id = ctx.company_id and i.id = answer_incident.id for no key update;
  if not found then perform effects.refuse('GHOST', 'incident'); end if;
  next := case
    when incident.status in ('resolved', 'closed') then incident.status
    when ctx.actor_id <> incident.reporter_id then 'answered'
    when incident.status = 'waiting' then case when incident.assignee_id is null then 'open' else 'assigned' end
    else incident.status end;
  perform effects.add_incident_event(ctx, incident, 'answer', effects.required_text(body, 'body', 10000), next);
  update app.incidents as i set status = next, updated_at = ctx.at
  where i.company_id = ctx.company_id and i.id = answer_incident.id;
end $$;

-- Asks the reporter for more.
create or replace function effects.ask_incident(ctx effects.context, id uuid, body text) returns void
language sql as $$
  select effects.step_incident(ctx, id, 'ask', effects.required_text(body, 'body', 10000), '{open,assigned,waiting,answered}', 'waiting');
$$;

-- Says that the incident is dealt with.
create or replace function effects.resolve_incident(ctx effects.context, id uuid, body text default null) returns void
language sql as $$
  select effects.step_incident(ctx, id, 'resolve', body, '{open,assigned,waiting,answered}', 'resolved');
$$;

-- Takes a resolved or closed incident up again.
create or replace function effects.reopen_incident(ctx effects.context, id uuid, body text default null) returns void
language sql as $$
  select effects.step_incident(ctx, id, 'reopen', body, '{resolved,closed}', 'open');
$$;

-- Ends the incident.
create or replace function effects.close_incident(ctx effects.context, id uuid, body text default null) returns void
language sql as $$
  select effects.step_incident(ctx, id, 'close', body, '{open,assigned,waiting,answered,resolved}', 'closed');
$$;
