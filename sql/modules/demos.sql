-- Demo companies: made in one call, removed in one call. Everything in them is invented, and told as of the moment they are made.

-- A throw of dice that always falls the same way for a seed: 0 to sides - 1.
create or replace function app_private.dice(seed text, sides integer) returns integer
language sql immutable parallel safe set search_path = ''
return abs(hashtextextended(seed, 0) % sides)::integer;

-- The moment `minutes` of working time after `start`, on the business days of a company whose time zone is given.
create or replace function app_private.work_later(company_id uuid, start timestamptz, minutes integer, time_zone text) returns timestamptz
language plpgsql stable set search_path = '' as $$
declare
  moment timestamp := start at time zone time_zone;
  remains integer := minutes;
  today integer;
begin
  for turn in 1 .. 400 loop
    if kpi.is_business_day(company_id, moment::date) then
      today := 480 - kpi.minutes_into_day(moment::time);
      if remains <= today then
        remains := remains + kpi.minutes_into_day(moment::time);
        return (moment::date + interval '8 hours' + remains * interval '1 minute' + case when remains > 240 then interval '1 hour' else '0' end) at time zone time_zone;
      end if;
      remains := remains - today;
    end if;
    moment := moment::date + 1;
  end loop;
  return moment at time zone time_zone;
end $$;

-- What happens on building sites, to be told again: type, severity, title, place, what is answered.
create or replace function app_private.demo_stories() returns table (place bigint, type text, severity text, title text, zone text, answer text)
language sql immutable set search_path = '' as $$
  select row_number() over (), * from (values
    ('technical', 'medium', 'Réservation oubliée dans le voile', 'Sous-sol', 'Carottage Ø 120 validé, plan mis à jour.'),
    ('technical', 'high', 'Fissure traversante en pied de poteau', 'Rez-de-chaussée', 'Témoins posés, le bureau de contrôle passe jeudi.'),
    ('technical', 'medium', 'Niveau de dalle 3 cm trop haut', 'R+1', 'Ragréage adapté, cotes des huisseries reprises.'),
    ('technical', 'low', 'Plan de coffrage illisible sur la zone C', 'R+2', 'Indice D déposé, à utiliser dès maintenant.'),
    ('technical', 'medium', 'Gaine technique dévoyée par rapport au plan', 'R+3', 'Dévoiement accepté, réservations corrigées.'),
    ('technical', 'medium', 'Garde-corps non aligné sur la façade sud', 'Façade', 'Reprise des platines avant vendredi.'),
    ('technical', 'low', 'Regard d’eaux pluviales recouvert', 'Abords', 'Repéré et dégagé, photo au dossier.'),
    ('technical', 'high', 'Étanchéité percée par un autre corps d’état', 'Toiture', 'Reprise à sa charge, constat signé.'),
    ('technical', 'medium', 'Huisserie voilée à la pose', 'R+1', 'Remplacement commandé, pose différée.'),
    ('technical', 'low', 'Attente électrique manquante en cuisine', 'R+2', 'Saignée autorisée, hauteur 110 cm.'),
    ('material', 'medium', 'Rupture de treillis soudé', 'Aire de stockage', 'Livraison avancée à demain 7 h.'),
    ('material', 'low', 'Palette de parpaings cassée à la livraison', 'Aire de stockage', 'Réserve portée sur le bon, avoir demandé.'),
    ('material', 'medium', 'Béton livré avec une heure de retard', 'Rez-de-chaussée', 'Créneau déplacé, pénalité appliquée.'),
    ('material', 'low', 'Plus de chevilles chimiques', 'R+1', 'Six cartouches déposées ce matin.'),
    ('material', 'medium', 'Isolant livré en 100 au lieu de 120', 'Toiture', 'Reprise par le fournisseur, échange lundi.'),
    ('material', 'low', 'Disques à béton épuisés', 'Base vie', 'Livrés avec la tournée du matin.'),
    ('question', 'low', 'Teinte de l’enduit côté cour ?', 'Façade', 'T80 ton pierre, comme l’échantillon signé.'),
    ('question', 'medium', 'Sens de pose du carrelage dans le hall ?', 'Hall', 'En diagonale depuis l’entrée.'),
    ('question', 'low', 'Hauteur des prises dans la salle commune ?', 'Salle commune', '40 cm, norme accessibilité respectée.'),
    ('question', 'medium', 'Passage du réseau sous la longrine ?', 'Sous-sol', 'Oui, avec fourreau Ø 160.'),
    ('question', 'low', 'Qui ouvre le portail samedi ?', 'Accès', 'Le gardien, de 7 h à midi.'),
    ('safety', 'medium', 'Garde-corps démonté en bord de dalle', 'R+2', 'Remonté aussitôt, rappel à l’équipe.'),
    ('safety', 'high', 'Chute de matériau au pied de la grue', 'Aire de levage', 'Zone balisée, élingage revu avec le chef.'),
    ('safety', 'low', 'Extincteur périmé à la base vie', 'Base vie', 'Remplacé, registre à jour.'),
    ('safety', 'medium', 'Échafaudage sans plaque de réception', 'Façade', 'Réception faite et affichée.')
  ) as stories (type, severity, title, zone, answer);
