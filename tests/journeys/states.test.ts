import { randomUUID } from 'node:crypto'
import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { entry, openApp, report, signIn, upToDate } from './gestures.ts'
import { createSite, found, hire, signUp, type Member } from './people.ts'
import { listScreens, settled, visit } from './screens.ts'
import { eventually, readyForFlight, useStage } from './support.ts'

const stage = useStage('states')
let claire: Member
let marc: Member

beforeAll(async () => {
  claire = await found(await signUp(stage.world, 'Claire Duval'), 'Duval Construction')
  marc = await hire(claire, await signUp(stage.world, 'Marc Petit'), 'site_manager')
})

/** Screens that show rows without being given one, in each of their tabs. */
const lists = () => [
  ...listScreens().screens.filter((path) => !/[:*]/.test(path)),
  '/people?view=invitations',
  '/people?view=teams',
  '/incidents?group=resolved',
  '/incidents?group=closed',
  '/incidents?late=1',
  '/photos?view=map',
]

interface Emptiness {
  says: string
  links: string[]
  buttons: number
}

/** What stands on a page where rows would be, and what it offers next. */
const emptinesses = (page: Page): Promise<Emptiness[]> =>
  page.evaluate(() =>
    Array.from(document.querySelectorAll<HTMLElement>('.main :is(.empty, .panel)'))
      .filter((each) => !each.parentElement!.closest('.empty, .panel') && (each.firstElementChild ?? each).checkVisibility())
      .map((each) => {
        const around = each.closest('section') ?? each
        return {
          says: each.innerText.trim(),
          links: Array.from(around.querySelectorAll('a[href]'), (link) => link.getAttribute('href')!),
          buttons: around.querySelectorAll('button:not(:disabled)').length,
        }
      }),
  )

/** Somebody's empty screens: what is wrong with them, and where they lead. */
async function lookAround(page: Page): Promise<{ empty: Set<string>; faults: string[]; steps: Set<string> }> {
  const seen = { empty: new Set<string>(), faults: [] as string[], steps: new Set<string>() }
  for (const address of lists()) {
    await visit(page, address)
    for (const { says, links, buttons } of await emptinesses(page)) {
      seen.empty.add(address)
      for (const link of links) seen.steps.add(link)
      // A step, or at least a sentence that says why there is none.
      if (links.length + buttons === 0 && !/.{20,}[.…]$/s.test(says)) seen.faults.push(`${address}: “${says}” leads nowhere and does not say why`)
    }
  }
  return seen
}

test('every empty screen offers its next step, or says why there is none: to who runs the company, to its crew, to a reader and to a client', async () => {
  for (const role of ['admin', 'crew', 'viewer', 'client'] as const) {
    const person = role === 'admin' ? claire : await hire(claire, await signUp(stage.world, `Paul ${role}`), role)
    const page = await openApp(await stage.desk(), stage.url)
    await signIn(page, person)
    await upToDate(page)
    const { empty, faults, steps } = await lookAround(page)
    expect(faults, role).toEqual([])
    expect([...empty], role).toEqual(expect.arrayContaining(['/', '/sites', '/incidents', '/photos', '/sync']))
    // Each step leads somewhere that this person may go.
    const refused: string[] = []
    for (const step of steps) {
      await visit(page, step)
      if (await page.getByText(/Page introuvable|Votre rôle ne donne pas accès|Introuvable ou non visible/).count()) refused.push(step)
    }
    expect(refused, role).toEqual([])
    await page.context().close()
  }
})

