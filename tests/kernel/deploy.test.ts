import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deploy } from '../../supabase/deploy.ts';
import { createPerson, createSite, foundCompany, type Member } from '../support/company.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let database: TestDatabase;
let boss: Member;

beforeAll(async () => {
  database = await createTestDatabase('deploy');
  boss = await foundCompany(database, await createPerson(database, 'boss@alpha.test'), 'Alpha');
});
afterAll(() => database.close());

const outdated = (file: string) => database.db`update app_private.living_files set hash = 'older' where name = ${file}`;
const isOutdated = async (file: string) => (await database.db`select hash = 'older' as older from app_private.living_files where name = ${file}`)[0]!.older as boolean;

describe('a deployment over a living database', () => {
  it('replaces a command whose arguments changed', async () => {
    const site = await createSite(boss, 'Lilas');
    await database.db.unsafe(`drop function effects.archive_site;
      create function effects.archive_site(ctx effects.context, id uuid, reason text default null) returns void language sql as 'select';
      select app_private.register_commands()`);
    await outdated('sql/effects/sites.sql');
    await deploy(database.address('postgres'));
    expect(await database.db`select parameters from app_private.commands where name = 'archive_site'`).toEqual([{ parameters: ['id'] }]);
    expect(await boss.run('archive_site', { id: site })).toEqual({ status: 'applied' });
  });

  it('replaces a function that answers something else than before, or names its arguments otherwise', async () => {
    await database.db.unsafe(`drop function app.peek_invitation, kpi.easter;
      create function app.peek_invitation(token text) returns text language sql as $$ select '' $$;
      create function kpi.easter(annum integer) returns date language sql as $$ select null::date $$`);
    await outdated('sql/modules/people.sql');
    await outdated('sql/kpis/calendar.sql');
    await deploy(database.address('postgres'));
    expect(await boss.rows(null, 'select company_name from app.peek_invitation($1)', [randomUUID()])).toEqual([]);
    expect(await boss.rows(null, 'select kpi.easter(year => 2026)::text as day')).toEqual([{ day: '2026-04-05' }]);
  });

  it('that fails half way changes nothing, so the next one does it all', async () => {
    await database.db`delete from app_private.role_scopes where role = 'hse'`;
    await database.db`alter table app.closures rename to hidden`;
    await outdated('sql/kernel/rights.sql');
    await expect(deploy(database.address('postgres'))).rejects.toThrow();
    expect(await isOutdated('sql/kernel/rights.sql')).toBe(true);
    await database.db`alter table app.hidden rename to closures`;
    await deploy(database.address('postgres'));
    expect(await isOutdated('sql/kernel/rights.sql')).toBe(false);
    expect(await database.db`select count(*)::int from app_private.role_scopes where role = 'hse'`).not.toEqual([{ count: 0 }]);
  });
});