$$;

-- Fills the last twelve weeks of a company with `count` incidents on its running sites, told by its people, each step in its time. Ids come
-- from the company's: filled again, nothing is added.
create or replace function app_private.fill_history(company_id uuid, as_of timestamptz, count integer) returns void
language plpgsql set search_path = '' as $$
declare
  company constant uuid := company_id;
  zone constant text := (select c.time_zone from app.companies as c where c.id = company);
  days constant date[] := array(
    select day from generate_series(0, 83) as back, lateral (select (as_of at time zone zone)::date - back as day) as d
    where kpi.is_business_day(company, day) order by day);
  sites constant uuid[] := array(
    select s.id from app.sites as s where s.company_id = company and s.archived_at is null and s.status in ('running', 'alert') order by s.code);
  reporters uuid[];
  handlers uuid[];
  incidents app.incidents[] := '{}';
  events app.incident_events[] := '{}';
  incident app.incidents;
  told app.incident_events;
  story record;
  rule record;
  seed text;
  share integer;
begin
  for n in 1 .. count loop
    exit when cardinality(days) = 0 or cardinality(sites) = 0;
    seed := company || ' ' || n;
    select * into story from app_private.demo_stories() as s
    where s.place = 1 + app_private.dice(seed || ' story', (select max(place)::integer from app_private.demo_stories()));
    select d.role, d.delay_minutes, d.working_time into rule from effects.default_routing() as d where d.incident_type = story.type;
    incident := null; told := null;
    incident.company_id := company; incident.id := md5(seed)::uuid;
    incident.site_id := sites[1 + app_private.dice(seed || ' site', cardinality(sites))];
    reporters := array(
      select m.id from app.site_members as s join app.memberships as m on m.company_id = s.company_id and m.id = s.membership_id
      where s.company_id = company and s.site_id = incident.site_id and s.withdrawn_at is null and m.roles && '{crew,site_manager}' order by m.full_name);
    handlers := array(
      select m.id from app.memberships as m where m.company_id = company and rule.role = any (m.roles) and m.state = 'active' and m.id <> all (reporters) order by m.full_name);
    continue when cardinality(reporters) = 0 or cardinality(handlers) = 0;
    incident.reporter_id := reporters[1 + app_private.dice(seed || ' reporter', cardinality(reporters))];
    incident.type := story.type; incident.severity := story.severity; incident.title := story.title; incident.zone := story.zone;
    incident.details := case story.type when 'material' then '{"item": "Selon le bon", "quantity": "1 lot"}'::jsonb
      when 'safety' then '{"injured": "none", "measures": "Zone balisée."}'::jsonb else '{}'::jsonb end;
    incident.description := case when story.severity in ('high', 'critical') then 'Constaté sur place, travaux arrêtés dans la zone.' end;
    incident.routed_role := rule.role; incident.due_minutes := rule.delay_minutes;
    incident.reported_at := app_private.work_later(company,
      (days[case when n <= 8 then cardinality(days) - n % 5 else 1 + app_private.dice(seed || ' day', cardinality(days)) end] + interval '7 hours 40 minutes') at time zone zone, app_private.dice(seed || ' minute', 460), zone);
    continue when incident.reported_at > as_of;
    incident.occurred_at := incident.reported_at - app_private.dice(seed || ' lag', 30) * interval '1 minute';
    incident.status := 'open'; incident.updated_at := incident.reported_at;
    told := row (company, md5(seed || ' report')::uuid, incident.id, 'report', null, null, 'open', null, incident.reporter_id, incident.reported_at, incident.occurred_at, '{}');
    events := events || told;
    -- the answers get quicker over the weeks, as they do where the product is used
    share := 30 + app_private.dice(seed || ' pace', 60) + 25 * (as_of::date - incident.reported_at::date) / 84 + case when app_private.dice(seed || ' late', 9) = 0 then 110 else 0 end;
    told.at := case when rule.working_time then app_private.work_later(company, incident.reported_at, greatest(incident.due_minutes, 15) * share / 100, zone)
      else incident.reported_at + greatest(incident.due_minutes, 15) * share / 100 * interval '1 minute' end;
    told.actor_id := handlers[1 + app_private.dice(seed || ' handler', cardinality(handlers))];
    told.id := md5(seed || ' answer')::uuid; told.kind := 'answer'; told.from_status := 'open'; told.to_status := 'answered'; told.body := story.answer;
    if n in (4, 5) then told.kind := 'ask'; told.to_status := 'waiting'; told.body := 'Pouvez-vous ajouter une photo et le niveau exact ?'; end if;
    if told.at <= as_of and n > 3 then -- the last ones of each history are still open: three unanswered, two questions, three answers
      told.device_at := told.at; events := events || told;
      incident.status := told.to_status; incident.updated_at := told.at; incident.assignee_id := told.actor_id;
      told.id := md5(seed || ' resolve')::uuid; told.kind := 'resolve'; told.from_status := 'answered'; told.to_status := 'resolved'; told.body := null;
      told.at := app_private.work_later(company, told.at, 60 + app_private.dice(seed || ' work', case story.severity when 'high' then 1400 else 620 end), zone);
      if told.at <= as_of and n > 8 then
        told.device_at := told.at; events := events || told;
        incident.status := 'resolved'; incident.updated_at := told.at; incident.resolved_at := told.at;
        told.id := md5(seed || ' close')::uuid; told.kind := 'close'; told.from_status := 'resolved'; told.to_status := 'closed'; told.actor_id := incident.reporter_id;
        told.at := app_private.work_later(company, told.at, 20 + app_private.dice(seed || ' check', 500), zone);
        if told.at <= as_of then
          told.device_at := told.at; events := events || told;
          incident.status := 'closed'; incident.updated_at := told.at; incident.closed_at := told.at;
        end if;
      end if;
    end if;
    incidents := incidents || incident;
  end loop;
  insert into app.incidents (company_id, id, site_id, type, severity, title, description, zone, details, status, routed_role, due_minutes, reporter_id,
    assignee_id, occurred_at, reported_at, resolved_at, closed_at, updated_at)
  select i.company_id, i.id, i.site_id, i.type, i.severity, i.title, i.description, i.zone, i.details, i.status, i.routed_role, i.due_minutes, i.reporter_id,
    i.assignee_id, i.occurred_at, i.reported_at, i.resolved_at, i.closed_at, i.updated_at from unnest(incidents) as i on conflict do nothing;
  insert into app.incident_events (company_id, id, incident_id, kind, body, from_status, to_status, actor_id, at, device_at)
  select e.company_id, e.id, e.incident_id, e.kind, e.body, e.from_status, e.to_status, e.actor_id, e.at, e.device_at
  from unnest(events) as e on conflict do nothing;