test('an expired session is drawn on every screen over the rows of the device; what is typed waits, and leaves after signing in', async () => {
  const site = await createSite(claire, 'École Pasteur')
  await claire.run('assign_site_member', { id: randomUUID(), site_id: site, membership_id: marc.id, role: 'site_manager' })
  const phone = await openApp(await stage.phone(), stage.url)
  await signIn(phone, marc)
  await upToDate(phone)
  await stage.world.db`delete from auth.sessions where user_id = ${marc.userId}`
  await report(phone, { type: 'Technique', title: 'Linteau fissuré' })
  const banner = phone.getByText('Reconnectez-vous pour envoyer. Rien n’est perdu.')
  await banner.waitFor()
  await phone.locator('.main').getByText('Sur cet appareil').filter({ visible: true }).first().waitFor()
  for (const screen of lists()) {
    await visit(phone, screen)
    expect(await banner.isVisible(), screen).toBe(true)
  }
  await visit(phone, '/sites')
  await entry(phone, 'École Pasteur').first().waitFor()
  await phone.getByRole('link', { name: 'Se connecter' }).click()
  await phone.getByText('Votre session a expiré. 1 saisie attend sur cet appareil : elle partira après la connexion.').waitFor()
  await phone.getByLabel('Adresse e-mail').fill(marc.email)
  await phone.getByLabel('Mot de passe').fill('une-bonne-phrase')
  await phone.getByRole('button', { name: 'Se connecter' }).click()
  await eventually(async () => expect(await stage.world.db`select from app.incidents where title = 'Linteau fissuré'`).toHaveLength(1))
  await banner.waitFor({ state: 'detached' })
})

test('an archived site is drawn as read-only: site, form and incidents say so and offer nothing that would be refused', async () => {
  const site = await createSite(claire, 'Halle aux grains')
  await claire.run('assign_site_member', { id: randomUUID(), site_id: site, membership_id: marc.id, role: 'site_manager' })
  const incident = randomUUID()
  await claire.run('report_incident', { id: incident, site_id: site, type: 'technical', severity: 'low', title: 'Porte voilée' })
  await claire.run('archive_site', { id: site })
  const phone = await openApp(await stage.phone(), stage.url)
  await signIn(phone, marc)
  await upToDate(phone)
  await visit(phone, `/sites/${site}`)
  await phone.getByText(/^Chantier archivé le .*lecture seule\.$/).waitFor()
  const offers = phone.locator('.main').getByRole('link', { name: /Signaler un incident|Modifier|Prendre une photo/ })
  expect(await offers.count()).toBe(0)
  await visit(phone, `/sites/${site}/edit`)
  await phone.getByRole('heading', { name: 'Lecture seule' }).waitFor()
  await visit(phone, `/incidents/${incident}`)
  await phone.getByText('Ce chantier est archivé : l’incident se lit, mais ne change plus.').waitFor()
  expect(await phone.getByRole('textbox').count()).toBe(0)
  expect(await phone.getByRole('button', { name: /Répondre|Confier|Résoudre|Clore/ }).count()).toBe(0)
  await visit(phone, '/incidents/new')
  expect(await phone.getByRole('option', { name: /Halle aux grains/ }).count()).toBe(0)
})

test('who is suspended is told so by name, reads nothing more, and keeps what was not sent', async () => {
  const site = await createSite(claire, 'Gymnase du Lez')
  const zoe = await hire(claire, await signUp(stage.world, 'Zoé Blanc'), 'site_manager', [site])
  const context = await stage.phone()
  const phone = await openApp(context, stage.url)
  await signIn(phone, zoe)
  await upToDate(phone)
  await readyForFlight(phone)
  await context.setOffline(true)
  await report(phone, { type: 'Sécurité', title: 'Garde-corps ouvert' })
  await claire.run('set_member_state', { id: zoe.id, state: 'suspended' })
  await context.setOffline(false)
  await phone.getByText('Duval Construction a suspendu votre accès ou y a mis fin').waitFor()
  await phone.getByText('Ce qui attendait d’être envoyé reste sur cet appareil et partira si l’accès revient.').waitFor()
  await settled(phone)
  expect(await phone.content()).not.toContain('Gymnase du Lez')
  // The access comes back: what waited leaves.
  await claire.run('set_member_state', { id: zoe.id, state: 'active' })
  await phone.reload()
  await eventually(async () => expect(await stage.world.db`select from app.incidents where title = 'Garde-corps ouvert'`).toHaveLength(1))
})
