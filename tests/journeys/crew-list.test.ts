import { createHash } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import writeExcel from 'write-excel-file/node'
import { startJobs } from '../../supabase/local/jobs.ts'
import { makeJpeg } from '../support/camera-files.ts'
import { readPdf } from '../support/pdf.ts'
import { goTo, greeting, openApp, signIn } from './gestures.ts'
import { found, PASSWORD, signUp, upload } from './people.ts'
import { eventually, readyForFlight, useStage } from './support.ts'

const stage = useStage('crew_list', { gateway: { functions: { dir: fileURLToPath(new URL('../../edge-functions', import.meta.url)) } } })
let stop: () => Promise<void>

beforeAll(async () => {
  const { world } = stage
  stop = await startJobs({ databaseUrl: world.address('authenticator'), url: world.url, secretKey: world.secretKey })
})
afterAll(() => stop?.())

const LIST = [
  ['Nom', 'E-mail', 'Fonction', 'Chantier'],
  ['Zoé Martin', 'zoe@lilas.test', 'Compagnon', 'Les Lilas'],
  ['Ali Benali', 'ali@lilas.test', 'Chef de chantier', 'Les Lilas'],
  ['Sans adresse', null, 'Compagnon', null],
  ['Paul Roy', 'paul@lilas.test', 'Roi', 'Mars'],
]

test('an office invites a crew from an Excel workbook (XLSX); each gets a mail whose link opens the company', async () => {
  const claire = await found(await signUp(stage.world, 'Claire Duval'), 'Duval Construction')
  await claire.run('create_site', { id: crypto.randomUUID(), name: 'Les Lilas', status: 'running' })
  const desk = await openApp(await stage.desk(), stage.url)
  await signIn(desk, claire)
  await goTo(desk, 'Personnes')
  await desk.getByRole('link', { name: 'Inviter une liste' }).click()
  await desk.getByLabel('Choisir un fichier').setInputFiles({
    name: 'equipe.xlsx',
    mimeType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    buffer: await writeExcel(LIST.map((line) => line.map((value) => value && { value }))).toBuffer(),
  })
  await desk.getByText('2 lignes prêtes').waitFor()
  await desk.getByText('2 lignes à corriger').waitFor()
  await desk.getByText('Il manque l’adresse e-mail.').waitFor()
  await desk.getByText('Le rôle « Roi » n’existe pas : choisissez-en un.').waitFor()
  await desk.getByText('Chantier inconnu : Mars.').waitFor()

  // What is mended in place is kept, even over a reload.
  await desk.getByLabel('Rôle, Ligne 5').selectOption('Compagnon')
  await desk.getByRole('button', { name: 'Inviter sans ces chantiers' }).click()
  await desk.getByText('3 lignes prêtes').waitFor()
  await eventually(async () => {
    await desk.reload()
    await desk.getByText('3 lignes prêtes').waitFor({ timeout: 3_000 })
  })
  await desk.getByRole('button', { name: 'Inviter 3 personnes' }).click()
  await desk.getByText('3 personnes invitées').first().waitFor()
  await desk.getByText('1 ligne à corriger').waitFor()

  // Zoé gets her mail and opens its link on her phone.
  const mail = await stage.world.mailbox.next('zoe@lilas.test', { seconds: 30 })
  expect(mail.text).toContain('Bonjour Zoé Martin,')
  const [link] = /http\S+\/invitation#\w+/.exec(mail.text)!
  const phone = await openApp(await stage.phone(), link)
  await phone.getByText('Duval Construction', { exact: true }).waitFor()
  await phone.getByText('Compagnon').waitFor()
  await phone.getByLabel('Adresse e-mail').fill('zoe@lilas.test')
  await phone.getByLabel('Mot de passe').fill(PASSWORD)
  await phone.getByRole('button', { name: 'Rejoindre Duval Construction' }).click()
  await greeting(phone, { name: 'Zoé Martin' }).waitFor()

  // The office sees where the mails went: no mail server is set here.
  await desk.getByRole('link', { name: 'Personnes' }).first().click()
  await desk.getByRole('button', { name: 'Invitations' }).click()
  await desk.getByText('E-mail gardé dans la boîte locale /mail le').first().waitFor()
  const invited = stage.world.mailbox.list().filter(({ subject }) => subject.startsWith('Rejoignez'))
  expect(invited.map(({ to }) => to[0]).sort()).toEqual(['ali@lilas.test', 'paul@lilas.test', 'zoe@lilas.test'])
})