end $$;

-- Fills a new company with people, sites and their history.
create or replace function app_private.fill_demo(company_id uuid, founder uuid, as_of timestamptz) returns void
language plpgsql set search_path = '' as $$
declare
  company constant uuid := company_id;
  today constant date := (select (as_of at time zone c.time_zone)::date from app.companies as c where c.id = company);
begin
  insert into app.memberships (company_id, id, full_name, email, job, phone, roles, created_at, updated_at)
  select company, md5(company || ' ' || p.name)::uuid, p.name, p.email || '@demo.example', p.job, p.phone, p.roles, as_of - interval '2160 hours', as_of - interval '2160 hours'
  from (values
    ('Claire Vidal', 'claire.vidal', 'Directrice des opérations', '06 00 00 00 11', '{executive}'::text[]),
    ('Julien Roques', 'julien.roques', 'Conducteur de travaux', '06 00 00 00 12', '{project_manager}'),
    ('Inès Fabre', 'ines.fabre', 'Conductrice de travaux', '06 00 00 00 13', '{project_manager}'),
    ('Karim Benali', 'karim.benali', 'Chef de chantier', '06 00 00 00 14', '{site_manager}'),
    ('Sylvain Arnal', 'sylvain.arnal', 'Chef de chantier', '06 00 00 00 15', '{site_manager}'),
    ('Thomas Pages', 'thomas.pages', 'Maçon', '06 00 00 00 16', '{crew}'),
    ('Aïcha Diallo', 'aicha.diallo', 'Coffreuse', '06 00 00 00 17', '{crew}'),
    ('Rui Ferreira', 'rui.ferreira', 'Grutier', '06 00 00 00 18', '{crew}'),
    ('Mélanie Costes', 'melanie.costes', 'Projeteuse', '06 00 00 00 19', '{design_office}'),
    ('Gilles Faure', 'gilles.faure', 'Acheteur', '06 00 00 00 20', '{buyer}'),
    ('Nadia Ferrand', 'nadia.ferrand', 'Animatrice sécurité', '06 00 00 00 21', '{hse}')
  ) as p (name, email, job, phone, roles);

  insert into app.sites (company_id, id, code, name, client_name, address, postal_code, city, latitude, longitude, project_manager_id, site_manager_id, architect,
    starts_on, ends_on, status, tags, created_by, created_at, updated_at)
  select company, md5(company || ' ' || s.name)::uuid, format('CH-%s-%s', extract(year from today), lpad(s.place::text, 3, '0')), s.name, s.client, s.address, s.postal_code, s.city,
    s.latitude, s.longitude, md5(company || ' ' || s.project_manager)::uuid, md5(company || ' ' || s.site_manager)::uuid, s.architect,
    today + s.starts, today + s.ends, s.status, s.tags, founder, as_of - interval '2160 hours', as_of - interval '24 hours'
  from (values
    (1, 'Résidence Les Micocouliers', 'Foncière du Salaison', '12 avenue des Platanes', '34170', 'Castelnau-le-Lez', 43.6311, 3.9012, 'Julien Roques', 'Karim Benali', 'Atelier Costes', -130, 95, 'running', '{logement,gros œuvre}'::text[]),
    (2, 'École Jean-Moulin', 'Ville de Lattes', 'Rue des Écoles', '34970', 'Lattes', 43.5679, 3.9046, 'Julien Roques', 'Karim Benali', 'Agence Delmas', -75, 40, 'alert', '{scolaire,rénovation}'),
    (3, 'Halle aux grains', 'Communauté du Pic', 'Place du Marché', '34270', 'Saint-Mathieu', 43.7794, 3.8679, 'Inès Fabre', 'Sylvain Arnal', 'Agence Delmas', -200, 25, 'running', '{patrimoine}'),
    (4, 'Clinique des Pins', 'Groupe Aurelle', 'Chemin de la Pinède', '34000', 'Montpellier', 43.6299, 3.8367, 'Inès Fabre', 'Sylvain Arnal', 'Cabinet Roque', -40, 260, 'running', '{santé}'),
    (5, 'Gymnase du Lez', 'Département', 'Allée du Stade', '34980', 'Montferrier', 43.6672, 3.8571, 'Julien Roques', null, 'Atelier Costes', 20, 210, 'planned', '{sport}'),
    (6, 'Maison de quartier', 'Ville de Lattes', 'Rue du Port', '34970', 'Lattes', 43.5655, 3.8998, 'Inès Fabre', 'Karim Benali', null, -260, -20, 'finished', '{équipement}')
  ) as s (place, name, client, address, postal_code, city, latitude, longitude, project_manager, site_manager, architect, starts, ends, status, tags);

  insert into app.site_budgets (company_id, id, amount, updated_at)
  select company, s.id, b.amount, as_of from (values (1, 2450000), (2, 860000), (3, 1320000), (4, 5900000), (5, 1750000), (6, 540000)) as b (place, amount)
  join app.sites as s on s.company_id = company and right(s.code, 3)::integer = b.place;

  insert into app.site_members (company_id, id, site_id, membership_id, role, starts_on, created_at, updated_at)
  select company, md5(company || ' team ' || t.place || t.name)::uuid, s.id, m.id, m.roles[1], s.starts_on, as_of, as_of
  from (values
    (1, 'Julien Roques'), (1, 'Karim Benali'), (1, 'Thomas Pages'), (1, 'Aïcha Diallo'), (2, 'Julien Roques'), (2, 'Karim Benali'), (2, 'Aïcha Diallo'),
    (3, 'Inès Fabre'), (3, 'Sylvain Arnal'), (3, 'Rui Ferreira'), (4, 'Inès Fabre'), (4, 'Sylvain Arnal'), (4, 'Rui Ferreira'), (4, 'Thomas Pages'),
    (5, 'Julien Roques'), (6, 'Inès Fabre'), (6, 'Karim Benali')) as t (place, name)
  join app.sites as s on s.company_id = company and right(s.code, 3)::integer = t.place
  join app.memberships as m on m.company_id = company and m.full_name = t.name;
  perform app_private.fill_history(company, as_of, 170);
