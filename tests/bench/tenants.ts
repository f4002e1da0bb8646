/** Fills a database with companies of equal size, set by set, for the benches. */
import type { Sql, TransactionSql } from 'postgres'

/** Ids are md5 of a label, so that benches can name them without asking. */
export const idOf = (sql: Sql | TransactionSql, label: string) => sql`md5(${label})::uuid`

/** What one company of the fill holds. */
export const SIZE = { people: 12, sites: 10, incidents: 60 }

/**
 * Adds companies `first`..`last` with people, sites, incidents and steps. Person 1 of each has the founder's roles, person 2 is a
 * site manager of site 1, the others crew of all sites.
 * @param superuser a connection that may switch triggers off: the rows come without their log
 */
export async function fillTenants(superuser: Sql, first: number, last: number): Promise<void> {
  await superuser.begin(async (sql) => {
    await sql`set local session_replication_role = replica`
    await sql.unsafe(`
      create temporary table t on commit drop as
        select n, md5('company ' || n)::uuid as company from generate_series(${first}, ${last}) as n;
      create temporary table p on commit drop as
        select n, company, k, md5('person ' || n || ' ' || k)::uuid as id, md5('user ' || n || ' ' || k)::uuid as user_id from t, generate_series(1, ${SIZE.people}) as k;
      create temporary table s on commit drop as
        select n, company, k, md5('site ' || n || ' ' || k)::uuid as id from t, generate_series(1, ${SIZE.sites}) as k;
      create temporary table i on commit drop as
        select n, company, k, md5('incident ' || n || ' ' || k)::uuid as id, md5('site ' || n || ' ' || (k % ${SIZE.sites} + 1))::uuid as site from t, generate_series(1, ${SIZE.incidents}) as k;
      insert into auth.users (id, email, aud, role) select user_id, user_id || '@bench.test', 'authenticated', 'authenticated' from p;
      insert into auth.sessions (id, user_id, created_at) select md5('session ' || n || ' ' || k)::uuid, user_id, now() from p;
      insert into app.companies (id, name) select company, 'Entreprise ' || n from t;
      insert into app.memberships (company_id, id, user_id, full_name, email, roles)
        select company, id, user_id, 'Personne ' || k, user_id || '@bench.test',
          case k when 1 then '{admin,executive,project_manager}' when 2 then '{site_manager}' else '{crew}' end::text[] from p;
      insert into app.teams (company_id, id, name) select company, md5('team ' || n)::uuid, 'Équipe' from t;
      insert into app.team_members (company_id, team_id, membership_id) select company, md5('team ' || n)::uuid, id from p where k < 5;
      insert into app.closures (company_id, id, day, label) select company, md5('closure ' || n)::uuid, '2026-08-10', 'Congés' from t;
      insert into app.invitations (company_id, id, token_hash, roles, created_by, expires_at)
        select company, md5('invitation ' || n)::uuid, md5('a' || n) || md5('b' || n), '{crew}', id, now() + interval '7 days' from p where k = 1;
      insert into app.sites (company_id, id, code, name, created_by) select s.company, s.id, 'CH-2026-' || s.k, 'Chantier ' || s.k, p.id from s join p using (n) where p.k = 1;
      insert into app.site_budgets (company_id, id, amount) select company, id, 100000 from s;
      insert into app.site_members (company_id, id, site_id, membership_id, role)
        select s.company, md5('stint ' || s.n || ' ' || s.k || ' ' || p.k)::uuid, s.id, p.id, 'crew' from s join p using (n) where (p.k = 2 and s.k = 1) or p.k > 2;
      insert into app.routing_rules (company_id, id, incident_type, role, delay_minutes) select company, md5('rule ' || n)::uuid, 'technical', 'design_office', 120 from t;
      insert into app.incidents (company_id, id, site_id, type, severity, title, description, routed_role, due_minutes, reporter_id, occurred_at, reported_at)
        select i.company, i.id, i.site, case when i.k % 10 = 0 then 'safety' else 'technical' end, 'medium', 'Incident ' || i.k, repeat('détail ', 10), 'design_office', 120, p.id, now(), now()
        from i join p using (n) where p.k = 1;
      insert into app.incident_events (company_id, id, incident_id, kind, to_status, actor_id, at, device_at, scope_ids)
        select i.company_id, md5('event ' || i.id)::uuid, i.id, 'report', 'open', i.reporter_id, now(), now(), i.scope_ids
        from app.incidents as i where i.company_id in (select company from t);
      insert into app.conflicts (company_id, id, table_name, row_id, column_name, actor_id, at, scope_ids)
        select s.company, md5('conflict ' || s.n)::uuid, 'sites', s.id, 'city', p.id, now(), x.scope_ids
        from s join p using (n) join app.sites as x on x.company_id = s.company and x.id = s.id where s.k = 1 and p.k = 1;
      insert into app.kpi_targets (company_id, id, kpi, target, alert) select company, md5('target ' || n)::uuid, 'in_time_share', 0.9, 0.7 from t;
      insert into app.photos (company_id, id, site_id, author_id, taken_at, added_at, position_source, sha256, bytes, width, height, scope_ids)
        select s.company, md5('photo ' || s.n || ' ' || s.k)::uuid, s.id, p.id, now(), now(), 'none', md5('a' || s.id) || md5('b' || s.id), 300000, 1920, 1440, x.scope_ids
        from s join p using (n) join app.sites as x on x.company_id = s.company and x.id = s.id where p.k = 1;
      insert into app.demos (company_id, created_by) select company, id from p where k = 1;
      insert into app.favourites (company_id, id, membership_id, href, label, place) select company, md5('favourite ' || n || ' ' || k)::uuid, id, '/sites', 'Chantiers', 1 from p;
      insert into app.menus (company_id, id, hrefs) select company, id, '{/sites,/}' from p;
      insert into app.sentences (company_id, id, locale, key, text, updated_by)
        select company, md5('sentence ' || n)::uuid, 'fr', 'nav.sites', 'Opérations', id from p where k = 1;
      insert into app_private.accesses select (app_private.compute_access(company, id)).* from p;`)
  })
  await superuser`analyze`
}

/** Sets the settings of a request, as the REST service does (and of a command under way), for person `k` of company `n`. Local to the transaction. */
export async function actAs(sql: TransactionSql, n: number, k: number, role = 'authenticated'): Promise<void> {
  const [ids] = await sql<[{ company: string; sub: string; session: string }]>`
    select md5(${`company ${n}`})::uuid as company, md5(${`user ${n} ${k}`})::uuid as sub, md5(${`session ${n} ${k}`})::uuid as session`
  const claims = JSON.stringify({ role: 'authenticated', sub: ids.sub, session_id: ids.session })
  await sql`select set_config('role', ${role}, true), set_config('request.jwt.claims', ${claims}, true),
    set_config('request.headers', ${JSON.stringify({ 'x-company': ids.company })}, true), set_config('app.company', ${ids.company}, true)`
}

/** Buffers that a statement touches, everything it calls included; run twice first, so that no catalog is read for the first time. */
export async function buffersOf(sql: TransactionSql, statement: string): Promise<number> {
  let total = 0
  for (let turn = 0; turn < 3; turn++) {
    // undone each time: a row inserted twice would find itself
    await sql`savepoint measured`
    const [row] = await sql.unsafe(`explain (analyze, buffers, format json) ${statement}`)
    const { Plan: plan } = (row!['QUERY PLAN'] as { Plan: Record<string, number> }[])[0]!
    total = plan['Shared Hit Blocks']! + plan['Shared Read Blocks']!
    await sql`rollback to savepoint measured`
  }
  return total
}
