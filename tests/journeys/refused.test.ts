import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { entry, goTo, openApp, report, signIn, syncState, upToDate } from './gestures.ts'
import { createSite, found, hire, signUp, type Member } from './people.ts'
import { eventually, useStage } from './support.ts'

const stage = useStage('refused')
let claire: Member
let marc: Member
let school: string

beforeAll(async () => {
  claire = await found(await signUp(stage.world, 'Claire Duval'), 'Duval Construction')
  school = await createSite(claire, 'École Pasteur')
  const hall = await createSite(claire, 'Halle aux grains')
  marc = await hire(claire, await signUp(stage.world, 'Marc Petit'), 'site_manager', [school, hall])
  await marc.run('report_incident', { id: crypto.randomUUID(), site_id: school, type: 'technical', severity: 'low', title: 'Gaine bouchée' })
})

const teamOf = (site: string) => stage.world.db`select membership_id from app.site_members where site_id = ${site} and withdrawn_at is null`

/** What the last-seen screens of a device hold, as text. */
const lastSeen = (page: Page): Promise<string> =>
  page.evaluate(async () => {
    const answer = <T>(request: IDBRequest<T>) =>
      new Promise<T>((resolve, reject) => {
        request.onsuccess = () => resolve(request.result)
        request.onerror = () => reject(request.error)
      })
    const db = await answer(indexedDB.open('aplomb-device'))
    const all = await answer(db.transaction('snapshots').objectStore('snapshots').getAll())
    db.close()
    return JSON.stringify(all)
  })

test('what is refused stays on the phone with its reason, is exported, mended, and sent; the site is gone meanwhile', async () => {
  const context = await stage.phone()
  let phone = await openApp(context, stage.url)
  await signIn(phone, marc)
  await upToDate(phone)
  await goTo(phone, 'Incidents')
  await entry(phone, 'Gaine bouchée').click()
  await phone.getByRole('heading', { level: 1, name: 'Gaine bouchée' }).waitFor()
  await phone.getByRole('link', { name: 'Retour' }).click()
  await goTo(phone, 'Chantiers')
  await entry(phone, 'École Pasteur').waitFor()
  await entry(phone, 'Halle aux grains').waitFor()

  // Marc loses the network and reports something on the school; meanwhile Claire takes him off it.
  await context.setOffline(true)
  await report(phone, { type: 'Technique', title: 'Garde-corps absent', site: 'École Pasteur' })
  const desk = await openApp(await stage.desk(), stage.url)
  await signIn(desk, claire)
  await goTo(desk, 'Chantiers')
  await desk.getByRole('link', { name: 'École Pasteur' }).click()
  await desk.getByRole('button', { name: 'Retirer Marc Petit du chantier' }).click()
  await desk.getByRole('dialog').getByRole('button', { name: 'Retirer du chantier' }).click()
  await eventually(async () => expect(await teamOf(school)).toEqual([]))

  // Back online, the report is refused; the site and all its rows leave the phone.
  await context.setOffline(false)
  await syncState(phone, '1 refusé').waitFor()
  await phone.getByText('Ce signalement a été refusé').waitFor()
  await phone.getByRole('link', { name: 'Retour' }).click()
  await phone.getByRole('heading', { name: 'Aucun incident ouvert' }).waitFor()
  await goTo(phone, 'Chantiers')
  await entry(phone, 'Halle aux grains').waitFor()
  expect(await entry(phone, 'École Pasteur').count()).toBe(0)
  await expect.poll(() => lastSeen(phone), { timeout: 60_000 }).not.toMatch(/Pasteur|Gaine/)
  expect(await stage.world.db`select from app.incidents where title like 'Garde-corps%'`).toHaveLength(0)

  // The refused report survives the tab, with its reason, and can be taken elsewhere.
  await phone.close()
  phone = await openApp(context, `${stage.url}/sync`)
  const refused = phone.getByRole('link', { name: /Garde-corps absent/ })
  await refused.getByText('Votre rôle ne permet pas cette action.').waitFor()
  const [download] = await Promise.all([phone.waitForEvent('download'), phone.getByRole('button', { name: 'Exporter ce qui attend' }).click()])
  const exported = JSON.parse(readFileSync(await download.path(), 'utf8')) as { commands: { args: { title: string } }[] }
  expect(exported.commands.map(({ args }) => args.title)).toEqual(['Garde-corps absent'])

  // Sent again as it is, it is refused again, and still there.
  const address = await refused.getAttribute('href')
  await refused.click()
  await phone.getByRole('button', { name: 'Renvoyer' }).click()
  await eventually(async () => expect(await refused.getAttribute('href')).not.toBe(address))
  await refused.getByText('Votre rôle ne permet pas cette action.').waitFor()

  // Claire brings him back; he mends his words and sends them.
  await desk.getByRole('button', { name: 'Affecter une personne' }).click()
  await desk.getByRole('dialog').getByLabel('Personne').selectOption({ label: 'Marc Petit · Chef de chantier' })
  await desk.getByRole('dialog').getByRole('button', { name: 'Affecter une personne' }).click()
  await eventually(async () => expect(await teamOf(school)).toEqual([{ membership_id: marc.id }]))
  await refused.click()
  await phone.getByLabel('En une phrase').fill('Garde-corps absent, côté cour')
  await phone.getByRole('button', { name: 'Renvoyer' }).click()
  await phone.getByText('Rien n’attend').waitFor()
  await upToDate(phone)
  expect(await stage.world.db`select title, reporter_id, site_id from app.incidents where title like 'Garde-corps%'`).toEqual([
    { title: 'Garde-corps absent, côté cour', reporter_id: marc.id, site_id: school },
  ])
  await phone.getByRole('link', { name: 'Retour' }).click()
  await goTo(phone, 'Incidents')
  await entry(phone, 'Garde-corps absent, côté cour').waitFor()
  await entry(phone, 'Gaine bouchée').waitFor()
}, 120_000)
