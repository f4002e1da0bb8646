-- The business-day calendar. Days are local dates of the company's time zone; sources: French labour code for the holidays.

-- A number of days or weeks that somebody asks for, when it is not beyond `most`: a figure must not keep the database busy for hours. Raises LIMIT.
create or replace function kpi.at_most(value integer, most integer, field text) returns integer
language plpgsql immutable parallel safe as $$
begin
  if value > most then perform effects.refuse('LIMIT', field); end if;
  return value;
end $$;

-- Easter Sunday of a Gregorian year (anonymous Gregorian algorithm).
create or replace function kpi.easter(year integer) returns date
language plpgsql immutable strict parallel safe as $$
declare
  a integer := year % 19;
  b integer := year / 100;
  c integer := year % 100;
  h integer := (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
  l integer := (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
  m integer := (a + 11 * h + 22 * l) / 451;
begin
  return make_date(year, (h + l - 7 * m + 114) / 31, (h + l - 7 * m + 114) % 31 + 1);
end $$;

-- The public holidays of a year. region: FR, FR-ALSACE-MOSELLE (Good Friday and 26 December too) or NONE.
create or replace function kpi.holidays(year integer, region text default 'FR') returns table (day date, label text)
language sql immutable parallel safe as $$
  select h.day, h.label from (values
    (make_date(year, 1, 1), 'Jour de l’An', 'FR'), (kpi.easter(year) - 2, 'Vendredi saint', 'FR-ALSACE-MOSELLE'),
    (kpi.easter(year) + 1, 'Lundi de Pâques', 'FR'), (make_date(year, 5, 1), 'Fête du Travail', 'FR'),
    (make_date(year, 5, 8), 'Victoire 1945', 'FR'), (kpi.easter(year) + 39, 'Ascension', 'FR'),
    (kpi.easter(year) + 50, 'Lundi de Pentecôte', 'FR'), (make_date(year, 7, 14), 'Fête nationale', 'FR'),
    (make_date(year, 8, 15), 'Assomption', 'FR'), (make_date(year, 11, 1), 'Toussaint', 'FR'),
    (make_date(year, 11, 11), 'Armistice 1918', 'FR'), (make_date(year, 12, 25), 'Noël', 'FR'),
    (make_date(year, 12, 26), 'Saint-Étienne', 'FR-ALSACE-MOSELLE')) as h (day, label, since)
  where region <> 'NONE' and (h.since = 'FR' or h.since = region) order by h.day;
$$;

-- True when the company works on that day: one of its week days, no public holiday of its region, none of its closures.
create or replace function kpi.is_business_day(company_id uuid, day date) returns boolean
language sql stable as $$
  select extract(isodow from day)::smallint = any (c.working_days)
     and not exists (select from kpi.holidays(extract(year from day)::integer, c.holiday_region) as h where h.day = is_business_day.day)
     and not exists (select from app.closures as x where x.company_id = is_business_day.company_id and x.day = is_business_day.day)
  from app.companies as c where c.id = is_business_day.company_id;
$$;

-- The business days from `first` to `last`, both included; 0 when last is before first, NULL beyond ten years.
create or replace function kpi.business_days(company_id uuid, first date, last date) returns integer
language sql stable as $$
  select case when isfinite(first) and isfinite(last) and last - first <= 3660 then (
    select count(*)::integer from generate_series(first, last, interval '1 day') as d
    where kpi.is_business_day(company_id, d::date)) end;
$$;

-- The day that is `days` business days after `start` (before it when negative); start itself when days = 0. NULL beyond ten years.
create or replace function kpi.add_business_days(company_id uuid, start date, days integer) returns date
language sql stable as $$
  select case when days = 0 then start when isfinite(start) then (
    select d::date from generate_series(start + sign(days)::integer, start + sign(days)::integer * 3660, sign(days) * interval '1 day') as d
    where kpi.is_business_day(company_id, d::date) offset abs(days) - 1 limit 1) end;
$$;

-- The working minutes of a day that have passed at a local time: 8:00 to 12:00 and 13:00 to 17:00, 480 in all.
create or replace function kpi.minutes_into_day(at time) returns integer
language sql immutable parallel safe
return least(greatest(floor(extract(epoch from at) / 60)::integer - 480, 0), 240) + least(greatest(floor(extract(epoch from at) / 60)::integer - 780, 0), 240);

-- Each local day from `first` to `last` of the companies that the caller sees: whether it is worked, and the working minutes of the days
-- since `first`; LIMIT beyond a hundred years. Two of its rows give the working time between two moments, without a look at the days between.
create or replace function kpi.calendar(first date, last date) returns table (company_id uuid, day date, works boolean, minutes_before integer)
language sql stable set search_path = '' as $$
  select company_id, day, works, (480 * (count(*) filter (where works) over (partition by company_id order by day) - works::integer))::integer
  from (
    select c.id as company_id, first + place as day,
      extract(isodow from first + place)::smallint = any (c.working_days) and h.day is null and x.day is null as works
    from app.companies as c
    cross join generate_series(0, kpi.at_most(last - first, 36525, 'days')) as place
    left join (
      select c.id as company_id, h.day
      from app.companies as c cross join generate_series(extract(year from first)::integer, extract(year from last)::integer) as year,
           kpi.holidays(year, c.holiday_region) as h
    ) as h on h.company_id = c.id and h.day = first + place
    left join app.closures as x on x.company_id = c.id and x.day = first + place
  ) as days;
$$;

-- Midnight, in the company's time zone, of the Mondays of the last `weeks` weeks; the last one is the week of `as_of`, up to that moment.
-- LIMIT beyond ten years.
create or replace function kpi.weeks(as_of timestamptz, weeks integer) returns table (week date, starts_at timestamptz, ends_at timestamptz)
language sql stable set search_path = '' as $$
  select w.monday, w.monday::timestamp at time zone time_zone, least((w.monday + 7)::timestamp at time zone time_zone, as_of)
  from (select time_zone, date_trunc('week', as_of at time zone time_zone)::date as monday from app.companies limit 1) as now
  cross join lateral (select now.monday - 7 * back as monday from generate_series(kpi.at_most(weeks, 520, 'weeks') - 1, 0, -1) as back) as w;
$$;
