import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { answer, entry, goTo, openApp, report, signIn, syncState, upToDate } from './gestures.ts';
import { createSite, found, hire, signUp } from './people.ts';
import { eventually, readyForFlight, useStage } from './support.ts';

const stage = useStage('refused');

test('what a withdrawn site manager wrote stays on the phone with its reason, and is exported or mended; the site leaves', async () => {
  const { world } = stage;
  const claire = await found(await signUp(world, 'Claire Duval'), 'Duval Rénovation');
  const [pasteur, lilas] = [await createSite(claire, 'École Pasteur'), await createSite(claire, 'Résidence des Lilas')];
  const marc = await hire(claire, await signUp(world, 'Marc Petit'), 'site_manager', [pasteur, lilas]);
  await claire.run('report_incident', { id: crypto.randomUUID(), site_id: pasteur, type: 'technical', severity: 'low', title: 'Porte qui frotte' });
  const context = await stage.phone();
  let phone = await openApp(context, stage.url);
  await signIn(phone, marc);
  await upToDate(phone);
  await goTo(phone, 'Incidents');
  await entry(phone, 'Porte qui frotte').waitFor();
  await readyForFlight(phone);

  // Without a network Marc reports on the site that Claire withdraws from him meanwhile.
  await context.setOffline(true);
  await report(phone, { type: 'Technique', title: 'Fuite au sous-sol', site: 'École Pasteur' });
  await syncState(phone, 'Hors ligne, 1 à envoyer').waitFor();
  const [stint] = await world.db`select id from app.site_members where company_id = ${claire.company} and site_id = ${pasteur} and membership_id = ${marc.id}`;
  await claire.run('withdraw_site_member', { id: stint!['id'] });
  await context.setOffline(false);
  await syncState(phone, '1 refusé').waitFor();

  // The site is gone with its incidents, those he wrote included.
  await goTo(phone, 'Incidents');
  await entry(phone, 'Porte qui frotte').waitFor({ state: 'detached' });
  await entry(phone, 'Fuite au sous-sol').waitFor({ state: 'detached' });
  await goTo(phone, 'Chantiers');
  await entry(phone, 'Résidence des Lilas').waitFor();
  expect(await entry(phone, 'École Pasteur').count()).toBe(0);

  // The work itself is there, with its reason, after a reload and after the tab was closed.
  await phone.close();
  phone = await openApp(context, `${stage.url}/sync`);
  const refused = entry(phone, 'Fuite au sous-sol');
  await refused.getByText('Signaler un incident').waitFor();
  const reason = refused.getByText('Votre rôle ne permet pas cette action.');
  await reason.waitFor();
  await phone.reload();
  await reason.waitFor();

  const download = phone.waitForEvent('download');
  await phone.getByRole('button', { name: 'Exporter ce qui attend' }).click();
  const file = await (await download).path();
  expect(await readFile(file, 'utf8')).toContain('Fuite au sous-sol');

  // Sent again as it was, it is refused again, as another command, and still kept.
  const address = await refused.getByRole('link').getAttribute('href');
  await refused.getByRole('link').click();
  await phone.getByRole('button', { name: 'Renvoyer' }).click();
  await phone.getByRole('heading', { level: 1, name: 'Envois' }).waitFor();
  await eventually(async () => expect(await refused.getByRole('link').getAttribute('href', { timeout: 1_000 })).not.toBe(address));
  await reason.waitFor();

  // Claire takes him back, he corrects the title, and it arrives once.
  await claire.run('assign_site_member', { id: crypto.randomUUID(), site_id: pasteur, membership_id: marc.id, role: 'site_manager' });
  await refused.getByRole('link').click();
  await phone.getByLabel('En une phrase').or(phone.getByLabel('Titre')).fill('Fuite au sous-sol, vanne fermée');
  await phone.getByRole('button', { name: 'Renvoyer' }).click();
  await upToDate(phone);
  await goTo(phone, 'Incidents');
  await entry(phone, 'Fuite au sous-sol, vanne fermée').waitFor();
  await entry(phone, 'Porte qui frotte').waitFor();
  const rows = await world.db`select title from app.incidents where company_id = ${claire.company} order by title`;
  expect(rows.map((row) => row['title'])).toEqual(['Fuite au sous-sol, vanne fermée', 'Porte qui frotte']);
}, 120_000);
