-- Refuses SIREN or SIRET that fail the Luhn check, or a SIRET of another SIREN. La Poste's SIRETs (SIREN 356000000) sum to a multiple of 5.
create or replace function effects.check_registration(siren text, siret text) returns void
language plpgsql as $$
begin
  if siren is not null and (siren !~ '^[0-9]{9}$' or not effects.luhn(siren)) then perform effects.refuse('SIREN', 'siren'); end if;
  if siret is null then return; end if;
  if siret !~ '^[0-9]{14}$' or left(siret, 9) is distinct from coalesce(siren, left(siret, 9)) then perform effects.refuse('SIRET', 'siret'); end if;
  if effects.luhn(siret) then return; end if;
  if left(siret, 9) = '356000000'
     and (select sum(substr(siret, place, 1)::integer) % 5 = 0 from generate_series(1, 14) as place) then return; end if;
  perform effects.refuse('SIRET', 'siret');
end $$;

-- Edits the company's settings. changes/was: name, siren, siret, locale, time_zone, currency, holiday_region, working_days (ISO days
-- 1-7), accent (#rrggbb or null), logo (SHA-256 of a file in the bucket `pictures`, or null).
create or replace function effects.update_company(ctx effects.context, changes jsonb, was jsonb default '{}') returns void
language plpgsql as $$
declare
  company app.companies;
  applied jsonb;
begin
  select * into company from app.companies where id = ctx.company_id for no key update;
  applied := effects.merge(ctx, 'companies', company.id, to_jsonb(company), changes, was,
    '{name,siren,siret,locale,time_zone,currency,holiday_region,working_days,accent,logo}');
  company := jsonb_populate_record(company, applied);
  perform effects.check_registration(company.siren, company.siret);
  perform effects.one_of(company.locale, 'locale', 'fr', 'en', 'es', 'pt');
  perform effects.one_of(company.holiday_region, 'holiday_region', 'FR', 'FR-ALSACE-MOSELLE', 'NONE');
  if company.currency !~ '^[A-Z]{3}$' then perform effects.refuse('WRONG', 'currency'); end if;
  if not company.working_days <@ '{1,2,3,4,5,6,7}' or cardinality(company.working_days) not between 1 and 7 then
    perform effects.refuse('WRONG', 'working_days');
  end if;
  if company.accent !~ '^#[0-9a-f]{6}$' then perform effects.refuse('WRONG', 'accent'); end if;
  if company.logo !~ '^[0-9a-f]{64}$' then perform effects.refuse('WRONG', 'logo'); end if;
  if not exists (select from pg_catalog.pg_timezone_names where name = company.time_zone) then
    perform effects.refuse('WRONG', 'time_zone');
  end if;
  update app.companies set
    name = effects.required_text(company.name, 'name', 120), siren = company.siren, siret = company.siret, locale = company.locale,
    time_zone = company.time_zone, currency = company.currency, holiday_region = company.holiday_region,
    working_days = company.working_days, accent = company.accent, logo = company.logo, updated_at = ctx.at
  where id = ctx.company_id;
end $$;

-- Decides what the company asks of its people's sign-in. factor_rules: {role: mandatory | recommended | off}; factor_grace_days: how long
-- who must have a second factor may do without, 0-90; password_days: after how long a password expires, 30-730, or null for never.
create or replace function effects.set_security(ctx effects.context, factor_rules jsonb, factor_grace_days integer, password_days integer default null)
returns void
language plpgsql as $$
begin
  if factor_rules is null then perform effects.refuse('BLANK', 'factor_rules'); end if;
  if factor_grace_days is null then perform effects.refuse('BLANK', 'factor_grace_days'); end if;
  if jsonb_typeof(factor_rules) <> 'object'
     or exists (select from jsonb_each(factor_rules) where value not in ('"mandatory"', '"recommended"', '"off"')) then
    perform effects.refuse('WRONG', 'factor_rules');
  end if;
  if factor_grace_days not between 0 and 90 then perform effects.refuse('WRONG', 'factor_grace_days'); end if;
  if password_days not between 30 and 730 then perform effects.refuse('WRONG', 'password_days'); end if;
  update app.companies as c set factor_rules = set_security.factor_rules, factor_grace_days = set_security.factor_grace_days,
    password_days = set_security.password_days, updated_at = ctx.at
  where c.id = ctx.company_id;
end $$;

-- Adds a day on which the company does not work, beside public holidays.
create or replace function effects.add_closure(ctx effects.context, id uuid, day date, label text) returns void
language plpgsql as $$
begin
  if day is null then perform effects.refuse('BLANK', 'day'); end if;
  perform effects.check_day(day, 'day');
  insert into app.closures (company_id, id, day, label, created_at)
  values (ctx.company_id, add_closure.id, add_closure.day, effects.required_text(label, 'label', 120), ctx.at);
end $$;

-- Takes such a day back.
create or replace function effects.remove_closure(ctx effects.context, id uuid) returns void
language sql as $$
  delete from app.closures where company_id = ctx.company_id and closures.id = remove_closure.id;
$$;
