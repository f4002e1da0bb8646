import { randomUUID } from 'node:crypto'
import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { goTo, openApp, signIn, syncState, upToDate } from './gestures.ts'
import { createSite, download, found, hire, signUp, type Member } from './people.ts'
import { eventually, readyForFlight, useStage } from './support.ts'

const stage = useStage('face')
let claire: Member

beforeAll(async () => {
  claire = await found(await signUp(stage.world, 'Claire Duval'), 'Duval Construction')
})

test('the typeface comes behind the first screen, dresses the next one, and is there at an offline start', async () => {
  const context = await stage.phone()
  await context.addInitScript(() => {
    new MutationObserver((_, observer) => {
      if (!document.querySelector('h1')) return
      Object.assign(globalThis, { drawn: performance.now() })
      observer.disconnect()
    }).observe(document, { childList: true, subtree: true })
  })
  const asked: string[] = []
  context.on('request', (request) => asked.push(new URL(request.url()).pathname))
  const phone = await openApp(context, stage.url)
  await phone.getByRole('heading', { level: 1, name: 'Se connecter' }).waitFor()
  // Behind the first paint, and not on the screen that began without it.
  await eventually(() => expect(asked.filter((path) => path.endsWith('.woff2'))).toHaveLength(1))
  const [font, drawn] = await eventually(async () => {
    const times = await phone.evaluate(() => [
      performance.getEntriesByType('resource').find((entry) => entry.name.endsWith('.woff2'))?.startTime,
      (globalThis as { drawn?: number }).drawn,
    ])
    expect(times).not.toContain(undefined)
    return times as number[]
  })
  expect(font).toBeGreaterThan(drawn!)
  expect(await phone.evaluate(() => document.fonts.size)).toBe(0)
  await signIn(phone, claire)
  await eventually(async () => expect(await phone.evaluate(() => [...document.fonts].map((face) => face.family))).toEqual(['InterVariable']))

  await readyForFlight(phone)
  await context.setOffline(true)
  await phone.reload()
  await phone.getByRole('heading', { level: 1, name: 'Bonjour Claire' }).waitFor()
  expect(await phone.evaluate(() => [...document.fonts].map((face) => `${face.family} ${face.status}`))).toEqual(['InterVariable loaded'])
})

test('Ctrl-K reaches sites, people, screens and actions without a mouse', async () => {
  await createSite(claire, 'École Pasteur')
  const desk = await openApp(await stage.desk(), stage.url)
  await signIn(desk, claire)
  await upToDate(desk)
  const palette = desk.getByRole('combobox', { name: 'Un chantier, un incident, une personne, un écran' })
  const pick = async (typed: string, option: string) => {
    await desk.keyboard.press('Control+k')
    await palette.fill(typed)
    await desk.getByRole('option', { name: option }).first().waitFor()
    await desk.keyboard.press('Enter')
  }
  await pick('pasteur', 'École Pasteur')
  await desk.getByRole('heading', { level: 1, name: 'École Pasteur' }).waitFor()
  await pick('claire du', 'Claire Duval')
  await desk.getByRole('heading', { level: 1, name: 'Claire Duval' }).waitFor()
  await pick('photos', 'Photos')
  await desk.getByRole('heading', { level: 1, name: 'Photos' }).waitFor()
  await pick('sombre', 'Passer en sombre')
  expect(await desk.locator('html').getAttribute('data-theme')).toBe('dark')
  // Arrows choose, Escape gives up and gives the focus back.
  await desk.keyboard.press('Control+k')
  await desk.keyboard.press('ArrowDown')
  await desk.getByRole('dialog').getByRole('option', { selected: true }).waitFor()
  await desk.keyboard.press('Escape')
  await palette.waitFor({ state: 'detached' })
})

