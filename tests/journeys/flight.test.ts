import type { BrowserContext } from 'playwright-core'
import { expect, test } from 'vitest'
import { answer, entry, goTo, openApp, report, signIn, syncState, upToDate } from './gestures.ts'
import { createSite, found, hire, signUp } from './people.ts'
import { eventually, readyForFlight, useStage } from './support.ts'

const stage = useStage('flight')

/** Everything that the server says to a device: answers and live messages. */
function listen(context: BrowserContext): { heard: () => Promise<string> } {
  const texts: Promise<string>[] = []
  context.on('response', (response) => {
    if (/\/(rest|auth)\/v1\//.test(response.url())) texts.push(response.text().catch(() => ''))
  })
  context.on('page', (page) =>
    page.on('websocket', (socket) => socket.on('framereceived', ({ payload }) => texts.push(Promise.resolve(String(payload))))),
  )
  return { heard: async () => (await Promise.all(texts)).join('\n') }
}

test('an incident reported in flight mode arrives once, in order, on the screens of those concerned alone', async () => {
  const { world } = stage
  const claire = await found(await signUp(world, 'Claire Duval'), 'Duval Construction')
  const site = await createSite(claire, 'École Pasteur')
  const marc = await hire(claire, await signUp(world, 'Marc Petit'), 'site_manager', [site])
  const ines = await hire(claire, await signUp(world, 'Inès Roy'), 'design_office')
  const rival = await found(await signUp(world, 'Rémi Rival'), 'Rival Travaux')

  // Three screens are open, on the list of incidents.
  const [claireDesk, inesDesk, rivalDesk] = [await stage.desk(), await stage.desk(), await stage.desk()]
  const [toClaire, toInes, toRival] = [listen(claireDesk), listen(inesDesk), listen(rivalDesk)]
  const [claireScreen, inesScreen, rivalScreen] = [
    await openApp(claireDesk, stage.url),
    await openApp(inesDesk, stage.url),
    await openApp(rivalDesk, stage.url),
  ]
  for (const [screen, person] of [
    [claireScreen, claire],
    [inesScreen, ines],
    [rivalScreen, rival],
  ] as const) {
    await signIn(screen, person)
    await upToDate(screen)
    await goTo(screen, 'Incidents')
    await screen.getByRole('heading', { name: 'Aucun incident ouvert' }).waitFor()
  }

  // Marc loses the network, reports a fall, adds two words, and closes the tab.
  const phone = await stage.phone()
  let tab = await openApp(phone, stage.url)
  await signIn(tab, marc)
  await upToDate(tab)
  await readyForFlight(tab)
  await phone.setOffline(true)
  await report(tab, { type: 'Sécurité', title: 'Chute dans l’escalier B' })
  await answer(tab, 'Zone balisée.')
  await answer(tab, 'Le blessé est assis.')
  await syncState(tab, 'Hors ligne, 3 à envoyer').waitFor()
  await tab.close()

  // He opens the app again, still without a network: what he wrote is there, and waits.
  tab = await openApp(phone, stage.url)
  await syncState(tab, 'Hors ligne, 3 à envoyer').waitFor()
  await goTo(tab, 'Incidents')
  await entry(tab, 'Chute dans l’escalier B').getByText('Sur cet appareil').waitFor()
  await entry(tab, 'Chute dans l’escalier B').click()
  await tab.getByRole('list', { name: 'Suivi' }).getByText('Le blessé est assis.').waitFor()
  const id = tab.url().split('/').at(-1)!
  expect(await world.db`select from app.incidents`).toHaveLength(0)

  // The network is back: everything arrives once, in the order in which it was written.
  await phone.setOffline(false)
  await upToDate(tab)
  expect(await world.db`select id, title, type from app.incidents`).toEqual([{ id, title: 'Chute dans l’escalier B', type: 'safety' }])
  const steps = await world.db`select kind, body from app.incident_events where incident_id = ${id} order by at, id`
  expect(steps.map(({ kind, body }) => body ?? kind)).toEqual(['report', 'Zone balisée.', 'Le blessé est assis.'])
  const log = await world.db`select name, status from app_private.command_log where name like '%incident' order by at`
  expect(log).toEqual([
    { name: 'report_incident', status: 'applied' },
    { name: 'answer_incident', status: 'applied' },
    { name: 'answer_incident', status: 'applied' },
  ])

  // Claire has touched nothing, and there it is.
  await entry(claireScreen, 'Chute dans l’escalier B').click()
  await claireScreen.getByRole('list', { name: 'Suivi' }).getByText('Le blessé est assis.').waitFor()

  // The design office's screen is as live: it gets the next incident, which is for it, and nothing of the first one.
  await tab.getByRole('link', { name: 'Retour' }).click()
  await report(tab, { type: 'Technique', title: 'Trémie oubliée au R+2' })
  await entry(inesScreen, 'Trémie oubliée au R+2').waitFor()
  expect(await entry(inesScreen, 'Chute').count()).toBe(0)
  await inesScreen.goto(`${stage.url}/incidents/${id}`)
  await inesScreen.getByText('Introuvable ou non visible pour vous').waitFor()
  await upToDate(inesScreen)

  // Rémi's company saw nothing of either.
  await rivalScreen.getByRole('heading', { name: 'Aucun incident ouvert' }).waitFor()
  await rivalScreen.goto(`${stage.url}/incidents/${id}`)
  await rivalScreen.getByText('Introuvable ou non visible pour vous').waitFor()
  await upToDate(rivalScreen)

  // Neither did their devices: not a word, not the key. Claire's got both, so the listening works.
  await eventually(async () => expect(await toClaire.heard()).toContain(id))
  expect(await toClaire.heard()).toContain('Chute')
  expect(await toInes.heard()).toContain('Trémie')
  for (const secret of [id, 'Chute', 'escalier', 'balisée', 'blessé']) expect(await toInes.heard()).not.toContain(secret)
  for (const secret of [id, 'Chute', 'Trémie', site, claire.company]) expect(await toRival.heard()).not.toContain(secret)
}, 120_000)