test('a site’s report is downloaded, and written on the device when the network is away', async () => {
  const marc = await found(await signUp(stage.world, 'Marc Petit'), 'Petit Bâtiment')
  const site = crypto.randomUUID()
  await marc.run('create_site', { id: site, name: 'Cœur d’îlot', status: 'running' })
  const context = await stage.desk()
  const desk = await openApp(context, stage.url)
  await signIn(desk, marc)
  await goTo(desk, 'Chantiers')
  await desk.getByRole('link', { name: 'Cœur d’îlot' }).first().click()
  const download = async () => {
    const [file] = await Promise.all([desk.waitForEvent('download'), desk.getByRole('button', { name: 'Rapport PDF' }).click()])
    const chunks: Buffer[] = []
    for await (const chunk of await file.createReadStream()) chunks.push(chunk as Buffer)
    return { name: file.suggestedFilename(), ...(await readPdf(new Uint8Array(Buffer.concat(chunks)))) }
  }
  // Three photos come from this device, which keeps thumbnails of them; a fourth comes from another one, and is fetched when it is seen.
  const add = async (seeds: number[]) => {
    await desk.goto(`${stage.url}/photos/import?site=${site}`)
    await desk.getByText('ou les déposer ici').waitFor()
    await desk.setInputFiles(
      'input[type=file]',
      seeds.map((seed) => ({ name: `IMG_${seed}.jpg`, mimeType: 'image/jpeg', buffer: makeJpeg(640, 480, seed) })),
    )
    await desk.getByText(`${seeds.length} photo${seeds.length > 1 ? 's' : ''} importée`).waitFor()
  }
  const verified = () => stage.world.db`select from app.photos where site_id = ${site} and state = 'verified'`
  await add([1, 2, 3])
  await eventually(async () => expect(await verified()).toHaveLength(3))
  const content = makeJpeg(640, 480, 9)
  const sha256 = createHash('sha256').update(content).digest('hex')
  const id = crypto.randomUUID()
  await marc.run('add_photo', { id, site_id: site, sha256, bytes: content.length, width: 640, height: 480 })
  await upload(stage.world, marc, `${marc.company}/${site}/${sha256}.jpg`, content)
  await marc.run('confirm_photo', { id })
  await eventually(async () => expect(await verified()).toHaveLength(4))
  await goTo(desk, 'Chantiers')
  await desk.getByRole('link', { name: 'Cœur d’îlot' }).first().click()
  const there = await download()
  expect(there.pictures).toBe(4)
  expect(there.name).toMatch(/^CH-\d{4}-001 Cœur d-îlot\.pdf$/)
  expect(there.text).toContain('Cœur d’îlot')

  await eventually(async () => expect(await desk.locator('.photo-tile img').count()).toBe(4))
  await readyForFlight(desk)
  await context.setOffline(true)
  // One more is taken without a network, and waits on this device.
  await add([5])
  await desk.goto(`${stage.url}/sites/${site}`)
  await eventually(async () => expect(await desk.locator('.photo-tile img').count()).toBe(5))
  const here = await download()
  expect(here.text).toContain('Rapport de chantier')
  expect(here.pictures).toBe(5)
  expect(here.text).not.toContain('Photo absente de cet appareil')
  expect(here.text).toContain('Cœur d’îlot')
  await desk.getByText('Rapport écrit sur cet appareil').waitFor()
})