end $$;

-- The signed-in person gets a demo company of their own, filled; who has one already is answered that one. Without full_name, the account's. Acts outside any company, so it is
-- written by hand. Five a day and person, removed or not. Answers the company's id. Raises AUTHN, OFTEN, TAKEN, BLANK, LIMIT.
create or replace function app.create_demo(id uuid, full_name text default null, locale text default 'fr', time_zone text default 'Europe/Paris') returns uuid
language plpgsql security definer set search_path = '' as $$
declare
  caller constant uuid := app_private.user_id();
  mine uuid;
  founder uuid;
begin
  if caller is null or not app_private.session_alive() then perform effects.refuse('AUTHN'); end if;
  perform pg_advisory_xact_lock(hashtextextended('demo of ' || caller, 0));
  select d.company_id into mine from app.demos as d join app.memberships as m on m.company_id = d.company_id and m.id = d.created_by
  where m.user_id = caller and m.state = 'active';
  if found then return mine; end if;
  if not app_private.may_again(caller, 'demo', 5) then perform effects.refuse('OFTEN', 'demo'); end if;
  full_name := coalesce(nullif(btrim(full_name), ''), (
    select coalesce(nullif(btrim(left(u.raw_user_meta_data ->> 'full_name', 120)), ''), split_part(u.email, '@', 1)) from auth.users as u where u.id = caller));
  if exists (select from app.companies as c where c.id = create_demo.id) then perform effects.refuse('TAKEN', 'id'); end if;
  perform app.found_company(id, 'Bâti Démo', full_name, locale => create_demo.locale, time_zone => create_demo.time_zone);
  select m.id into founder from app.memberships as m where m.company_id = create_demo.id and m.user_id = caller;
  perform app_private.note_command(create_demo.id, 'create_demo', founder);
  insert into app.demos (company_id, created_by) values (create_demo.id, founder);
  perform app_private.fill_demo(create_demo.id, founder, now());
  return create_demo.id;