test('keys lead to places, and say themselves', async () => {
  const desk = await openApp(await stage.desk(), stage.url)
  await signIn(desk, claire)
  await desk.keyboard.press('g')
  await desk.keyboard.press('i')
  await desk.getByRole('heading', { level: 1, name: 'Incidents' }).waitFor()
  await desk.keyboard.press('?')
  await desk.getByRole('dialog', { name: 'Raccourcis clavier' }).getByText('Cette aide').waitFor()
  await desk.keyboard.press('Escape')
  await desk.getByRole('dialog').waitFor({ state: 'detached' })
  // What is typed is no shortcut.
  await desk.getByLabel('Chercher', { exact: true }).fill('gc?n')
  expect(await desk.getByRole('dialog').count()).toBe(0)
  await desk.getByRole('heading', { level: 1, name: 'Incidents' }).waitFor()
})

test('a favourite kept without a network is there on a second device, in the order that its person gave', async () => {
  const site = await createSite(claire, 'Halle aux grains')
  const context = await stage.desk()
  const desk = await openApp(context, stage.url)
  await signIn(desk, claire)
  await upToDate(desk)
  await goTo(desk, 'Chantiers')
  await desk.getByRole('heading', { level: 1, name: 'Chantiers' }).waitFor()
  await desk.getByRole('button', { name: 'Ajouter aux favoris' }).click()
  await desk.getByRole('link', { name: 'Halle aux grains' }).click()
  await desk.getByRole('heading', { level: 1, name: 'Halle aux grains' }).waitFor()
  await readyForFlight(desk)
  await context.setOffline(true)
  await desk.locator('.split-detail').getByRole('button', { name: 'Ajouter aux favoris' }).click()
  const rail = (page: Page) => page.getByRole('navigation', { name: 'Favoris' })
  await rail(desk).getByRole('link', { name: 'Halle aux grains' }).waitFor()
  await rail(desk).getByRole('button', { name: 'Actions de « Halle aux grains »' }).click()
  await desk.getByRole('menuitem', { name: 'Monter' }).click()
  const order = (page: Page) => rail(page).getByRole('link').allTextContents()
  await eventually(async () => expect(await order(desk)).toEqual(['Halle aux grains', 'Chantiers']))
  await context.setOffline(false)
  await upToDate(desk)

  const phone = await openApp(await stage.phone(), stage.url)
  await signIn(phone, claire)
  await upToDate(phone)
  await goTo(phone, 'Menu')
  await eventually(async () => expect(await order(phone)).toEqual(['Halle aux grains', 'Chantiers']))
  // It goes by its present name, and leads there.
  await claire.run('update_site', { id: site, changes: { name: 'Halle aux blés' }, was: { name: 'Halle aux grains' } })
  await rail(phone).getByRole('link', { name: 'Halle aux blés' }).click()
  await phone.getByRole('heading', { level: 1, name: 'Halle aux blés' }).waitFor()
  await phone.getByRole('button', { name: 'Retirer des favoris' }).click()
  await eventually(async () => expect(await order(desk)).toEqual(['Chantiers']))
})

/** A wide red PNG of 600 × 200 px, drawn by the page itself. */
const drawLogo = (page: Page) =>
  page.evaluate(async () => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 600, height: 200 })
    const pen = canvas.getContext('2d')!
    pen.fillStyle = '#c8102e'
    pen.fillRect(0, 0, 600, 200)
    const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'))
    return [...new Uint8Array(await blob!.arrayBuffer())]
  })

