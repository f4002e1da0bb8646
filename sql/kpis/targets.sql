-- What a company aims at, and from where it wants to be alarmed, unless it says otherwise. Minutes of working time; shares from 0 to 1.
create or replace function kpi.default_targets() returns table (kpi text, target numeric, alert numeric)
language sql immutable parallel safe as $$
  values ('overdue_incidents', 0, 3), ('response_minutes', 120, 240), ('in_time_share', 0.9, 0.75), ('treated_day_share', 0.8, 0.6),
         ('adoption_share', 0.8, 0.5);
$$;

-- How a figure stands against what the company wants: good, watch or alert; NULL when either is unknown. target <= alert: less is better.
create or replace function kpi.standing(value numeric, target numeric, alert numeric) returns text
language sql immutable parallel safe
return case
  when value is null or target is null or alert is null then null
  when target <= alert then case when value <= target then 'good' when value <= alert then 'watch' else 'alert' end
  else case when value >= target then 'good' when value >= alert then 'watch' else 'alert' end end;