end $$;

-- Removes a demo company wholly; what happened in it stays in the audit alone, and nobody's session ends. For its founder, as long as they
-- are an active member. Removing what is gone changes nothing. Raises AUTHN, RIGHT.
create or replace function app.remove_demo(id uuid) returns void
language plpgsql security definer set search_path = '' as $$
declare
  caller constant uuid := app_private.user_id();
  founder uuid;
  part record;
begin
  if caller is null or not app_private.session_alive() then perform effects.refuse('AUTHN'); end if;
  perform from app.companies as c where c.id = remove_demo.id for update;
  if not found then return; end if;
  select m.id into founder from app.demos as d join app.memberships as m on m.company_id = d.company_id and m.id = d.created_by
  where d.company_id = remove_demo.id and m.user_id = caller and m.state = 'active';
  if not found then perform effects.refuse('RIGHT', 'demo'); end if;
  perform app_private.note_command(gen_random_uuid(), 'remove_demo', founder);
  perform app_private.close_analyst_login(l.login) from app_private.analyst_logins as l where l.company_id = remove_demo.id and l.revoked_at is null;
  delete from app.photos as p where p.company_id = remove_demo.id; -- while app.demos says that they may go
  for part in -- those that name others go first
    with recursive tree (relation, depth) as (
      select c.oid, 0 from pg_catalog.pg_class as c
      join pg_catalog.pg_attribute as a on a.attrelid = c.oid and a.attname = 'company_id' and not a.attisdropped
      where c.relnamespace = any ('{app,app_private,sync}'::regnamespace[]) and c.relkind in ('r', 'p') and not c.relispartition
      union
      select k.conrelid, t.depth + 1 from pg_catalog.pg_constraint as k join tree as t on k.confrelid = t.relation
      where k.contype = 'f' and k.conrelid <> k.confrelid and t.depth < 30
    )
    select t.relation::regclass as name from tree as t
    where exists (select from pg_catalog.pg_attribute as a where a.attrelid = t.relation and a.attname = 'company_id' and not a.attisdropped)
    group by t.relation order by max(t.depth) desc
  loop
    execute format('delete from %s where company_id = $1', part.name) using remove_demo.id;
  end loop;
  perform app_private.enqueue_job(remove_demo.id, 'remove_files', jsonb_build_object('bucket', bucket, 'folder', remove_demo.id), bucket)
  from unnest('{photos,pictures}'::text[]) as bucket;
end $$;

-- What the worker removes: {bucket, folder}; nothing while there is a company of that id.
create or replace function app_private.payload_remove_files(job app_private.jobs) returns jsonb
language sql stable set search_path = '' as $$
  select job.payload where not exists (select from app.companies as c where c.id = job.company_id);
$$;