test('a company’s logo and colour are on its members’ screens, and on nobody else’s', async () => {
  const marc = await hire(claire, await signUp(stage.world, 'Marc Petit'), 'site_manager')
  const rival = await found(await signUp(stage.world, 'Rita Rivale'), 'Rivale')
  const context = await stage.desk()
  const desk = await openApp(context, stage.url)
  await signIn(desk, claire)
  await upToDate(desk)
  await goTo(desk, 'Entreprise')
  const looks = desk.locator('form').filter({ has: desk.getByRole('heading', { name: 'Logo et couleur' }) })
  await looks
    .getByLabel('Logo', { exact: true })
    .setInputFiles({ name: 'logo.png', mimeType: 'image/png', buffer: Buffer.from(await drawLogo(desk)) })
  await looks.locator('.face.logo img').waitFor()
  await looks.getByRole('radio', { name: '#1b5891' }).check()
  await looks.getByRole('button', { name: 'Enregistrer' }).click()
  await desk.getByText('Logo et couleur enregistrés pour toute l’entreprise.').waitFor()
  const worn = (page: Page) => page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue('--accent-ink').trim())
  await eventually(async () => expect(await worn(desk)).toBe('#1b5891'))

  const phoneOfMarc = await stage.phone()
  const phone = await openApp(phoneOfMarc, stage.url)
  await signIn(phone, marc)
  await upToDate(phone)
  await goTo(phone, 'Menu')
  const picture = phone.locator('.main .face.logo img').filter({ visible: true })
  await picture.waitFor()
  // Cut to 300 px, its shape kept.
  expect(await picture.evaluate((image: HTMLImageElement) => [image.naturalWidth, image.naturalHeight])).toEqual([300, 100])
  expect(await worn(phone)).toBe('#1b5891')
  // And without a network.
  await readyForFlight(phone)
  await phoneOfMarc.setOffline(true)
  await phone.reload()
  await picture.waitFor()
  expect(await worn(phone)).toBe('#1b5891')

  const other = await openApp(await stage.desk(), stage.url)
  await signIn(other, rival)
  await upToDate(other)
  expect(await worn(other)).not.toBe('#1b5891')
  expect(await other.locator('.face.logo').count()).toBe(0)
  // The phone has shown it: now the server knows its name.
  const [{ logo } = { logo: '' }] = await stage.world.db<{ logo: string }[]>`select logo from app.companies where id = ${claire.company}`
  expect((await download(stage.world, marc, `${claire.company}/logo/${logo}.png`, 'pictures')).status).toBe(200)
  expect((await download(stage.world, rival, `${claire.company}/logo/${logo}.png`, 'pictures')).status).toBe(400)
})

test('a person’s portrait is seen by their colleagues', async () => {
  const desk = await openApp(await stage.desk(), stage.url)
  await signIn(desk, claire)
  await upToDate(desk)
  await desk.getByRole('link', { name: 'Claire Duval' }).click()
  await desk.getByRole('button', { name: 'Modifier ma fiche' }).click()
  const sheet = desk.getByRole('dialog')
  await sheet.getByLabel('Photo', { exact: true }).setInputFiles({ name: 'me.png', mimeType: 'image/png', buffer: Buffer.from(await drawLogo(desk)) })
  await sheet.locator('.face.people').waitFor()
  await sheet.getByLabel('Service').fill('Travaux neufs')
  await sheet.getByRole('button', { name: 'Enregistrer' }).click()
  await sheet.waitFor({ state: 'detached' })
  await desk.locator('.rail .face.people img').waitFor()
  await upToDate(desk)
  const nadia = await hire(claire, await signUp(stage.world, 'Nadia Ferrand'), 'crew')
  const phone = await openApp(await stage.phone(), stage.url)
  await signIn(phone, nadia)
  await upToDate(phone)
  await phone.goto(`${stage.url}/people/${claire.id}`)
  const picture = phone.locator('.split-detail .face.people img')
  await picture.waitFor()
  expect(await picture.evaluate((image: HTMLImageElement) => [image.naturalWidth, image.naturalHeight])).toEqual([200, 200])
  await phone.locator('.split-detail').getByText('Travaux neufs').waitFor()
})

test('a pull at the top of a phone’s screen asks for news', async () => {
  const context = await stage.phone()
  const phone = await openApp(context, stage.url)
  await signIn(phone, claire)
  await upToDate(phone)
  const touch = await context.newCDPSession(phone)
  const pull = async (to: number) => {
    const at = (y: number) => ({ touchPoints: [{ x: 195, y }] })
    await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', ...at(120) })
    for (let y = 140; y <= to; y += 20) await touch.send('Input.dispatchTouchEvent', { type: 'touchMove', ...at(y) })
    await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
  }
  await phone.locator('.sync-pill').filter({ visible: true }).waitFor()
  const pulls: string[] = []
  phone.on('request', (request) => request.url().includes('sync_pull') && pulls.push(request.url()))
  await pull(200) // not far enough
  expect(await phone.getByText('À jour : les nouvelles sont là.').count()).toBe(0)
  await pull(340)
  await phone.getByText('À jour : les nouvelles sont là.').waitFor()
  expect(pulls.length).toBeGreaterThan(0)
  await context.setOffline(true)
  await syncState(phone, 'Hors ligne').waitFor()
  await pull(340)
  await phone.getByText('Pas de réseau : rien à recevoir pour l’instant.').waitFor()
})

test('what is said is written, where the browser listens; elsewhere there is no button', async () => {
  const context = await stage.phone()
  // Headless browsers have the interface and no service behind it: the voice is ours, all else is the app's.
  await context.addInitScript(() => {
    class Voice extends EventTarget {
      lang = ''
      continuous = false
      interimResults = true
      start() {
        setTimeout(() => {
          const heard = Object.assign(new Event('result'), {
            resultIndex: 0,
            results: [{ isFinal: true, 0: { transcript: `fissure au mur nord ${this.lang}` } }],
          })
          this.dispatchEvent(heard)
        })
      }
      stop() {
        this.dispatchEvent(new Event('end'))
      }
      abort() {}
    }
    Object.assign(globalThis, { SpeechRecognition: Voice, webkitSpeechRecognition: Voice })
  })
  const phone = await openApp(context, stage.url)
  await signIn(phone, claire)
  await phone.goto(`${stage.url}/incidents/new`)
  await phone.getByRole('radio', { name: 'Technique' }).check()
  await phone.getByText('Plus de détails', { exact: true }).click()
  const listen = phone.getByRole('button', { name: 'Dicter' })
  await listen.click()
  await eventually(async () => expect(await phone.getByLabel('Description').inputValue()).toBe('Fissure au mur nord fr-FR'))
  await phone.getByRole('button', { name: 'Arrêter la dictée' }).click()
  await listen.click()
  await eventually(async () => expect(await phone.getByLabel('Description').inputValue()).toBe('Fissure au mur nord fr-FR fissure au mur nord fr-FR'))

  const deaf = await stage.phone()
  await deaf.addInitScript(() => {
    for (const name of ['SpeechRecognition', 'webkitSpeechRecognition']) Reflect.deleteProperty(globalThis, name)
  })
  const other = await openApp(deaf, stage.url)
  await signIn(other, claire)
  await other.goto(`${stage.url}/incidents/new`)
  await other.getByRole('radio', { name: 'Technique' }).check()
  await other.getByText('Plus de détails', { exact: true }).click()
  await other.getByLabel('Description').waitFor()
  expect(await other.getByRole('button', { name: /^Dicter/ }).count()).toBe(0)
})

test('what waits is counted beside its place, and the way up is written above each page', async () => {
  const site_id = await createSite(claire, 'Gymnase du Lez')
  const id = randomUUID()
  await claire.run('report_incident', { id, site_id, type: 'technical', severity: 'low', title: 'Réservation oubliée' })
  await claire.run('assign_incident', { id, assignee_id: claire.id })
  const desk = await openApp(await stage.desk(), stage.url)
  await signIn(desk, claire)
  const incidents = desk.locator('.rail').getByRole('link', { name: 'Incidents', exact: true })
  const described = () => incidents.evaluate((link) => document.getElementById(link.getAttribute('aria-describedby')!)?.textContent ?? '')
  await eventually(async () => expect(await described()).toBe('1 incident vous attend'))
  await desk.goto(`${stage.url}/sites/${site_id}`)
  await desk.getByRole('heading', { level: 1, name: 'Gymnase du Lez' }).waitFor()
  await desk.getByRole('navigation', { name: 'Fil d’Ariane' }).getByRole('link', { name: 'Chantiers' }).click()
  await desk.getByRole('table', { name: 'Chantiers' }).waitFor()
  await claire.run('resolve_incident', { id })
  await claire.run('close_incident', { id })
  await eventually(async () => expect(await described()).toBe(''))
})
